//! What the fields of a message are called and what they hold: a text such as
//! `1s!userId 2i:time 3m*msgs(1s:msgId 2n:direct)`.
//!
//! A field is its number, a letter for what it holds, a sign for how often it comes, and its name;
//! a message within has its own fields behind the name. Between fields stands one space.
//!
//! | letter | holds | in JSON |
//! |---|---|---|
//! | n | int32 | number |
//! | i | int64 | number; above 2^53 decimal text (a request may use either) |
//! | b | bool | true, false |
//! | s | text, or bytes that are text | text |
//! | m | message | object |
//! | = | 1, written always | – |
//!
//! Signs: `!` required, `:` optional, `*` repeated.

use crate::text;

/// The fields of one message, in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema(pub(super) &'static str);

/// One field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its number on the wire.
    pub number: u32,
    /// What it holds.
    pub kind: Kind,
    /// How often it comes.
    pub times: Times,
    /// Its name in JSON.
    pub name: &'static str,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `int32`.
    Number32,
    /// `int64`.
    Number64,
    /// `bool`.
    Bool,
    /// `string`, or `bytes` that are text.
    Text,
    /// A message.
    Message(Schema),
    /// An `int32` that is always 1: nobody asks what it is.
    One,
}

/// How often a field comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Once.
    Required,
    /// Once or not at all.
    Optional,
    /// Any number of times.
    Repeated,
}

impl Iterator for Schema {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        let text = self.0;
        let at = text.bytes().position(|byte| !byte.is_ascii_digit())?;
        let number = u32::try_from(text::unsigned(text.get(..at)?)?).ok()?;
        let [kind, times, ..] = *text.as_bytes().get(at..)? else { return None };
        let text = text.get(at + 2..)?;
        let end = text.bytes().position(|byte| matches!(byte, b' ' | b'(')).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        let inner = inner(rest);
        self.0 = rest.get(inner.map_or(0, |inner| inner.len() + 2)..)?;
        self.0 = self.0.strip_prefix(' ').unwrap_or(self.0);
        let kind = match kind {
            b'n' => Kind::Number32,
            b'i' => Kind::Number64,
            b'b' => Kind::Bool,
            b's' => Kind::Text,
            b'm' => Kind::Message(Self(inner?)),
            b'=' => Kind::One,
            _ => return None,
        };
        let times = match times {
            b'!' => Times::Required,
            b':' => Times::Optional,
            b'*' => Times::Repeated,
            _ => return None,
        };
        Some(Field { number, kind, times, name })
    }
}

/// What stands in the brackets with which `text` begins.
fn inner(text: &'static str) -> Option<&'static str> {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth <= 1 => return text.get(1..at),
            b')' => depth -= 1,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read() {
        let inner = Schema("1m:b(1s!c)");
        let expected = [
            Field { number: 1, kind: Kind::Message(inner), times: Times::Repeated, name: "a" },
            Field { number: 1000, kind: Kind::Number64, times: Times::Required, name: "time" },
            Field { number: 3, kind: Kind::One, times: Times::Required, name: "nothing" },
        ];
        assert!(Schema("1m*a(1m:b(1s!c)) 1000i!time 3=!nothing").eq(expected));
        assert_eq!(Schema("").next(), None);
    }

    #[test]
    fn what_makes_no_sense_ends_the_schema() {
        for text in ["s!a", "1", "1s", "1q!a", "1s?a", "1m!a", "1m!a(", "1m!a(1s!b", "é", "1sé"] {
            assert_eq!(Schema(text).next(), None, "{text}");
        }
    }
}
