//! JSON text ⇄ protobuf, as a [`Schema`] says.
//!
//! Both ways are total: any text, any bytes. They descend as deep as the schema goes and no deeper.

use super::schema::{Field, Kind, Schema, Times};
use crate::signal::SignalError;
use crate::signal::content::json::{self, Value as Json};
use crate::signal::protobuf::{Fields, Value, Writer};
use crate::text;
use crate::wire::place;

/// Above this, numbers are text in JSON: JavaScript's would lose their last digits.
const MAX_EXACT: u64 = 1 << 53;

/// What is wrong with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No topic of this name.
    NoSuchTopic,
    /// The topic needs a target, or takes none.
    Target,
    /// Not a JSON object.
    NotAnObject,
    /// A member that the message does not have.
    Unknown,
    /// A member that the message must have is missing, or null.
    Missing,
    /// A member holds something else than it should, or a number that is too large for it.
    WrongType,
}

/// A question that cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadQuestion {
    /// What is wrong.
    pub fault: Fault,
    /// With which member: `msgs.msgId` for one of an inner object.
    pub member: String,
}

impl BadQuestion {
    pub(super) fn new(fault: Fault, member: &str) -> Self {
        Self { fault, member: member.into() }
    }

    /// The same, seen from the object that holds it as `name`.
    fn inside(self, name: &str) -> Self {
        let mut member = String::from(name);
        if !self.member.is_empty() {
            member.push('.');
            member.push_str(&self.member);
        }
        Self { member, ..self }
    }
}

/// Who writes or reads a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::signal) enum Party {
    /// This program's page: it is told of every mistake.
    Page,
    /// A client of long polling. The other end of a link may say more than is known here, or less,
    /// and writes 64-bit numbers as its protobuf library holds them.
    Client,
    /// A server of long polling. As a client, but nothing is written to it for an empty list.
    Server,
}

/// Writes the object in `text` as the message that `schema` tells of.
pub(in crate::signal) fn write(
    schema: Schema,
    author: Party,
    text: &[u8],
    out: &mut Writer,
) -> Result<(), BadQuestion> {
    let mut unknown = None;
    let object = json::each_member(text, &mut |name, _| {
        let checked = author == Party::Page;
        if checked && !schema.into_iter().any(|field| json::is_text(name, field.name)) {
            unknown = Some(name);
        }
    });
    if object.is_none() {
        return Err(BadQuestion::new(Fault::NotAnObject, ""));
    }
    if let Some(name) = unknown {
        return Err(BadQuestion::new(Fault::Unknown, core::str::from_utf8(name).unwrap_or("")));
    }
    for field in schema {
        let [given] = json::members(text, [field.name]).unwrap_or([None]);
        let given = given.filter(|value| !matches!(value, Json::Word(b'n')));
        write_field(&field, author, given, out).map_err(|bad| bad.inside(field.name))?;
    }
    Ok(())
}

fn write_field(
    field: &Field,
    author: Party,
    given: Option<Json<'_>>,
    out: &mut Writer,
) -> Result<(), BadQuestion> {
    match (field.kind, field.times, given) {
        (Kind::One, ..) => {
            out.number(field.number, 1);
        }
        (_, Times::Required, None) if author == Party::Page => {
            return Err(BadQuestion::new(Fault::Missing, ""));
        }
        (_, _, None) => {}
        (_, Times::Repeated, Some(value)) => {
            for element in json::elements(value.array().ok_or_else(wrong_type)?) {
                write_value(field, author, element, out)?;
            }
        }
        (_, Times::Required | Times::Optional, Some(value)) => {
            write_value(field, author, value, out)?;
        }
    }
    Ok(())
}

fn write_value(
    field: &Field,
    author: Party,
    value: Json<'_>,
    out: &mut Writer,
) -> Result<(), BadQuestion> {
    match field.kind {
        Kind::Text => {
            out.bytes(field.number, value.text().ok_or_else(wrong_type)?.as_bytes());
        }
        Kind::Message(schema) => {
            let mut inner = Writer::new();
            write(schema, author, value.object().ok_or_else(wrong_type)?, &mut inner)?;
            out.bytes(field.number, inner.as_slice());
        }
        Kind::Number32 | Kind::Number64 | Kind::Bool | Kind::One => {
            let whole = match (author, value) {
                (Party::Client | Party::Server, Json::Object(halves)) => long(halves),
                (_, value) => integer(field.kind, value),
            };
            out.int(field.number, whole.ok_or_else(wrong_type)?);
        }
    }
    Ok(())
}

