//! Whether messages wait for somebody who is not connected: what 2.x asks for a badge.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use hongyan::ids::UserId;

use super::app::App;
use super::http::{self, Parameters};
use super::navigation::{is_callback, refused};
use crate::core::limits::MAX_CONVERSATIONS;
use crate::store::{ConversationQuery, Store, StoreError};

/// The function that 2.x clients give a name of their own to.
const DEFAULT_CALLBACK: &str = "RCCallback";

/// `GET /message/exist.js?appKey=…&token=…&callBack=…`: a call of that function with `{"status": n}`,
/// how many unread messages wait for the token's user.
pub async fn script<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let parameters = Parameters::of_query(&request);
    let callback = parameters.find("callBack").unwrap_or(DEFAULT_CALLBACK);
    if !is_callback(callback) {
        return http::error(StatusCode::BAD_REQUEST, 400, "callBack is no function name");
    }
    let (app_key, token) = (parameters.get("appKey"), parameters.get("token"));
    let user = match app.user_of(app_key, token) {
        Ok(user) => user,
        Err(refusal) => return refused(refusal),
    };
    match waiting(&app, &user).await {
        Ok(count) => {
            let body = format!("{callback}({{\"status\":{count}}});");
            http::text(StatusCode::OK, "application/javascript; charset=utf-8", body)
        }
        Err(error) => {
            tracing::error!(?error, "the store failed");
            http::error(StatusCode::INTERNAL_SERVER_ERROR, 1000, "the server failed")
        }
    }
}

async fn waiting<S: Store>(app: &App<S>, user: &UserId) -> Result<u64, StoreError> {
    let query = ConversationQuery { count: MAX_CONVERSATIONS, ..ConversationQuery::default() };
    let (rows, _) = app.core.store().conversations(user, query).await?;
    Ok(rows.iter().map(|row| row.unread).sum())
}
