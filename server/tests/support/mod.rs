//! A real server on a free port, and clients that speak frames to it.
#![allow(dead_code, clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

pub mod accounts;
pub mod api;
pub mod uploader;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind, UserId};
use hongyan::signal::pull::{PullPage, PullRequest};
use hongyan::signal::{
    Answer, LoginAnswer, Message as Received, MessageFlags, Outgoing, SendAck, Signal, client,
};
use hongyan::time::{Tick, UnixMillis};
use hongyan::wire::{Direction, Frame};
use hongyan_server::config::{Config, Secret};
use hongyan_server::core::clock::Now;
use hongyan_server::net::{self, App, Shutdown};
use hongyan_server::store::memory::MemoryStore;
use hongyan_server::store::sqlite::SqliteStore;
use hongyan_server::store::{Store, StoreError};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Longer than anything here takes, in a debug build on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const SECRET: &str = "a-secret-for-tests";
pub const APP_KEY: &str = "hongyan";

/// A running server.
pub struct Server {
    pub address: String,
    shutdown: Option<Shutdown>,
    serving: JoinHandle<Result<(), StoreError>>,
    directory: tempfile::TempDir,
}

pub fn config(flags: &[&str]) -> Config {
    let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    Config::load(&flags, std::iter::empty()).unwrap()
}

impl Server {
    /// On a store in memory.
    pub async fn start(flags: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self::with_store(flags, MemoryStore::new(7, "epoch-1"), directory).await
    }

    /// On an SQLite file of its own.
    pub async fn start_sqlite(flags: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hongyan.db");
        let store = SqliteStore::open(&path, "epoch-1", 7).await.unwrap();
        Self::with_store(flags, store, directory).await
    }

    /// On a store that somebody has prepared.
    pub async fn with_store<S: Store>(
        flags: &[&str],
        store: S,
        directory: tempfile::TempDir,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let www = directory.path().join("www");
        std::fs::create_dir(&www).unwrap();
        let mut flags = flags.to_vec();
        let files = directory.path().join("files");
        flags.extend(["--www", www.to_str().unwrap()]);
        flags.extend(["--upload-directory", files.to_str().unwrap()]);
        let app = App::new(config(&flags), &Secret::parse(SECRET).unwrap(), store);
        let (shutdown, stopped) = Shutdown::new();
        let serving = tokio::spawn(net::serve(Arc::clone(&app), listener, stopped));
        Self { address, shutdown: Some(shutdown), serving, directory }
    }

    pub fn www(&self) -> std::path::PathBuf {
        self.directory.path().join("www")
    }

    /// Where uploaded files are.
    pub fn files(&self) -> std::path::PathBuf {
        self.directory.path().join("files")
    }

    /// A token for a user, as the server's owner would make it.
    pub fn token(&self, user: &str) -> String {
        self.token_of(user, net::Clock::start().now())
    }

    /// A token from 1970.
    pub fn expired_token(&self, user: &str) -> String {
        self.token_of(user, Now { wall: UnixMillis::ZERO, tick: Tick::from_millis(0) })
    }

    fn token_of(&self, user: &str, now: Now) -> String {
        let credentials = net::Credentials::new(&config(&[]), &Secret::parse(SECRET).unwrap());
        credentials.issue(&UserId::from(user), now).unwrap()
    }

    pub fn url(&self, token: &str, more: &str) -> String {
        format!("ws://{}/websocket?appId={APP_KEY}&token={token}{more}", self.address)
    }

    /// A client like the 2.5.3 generation.
    pub async fn old(&self, user: &str) -> Client {
        Client::login(&self.url(&self.token(user), "&sdkVer=2.5.3&apiVer=123"), user).await
    }

    /// A client with the extensions.
    pub async fn extended(&self, user: &str, device: &str) -> Client {
        let more = format!("&sdkVer=0.1.0&hy=1&did={device}");
        Client::login(&self.url(&self.token(user), &more), user).await
    }

    pub fn begin_shutdown(&mut self) {
        self.shutdown.take().unwrap().start();
    }

    pub async fn stop(mut self) {
        drop(self.shutdown.take());
        tokio::time::timeout(PATIENCE, self.serving).await.unwrap().unwrap().unwrap();
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How a socket ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// With a close frame of this code.
    Closed(u16),
    /// Without one: a browser reports 1006.
    Cut,
}

/// A client that is logged in, or was refused.
pub struct Client {
    pub me: UserId,
    socket: Socket,
    last_id: u16,
    pub session_id: String,
}

impl Client {
    /// Opens a socket and reads no frame.
    pub async fn open(url: &str) -> Self {
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        Self { me: UserId::default(), socket, last_id: 0, session_id: String::new() }
    }

    pub async fn login(url: &str, user: &str) -> Self {
        let mut client = Self::open(url).await;
        client.me = UserId::from(user);
        let Frame::ConnAck(ack) = client.frame().await else { panic!("no CONNACK") };
        assert_eq!(ack.status, 0);
        client.session_id = ack.session.unwrap().session_id.to_string();
        client
    }

    pub async fn send_bytes(&mut self, bytes: impl Into<Bytes>) {
        self.socket.send(Message::Binary(bytes.into())).await.unwrap();
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::Text(text.into())).await.unwrap();
    }

