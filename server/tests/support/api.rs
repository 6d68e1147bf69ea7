//! Calls of the server API, signed as the published SDKs do.

use hongyan_server::net::Clock;
use serde_json::{Value, json};

use super::{APP_KEY, SECRET, Server, post};

pub fn sha1_signed() -> String {
    use sha1::Digest;
    let digest = sha1::Sha1::digest(format!("{SECRET}11700000000"));
    let signature: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("App-Key: {APP_KEY}\r\nNonce: 1\r\nTimestamp: 1700000000\r\nSignature: {signature}\r\n")
}

pub async fn call(server: &Server, path: &str, body: &str) -> (u16, Value) {
    let (status, _, answer) = post(&server.address, path, &sha1_signed(), body).await;
    (status, serde_json::from_str(&answer).unwrap())
}

pub async fn done(server: &Server, path: &str, body: &str) -> Value {
    let (status, answer) = call(server, path, body).await;
    assert_eq!((status, &answer["code"]), (200, &json!(200)), "{path} {body}: {answer}");
    answer
}

pub fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub fn now() -> i64 {
    Clock::start().now().wall.get()
}
