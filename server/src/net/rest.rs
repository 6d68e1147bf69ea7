//! The server API: called by the application's own server, signed with the app secret.
//!
//! Calls are forms; lists are repeated fields. Answers are JSON with `code` 200, or with another
//! `code` and an `errorMessage`.

mod group;
mod message;
mod services;
mod user;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use hongyan::error::ErrorCode;
use hongyan::ids::UserId;
use serde_json::json;

use super::app::App;
use super::http::{self, Parameters};
use crate::core::limits::{MAX_ID, is_id};
use crate::core::send::RECALL_REFUSED;
use crate::store::{Store, StoreError};

pub use services::rating_told;

/// The longest form, in bytes.
const MAX_FORM: usize = 64 * 1024;
/// The longest form with lists, in bytes: the members of a full group, percent-encoded.
const MAX_LONG_FORM: usize = 1024 * 1024;

/// The paths of the server API.
pub fn routes<S: Store>() -> Router<Arc<App<S>>> {
    Router::new()
        .route("/user/getToken.json", post(user::get_token::<S>))
        .route("/user/getToken", post(user::get_token::<S>))
        .route("/group/create.json", post(group::create::<S>))
        .route("/group/join.json", post(group::join::<S>))
        .route("/group/quit.json", post(group::quit::<S>))
        .route("/group/dismiss.json", post(group::dismiss::<S>))
        .route("/group/refresh.json", post(group::refresh::<S>))
        .route("/group/user/query.json", post(group::members::<S>))
        .route("/message/private/publish.json", post(message::to_users::<S>))
        .route("/message/system/publish.json", post(message::from_system::<S>))
        .route("/message/group/publish.json", post(message::to_groups::<S>))
        .route("/message/discussion/publish.json", post(message::to_discussions::<S>))
        .route("/message/recall.json", post(message::recall::<S>))
        .merge(services::routes::<S>())
}

/// Why a call is refused.
struct Refusal {
    status: StatusCode,
    code: u32,
    message: String,
}

impl Refusal {
    /// A parameter that cannot be used: 1002.
    fn parameter(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: 1002, message: message.into() }
    }

    /// More than there may be: 1005.
    fn too_many(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: 1005, message: message.into() }
    }

    /// There is no such thing: 1002.
    fn not_found(message: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: 1002, message: message.into() }
    }

    fn failed() -> Self {
        let message = "the server failed".to_owned();
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, code: 1000, message }
    }

    fn response(&self) -> Response {
        http::error(self.status, self.code, &self.message)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchRoom | StoreError::NotMember => {
                Self::not_found("there is no such group")
            }
            StoreError::RoomFull => Self::too_many("a group has at most 3000 members"),
            StoreError::ClientIdReused
            | StoreError::NoSuchMessage
            | StoreError::NotOwnMessage
            | StoreError::TooLate
            | StoreError::Failed(_) => {
                tracing::error!(?error, "the store failed");
                Self::failed()
            }
        }
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        if code == ErrorCode::NotInGroup {
            Self::not_found("there is no such group")
        } else if code == ErrorCode::NotInDiscussion {
            Self::not_found("there is no such discussion")
        } else if code == RECALL_REFUSED {
            Self::not_found("there is no such message, or not any more")
        } else if code == ErrorCode::ContentTooLarge {
            Self::too_many("content is over 128 KiB")
        } else if code == ErrorCode::InvalidArgument || code == ErrorCode::Unauthorized {
            Self::parameter("an id, objectName or conversationType cannot be used")
        } else {
            Self::failed()
        }
    }
}

/// The form of a signed call.
async fn form<S>(app: &App<S>, request: Request) -> Result<Parameters, Response> {
    form_up_to(MAX_LONG_FORM, app, request).await
}

async fn form_up_to<S>(
    limit: usize,
    app: &App<S>,
    request: Request,
) -> Result<Parameters, Response> {
    if !is_signed(app, request.headers()) {
        return Err(http::error(StatusCode::UNAUTHORIZED, 1004, "the signature is wrong"));
    }
    http::read_body(request, limit).await.map(|body| Parameters::parse_form(&body))
}

/// What a call that only does something answers.
fn done(result: Result<(), Refusal>) -> Response {
    match result {
        Ok(()) => http::json(StatusCode::OK, &json!({ "code": 200 })),
        Err(refusal) => refusal.response(),
    }
}

/// The id in a field.
fn id<'a>(form: &'a Parameters, name: &str) -> Result<&'a str, Refusal> {
    let id = form.get(name);
    let message = || format!("{name} must have 1 to {MAX_ID} bytes, no control characters");
    if is_id(id) { Ok(id) } else { Err(Refusal::parameter(message())) }
}

/// The ids in a repeated field, which may be missing.
fn ids(form: &Parameters, name: &str, most: usize) -> Result<Vec<UserId>, Refusal> {
    let ids: Vec<&str> = form.all(name).collect();
    if ids.len() > most {
        return Err(Refusal::too_many(format!("at most {most} {name}")));
    }
    if !ids.iter().all(|id| is_id(id)) {
        let message = format!("each {name} must have 1 to {MAX_ID} bytes, no control characters");
        return Err(Refusal::parameter(message));
    }
    Ok(ids.into_iter().map(UserId::from).collect())
}

/// The same, at least one.
fn some_ids(form: &Parameters, name: &str, most: usize) -> Result<Vec<UserId>, Refusal> {
    let ids = ids(form, name, most)?;
    if ids.is_empty() { Err(Refusal::parameter(format!("{name} is missing"))) } else { Ok(ids) }
}

/// Whether the call comes from who knows the secret. An unknown app key and a wrong signature are
/// told apart by nothing.
fn is_signed<S>(app: &App<S>, headers: &HeaderMap) -> bool {
    let header = |name: &str, newer: &str| {
        let value = headers.get(name).or_else(|| headers.get(newer));
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    };
    app.credentials.is_signed(
        header("app-key", "rc-app-key"),
        header("nonce", "rc-nonce"),
        header("timestamp", "rc-timestamp"),
        header("signature", "rc-signature"),
    )
}
