//! One direction of a link on virtual time. A WebSocket neither loses nor reorders while it lives;
//! what goes wrong is the link itself: slow, silent, cut.

use std::collections::VecDeque;

use bytes::Bytes;
use hongyan::time::Tick;

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// One frame.
    Frame(Bytes),
    /// The other end closed, with this code (1006: no close frame).
    Closed(u16),
}

/// A first-in, first-out pipe with a delay.
#[derive(Debug, Default)]
pub struct Pipe {
    queue: VecDeque<(Tick, Item)>,
    /// Silent: takes everything, gives nothing, says nothing.
    silent: bool,
    newest: Tick,
}

impl Pipe {
    /// Puts `item` in, to come out `delay` ms later, never before what went in earlier.
    pub fn push(&mut self, now: Tick, delay: u64, item: Item) {
        let due = (now + delay).max(self.newest);
        self.newest = due;
        self.queue.push_back((due, item));
    }

    /// Everything under way vanishes, and so does what is put in from here on.
    pub fn silence(&mut self) {
        self.silent = true;
        self.queue.clear();
    }

    /// Whether [`Pipe::silence`] was called.
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    /// Everything under way vanishes.
    pub fn lose_all(&mut self) {
        self.queue.clear();
    }

    /// When the next item comes out.
    pub fn next_at(&self) -> Option<Tick> {
        if self.silent { None } else { self.queue.front().map(|(due, _)| *due) }
    }

    /// The next item that is due.
    pub fn pop_due(&mut self, now: Tick) -> Option<Item> {
        if self.next_at()? > now {
            return None;
        }
        self.queue.pop_front().map(|(_, item)| item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(byte: u8) -> Item {
        Item::Frame(Bytes::copy_from_slice(&[byte]))
    }

    #[test]
    fn order_survives_changing_delays() {
        let mut pipe = Pipe::default();
        pipe.push(Tick::from_millis(0), 100, frame(1));
        pipe.push(Tick::from_millis(10), 5, frame(2));
        assert_eq!(pipe.pop_due(Tick::from_millis(99)), None);
        assert_eq!(pipe.pop_due(Tick::from_millis(100)), Some(frame(1)));
        assert_eq!(pipe.pop_due(Tick::from_millis(100)), Some(frame(2)));
    }

    #[test]
    fn a_silent_pipe_says_nothing() {
        let mut pipe = Pipe::default();
        pipe.push(Tick::from_millis(0), 1, frame(1));
        pipe.silence();
        pipe.push(Tick::from_millis(0), 1, frame(2));
        assert_eq!(pipe.next_at(), None);
        assert_eq!(pipe.pop_due(Tick::from_millis(500)), None);
    }
}
