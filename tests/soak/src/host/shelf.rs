//! What a profile keeps its state on.

use hongyan::storage::{MemoryStorage, Storage, StorageError};

/// Memory that outlives pages, or a storage that has no room for anything.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    memory: MemoryStorage,
    full: bool,
}

impl Shelf {
    pub(super) fn new(full: bool) -> Self {
        Self { full, ..Self::default() }
    }
}

impl Storage for Shelf {
    fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
        self.memory.get(key)
    }

    fn put(&mut self, key: &str, value: &str) -> Result<(), StorageError> {
        if self.full { Err(StorageError::Full) } else { self.memory.put(key, value) }
    }

    fn delete(&mut self, key: &str) -> Result<(), StorageError> {
        self.memory.delete(key)
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        self.memory.keys(prefix)
    }
}
