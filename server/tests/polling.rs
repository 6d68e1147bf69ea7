//! Long polling over real HTTP, in both forms: what each client sees, and what nobody gets by
//! guessing.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use bytes::Bytes;
use hongyan::signal::pull::PullRequest;
use hongyan::signal::{LoginAnswer, Signal, client};
use hongyan::wire::polling::{Batch, push_frame};
use hongyan::wire::{Direction, Frame};
use serde_json::{Value, json};
use support::{APP_KEY, Client, PATIENCE, SECRET, Server, get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A client like 2.5.3 that polls.
struct Old<'a> {
    server: &'a Server,
    session: String,
}

impl<'a> Old<'a> {
    async fn login(server: &'a Server, user: &str) -> Self {
        let answer = connect(server, &server.token(user)).await;
        assert_eq!((&answer["headerCode"], &answer["status"]), (&json!(32), &json!(0)));
        assert_eq!(answer["userId"], json!(user));
        let session = answer["sessionid"].as_str().unwrap().to_owned();
        Self { server, session }
    }

    async fn pull_text(&self) -> String {
        let path = format!("/pullmsg.js?sessionid={}&timestrap=1&pid=2", self.session);
        let (status, head, body) = get(&self.server.address, &path).await;
        assert_eq!(status, 200);
        assert!(head.contains("access-control-allow-origin: *"), "{head}");
        body
    }

    /// The objects of the next answer that has any.
    async fn pull(&self) -> Vec<Value> {
        loop {
            let objects: Vec<Value> = serde_json::from_str(&self.pull_text().await).unwrap();
            if !objects.is_empty() {
                return objects;
            }
        }
    }

    async fn post(&self, query: &str, body: &str) -> (u16, String) {
        let path = format!("/websocket?{query}&sessionid={}&pid=2", self.session);
        let headers = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
        let (status, _, body) = post(&self.server.address, &path, headers, body).await;
        (status, body)
    }
}

async fn connect(server: &Server, token: &str) -> Value {
    let query = format!("appId=hongyan&token={token}&sdkVer=2.5.3&apiVer=5&pid=1.5");
    let (status, _, body) = get(&server.address, &format!("/websocket?{query}")).await;
    assert_eq!(status, 200);
    assert!(body.starts_with("{\"headerCode\":32,"), "{body}");
    serde_json::from_str(&body).unwrap()
}

