//! Accounts over real HTTP: registering, logging in, profiles, sessions, and all that is refused.

#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use hongyan_server::store::sqlite::SqliteStore;
use serde_json::{Value, json};
use support::accounts::{PASSWORD, ask, done, login, refused, registered};
use support::{Client, Server, accepted, http, post};

const FAST: &[&str] = &["--login-attempts=100000", "--login-pause=1s"];

#[tokio::test]
async fn who_registers_logs_in_and_connects_with_the_token() {
    for server in [Server::start(&[]).await, Server::start_sqlite(&[]).await] {
        let (_, told) = registered(&server, "swan").await;
        assert_eq!(told["account"], "swan@example.com");
        assert!(told.get("password").is_none());
        let (status, user) = login(&server, " Swan@EXAMPLE.com ", PASSWORD).await;
        assert_eq!(status, 200);
        for (field, value) in [("id", "swan"), ("userId", "swan"), ("name", "swan")] {
            assert_eq!(user[field], value);
        }
        assert_eq!((&user["sex"], &user["portrait"]), (&json!(""), &json!("")));
        assert!(user["tokenExpires"].as_i64() > Some(0));
        assert!(user["sessionExpires"].as_i64() > user["tokenExpires"].as_i64());
        let token = user["token"].as_str().unwrap();
        Client::login(&server.url(token, ""), "swan").await;
        let session = user["session"].as_str().unwrap();
        let renewed = done(&server, session, "/account/token", json!({})).await;
        Client::login(&server.url(renewed["token"].as_str().unwrap(), ""), "swan").await;
        server.stop().await;
    }
}

#[tokio::test]
async fn without_the_demo_the_server_names_the_user() {
    let server = Server::start(&["--demo=false", "--accounts=true"]).await;
    let mut body = json!({ "account": "swan@example.com", "password": PASSWORD });
    let told = done(&server, "", "/account/register", body.clone()).await;
    assert_eq!(told["userId"].as_str().unwrap().len(), 16);
    body["userId"] = json!("admin");
    body["account"] = json!("other@example.com");
    assert_eq!(refused(&server, "", "/account/register", body).await, (400, 33003));
    server.stop().await;
    let server = Server::start(&["--accounts=false"]).await;
    let (status, _) = login(&server, "swan@example.com", PASSWORD).await;
    assert_eq!(status, 404);
    server.stop().await;
}

