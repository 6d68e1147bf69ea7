//! The server API: called by the application's own server, signed with the app secret.
//!
//! Calls are forms, or JSON objects with the same members; lists are repeated fields. Answers are
//! JSON with `code` 200, or with another `code` and an `errorMessage`. Each call says what it takes
//! ([`Call`]): that is checked before it is carried out, and is what `/openapi.json` tells.

mod call;
mod chatroom;
mod chatroom_entry;
mod chatroom_message;
mod chatroom_rule;
mod conversation;
mod date;
mod group;
mod history;
mod message;
mod mute;
mod openapi;
mod push;
mod quiet;
mod sensitive;
mod services;
mod signed;
mod template;
mod token;
mod user;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use hongyan::error::ErrorCode;
use serde_json::{Value, json};

use self::call::{Arguments, Call, form_of_json};
use super::app::App;
use super::http::{self, Parameters};
use super::navigation;
use crate::core::send::RECALL_REFUSED;
use crate::store::{Store, StoreError};

pub use self::services::rating_told;
pub use self::signed::Guard;

/// What a call answers besides its code.
type Answer = Result<Value, Refusal>;

/// Every call with its description: the routes, and the list of what is described.
macro_rules! calls {
    ($($module:ident { $($call:ident => $handler:ident,)* })*) => {
        /// The calls, in the order of their description.
        const CALLS: &[&Call] = &[$($(&$module::$call,)*)*];

        fn called<S: Store>() -> Router<Arc<App<S>>> {
            let router = Router::new();
            $($(
                let handler = async |State(app): State<Arc<App<S>>>, request: Request| {
                    match arguments(&app, &$module::$call, request).await {
                        Ok(arguments) => reply($module::$handler(&app, &arguments).await),
                        Err(response) => response,
                    }
                };
                let router = router
                    .route($module::$call.path, post(handler))
                    .route(&format!("{}.json", $module::$call.path), post(handler));
            )*)*
            router
        }
    };
}

calls! {
    user {
        GET_TOKEN => get_token,
        REFRESH => refresh,
        INFO => info,
        CHECK_ONLINE => check_online,
        SET_TAGS => set_tags,
        SET_TAGS_OF_MANY => set_tags_of_many,
        GET_TAGS => get_tags,
        BLACKLIST_ADD => blacklist_add,
        BLACKLIST_REMOVE => blacklist_remove,
        BLACKLIST_QUERY => blacklist_query,
    }
    quiet {
        SET => set,
        GET => get,
        DELETE => delete,
    }
    token {
        EXPIRE => expire,
        BLOCK => block,
        UNBLOCK => unblock,
        BLOCK_QUERY => block_query,
    }
    group {
        CREATE => create,
        SYNC => sync,
        JOIN => join,
        QUIT => quit,
        DISMISS => dismiss,
        REFRESH => refresh,
        MEMBERS => members,
        OF_USER => of_user,
    }
    mute {
        GAG_ADD => gag_add,
        GAG_ROLLBACK => gag_rollback,
        GAG_LIST => gag_list,
        BAN_ADD => ban_add,
        BAN_ROLLBACK => ban_rollback,
        BAN_QUERY => ban_query,
        WHITELIST_ADD => whitelist_add,
        WHITELIST_ROLLBACK => whitelist_rollback,
        WHITELIST_QUERY => whitelist_query,
        EVERYWHERE => everywhere,
        EVERYWHERE_QUERY => everywhere_query,
    }
    message {
        TO_USERS => to_users,
        FROM_SYSTEM => from_system,
        TO_GROUPS => to_groups,
        TO_DISCUSSIONS => to_discussions,
        TO_EVERYBODY => to_everybody,
        RECALL => recall,
    }
    chatroom {
        CREATE => create,
        QUERY => query,
        MEMBERS => members,
        EXISTS => exists,
        EXIST => exist,
        KEEP => keep,
        KEPT => kept_query,
        UNKEEP => unkeep,
    }
    chatroom_message {
        PAUSE => pause,
        RESUME => resume,
        LOW_ADD => low_add,
        LOW_QUERY => low_query,
        LOW_REMOVE => low_remove,
        PROTECTED_ADD => protected_add,
        PROTECTED_QUERY => protected_query,
        PROTECTED_REMOVE => protected_remove,
        PUBLISH => publish,
        BROADCAST => broadcast,
    }
    chatroom_rule {
        GAG_ADD => gag_add,
        GAG_LIST => gag_list,
        GAG_ROLLBACK => gag_rollback,
        BLOCK_ADD => block_add,
        BLOCK_LIST => block_list,
        BLOCK_ROLLBACK => block_rollback,
        EVERYWHERE_ADD => everywhere_add,
        EVERYWHERE_QUERY => everywhere_query,
        EVERYWHERE_REMOVE => everywhere_remove,
        PROTECTED_ADD => protected_add,
        PROTECTED_QUERY => protected_query,
        PROTECTED_REMOVE => protected_remove,
        BAN_ADD => ban_add,
        BAN_QUERY => ban_query,
        BAN_CHECK => ban_check,
        BAN_ROLLBACK => ban_rollback,
        EXEMPT_ADD => exempt_add,
        EXEMPT_QUERY => exempt_query,
        EXEMPT_ROLLBACK => exempt_rollback,
    }
    chatroom_entry {
        ENTRY_SET => entry_set,
        ENTRY_QUERY => entry_query,
        ENTRY_REMOVE => entry_remove,
    }
    chatroom {
        DESTROY => destroy,
    }
    template {
        TO_USERS => to_users,
        FROM_SYSTEM => from_system,
    }
    push {
        PUSH => push,
    }
    history {
        GET => get,
        DELETE => delete,
    }
    conversation {
        MUTE => mute,
        IS_MUTED => is_muted,
        PIN => pin,
    }
    sensitive {
        ADD => add,
        DELETE => delete,
        DELETE_MANY => delete_many,
        LIST => list,
    }
    services {
        PUT => put,
        REMOVE => remove,
        QUERY => query,
        PUBLISH => publish,
        RATINGS => ratings,
    }
}

