//! Objects of JS, member by member; and the archive's rows as objects, which the page and the
//! database have in the same form.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::archive::Row;

#[wasm_bindgen(module = "/src/browser/values.js")]
extern "C" {
    /// The members of a row, in the order of [`Row`]'s fields.
    fn members(row: &JsValue) -> Array;
}

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

/// What may be missing, but must be what `read` expects: `None` if it is something else.
fn read<T>(value: Option<JsValue>, read: impl Fn(&JsValue) -> Option<T>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(value) => read(&value).map(Some),
    }
}

fn whole(value: &JsValue) -> Option<i32> {
    value.as_f64().map(|number| number as i32)
}

/// A member that may be missing, but must be what `expected` reads.
pub(crate) fn optional<T>(
    object: &JsValue,
    name: &str,
    expected: impl Fn(&JsValue) -> Option<T>,
) -> Option<Option<T>> {
    read(member_of(object, name), expected)
}

/// A text that may be missing.
pub(crate) fn optional_text(object: &JsValue, name: &str) -> Option<Option<String>> {
    optional(object, name, JsValue::as_string)
}

/// A number that may be missing.
pub(crate) fn optional_number(object: &JsValue, name: &str) -> Option<Option<i32>> {
    optional(object, name, whole)
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
    let mut members = members(object).into_iter();
    let mut next = || members.next().filter(|value| !value.is_undefined() && !value.is_null());
    Some(Row {
        local: read(next(), JsValue::as_f64)?.unwrap_or(0.0) as u64,
        conversation: next()?.as_string()?,
        time: next()?.as_f64()? as i64,
        uid: read(next(), JsValue::as_string)?,
        client: read(next(), JsValue::as_string)?,
        sender: next()?.as_string()?,
        object_name: next()?.as_string()?,
        content: next()?.as_string()?,
        flags: next()?.as_f64()? as u32,
        extra: read(next(), JsValue::as_string)?,
        sent_status: read(next(), whole)?,
        received_status: read(next(), whole)?,
        fields: read(next(), JsValue::as_string)?,
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
        .maybe("n", row.fields.as_deref())
}
