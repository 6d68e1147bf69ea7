//! What became of an operation, as the page gets it.

use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::archive::{
    ConversationHit, Cursor, Found, Highlight, Hit, Kept, Outcome, Page, Point, Row,
};
use crate::browser::values::{Made, object_of};

/// The answer as a value of JS.
pub(super) fn answer(outcome: &Outcome) -> JsValue {
    match outcome {
        Outcome::Kept(kept) => of_kept(kept).into(),
        Outcome::Rows(rows) => list(rows, |row| row.as_ref().map_or(JsValue::UNDEFINED, of_row)),
        Outcome::Page(Page { rows, more }) => {
            Made::default().with("rows", list(rows, of_row)).with("more", *more).into()
        }
        Outcome::Updated(row) => row.as_ref().map_or(JsValue::UNDEFINED, of_row),
        Outcome::Found(found) => of_found(found).into(),
        Outcome::Conversations { conversations, exact } => Made::default()
            .with("conversations", list(conversations, of_conversation))
            .with("exact", *exact)
            .into(),
        Outcome::Marked(point) => point.as_ref().map_or(JsValue::UNDEFINED, of_point),
        Outcome::Number(number) => JsValue::from(*number),
    }
}

fn list<T>(all: &[T], write: impl Fn(&T) -> JsValue) -> JsValue {
    all.iter().map(write).collect::<Array>().into()
}

fn of_row(row: &Row) -> JsValue {
    object_of(row).into()
}

fn of_kept(Kept { locals, added }: &Kept) -> Made {
    let locals = list(locals, |local| JsValue::from(*local as f64));
    Made::default().with("locals", locals).with("added", *added)
}

fn of_found(Found { hits, total, exact, next }: &Found) -> Made {
    Made::default()
        .with("hits", list(hits, of_hit))
        .with("total", *total)
        .with("exact", *exact)
        .maybe("next", next.as_ref().map(of_cursor))
}

fn of_hit(Hit { row, highlights, score }: &Hit) -> JsValue {
    let highlights = list(highlights, of_highlight);
    let made = Made::default().with("row", object_of(row)).with("highlights", highlights);
    made.with("score", *score).into()
}

fn of_highlight(Highlight { field, start, end }: &Highlight) -> JsValue {
    Made::default().with("field", field.as_str()).with("start", *start).with("end", *end).into()
}

fn of_cursor(Cursor { time, local, skip, size }: &Cursor) -> Made {
    Made::default()
        .with("sentTime", *time as f64)
        .maybe("localId", local.map(|local| local as f64))
        .with("skip", *skip as u32)
        .with("size", *size as u32)
}

fn of_conversation(hit: &ConversationHit) -> JsValue {
    let made = Made::default().with("conversation", hit.conversation.as_str());
    made.with("count", hit.count).with("latest", of_hit(&hit.latest)).into()
}

fn of_point(Point { time, tie }: &Point) -> JsValue {
    Made::default().with("sentTime", *time as f64).with("messageUId", tie.as_str()).into()
}
