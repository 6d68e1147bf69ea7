//! Whether messages wait, asked without a connection.

#![allow(clippy::unwrap_used)]

mod support;

use support::{APP_KEY, Server, get};

async fn ask(server: &Server, token: &str, more: &str) -> (u16, String) {
    let path = format!("/message/exist.js?appKey={APP_KEY}&token={token}{more}");
    let (status, head, body) = get(&server.address, &path).await;
    if status == 200 {
        assert!(head.contains("content-type: application/javascript"), "{head}");
        assert!(head.contains("x-content-type-options: nosniff"), "{head}");
    }
    (status, body)
}

#[tokio::test]
async fn unread_messages_are_counted_for_the_tokens_user() {
    let server = Server::start(&[]).await;
    let token = server.token("b");
    assert_eq!(ask(&server, &token, "").await, (200, "RCCallback({\"status\":0});".into()));
    let mut a = server.old("a").await;
    for text in ["one", "two"] {
        a.say("b", text).await;
    }
    assert_eq!(ask(&server, &token, "").await, (200, "RCCallback({\"status\":2});".into()));
    let own = server.token("a");
    assert_eq!(ask(&server, &own, "").await, (200, "RCCallback({\"status\":0});".into()));
    server.stop().await;
}

#[tokio::test]
async fn f10_what_is_no_function_is_called_by_nobody() {
    let server = Server::start(&[]).await;
    let token = server.token("b");
    let named = ask(&server, &token, "&callBack=a.b").await;
    assert_eq!(named, (200, "a.b({\"status\":0});".into()));
    for name in ["alert(1)//", "%3Cscript%3E", "", &"a".repeat(65)] {
        let (status, body) = ask(&server, &token, &format!("&callBack={name}")).await;
        assert_eq!(status, 400, "{name}: {body}");
    }
    for (token, status) in [("x", 401), (&*server.expired_token("b"), 401), ("", 401)] {
        assert_eq!(ask(&server, token, "").await.0, status);
    }
    let (status, _, _) =
        get(&server.address, &format!("/message/exist.js?appKey=other&token={token}")).await;
    assert_eq!(status, 403);
    server.stop().await;
}
