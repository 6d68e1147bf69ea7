//! Accounts over HTTP: what an application's own server does for its users. They register, log in,
//! change their profiles, end their sessions, and run their groups.
//!
//! Every call is a POST of a JSON object. Who calls says so by `Authorization: Bearer SESSION`;
//! there are no cookies, so no other page can ride on a login. Refusals have `code` and
//! `errorMessage`; the codes are those that the 2.x callbacks tell.

mod desk;
mod groups;
mod login;
mod profile;
mod sessions;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use desk::Desk;

use super::app::App;
use super::http;
use super::passwords::PasswordError;
use crate::core::clock::Now;
use crate::store::{AccountSession, Rule, RuleKind, SessionKey, Store, StoreError};

/// The longest body of a call about an account, in bytes.
const MAX_BODY: usize = 16 * 1024;
/// And of one about a group: its members.
const MAX_GROUP_BODY: usize = 256 * 1024;

/// Pages of other origins see only the headers that they are shown.
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after");

/// The paths of accounts.
pub fn routes<S: Store>() -> Router<Arc<App<S>>> {
    Router::new()
        .route("/account/register", post(login::register::<S>))
        .route("/account/login", post(login::login::<S>))
        .route("/account/token", post(sessions::token::<S>))
        .route("/account/logout", post(sessions::logout::<S>))
        .route("/account/sessions", post(sessions::list::<S>))
        .route("/account/sessions/revoke", post(sessions::revoke::<S>))
        .route("/account/user", post(profile::user::<S>))
        .route("/account/update", post(profile::update::<S>))
        .route("/account/revoked", post(profile::revoked::<S>))
        .route("/account/groups", post(groups::list::<S>))
        .route("/account/groups/create", post(groups::create::<S>))
        .route("/account/groups/join", post(groups::join::<S>))
        .route("/account/groups/leave", post(groups::leave::<S>))
        .route("/account/groups/invite", post(groups::invite::<S>))
        .route("/account/groups/remove", post(groups::remove::<S>))
        .route("/account/groups/role", post(groups::role::<S>))
        .route("/account/groups/rename", post(groups::rename::<S>))
        .route("/account/groups/dismiss", post(groups::dismiss::<S>))
}

/// Why a call is refused. The numbers are those of the SDK's `ErrorCode`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Refusal {
    /// `BIZ_ERROR_INVALID_PARAMETER`: a field cannot be used.
    Field(String),
    /// `FEILD`: no account has this name and password. Which of both is wrong is told to nobody.
    WrongLogin,
    /// `HAVNODEVICEID`: the session is over, or there was none.
    NoSession,
    /// `DEVICEIDISHAVE`: somebody else has the account.
    Taken,
    /// `RC_MSG_UNAUTHORIZED`: not without the password, not by a member of this role.
    NotAllowed(&'static str),
    /// `GET_USERINFO_ERROR`: there is no such user.
    UnknownUser,
    /// `NOT_IN_GROUP`: there is no such group, or the user is not in it.
    NotInGroup,
    /// `RC_GROUP_MEMBERS_COUNT_EXCEED_LIMIT`.
    GroupFull,
    /// `SEND_FREQUENCY_TOO_FAST`: again in so many ms.
    TooOften(u64),
    /// `INTERNALERRROR`: too many passwords are compared already.
    Busy,
    /// `INTERNALERRROR`: the log says why.
    Failed,
    /// There are no accounts here.
    Off,
}

