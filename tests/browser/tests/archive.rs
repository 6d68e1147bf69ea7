//! The archive on IndexedDB: the suite that memory passes, and everything a browser, another tab
//! or a damaged database can do to it.
#![cfg(target_arch = "wasm32")]

use std::cell::Cell;

use hongyan::archive::conformance::{self, Calls, message};
use hongyan::archive::{Fault, Keeper, Name, Notice, Opener, Row, Search, Settings, Span, bits};
use hongyan::browser::indexed_db::{Database, IndexedDb, VERSION};
use js_sys::{Function, Promise};
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

thread_local!(static NAMES: Cell<u32> = const { Cell::new(0) });

/// A name that no test has used.
fn fresh() -> String {
    NAMES.set(NAMES.get() + 1);
    format!("test/{}/{}", js_sys::Math::random(), NAMES.get())
}

/// Runs a script; `name` is the database's name, `version` that of the schema.
async fn js(name: &str, code: &str) -> JsValue {
    let helpers = "const opened = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });";
    let body = [helpers, "return (async () => {", code, "})();"].concat();
    let run = Function::new_with_args("name, version", &body);
    let promise = run.call2(&JsValue::UNDEFINED, &name.into(), &VERSION.into()).expect("a script");
    JsFuture::from(promise.unchecked_into::<Promise>()).await.expect("the test's own script")
}

fn archive(name: &str) -> Calls<Database> {
    Calls(Keeper::new(Database::new(name).with_patience(400), Settings::default()))
}

fn newest(count: usize) -> Span {
    Span { from: None, newer: false, count }
}

async fn texts(archive: &mut Calls<Database>) -> String {
    let page = archive.page("1/bob", &newest(99)).await;
    page.rows.iter().map(conformance::text).collect::<Vec<_>>().join(" ")
}

async fn two(name: &str) -> Calls<Database> {
    let mut archive = archive(name);
    archive.put(&[message(1, "1/bob", 1, "a"), message(2, "1/bob", 2, "b")]).await;
    archive
}

#[wasm_bindgen_test]
async fn the_table_passes_the_suite() {
    let open = async || -> IndexedDb { Database::new(&fresh()).open().await.expect("a database") };
    conformance::table(open).await;
}

#[wasm_bindgen_test]
async fn the_archive_passes_the_suite() {
    conformance::archive(async |settings| Keeper::new(Database::new(&fresh()), settings)).await;
}

#[wasm_bindgen_test]
async fn what_was_kept_is_there_after_a_reload() {
    let name = fresh();
    drop(two(&name).await);
    let mut again = archive(&name);
    assert_eq!(texts(&mut again).await, "a b");
    assert_eq!(again.put(&[message(3, "1/bob", 3, "c")]).await, [3]);
    assert!(again.0.is_durable());
    assert_eq!(again.0.take_notices(), []);
}

/// A row as the database has it: `docs/archive.md` names the members.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Stored {
    k: [f64; 3],
    l: u32,
    u: Option<String>,
    i: Option<String>,
    c: String,
    t: f64,
    y: String,
    s: String,
    o: String,
    b: String,
    f: u32,
    e: Option<String>,
    x: Option<i32>,
    r: Option<i32>,
    n: Option<String>,
    w: Vec<String>,
}

#[wasm_bindgen_test]
async fn a_row_has_the_members_that_are_written_down() {
    let name = fresh();
    let row =
        Row { client: Some("7".into()), sent_status: Some(10), ..message(1, "1/bob", 5, "hi") };
    let named = Some("content".into());
    let own = Row { uid: None, flags: bits::SENT, fields: named.clone(), ..row };
    archive(&name).put(core::slice::from_ref(&own)).await;
    let stored = js(
        &name,
        "const db = await opened(indexedDB.open(name));
        const [row] = await opened(db.transaction('messages').objectStore('messages').getAll());
        db.close(); return row;",
    );
    let stored: Stored = serde_wasm_bindgen::from_value(stored.await).expect("these members");
    let [minus_time, local, _tag] = stored.k;
    assert_eq!((minus_time, local, stored.l, stored.t), (-5.0, 1.0, 1, 5.0));
    assert_eq!((stored.u, stored.i, stored.e), (None, Some("7".into()), None));
    assert_eq!((stored.c, stored.y, stored.w), ("1/bob".into(), "~b1".into(), vec!["hi".into()]));
    assert_eq!((stored.s, stored.o, stored.b), (own.sender, own.object_name, own.content));
    assert_eq!((stored.f, stored.x, stored.r), (bits::SENT, Some(10), None));
    assert_eq!(stored.n, named);
}

