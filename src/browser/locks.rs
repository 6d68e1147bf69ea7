//! Who owns a user's stored state: one page per browser profile, by a Web Lock.
//!
//! A page that gets the lock owns the state; one that finds it taken works in memory. Where the
//! browser has no Web Locks (insecure pages, old browsers) each page stands alone and owns it: two
//! tabs of one user then write over each other's cursor, which costs repeated pulls.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::global;

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

/// Held, or asked for. Dropping it lets go; then nothing is answered any more.
pub struct Lock {
    state: Rc<RefCell<State>>,
    _patience: Option<Timeout>,
}

enum State {
    /// Not answered yet; aborting gives up.
    Waiting(AbortController),
    /// Granted: resolving this promise releases it.
    Held(Function),
    /// Refused, dropped, or no such thing in this browser.
    Over,
}

impl Lock {
    /// Asks for the lock `name`; `answer` runs once, later or before this returns.
    pub fn request(name: &str, answer: impl Fn(Ownership) + 'static) -> Self {
        let (Some(manager), Ok(controller)) = (manager(), AbortController::new()) else {
            answer(Ownership::Owned);
            return Self { state: Rc::new(RefCell::new(State::Over)), _patience: None };
        };
        let options = Object::new();
        let _own_object = Reflect::set(&options, &"signal".into(), &controller.signal());
        let state = Rc::new(RefCell::new(State::Waiting(controller.clone())));
        let answer = Rc::new(answer);
        let granted = on_granted(Rc::clone(&state), Rc::clone(&answer));
        let refused = on_refused(Rc::clone(&state), answer);
        let asked = manager.request(name, &options, &granted);
        asked.unwrap_or_else(rejected).on_rejection(&refused);
        let patience = Timeout::new(PATIENCE_MS, move || controller.abort());
        Self { state, _patience: Some(patience) }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        match self.state.replace(State::Over) {
            State::Waiting(controller) => controller.abort(),
            State::Held(resolve) => drop(resolve.call0(&JsValue::UNDEFINED)),
            State::Over => {}
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks`.
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        granted: &JsValue,
    ) -> Result<AnyPromise, JsValue>;

    type AnyPromise;
    #[wasm_bindgen(method, js_name = catch)]
    fn on_rejection(this: &AnyPromise, refused: &JsValue);
}

/// Called by the browser when the lock is ours, until the returned promise ends.
fn on_granted(state: Rc<RefCell<State>>, answer: Rc<impl Fn(Ownership) + 'static>) -> JsValue {
    let closure = Closure::<dyn Fn() -> JsValue>::new(move || {
        if matches!(*state.borrow(), State::Over) {
            return JsValue::UNDEFINED;
        }
        let held = Promise::new(&mut |resolve, _reject| {
            *state.borrow_mut() = State::Held(resolve);
        });
        answer(Ownership::Owned);
        held.into()
    });
    closure.into_js_value()
}

/// Called when patience ended, or when the page may not ask: then it has no origin, hence no
/// stored state that it could share.
fn on_refused(state: Rc<RefCell<State>>, answer: Rc<impl Fn(Ownership) + 'static>) -> JsValue {
    let closure = Closure::<dyn Fn(JsValue)>::new(move |thrown: JsValue| {
        let State::Waiting(_) = state.replace(State::Over) else { return };
        let name = global::member_of(&thrown, "name").and_then(|name| name.as_string());
        match name.as_deref() {
            Some("AbortError") => answer(Ownership::Taken),
            Some(_) | None => answer(Ownership::Owned),
        }
    });
    closure.into_js_value()
}

fn rejected(thrown: JsValue) -> AnyPromise {
    JsValue::from(Promise::reject(&thrown)).unchecked_into()
}

fn manager() -> Option<LockManager> {
    let locks = global::member_of(&global::member("navigator")?, "locks")?;
    Some(locks.unchecked_into())
}
