//! The values that members of a chatroom share.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::signal::MessageFlags;
use serde_json::{Value, json};

use super::super::app::App;
use super::call::{Arguments, Call, Field, Kind, may, need};
use super::chatroom::{ROOM, room};
use super::{Answer, Refusal, date, done};
use crate::core::ask::EntryWish;
use crate::core::chatrooms::conversation;
use crate::core::limits::{
    MAX_ENTRY_KEY, MAX_ENTRY_VALUE, MAX_OBJECT_NAME, is_entry_key, is_entry_value,
};
use crate::core::outside::Published;
use crate::store::{Entry, MAX_ENTRIES, Store};

const KEY: Field =
    need("key", Kind::Text(MAX_ENTRY_KEY), "its name: 1 to 128 characters of A-Z a-z 0-9 _ = + -");
const SETTER: Field = need("userId", Kind::Id, "in whose name");
const NOTICE: Field =
    may("objectName", Kind::Text(MAX_OBJECT_NAME), "the class of a message that tells of it");
const NOTICE_CONTENT: Field = may("content", Kind::Json, "its content");

/// The message that is to tell of a change.
fn notice(arguments: &Arguments) -> Option<Published> {
    let object_name = arguments.find("objectName")?;
    Some(Published {
        sender: arguments.user("userId"),
        conversation: conversation(&room(arguments)),
        only_to: Vec::new(),
        object_name: ByteString::from(object_name),
        content: Bytes::copy_from_slice(arguments.find("content").unwrap_or("{}").as_bytes()),
        flags: MessageFlags::of_class(object_name),
        include_sender: false,
    })
}

async fn change<S: Store>(app: &App<S>, arguments: &Arguments, value: Option<String>) -> Answer {
    if !is_entry_key(arguments.get("key")) {
        return Err(Refusal::parameter("key must have 1 to 128 characters of A-Z a-z 0-9 _ = + -"));
    }
    if !value.as_deref().is_none_or(is_entry_value) {
        return Err(Refusal::parameter("value must have 1 to 4096 characters"));
    }
    let wish = EntryWish {
        key: arguments.get("key").to_owned(),
        auto_delete: value.is_some() && arguments.flag("autoDelete"),
        value,
        overwrite: true,
        notice: None,
    };
    let (room, setter) = (room(arguments), arguments.user("userId"));
    let (notice, now) = (notice(arguments), app.clock.now());
    app.core.change_chatroom_entry(&room, &setter, wish, notice, now).await?;
    done()
}

pub const ENTRY_SET: Call = Call {
    path: "/chatroom/entry/set",
    about: "Sets an entry of a chatroom, whoever set it before",
    fields: &[
        ROOM,
        SETTER,
        KEY,
        need("value", Kind::Text(3 * MAX_ENTRY_VALUE), "its value: 1 to 4096 characters"),
        may("autoDelete", Kind::Flag, "1: it goes when the user leaves"),
        NOTICE,
        NOTICE_CONTENT,
    ],
    example: "chatroomId=r&userId=a&key=topic&value=geese",
    answer: r#"{"code":200}"#,
};

pub async fn entry_set<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    change(app, arguments, Some(arguments.get("value").to_owned())).await
}

pub const ENTRY_QUERY: Call = Call {
    path: "/chatroom/entry/query",
    about: "The entries of a chatroom, and when they were set (UTC)",
    fields: &[
        ROOM,
        may("keys", Kind::Texts(MAX_ENTRIES, MAX_ENTRY_KEY), "only these; without it, all"),
    ],
    example: "chatroomId=r&keys=topic",
    answer: r#"{"code":200,"keys":[{"key":"topic","value":"geese","userId":"a","autoDelete":"0","lastSetTime":"2026-01-11 01:28:20"}]}"#,
};

pub async fn entry_query<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let wanted = arguments.texts("keys");
    let entries = app.core.chatroom_entries(&room(arguments)).await?.entries;
    let listed = entries.iter().filter(|entry| wanted.is_empty() || wanted.contains(&entry.key));
    Ok(json!({ "keys": listed.map(entry).collect::<Vec<_>>() }))
}

fn entry(entry: &Entry) -> Value {
    json!({
        "key": entry.key,
        "value": entry.value,
        "userId": entry.mark.setter.as_str(),
        "autoDelete": u8::from(entry.mark.auto_delete).to_string(),
        "lastSetTime": date::text(entry.mark.time),
    })
}

pub const ENTRY_REMOVE: Call = Call {
    path: "/chatroom/entry/remove",
    about: "Removes an entry of a chatroom, whoever set it",
    fields: &[ROOM, SETTER, KEY, NOTICE, NOTICE_CONTENT],
    example: "chatroomId=r&userId=a&key=topic",
    answer: r#"{"code":200}"#,
};

pub async fn entry_remove<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    change(app, arguments, None).await
}
