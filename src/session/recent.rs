//! The last few of many things: a set that forgets its oldest.

use std::collections::{BTreeSet, VecDeque};

/// A set of at most `limit` things.
#[derive(Clone, Debug)]
pub struct Recent<T> {
    order: VecDeque<T>,
    known: BTreeSet<T>,
    limit: usize,
}

impl<T: Ord + Clone> Recent<T> {
    /// An empty set of at most `limit`.
    pub fn new(limit: usize) -> Self {
        Self { order: VecDeque::new(), known: BTreeSet::new(), limit }
    }

    /// Adds a thing. Returns whether it is new.
    pub fn insert(&mut self, thing: T) -> bool {
        if !self.known.insert(thing.clone()) {
            return false;
        }
        self.order.push_back(thing);
        if self.order.len() > self.limit
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }

    /// Whether the thing is known.
    pub fn contains(&self, thing: &T) -> bool {
        self.known.contains(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten() {
        let mut recent = Recent::new(2);
        assert!(recent.insert(1) && recent.insert(2) && !recent.insert(1) && recent.insert(3));
        assert!(!recent.contains(&1) && recent.contains(&2) && recent.contains(&3));
    }
}
