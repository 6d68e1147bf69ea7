//! What users notice of the calls that the application's server makes.

#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use std::io::Read;

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind};
use hongyan::signal::{Outgoing, SendAck, Signal, client};
use hongyan::wire::{Disconnect, Frame};
use hongyan_server::store::memory::MemoryStore;
use hongyan_server::store::{Platform, Rule, RuleKind};
use serde_json::json;
use support::api::{call, done, form, now, sha1_signed};
use support::{APP_KEY, Client, End, Server, get, post, texts};

/// What a login is answered.
async fn connack(server: &Server, token: &str) -> u8 {
    let mut client = Client::open(&server.url(token, "&sdkVer=2.5.3")).await;
    let Frame::ConnAck(ack) = client.frame().await else { panic!("no CONNACK") };
    ack.status
}

#[tokio::test]
async fn a_blocked_user_is_told_and_kept_out_until_the_block_ends() {
    for server in [Server::start(&[]).await, Server::start_sqlite(&[]).await] {
        let mut a = server.old("a").await;
        let online = |server| done(server, "/user/checkOnline.json", "userId=a");
        assert_eq!(online(&server).await["status"], "1");
        done(&server, "/user/block.json", "userId=a&minute=5").await;
        assert_eq!(a.frame().await, Frame::DisconnectDown(Disconnect { reason: 2 }));
        assert_eq!(a.end().await, End::Closed(1000));
        assert_eq!(online(&server).await["status"], "0");
        assert_eq!(connack(&server, &server.token("a")).await, 9);
        assert_eq!(connack(&server, &server.token("b")).await, 0);
        let listed = done(&server, "/user/block/query.json", "").await;
        assert_eq!(listed["users"][0]["userId"], "a");
        done(&server, "/user/unblock.json", "userId=a").await;
        assert_eq!(connack(&server, &server.token("a")).await, 0);
        server.stop().await;
    }
}

#[tokio::test]
async fn f20_a_revoked_token_ends_its_session_and_a_newer_one_logs_in() {
    let server = Server::start(&[]).await;
    let old = server.token("a");
    let mut a = server.old("a").await;
    let mut b = server.old("b").await;
    let body = format!("userId=a&time={}", now() + 1);
    done(&server, "/user/token/expire.json", &body).await;
    assert_eq!(a.end().await, End::Cut, "as a broken network: clients come back and hear why");
    assert_eq!(connack(&server, &old).await, 4);
    let (status, _, answer) =
        get(&server.address, &format!("/navi.js?appId={APP_KEY}&token={old}")).await;
    assert_eq!((status, answer.contains("401")), (401, true));
    b.assert_quiet().await;
    // An earlier time gives nothing back.
    done(&server, "/user/token/expire.json", "userId=a&time=1").await;
    assert_eq!(connack(&server, &old).await, 4);
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let token = done(&server, "/user/getToken.json", "userId=a").await;
    assert_eq!(connack(&server, token["token"].as_str().unwrap()).await, 0);
    server.stop().await;
}

fn to(kind: ConversationKind, target: &str, text: &str, client_id: u64) -> Outgoing {
    Outgoing {
        conversation: ConversationId::new(kind, target),
        ..Client::text(target, text, client_id)
    }
}

