//! Who owns a user's stored state: one page per browser profile, by a Web Lock.
//!
//! A page that gets the lock owns the state; one that finds it taken works in memory. Where the
//! browser has no Web Locks (insecure pages, old browsers) each page stands alone and owns it: two
//! tabs of one user then write over each other's cursor, which costs repeated pulls.

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// How long a taken lock is waited for, milliseconds: a page that is being reloaded, or a client
/// that has just been destroyed, lets go of it within this time.
const PATIENCE_MS: u32 = 150;

/// The answer to a request for ownership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// This page owns the state until the [`Lock`] is dropped.
    Owned,
    /// Another page does.
    Taken,
}

type Answer = Closure<dyn FnMut(bool)>;

/// Held, or asked for. Dropping it lets go; then nothing is answered any more.
pub struct Lock {
    release: Option<Function>,
    _answer: Answer,
}

#[wasm_bindgen(module = "/src/browser/locks.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn lock(name: &str, patience_ms: u32, answer: &Answer) -> Result<Function, JsValue>;
}

impl Lock {
    /// Asks for the lock `name`; `answer` runs once, later. If the browser cannot even be asked,
    /// it never does: the engine does not wait for ever.
    pub fn request(name: &str, answer: impl Fn(Ownership) + 'static) -> Self {
        let answer = Answer::new(move |owned| {
            answer(if owned { Ownership::Owned } else { Ownership::Taken });
        });
        let release = lock(name, PATIENCE_MS, &answer).ok();
        Self { release, _answer: answer }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            let _cannot_throw = release.call0(&JsValue::UNDEFINED);
        }
    }
}