fn data(object: &Value) -> Value {
    serde_json::from_str(object["data"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn two_clients_of_2x_talk() {
    let server = Server::start(&[]).await;
    let (alice, bob) = (Old::login(&server, "alice").await, Old::login(&server, "b+b").await);
    let pull = r#"{"ispolling":false,"sendBoxSyncTime":0,"isPullSend":true,"syncTime":0}"#;
    let asked = bob.post("messageid=1&header=82&topic=pullMsg&targetid=b+b", pull).await;
    assert_eq!(asked, (200, "[]".to_owned()));
    let [answer] = &bob.pull().await[..] else { panic!("one object") };
    assert_eq!((&answer["headerCode"], &answer["messageId"]), (&json!(98), &json!(1)));
    assert_eq!(data(answer)["finished"], json!(true));
    assert_eq!(bob.post("messageid=1&header=112", "\"\"").await, (200, "[]".to_owned()));

    let text = r#"{"sessionId":3,"configFlag":0,"classname":"RC:TxtMsg","content":"{\"content\":\"你好😀\"}"}"#;
    alice.post("messageid=1&header=50&topic=ppMsgP&targetid=b+b", text).await;
    let [ack] = &alice.pull().await[..] else { panic!("one object") };
    assert_eq!((&ack["headerCode"], &ack["status"]), (&json!(64), &json!(0)));
    assert_eq!(ack.get("inboxSeq"), None, "an extension that nobody asked for");
    let [bell] = &bob.pull().await[..] else { panic!("one object") };
    assert_eq!(bell["topic"], json!("s_ntf"), "{bell}");
    bob.post("messageid=2&header=82&topic=pullMsg&targetid=b+b", pull).await;
    let [answer] = &bob.pull().await[..] else { panic!("one object") };
    let page = data(answer);
    let [message] = &page["list"].as_array().unwrap()[..] else { panic!("one message") };
    assert_eq!(message["content"], json!("{\"content\":\"你好😀\"}"));
    assert_eq!(message["msgId"], ack["messageUId"]);
    assert_eq!(message["dataTime"], ack["timestamp"]);
    server.stop().await;
}

#[tokio::test]
async fn a_topic_that_is_unknown_is_answered() {
    let server = Server::start(&[]).await;
    let alice = Old::login(&server, "alice").await;
    alice.post("messageid=5&header=80&topic=reportsdk&targetid=alice", r#"{"sdkInfo":"x"}"#).await;
    let [answer] = &alice.pull().await[..] else { panic!("one object") };
    assert_eq!((&answer["messageId"], &answer["status"]), (&json!(5), &json!(1)));
    assert_eq!(answer["data"], json!(""));
    server.stop().await;
}

#[tokio::test]
async fn a_kick_has_the_text_that_clients_look_for_and_then_all_is_lost() {
    let server = Server::start(&[]).await;
    let first = Old::login(&server, "alice").await;
    let pull = first.pull_text();
    let second = async {
        let _second = Client::login(&server.url(&server.token("alice"), ""), "alice").await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    let (kicked, ()) = tokio::join!(pull, second);
    // A pull that was answered before the kick came had nothing to tell.
    let kicked = if kicked == "[]" { first.pull_text().await } else { kicked };
    assert_eq!(kicked, "[{\"headerCode\":-32,\"status\":1}]");
    assert_eq!(first.pull_text().await, "lost params");
    let (status, body) = first.post("messageid=1&header=64", "\"\"").await;
    assert_eq!((status, body.as_str()), (200, "lost params"));
    server.stop().await;
}

/// The headers of a call of the server API with a form.
fn signed() -> String {
    use sha1::Digest;
    let digest = sha1::Sha1::digest(format!("{SECRET}11700000000"));
    let signature: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "App-Key: {APP_KEY}\r\nNonce: 1\r\nTimestamp: 1700000000\r\nSignature: {signature}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    )
}

#[tokio::test]
async fn f20_a_ban_and_a_revoked_token_end_a_session_as_they_end_a_socket() {
    let server = Server::start(&[]).await;
    let (banned, revoked) = (Old::login(&server, "b").await, Old::login(&server, "r").await);
    let token = server.token("r");
    let told = async { tokio::join!(banned.pull_text(), revoked.pull_text()) };
    let api = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let time = hongyan_server::net::Clock::start().now().wall.get() + 1;
        for (path, body) in [
            ("/user/block.json", "userId=b&minute=5".to_owned()),
            ("/user/token/expire.json", format!("userId=r&time={time}")),
        ] {
            let (status, _, _) = post(&server.address, path, &signed(), &body).await;
            assert_eq!(status, 200, "{path}");
        }
    };
    let ((ban, revocation), ()) = tokio::join!(told, api);
    assert_eq!(ban, "[{\"headerCode\":-32,\"status\":2}]");
    assert_eq!(banned.pull_text().await, "lost params");
    assert_eq!(revocation, "lost params", "a broken network: clients come back and hear why");
    assert_eq!(connect(&server, &token).await["status"], json!(4));
    server.stop().await;
}

#[tokio::test]
async fn a_goodbye_in_json_ends_the_session_at_once() {
    let server = Server::start(&[]).await;
    let alice = Old::login(&server, "alice").await;
    let goodbye = alice.post("messageid=0&header=224", "\"\"").await;
    assert_eq!(goodbye, (200, "[]".to_owned()));
    assert_eq!(alice.pull_text().await, "lost params");
    server.stop().await;
}

#[tokio::test]
async fn refusals_are_told_in_conn_ack() {
    let server = Server::start(&[]).await;
    for (token, number) in [("nonsense".to_owned(), 4), (server.expired_token("a"), 10)] {
        let answer = connect(&server, &token).await;
        assert_eq!(answer, json!({ "headerCode": 32, "status": number, "messageId": 0 }));
    }
    let (status, _, body) =
        post(&server.address, "/hy/open?appId=other&token=x&hy=1", "", "").await;
    assert_eq!((status, body.as_bytes()), (200, &b"\0\0\0\x03\x20\0\x02"[..]));
    server.stop().await;
}

#[tokio::test]
async fn f12_the_newest_of_parallel_polls_waits_and_the_others_get_nothing() {
    let server = Server::start(&[]).await;
    let alice = Old::login(&server, "alice").await;
    let first = async {
        let started = tokio::time::Instant::now();
        let text = alice.pull_text().await;
        (text, started.elapsed())
    };
    let second = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let body = r#"{"syncTime":0,"ispolling":false}"#;
        let late = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            alice.post("messageid=9&header=82&topic=pullMsg&targetid=alice", body).await
        };
        tokio::join!(alice.pull(), late).0
    };
    let ((nothing, waited), answer) = tokio::join!(first, second);
    assert_eq!(nothing, "[]");
    assert!(waited < PATIENCE, "it did not wait for its time");
    assert_eq!(answer[0]["messageId"], json!(9));
    server.stop().await;
}

#[tokio::test]
async fn f12_a_guessed_session_is_none() {
    let server = Server::start(&[]).await;
    let alice = Old::login(&server, "alice").await;
    assert_eq!(alice.session.len(), 32);
    assert!(alice.session.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let other = Old::login(&server, "bob").await;
    assert_ne!(alice.session, other.session);
    for session in ["", "1", &"0".repeat(32), "undefined", &alice.session[..31]] {
        let guess = Old { server: &server, session: session.to_owned() };
        assert_eq!(guess.pull_text().await, "lost params");
        assert_eq!(guess.post("messageid=1&header=50&topic=ppMsgP", "{}").await.1, "lost params");
    }
    // A session of one form is none of the other.
    let mut body = alice.session.clone().into_bytes();
    body.extend(0_u64.to_be_bytes());
    assert_eq!(binary(&server, "/hy/poll", &body).await.0, 410);
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_frame_is_refused_and_ends_nothing() {
    let server = Server::start(&[]).await;
    let alice = Old::login(&server, "alice").await;
    for (query, body) in [
        ("messageid=1&header=5", "{}"),
        ("messageid=0&header=50&topic=ppMsgP&targetid=b", "{}"),
        ("messageid=70000&header=50&topic=ppMsgP&targetid=b", "{}"),
        ("messageid=1&topic=ppMsgP&targetid=b", "{}"),
        ("messageid=1&header=50&topic=ppMsgP&targetid=b", "<html>"),
        ("messageid=1&header=192", ""),
    ] {
        assert_eq!(alice.post(query, body).await.0, 400, "{query}");
    }
    let long = "x".repeat(400 * 1024);
    let query = "messageid=1&header=50&topic=ppMsgP&targetid=b";
    assert_eq!(alice.post(query, &long).await.0, 413);
    alice.post("messageid=2&header=80&topic=nothing&targetid=b", "{}").await;
    assert_eq!(alice.pull().await[0]["messageId"], json!(2));
    server.stop().await;
}

/// One POST of the binary form: status and body.
async fn binary(server: &Server, path: &str, body: &[u8]) -> (u16, Bytes) {
    let stream = TcpStream::connect(&server.address).await.unwrap();
    binary_over(stream, server, path, body).await
}

async fn binary_over(
    mut stream: TcpStream,
    server: &Server,
    path: &str,
    body: &[u8],
) -> (u16, Bytes) {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        server.address,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, Bytes::from(answer).slice(end + 4..))
}

/// A client with the extensions that polls for frames.
struct Ours<'a> {
    server: &'a Server,
    me: hongyan::ids::UserId,
    session: String,
    arrived: u64,
    sent: u64,
}

impl<'a> Ours<'a> {
    async fn login(server: &'a Server, user: &str) -> Self {
        let token = server.token(user);
        let path = format!("/hy/open?appId=hongyan&token={token}&sdkVer=0.1.0&hy=1&did=d-{user}");
        let (status, body) = binary(server, &path, b"").await;
        assert_eq!(status, 200);
        let [frame] = &frames(body)[..] else { panic!("one frame") };
        let Frame::ConnAck(ack) = frame.clone() else { panic!("no CONNACK") };
        let session = ack.session.unwrap().session_id.strip_prefix("hy1.").unwrap().to_owned();
        let login = client::read(frame.clone(), &"".into()).unwrap();
        assert!(matches!(login, Signal::Login(LoginAnswer::Accepted { extended: true, .. })));
        Self { server, me: user.into(), session, arrived: 1, sent: 0 }
    }

    fn head(&self, number: u64) -> Vec<u8> {
        let mut body = self.session.clone().into_bytes();
        body.extend(number.to_be_bytes());
        body
    }

    async fn poll_from(&self, arrived: u64) -> (u16, Bytes) {
        binary(self.server, "/hy/poll", &self.head(arrived)).await
    }

    async fn poll(&mut self) -> Vec<Signal> {
        let (status, body) = self.poll_from(self.arrived).await;
        assert_eq!(status, 200);
        let frames = frames(body);
        self.arrived += frames.len() as u64;
        frames.into_iter().map(|frame| client::read(frame, &self.me).unwrap()).collect()
    }

    async fn send_as(&mut self, first: u64, frames: &[Frame]) -> u16 {
        let mut body = self.head(first);
        for frame in frames {
            let mut bytes = Vec::new();
            frame.encode(&mut bytes).unwrap();
            push_frame(&mut body, &bytes);
        }
        binary(self.server, "/hy/send", &body).await.0
    }

    async fn send(&mut self, frames: &[Frame]) {
        assert_eq!(self.send_as(self.sent, frames).await, 204);
        self.sent += frames.len() as u64;
    }
}

fn frames(body: Bytes) -> Vec<Frame> {
    let read = |bytes: Result<Bytes, _>| {
        Frame::decode(&bytes.unwrap(), Direction::ServerToClient).unwrap()
    };
    Batch::of(body).map(read).collect()
}

fn text(id: u16, to: &str, text: &str) -> Frame {
    client::publish(id, false, &Client::text(to, text, id.into())).unwrap()
}

#[tokio::test]
async fn two_of_ours_talk_in_frames() {
    let server = Server::start(&["--send-rate", "0"]).await;
    let (mut alice, mut bob) = (Ours::login(&server, "a").await, Ours::login(&server, "b").await);
    bob.send(&[client::pull(1, &"b".into(), &PullRequest::Seq { seq: 0, epoch: None })]).await;
    assert!(matches!(bob.poll().await[..], [Signal::Answer(_)]));
    let sent: Vec<Frame> = (1..=20).map(|id| text(id, "b", &id.to_string())).collect();
    alice.send(&sent).await;
    let mut acked = 0;
    while acked < 20 {
        acked += alice.poll().await.len();
    }
    let mut got = Vec::new();
    while got.len() < 20 {
        for signal in bob.poll().await {
            let Signal::Pushed { message, .. } = signal else { panic!("{signal:?}") };
            got.push((message.inbox_seq.unwrap(), message.content));
        }
    }
    let expected = (1..=20_u64).map(|n| (n, Bytes::from(format!("{{\"content\":\"{n}\"}}"))));
    assert!(expected.eq(got));
    server.stop().await;
}

/// A POST whose body takes 25 s: the status of its answer.
async fn slow_post(server: &Server, path: &str, body: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    for piece in body.chunks(body.len().div_ceil(25)) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stream.write_all(piece).await.unwrap();
    }
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a20_a_large_message_over_a_slow_link_is_taken_in_both_forms() {
    let server = Server::start(&[]).await;
    let (old, ours) = (Old::login(&server, "a").await, Ours::login(&server, "b").await);
    let large = "x".repeat(100 * 1024);
    let query = "messageid=1&header=50&topic=ppMsgP&targetid=c";
    let path = format!("/websocket?{query}&sessionid={}", old.session);
    let content = json!({ "content": large }).to_string();
    let words = json!({"sessionId": 3, "classname": "RC:TxtMsg", "content": content}).to_string();
    let in_json = slow_post(&server, &path, words.as_bytes());
    let (mut frame, mut body) = (Vec::new(), ours.head(0));
    text(1, "c", &large).encode(&mut frame).unwrap();
    push_frame(&mut body, &frame);
    let in_frames = slow_post(&server, "/hy/send", &body);
    // What a client is told meanwhile keeps it from giving its link up.
    let pongs = async {
        let (status, body) = ours.poll_from(1).await;
        assert_eq!((status, body), (200, Bytes::from_static(b"\0\0\0\x01\xd0")));
    };
    let (json, frames, (), acks) = tokio::join!(in_json, in_frames, pongs, old.pull());
    assert_eq!((json, frames), (200, 204));
    let [ack] = &acks[..] else { panic!("one object") };
    assert_eq!((&ack["headerCode"], &ack["status"]), (&json!(64), &json!(0)));
    let mut receiver = server.extended("c", "d").await;
    let mut arrived = Vec::new();
    while arrived.len() < 2 {
        arrived.extend(receiver.pull_seq(arrived.len() as u64).await.messages);
    }
    assert_ne!(arrived[0].sender, arrived[1].sender);
    assert!(arrived.iter().all(|message| message.content.len() > large.len()));
    server.stop().await;
}

#[tokio::test]
async fn frames_that_were_sent_twice_count_once_and_a_gap_ends_the_session() {
    let server = Server::start(&[]).await;
    let mut alice = Ours::login(&server, "a").await;
    alice.send(&[text(1, "b", "once")]).await;
    assert_eq!(alice.send_as(0, &[text(1, "b", "once")]).await, 204);
    alice.send(&[client::ping()]).await;
    let mut signals = Vec::new();
    while signals.last() != Some(&Signal::Pong) {
        signals.extend(alice.poll().await);
    }
    assert!(matches!(signals[..], [Signal::SendAck(_), Signal::Pong]), "{signals:?}");
    assert_eq!(alice.send_as(7, &[client::ping()]).await, 410);
    assert_eq!(alice.poll_from(alice.arrived).await.0, 410);
    server.stop().await;
}

#[tokio::test]
async fn f12_what_did_not_arrive_is_given_again_and_what_was_never_sent_ends_the_session() {
    let server = Server::start(&[]).await;
    let mut alice = Ours::login(&server, "a").await;
    alice.send(&[client::ping()]).await;
    let (_, body) = alice.poll_from(1).await;
    assert_eq!(body, &b"\0\0\0\x01\xd0"[..]);
    assert_eq!(alice.poll_from(1).await, (200, body));
    assert_eq!(alice.poll_from(3).await.0, 410);
    assert_eq!(alice.poll_from(2).await.0, 410, "it is over");
    server.stop().await;
}

#[tokio::test]
async fn f12_a_session_goes_along_to_another_address() {
    let server = Server::start(&[]).await;
    let mut alice = Ours::login(&server, "a").await;
    alice.send(&[client::ping()]).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let stream = socket.connect(server.address.parse().unwrap()).await.unwrap();
    let pong = binary_over(stream, &server, "/hy/poll", &alice.head(1)).await;
    assert_eq!(pong, (200, Bytes::from_static(b"\0\0\0\x01\xd0")));
    server.stop().await;
}

#[tokio::test]
async fn f12_after_a_logout_there_is_no_session() {
    let server = Server::start(&[]).await;
    let mut alice = Ours::login(&server, "a").await;
    alice.send(&[client::disconnect()]).await;
    assert_eq!(alice.poll_from(1).await.0, 410);
    assert_eq!(alice.send_as(1, &[client::ping()]).await, 410);
    server.stop().await;
}

/// A request of which nobody waits for the answer.
async fn begin(server: &Server, head: &str, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let request = format!("{head} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    stream
}

#[tokio::test]
async fn who_leaves_without_a_word_is_gone_soon_and_a_page_that_is_loaded_again_is_not() {
    let server = Server::start(&[]).await;
    let old = Old::login(&server, "a").await;
    let (mut ours, mut stays) = (Ours::login(&server, "b").await, Ours::login(&server, "c").await);
    for client in [&mut ours, &mut stays] {
        client.send(&[client::ping()]).await;
        client.poll().await;
    }
    let path = format!("GET /pullmsg.js?sessionid={}", old.session);
    drop(begin(&server, &path, b"").await);
    drop(begin(&server, "POST /hy/poll", &ours.head(2)).await);
    drop(begin(&server, "POST /hy/poll", &stays.head(2)).await);
    let again = begin(&server, "POST /hy/poll", &stays.head(2)).await;
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(ours.poll_from(2).await.0, 410);
    drop(again);
    let (reloaded, waiting) = tokio::join!(old.pull_text(), async {
        old.post("messageid=5&header=80&topic=nothing&targetid=a", "{}").await;
        stays.send(&[client::ping()]).await;
        stays.poll().await
    });
    assert!(reloaded.contains("\"messageId\":5"), "{reloaded}");
    assert_eq!(waiting[0], Signal::Pong);
    server.stop().await;
}

#[tokio::test]
async fn a_broken_body_ends_the_session_or_finds_none() {
    let server = Server::start(&[]).await;
    assert_eq!(binary(&server, "/hy/poll", b"").await.0, 400);
    assert_eq!(binary(&server, "/hy/send", &[b'0'; 39]).await.0, 400);
    let alice = Ours::login(&server, "a").await;
    let mut body = alice.head(0);
    body.extend(b"\0\0\0\x09\xc0");
    assert_eq!(binary(&server, "/hy/send", &body).await.0, 400);
    assert_eq!(alice.poll_from(1).await.0, 410);
    server.stop().await;
}

#[tokio::test]
async fn a_shutdown_answers_who_waits() {
    let mut server = Server::start(&[]).await;
    let alice = Ours::login(&server, "a").await;
    let body = alice.head(1);
    drop(alice);
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let head =
        format!("POST /hy/poll HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    server.begin_shutdown();
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 410"), "{}", String::from_utf8_lossy(&answer));
    server.stop_after_shutdown().await;
}

#[tokio::test]
async fn the_binary_form_can_be_switched_off() {
    for (flag, announced, status) in [("true", json!(1), 200), ("false", Value::Null, 404)] {
        let server = Server::start(&["--binary-polling", flag]).await;
        let token = server.token("a");
        let query = format!("appId=hongyan&token={token}");
        let (_, _, body) = get(&server.address, &format!("/navi.js?{query}")).await;
        let body = body.replace("getServerEndpoint(", "").replace(");", "");
        let answer: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(answer["hongyan"]["polling"], announced);
        let open = format!("/hy/open?{query}");
        assert_eq!(binary(&server, &open, b"").await.0, status);
        server.stop().await;
    }
}
