//! Which messages are new, and how far that brings the cursor.
//!
//! | | servers with the extensions | others |
//! |---|---|---|
//! | a row of a pull | new if its number is above the last | new if its uid is unknown and its time not below the cursor's |
//! | a push | new if its number is last + 1 | new if its uid is unknown and no pull is under way |
//! | anything else of a push | repeat (not above the last), else a doorbell | repeat, else a doorbell |
//! | the cursor moves by | both | pulls alone; pushes are remembered beyond it |

use super::cursor::Cursor;
use super::recent::Recent;
use crate::ids::MessageUid;
use crate::signal::pull::{InboxState, PullPage, PullRequest};
use crate::signal::{Message, MessageDirection};
use crate::sorted::sort;
use crate::time::UnixMillis;

/// So many uids are known by heart.
const MAX_SEEN: usize = 2_048;

/// What to do with a pushed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Push {
    /// Give it to the page.
    Deliver,
    /// Something else is missing: pull.
    Ring,
    /// It is known.
    Repeat,
}

/// A page of a pull, sifted.
#[derive(Debug, Default)]
pub struct Sifted {
    /// What is new, in order.
    pub messages: Vec<Message>,
    /// These numbers are gone for ever: first and last.
    pub gap: Option<(u64, u64)>,
    /// The store was restored: everything it says replaces what was known.
    pub reset: bool,
    /// Whether more waits on the server.
    pub more: bool,
    /// Whether the page brought the inbox any further.
    pub progress: bool,
}

/// The inbox of the signed-in user, as far as it was received.
#[derive(Debug)]
pub struct Inbox {
    cursor: Cursor,
    seen: Recent<MessageUid>,
    /// Whether the link's server has confirmed the epoch by a page.
    confirmed: bool,
    /// Rows may come that were given before: the store was restored, now or in an earlier page.
    rereading: bool,
}

impl Default for Inbox {
    fn default() -> Self {
        let seen = Recent::new(MAX_SEEN);
        Self { cursor: Cursor::default(), seen, confirmed: false, rereading: false }
    }
}

impl Inbox {
    /// Goes on where a stored cursor stands.
    pub fn restore(&mut self, cursor: Cursor) {
        for known in &cursor.beyond {
            self.seen.insert(known.uid.clone());
        }
        self.cursor = cursor;
        self.rereading = true;
    }

    /// Where the inbox stands.
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// A new link: whether its store is still the same is not known yet.
    pub fn login(&mut self) {
        self.confirmed = false;
        if self.cursor.is_fresh() {
            // Whose numbers these were was never said.
            self.cursor.counted = 0;
        }
    }

    /// Messages up to this number are in the unread counts already.
    pub fn counted_until(&mut self, head: u64) {
        self.cursor.counted = self.cursor.counted.max(head);
    }

    /// What to ask for next. `overlap`: the last millisecond once more, because a page may have
    /// ended within it.
    pub fn request(&self, extended: bool, overlap: bool) -> PullRequest {
        if extended {
            let epoch = (!self.cursor.epoch.is_empty()).then(|| self.cursor.epoch.clone());
            return PullRequest::Seq { seq: self.cursor.seq, epoch };
        }
        let from = |time: UnixMillis| {
            let before = if overlap { time.plus(-1) } else { time };
            before.max(UnixMillis::ZERO)
        };
        PullRequest::Times {
            received: from(self.cursor.received),
            sent: Some(from(self.cursor.sent)),
            after_connect: true,
        }
    }

    /// Whether a doorbell tells anything new.
    pub fn rings(&self, head: Option<u64>, time: UnixMillis) -> bool {
        match head {
            Some(head) => head > self.cursor.seq || !self.confirmed,
            None => time == UnixMillis::ZERO || time > self.cursor.received,
        }
    }

    /// A message was pushed. `pulling`: a pull is under way or due.
    pub fn push(&mut self, message: &Message, extended: bool, pulling: bool) -> Push {
        match message.inbox_seq {
            Some(seq) if extended => self.push_numbered(message, seq),
            Some(_) | None => self.push_timed(message, extended, pulling),
        }
    }

    fn push_numbered(&mut self, message: &Message, seq: u64) -> Push {
        if !self.confirmed {
            return Push::Ring;
        }
        if seq <= self.cursor.seq {
            return Push::Repeat;
        }
        if seq != self.next_seq() {
            return Push::Ring;
        }
        self.cursor.seq = seq;
        self.pass(message);
        if self.learn(&message.uid) { Push::Deliver } else { Push::Repeat }
    }

    fn push_timed(&mut self, message: &Message, extended: bool, pulling: bool) -> Push {
        let volatile = extended || (message.uid.is_empty() && !message.flags.stored());
        if volatile {
            return Push::Deliver;
        }
        if self.seen.contains(&message.uid) {
            return Push::Repeat;
        }
        if pulling || message.uid.is_empty() {
            return Push::Ring;
        }
        self.know_beyond(message.direction, message.sent_time, &message.uid);
        Push::Deliver
    }

    /// A message was sent from here that is no row of the inbox.
    pub fn know(&mut self, uid: &MessageUid) {
        self.learn(uid);
    }

