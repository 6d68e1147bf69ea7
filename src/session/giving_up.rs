//! How sends end badly: refused, given up, too old. Those that the page may want to try again stay
//! in the outbox as failed.

use super::ending::CloseAction;
use super::engine::Engine;
use super::io::SendState;
use super::outbox::{Place, Stage, key_of};
use super::outgoing_text;
use super::sending::{ACK_MS, LEFT_PREFIX};
use crate::error::{Error, ErrorCode};
use crate::ids::{LinkId, TargetId};

/// What waited longer for a link is not sent any more, ms: seven days. Looked at after a login,
/// when the server has said what time it is.
const MAX_AGE_MS: u64 = 7 * 86_400_000;

impl Engine {
    /// A send failed. It stays for another try if the page wants that.
    pub(super) fn failed(&mut self, place: Place, error: Error) {
        let Some(entry) = self.outbox.get_mut(place) else { return };
        let mut calls = core::mem::take(&mut entry.calls);
        let (message, keep) = (entry.message.clone(), entry.keep);
        if keep {
            entry.repeated |= error.code == ErrorCode::Timeout;
            entry.stage = Stage::Failed(error);
            entry.give_up = None;
            self.mark_failed(place, error);
        } else {
            self.take(place);
        }
        self.conversations.fail(&message);
        self.told(&message, SendState::Failed(error));
        self.cx.out.reject(&mut calls, error);
        while let Some(oldest) = self.outbox.surplus() {
            self.take(oldest);
        }
    }

    /// How a send ended is remembered over a reload.
    pub(super) fn mark_failed(&mut self, place: Place, error: Error) {
        let mark = outgoing_text::write_mark(Some(error));
        self.cx.out.put_user(key_of(LEFT_PREFIX, place), mark);
    }

    /// The server closed the link because a frame was too large for it. The largest one on its way
    /// fails, or it would close every link to come.
    pub(super) fn frame_too_large(&mut self, id: LinkId) {
        if self.connection.login().is_some_and(|login| login.id == id)
            && let Some(place) = self.outbox.largest_on_wire()
        {
            self.failed(place, Error::server(ErrorCode::ContentTooLarge));
        }
    }

    /// Fails a send of which something may still be heard.
    fn give_up(&mut self, place: Place, error: Error) {
        let wire = self.outbox.wire_of(place);
        let left = self.outbox.get(place).filter(|entry| !entry.keep).cloned();
        self.failed(place, error);
        if let Some(entry) = left {
            self.outbox.note_given_up(&entry, wire);
        }
    }

    /// Deadlines of sends were reached.
    pub(super) fn sends_timed_out(&mut self) {
        let now = self.cx.now;
        for place in self.outbox.due(|entry| entry.give_up.is_some_and(|at| at <= now)) {
            if let Some(error) = self.outbox.get(place).map(|entry| entry.end_of_patience()) {
                self.give_up(place, error);
            }
        }
        let volatile = self.volatile.take_older(now, ACK_MS);
        self.volatile_failed(volatile, Error::client(ErrorCode::Timeout));
        let patience = self.ack_ms();
        let doubtful = self.outbox.due(|entry| match entry.stage {
            Stage::Sending { since, .. } => since + patience <= now,
            Stage::Queued | Stage::Lost | Stage::Unsure { .. } | Stage::Failed(_) => false,
        });
        if doubtful.is_empty() {
            return;
        }
        if self.is_extended() {
            // The link's silence is the answer: what was sent on it is repeated on the next.
            self.lose_patience();
            let change = self.connection.lost(&mut self.cx, CloseAction::Again);
            self.changed(change);
        } else {
            let run = self.catch_up.next_run();
            self.outbox.doubt(&doubtful, run);
            self.catch_up.ring();
            self.rooms.ring();
        }
    }

    /// A pull of the inbox, or of a room, has come to its end: what it has not told of is not known
    /// to be sent, and a second copy is worse than a question to the user. Of a room that the page is
    /// in no other pull tells.
    pub(super) fn settle_unsure(&mut self, run: u64, room: Option<&TargetId>) {
        for place in self.outbox.unsure_until(run) {
            let to = self.outbox.get(place).map(|entry| &entry.message.conversation);
            if to.and_then(|id| self.rooms.room_of(id)) == room {
                self.give_up(place, Error::network(ErrorCode::Timeout));
            }
        }
    }

    /// Logged in: what is too old to be sent fails.
    pub(super) fn expire_sends(&mut self) {
        let (now, server) = (self.cx.now, self.cx.clock.server(self.cx.now));
        for place in self.outbox.due(|entry| entry.is_open() && entry.age(now, server) > MAX_AGE_MS)
        {
            if let Some(error) = self.outbox.get(place).map(|entry| entry.end_of_patience()) {
                self.give_up(place, error);
            }
        }
    }

    /// Storage refuses writes: nothing that waits is known to survive.
    pub(super) fn sends_not_durable(&mut self) {
        let (mut told, mut left) = (Vec::new(), Vec::new());
        for (place, entry) in self.outbox.iter_mut() {
            match (core::mem::take(&mut entry.durable), &entry.stage) {
                (true, Stage::Queued) => told.push(place),
                (_, Stage::Queued) => {}
                (_, Stage::Sending { .. } | Stage::Lost | Stage::Unsure { .. }) => left.push(place),
                (_, Stage::Failed(_)) => {}
            }
        }
        for place in left {
            self.mark_left(place);
        }
        for place in told {
            self.tell(place, SendState::Queued { durable: false });
        }
    }
}
