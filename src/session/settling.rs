//! How sends end well: by PUBACK, or by their own row.

use bytes::Bytes;

use super::done::DONE_KEY;
use super::engine::Engine;
use super::io::{Outcome, SendState};
use super::outbox::{Entry, GivenUp, Place, Stage, key_of};
use super::sending::{LEFT_PREFIX, OUTBOX_PREFIX};
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, ClientMessageId, MessageUid};
use crate::signal::{Message, MessageDirection, Outgoing, SendAck};
use crate::time::UnixMillis;
use crate::wire::WORDS_REPLACED;

impl Engine {
    /// PUBACK came: for a send, or to complete a sync copy.
    pub(super) fn send_acked(&mut self, ack: &SendAck) {
        if let Some(copy) = self.copies.complete(ack) {
            if ack.status == 0 {
                self.copied(copy);
            }
            return;
        }
        if let Some(place) = self.outbox.answered(ack.id) {
            self.wire_ids.give_back(ack.id);
            self.entry_acked(place, ack);
        } else if let Some((message, call)) = self.volatile.answered(ack.id) {
            self.wire_ids.give_back(ack.id);
            self.volatile_acked(message, call, ack);
        } else if let Some(late) = self.outbox.given_up_on_wire(ack.id) {
            self.wire_ids.give_back(ack.id);
            if ack.status == 0 || ack.status == WORDS_REPLACED {
                self.sent_late(late, ack);
            }
        }
    }

    fn entry_acked(&mut self, place: Place, ack: &SendAck) {
        let error = Error::server(ErrorCode::from_number(i32::from(ack.status)));
        let stage = self.outbox.get(place).map(|entry| entry.stage);
        match (ack.status, error.code) {
            (0 | WORDS_REPLACED, _) => {
                self.pacing.accepted();
                self.know_own(ack);
                let words = self.outbox.get(place).and_then(|entry| replaced(&entry.message, ack));
                self.sent(place, &ack.uid, ack.time, words);
            }
            // Of an earlier frame: the page has sent it once more, and that one's answer counts.
            _ if matches!(stage, Some(Stage::Sending { wire, .. }) if wire != ack.id) => {}
            (_, ErrorCode::SendTooFast) => {
                self.pacing.refused(self.cx.now);
                self.requeue(place);
            }
            // Given up meanwhile: the page knows all it needs.
            _ if matches!(stage, Some(Stage::Failed(_))) => {}
            _ => self.failed(place, error),
        }
    }

    fn requeue(&mut self, place: Place) {
        let Some(entry) = self.outbox.get_mut(place).filter(|entry| entry.is_open()) else {
            return;
        };
        entry.stage = Stage::Queued;
        let durable = entry.durable;
        self.cx.out.delete_user(key_of(LEFT_PREFIX, place));
        self.tell(place, SendState::Queued { durable });
    }

    fn sent_late(&mut self, late: GivenUp, ack: &SendAck) {
        self.know_own(ack);
        let words = replaced(&late.message, ack);
        match self.outbox.find(late.message.client_id) {
            // The page tries the same message again meanwhile.
            Some(place) => self.sent(place, &ack.uid, ack.time, words),
            None => self.now_sent(late.message, &ack.uid, ack.time, words),
        }
    }

    /// A server that keeps a second copy of what is sent again has this one.
    fn note_done(&mut self, id: ClientMessageId, uid: &MessageUid, at: UnixMillis) {
        if !self.is_extended() {
            let stored = self.done.add(id, uid, at);
            self.cx.out.put_user(DONE_KEY.into(), stored);
        }
    }

    /// The server has it, with these words if it replaced any.
    fn now_sent(
        &mut self,
        mut message: Outgoing,
        uid: &MessageUid,
        at: UnixMillis,
        replaced: Option<Bytes>,
    ) {
        self.note_done(message.client_id, uid, at);
        if let Some(content) = &replaced {
            message.content = Bytes::copy_from_slice(content);
        }
        self.outbox.note_sent(message.client_id);
        if let Some(user) = self.profile.ready_user() {
            self.conversations.sent(&message, user, uid, at);
        }
        self.listing.note_spoken(&message.conversation);
        self.notice_sent(&message);
        let uid = uid.detached();
        self.told(&message, SendState::Sent { uid, sent_time: at, replaced });
    }

    /// The server keeps an own message: its row must not come as news.
    pub(super) fn know_own(&mut self, ack: &SendAck) {
        match ack.inbox_seq {
            _ if !self.is_extended() => {
                self.inbox.know_beyond(MessageDirection::Sent, ack.time, &ack.uid);
            }
            Some(seq) if self.inbox.own_numbered(seq, ack.time, &ack.uid) => self.catch_up.ring(),
            Some(_) => {}
            None => self.inbox.know(&ack.uid),
        }
        self.cursor_moved();
    }

    pub(super) fn sent(
        &mut self,
        place: Place,
        uid: &MessageUid,
        sent_time: UnixMillis,
        replaced: Option<Bytes>,
    ) {
        let Some(entry) = self.outbox.finish(place) else { return };
        let id = entry.message.client_id;
        self.now_sent(entry.message, uid, sent_time, replaced);
        // Not before it is noted that it is done.
        self.forget_stored(place);
        self.settle_sent(entry.calls, id, uid, sent_time);
    }

    /// Answers the calls that wait for a send.
    pub(super) fn settle_sent(
        &mut self,
        calls: Vec<CallId>,
        id: ClientMessageId,
        uid: &MessageUid,
        sent_time: UnixMillis,
    ) {
        for call in calls {
            self.cx.out.settle(call, Ok(Outcome::Sent { id, uid: uid.detached(), sent_time }));
        }
    }

    /// Takes a send out of the outbox and out of storage.
    pub(super) fn take(&mut self, place: Place) -> Option<Entry> {
        let entry = self.outbox.finish(place)?;
        self.forget_stored(place);
        Some(entry)
    }

    /// Takes a send out of storage.
    pub(super) fn forget_stored(&mut self, place: Place) {
        for prefix in [OUTBOX_PREFIX, LEFT_PREFIX] {
            self.cx.out.delete_user(key_of(prefix, place));
        }
    }

    /// An own row came by a pull or a push. Returns whether it was sent from here: then it is no
    /// news, and settles what it belongs to.
    pub(super) fn own_row(&mut self, row: &Message) -> bool {
        let Some(id) = row.client_id else { return false };
        // What was taken back meanwhile says nothing of its words, and other servers write JSON anew.
        let extended = self.is_extended();
        let replaced = |sent: &Outgoing| {
            let same_class = row.object_name == sent.object_name;
            let differs = extended && same_class && row.content != sent.content;
            differs.then(|| row.content.clone())
        };
        if let Some(place) = self.outbox.find(id) {
            let words = self.outbox.get(place).and_then(|entry| replaced(&entry.message));
            self.sent(place, &row.uid, row.sent_time, words);
            return true;
        }
        if let Some(late) = self.outbox.given_up(id) {
            let words = replaced(&late.message);
            self.now_sent(late.message, &row.uid, row.sent_time, words);
            return true;
        }
        self.outbox.is_finished(id)
    }
}

/// What the server stored instead of a message, if it says that it replaced words.
pub(super) fn replaced(sent: &Outgoing, ack: &SendAck) -> Option<Bytes> {
    let told = || if ack.content.is_empty() { &sent.content } else { &ack.content };
    (ack.status == WORDS_REPLACED).then(|| told().clone())
}
