//! Who owns a user's stored state: one page per browser profile, by a Web Lock.
//!
//! A page that gets the lock owns the state; one that finds it taken works in memory and logs in
//! as a device of its own. Where the browser has no Web Locks (insecure pages, old browsers) the
//! owner's heartbeat in localStorage stands in for one; a page that was frozen for so long that
//! another took over is told so and writes nothing any more.

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// How long a taken lock is waited for, milliseconds: a page that is being reloaded, or a client
/// that has just been destroyed, lets go of it within this time.
const PATIENCE_MS: u32 = 150;

/// The answer to a request for ownership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// This page owns the state until the [`Lock`] is dropped or said to be taken.
    Owned,
    /// Another page does.
    Taken,
}

type Answer = Closure<dyn Fn(bool)>;

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
    /// Asks for the lock `name`; `answer` runs once, later, and once more if it is lost again. If
    /// the browser cannot even be asked, it never does: the engine does not wait for ever.
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
