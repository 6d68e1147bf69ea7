//! Guards the store against a clock that runs away.
//!
//! Every stored time is later than all before it, so one message stamped a year ahead would push
//! every later one of its conversations a year ahead, for ever. The wall clock may therefore not
//! gain more than [`MAX_JUMP`] on the monotonic one between two messages. It may go back: times
//! then rise by one millisecond a message until the clock has caught up.

use hongyan::time::{Tick, UnixMillis};

/// How far the wall clock may gain on the monotonic clock between two looks: one day, in ms. A
/// machine that slept may have a monotonic clock that slept too, and that must not stop it.
pub const MAX_JUMP: i64 = 24 * 60 * 60 * 1000;

/// Both clocks, read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Wall clock.
    pub wall: UnixMillis,
    /// Monotonic clock.
    pub tick: Tick,
}

/// The wall clock jumped forward and is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockJump {
    /// How far beyond what the monotonic clock says, in ms.
    pub ahead: i64,
}

/// Remembers the last believed reading. A process believes its first one: a restart is how an
/// operator says that a jump was right.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClockGuard {
    believed: Option<Now>,
}

impl ClockGuard {
    /// The wall clock, if it can be believed.
    pub fn check(&mut self, now: Now) -> Result<UnixMillis, ClockJump> {
        if let Some(last) = self.believed {
            let passed = i64::try_from(now.tick.since(last.tick)).unwrap_or(i64::MAX);
            let ahead = (now.wall - last.wall).saturating_sub(passed);
            if ahead > MAX_JUMP {
                return Err(ClockJump { ahead });
            }
        }
        self.believed = Some(now);
        Ok(now.wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_700_000_000_000;

    fn at(wall: i64, tick: u64) -> Now {
        Now { wall: UnixMillis::new(START + wall), tick: Tick::from_millis(tick) }
    }

    #[test]
    fn a_clock_that_walks_is_believed() {
        let mut guard = ClockGuard::default();
        for ms in [0, 1, 1_000, 10 * MAX_JUMP] {
            assert_eq!(guard.check(at(ms, ms as u64)), Ok(UnixMillis::new(START + ms)));
        }
    }

    #[test]
    fn a_jump_beyond_the_bound_is_refused_until_the_clock_is_back() {
        let mut guard = ClockGuard::default();
        guard.check(at(0, 0)).unwrap();
        assert_eq!(guard.check(at(MAX_JUMP + 2, 1)), Err(ClockJump { ahead: MAX_JUMP + 1 }));
        assert_eq!(guard.check(at(MAX_JUMP + 3, 2)), Err(ClockJump { ahead: MAX_JUMP + 1 }));
        assert!(guard.check(at(3, 3)).is_ok());
    }

    #[test]
    fn a_jump_up_to_the_bound_is_believed() {
        let mut guard = ClockGuard::default();
        guard.check(at(0, 0)).unwrap();
        assert!(guard.check(at(MAX_JUMP, 0)).is_ok());
    }

    #[test]
    fn a_clock_may_go_back() {
        let mut guard = ClockGuard::default();
        guard.check(at(0, 0)).unwrap();
        assert!(guard.check(at(-10 * MAX_JUMP, 1)).is_ok());
    }
}
