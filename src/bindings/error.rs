//! Errors as numbers: `errors.js` has the texts.

use wasm_bindgen::JsValue;

use crate::error::{Error, ErrorCode};

/// Place in `ORIGINS` of `errors.js`.
pub(super) const fn origin(error: Error) -> u32 {
    error.origin.number()
}

/// What a failing call of the core throws: the number alone.
pub(super) fn thrown(code: ErrorCode) -> JsValue {
    JsValue::from(code.number())
}
