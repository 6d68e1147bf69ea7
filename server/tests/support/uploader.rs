//! Somebody who uploads files over real HTTP.

use bytestring::ByteString;
use hongyan::proto::{GetQNupTokenInput, GetQNupTokenOutput};
use hongyan::signal::Answer;
use hongyan::wire::{Frame, Qos, Query};
use prost::Message;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Client, PATIENCE, Server};

pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01";
pub const IMAGE: i32 = 1;
pub const FILE: i32 = 4;

/// The answer to one HTTP request.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    /// In lower case.
    pub head: String,
    pub body: Vec<u8>,
    /// Whether the server took all that was sent.
    pub taken: bool,
}

impl Told {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body: bytes[end + 4..].to_vec(), taken: true }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub fn code(&self) -> i64 {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        body["code"].as_i64().unwrap()
    }
}

pub async fn send(server: &Server, request: &str, body: &[u8]) -> Told {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    // A refusal may come before all of it is read.
    let taken = stream.write_all(body).await.is_ok();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
    assert!(read.is_ok() || !answer.is_empty(), "{read:?}");
    Told { taken, ..Told::read(&answer) }
}

pub async fn call(server: &Server, method: &str, path: &str, headers: &str, body: &[u8]) -> Told {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        server.address,
        body.len()
    );
    send(server, &request, body).await
}

pub async fn ask(client: &mut Client, topic: &'static str, body: Vec<u8>) -> Answer {
    let message_id = client.id();
    let query = Frame::Query(Query {
        qos: Qos::AtMostOnce,
        topic: ByteString::from_static(topic),
        target_id: ByteString::from(client.me.as_str()),
        message_id,
        body: body.into(),
    });
    client.ask(&query).await
}

pub async fn token_of(client: &mut Client, kind: i32) -> GetQNupTokenOutput {
    let asked = GetQNupTokenInput { r#type: kind, ..GetQNupTokenInput::default() };
    let answer = ask(client, "qnTkn", asked.encode_to_vec()).await;
    assert_eq!(answer.status, 0);
    GetQNupTokenOutput::decode(answer.body).unwrap()
}

/// Somebody who uploads.
pub struct Uploader<'a> {
    pub server: &'a Server,
    pub token: String,
}

impl<'a> Uploader<'a> {
    pub async fn new(server: &'a Server, user: &str, kind: i32) -> Self {
        let token = token_of(&mut server.old(user).await, kind).await.token;
        Self { server, token }
    }

    pub fn headers(&self, more: &str) -> String {
        format!("Authorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n{more}", self.token)
    }

    pub async fn call(&self, method: &str, path: &str, more: &str, body: &[u8]) -> Told {
        call(self.server, method, path, &self.headers(more), body).await
    }

    pub async fn begin(&self, size: usize, name: &str) -> Told {
        use base64::Engine;
        let name = base64::engine::general_purpose::STANDARD.encode(name);
        let more = format!("Upload-Length: {size}\r\nUpload-Metadata: filename {name}\r\n");
        self.call("POST", "/file", &more, b"").await
    }

    pub async fn begun(&self, size: usize, name: &str) -> String {
        let told = self.begin(size, name).await;
        assert_eq!(told.status, 201, "{told:?}");
        told.header("location").unwrap().to_owned()
    }

    pub async fn piece(&self, place: &str, offset: usize, bytes: &[u8]) -> Told {
        let more =
            format!("Upload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n");
        self.call("PATCH", place, &more, bytes).await
    }

    pub async fn head(&self, place: &str) -> Told {
        self.call("HEAD", place, "", b"").await
    }

    /// Uploads in one piece; where it can be read.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> String {
        let place = self.begun(bytes.len(), name).await;
        let told = self.piece(&place, 0, bytes).await;
        assert_eq!(told.status, 204, "{told:?}");
        told.header("content-location").unwrap().to_owned()
    }
}

pub async fn get(server: &Server, path: &str, headers: &str) -> Told {
    call(server, "GET", path, headers, b"").await
}
