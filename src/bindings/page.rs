//! The JS object that hears everything: `index.js` makes one per client. None of its methods
//! throws, whatever the page's listeners do.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Its methods. `head` is the address of a packed batch (`messages.js` reads it); `origin` and
    /// `status` are numbers of `events.rs`; `code` is an error's number.
    #[derive(Clone)]
    pub type Page;

    #[wasm_bindgen(method)]
    pub(super) fn status(this: &Page, status: u32);
    #[wasm_bindgen(method)]
    pub(super) fn messages(this: &Page, head: *const u32, has_more: bool);
    #[wasm_bindgen(method, js_name = conversationsChanged)]
    pub(super) fn conversations_changed(this: &Page, head: *const u32);
    #[wasm_bindgen(method, js_name = conversationsRemoved)]
    pub(super) fn conversations_removed(this: &Page, head: *const u32);
    /// `state`: place in `STATES_ON_THE_WAY` of `sends.js`.
    #[wasm_bindgen(method, js_name = sendMoved)]
    pub(super) fn send_moved(this: &Page, id: &str, kind: i32, target: &str, state: u32);
    #[wasm_bindgen(method, js_name = sendKept)]
    pub(super) fn send_kept(
        this: &Page,
        id: &str,
        kind: i32,
        target: &str,
        uid: &str,
        sent_time: f64,
    );
    #[wasm_bindgen(method, js_name = sendFailed)]
    pub(super) fn send_failed(
        this: &Page,
        id: &str,
        kind: i32,
        target: &str,
        code: i32,
        origin: u32,
    );
    #[wasm_bindgen(method)]
    pub(super) fn done(this: &Page, call: u32);
    #[wasm_bindgen(method)]
    pub(super) fn connected(this: &Page, call: u32, user: &str);
    #[wasm_bindgen(method)]
    pub(super) fn sent(this: &Page, call: u32, id: &str);
    #[wasm_bindgen(method)]
    pub(super) fn listed(this: &Page, call: u32, head: *const u32);
    #[wasm_bindgen(method)]
    pub(super) fn failed(this: &Page, call: u32, code: i32, origin: u32);
    #[wasm_bindgen(method, js_name = signedIn)]
    pub(super) fn signed_in(this: &Page, user: &str, server_time: f64);
    #[wasm_bindgen(method)]
    pub(super) fn gap(this: &Page, from: &str, to: &str);
    #[wasm_bindgen(method)]
    pub(super) fn trouble(this: &Page, code: i32, origin: u32);
}
