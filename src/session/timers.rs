//! Deadlines as data: what the engine waits for, and until when.

use crate::time::Tick;

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The pause before the next attempt, or before the next socket, is over.
    Attempt,
    /// The page did not supply a token.
    Token,
    /// A navigator did not answer: ask the next one.
    Navigation,
    /// Ask one more host, or give the race up.
    Race,
    /// The host did not load the user's state: go on without it.
    Profile,
    /// The socket did not open, or the login was not answered.
    Handshake,
    /// Ask whether the host answers where its WebSocket does not, or go over to polling.
    Doubt,
    /// Try a WebSocket beside polling, or give that up.
    Upgrade,
    /// The calls that wait for a login have waited long enough.
    Round,
    /// Time to ask whether the link lives, or to give it up.
    Heartbeat,
    /// Time to pull.
    Pull,
    /// The oldest query was not answered.
    Request,
    /// A send may leave, was not answered, or is given up.
    Send,
}

impl Timer {
    const ALL: [Self; 13] = [
        Self::Attempt,
        Self::Token,
        Self::Navigation,
        Self::Race,
        Self::Profile,
        Self::Handshake,
        Self::Doubt,
        Self::Upgrade,
        Self::Round,
        Self::Heartbeat,
        Self::Pull,
        Self::Request,
        Self::Send,
    ];
}

/// One deadline for each purpose.
#[derive(Clone, Debug, Default)]
pub struct Timers([Option<Tick>; Timer::ALL.len()]);

impl Timers {
    /// Sets the deadline of `timer`, replacing an earlier one.
    pub fn set(&mut self, timer: Timer, at: Tick) {
        self.assign(timer, Some(at));
    }

    /// Sets or removes the deadline of `timer`.
    pub fn assign(&mut self, timer: Timer, at: Option<Tick>) {
        if let Some(slot) = self.0.get_mut(timer as usize) {
            *slot = at;
        }
    }

    /// Removes the deadline of `timer`.
    pub fn stop(&mut self, timer: Timer) {
        self.assign(timer, None);
    }

    /// The deadline of `timer`.
    pub fn get(&self, timer: Timer) -> Option<Tick> {
        self.0.get(timer as usize).copied().flatten()
    }

    /// The earliest deadline, and whose it is.
    pub fn next(&self) -> Option<(Tick, Timer)> {
        let set = Timer::ALL.into_iter().filter_map(|timer| Some((self.get(timer)?, timer)));
        set.min_by_key(|(at, _)| *at)
    }

    /// Removes one deadline that `now` has reached, and names it.
    pub fn pop_due(&mut self, now: Tick) -> Option<(Tick, Timer)> {
        let (at, timer) = self.next()?;
        (at <= now).then(|| {
            self.stop(timer);
            (at, timer)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_is_due_first() {
        let mut timers = Timers::default();
        assert_eq!(timers.next(), None);
        timers.set(Timer::Pull, Tick::from_millis(20));
        timers.set(Timer::Handshake, Tick::from_millis(10));
        timers.set(Timer::Send, Tick::from_millis(30));
        let now = Tick::from_millis(25);
        assert_eq!(timers.pop_due(now).unwrap().1, Timer::Handshake);
        assert_eq!(timers.pop_due(now).unwrap().1, Timer::Pull);
        assert_eq!(timers.pop_due(now), None);
        assert_eq!(timers.next(), Some((Tick::from_millis(30), Timer::Send)));
        timers.stop(Timer::Send);
        assert_eq!(timers.next(), None);
    }
}
