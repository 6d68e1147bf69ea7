//! Who failed lately: asked last for a while, never left out.

use crate::time::Tick;

/// Who failed is asked after the others for so long, ms.
const BLAMED_MS: u64 = 120_000;
/// So many are remembered.
const MAX_BLAMED: usize = 32;

/// Navigators and hosts, with the time until which they are blamed.
#[derive(Clone, Debug, Default)]
pub struct Blame(Vec<(String, Tick)>);

impl Blame {
    /// `name` failed.
    pub fn blame(&mut self, name: &str, now: Tick) {
        self.forgive(name);
        self.0.insert(0, (name.into(), now + BLAMED_MS));
        self.0.truncate(MAX_BLAMED);
    }

    /// `name` works.
    pub fn forgive(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    /// The places of `names` in the order to ask: as they stand, the blamed ones last.
    pub fn order(&self, names: &[String], now: Tick) -> Vec<usize> {
        let blamed =
            |name: &String| self.0.iter().any(|(known, until)| known == name && now < *until);
        let places = |wanted: bool| {
            let with = names.iter().enumerate().filter(move |(_, name)| blamed(name) == wanted);
            with.map(|(place, _)| place)
        };
        places(false).chain(places(true)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Tick = Tick::from_millis(1_000);

    fn names() -> [String; 3] {
        ["a".into(), "b".into(), "c".into()]
    }

    #[test]
    fn who_failed_comes_last_for_a_while() {
        let mut blame = Blame::default();
        assert_eq!(blame.order(&names(), NOW), [0, 1, 2]);
        blame.blame("a", NOW);
        assert_eq!(blame.order(&names(), NOW), [1, 2, 0]);
        assert_eq!(blame.order(&names(), NOW + (BLAMED_MS - 1)), [1, 2, 0]);
        assert_eq!(blame.order(&names(), NOW + BLAMED_MS), [0, 1, 2]);
        blame.forgive("a");
        assert_eq!(blame.order(&names(), NOW), [0, 1, 2]);
    }

    #[test]
    fn where_all_failed_the_order_stays() {
        let mut blame = Blame::default();
        names().iter().rev().for_each(|name| blame.blame(name, NOW));
        assert_eq!(blame.order(&names(), NOW), [0, 1, 2]);
        (0..1_000).for_each(|_| blame.blame("x", NOW));
        assert_eq!(blame.0.len(), 4);
    }
}
