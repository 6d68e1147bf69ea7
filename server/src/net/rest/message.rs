//! Messages in a user's or the system's name.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use bytestring::ByteString;
use futures_util::future::try_join_all;
use hongyan::ids::{ConversationId, ConversationKind, MessageUid, UserId};
use hongyan::signal::MessageFlags;

use super::super::app::App;
use super::super::http::Parameters;
use super::{Refusal, done, form, id, ids, some_ids};
use crate::core::outside::Published;
use crate::store::{MAX_MEMBERS, Store};

/// The most receivers of one call.
const MAX_USERS: usize = 1000;
const MAX_SYSTEM_USERS: usize = 100;
const MAX_GROUPS: usize = 100;

/// `/message/private/publish`: `fromUserId`, `toUserId` (repeated), `objectName`, `content`,
/// `isPersisted`, `isCounted`, `isIncludeSender`.
pub async fn to_users<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let form = match form(&app, request).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let to = some_ids(&form, "toUserId", MAX_USERS);
    done(publish(&app, &form, ConversationKind::Private, to, Vec::new()).await)
}

/// `/message/system/publish`: as to users; they are told apart from what users write, and nobody
/// can answer.
pub async fn from_system<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let form = match form(&app, request).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let to = some_ids(&form, "toUserId", MAX_SYSTEM_USERS);
    done(publish(&app, &form, ConversationKind::System, to, Vec::new()).await)
}

/// `/message/discussion/publish`: `toDiscussionId` (repeated) instead.
pub async fn to_discussions<S: Store>(
    State(app): State<Arc<App<S>>>,
    request: Request,
) -> Response {
    let form = match form(&app, request).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let to = some_ids(&form, "toDiscussionId", MAX_GROUPS);
    done(publish(&app, &form, ConversationKind::Discussion, to, Vec::new()).await)
}

/// `/message/recall`: `fromUserId`, whose message it is, `conversationType`, `targetId` (as that
/// user sees it), `messageUID`.
pub async fn recall<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    match form(&app, request).await {
        Ok(form) => done(take_back(&app, &form).await),
        Err(response) => response,
    }
}

async fn take_back<S: Store>(app: &App<S>, form: &Parameters) -> Result<(), Refusal> {
    let kind = form.get("conversationType").parse().unwrap_or(0);
    let kind = ConversationKind::from_number(kind);
    let conversation = ConversationId::new(kind, id(form, "targetId")?);
    let uid = MessageUid::from(id(form, "messageUID")?);
    let sender = UserId::from(id(form, "fromUserId")?);
    app.core.take_back(sender, conversation, uid, app.clock.now()).await?;
    Ok(())
}

/// `/message/group/publish`: `toGroupId` (repeated) instead; `toUserId` (repeated) names the
/// members it is for, if not all; `isMentioned` 1 makes the content's `mentionedInfo` count.
pub async fn to_groups<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let form = match form(&app, request).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let to = some_ids(&form, "toGroupId", MAX_GROUPS);
    let only_to = match ids(&form, "toUserId", MAX_MEMBERS) {
        Ok(only_to) => only_to,
        Err(refusal) => return refusal.response(),
    };
    done(publish(&app, &form, ConversationKind::Group, to, only_to).await)
}

/// Sends a message of its own to each target.
async fn publish<S: Store>(
    app: &App<S>,
    form: &Parameters,
    kind: ConversationKind,
    to: Result<Vec<UserId>, Refusal>,
    only_to: Vec<UserId>,
) -> Result<(), Refusal> {
    let (sender, to) = (UserId::from(id(form, "fromUserId")?), to?);
    let (object_name, content) = (form.get("objectName"), form.get("content"));
    if !serde_json::from_str::<serde_json::Value>(content).is_ok_and(|json| json.is_object()) {
        return Err(Refusal::parameter("content must be the text of a JSON object"));
    }
    let content = Bytes::copy_from_slice(content.as_bytes());
    let published = |target: &UserId| Published {
        sender: sender.clone(),
        conversation: ConversationId::new(kind, target.as_str()),
        only_to: only_to.clone(),
        object_name: ByteString::from(object_name),
        content: content.clone(),
        flags: flags(form, object_name),
        include_sender: form.get("isIncludeSender") == "1",
    };
    // All of them are under way at once: they share the store's flushes.
    let sends = to.iter().map(|target| app.core.publish(published(target), app.clock.now()));
    try_join_all(sends).await?;
    Ok(())
}

/// What the class says of a message, and what the call says besides.
fn flags(form: &Parameters, object_name: &str) -> MessageFlags {
    let of_class = MessageFlags::of_class(object_name);
    MessageFlags {
        persisted: of_class.persisted && form.get("isPersisted") != "0",
        counted: of_class.counted && form.get("isCounted") != "0",
        mentioned: form.get("isMentioned") == "1",
        ..of_class
    }
}
