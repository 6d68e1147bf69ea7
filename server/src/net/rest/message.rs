//! Messages in a user's or the system's name.

use std::collections::BTreeSet;

use bytes::Bytes;
use bytestring::ByteString;
use futures_util::future::try_join_all;
use hongyan::ids::{ConversationId, ConversationKind, MessageUid, UserId};
use hongyan::signal::MessageFlags;
use serde_json::{Value, json};

use super::super::app::App;
use super::call::{Arguments, Call, Field, Kind, may, need};
use super::{Answer, Refusal, done};
use crate::core::limits::{MAX_OBJECT_NAME, check_content};
use crate::core::outside::Published;
use crate::store::{MAX_MEMBERS, Store};

/// The most receivers of one call.
const MAX_USERS: usize = 1000;
const MAX_SYSTEM_USERS: usize = 100;
const MAX_GROUPS: usize = 100;
/// So many users get a broadcast at once.
const BROADCAST_PAGE: u32 = 200;

pub const FROM: Field = need("fromUserId", Kind::Id, "in whose name");
pub const CLASS: Field = need("objectName", Kind::Text(MAX_OBJECT_NAME), "the message's class");
pub const CONTENT: Field = need("content", Kind::Json, "the message's content; at most 128 KiB");
pub const PERSISTED: Field =
    may("isPersisted", Kind::Flag, "0: in no history. Else as its class says");
pub const COUNTED: Field = may("isCounted", Kind::Flag, "0: not unread. Else as its class says");
const TO_SENDER: Field = may("isIncludeSender", Kind::Flag, "1: the sender gets it, too");

pub const TO_USERS: Call = Call {
    path: "/message/private/publish",
    about: "Sends a private message to each of these users. Nobody's rate, mute or word holds",
    fields: &[
        FROM,
        need("toUserId", Kind::Ids(MAX_USERS), "the receivers"),
        CLASS,
        CONTENT,
        PERSISTED,
        COUNTED,
        TO_SENDER,
        may("verifyBlacklist", Kind::Flag, "1: not to whom the sender is blocked by"),
    ],
    example: "fromUserId=a&toUserId=b&objectName=RC%3ATxtMsg&content=%7B%22content%22%3A%22hi%22%7D",
    answer: r#"{"code":200,"messageUIDs":[{"userId":"b","messageUID":"BDAC-Q2G9-1S01-0001"}]}"#,
};

pub async fn to_users<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let mut to = arguments.users("toUserId");
    if arguments.flag("verifyBlacklist") {
        let sender = arguments.user("fromUserId");
        let mut open = Vec::with_capacity(to.len());
        for user in to {
            if !app.core.store().blocks(&user, &sender).await? {
                open.push(user);
            }
        }
        to = open;
    }
    publish(app, arguments, ConversationKind::Private, to).await
}

pub const FROM_SYSTEM: Call = Call {
    path: "/message/system/publish",
    about: "Sends a system message to each of these users: a conversation of type 6 with the sender, \
            in which nobody can answer",
    fields: &[
        FROM,
        need("toUserId", Kind::Ids(MAX_SYSTEM_USERS), "the receivers"),
        CLASS,
        CONTENT,
        PERSISTED,
        COUNTED,
    ],
    example: "fromUserId=boss&toUserId=b&objectName=RC%3ATxtMsg&content=%7B%22content%22%3A%22hi%22%7D",
    answer: r#"{"code":200,"messageUIDs":[{"userId":"b","messageUID":"BDAC-Q2G9-1S01-0001"}]}"#,
};

pub async fn from_system<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    publish(app, arguments, ConversationKind::System, arguments.users("toUserId")).await
}

pub const TO_GROUPS: Call = Call {
    path: "/message/group/publish",
    about: "Sends a message to each of these groups. The sender need not be a member",
    fields: &[
        FROM,
        need("toGroupId", Kind::Ids(MAX_GROUPS), "the groups"),
        may("toUserId", Kind::Ids(MAX_MEMBERS), "the members it is for, if not all"),
        CLASS,
        CONTENT,
        may("isMentioned", Kind::Flag, "1: the content's mentionedInfo counts"),
        PERSISTED,
        COUNTED,
        TO_SENDER,
    ],
    example: "fromUserId=a&toGroupId=g&objectName=RC%3ATxtMsg&content=%7B%22content%22%3A%22hi%22%7D",
    answer: r#"{"code":200,"messageUIDs":[{"groupId":"g","messageUID":"BDAC-Q2G9-1S01-0001"}]}"#,
};

pub async fn to_groups<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let to = arguments.users("toGroupId");
    check_rooms(app, ConversationKind::Group, &to).await?;
    publish(app, arguments, ConversationKind::Group, to).await
}

pub const TO_DISCUSSIONS: Call = Call {
    path: "/message/discussion/publish",
    about: "Sends a message to each of these discussions",
    fields: &[
        FROM,
        need("toDiscussionId", Kind::Ids(MAX_GROUPS), "the discussions"),
        CLASS,
        CONTENT,
        PERSISTED,
        COUNTED,
        TO_SENDER,
    ],
    example: "fromUserId=a&toDiscussionId=d&objectName=RC%3ATxtMsg&content=%7B%22content%22%3A%22hi%22%7D",
    answer: r#"{"code":200,"messageUIDs":[{"discussionId":"d","messageUID":"BDAC-Q2G9-1S01-0001"}]}"#,
};

pub async fn to_discussions<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let to = arguments.users("toDiscussionId");
    check_rooms(app, ConversationKind::Discussion, &to).await?;
    publish(app, arguments, ConversationKind::Discussion, to).await
}

