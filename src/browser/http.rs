//! HTTP questions: no credentials, no cache, a bounded answer, and an end to waiting.
//!
//! The asking itself is a page of JS (`http.js`): the same with futures here took 3 KB of brotli.

use js_sys::Function;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

use super::io::{News, Report};
use crate::ids::HttpId;
use crate::session::io::{HttpOutcome, Input};

/// No more of a body than this is read, bytes.
const BODY_LIMIT: u32 = 64 * 1024;

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
    fn ask(url: &str, timeout_ms: u32, limit: u32, done: &Done) -> Result<Function, JsValue>;
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
        let stop = ask(url, timeout_ms, BODY_LIMIT, &done).ok()?;
        Some(Self { stop, _done: done })
    }
}

impl Drop for HttpRequest {
    fn drop(&mut self) {
        let _cannot_throw = self.stop.call0(&JsValue::UNDEFINED);
    }
}
