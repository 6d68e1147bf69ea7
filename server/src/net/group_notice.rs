//! What the members of a group are told of it: `RC:GrpNtf`.

use hongyan::ids::UserId;
use hongyan::signal::MessageFlags;
use serde_json::{Value, json};

use super::app::App;
use crate::core::outside::Published;
use crate::store::{RoomInfo, Store};

/// What somebody did to a group.
#[derive(Clone, Copy, Debug)]
pub enum Happened<'a> {
    /// Made it.
    Created,
    /// Came in.
    Joined,
    /// Brought these in.
    Invited(&'a [UserId]),
    /// Left.
    Quit,
    /// Put this one out.
    Kicked(&'a UserId),
    /// Called it this.
    Renamed(&'a str),
    /// Gave this one another role.
    Role(&'a UserId, &'a str),
    /// Ended it.
    Dismissed,
}

impl Happened<'_> {
    /// The operation's name, what its `data` says besides, and a sentence.
    fn told(&self, by: &UserId, group: &str) -> (&'static str, Value, String) {
        let list = |users: &[UserId]| users.iter().map(UserId::to_string).collect::<Vec<_>>();
        match self {
            Self::Created => ("Create", json!({}), format!("{by} made the group {group}")),
            Self::Joined => {
                let users = json!({ "targetUserIds": [by.as_str()] });
                ("Add", users, format!("{by} joined"))
            }
            Self::Invited(users) => {
                let users = list(users);
                let text = format!("{by} brought in {}", users.join(", "));
                ("Add", json!({ "targetUserIds": users }), text)
            }
            Self::Quit => ("Quit", json!({}), format!("{by} left")),
            Self::Kicked(user) => {
                let users = json!({ "targetUserIds": [user.as_str()] });
                ("Kicked", users, format!("{by} put {user} out"))
            }
            Self::Renamed(name) => {
                let named = json!({ "targetGroupName": name });
                ("Rename", named, format!("{by} called the group {name}"))
            }
            Self::Role(user, role) => {
                let given = json!({ "targetUserIds": [user.as_str()], "role": role });
                ("SetRole", given, format!("{user} is now {role}"))
            }
            Self::Dismissed => ("Dismiss", json!({}), format!("{by} ended the group {group}")),
        }
    }
}

/// Tells the members of a group, `by` among them. What happened has happened: a notice that cannot
/// be stored is logged.
pub async fn tell<S: Store>(app: &App<S>, by: &UserId, group: &RoomInfo, happened: Happened<'_>) {
    let (operation, more, message) = happened.told(by, &group.name);
    let mut data = json!({ "operatorNickname": by.as_str(), "targetGroupName": group.name });
    if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    let content = json!({
        "operatorUserId": by.as_str(),
        "operation": operation,
        "data": data.to_string(),
        "message": message,
    });
    let notice = Published {
        sender: by.clone(),
        conversation: group.id.clone(),
        only_to: Vec::new(),
        object_name: "RC:GrpNtf".into(),
        content: content.to_string().into(),
        flags: MessageFlags::of_class("RC:GrpNtf"),
        include_sender: true,
    };
    if let Err(error) = app.core.publish(notice, app.clock.now()).await {
        tracing::error!(?error, operation, "nobody was told of what happened to a group");
    }
}
