//! Does what the engine says should be kept, and reads it back.

use super::{Storage, StorageError, keys};
use crate::ops::{Scope, StoreOp};
use crate::sorted::SortedMap;

/// One application's part of a storage.
///
/// What the storage refuses lives here instead, for as long as the page does: a value that could
/// not be written, or the absence of one that could not be deleted.
#[derive(Debug)]
pub struct Keeper<S> {
    app_key: String,
    storage: S,
    /// By full name; `None` is a deletion that storage refused.
    refused: SortedMap<String, Option<String>>,
}

impl<S: Storage> Keeper<S> {
    /// Keeps the state of the application `app_key` in `storage`.
    pub fn new(app_key: &str, storage: S) -> Self {
        Self { app_key: app_key.to_owned(), storage, refused: SortedMap::new() }
    }

    /// A name for `scope` of this application, unlike that of any other.
    pub fn name(&self, scope: &Scope) -> String {
        keys::prefix(&self.app_key, scope)
    }

    /// Everything that is kept in `scope`, by relative key, in no particular order. What cannot be read is left out.
    pub fn load(&self, scope: &Scope) -> Vec<(String, String)> {
        let prefix = self.name(scope);
        let mut found = Vec::new();
        for name in self.storage.keys(&prefix).unwrap_or_default() {
            if let Ok(Some(value)) = self.storage.get(&name)
                && let Some(key) = name.strip_prefix(&prefix)
                && !self.refused.contains_key(&name)
            {
                found.push((key.to_owned(), value));
            }
        }
        for (name, value) in self.refused.iter() {
            if let (Some(key), Some(value)) = (name.strip_prefix(&prefix), value) {
                found.push((key.to_owned(), value.clone()));
            }
        }
        found
    }

    /// Does `op`. After an error [`load`](Self::load) still tells the new state, but another page
    /// does not see it.
    ///
    /// # Errors
    /// What the storage answered.
    pub fn apply(&mut self, op: &StoreOp) -> Result<(), StorageError> {
        let (scope, key, value) = match op {
            StoreOp::Put { scope, key, value } => (scope, key, Some(value)),
            StoreOp::Delete { scope, key } => (scope, key, None),
        };
        let mut name = self.name(scope);
        name.push_str(key);
        let done = match value {
            Some(value) => self.storage.put(&name, value),
            None => self.storage.delete(&name),
        };
        match done {
            Ok(()) => self.refused.remove(&name),
            Err(_) => self.refused.insert(name, value.cloned()),
        };
        done
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MemoryStorage, conformance};
    use super::*;

    /// Refuses what it is told to refuse.
    #[derive(Default)]
    struct Moody {
        inner: MemoryStorage,
        full: bool,
        forbidden: bool,
    }

    impl Moody {
        fn mood(&self) -> Result<(), StorageError> {
            if self.forbidden { Err(StorageError::Unavailable) } else { Ok(()) }
        }
    }

    impl Storage for Moody {
        fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
            self.mood().and_then(|()| self.inner.get(key))
        }
        fn put(&mut self, key: &str, value: &str) -> Result<(), StorageError> {
            self.mood()?;
            if self.full { Err(StorageError::Full) } else { self.inner.put(key, value) }
        }
        fn delete(&mut self, key: &str) -> Result<(), StorageError> {
            self.mood().and_then(|()| self.inner.delete(key))
        }
        fn keys(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
            self.mood().and_then(|()| self.inner.keys(prefix))
        }
    }

    fn put(key: &str, value: &str) -> StoreOp {
        StoreOp::Put { scope: Scope::App, key: key.into(), value: value.into() }
    }

    fn delete(key: &str) -> StoreOp {
        StoreOp::Delete { scope: Scope::App, key: key.into() }
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    }

    #[test]
    fn memory_passes_the_suite() {
        conformance::keeper(MemoryStorage::default);
    }

    #[test]
    fn what_does_not_fit_lives_in_memory() {
        let mut keeper = Keeper::new("k", Moody::default());
        assert_eq!(keeper.apply(&put("old", "1")), Ok(()));
        keeper.storage.full = true;
        assert_eq!(keeper.apply(&put("new", "2")), Err(StorageError::Full));
        assert_eq!(keeper.apply(&put("old", "3")), Err(StorageError::Full));
        assert_eq!(keeper.load(&Scope::App), pairs(&[("new", "2"), ("old", "3")]));
        keeper.storage.full = false;
        assert_eq!(keeper.apply(&put("old", "4")), Ok(()));
        assert_eq!(keeper.load(&Scope::App), pairs(&[("old", "4"), ("new", "2")]));
        assert_eq!(keeper.storage.get("hy1/k/a/old"), Ok(Some("4".into())));
    }

    #[test]
    fn a_refused_deletion_is_remembered() {
        let mut keeper = Keeper::new("k", Moody::default());
        assert_eq!(keeper.apply(&put("a", "1")), Ok(()));
        keeper.storage.forbidden = true;
        assert_eq!(keeper.apply(&delete("a")), Err(StorageError::Unavailable));
        assert_eq!(keeper.load(&Scope::App), pairs(&[]));
        keeper.storage.forbidden = false;
        assert_eq!(keeper.load(&Scope::App), pairs(&[]));
        assert_eq!(keeper.apply(&put("a", "2")), Ok(()));
        assert_eq!(keeper.load(&Scope::App), pairs(&[("a", "2")]));
    }

    #[test]
    fn a_forbidden_storage_is_memory() {
        let mut keeper = Keeper::new("k", Moody { forbidden: true, ..Moody::default() });
        assert_eq!(keeper.apply(&put("a", "1")), Err(StorageError::Unavailable));
        assert_eq!(keeper.load(&Scope::App), pairs(&[("a", "1")]));
    }
}
