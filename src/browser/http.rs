//! HTTP questions: no credentials, no cache, a bounded answer, and an end to waiting.
//!
//! The asking itself is a page of JS (`http.js`): the same with futures here took 3 KB of brotli.

use bytes::Bytes;
use js_sys::{Function, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

use super::io::{News, Report};
use crate::ids::HttpId;
use crate::session::io::{HttpOutcome, Input};
use crate::text;

/// No more of a body than this is read, bytes.
const BODY_LIMIT: u32 = 64 * 1024;

type Done = Closure<dyn FnMut(u16, String, Uint8Array)>;

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
        let done = Done::new(move |status, retry_after: String, body: Uint8Array| {
            report(News::Input(Input::HttpDone(id, outcome(status, &retry_after, &body))));
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

/// Status 0 stands for no answer. A `Retry-After` that is a date counts as none.
fn outcome(status: u16, retry_after: &str, body: &Uint8Array) -> HttpOutcome {
    if status == 0 {
        return HttpOutcome::Failed;
    }
    let retry_after_s =
        text::unsigned(retry_after.trim_ascii()).and_then(|s| u32::try_from(s).ok());
    HttpOutcome::Answer { status, body: Bytes::from(body.to_vec()), retry_after_s }
}
