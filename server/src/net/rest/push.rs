//! What the push calls of the server SDKs mean where there are no pushes: the message among them is
//! sent, the notification is not.

use std::collections::BTreeSet;

use hongyan::ids::{ConversationKind, UserId};
use serde_json::{Value, json};

use super::super::app::App;
use super::super::http::Parameters;
use super::call::{Arguments, Call, Kind, may, need};
use super::message::{self, Message};
use super::{Answer, Refusal};
use crate::core::limits::is_id;
use crate::store::Store;

/// The most receivers named one by one.
const MAX_USERS: usize = 1000;
const MAX_PLATFORMS: usize = 16;

pub const PUSH: Call = Call {
    path: "/push",
    about: "Sends a system message to an audience: everybody (`is_to_all`), named users (`userid`), \
            users with all (`tag`) or any (`tag_or`) of some tags. This server pushes no \
            notifications to telephones: a call with a notification alone is refused",
    fields: &[
        may("platform", Kind::Texts(MAX_PLATFORMS, 64), "not looked at"),
        need("audience", Kind::Json, "who"),
        may("fromuserid", Kind::Id, "in whose name"),
        may("fromUserId", Kind::Id, "the same"),
        may("message", Kind::Json, "objectName and content, a text"),
        may("notification", Kind::Json, "not looked at"),
    ],
    example: "fromuserid=boss&audience=%7B%22userid%22%3A%5B%22a%22%5D%7D&message=%7B%22objectName%22%3A%22RC%3ATxtMsg%22%2C%22content%22%3A%22%7B%5C%22content%5C%22%3A%5C%22hi%5C%22%7D%22%7D",
    answer: r#"{"code":200,"receivers":1}"#,
};

pub async fn push<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let message = read(arguments)?;
    let audience: Value = serde_json::from_str(arguments.get("audience")).unwrap_or_default();
    if audience["is_to_all"] == json!(true) {
        return message::to_everybody(app, &message).await;
    }
    let receivers = audience_of(app, &audience).await?;
    let receivers: Vec<UserId> = receivers.into_iter().collect();
    Message::read(&message)?.send(app, ConversationKind::System, &receivers).await?;
    Ok(json!({ "receivers": receivers.len() }))
}

/// The message of a push, as a call of its own would have it.
fn read(arguments: &Arguments) -> Result<Arguments, Refusal> {
    let sender = arguments.find("fromuserid").or_else(|| arguments.find("fromUserId"));
    let message: Value = serde_json::from_str(arguments.get("message")).unwrap_or_default();
    let text = |name: &str| message[name].as_str();
    let (Some(sender), Some(class), Some(content)) = (sender, text("objectName"), text("content"))
    else {
        let missing = "fromuserid and message with objectName and content are missing: \
                       there are no notifications here";
        return Err(Refusal::parameter(missing));
    };
    if !serde_json::from_str::<Value>(content).is_ok_and(|json| json.is_object()) {
        return Err(Refusal::parameter("message.content must be the text of a JSON object"));
    }
    let pairs = [("fromUserId", sender), ("objectName", class), ("content", content)];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Ok(Arguments { form: Parameters::of_pairs(pairs), origin: String::new() })
}

async fn audience_of<S: Store>(
    app: &App<S>,
    audience: &Value,
) -> Result<BTreeSet<UserId>, Refusal> {
    let list = |name: &str| -> Vec<&str> {
        audience[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let named = list("userid");
    if named.len() > MAX_USERS {
        return Err(Refusal::too_many(format!("at most {MAX_USERS} audience.userid")));
    }
    if !named.iter().all(|id| is_id(id)) {
        return Err(Refusal::parameter("each audience.userid must be an id"));
    }
    let mut found: BTreeSet<UserId> = named.into_iter().map(UserId::from).collect();
    let tagged = async |tag| -> Result<BTreeSet<UserId>, Refusal> {
        Ok(app.core.store().tagged(tag).await?.into_iter().collect())
    };
    let mut having_all: Option<BTreeSet<UserId>> = None;
    for tag in list("tag") {
        let users = tagged(tag).await?;
        having_all = Some(having_all.map_or(users.clone(), |all| &all & &users));
    }
    found.extend(having_all.unwrap_or_default());
    for tag in list("tag_or") {
        found.extend(tagged(tag).await?);
    }
    Ok(found)
}
