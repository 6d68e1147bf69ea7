//! Clients that do what no client does, and HTTP that nobody honest sends. The numbers are those
//! of `docs/faults.md`.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use bytes::Bytes;
use hongyan::proto::UpStreamMessage;
use hongyan::signal::client;
use hongyan::wire::{Frame, PublishUp, Qos, QueryCon};
use prost::Message;
use support::{APP_KEY, Client, End, PATIENCE, SECRET, Server, get, http, post, texts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A socket after its handshake, for bytes that no WebSocket library would send.
async fn raw(server: &Server, user: &str) -> TcpStream {
    let url = server.url(&server.token(user), "&sdkVer=2.5.3");
    let path = url.split_once(&server.address).unwrap().1;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 1024];
    let length = stream.read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 101"));
    stream
}

/// A masked WebSocket frame; the mask is zero.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match u8::try_from(payload.len()) {
        Ok(length @ ..=125) => bytes.push(0x80 | length),
        _ => {
            bytes.push(0x80 | 126);
            bytes.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

/// Writes `bytes` `times` times, as long as the other side takes them, and waits for its end.
async fn assert_cut(mut stream: TcpStream, bytes: &[u8], times: usize) {
    let (mut reader, mut writer) = stream.split();
    let write = async {
        for _ in 0..times {
            if writer.write_all(bytes).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let read = async {
        let mut answer = [0; 4096];
        while matches!(reader.read(&mut answer).await, Ok(1..)) {}
    };
    let ended = async {
        tokio::select! {
            () = write => {}
            () = read => {}
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("it was not cut");
}

fn said(text: &str) -> String {
    format!("{{\"content\":\"{text}\"}}")
}

/// Others are served as ever.
async fn assert_alive(server: &Server) {
    let mut a = server.old("somebody").await;
    let mut b = server.old("else").await;
    assert_eq!(a.say("else", "hi").await.status, 0);
    let messages = b.pull_past_bells(0).await;
    assert_eq!(messages.last().unwrap().content, &b"{\"content\":\"hi\"}"[..]);
}

#[tokio::test]
async fn e2_who_sends_a_byte_a_second_is_cut_after_10_seconds() {
    let server = Server::start(&[]).await;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let began = tokio::time::Instant::now();
    let head =
        b"GET /websocket?appId=a HTTP/1.1\r\nHost: a\r\nX: ".iter().chain([b'x'; 120].iter());
    let mut sent = 0;
    for byte in head {
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
        sent += 1;
        tokio::time::sleep(Duration::from_millis(250)).await;
        let mut answer = [0; 256];
        let read = tokio::time::timeout(Duration::from_millis(1), stream.read(&mut answer)).await;
        if matches!(read, Ok(Ok(0) | Err(_))) {
            break;
        }
    }
    assert!(sent < 160, "it could go on");
    assert!(
        began.elapsed() >= Duration::from_secs(9),
        "a slow but honest client is not waited for"
    );
    assert_alive(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn e6_a_message_in_a_million_pieces_is_cut_at_the_size_of_a_frame() {
    let server = Server::start(&[]).await;
    let mut stream = raw(&server, "a").await;
    stream.write_all(&frame(0x02, b"2")).await.unwrap();
    assert_cut(stream, &frame(0x00, b"x"), 1_000_000).await;
    assert_alive(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn e7_e8_frames_that_break_the_rules_of_websockets_are_cut() {
    let server = Server::start(&[]).await;
    let unmasked = [0x82, 0x01, 0xc0];
    assert_cut(raw(&server, "a").await, &unmasked, 1).await;
    assert_cut(raw(&server, "a").await, &frame(0x89, &[b'p'; 126]), 1).await;
    let reserved = frame(0xf2, b"\xc0");
    assert_cut(raw(&server, "a").await, &reserved, 1).await;
    assert_alive(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn e9_ten_thousand_pings_are_cut_and_disturb_nobody() {
    let server = Server::start(&[]).await;
    assert_cut(raw(&server, "a").await, &frame(0x89, b"p"), 10_000).await;
    assert_cut(raw(&server, "a").await, &frame(0x82, b"\xc0"), 10_000).await;
    assert_alive(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn e11_a_message_id_that_is_used_again_is_a_message_of_its_own() {
    let server = Server::start(&[]).await;
    let mut a = server.extended("a", "pc").await;
    for (text, client_id) in [("one", 1), ("two", 2)] {
        a.send(&client::publish(1, false, &Client::text("b", text, client_id)).unwrap()).await;
    }
    for _ in 0..2 {
        let hongyan::signal::Signal::SendAck(ack) = a.signal().await else { panic!("no PUBACK") };
        assert_eq!((ack.id, ack.status), (1, 0));
    }
    assert_eq!(texts(&server.old("b").await.pull(0).await), ["one", "two"].map(said));
    server.stop().await;
}

#[tokio::test]
async fn e13_the_sender_is_who_is_logged_in_whatever_the_body_says() {
    let server = Server::start(&[]).await;
    let mut a = server.old("a").await;
    let honest = UpStreamMessage {
        session_id: 3,
        classname: "RC:TxtMsg".into(),
        content: br#"{"content":"x","fromUserId":"bob","user":{"id":"bob"}}"#.to_vec().into(),
        ..UpStreamMessage::default()
    };
    let mut body = honest.encode_to_vec();
    // A field of nobody's, and the extensions that a server writes itself: fields 1000 to 1003.
    for field in [99_u32, 1000, 1001, 1002, 1003] {
        prost::encoding::string::encode(field, &"bob".to_owned(), &mut body);
    }
    let publish = Frame::PublishUp(PublishUp {
        qos: Qos::AtLeastOnce,
        dup: false,
        topic: "ppMsgP".into(),
        target_id: "c".into(),
        message_id: 1,
        body: Bytes::from(body),
    });
    a.send(&publish).await;
    let hongyan::signal::Signal::SendAck(ack) = a.signal().await else { panic!("no PUBACK") };
    assert_eq!(ack.status, 0);
    let page = server.old("c").await.pull(0).await;
    assert_eq!(page.messages[0].sender.as_str(), "a");
    assert!(server.old("bob").await.pull(0).await.messages.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn e25_strange_names_are_kept_as_they_are_or_refused() {
    let server = Server::start(&["--send-rate", "0"]).await;
    let mut a = server.old("a").await;
    let kept = [
        "\u{202e}bob",
        "bоb",
        "e\u{301}",
        "\u{e9}",
        "../../etc",
        "%00",
        "'--",
        "*",
        ">",
        "a.b",
        "a b",
        "<img src=x>",
        "😀",
        "a/b?c#d",
    ];
    for name in kept {
        assert_eq!(a.say(name, name).await.status, 0, "{name}");
        let page = Client::login(&server.url(&server.token(name), "&sdkVer=2.5.3"), name)
            .await
            .pull(0)
            .await;
        assert_eq!(texts(&page), [said(name)], "to nobody else, and nobody else's");
    }
    let long = "x".repeat(65);
    for refused in [long.as_str(), ""] {
        assert_ne!(a.say(refused, "x").await.status, 0, "{refused}");
    }
    a.assert_quiet().await;
    server.stop().await;
}

#[tokio::test]
async fn e26_a_querycon_for_what_nobody_asked_says_nothing() {
    let server = Server::start(&[]).await;
    let mut a = server.old("a").await;
    for message_id in [1, 2, 0x7fff, 0xffff] {
        a.send(&Frame::QueryCon(QueryCon { message_id })).await;
    }
    a.assert_quiet().await;
    assert_eq!(a.say("b", "still here").await.status, 0);
    server.stop().await;
}

fn signed() -> String {
    use sha1::Digest;
    let digest = sha1::Sha1::digest(format!("{SECRET}11700000000"));
    let signature: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("App-Key: {APP_KEY}\r\nNonce: 1\r\nTimestamp: 1700000000\r\nSignature: {signature}\r\n")
}

#[tokio::test]
async fn f8_a_body_without_end_is_cut_at_its_limit() {
    let server = Server::start(&[]).await;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let head = format!(
        "POST /user/getToken.json HTTP/1.1\r\nHost: a\r\n{}Transfer-Encoding: chunked\r\n\r\n",
        signed()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("1000\r\n{}\r\n", "u".repeat(0x1000));
    assert_cut(stream, chunk.as_bytes(), 1_000_000).await;
    assert_alive(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn f9_of_a_request_with_two_lengths_nothing_is_taken_for_a_second_request() {
    let server = Server::start(&[]).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    for head in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 40\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n",
    ] {
        let request =
            format!("POST /user/getToken.json HTTP/1.1\r\nHost: a\r\n{}{head}{smuggled}", signed());
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        let first = answer.split("\r\n").next().unwrap_or_default();
        // Both lengths at once are legal where the chunks win and the connection ends behind them.
        let answers = answer.matches("HTTP/1.1 ").count();
        assert!(answers <= 1, "{head}: {answers} answers");
        assert!(!first.contains("200"), "{head}: {first}");
    }
    server.stop().await;
}

#[tokio::test]
async fn f14_other_methods_than_a_paths_own_are_refused() {
    let server = Server::start(&[]).await;
    let over = "X-HTTP-Method-Override: POST\r\n";
    for method in ["GET", "HEAD", "PUT", "DELETE", "TRACE", "PATCH"] {
        let request = format!(
            "{method} /user/getToken.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{over}{}\r\n",
            signed()
        );
        let (status, head, _) = http(&server.address, &request).await;
        assert_eq!(status, 405, "{method}");
        assert!(!head.contains("signature"), "{method}: nothing is sent back");
    }
    server.stop().await;
}

#[tokio::test]
async fn f17_there_is_nothing_for_operators_in_public() {
    let server = Server::start(&[]).await;
    for path in ["/metrics", "/admin", "/debug", "/debug/pprof", "/.env", "/config", "/status"] {
        let (status, _, body) = get(&server.address, path).await;
        assert_eq!(status, 404, "{path}: {body}");
    }
    server.stop().await;
}

#[tokio::test]
async fn f18_what_a_user_calls_a_portrait_is_never_fetched() {
    let server = Server::start(&[]).await;
    let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = inside.local_addr().unwrap();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    for uri in [format!("http://{address}/latest/meta-data"), "file:///etc/passwd".to_owned()] {
        let body = format!("userId=a&name=A&portraitUri={uri}");
        let headers = format!("{}{form}", signed());
        let (status, _, answer) =
            post(&server.address, "/user/getToken.json", &headers, &body).await;
        assert_eq!(status, 200, "{answer}");
        assert!(!answer.contains("root:"));
    }
    assert_alive(&server).await;
    let asked = tokio::time::timeout(Duration::from_millis(500), inside.accept()).await;
    assert!(asked.is_err(), "the server asked");
    server.stop().await;
}

#[tokio::test]
async fn e3_the_first_message_of_a_refused_login_is_not_read() {
    let server = Server::start(&[]).await;
    let mut stranger = Client::open(&server.url("no-token", "&sdkVer=2.5.3")).await;
    let Frame::ConnAck(ack) = stranger.frame().await else { panic!("no CONNACK") };
    assert_eq!(ack.status, 4);
    assert_eq!(stranger.end().await, End::Cut);
    server.stop().await;
}

#[tokio::test]
async fn f15_an_address_that_a_header_claims_counts_for_nothing() {
    // This machine's own connections are not counted: were the header believed, they would be.
    let server = Server::start(&["--address-connections", "1"]).await;
    let mut open = Vec::new();
    for _ in 0..5 {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        let claims = "X-Forwarded-For: 203.0.113.7\r\nForwarded: for=203.0.113.7\r\nX-Real-IP: 203.0.113.7\r\n";
        let request = format!("GET /ping HTTP/1.1\r\nHost: a\r\n{claims}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 16];
        stream.read_exact(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"));
        open.push(stream);
    }
    server.stop().await;
}

/// The place of the first wrong character must not show in the time: medians of runs in turn.
#[test]
fn f5_a_signature_that_is_nearly_right_takes_as_long_as_one_that_is_not() {
    let (early, late) = (format!("x{}", "0".repeat(39)), {
        use sha1::Digest;
        let digest = sha1::Sha1::digest(format!("{SECRET}11700000000"));
        let right: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}x", &right[..39])
    });
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..50_000 {
        for (signature, times) in [&early, &late].into_iter().zip(&mut times) {
            let began = tokio::time::Instant::now();
            let signed =
                hongyan_server::core::signature::is_signed(SECRET, "1", "1700000000", signature);
            times.push(began.elapsed().as_nanos());
            assert!(!signed);
        }
    }
    let [early, late] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    assert!(early.abs_diff(late) * 10 <= early, "{early} ns and {late} ns");
}
