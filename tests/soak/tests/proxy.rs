//! Each fault of the proxy is what it says, to real sockets.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hongyan::session::io::HttpOutcome;
use hongyan_soak::host::http;
use hongyan_soak::proxy::{Direction, Fault, Proxy, Rule, control};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const FREE: &str = "127.0.0.1:0";
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// Short, and yet longer than an echo takes.
const MOMENT: Duration = Duration::from_millis(300);

/// Echoes frames at `/websocket`, says "hello" everywhere else.
async fn server() -> SocketAddr {
    let listener = TcpListener::bind(FREE).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 14];
                stream.peek(&mut head).await.unwrap();
                if head.starts_with(b"GET /websocket") {
                    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
                    while let Some(Ok(message)) = socket.next().await {
                        drop(socket.send(message).await);
                    }
                } else {
                    let mut request = [0; 1024];
                    drop(stream.read(&mut request).await);
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
                    drop(stream.write_all(answer).await);
                }
            });
        }
    });
    address
}

async fn proxy() -> Proxy {
    Proxy::start(FREE.parse().unwrap(), server().await, 1).await.unwrap()
}

async fn socket(proxy: &Proxy) -> Socket {
    let url = format!("ws://{}/websocket?token=secret", proxy.address);
    tokio_tungstenite::connect_async(url).await.unwrap().0
}

/// A socket through the proxy, and its number there.
async fn line(proxy: &Proxy) -> (Socket, u64) {
    let socket = socket(proxy).await;
    let lines = proxy.connections();
    assert_eq!((lines.len(), &*lines[0].path, lines[0].websocket), (1, "/websocket", true));
    (socket, lines[0].id)
}

async fn say(socket: &mut Socket, text: &str) {
    socket.send(Message::Binary(text.to_owned().into())).await.unwrap();
}

async fn hear(socket: &mut Socket) -> Result<Option<Vec<u8>>, Error> {
    let heard = tokio::time::timeout(PATIENCE, socket.next()).await.unwrap();
    heard.transpose().map(|message| message.map(|message| message.into_data().to_vec()))
}

async fn hears(socket: &mut Socket, text: &str) {
    assert_eq!(hear(socket).await.unwrap().unwrap(), text.as_bytes());
}

async fn get(proxy: &Proxy, path: &str) -> HttpOutcome {
    http::get(&format!("http://{}{path}", proxy.address), PATIENCE).await
}

fn answer(status: u16, body: &'static str, retry_after_s: Option<u32>) -> HttpOutcome {
    HttpOutcome::Answer { status, body: body.as_bytes().into(), retry_after_s }
}

#[tokio::test]
async fn nothing_goes_wrong_by_itself() {
    let proxy = proxy().await;
    let mut socket = socket(&proxy).await;
    for text in ["one", &"long ".repeat(30_000)] {
        say(&mut socket, text).await;
        hears(&mut socket, text).await;
    }
    assert_eq!(get(&proxy, "/navi.js").await, answer(200, "hello", None));
    assert_eq!(proxy.faults(), 0);
}

#[tokio::test]
async fn requests_are_answered_or_refused_by_their_path() {
    let proxy = proxy().await;
    let fault = Fault::Answer {
        status: 503,
        content_type: "text/html".into(),
        body: "<html>".into(),
        retry_after_s: Some(2),
    };
    proxy.add_rule(Rule { path: "/navi".into(), times: Some(1), ..Rule::new(fault) });
    assert_eq!(get(&proxy, "/ping").await, answer(200, "hello", None));
    assert_eq!(get(&proxy, "/navi.js?a=b").await, answer(503, "<html>", Some(2)));
    assert_eq!(get(&proxy, "/navi.js").await, answer(200, "hello", None));
    proxy.add_rule(Rule::new(Fault::Refuse));
    assert_eq!(get(&proxy, "/ping").await, HttpOutcome::Failed);
    proxy.add_rule(Rule { path: "/ping".into(), ..Rule::new(Fault::Corrupt) });
    proxy.clear_rules();
    assert_eq!(get(&proxy, "/ping").await, answer(200, "hello", None));
    assert_eq!(proxy.faults(), 2);
}

#[tokio::test]
async fn the_body_of_an_answer_becomes_garbage() {
    let proxy = proxy().await;
    proxy.add_rule(Rule { direction: Some(Direction::Down), ..Rule::new(Fault::Corrupt) });
    let garbage =
        HttpOutcome::Answer { status: 200, body: [0xff; 5].to_vec().into(), retry_after_s: None };
    assert_eq!(get(&proxy, "/navi.js").await, garbage);
}

