//! What the fields of a message are called and what they hold: a text such as
//! `1s!userId 2i:time 3m*msgs(1s:msgId,2n:direct)`.
//!
//! A field is its number, a letter for what it holds, a sign for how often it comes, and its name;
//! a message within has its own fields behind the name. Between fields stands a space, between
//! those of a message within a comma, and between those of one within that a semicolon.
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
pub struct Schema {
    text: &'static str,
    /// What stands between two fields.
    separator: u8,
}

impl Schema {
    /// The message that `text` tells of.
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, separator: b' ' }
    }

    const fn within(self, text: &'static str) -> Self {
        let separator = if self.separator == b' ' { b',' } else { b';' };
        Self { text, separator }
    }
}

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
        let (field, rest) = text::split_once(self.text, self.separator).unwrap_or((self.text, ""));
        self.text = rest;
        let (head, inner) = text::split_once(field, b'(').unwrap_or((field, ""));
        let at = head.bytes().position(|byte| !byte.is_ascii_digit())?;
        let number = u32::try_from(text::unsigned(head.get(..at)?)?).ok()?;
        let [kind, times, ..] = *head.as_bytes().get(at..)? else { return None };
        let name = head.get(at + 2..)?;
        let kind = match kind {
            b'n' => Kind::Number32,
            b'i' => Kind::Number64,
            b'b' => Kind::Bool,
            b's' => Kind::Text,
            b'm' => Kind::Message(self.within(inner.strip_suffix(')')?)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read() {
        let inner = Schema::new("").within("1m:b(1s!c;2n:d),2b*e");
        let expected = [
            Field { number: 1, kind: Kind::Message(inner), times: Times::Repeated, name: "a" },
            Field { number: 1000, kind: Kind::Number64, times: Times::Required, name: "time" },
            Field { number: 3, kind: Kind::One, times: Times::Required, name: "nothing" },
        ];
        let schema = Schema::new("1m*a(1m:b(1s!c;2n:d),2b*e) 1000i!time 3=!nothing");
        assert!(schema.eq(expected));
        let [b, e] = [inner.clone().next().unwrap(), inner.last().unwrap()];
        let Kind::Message(b) = b.kind else { panic!("{b:?}") };
        assert!(b.map(|field| field.name).eq(["c", "d"]));
        assert_eq!((e.name, e.kind), ("e", Kind::Bool));
        assert_eq!(Schema::new("").next(), None);
    }

    #[test]
    fn what_makes_no_sense_ends_the_schema() {
        for text in ["s!a", "1", "1s", "1q!a", "1s?a", "1m!a", "1m!a(", "1m!a(1s!b", "é", "1sé"] {
            assert_eq!(Schema::new(text).next(), None, "{text}");
        }
    }
}
