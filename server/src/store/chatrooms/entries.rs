//! The entries of a chatroom: named values that its members share. What may be changed, and what
//! a member that was away has to learn, is decided here for every back end.

use std::collections::BTreeMap;

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;

/// The most entries of one room.
pub const MAX_ENTRIES: usize = 100;
/// So many removals are remembered for those who have not heard of them.
const MAX_REMOVED: usize = 100;

/// One entry. Of a removed one the value is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub key: String,
    /// What it says.
    pub value: String,
    /// Who set it, when, and what becomes of it.
    pub mark: EntryMark,
}

/// What is known of an entry but for its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryMark {
    /// Who set or removed it; empty for the application's server.
    pub setter: UserId,
    /// It goes when its setter leaves.
    pub auto_delete: bool,
    /// It is there no more.
    pub removed: bool,
    /// When: later than every change of the room's entries before.
    pub time: UnixMillis,
}

/// A change of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryChange {
    /// Its name.
    pub key: String,
    /// Its value from now on; `None` removes it.
    pub value: Option<String>,
    /// Who changes it.
    pub setter: UserId,
    /// Whether it goes when the setter leaves.
    pub auto_delete: bool,
    /// Whether somebody else's may be changed.
    pub overwrite: bool,
    /// The wall clock now.
    pub now: UnixMillis,
}

/// Why an entry is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryRefusal {
    /// There is no such chatroom.
    NoSuchRoom,
    /// There would be more than [`MAX_ENTRIES`].
    TooMany,
    /// Somebody else set it.
    NotOwn,
    /// There is no such entry.
    NoSuchKey,
}

/// Entries, oldest change first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Whether these are all: what is not among them is not there.
    pub full: bool,
    /// When the last change was; 0 before the first.
    pub head: UnixMillis,
}

/// The marks of one room's entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryIndex {
    /// By key. All times are later than `floor`.
    pub marks: BTreeMap<String, EntryMark>,
    /// When the last change was.
    pub head: UnixMillis,
    /// Removals up to this time may be forgotten.
    pub floor: UnixMillis,
}

impl EntryIndex {
    fn next_time(&mut self, now: UnixMillis) -> UnixMillis {
        self.head = now.max(self.head.plus(1));
        self.head
    }

    /// Makes a change; the keys whose marks are others now, or gone.
    pub fn change(&mut self, change: &EntryChange) -> Result<Vec<String>, EntryRefusal> {
        let there = self.marks.get(&change.key).filter(|mark| !mark.removed);
        let may = |mark: &EntryMark| change.overwrite || mark.setter == change.setter;
        match there {
            Some(mark) if !may(mark) => return Err(EntryRefusal::NotOwn),
            None if change.value.is_none() => return Err(EntryRefusal::NoSuchKey),
            None if self.count(false) >= MAX_ENTRIES => return Err(EntryRefusal::TooMany),
            Some(_) | None => {}
        }
        let mark = EntryMark {
            setter: change.setter.clone(),
            auto_delete: change.auto_delete && change.value.is_some(),
            removed: change.value.is_none(),
            time: self.next_time(change.now),
        };
        self.marks.insert(change.key.clone(), mark);
        let mut touched = self.forget(change.now);
        touched.push(change.key.clone());
        Ok(touched)
    }

    /// Removes what goes with its setter; the keys whose marks are others now, or gone.
    pub fn remove_of(&mut self, setter: &UserId, now: UnixMillis) -> Vec<String> {
        let theirs = self
            .marks
            .iter()
            .filter(|(_, mark)| mark.auto_delete && !mark.removed && mark.setter == *setter);
        let mut touched: Vec<String> = theirs.map(|(key, _)| key.clone()).collect();
        for key in &touched {
            let time = self.next_time(now);
            if let Some(mark) = self.marks.get_mut(key) {
                *mark = EntryMark { auto_delete: false, removed: true, time, ..mark.clone() };
            }
        }
        if !touched.is_empty() {
            touched.extend(self.forget(now));
        }
        touched
    }

    /// Whether somebody who knows everything up to `after` has to be told everything anew.
    pub fn is_full(&self, after: UnixMillis) -> bool {
        after <= self.floor
    }

    fn count(&self, removed: bool) -> usize {
        self.marks.values().filter(|mark| mark.removed == removed).count()
    }

    /// Forgets the oldest removals if there are too many. What is left moves behind them, so that
    /// whoever is being told everything page by page does not begin anew with each page.
    fn forget(&mut self, now: UnixMillis) -> Vec<String> {
        if self.count(true) <= MAX_REMOVED {
            return Vec::new();
        }
        let removed = self.marks.iter().filter(|(_, mark)| mark.removed);
        let mut removed: Vec<_> = removed.map(|(key, mark)| (mark.time, key.clone())).collect();
        removed.sort_unstable();
        removed.truncate(MAX_REMOVED / 2);
        self.floor = removed.last().map_or(self.floor, |(time, _)| *time);
        let mut touched: Vec<String> = removed.into_iter().map(|(_, key)| key).collect();
        for key in &touched {
            self.marks.remove(key);
        }
        let floor = self.floor;
        let mut old: Vec<_> = self.marks.iter().filter(|(_, mark)| mark.time <= floor).collect();
        old.sort_by_key(|(_, mark)| mark.time);
        let old: Vec<String> = old.into_iter().map(|(key, _)| key.clone()).collect();
        for key in &old {
            let time = self.next_time(now);
            if let Some(mark) = self.marks.get_mut(key) {
                mark.time = time;
            }
        }
        touched.extend(old);
        touched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(index: &mut EntryIndex, key: &str, value: Option<&str>) {
        let change = EntryChange {
            key: key.into(),
            value: value.map(str::to_owned),
            setter: "a".into(),
            auto_delete: false,
            overwrite: false,
            now: UnixMillis::new(5),
        };
        index.change(&change).unwrap();
    }

    #[test]
    fn forgotten_removals_leave_every_entry_behind_the_floor() {
        let mut index = EntryIndex::default();
        set(&mut index, "old", Some("1"));
        for n in 0..=MAX_REMOVED {
            set(&mut index, &format!("k{n}"), Some("x"));
            set(&mut index, &format!("k{n}"), None);
        }
        assert!(index.floor > UnixMillis::ZERO);
        assert!(index.marks.values().all(|mark| mark.time > index.floor));
        assert!(index.count(true) <= MAX_REMOVED);
        assert!(index.is_full(index.floor) && !index.is_full(index.floor.plus(1)));
        let mut times: Vec<_> = index.marks.values().map(|mark| mark.time).collect();
        times.sort_unstable();
        times.dedup();
        assert_eq!(times.len(), index.marks.len());
    }
}