#[tokio::test]
async fn a_connection_is_cut_at_once_or_within_a_frame() {
    let proxy = proxy().await;
    for reset in [false, true] {
        let (mut socket, id) = line(&proxy).await;
        assert!(proxy.strike(id, None, &Fault::Cut { reset }));
        assert!(matches!(hear(&mut socket).await, Err(_) | Ok(None)));
        assert!(!proxy.strike(id, None, &Fault::Cut { reset }), "it is gone");
    }
    let mut socket = socket(&proxy).await;
    proxy.add_rule(Rule {
        direction: Some(Direction::Down),
        ..Rule::new(Fault::Cut { reset: false })
    });
    say(&mut socket, "cut").await;
    assert!(matches!(hear(&mut socket).await, Err(_) | Ok(None)));
    assert_eq!(proxy.faults(), 3);
}

#[tokio::test]
async fn a_frame_comes_twice_and_only_that_one() {
    let proxy = proxy().await;
    for direction in [Direction::Up, Direction::Down] {
        let (mut socket, id) = line(&proxy).await;
        assert!(proxy.strike(id, Some(direction), &Fault::Duplicate));
        say(&mut socket, "twice").await;
        say(&mut socket, "once").await;
        for text in ["twice", "twice", "once"] {
            hears(&mut socket, text).await;
        }
        assert!(proxy.strike(id, None, &Fault::Cut { reset: false }));
        assert!(matches!(hear(&mut socket).await, Err(_) | Ok(None)));
    }
}

#[tokio::test]
async fn a_corrupt_frame_is_no_frame_to_anybody() {
    let proxy = proxy().await;
    for direction in [Direction::Up, Direction::Down] {
        let (mut socket, id) = line(&proxy).await;
        assert!(proxy.strike(id, Some(direction), &Fault::Corrupt));
        say(&mut socket, "spoilt").await;
        assert!(!matches!(hear(&mut socket).await, Ok(Some(text)) if text == b"spoilt"));
        assert!(proxy.faults() > 0);
        proxy.strike(id, None, &Fault::Cut { reset: false });
        while !proxy.connections().is_empty() {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn silence_tells_nobody() {
    let proxy = proxy().await;
    let (mut socket, id) = line(&proxy).await;
    assert!(proxy.strike(id, Some(Direction::Down), &Fault::Silence));
    say(&mut socket, "anybody there?").await;
    let heard = tokio::time::timeout(MOMENT, socket.next()).await;
    assert!(heard.is_err(), "{heard:?}");
    assert_eq!(proxy.connections().len(), 1);
}

#[tokio::test]
async fn what_is_held_back_or_slow_comes_late_and_in_order() {
    let proxy = proxy().await;
    let slow = Fault::Throttle { bytes_per_s: 1000, for_ms: 60_000 };
    let late = Fault::Delay { ms: 300 };
    for (fault, text) in [(late, "late"), (slow, &*"slow".repeat(75))] {
        let (mut socket, id) = line(&proxy).await;
        let began = Instant::now();
        assert!(proxy.strike(id, Some(Direction::Down), &fault));
        for text in [text, "second"] {
            say(&mut socket, text).await;
        }
        hears(&mut socket, text).await;
        assert!(began.elapsed() >= Duration::from_millis(200));
        hears(&mut socket, "second").await;
        assert!(proxy.strike(id, None, &Fault::Cut { reset: false }));
        assert!(matches!(hear(&mut socket).await, Err(_) | Ok(None)));
    }
}

#[tokio::test]
async fn orders_come_over_the_control_port() {
    let proxy = proxy().await;
    let control = control::listen(proxy.clone(), FREE.parse().unwrap()).await.unwrap();
    let order = async |path: &str, body: serde_json::Value| {
        http::post(&format!("http://{control}{path}"), &body).await
    };
    let rule = serde_json::json!({ "fault": { "do": "answer", "status": 404 }, "path": "/navi" });
    // Its answer has no body.
    drop(order("/rules", rule).await);
    assert_eq!(get(&proxy, "/navi.js").await, answer(404, "", None));
    let (mut socket, _) = line(&proxy).await;
    let strike = serde_json::json!({ "fault": { "do": "cut" }, "path": "/websocket" });
    assert_eq!(order("/strike", strike).await.unwrap(), serde_json::json!({ "struck": 1 }));
    assert!(matches!(hear(&mut socket).await, Err(_) | Ok(None)));
    let HttpOutcome::Answer { body, .. } = http::get(&format!("http://{control}/"), PATIENCE).await
    else {
        panic!("no answer")
    };
    let standing: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(standing, serde_json::json!({ "faults": 2, "connections": [] }));
}