#[tokio::test]
async fn f16_an_unknown_account_and_a_wrong_password_are_told_apart_by_nothing() {
    let server = Server::start(FAST).await;
    registered(&server, "swan").await;
    let wrong = login(&server, "swan@example.com", "wrong horse battery").await;
    assert_eq!((wrong.0, &wrong.1["code"]), (401, &json!(24009)));
    let long = "x".repeat(1000);
    for (account, password) in [
        ("goose@example.com", PASSWORD),
        ("", PASSWORD),
        ("鸿雁", PASSWORD),
        ("a'; DROP TABLE account; --", PASSWORD),
        ("swan@example.com", ""),
        ("swan@example.com", "\0"),
        ("swan@example.com", &long),
        ("goose@example.com", &long),
    ] {
        assert_eq!(login(&server, account, password).await, wrong, "{account}");
    }
    let (status, _) = login(&server, "swan@example.com", &"x".repeat(1 << 20)).await;
    assert_eq!(status, 413);
    assert_eq!(login(&server, "swan@example.com", PASSWORD).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn f16_a_thousand_wrong_logins_are_limited_and_the_right_one_works_later() {
    let server = Server::start(&["--login-attempts=5", "--login-pause=2s"]).await;
    registered(&server, "swan").await;
    let body = json!({ "account": "swan@example.com", "password": "wrong horse" }).to_string();
    let (mut wrong, mut limited) = (0, 0);
    for _ in 0..1000 {
        let (status, head, _) = post(&server.address, "/account/login", "", &body).await;
        match status {
            401 => wrong += 1,
            429 => {
                assert!(head.contains("\r\nretry-after: "), "{head}");
                assert!(head.contains("access-control-expose-headers: retry-after"), "{head}");
                limited += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert!(wrong >= 5 && limited > 500, "{wrong} {limited}");
    assert_eq!(login(&server, "goose@example.com", PASSWORD).await.0, 401, "others go on");
    let mut tries = 0;
    while login(&server, "swan@example.com", PASSWORD).await.0 == 429 {
        tries += 1;
        assert!(tries < 100);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(login(&server, "swan@example.com", PASSWORD).await.0, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f16_many_logins_at_once_are_answered_and_none_of_them_hurts() {
    let server = std::sync::Arc::new(Server::start(FAST).await);
    registered(&server, "swan").await;
    let logins = (0..300).map(|n| {
        let server = std::sync::Arc::clone(&server);
        tokio::spawn(async move {
            let password = if n % 2 == 0 { PASSWORD } else { "wrong horse" };
            (n, login(&server, "swan@example.com", password).await)
        })
    });
    for task in logins.collect::<Vec<_>>() {
        let (n, (status, answer)) = task.await.unwrap();
        let known = if n % 2 == 0 { [200, 503] } else { [401, 503] };
        assert!(known.contains(&status), "{n}: {status} {answer}");
    }
    assert_eq!(login(&server, "swan@example.com", PASSWORD).await.0, 200);
}

#[tokio::test]
async fn an_account_and_a_user_belong_to_one() {
    let server = Server::start(&[]).await;
    registered(&server, "swan").await;
    for (account, user) in [("SWAN@example.com", "goose"), ("goose@example.com", "swan")] {
        let body = json!({ "account": account, "password": "another password", "userId": user });
        assert_eq!(refused(&server, "", "/account/register", body).await, (409, 24002));
    }
    assert_eq!(login(&server, "swan@example.com", PASSWORD).await.0, 200);
    let by_name = ask(&server, "/demo/sign-in", &json!({ "name": "swan" })).await;
    assert_eq!((by_name.0, &by_name.1["code"]), (409, &json!(24002)));
    server.stop().await;
}

#[tokio::test]
async fn fields_have_limits() {
    let server = Server::start(&[]).await;
    let good = json!({ "account": "swan@example.com", "password": PASSWORD });
    for (field, value) in [
        ("account", json!("")),
        ("account", json!("a b@example.com")),
        ("account", json!("x".repeat(255))),
        ("account", json!(7)),
        ("password", json!("1234567")),
        ("password", json!("x".repeat(257))),
        ("password", json!("12345678\0")),
        ("password", json!(null)),
        ("name", json!("x".repeat(257))),
        ("name", json!("a\nb")),
        ("portrait", json!("javascript:alert(1)")),
        ("portrait", json!(format!("https://{}", "x".repeat(1024)))),
        ("sex", json!("x".repeat(33))),
        ("userId", json!("x".repeat(65))),
        ("userId", json!("a@b")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let answer = refused(&server, "", "/account/register", body.clone()).await;
        assert_eq!(answer, (400, 33003), "{body}");
    }
    for body in ["", "{", "[]", "null", "{\"account\":1}"] {
        let (status, _, answer) = post(&server.address, "/account/login", "", body).await;
        assert_eq!(status, 400, "{body}: {answer}");
    }
    let (status, _) = login(&server, "swan@example.com", PASSWORD).await;
    assert_eq!(status, 401, "nothing was made");
    server.stop().await;
}

#[tokio::test]
async fn profiles_are_read_by_who_is_logged_in() {
    let server = Server::start(&[]).await;
    let (swan, _) = registered(&server, "swan").await;
    registered(&server, "goose").await;
    let user = json!({ "userId": "goose" });
    let told = done(&server, &swan, "/account/user", user.clone()).await;
    assert_eq!(told, json!({ "id": "goose", "userId": "goose", "name": "goose", "portrait": "" }));
    let own = done(&server, &swan, "/account/user", json!({})).await;
    assert_eq!(own["account"], "swan@example.com");
    let nobody = json!({ "userId": "nobody" });
    assert_eq!(refused(&server, &swan, "/account/user", nobody).await, (404, 23407));
    for session in ["", "x", &"x".repeat(10_000)] {
        let answer = refused(&server, session, "/account/user", user.clone()).await;
        assert_eq!(answer, (401, 24001));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_profile_is_changed_by_its_owner() {
    for server in [Server::start(FAST).await, Server::start_sqlite(FAST).await] {
        let (swan, _) = registered(&server, "swan").await;
        registered(&server, "goose").await;
        let change = |body| done(&server, &swan, "/account/update", body);
        let not = |body| refused(&server, &swan, "/account/update", body);
        let told = change(json!({ "userId": "swan", "name": "雁", "sex": "female" })).await;
        assert_eq!((&told["name"], &told["sex"]), (&json!("雁"), &json!("female")));
        let told = change(json!({ "portrait": "https://example.com/a.png" })).await;
        assert_eq!((&told["name"], &told["account"]), (&json!("雁"), &json!("swan@example.com")));
        assert_eq!(not(json!({ "userId": "goose", "name": "x" })).await, (403, 20406));
        assert_eq!(not(json!({ "account": "goose@example.com" })).await, (409, 24002));
        assert_eq!(not(json!({ "password": "short" })).await, (400, 33003));
        let wrong = json!({ "password": "a new password", "currentPassword": "wrong horse" });
        assert_eq!(not(wrong).await, (403, 20406));
        assert_eq!(login(&server, "swan@example.com", PASSWORD).await.0, 200, "still the old one");
        let right = json!({
            "password": "a new password", "account": "new@example.com", "currentPassword": PASSWORD,
        });
        let told = change(right).await;
        assert_eq!(told["account"], "new@example.com");
        assert!(told["token"].is_string() && told.get("password").is_none());
        assert_eq!(login(&server, "swan@example.com", PASSWORD).await.0, 401);
        assert_eq!(login(&server, "new@example.com", PASSWORD).await.0, 401);
        assert_eq!(login(&server, "new@example.com", "a new password").await.0, 200);
        server.stop().await;
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let server = Server::start_sqlite(&[]).await;
    let (first, _) = registered(&server, "swan").await;
    let other = login(&server, "swan@example.com", PASSWORD).await.1;
    let other = other["session"].as_str().unwrap().to_owned();
    assert_ne!(first, other);
    assert_eq!(other.len(), 43, "256 bits");
    let told = done(&server, &first, "/account/sessions", json!({})).await;
    let sessions = told["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert!(!told.to_string().contains(&first) && !told.to_string().contains(&other));
    let current: Vec<_> = sessions.iter().filter(|one| one["current"] == true).collect();
    assert_eq!((current.len(), &current[0]["device"]), (1, &json!("tests")));
    let nothing = refused(&server, &first, "/account/sessions/revoke", json!({})).await;
    assert_eq!(nothing, (400, 33003));
    let others = json!({ "others": true });
    let told = done(&server, &first, "/account/sessions/revoke", others).await;
    assert_eq!(told["closed"], 1);
    assert_eq!(refused(&server, &other, "/account/token", json!({})).await, (401, 24001));
    let id = json!({ "id": current[0]["id"] });
    assert_eq!(done(&server, &first, "/account/sessions/revoke", id).await["closed"], 1);
    assert_eq!(refused(&server, &first, "/account/token", json!({})).await, (401, 24001));
    server.stop().await;
}

#[tokio::test]
async fn logout_ends_one_session_and_a_new_password_all_others() {
    let server = Server::start(&[]).await;
    let (one, _) = registered(&server, "swan").await;
    let again = || async {
        let (_, told) = login(&server, "swan@example.com", PASSWORD).await;
        told["session"].as_str().unwrap().to_owned()
    };
    let (two, three) = (again().await, again().await);
    done(&server, &one, "/account/logout", json!({})).await;
    assert_eq!(refused(&server, &one, "/account/logout", json!({})).await, (401, 24001));
    done(&server, &two, "/account/update", json!({ "password": "a new password" })).await;
    assert_eq!(refused(&server, &three, "/account/token", json!({})).await, (401, 24001));
    done(&server, &two, "/account/token", json!({})).await;
    server.stop().await;
}

#[tokio::test]
async fn a_revoked_account_is_gone() {
    for server in [Server::start(&[]).await, Server::start_sqlite(&[]).await] {
        let (swan, told) = registered(&server, "swan").await;
        let (goose, _) = registered(&server, "goose").await;
        let group = json!({ "name": "geese", "userIds": ["goose"] });
        done(&server, &swan, "/account/groups/create", group).await;
        let mut link =
            Client::login(&server.url(told["token"].as_str().unwrap(), ""), "swan").await;
        let wrong = json!({ "currentPassword": "wrong horse" });
        assert_eq!(refused(&server, &swan, "/account/revoked", wrong).await, (403, 20406));
        done(&server, &swan, "/account/revoked", json!({})).await;
        link.end().await;
        let mut again = Client::open(&server.url(told["token"].as_str().unwrap(), "")).await;
        assert!(!accepted(again.signal().await), "its token is worthless");
        assert_eq!(refused(&server, &swan, "/account/user", json!({})).await, (401, 24001));
        assert_eq!(login(&server, "swan@example.com", PASSWORD).await.0, 401);
        let user = json!({ "userId": "swan" });
        assert_eq!(refused(&server, &goose, "/account/user", user).await, (404, 23407));
        let told = done(&server, &goose, "/account/groups", json!({})).await;
        assert_eq!(told["groups"][0]["members"], json!([{ "userId": "goose", "role": "owner" }]));
        registered(&server, "swan").await;
        server.stop().await;
    }
}

#[tokio::test]
async fn f20_ended_sessions_end_their_links_and_tokens() {
    let server = Server::start(&["--multi-device=true"]).await;
    let (one, told) = registered(&server, "swan").await;
    let link = |told: &Value| {
        let url = server.url(told["token"].as_str().unwrap(), "");
        async move { Client::login(&url, "swan").await }
    };
    let mut first = link(&told).await;
    done(&server, &one, "/account/sessions/revoke", json!({ "others": true })).await;
    first.assert_quiet().await;
    let (_, other) = login(&server, "swan@example.com", PASSWORD).await;
    let mut second = link(&other).await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    done(&server, &one, "/account/sessions/revoke", json!({ "others": true })).await;
    second.end().await;
    first.assert_quiet().await;
    let mut refused = Client::open(&server.url(other["token"].as_str().unwrap(), "")).await;
    assert!(!accepted(refused.signal().await));
    link(&done(&server, &one, "/account/token", json!({})).await).await;
    let changed = done(&server, &one, "/account/update", json!({ "password": "a new one" })).await;
    link(&changed).await;
    server.stop().await;
}

#[tokio::test]
async fn f20_a_logout_ends_the_links_and_tokens_of_its_session_and_of_no_other() {
    let kept = tempfile::tempdir().unwrap();
    let start = async || {
        let store = SqliteStore::open(&kept.path().join("x.db"), "epoch-1", 7).await.unwrap();
        Server::with_store(&["--multi-device=true"], store, tempfile::tempdir().unwrap()).await
    };
    let server = start().await;
    let (one, told) = registered(&server, "swan").await;
    let (_, other) = login(&server, "swan@example.com", PASSWORD).await;
    let token = |told: &Value| told["token"].as_str().unwrap().to_owned();
    let again = done(&server, &one, "/account/token", json!({})).await;
    let mut links = Vec::new();
    for told in [&told, &again, &other] {
        links.push(Client::login(&server.url(&token(told), ""), "swan").await);
    }
    done(&server, &one, "/account/logout", json!({})).await;
    let mut stays = links.pop().unwrap();
    for link in &mut links {
        link.end().await;
    }
    stays.assert_quiet().await;
    server.stop().await;
    // It is remembered over a restart.
    let server = start().await;
    for told in [&told, &again] {
        let mut refused = Client::open(&server.url(&token(told), "")).await;
        assert!(!accepted(refused.signal().await));
    }
    Client::login(&server.url(&token(&other), ""), "swan").await;
    server.stop().await;
}

#[tokio::test]
async fn f13_pages_of_allowed_origins_may_call() {
    let server = Server::start(&["--allow-origins=https://chat.example.com"]).await;
    let address = &server.address;
    let preflight = |origin: &str| {
        format!(
            "OPTIONS /account/login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\
             Access-Control-Request-Headers: authorization,content-type\r\n\r\n"
        )
    };
    let (status, head, _) = http(address, &preflight("https://chat.example.com")).await;
    assert_eq!(status, 204);
    assert!(head.contains("access-control-allow-origin: https://chat.example.com"), "{head}");
    assert!(head.contains("access-control-allow-headers: authorization,content-type"), "{head}");
    for origin in ["null", "https://chat.example.com.evil.example", "http://chat.example.com"] {
        let (_, head, _) = http(address, &preflight(origin)).await;
        assert!(!head.contains("access-control-allow-origin"), "{origin}: {head}");
    }
    assert!(!head.contains("allow-credentials"), "there are no cookies to send");
    server.stop().await;
}
