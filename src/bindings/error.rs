//! Errors as numbers: `errors.js` has the texts.

use wasm_bindgen::JsValue;

use crate::error::{Error, ErrorCode, Origin};

/// Place in `ORIGINS` of `errors.js`.
pub(super) const fn origin(error: Error) -> u32 {
    match error.origin {
        Origin::Caller => 0,
        Origin::Client => 1,
        Origin::Network => 2,
        Origin::Server => 3,
    }
}

/// What a failing call of the core throws: the number alone.
pub(super) fn thrown(code: ErrorCode) -> JsValue {
    JsValue::from(code.number())
}
