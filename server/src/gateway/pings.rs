//! How many pings a client may send: answering costs more than asking.

use hongyan::time::Tick;

/// So many pings of either kind are answered within [`PING_WINDOW`]: ten times what the busiest
/// client has reason to send.
const MAX_PINGS: u32 = 100;
/// The time in which pings are counted, in ms.
const PING_WINDOW: u64 = 60_000;

/// The pings of a window, and when it began.
#[derive(Debug, Default)]
pub(super) struct PingCount {
    since: Tick,
    count: u32,
}

impl PingCount {
    /// One more; true when it is one too many.
    pub(super) fn is_too_fast(&mut self, now: Tick) -> bool {
        if now.since(self.since) >= PING_WINDOW {
            *self = Self { since: now, count: 0 };
        }
        self.count += 1;
        self.count > MAX_PINGS
    }
}
