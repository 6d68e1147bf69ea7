//! The class that `index.js` drives. Every call but the first and the last is a command.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::decimal;
use super::error::thrown;
use super::events::Teller;
use super::pack::bits;
use super::page::Page;
use crate::browser::host::Host;
use crate::error::ErrorCode;
use crate::ids::{CallId, ClientMessageId, ConversationId, ConversationKind, TokenRequestId};
use crate::session::config::{Config, Transport};
use crate::session::io::{Command, OutboxCall, SendTerms};
use crate::signal::call::Question;
use crate::signal::history::HistoryRequest;
use crate::signal::settings::Setting;
use crate::signal::{MessageFlags, Outgoing};
use crate::time::UnixMillis;

/// One client. What happens is told to its page; `flush` tells what commands changed.
#[wasm_bindgen]
pub struct Core {
    host: Host,
    teller: Rc<Teller>,
}

#[wasm_bindgen]
impl Core {
    /// Starts a client that asks nothing of the network yet. The options are those that
    /// `options.js` has checked; the two halves of the seed are random.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::too_many_arguments, reason = "numbers and texts cross cheaper than an object")]
    pub fn new(
        page: Page,
        app_key: String,
        navigators: Vec<String>,
        navigation_timeout_ms: u32,
        secure_page: bool,
        transport: u32,
        allowed_hosts: Vec<String>,
        persist: bool,
        seed_high: u32,
        seed_low: u32,
    ) -> Core {
        let seed = u64::from(seed_high) << 32 | u64::from(seed_low);
        let clerk = page.clone().unchecked_into();
        let teller = Rc::new(Teller::new(page));
        let listener = Box::new(Rc::clone(&teller));
        let config = Config {
            app_key,
            navigators,
            navigation_timeout_ms,
            secure_page,
            transport: match transport {
                1 => Transport::WebSocket,
                2 => Transport::Polling,
                _ => Transport::Auto,
            },
            allowed_hosts,
            ..Config::default()
        };
        Self { host: Host::start(config, persist, seed, listener, clerk), teller }
    }

    /// The memory that packed batches are read from.
    pub fn memory(&self) -> JsValue {
        wasm_bindgen::memory()
    }

    /// Tells the page everything that happened.
    pub fn flush(&self) {
        self.host.deliver();
    }

    /// Looks at the clocks, for pages that nobody sees and that serve others. `seen`: whether one of
    /// those is looked at, if that has changed.
    pub fn attend(&self, seen: Option<bool>) {
        self.host.attend(seen);
    }

    /// Ends everything; the page hears nothing any more.
    pub fn stop(&self) {
        self.host.stop();
    }

    /// Signs in. `user`: who the token belongs to, if the page knows.
    pub fn connect(&self, call: u32, token: String, user: Option<String>) {
        let user = user.map(Into::into);
        self.host.command(Command::Connect { call: CallId(call), token, user });
    }

    /// Signs in with tokens that the page is asked for.
    #[wasm_bindgen(js_name = connectAsking)]
    pub fn connect_asking(&self, call: u32, user: Option<String>) {
        let user = user.map(Into::into);
        self.host.command(Command::ConnectAsking { call: CallId(call), user });
    }

    /// Answers a question for a token; with none if there is none at the moment.
    pub fn token(&self, request: u32, token: Option<String>) {
        self.host.command(Command::Token { request: TokenRequestId(request), token });
    }

    /// Ends the session.
    pub fn disconnect(&self, call: u32) {
        self.host.command(Command::Disconnect { call: CallId(call) });
    }

    /// Sends a message. Empty texts and lists stand for what is not given.
    ///
    /// # Errors
    /// The number of `InvalidArgument` for what is no client id.
    #[expect(clippy::too_many_arguments, reason = "numbers and texts cross cheaper than an object")]
    pub fn send(
        &self,
        call: u32,
        kind: i32,
        target: String,
        object_name: String,
        content: String,
        id: &str,
        flags: u32,
        give_up_after_ms: Option<u32>,
        only_to: Vec<String>,
        push_text: String,
        push_data: String,
        config_flag: i32,
    ) -> Result<(), JsValue> {
        let message = Outgoing {
            conversation: conversation(kind, target),
            object_name: object_name.into(),
            content: content.into(),
            flags: flags_of(flags),
            client_id: client_id(id).ok_or(thrown(ErrorCode::InvalidArgument))?,
            push_text: push_text.into(),
            push_data: push_data.into(),
            only_to: only_to.into_iter().map(Into::into).collect(),
            config_flag,
        };
        let terms = SendTerms { give_up_after_ms, keep: flags & bits::KEEP != 0 };
        self.host.command(Command::Send { call: CallId(call), message, terms });
        Ok(())
    }

