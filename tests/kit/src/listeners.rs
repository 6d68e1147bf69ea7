//! The page's listeners: they note what they are called with, throw now and then, answer now and
//! then, and die where the plan says so.

use hongyan::ids::{BatchId, ClientMessageId};
use hongyan::session::io::{Command, Event, Input, Received};

use crate::checker::Key;
use crate::client::{Around, Client, Fate};
use crate::content::{event_text, key_of, outgoing};
use crate::plan::PageEnd;

impl Client {
    /// The page is told something.
    pub(crate) fn observe(&mut self, around: &mut Around<'_>, event: Event) -> Fate {
        around.trace.note(around.now, || format!("{} told {}", self.index, event_text(&event)));
        match event {
            Event::Status(status) => self.statuses.push((around.now, status)),
            Event::Messages { batch, messages, .. } => {
                return self.listen(around, batch, &messages);
            }
            Event::SendChanged { id, state, .. } => {
                self.send_states.insert(id, state.clone());
                around.model.send_changed(id, state);
            }
            Event::Settled { call, outcome } => {
                around.model.settled(self.index, self.life, call);
                self.outcomes.insert(call, outcome);
            }
            Event::Gap { from, to } => self.gaps.push((from, to)),
            Event::Trouble(error) => self.troubles.push(error.code),
            Event::ConversationsChanged(_)
            | Event::ConversationsRemoved(_)
            | Event::SignedIn { .. } => {}
        }
        Fate::Alive
    }

    /// The page's listeners run, and answer the hand-over.
    fn listen(&mut self, around: &mut Around<'_>, batch: BatchId, messages: &[Received]) -> Fate {
        if self.doom == Some(PageEnd::InListener) {
            return Fate::Dead;
        }
        let mut shown = Vec::new();
        for received in messages {
            let message = &received.message;
            if self.rng.below(1000) < self.throws_per_mille {
                self.thrown += 1;
            }
            match key_of(&message.content) {
                Some(key) => {
                    if self.reply(around, &key) == Fate::Dead {
                        return Fate::Dead;
                    }
                    shown.push((key, message.sent_time.get(), message.flags.counted));
                }
                // The user read on another device: said by the server, sent by nobody.
                None if &*message.object_name == "RC:SRSMsg" && message.uid.is_empty() => {}
                None => around.model.complain(format!("{}: strange content", self.index)),
            }
        }
        let doomed = self.doom == Some(PageEnd::BeforeHandOver);
        if doomed || self.handle(around, Input::HandedOver(batch)) == Fate::Dead {
            return Fate::Dead;
        }
        let view = self.view();
        for (key, time, counted) in shown {
            around.model.shown_to_page(self.index, self.life, &key);
            self.shown.push((around.now, key.clone()));
            around.model.shown(&view, key, time, counted);
        }
        Fate::Alive
    }

    /// A listener may call anything: here it answers now and then.
    fn reply(&mut self, around: &mut Around<'_>, key: &Key) -> Fate {
        if key.from == self.user || self.rng.below(1000) >= self.replies_per_mille {
            return Fate::Alive;
        }
        let Some(call) = self.call(around, "reply") else { return Fate::Dead };
        let own = around.model.next_key(self.index, &self.user, &key.from);
        let id = ClientMessageId::from_random(self.rng.next_u64());
        around.model.sending(self.index, self.life, id, own.clone());
        let message = outgoing(id, &key.from, &own);
        let give_up_after_ms = self.give_up_after_ms;
        self.handle(around, Input::Command(Command::Send { call, message, give_up_after_ms }))
    }
}