    /// Whether a message with this uid was given, or sent from here.
    pub fn is_known(&self, uid: &MessageUid) -> bool {
        self.seen.contains(uid)
    }

    /// An own message was stored with this number. Returns whether a message before it is missing.
    pub fn own_numbered(&mut self, seq: u64, time: UnixMillis, uid: &MessageUid) -> bool {
        self.learn(uid);
        if !self.confirmed || seq > self.next_seq() {
            return true;
        }
        if seq == self.next_seq() {
            self.cursor.seq = seq;
            self.cursor.pass(true, time);
        }
        false
    }

    /// A message that the cursor does not pass: pushed, or sent from here.
    pub fn know_beyond(&mut self, direction: MessageDirection, time: UnixMillis, uid: &MessageUid) {
        self.learn(uid);
        self.cursor.remember(direction == MessageDirection::Sent, time, uid);
    }

    fn next_seq(&self) -> u64 {
        self.cursor.seq.saturating_add(1)
    }

    fn learn(&mut self, uid: &MessageUid) -> bool {
        uid.is_empty() || self.seen.insert(uid.detached())
    }

    fn pass(&mut self, message: &Message) {
        let own = message.direction == MessageDirection::Sent;
        self.cursor.pass(own, message.sent_time);
    }

    /// A page came.
    pub fn page(&mut self, page: PullPage, extended: bool) -> Sifted {
        if extended { self.numbered_page(page) } else { self.timed_page(page) }
    }

    fn numbered_page(&mut self, page: PullPage) -> Sifted {
        let mut sifted = Sifted::default();
        let start = self.cursor.seq;
        let mut head = 0;
        if let Some(state) = &page.inbox {
            head = state.head;
            self.enter(state, &mut sifted);
        }
        let mut messages = page.messages;
        messages.retain(|message| self.is_next(message, &mut sifted));
        sifted.messages = messages;
        sifted.progress = sifted.reset || self.cursor.seq != start;
        sifted.more = page.finished != Some(true) || head > self.cursor.seq;
        sifted
    }

    /// Moves the inbox to the number of a message. Returns whether the message is new.
    fn is_next(&mut self, message: &Message, sifted: &mut Sifted) -> bool {
        let Some(seq) = message.inbox_seq.filter(|seq| *seq > self.cursor.seq) else {
            return false;
        };
        if seq > self.next_seq() {
            sifted.lose(self.next_seq(), seq - 1);
        }
        self.cursor.seq = seq;
        let known = self.was_given(message);
        self.pass(message);
        // Of what has no uid, because the user has deleted it, nothing but the number is left.
        !message.uid.is_empty() && self.learn(&message.uid) && !known
    }

    /// The store says which life it is in, and what it still has.
    fn enter(&mut self, state: &InboxState, sifted: &mut Sifted) {
        let fresh = self.cursor.is_fresh();
        if !self.cursor.epoch.is_empty() && self.cursor.epoch != state.epoch {
            sifted.reset = true;
            let lost = self.cursor.seq > state.head;
            sifted.gap = lost.then_some((state.head.saturating_add(1), self.cursor.seq));
            (self.cursor.seq, self.cursor.counted) = (0, 0);
            self.rereading = true;
        }
        self.confirmed = true;
        self.cursor.epoch = bytestring::ByteString::from(&*state.epoch);
        if state.first > self.next_seq() {
            if !fresh && !sifted.reset {
                sifted.lose(self.next_seq(), state.first - 1);
            }
            self.cursor.seq = state.first - 1;
        }
    }

    /// Whether a row was given before the store was restored: times rise with the numbers. The
    /// cursor remembers it, also in a page that dies while it reads everything anew.
    fn was_given(&mut self, message: &Message) -> bool {
        let time = message.sent_time;
        self.rereading &= time <= self.cursor.received.max(self.cursor.sent);
        self.rereading && time <= self.cursor.time(message.direction == MessageDirection::Sent)
    }

    fn timed_page(&mut self, page: PullPage) -> Sifted {
        let mut messages = page.messages;
        sort(&mut messages, |a, b| (a.sent_time, &a.uid).cmp(&(b.sent_time, &b.uid)));
        let before = self.cursor.clone();
        let mut sifted = Sifted::default();
        for message in messages {
            let own = message.direction == MessageDirection::Sent;
            let floor = before.time(own);
            self.pass(&message);
            let passed =
                message.sent_time < floor || (message.uid.is_empty() && message.sent_time == floor);
            if passed || !self.learn(&message.uid) {
                continue;
            }
            self.cursor.remember(own, message.sent_time, &message.uid);
            sifted.messages.push(message);
        }
        self.cursor.pass(false, page.sync_time);
        self.cursor.forget_passed();
        self.confirmed = true;
        sifted.progress = !sifted.messages.is_empty()
            || self.cursor.received != before.received
            || self.cursor.sent != before.sent;
        sifted.more = page.finished == Some(false);
        sifted
    }
}

impl Sifted {
    fn lose(&mut self, from: u64, to: u64) {
        self.gap =
            Some(self.gap.map_or((from, to), |(first, last)| (first.min(from), last.max(to))));
    }
}

#[cfg(test)]
#[path = "inbox_tests.rs"]
mod tests;
