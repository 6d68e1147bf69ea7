//! Maps and sets in sorted vectors, and a sort: the standard ones are several times the code for
//! every kind of key, and what the client keeps is small or grows at its end.

use core::borrow::Borrow;
use core::cmp::Ordering;

/// A map in a vector that is sorted by key. Adding and taking out move what comes after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Where `key` is, or where it would be.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        place_by(&self.0, |(other, _)| other.borrow().cmp(key))
    }

    /// The value of `key`.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// The value of `key`, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    /// Whether there is a value for `key`.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Keeps `value` under `key`. Returns what was there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => self.0.get_mut(at).map(|(_, old)| core::mem::replace(old, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    /// The value of `key`. If there is none, `make` makes it, and its key: one equal to `key`.
    ///
    /// # Panics
    /// Never: a vector holds what was just put into it.
    pub fn get_or_insert_with(&mut self, key: &K, make: impl FnOnce() -> (K, V)) -> &mut V {
        let at = match self.place(key) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, make());
                at
            }
        };
        &mut self.0[at].1
    }

    /// Takes out the value of `key`.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Takes out everything that `over` says is over, in the order of the keys.
    pub fn take_if(&mut self, mut over: impl FnMut(&K, &V) -> bool) -> Vec<(K, V)> {
        self.0.extract_if(.., |(key, value)| over(key, value)).collect()
    }

    /// Keeps what `stays` says stays.
    pub fn retain(&mut self, mut stays: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| stays(key, value));
    }

    /// How many values there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Keys and values in the order of the keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Keys and values in the order of the keys, the values to be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values, in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// The values, in the order of their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.0.into_iter().map(|(_, value)| value)
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        for (key, value) in pairs {
            map.insert(key, value);
        }
        map
    }
}

/// A set in a sorted vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortedSet<T>(Vec<T>);

impl<T> Default for SortedSet<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord> SortedSet<T> {
    /// An empty set.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds `thing`. Returns whether it is new.
    pub fn insert(&mut self, thing: T) -> bool {
        match place_by(&self.0, |other| other.cmp(&thing)) {
            Ok(_known) => false,
            Err(at) => {
                self.0.insert(at, thing);
                true
            }
        }
    }

    /// Takes `thing` out. Returns whether it was there.
    pub fn remove(&mut self, thing: &T) -> bool {
        match place_by(&self.0, |other| other.cmp(thing)) {
            Ok(at) => {
                self.0.remove(at);
                true
            }
            Err(_unknown) => false,
        }
    }

    /// Whether `thing` is there.
    pub fn contains(&self, thing: &T) -> bool {
        place_by(&self.0, |other| other.cmp(thing)).is_ok()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// All of them, in order.
    pub fn iter(&self) -> core::slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<T> IntoIterator for SortedSet<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a SortedSet<T> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Ord> FromIterator<T> for SortedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        let mut set = Self::new();
        set.extend(things);
        set
    }
}

impl<T: Ord> Extend<T> for SortedSet<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, things: I) {
        for thing in things {
            self.insert(thing);
        }
    }
}

/// Sorts by `order`; equal things keep their places among each other. Made for what is nearly
/// sorted: every step moves what is out of place.
pub fn sort<T>(things: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    for end in 1..things.len() {
        let (sorted, rest) = things.split_at(end);
        let (Some(last), Some(next)) = (sorted.last(), rest.first()) else { break };
        if order(last, next) != Ordering::Greater {
            continue;
        }
        // After everything that is not greater.
        let not_greater = |other: &T| match order(other, next) {
            Ordering::Less | Ordering::Equal => Ordering::Less,
            Ordering::Greater => Ordering::Greater,
        };
        let at = match place_by(sorted, not_greater) {
            Ok(at) | Err(at) => at,
        };
        if let Some(moved) = things.get_mut(at..=end) {
            moved.rotate_right(1);
        }
    }
}

/// Binary search: `order` tells how a thing stands to the one that is looked for. The end comes
/// first: what grows mostly grows there.
fn place_by<T>(sorted: &[T], mut order: impl FnMut(&T) -> Ordering) -> Result<usize, usize> {
    let (mut from, mut to) = (0, sorted.len());
    let mut probe = to.saturating_sub(1);
    while from < to {
        match sorted.get(probe).map(&mut order) {
            Some(Ordering::Less) => from = probe + 1,
            Some(Ordering::Equal) => return Ok(probe),
            Some(Ordering::Greater) | None => to = probe,
        }
        probe = usize::midpoint(from, to);
    }
    Err(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn a_sorted_map_is_a_map() {
        let (mut ours, mut theirs) = (SortedMap::new(), BTreeMap::new());
        let mut rng = Rng::new(1);
        for round in 0..5_000 {
            let key = rng.below(60);
            match rng.below(5) {
                0 | 1 => assert_eq!(ours.insert(key, round), theirs.insert(key, round)),
                2 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                3 => assert_eq!(ours.get_mut(&key), theirs.get_mut(&key)),
                _ => assert_eq!(ours.contains_key(&key), theirs.contains_key(&key)),
            }
            assert!(ours.iter().eq(theirs.iter()));
            assert_eq!(ours.len(), theirs.len());
        }
        let over = ours.take_if(|key, _| key % 2 == 0);
        assert_eq!(over, theirs.extract_if(.., |key, _| key % 2 == 0).collect::<Vec<_>>());
        assert!(ours.into_iter().eq(theirs));
    }

    #[test]
    fn a_sorted_set_is_a_set() {
        let (mut ours, mut theirs) = (SortedSet::new(), BTreeSet::new());
        let mut rng = Rng::new(2);
        for _ in 0..5_000 {
            let thing = rng.below(60);
            match rng.below(3) {
                0 => assert_eq!(ours.insert(thing), theirs.insert(thing)),
                1 => assert_eq!(ours.remove(&thing), theirs.remove(&thing)),
                _ => assert_eq!(ours.contains(&thing), theirs.contains(&thing)),
            }
            assert!(ours.iter().eq(&theirs));
        }
    }

    #[test]
    fn the_sort_is_stable() {
        let mut rng = Rng::new(3);
        for _ in 0..500 {
            let mut ours: Vec<(u64, usize)> =
                (0..rng.below(40) as usize).map(|at| (rng.below(10), at)).collect();
            let mut theirs = ours.clone();
            sort(&mut ours, |a, b| a.0.cmp(&b.0));
            theirs.sort_by_key(|thing| thing.0);
            assert_eq!(ours, theirs);
        }
    }
}
