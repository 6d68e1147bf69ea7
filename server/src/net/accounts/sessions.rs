//! Sessions: what they give out, who has which, and how they end.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::app::App;
use super::login::token_of;
use super::{Caller, MAX_BODY, Refusal, answer, called};
use crate::store::{AccountSession, SessionKey, Store};

/// A call without words.
#[derive(Deserialize)]
struct Nothing {}

/// `POST /account/token` → `{userId, token, tokenExpires, appKey}`: another token for the message
/// server, for as long as the session lasts.
pub async fn token<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let (caller, Nothing {}) = match called(&app, request, MAX_BODY).await {
        Ok(called) => called,
        Err(response) => return response,
    };
    let user = &caller.session.user;
    let mut told = serde_json::Map::new();
    told.insert("userId".into(), user.as_str().into());
    told.extend(token_of(&app, user, &caller.session.key, caller.now));
    answer(Ok(Value::Object(told)))
}

/// `POST /account/logout`: ends this session, its links and its tokens. One that is over already is over: `{}` as well.
pub async fn logout<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let (caller, Nothing {}) = match called(&app, request, MAX_BODY).await {
        Ok(called) => called,
        Err(response) => return response,
    };
    answer(close(&app, &caller, &[caller.session.key]).await)
}

async fn close<S: Store>(
    app: &App<S>,
    caller: &Caller,
    keys: &[SessionKey],
) -> Result<Value, Refusal> {
    let user = &caller.session.user;
    let closed = app.core.store().close_sessions(user, keys).await?;
    let until = caller.now.wall.plus(app.credentials.token_ttl());
    let ended = keys.iter().map(session_id).collect();
    app.core.end_account_sessions(user, ended, until).await?;
    Ok(json!({ "closed": closed }))
}

/// `POST /account/sessions` → `{sessions: [{id, device, created, expires, current}]}`.
pub async fn list<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let (caller, Nothing {}) = match called(&app, request, MAX_BODY).await {
        Ok(called) => called,
        Err(response) => return response,
    };
    let sessions = app.core.store().sessions_of(&caller.session.user, caller.now.wall).await;
    let told = |session: &AccountSession| {
        json!({
            "id": session_id(&session.key),
            "device": session.device,
            "created": session.created.get(),
            "expires": session.expires.get(),
            "current": session.key == caller.session.key,
        })
    };
    answer(
        sessions
            .map_err(Refusal::from)
            .map(|sessions| json!({ "sessions": sessions.iter().map(told).collect::<Vec<_>>() })),
    )
}

#[derive(Deserialize)]
struct Revoke {
    #[serde(default)]
    id: String,
    #[serde(default)]
    others: bool,
}

/// `POST /account/sessions/revoke` `{id}` or `{others: true}` → `{closed}`: how many it ended.
pub async fn revoke<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let (caller, said) = match called(&app, request, MAX_BODY).await {
        Ok(called) => called,
        Err(response) => return response,
    };
    answer(end_some(&app, &caller, &said).await)
}

async fn end_some<S: Store>(
    app: &App<S>,
    caller: &Caller,
    said: &Revoke,
) -> Result<Value, Refusal> {
    if said.id.is_empty() && !said.others {
        let message = "say which session: {\"id\": …} or {\"others\": true}";
        return Err(Refusal::Field(message.to_owned()));
    }
    let sessions = app.core.store().sessions_of(&caller.session.user, caller.now.wall).await?;
    let own = caller.session.key;
    let meant = |key: &SessionKey| (said.others && *key != own) || session_id(key) == said.id;
    let keys: Vec<_> = sessions.iter().map(|session| session.key).filter(meant).collect();
    close(app, caller, &keys).await
}

/// What a session is called: the beginning of its hash, of which nobody gets to the token.
pub(super) fn session_id(key: &SessionKey) -> String {
    key.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
