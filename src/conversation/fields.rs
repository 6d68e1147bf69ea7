//! Stored values as text: a version and fields, `1|field|field`. Every byte comes back as it was;
//! what was damaged is refused, never guessed.
//!
//! `%`, `|` and bytes that are no part of a UTF-8 text are written as `%XX`; all else stands as it
//! is, so Chinese text costs no more than its UTF-8.

use crate::text;
pub use crate::text::push_number;

/// Most values are no longer.
const USUAL_BYTES: usize = 256;

/// Writes one stored value.
#[derive(Debug)]
pub struct FieldWriter(String);

impl FieldWriter {
    /// Begins a value of this version of its format.
    pub fn new(version: u8) -> Self {
        let mut text = String::with_capacity(USUAL_BYTES);
        push_number(&mut text, u64::from(version));
        Self(text)
    }

    /// Appends a text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Appends bytes: usually text, but nobody promised that.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.push('|');
        for (whole, broken) in text::pieces(bytes) {
            let mut rest = whole;
            while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'%' | b'|')) {
                let (plain, special) = rest.split_at(at);
                self.0.push_str(plain);
                special.bytes().take(1).for_each(|byte| push_escaped(&mut self.0, byte));
                rest = special.get(1..).unwrap_or_default();
            }
            self.0.push_str(rest);
            for byte in broken {
                push_escaped(&mut self.0, *byte);
            }
        }
        self
    }

    /// Appends a number.
    pub fn number(&mut self, number: i64) -> &mut Self {
        self.0.push('|');
        if number < 0 {
            self.0.push('-');
        }
        push_number(&mut self.0, number.unsigned_abs());
        self
    }

    /// Appends a number that is never negative.
    pub fn unsigned(&mut self, number: u64) -> &mut Self {
        self.0.push('|');
        push_number(&mut self.0, number);
        self
    }

    /// Appends yes or no.
    pub fn flag(&mut self, flag: bool) -> &mut Self {
        self.unsigned(u64::from(flag))
    }

    /// The whole value.
    pub fn finish(&mut self) -> String {
        core::mem::take(&mut self.0)
    }
}

/// Reads one stored value, field by field. A damaged field reads as nothing, and so do all behind
/// it: whoever has read all that should be there asks [`check`](Self::check) whether it was.
#[derive(Debug)]
pub struct FieldReader<'a> {
    /// None behind the last field.
    rest: Option<&'a str>,
    damaged: bool,
}

impl<'a> FieldReader<'a> {
    /// Opens a value; `None` if it is not of `version`.
    pub fn open(value: &'a str, version: u8) -> Option<Self> {
        let mut fields = Self { rest: Some(value), damaged: false };
        (fields.unsigned() == u64::from(version)).then_some(fields)
    }

    /// Whether nothing was damaged or missing so far.
    pub fn check(&self) -> Option<()> {
        (!self.damaged).then_some(())
    }

    fn next(&mut self) -> &'a str {
        let Some(rest) = self.rest.take() else { return self.sound(None) };
        let Some((field, behind)) = text::split_once(rest, b'|') else { return rest };
        self.rest = Some(behind);
        field
    }

    /// What was read, or nothing from here on.
    fn sound<T: Default>(&mut self, read: Option<T>) -> T {
        read.unwrap_or_else(|| {
            self.damaged = true;
            self.rest = None;
            T::default()
        })
    }

    /// The next field as bytes.
    pub fn bytes(&mut self) -> Vec<u8> {
        let bytes = unescape(self.next());
        self.sound(bytes)
    }

    /// The next field as text.
    pub fn text(&mut self) -> String {
        let text = String::from_utf8(self.bytes());
        self.sound(text.ok())
    }

    /// The next field as a number.
    pub fn number(&mut self) -> i64 {
        let number = text::signed(self.next());
        self.sound(number)
    }

    /// The next field as a number of 32 bits.
    pub fn number32(&mut self) -> i32 {
        let number = i32::try_from(self.number());
        self.sound(number.ok())
    }

    /// The next field as a number that is never negative.
    pub fn unsigned(&mut self) -> u64 {
        let number = text::unsigned(self.next());
        self.sound(number)
    }

    /// The next field as a number of 32 bits that is never negative.
    pub fn unsigned32(&mut self) -> u32 {
        let number = u32::try_from(self.unsigned());
        self.sound(number.ok())
    }

    /// The next field as yes or no.
    pub fn flag(&mut self) -> bool {
        let flag = match self.unsigned() {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        };
        self.sound(flag)
    }

    /// Whether every field was read.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_none()
    }
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
        assert_eq!(reader.text(), "50% | 你好😀");
        assert_eq!(reader.bytes(), broken);
        assert_eq!(reader.number(), -42);
        assert_eq!(reader.number(), i64::MIN);
        assert_eq!(reader.unsigned(), u64::MAX);
        assert!(reader.flag());
        assert!(!reader.is_at_end());
        assert_eq!(reader.text(), "");
        assert!(reader.is_at_end() && reader.check().is_some());
        assert_eq!((reader.text().as_str(), reader.check()), ("", None));
    }

    #[test]
    fn damage_is_refused() {
        assert!(FieldReader::open("2|a", 1).is_none());
        assert!(FieldReader::open("", 1).is_none());
        assert!(FieldReader::open("{}", 1).is_none());
        let damaged = |value, read: fn(&mut FieldReader<'_>)| {
            let mut reader = FieldReader::open(value, 1).unwrap();
            read(&mut reader);
            reader.check().is_none() && reader.is_at_end()
        };
        assert!(damaged("1|a%4|7", |fields| drop(fields.text())));
        assert!(damaged("1|%zz|7", |fields| drop(fields.bytes())));
        assert!(damaged("1|%FF|7", |fields| drop(fields.text())));
        assert!(damaged("1|x|7", |fields| assert_eq!(fields.number(), 0)));
        assert!(damaged("1|-1|7", |fields| assert_eq!(fields.unsigned(), 0)));
        assert!(damaged("1|4294967296|7", |fields| assert_eq!(fields.unsigned32(), 0)));
        assert!(damaged("1|2147483648|7", |fields| assert_eq!(fields.number32(), 0)));
        assert!(damaged("1|2|7", |fields| assert!(!fields.flag())));
        assert!(!damaged("1|x|7", |fields| drop(fields.text())));
    }
}
