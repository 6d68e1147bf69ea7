//! Groups: the application's server says who is in them.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use hongyan::ids::{ConversationId, ConversationKind, TargetId};
use serde_json::json;

use super::super::app::App;
use super::super::http::{self, Parameters};
use super::{Refusal, done, form, id, some_ids};
use crate::core::discussions::{MAX_ROOM_NAME, is_room_name};
use crate::store::{MAX_MEMBERS, NewRoom, RoomChange, Store};

fn group(form: &Parameters) -> Result<ConversationId, Refusal> {
    Ok(ConversationId::new(ConversationKind::Group, id(form, "groupId")?))
}

fn name(form: &Parameters) -> Result<String, Refusal> {
    let name = form.get("groupName");
    let message = format!("groupName must have 1 to {MAX_ROOM_NAME} bytes, no control characters");
    if is_room_name(name) { Ok(name.to_owned()) } else { Err(Refusal::parameter(message)) }
}

/// `/group/create`: `userId` (repeated; the first owns it), `groupId`, `groupName`. A group that
/// is there takes the name, and the users join it.
pub async fn create<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    match form(&app, request).await {
        Ok(form) => done(make(&app, &form).await),
        Err(response) => response,
    }
}

async fn make<S: Store>(app: &App<S>, form: &Parameters) -> Result<(), Refusal> {
    let room = NewRoom {
        kind: ConversationKind::Group,
        id: Some(TargetId::from(id(form, "groupId")?)),
        name: name(form)?,
        members: some_ids(form, "userId", MAX_MEMBERS)?,
        now: app.clock.now().wall,
    };
    Ok(app.core.store().create_room(room).await.map(drop)?)
}

/// `/group/join`: `userId` (repeated), `groupId`, and `groupName` if it is to have another.
pub async fn join<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    match form(&app, request).await {
        Ok(form) => done(add(&app, &form).await),
        Err(response) => response,
    }
}

async fn add<S: Store>(app: &App<S>, form: &Parameters) -> Result<(), Refusal> {
    let (room, users) = (group(form)?, some_ids(form, "userId", MAX_MEMBERS)?);
    let renamed = if form.get("groupName").is_empty() { None } else { Some(name(form)?) };
    app.core.store().join_room(&room, &users, app.clock.now().wall).await?;
    if renamed.is_some() {
        let change = RoomChange { name: renamed, open: None };
        app.core.store().change_room(&room, change).await?;
    }
    Ok(())
}

/// `/group/quit`: `userId` (repeated), `groupId`.
pub async fn quit<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    match form(&app, request).await {
        Ok(form) => done(remove(&app, &form).await),
        Err(response) => response,
    }
}

async fn remove<S: Store>(app: &App<S>, form: &Parameters) -> Result<(), Refusal> {
    let (room, users) = (group(form)?, some_ids(form, "userId", MAX_MEMBERS)?);
    Ok(app.core.store().leave_room(&room, &users).await.map(drop)?)
}

/// `/group/dismiss`: `groupId`; `userId`, who did it, is not looked at.
pub async fn dismiss<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    match form(&app, request).await {
        Ok(form) => done(end(&app, &form).await),
        Err(response) => response,
    }
}

async fn end<S: Store>(app: &App<S>, form: &Parameters) -> Result<(), Refusal> {
    Ok(app.core.store().dismiss_room(&group(form)?).await?)
}

/// `/group/refresh`: `groupId`, `groupName`.
pub async fn refresh<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    match form(&app, request).await {
        Ok(form) => done(rename(&app, &form).await),
        Err(response) => response,
    }
}

async fn rename<S: Store>(app: &App<S>, form: &Parameters) -> Result<(), Refusal> {
    let change = RoomChange { name: Some(name(form)?), open: None };
    Ok(app.core.store().change_room(&group(form)?, change).await?)
}

/// `/group/user/query`: `groupId` → `users`, each with an `id`.
pub async fn members<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let form = match form(&app, request).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    match listed(&app, &form).await {
        Ok(users) => http::json(StatusCode::OK, &json!({ "code": 200, "users": users })),
        Err(refusal) => refusal.response(),
    }
}

async fn listed<S: Store>(
    app: &App<S>,
    form: &Parameters,
) -> Result<Vec<serde_json::Value>, Refusal> {
    let room = app.core.store().room(&group(form)?).await?;
    let room = room.ok_or_else(|| Refusal::not_found("there is no such group"))?;
    Ok(room.members.iter().map(|member| json!({ "id": member.user.as_str() })).collect())
}
