//! Which members of a content people read, and so search.

use std::borrow::Cow;

use crate::signal::content::json;

/// Members with texts for people, in the order in which they are looked at.
const FIELDS: [&str; 7] = ["content", "title", "digest", "name", "poi", "summary", "message"];

/// Classes whose `content` is data: a thumbnail or a sound as base64.
const WITH_DATA: [&str; 7] = [
    "RC:ImgMsg",
    "RC:GIFMsg",
    "RC:VcMsg",
    "RC:HQVCMsg",
    "RC:SightMsg",
    "RC:LBSMsg",
    "RC:SightMsgBurn",
];

/// Longest text that is looked at, bytes.
const MAX_TEXT: usize = 16_384;

/// The member's name and its text, for everything in the content that can be found.
pub(super) fn texts<'a>(object_name: &str, content: &'a str) -> Vec<(&'static str, Cow<'a, str>)> {
    let Some(members) = json::members(content.as_bytes(), FIELDS) else { return Vec::new() };
    let data = WITH_DATA.contains(&object_name);
    let named = FIELDS.into_iter().zip(members);
    let read = |(name, value): (&'static str, Option<json::Value<'a>>)| {
        let text = value.filter(|_| !(data && name == "content"))?.text()?;
        (!text.is_empty()).then(|| (name, beginning(text)))
    };
    named.filter_map(read).collect()
}

fn beginning(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.len() <= MAX_TEXT {
        return text;
    }
    let end = text.floor_char_boundary(MAX_TEXT);
    Cow::Owned(text.get(..end).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(object_name: &str, content: &str) -> String {
        let texts = texts(object_name, content);
        texts
            .into_iter()
            .map(|(name, text)| [name, "=", &text].concat())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn what_people_read() {
        assert_eq!(found("RC:TxtMsg", r#"{"content":"h\u4f60","extra":"x"}"#), "content=h你");
        assert_eq!(
            found("RC:ImgTextMsg", r#"{"title":"t","content":"c","imageUri":"http://x"}"#),
            "content=c title=t"
        );
        assert_eq!(found("RC:FileMsg", r#"{"name":"a.pdf","size":1}"#), "name=a.pdf");
    }

    #[test]
    fn what_people_do_not_read() {
        assert_eq!(found("RC:ImgMsg", r#"{"content":"/9j/4AAQ","imageUri":"u"}"#), "");
        assert_eq!(found("RC:LBSMsg", r#"{"content":"/9j/","poi":"门口"}"#), "poi=门口");
        assert_eq!(found("RC:TxtMsg", "not JSON"), "");
        assert_eq!(found("RC:TxtMsg", r#"{"content":{"content":"deep"}}"#), "");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let content = [r#"{"content":""#, &"你".repeat(6_000), r#""}"#].concat();
        let texts = texts("RC:TxtMsg", &content);
        assert_eq!(texts.len(), 1);
        assert!(texts[0].1.len() <= MAX_TEXT && texts[0].1.chars().all(|char| char == '你'));
    }
}
