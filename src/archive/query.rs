//! What is looked for, and where a message has it.

use super::table::Terms;
use super::tokens::{Class, Folded, MAX_WORD, folded, pieces};

/// Parts of a keyword that are looked at; the rest is left out.
const MAX_PARTS: usize = 16;

/// A keyword, taken apart. A message matches when it has every part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    parts: Vec<Part>,
}

/// One word, or one run of a script without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    class: Class,
    chars: Vec<char>,
}

/// A place in a text that has a part of the query, UTF-16 units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// The content's member.
    pub field: String,
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// How often a message has one part, and how often as a whole word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) times: u32,
    pub(super) whole: u32,
}

impl Query {
    /// Takes a keyword apart; `None` if there is nothing in it that can be found.
    pub(super) fn parse(keyword: &str) -> Option<Self> {
        let text = folded(keyword);
        let part = |piece: &[Folded]| {
            let class = piece.first()?.class;
            Some(Part { class, chars: piece.iter().map(|folded| folded.char).collect() })
        };
        let mut parts: Vec<Part> = Vec::new();
        for part in pieces(&text).filter_map(part) {
            if parts.len() < MAX_PARTS && !parts.contains(&part) {
                parts.push(part);
            }
        }
        (!parts.is_empty()).then_some(Self { parts })
    }

    /// The terms that every match has.
    pub(super) fn terms(&self) -> Vec<Terms> {
        let mut terms = Vec::new();
        for part in &self.parts {
            for term in part.terms() {
                if !terms.contains(&term) {
                    terms.push(term);
                }
            }
        }
        terms
    }

    /// Where the texts have the query, and how often each part; `None` unless they have them all.
    pub(super) fn matches<T: AsRef<str>>(
        &self,
        texts: &[(&str, T)],
    ) -> Option<(Vec<Highlight>, Vec<Tally>)> {
        let mut tallies = vec![Tally::default(); self.parts.len()];
        let mut highlights = Vec::new();
        for (field, text) in texts {
            let text = folded(text.as_ref());
            let mut ranges = Vec::new();
            for (part, tally) in self.parts.iter().zip(&mut tallies) {
                part.find(&text, tally, &mut ranges);
            }
            ranges.sort_unstable();
            let joined = join(ranges).into_iter();
            let highlight = |(start, end)| Highlight { field: (*field).into(), start, end };
            highlights.extend(joined.map(highlight));
        }
        tallies.iter().all(|tally| tally.times > 0).then_some((highlights, tallies))
    }
}

impl Part {
    fn terms(&self) -> Vec<Terms> {
        let text = |chars: &[char]| chars.iter().collect::<String>();
        match self.class {
            Class::Word => {
                let word = self.chars.get(..MAX_WORD).unwrap_or(&self.chars);
                vec![Terms::Beginning(text(word))]
            }
            Class::Run if self.chars.len() > 1 => {
                self.chars.windows(2).map(|pair| Terms::Exactly(text(pair))).collect()
            }
            Class::Run => vec![Terms::Beginning(text(&self.chars))],
            Class::Symbol | Class::Space => vec![Terms::Exactly(text(&self.chars))],
        }
    }

    fn find(&self, text: &[Folded], tally: &mut Tally, ranges: &mut Vec<(u32, u32)>) {
        let mut before: Option<&Folded> = None;
        for (at, window) in text.windows(self.chars.len()).enumerate() {
            let inside = before.is_some_and(|before| before.class == Class::Word);
            before = window.first();
            let here = window.iter().zip(&self.chars).all(|(folded, char)| folded.char == *char);
            if !here || (self.class == Class::Word && inside) {
                continue;
            }
            let after = text.get(at + self.chars.len());
            tally.times += 1;
            tally.whole += u32::from(after.is_none_or(|after| after.class != Class::Word));
            if let (Some(first), Some(last)) = (window.first(), window.last()) {
                ranges.push((first.start, last.end));
            }
        }
    }
}

