//! How long to wait before trying again: full jitter, so that a thousand pages that lost the same
//! server do not come back in step.

use crate::rng::Rng;

/// Upper bound of the first pause, ms.
const BASE_MS: u64 = 500;
/// Upper bound of every pause, ms.
const CAP_MS: u64 = 20_000;
/// No pause but the first is shorter, ms.
pub const FLOOR_MS: u64 = 500;

/// Counts attempts. The first is immediate; attempt n waits a random time below 500 · 2ⁿ ms, at
/// most 20 s, at least 500 ms.
#[derive(Clone, Debug, Default)]
pub struct Backoff {
    attempt: u32,
}

impl Backoff {
    /// The pause before the next attempt, ms.
    pub fn next_ms(&mut self, rng: &mut Rng) -> u64 {
        let attempt = self.attempt;
        self.attempt = attempt.saturating_add(1);
        if attempt == 0 {
            return 0;
        }
        let bound = BASE_MS.saturating_mul(1 << attempt.min(16)).min(CAP_MS);
        rng.below(bound).max(FLOOR_MS)
    }

    /// After something useful came of an attempt: begin anew.
    pub fn reset(&mut self) {
        self.attempt = 0;
    }

    /// How many attempts there were since the last useful one.
    pub fn attempts(&self) -> u32 {
        self.attempt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_cap_and_are_spread() {
        let mut rng = Rng::new(3);
        let mut longest = 0;
        for _ in 0..200 {
            let mut backoff = Backoff::default();
            assert_eq!(backoff.next_ms(&mut rng), 0, "the first attempt is immediate");
            let second = backoff.next_ms(&mut rng);
            assert!((500..1000).contains(&second));
            for _ in 0..20 {
                let pause = backoff.next_ms(&mut rng);
                assert!((FLOOR_MS..CAP_MS).contains(&pause));
                longest = longest.max(pause);
            }
        }
        assert!(longest > CAP_MS * 9 / 10);
    }
}
