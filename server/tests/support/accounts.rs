//! Calls of accounts over real HTTP.

use serde_json::{Value, json};

use super::{Server, post};

/// The password of every account.
pub const PASSWORD: &str = "correct horse battery";

/// A call without a session.
pub async fn ask(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    call(server, "", path, body).await
}

/// A call with a session, or without one.
pub async fn call(server: &Server, session: &str, path: &str, body: &Value) -> (u16, Value) {
    let header = format!("Authorization: Bearer {session}\r\n");
    let header = if session.is_empty() { "" } else { &header };
    let (status, _, answer) = post(&server.address, path, header, &body.to_string()).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert!(!answer.to_string().contains("argon2"), "{answer}");
    assert!(!answer.to_string().contains(PASSWORD), "{answer}");
    (status, answer)
}

/// A call that is answered.
pub async fn done(server: &Server, session: &str, path: &str, body: Value) -> Value {
    let (status, answer) = call(server, session, path, &body).await;
    assert_eq!(status, 200, "{path} {body}: {answer}");
    answer
}

/// A call that is refused: HTTP status and code.
pub async fn refused(server: &Server, session: &str, path: &str, body: Value) -> (u16, i64) {
    let (status, answer) = call(server, session, path, &body).await;
    assert!(answer["errorMessage"].is_string(), "{answer}");
    (status, answer["code"].as_i64().unwrap())
}

/// Registers; the session.
pub async fn registered(server: &Server, name: &str) -> (String, Value) {
    let account = format!("{name}@example.com");
    let body = json!({
        "account": account, "password": PASSWORD, "userId": name, "name": name, "device": "tests",
    });
    let told = done(server, "", "/account/register", body).await;
    (told["session"].as_str().unwrap().to_owned(), told)
}

/// Logs in.
pub async fn login(server: &Server, account: &str, password: &str) -> (u16, Value) {
    ask(server, "/account/login", &json!({ "account": account, "password": password })).await
}
