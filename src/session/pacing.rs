//! How fast messages may leave: a token bucket of the announced rate, and pauses where the server
//! said "too fast" all the same.

use super::navigation::Terms;
use crate::time::Tick;

/// Messages a second where the server announced nothing.
pub const UNKNOWN_RATE: u32 = 5;
/// Messages at once where the server announced nothing.
pub const UNKNOWN_BURST: u32 = 5;
/// The first pause after a refusal, ms; each further one in a row is twice as long.
const FIRST_PAUSE_MS: u64 = 1_000;
const LONGEST_PAUSE_MS: u64 = 16_000;
/// One message in the bucket's unit.
const MESSAGE: u64 = 1_000;

/// The bucket.
#[derive(Clone, Debug)]
pub struct Pacing {
    /// Messages a second, which is thousandths of a message a millisecond; 0 for no limit.
    rate: u64,
    /// Thousandths of a message that fit.
    capacity: u64,
    level: u64,
    at: Tick,
    paused_until: Tick,
    next_pause_ms: u64,
}

impl Default for Pacing {
    fn default() -> Self {
        let capacity = u64::from(UNKNOWN_BURST) * MESSAGE;
        Self {
            rate: u64::from(UNKNOWN_RATE),
            capacity,
            level: capacity,
            at: Tick::default(),
            paused_until: Tick::default(),
            next_pause_ms: FIRST_PAUSE_MS,
        }
    }
}

impl Pacing {
    /// The server at the other end announced this, or nothing.
    pub fn set_terms(&mut self, terms: Option<Terms>) {
        let (rate, burst) = terms
            .map_or((UNKNOWN_RATE, UNKNOWN_BURST), |terms| (terms.send_rate, terms.send_burst));
        let used = self.capacity - self.level;
        self.rate = u64::from(rate);
        self.capacity = u64::from(burst.max(1)) * MESSAGE;
        self.level = self.capacity.saturating_sub(used);
    }

    /// Whether a message may leave at `now`.
    pub fn is_open(&mut self, now: Tick) -> bool {
        let gained = now.since(self.at).saturating_mul(self.rate);
        self.level = self.level.saturating_add(gained).min(self.capacity);
        self.at = now;
        now >= self.paused_until && (self.rate == 0 || self.level >= MESSAGE)
    }

    /// A message leaves.
    pub fn take(&mut self) {
        if self.rate != 0 {
            self.level = self.level.saturating_sub(MESSAGE);
        }
    }

    /// When [`is_open`](Self::is_open) will say yes, after it has said no.
    pub fn next_at(&self, now: Tick) -> Tick {
        let missing = MESSAGE.saturating_sub(self.level);
        let wait = if self.rate == 0 { 0 } else { missing.div_ceil(self.rate) };
        (now + wait).max(self.paused_until)
    }

    /// The server refused a message as one too many.
    pub fn refused(&mut self, now: Tick) {
        if now < self.paused_until {
            return;
        }
        self.level = 0;
        self.at = now;
        self.paused_until = now + self.next_pause_ms;
        self.next_pause_ms = (self.next_pause_ms * 2).min(LONGEST_PAUSE_MS);
    }

    /// The server took a message.
    pub fn accepted(&mut self) {
        self.next_pause_ms = FIRST_PAUSE_MS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> Tick {
        Tick::from_millis(ms)
    }

    fn leave(pacing: &mut Pacing, now: Tick) -> usize {
        let mut left = 0;
        while left < 100 && pacing.is_open(now) {
            pacing.take();
            left += 1;
        }
        left
    }

    #[test]
    fn a_burst_then_the_rate() {
        let mut pacing = Pacing::default();
        assert_eq!(leave(&mut pacing, at(0)), 5);
        assert_eq!(pacing.next_at(at(0)), at(200));
        assert_eq!(leave(&mut pacing, at(199)), 0);
        assert_eq!(leave(&mut pacing, at(200)), 1);
        assert_eq!(leave(&mut pacing, at(1_200)), 5);
        assert_eq!(leave(&mut pacing, at(100_000)), 5, "a long rest saves up no more");
    }

    #[test]
    fn announced_terms_hold() {
        let mut pacing = Pacing::default();
        pacing.set_terms(Some(Terms { send_rate: 0, send_burst: 1, polling: false }));
        assert_eq!(leave(&mut pacing, at(0)), 100);
        pacing.set_terms(Some(Terms { send_rate: 3, send_burst: 2, polling: false }));
        assert_eq!(leave(&mut pacing, at(0)), 2);
        assert_eq!(pacing.next_at(at(0)), at(334));
        assert_eq!(leave(&mut pacing, at(334)), 1);
    }

    #[test]
    fn refusals_pause_ever_longer_until_one_is_taken() {
        let mut pacing = Pacing::default();
        pacing.refused(at(0));
        pacing.refused(at(1));
        assert_eq!((pacing.is_open(at(999)), pacing.next_at(at(0))), (false, at(1_000)));
        assert!(pacing.is_open(at(1_000)));
        pacing.take();
        pacing.refused(at(1_000));
        assert_eq!(pacing.next_at(at(1_000)), at(3_000), "1 s for both of the first");
        pacing.accepted();
        pacing.refused(at(3_000));
        assert_eq!(pacing.next_at(at(3_000)), at(4_000));
    }
}
