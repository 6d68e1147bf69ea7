//! HTTP questions: no credentials, no cache, a bounded answer, and an end to waiting.

use bytes::Bytes;
use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

use super::global;
use super::io::{News, Report};
use crate::ids::HttpId;
use crate::session::io::{HttpOutcome, Input};

/// No more of a body than this is read, bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// A question under way. Dropping it aborts it; nothing is reported after that.
#[derive(Debug)]
pub(super) struct HttpRequest {
    controller: AbortController,
    _deadline: Timeout,
}

impl HttpRequest {
    /// GETs `url`; `None` if the browser cannot ask at all.
    pub(super) fn get(id: HttpId, url: String, timeout_ms: u32, report: &Report) -> Option<Self> {
        let controller = AbortController::new().ok()?;
        let question = ask(url, request_init(&controller));
        let on_done = Rc::clone(report);
        wasm_bindgen_futures::spawn_local(async move {
            let outcome = question.await.unwrap_or(HttpOutcome::Failed);
            on_done(News::Input(Input::HttpDone(id, outcome)));
        });
        let (late, on_late) = (controller.clone(), Rc::clone(report));
        let deadline = Timeout::new(timeout_ms, move || {
            late.abort();
            on_late(News::Input(Input::HttpDone(id, HttpOutcome::Failed)));
        });
        Some(Self { controller, _deadline: deadline })
    }
}

impl Drop for HttpRequest {
    fn drop(&mut self) {
        self.controller.abort();
    }
}

#[wasm_bindgen]
extern "C" {
    /// Of a page or of a worker: both have it.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;

    /// A stream's reader, and what its `read` promises.
    type Reader;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<Promise, JsValue>;

    type Chunk;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Chunk) -> Option<Uint8Array>;
}

fn request_init(controller: &AbortController) -> RequestInit {
    let init = RequestInit::new();
    init.set_signal(Some(&controller.signal()));
    init.set_credentials(web_sys::RequestCredentials::Omit);
    init.set_cache(web_sys::RequestCache::NoStore);
    init
}

async fn ask(url: String, init: RequestInit) -> Result<HttpOutcome, JsValue> {
    let answer = JsFuture::from(fetch(&url, &init)?).await?;
    let response: Response = answer.unchecked_into();
    let retry_after = response.headers().get("retry-after").ok().flatten();
    Ok(HttpOutcome::Answer {
        status: response.status(),
        retry_after_s: retry_after.and_then(|seconds| seconds.trim().parse().ok()),
        body: body(&response).await?,
    })
}

/// The body, cut off at the limit: the rest of it is aborted with the request.
async fn body(response: &Response) -> Result<Bytes, JsValue> {
    let mut read = Vec::new();
    let Some(stream) = global::member_of(response, "body") else { return Ok(Bytes::new()) };
    let get_reader = js_sys::Reflect::get(&stream, &"getReader".into())?;
    let reader: Reader = get_reader.unchecked_into::<Function>().call0(&stream)?.unchecked_into();
    while read.len() < BODY_LIMIT {
        let chunk: Chunk = JsFuture::from(reader.read()?).await?.unchecked_into();
        let Some(bytes) = chunk.value() else { break };
        let room = (BODY_LIMIT - read.len()).min(bytes.length() as usize) as u32;
        read.extend_from_slice(&bytes.subarray(0, room).to_vec());
    }
    Ok(Bytes::from(read))
}
