//! How long to wait before trying again: full jitter, so that a thousand pages that lost the same
//! server do not come back in step.

use crate::rng::Rng;

/// Upper bound of the first pause, ms.
const BASE_MS: u64 = 500;
/// Upper bound of every pause, ms.
const CAP_MS: u64 = 20_000;
/// No pause but the first is shorter, ms.
pub const FLOOR_MS: u64 = 500;
/// What a server that has too much to do is given: between 0.5 and 4 s at first.
const BUSY: u32 = 3;

/// Counts attempts. The first is immediate; attempt n waits a random time between 500 ms and
/// 500 · 2ⁿ ms, at most 20 s.
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
        FLOOR_MS + rng.below(bound - FLOOR_MS)
    }

    /// After something useful came of an attempt: begin anew.
    pub fn reset(&mut self) {
        self.attempt = 0;
    }

    /// How many attempts there were since the last useful one.
    pub fn attempts(&self) -> u32 {
        self.attempt
    }

    /// The network may be back: what comes next is not held up by what failed before.
    pub fn rewind(&mut self) {
        self.attempt = self.attempt.min(1);
    }

    /// The server has too much to do: not at once.
    pub fn be_patient(&mut self) {
        self.attempt = self.attempt.max(BUSY);
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

    /// A thousand pages that lost the same server at the same moment.
    #[test]
    fn o1_pauses_do_not_come_in_step() {
        let pauses: Vec<u64> = (0..1_000)
            .map(|seed| {
                let (mut rng, mut backoff) = (Rng::new(seed), Backoff::default());
                (0..4).map(|_| backoff.next_ms(&mut rng)).sum()
            })
            .collect();
        let most = pauses.iter().map(|pause| {
            let near = |other: &&u64| pause.abs_diff(**other) < 50;
            pauses.iter().filter(near).count()
        });
        assert!(most.max().is_some_and(|most| most < 100), "at most a tenth within 100 ms");
    }

    #[test]
    fn hints_shorten_and_busy_servers_lengthen() {
        let mut rng = Rng::new(3);
        let mut backoff = Backoff::default();
        backoff.rewind();
        assert_eq!(backoff.next_ms(&mut rng), 0, "nothing failed yet");
        for _ in 0..200 {
            (0..9).for_each(|_| assert!(backoff.next_ms(&mut rng) < CAP_MS));
            backoff.rewind();
            assert!((500..1_000).contains(&backoff.next_ms(&mut rng)));
        }
        let mut longest = 0;
        for _ in 0..200 {
            backoff.reset();
            backoff.be_patient();
            longest = longest.max(backoff.next_ms(&mut rng));
        }
        assert!((2_000..4_000).contains(&longest));
    }
}
