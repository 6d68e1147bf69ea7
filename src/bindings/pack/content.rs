//! Content JSON in exactly the usual shapes, taken apart without a JSON parser.
//!
//! What is taken apart here has no escape, no number and no other member, so putting it together
//! in JS gives what `JSON.parse` would. Everything else goes to `JSON.parse` as it came.

use super::names::{Names, hash, same};

/// Tails that are kept.
const TAILS: usize = 256;
/// Longer tails are not kept, bytes.
const LONGEST: usize = 1024;

/// What JS makes of a row's text and slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Shape {
    /// The text is the whole JSON.
    #[default]
    Json = 0,
    /// `{content}`.
    Content = 1,
    /// `{content, extra}`.
    Extra = 2,
    /// `{content, extra, user: {id, name, portraitUri}}`.
    User = 3,
}

/// What follows the text of a message: it repeats per sender.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tail {
    pub(super) shape: Shape,
    /// Slots of `extra`, `id`, `name`, `portraitUri`, as many as the shape has.
    pub(super) slots: [f64; 4],
}

impl Tail {
    fn used(&self) -> &[f64] {
        match self.shape {
            Shape::Json | Shape::Content => &[],
            Shape::Extra => &self.slots[..1],
            Shape::User => &self.slots,
        }
    }
}

/// The text of `{"content":"text"…` and what follows its closing quote.
pub(super) fn text_and_tail(json: &[u8]) -> Option<(&[u8], &[u8])> {
    plain_string(json.strip_prefix(b"{\"content\":")?)
}

/// Tails seen before, so that most messages need no look into theirs.
#[derive(Default)]
pub(super) struct Tails(Vec<Kept>);

#[derive(Clone, Default)]
struct Kept {
    text: Vec<u8>,
    tail: Tail,
    /// Versions of the tail's slots: it holds while they do.
    versions: [u32; 4],
}

impl Tails {
    /// What `text` means; `None` for all but the usual shapes.
    pub(super) fn read(&mut self, text: &[u8], names: &mut Names) -> Option<Tail> {
        if text == b"}" {
            return Some(Tail { shape: Shape::Content, slots: [0.0; 4] });
        }
        self.0.resize(TAILS, Kept::default());
        let place = self.0.get_mut(hash(text) % TAILS)?;
        if !place.text.is_empty() && same(&place.text, text) && place.holds(names) {
            return Some(place.tail);
        }
        let tail = parse(text, names)?;
        place.keep(text, tail, names);
        Some(tail)
    }
}

impl Kept {
    fn holds(&self, names: &mut Names) -> bool {
        let slots = self.tail.used().iter().zip(self.versions);
        slots.fold(true, |all, (slot, version)| names.still(*slot, version) && all)
    }

    fn keep(&mut self, text: &[u8], tail: Tail, names: &Names) {
        self.text.clear();
        let mut versions = [0; 4];
        for (slot, version) in tail.used().iter().zip(&mut versions) {
            match names.version(*slot) {
                Some(now) => *version = now,
                None => return,
            }
        }
        if text.len() <= LONGEST {
            self.text.extend_from_slice(text);
            (self.tail, self.versions) = (tail, versions);
        }
    }
}

/// Exactly `,"extra":S}` or `,"extra":S,"user":{"id":S,"name":S,"portraitUri":S}}`.
#[cold]
fn parse(text: &[u8], names: &mut Names) -> Option<Tail> {
    let (extra, rest) = plain_string(text.strip_prefix(b",\"extra\":")?)?;
    if rest == b"}" {
        return Some(Tail { shape: Shape::Extra, slots: [names.slot(extra), 0.0, 0.0, 0.0] });
    }
    let (id, rest) = plain_string(rest.strip_prefix(b",\"user\":{\"id\":")?)?;
    let (name, rest) = plain_string(rest.strip_prefix(b",\"name\":")?)?;
    let (portrait, rest) = plain_string(rest.strip_prefix(b",\"portraitUri\":")?)?;
    if rest != b"}}" {
        return None;
    }
    let slots = [extra, id, name, portrait].map(|text| names.slot(text));
    Some(Tail { shape: Shape::User, slots })
}

/// The inside of a string at the beginning of `json` that has no escape, and what follows it.
fn plain_string(json: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = json.strip_prefix(b"\"")?;
    let end = first_special(inside)?;
    let (text, rest) = inside.split_at(end);
    Some((text, rest.strip_prefix(b"\"")?))
}

/// The first byte that ends or breaks a plain JSON string: a quote, a backslash, or a control
/// character. Eight bytes at a time.
fn first_special(text: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let (words, _) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = has_zero(word ^ (ONES * u64::from(b'"')));
        let backslash = has_zero(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (quote | backslash | control) & HIGH_BITS;
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let done = words.len() * 8;
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    text.get(done..)?.iter().position(is_special).map(|at| done + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_is_found() {
        let mut rng = crate::rng::Rng::new(2);
        for _ in 0..50_000 {
            let text: Vec<u8> = (0..rng.below(40))
                .map(|_| if rng.below(16) == 0 { rng.next_u64() as u8 } else { b'x' })
                .collect();
            let wanted = text.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            assert_eq!(first_special(&text), wanted, "{text:?}");
        }
    }

    fn shape_of(json: &str) -> Shape {
        let (mut names, mut tails) = (Names::default(), Tails::default());
        let mut shape = Shape::Json;
        for _ in 0..2 {
            names.begin_batch();
            let parts = text_and_tail(json.as_bytes());
            let tail = parts.and_then(|(_, tail)| tails.read(tail, &mut names));
            shape = tail.map_or(Shape::Json, |tail| tail.shape);
        }
        shape
    }

    #[test]
    fn usual_shapes_are_taken_apart() {
        assert_eq!(shape_of(r#"{"content":"消息"}"#), Shape::Content);
        assert_eq!(shape_of(r#"{"content":"","extra":"x"}"#), Shape::Extra);
        let user = r#"{"content":"a","extra":"","user":{"id":"u","name":"n","portraitUri":"p"}}"#;
        assert_eq!(shape_of(user), Shape::User);
    }

    #[test]
    fn anything_else_is_left_to_the_parser() {
        for json in [
            r#""#,
            r#"{"content":"a"#,
            r#"{"content":"a" }"#,
            r#"{"content":"a\n"}"#,
            "{\"content\":\"a\nb\"}",
            r#"{"content":1}"#,
            r#"{"content":"a","extra":"x","b":1}"#,
            r#"{"content":"a","extra":null}"#,
            r#"{"content":"a","extra":"\u0041"}"#,
            r#"{"extra":"x","content":"a"}"#,
            r#"{"content":"a","extra":"","user":{"id":"u","name":"n","portraitUri":"p"}}x"#,
            r#"{"content":"a","extra":"","user":{"id":"u","name":"n","portraitUri":"p","x":1}}"#,
        ] {
            assert_eq!(shape_of(json), Shape::Json, "{json}");
        }
    }

    #[test]
    fn a_kept_tail_is_forgotten_with_its_slots() {
        let (mut names, mut tails) = (Names::default(), Tails::default());
        let text = br#","extra":"mine"}"#;
        names.begin_batch();
        let first = tails.read(text, &mut names);
        // Overwrite every slot with other strings.
        for n in 0..20_000_u32 {
            names.begin_batch();
            names.slot(n.to_string().as_bytes());
        }
        names.begin_batch();
        assert_eq!(tails.read(text, &mut names), first);
        assert_eq!(names.fresh().1.len(), 2, "the string travels again");
    }
}
