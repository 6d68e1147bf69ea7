//! What a browser profile keeps: survives every page, fails and is cleared at will.

use std::cell::RefCell;
use std::rc::Rc;

use hongyan::storage::{MemoryStorage, Storage, StorageError};

/// One profile's storage. Clones share it, as pages of one profile do.
#[derive(Clone, Debug, Default)]
pub struct Disk(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    inner: MemoryStorage,
    full: bool,
    refused: u64,
}

impl Disk {
    /// Refuses writes, or takes them again. Deletions and reads always work, as in browsers.
    pub fn set_full(&self, full: bool) {
        self.0.borrow_mut().full = full;
    }

    /// The user clears the site's data.
    pub fn clear(&self) {
        self.0.borrow_mut().inner = MemoryStorage::default();
    }

    /// How many writes were refused so far.
    pub fn refused(&self) -> u64 {
        self.0.borrow().refused
    }
}

impl Storage for Disk {
    fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
        self.0.borrow().inner.get(key)
    }

    fn put(&mut self, key: &str, value: &str) -> Result<(), StorageError> {
        let mut state = self.0.borrow_mut();
        if state.full {
            state.refused += 1;
            return Err(StorageError::Full);
        }
        state.inner.put(key, value)
    }

    fn delete(&mut self, key: &str) -> Result<(), StorageError> {
        self.0.borrow_mut().inner.delete(key)
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        self.0.borrow().inner.keys(prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_share_it_and_a_full_one_keeps_the_old() {
        hongyan::storage::conformance::storage(Disk::default);
        let disk = Disk::default();
        let mut page = disk.clone();
        assert_eq!(page.put("a", "1"), Ok(()));
        disk.set_full(true);
        assert_eq!(page.put("a", "2"), Err(StorageError::Full));
        assert_eq!((disk.get("a"), disk.refused()), (Ok(Some("1".into())), 1));
        disk.clear();
        assert_eq!(page.get("a"), Ok(None));
    }
}
