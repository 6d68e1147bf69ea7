//! The two clocks. Everybody else takes the time as an argument.
#![allow(clippy::disallowed_methods)]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hongyan::time::{Tick, UnixMillis};

use crate::core::clock::Now;

/// Reads both clocks; ticks count from its making.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// Tick 0 is now.
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Both clocks, now.
    pub fn now(self) -> Now {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall = i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX);
        let tick = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        Now { wall: UnixMillis::new(wall), tick: Tick::from_millis(tick) }
    }

    /// When the runtime's clock will read this tick.
    pub fn instant(self, tick: Tick) -> tokio::time::Instant {
        (self.start + Duration::from_millis(tick.as_millis())).into()
    }
}
