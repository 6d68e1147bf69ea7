//! Words that are not to be said: found in the texts of a message, whatever case they are in and
//! however their JSON is written.

use aho_corasick::{AhoCorasick, MatchKind};
use bytes::Bytes;
use serde_json::Value;

use crate::store::Word;

/// Members of a content that are no text: people and lists of people.
const NO_TEXT: [&str; 2] = ["user", "mentionedInfo"];
/// What the names of members end with that are addresses.
const ADDRESSES: [&str; 4] = ["Uri", "Url", "URL", "uri"];
/// Classes whose `content` is a picture or sound in base64.
const BASE64: [&str; 5] = ["RC:ImgMsg", "RC:GIFMsg", "RC:SightMsg", "RC:LBSMsg", "RC:VcMsg"];

/// What is found in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Nothing.
    Clean,
    /// A word that is not let through.
    Refused,
    /// Words that were replaced: this is to be said instead.
    Replaced(Bytes),
}

/// Finds the words.
#[derive(Debug, Default)]
pub struct Words {
    refused: Option<AhoCorasick>,
    replaced: Option<AhoCorasick>,
    /// In the order of the words in `replaced`.
    replacements: Vec<String>,
}

impl Words {
    /// Finds these words, and nothing if they are none.
    pub fn new(words: &[Word]) -> Self {
        let refused = words.iter().filter(|word| word.replacement.is_none());
        let refused: Vec<&str> = refused.map(|word| word.text.as_str()).collect();
        let (replaced, replacements): (Vec<&str>, Vec<String>) = words
            .iter()
            .filter_map(|word| Some((word.text.as_str(), word.replacement.clone()?)))
            .unzip();
        Self { refused: finder(&refused), replaced: finder(&replaced), replacements }
    }

    /// Looks through the texts of a message.
    pub fn check(&self, object_name: &str, content: &[u8]) -> Checked {
        if self.refused.is_none() && self.replaced.is_none() {
            return Checked::Clean;
        }
        let Ok(mut json) = serde_json::from_slice::<Value>(content) else {
            return self.check_plain(content);
        };
        let skipped = BASE64.contains(&object_name).then_some("content");
        let mut found = Found::default();
        self.look_through(&mut json, skipped, &mut found);
        match found {
            Found { refused: true, .. } => Checked::Refused,
            Found { replaced: true, .. } => Checked::Replaced(Bytes::from(json.to_string())),
            Found { .. } => Checked::Clean,
        }
    }

    /// A content that is no JSON is a text by itself.
    fn check_plain(&self, content: &[u8]) -> Checked {
        let mut text = String::from_utf8_lossy(content).into_owned();
        let mut found = Found::default();
        self.look_at(&mut text, &mut found);
        match found {
            Found { refused: true, .. } => Checked::Refused,
            Found { replaced: true, .. } => Checked::Replaced(Bytes::from(text)),
            Found { .. } => Checked::Clean,
        }
    }

    /// How deep a content goes is bounded by who parsed it.
    fn look_through(&self, json: &mut Value, skipped: Option<&str>, found: &mut Found) {
        match json {
            Value::String(text) => self.look_at(text, found),
            Value::Array(values) => {
                values.iter_mut().for_each(|value| self.look_through(value, None, found));
            }
            Value::Object(members) => {
                for (name, value) in members {
                    let address = ADDRESSES.iter().any(|end| name.ends_with(end));
                    let is_text = !NO_TEXT.contains(&name.as_str()) && !address;
                    if is_text && skipped != Some(name.as_str()) {
                        self.look_through(value, None, found);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn look_at(&self, text: &mut String, found: &mut Found) {
        found.refused |= self.refused.as_ref().is_some_and(|words| words.is_match(&**text));
        let Some(words) = self.replaced.as_ref().filter(|words| words.is_match(&**text)) else {
            return;
        };
        found.replaced = true;
        *text = words.replace_all(text, &self.replacements);
    }
}

#[derive(Default)]
struct Found {
    refused: bool,
    replaced: bool,
}

/// `None` for no words, or for more than there is memory for.
fn finder(words: &[&str]) -> Option<AhoCorasick> {
    if words.is_empty() {
        return None;
    }
    let mut builder = AhoCorasick::builder();
    builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true);
    match builder.build(words) {
        Ok(finder) => Some(finder),
        Err(error) => {
            tracing::error!(%error, "the words cannot be looked for");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        let word = |text: &str, replacement: Option<&str>| Word {
            text: text.into(),
            replacement: replacement.map(Into::into),
        };
        Words::new(&[
            word("坏话", None),
            word("darn", Some("***")),
            word("darned", Some("\"blessed\"")),
            word("笨蛋", Some("")),
        ])
    }

    fn replaced(content: &str) -> Option<Value> {
        match words().check("RC:TxtMsg", content.as_bytes()) {
            Checked::Replaced(content) => Some(serde_json::from_slice(&content).unwrap()),
            Checked::Clean | Checked::Refused => None,
        }
    }

    #[test]
    fn a_refused_word_is_found_in_any_text_and_any_spelling_of_json() {
        for content in [
            r#"{"content":"说坏话的人"}"#,
            r#"{"content":"\u574f\u8bdd"}"#,
            r#"{"content":"x","extra":"坏话"}"#,
            r#"{"a":[{"b":"坏话"}]}"#,
            r#"{"content":"darn 坏话"}"#,
            r#""坏话""#,
            "坏话, no JSON",
        ] {
            assert_eq!(
                words().check("RC:TxtMsg", content.as_bytes()),
                Checked::Refused,
                "{content}"
            );
        }
    }

    #[test]
    fn what_is_no_text_is_left_alone() {
        for content in [
            r#"{"content":"坏 话"}"#,
            r#"{"content":"hi","user":{"name":"坏话"}}"#,
            r#"{"content":"hi","mentionedInfo":{"userIdList":["坏话"]}}"#,
            r#"{"imageUri":"https://example.com/坏话"}"#,
            r#"{"坏话":1}"#,
            "{}",
            "",
        ] {
            assert_eq!(words().check("RC:TxtMsg", content.as_bytes()), Checked::Clean, "{content}");
        }
        let picture = r#"{"content":"AAdarnAA"}"#.as_bytes();
        assert_eq!(words().check("RC:ImgMsg", picture), Checked::Clean);
        assert!(matches!(words().check("RC:TxtMsg", picture), Checked::Replaced(_)));
    }

    #[test]
    fn words_are_replaced_the_longest_first_in_any_case() {
        let content = r#"{"content":"Darn that DARNED 笨蛋!","extra":"darn","n":1.5}"#;
        let expected = serde_json::json!({
            "content": "*** that \"blessed\" !", "extra": "***", "n": 1.5,
        });
        assert_eq!(replaced(content), Some(expected));
    }

    #[test]
    fn without_words_nothing_is_read() {
        assert_eq!(Words::new(&[]).check("RC:TxtMsg", b"darn"), Checked::Clean);
    }
}
