//! Which members of a content people read, and so search.

use std::borrow::Cow;

use super::row::Row;
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

/// The member's name and its text, for everything in the content that can be found: in the members
/// that the page has named for this message (as many as [`FIELDS`]), else in those.
pub(super) fn texts<'a>(row: &'a Row) -> Vec<(&'a str, Cow<'a, str>)> {
    let mut fields: [&'a str; FIELDS.len()] = FIELDS;
    let mut is_data = WITH_DATA.contains(&&*row.object_name);
    if let Some(named) = &row.fields {
        is_data = false;
        let mut named = named.split(',');
        fields = fields.map(|_| named.next().unwrap_or_default());
    }
    let Some(members) = json::members(row.content.as_bytes(), fields) else { return Vec::new() };
    let read = |(name, value): (&'a str, Option<json::Value<'a>>)| {
        let text = value.filter(|_| !(name.is_empty() || is_data && name == "content"))?.text()?;
        (!text.is_empty()).then(|| (name, beginning(text)))
    };
    fields.into_iter().zip(members).filter_map(read).collect()
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

    fn of(object_name: &str, content: &str, fields: Option<&str>) -> Row {
        let row = crate::archive::tests::row(1, "1/bob", 5, "");
        let fields = fields.map(Into::into);
        Row { object_name: object_name.into(), content: content.into(), fields, ..row }
    }

    fn found(object_name: &str, content: &str) -> String {
        shown(&of(object_name, content, None))
    }

    fn shown(row: &Row) -> String {
        texts(row)
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
    fn what_the_page_has_named_and_nothing_else() {
        let content = r#"{"content":"c","city":"\u6210\u90fd","zip":610000,"":"x"}"#;
        let named = |fields| shown(&of("app:Place", content, Some(fields)));
        assert_eq!(named("city,zip,nothing"), "city=成都");
        assert_eq!(named("content"), "content=c");
        assert_eq!(named("nothing"), "");
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
        let row = of("RC:TxtMsg", &content, None);
        let texts = texts(&row);
        assert_eq!(texts.len(), 1);
        assert!(texts[0].1.len() <= MAX_TEXT && texts[0].1.chars().all(|char| char == '你'));
    }
}
