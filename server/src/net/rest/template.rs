//! One message with gaps, filled in for each receiver.

use aho_corasick::{AhoCorasick, MatchKind};
use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::ConversationKind;
use serde_json::{Map, Value, json};

use super::super::app::App;
use super::call::{Arguments, Call, Kind, may, need};
use super::message::{CLASS, COUNTED, FROM, Message, PERSISTED};
use super::{Answer, Refusal};
use crate::core::limits::{MAX_CONTENT, check_content};
use crate::store::Store;

/// The most receivers of one call.
const MAX_USERS: usize = 100;
/// The longest text of a notification, in bytes.
const MAX_PUSH: usize = 1024;

pub const TO_USERS: Call = Call {
    path: "/message/private/publish_template",
    about: "Sends each of these users a private message of its own: what `values` names is replaced \
            in the content's texts",
    fields: &[
        FROM,
        need("toUserId", Kind::Ids(MAX_USERS), "the receivers"),
        CLASS,
        need("content", Kind::Json, "the content with gaps like {name}"),
        need(
            "values",
            Kind::Jsons(MAX_USERS),
            "for each receiver, in order: {\"{name}\": \"Swan\"}",
        ),
        may("pushContent", Kind::Texts(MAX_USERS, MAX_PUSH), "not looked at: there are no pushes"),
        may("pushData", Kind::Texts(MAX_USERS, MAX_PUSH), "not looked at"),
        PERSISTED,
        COUNTED,
    ],
    example: "fromUserId=a&toUserId=b&objectName=RC%3ATxtMsg&content=%7B%22content%22%3A%22hi%20%7Bname%7D%22%7D&values=%7B%22%7Bname%7D%22%3A%22Swan%22%7D",
    answer: r#"{"code":200,"messageUIDs":[{"userId":"b","messageUID":"BDAC-Q2G9-1S01-0001"}]}"#,
};

pub async fn to_users<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    send(app, arguments, ConversationKind::Private).await
}

pub const FROM_SYSTEM: Call = Call {
    path: "/message/system/publish_template",
    about: "The same as system messages",
    fields: TO_USERS.fields,
    example: TO_USERS.example,
    answer: TO_USERS.answer,
};

pub async fn from_system<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    send(app, arguments, ConversationKind::System).await
}

async fn send<S: Store>(app: &App<S>, arguments: &Arguments, kind: ConversationKind) -> Answer {
    let (to, values) = (arguments.users("toUserId"), arguments.texts("values"));
    if to.len() != values.len() {
        return Err(Refusal::parameter("there must be as many values as toUserId"));
    }
    let mut message = Message::read(arguments)?;
    let content = arguments.get("content");
    let mut contents = Vec::with_capacity(to.len());
    for values in &values {
        let filled = filled(content, values)?;
        check_content(arguments.get("objectName"), &filled)?;
        contents.push(filled);
    }
    let mut uids = Vec::with_capacity(to.len());
    for (to, content) in to.iter().zip(contents) {
        message.content = content;
        uids.append(&mut message.send(app, kind, std::slice::from_ref(to)).await?);
    }
    Ok(json!({ "messageUIDs": uids }))
}

/// The content with its gaps filled. Only texts are looked into, so that no value can become a part
/// of the JSON around it; and each once, so that no value is looked into for other gaps.
fn filled(content: &str, values: &str) -> Result<Bytes, Refusal> {
    let unreadable = |_| Refusal::failed();
    let mut content: Value = serde_json::from_str(content).map_err(unreadable)?;
    let values: Map<String, Value> = serde_json::from_str(values).map_err(unreadable)?;
    Gaps::of(values).ok_or_else(Refusal::failed)?.fill(&mut content)?;
    Ok(Bytes::from(content.to_string()))
}

/// What is looked for, and what stands there instead.
struct Gaps {
    found_by: AhoCorasick,
    values: Vec<String>,
    /// How many bytes of texts the content may still have.
    room: usize,
}

impl Gaps {
    fn of(values: Map<String, Value>) -> Option<Self> {
        let values = values.into_iter().filter(|(gap, _)| !gap.is_empty());
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (gaps, values): (Vec<String>, Vec<String>) =
            values.map(|(gap, value)| (gap, text(value))).unzip();
        let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(gaps);
        Some(Self { found_by: builder.ok()?, values, room: MAX_CONTENT })
    }

    fn fill(&mut self, json: &mut Value) -> Result<(), Refusal> {
        match json {
            Value::String(text) => {
                *text = self.filled(text).ok_or(ErrorCode::ContentTooLarge)?;
                Ok(())
            }
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.fill(item)),
            Value::Object(members) => members.values_mut().try_for_each(|item| self.fill(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    /// `None` where it becomes too long.
    fn filled(&mut self, text: &str) -> Option<String> {
        let (mut filled, mut end) = (String::new(), 0);
        for gap in self.found_by.find_iter(text) {
            filled.push_str(text.get(end..gap.start())?);
            filled.push_str(self.values.get(gap.pattern().as_usize())?);
            end = gap.end();
            if filled.len() > self.room {
                return None;
            }
        }
        filled.push_str(text.get(end..)?);
        self.room = self.room.checked_sub(filled.len())?;
        Some(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled_with(content: &str, values: &str) -> Value {
        serde_json::from_slice(&filled(content, values).unwrap()).unwrap()
    }

    #[test]
    fn every_gap_in_every_text_is_filled() {
        let content = r#"{"content":"{a} and {b}, {a}","extra":["{b}"],"n":1}"#;
        let expected = json!({ "content": "雁 and 2, 雁", "extra": ["2"], "n": 1 });
        assert_eq!(filled_with(content, r#"{"{a}":"雁","{b}":2}"#), expected);
    }

    #[test]
    fn a_value_stays_inside_its_text() {
        let value = r#"{"{a}":"\",\"admin\":true,\"x\":\""}"#;
        let content = filled_with(r#"{"content":"{a}"}"#, value);
        assert_eq!(content, json!({ "content": "\",\"admin\":true,\"x\":\"" }));
    }

    #[test]
    fn an_empty_gap_is_none() {
        assert_eq!(filled_with(r#"{"content":"x"}"#, r#"{"":"y"}"#), json!({ "content": "x" }));
    }

    #[test]
    fn what_was_filled_in_has_no_gaps() {
        let values = r#"{"{a}":"{b}","{b}":"a secret of somebody else"}"#;
        assert_eq!(filled_with(r#"{"content":"{a}"}"#, values), json!({ "content": "{b}" }));
    }

    #[test]
    fn gaps_that_fill_more_than_a_message_are_refused_before_they_fill_the_memory() {
        let content = json!({ "content": "a".repeat(1 << 16) }).to_string();
        let values = json!({ "a": "b".repeat(1 << 16) }).to_string();
        assert_eq!(filled(&content, &values).unwrap_err().code, 1005);
    }
}
