//! The page's listeners: they note what they are called with, throw now and then, answer now and
//! then, and die where the plan says so.

use hongyan::ids::MessageUid;
use hongyan::ids::{BatchId, ClientMessageId, ConversationKind};
use hongyan::session::io::{Command, Event, Input, Outcome, Received};
use hongyan::signal::{Message, content};

use crate::checker::Key;
use crate::client::{Around, Client, Fate};
use crate::content::{event_text, key_of, outgoing};
use crate::plan::PageEnd;

/// What a command tells.
enum Told {
    /// Nothing that is counted here.
    Nothing,
    /// A message is taken back.
    Recall(MessageUid),
    /// A message that was taken back before it came.
    Recalled(Key),
    /// The user deleted something.
    Deletion,
}

impl Client {
    /// The page is told something.
    pub(crate) fn observe(&mut self, around: &mut Around<'_>, event: Event) -> Fate {
        around.trace.note(around.now, || format!("{} told {}", self.index, event_text(&event)));
        match event {
            Event::Status(status) => self.statuses.push((around.now, status)),
            Event::Messages { batch, messages, .. } => {
                return self.listen(around, batch, &messages);
            }
            Event::SendChanged { id, state, .. } if around.model.rooms.send_changed(id, &state) => {
            }
            Event::Room { room, change } => {
                around.model.rooms.changed((self.index, self.life, room), change);
            }
            Event::SendChanged { id, state, .. } => {
                self.send_states.insert(id, state.clone());
                around.model.send_changed(id, state);
            }
            Event::Settled { call, outcome } => {
                around.model.settled(self.index, self.life, call);
                if matches!(outcome, Ok(Outcome::Answer { .. })) {
                    around.model.answered(&self.view(), self.index, self.life, call);
                }
                self.outcomes.insert(call, outcome);
            }
            Event::Gap { from, to } => self.gaps.push((from, to)),
            Event::Trouble(error) => self.troubles.push(error.code),
            Event::ConversationsChanged(_)
            | Event::Told(_)
            | Event::Outbox(_)
            | Event::ConversationsRemoved(_)
            | Event::TokenWanted { .. }
            | Event::SignedIn { .. } => {}
        }
        Fate::Alive
    }

    /// The page's listeners run, and answer the hand-over.
    fn listen(&mut self, around: &mut Around<'_>, batch: BatchId, messages: &[Received]) -> Fate {
        if self.doom == Some(PageEnd::InListener) {
            return Fate::Dead;
        }
        let (mut shown, mut recalls, mut deletions) = (Vec::new(), Vec::new(), Vec::new());
        for received in messages {
            let message = &received.message;
            if self.rng.below(1000) < self.throws_per_mille {
                self.thrown += 1;
            }
            if message.conversation.kind == ConversationKind::Chatroom {
                around.model.rooms.heard(self.index, self.life, received);
                continue;
            }
            match key_of(&message.content) {
                Some(key) => {
                    if self.reply(around, &key) == Fate::Dead {
                        return Fate::Dead;
                    }
                    shown.push((key, message.sent_time.get(), message.flags.counted));
                }
                None => match self.command_of(around, message) {
                    Some(Told::Nothing) => {}
                    Some(Told::Recall(uid)) => recalls.push(uid),
                    Some(Told::Deletion) => deletions.push(message),
                    Some(Told::Recalled(key)) => shown.push((key, message.sent_time.get(), false)),
                    None => around.model.complain(format!("{}: strange content", self.index)),
                },
            }
        }
        let doomed = self.doom == Some(PageEnd::BeforeHandOver);
        if doomed || self.handle(around, Input::HandedOver(batch)) == Fate::Dead {
            return Fate::Dead;
        }
        let view = self.view();
        for uid in recalls {
            if !around.model.commands.shown(&view, &uid) && !around.model.restored {
                around.model.complain(format!("{}: recall of {uid:?} again", self.index));
            }
        }
        for message in deletions {
            let peer = message.conversation.target.as_str();
            let known = around.model.deletions.told(&view, peer, message);
            if !known {
                around.model.complain(format!("{}: nobody deleted that", self.index));
            }
        }
        for (key, time, counted) in shown {
            around.model.shown_to_page(self.index, self.life, &key);
            self.shown.push((around.now, key.clone()));
            around.model.shown(&view, key, time, counted);
        }
        Fate::Alive
    }

    /// What a message tells that is none of the users' own; `None`: it makes no sense.
    fn command_of(&self, around: &Around<'_>, message: &Message) -> Option<Told> {
        let commands = &around.model.commands;
        match &*message.object_name {
            // The user read on another device: said by the server, sent by nobody.
            "RC:SRSMsg" if message.uid.is_empty() => Some(Told::Nothing),
            "RC:ReadNtf" => {
                let read = commands.read_by(message.sender.as_str(), &self.user);
                let told = content::read_until(&message.content)?.get();
                (told <= read).then_some(Told::Nothing)
            }
            "hy:Deleted" if message.sender.as_str() == self.user => Some(Told::Deletion),
            "RC:RcCmd" => content::recalled(&message.content).map(|told| Told::Recall(told.uid)),
            "RC:RcNtf" => commands.key_of(&message.uid).map(Told::Recalled),
            _ => None,
        }
    }

    /// A listener may call anything: here it answers now and then.
    fn reply(&mut self, around: &mut Around<'_>, key: &Key) -> Fate {
        if key.from == self.user || self.rng.below(1000) >= self.replies_per_mille {
            return Fate::Alive;
        }
        let Some(call) = self.call_at_once(around, "reply") else { return Fate::Dead };
        let own = around.model.next_key(self.index, &self.user, &key.from);
        let id = ClientMessageId::from_random(self.rng.next_u64());
        around.model.sending(self.index, self.life, id, own.clone());
        let message = outgoing(id, &key.from, &own, 0);
        let terms = self.terms();
        self.handle(around, Input::Command(Command::Send { call, message, terms }))
    }
}
