//! The little of HTTP that a client asks: one request on a connection of its own.

use std::time::Duration;

use bytes::Bytes;
use hongyan::session::io::HttpOutcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// At most so much of a body is read, in bytes: of navigation, and of anything.
const MAX_NAVIGATION: usize = 64 * 1024;
const MAX_BODY: usize = 4 * 1024 * 1024;
const NO_CONTENT: u16 = 204;
const MAX_HEAD: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body, up to 4 MiB of it.
    pub body: Bytes,
    /// Seconds of a `Retry-After` header.
    pub retry_after_s: Option<u32>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// GETs `url` as a page does for the engine.
pub async fn get(url: &str, timeout: Duration) -> HttpOutcome {
    match tokio::time::timeout(timeout, ask(Method::Get, url, b"")).await {
        Ok(Some(Answer { status, mut body, retry_after_s })) => {
            body.truncate(MAX_NAVIGATION);
            HttpOutcome::Answer { status, body, retry_after_s }
        }
        Ok(None) | Err(_) => HttpOutcome::Failed,
    }
}

/// POSTs JSON and reads JSON.
///
/// # Errors
/// What went wrong, in words.
pub async fn post(url: &str, body: &serde_json::Value) -> Result<serde_json::Value, String> {
    let answer = ask(Method::Post, url, body.to_string().as_bytes()).await.ok_or("no answer")?;
    if answer.status != 200 {
        return Err(format!("{url} answered {}", answer.status));
    }
    serde_json::from_slice(&answer.body).map_err(|error| error.to_string())
}

/// One request; `None` if there is no whole answer.
pub(super) async fn ask(method: Method, url: &str, body: &[u8]) -> Option<Answer> {
    let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
    let mut stream = TcpStream::connect(host).await.ok()?;
    let verb = match method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    let head = format!(
        "{verb} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await.ok()?;
    let mut bytes = Vec::new();
    let mut limited = stream.take((MAX_HEAD + MAX_BODY) as u64);
    limited.read_to_end(&mut bytes).await.ok()?;
    parse(bytes)
}

fn parse(bytes: Vec<u8>) -> Option<Answer> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = answer.parse(&bytes).ok()? else { return None };
    let header = |name: &str| {
        let found = answer.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.and_then(|header| std::str::from_utf8(header.value).ok()?.trim().parse::<u32>().ok())
    };
    let (status, retry_after_s) = (answer.code?, header("retry-after"));
    let length = header("content-length").or((status == NO_CONTENT).then_some(0));
    let length = usize::try_from(length?).ok()?;
    let body = Bytes::from(bytes).slice(head..);
    // A body that was cut off is no answer.
    (body.len() >= length.min(MAX_BODY)).then_some(Answer { status, body, retry_after_s })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_or_none() {
        let text = "HTTP/1.1 503 x\r\nRetry-After: 2\r\nContent-Length: 2\r\n\r\n{}";
        let whole = Answer { status: 503, body: Bytes::from_static(b"{}"), retry_after_s: Some(2) };
        assert_eq!(parse(text.into()), Some(whole));
        (0..text.len()).for_each(|cut| assert_eq!(parse(text.as_bytes()[..cut].to_vec()), None));
    }
}
