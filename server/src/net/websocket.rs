//! `/websocket`: the URL carries the credentials. Whoever is refused hears why in a CONNACK.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytestring::ByteString;
use hongyan::wire::MAX_FRAME;

use super::app::App;
use super::bridge;
use super::http::{self, Parameters, origin_allowed};
use super::long_poll::{self, Encoding};
use super::navigation;
use crate::core::ask::Login;
use crate::gateway::{ClientInfo, LoginRefusal};
use crate::store::Store;

/// The read buffer of a socket, in bytes: held for as long as the connection, and enough for most
/// frames at once. The default costs 128 KiB a connection.
const READ_BUFFER: usize = 1024;
/// So many bytes are gathered before they are written. The buffer grows with what is sent and stays
/// as large as the largest frame was.
const WRITE_BUFFER: usize = 4 * 1024;
/// Rows in a page of the inbox; a page ends earlier where a frame is full.
const PAGE_SIZE: u32 = 200;
/// How long a refused client may take to read why.
const REFUSAL_TIME: std::time::Duration = std::time::Duration::from_secs(5);

/// A client's credentials and kind, from the parameters of the URL. Unknown and missing ones are
/// tolerated: each generation of clients sends others.
pub(super) fn login<S: Store>(
    app: &App<S>,
    parameters: &Parameters,
    origin: String,
) -> Result<(Login, ClientInfo), LoginRefusal> {
    let token = parameters.get("token");
    let (user, token) = app.token_of(parameters.get("appId"), token)?;
    if app.core.is_blocked(&user, app.clock.now().wall) {
        return Err(LoginRefusal::Blocked);
    }
    let extended = parameters.get("hy") == "1";
    let device = parameters.find("did").filter(|device| extended && is_device(device));
    let session_id = ByteString::from(format!("{:x}", app.next_connection()));
    let login = Login { user, device: device.map(ByteString::from), token };
    Ok((login, ClientInfo { extended, session_id, page_size: PAGE_SIZE, origin: origin.into() }))
}

/// 1 to 64 characters of `[A-Za-z0-9_-]`.
fn is_device(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=64).contains(&text.len()) && text.chars().all(fits)
}

/// Turns the request into a WebSocket, or answers a client of 2.x that wants to poll.
pub async fn upgrade<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    if !origin_allowed(&app.config.allow_origins, request.headers()) {
        return http::error(StatusCode::FORBIDDEN, 403, "this origin may not connect");
    }
    let (mut parts, _) = request.into_parts();
    if !parts.headers.contains_key(header::UPGRADE) {
        return long_poll::connect(&app, &parts, Encoding::Json).await;
    }
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let origin = navigation::origin(&app, &parts.headers);
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(WRITE_BUFFER + 2 * MAX_FRAME)
        .max_message_size(MAX_FRAME)
        .max_frame_size(MAX_FRAME);
    let sdk = logged_version(parameters.get("sdkVer"));
    match login(&app, &parameters, origin) {
        Ok((login, client)) => upgrade.on_upgrade(move |socket| async move {
            bridge::run(app, socket, login, client, sdk).await;
        }),
        Err(refusal) => {
            tracing::info!(status = refusal.status(), sdk, "login refused");
            upgrade.on_upgrade(move |socket| refuse(socket, refusal))
        }
    }
}

/// A client's version, as far as a log should have it.
pub(super) fn logged_version(version: &str) -> String {
    version.chars().filter(|c| c.is_ascii_alphanumeric() || ".-_".contains(*c)).take(24).collect()
}

/// Tells why and cuts TCP: 2.5.3 never closes the socket itself.
async fn refuse(mut socket: WebSocket, refusal: LoginRefusal) {
    let sent = socket.send(Message::Binary(refusal.frame()));
    // Whether it arrived makes no difference.
    drop(tokio::time::timeout(REFUSAL_TIME, sent).await);
}