#[wasm_bindgen_test]
async fn two_tabs_keep_a_message_once() {
    let name = fresh();
    let (mut one, mut other) = (archive(&name), archive(&name));
    one.put(&[message(1, "1/bob", 1, "a")]).await;
    assert_eq!(
        other.put(&[message(1, "1/bob", 1, "a"), message(2, "1/bob", 2, "b")]).await,
        [1, 2]
    );
    assert_eq!(one.put(&[message(2, "1/bob", 2, "b")]).await, [2]);
    assert_eq!(texts(&mut one).await, "a b");
}

#[wasm_bindgen_test]
async fn c11_a_damaged_row_is_passed_over_and_told() {
    let name = fresh();
    let mut archive = two(&name).await;
    js(
        &name,
        "const db = await opened(indexedDB.open(name));
        const store = db.transaction('messages', 'readwrite').objectStore('messages');
        const [, , tag] = await opened(store.getKey(IDBKeyRange.lowerBound([])));
        const row = { k: [-3, 7, tag], l: 7, c: '1/bob', t: 3, y: 'U7', u: 'U7', w: ['a'] };
        store.put(row);
        store.put({ ...row, k: [-4, 8, tag], l: 8, u: 'U8', y: 'U8', b: 5, o: {}, s: null, f: 'x' });
        store.put({ ...row, k: ['what', {}.x ?? 'is this'], l: 9, u: 'U9', y: 'U9' });
        await opened(store.count()); db.close();",
    )
    .await;
    assert_eq!(texts(&mut archive).await, "a b");
    assert_eq!(archive.0.take_notices(), [Notice::Unreadable(3)]);
    let wanted = Search { keyword: "a".into(), count: 9, ..Search::default() };
    assert_eq!(archive.search(&wanted).await.hits.len(), 1);
    assert!(matches!(archive.0.take_notices()[..], [Notice::Unreadable(_)]));
    // The server sends it again: then it is sound.
    let whole = hongyan::archive::Row { uid: Some("U8".into()), ..message(0, "1/bob", 5, "whole") };
    archive.put(&[whole]).await;
    assert_eq!(texts(&mut archive).await, "a b whole");
    assert_eq!(archive.delete(&[Name::uid("U7")]).await, 1);
    assert_eq!(archive.clear("1/bob", None).await, 3);
    assert!(archive.0.is_durable());
}

#[wasm_bindgen_test]
async fn c14_an_old_page_that_blocks_means_memory_and_blocks_nobody_later() {
    let name = fresh();
    js(&name, "window.old = await opened(indexedDB.open(name, 1));").await;
    let mut archive = two(&name).await;
    assert_eq!(archive.0.take_notices(), [Notice::InMemory(Fault::Blocked)]);
    assert_eq!(texts(&mut archive).await, "a b");
    assert!(!archive.0.is_durable());
    js(&name, "window.old.close();").await;
    let mut later = two(&name).await;
    assert_eq!(later.0.take_notices(), []);
    js(&name, "await opened(indexedDB.deleteDatabase(name));").await;
}

