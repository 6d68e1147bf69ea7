//! Stored values as text: a version and fields, `1|field|field`. Every byte comes back as it was;
//! what was damaged is refused, never guessed.
//!
//! `%`, `|` and bytes that are no part of a UTF-8 text are written as `%XX`; all else stands as it
//! is, so Chinese text costs no more than its UTF-8.

use crate::text;

/// Writes one stored value.
#[derive(Debug)]
pub struct FieldWriter(String);

impl FieldWriter {
    /// Begins a value of this version of its format.
    pub fn new(version: u8) -> Self {
        let mut text = String::new();
        push_number(&mut text, u64::from(version));
        Self(text)
    }

    /// Appends a text.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// Appends bytes: usually text, but nobody promised that.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.push('|');
        for (whole, broken) in text::pieces(bytes) {
            for character in whole.chars() {
                match character {
                    '%' | '|' => push_escaped(&mut self.0, character as u8),
                    other => self.0.push(other),
                }
            }
            for byte in broken {
                push_escaped(&mut self.0, *byte);
            }
        }
        self
    }

    /// Appends a number.
    #[must_use]
    pub fn number(mut self, number: i64) -> Self {
        self.0.push('|');
        if number < 0 {
            self.0.push('-');
        }
        push_number(&mut self.0, number.unsigned_abs());
        self
    }

    /// Appends a number that is never negative.
    #[must_use]
    pub fn unsigned(mut self, number: u64) -> Self {
        self.0.push('|');
        push_number(&mut self.0, number);
        self
    }

    /// Appends yes or no.
    #[must_use]
    pub fn flag(self, flag: bool) -> Self {
        self.unsigned(u64::from(flag))
    }

    /// The whole value.
    pub fn finish(self) -> String {
        self.0
    }
}

/// Reads one stored value, field by field. Every method gives `None` where the value is damaged.
#[derive(Debug)]
pub struct FieldReader<'a> {
    /// None behind the last field.
    rest: Option<&'a str>,
}

impl<'a> FieldReader<'a> {
    /// Opens a value; `None` if it is not of `version`.
    pub fn open(value: &'a str, version: u8) -> Option<Self> {
        let mut fields = Self { rest: Some(value) };
        (fields.unsigned()? == u64::from(version)).then_some(fields)
    }

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let Some((field, behind)) = text::split_once(rest, b'|') else { return Some(rest) };
        self.rest = Some(behind);
        Some(field)
    }

    /// The next field as bytes.
    pub fn bytes(&mut self) -> Option<Vec<u8>> {
        unescape(self.next()?)
    }

    /// The next field as text.
    pub fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?).ok()
    }

    /// The next field as a number.
    pub fn number(&mut self) -> Option<i64> {
        text::signed(self.next()?)
    }

    /// The next field as a number that is never negative.
    pub fn unsigned(&mut self) -> Option<u64> {
        text::unsigned(self.next()?)
    }

    /// The next field as yes or no.
    pub fn flag(&mut self) -> Option<bool> {
        match self.unsigned()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// Whether every field was read.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_none()
    }
}

/// Appends `number` in decimal digits, without the formatting machinery.
pub fn push_number(text: &mut String, number: u64) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// Appends a byte as `%XX`, as URLs have it.
pub fn push_escaped(text: &mut String, byte: u8) {
    text.push('%');
    for half in [byte >> 4, byte & 15] {
        text.push(char::from(if half < 10 { b'0' + half } else { b'A' + half - 10 }));
    }
}

fn unescape(field: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push((high * 16 + low) as u8);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_back() {
        let broken = [b'a', 0xFF, b'%', b'|', 0xE4, 0xBD];
        let value = FieldWriter::new(3)
            .text("50% | 你好😀")
            .bytes(&broken)
            .number(-42)
            .number(i64::MIN)
            .unsigned(u64::MAX)
            .flag(true)
            .text("")
            .finish();
        let mut reader = FieldReader::open(&value, 3).unwrap();
        assert_eq!(reader.text().unwrap(), "50% | 你好😀");
        assert_eq!(reader.bytes().unwrap(), broken);
        assert_eq!(reader.number(), Some(-42));
        assert_eq!(reader.number(), Some(i64::MIN));
        assert_eq!(reader.unsigned(), Some(u64::MAX));
        assert_eq!(reader.flag(), Some(true));
        assert!(!reader.is_at_end());
        assert_eq!(reader.text().unwrap(), "");
        assert!(reader.is_at_end());
        assert_eq!(reader.text(), None);
    }

    #[test]
    fn damage_is_refused() {
        assert!(FieldReader::open("2|a", 1).is_none());
        assert!(FieldReader::open("", 1).is_none());
        assert!(FieldReader::open("{}", 1).is_none());
        let mut cut = FieldReader::open("1|a%4|%zz|x|7", 1).unwrap();
        assert_eq!(cut.text(), None);
        assert_eq!(cut.text(), None);
        assert_eq!(cut.number(), None);
        assert_eq!(cut.flag(), None);
    }
}
