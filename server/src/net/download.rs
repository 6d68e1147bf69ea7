//! `GET /file/{id}/{name}`: a file, for whoever knows its id. Never as a page: a browser shows it
//! inside `img`, `audio` and `video` and saves it everywhere else.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::services::ServeFile;

use super::app::App;
use super::http;
use crate::files::{FileId, Found, escaped};
use crate::store::Store;

/// Nothing in the file may run, load or be framed, should a browser show it after all.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");
/// What is behind an id never changes.
const CACHED: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag",
);
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

pub(super) fn routes<S: Store>() -> Router<Arc<App<S>>> {
    Router::new().route("/file/{id}/{name}", get(download::<S>))
}

async fn download<S: Store>(
    State(app): State<Arc<App<S>>>,
    Path((id, _name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let found = match FileId::parse(&id) {
        Some(id) => app.files.find(&id).await.map(|found| found.map(|found| (id, found))),
        None => Ok(None),
    };
    let served = match found {
        Ok(Some((id, found))) => serve(&id, &found, request).await,
        Ok(None) => return http::error(StatusCode::NOT_FOUND, 404, "there is no such file"),
        Err(error) => Err(error),
    };
    served.unwrap_or_else(|error| {
        tracing::error!(%error, "a file cannot be read");
        http::error(StatusCode::INTERNAL_SERVER_ERROR, 500, "the server failed")
    })
}

async fn serve(id: &FileId, found: &Found, request: Request) -> std::io::Result<Response> {
    let tag = format!("\"{}\"", id.as_str());
    let is_known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| {
        known.to_str().is_ok_and(|known| known.split(',').any(|one| one.trim() == tag))
    });
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        // One range, conditions and HEAD are the library's part.
        let mut file = ServeFile::new(&found.data).ignore_multi_range_requests(true);
        file.try_call(asked(&request)).await?.map(Body::new).into_response()
    };
    describe(response.headers_mut(), &tag, found);
    Ok(response)
}

/// What the library may see of a request: with its other conditions it would compare times.
fn asked(request: &Request) -> axum::http::Request<Body> {
    let mut asked = axum::http::Request::new(Body::empty());
    *asked.method_mut() = if request.method() == Method::HEAD { Method::HEAD } else { Method::GET };
    if let Some(range) = request.headers().get(header::RANGE) {
        asked.headers_mut().insert(header::RANGE, range.clone());
    }
    asked
}

fn describe(headers: &mut HeaderMap, tag: &str, found: &Found) {
    let name = format!("attachment; filename*=UTF-8''{}", escaped(&found.about.name));
    for (header, value) in [(header::CONTENT_DISPOSITION, &*name), (header::ETAG, tag)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(header, value);
        }
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(found.content_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::CACHE_CONTROL, CACHED);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    // Pages that allow only such resources as allow themselves may show it, too.
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    headers.remove(header::LAST_MODIFIED);
}
