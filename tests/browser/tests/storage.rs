//! localStorage: the suite every storage passes, and everything a page can do to it.
#![cfg(target_arch = "wasm32")]

use hongyan::browser::local_storage::{LocalStorage, of_object};
use hongyan::ops::{Scope, StoreOp};
use hongyan::storage::{Keeper, Storage, StorageError, conformance};
use hongyan_browser_tests::{connect, until};
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

fn js(code: &str) -> JsValue {
    Function::new_no_args(code).call0(&JsValue::UNDEFINED).expect("the test's own script")
}

fn fresh() -> LocalStorage {
    js("localStorage.clear()");
    LocalStorage::open().expect("a page of a test has storage")
}

fn put(key: &str, value: &str) -> StoreOp {
    StoreOp::Put { scope: Scope::App, key: key.into(), value: value.into() }
}

#[wasm_bindgen_test]
fn local_storage_passes_the_suite() {
    conformance::storage(fresh);
    js("localStorage.clear()");
}

#[wasm_bindgen_test]
fn c9_a_full_storage_says_so_and_the_rest_lives_in_memory() {
    let mut storage = fresh();
    let block = "x".repeat(1 << 20);
    let refused = (0..64).find_map(|n| storage.put(&n.to_string(), &block).err());
    assert_eq!(refused, Some(StorageError::Full));
    let mut keeper = Keeper::new("k", storage);
    assert_eq!(keeper.apply(&put("big", &block)), Err(StorageError::Full));
    assert_eq!(keeper.load(&Scope::App), [("big".to_owned(), block)]);
    js("localStorage.clear()");
    assert_eq!(keeper.apply(&put("big", "small")), Ok(()));
    assert_eq!(js("return localStorage.getItem('hy1/k/a/big')").as_string(), Some("small".into()));
    js("localStorage.clear()");
}

#[wasm_bindgen_test]
fn c7_a_storage_that_throws_is_unavailable() {
    let thrower = js("const no = () => { throw new Error('no'); };
        return { getItem: no, setItem: no, removeItem: no, key: no, get length() { return no(); } };");
    let mut storage = of_object(thrower);
    assert_eq!(storage.get("a"), Err(StorageError::Unavailable));
    assert_eq!(storage.put("a", "b"), Err(StorageError::Unavailable));
    assert_eq!(storage.delete("a"), Err(StorageError::Unavailable));
    assert_eq!(storage.keys(""), Err(StorageError::Unavailable));
    let mut keeper = Keeper::new("k", storage);
    assert_eq!(keeper.apply(&put("a", "1")), Err(StorageError::Unavailable));
    assert_eq!(keeper.load(&Scope::App), [("a".to_owned(), "1".to_owned())]);
}

/// Puts `getter` in the place of the page's `localStorage` while `test` runs.
fn with_local_storage(getter: &str, test: impl FnOnce()) {
    js(&[
        "window.kept = Object.getOwnPropertyDescriptor(window, 'localStorage');
        Object.defineProperty(window, 'localStorage', { configurable: true, get() {",
        getter,
        "} });",
    ]
    .concat());
    test();
    js("Object.defineProperty(window, 'localStorage', window.kept)");
    assert!(LocalStorage::open().is_some());
}

#[wasm_bindgen_test]
fn c7_c8_c16_a_property_that_throws_or_gives_null_means_memory() {
    for getter in ["throw new DOMException('no', 'SecurityError')", "return null"] {
        with_local_storage(getter, || {
            assert!(LocalStorage::open().is_none());
            conformance::storage(|| LocalStorage::open_or_memory(true));
        });
    }
}

#[wasm_bindgen_test]
fn pages_that_do_not_want_it_leave_no_trace() {
    let before = fresh().keys("").map(|keys| keys.len());
    let mut storage = LocalStorage::open_or_memory(false);
    assert_eq!(storage.put("a", "1"), Ok(()));
    assert_eq!(LocalStorage::open().expect("it is there").keys("").map(|keys| keys.len()), before);
}

#[wasm_bindgen_test]
async fn c11_o14_what_others_wrote_under_our_names_stops_nobody() {
    let mut storage = fresh();
    for (n, value) in ["", "{", "[]", "\0", "9999999999999999999", "v9|x"].iter().enumerate() {
        for name in ["navi", "device", "tokens", "u/u/cursor", "u/u/out:1", "u/u/conv:1"] {
            let key = ["hy1/k/a/", name, &n.to_string()].concat();
            assert_eq!(storage.put(&key, value), Ok(()));
        }
    }
    assert_eq!(storage.put("mine", "kept"), Ok(()));
    // Every value that the client itself has written becomes something else.
    let visit = |token: &str| {
        let config = hongyan::session::config::Config {
            app_key: "k".into(),
            navigators: vec!["http://127.0.0.1:9".into()],
            ..Default::default()
        };
        let (page, heard) = hongyan_browser_tests::recorder();
        let host = hongyan::browser::host::Host::start(
            config,
            true,
            1,
            page,
            hongyan_browser_tests::clerk(),
        );
        host.command(connect(1, token));
        (host, heard)
    };
    let (first, heard) = visit("a");
    until("an answer", || heard.outcomes(1).len() == 1).await;
    first.stop();
    for key in storage.keys("hy1/").expect("it can be read") {
        assert_eq!(storage.put(&key, "\u{fffd}{]|;:"), Ok(()));
    }
    let (second, heard) = visit("a");
    until("an answer", || heard.outcomes(1).len() == 1).await;
    second.stop();
    assert_eq!(storage.get("mine"), Ok(Some("kept".into())));
    js("localStorage.clear()");
}