/// Puts something in the place of the browser's databases while `test` runs.
async fn with_databases(getter: &str, test: impl AsyncFnOnce()) {
    let replace = [
        "window.kept = Object.getOwnPropertyDescriptor(window, 'indexedDB');
        Object.defineProperty(window, 'indexedDB', { configurable: true, get() {",
        getter,
        "} });",
    ];
    js("", &replace.concat()).await;
    test().await;
    js("", "Object.defineProperty(window, 'indexedDB', window.kept);").await;
}

#[wasm_bindgen_test]
async fn c15_databases_that_are_not_there_fail_or_never_answer_mean_memory() {
    for (getter, fault) in [
        ("return null", Fault::Unavailable),
        ("throw new DOMException('no', 'SecurityError')", Fault::Unavailable),
        (
            "return { open() { throw new DOMException('no', 'SecurityError'); } }",
            Fault::Unavailable,
        ),
        ("return { open() { throw new DOMException('no', 'InvalidStateError'); } }", Fault::Closed),
        (
            "return { open: () => ({ get result() { throw new Error('not yet'); } }) }",
            Fault::Blocked,
        ),
    ] {
        with_databases(getter, async || {
            let mut archive = two(&fresh()).await;
            assert_eq!(texts(&mut archive).await, "a b", "{getter}");
            assert_eq!(archive.0.take_notices(), [Notice::InMemory(fault)], "{getter}");
        })
        .await;
    }
}

#[wasm_bindgen_test]
async fn an_older_database_gets_what_it_lacks() {
    let name = fresh();
    js(
        &name,
        "const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => {
            const store = request.result.createObjectStore('messages', { keyPath: 'k' });
            store.put({ k: [-5, 1, 740724424], l: 1, c: '1/bob', t: 5, y: 'U1', u: 'U1', s: 'bob', o: 'RC:TxtMsg',
                b: '{\"content\":\"old\"}', f: 6, w: ['old'] });
        };
        (await opened(request)).close();",
    )
    .await;
    let mut archive = archive(&name);
    assert_eq!(texts(&mut archive).await, "old");
    let wanted = Search { keyword: "ol".into(), count: 9, ..Search::default() };
    assert_eq!(archive.search(&wanted).await.total, 1);
    assert!(archive.get(&[Name::uid("U1")]).await[0].is_some());
    assert_eq!(archive.0.take_notices(), []);
}

#[wasm_bindgen_test]
async fn a_store_of_another_form_is_made_anew() {
    let name = fresh();
    js(
        &name,
        "const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => request.result.createObjectStore('messages', { autoIncrement: true });
        (await opened(request)).close();",
    )
    .await;
    let mut archive = two(&name).await;
    assert_eq!(texts(&mut archive).await, "a b");
    assert!(archive.0.is_durable());
}

#[wasm_bindgen_test]
async fn a_newer_page_is_not_held_up_and_this_one_goes_on_in_memory() {
    let name = fresh();
    let mut archive = two(&name).await;
    js(&name, "(await opened(indexedDB.open(name, version + 1))).close();").await;
    archive.put(&[message(3, "1/bob", 3, "c")]).await;
    assert_eq!(archive.0.take_notices(), [Notice::InMemory(Fault::Newer)]);
    assert_eq!(texts(&mut archive).await, "c");
}

#[wasm_bindgen_test]
async fn c10_a_database_that_was_deleted_begins_anew() {
    let name = fresh();
    let mut archive = two(&name).await;
    js(&name, "await opened(indexedDB.deleteDatabase(name));").await;
    assert_eq!(archive.put(&[message(3, "1/bob", 3, "c")]).await, [1]);
    assert_eq!(texts(&mut archive).await, "c");
    assert_eq!(archive.0.take_notices(), []);
    assert!(archive.0.is_durable());
}

/// Has a method of IndexedDB throw the next times.
async fn throws(method: &str, error: &str, times: u32) {
    let code = [
        "const [owner, method] = '",
        method,
        "'.split('.');
        const real = window[owner].prototype[method];
        let left = ",
        &times.to_string(),
        ";
        window[owner].prototype[method] = function (...args) {
            if (left-- > 0) throw new DOMException('no', '",
        error,
        "');
            window[owner].prototype[method] = real;
            return real.apply(this, args);
        };",
    ];
    js("", &code.concat()).await;
}

#[wasm_bindgen_test]
async fn a_connection_that_was_closed_is_opened_again() {
    let name = fresh();
    let mut archive = two(&name).await;
    throws("IDBDatabase.transaction", "InvalidStateError", 1).await;
    archive.put(&[message(3, "1/bob", 3, "c")]).await;
    assert_eq!(texts(&mut archive).await, "a b c");
    assert_eq!(archive.0.take_notices(), []);
}

#[wasm_bindgen_test]
async fn a_transaction_that_is_aborted_is_done_again() {
    let name = fresh();
    let mut archive = two(&name).await;
    js(
        &name,
        "const real = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...args) {
            IDBObjectStore.prototype.put = real;
            const request = real.apply(this, args);
            this.transaction.abort();
            return request;
        };",
    )
    .await;
    archive.put(&[message(3, "1/bob", 3, "c"), message(4, "1/bob", 4, "d")]).await;
    assert_eq!(texts(&mut archive).await, "a b c d");
    assert_eq!(archive.0.take_notices(), []);
}

#[wasm_bindgen_test]
async fn a_full_browser_loses_the_oldest_and_goes_on() {
    let name = fresh();
    let mut archive = archive(&name);
    let rows: Vec<_> = (0..50).map(|n| message(n, "1/bob", n as i64, &n.to_string())).collect();
    archive.put(&rows).await;
    throws("IDBObjectStore.put", "QuotaExceededError", 1).await;
    archive.put(&[message(60, "1/bob", 60, "new")]).await;
    assert_eq!(archive.0.take_notices(), [Notice::MadeRoom(5)]);
    assert_eq!(archive.count().await, 46);
    assert!(archive.0.is_durable());
    throws("IDBObjectStore.put", "QuotaExceededError", 2).await;
    archive.put(&[message(61, "1/bob", 61, "last")]).await;
    assert_eq!(archive.0.take_notices(), [Notice::MadeRoom(4), Notice::InMemory(Fault::Full)]);
    assert_eq!(archive.count().await, 43);
    assert!(texts(&mut archive).await.ends_with("49 new last"));
}

#[wasm_bindgen_test]
async fn a_deleted_archive_is_gone() {
    let name = fresh();
    let database = Database::new(&name);
    let mut archive = two(&name).await;
    archive.0.close();
    assert_eq!(database.delete().await, Ok(()));
    assert_eq!(texts(&mut archive).await, "");
}