async fn acked(client: &mut Client, message: &Outgoing) -> SendAck {
    client.publish(message).await;
    loop {
        match client.signal().await {
            Signal::SendAck(ack) => return ack,
            Signal::Pushed { ack: Some(id), .. } => client.send(&client::push_ack(id)).await,
            Signal::Doorbell(_) | Signal::Pushed { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn who_is_muted_hears_so_and_nothing_is_kept() {
    let server = Server::start(&["--send-rate", "0"]).await;
    done(&server, "/group/create.json", "userId=a&userId=b&groupId=g&groupName=x").await;
    let (mut a, mut b) = (server.old("a").await, server.old("b").await);
    a.pull(0).await;
    b.pull(0).await;
    let mut number = 0;
    let mut said = async |client: &mut Client, kind, target: &str| {
        number += 1;
        acked(client, &to(kind, target, "x", number)).await.status
    };
    let group = ConversationKind::Group;
    for (path, body, by_a, by_b) in [
        ("/group/user/gag/add.json", "userId=b&groupId=g&minute=1", 0, 22408),
        ("/group/user/gag/rollback.json", "userId=b&groupId=g", 0, 0),
        ("/group/ban/add.json", "groupId=g", 22408, 22408),
        ("/group/user/ban/whitelist/add.json", "userId=a&groupId=g", 0, 22408),
        ("/group/ban/rollback.json", "groupId=g", 0, 0),
        ("/group/user/gag/add.json", "userId=a&minute=0", 22408, 0),
        ("/group/user/gag/rollback.json", "userId=a", 0, 0),
        ("/user/chat/fb/set.json", "userId=b&type=GROUP&state=1", 0, 22408),
    ] {
        done(&server, path, body).await;
        assert_eq!(said(&mut a, group, "g").await, by_a, "a after {path} {body}");
        assert_eq!(said(&mut b, group, "g").await, by_b, "b after {path} {body}");
    }
    done(&server, "/user/chat/fb/set.json", "userId=a&type=PERSON&state=1").await;
    assert_eq!(said(&mut a, ConversationKind::Private, "c").await, 20106);
    assert_eq!(said(&mut b, ConversationKind::Private, "c").await, 0);
    let mut c = server.old("c").await;
    assert_eq!(c.pull(0).await.messages.len(), 1, "a's was not kept");
    let kept = server.extended("a", "pc").await.pull_seq(0).await.messages.len();
    assert_eq!(kept, 6 + 4, "of both in the group, what was let through");
    server.stop().await;
}

#[tokio::test]
async fn words_are_refused_or_replaced_wherever_they_are_said() {
    for server in [
        Server::start(&["--send-rate", "0"]).await,
        Server::start_sqlite(&["--send-rate", "0"]).await,
    ] {
        done(&server, "/group/create.json", "userId=a&userId=b&groupId=g&groupName=x").await;
        done(&server, "/sensitiveword/add.json", &form(&[("word", "坏话")])).await;
        let replaced = form(&[("word", "darn"), ("replaceWord", "***")]);
        done(&server, "/sensitiveword/add.json", &replaced).await;
        let mut a = server.extended("a", "pc").await;
        let mut b = server.old("b").await;
        a.pull_seq(0).await;
        b.pull(0).await;
        for (number, kind, target) in
            [(1, ConversationKind::Private, "b"), (3, ConversationKind::Group, "g")]
        {
            let refused = acked(&mut a, &to(kind, target, "说坏话", number)).await;
            assert_eq!((refused.status, &*refused.uid.to_string()), (21501, ""));
            let replaced = acked(&mut a, &to(kind, target, "Darn it", number + 1)).await;
            assert_eq!(replaced.status, 21502);
            assert!(!replaced.uid.is_empty() && replaced.inbox_seq > Some(0), "it is stored");
            let again = acked(&mut a, &to(kind, target, "Darn it", number + 1)).await;
            assert_eq!((again.status, &again.uid), (21502, &replaced.uid), "a repeat is the same");
        }
        let escaped = Outgoing {
            content: Bytes::from_static(br#"{"content":"\u574f\u8bdd"}"#),
            ..to(ConversationKind::Private, "b", "", 9)
        };
        assert_eq!(acked(&mut a, &escaped).await.status, 21501);
        let page = b.pull_past_bells(0).await;
        let got: Vec<_> =
            page.iter().map(|message| String::from_utf8_lossy(&message.content)).collect();
        assert_eq!(got, [r#"{"content":"*** it"}"#; 2]);
        let listed = done(&server, "/sensitiveword/list.json", "type=1").await;
        assert_eq!(listed["words"][0]["word"], "坏话");
        let body = form(&[("words", "坏话"), ("words", "darn")]);
        done(&server, "/sensitiveword/batch/delete.json", &body).await;
        assert_eq!(acked(&mut a, &to(ConversationKind::Private, "b", "坏话", 20)).await.status, 0);
        server.stop().await;
    }
}

#[tokio::test]
async fn what_was_decided_outlives_the_process() {
    use hongyan_server::store::sqlite::SqliteStore;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("kept.db");
    let store = SqliteStore::open(&path, "epoch-1", 7).await.unwrap();
    let server = Server::with_store(&[], store, tempfile::tempdir().unwrap()).await;
    done(&server, "/user/block.json", "userId=a&minute=5").await;
    done(&server, "/sensitiveword/add.json", "word=darn").await;
    server.stop().await;
    let store = SqliteStore::open(&path, "epoch-1", 7).await.unwrap();
    let server = Server::with_store(&[], store, tempfile::tempdir().unwrap()).await;
    assert_eq!(connack(&server, &server.token("a")).await, 9);
    assert_eq!(server.old("b").await.say("c", "darn").await.status, 21501);
    server.stop().await;
}

#[tokio::test]
async fn messages_reach_everybody_and_each_gets_its_own_of_a_template() {
    let server = Server::start(&[]).await;
    for user in ["a", "b", "c"] {
        done(&server, "/user/getToken.json", &format!("userId={user}")).await;
    }
    let text = [("fromUserId", "boss"), ("objectName", "RC:TxtMsg")];
    let all = form(&[&text[..], &[("content", r#"{"content":"all"}"#)]].concat());
    assert_eq!(done(&server, "/message/broadcast.json", &all).await["receivers"], 3);
    let values = json!({
        "fromUserId": "boss", "objectName": "RC:TxtMsg", "content": r#"{"content":"hi {n}"}"#,
        "toUserId": ["a", "b"], "values": [{ "{n}": "A" }, { "{n}": "\"B\"" }],
        "pushContent": [null, "x"],
    });
    let headers = format!("{}Content-Type: application/json\r\n", sha1_signed());
    let path = "/message/private/publish_template.json";
    let (status, _, answer) = post(&server.address, path, &headers, &values.to_string()).await;
    assert_eq!(status, 200, "{answer}");
    let got = async |user: &str| texts(&server.old(user).await.pull(0).await);
    assert_eq!(got("a").await, [r#"{"content":"all"}"#, r#"{"content":"hi A"}"#]);
    assert_eq!(got("b").await, [r#"{"content":"all"}"#, r#"{"content":"hi \"B\""}"#]);
    assert_eq!(got("c").await, [r#"{"content":"all"}"#]);
    server.stop().await;
}

#[tokio::test]
async fn an_hour_of_the_log_is_fetched_and_deleted() {
    let server = Server::start_sqlite(&[]).await;
    server.old("a").await.say("b", "for the log").await;
    let hour = now() / 3_600_000;
    let (_, _, date) = civil(hour);
    let body = format!("date={date}");
    let answer = done(&server, "/message/history.json", &body).await;
    let url = answer["url"].as_str().unwrap();
    let path = url.split_once(&server.address).unwrap().1;
    let mut archive =
        zip::ZipArchive::new(std::io::Cursor::new(fetched(&server, path).await)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut log = String::new();
    archive.by_name(&format!("{date}.txt")).unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("for the log") && log.contains(r#""fromUserId":"a""#), "{log}");
    assert_eq!(log.lines().count(), 1);
    for bad in ["/message/history/log", "/message/history/log?token=x", &path[..path.len() - 1]] {
        assert_eq!(get(&server.address, bad).await.0, 403, "{bad}");
    }
    done(&server, "/message/history/delete.json", &body).await;
    assert_eq!(done(&server, "/message/history.json", &body).await["url"], "");
    assert_eq!(get(&server.address, path).await.0, 404);
    assert_eq!(server.old("b").await.pull(0).await.messages.len(), 1, "the user still has it");
    server.stop().await;
}

/// The bytes of a file that is there.
async fn fetched(server: &Server, path: &str) -> Vec<u8> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(&server.address).await.unwrap();
    // The older form has no chunks.
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.0 200"), "{}", String::from_utf8_lossy(&answer));
    let body = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    answer.split_off(body)
}

/// The days since 1970 and hour of an hour since 1970, and how the server API writes it.
fn civil(hour: i64) -> (i64, i64, String) {
    let (mut year, mut day) = (1970, hour / 24);
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while day >= 365 + i64::from(leap(year)) {
        day -= 365 + i64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    (hour / 24, hour % 24, format!("{year:04}{:02}{:02}{:02}", month + 1, day + 1, hour % 24))
}

#[tokio::test]
async fn conversations_are_muted_and_tags_and_groups_kept_for_users() {
    let server = Server::start(&[]).await;
    let about = "conversationType=1&requestId=a&targetId=b";
    let muted = |server| done(server, "/conversation/notification/get.json", about);
    assert_eq!(muted(&server).await["isMuted"], 0);
    done(&server, "/conversation/notification/set.json", &format!("{about}&isMuted=1")).await;
    assert_eq!(muted(&server).await["isMuted"], 1);
    let sync = form(&[("userId", "a"), ("group[g]", "geese"), ("group[s]", "swans")]);
    done(&server, "/group/sync.json", &sync).await;
    done(&server, "/group/sync.json", &form(&[("userId", "a"), ("group[s]", "swans")])).await;
    let groups = done(&server, "/user/group/query.json", "userId=a").await;
    assert_eq!(groups["groups"], json!([{ "id": "s", "name": "swans" }]));
    done(&server, "/user/tag/batch/set.json", "userIds=a&userIds=b&tags=young").await;
    done(&server, "/user/tag/set.json", "userId=b&tags=old&tags=young").await;
    let tags = done(&server, "/user/tags/get.json", "userIds=a&userIds=b").await;
    assert_eq!(tags["result"], json!({ "a": ["young"], "b": ["old", "young"] }));
    let message = json!({ "objectName": "RC:TxtMsg", "content": "{}" }).to_string();
    for (audience, receivers) in [
        (json!({ "tag": ["young", "old"] }), 1),
        (json!({ "tag_or": ["young", "old"] }), 2),
        (json!({ "userid": ["a", "c"] }), 2),
        (json!({}), 0),
    ] {
        let audience = audience.to_string();
        let body = form(&[("fromuserid", "boss"), ("audience", &audience), ("message", &message)]);
        assert_eq!(done(&server, "/push.json", &body).await["receivers"], receivers, "{audience}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_at_once_is_stored_in_the_order_in_which_it_was_sent() {
    let server = Server::start_sqlite(&["--send-rate", "0"]).await;
    let mut a = server.old("a").await;
    for round in 0..20 {
        for number in 0..50_u64 {
            a.publish(&Client::text("b", &format!("{}", round * 50 + number), 1)).await;
        }
        for _ in 0..50 {
            let Signal::SendAck(ack) = a.signal().await else { panic!("no PUBACK") };
            assert_eq!(ack.status, 0);
        }
    }
    let mut b = server.extended("b", "pc").await;
    let mut got = Vec::new();
    while got.len() < 1000 {
        let page = b.pull_seq(got.len() as u64).await;
        got.extend(texts(&page));
    }
    let sent: Vec<String> = (0..1000).map(|n| format!("{{\"content\":\"{n}\"}}")).collect();
    assert_eq!(got, sent);
    server.stop().await;
}

#[tokio::test]
async fn whoever_is_named_twice_gets_a_message_once() {
    let server = Server::start(&[]).await;
    let body = "fromUserId=a&toUserId=b&toUserId=c&toUserId=b&objectName=RC:TxtMsg&content=%7B%7D";
    let answer = done(&server, "/message/private/publish.json", body).await;
    let told: Vec<_> = answer["messageUIDs"].as_array().unwrap().iter().collect();
    assert_eq!((told.len(), &told[0]["userId"], &told[1]["userId"]), (2, &json!("b"), &json!("c")));
    let mut b = server.old("b").await;
    assert_eq!(texts(&b.pull(0).await), ["{}"]);
    server.stop().await;
}

#[tokio::test]
async fn a_mistyped_time_locks_nobody_out() {
    let server = Server::start(&[]).await;
    done(&server, "/user/token/expire.json", "userId=a&time=9999999999999").await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    server.old("a").await;
    server.stop().await;
}

#[tokio::test]
async fn blocked_users_are_listed_by_the_page_and_words_as_the_published_calls_list_them() {
    let server = Server::start(&[]).await;
    for (user, minutes) in [("x", 10), ("y", 30), ("z", 20)] {
        done(&server, "/user/block.json", &format!("userId={user}&minute={minutes}")).await;
    }
    let users = async |body: &str| -> Vec<String> {
        let listed = done(&server, "/user/block/query.json", body).await;
        let users = listed["users"].as_array().unwrap().iter();
        users.map(|user| user["userId"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(users("").await, ["y", "z", "x"]);
    assert_eq!(users("page=1&size=2").await, ["y", "z"]);
    assert_eq!(users("page=2&size=2").await, ["x"]);
    assert_eq!(users("page=1000000&size=1000").await, [""; 0]);
    done(&server, "/sensitiveword/add.json", "word=darn&replaceWord=***").await;
    done(&server, "/sensitiveword/add.json", "word=refused").await;
    let (status, answer) = call(&server, "/sensitiveword/add.json", "word=%20").await;
    assert_eq!((status, &answer["code"]), (400, &json!(1002)), "every sentence has one");
    let refused = json!({ "type": "1", "word": "refused", "replaceWord": "" });
    let replaced = json!({ "type": "0", "word": "darn", "replaceWord": "***" });
    for (body, words) in [
        ("", json!([refused])),
        ("type=0", json!([replaced])),
        ("type=2", json!([replaced, refused])),
    ] {
        let listed = done(&server, "/sensitiveword/list.json", body).await;
        assert_eq!(listed["words"], words, "{body}");
    }
    server.stop().await;
}

#[tokio::test]
async fn who_was_revoked_before_the_clock_was_put_back_can_log_in() {
    let store = MemoryStore::new(7, "epoch-1");
    let rule = Rule { kind: RuleKind::TokensRevoked, group: String::new(), user: "a".into() };
    let hour = hongyan::time::UnixMillis::new(now() + 3_600_000);
    store.put_rules(vec![rule], hour).await.unwrap();
    let server = Server::with_store(&[], store, tempfile::tempdir().unwrap()).await;
    let answer = done(&server, "/user/getToken.json", "userId=a").await;
    Client::login(&server.url(answer["token"].as_str().unwrap(), ""), "a").await;
    server.stop().await;
}
