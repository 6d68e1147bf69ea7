//! The head of a request: enough of it to know what the connection is for.

use tokio::io::{AsyncRead, AsyncReadExt};

/// The longest head, in bytes.
const MAX_HEAD: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;

/// A request, as far as it has come.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Without the query.
    pub(crate) path: String,
    pub(crate) websocket: bool,
    /// What goes to the server: the head, and what came with it.
    pub(crate) bytes: Vec<u8>,
}

impl Request {
    /// Reads from a connection until the head is complete. What is no HTTP has no path and is passed
    /// on as it is; `None` if nothing came.
    pub(crate) async fn read(near: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        let mut bytes = Vec::new();
        loop {
            if let Some(request) = Self::parse(&bytes) {
                return Some(request);
            }
            let ended = matches!(near.read_buf(&mut bytes).await, Ok(0) | Err(_));
            if ended || bytes.len() > MAX_HEAD {
                let unknown = Self { path: String::new(), websocket: false, bytes };
                return (!unknown.bytes.is_empty()).then_some(unknown);
            }
        }
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        let length = match request.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) | Err(_) => return None,
        };
        let path = request.path?.split('?').next()?.to_owned();
        let websocket = request.headers.iter().any(|header| {
            header.name.eq_ignore_ascii_case("upgrade")
                && header.value.eq_ignore_ascii_case(b"websocket")
        });
        let (head, rest) = bytes.split_at_checked(length)?;
        let mut bytes = if websocket { head.to_vec() } else { closing(head) };
        bytes.extend_from_slice(rest);
        Some(Self { path, websocket, bytes })
    }
}

/// The same head for a connection that serves this request alone.
fn closing(head: &[u8]) -> Vec<u8> {
    let mut lines = head.split_inclusive(|byte| *byte == b'\n');
    let mut out = lines.next().unwrap_or_default().to_vec();
    out.extend_from_slice(b"Connection: close\r\n");
    let is_connection = |line: &&[u8]| {
        line.split(|byte| *byte == b':').next().is_some_and(|name| {
            name.eq_ignore_ascii_case(b"connection") || name.eq_ignore_ascii_case(b"keep-alive")
        })
    };
    lines.filter(|line| !is_connection(line)).for_each(|line| out.extend_from_slice(line));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(mut text: &[u8]) -> Option<Request> {
        Request::read(&mut text).await
    }

    #[tokio::test]
    async fn a_request_gets_a_connection_of_its_own() {
        let text = b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\nbody";
        let request = read(text).await.map(|request| (request.path, request.bytes));
        let expected = b"POST /a?b=c HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\nbody".to_vec();
        assert_eq!(request, Some(("/a".to_owned(), expected)));
    }

    #[tokio::test]
    async fn an_upgrade_is_left_alone_and_what_is_no_http_passes() {
        let text = b"GET /websocket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        let request = read(text).await;
        assert!(request.is_some_and(|request| request.websocket && request.bytes == text));
        assert_eq!(read(b"\x16\x03").await.map(|request| request.path), Some(String::new()));
        assert_eq!(read(b"").await, None);
    }
}
