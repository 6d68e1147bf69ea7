//! `/file`: the upload endpoint. It speaks the core of tus 1.0 with the extensions creation and
//! termination, and takes plain forms ([`upload_form`]). `docs/files.md`.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::BodyDataStream;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{options, patch};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;

use super::app::App;
use super::{http, upload_form};
use crate::core::token::TokenError;
use crate::core::upload::Grant;
use crate::files::{FileError, FileId, Progress, UPLOAD_PATH, download_path};
use crate::store::Store;

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
/// How long a refused client may go on sending.
const READ_REST: Duration = Duration::from_secs(5);
const PIECE: &[u8] = b"application/offset+octet-stream";
/// What a page of another origin may read of an answer.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Location, Content-Location, Upload-Offset, Upload-Length, Upload-Metadata, Tus-Resumable, \
     Tus-Version, Tus-Extension, Tus-Max-Size",
);

/// Why a request of an upload is refused.
pub(super) enum Refused {
    Token(TokenError),
    File(FileError),
    /// It makes no sense.
    Malformed(&'static str),
    /// Another version of the protocol.
    Version,
    /// A piece of another content type.
    NoPiece,
}

impl From<FileError> for Refused {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

pub(super) fn routes<S: Store>() -> Router<Arc<App<S>>> {
    let one = patch(receive::<S>).head(progress::<S>).delete(cancel::<S>);
    Router::new()
        .route(UPLOAD_PATH, options(offer::<S>).post(begin::<S>))
        .route("/file/{id}", one)
        // Every handler has limits of its own.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(resumable))
}

/// Every answer says which version it speaks.
async fn resumable(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, VERSION);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    response
}

/// `OPTIONS /file`: what is spoken here.
async fn offer<S: Store>(State(app): State<Arc<App<S>>>) -> Response {
    let headers = [
        ("tus-version", "1.0.0".to_owned()),
        ("tus-extension", "creation,termination".to_owned()),
        ("tus-max-size", app.files.largest().to_string()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// `POST /file`: begins an upload, or takes a whole form.
async fn begin<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    if upload_form::is_form(request.headers()) {
        return upload_form::receive(app, request).await;
    }
    answered(begin_tus(&app, request.headers()).await)
}

async fn begin_tus<S: Store>(app: &App<S>, headers: &HeaderMap) -> Result<Response, Refused> {
    let grant = grant(app, headers)?;
    check_version(headers)?;
    let size = number(headers, &LENGTH).ok_or(Refused::Malformed("Upload-Length is missing"))?;
    let name = name(headers)?;
    let now = app.clock.now().wall;
    let id = app.files.begin(&grant, size, &name, now).await?;
    let location = [(header::LOCATION, format!("{UPLOAD_PATH}/{}", id.as_str()))];
    Ok((StatusCode::CREATED, location).into_response())
}

/// `HEAD /file/{id}`: how far an upload is.
async fn progress<S: Store>(
    State(app): State<Arc<App<S>>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let progress = async {
        let grant = grant(&app, &headers)?;
        check_version(&headers)?;
        let id = parsed(&id)?;
        let progress = app.files.progress(&grant.user, &id).await?;
        let known = [
            (LENGTH, progress.about.size.to_string()),
            (METADATA, format!("filename {}", STANDARD.encode(&progress.about.name))),
        ];
        Ok((StatusCode::OK, known, place(&id, &progress)).into_response())
    };
    answered(progress.await)
}

/// `PATCH /file/{id}`: the next piece.
async fn receive<S: Store>(
    State(app): State<Arc<App<S>>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let receiving = async move {
        let mut piece = body.into_data_stream();
        let received = receive_piece(&app, &id, &parts.headers, &mut piece).await;
        if received.is_err() {
            read_rest(async { while let Some(Ok(_)) = piece.next().await {} }).await;
        }
        received
    };
    answered(to_the_end(receiving).await)
}

async fn receive_piece<S: Store>(
    app: &App<S>,
    id: &str,
    headers: &HeaderMap,
    piece: &mut BodyDataStream,
) -> Result<Response, Refused> {
    let grant = grant(app, headers)?;
    check_version(headers)?;
    let id = parsed(id)?;
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes() != PIECE) {
        return Err(Refused::NoPiece);
    }
    let offset = number(headers, &OFFSET);
    let offset = offset.ok_or(Refused::Malformed("Upload-Offset is missing"))?;
    let progress = app.files.receive(&grant.user, &id, offset, piece).await?;
    Ok((StatusCode::NO_CONTENT, place(&id, &progress)).into_response())
}

/// Reads what a refused client still sends, for a while: a browser that is cut off while it sends
/// never looks at the answer.
pub(super) async fn read_rest(reading: impl Future<Output = ()>) {
    // Whoever sends for longer has to do without the reason.
    drop(tokio::time::timeout(READ_REST, reading).await);
}

/// `DELETE /file/{id}`: forgets an upload that is not whole.
async fn cancel<S: Store>(
    State(app): State<Arc<App<S>>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let cancelled = async {
        let grant = grant(&app, &headers)?;
        check_version(&headers)?;
        app.files.cancel(&grant.user, &parsed(&id)?).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    answered(cancelled.await)
}

/// Goes on even if the client goes away, which drops what waits for the answer.
pub(super) async fn to_the_end(
    work: impl Future<Output = Result<Response, Refused>> + Send + 'static,
) -> Result<Response, Refused> {
    let failed = |error| Refused::File(FileError::Failed(std::io::Error::other(error)));
    tokio::spawn(work).await.map_err(failed)?
}

/// How far an upload is; once it is a file, also where that is.
fn place(id: &FileId, progress: &Progress) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(OFFSET, HeaderValue::from(progress.offset));
    if progress.is_whole()
        && let Ok(path) = HeaderValue::from_str(&download_path(id, &progress.about.name))
    {
        headers.insert(header::CONTENT_LOCATION, path);
    }
    headers
}

/// What the token allows: `Authorization: Bearer TOKEN`.
fn grant<S: Store>(app: &App<S>, headers: &HeaderMap) -> Result<Grant, Refused> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer "));
    checked(app, token.unwrap_or_default())
}

pub(super) fn checked<S: Store>(app: &App<S>, token: &str) -> Result<Grant, Refused> {
    app.credentials.upload_tokens.check(token, app.clock.now().wall).map_err(Refused::Token)
}

fn check_version(headers: &HeaderMap) -> Result<(), Refused> {
    let same = headers.get(RESUMABLE).is_some_and(|version| version == VERSION);
    if same { Ok(()) } else { Err(Refused::Version) }
}

fn parsed(id: &str) -> Result<FileId, FileError> {
    FileId::parse(id).ok_or(FileError::NotFound)
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// `filename` of `Upload-Metadata`: pairs of a key and base64, with commas between.
fn name(headers: &HeaderMap) -> Result<String, Refused> {
    const UNREADABLE: Refused = Refused::Malformed("Upload-Metadata cannot be read");
    let Some(pairs) = headers.get(METADATA) else {
        return Ok(String::new());
    };
    for pair in pairs.to_str().map_err(|_| UNREADABLE)?.split(',') {
        let (key, value) = pair.trim().split_once(' ').unwrap_or((pair, ""));
        if key == "filename" {
            let bytes = STANDARD.decode(value).map_err(|_| UNREADABLE)?;
            return String::from_utf8(bytes).map_err(|_| UNREADABLE);
        }
    }
    Ok(String::new())
}

/// The answer, or the refusal with its number.
pub(super) fn answered(result: Result<Response, Refused>) -> Response {
    result.unwrap_or_else(|refused| match refused {
        Refused::Token(TokenError::Expired) => {
            http::error(StatusCode::UNAUTHORIZED, 33086, "the upload token has expired")
        }
        Refused::Token(
            TokenError::Malformed | TokenError::WrongSignature | TokenError::OtherApp,
        ) => http::error(StatusCode::UNAUTHORIZED, 33086, "the upload token is wrong"),
        Refused::Malformed(what) => http::error(StatusCode::BAD_REQUEST, 33003, what),
        Refused::Version => {
            let what = "only Tus-Resumable: 1.0.0 is spoken here";
            let answer = http::error(StatusCode::PRECONDITION_FAILED, 33003, what);
            ([("tus-version", "1.0.0")], answer).into_response()
        }
        Refused::NoPiece => {
            let what = "a piece is application/offset+octet-stream";
            http::error(StatusCode::UNSUPPORTED_MEDIA_TYPE, 33003, what)
        }
        Refused::File(error) => file_refused(error),
    })
}

fn file_refused(error: FileError) -> Response {
    let (status, code, message) = match error {
        FileError::Off => (StatusCode::FORBIDDEN, 41002, "this server takes no files".to_owned()),
        FileError::NotFound => (StatusCode::NOT_FOUND, 33083, "there is no such upload".to_owned()),
        FileError::Empty => (StatusCode::BAD_REQUEST, 33003, "the file is empty".to_owned()),
        FileError::TooLarge(limit) => {
            let message = format!("the file is larger than {limit} bytes");
            (StatusCode::PAYLOAD_TOO_LARGE, 26106, message)
        }
        FileError::TooMuch => {
            let message = "there is more than Upload-Length said".to_owned();
            (StatusCode::PAYLOAD_TOO_LARGE, 33003, message)
        }
        FileError::QuotaUsed => {
            (StatusCode::TOO_MANY_REQUESTS, 33082, "today's quota is used up".to_owned())
        }
        FileError::WrongKind(kind) => {
            let message = format!("the content is not of the kind {}", kind.name());
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, 33081, message)
        }
        FileError::WrongOffset(offset) => {
            let message = format!("the next piece begins at {offset}");
            let answer = http::error(StatusCode::CONFLICT, 33084, &message);
            return ([(OFFSET, offset.to_string())], answer).into_response();
        }
        FileError::Overtaken => {
            (StatusCode::CONFLICT, 33084, "a newer request goes on with this upload".to_owned())
        }
        FileError::BrokeOff => {
            (StatusCode::REQUEST_TIMEOUT, 33084, "the piece broke off".to_owned())
        }
        FileError::DiskFull => {
            tracing::error!("the disk is full: an upload was refused");
            (StatusCode::INSUFFICIENT_STORAGE, 33085, "the server's disk is full".to_owned())
        }
        FileError::Failed(error) => {
            tracing::error!(%error, "an upload failed");
            (StatusCode::INTERNAL_SERVER_ERROR, 25104, "the server failed".to_owned())
        }
    };
    http::error(status, code, &message)
}
