//! The JS object that hears everything: `index.js` makes one per client. None of its methods
//! throws, whatever the page's listeners do.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Its methods. `head` is the address of a packed batch (`messages.js` reads it); `origin` and
    /// `status` are numbers of `events.rs`; `code` is an error's number.
    #[derive(Clone)]
    pub type Page;

    /// What numbers say: `what` is a place in `inNumbers` of `client.js`. One method for all of
    /// them, each of which would have glue of its own.
    #[wasm_bindgen(method)]
    fn tell(this: &Page, what: u32, a: u32, b: i32, c: u32);
    /// What a number and a text say: `what` is a place in `inText` of `client.js`.
    #[wasm_bindgen(method, js_name = tellText)]
    fn tell_text(this: &Page, what: u32, number: f64, text: &str);
    /// `state`: place in `STATES_ON_THE_WAY` of `sends.js`.
    #[wasm_bindgen(method, js_name = sendMoved)]
    pub(super) fn send_moved(this: &Page, id: &str, kind: i32, target: &str, state: u32);
    /// `words`: the content that was stored, where words of it were replaced, or nothing.
    #[wasm_bindgen(method, js_name = sendKept)]
    pub(super) fn send_kept(
        this: &Page,
        id: &str,
        kind: i32,
        target: &str,
        uid: &str,
        sent_time: f64,
        words: &str,
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
    pub(super) fn gap(this: &Page, from: &str, to: &str);
    /// `body`: a view of a protobuf message, to be copied at once.
    #[wasm_bindgen(method)]
    pub(super) fn answered(this: &Page, call: u32, status: u16, body: &[u8]);
    /// `body`: as that of `answered`.
    #[wasm_bindgen(method)]
    pub(super) fn told(this: &Page, topic: &str, body: &[u8]);
}

impl Page {
    pub(super) fn status(&self, status: u32) {
        self.tell(0, status, 0, 0);
    }

    pub(super) fn messages(&self, head: *const u32, has_more: bool) {
        self.tell(1, head as u32, i32::from(has_more), 0);
    }

    pub(super) fn conversations_changed(&self, head: *const u32) {
        self.tell(2, head as u32, 0, 0);
    }

    pub(super) fn conversations_removed(&self, head: *const u32) {
        self.tell(3, head as u32, 0, 0);
    }

    pub(super) fn done(&self, call: u32) {
        self.tell(4, call, 0, 0);
    }

    pub(super) fn listed(&self, call: u32, head: *const u32) {
        self.tell(5, call, 0, head as u32);
    }

    pub(super) fn failed(&self, call: u32, code: i32, origin: u32) {
        self.tell(6, call, code, origin);
    }

    pub(super) fn trouble(&self, code: i32, origin: u32) {
        self.tell(7, 0, code, origin);
    }

    pub(super) fn history(&self, call: u32, head: *const u32, has_more: bool) {
        self.tell(8, call, i32::from(has_more), head as u32);
    }

    /// `refused`: the number of what the last token was refused with, else 0.
    pub(super) fn token_wanted(&self, request: u32, refused: i32) {
        self.tell(9, request, refused, 0);
    }

    /// What is in the outbox: `call` 0 for what an earlier page left there.
    pub(super) fn outbox(&self, call: u32, head: *const u32) {
        self.tell(10, call, 0, head as u32);
    }

    pub(super) fn connected(&self, call: u32, user: &str) {
        self.tell_text(0, f64::from(call), user);
    }

    pub(super) fn sent(&self, call: u32, id: &str) {
        self.tell_text(1, f64::from(call), id);
    }

    /// `server_time`: Unix milliseconds, below 0 where the link polls.
    pub(super) fn signed_in(&self, user: &str, server_time: f64) {
        self.tell_text(2, server_time, user);
    }

    /// `change`: place in `ROOM_CHANGES` of `facts.js`; `value`: a time, or an error's number.
    pub(super) fn room(&self, id: &str, change: u32, value: i64) {
        self.tell_text(3 + change, value as f64, id);
    }
}
