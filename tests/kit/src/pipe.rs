//! One direction of a link on virtual time. A WebSocket neither loses nor reorders while it lives;
//! what goes wrong is the link itself: slow, silent, cut.

use std::collections::VecDeque;

use bytes::Bytes;
use hongyan::time::Tick;

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// The handshake is done: the first item of the way down.
    Opened,
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
    /// So many bytes pass a second; 0: as many as want.
    bytes_per_s: u64,
}

impl Pipe {
    /// Puts `item` in, to come out `delay` ms later, never before what went in earlier.
    pub fn push(&mut self, now: Tick, delay: u64, item: Item) {
        if self.silent {
            return;
        }
        let mut due = (now + delay).max(self.newest);
        if let (Item::Frame(bytes), 1..) = (&item, self.bytes_per_s) {
            due = due + bytes.len() as u64 * 1_000 / self.bytes_per_s;
        }
        self.newest = due;
        self.queue.push_back((due, item));
    }

    /// Everything under way vanishes, and so does what is put in from here on.
    pub fn silence(&mut self) {
        self.silent = true;
        self.queue.clear();
    }

    /// From here on so many bytes pass a second; 0: as many as want.
    pub fn throttle(&mut self, bytes_per_s: u64) {
        self.bytes_per_s = bytes_per_s;
    }

    /// What is under way comes out, and nothing that is put in from here on.
    pub fn hold_back(&mut self) {
        self.silent = true;
    }

    /// Whether [`Pipe::silence`] was called.
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    /// What is under way vanishes; what is put in from here on comes out.
    pub fn lose_all(&mut self) {
        self.queue.clear();
    }

    /// Nothing comes out before `until`: a stall, then all at once.
    pub fn stall(&mut self, until: Tick) {
        self.newest = self.newest.max(until);
        for (due, _) in &mut self.queue {
            *due = (*due).max(until);
        }
    }

    /// When the next item comes out.
    pub fn next_at(&self) -> Option<Tick> {
        self.queue.front().map(|(due, _)| *due)
    }

    /// Whether the next item is the end.
    pub fn ends_next(&self) -> bool {
        matches!(self.queue.front(), Some((_, Item::Closed(_))))
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

    const fn at(ms: u64) -> Tick {
        Tick::from_millis(ms)
    }

    #[test]
    fn order_survives_changing_delays() {
        let mut pipe = Pipe::default();
        pipe.push(at(0), 100, frame(1));
        pipe.push(at(10), 5, frame(2));
        assert_eq!(pipe.pop_due(at(99)), None);
        assert_eq!(pipe.pop_due(at(100)), Some(frame(1)));
        assert_eq!(pipe.pop_due(at(100)), Some(frame(2)));
    }

    #[test]
    fn a_silent_pipe_says_nothing() {
        let mut pipe = Pipe::default();
        pipe.push(at(0), 1, frame(1));
        pipe.silence();
        pipe.push(at(0), 1, frame(2));
        assert_eq!(pipe.next_at(), None);
        assert_eq!(pipe.pop_due(at(500)), None);
    }

    #[test]
    fn a_stall_ends_in_a_burst() {
        let mut pipe = Pipe::default();
        pipe.push(at(0), 1, frame(1));
        pipe.stall(at(50));
        pipe.push(at(2), 1, frame(2));
        assert_eq!(pipe.pop_due(at(49)), None);
        assert_eq!(pipe.pop_due(at(50)), Some(frame(1)));
        assert_eq!(pipe.pop_due(at(50)), Some(frame(2)));
    }
}