    /// Takes a send out of the outbox that is not under way, or has failed.
    ///
    /// # Errors
    /// The number of `InvalidArgument` for what is no client id.
    pub fn cancel(&self, call: u32, id: &str) -> Result<(), JsValue> {
        let id = client_id(id).ok_or(thrown(ErrorCode::InvalidArgument))?;
        self.host.command(Command::Outbox { call: CallId(call), what: OutboxCall::Cancel(id) });
        Ok(())
    }

    /// Sends again what has failed.
    ///
    /// # Errors
    /// The number of `InvalidArgument` for what is no client id.
    pub fn retry(&self, call: u32, id: &str, give_up_after_ms: Option<u32>) -> Result<(), JsValue> {
        let id = client_id(id).ok_or(thrown(ErrorCode::InvalidArgument))?;
        let what = OutboxCall::Retry { id, give_up_after_ms };
        self.host.command(Command::Outbox { call: CallId(call), what });
        Ok(())
    }

    /// Asks for what is in the outbox.
    pub fn outbox(&self, call: u32) {
        self.host.command(Command::Outbox { call: CallId(call), what: OutboxCall::List });
    }

    /// Asks for the conversation list: of these kinds (none: all), at most `count`.
    /// `hidden`: those that the user hid, too.
    pub fn conversations(
        &self,
        call: u32,
        kinds: &[i32],
        count: Option<u32>,
        remote: bool,
        hidden: bool,
    ) {
        let call = CallId(call);
        let kinds = kinds.iter().copied().map(ConversationKind::from_number).collect();
        self.host.command(Command::Conversations { call, kinds, count, remote, hidden });
    }

    /// The head of a packed batch with this row of the list; 0 if there is none.
    pub fn conversation(&self, kind: i32, target: String) -> *const u32 {
        self.teller.conversation(&self.host, &conversation(kind, target))
    }

    /// Sets the unread count of all conversations to 0.
    #[wasm_bindgen(js_name = clearAllUnread)]
    pub fn clear_all_unread(&self, call: u32) {
        let call = CallId(call);
        self.host.command(Command::SetUnread { call, conversation: None, count: 0 });
    }

    /// Changes a conversation. `what`: place in `CHANGES` of `client.js`; `number` and `text` are
    /// what it says there.
    pub fn change(
        &self,
        call: u32,
        kind: i32,
        target: String,
        what: u32,
        number: f64,
        text: String,
    ) {
        let (call, conversation) = (CallId(call), conversation(kind, target));
        let on = number != 0.0;
        self.host.command(match what {
            0 => Command::RemoveConversation { call, conversation },
            1 => {
                let conversation = Some(conversation);
                Command::SetUnread { call, conversation, count: number as u32 }
            }
            2 => Command::MarkRead { call, conversation, until: UnixMillis::new(number as i64) },
            3 => Command::SetDraft { call, conversation, text },
            4 => Command::Set { call, conversation, setting: Setting::Pinned, on },
            5 => Command::Set { call, conversation, setting: Setting::Muted, on },
            6 => Command::Set { call, conversation, setting: Setting::Hidden, on },
            7 | 8 => Command::JoinRoom {
                call,
                room: conversation.target,
                history: number as u32,
                since: (what == 8).then(|| UnixMillis::new(number as i64)),
            },
            _ => Command::LeaveRoom { call, room: conversation.target },
        });
    }

    /// Asks `topic` of `target` (of the user if none): `body` is a protobuf message, and so is the
    /// answer. `by_status`: any status is an answer.
    pub fn ask(
        &self,
        call: u32,
        topic: String,
        target: Option<String>,
        body: Vec<u8>,
        by_status: bool,
    ) {
        let question = Question { topic: topic.into(), target, body: body.into(), by_status };
        self.host.command(Command::Ask { call: CallId(call), question });
    }

    /// Asks for a page of history: at most `count` messages before (or after) the one of this time
    /// and uid.
    #[expect(clippy::too_many_arguments, reason = "numbers and texts cross cheaper than an object")]
    pub fn history(
        &self,
        call: u32,
        kind: i32,
        target: String,
        after: bool,
        time: f64,
        uid: String,
        count: u32,
    ) {
        let conversation = conversation(kind, target);
        let (time, uid) = (UnixMillis::new(time as i64), uid.into());
        let request = HistoryRequest { conversation, after, time, uid, count };
        self.host.command(Command::History { call: CallId(call), request });
    }
}

fn conversation(kind: i32, target: String) -> ConversationId {
    ConversationId::new(ConversationKind::from_number(kind), target)
}

fn client_id(text: &str) -> Option<ClientMessageId> {
    ClientMessageId::from_wire(i64::try_from(decimal::number(text)?).ok()?)
}

/// The bits are those of a packed row.
const fn flags_of(set: u32) -> MessageFlags {
    MessageFlags {
        persisted: set & bits::PERSISTED != 0,
        counted: set & bits::COUNTED != 0,
        mentioned: set & bits::MENTIONED != 0,
        silent: set & bits::SILENT != 0,
        expandable: false,
    }
}
