//! Long polling: for clients that cannot have a socket. Two forms of the same: JSON, as the 2.x
//! generation speaks it, and frames as they are, for Hongyan clients (`docs/extensions.md`).
//!
//! | JSON | binary | |
//! |---|---|---|
//! | `GET /websocket` | `POST /hy/open` | login: the answer is CONNACK and names the session |
//! | `GET /pullmsg.js` | `POST /hy/poll` | waits for frames |
//! | `POST /websocket` | `POST /hy/send` | sends one frame; sends several |

mod carrier;
mod session;
mod sessions;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post as post_to};
use hongyan::wire::MAX_FRAME;
use hongyan::wire::polling::{Batch, push_frame};
use percent_encoding::percent_decode_str;

use super::address::client_of;
use super::app::App;
use super::http::{self, Parameters, origin_allowed};
use super::slow_body::SlowBody;
use super::{bridge, navigation, websocket};
use crate::gateway::LoginRefusal;
use crate::store::Store;
use carrier::Carrier;
use session::{Posted, Pulled, Session};
pub use sessions::Sessions;

/// An answer comes after so long, even if it is empty: clients give up after 40 s and 45 s, proxies
/// after 30 s and more.
const HOLD: Duration = Duration::from_secs(28);
/// The answer to a login comes within this time, or the login has failed.
const LOGIN_TIME: Duration = Duration::from_secs(10);
/// After the end of a session what was sent last can be had for so long.
const LAST_WORDS: Duration = Duration::from_secs(30);
/// The largest body of a POST, bytes: a frame whose every byte has an escape of two; and a few
/// frames of the usual size.
const MAX_BODY: usize = 2 * MAX_FRAME + 64 * 1024;
/// A poll in frames: the session's name and a number.
const HEAD: usize = sessions::ID_LENGTH + 8;
/// What the 2.x generation takes for the end of a session: 2.5.3 knows this text, engine 4.4.2 takes
/// everything that is no array for it.
const LOST: &str = "lost params";

/// What a client wants the bodies to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// JSON.
    Json,
    /// Frames.
    Binary,
}

/// What is not on `/websocket`.
pub fn routes<S: Store>() -> Router<Arc<App<S>>> {
    Router::new()
        .route("/pullmsg.js", get(pull::<S>))
        .route("/hy/open", post_to(open::<S>))
        .route("/hy/poll", post_to(poll::<S>))
        .route("/hy/send", post_to(send::<S>))
}

async fn open<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    if !app.config.binary_polling {
        return http::error(StatusCode::NOT_FOUND, 404, "binary polling is switched off");
    }
    if !origin_allowed(&app.config.allow_origins, request.headers()) {
        return http::error(StatusCode::FORBIDDEN, 403, "this origin may not connect");
    }
    let (parts, _) = request.into_parts();
    connect(&app, &parts, Encoding::Binary).await
}

/// Logs in. The answer is one CONNACK: in JSON an object by itself, not in an array.
pub async fn connect<S: Store>(app: &Arc<App<S>>, request: &Parts, encoding: Encoding) -> Response {
    let parameters = Parameters::parse(request.uri.query().unwrap_or_default().as_bytes());
    let origin = navigation::origin(app, &request.headers);
    let sdk = websocket::logged_version(parameters.get("sdkVer"));
    let (login, client) = match websocket::login(app, &parameters, origin) {
        Ok(logged_in) => logged_in,
        Err(refusal) => {
            tracing::info!(status = refusal.status(), sdk, polling = true, "login refused");
            return refused(refusal, encoding);
        }
    };
    let address = client_of(&app.config.proxies, &request.extensions, &request.headers);
    let Some(session) = app.polling.open(encoding, address) else {
        tracing::debug!("too many polling sessions of one address");
        return http::error(StatusCode::TOO_MANY_REQUESTS, 429, "too many sessions");
    };
    let (carried, link) = (Arc::clone(app), Carrier(Arc::clone(&session)));
    tokio::spawn(async move {
        let link_session = Arc::clone(&link.0);
        bridge::run(Arc::clone(&carried), link, login, client, sdk).await;
        if !link_session.is_read() {
            tokio::time::sleep(LAST_WORDS).await;
        }
        carried.polling.close(&link_session);
    });
    match session.pull(None, 1, LOGIN_TIME).await {
        Pulled::Frames(frames) if !frames.is_empty() => match encoding {
            Encoding::Json => json(frames.concat()),
            Encoding::Binary => batch(&frames),
        },
        Pulled::Frames(_) | Pulled::Lost | Pulled::NeverSent => {
            refused(LoginRefusal::Unavailable, encoding)
        }
    }
}

fn refused(refusal: LoginRefusal, encoding: Encoding) -> Response {
    match encoding {
        Encoding::Json => {
            let mut object = String::new();
            let mut codec = hongyan::signal::polling::Codec::default();
            codec.push_object(&refusal.frame(), "", &mut object);
            json(object.into())
        }
        Encoding::Binary => batch(&[refusal.frame()]),
    }
}

