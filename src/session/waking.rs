//! What hints of the browser do to a connection that is not up: pauses are cut short, attempts that
//! began in another network are begun anew, and a page in the back-forward cache holds no socket.

use super::backoff::FLOOR_MS;
use super::connection::{Change, Connection};
use super::context::Context;
use super::link::Link;
use super::timers::Timer;

/// An attempt that is younger than this when the network changes may still succeed, ms.
const FRESH_MS: u64 = 1_000;

impl Connection {
    /// The pause before the next attempt is cut short, but not one that the server asked for: the
    /// network may be back, or the page asks.
    pub fn hurry(&mut self, cx: &mut Context) {
        if !matches!(self.link, Link::Waiting) || self.stowed {
            return;
        }
        let soonest = cx.now.max(self.round.since + FLOOR_MS);
        let soonest = self.not_before.map_or(soonest, |asked| soonest.max(asked));
        let at = cx.timers.get(Timer::Attempt).map_or(soonest, |at| at.min(soonest));
        cx.timers.set(Timer::Attempt, at);
    }

    /// The network may be another one, or the machine slept: what is under way may wait for an
    /// answer that never comes. Once a round, or a flapping network would never let one end.
    pub fn refresh(&mut self, cx: &mut Context) {
        self.stowed = false;
        self.backoff.rewind();
        self.hurry(cx);
        let stale = !self.round.refreshed && cx.now >= self.round.since + FRESH_MS;
        match self.link {
            Link::Navigating(_) | Link::Racing(_) | Link::Opening(_) | Link::LoggingIn(_)
                if stale =>
            {
                self.start_round(cx);
                self.round.refreshed = true;
            }
            Link::Idle
            | Link::AwaitingToken { .. }
            | Link::Navigating(_)
            | Link::Racing(_)
            | Link::Chosen(_)
            | Link::Opening(_)
            | Link::LoggingIn(_)
            | Link::Up(..)
            | Link::Waiting
            | Link::Ended => {}
        }
    }

    /// The page goes away, perhaps into the back-forward cache, which takes no page with an open
    /// socket. Nothing is tried until it is seen again.
    pub fn stow(&mut self, cx: &mut Context) -> Option<Change> {
        if !self.link.is_active() {
            return None;
        }
        self.stowed = true;
        self.let_go(cx)
    }
}