impl Refusal {
    fn response(&self) -> Response {
        let (status, code, message) = match self {
            Self::Field(message) => (StatusCode::BAD_REQUEST, 33003, message.as_str()),
            Self::WrongLogin => (StatusCode::UNAUTHORIZED, 24009, "account or password is wrong"),
            Self::NoSession => (StatusCode::UNAUTHORIZED, 24001, "log in first"),
            Self::Taken => (StatusCode::CONFLICT, 24002, "the account is taken"),
            Self::NotAllowed(message) => (StatusCode::FORBIDDEN, 20406, *message),
            Self::UnknownUser => (StatusCode::NOT_FOUND, 23407, "there is no such user"),
            Self::NotInGroup => {
                (StatusCode::NOT_FOUND, 22406, "there is no such group, or you are not in it")
            }
            Self::GroupFull => (StatusCode::BAD_REQUEST, 25411, "a group has at most 3000 members"),
            Self::TooOften(_) => (StatusCode::TOO_MANY_REQUESTS, 20604, "too often: try later"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, 24015, "too many log in at once"),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, 24015, "the server failed"),
            Self::Off => (StatusCode::NOT_FOUND, 404, "accounts are off (HONGYAN_ACCOUNTS)"),
        };
        let mut response = http::error(status, code, message);
        let wait = match self {
            Self::TooOften(wait) => Some(wait.div_ceil(1000)),
            Self::Busy => Some(1),
            Self::Field(_)
            | Self::WrongLogin
            | Self::NoSession
            | Self::Taken
            | Self::NotAllowed(_)
            | Self::UnknownUser
            | Self::NotInGroup
            | Self::GroupFull
            | Self::Failed
            | Self::Off => None,
        };
        if let Some(seconds) = wait {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
        response
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchRoom | StoreError::NotMember => Self::NotInGroup,
            StoreError::RoomFull => Self::GroupFull,
            StoreError::ClientIdReused
            | StoreError::NoSuchMessage
            | StoreError::NotOwnMessage
            | StoreError::TooLate
            | StoreError::Failed(_) => {
                tracing::error!(?error, "the store failed");
                Self::Failed
            }
        }
    }
}

impl From<PasswordError> for Refusal {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Failed => {
                tracing::error!("a password cannot be hashed");
                Self::Failed
            }
        }
    }
}

fn answer(told: Result<Value, Refusal>) -> Response {
    match told {
        Ok(body) => http::json(StatusCode::OK, &body),
        Err(refusal) => refusal.response(),
    }
}

/// The body of a call, if there are accounts.
async fn read<S, T: DeserializeOwned>(
    app: &App<S>,
    request: Request,
    limit: usize,
) -> Result<T, Response> {
    if !app.config.accounts.on {
        return Err(Refusal::Off.response());
    }
    let body = http::read_body(request, limit).await?;
    // A call without words is an empty object: logout has none.
    let body = if body.is_empty() { &b"{}"[..] } else { &body };
    serde_json::from_slice(body).map_err(|_| {
        let message = "the body must be a JSON object of this call's fields, each of its type";
        Refusal::Field(message.to_owned()).response()
    })
}

/// Who calls.
struct Caller {
    session: AccountSession,
    now: Now,
}

impl Caller {
    /// A password given of late stands for one given now, in ms.
    const FRESH: i64 = 10 * 60 * 1000;
    /// So much a clock goes back that is set right little by little, in ms.
    const SLEW: i64 = 1000;

    /// A session from a time to come was made before the clock was put back: who knows how old it is.
    fn is_fresh(&self) -> bool {
        (-Self::SLEW..Self::FRESH).contains(&(self.now.wall - self.session.created))
    }
}

/// The session that the head of a call names, and the call's body.
async fn called<S: Store, T: DeserializeOwned>(
    app: &App<S>,
    request: Request,
    limit: usize,
) -> Result<(Caller, T), Response> {
    let token = bearer(request.headers());
    let body = read(app, request, limit).await?;
    let caller = match token {
        Some(token) => caller(app, &token).await,
        None => Err(Refusal::NoSession),
    };
    caller.map(|caller| (caller, body)).map_err(|refusal| refusal.response())
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

async fn caller<S: Store>(app: &App<S>, token: &str) -> Result<Caller, Refusal> {
    let now = app.clock.now();
    let session = app.core.store().session(&session_key(token), now.wall).await?;
    let session = session.ok_or(Refusal::NoSession)?;
    app.desk.call(&session.user, now.tick).map_err(Refusal::TooOften)?;
    Ok(Caller { session, now })
}

/// Ends the links of a user and makes the tokens worthless that were issued before `time`. Whoever
/// has a session is back at once, with a new token.
async fn revoke_tokens<S: Store>(
    app: &App<S>,
    user: &UserId,
    time: UnixMillis,
) -> Result<(), Refusal> {
    let rule = Rule { kind: RuleKind::TokensRevoked, group: String::new(), user: user.clone() };
    Ok(app.core.put_rules(vec![rule], time).await?)
}

/// What is kept of a session's token. It is 256 random bits: a plain hash is as good as a slow one.
fn session_key(token: &str) -> SessionKey {
    Sha256::digest(token.as_bytes()).into()
}
