//! The calls of the server API themselves: what is described, how they are signed, and what of a call
//! is refused.

#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use std::collections::BTreeMap;

use hongyan::ids::ConversationKind;
use hongyan_server::core::api_signature::SignedCall;
use hongyan_server::store::memory::MemoryStore;
use hongyan_server::store::{Members, NewRoom};
use serde_json::{Value, json};
use support::api::{call, done, form, now, sha1_signed};
use support::{APP_KEY, SECRET, Server, get, post, texts};

/// Whether an answer has the members and types of another.
fn assert_shape(documented: &Value, found: &Value, place: &str) {
    match (documented, found) {
        (Value::Object(documented), Value::Object(found)) => {
            let names = |object: &serde_json::Map<String, Value>| -> Vec<String> {
                object.keys().cloned().collect()
            };
            assert_eq!(names(documented), names(found), "{place}");
            for (name, value) in documented {
                assert_shape(value, &found[name], &format!("{place}.{name}"));
            }
        }
        (Value::Array(documented), Value::Array(found)) => {
            assert_eq!(documented.is_empty(), found.is_empty(), "{place}");
            for (documented, found) in documented.iter().zip(found) {
                assert_shape(documented, found, place);
            }
        }
        (documented, found) => {
            assert_eq!(
                std::mem::discriminant(documented),
                std::mem::discriminant(found),
                "{place}: {found}"
            );
        }
    }
}

/// A store with everything that the examples speak of.
async fn prepared() -> MemoryStore {
    let store = MemoryStore::new(7, "epoch-1");
    for (kind, id) in [
        (ConversationKind::Group, "g"),
        (ConversationKind::Group, "h"),
        (ConversationKind::Group, "swans"),
        (ConversationKind::Discussion, "d"),
    ] {
        let now = hongyan::time::UnixMillis::new(0);
        let members = ["a", "b"].map(Into::into).to_vec();
        let room = NewRoom { kind, id: Some(id.into()), name: "x".into(), members, now };
        store.create_room(room).await.unwrap();
    }
    store
}

#[tokio::test]
async fn the_description_is_served_and_what_it_says_is_true() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::with_store(&[], prepared().await, directory).await;
    for service in ["news", "old"] {
        let body = format!("type=8&id={service}&name=News&introduction=x");
        done(&server, "/publicservice/create.json", &body).await;
    }
    let (status, _, body) = get(&server.address, "/openapi.json").await;
    assert_eq!(status, 200);
    let description: Value = serde_json::from_str(&body).unwrap();
    let paths: BTreeMap<String, Value> =
        serde_json::from_value(description["paths"].clone()).unwrap();
    assert!(paths.len() > 40);
    // What there is no example of that would work by itself.
    let refused = ["/message/recall.json"];
    // In an order in which each finds what it speaks of: what adds before what lists.
    let mut order: Vec<&String> = paths.keys().collect();
    let rank = |path: &str| {
        let last = ["query", "querylist", "list", "get", "info"];
        let word = path.trim_end_matches(".json").rsplit('/').next().unwrap_or_default();
        (last.contains(&word), path.contains("chatroom"), path == "/group/dismiss.json")
    };
    order.sort_by_key(|path| rank(path));
    for path in order.into_iter().filter(|path| !path.contains("chatroom")) {
        let post = &paths[path]["post"];
        let form = &post["requestBody"]["content"]["application/x-www-form-urlencoded"];
        let documented = &post["responses"]["200"]["content"]["application/json"]["example"];
        let (status, answer) = call(&server, path, &form_of(&form["example"])).await;
        if refused.contains(&&**path) {
            assert_eq!(status, 404, "{path}: {answer}");
            continue;
        }
        assert_eq!(status, 200, "{path}: {answer}");
        if path != "/group/user/query.json" && path != "/user/group/query.json" {
            assert_shape(documented, &answer, path);
        }
    }
    for path in paths.keys() {
        let (status, _, _) = post(&server.address, path, "", "").await;
        assert_eq!(status, 401, "{path} is not signed");
        let bare = path.trim_end_matches(".json");
        assert_eq!(post(&server.address, bare, "", "").await.0, 401, "{bare}");
    }
    server.stop().await;
}

/// The form of an example.
fn form_of(example: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    for (name, value) in example.as_object().unwrap() {
        match value {
            Value::Array(values) => {
                values.iter().for_each(|value| {
                    form.append_pair(name, &text(value));
                });
            }
            Value::Object(named) => named.iter().for_each(|(id, value)| {
                form.append_pair(&format!("{name}[{id}]"), &text(value));
            }),
            other => _ = form.append_pair(name, &text(other)),
        }
    }
    form.finish()
}

