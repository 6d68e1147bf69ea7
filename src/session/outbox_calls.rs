//! What the page can do with what is in the outbox: look at it, take a send back, try a failed one
//! again.

use super::engine::Engine;
use super::io::{Event, OutboxCall, OutboxRow, Outcome, SendState};
use super::outbox::{Entry, Place, Stage};
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, ClientMessageId, ConversationId, MessageUid, UserId};
use crate::signal::{Message, MessageDirection};
use crate::time::Tick;

impl Engine {
    pub(super) fn outbox_call(&mut self, call: CallId, what: OutboxCall) {
        let outcome = match what {
            OutboxCall::List => Ok(Outcome::Outbox(self.outbox_rows())),
            OutboxCall::Cancel(id) => self.cancel_send(id).map(|()| Outcome::Done),
            OutboxCall::Retry { id, give_up_after_ms } => match self.named_send(id) {
                Ok(place) => {
                    let give_up = self.deadline(give_up_after_ms);
                    return self.join_send(place, vec![call], give_up);
                }
                Err(error) => Err(error),
            },
        };
        self.cx.out.settle(call, outcome);
    }

    /// Where to find the send that a call names.
    fn named_send(&self, id: ClientMessageId) -> Result<Place, Error> {
        if !self.connection.was_called() {
            return Err(Error::caller(ErrorCode::NotConnected));
        }
        self.outbox.find(id).ok_or(Error::caller(ErrorCode::InvalidArgument))
    }

    /// The page takes a send back that is not under way.
    fn cancel_send(&mut self, id: ClientMessageId) -> Result<(), Error> {
        let place = self.named_send(id)?;
        match self.outbox.get(place).map(|entry| entry.stage) {
            Some(Stage::Queued | Stage::Failed(_)) => {}
            Some(Stage::Sending { .. } | Stage::Lost | Stage::Unsure { .. }) | None => {
                return Err(Error::caller(ErrorCode::InvalidArgument));
            }
        }
        if let Some(mut entry) = self.take(place) {
            if self.conversations.unsend(&entry.message) {
                self.echo_last(&entry.message.conversation);
            }
            self.told(&entry.message, SendState::Cancelled);
            self.cx.out.reject(&mut entry.calls, Error::caller(ErrorCode::Cancelled));
        }
        Ok(())
    }

    /// What was sent before the one that stood for the conversation does now.
    fn echo_last(&mut self, id: &ConversationId) {
        let mut last = None;
        for (place, entry) in self.outbox.iter() {
            if entry.is_open() && entry.message.conversation == *id {
                last = Some(place);
            }
        }
        if let Some(place) = last {
            self.echo(place);
        }
    }

    /// A failed send goes to the end of the queue, as if it were sent now. Returns its new place.
    pub(super) fn revive(&mut self, place: Place, give_up: Option<Tick>) -> Option<Place> {
        let end = self.outbox.move_to_end(place)?;
        self.forget_stored(place);
        let (now, created) = (self.cx.now, self.cx.clock.server(self.cx.now));
        if let Some(entry) = self.outbox.get_mut(end) {
            (entry.since, entry.created, entry.give_up) = (Some(now), created, give_up);
        }
        self.keep_send(end);
        self.echo(end);
        Some(end)
    }

    /// Storage has brought back what an earlier page left.
    pub(super) fn outbox_restored(&mut self) {
        if self.outbox.is_empty() {
            return;
        }
        let rows = self.outbox_rows();
        self.cx.out.event(Event::Outbox(rows));
        let places: Vec<Place> = self.outbox.iter().map(|(place, _)| place).collect();
        for place in places {
            let Some(entry) = self.outbox.get(place) else { continue };
            let (state, open) = (entry.state(), entry.is_open());
            self.tell(place, state);
            if open {
                self.echo(place);
            }
        }
    }

    fn outbox_rows(&self) -> Vec<OutboxRow> {
        let user = self.profile.user().cloned().unwrap_or_default();
        self.outbox.iter().map(|(_, entry)| row_of(entry, &user)).collect()
    }
}

fn row_of(entry: &Entry, user: &UserId) -> OutboxRow {
    let outgoing = &entry.message;
    let message = Message {
        conversation: outgoing.conversation.clone(),
        sender: user.clone(),
        direction: MessageDirection::Sent,
        object_name: outgoing.object_name.clone(),
        content: outgoing.content.clone(),
        sent_time: entry.created,
        uid: MessageUid::default(),
        flags: outgoing.flags,
        retrieved: false,
        client_id: Some(outgoing.client_id),
        inbox_seq: None,
    };
    OutboxRow { message, state: entry.state() }
}
