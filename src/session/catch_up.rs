//! When to pull: after a login, on a doorbell, every three minutes, and again at once while there
//! is more; later and later while pulls fail or bring nothing.
//!
//! ```text
//!             login, doorbell, 180 s            frame sent
//!   Rested ─────────────────────────▶ Wanted ───────────────▶ Pulling ──┐
//!     ▲                                 ▲  more, rung meanwhile │       │ answer
//!     │                                 ├───────────────────────┘       │
//!     │                                 └── a pause, after an error ◀───┤
//!     └────────────── nothing more ─────────────────────────────────────┘
//! ```

use super::backoff::Backoff;
use crate::rng::Rng;
use crate::time::Tick;

/// The longest time between two pulls, ms.
const PERIOD_MS: u64 = 180_000;
/// So many pages in a row may promise more and bring nothing.
const MAX_BARREN: u32 = 3;
/// After so many failures in a row the page is told.
const TELL_AFTER: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// There is no login.
    Off,
    Rested,
    Wanted,
    /// `rung`: something more was announced since the question left.
    Pulling {
        rung: bool,
    },
}

/// Decides when the inbox is pulled; one pull at a time.
#[derive(Debug)]
pub struct CatchUp {
    state: State,
    /// The first pull waits for the conversation list.
    held: bool,
    not_before: Option<Tick>,
    next_period: Tick,
    backoff: Backoff,
    barren: u32,
    /// Pulls to the end that were begun, and ended.
    runs_begun: u64,
    run_open: bool,
}

impl Default for CatchUp {
    fn default() -> Self {
        Self {
            state: State::Off,
            held: false,
            not_before: None,
            next_period: Tick::default(),
            backoff: Backoff::default(),
            barren: 0,
            runs_begun: 0,
            run_open: false,
        }
    }
}

impl CatchUp {
    /// Logged in. `held`: not before [`release`](Self::release).
    pub fn login(&mut self, now: Tick, held: bool) {
        let runs_begun = self.runs_begun;
        *self = Self { state: State::Wanted, held, runs_begun, ..Self::default() };
        self.next_period = now + PERIOD_MS;
    }

    /// The first pull waits for nothing any more.
    pub fn release(&mut self) {
        self.held = false;
    }

    /// The link is gone.
    pub fn stop(&mut self) {
        self.state = State::Off;
        self.run_open = false;
    }

    /// There may be something new.
    pub fn ring(&mut self) {
        match self.state {
            State::Off | State::Wanted => {}
            State::Rested => self.state = State::Wanted,
            State::Pulling { .. } => self.state = State::Pulling { rung: true },
        }
    }

    /// Whether a pull may begin now.
    pub fn is_due(&self, now: Tick) -> bool {
        self.state == State::Wanted && !self.held && self.not_before.is_none_or(|at| at <= now)
    }