/// `/pullmsg.js`.
async fn pull<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let parameters = Parameters::of_query(&request);
    let arrived = parameters.find("ack").and_then(|count| count.parse().ok());
    let Some(session) = app.polling.find(parameters.get("sessionid"), Encoding::Json) else {
        return lost();
    };
    session.alive();
    match session.pull(arrived, usize::MAX, HOLD).await {
        Pulled::Frames(frames) => json([b"[", &*frames.join(&b','), b"]"].concat()),
        Pulled::Lost => lost(),
        Pulled::NeverSent => {
            app.polling.end(&session);
            lost()
        }
    }
}

/// `POST /websocket`: a frame of a client of 2.x. Its answer comes with the next pull, so that
/// nothing is overtaken.
pub async fn post<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let parameters = Parameters::of_query(&request);
    let addressed = (raw(&request, "topic"), raw(&request, "targetid"));
    let Some(session) = app.polling.find(parameters.get("sessionid"), Encoding::Json) else {
        return lost();
    };
    let body = match SlowBody::of(request, MAX_BODY).whole(|| session.hears()).await {
        Ok(Some(body)) => body,
        Ok(None) => return lost(),
        Err(response) => return response,
    };
    let number = |name| parameters.get(name).parse();
    let frame = match (parameters.get("header").parse(), number("messageid")) {
        (Ok(header), Ok(id)) => session.frame_of(header, id, (&addressed.0, &addressed.1), &body),
        (Err(_), _) | (_, Err(_)) => None,
    };
    let Some(frame) = frame else {
        return http::error(StatusCode::BAD_REQUEST, 400, "this is no frame");
    };
    match session.post(vec![frame], None).await {
        Posted::Taken => json(b"[]".to_vec()),
        Posted::Lost | Posted::Gap => lost(),
        Posted::Full => http::error(StatusCode::SERVICE_UNAVAILABLE, 503, "too much is under way"),
    }
}

/// A parameter that clients of 2.x do not encode: a plus in it is a plus.
fn raw(request: &Request, name: &str) -> String {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.find(|(key, _)| *key == name).map_or("", |(_, value)| value);
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

/// The session and the number that a body of the binary form begins with.
async fn binary<S>(app: &App<S>, body: &mut SlowBody) -> Result<(Arc<Session>, u64), Response> {
    let head = body.beginning(HEAD).await?;
    let split = head.split_first_chunk::<{ sessions::ID_LENGTH }>();
    let (id, rest) = split.ok_or_else(|| StatusCode::BAD_REQUEST.into_response())?;
    let (number, _) = rest.split_first_chunk().ok_or(StatusCode::BAD_REQUEST.into_response())?;
    let id = std::str::from_utf8(id).unwrap_or_default();
    let session = app.polling.find(id, Encoding::Binary);
    let session = session.ok_or_else(|| StatusCode::GONE.into_response())?;
    Ok((session, u64::from_be_bytes(*number)))
}

/// `/hy/poll`: the number is how many frames have arrived in all.
async fn poll<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let (session, arrived) = match binary(&app, &mut SlowBody::of(request, HEAD)).await {
        Ok(found) => found,
        Err(refused) => return refused,
    };
    match session.pull(Some(arrived), usize::MAX, HOLD).await {
        Pulled::Frames(frames) => batch(&frames),
        Pulled::Lost => StatusCode::GONE.into_response(),
        Pulled::NeverSent => {
            app.polling.end(&session);
            StatusCode::GONE.into_response()
        }
    }
}

/// `/hy/send`: the number is that of the first frame in the body, counted from 0.
async fn send<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let mut body = SlowBody::of(request, MAX_BODY);
    let (session, first) = match binary(&app, &mut body).await {
        Ok(found) => found,
        Err(refused) => return refused,
    };
    let body = match body.whole(|| session.hears()).await {
        Ok(Some(body)) => body,
        Ok(None) => return StatusCode::GONE.into_response(),
        Err(refused) => return refused,
    };
    let Ok(frames) = Batch::of(body.slice(HEAD..)).collect::<Result<Vec<_>, _>>() else {
        app.polling.end(&session);
        return StatusCode::BAD_REQUEST.into_response();
    };
    match session.post(frames, Some(first)).await {
        Posted::Taken => StatusCode::NO_CONTENT.into_response(),
        Posted::Lost => StatusCode::GONE.into_response(),
        Posted::Gap => {
            app.polling.end(&session);
            StatusCode::GONE.into_response()
        }
        Posted::Full => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn lost() -> Response {
    http::text(StatusCode::OK, "text/plain; charset=utf-8", LOST.to_owned())
}

fn json(text: Vec<u8>) -> Response {
    body("application/json; charset=utf-8", text)
}

fn batch(frames: &[Bytes]) -> Response {
    let mut bytes = Vec::new();
    frames.iter().for_each(|frame| push_frame(&mut bytes, frame));
    body("application/octet-stream", bytes)
}

fn body(content_type: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")];
    (headers, bytes).into_response()
}
