//! A storage that lasts as long as the page.

use super::{Storage, StorageError};
use crate::sorted::SortedMap;

/// Keeps everything in memory; never fails.
#[derive(Clone, Debug, Default)]
pub struct MemoryStorage(SortedMap<String, String>);

impl Storage for MemoryStorage {
    fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
        Ok(self.0.get(key).cloned())
    }

    fn put(&mut self, key: &str, value: &str) -> Result<(), StorageError> {
        self.0.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn delete(&mut self, key: &str) -> Result<(), StorageError> {
        self.0.remove(key);
        Ok(())
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        Ok(self.0.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_the_suite() {
        super::super::conformance::storage(MemoryStorage::default);
    }
}