    /// Whether a pull is under way or due: pushes without a number must wait for it.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Wanted | State::Pulling { .. })
    }

    /// Whether the last millisecond is to be asked for once more. Not after a barren page: it
    /// might consist of that millisecond for ever.
    pub fn overlaps(&self) -> bool {
        self.barren == 0
    }

    /// A pull left.
    pub fn begun(&mut self, now: Tick) {
        if !self.run_open {
            self.run_open = true;
            self.runs_begun += 1;
        }
        self.state = State::Pulling { rung: false };
        self.not_before = None;
        self.next_period = now + PERIOD_MS;
    }

    /// The number of the run that begins next, or is under way only if it began after now.
    pub fn next_run(&self) -> u64 {
        self.runs_begun + 1
    }

    /// A page came. Returns the number of the run that has reached the end, and whether the server
    /// goes on promising without giving.
    pub fn page(
        &mut self,
        more: bool,
        progress: bool,
        now: Tick,
        rng: &mut Rng,
    ) -> (Option<u64>, bool) {
        let State::Pulling { rung } = self.state else { return (None, false) };
        self.barren = if more && !progress { self.barren + 1 } else { 0 };
        if !more {
            self.backoff.reset();
            self.run_open = false;
            self.state = if rung { State::Wanted } else { State::Rested };
            return (Some(self.runs_begun), false);
        }
        self.state = State::Wanted;
        if self.barren < MAX_BARREN {
            return (None, false);
        }
        self.pause(now, rng);
        (None, self.barren == MAX_BARREN)
    }

    /// A pull failed. Returns whether the page should be told.
    pub fn failed(&mut self, now: Tick, rng: &mut Rng) -> bool {
        if !matches!(self.state, State::Pulling { .. }) {
            return false;
        }
        self.state = State::Wanted;
        self.pause(now, rng);
        self.backoff.attempts() == TELL_AFTER + 1
    }

    fn pause(&mut self, now: Tick, rng: &mut Rng) {
        if self.backoff.attempts() == 0 {
            self.backoff.next_ms(rng);
        }
        self.not_before = Some(now + self.backoff.next_ms(rng));
    }

    /// When something becomes due by itself.
    pub fn deadline(&self) -> Option<Tick> {
        match self.state {
            State::Off | State::Pulling { .. } => None,
            State::Rested => Some(self.next_period),
            State::Wanted => self.not_before,
        }
    }

    /// The deadline may have passed.
    pub fn timer(&mut self, now: Tick) {
        if self.state == State::Rested && now >= self.next_period {
            self.state = State::Wanted;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Tick = Tick::from_millis(1_000);

    fn logged_in() -> (CatchUp, Rng) {
        let mut catch_up = CatchUp::default();
        catch_up.ring();
        assert!(!catch_up.is_due(NOW), "no login");
        catch_up.login(NOW, false);
        (catch_up, Rng::new(1))
    }

    #[test]
    fn after_login_then_every_three_minutes() {
        let (mut catch_up, mut rng) = logged_in();
        assert!(catch_up.is_due(NOW));
        catch_up.begun(NOW);
        assert!(!catch_up.is_due(NOW), "one at a time");
        assert_eq!(catch_up.page(false, true, NOW, &mut rng), (Some(1), false));
        assert_eq!(catch_up.deadline(), Some(NOW + PERIOD_MS));
        catch_up.timer(NOW + PERIOD_MS);
        assert!(catch_up.is_due(NOW + PERIOD_MS));
    }

    #[test]
    fn a_hundred_doorbells_during_a_pull_are_one_more_pull() {
        let (mut catch_up, mut rng) = logged_in();
        catch_up.begun(NOW);
        (0..100).for_each(|_| catch_up.ring());
        catch_up.page(false, true, NOW, &mut rng);
        assert!(catch_up.is_due(NOW));
        catch_up.begun(NOW);
        assert_eq!(catch_up.page(false, false, NOW, &mut rng).0, Some(2));
        assert!(!catch_up.is_due(NOW));
    }

    #[test]
    fn more_is_asked_for_at_once_but_not_for_ever() {
        let (mut catch_up, mut rng) = logged_in();
        for _ in 0..1_000 {
            catch_up.begun(NOW);
            assert_eq!(catch_up.page(true, true, NOW, &mut rng), (None, false));
            assert!(catch_up.is_due(NOW) && catch_up.overlaps());
        }
        let mut told = 0;
        for barren in 0..10 {
            let now = catch_up.deadline().unwrap_or(NOW);
            catch_up.begun(now);
            let (_, tell) = catch_up.page(true, false, now, &mut rng);
            told += u32::from(tell);
            assert_eq!(catch_up.is_due(now), barren < 2);
            assert!(!catch_up.overlaps());
        }
        assert_eq!(told, 1);
    }

    #[test]
    fn failures_are_repeated_later_and_later_and_told_once() {
        let (mut catch_up, mut rng) = logged_in();
        let (mut told, mut now) = (0, NOW);
        for _ in 0..8 {
            catch_up.begun(now);
            told += u32::from(catch_up.failed(now, &mut rng));
            assert!(!catch_up.is_due(now));
            let next = catch_up.deadline().unwrap();
            assert!((500..=20_000).contains(&next.since(now)));
            now = next;
            assert!(catch_up.is_due(now));
        }
        assert_eq!(told, 1);
    }

    #[test]
    fn the_first_pull_may_wait_for_the_list() {
        let mut catch_up = CatchUp::default();
        catch_up.login(NOW, true);
        assert!(!catch_up.is_due(NOW) && catch_up.is_open());
        catch_up.release();
        assert!(catch_up.is_due(NOW));
        catch_up.stop();
        assert!(!catch_up.is_due(NOW));
    }
}
