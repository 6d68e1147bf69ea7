//! Members of the global object. Reading one may throw (blocked storage) or find nothing (a
//! worker, an old browser, an insecure page).

use wasm_bindgen::{JsCast, JsValue};

/// The global object's member `name`, if there is one.
pub(super) fn member(name: &str) -> Option<JsValue> {
    member_of(&js_sys::global(), name)
}

/// The member `name` of `object`, if there is one.
pub(super) fn member_of(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = js_sys::Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// The global object's member `name`, taken for a `T` without a check.
pub(super) fn typed_member<T: JsCast>(name: &str) -> Option<T> {
    member(name).map(JsCast::unchecked_into)
}
