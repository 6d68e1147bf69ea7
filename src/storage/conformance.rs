//! What every storage must do: one suite, run natively on memory and in a browser on
//! localStorage. Every function panics where the storage differs.

use super::{Keeper, Storage, StorageError};
use crate::ops::{Scope, StoreOp};

/// The whole suite for a storage; `fresh` gives an empty one each time.
pub fn storage<S: Storage>(mut fresh: impl FnMut() -> S) {
    keeps_what_it_is_given(&mut fresh());
    replaces_and_forgets(&mut fresh());
    lists_keys_by_prefix(&mut fresh());
    keeps_any_text(&mut fresh());
    keeper(fresh);
}

/// The suite for a keeper on top of a storage.
pub fn keeper<S: Storage>(mut fresh: impl FnMut() -> S) {
    users_and_applications_are_apart(&mut fresh());
    foreign_names_are_left_alone(&mut fresh());
}

fn keeps_what_it_is_given(storage: &mut impl Storage) {
    assert_eq!(storage.get("a"), Ok(None));
    assert_eq!(storage.put("a", "1"), Ok(()));
    assert_eq!(storage.put("b", ""), Ok(()));
    assert_eq!(storage.get("a"), Ok(Some("1".into())));
    assert_eq!(storage.get("b"), Ok(Some(String::new())));
    assert_eq!(storage.get("A"), Ok(None));
}

fn replaces_and_forgets(storage: &mut impl Storage) {
    assert_eq!(storage.put("a", "1"), Ok(()));
    assert_eq!(storage.put("a", "2"), Ok(()));
    assert_eq!(storage.get("a"), Ok(Some("2".into())));
    assert_eq!(storage.delete("a"), Ok(()));
    assert_eq!(storage.delete("a"), Ok(()));
    assert_eq!(storage.get("a"), Ok(None));
    assert_eq!(storage.keys(""), Ok(vec![]));
}

fn lists_keys_by_prefix(storage: &mut impl Storage) {
    for key in ["p/b", "q/a", "p/a", "p", "p/", "p/a/c", "o", "p0"] {
        assert_eq!(storage.put(key, "x"), Ok(()));
    }
    let keys = |prefix: &str| {
        let mut keys = storage.keys(prefix)?;
        keys.sort();
        Ok::<_, StorageError>(keys.join(" "))
    };
    assert_eq!(keys("p/"), Ok("p/ p/a p/a/c p/b".into()));
    assert_eq!(keys("q"), Ok("q/a".into()));
    assert_eq!(keys("x"), Ok(String::new()));
}

fn keeps_any_text(storage: &mut impl Storage) {
    let long = "王".repeat(10_000);
    for text in ["length", "__proto__", "getItem", "\0", "👌 \"\\\n", "%2F", long.as_str()] {
        assert_eq!(storage.put(text, text), Ok(()));
        assert_eq!(storage.get(text), Ok(Some(text.to_owned())));
        assert_eq!(storage.keys(text), Ok(vec![text.to_owned()]));
        assert_eq!(storage.delete(text), Ok(()));
    }
}

fn users_and_applications_are_apart<S: Storage>(storage: &mut S) {
    let scopes = [Scope::App, Scope::User("u".into()), Scope::User("u/v".into())];
    for app_key in ["k", "k/u"] {
        let mut keeper = Keeper::new(app_key, ByRef(storage));
        for (n, scope) in scopes.iter().enumerate() {
            let value = [app_key, " ", &n.to_string()].concat();
            let op = StoreOp::Put { scope: scope.clone(), key: "v/x".into(), value };
            assert_eq!(keeper.apply(&op), Ok(()));
        }
    }
    for app_key in ["k", "k/u"] {
        let keeper = Keeper::new(app_key, ByRef(storage));
        for (n, scope) in scopes.iter().enumerate() {
            let value = [app_key, " ", &n.to_string()].concat();
            assert_eq!(keeper.load(scope), [("v/x".to_owned(), value)]);
        }
    }
}

fn foreign_names_are_left_alone<S: Storage>(storage: &mut S) {
    for name in ["mine", "hy1", "hy2/k/a/x", "hy1/k/u/u/x"] {
        assert_eq!(storage.put(name, "{not ours"), Ok(()));
    }
    let mut keeper = Keeper::new("k", ByRef(storage));
    let put = StoreOp::Put { scope: Scope::App, key: "x".into(), value: "1".into() };
    assert_eq!(keeper.apply(&put), Ok(()));
    assert_eq!(keeper.load(&Scope::App), [("x".to_owned(), "1".to_owned())]);
    let delete = StoreOp::Delete { scope: Scope::App, key: "x".into() };
    assert_eq!(keeper.apply(&delete), Ok(()));
    assert_eq!(keeper.load(&Scope::App), []);
    for name in ["mine", "hy1", "hy2/k/a/x", "hy1/k/u/u/x"] {
        assert_eq!(storage.get(name), Ok(Some("{not ours".into())));
    }
}

/// A keeper takes its storage; the suite wants it back.
struct ByRef<'a, S>(&'a mut S);

impl<S: Storage> Storage for ByRef<'_, S> {
    fn get(&self, key: &str) -> Result<Option<String>, StorageError> {
        self.0.get(key)
    }
    fn put(&mut self, key: &str, value: &str) -> Result<(), StorageError> {
        self.0.put(key, value)
    }
    fn delete(&mut self, key: &str) -> Result<(), StorageError> {
        self.0.delete(key)
    }
    fn keys(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        self.0.keys(prefix)
    }
}
