//! Frames that wait for the socket: bounded, so that a client that does not read costs little.

use std::collections::VecDeque;

use bytes::Bytes;
use hongyan::time::Tick;

/// The most frames that wait.
pub const MAX_QUEUED_FRAMES: usize = 512;
/// The most bytes that wait.
pub const MAX_QUEUED_BYTES: usize = 256 * 1024;
/// How long frames may wait without the socket taking one, in ms.
const MAX_STALL: u64 = 20_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct WriteQueue {
    frames: VecDeque<Bytes>,
    bytes: usize,
    /// The last frame is a doorbell: a newer one takes its place.
    ends_with_doorbell: bool,
    /// Since when the first frame waits.
    waiting_since: Tick,
}

impl WriteQueue {
    pub(super) fn push(&mut self, now: Tick, frame: Bytes) {
        if self.frames.is_empty() {
            self.waiting_since = now;
        }
        self.bytes += frame.len();
        self.frames.push_back(frame);
        self.ends_with_doorbell = false;
    }

    /// Queues a doorbell; one that waits at the very end is replaced.
    pub(super) fn push_doorbell(&mut self, now: Tick, frame: Bytes) {
        if self.ends_with_doorbell
            && let Some(older) = self.frames.pop_back()
        {
            self.bytes -= older.len();
        }
        self.push(now, frame);
        self.ends_with_doorbell = true;
    }

    pub(super) fn pop(&mut self, now: Tick) -> Option<Bytes> {
        let frame = self.frames.pop_front()?;
        self.bytes -= frame.len();
        self.waiting_since = now;
        if self.frames.is_empty() {
            self.ends_with_doorbell = false;
            self.frames = VecDeque::new();
        }
        Some(frame)
    }

    /// Whether messages are to be announced instead of pushed, and nothing more is to be asked.
    pub(super) fn is_half_full(&self) -> bool {
        self.frames.len() > MAX_QUEUED_FRAMES / 2 || self.bytes > MAX_QUEUED_BYTES / 2
    }

    pub(super) fn is_over_full(&self) -> bool {
        self.frames.len() > MAX_QUEUED_FRAMES || self.bytes > MAX_QUEUED_BYTES
    }

    /// When the wait gets too long.
    pub(super) fn stalls_at(&self) -> Option<Tick> {
        (!self.frames.is_empty()).then(|| self.waiting_since + MAX_STALL)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: usize) -> Bytes {
        Bytes::from(vec![0; length])
    }

    const NOW: Tick = Tick::from_millis(5);

    #[test]
    fn it_is_full_by_frames_or_by_bytes() {
        let mut queue = WriteQueue::default();
        for _ in 0..MAX_QUEUED_FRAMES {
            queue.push(NOW, frame(1));
        }
        assert!(queue.is_half_full() && !queue.is_over_full());
        queue.push(NOW, frame(1));
        assert!(queue.is_over_full());
        queue.clear();
        queue.push(NOW, frame(MAX_QUEUED_BYTES / 2));
        assert!(!queue.is_half_full());
        queue.push(NOW, frame(1));
        assert!(queue.is_half_full());
        queue.push(NOW, frame(MAX_QUEUED_BYTES / 2));
        assert!(queue.is_over_full());
        while queue.pop(NOW).is_some() {}
        assert!(!queue.is_half_full() && queue.bytes == 0);
    }

    #[test]
    fn a_doorbell_replaces_one_at_the_end_and_no_other() {
        let mut queue = WriteQueue::default();
        queue.push_doorbell(NOW, frame(1));
        queue.push_doorbell(NOW, frame(2));
        assert_eq!((queue.frames.len(), queue.bytes), (1, 2));
        queue.push(NOW, frame(3));
        queue.push_doorbell(NOW, frame(4));
        assert_eq!(queue.frames.iter().map(Bytes::len).collect::<Vec<_>>(), [2, 3, 4]);
        while queue.pop(NOW).is_some() {}
        queue.push(NOW, frame(5));
        queue.push_doorbell(NOW, frame(6));
        assert_eq!(queue.frames.len(), 2);
    }

    #[test]
    fn a_wait_is_measured_from_the_last_frame_that_left() {
        let mut queue = WriteQueue::default();
        assert_eq!(queue.stalls_at(), None);
        queue.push(NOW, frame(1));
        queue.push(Tick::from_millis(100), frame(1));
        assert_eq!(queue.stalls_at(), Some(NOW + MAX_STALL));
        queue.pop(Tick::from_millis(200));
        assert_eq!(queue.stalls_at(), Some(Tick::from_millis(200) + MAX_STALL));
    }
}
