//! Objects of JS, member by member; and the archive's rows as objects, which the page and the
//! database have in the same form.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

use crate::archive::Row;

/// The member `name` of `object`, if there is one.
pub(crate) fn member_of(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// A member that is a text.
pub(crate) fn text_of(object: &JsValue, name: &str) -> Option<String> {
    member_of(object, name)?.as_string()
}

/// A member that is a number.
pub(crate) fn number_of(object: &JsValue, name: &str) -> Option<f64> {
    member_of(object, name)?.as_f64()
}

/// A member that may be missing, but must be what `read` expects: `None` if it is something else.
pub(crate) fn optional<T>(
    object: &JsValue,
    name: &str,
    read: impl Fn(&JsValue) -> Option<T>,
) -> Option<Option<T>> {
    match member_of(object, name) {
        None => Some(None),
        Some(value) => read(&value).map(Some),
    }
}

/// A text that may be missing.
pub(crate) fn optional_text(object: &JsValue, name: &str) -> Option<Option<String>> {
    optional(object, name, JsValue::as_string)
}

/// A number that may be missing.
pub(crate) fn optional_number(object: &JsValue, name: &str) -> Option<Option<i32>> {
    optional(object, name, |value| value.as_f64().map(|number| number as i32))
}

/// An object that is made member by member.
#[derive(Debug, Default)]
pub(crate) struct Made(Object);

impl Made {
    /// Adds a member.
    pub(crate) fn with(self, name: &str, value: impl Into<JsValue>) -> Self {
        self.set(name, &value.into());
        self
    }

    /// Adds a member, if there is one.
    pub(crate) fn maybe(self, name: &str, value: Option<impl Into<JsValue>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    fn set(&self, name: &str, value: &JsValue) {
        // An object that was just made takes every member.
        let _made = Reflect::set(&self.0, &JsValue::from_str(name), value);
    }
}

impl From<Made> for JsValue {
    fn from(made: Made) -> Self {
        made.0.into()
    }
}

/// An object as a row; `None` if a member is missing or of another type.
pub(crate) fn row_of(object: &JsValue) -> Option<Row> {
    if !object.is_object() {
        return None;
    }
    let whole = |name| number_of(object, name);
    Some(Row {
        local: optional(object, "l", JsValue::as_f64)?.unwrap_or(0.0) as u64,
        conversation: text_of(object, "c")?,
        time: whole("t")? as i64,
        uid: optional_text(object, "u")?,
        client: optional_text(object, "i")?,
        sender: text_of(object, "s")?,
        object_name: text_of(object, "o")?,
        content: text_of(object, "b")?,
        flags: whole("f")? as u32,
        extra: optional_text(object, "e")?,
        sent_status: optional_number(object, "x")?,
        received_status: optional_number(object, "r")?,
    })
}

/// A row as an object.
pub(crate) fn object_of(row: &Row) -> Made {
    Made::default()
        .with("l", row.local as f64)
        .with("c", row.conversation.as_str())
        .with("t", row.time as f64)
        .maybe("u", row.uid.as_deref())
        .maybe("i", row.client.as_deref())
        .with("s", row.sender.as_str())
        .with("o", row.object_name.as_str())
        .with("b", row.content.as_str())
        .with("f", row.flags)
        .maybe("e", row.extra.as_deref())
        .maybe("x", row.sent_status)
        .maybe("r", row.received_status)
}
