//! Texts one after the other, with their ends counted as JS counts: in UTF-16 units.

use crate::text;

/// A zone of UTF-8 that JS decodes in one piece.
#[derive(Default)]
pub(super) struct Zone {
    bytes: Vec<u8>,
    /// UTF-16 units of all of it.
    units: u32,
}

impl Zone {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.units = 0;
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the next text begins.
    pub(super) fn end(&self) -> u32 {
        self.units
    }

    /// Adds a text. What is not UTF-8 gets U+FFFD in its place, as JS would put it.
    pub(super) fn push(&mut self, text: &[u8]) {
        match utf16_units(text) {
            Some(units) => {
                self.bytes.extend_from_slice(text);
                self.units += units;
            }
            None => self.push_lossy(text),
        }
    }

    #[cold]
    fn push_lossy(&mut self, text: &[u8]) {
        for (whole, broken) in text::pieces(text) {
            self.push(whole.as_bytes());
            if !broken.is_empty() {
                self.push("\u{fffd}".as_bytes());
            }
        }
    }
}

/// Whether every character is one byte. Unlike the library's, by eight bytes.
pub(super) fn is_ascii(text: &[u8]) -> bool {
    utf16_units(text) == Some(text.len() as u32)
}

/// How many UTF-16 units `text` has; `None` if it is not UTF-8. One pass for what is usual: ASCII
/// by eight bytes, and the three-byte characters that are neither overlong nor surrogates.
fn utf16_units(text: &[u8]) -> Option<u32> {
    const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
    let mut rest = text;
    let mut units = 0;
    while let Some(&first) = rest.first() {
        if let Some((eight, after)) = rest.split_first_chunk::<8>()
            && u64::from_le_bytes(*eight) & HIGH_BITS == 0
        {
            units += 8;
            rest = after;
        } else if first < 0x80 {
            units += 1;
            rest = &rest[1..];
        } else if let (0xe1..=0xec | 0xee | 0xef, Some(([_, second, third], after))) =
            (first, rest.split_first_chunk::<3>())
        {
            if second & 0xc0 != 0x80 || third & 0xc0 != 0x80 {
                return None;
            }
            units += 1;
            rest = after;
        } else {
            return core::str::from_utf8(rest).ok().map(|rest| units + count_units(rest));
        }
    }
    Some(units)
}

fn count_units(text: &str) -> u32 {
    text.chars().map(|character| character.len_utf16() as u32).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_of_the_standard_library() {
        let pieces = [
            "a",
            "hello wor",
            "消",
            "息队列",
            "é",
            "👌",
            "\u{d7ff}",
            "\u{e000}",
            "\u{800}",
            "\u{ffff}",
            "\u{10ffff}",
            "0123456789abcdef",
        ];
        let mut rng = crate::rng::Rng::new(1);
        for _ in 0..50_000 {
            let mut text = Vec::new();
            for _ in 0..rng.below(8) {
                text.extend_from_slice(pieces[rng.below(12) as usize].as_bytes());
            }
            if rng.below(2) == 0 && !text.is_empty() {
                let at = rng.below(text.len() as u64) as usize;
                text[at] = rng.next_u64() as u8;
            }
            text.truncate(text.len() - rng.below(3).min(text.len() as u64) as usize);
            let wanted = core::str::from_utf8(&text).ok().map(|text| text.encode_utf16().count());
            assert_eq!(utf16_units(&text).map(|units| units as usize), wanted, "{text:?}");
        }
    }

    #[test]
    fn broken_text_is_replaced_and_counted() {
        let mut zone = Zone::default();
        zone.push(b"a\xffb");
        zone.push("👌".as_bytes());
        assert_eq!(zone.bytes(), "a\u{fffd}b👌".as_bytes());
        assert_eq!(zone.end(), 5);
    }
}
