//! Text as a search sees it: folded characters with their places, and the terms made of them.
//!
//! Scripts that put spaces between words give their words, in small letters. Scripts that do not
//! (Chinese, Japanese, Korean, Thai …) give every pair of neighbours, and the last character of a
//! run alone: so each character begins some term, and one character is found like a prefix.
//! Pictographs stand alone. Marks above letters and the width of a letter make no difference.

use super::letters::{is_letter, small};

/// Terms that one message is found by: a longer text is found by its beginning.
const MAX_TERMS: usize = 512;
/// Characters of a word that are looked at.
pub(super) const MAX_WORD: usize = 64;

/// What a character is to a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Part of a word between spaces.
    Word,
    /// Part of a run without spaces.
    Run,
    /// A word of its own.
    Symbol,
    /// Stands between words.
    Space,
}

/// A character after folding, and where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Folded {
    pub(super) char: char,
    pub(super) class: Class,
    /// UTF-16 units from the beginning of the text.
    pub(super) start: u32,
    /// Where it and the marks above it end.
    pub(super) end: u32,
}

fn class(char: char) -> Class {
    match char {
        '\u{e00}'..='\u{eff}'
        | '\u{f00}'..='\u{fff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{2fdf}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3031}'..='\u{3035}'
        | '\u{3041}'..='\u{30fa}'
        | '\u{30fc}'..='\u{318e}'
        | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}' => Class::Run,
        '\u{203c}'
        | '\u{2049}'
        | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}'
        | '\u{2600}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}' => Class::Symbol,
        letter if is_letter(letter) => Class::Word,
        _ => Class::Space,
    }
}

/// Marks that change the letter before them, and nothing else.
const fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// One narrow, small letter for a letter.
fn fold(char: char) -> char {
    let narrow = match char {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(char as u32 - 0xfee0).unwrap_or(char),
        other => other,
    };
    small(narrow)
}

/// A text's characters, folded.
pub(super) fn folded(text: &str) -> Vec<Folded> {
    let mut made: Vec<Folded> = Vec::new();
    let mut at = 0;
    for char in text.chars() {
        let start = at;
        at += char.len_utf16() as u32;
        if is_mark(char) {
            if let Some(last) = made.last_mut() {
                last.end = at;
            }
            continue;
        }
        let char = fold(char);
        made.push(Folded { char, class: class(char), start, end: at });
    }
    made
}

/// Neighbours of one class; every symbol by itself, spaces left out.
pub(super) fn pieces(text: &[Folded]) -> impl Iterator<Item = &[Folded]> {
    let together = |a: &Folded, b: &Folded| a.class == b.class && a.class != Class::Symbol;
    let chunks = text.chunk_by(together);
    chunks.filter(|piece| piece.first().is_some_and(|first| first.class != Class::Space))
}

fn string(piece: &[Folded]) -> String {
    piece.iter().map(|folded| folded.char).collect()
}

/// The terms of a message with these texts: sorted, each once.
pub(super) fn terms_of<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut terms = Vec::new();
    for text in texts {
        let text = folded(text.as_ref());
        for piece in pieces(&text) {
            if terms.len() >= MAX_TERMS {
                break;
            }
            add(piece, &mut terms);
        }
    }
    terms.truncate(MAX_TERMS);
    terms.sort_unstable();
    terms.dedup();
    terms
}

fn add(piece: &[Folded], terms: &mut Vec<String>) {
    match piece.first().map(|first| first.class) {
        Some(Class::Run) => {
            terms.extend(piece.windows(2).take(MAX_TERMS).map(string));
            terms.extend(piece.last().map(|last| last.char.to_string()));
        }
        Some(Class::Word | Class::Symbol) => {
            terms.push(string(piece.get(..MAX_WORD).unwrap_or(piece)));
        }
        Some(Class::Space) | None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(text: &str) -> String {
        terms_of([text]).join(" ")
    }

    #[test]
    fn words_in_small_letters() {
        assert_eq!(terms("Hello, WORLD! hello"), "hello world");
        assert_eq!(terms("it's 3.14 a_b"), "14 3 a b it s");
        assert_eq!(terms("Ärger ÉTÉ Straße ΣΊΣΥΦΟΣ"), "straße ärger été σίσυφοσ");
        assert_eq!(terms(" \n.,"), "");
    }

    #[test]
    fn pairs_and_the_last_of_a_run_without_spaces() {
        assert_eq!(terms("你好世界"), "世界 你好 好世 界");
        assert_eq!(terms("好"), "好");
        assert_eq!(terms("用Rust写"), "rust 写 用");
        assert_eq!(terms("日本語、カナ"), "カナ ナ 日本 本語 語");
        assert_eq!(terms("안녕"), "녕 안녕");
        assert_eq!(terms("𠮷野家"), "家 野家 𠮷野");
    }

    #[test]
    fn width_marks_and_pictographs() {
        assert_eq!(terms("ＨＥＬＬＯ　１２"), "12 hello");
        assert_eq!(terms("cafe\u{301}"), "cafe");
        assert_eq!(terms("ok👌👌🏽❤\u{fe0f}"), "ok ❤ 👌");
        assert_eq!(terms("İstanbul"), "istanbul");
    }

    #[test]
    fn a_long_text_has_a_bounded_number_of_terms() {
        let long: String =
            (0..100_000).filter_map(|n| char::from_u32(0x4e00 + n % 20_000)).collect();
        assert!(terms_of([long.as_str()]).len() <= MAX_TERMS);
        let words: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
        assert!(terms_of([words.join(" ")]).len() <= MAX_TERMS);
        assert_eq!(terms(&"x".repeat(10_000)).len(), MAX_WORD);
    }

    proptest! {
        #[test]
        fn any_text_has_sorted_terms_without_spaces(text in ".{0,60}") {
            let terms = terms_of([&text]);
            prop_assert!(terms.is_sorted() && terms.iter().all(|term| !term.is_empty()));
            let spaced = terms.iter().flat_map(|term| term.chars()).find(|char| char.is_whitespace());
            prop_assert_eq!(spaced, None);
        }

        #[test]
        fn places_are_those_of_the_text_in_utf_16(text in ".{0,60}") {
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut last = 0;
            for folded in folded(&text) {
                prop_assert!(last <= folded.start && folded.start < folded.end);
                prop_assert!(folded.end as usize <= units.len());
                let piece = &units[folded.start as usize..folded.end as usize];
                prop_assert!(String::from_utf16(piece).is_ok(), "a character was cut");
                last = folded.end;
            }
        }
    }
}
