//! Signing in by name alone: for trying out, off where others can reach the server unless set.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use hongyan::ids::UserId;
use serde::Deserialize;
use serde_json::json;

use super::app::App;
use super::http;
use crate::core::limits::{MAX_ID, is_id};
use crate::store::{Profile, Store};

const MAX_BODY: usize = 4 * 1024;

#[derive(Deserialize)]
struct SignIn {
    name: String,
}

/// `POST /demo/sign-in` `{name}` → `{userId, token, appKey}`: whoever says a name is that user.
pub async fn sign_in<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    if !app.config.demo {
        return http::error(StatusCode::NOT_FOUND, 404, "the demo is off (HONGYAN_DEMO)");
    }
    let body = match http::read_body(request, MAX_BODY).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let Ok(SignIn { name }) = serde_json::from_slice(&body) else {
        return http::error(StatusCode::BAD_REQUEST, 400, "the body must be {\"name\": …}");
    };
    let name = name.trim();
    if !is_demo_name(name) {
        let message =
            format!("a name has 1 to {MAX_ID} bytes, no control characters, no @, no emoji");
        return http::error(StatusCode::BAD_REQUEST, 400, &message);
    }
    let user = UserId::from(name);
    let profile = Profile { name: name.to_owned(), portrait: String::new() };
    if let Err(error) = app.core.store().put_profile(&user, profile).await {
        tracing::error!(?error, "the store failed");
        return http::error(StatusCode::INTERNAL_SERVER_ERROR, 500, "the server failed");
    }
    let token = app.credentials.issue(&user, app.clock.now());
    let answer = json!({ "userId": name, "token": token, "appKey": app.config.app_key });
    http::json(StatusCode::OK, &answer)
}

/// Old clients write characters beyond 16 bits in another form, so ids do without them.
fn is_demo_name(name: &str) -> bool {
    is_id(name) && !name.contains('@') && name.chars().all(|c| u32::from(c) <= 0xFFFF)
}
