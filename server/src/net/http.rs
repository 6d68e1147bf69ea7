//! What all HTTP answers share: JSON bodies, CORS, the headers that keep a browser from guessing.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::config::Origins;

/// A JSON answer that no cache keeps.
pub fn json(status: StatusCode, body: &serde_json::Value) -> Response {
    text(status, "application/json; charset=utf-8", body.to_string())
}

/// A text answer that no cache keeps.
pub fn text(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, body).into_response()
}

/// An error answer in the form of the server API: `code` and `errorMessage`.
pub fn error(status: StatusCode, code: u32, message: &str) -> Response {
    json(status, &serde_json::json!({ "code": code, "errorMessage": message }))
}

/// The parameters of a query string or form, decoded; of a repeated one the first.
pub struct Parameters(Vec<(String, String)>);

/// More parameters than any query string of this server has.
const MAX_PARAMETERS: usize = 64;
/// More fields than any form has: the members of a full group, several times.
const MAX_FORM_FIELDS: usize = 20_000;

impl Parameters {
    /// Reads `a=b&c=d`.
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().take(MAX_PARAMETERS).collect())
    }

    /// Reads a form of the server API, whose lists are repeated fields.
    pub fn parse_form(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().take(MAX_FORM_FIELDS + 1).collect())
    }

    /// Whether a form's text is UTF-8 once it is decoded: what is not would be read as another.
    pub fn is_utf8(text: &[u8]) -> bool {
        percent_encoding::percent_decode(text).decode_utf8().is_ok()
    }

    /// Whether there are more fields than any form has; then some may be missing here.
    pub fn is_cut(&self) -> bool {
        self.0.len() > MAX_FORM_FIELDS
    }

    /// These.
    pub fn of_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Of a request's URL.
    pub fn of_query(request: &Request) -> Self {
        Self::parse(request.uri().query().unwrap_or_default().as_bytes())
    }

    /// The value of `name`; empty if it is missing.
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// All values of a repeated `name`, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of `name`.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// How long a body may take to come: whoever sends one byte a minute must not hold a place for ever.
const BODY_TIME: Duration = Duration::from_secs(20);

/// The body, if it is no longer than `limit` bytes and comes in time.
pub async fn read_body(request: Request, limit: usize) -> Result<bytes::Bytes, Response> {
    let reading = axum::body::to_bytes(request.into_body(), limit);
    let body = tokio::time::timeout(BODY_TIME, reading)
        .await
        .map_err(|_| error(StatusCode::REQUEST_TIMEOUT, 408, "the body comes too slowly"))?;
    body.map_err(|_| too_long())
}

/// The answer to a body that is longer than it may be.
pub fn too_long() -> Response {
    error(StatusCode::PAYLOAD_TOO_LARGE, 413, "the body is too long or broke off")
}

/// Whether the client reached a proxy that ends TLS.
pub fn is_secure(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|scheme| scheme.as_bytes() == b"https")
}

/// Whether a page of this origin may use the server. Without the header it is no page.
pub fn origin_allowed(origins: &Origins, headers: &HeaderMap) -> bool {
    match (origins, headers.get(header::ORIGIN)) {
        (Origins::Any, _) | (Origins::Listed(_), None) => true,
        (Origins::Listed(listed), Some(origin)) => {
            listed.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
        }
    }
}

/// Answers preflights, and puts CORS and nosniff on every answer, refusals included.
pub async fn cors(State(origins): State<Arc<Origins>>, request: Request, next: Next) -> Response {
    let allowed = allowed_origin(&origins, request.headers());
    let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if request.method() == Method::OPTIONS && asks {
        preflight(request.headers())
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    if matches!(*origins, Origins::Listed(_)) {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    say_when(&mut response);
    response
}

/// Who is refused for load comes back after so long, s, unless the answer says otherwise.
const COME_BACK_S: u16 = 2;

/// Who is refused for load is told when to come back. Pages of other origins read it, too.
fn say_when(response: &mut Response) {
    let status = response.status();
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        let headers = response.headers_mut();
        headers.entry(header::RETRY_AFTER).or_insert(HeaderValue::from(COME_BACK_S));
        let exposed = HeaderValue::from_static("retry-after");
        headers.append(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

fn allowed_origin(origins: &Origins, headers: &HeaderMap) -> Option<HeaderValue> {
    match origins {
        Origins::Any => Some(HeaderValue::from_static("*")),
        Origins::Listed(_) if origin_allowed(origins, headers) => {
            headers.get(header::ORIGIN).cloned()
        }
        Origins::Listed(_) => None,
    }
}

/// The newer clients ask before they navigate, because they set headers of their own.
fn preflight(headers: &HeaderMap) -> Response {
    const DEFAULT_HEADERS: HeaderValue =
        HeaderValue::from_static("content-type, rc-appkey, rc-negotiate");
    const METHODS: HeaderValue =
        HeaderValue::from_static("GET, HEAD, POST, PATCH, DELETE, OPTIONS");
    let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let answer: [(HeaderName, HeaderValue); 4] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, asked.cloned().unwrap_or(DEFAULT_HEADERS)),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200")),
        (header::VARY, HeaderValue::from_static("access-control-request-headers")),
    ];
    (StatusCode::NO_CONTENT, answer, Body::empty()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_holds_no_place_for_ever() {
        let begun = futures_util::stream::iter([Ok::<_, std::io::Error>(&b"{"[..])]);
        let stuck = futures_util::StreamExt::chain(begun, futures_util::stream::pending());
        let request = Request::new(Body::from_stream(stuck));
        let refused = read_body(request, 100).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::REQUEST_TIMEOUT);
    }

    #[test]
    fn who_is_refused_for_load_is_told_when_to_come_back() {
        let answer = |status, said: Option<u16>| {
            let mut response = error(status, 1, "");
            if let Some(seconds) = said {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            say_when(&mut response);
            let headers = response.headers();
            let told = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
            (told.map(str::to_owned), headers.contains_key(header::ACCESS_CONTROL_EXPOSE_HEADERS))
        };
        let busy = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
        for status in busy {
            assert_eq!(answer(status, None), (Some("2".into()), true));
            assert_eq!(answer(status, Some(60)), (Some("60".into()), true), "what it says itself");
        }
        assert_eq!(answer(StatusCode::NOT_FOUND, None), (None, false));
    }
}