pub const TO_EVERYBODY: Call = Call {
    path: "/message/broadcast",
    about: "Sends a system message to every user the server knows. Answers when all have it; if it \
            fails half way, some have it",
    fields: &[FROM, CLASS, CONTENT, PERSISTED, COUNTED],
    example: "fromUserId=boss&objectName=RC%3ATxtMsg&content=%7B%22content%22%3A%22hi%22%7D",
    answer: r#"{"code":200,"receivers":6}"#,
};

pub async fn to_everybody<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let message = Message::read(arguments)?;
    let (mut last, mut receivers) = (UserId::default(), 0);
    loop {
        let page = app.core.store().users_after(&last, BROADCAST_PAGE).await?;
        let Some(newest) = page.last() else { return Ok(json!({ "receivers": receivers })) };
        last = newest.clone();
        let others: Vec<UserId> = page.into_iter().filter(|user| *user != message.sender).collect();
        receivers += others.len();
        message.send(app, ConversationKind::System, &others).await?;
    }
}

pub const RECALL: Call = Call {
    path: "/message/recall",
    about: "Takes a user's message back, however old it is",
    fields: &[
        need("fromUserId", Kind::Id, "whose message it is"),
        need("conversationType", Kind::Number(1, 8), "1 private, 2 discussion, 3 group, 6 system"),
        need("targetId", Kind::Id, "the conversation as that user sees it"),
        need("messageUID", Kind::Id, "the message"),
        may("sentTime", Kind::Number(0, i64::MAX), "not looked at"),
    ],
    example: "fromUserId=a&conversationType=1&targetId=b&messageUID=BDAC-Q2G9-1S01-0001",
    answer: r#"{"code":200}"#,
};

pub async fn recall<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let kind = arguments.number("conversationType").unwrap_or_default();
    let kind = ConversationKind::from_number(i32::try_from(kind).unwrap_or_default());
    let conversation = ConversationId::new(kind, arguments.get("targetId"));
    let uid = MessageUid::from(arguments.get("messageUID"));
    let sender = arguments.user("fromUserId");
    app.core.take_back(sender, conversation, uid, app.clock.now()).await?;
    done()
}

/// Nothing is sent if one of the rooms is not there.
async fn check_rooms<S: Store>(
    app: &App<S>,
    kind: ConversationKind,
    ids: &[UserId],
) -> Result<(), Refusal> {
    for id in ids {
        if app.core.store().room(&ConversationId::new(kind, id.as_str())).await?.is_none() {
            return Err(Refusal::not_found(format!(
                "there is no such conversation: {}",
                id.as_str()
            )));
        }
    }
    Ok(())
}

/// Sends a message of its own to each target.
async fn publish<S: Store>(
    app: &App<S>,
    arguments: &Arguments,
    kind: ConversationKind,
    to: Vec<UserId>,
) -> Answer {
    let mut message = Message::read(arguments)?;
    if kind == ConversationKind::Group {
        message.only_to = once(arguments.users("toUserId"));
    }
    Ok(json!({ "messageUIDs": message.send(app, kind, &once(to)).await? }))
}

/// Whoever is named twice gets a message once.
pub fn once(mut users: Vec<UserId>) -> Vec<UserId> {
    let mut seen = BTreeSet::new();
    users.retain(|user| seen.insert(user.clone()));
    users
}

/// A message that is to be sent to many.
pub struct Message {
    pub sender: UserId,
    only_to: Vec<UserId>,
    object_name: ByteString,
    pub content: Bytes,
    flags: MessageFlags,
    include_sender: bool,
}

impl Message {
    /// What a call says of it.
    pub fn read(arguments: &Arguments) -> Result<Self, Refusal> {
        let object_name = ByteString::from(arguments.get("objectName"));
        let content = Bytes::copy_from_slice(arguments.get("content").as_bytes());
        check_content(&object_name, &content)?;
        let of_class = MessageFlags::of_class(&object_name);
        let not = |name: &str| arguments.get(name) == "0";
        Ok(Self {
            sender: arguments.user("fromUserId"),
            only_to: Vec::new(),
            flags: MessageFlags {
                persisted: of_class.persisted && !not("isPersisted"),
                counted: of_class.counted && !not("isCounted"),
                mentioned: arguments.flag("isMentioned"),
                ..of_class
            },
            object_name,
            content,
            include_sender: arguments.flag("isIncludeSender"),
        })
    }

    /// Sends it to each of these; which message each of them got.
    pub async fn send<S: Store>(
        &self,
        app: &App<S>,
        kind: ConversationKind,
        to: &[UserId],
    ) -> Result<Vec<Value>, Refusal> {
        // All of them are under way at once: they share the store's flushes.
        let sends = to.iter().map(|to| app.core.publish(self.to(kind, to), app.clock.now()));
        let stored = try_join_all(sends).await?;
        let name = match kind {
            ConversationKind::Group => "groupId",
            ConversationKind::Discussion => "discussionId",
            ConversationKind::Chatroom => "chatroomId",
            ConversationKind::Private
            | ConversationKind::System
            | ConversationKind::CustomerService
            | ConversationKind::AppPublicService
            | ConversationKind::PublicService
            | ConversationKind::Other(_) => "userId",
        };
        let told = to.iter().zip(stored);
        Ok(told
            .map(|(to, stored)| json!({ name: to.as_str(), "messageUID": stored.uid.as_str() }))
            .collect())
    }

    fn to(&self, kind: ConversationKind, target: &UserId) -> Published {
        Published {
            sender: self.sender.clone(),
            conversation: ConversationId::new(kind, target.as_str()),
            only_to: self.only_to.clone(),
            object_name: self.object_name.clone(),
            content: self.content.clone(),
            flags: self.flags,
            include_sender: self.include_sender,
        }
    }
}
