//! The one timer: it wakes the loop when the engine's next deadline has come.

use gloo_timers::callback::Timeout;

use crate::time::Tick;

/// The longest time `setTimeout` can wait, milliseconds.
const LONGEST_MS: u64 = i32::MAX as u64;

/// At most one pending `setTimeout`.
#[derive(Debug, Default)]
pub(super) struct Timer(Option<(Tick, Timeout)>);

impl Timer {
    /// Sees to it that `wake` runs at `deadline` or earlier. A timer that comes earlier is left
    /// alone: the loop finds nothing due and calls this again.
    pub(super) fn arm(&mut self, deadline: Option<Tick>, now: Tick, wake: impl FnOnce() + 'static) {
        let Some(deadline) = deadline else {
            self.0 = None;
            return;
        };
        if self.0.as_ref().is_some_and(|(armed, _)| *armed <= deadline) {
            return;
        }
        let wait_ms = deadline.since(now).clamp(1, LONGEST_MS) as u32;
        self.0 = Some((deadline, Timeout::new(wait_ms, wake)));
    }

    /// The timer has run, or shall not.
    pub(super) fn clear(&mut self) {
        self.0 = None;
    }
}