/// Sorted ranges without overlaps.
fn join(ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (start, end) in ranges {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            Some(_) | None => joined.push((start, end)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::tokens::terms_of;
    use proptest::prelude::*;

    /// The highlighted pieces, as a page would cut them out.
    fn marked(keyword: &str, text: &str) -> Option<String> {
        let (highlights, _) = Query::parse(keyword)?.matches(&[("content", text)])?;
        let units: Vec<u16> = text.encode_utf16().collect();
        let cut = |highlight: &Highlight| {
            String::from_utf16(&units[highlight.start as usize..highlight.end as usize]).unwrap()
        };
        Some(highlights.iter().map(cut).collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn words_match_at_their_beginning() {
        assert_eq!(marked("hel", "Hello, shell, HELP"), Some("Hel|HEL".into()));
        assert_eq!(marked("hello wor", "world hello"), Some("wor|hello".into()));
        assert_eq!(marked("hello moon", "hello world"), None);
        assert_eq!(marked("ell", "hello"), None);
    }

    #[test]
    fn runs_match_anywhere_but_in_one_piece() {
        assert_eq!(marked("世界", "你好世界，世界"), Some("世界|世界".into()));
        assert_eq!(marked("好", "你好"), Some("好".into()));
        assert_eq!(marked("中国人", "中国与国人"), None);
        assert_eq!(marked("rust语言", "学Rust语言"), Some("Rust语言".into()));
    }

    #[test]
    fn highlights_are_utf_16_around_surrogate_pairs() {
        assert_eq!(marked("野家", "👌𠮷野家👌"), Some("野家".into()));
        assert_eq!(marked("𠮷", "a𠮷b𠮷"), Some("𠮷|𠮷".into()));
        assert_eq!(marked("👌", "x👌🏽y"), Some("👌🏽".into()));
        assert_eq!(marked("cafe", "Cafe\u{301}s"), Some("Cafe\u{301}".into()));
        let (highlights, _) = Query::parse("好").unwrap().matches(&[("title", "👌好")]).unwrap();
        assert_eq!(highlights, [Highlight { field: "title".into(), start: 2, end: 3 }]);
    }

    #[test]
    fn overlapping_parts_are_one_highlight() {
        assert_eq!(marked("aa aab", "aab aaa"), Some("aab|aa".into()));
        assert_eq!(marked("你好 好世", "你好世"), Some("你好世".into()));
    }

    #[test]
    fn nothing_to_look_for() {
        for keyword in ["", " ", "，。", "\0"] {
            assert_eq!(Query::parse(keyword), None, "{keyword:?}");
        }
    }

    #[test]
    fn the_terms_of_a_query() {
        let terms = Query::parse("He 你好吗 好 👌").unwrap().terms();
        let exactly = |term: &str| Terms::Exactly(term.into());
        let beginning = |term: &str| Terms::Beginning(term.into());
        let expected =
            [beginning("he"), exactly("你好"), exactly("好吗"), beginning("好"), exactly("👌")];
        assert_eq!(terms, expected);
    }

    proptest! {
        /// What the index is asked for finds every message that matches.
        #[test]
        fn a_match_has_the_terms_of_the_query(
            text in "[a-cA-C你好世界𠮷👌 ,]{0,20}",
            keyword in "[a-c你好世𠮷👌 ]{1,4}",
        ) {
            let Some(query) = Query::parse(&keyword) else { return Ok(()) };
            if query.matches(&[("content", &text)]).is_none() { return Ok(()) }
            let has = terms_of([&text]);
            for wanted in query.terms() {
                let there = match &wanted {
                    Terms::Everything | Terms::Conversation(_) => true,
                    Terms::Exactly(term) => has.contains(term),
                    Terms::Beginning(term) => has.iter().any(|other| other.starts_with(term)),
                };
                prop_assert!(there, "{wanted:?} of {keyword:?} is not among {has:?}");
            }
        }

        /// A run of a text without spaces is always found by any piece of it.
        #[test]
        fn any_piece_of_a_run_is_found(text in "[一-十]{1,12}", from in 0_usize..12, length in 1_usize..5) {
            let chars: Vec<char> = text.chars().collect();
            let from = from % chars.len();
            let piece: String = chars[from..(from + length).min(chars.len())].iter().collect();
            let query = Query::parse(&piece).unwrap();
            let (highlights, _) = query.matches(&[("content", &text)]).unwrap();
            let covers = |highlight: &Highlight| {
                highlight.start as usize <= from && from < highlight.end as usize
            };
            prop_assert!(highlights.iter().any(covers));
        }

        #[test]
        fn highlights_are_sorted_apart_and_inside(text in ".{0,40}", keyword in ".{1,3}") {
            let Some(query) = Query::parse(&keyword) else { return Ok(()) };
            let Some((highlights, _)) = query.matches(&[("content", &text)]) else { return Ok(()) };
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut last = None;
            for highlight in highlights {
                prop_assert!(last < Some(highlight.start) && highlight.start < highlight.end);
                prop_assert!(String::from_utf16(&units[highlight.start as usize..highlight.end as usize]).is_ok());
                last = Some(highlight.end);
            }
        }
    }
}
