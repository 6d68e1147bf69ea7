//! The members of a content's JSON text that the core needs, and no others.
//!
//! The page parses contents, by `JSON.parse`; this only looks. A content that is not JSON (or is
//! nested deeper than [`MAX_DEPTH`]) has no members. Of a repeated member the last counts, as in
//! `JSON.parse`. Contents come from the network: they need not even be UTF-8.

use std::borrow::Cow;

use crate::ids::{ConversationId, ConversationKind, MessageUid, UserId};
use crate::time::UnixMillis;

pub mod json;

pub use json::MAX_DEPTH;
use json::Value;

/// `mentionedInfo`: whom a message of a group or discussion mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mention {
    /// Type 1: everybody.
    Everyone,
    /// Type 2: these users.
    Users(Vec<UserId>),
}

impl Mention {
    /// Whether `user` is mentioned.
    pub fn includes(&self, user: &UserId) -> bool {
        match self {
            Self::Everyone => true,
            Self::Users(users) => users.contains(user),
        }
    }
}

/// Whom the content mentions; `None` if it has no `mentionedInfo` that makes sense.
pub fn mention(content: &[u8]) -> Option<Mention> {
    let [info] = json::members(content, ["mentionedInfo"])?;
    let [kind, users] = json::members(info?.object()?, ["type", "userIdList"])?;
    match kind?.integer()? {
        1 => Some(Mention::Everyone),
        2 => {
            let list = json::elements(users?.array()?);
            let users = list.map(|user| user.text().map(|text| UserId::from(&*text)));
            users.collect::<Option<Vec<_>>>().map(Mention::Users)
        }
        _ => None,
    }
}

/// The content of a recall (`RC:RcCmd`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recalled {
    /// Where the recalled message is, as the one who recalled it sees it.
    pub conversation: ConversationId,
    /// Which message.
    pub uid: MessageUid,
    /// Its time; `None` if the content does not say.
    pub sent_time: Option<UnixMillis>,
}

/// What a recall's content recalls; `None` if it does not say.
pub fn recalled(content: &[u8]) -> Option<Recalled> {
    let names = ["messageUId", "conversationType", "targetId", "sentTime"];
    let [uid, kind, target, time] = json::members(content, names)?;
    let kind = i32::try_from(kind?.integer()?).ok()?;
    let target: Cow<'_, str> = target?.text()?;
    Some(Recalled {
        conversation: ConversationId::new(ConversationKind::from_number(kind), &*target),
        uid: MessageUid::from(&*uid?.text()?),
        sent_time: time.and_then(Value::integer).map(UnixMillis::new),
    })
}

/// Up to when somebody has read, as the content of a read receipt says (`RC:ReadNtf`, `RC:SRSMsg`).
pub fn read_until(content: &[u8]) -> Option<UnixMillis> {
    let [time] = json::members(content, ["lastMessageSendTime"])?;
    time?.integer().map(UnixMillis::new)
}

/// Up to when something is gone, as the content of a notice of the extensions says (`hy:Removed`).
pub fn gone_until(content: &[u8]) -> Option<UnixMillis> {
    let [time] = json::members(content, ["upTo"])?;
    time?.integer().map(UnixMillis::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_of_everybody_and_of_some() {
        let all = r#"{"content":"@all","mentionedInfo":{"type":1,"userIdList":[]}}"#;
        assert_eq!(mention(all.as_bytes()), Some(Mention::Everyone));
        let some = r#"{"mentionedInfo":{"userIdList":["bob","用\u6237乙"],"type":2}}"#;
        let found = mention(some.as_bytes()).unwrap();
        assert_eq!(found, Mention::Users(vec!["bob".into(), "用户乙".into()]));
        assert!(found.includes(&"bob".into()) && !found.includes(&"alice".into()));
    }

    #[test]
    fn what_is_no_mention() {
        let contents = [
            r#"{"content":"mentionedInfo"}"#,
            r#"{"mentionedInfo":null}"#,
            r#"{"mentionedInfo":{"type":3,"userIdList":[]}}"#,
            r#"{"mentionedInfo":{"type":2}}"#,
            r#"{"mentionedInfo":{"type":2,"userIdList":[1]}}"#,
            r#"{"user":{"mentionedInfo":{"type":1}}}"#,
            r#"{"mentionedInfo":{"type":1}"#,
            "plain text",
            "",
        ];
        for content in contents {
            assert_eq!(mention(content.as_bytes()), None, "{content}");
        }
    }

    #[test]
    fn the_recall_of_a_published_client() {
        let content = br#"{"messageUId":"5FB3-1QQ8-0K84-9VH3","conversationType":1,"targetId":"bob","sentTime":1577836800500}"#;
        let expected = Recalled {
            conversation: ConversationId::new(ConversationKind::Private, "bob"),
            uid: "5FB3-1QQ8-0K84-9VH3".into(),
            sent_time: Some(UnixMillis::new(1_577_836_800_500)),
        };
        assert_eq!(recalled(content), Some(expected));
        assert_eq!(recalled(br#"{"messageUId":"x","conversationType":1}"#), None);
        assert_eq!(recalled(br#"{"messageUId":"x","conversationType":1.5,"targetId":"y"}"#), None);
    }
}
