//! A session without the extensions: it knows times only, and the oldest published clients lose
//! what they are pushed at the wrong moment. So stored messages ring and are pulled; what is
//! pushed all the same (volatile messages, copies of the user's own messages) waits until the
//! session has been given everything older.

use std::collections::VecDeque;

use hongyan::time::UnixMillis;

use crate::core::ask::SyncFrame;
use crate::store::{InboxRow, Page, Stored};

/// So many volatile messages and copies wait for a pull to end.
const MAX_HELD: usize = 64;

/// Something that waits.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// A volatile message.
    Volatile(InboxRow),
    /// A copy of a message that another login sent.
    SyncCopy {
        /// The frame as sent.
        original: SyncFrame,
        /// What became of it.
        stored: Stored,
    },
}

/// Which pages the session was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// None.
    Unpulled,
    /// The last one was not the end.
    Behind {
        /// Own rows are among what is missing.
        own_rows: bool,
    },
    /// The last one was the end.
    Level,
}

/// What the session knows of its inbox.
#[derive(Debug)]
pub(super) struct LegacyInbox {
    stage: Stage,
    /// The cursor it was last given: `syncTime` of its last page. The client moves its cursor to
    /// the time of whatever message it gets, so volatile messages carry this time.
    cursor: UnixMillis,
    /// Up to where it has been given everything.
    covered: UnixMillis,
    /// The newest row it has to hear of.
    newest: UnixMillis,
    /// Pulls that are being read.
    pulls: u32,
    held: VecDeque<Held>,
}

/// A pull as it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimesPull {
    /// `syncTime`.
    pub(super) received_after: UnixMillis,
    /// Own rows later than this, if wanted.
    pub(super) sent_after: Option<UnixMillis>,
}

/// What follows an answered pull.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct AfterPull {
    /// Ring with this time.
    pub(super) ring: Option<UnixMillis>,
    /// To be sent now.
    pub(super) released: Vec<Held>,
}

impl Default for LegacyInbox {
    fn default() -> Self {
        Self {
            stage: Stage::Unpulled,
            cursor: UnixMillis::ZERO,
            covered: UnixMillis::ZERO,
            newest: UnixMillis::ZERO,
            pulls: 0,
            held: VecDeque::new(),
        }
    }
}

impl LegacyInbox {
    /// The inbox ends here; the first pull will bring what the session lacks.
    pub(super) fn known_to(&mut self, time: UnixMillis) {
        self.newest = self.newest.max(time);
    }

    pub(super) fn is_pulling(&self) -> bool {
        self.pulls > 0
    }

    /// A received row entered the inbox, or there may be one. The time to ring with, unless a pull
    /// is being read: its answer will tell.
    pub(super) fn grown_to(&mut self, time: UnixMillis) -> Option<UnixMillis> {
        self.newest = self.newest.max(time);
        (self.pulls == 0 && self.newest > self.covered).then_some(self.newest)
    }

    /// The time that a volatile message carries: never later than the session's cursor, and not 0,
    /// which 2.5.3 takes for its own clock's now.
    pub(super) fn volatile_time(&self) -> UnixMillis {
        self.cursor.max(UnixMillis::new(1))
    }

    /// A volatile message or a copy: back if it may go now, else kept for later.
    pub(super) fn pass_or_hold(&mut self, held: Held) -> Option<Held> {
        if self.pulls == 0 {
            match self.stage {
                Stage::Level => return Some(held),
                Stage::Unpulled => return None, // the first pull brings copies; typing is over by then
                Stage::Behind { .. } => {}
            }
        }
        if self.held.len() == MAX_HELD {
            self.held.pop_front();
        }
        self.held.push_back(held);
        None
    }

    /// A pull begins; what to ask the store for. After a page with own rows that was not the end,
    /// 2.5.3 goes on without asking for own rows; it gets them all the same.
    pub(super) fn pull_started(
        &mut self,
        received_after: UnixMillis,
        sent_after: Option<UnixMillis>,
        after_connect: bool,
    ) -> TimesPull {
        self.pulls += 1;
        let own_rows = after_connect || self.stage == Stage::Behind { own_rows: true };
        TimesPull { received_after, sent_after: sent_after.filter(|_| own_rows) }
    }

    /// A page was read. `last`: time of the last row that fits; `finished` as the client will see
    /// it.
    pub(super) fn pull_answered(
        &mut self,
        pull: TimesPull,
        last: Option<UnixMillis>,
        page: &Page,
        finished: bool,
    ) -> AfterPull {
        self.pulls = self.pulls.saturating_sub(1);
        self.cursor = last.unwrap_or(pull.received_after);
        if finished {
            self.stage = Stage::Level;
            self.covered = self.covered.max(page.head.time);
        } else {
            self.stage = Stage::Behind { own_rows: pull.sent_after.is_some() };
        }
        self.newest = self.newest.max(page.head.time);
        let moved = last.is_some();
        let behind = if finished { self.newest > self.covered } else { moved };
        let ring = (behind && self.pulls == 0).then_some(self.newest);
        AfterPull { ring, released: self.release(pull, page) }
    }

    /// What was held and may go now. Copies that a page with own rows brought are dropped.
    fn release(&mut self, pull: TimesPull, page: &Page) -> Vec<Held> {
        if self.stage != Stage::Level || self.pulls > 0 {
            if pull.sent_after.is_some() {
                self.held.retain(|held| matches!(held, Held::Volatile(_)));
            }
            return Vec::new();
        }
        let in_page =
            |stored: &Stored| pull.sent_after.is_some() && stored.sent_time <= page.head.time;
        let held = std::mem::take(&mut self.held).into_iter();
        held.filter(|held| match held {
            Held::Volatile(_) => true,
            Held::SyncCopy { stored, .. } => !in_page(stored),
        })
        .collect()
    }

    /// The store failed: the client will ask again.
    pub(super) fn pull_failed(&mut self) {
        self.pulls = self.pulls.saturating_sub(1);
    }

    /// A PINGREQ: the time to ring with if the session has not been given everything.
    pub(super) fn pinged(&self, first: bool) -> Option<UnixMillis> {
        let pull_follows = first && self.stage == Stage::Unpulled;
        let behind = self.newest > self.covered && self.pulls == 0;
        (behind && !pull_follows).then_some(self.newest)
    }
}
