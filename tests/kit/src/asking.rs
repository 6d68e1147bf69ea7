//! What a page asks, sets and tells, besides sending messages.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{CallId, ClientMessageId};
use hongyan::session::io::{Command, Input};
use hongyan::signal::call::Question;
use hongyan::signal::history::HistoryRequest;
use hongyan::signal::settings::Setting;
use hongyan::signal::{MessageFlags, Outgoing};

use crate::checker::Key;
use crate::client::{Around, Client, Fate};
use crate::deletions::{Deletion, Gone, peer_of};
use crate::judge::with;
use crate::world::wall_at;

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

    /// The page takes a conversation that it lists out of the list.
    pub fn remove(&mut self, around: &mut Around<'_>, peer: &str) {
        let conversation = with(peer);
        let row = self.engine().and_then(|engine| engine.conversation(&conversation));
        let listed =
            row.is_some_and(|row| row.latest.as_ref().is_some_and(|one| !one.uid.is_empty()));
        let Some(call) = listed.then(|| self.call(around, "remove")).flatten() else { return };
        around.model.removed(&self.view(), peer, wall_at(around.now).get());
        let command = Command::RemoveConversation { call, conversation };
        if self.feed(around, Input::Command(command)) == Fate::Dead {
            // It died before it could say so: the removal was kept or not.
            self.counts_are_lost = true;
        }
    }

    /// The page deletes the newest message that it was shown.
    pub fn delete_newest(&mut self, around: &mut Around<'_>, peer: &str) {
        let user = self.user.clone();
        let of_peer = |key: &&Key| peer_of(key, &user) == peer;
        let newest = self.shown.iter().rev().map(|(_, key)| key).find(of_peer).cloned();
        let Some(key) = newest else { return };
        let Some((uid, time)) = around.model.commands.named(&key) else { return };
        let direct = if key.from == self.user { 1 } else { 2 };
        let body = format!(
            r#"{{"type":1,"conversationId":"{peer}","msgs":[{{"msgId":"{}","msgDataTime":{time},"direct":{direct}}}]}}"#,
            uid.as_str()
        );
        self.ask_deletion(around, peer, "delMsg", &body, Gone::Message(uid));
    }

    /// The page clears a history up to the newest message that it was shown.
    pub fn clear(&mut self, around: &mut Around<'_>, peer: &str) {
        let Some(time) = around.model.newest_shown(&self.view(), peer) else { return };
        let body = format!(r#"{{"targetId":"{peer}","dataTime":{time},"conversationType":1}}"#);
        self.ask_deletion(around, peer, "cleanPMsg", &body, Gone::UpTo(time));
    }

    fn ask_deletion(
        &mut self,
        around: &mut Around<'_>,
        peer: &str,
        topic: &str,
        body: &str,
        gone: Gone,
    ) {
        let Some(call) = self.call(around, "delete") else { return };
        let (user, peer) = (self.user.clone(), peer.to_owned());
        let Ok(question) = Question::new(topic, Some(peer.clone()), body) else {
            return around.model.complain(format!("{topic} is no question: {body}"));
        };
        let deletion = Deletion { user, peer, gone, done: false };
        around.model.deletions.asking(self.index, self.life, call, deletion);
        self.feed(around, Input::Command(Command::Ask { call, question }));
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
        let send = Command::Send { call, message, terms: self.command_terms() };
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
        let send = Command::Send { call, message, terms: self.command_terms() };
        self.feed(around, Input::Command(send));
    }
}
