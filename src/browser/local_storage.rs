//! `localStorage`, distrusted: reading the property may throw or give null, and every call of it
//! may throw. Nothing is remembered of it: another tab may change or clear it at any time.

use wasm_bindgen::prelude::*;

use super::global;
use crate::storage::{Storage, StorageError};

/// The page's `localStorage`, or what stands for it.
#[derive(Clone, Debug)]
pub struct LocalStorage(web_sys::Storage);

#[wasm_bindgen(module = "/src/browser/local_storage.js")]
extern "C" {
    fn put(storage: &web_sys::Storage, key: &str, value: &str) -> u32;
    #[wasm_bindgen(catch)]
    fn keys(storage: &web_sys::Storage, prefix: &str) -> Result<Vec<String>, JsValue>;
    fn memory() -> web_sys::Storage;
}

impl LocalStorage {
    /// The page's storage; `None` where there is none or it is forbidden.
    pub fn open() -> Option<Self> {
        global::typed_member("localStorage").map(Self)
    }

    /// The page's storage where it exists and `persist` asks for it; else one that ends with the
    /// page.
    pub fn open_or_memory(persist: bool) -> Self {
        Self::open().filter(|_| persist).unwrap_or_else(|| Self(memory()))
    }
}

impl Storage for LocalStorage {
    fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
        self.0.get_item(key).map_err(unavailable)
    }

    fn put(&mut self, key: &str, value: &str) -> Result<(), StorageError> {
        match put(&self.0, key, value) {
            0 => Ok(()),
            1 => Err(StorageError::Full),
            _ => Err(StorageError::Unavailable),
        }
    }

    fn delete(&mut self, key: &str) -> Result<(), StorageError> {
        self.0.remove_item(key).map_err(unavailable)
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        keys(&self.0, prefix).map_err(unavailable)
    }
}

fn unavailable(_thrown: JsValue) -> StorageError {
    StorageError::Unavailable
}

/// A storage made of any object with the methods of `Storage`, for tests.
#[doc(hidden)]
pub fn of_object(object: JsValue) -> LocalStorage {
    LocalStorage(object.unchecked_into())
}
