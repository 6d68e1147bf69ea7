//! Monotonic time that goes on while the machine sleeps.
//!
//! `performance.now()` may stop during sleep; the wall clock does not. Where the wall clock ran
//! ahead of it by more than a little, the machine slept, and the gap is added. A wall clock that
//! was set forward looks the same: deadlines then come early, which costs a probe of the link.

use crate::time::{Tick, UnixMillis};

/// A gap between the clocks up to this many milliseconds is drift, not sleep.
const DRIFT_MS: f64 = 2_000.0;

/// The longest sleep that is believed, milliseconds: more than any deadline of the engine.
const LONGEST_SLEEP_MS: f64 = 86_400_000.0;

/// Two clocks, and what they showed when they were last compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    monotonic_ms: f64,
    wall_ms: f64,
    /// Sleep so far.
    slept_ms: f64,
}

/// What the clocks say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The time.
    pub now: Tick,
    /// Whether the machine slept since the last reading.
    pub woke: bool,
    /// The wall clock, if it was set or the machine slept since the last reading.
    pub jumped: Option<UnixMillis>,
}

impl Clock {
    /// Starts with what the two clocks show, in milliseconds.
    pub const fn new(monotonic_ms: f64, wall_ms: f64) -> Self {
        Self { monotonic_ms, wall_ms, slept_ms: 0.0 }
    }

    /// The time of the last reading.
    pub const fn now(&self) -> Tick {
        Tick::from_millis((self.monotonic_ms + self.slept_ms) as u64)
    }

    /// The time, given what the two clocks show. It never goes back.
    pub fn read(&mut self, monotonic_ms: f64, wall_ms: f64) -> Reading {
        let gap = (wall_ms - self.wall_ms) - (monotonic_ms - self.monotonic_ms);
        let woke = gap > DRIFT_MS;
        let jumped = woke || gap < -DRIFT_MS;
        if woke {
            self.slept_ms += gap.min(LONGEST_SLEEP_MS);
        }
        self.monotonic_ms = self.monotonic_ms.max(monotonic_ms);
        self.wall_ms = wall_ms;
        Reading { now: self.now(), woke, jumped: jumped.then_some(UnixMillis::new(wall_ms as i64)) }
    }
}

/// The browser's two clocks, read together.
#[cfg(target_arch = "wasm32")]
#[derive(Debug)]
pub struct BrowserClock {
    clock: Clock,
    /// Without it the wall clock alone has to do.
    performance: Option<web_sys::Performance>,
}

#[cfg(target_arch = "wasm32")]
impl BrowserClock {
    /// Starts with the time that it is.
    pub fn start() -> Self {
        let performance = super::global::typed_member("performance");
        let mut clock = Self { clock: Clock::new(0.0, 0.0), performance };
        let (monotonic_ms, wall_ms) = clock.both_ms();
        clock.clock = Clock::new(monotonic_ms, wall_ms);
        clock
    }

    /// The time, and what happened since the last call.
    pub fn read(&mut self) -> Reading {
        let (monotonic_ms, wall_ms) = self.both_ms();
        self.clock.read(monotonic_ms, wall_ms)
    }

    /// The time of the last reading.
    pub const fn now(&self) -> Tick {
        self.clock.now()
    }

    /// The wall clock at the last reading.
    pub const fn wall(&self) -> UnixMillis {
        UnixMillis::new(self.clock.wall_ms as i64)
    }

    fn both_ms(&self) -> (f64, f64) {
        let wall_ms = js_sys::Date::now();
        let monotonic_ms = self.performance.as_ref().map(web_sys::Performance::now);
        (monotonic_ms.unwrap_or(wall_ms), wall_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: f64 = 1_700_000_000_000.0;

    fn clock() -> Clock {
        Clock::new(100.0, START)
    }

    #[test]
    fn ordinary_time_passes_as_it_does() {
        let mut clock = clock();
        let reading = clock.read(1_100.6, START + 1_000.0);
        assert_eq!(reading, Reading { now: Tick::from_millis(1_100), woke: false, jumped: None });
    }

    #[test]
    fn sleep_counts() {
        let mut clock = clock();
        let reading = clock.read(200.0, START + 3_600_000.0);
        assert!(reading.woke);
        assert_eq!(reading.now, Tick::from_millis(3_600_000 + 100));
        assert_eq!(reading.jumped, Some(UnixMillis::new(1_700_003_600_000)));
        let later = clock.read(300.0, START + 3_600_100.0);
        assert_eq!(later.now.since(reading.now), 100);
        assert!(!later.woke && later.jumped.is_none());
    }

    #[test]
    fn a_wall_clock_set_back_moves_no_deadline() {
        let mut clock = clock();
        let reading = clock.read(200.0, START - 86_400_000.0);
        assert_eq!(reading.now, Tick::from_millis(200));
        assert!(!reading.woke);
        assert_eq!(reading.jumped, Some(UnixMillis::new(1_699_913_600_000)));
    }

    #[test]
    fn a_year_ahead_is_believed_for_a_day() {
        let mut clock = clock();
        let reading = clock.read(200.0, START + 365.0 * 86_400_000.0);
        assert_eq!(reading.now, Tick::from_millis(86_400_000 + 200));
    }

    #[test]
    fn time_never_goes_back() {
        let mut clock = clock();
        let before = clock.read(5_000.0, START + 4_900.0).now;
        assert!(clock.read(4_000.0, START + 4_900.0).now >= before);
    }
}