#[tokio::test]
async fn f7_a_call_with_a_wrong_parameter_says_which_and_changes_nothing() {
    let server = Server::start(&[]).await;
    done(&server, "/group/create.json", "userId=a&groupId=g&groupName=x").await;
    let many: String = (0..10_001).map(|n| format!("toUserId=u{n}&")).collect();
    let text = form(&[("fromUserId", "a"), ("objectName", "RC:TxtMsg"), ("content", "{}")]);
    for (path, body, code) in [
        ("/user/block.json", "userId=a".to_owned(), 1002),
        ("/user/block.json", "userId=a&minute=0".to_owned(), 1002),
        ("/user/block.json", "userId=a&minute=43201".to_owned(), 1002),
        ("/user/block.json", "userId=a&minute=5&minute=6".to_owned(), 1002),
        ("/user/token/expire.json", "userId=a&time=soon".to_owned(), 1002),
        ("/user/info.json", "userId=nobody".to_owned(), 1002),
        ("/user/refresh.json", "userId=nobody&name=x".to_owned(), 1002),
        ("/group/user/gag/add.json", "userId=a&groupId=nowhere&minute=1".to_owned(), 1002),
        ("/group/ban/add.json", "groupId=g&groupId=nowhere".to_owned(), 1002),
        ("/group/refresh.json", "groupId=g&groupId=g&groupName=y".to_owned(), 1002),
        ("/user/chat/fb/set.json", "userId=a&type=ROOM&state=1".to_owned(), 1002),
        ("/sensitiveword/add.json", format!("word={}", "x".repeat(257)), 1002),
        ("/sensitiveword/add.json", "word=".to_owned(), 1002),
        ("/message/history.json", "date=2014013101x".to_owned(), 1002),
        ("/message/private/publish.json", format!("{many}{text}"), 1005),
        ("/message/group/publish.json", format!("toGroupId=g&toGroupId=nowhere&{text}"), 1002),
        ("/message/private/publish_template.json", format!("toUserId=b&{text}"), 1002),
        ("/conversation/notification/set.json", "requestId=a&targetId=b".to_owned(), 1002),
        ("/push.json", form(&[("audience", "{}"), ("notification", "{}")]), 1002),
    ] {
        let (status, answer) = call(&server, path, &body).await;
        let shown = &body[..body.len().min(80)];
        assert!((400..=404).contains(&status), "{path} {shown}: {answer}");
        assert_eq!(answer["code"], code, "{path} {shown}: {answer}");
        assert!(answer["errorMessage"].is_string());
    }
    let (status, _, answer) = post(
        &server.address,
        "/user/info.json",
        &format!("{}Content-Type: application/json\r\n", sha1_signed()),
        "{\"userId\":",
    )
    .await;
    assert_eq!(status, 400, "{answer}");
    assert_eq!(done(&server, "/group/ban/query.json", "").await["groupinfo"], json!([]));
    assert_eq!(done(&server, "/user/block/query.json", "").await["users"], json!([]));
    assert_eq!(done(&server, "/sensitiveword/list.json", "").await["words"], json!([]));
    let mut b = server.old("b").await;
    assert_eq!(texts(&b.pull(0).await), [""; 0], "nobody got anything");
    server.stop().await;
}

/// The headers of a call in our own form.
fn own_headers(path: &str, body: &str, timestamp: i64, nonce: &str) -> String {
    let timestamp = timestamp.to_string();
    let call =
        SignedCall { method: "POST", path, body: body.as_bytes(), timestamp: &timestamp, nonce };
    let signature = call.sign(SECRET);
    format!(
        "HY-App-Key: {APP_KEY}\r\nHY-Nonce: {nonce}\r\nHY-Timestamp: {timestamp}\r\n\
         HY-Signature: {signature}\r\n"
    )
}

#[tokio::test]
async fn f2_a_call_in_our_own_form_is_good_once_and_for_what_was_signed() {
    let server = Server::start(&[]).await;
    let (path, body) = ("/user/checkOnline.json", "userId=a");
    let good = own_headers(path, body, now(), "nonce-1");
    let status = async |path: &str, headers: &str, body: &str| {
        post(&server.address, path, headers, body).await.0
    };
    for (path, headers, body) in [
        (path, good.replace("HY-Signature: ", "HY-Signature: 0"), body),
        (path, good.replace(APP_KEY, "other"), body),
        (path, good.replace("nonce-1", "nonce-2"), body),
        (path, good.clone(), "userId=b"),
        ("/user/info.json", good.clone(), body),
        (path, own_headers(path, body, now() - 301_000, "n"), body),
        (path, own_headers(path, body, now() + 301_000, "n"), body),
        (path, own_headers(path, body, now() / 1000, "n"), body),
        (path, own_headers(path, body, now(), "a b"), body),
    ] {
        assert_eq!(status(path, &headers, body).await, 401, "{headers}");
    }
    assert_eq!(status(path, &good, body).await, 200);
    assert_eq!(status(path, &good, body).await, 401, "a second time");
    let next = own_headers(path, body, now(), "nonce-2");
    assert_eq!(status(path, &next, body).await, 200);
    let both = format!("{}{good}", sha1_signed());
    assert_eq!(status(path, &both, body).await, 401, "the stricter form counts");
    server.stop().await;
    let server = Server::start(&["--api-own-signature-only", "true"]).await;
    assert_eq!(post(&server.address, path, &sha1_signed(), body).await.0, 401);
    let good = own_headers(path, body, now(), "nonce-1");
    assert_eq!(post(&server.address, path, &good, body).await.0, 200);
    server.stop().await;
    let server = Server::start(&["--api-strict-nonce", "true"]).await;
    assert_eq!(post(&server.address, path, &sha1_signed(), body).await.0, 401, "from 2023");
    server.stop().await;
}

