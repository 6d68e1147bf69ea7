//! For trying out, off where others can reach the server unless set: signing in by name alone, and
//! groups that users make by themselves.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::app::App;
use super::group_notice::{Happened, tell};
use super::http;
use crate::core::discussions::is_room_name;
use crate::core::limits::{MAX_ID, is_id};
use crate::store::{MAX_MEMBERS, NewRoom, Profile, RoomInfo, Store, StoreError};

/// The longest body, in bytes: a group's members and their names.
const MAX_BODY: usize = 256 * 1024;

/// The demo's paths.
pub fn routes<S: Store>() -> Router<Arc<App<S>>> {
    Router::new()
        .route("/demo/sign-in", post(sign_in::<S>))
        .route("/demo/groups", post(make_group::<S>))
        .route("/demo/groups/list", post(groups::<S>))
}

#[derive(Deserialize)]
struct SignIn {
    name: String,
}

/// `POST /demo/sign-in` `{name}` → `{userId, token, appKey}`: whoever says a name is that user.
async fn sign_in<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let SignIn { name } = match read(&app, request, "{\"name\": …}").await {
        Ok(said) => said,
        Err(response) => return response,
    };
    let name = name.trim();
    if app.core.desks().reserves(name) {
        let message = "this is the name of a customer service, or of one of its agents";
        return http::error(StatusCode::CONFLICT, 24002, message);
    }
    if !is_demo_name(name) {
        let message =
            format!("a name has 1 to {MAX_ID} bytes, no control characters, no @, no emoji");
        return http::error(StatusCode::BAD_REQUEST, 400, &message);
    }
    let user = UserId::from(name);
    match app.core.store().account_of(&user).await {
        Ok(None) => {}
        Ok(Some(_)) => {
            let message = "this name has an account: log in with its password";
            return http::error(StatusCode::CONFLICT, 24002, message);
        }
        Err(error) => return failed(&error),
    }
    let created = app.clock.now().wall;
    let profile = Profile { name: name.to_owned(), portrait: String::new(), created };
    if let Err(error) = app.core.store().put_profile(&user, profile).await {
        return failed(&error);
    }
    let token = app.issue(&user, "", app.clock.now());
    let answer = json!({ "userId": name, "token": token, "appKey": app.config.app_key });
    http::json(StatusCode::OK, &answer)
}

#[derive(Deserialize)]
struct MakeGroup {
    token: String,
    name: String,
    #[serde(default)]
    members: Vec<String>,
}

/// `POST /demo/groups` `{token, name, members}` → `{groupId}`: the token's user owns the group, and
/// everybody in it is told by an `RC:GrpNtf`.
async fn make_group<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let wanted = "{\"token\": …, \"name\": …, \"members\": […]}";
    let said: MakeGroup = match read(&app, request, wanted).await {
        Ok(said) => said,
        Err(response) => return response,
    };
    let Some(user) = user_of(&app, &said.token) else { return signed_out() };
    let members = said.members.iter().map(|name| name.trim());
    let members: Vec<UserId> =
        [user.as_str()].into_iter().chain(members).map(UserId::from).collect();
    let name = said.name.trim();
    let fits = is_room_name(name) && members.iter().all(|member| is_demo_name(member.as_str()));
    if !fits || members.len() > MAX_MEMBERS {
        let message = "a group has a name and at most 3000 members, each with a name";
        return http::error(StatusCode::BAD_REQUEST, 400, message);
    }
    let now = app.clock.now();
    let kind = ConversationKind::Group;
    let room = NewRoom { kind, id: None, name: name.to_owned(), members, now: now.wall };
    let made = match app.core.store().create_room(room).await {
        Ok(id) => ConversationId { kind, target: id },
        Err(error) => return failed(&error),
    };
    let info = RoomInfo { id: made.clone(), name: name.to_owned(), open: true };
    tell(&app, &user, &info, Happened::Created).await;
    http::json(StatusCode::OK, &json!({ "groupId": made.target.as_str() }))
}

#[derive(Deserialize)]
struct ListGroups {
    token: String,
}

/// `POST /demo/groups/list` `{token}` → `{groups: [{groupId, name, owner, members}]}`: the groups
/// that the token's user is in.
async fn groups<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let ListGroups { token } = match read(&app, request, "{\"token\": …}").await {
        Ok(said) => said,
        Err(response) => return response,
    };
    let Some(user) = user_of(&app, &token) else { return signed_out() };
    match groups_of(&app, &user).await {
        Ok(groups) => http::json(StatusCode::OK, &json!({ "groups": groups })),
        Err(error) => failed(&error),
    }
}

async fn groups_of<S: Store>(
    app: &App<S>,
    user: &UserId,
) -> Result<Vec<serde_json::Value>, StoreError> {
    let mut groups = Vec::new();
    for info in app.core.store().rooms_of(user, ConversationKind::Group).await? {
        let Some(room) = app.core.store().room(&info.id).await? else { continue };
        let members: Vec<_> = room.members.iter().map(|member| member.user.as_str()).collect();
        groups.push(json!({
            "groupId": info.id.target.as_str(),
            "name": info.name,
            "owner": room.owner().map(UserId::as_str),
            "members": members,
        }));
    }
    Ok(groups)
}

/// The body of a call, if the demo is on.
async fn read<S, T: DeserializeOwned>(
    app: &App<S>,
    request: Request,
    wanted: &str,
) -> Result<T, Response> {
    if !app.config.demo {
        let message = "the demo is off (HONGYAN_DEMO)";
        return Err(http::error(StatusCode::NOT_FOUND, 404, message));
    }
    let body = http::read_body(request, MAX_BODY).await?;
    let message = || format!("the body must be {wanted}");
    serde_json::from_slice(&body).map_err(|_| http::error(StatusCode::BAD_REQUEST, 400, &message()))
}

/// Who calls.
fn user_of<S: Store>(app: &App<S>, token: &str) -> Option<UserId> {
    app.user_of(&app.config.app_key, token).ok()
}

fn signed_out() -> Response {
    http::error(StatusCode::UNAUTHORIZED, 401, "the token is wrong or too old")
}

fn failed(error: &StoreError) -> Response {
    tracing::error!(?error, "the store failed");
    http::error(StatusCode::INTERNAL_SERVER_ERROR, 500, "the server failed")
}

/// Old clients write characters beyond 16 bits in another form, so ids do without them.
fn is_demo_name(name: &str) -> bool {
    is_id(name) && !name.contains('@') && name.chars().all(|c| u32::from(c) <= 0xFFFF)
}