/// The paths of the server API.
pub fn routes<S: Store>() -> Router<Arc<App<S>>> {
    called::<S>()
        .route(history::DOWNLOAD, get(history::download::<S>))
        .route("/openapi.json", get(described))
}

async fn described() -> Response {
    http::json(StatusCode::OK, &openapi::description(CALLS))
}

/// Why a call is refused.
#[derive(Debug)]
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

    /// Not signed, or not as it must be: 1004. Why is not told.
    fn unsigned() -> Self {
        let message = "the signature is wrong".to_owned();
        Self { status: StatusCode::UNAUTHORIZED, code: 1004, message }
    }

    /// More calls a second than there may be: 1008.
    fn too_often() -> Self {
        let message = "this was called too often: see HONGYAN_API_RATE".to_owned();
        Self { status: StatusCode::TOO_MANY_REQUESTS, code: 1008, message }
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
        if let Some(refusal) = chatroom::refusal(code) {
            refusal
        } else if code == ErrorCode::NotInGroup {
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

/// What came with a signed call, if it is one and fits.
async fn arguments<S>(app: &App<S>, call: &Call, request: Request) -> Result<Arguments, Response> {
    let (parts, body) = request.into_parts();
    // Before a byte of the body is read, where that can be said.
    if !app.api.may_be_signed(&app.credentials, &parts) {
        return Err(refused(app, call, &parts, &Refusal::unsigned()));
    }
    let request = Request::from_parts(parts.clone(), body);
    let body = http::read_body(request, call.max_body()).await?;
    let now = app.clock.now();
    let admitted = app.api.admit(&app.credentials, &parts, &body, call.path, now);
    admitted.map_err(|refusal| refused(app, call, &parts, &refusal))?;
    let form = form(call, is_json(&parts.headers), &body).map_err(|refusal| refusal.response())?;
    Ok(Arguments { form, origin: navigation::origin(app, &parts.headers) })
}

/// The answer to a call that was not let through. The operator is told why.
fn refused<S>(app: &App<S>, call: &Call, parts: &Parts, refusal: &Refusal) -> Response {
    let reason = if refusal.status == StatusCode::UNAUTHORIZED {
        app.api.reason(&app.credentials, parts, app.clock.now().wall)
    } else {
        "too often"
    };
    tracing::info!(path = call.path, reason, "a call of the server API was refused");
    refusal.response()
}

/// What a body says, if the call takes it.
fn form(call: &Call, json: bool, body: &[u8]) -> Result<Parameters, Refusal> {
    if !json && !Parameters::is_utf8(body) {
        return Err(Refusal::parameter("the form is not UTF-8"));
    }
    let form = if json { form_of_json(call, body)? } else { Parameters::parse_form(body) };
    if form.is_cut() {
        return Err(Refusal::too_many("there are too many fields"));
    }
    call.check(&form)?;
    Ok(form)
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.trim_start().starts_with("application/json"))
}

fn reply(answer: Answer) -> Response {
    match answer {
        Ok(mut body) => {
            body["code"] = json!(200);
            http::json(StatusCode::OK, &body)
        }
        Err(refusal) => refusal.response(),
    }
}

/// The answer of a call that only does something.
fn done() -> Answer {
    Ok(json!({}))
}

#[cfg(test)]
mod tests;
