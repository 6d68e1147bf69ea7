//! One conversation: which message stands for it, and what is unread.

use super::{Conversation, Latest};
use crate::ids::{ClientMessageId, ConversationId, MessageUid};
use crate::signal::MessageDirection;
use crate::time::UnixMillis;

/// A conversation as shown, and what it takes to keep it right.
#[derive(Clone, Debug)]
pub(super) struct Row {
    shown: Conversation,
    /// The newest message that the server knows.
    confirmed: Option<Latest>,
    /// Every received message up to here is shown or counted: marking as read reads up to here. An
    /// own message may be confirmed while an older received one is still on its way.
    pub(super) covered: UnixMillis,
    /// Messages up to here are in the unread count that was taken from the server's list, though
    /// they may be delivered only now.
    pub(super) listed: UnixMillis,
    /// The user has read up to here.
    pub(super) read: UnixMillis,
    /// Whether the server was told.
    pub(super) read_told: bool,
    /// Whether the message that is shown as being sent has failed: the next one takes its place.
    failed: bool,
    /// Whether the list knows that it has to be told and stored.
    pub(super) noted: bool,
}

impl Row {
    pub(super) fn new(id: ConversationId) -> Self {
        let shown = Conversation { id, latest: None, unread: 0, time: UnixMillis::ZERO };
        let zero = UnixMillis::ZERO;
        Self {
            shown,
            confirmed: None,
            covered: zero,
            listed: zero,
            read: zero,
            read_told: true,
            failed: false,
            noted: false,
        }
    }

    pub(super) fn restored(id: ConversationId, latest: Option<Latest>, unread: u32) -> Self {
        let mut row = Self::new(id);
        row.shown.unread = unread;
        row.confirmed = latest;
        row.show();
        row
    }

    pub(super) fn shown(&self) -> &Conversation {
        &self.shown
    }

    pub(super) fn confirmed(&self) -> Option<&Latest> {
        self.confirmed.as_ref()
    }

    /// Copies what is still a part of a frame.
    pub(super) fn detach(&mut self) {
        if let Some(latest) = &mut self.confirmed {
            *latest = latest.detached();
        }
        self.show();
    }

    /// Whether anything of others was ever received or listed here: without, the unread count
    /// says nothing.
    pub(super) fn is_known(&self) -> bool {
        self.covered > UnixMillis::ZERO
    }

    /// Shows a message that is being sent, else the newest that the server knows.
    fn show(&mut self) {
        let sending = self.shown.latest.take().filter(|latest| latest.uid.is_empty());
        self.shown.latest = sending.or_else(|| self.confirmed.clone());
        if let Some(latest) = &self.shown.latest {
            self.shown.time = latest.sent_time;
        }
    }

    fn confirm(&mut self, latest: Latest) {
        if self.confirmed.as_ref().is_none_or(|known| latest.is_newer_than(known)) {
            if self.failed && latest.sent_time >= self.shown.time {
                self.shown.latest = None;
            }
            self.confirmed = Some(latest);
        }
        self.show();
    }

    /// `numbered`: the messages of an inbox come in order, so that one up to `covered` came before,
    /// in a page that ended after this row was stored and before the cursor was.
    pub(super) fn received(&mut self, latest: Latest, unread: bool, numbered: bool) {
        if unread && latest.sent_time > if numbered { self.covered } else { self.listed } {
            self.shown.unread = self.shown.unread.saturating_add(1);
        }
        if latest.direction == MessageDirection::Received {
            self.covered = self.covered.max(latest.sent_time);
        }
        if latest.client_id.is_some() && latest.client_id == self.sending() {
            self.shown.latest = None;
        }
        self.confirm(latest);
    }

    /// The message that is shown while it is being sent.
    fn sending(&self) -> Option<ClientMessageId> {
        let latest = self.shown.latest.as_ref().filter(|latest| latest.uid.is_empty())?;
        latest.client_id
    }

    pub(super) fn echo(&mut self, mut latest: Latest) {
        let after = self.confirmed.as_ref().map_or(UnixMillis::ZERO, |known| known.sent_time);
        latest.sent_time = latest.sent_time.max(after.plus(1)).max(self.shown.time);
        self.shown.time = latest.sent_time;
        self.shown.latest = Some(latest);
        self.failed = false;
    }

    pub(super) fn fail(&mut self, id: ClientMessageId) {
        self.failed |= self.sending() == Some(id);
    }

    /// Returns whether anything shown changed.
    pub(super) fn sent(&mut self, id: ClientMessageId, uid: &MessageUid, at: UnixMillis) -> bool {
        if self.sending() != Some(id) {
            return false;
        }
        if let Some(mut latest) = self.shown.latest.take() {
            latest.uid = uid.detached();
            latest.sent_time = at;
            self.confirm(latest);
        }
        true
    }

    /// Returns whether anything shown changed.
    pub(super) fn unsend(&mut self, id: ClientMessageId) -> bool {
        if self.sending() != Some(id) {
            return false;
        }
        self.shown.latest = None;
        self.show();
        true
    }

    /// Returns whether anything changed.
    pub(super) fn set_unread(&mut self, count: u32) -> bool {
        let read_before = self.read;
        if count == 0 && self.covered > self.read {
            self.read = self.covered;
            self.read_told = false;
        }
        let unread_before = core::mem::replace(&mut self.shown.unread, count);
        unread_before != count || read_before != self.read
    }

    pub(super) fn unreported_read(&self) -> Option<UnixMillis> {
        (!self.read_told).then_some(self.read)
    }

    /// Returns whether that was news.
    pub(super) fn read_reported(&mut self, time: UnixMillis) -> bool {
        let news = !self.read_told && time >= self.read;
        self.read_told |= news;
        news
    }

    pub(super) fn merged(&mut self, latest: Option<Latest>, unread: Option<u32>) {
        let time = latest.as_ref().map_or(UnixMillis::ZERO, |latest| latest.sent_time);
        if unread.is_some() || !self.is_known() {
            self.covered = self.covered.max(time);
        }
        if let Some(unread) = unread {
            self.shown.unread = unread;
            self.listed = self.listed.max(time);
        }
        match latest {
            Some(latest) => self.confirm(latest),
            None => self.show(),
        }
    }
}
