//! Users.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use hongyan::ids::UserId;
use serde_json::json;

use super::super::app::App;
use super::super::http;
use super::{MAX_FORM, form_up_to};
use crate::core::limits::{MAX_ID, is_id};
use crate::store::{Profile, Store};

/// The longest name and portrait address of a user, in bytes.
const MAX_NAME: usize = 256;
const MAX_PORTRAIT: usize = 1024;

/// `/user/getToken`: remembers a user and gives out a token.
pub async fn get_token<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let form = match form_up_to(MAX_FORM, &app, request).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let user = form.get("userId");
    if !is_id(user) || user.contains('@') {
        let message = format!("userId must have 1 to {MAX_ID} bytes, no control characters, no @");
        return http::error(StatusCode::BAD_REQUEST, 1002, &message);
    }
    let (name, portrait) = (form.get("name"), form.get("portraitUri"));
    if name.len() > MAX_NAME || portrait.len() > MAX_PORTRAIT {
        return http::error(StatusCode::BAD_REQUEST, 1002, "name or portraitUri is too long");
    }
    let user = UserId::from(user);
    let profile = Profile { name: name.to_owned(), portrait: portrait.to_owned() };
    if let Err(error) = app.core.store().put_profile(&user, profile).await {
        tracing::error!(?error, "the store failed");
        return http::error(StatusCode::INTERNAL_SERVER_ERROR, 1000, "the server failed");
    }
    let token = app.credentials.issue(&user, app.clock.now());
    let body = json!({ "code": 200, "userId": user.as_str(), "token": token });
    http::json(StatusCode::OK, &body)
}
