//! A scanner over JSON text. It checks the whole text it walks over, as strictly as `JSON.parse`,
//! and returns slices of it. Texts with escapes are the only thing it ever copies.

use std::borrow::Cow;

use crate::text;

/// How deep arrays and objects may be nested.
pub const MAX_DEPTH: usize = 64;

/// A value, not yet read any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Between the quotes, escapes as they are.
    Text(&'a [u8]),
    /// The digits and whatever belongs to them.
    Number(&'a [u8]),
    /// From brace to brace.
    Object(&'a [u8]),
    /// From bracket to bracket.
    Array(&'a [u8]),
    /// `true`, `false` or `null`: its first letter.
    Word(u8),
}

impl<'a> Value<'a> {
    /// A text, its escapes resolved; `None` for anything else.
    pub fn text(self) -> Option<Cow<'a, str>> {
        if let Self::Text(raw) = self { unescape(raw) } else { None }
    }

    /// A number without fraction and exponent.
    pub fn integer(self) -> Option<i64> {
        let Self::Number(digits) = self else { return None };
        text::signed(core::str::from_utf8(digits).ok()?)
    }

    /// `true` or `false`.
    pub fn bool(self) -> Option<bool> {
        match self {
            Self::Word(b't') => Some(true),
            Self::Word(b'f') => Some(false),
            Self::Text(_) | Self::Number(_) | Self::Object(_) | Self::Array(_) | Self::Word(_) => {
                None
            }
        }
    }

    /// An object, from brace to brace; `None` for anything else.
    pub fn object(self) -> Option<&'a [u8]> {
        if let Self::Object(text) = self { Some(text) } else { None }
    }

    /// An array, from bracket to bracket; `None` for anything else.
    pub fn array(self) -> Option<&'a [u8]> {
        if let Self::Array(text) = self { Some(text) } else { None }
    }
}

/// The members of those names in an object; `None` if the text is not one object.
pub fn members<'a, const N: usize>(
    text: &'a [u8],
    names: [&str; N],
) -> Option<[Option<Value<'a>>; N]> {
    let mut found = [None; N];
    find(text, &names, &mut found).map(|()| found)
}

/// [`members`] for any number of names.
fn find<'a>(text: &'a [u8], names: &[&str], found: &mut [Option<Value<'a>>]) -> Option<()> {
    each_member(text, &mut |key, value| {
        for (name, found) in names.iter().zip(found.iter_mut()) {
            if is_text(key, name) {
                *found = Some(value);
            }
        }
    })
}

/// Calls `member` with every member's name, its escapes as they are, and value. `None` if the text
/// is not one object: then it may have been called for what comes before the fault.
pub fn each_member<'a>(text: &'a [u8], member: &mut dyn FnMut(&'a [u8], Value<'a>)) -> Option<()> {
    let mut scanner = Scanner { rest: text };
    scanner.space();
    scanner.object(MAX_DEPTH, member)?;
    scanner.space();
    scanner.rest.is_empty().then_some(())
}

/// The elements of an array that a [`Value`] holds.
pub fn elements<'a>(array: &'a [u8]) -> impl Iterator<Item = Value<'a>> {
    let mut scanner = Scanner { rest: array };
    core::iter::from_fn(move || {
        // The text was checked when its value was made: a bracket or a comma, then an element.
        scanner.rest = scanner.rest.get(1..)?;
        scanner.space();
        let value = scanner.value(MAX_DEPTH)?;
        scanner.space();
        Some(value)
    })
}

struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    fn space(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn expect(&mut self, word: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    /// Takes the byte if it is next.
    fn eat(&mut self, byte: u8) -> bool {
        self.expect(&[byte]).is_some()
    }

    /// What has been walked over since the rest was `before`.
    fn since(&self, before: &'a [u8]) -> &'a [u8] {
        before.split_at(before.len() - self.rest.len()).0
    }

    /// The next value; `depth` more levels may open.
    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        let before = self.rest;
        Some(match before.first()? {
            b'"' => Value::Text(self.text()?),
            b'{' => {
                self.object(depth, &mut |_, _| {})?;
                Value::Object(self.since(before))
            }
            b'[' => {
                self.array(depth)?;
                Value::Array(self.since(before))
            }
            b't' => self.expect(b"true").map(|()| Value::Word(b't'))?,
            b'f' => self.expect(b"false").map(|()| Value::Word(b'f'))?,
            b'n' => self.expect(b"null").map(|()| Value::Word(b'n'))?,
            _ => {
                self.number()?;
                Value::Number(self.since(before))
            }
        })
    }

    fn object(&mut self, depth: usize, member: &mut dyn FnMut(&'a [u8], Value<'a>)) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.expect(b"{")?;
        self.space();
        if self.eat(b'}') {
            return Some(());
        }
        loop {
            let key = self.text()?;
            self.space();
            self.expect(b":")?;
            self.space();
            let value = self.value(depth)?;
            member(key, value);
            self.space();
            if self.eat(b'}') {
                return Some(());
            }
            self.expect(b",")?;
            self.space();
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.expect(b"[")?;
        self.space();
        if self.eat(b']') {
            return Some(());
        }
        loop {
            self.value(depth)?;
            self.space();
            if self.eat(b']') {
                return Some(());
            }
            self.expect(b",")?;
            self.space();
        }
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        self.expect(b"\"")?;
        let before = self.rest;
        loop {
            let (byte, rest) = self.rest.split_first()?;
            match byte {
                b'"' => {
                    let text = self.since(before);
                    self.rest = rest;
                    return Some(text);
                }
                b'\\' => self.rest = skip_escape(rest)?,
                0..0x20 => return None,
                _ => self.rest = rest,
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let before = self.rest.len();
        while let [b'0'..=b'9', rest @ ..] = self.rest {
            self.rest = rest;
        }
        (self.rest.len() < before).then_some(())
    }
}

/// What follows after a backslash and its escape.
fn skip_escape(escape: &[u8]) -> Option<&[u8]> {
    match escape {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', rest @ ..] => Some(rest),
        [b'u', rest @ ..] => hex4(rest).map(|(_, rest)| rest),
        _ => None,
    }
}

fn hex4(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    let mut unit = 0;
    for digit in digits {
        unit = unit << 4 | char::from(*digit).to_digit(16)?;
    }
    Some((unit, rest))
}

/// Whether a text between quotes, its escapes as they are, is `name`.
pub fn is_text(raw: &[u8], name: &str) -> bool {
    raw == name.as_bytes() || raw.contains(&b'\\') && unescape(raw).is_some_and(|key| key == name)
}

/// The text between quotes, its syntax checked already; `None` if it is not UTF-8. Half a
/// surrogate pair becomes U+FFFD, as it does when a browser writes UTF-8.
fn unescape(raw: &[u8]) -> Option<Cow<'_, str>> {
    let raw = core::str::from_utf8(raw).ok()?;
    let Some((plain, mut rest)) = text::split_once(raw, b'\\') else {
        return Some(Cow::Borrowed(raw));
    };
    let mut whole = String::with_capacity(raw.len());
    whole.push_str(plain);
    loop {
        let (character, after) = escape(rest.as_bytes())?;
        whole.push(character);
        let after = core::str::from_utf8(after).ok()?;
        let Some((plain, next)) = text::split_once(after, b'\\') else {
            whole.push_str(after);
            return Some(Cow::Owned(whole));
        };
        whole.push_str(plain);
        rest = next;
    }
}

/// The character that an escape stands for, and what follows it.
fn escape(escape: &[u8]) -> Option<(char, &[u8])> {
    let (letter, rest) = escape.split_first()?;
    Some(match letter {
        b'b' => ('\u{8}', rest),
        b'f' => ('\u{c}', rest),
        b'n' => ('\n', rest),
        b'r' => ('\r', rest),
        b't' => ('\t', rest),
        b'u' => {
            let (unit, rest) = hex4(rest)?;
            match low_half(unit, rest) {
                Some((pair, rest)) => (pair, rest),
                None => (char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), rest),
            }
        }
        other => (char::from(*other), rest),
    })
}

/// The character of a surrogate pair, if `high` begins one and the next escape ends it.
fn low_half(high: u32, rest: &[u8]) -> Option<(char, &[u8])> {
    let (low, rest) = hex4(rest.strip_prefix(b"\\u")?)?;
    if !(0xD800..0xDC00).contains(&high) || !(0xDC00..0xE000).contains(&low) {
        return None;
    }
    Some((char::from_u32(0x1_0000 + ((high - 0xD800) << 10 | (low - 0xDC00)))?, rest))
}

/// Writes a text with its quotes. What is not UTF-8 gets U+FFFD in its place.
pub fn push_text(out: &mut String, text: &[u8]) {
    out.push('"');
    for (whole, broken) in text::pieces(text) {
        for character in whole.chars() {
            match character {
                '"' | '\\' => {
                    out.push('\\');
                    out.push(character);
                }
                '\0'..'\x20' => {
                    let code = character as u8;
                    out.push_str(if code < 16 { "\\u000" } else { "\\u001" });
                    out.push(char::from(b"0123456789abcdef"[usize::from(code & 15)]));
                }
                other => out.push(other),
            }
        }
        if !broken.is_empty() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests;
