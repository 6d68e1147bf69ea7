//! Kicks by other logins: so many in so short a time are a war between two pages that each connect
//! again whenever they are kicked.

use crate::time::Tick;

/// So many kicks are nothing unusual.
const PEACEFUL: usize = 5;
/// In so long, ms.
const WINDOW_MS: u64 = 300_000;

/// The last kicks.
#[derive(Clone, Debug, Default)]
pub struct Kicks(Vec<Tick>);

impl Kicks {
    /// Another login kicked this one.
    pub fn note(&mut self, now: Tick) {
        if self.0.len() > PEACEFUL {
            self.0.remove(0);
        }
        self.0.push(now);
    }

    /// Whether more than five lie within the last five minutes. 2.x counts for ever instead.
    pub fn are_a_war(&self, now: Tick) -> bool {
        self.0.iter().filter(|at| now.since(**at) < WINDOW_MS).count() > PEACEFUL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_recent_kicks_count() {
        let mut kicks = Kicks::default();
        for minute in 0..100 {
            let now = Tick::from_millis(minute * 60_000);
            kicks.note(now);
            assert!(!kicks.are_a_war(now), "one a minute");
        }
        let now = Tick::from_millis(10_000_000);
        for second in 0..6 {
            assert!(!kicks.are_a_war(now + second * 1_000));
            kicks.note(now + second * 1_000);
        }
        assert!(kicks.are_a_war(now + 299_999));
        assert!(!kicks.are_a_war(now + 300_000), "the first of the six is over");
    }
}