    pub async fn send(&mut self, frame: &Frame) {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes).unwrap();
        self.send_bytes(bytes).await;
    }

    /// The next frame, or how the socket ended.
    pub async fn next(&mut self) -> Result<Frame, End> {
        let next = tokio::time::timeout(PATIENCE, self.socket.next()).await;
        match next.expect("the server stays silent") {
            Some(Ok(Message::Binary(bytes))) => {
                Ok(Frame::decode(&bytes, Direction::ServerToClient).unwrap())
            }
            Some(Ok(Message::Close(Some(frame)))) => Err(End::Closed(frame.code.into())),
            Some(Err(Error::ConnectionClosed)) => Err(End::Closed(0)),
            Some(Err(_)) | None => Err(End::Cut),
            Some(Ok(other)) => panic!("a message that is no frame: {other:?}"),
        }
    }

    pub async fn frame(&mut self) -> Frame {
        self.next().await.unwrap()
    }

    pub async fn signal(&mut self) -> Signal {
        let frame = self.frame().await;
        client::read(frame, &self.me).unwrap()
    }

    /// How the socket ended, after any frames.
    pub async fn end(&mut self) -> End {
        loop {
            if let Err(end) = self.next().await {
                return end;
            }
        }
    }

    /// Nothing more was sent: an answered ping proves it without waiting.
    pub async fn assert_quiet(&mut self) {
        self.send(&Frame::PingReq).await;
        assert_eq!(self.signal().await, Signal::Pong);
    }

    pub fn id(&mut self) -> u16 {
        self.last_id += 1;
        self.last_id
    }

    pub fn text(to: &str, text: &str, client_id: u64) -> Outgoing {
        Outgoing {
            conversation: ConversationId::new(ConversationKind::Private, to),
            object_name: "RC:TxtMsg".into(),
            content: Bytes::from(format!("{{\"content\":\"{text}\"}}")),
            flags: MessageFlags::NORMAL,
            client_id: ClientMessageId::from_random(client_id << 1),
            push_text: "".into(),
            push_data: "".into(),
            only_to: Vec::new(),
            config_flag: 0,
        }
    }

    pub async fn publish(&mut self, message: &Outgoing) -> u16 {
        let id = self.id();
        self.send(&client::publish(id, false, message).unwrap()).await;
        id
    }

    /// Sends and waits for the PUBACK; what comes before it must be nothing.
    pub async fn say(&mut self, to: &str, text: &str) -> SendAck {
        let id = self.publish(&Self::text(to, text, u64::from(self.last_id) + 1)).await;
        let Signal::SendAck(ack) = self.signal().await else { panic!("no PUBACK") };
        assert_eq!(ack.id, id);
        ack
    }

    /// Asks. What was deleted or removed is told to all of a user's logins, the one that did it
    /// among them, before the answer.
    pub async fn ask(&mut self, frame: &Frame) -> Answer {
        self.send(frame).await;
        loop {
            match self.signal().await {
                Signal::Answer(answer) => return answer,
                Signal::Pushed { .. } | Signal::Doorbell(_) => {}
                other => panic!("no QUERYACK but {other:?}"),
            }
        }
    }

    /// Pulls by times.
    pub async fn pull(&mut self, after: i64) -> PullPage {
        let request = PullRequest::Times {
            received: UnixMillis::new(after),
            sent: Some(UnixMillis::ZERO),
            after_connect: false,
        };
        self.pull_with(&request).await
    }

    /// Pulls by number.
    pub async fn pull_seq(&mut self, seq: u64) -> PullPage {
        self.pull_with(&PullRequest::Seq { seq, epoch: None }).await
    }

    /// All that an inbox holds, own messages among it, as a client that connects pulls it.
    pub async fn pull_all(&mut self) -> Vec<Received> {
        let request = PullRequest::Times {
            received: UnixMillis::ZERO,
            sent: Some(UnixMillis::ZERO),
            after_connect: true,
        };
        let page = self.pull_with(&request).await;
        assert_eq!(page.finished, Some(true));
        page.messages
    }

    /// Pulls by times while doorbells may come in between.
    pub async fn pull_past_bells(&mut self, after: i64) -> Vec<Received> {
        let received = UnixMillis::new(after);
        let request = PullRequest::Times { received, sent: None, after_connect: false };
        let id = self.id();
        self.send(&client::pull(id, &self.me.clone(), &request)).await;
        loop {
            match self.signal().await {
                Signal::Answer(answer) => {
                    return client::pull_page(&answer.body, &self.me).unwrap().messages;
                }
                Signal::Doorbell(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Everything that came, pushed or pulled by number.
    pub async fn pull_seq_after_bell(&mut self) -> Vec<Received> {
        let id = self.id();
        let request = PullRequest::Seq { seq: 0, epoch: None };
        self.send(&client::pull(id, &self.me.clone(), &request)).await;
        loop {
            match self.signal().await {
                Signal::Answer(answer) => {
                    return client::pull_page(&answer.body, &self.me).unwrap().messages;
                }
                Signal::Doorbell(_) | Signal::Pushed { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub async fn pull_with(&mut self, request: &PullRequest) -> PullPage {
        let id = self.id();
        let answer = self.ask(&client::pull(id, &self.me.clone(), request)).await;
        assert_eq!((answer.id, answer.status, answer.confirm), (id, 0, true));
        client::pull_page(&answer.body, &self.me).unwrap()
    }
}

pub fn accepted(signal: Signal) -> bool {
    matches!(signal, Signal::Login(LoginAnswer::Accepted { .. }))
}

pub fn texts(page: &PullPage) -> Vec<String> {
    page.messages.iter().map(|message| String::from_utf8_lossy(&message.content).into()).collect()
}

/// One HTTP request: status, head (lower case) and body of the answer.
pub async fn http(address: &str, request: &str) -> (u16, String, String) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), body.to_owned())
}

pub async fn get(address: &str, path: &str) -> (u16, String, String) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    http(address, &request).await
}

pub async fn post(address: &str, path: &str, headers: &str, body: &str) -> (u16, String, String) {
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    http(address, &request).await
}

impl Server {
    pub async fn stop_after_shutdown(self) {
        tokio::time::timeout(PATIENCE, self.serving).await.unwrap().unwrap().unwrap();
    }
}
