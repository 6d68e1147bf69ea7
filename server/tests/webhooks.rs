//! What the application's server is told, and what it takes to tell it.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind};
use hongyan::proto::ChrmInput;
use hongyan::signal::{MessageFlags, Outgoing, Signal};
use hongyan::wire::{Frame, Qos, Query};
use hongyan_server::core::api_signature::SignedCall;
use hongyan_server::store::memory::MemoryStore;
use hongyan_server::store::sqlite::SqliteStore;
use prost::Message as _;
use serde_json::Value;
use support::{APP_KEY, Client, PATIENCE, SECRET, Server, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The application's server: takes what it is told, once its refusals are used up.
struct Receiver {
    address: String,
    refusals: Arc<Mutex<VecDeque<&'static str>>>,
    taken: Arc<Mutex<Vec<(String, Value)>>>,
    asked: Arc<Mutex<u32>>,
}

const OK: &str = "HTTP/1.1 204 No Content\r\n\r\n";

impl Receiver {
    async fn start(refusals: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            address: format!("http://{}/hook?from=hongyan", listener.local_addr().unwrap()),
            refusals: Arc::new(Mutex::new(refusals.iter().copied().collect())),
            taken: Arc::default(),
            asked: Arc::default(),
        };
        let (refusals, taken, asked) =
            (receiver.refusals.clone(), receiver.taken.clone(), receiver.asked.clone());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                let (head, body) = loop {
                    let mut part = [0; 4096];
                    let length = stream.read(&mut part).await.unwrap();
                    assert!(length > 0, "a request that breaks off");
                    request.extend(&part[..length]);
                    let text = String::from_utf8_lossy(&request).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let wanted: usize = header(head, "content-length").parse().unwrap();
                    if body.len() == wanted {
                        break (head.to_owned(), body.to_owned());
                    }
                };
                *asked.lock().unwrap() += 1;
                let answer = refusals.lock().unwrap().pop_front().unwrap_or(OK);
                if answer == OK {
                    let told = serde_json::from_str(&body).unwrap();
                    assert_signed(&head, &body);
                    taken.lock().unwrap().push((head, told));
                }
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        receiver
    }

    /// Everything of this name that was told, once there is so much.
    async fn told(&self, name: &str, count: usize) -> Vec<Value> {
        let wait = async {
            loop {
                let taken: Vec<Value> = {
                    let taken = self.taken.lock().unwrap();
                    let pages = taken.iter().map(|(_, told)| told[name].as_array().unwrap());
                    pages.flatten().cloned().collect()
                };
                if taken.len() >= count {
                    return taken;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("it is not told")
    }
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).unwrap().1
}

fn assert_signed(head: &str, body: &str) {
    let call = SignedCall {
        method: "POST",
        path: "/hook?from=hongyan",
        body: body.as_bytes(),
        timestamp: header(head, "hy-timestamp"),
        nonce: header(head, "hy-nonce"),
    };
    assert!(call.time().is_some());
    assert!(call.is_signed(SECRET, header(head, "hy-signature")), "{head}");
    assert_eq!(header(head, "hy-app-key"), APP_KEY);
}

fn texts(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["content"]["content"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn messages_are_told_in_order_and_again_until_they_are_taken() {
    let refusals = [
        "HTTP/1.1 500 Internal Server Error\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
        "no HTTP",
    ];
    let receiver = Receiver::start(&refusals).await;
    let flags = ["--webhook-messages", &receiver.address, "--webhook-private", "true"];
    let server = Server::start(&flags).await;
    // The first time what is told begins where the log ends.
    tokio::time::sleep(Duration::from_millis(600)).await;
    let mut a = server.old("a").await;
    for text in ["one", "two", "three"] {
        a.say("b", text).await;
    }
    let told = receiver.told("messages", 3).await;
    assert_eq!(texts(&told), ["one", "two", "three"]);
    let first = &told[0];
    assert_eq!((&first["fromUserId"], &first["targetId"]), (&"a".into(), &"b".into()));
    assert_eq!(
        (&first["conversationType"], &first["objectName"]),
        (&1.into(), &"RC:TxtMsg".into())
    );
    assert!(first["messageUID"].is_string() && first["sentTime"].is_number());
    assert_eq!(*receiver.asked.lock().unwrap(), 4 + u32::from(told.len() > 3), "three refusals");
    server.stop().await;
}

async fn called(server: &Server, path: &str, form: &str) {
    use sha1::Digest;
    let hash = sha1::Sha1::digest(format!("{SECRET}11700000000"));
    let signature: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = format!(
        "App-Key: {APP_KEY}\r\nNonce: 1\r\nTimestamp: 1700000000\r\nSignature: {signature}\r\n"
    );
    let (status, _, answer) = post(&server.address, path, &headers, form).await;
    assert_eq!(status, 200, "{path}: {answer}");
}

#[tokio::test]
async fn what_is_said_to_services_and_in_chatrooms_is_told_too_and_again_until_it_is_taken() {
    let receiver = Receiver::start(&["HTTP/1.1 503 Busy\r\n\r\n"]).await;
    let flags = ["--webhook-messages", &receiver.address, "--webhook-private", "true"];
    let server = Server::start_sqlite(&flags).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let robot = "robot=%7B%22otherwise%22%3A%22hm%22%7D";
    called(&server, "/publicservice/create.json", &format!("type=8&id=n&name=N&{robot}")).await;
    called(&server, "/chatroom/create.json", "chatroom%5Br%5D=room").await;
    let mut a = server.old("a").await;
    let body = Bytes::from(ChrmInput { nothing: 1, extra: None }.encode_to_vec());
    let (topic, target_id, message_id) = ("joinChrm".into(), "r".into(), a.id());
    let join = Query { qos: Qos::AtMostOnce, topic, target_id, message_id, body };
    assert_eq!(a.ask(&Frame::Query(join)).await.status, 0);
    let menu = r#"{"id":"m","name":"M"}"#;
    for (n, (kind, target, class, content)) in [
        (8, "n", "RC:TxtMsg", r#"{"content":"to a service"}"#),
        (8, "n", "RC:PSCmd", menu),
        (4, "r", "RC:TxtMsg", r#"{"content":"to a room"}"#),
        (5, "help", "RC:TxtMsg", r#"{"content":"to a desk"}"#),
    ]
    .into_iter()
    .enumerate()
    {
        let stored = class == "RC:TxtMsg";
        let message = Outgoing {
            conversation: ConversationId::new(ConversationKind::from_number(kind), target),
            object_name: class.into(),
            content: Bytes::from_static(content.as_bytes()),
            flags: if stored { MessageFlags::NORMAL } else { MessageFlags::default() },
            ..Client::text(target, "", n as u64 * 2 + 2)
        };
        let id = a.publish(&message).await;
        while !matches!(a.signal().await, Signal::SendAck(ack) if ack.id == id && ack.status == 0) {
        }
    }
    let shown = |message: &Value| {
        let kind = &message["conversationType"];
        let (from, to) = (&message["fromUserId"], &message["targetId"]);
        format!("{kind} {from} {to} {}", message["objectName"]).replace('"', "")
    };
    let wanted = [
        "8 a n RC:TxtMsg",
        "8 n a RC:TxtMsg",
        "8 a n RC:PSCmd",
        "8 n a RC:TxtMsg",
        "4 a r RC:TxtMsg",
        "5 a help RC:TxtMsg",
    ];
    let told: Vec<String> = receiver.told("messages", 6).await.iter().map(shown).collect();
    for wanted in wanted {
        assert!(told.iter().any(|told| told == wanted), "{wanted} is missing: {told:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_was_not_taken_is_told_after_a_crash() {
    let receiver = Receiver::start(&[]).await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("kept.db");
    let open = async || SqliteStore::open(&path, "epoch-1", 7).await.unwrap();
    let flags = ["--webhook-messages", &receiver.address, "--webhook-private", "true"];
    let server = Server::with_store(&flags, open().await, tempfile::tempdir().unwrap()).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    server.old("a").await.say("b", "taken").await;
    receiver.told("messages", 1).await;
    server.stop().await;
    // Said while nobody is told.
    let server = Server::with_store(&[], open().await, tempfile::tempdir().unwrap()).await;
    server.old("a").await.say("b", "waited").await;
    server.stop().await;
    let server = Server::with_store(&flags, open().await, tempfile::tempdir().unwrap()).await;
    let mut count = 2;
    let told = loop {
        let told = receiver.told("messages", count).await;
        if texts(&told).contains(&"waited") {
            break told;
        }
        count = told.len() + 1;
    };
    // What was taken but not noted before the end comes again.
    let mut told = texts(&told);
    told.dedup();
    assert_eq!(told, ["taken", "waited"]);
    server.stop().await;
}

#[tokio::test]
async fn who_comes_and_goes_is_told_once_however_many_links_there_are() {
    let receiver = Receiver::start(&[]).await;
    let flags = [
        "--webhook-presence",
        &receiver.address,
        "--webhook-private",
        "true",
        "--multi-device",
        "true",
    ];
    let store = MemoryStore::new(7, "epoch-1");
    let server = Server::with_store(&flags, store, tempfile::tempdir().unwrap()).await;
    let first = server.extended("a", "pc").await;
    let second = server.extended("a", "phone").await;
    let b = server.old("b").await;
    drop(first);
    drop(second);
    let told = receiver.told("events", 4).await;
    let shown = |event: &Value| {
        let user = event["userId"].as_str().unwrap_or_default();
        format!("{user} {}", event["status"].as_str().unwrap())
    };
    let told: Vec<String> = told.iter().map(shown).collect();
    assert_eq!(told, [" restarted", "a online", "b online", "a offline"]);
    drop(b);
    server.stop().await;
}

#[tokio::test]
async fn f18_a_webhook_inside_is_not_asked_unless_it_may_be() {
    let receiver = Receiver::start(&[]).await;
    let server = Server::start(&["--webhook-presence", &receiver.address]).await;
    server.old("a").await.assert_quiet().await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(*receiver.asked.lock().unwrap(), 0);
    server.stop().await;
}
