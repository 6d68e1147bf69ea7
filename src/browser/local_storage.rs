//! `localStorage`, distrusted: reading the property may throw or give null, and every call of it
//! may throw. Nothing is remembered of it: another tab may change or clear it at any time.

use wasm_bindgen::{JsCast, JsValue};

use super::global;
use crate::storage::{MemoryStorage, Storage, StorageError};

/// The page's `localStorage`.
#[derive(Clone, Debug)]
pub struct LocalStorage(web_sys::Storage);

impl LocalStorage {
    /// The page's storage; `None` where there is none or it is forbidden.
    pub fn open() -> Option<Self> {
        global::typed_member("localStorage").map(Self)
    }
}

impl Storage for LocalStorage {
    fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
        self.0.get_item(key).map_err(unavailable)
    }

    fn put(&mut self, key: &str, value: &str) -> Result<(), StorageError> {
        self.0.set_item(key, value).map_err(refusal)
    }

    fn delete(&mut self, key: &str) -> Result<(), StorageError> {
        self.0.remove_item(key).map_err(unavailable)
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let mut found = Vec::new();
        for index in 0..self.0.length().map_err(unavailable)? {
            match self.0.key(index).map_err(unavailable)? {
                Some(key) if key.starts_with(prefix) => found.push(key),
                Some(_) | None => {}
            }
        }
        Ok(found)
    }
}

fn unavailable(_thrown: JsValue) -> StorageError {
    StorageError::Unavailable
}

/// `QuotaExceededError` (and Firefox's older name for it) means full; anything else, forbidden.
fn refusal(thrown: JsValue) -> StorageError {
    let name = global::member_of(&thrown, "name").and_then(|name| name.as_string());
    match name.as_deref() {
        Some("QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED") => StorageError::Full,
        Some(_) | None => StorageError::Unavailable,
    }
}

/// What the page allows: `localStorage`, or memory.
#[derive(Debug)]
pub enum PageStorage {
    /// Lasts.
    Local(LocalStorage),
    /// Ends with the page.
    Memory(MemoryStorage),
}

impl PageStorage {
    /// `localStorage` where it exists and `persist` asks for it.
    pub fn open(persist: bool) -> Self {
        match LocalStorage::open() {
            Some(storage) if persist => Self::Local(storage),
            Some(_) | None => Self::Memory(MemoryStorage::default()),
        }
    }
}

impl Storage for PageStorage {
    fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
        match self {
            Self::Local(storage) => storage.get(key),
            Self::Memory(storage) => storage.get(key),
        }
    }

    fn put(&mut self, key: &str, value: &str) -> Result<(), StorageError> {
        match self {
            Self::Local(storage) => storage.put(key, value),
            Self::Memory(storage) => storage.put(key, value),
        }
    }

    fn delete(&mut self, key: &str) -> Result<(), StorageError> {
        match self {
            Self::Local(storage) => storage.delete(key),
            Self::Memory(storage) => storage.delete(key),
        }
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        match self {
            Self::Local(storage) => storage.keys(prefix),
            Self::Memory(storage) => storage.keys(prefix),
        }
    }
}

/// A storage made of any object with the methods of `Storage`, for tests.
#[doc(hidden)]
pub fn of_object(object: JsValue) -> LocalStorage {
    LocalStorage(object.unchecked_into())
}
