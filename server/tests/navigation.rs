//! Navigation, CORS and the demo's files, byte for byte where clients are particular.

#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use support::{Server, get, http, post};

fn stripped(body: &str) -> Value {
    // As 2.5.3 does it: the literal prefix, the literal end.
    let json = body.replace("getServerEndpoint(", "").replace(");", "");
    serde_json::from_str(&json).unwrap()
}

#[tokio::test]
async fn a_2x_client_learns_where_to_connect() {
    let server = Server::start(&["--send-rate", "7", "--send-burst", "9"]).await;
    let token = server.token("用户甲");
    for (path, token) in [("navi.js", format!("{token}%40")), ("cometnavi.js", token)] {
        let query = format!("appId=hongyan&token={token}&callBack=getServerEndpoint&v=2.5.3&r=1");
        let (status, head, body) = get(&server.address, &format!("/{path}?{query}")).await;
        assert_eq!(status, 200);
        assert!(head.contains("content-type: application/javascript"), "{head}");
        assert!(head.contains("x-content-type-options: nosniff"), "{head}");
        assert!(head.contains("access-control-allow-origin: *"), "{head}");
        assert!(body.starts_with("getServerEndpoint({") && body.ends_with("});"), "{body}");
        let answer = stripped(&body);
        assert_eq!((&answer["code"], &answer["userId"]), (&json!(200), &json!("用户甲")));
        assert_eq!(answer["server"], json!(server.address));
        assert!(answer["backupServer"].is_string() && answer["voipCallInfo"].is_string());
        assert_ne!(answer["type"], json!(1));
        let extensions =
            json!({ "version": 1, "sendRate": 7, "sendBurst": 9, "polling": 1, "upload": "/file" });
        assert_eq!(answer["hongyan"], extensions);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_newer_client_learns_it_from_json() {
    let server = Server::start(&[]).await;
    let body = format!("token={}%40&v=5.38.0&platfrom=browser", server.token("a"));
    let headers = "RC-Appkey: hongyan\r\nContent-Type: Application/x-www-form-urlencoded\r\n";
    let (status, head, answer) =
        post(&server.address, "/v2/navi.json?cloud=0", headers, &body).await;
    assert_eq!(status, 200);
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let address = json!([{ "addr": server.address, "protocol": 5, "weight": 10 }]);
    assert_eq!((&answer["serverAddr"], &answer["userId"]), (&address, &json!("a")));
    let preflight = format!(
        "OPTIONS /v2/navi.json?cloud=0 HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
         Origin: null\r\nAccess-Control-Request-Method: POST\r\n\
         Access-Control-Request-Headers: rc-appkey,rc-negotiate\r\n\r\n",
        server.address
    );
    let (status, head, _) = http(&server.address, &preflight).await;
    assert_eq!(status, 204);
    assert!(head.contains("access-control-allow-headers: rc-appkey,rc-negotiate"), "{head}");
    assert!(
        head.contains("access-control-allow-methods: get, head, post, patch, delete, options"),
        "{head}"
    );
    server.stop().await;
}

#[tokio::test]
async fn refusals_are_bare_json_with_cors() {
    let server = Server::start(&[]).await;
    let token = server.token("a");
    for (query, status) in [
        (format!("appId=other&token={token}"), 403),
        (format!("token={token}"), 403),
        ("appId=hongyan".to_owned(), 401),
        (format!("appId=hongyan&token={token}x"), 401),
        (format!("appId=hongyan&token={}", server.expired_token("a")), 401),
        (format!("appId=hongyan&token={}", "x".repeat(10_000)), 401),
    ] {
        let path = format!("/navi.js?{query}&callBack=getServerEndpoint");
        let (answered, head, body) = get(&server.address, &path).await;
        assert_eq!(answered, status);
        assert_eq!(body, format!("{{\"code\":{status}}}"));
        assert!(head.contains("access-control-allow-origin: *"), "{head}");
    }
    server.stop().await;
}

#[tokio::test]
async fn f10_a_callback_is_a_name_and_nothing_else() {
    let server = Server::start(&[]).await;
    let token = server.token("a");
    let navigate = |callback: &str| {
        let path = format!("/navi.js?appId=hongyan&token={token}&callBack={callback}");
        let address = server.address.clone();
        async move { get(&address, &path).await }
    };
    let (status, _, body) = navigate("app.onNavi_1").await;
    assert!(status == 200 && body.starts_with("app.onNavi_1({"), "{body}");
    for callback in ["alert(1)%2F%2F", "%3Cscript%3E", "a%20b", "1a", "", &"a".repeat(10_000)] {
        let (status, _, body) = navigate(callback).await;
        assert_eq!(status, 400);
        assert!(!body.contains("alert") && !body.contains("script"), "{body}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_address_is_the_one_that_was_asked_unless_one_is_set() {
    let asked = |address: &str, token: &str, host: &str| {
        let request = format!(
            "GET /navi.js?appId=hongyan&token={token} HTTP/1.1\r\nHost: {host}\r\n\
             Connection: close\r\n\r\n"
        );
        let address = address.to_owned();
        async move { stripped(&http(&address, &request).await.2)["server"].clone() }
    };
    let server = Server::start(&[]).await;
    let token = server.token("a");
    let answer = asked(&server.address, &token, "chat.example.com:8443").await;
    assert_eq!(answer, json!("chat.example.com:8443"));
    let odd = asked(&server.address, &token, "a\"b<c").await;
    assert_ne!(odd, json!("a\"b<c"));
    server.stop().await;
    let server = Server::start(&["--public-address", "im.example.com"]).await;
    let answer = asked(&server.address, &token, "chat.example.com").await;
    assert_eq!(answer, json!("im.example.com"));
    server.stop().await;
}

#[tokio::test]
async fn f13_every_answer_has_cors() {
    let server = Server::start(&[]).await;
    for (path, status) in
        [("/ping?r=1", 200), ("/healthz", 200), ("/nowhere", 404), ("/user/getToken.json", 405)]
    {
        let (answered, head, _) = get(&server.address, path).await;
        assert_eq!(answered, status, "{path}");
        assert!(head.contains("access-control-allow-origin: *"), "{path}: {head}");
        assert!(head.contains("x-content-type-options: nosniff"), "{path}: {head}");
    }
    server.stop().await;
}

#[tokio::test]
async fn f13_a_list_of_origins_lets_in_nobody_else() {
    let server = Server::start(&["--allow-origins", "https://chat.example.com"]).await;
    let upgrade = |origin: &str| {
        let path = format!("/websocket?appId=hongyan&token={}", server.token("a"));
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: x\r\n{origin}Connection: close\r\n\r\n");
        let address = server.address.clone();
        async move { http(&address, &request).await }
    };
    let (_, head, _) = upgrade("Origin: https://chat.example.com\r\n").await;
    assert!(head.contains("access-control-allow-origin: https://chat.example.com"), "{head}");
    for origin in ["https://chat.example.com.attacker.example", "null", "http://chat.example.com"] {
        let (status, head, _) = upgrade(&format!("Origin: {origin}\r\n")).await;
        assert_eq!(status, 403, "{origin}");
        assert!(!head.contains("access-control-allow-origin"), "{head}");
        assert!(head.contains("vary: origin"), "{head}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_demos_files_come_with_their_types_and_rules() {
    let server = Server::start(&[]).await;
    let (status, _, body) = get(&server.address, "/").await;
    assert!(status == 200 && body.contains("npm start"), "{body}");
    std::fs::write(server.www().join("index.html"), "<p>demo").unwrap();
    std::fs::write(server.www().join("a.wasm"), "\0asm").unwrap();
    std::fs::write(server.www().parent().unwrap().join("outside"), "outside").unwrap();
    let (status, head, body) = get(&server.address, "/").await;
    assert_eq!((status, body.as_str()), (200, "<p>demo"));
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
    assert!(head.contains("require-trusted-types-for 'script'"), "{head}");
    let (_, head, _) = get(&server.address, "/a.wasm").await;
    assert!(head.contains("content-type: application/wasm"), "{head}");
    for path in ["/../outside", "/%2e%2e/outside", "/..%2foutside", "/none.js"] {
        let (status, _, body) = get(&server.address, path).await;
        assert!(status == 404 && !body.contains("outside"), "{path}: {status} {body}");
    }
    server.stop().await;
}
