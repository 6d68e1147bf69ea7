//! What time it is elsewhere: the wall clock and the server's clock, each known at one tick.

use crate::time::{Tick, UnixMillis};

/// Two clocks that are never read, only told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    wall: Option<(UnixMillis, Tick)>,
    server: Option<(UnixMillis, Tick)>,
}

impl Clock {
    /// The wall clock showed `time`.
    pub fn set_wall(&mut self, now: Tick, time: UnixMillis) {
        self.wall = Some((time, now));
    }

    /// The server's clock showed `time`; 0 if it did not say.
    pub fn set_server(&mut self, now: Tick, time: UnixMillis) {
        if time > UnixMillis::ZERO {
            self.server = Some((time, now));
        }
    }

    /// The wall clock, if it was ever told.
    pub fn wall(&self, now: Tick) -> Option<UnixMillis> {
        self.wall.map(|known| advance(known, now))
    }

    /// The best guess at the server's clock: its own, else the wall clock, else 0.
    pub fn server(&self, now: Tick) -> UnixMillis {
        self.server.map(|known| advance(known, now)).or(self.wall(now)).unwrap_or_default()
    }

    /// Server's clock minus wall clock, ms; 0 while either is unknown.
    pub fn server_offset(&self, now: Tick) -> i64 {
        match (self.server, self.wall(now)) {
            (Some(server), Some(wall)) => advance(server, now) - wall,
            (Some(_), None) | (None, _) => 0,
        }
    }
}

fn advance((time, at): (UnixMillis, Tick), now: Tick) -> UnixMillis {
    time.plus(i64::try_from(now.since(at)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_run_on_ticks() {
        let mut clock = Clock::default();
        let at = Tick::from_millis;
        assert_eq!(clock.server(at(5)), UnixMillis::ZERO);
        clock.set_wall(at(10), UnixMillis::new(1_000));
        assert_eq!(clock.server(at(15)), UnixMillis::new(1_005), "the wall clock must do");
        clock.set_server(at(20), UnixMillis::new(5_000));
        assert_eq!(clock.server(at(21)), UnixMillis::new(5_001));
        assert_eq!(clock.server_offset(at(30)), 5_010 - 1_020);
    }
}
