//! What a call of the page says, as an operation.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use crate::archive::{Cursor, Mark, Name, Operation, Patch, Point, Search, Span};
use crate::browser::values::{
    member_of, number_of, optional, optional_number, optional_text, row_of, text_of,
};

/// The operation of that name; `None` for one that there is not, or arguments that make no sense.
pub(super) fn operation(name: &str, given: &JsValue) -> Option<Operation> {
    let conversation = || text_of(given, "conversation");
    let names = || list(given, "names", name_of);
    let up_to = || number_of(given, "upTo").map(|time| time as i64);
    Some(match name {
        "put" => Operation::Put(list(given, "rows", row_of)?),
        "get" => Operation::Get(names()?),
        "page" => Operation::Page { conversation: conversation()?, span: span_of(given)? },
        "update" => Operation::Update {
            name: names()?.pop()?,
            patch: patch_of(&member_of(given, "patch")?)?,
        },
        "delete" => Operation::Delete(names()?),
        "clear" => Operation::Clear { conversation: conversation()?, up_to: up_to() },
        "mark" => {
            let before = point_of(given)?.or_else(|| up_to().map(Point::after))?;
            Operation::Mark { conversation: conversation()?, before, mark: mark_of(given)? }
        }
        "search" => Operation::Search(search_of(&member_of(given, "search")?)?),
        "searchConversations" => {
            Operation::SearchConversations(text_of(&member_of(given, "search")?, "keyword")?)
        }
        "count" => Operation::Count,
        _ => return None,
    })
}

/// The elements of a list, all of them sound.
fn list<T>(given: &JsValue, name: &str, read: impl Fn(&JsValue) -> Option<T>) -> Option<Vec<T>> {
    let elements: Array = member_of(given, name)?.dyn_into().ok()?;
    elements.iter().map(|element| read(&element)).collect()
}

fn name_of(given: &JsValue) -> Option<Name> {
    let (uid, client) = (optional_text(given, "u")?, optional_text(given, "i")?);
    Some(Name { uid, client, local: number_of(given, "l").unwrap_or(0.0) as u64 })
}

fn is_on(given: &JsValue, name: &str) -> bool {
    member_of(given, name).is_some_and(|value| value.is_truthy())
}

fn span_of(given: &JsValue) -> Option<Span> {
    let count = number_of(given, "count")? as usize;
    Some(Span { from: point_of(given)?, newer: is_on(given, "newer"), count })
}

/// The member `from`, which may be missing.
fn point_of(given: &JsValue) -> Option<Option<Point>> {
    let Some(from) = member_of(given, "from") else { return Some(None) };
    let time = number_of(&from, "sentTime")? as i64;
    Some(Some(Point { time, tie: text_of(&from, "messageUId")? }))
}

fn mark_of(given: &JsValue) -> Option<Mark> {
    let status = number_of(given, "status")? as i32;
    Some(if is_on(given, "sent") { Mark::Sent(status) } else { Mark::Received(status) })
}

fn patch_of(given: &JsValue) -> Option<Patch> {
    Some(Patch {
        object_name: optional_text(given, "o")?,
        content: optional_text(given, "b")?,
        extra: optional_text(given, "e")?,
        sent_status: optional_number(given, "x")?,
        received_status: optional_number(given, "r")?,
        fields: optional_text(given, "n")?,
    })
}

fn search_of(given: &JsValue) -> Option<Search> {
    Some(Search {
        keyword: text_of(given, "keyword")?,
        conversation: optional_text(given, "conversation")?,
        types: list(given, "types", JsValue::as_string)?,
        count: number_of(given, "count")? as usize,
        before: match member_of(given, "before") {
            Some(before) => Some(cursor_of(&before)?),
            None => None,
        },
    })
}

/// A page may give a time alone.
fn cursor_of(given: &JsValue) -> Option<Cursor> {
    let size = |name| optional_number(given, name).map(|size| size.unwrap_or(0).max(0) as usize);
    Some(Cursor {
        time: number_of(given, "sentTime")? as i64,
        local: optional(given, "localId", JsValue::as_f64)?.map(|local| local as u64),
        skip: size("skip")?,
        size: size("size")?,
    })
}
