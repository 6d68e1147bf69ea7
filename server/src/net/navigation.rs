//! Navigation: where to connect to. Three shapes of the same answer, one per generation of clients.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use hongyan::ids::UserId;
use serde_json::{Value, json};

use super::app::App;
use super::http::{self, Parameters};
use crate::config::parse_address;
use crate::files::UPLOAD_PATH;
use crate::gateway::LoginRefusal;
use crate::store::Store;

/// The longest body of a navigation request, in bytes.
const MAX_BODY: usize = 16 * 1024;
/// The function that 2.x clients ask for and strip from the answer's text.
const DEFAULT_CALLBACK: &str = "getServerEndpoint";

/// 200 and nothing: clients race hosts by it.
pub async fn ping() -> Response {
    http::text(StatusCode::OK, "text/plain; charset=utf-8", String::new())
}

/// How long the store may take to answer before the server is not well.
const HEALTH_TIME: Duration = Duration::from_secs(5);

/// `/healthz`, for whoever restarts or replaces a server that is not well: 200 if the store answers.
pub async fn health<S: Store>(State(app): State<Arc<App<S>>>) -> Response {
    match tokio::time::timeout(HEALTH_TIME, app.core.store().log_end()).await {
        Ok(Ok(_)) => http::json(StatusCode::OK, &json!({ "status": "ok" })),
        Ok(Err(error)) => {
            tracing::error!(?error, "not healthy: the store failed");
            http::error(StatusCode::SERVICE_UNAVAILABLE, 1000, "the store failed")
        }
        Err(_) => http::error(StatusCode::SERVICE_UNAVAILABLE, 1000, "the store does not answer"),
    }
}

/// `/navi.js` and `/cometnavi.js`: a call of the function named by `callBack`. Refusals are bare
/// JSON, as 2.5.3 wants them.
pub async fn script<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let parameters = Parameters::of_query(&request);
    let callback = parameters.find("callBack").unwrap_or(DEFAULT_CALLBACK);
    if !is_callback(callback) {
        return http::error(StatusCode::BAD_REQUEST, 400, "callBack is no function name");
    }
    match app.user_of(parameters.get("appId"), parameters.get("token")) {
        Ok(user) => {
            let answer = answer_2x(&app, &user, &address(&app, request.headers()));
            let body = format!("{callback}({answer});");
            http::text(StatusCode::OK, "application/javascript; charset=utf-8", body)
        }
        Err(refusal) => refused(refusal),
    }
}

/// `/v2/navi.json`, asked by the newer clients: the app key in a header, the token in the body.
pub async fn json<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let body = match http::read_body(request, MAX_BODY).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let parameters = Parameters::parse(&body);
    let app_key = headers.get("rc-appkey").and_then(|key| key.to_str().ok()).unwrap_or_default();
    match app.user_of(app_key, parameters.get("token")) {
        Ok(user) => http::json(StatusCode::OK, &answer_newer(&app, &user, &headers)),
        Err(refusal) => refused(refusal),
    }
}

/// Bare JSON, as 2.5.3 wants it.
pub(super) fn refused(refusal: LoginRefusal) -> Response {
    let (status, code) = match refusal {
        LoginRefusal::UnknownAppKey => (StatusCode::FORBIDDEN, 403),
        LoginRefusal::TokenIncorrect | LoginRefusal::TokenExpired => {
            (StatusCode::UNAUTHORIZED, 401)
        }
        LoginRefusal::Blocked => (StatusCode::FORBIDDEN, 403),
        LoginRefusal::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, 503),
    };
    http::json(status, &json!({ "code": code }))
}

/// Only what this server can do is announced. `type` must not be the number 1: newer clients take
/// that for a package error. `voipCallInfo` and `logPolicy` are JSON in a text.
fn answer_2x<S>(app: &App<S>, user: &UserId, address: &str) -> Value {
    json!({
        "code": 200,
        "userId": user.as_str(),
        "server": address,
        "backupServer": "",
        "voipCallInfo": "{\"strategy\":0,\"callEngine\":[]}",
        "logPolicy": "",
        "openMp": true,
        "openUS": 0,
        "kvStorage": i32::from(app.config.chatrooms.entries),
        "historyMsg": false,
        "chatroomMsg": true,
        "joinMChrm": true,
        "type": "1",
        "hongyan": extensions(app),
    })
}

fn answer_newer<S>(app: &App<S>, user: &UserId, headers: &HeaderMap) -> Value {
    let address = address(app, headers);
    let protocol = if http::is_secure(headers) { WSS } else { WS };
    let mut answer = answer_2x(app, user, &address);
    answer["serverAddr"] = json!([{ "addr": address, "protocol": protocol, "weight": 10 }]);
    answer["type"] = json!(2);
    answer
}

/// Numbers of the newer clients for the two ways to connect.
const WS: u32 = 5;
const WSS: u32 = 6;

/// What a Hongyan client learns (`docs/extensions.md`).
fn extensions<S>(app: &App<S>) -> Value {
    let rate = app.config.send_rate;
    let mut known = json!({ "version": 1, "sendRate": rate.per_second, "sendBurst": rate.burst });
    if app.config.binary_polling {
        known["polling"] = json!(1);
    }
    if app.files.is_on() {
        known["upload"] = json!(UPLOAD_PATH);
    }
    known
}

/// Scheme, host and port under which clients reached this server: `https://im.example.com`.
pub(super) fn origin<S>(app: &App<S>, headers: &HeaderMap) -> String {
    let scheme = if http::is_secure(headers) { "https" } else { "http" };
    format!("{scheme}://{}", address(app, headers))
}

/// The address that clients reached this server under, unless one is set.
fn address<S>(app: &App<S>, headers: &HeaderMap) -> String {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let set = app.config.public_address.clone();
    set.or_else(|| asked.and_then(parse_address)).unwrap_or_else(|| app.config.listen.to_string())
}

/// `^[A-Za-z_$][\w$.]{0,63}$`: what may stand before the bracket in a script.
pub(super) fn is_callback(name: &str) -> bool {
    let mut characters = name.chars();
    let begins = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || "_$".contains(c));
    begins && name.len() <= 64 && characters.all(|c| c.is_ascii_alphanumeric() || "_$.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_is_a_dotted_name_and_nothing_else() {
        for name in ["getServerEndpoint", "a.b.c", "$", "_1", &"a".repeat(64)] {
            assert!(is_callback(name), "{name}");
        }
        for name in ["", "1a", ".a", "alert(1)//", "a b", "<script>", "a;b", &"a".repeat(65), "é"]
        {
            assert!(!is_callback(name), "{name}");
        }
    }
}
