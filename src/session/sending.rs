//! How sends go out: into the outbox, and paced onto the link.

use super::engine::Engine;
use super::io::{Event, SendState, SendTerms};
use super::notices::RECALL;
use super::outbox::{Entry, Place, Stage, key_of};
use super::outgoing_text::{self, Stored};
use crate::error::{Error, ErrorCode};
use crate::ids::CallId;
use crate::signal::topic::publish_topic;
use crate::signal::{Outgoing, client};
use crate::time::{Tick, UnixMillis};
use crate::wire::Frame;

/// What the stored keys of sends begin with.
pub const OUTBOX_PREFIX: &str = "out:";
/// What the stored keys of marks begin with that say a send may have left.
pub const LEFT_PREFIX: &str = "left:";
/// Content and push texts together, bytes.
const MAX_CONTENT: usize = 128 * 1024;
/// Ids of users and conversations, bytes.
const MAX_ID: usize = 1_024;
/// A send has at least so long to be answered, ms.
pub(super) const ACK_MS: u64 = 30_000;

impl Engine {
    /// The page sends a message.
    pub(super) fn send(&mut self, call: CallId, message: Outgoing, terms: SendTerms) {
        match self.admit(&message) {
            Err(error) => self.cx.out.settle(call, Err(error)),
            Ok(Some(place)) => {
                let give_up = self.deadline(terms.give_up_after_ms);
                self.join_send(place, vec![call], give_up);
            }
            Ok(None) if message.flags.stored() => self.enqueue(call, message, terms),
            Ok(None) => self.send_volatile(call, message),
        }
    }

    /// Whether a message can be sent; the place of the same one if it is in the outbox already.
    fn admit(&self, message: &Outgoing) -> Result<Option<Place>, Error> {
        if !self.connection.was_called() {
            return Err(Error::caller(ErrorCode::NotConnected));
        }
        let target = message.conversation.target.as_str();
        let nowhere = publish_topic(message.conversation.kind).is_none() || target.is_empty();
        if nowhere || target.len() > MAX_ID || message.object_name.len() > MAX_ID {
            return Err(Error::caller(ErrorCode::ParameterError));
        }
        let receivers: usize = message.only_to.iter().map(|user| user.as_str().len() + 3).sum();
        let texts = message.push_text.len() + message.push_data.len();
        if message.content.len() + texts + receivers > MAX_CONTENT {
            return Err(Error::caller(ErrorCode::ContentTooLarge));
        }
        let Some(place) = self.outbox.find(message.client_id) else {
            let room = self.outbox.has_room();
            return if room { Ok(None) } else { Err(Error::client(ErrorCode::SendTooFast)) };
        };
        match self.outbox.get(place) {
            Some(entry) if entry.message != *message => {
                Err(Error::caller(ErrorCode::MessageIdReused))
            }
            Some(_) | None => Ok(Some(place)),
        }
    }

    /// The page sends what is in the outbox already: a failed one gets another try.
    pub(super) fn join_send(
        &mut self,
        place: Place,
        mut calls: Vec<CallId>,
        give_up: Option<Tick>,
    ) {
        let open = self.outbox.get(place).is_some_and(Entry::is_open);
        let place = if open { place } else { self.revive(place, give_up).unwrap_or(place) };
        if let Some(entry) = self.outbox.get_mut(place) {
            entry.calls.append(&mut calls);
            // Who waits longest decides.
            entry.give_up = entry.give_up.zip(give_up).map(|(one, other)| one.max(other));
        }
    }

    pub(super) fn deadline(&self, after_ms: Option<u32>) -> Option<Tick> {
        after_ms.map(|ms| self.cx.now + u64::from(ms))
    }

    fn enqueue(&mut self, call: CallId, message: Outgoing, terms: SendTerms) {
        let repeated = self.outbox.was_given_up(message.client_id)
            || self.outbox.is_finished(message.client_id);
        self.adopt(Entry {
            message,
            calls: vec![call],
            stage: Stage::Queued,
            give_up: self.deadline(terms.give_up_after_ms),
            created: self.cx.clock.server(self.cx.now),
            since: Some(self.cx.now),
            keep: terms.keep,
            durable: false,
            repeated,
        });
    }

    /// Appends a send to the outbox, in storage first; one that storage brought back meanwhile
    /// takes over its calls.
    pub(super) fn adopt(&mut self, mut entry: Entry) {
        let id = entry.message.client_id;
        if let Some((uid, sent_time)) = self.done.find(id) {
            let state = SendState::Sent { uid: uid.clone(), sent_time, replaced: None };
            self.told(&entry.message, state);
            return self.settle_sent(entry.calls, id, &uid, sent_time);
        }
        let Some(place) = self.outbox.find(entry.message.client_id) else {
            let failed = entry.failure();
            let place = self.outbox.push(entry);
            if let Some(error) = failed {
                // Before the user was known; the page was told.
                self.store_send(place);
                self.mark_failed(place, error);
            } else {
                self.keep_send(place);
                self.echo(place);
            }
            return;
        };
        match self.outbox.get(place) {
            Some(known) if known.message == entry.message => {
                self.join_send(place, entry.calls, entry.give_up);
            }
            Some(_) | None => {
                let error = Error::caller(ErrorCode::MessageIdReused);
                self.cx.out.reject(&mut entry.calls, error);
            }
        }
    }

    /// Stores a send that is queued, and tells so.
    pub(super) fn keep_send(&mut self, place: Place) {
        if let Some(durable) = self.store_send(place) {
            self.tell(place, SendState::Queued { durable });
        }
    }

