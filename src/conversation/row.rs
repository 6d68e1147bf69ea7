//! One conversation: which message stands for it, and what is unread.

use super::unread::Unread;
use super::{Conversation, Latest, RecallNotice};
use crate::ids::{ClientMessageId, ConversationId};
use crate::signal::MessageDirection;
use crate::signal::settings::Settings;
use crate::time::UnixMillis;

/// A conversation as shown, and what it takes to keep it right.
#[derive(Clone, Debug)]
pub(super) struct Row {
    shown: Conversation,
    unread: Unread,
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
    /// Recalls up to this number of the inbox are counted: by the server's list, or here, in a page
    /// that ended after this row was stored and before the cursor was.
    pub(super) recalled: u64,
    /// What is only counted, not known one by one, is newer than this. A read mark of another device
    /// may be newer still: how many of them it covers the server alone can say.
    pub(super) counted_from: UnixMillis,
    /// Whether the server was told.
    pub(super) read_told: bool,
    /// Whether the message that is shown as being sent has failed: the next one takes its place.
    failed: bool,
    /// Whether some of the unread messages count no more, and nobody here knows how many.
    pub(super) in_doubt: bool,
    /// Whether the list knows that it has to be told and stored.
    pub(super) noted: bool,
}

impl Row {
    pub(super) fn new(id: ConversationId) -> Self {
        let zero = UnixMillis::ZERO;
        let shown = Conversation {
            id,
            latest: None,
            unread: 0,
            mentions: 0,
            time: zero,
            peer_read: zero,
            settings: Settings::default(),
            draft: String::new(),
        };
        Self {
            shown,
            unread: Unread::default(),
            confirmed: None,
            covered: zero,
            listed: zero,
            read: zero,
            recalled: 0,
            counted_from: zero,
            read_told: true,
            failed: false,
            in_doubt: false,
            noted: false,
        }
    }

    /// A row as it was stored, but for its newest message.
    pub(super) fn restored(shown: Conversation, covered: UnixMillis) -> Self {
        let unread = Unread::counted(shown.unread, shown.mentions, covered);
        Self { unread, shown: shown.clone(), covered, ..Self::new(shown.id) }
    }

    /// The newest message that the server knows, of a row as it was stored.
    pub(super) fn restore_latest(&mut self, latest: Option<Latest>) {
        self.confirmed = latest;
        self.show();
    }

    /// Shows what is unread.
    fn count(&mut self) {
        self.shown.unread = self.unread.messages();
        self.shown.mentions = self.unread.mentions();
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
    pub(super) fn received(
        &mut self,
        latest: Latest,
        unread: bool,
        numbered: bool,
        mentions: bool,
    ) {
        let counted = if numbered { self.covered } else { self.listed };
        if unread && latest.sent_time > counted.max(self.read) {
            self.unread.add(latest.sent_time, &latest.uid, mentions);
            self.count();
        } else if latest.direction == MessageDirection::Received && latest.sent_time > self.read {
            self.unread.identify(latest.sent_time, &latest.uid, mentions);
        }
        if latest.direction == MessageDirection::Received {
            self.covered = self.covered.max(latest.sent_time);
        }
        if latest.client_id.is_some() && latest.client_id == self.sending() {
            self.shown.latest = None;
        }
        self.confirm(latest);
    }

    pub(super) fn forget_latest(&mut self) {
        self.confirmed = None;
    }

    /// Whether nothing of it is known to this device alone.
    pub(super) fn is_at_rest(&self) -> bool {
        self.shown.draft.is_empty() && self.sending().is_none()
    }

    /// Leaves what is known to this device alone. Returns that something changed.
    pub(super) fn emptied(&mut self) -> bool {
        self.confirmed = None;
        self.unread = Unread::default();
        self.count();
        self.show();
        true
    }

    /// Nothing from before is unread. Returns whether anything changed.
    pub(super) fn begin_anew(&mut self) -> bool {
        let before = self.shown.unread;
        self.unread = Unread::default();
        self.count();
        before > 0
    }

    /// One more is unread. Returns that something changed.
    pub(super) fn add_unread(&mut self, mentions: bool) -> bool {
        let mentioned = self.shown.mentions.saturating_add(u32::from(mentions));
        let messages = self.shown.unread.saturating_add(1);
        self.unread = Unread::counted(messages, mentioned, self.covered);
        self.count();
        true
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

    /// The server has one of this user's. Another one may be shown that is on its way.
    pub(super) fn sent(&mut self, latest: Latest) {
        if latest.client_id == self.sending() {
            self.shown.latest = None;
        }
        self.confirm(latest);
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
        let unread_before = self.shown.unread;
        self.unread = Unread::counted(count, self.shown.mentions, self.covered);
        self.counted_from = self.read;
        self.count();
        unread_before != count || read_before != self.read
    }

    /// Returns whether anything changed.
    pub(super) fn read_until(&mut self, time: UnixMillis, told: bool) -> bool {
        let news = time > self.read;
        if news {
            (self.read, self.read_told) = (time, told);
            self.in_doubt = self.unread.read(time);
            if !self.in_doubt {
                self.counted_from = time;
            }
            self.count();
        }
        news
    }

    /// Returns whether anything changed.
    pub(super) fn peer_read(&mut self, time: UnixMillis) -> bool {
        let news = time > self.shown.peer_read;
        self.shown.peer_read = self.shown.peer_read.max(time);
        news
    }

    /// Returns whether anything changed.
    pub(super) fn set(&mut self, settings: Settings) -> bool {
        core::mem::replace(&mut self.shown.settings, settings) != settings
    }

    /// Returns whether there is anything left to show.
    pub(super) fn set_draft(&mut self, text: String, now: UnixMillis) -> bool {
        self.shown.draft = text;
        if self.shown.time == UnixMillis::ZERO {
            self.shown.time = now;
        }
        self.shown.latest.is_some() || !self.shown.draft.is_empty()
    }

    /// What the user began to write here takes the place of what was kept.
    pub(super) fn take_draft(&mut self, early: &mut Self) {
        core::mem::swap(&mut self.shown.draft, &mut early.shown.draft);
    }

    /// Returns whether anything changed.
    pub(super) fn recall(&mut self, notice: &RecallNotice, was_unread: bool) -> bool {
        let before = self.shown.unread;
        if was_unread && (notice.seq == 0 || notice.seq > self.recalled) {
            self.recalled = self.recalled.max(notice.seq);
            let unread = notice.time > self.counted_from;
            self.in_doubt = self.unread.recalled(&notice.uid, notice.time, unread);
            self.count();
        }
        let mut stands = false;
        for latest in [&mut self.confirmed, &mut self.shown.latest].into_iter().flatten() {
            if latest.uid == notice.uid {
                latest.object_name = notice.object_name.clone();
                latest.content = notice.content.clone();
                stands = true;
            }
        }
        stands || before != self.shown.unread
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

    /// `unread`: so many messages, and so many mentions among them.
    pub(super) fn merged(&mut self, latest: Option<Latest>, unread: Option<(u32, u32)>) {
        let time = latest.as_ref().map_or(UnixMillis::ZERO, |latest| latest.sent_time);
        if unread.is_some() || !self.is_known() {
            self.covered = self.covered.max(time);
        }
        if let Some((messages, mentions)) = unread {
            self.unread = Unread::counted(messages, mentions, self.covered);
            self.count();
            self.listed = self.listed.max(time);
        }
        match latest {
            Some(latest) => self.confirm(latest),
            None => self.show(),
        }
    }
}
