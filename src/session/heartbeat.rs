//! Whether the link lives, judged by the frames that come.
//!
//! ```text
//!            10 s (30 s hidden) without a frame, or a hint
//!   Quiet ────────────────────────────────────────────────▶ Asked ── 5 s (15 s; 2.5 s) ▶ dead
//!     ▲                      any frame                        │
//!     └───────────────────────────────────────────────────────┘
//! ```

use crate::time::Tick;

/// How long to wait, ms: without a frame, then for the answer.
#[derive(Clone, Copy, Debug)]
struct Pace {
    idle: u64,
    answer: u64,
}

const VISIBLE: Pace = Pace { idle: 10_000, answer: 5_000 };
const HIDDEN: Pace = Pace { idle: 30_000, answer: 15_000 };
/// After a hint the answer is awaited for so long, ms: a dead link is to be known within 3 s, by
/// timers that come late.
const PROBE_MS: u64 = 2_500;
/// A deadline noticed later than this was slept through: the answer may lie unread, ms.
const SLEPT_MS: u64 = 1_000;

#[derive(Clone, Copy, Debug)]
enum State {
    /// There is no link.
    Off,
    /// The last frame came at this tick.
    Quiet(Tick),
    /// A PINGREQ is out; dead at `until`. `again`: one deadline was slept through already.
    Asked { until: Tick, again: bool },
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Nothing.
    Rest,
    /// Send PINGREQ.
    Ping,
    /// The link is dead whatever the socket says.
    Dead,
}

/// Watches one link at a time.
#[derive(Debug)]
pub struct Heartbeat {
    state: State,
    visible: bool,
    seen_pong: bool,
    /// An answer has at least so long, ms.
    patience: u64,
}

impl Default for Heartbeat {
    /// Watches nothing yet, in a page that can be seen.
    fn default() -> Self {
        Self { state: State::Off, visible: true, seen_pong: false, patience: 0 }
    }
}

impl Heartbeat {
    /// A login succeeded. The first PINGREQ goes out at once if no server was ever heard to answer.
    pub fn start(&mut self, now: Tick) -> Beat {
        self.state = State::Quiet(now);
        if self.seen_pong { Beat::Rest } else { self.ask(now, self.pace().answer) }
    }

    /// The link is gone.
    pub fn stop(&mut self) {
        self.state = State::Off;
    }

    /// A frame came, whatever it was.
    pub fn frame(&mut self, now: Tick) {
        if !matches!(self.state, State::Off) {
            self.state = State::Quiet(now);
        }
    }

    /// A PINGRESP came.
    pub fn pong(&mut self) {
        self.seen_pong = true;
    }

    /// The page can be seen, or not.
    pub fn set_visible(&mut self, visible: bool) {
        self.visible = visible;
    }

    /// Something happened after which a link is often dead: ask at once.
    pub fn probe(&mut self, now: Tick) -> Beat {
        match self.state {
            State::Off => Beat::Rest,
            State::Asked { until, .. } if until <= now + PROBE_MS => Beat::Rest,
            State::Quiet(_) | State::Asked { .. } => self.ask(now, PROBE_MS),
        }
    }

    /// What is due at `now`.
    pub fn due(&mut self, now: Tick) -> Beat {
        match self.state {
            State::Quiet(last) if now >= last + self.pace().idle => {
                self.ask(now, self.pace().answer)
            }
            State::Asked { until, again } if now >= until => {
                if again || now.since(until) <= SLEPT_MS {
                    return Beat::Dead;
                }
                self.state = State::Asked { until: now + PROBE_MS, again: true };
                Beat::Ping
            }
            State::Off | State::Quiet(_) | State::Asked { .. } => Beat::Rest,
        }
    }

    /// When to call [`due`](Self::due).
    pub fn deadline(&self) -> Option<Tick> {
        match self.state {
            State::Off => None,
            State::Quiet(last) => Some(last + self.pace().idle),
            State::Asked { until, .. } => Some(until),
        }
    }

    /// From here on an answer has at least so long, ms.
    pub fn set_patience(&mut self, ms: u64) {
        self.patience = ms;
    }

    fn ask(&mut self, now: Tick, wait: u64) -> Beat {
        self.state = State::Asked { until: now + wait.max(self.patience), again: false };
        Beat::Ping
    }

    fn pace(&self) -> Pace {
        if self.visible { VISIBLE } else { HIDDEN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> Tick {
        Tick::from_millis(ms)
    }

    fn up(visible: bool) -> Heartbeat {
        let mut heart = Heartbeat::default();
        heart.set_visible(visible);
        assert_eq!(heart.start(at(0)), Beat::Ping, "never heard a pong");
        heart.pong();
        heart.frame(at(0));
        heart
    }

    #[test]
    fn a_silent_server_is_dead_after_15_s_in_sight() {
        let mut heart = up(true);
        assert_eq!(heart.deadline(), Some(at(10_000)));
        assert_eq!(heart.due(at(10_000)), Beat::Ping);
        assert_eq!(heart.due(at(14_999)), Beat::Rest);
        assert_eq!(heart.deadline(), Some(at(15_000)));
        assert_eq!(heart.due(at(15_000)), Beat::Dead);
    }

    #[test]
    fn hidden_pages_beat_slower() {
        let mut heart = up(false);
        assert_eq!(heart.due(at(29_999)), Beat::Rest);
        assert_eq!(heart.due(at(30_000)), Beat::Ping);
        assert_eq!(heart.due(at(45_000)), Beat::Dead);
    }

    #[test]
    fn a7_any_frame_is_life() {
        let mut heart = up(true);
        assert_eq!(heart.due(at(10_000)), Beat::Ping);
        heart.frame(at(14_999));
        assert_eq!(heart.due(at(15_000)), Beat::Rest);
        assert_eq!(heart.deadline(), Some(at(24_999)));
    }

    #[test]
    fn a_hint_asks_for_less_than_three_seconds() {
        let mut heart = up(true);
        assert_eq!(heart.probe(at(1_000)), Beat::Ping);
        assert_eq!(heart.probe(at(1_001)), Beat::Rest, "asked already");
        assert_eq!(heart.due(at(3_500)), Beat::Dead);
        let mut off = Heartbeat::default();
        assert_eq!(off.probe(at(0)), Beat::Rest);
    }

    #[test]
    fn a_deadline_slept_through_is_asked_again_once() {
        let mut heart = up(true);
        assert_eq!(heart.due(at(10_000)), Beat::Ping);
        assert_eq!(heart.due(at(90_000)), Beat::Ping);
        assert_eq!(heart.due(at(180_000)), Beat::Dead);
    }

    #[test]
    fn later_logins_do_not_ask_first() {
        let mut heart = up(true);
        heart.stop();
        assert_eq!((heart.deadline(), heart.start(at(5))), (None, Beat::Rest));
    }
}
