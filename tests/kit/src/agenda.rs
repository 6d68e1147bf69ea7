//! What is to happen at a known time, in order; things of one time in the order in which they were
//! put in.

use std::collections::BTreeMap;

use hongyan::time::Tick;

/// A queue by time.
#[derive(Debug)]
pub struct Agenda<T> {
    items: BTreeMap<(Tick, u64), T>,
    count: u64,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), count: 0 }
    }
}

impl<T> Agenda<T> {
    /// `item` is to happen at `at`.
    pub fn add(&mut self, at: Tick, item: T) {
        self.count += 1;
        self.items.insert((at, self.count), item);
    }

    /// When the next item is due.
    pub fn next_at(&self) -> Option<Tick> {
        self.items.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next item that is due.
    pub fn pop_due(&mut self, now: Tick) -> Option<T> {
        if self.next_at()? > now {
            return None;
        }
        self.items.pop_first().map(|(_, item)| item)
    }

    /// Forgets every item that `keep` does not want.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.items.retain(|_, item| keep(item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_first_and_equal_times_in_order() {
        let mut agenda = Agenda::default();
        for (at, name) in [(5, 'c'), (1, 'a'), (5, 'd'), (2, 'b')] {
            agenda.add(Tick::from_millis(at), name);
        }
        agenda.retain(|name| *name != 'b');
        let now = Tick::from_millis(5);
        let order: Vec<char> = std::iter::from_fn(|| agenda.pop_due(now)).collect();
        assert_eq!(order, ['a', 'c', 'd']);
        assert_eq!(agenda.next_at(), None);
    }
}
