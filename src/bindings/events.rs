//! What happened, told to the page's object.

use std::cell::RefCell;
use std::rc::Rc;

use super::decimal;
use super::error::origin;
use super::pack::Packer;
use super::page::Page;
use crate::browser::host::{self, Host};
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, ConversationId, MessageUid};
use crate::session::io::{Event, OutboxRow, Outcome, Received, RoomChange, SendState, Status};
use crate::text::push_number;

/// Tells a page's object what the engine says.
pub(super) struct Teller {
    pub(super) page: Page,
    packer: RefCell<Packer>,
}

impl Teller {
    pub(super) fn new(page: Page) -> Self {
        Self { page, packer: RefCell::default() }
    }

    fn pack(&self, with: impl FnOnce(&mut Packer) -> *const u32) -> *const u32 {
        with(&mut self.packer.borrow_mut())
    }

    fn settled(&self, CallId(call): CallId, outcome: Result<Outcome, Error>) {
        match outcome {
            Ok(Outcome::Done) => self.page.done(call),
            Ok(Outcome::Connected { user }) => self.page.connected(call, user.as_str()),
            Ok(Outcome::Sent { id, .. }) => {
                self.page.sent(call, &decimal::text(id.to_wire() as u64));
            }
            Ok(Outcome::Conversations(list)) => {
                self.page.listed(call, self.pack(|packer| packer.conversations(list.iter())));
            }
            Ok(Outcome::Outbox(rows)) => self.outbox(call, rows),
            Ok(Outcome::Answer { status, body }) => self.page.answered(call, status, &body),
            Ok(Outcome::History { messages, has_more }) => {
                self.page.history(call, self.pack(|packer| packer.messages(&messages)), has_more);
            }
            Err(error) => self.page.failed(call, error.code.number(), origin(error)),
        }
    }

    fn outbox(&self, call: u32, rows: Vec<OutboxRow>) {
        let marked = |OutboxRow { mut message, state }| {
            message.uid = MessageUid::from(mark_of(state));
            Received { message, offline: false }
        };
        let rows: Vec<Received> = rows.into_iter().map(marked).collect();
        self.page.outbox(call, self.pack(|packer| packer.messages(&rows)));
    }

    fn conversations_changed(&self, host: &Host, ids: &[ConversationId]) {
        let head = host.read(|engine| {
            let found = ids.iter().filter_map(|id| engine.conversation(id));
            self.pack(|packer| packer.conversations(found))
        });
        if let Some(head) = head {
            self.page.conversations_changed(head);
        }
    }

    /// One conversation, packed; null if it is not in the list.
    pub(super) fn conversation(&self, host: &Host, id: &ConversationId) -> *const u32 {
        let head = host.read(|engine| {
            let found = engine.conversation(id)?;
            Some(self.pack(|packer| packer.conversations(core::iter::once(found))))
        });
        head.flatten().unwrap_or(core::ptr::null())
    }

    fn send_changed(&self, id: &str, conversation: &ConversationId, state: SendState) {
        let (kind, target) = (conversation.kind.number(), conversation.target.as_str());
        match state {
            SendState::Queued { durable } => {
                self.page.send_moved(id, kind, target, if durable { 1 } else { 0 });
            }
            SendState::Sending => self.page.send_moved(id, kind, target, 2),
            SendState::Cancelled => self.page.send_moved(id, kind, target, 3),
            SendState::Sent { uid, sent_time, replaced } => {
                let (uid, time) = (uid.as_str(), sent_time.get() as f64);
                let words = replaced.unwrap_or_default();
                let words = core::str::from_utf8(&words).unwrap_or_default();
                self.page.send_kept(id, kind, target, uid, time, words);
            }
            SendState::Failed(error) => {
                self.page.send_failed(id, kind, target, error.code.number(), origin(error));
            }
        }
    }
}

impl host::Page for Rc<Teller> {
    fn tell(&self, host: &Host, event: Event) {
        match event {
            Event::Status(status) => self.page.status(status_number(status)),
            Event::Messages { messages, has_more, .. } => {
                self.page.messages(self.pack(|packer| packer.messages(&messages)), has_more);
            }
            Event::SendChanged { id, conversation, state } => {
                self.send_changed(&decimal::text(id.to_wire() as u64), &conversation, state);
            }
            Event::Outbox(rows) => self.outbox(0, rows),
            Event::ConversationsChanged(ids) => self.conversations_changed(host, &ids),
            Event::ConversationsRemoved(ids) => {
                let head = self.pack(|packer| packer.conversation_ids(&ids));
                self.page.conversations_removed(head);
            }
            Event::Settled { call, outcome } => self.settled(call, outcome),
            Event::TokenWanted { request, refused } => {
                self.page.token_wanted(request.0, refused.map_or(0, ErrorCode::number));
            }
            Event::SignedIn { user, server_time, polling } => {
                let time = server_time.get() as f64;
                self.page.signed_in(user.as_str(), if polling { -time } else { time });
            }
            Event::Gap { from, to } => self.page.gap(&decimal::text(from), &decimal::text(to)),
            Event::Told(notice) => self.page.told(&notice.topic, &notice.body),
            Event::Room { room, change } => {
                let (change, value) = match change {
                    RoomChange::Joined { since } => (0, since.get()),
                    RoomChange::Rejoined => (1, 0),
                    RoomChange::Left(error) => {
                        (2, error.map_or(0, |error| error.code.number().into()))
                    }
                    RoomChange::Attributes(time) => (3, time.get()),
                };
                self.page.room(room.as_str(), change, value);
            }
            Event::Trouble(error) => self.page.trouble(error.code.number(), origin(error)),
        }
    }
}

/// How a send stands, in the place of the uid that it has not got: its place in
/// `STATES_ON_THE_WAY` of `sends.js`, or of a failed one code and origin, `-1,2`.
fn mark_of(state: SendState) -> String {
    let mut mark = String::new();
    match state {
        SendState::Failed(error) => {
            let code = error.code.number();
            if code < 0 {
                mark.push('-');
            }
            push_number(&mut mark, code.unsigned_abs().into());
            mark.push(',');
            push_number(&mut mark, origin(error).into());
        }
        SendState::Queued { durable } => push_number(&mut mark, durable.into()),
        SendState::Sending | SendState::Sent { .. } | SendState::Cancelled => mark.push('2'),
    }
    mark
}

/// Place in `STATUSES` of `status.js`.
const fn status_number(status: Status) -> u32 {
    match status {
        Status::Connected => 0,
        Status::Connecting => 1,
        Status::Disconnected => 2,
        Status::NetworkUnavailable => 3,
        Status::ConnectionClosed => 4,
        Status::KickedByOtherClient => 5,
        Status::WebSocketUnavailable => 6,
        Status::DomainIncorrect => 7,
        Status::AppKeyFake => 8,
        Status::UltraLimit => 9,
        Status::NavigationRequested => 10,
        Status::NavigationAnswered => 11,
        Status::NavigationFailed => 12,
        Status::NavigationTimedOut => 13,
        Status::Blocked => 14,
        Status::Refused => 15,
    }
}
