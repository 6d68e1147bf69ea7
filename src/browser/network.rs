//! Hints: what the browser says about the page and the network.

use wasm_bindgen::prelude::*;
use web_sys::{Event, EventTarget};

use super::global;
use crate::session::io::Hint;

/// On the document, where there is one.
const OF_DOCUMENT: [&str; 3] = ["visibilitychange", "freeze", "resume"];
/// On the window, or a worker's global object.
const OF_GLOBAL: [&str; 3] = ["online", "offline", "pageshow"];

/// Listens until it is dropped.
pub struct NetworkHints {
    listener: Closure<dyn Fn(Event)>,
    targets: Vec<(EventTarget, &'static str)>,
}

impl NetworkHints {
    /// Calls `report` with every hint from here on.
    pub fn listen(report: impl Fn(Hint) + 'static) -> Self {
        let listener = Closure::new(move |event: Event| report(meaning(&event.type_())));
        let mut hints = Self { listener, targets: Vec::new() };
        if let Some(document) = global::typed_member::<EventTarget>("document") {
            OF_DOCUMENT.iter().for_each(|name| hints.add(&document, name));
        }
        let global: EventTarget = js_sys::global().unchecked_into();
        OF_GLOBAL.iter().for_each(|name| hints.add(&global, name));
        hints
    }

    fn add(&mut self, target: &EventTarget, name: &'static str) {
        let listener = self.listener.as_ref().unchecked_ref();
        if target.add_event_listener_with_callback(name, listener).is_ok() {
            self.targets.push((target.clone(), name));
        }
    }
}

impl Drop for NetworkHints {
    fn drop(&mut self) {
        let listener = self.listener.as_ref().unchecked_ref();
        for (target, name) in &self.targets {
            let _gone = target.remove_event_listener_with_callback(name, listener);
        }
    }
}

/// Whether the page can be seen; a worker counts as visible.
pub fn visibility() -> Hint {
    let document = global::member("document");
    let state = document.and_then(|document| global::member_of(&document, "visibilityState"));
    match state.and_then(|state| state.as_string()).as_deref() {
        Some("hidden") => Hint::Hidden,
        Some(_) | None => Hint::Visible,
    }
}

fn meaning(event: &str) -> Hint {
    match event {
        "online" => Hint::Online,
        "offline" => Hint::Offline,
        "visibilitychange" => visibility(),
        "freeze" => Hint::Hidden,
        _resume_or_pageshow => Hint::Woke,
    }
}
