//! The class that the JS face drives, with a page of JS.
#![cfg(target_arch = "wasm32")]

use hongyan::bindings::client::Core;
use hongyan::bindings::page::Page;
use hongyan_browser_tests::until;
use js_sys::{Array, Function, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

/// A page that takes any call and writes it down; and what it has written.
fn page() -> (Page, Array) {
    let made = Function::new_no_args(
        "const told = [];
        const numbers = ['status', 'messages', 'changed', 'removed', 'done', 'listed', 'failed', 'trouble'];
        const tell = (what, ...args) => void told.push([numbers[what], ...args]);
        const hear = (name) => (...args) => void told.push([name, ...args]);
        return [new Proxy({ tell }, { get: (known, name) => known[name] ?? hear(name) }), told];",
    );
    let made: Array =
        made.call0(&JsValue::UNDEFINED).expect("the test's own script").unchecked_into();
    (made.get(0).unchecked_into(), made.get(1).unchecked_into())
}

fn core() -> (Core, Array) {
    // Nobody listens there.
    let navigators = vec!["http://127.0.0.1:9".into(), "http://127.0.0.1:9/second".into()];
    let (page, told) = page();
    (Core::new(page, "k".into(), navigators, 1_000, false, 0, Vec::new(), false, 1, 2), told)
}

fn names(told: &Array) -> Vec<String> {
    told.iter().filter_map(|call| call.unchecked_into::<Array>().get(0).as_string()).collect()
}

#[wasm_bindgen_test]
async fn a_call_ends_in_its_number() {
    let (core, told) = core();
    core.connect(5, "t".into(), None);
    assert_eq!(told.length(), 0, "nothing is told within the call");
    core.flush();
    assert_eq!(names(&told)[0], "status");
    until("the end of the call", || names(&told).contains(&"failed".into())).await;
    let failed = told.find(&mut |call, _, _| Array::from(&call).get(0) == "failed");
    assert_eq!(JSON::stringify(&failed).expect("plain data"), "[\"failed\",5,203,2]");
    core.stop();
}

#[wasm_bindgen_test]
async fn a_send_is_told_with_its_decimal_id() {
    let (core, told) = core();
    let id = "9223372036854775807";
    let send = |id: &str| {
        let (text, empty) = ("{\"content\":\"x\"}".to_owned(), String::new);
        let name = "RC:TxtMsg".to_owned();
        core.send(1, 1, "bob".into(), name, text, id, 6, None, vec![], empty(), empty(), 0)
    };
    core.connect(2, "t".into(), None);
    assert!(send(id).is_ok());
    core.flush();
    let moved = told.find(&mut |call, _, _| Array::from(&call).get(0) == "sendMoved");
    let wanted = ["[\"sendMoved\",\"", id, "\",1,\"bob\",0]"].concat();
    assert_eq!(JSON::stringify(&moved).expect("plain data"), wanted.as_str());
    for wrong in ["", "0", "-1", "1.5", "9223372036854775808", "x"] {
        let thrown = send(wrong).expect_err("no client id");
        assert_eq!(thrown.as_f64(), Some(33003.0), "{wrong}");
    }
    core.stop();
}

#[wasm_bindgen_test]
async fn packed_conversations_are_read_from_its_memory() {
    let (core, told) = core();
    let memory = core.memory();
    assert!(Reflect::has(&memory, &"buffer".into()).is_ok_and(|has| has));
    assert!(core.conversation(1, "bob".into()).is_null());
    core.conversations(9, &[], None, false, false);
    core.flush();
    until("the list", || names(&told).contains(&"listed".into())).await;
    let listed = told.find(&mut |call, _, _| Array::from(&call).get(0) == "listed");
    let head = Array::from(&listed).get(3).as_f64().expect("an address");
    let buffer = Reflect::get(&memory, &"buffer".into()).expect("it has one");
    let count = js_sys::Uint32Array::new(&buffer).get_index(head as u32 / 4);
    assert_eq!(count, 0);
    core.stop();
}
