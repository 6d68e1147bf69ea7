//! HTTP questions: no credentials, no cache, a bounded answer, and an end to waiting.
//!
//! The asking itself is a page of JS (`http.js`): the same with futures here took 3 KB of brotli.

use js_sys::Function;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

use super::io::{News, Report};
use crate::ids::HttpId;
use crate::session::io::{HttpOutcome, Input};
use crate::session::polling::Request;

/// No more of a body than this is read, bytes.
const BODY_LIMIT: u32 = 64 * 1024;
/// The same of an answer to polling: a page of the largest messages, in JSON.
const POLL_LIMIT: u32 = 1024 * 1024;

/// Status (0: no answer), seconds of `Retry-After`, body.
type Done = Closure<dyn Fn(u16, Option<u32>, Vec<u8>)>;

/// A question under way. Dropping it aborts it; nothing is reported after that.
#[derive(Debug)]
pub(super) struct HttpRequest {
    stop: Function,
    _done: Done,
}

#[wasm_bindgen(module = "/src/browser/http.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn ask(
        url: &str,
        delay_ms: u32,
        timeout_ms: u32,
        limit: u32,
        body: Option<Vec<u8>>,
        form: bool,
        done: &Done,
    ) -> Result<Function, JsValue>;

    /// POSTs something that nobody waits for.
    #[wasm_bindgen(catch)]
    pub(super) fn tell(url: &str, body: Vec<u8>) -> Result<(), JsValue>;
}

impl HttpRequest {
    /// GETs `url`; `None` if the browser cannot ask at all.
    pub(super) fn get(id: HttpId, url: &str, timeout_ms: u32, report: &Report) -> Option<Self> {
        let report = Rc::clone(report);
        let done = Done::new(move |status, retry_after_s, body: Vec<u8>| {
            let outcome = match status {
                0 => HttpOutcome::Failed,
                _ => HttpOutcome::Answer { status, body: body.into(), retry_after_s },
            };
            report(News::Input(Input::HttpDone(id, outcome)));
        });
        let stop = ask(url, 0, timeout_ms, BODY_LIMIT, None, false, &done).ok()?;
        Some(Self { stop, _done: done })
    }

    /// Asks what a polling link wants to know, `delay_ms` from now. `done` hears status (0: none)
    /// and body.
    pub(super) fn poll(
        request: Request,
        delay_ms: u32,
        done: impl Fn(u16, Vec<u8>) + 'static,
    ) -> Option<Self> {
        let Request { url, body, form, timeout_ms } = request;
        let done = Done::new(move |status, _, body: Vec<u8>| done(status, body));
        let stop = ask(&url, delay_ms, timeout_ms, POLL_LIMIT, body, form, &done).ok()?;
        Some(Self { stop, _done: done })
    }
}

impl Drop for HttpRequest {
    fn drop(&mut self) {
        let _cannot_throw = self.stop.call0(&JsValue::UNDEFINED);
    }
}