#[tokio::test]
async fn calls_of_one_kind_have_a_rate() {
    let server = Server::start(&["--api-rate", "3"]).await;
    let mut codes = Vec::new();
    for _ in 0..8 {
        let (status, answer) = call(&server, "/user/checkOnline.json", "userId=a").await;
        codes.push((status, answer["code"].as_i64().unwrap()));
    }
    assert_eq!(codes[..3], [(200, 200); 3]);
    assert!(codes.contains(&(429, 1008)), "{codes:?}");
    done(&server, "/user/block/query.json", "").await;
    server.stop().await;
}

#[tokio::test]
async fn f7_a_body_that_can_be_read_in_two_ways_is_refused_and_changes_nothing() {
    let server = Server::start(&[]).await;
    let json = format!("{}Content-Type: application/json\r\n", sha1_signed());
    let twice = "{\"userId\":\"a\",\"userId\":\"b\"}";
    let (status, _, answer) = post(&server.address, "/user/getToken.json", &json, twice).await;
    assert!(status == 400 && answer.contains("1002") && answer.contains("more than once"));
    for body in ["userId=a%FF", "userId=a&name=%C0%AF", "userId=a&name=%00", "userId=a&userId=b"] {
        let (status, answer) = call(&server, "/user/getToken.json", body).await;
        assert_eq!((status, &answer["code"]), (400, &json!(1002)), "{body}");
    }
    let (status, answer) =
        call(&server, "/chatroom/create.json", "chatroom%5Br%5D=x&chatroom%5Br%5D=y").await;
    assert_eq!((status, &answer["code"]), (400, &json!(1002)), "{answer}");
    for (path, body) in [("/user/info.json", "userId=a"), ("/user/info.json", "userId=b")] {
        assert_eq!(call(&server, path, body).await.0, 404, "nobody was made");
    }
    let room = json!({ "chatroom": { "r": "geese" } }).to_string();
    let (status, _, answer) = post(&server.address, "/chatroom/create.json", &json, &room).await;
    assert_eq!(status, 200, "{answer}");
    let rooms = done(&server, "/chatroom/query.json", "chatroomId=r").await;
    assert_eq!(rooms["chatRooms"][0]["name"], "geese");
    server.stop().await;
}

#[tokio::test]
async fn f3_a_signature_of_another_time_or_with_digits_moved_is_refused() {
    use sha1::Digest;
    let server = Server::start(&[]).await;
    let sign = |signed: &str| -> String {
        let digest = sha1::Sha1::digest(format!("{SECRET}{signed}"));
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let (now, later) = (now(), 9_999_999_999_999_i64);
    let signature = sign(&format!("14{now}"));
    for (nonce, time, signature, expected) in [
        ("14".to_owned(), now.to_string(), signature.clone(), 404),
        ("7".to_owned(), later.to_string(), sign(&format!("7{later}")), 401),
        ("7".to_owned(), "1408710653".to_owned(), sign("71408710653"), 401),
        // The same text is signed: a 1 more in the nonce, and one less in the time.
        (format!("14{}", &now.to_string()[..1]), now.to_string()[1..].to_owned(), signature, 401),
    ] {
        let headers = format!(
            "App-Key: {APP_KEY}\r\nNonce: {nonce}\r\nTimestamp: {time}\r\nSignature: {signature}\r\n"
        );
        let (status, _, _) = post(&server.address, "/user/info.json", &headers, "userId=x").await;
        assert_eq!(status, expected, "{nonce} {time}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_call_that_there_is_not_is_told_in_the_form_of_the_others() {
    let server = Server::start(&[]).await;
    let (status, answer) = call(&server, "/user/nowhere.json", "userId=a").await;
    assert_eq!((status, &answer["code"]), (404, &json!(404)));
    let (status, _, answer) = get(&server.address, "/user/info.json").await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((status, &answer["code"]), (405, &json!(405)));
    server.stop().await;
}
