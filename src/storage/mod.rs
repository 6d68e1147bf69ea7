//! Where the small state lives between page loads: cursor, outbox, conversations, navigation.
//!
//! The engine never calls this: it says [`StoreOp`](crate::ops::StoreOp)s, and the host has
//! [`Keeper`] do them on any [`Storage`]. A storage may throw, be full or be cleared at any time;
//! then everything is slower, never wrong.

mod apply;
#[doc(hidden)]
pub mod conformance;
mod keys;
mod memory;

pub use apply::Keeper;
pub use memory::MemoryStorage;

/// Small texts by key. Keys are any text.
pub trait Storage {
    /// The text under `key`.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when the storage cannot be read.
    fn get(&self, key: &str) -> Result<Option<String>, StorageError>;

    /// Keeps `value` under `key`, replacing what was there; on an error the old value stays.
    ///
    /// # Errors
    /// [`StorageError::Full`] when there is no room, [`StorageError::Unavailable`] when the
    /// storage cannot be written.
    fn put(&mut self, key: &str, value: &str) -> Result<(), StorageError>;

    /// Forgets `key`; forgetting what is not there is no error.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when the storage cannot be written.
    fn delete(&mut self, key: &str) -> Result<(), StorageError>;

    /// All keys that begin with `prefix`, in no particular order.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when the storage cannot be read.
    fn keys(&self, prefix: &str) -> Result<Vec<String>, StorageError>;
}

/// Why a storage did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageError {
    /// No room left.
    Full,
    /// Forbidden, gone, or broken.
    Unavailable,
}
