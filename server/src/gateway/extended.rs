//! A session with the extensions: it counts rows, so a row that is its last plus one may be pushed
//! and everything else rings (`docs/extensions.md`).

use crate::store::Page;

/// What the session knows of its inbox.
#[derive(Debug, Default)]
pub(super) struct ExtendedInbox {
    /// The last number it was given; `None` before its first pull.
    given: Option<u64>,
    /// The highest number known to exist.
    head: u64,
    /// A doorbell was sent and no pull has come since.
    rung: bool,
    /// Pulls that are being read.
    pulls: u32,
}

/// What to do about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowStep {
    /// Push it.
    Push,
    /// Ring.
    Ring,
    /// Nothing: it is known, or a bell or a pull will bring it.
    Nothing,
}

impl ExtendedInbox {
    /// The inbox ends here; the first pull will bring what the session lacks.
    pub(super) fn known_to(&mut self, seq: u64) {
        self.head = self.head.max(seq);
    }

    pub(super) fn head(&self) -> u64 {
        self.head
    }

    pub(super) fn is_pulling(&self) -> bool {
        self.pulls > 0
    }

    /// A row entered the inbox. `room`: whether the write queue takes messages.
    pub(super) fn row(&mut self, seq: u64, room: bool) -> RowStep {
        self.head = self.head.max(seq);
        let next = self.given.map(|given| given + 1);
        if next == Some(seq) && self.pulls == 0 && room {
            self.given = Some(seq);
            return RowStep::Push;
        }
        self.ring_if_behind()
    }

    /// The inbox has grown up to `seq`.
    pub(super) fn grown_to(&mut self, seq: u64) -> RowStep {
        self.head = self.head.max(seq);
        self.ring_if_behind()
    }

    /// The session's own send got this number, told by PUBACK. Before the first pull that is all
    /// there is to say.
    pub(super) fn own_row(&mut self, seq: u64) -> RowStep {
        self.head = self.head.max(seq);
        match self.given {
            None => RowStep::Nothing,
            Some(given) if given + 1 == seq => {
                self.given = Some(seq);
                RowStep::Nothing
            }
            Some(_) => self.ring_if_behind(),
        }
    }

    fn ring_if_behind(&mut self) -> RowStep {
        let behind = self.given.is_none_or(|given| given < self.head);
        if !behind || self.rung || self.pulls > 0 {
            return RowStep::Nothing;
        }
        self.rung = true;
        RowStep::Ring
    }

    pub(super) fn pull_started(&mut self) {
        self.pulls += 1;
        self.rung = false;
    }

    /// A page was read that began after `asked` and ends with `last`; `finished` as the client
    /// will see it.
    pub(super) fn pull_answered(
        &mut self,
        asked: u64,
        last: Option<u64>,
        page: &Page,
        finished: bool,
    ) -> RowStep {
        self.pulls = self.pulls.saturating_sub(1);
        self.head = self.head.max(page.head.seq);
        let reached = last.unwrap_or(asked.min(page.head.seq));
        // PUBACKs may have told of own rows since the page was read. A client that lacks something
        // says so; one that lacks nothing would not answer a bell, and the next would not ring.
        let told = self.given.unwrap_or(0).max(page.head.seq);
        self.given = Some(if finished { reached.max(told) } else { reached });
        if finished { self.ring_if_behind() } else { RowStep::Nothing }
    }

    /// The store failed: the client will ask again.
    pub(super) fn pull_failed(&mut self) {
        self.pulls = self.pulls.saturating_sub(1);
    }

    /// A PINGREQ: a bell that nobody answered rings again.
    pub(super) fn pinged(&mut self, first: bool) -> RowStep {
        if first && self.given.is_none() {
            return RowStep::Nothing; // the first pull follows
        }
        self.rung = false;
        self.ring_if_behind()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Head;

    fn page(head: u64) -> Page {
        Page { head: Head { seq: head, ..Head::default() }, ..Page::default() }
    }

    fn level(head: u64) -> ExtendedInbox {
        let mut inbox = ExtendedInbox { head, ..ExtendedInbox::default() };
        inbox.pull_started();
        assert_eq!(inbox.pull_answered(0, None, &page(head), true), RowStep::Nothing);
        inbox
    }

    #[test]
    fn the_next_row_is_pushed_and_a_gap_rings_once() {
        let mut inbox = level(3);
        assert_eq!(inbox.row(4, true), RowStep::Push);
        assert_eq!(inbox.row(4, true), RowStep::Nothing);
        assert_eq!(inbox.row(6, true), RowStep::Ring);
        assert_eq!(inbox.row(7, true), RowStep::Nothing);
        inbox.pull_started();
        assert_eq!(inbox.row(8, true), RowStep::Nothing);
        assert_eq!(inbox.pull_answered(4, Some(7), &page(7), true), RowStep::Ring);
        inbox.pull_started();
        assert_eq!(inbox.pull_answered(7, Some(8), &page(8), true), RowStep::Nothing);
        assert_eq!(inbox.row(9, true), RowStep::Push);
    }

    #[test]
    fn before_the_first_pull_and_in_a_full_queue_rows_ring() {
        let mut inbox = ExtendedInbox::default();
        assert_eq!(inbox.row(1, true), RowStep::Ring);
        let mut inbox = level(0);
        assert_eq!(inbox.row(1, false), RowStep::Ring);
        assert_eq!(inbox.row(2, true), RowStep::Nothing);
    }

    #[test]
    fn an_own_row_moves_the_number_or_rings() {
        let mut inbox = level(3);
        assert_eq!(inbox.own_row(4), RowStep::Nothing);
        assert_eq!(inbox.row(5, true), RowStep::Push);
        assert_eq!(inbox.own_row(7), RowStep::Ring);
        assert_eq!(inbox.row(6, true), RowStep::Push);
        inbox.pull_started();
        assert_eq!(inbox.pull_answered(6, Some(7), &page(7), true), RowStep::Nothing);
    }

    #[test]
    fn own_rows_that_were_told_during_a_pull_need_no_bell() {
        let mut inbox = level(3);
        inbox.pull_started();
        assert_eq!((inbox.own_row(4), inbox.own_row(5)), (RowStep::Nothing, RowStep::Nothing));
        assert_eq!(inbox.pull_answered(3, Some(4), &page(4), true), RowStep::Nothing);
        assert_eq!(inbox.row(6, true), RowStep::Push);
    }

    #[test]
    fn a_bell_that_nobody_answered_rings_again_with_the_ping() {
        let mut inbox = level(3);
        assert_eq!(inbox.pinged(false), RowStep::Nothing);
        assert_eq!(inbox.row(5, true), RowStep::Ring);
        assert_eq!(inbox.pinged(false), RowStep::Ring);
        let mut fresh = ExtendedInbox { head: 2, ..ExtendedInbox::default() };
        assert_eq!(fresh.pinged(true), RowStep::Nothing);
        assert_eq!(fresh.pinged(false), RowStep::Ring);
    }

    #[test]
    fn an_unfinished_page_moves_only_to_its_last_row() {
        let mut inbox = ExtendedInbox { head: 9, ..ExtendedInbox::default() };
        inbox.pull_started();
        assert_eq!(inbox.pull_answered(0, Some(4), &page(9), false), RowStep::Nothing);
        assert_eq!(inbox.row(10, true), RowStep::Ring);
    }

    #[test]
    fn a_number_from_before_a_restore_is_not_believed() {
        let mut inbox = level(3);
        inbox.pull_started();
        inbox.pull_answered(500, None, &page(3), true);
        assert_eq!(inbox.row(4, true), RowStep::Push);
    }
}