/// A 64-bit number as some protobuf libraries hold it: `{"low":…,"high":…}`, both 32 bits.
fn long(halves: &[u8]) -> Option<i64> {
    let [low, high] = json::members(halves, ["low", "high"])?;
    let half = |value: Option<Json<'_>>| value?.integer();
    Some(half(high)? << 32 | half(low)? & i64::from(u32::MAX))
}

fn integer(kind: Kind, value: Json<'_>) -> Option<i64> {
    if kind == Kind::Bool {
        return value.bool().map(i64::from);
    }
    let integer = value.integer().or_else(|| text::signed(&value.text()?))?;
    (kind == Kind::Number64 || i32::try_from(integer).is_ok()).then_some(integer)
}

fn wrong_type() -> BadQuestion {
    BadQuestion::new(Fault::WrongType, "")
}

/// Writes the message in `body` as a JSON object, for its `reader`. Fields that the schema does not
/// tell of are left out; of one that should come once the last counts; a repeated one is a list,
/// always. A page gets nothing that lacks what it must have.
pub(in crate::signal) fn read(
    schema: Schema,
    reader: Party,
    body: &[u8],
    out: &mut String,
) -> Result<(), SignalError> {
    let mut opening = '{';
    for field in schema {
        let mut values = values(body, field.number)?;
        match (field.times, values.pop()) {
            (_, _) if field.kind == Kind::One => continue,
            (Times::Required, None) if reader == Party::Page => {
                return Err(SignalError::Missing(place(field.name)));
            }
            (Times::Required | Times::Optional, None) => continue,
            (Times::Repeated, None) if reader == Party::Server => continue,
            (Times::Repeated, last) => {
                values.extend(last);
                read_name(&mut opening, field.name, out);
                read_list(&field, reader, &values, out)?;
            }
            (Times::Required | Times::Optional, Some(value)) => {
                read_name(&mut opening, field.name, out);
                read_value(&field, reader, value, out)?;
            }
        }
    }
    if opening == '{' {
        out.push('{');
    }
    out.push('}');
    Ok(())
}

/// All values of a field.
fn values(body: &[u8], wanted: u32) -> Result<Vec<Value<'_>>, SignalError> {
    let mut found = Vec::new();
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        if number == wanted {
            found.push(value);
        }
    }
    Ok(found)
}

fn read_name(opening: &mut char, name: &str, out: &mut String) {
    out.push(core::mem::replace(opening, ','));
    json::push_text(out, name.as_bytes());
    out.push(':');
}

fn read_list(
    field: &Field,
    reader: Party,
    values: &[Value<'_>],
    out: &mut String,
) -> Result<(), SignalError> {
    out.push('[');
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        read_value(field, reader, *value, out)?;
    }
    out.push(']');
    Ok(())
}

fn read_value(
    field: &Field,
    reader: Party,
    value: Value<'_>,
    out: &mut String,
) -> Result<(), SignalError> {
    match field.kind {
        Kind::Text => json::push_text(out, value.bytes(field.name)?),
        Kind::Message(schema) => read(schema, reader, value.bytes(field.name)?, out)?,
        Kind::Bool => out.push_str(if value.bool(field.name)? { "true" } else { "false" }),
        Kind::Number32 | Kind::One => push_integer(out, value.int32(field.name)?.into()),
        Kind::Number64 => push_integer(out, value.int64(field.name)?),
    }
    Ok(())
}

pub(in crate::signal) fn push_integer(out: &mut String, integer: i64) {
    let quote = if integer.unsigned_abs() > MAX_EXACT { "\"" } else { "" };
    out.push_str(quote);
    if integer < 0 {
        out.push('-');
    }
    text::push_number(out, integer.unsigned_abs());
    out.push_str(quote);
}
