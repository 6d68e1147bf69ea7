//! What the page was given and what it has got: the cursor is stored behind the listeners, never
//! before them.

use super::cursor::Cursor;
use crate::ids::BatchId;

/// So many batches may wait for the page before nothing more is asked of the server.
const MAX_WAITING: usize = 64;

#[derive(Debug)]
struct Waiting {
    batch: BatchId,
    got: bool,
    /// Where the inbox stands once the page has got this and all before it.
    cursor: Cursor,
}

/// Batches in the order in which they were given.
#[derive(Debug, Default)]
pub struct HandOver {
    waiting: Vec<Waiting>,
    last: u32,
}

impl HandOver {
    /// A batch for the page; with it the inbox stands at `cursor`.
    pub fn give(&mut self, cursor: Cursor) -> BatchId {
        self.last = self.last.wrapping_add(1);
        let batch = BatchId(self.last);
        self.waiting.push(Waiting { batch, got: false, cursor });
        batch
    }

    /// The inbox moved to `cursor` with nothing to give. Returns what may be stored.
    pub fn pass(&mut self, cursor: Cursor) -> Option<Cursor> {
        match self.waiting.last_mut() {
            None => Some(cursor),
            // Stored together with the batch before it.
            Some(last) => {
                last.cursor = cursor;
                None
            }
        }
    }

    /// The page has got a batch. Returns what may be stored.
    pub fn got(&mut self, batch: BatchId) -> Option<Cursor> {
        self.waiting.iter_mut().find(|waiting| waiting.batch == batch)?.got = true;
        let mut reached = None;
        while self.waiting.first().is_some_and(|waiting| waiting.got) {
            reached = Some(self.waiting.remove(0).cursor);
        }
        reached
    }

    /// Whether the page has got everything.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether the page is too far behind.
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= MAX_WAITING
    }

    /// Forgets what waits: another user's inbox follows. Late hand-overs are then unknown.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seq: u64) -> Cursor {
        Cursor { seq, ..Cursor::default() }
    }

    #[test]
    fn the_cursor_never_passes_what_the_page_has_not_got() {
        let mut hand_over = HandOver::default();
        let first = hand_over.give(at(1));
        let second = hand_over.give(at(2));
        assert_eq!(hand_over.pass(at(3)), None);
        assert_eq!(hand_over.got(second), None, "the first is still out");
        assert_eq!(hand_over.got(BatchId(99)), None);
        assert_eq!(hand_over.got(first), Some(at(3)));
        assert_eq!(hand_over.got(first), None);
        assert_eq!(hand_over.pass(at(4)), Some(at(4)));
        assert!(hand_over.is_empty());
    }

    #[test]
    fn a_page_that_lags_fills_it() {
        let mut hand_over = HandOver::default();
        for seq in 0..MAX_WAITING as u64 {
            assert!(!hand_over.is_full());
            hand_over.give(at(seq));
        }
        assert!(hand_over.is_full());
    }
}
