//! The last few of many things.

use crate::sorted::SortedSet;

/// A set that remembers the last `limit` things, and at most twice as many: the older half is
/// forgotten at once.
#[derive(Clone, Debug)]
pub struct Recent<T> {
    young: SortedSet<T>,
    old: SortedSet<T>,
    limit: usize,
}

impl<T: Ord> Recent<T> {
    /// An empty set of the last `limit`.
    pub const fn new(limit: usize) -> Self {
        Self { young: SortedSet::new(), old: SortedSet::new(), limit }
    }

    /// Adds a thing. Returns whether it is new.
    pub fn insert(&mut self, thing: T) -> bool {
        if self.old.contains(&thing) || !self.young.insert(thing) {
            return false;
        }
        if self.young.len() >= self.limit {
            self.old = core::mem::take(&mut self.young);
        }
        true
    }

    /// Whether the thing is known.
    pub fn contains(&self, thing: &T) -> bool {
        self.young.contains(thing) || self.old.contains(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_few_are_known() {
        let mut recent = Recent::new(3);
        for n in 0..100 {
            assert!(recent.insert(n) && !recent.insert(n));
            assert!((n - 2..=n).all(|n| n < 0 || recent.contains(&n)));
        }
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut recent = Recent::new(2);
        assert!((1..=4).all(|n| recent.insert(n)));
        assert!(!recent.contains(&1) && !recent.contains(&2) && recent.contains(&3));
        assert!(recent.insert(1));
    }
}
