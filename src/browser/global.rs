//! Members of the global object. Reading one may throw (blocked storage) or find nothing (a
//! worker, an old browser, an insecure page).

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/global.js")]
extern "C" {
    fn member(name: &str) -> Option<JsValue>;
}

/// The global object's member `name`, taken for a `T` without a check, if there is one.
pub(super) fn typed_member<T: JsCast>(name: &str) -> Option<T> {
    member(name).map(JsCast::unchecked_into)
}