    /// Whether storage takes it.
    fn store_send(&mut self, place: Place) -> Option<bool> {
        let (durable, server) = (self.cx.out.is_durable(), self.cx.clock.server(self.cx.now));
        let now = self.cx.now;
        let entry = self.outbox.get_mut(place)?;
        entry.durable = durable;
        // The 2.x face tells its page after 30 s, and one that is not there any more cannot be told.
        let patience = entry.give_up.filter(|_| entry.keep).map(|at| at.since(now) as i64);
        let stored = outgoing_text::write(&Stored {
            message: entry.message.clone(),
            created: entry.created,
            give_up: patience.map_or(UnixMillis::ZERO, |ms| server.plus(ms)),
            keep: entry.keep,
        });
        self.cx.out.put_user(key_of(OUTBOX_PREFIX, place), stored);
        Some(durable)
    }

    /// Shows a send in the conversation list.
    pub(super) fn echo(&mut self, place: Place) {
        let at = self.cx.clock.server(self.cx.now);
        let (Some(user), Some(entry)) = (self.profile.ready_user(), self.outbox.get(place)) else {
            return;
        };
        self.conversations.echo(&entry.message, user, at);
    }

    pub(super) fn frame_of(
        &self,
        wire: u16,
        repeated: bool,
        message: &Outgoing,
    ) -> Result<Frame, Error> {
        let repeated = repeated && self.is_extended();
        let login = self.connection.login();
        let frame = match login.filter(|_| &*message.object_name == RECALL) {
            Some(login) => Ok(client::recall(wire, repeated, &login.user, message)),
            None => client::publish(wire, repeated, message),
        };
        let frame = frame.map_err(|_| Error::caller(ErrorCode::ParameterError))?;
        let fits = frame.encode_up(&mut Vec::new()).is_ok();
        if fits { Ok(frame) } else { Err(Error::caller(ErrorCode::ContentTooLarge)) }
    }

    /// Lets leave what may, in order, as fast as the server wants it.
    pub(super) fn send_when_due(&mut self) {
        let moving = self.connection.is_moving();
        while self.begun && !moving && self.pacing.is_open(self.cx.now) {
            let Some(place) = self.outbox.next_ready(&|id| self.rooms.awaits(id)) else { break };
            let Some(wire) = self.wire_ids.take() else { break };
            self.pacing.take();
            self.leave(place, wire);
        }
    }

    /// When a send may leave, is not answered, or is to be given up.
    pub(super) fn send_deadline(&mut self) -> Option<Tick> {
        let held = self.begun
            && !self.connection.is_moving()
            && !self.outbox.is_empty()
            && !self.pacing.is_open(self.cx.now);
        let deadlines = [
            held.then(|| self.pacing.next_at(self.cx.now)),
            self.outbox.next_doubt(self.ack_ms()),
            self.volatile.oldest().map(|since| since + ACK_MS),
            self.outbox.next_give_up(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// A send without PUBACK is doubtful after so long, ms.
    pub(super) fn ack_ms(&self) -> u64 {
        ACK_MS.max(self.patience)
    }

    fn leave(&mut self, place: Place, wire: u16) {
        let Some(entry) = self.outbox.get(place) else { return };
        match self.frame_of(wire, entry.repeated, &entry.message) {
            Ok(frame) => {
                self.mark_left(place);
                self.outbox.left(place, wire, self.cx.now);
                self.transmit(&frame);
                self.tell(place, SendState::Sending);
            }
            Err(error) => {
                self.wire_ids.give_back(wire);
                self.failed(place, error);
            }
        }
    }

    /// A send leaves, which is remembered over a reload. A storage that takes no mark would let it
    /// leave twice, and servers without the extensions would keep both: then it is forgotten.
    pub(super) fn mark_left(&mut self, place: Place) {
        if self.cx.out.is_durable() || self.is_extended() {
            self.cx.out.put_user(key_of(LEFT_PREFIX, place), outgoing_text::write_mark(None));
        } else {
            self.cx.out.delete_user(key_of(OUTBOX_PREFIX, place));
        }
    }

    /// Tells how a send stands that is in the outbox.
    pub(super) fn tell(&mut self, place: Place, state: SendState) {
        if let Some(entry) = self.outbox.get(place) {
            self.cx.out.event(sending_event(&entry.message, state));
        }
    }

    pub(super) fn told(&mut self, message: &Outgoing, state: SendState) {
        self.cx.out.event(sending_event(message, state));
    }

    /// The link is gone.
    pub(super) fn sends_lost(&mut self) {
        for place in self.outbox.link_lost() {
            if let Some(entry) = self.outbox.get(place) {
                let durable = entry.durable;
                self.tell(place, SendState::Queued { durable });
            }
        }
        let volatile = self.volatile.take_all();
        self.volatile_failed(volatile, Error::network(ErrorCode::Disconnected));
    }

    /// No link will come by itself: the calls are answered, the messages stay in the outbox and
    /// leave after the next login.
    pub(super) fn reject_sends(&mut self, error: Error) {
        for (_, entry) in self.outbox.iter_mut() {
            self.cx.out.reject(&mut entry.calls, error);
        }
        self.reject_held(error);
    }
}

/// What to say of a send whose user leaves: it is over, unless storage keeps it.
pub(super) fn failure_of_departure(entry: &Entry, error: Error) -> Option<Event> {
    (!entry.durable && entry.is_open())
        .then(|| sending_event(&entry.message, SendState::Failed(error)))
}

fn sending_event(message: &Outgoing, state: SendState) -> Event {
    let (id, conversation) = (message.client_id, message.conversation.clone());
    Event::SendChanged { id, conversation, state }
}
