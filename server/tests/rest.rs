//! The server API and signing in to the demo.

#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::{APP_KEY, Client, SECRET, Server, post};

fn sha1_hex(text: &str) -> String {
    use sha1::Digest;
    sha1::Sha1::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn signed(prefix: &str, app_key: &str, nonce: &str, timestamp: &str) -> String {
    let signature = sha1_hex(&format!("{SECRET}{nonce}{timestamp}"));
    format!(
        "{prefix}App-Key: {app_key}\r\n{prefix}Nonce: {nonce}\r\n{prefix}Timestamp: {timestamp}\r\n\
         {prefix}Signature: {signature}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    )
}

async fn call(server: &Server, headers: &str, body: &str) -> (u16, Value) {
    let (status, _, answer) = post(&server.address, "/user/getToken.json", headers, body).await;
    (status, serde_json::from_str(&answer).unwrap())
}

#[tokio::test]
async fn a_signed_call_gets_a_token_that_logs_in() {
    let server = Server::start(&[]).await;
    let headers = signed("", APP_KEY, "1234", "1700000000");
    let body = "userId=%E7%94%A8%E6%88%B7&name=A+B&portraitUri=http%3A%2F%2Fx%2Fa.png";
    // The same nonce and time twice: the published server SDKs never change them.
    for _ in 0..2 {
        let (status, answer) = call(&server, &headers, body).await;
        assert_eq!((status, &answer["code"]), (200, &Value::from(200)));
        assert_eq!(answer["userId"], "用户");
        let token = answer["token"].as_str().unwrap();
        assert!(!token.contains('@'));
        Client::login(&server.url(token, "&sdkVer=2.5.3"), "用户").await;
    }
    let newer = signed("RC-", APP_KEY, "1", "1700000000000");
    assert_eq!(call(&server, &newer, "userId=a").await.0, 200);
    let (status, _, _) = post(&server.address, "/user/getToken", &headers, "userId=a").await;
    assert_eq!(status, 200);
    server.stop().await;
}

#[tokio::test]
async fn f1_an_unsigned_call_is_refused_and_not_told_why() {
    let server = Server::start(&[]).await;
    let good = signed("", APP_KEY, "1234", "1700000000");
    let signature = sha1_hex(&format!("{SECRET}12341700000000"));
    let mut answers = Vec::new();
    for headers in [
        String::new(),
        signed("", "other", "1234", "1700000000"),
        good.replace("Nonce: 1234", "Nonce: 1235"),
        good.replace(&signature, &signature.to_uppercase()),
        good.replace(&signature, &signature[..39]),
        good.replace(&signature, &format!("{signature}0")),
        // Digits moved from the nonce to the timestamp.
        good.replace("Nonce: 1234", "Nonce: 123").replace("p: 17", "p: 417"),
    ] {
        let (status, answer) = call(&server, &headers, "userId=a").await;
        assert_eq!(status, 401, "{headers}");
        answers.push(answer.to_string());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0].contains("errorMessage") && answers[0].contains("code"));
    server.stop().await;
}

#[tokio::test]
async fn a_user_needs_an_id_that_fits() {
    let server = Server::start(&[]).await;
    let headers = signed("", APP_KEY, "1234", "1700000000");
    let long = format!("userId={}", "a".repeat(65));
    for body in ["", "userId=", "name=x", "userId=a%40b", "userId=a%00", &long] {
        let (status, answer) = call(&server, &headers, body).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer["errorMessage"].is_string() && answer["code"].is_number());
    }
    let (status, _) = call(&server, &headers, &"x".repeat(65 * 1024)).await;
    assert_eq!(status, 413);
    server.stop().await;
}

#[tokio::test]
async fn the_demo_signs_in_by_name_only_where_it_is_on() {
    let server = Server::start(&[]).await;
    let sign_in = |address: String, body: &'static str| async move {
        let headers = "Content-Type: application/json\r\n";
        let (status, _, answer) = post(&address, "/demo/sign-in", headers, body).await;
        (status, serde_json::from_str::<Value>(&answer).unwrap())
    };
    let (status, answer) = sign_in(server.address.clone(), "{\"name\":\" 小红 \"}").await;
    assert_eq!((status, &answer["userId"]), (200, &Value::from("小红")));
    assert_eq!(answer["appKey"], APP_KEY);
    Client::login(&server.url(answer["token"].as_str().unwrap(), ""), "小红").await;
    for body in ["", "{}", "{\"name\":\"\"}", "{\"name\":\"a@b\"}", "{\"name\":\"😀\"}", "[]"] {
        assert_eq!(sign_in(server.address.clone(), body).await.0, 400, "{body}");
    }
    server.stop().await;
    let server = Server::start(&["--demo", "false"]).await;
    assert_eq!(sign_in(server.address.clone(), "{\"name\":\"a\"}").await.0, 404);
    server.stop().await;
}
