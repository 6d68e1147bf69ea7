//! What a page asks, sets and tells, besides sending messages.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{CallId, ClientMessageId};
use hongyan::session::io::{Command, Input};
use hongyan::signal::history::HistoryRequest;
use hongyan::signal::settings::Setting;
use hongyan::signal::{MessageFlags, Outgoing};

use crate::client::{Around, Client};
use crate::judge::with;

/// A message that tells something.
fn command(id: ClientMessageId, to: &str, class: &'static str, content: String) -> Outgoing {
    Outgoing {
        conversation: with(to),
        object_name: ByteString::from_static(class),
        content: Bytes::from(content),
        flags: MessageFlags::default(),
        client_id: id,
        push_text: ByteString::new(),
        push_data: ByteString::new(),
        only_to: Vec::new(),
        config_flag: 0,
    }
}

impl Client {
    /// The page asks for a page of history.
    pub fn history(&mut self, around: &mut Around<'_>, request: HistoryRequest) -> Option<CallId> {
        let call = self.call(around, "history")?;
        self.feed(around, Input::Command(Command::History { call, request }));
        Some(call)
    }

    /// The page asks the server for the conversation list.
    pub fn refresh(&mut self, around: &mut Around<'_>) {
        let Some(call) = self.call(around, "refresh") else { return };
        let (kinds, count) = (Vec::new(), None);
        let command = Command::Conversations { call, kinds, count, remote: true, hidden: true };
        self.feed(around, Input::Command(command));
    }

    /// The page sets something of the conversation with a user.
    pub fn set(&mut self, around: &mut Around<'_>, peer: &str, setting: Setting, on: bool) {
        let Some(call) = self.call(around, "set") else { return };
        let conversation = with(peer);
        self.feed(around, Input::Command(Command::Set { call, conversation, setting, on }));
    }

    /// The page tells a user up to when it has read: all that was shown.
    pub fn tell_read(&mut self, around: &mut Around<'_>, peer: &str) {
        let Some(time) = around.model.newest_shown(&self.view(), peer) else { return };
        let Some(call) = self.call(around, "tell read") else { return };
        let id = ClientMessageId::from_random(self.rng.next_u64());
        around.model.commands.marking(id, &self.user, peer, time);
        let content = format!(r#"{{"lastMessageSendTime":{time},"messageUId":"","type":1}}"#);
        let message = command(id, peer, "RC:ReadNtf", content);
        let send = Command::Send { call, message, give_up_after_ms: None };
        self.feed(around, Input::Command(send));
    }

    /// The page takes back the newest message to a user that it knows to be sent.
    pub fn recall(&mut self, around: &mut Around<'_>, peer: &str) {
        let device = self.view().device;
        let Some((uid, time)) = around.model.commands.newest(device, peer) else { return };
        let Some(call) = self.call(around, "recall") else { return };
        let id = ClientMessageId::from_random(self.rng.next_u64());
        around.model.commands.recalling(id, uid.clone());
        around.trace.note(around.now, || format!("{} recalls {uid:?}", self.index));
        let content = format!(
            r#"{{"messageUId":"{}","conversationType":1,"targetId":"{peer}","sentTime":{time}}}"#,
            uid.as_str()
        );
        let mut message = command(id, peer, "RC:RcCmd", content);
        message.flags.persisted = true;
        let send = Command::Send { call, message, give_up_after_ms: self.give_up_after_ms };
        self.feed(around, Input::Command(send));
    }
}
