//! Hints: what the browser says about the page and the network (`network.js` listens to it).

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::session::io::Hint;

type Hear = Closure<dyn Fn(u32)>;

#[wasm_bindgen(module = "/src/browser/network.js")]
extern "C" {
    fn listen(hear: &Hear) -> Function;
    #[wasm_bindgen(js_name = visibility)]
    fn visibility_number() -> u32;
}

/// Listens until it is dropped.
pub struct NetworkHints {
    stop: Function,
    _hear: Hear,
}

impl NetworkHints {
    /// Calls `report` with every hint from here on.
    pub fn listen(report: impl Fn(Hint) + 'static) -> Self {
        let hear = Hear::new(move |number| report(meaning(number)));
        Self { stop: listen(&hear), _hear: hear }
    }
}

impl Drop for NetworkHints {
    fn drop(&mut self) {
        let _cannot_throw = self.stop.call0(&JsValue::UNDEFINED);
    }
}

/// Whether the page can be seen; a worker counts as visible.
pub fn visibility() -> Hint {
    meaning(visibility_number())
}

/// In the order of `network.js`.
fn meaning(number: u32) -> Hint {
    match number {
        0 => Hint::Online,
        1 => Hint::Offline,
        2 => Hint::Visible,
        3 => Hint::Hidden,
        4 => Hint::Stowed,
        _ => Hint::Woke,
    }
}
