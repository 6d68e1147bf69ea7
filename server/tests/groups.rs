//! Groups and messages of the application's server, and three users in a group.

#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind};
use hongyan::signal::{Message, MessageDirection, MessageFlags, Outgoing, Signal, client};
use serde_json::{Value, json};
use support::{APP_KEY, Client, SECRET, Server, post, texts};

async fn call(server: &Server, path: &str, body: &str) -> (u16, Value) {
    use sha1::Digest;
    let hash = sha1::Sha1::digest(format!("{SECRET}11700000000"));
    let signature: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = format!(
        "App-Key: {APP_KEY}\r\nNonce: 1\r\nTimestamp: 1700000000\r\nSignature: {signature}\r\n"
    );
    let (status, _, answer) = post(&server.address, path, &headers, body).await;
    (status, serde_json::from_str(&answer).unwrap())
}

async fn done(server: &Server, path: &str, body: &str) {
    let (status, answer) = call(server, path, body).await;
    assert_eq!((status, &answer["code"]), (200, &json!(200)), "{path} {body} {answer}");
}

async fn members(server: &Server) -> Vec<String> {
    let (status, answer) = call(server, "/group/user/query.json", "groupId=g").await;
    assert_eq!(status, 200, "{answer}");
    let users = answer["users"].as_array().unwrap();
    users.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_application_runs_its_groups() {
    for server in [Server::start(&[]).await, Server::start_sqlite(&[]).await] {
        done(&server, "/group/create.json", "userId=a&userId=b&groupId=g&groupName=%E9%9B%81")
            .await;
        assert_eq!(members(&server).await, ["a", "b"]);
        done(&server, "/group/join.json", "userId=c&userId=d&groupId=g").await;
        done(&server, "/group/quit.json", "userId=a&userId=d&groupId=g").await;
        assert_eq!(members(&server).await, ["b", "c"]);
        done(&server, "/group/refresh.json", "groupId=g&groupName=swans").await;
        done(&server, "/group/dismiss.json", "userId=b&groupId=g").await;
        let (status, answer) = call(&server, "/group/user/query.json", "groupId=g").await;
        assert_eq!((status, &answer["code"]), (404, &json!(1002)));
        server.stop().await;
    }
}

#[tokio::test]
async fn f7_calls_that_make_no_sense_are_refused() {
    let server = Server::start(&[]).await;
    done(&server, "/group/create.json", "userId=a&groupId=g&groupName=geese").await;
    let long = "x".repeat(65);
    let text = "fromUserId=a&objectName=RC:TxtMsg";
    for (path, body, status) in [
        ("/group/create.json", "groupId=h&groupName=x".to_owned(), 400),
        ("/group/create.json", "userId=a&groupName=x".to_owned(), 400),
        ("/group/create.json", "userId=a&groupId=h".to_owned(), 400),
        ("/group/create.json", format!("userId=a&groupId={long}&groupName=x"), 400),
        ("/group/create.json", format!("userId={long}&groupId=h&groupName=x"), 400),
        ("/group/join.json", "userId=a&groupId=nowhere".to_owned(), 404),
        ("/group/quit.json", "userId=a&groupId=nowhere".to_owned(), 404),
        ("/group/dismiss.json", "groupId=nowhere".to_owned(), 404),
        ("/group/refresh.json", "groupId=nowhere&groupName=x".to_owned(), 404),
        ("/message/private/publish.json", format!("{text}&content=%7B%7D"), 400),
        ("/message/private/publish.json", format!("{text}&toUserId=b&content=no"), 400),
        ("/message/private/publish.json", "toUserId=b&objectName=c&content=%7B%7D".to_owned(), 400),
        ("/message/private/publish.json", "fromUserId=a&toUserId=b&content=%7B%7D".to_owned(), 400),
        ("/message/group/publish.json", format!("{text}&toGroupId=nowhere&content=%7B%7D"), 404),
        (
            "/message/recall.json",
            "fromUserId=a&conversationType=3&targetId=g&messageUID=x".to_owned(),
            404,
        ),
        (
            "/message/recall.json",
            "fromUserId=a&conversationType=4&targetId=nowhere&messageUID=x".to_owned(),
            404,
        ),
        (
            "/message/recall.json",
            "fromUserId=a&conversationType=9&targetId=g&messageUID=x".to_owned(),
            400,
        ),
        ("/message/recall.json", "fromUserId=a&conversationType=3&targetId=g".to_owned(), 400),
    ] {
        let (found, answer) = call(&server, path, &body).await;
        assert_eq!(found, status, "{path} {body}");
        assert!(answer["code"].is_number() && answer["errorMessage"].is_string());
    }
    let many: String = (0..3001).map(|n| format!("userId=u{n}&")).collect();
    let (status, answer) =
        call(&server, "/group/create.json", &format!("{many}groupId=h&groupName=x")).await;
    assert_eq!((status, &answer["code"]), (400, &json!(1005)));
    let (status, _, _) = post(&server.address, "/group/create.json", "", "userId=a").await;
    assert_eq!(status, 401);
    server.stop().await;
}

fn content(text: &str) -> String {
    json!({ "content": text }).to_string()
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[tokio::test]
async fn the_application_sends_to_users_and_groups() {
    let server = Server::start(&[]).await;
    done(&server, "/group/create.json", "userId=b&userId=c&groupId=g&groupName=geese").await;
    let (mut b, mut c) = (server.old("b").await, server.extended("c", "pc").await);
    b.pull(0).await;
    c.pull_seq(0).await;
    let one = content("one");
    let message = [("fromUserId", "boss"), ("objectName", "RC:TxtMsg"), ("content", &*one)];
    let to = |more: &[(&str, &str)]| form(&[&message[..], more].concat());
    let both = [("toUserId", "b"), ("toUserId", "c")];
    done(&server, "/message/private/publish.json", &to(&both)).await;
    done(&server, "/message/system/publish.json", &to(&both)).await;
    done(&server, "/message/group/publish.json", &to(&[("toGroupId", "g")])).await;
    let only_c = [("toGroupId", "g"), ("toUserId", "c")];
    done(&server, "/message/group/publish.json", &to(&only_c)).await;
    let kinds = |messages: &[Message]| {
        let kinds = messages.iter().map(|message| message.conversation.kind.number());
        kinds.collect::<Vec<_>>()
    };
    let page = c.pull_seq_after_bell().await;
    assert_eq!(kinds(&page), [1, 6, 3, 3]);
    assert!(page.iter().all(|message| message.content == one.as_bytes()));
    assert_eq!(page[1].conversation.target.as_str(), "boss");
    let Signal::Doorbell(_) = b.signal().await else { panic!("no s_ntf") };
    let mut page = b.pull_past_bells(0).await;
    page.sort_by_key(|message| message.sent_time);
    assert_eq!(kinds(&page), [1, 6, 3]);
    server.stop().await;
}

fn to_group(text: &str, client_id: u64, only_to: &[&str]) -> Outgoing {
    Outgoing {
        conversation: ConversationId::new(ConversationKind::Group, "g"),
        only_to: only_to.iter().map(|user| (*user).into()).collect(),
        ..Client::text("g", text, client_id)
    }
}

/// Sends and waits for the PUBACK; the status.
async fn send(client: &mut Client, message: &Outgoing) -> (u16, String) {
    client.publish(message).await;
    loop {
        match client.signal().await {
            Signal::SendAck(ack) => return (ack.status, ack.uid.to_string()),
            Signal::Pushed { ack: Some(id), .. } => client.send(&client::push_ack(id)).await,
            Signal::Doorbell(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn three_users_talk_in_a_group_and_whoever_was_away_gets_it_all_once() {
    for server in [Server::start(&[]).await, Server::start_sqlite(&[]).await] {
        done(&server, "/group/create.json", "userId=a&userId=b&userId=c&groupId=g&groupName=x")
            .await;
        let mut a = server.extended("a", "pc").await;
        let mut b = server.old("b").await;
        a.pull_seq(0).await;
        b.pull(0).await;
        // c, who is away, is an old client once and a new one once.
        let (status, one) = send(&mut a, &to_group("one", 1, &[])).await;
        assert_eq!(status, 0);
        let two = to_group("two", 2, &[]);
        assert_eq!(send(&mut b, &two).await.0, 0);
        assert_eq!(send(&mut a, &to_group("for b", 3, &["b"])).await.0, 0);
        assert_eq!(send(&mut a, &to_group("for c", 4, &["c"])).await.0, 0);
        let recall = json!({ "messageUId": one, "conversationType": 3, "targetId": "g" });
        let recall = Outgoing {
            object_name: "RC:RcCmd".into(),
            content: Bytes::from(recall.to_string()),
            flags: MessageFlags { counted: false, ..MessageFlags::NORMAL },
            ..to_group("", 5, &[])
        };
        assert_eq!(send(&mut a, &recall).await.0, 0);
        let request = Outgoing {
            object_name: "RC:RRReqMsg".into(),
            flags: MessageFlags::default(),
            ..to_group("request", 6, &[])
        };
        assert_eq!(send(&mut b, &request).await.0, 0);

        let classes = |messages: &[Message]| {
            let classes = messages.iter().map(|message| message.object_name.to_string());
            classes.collect::<Vec<_>>()
        };
        let expected = ["RC:RcNtf", "RC:TxtMsg", "RC:TxtMsg", "RC:RcCmd", "RC:RRReqMsg"];
        let mut old = server.old("c").await;
        let page = old.pull(0).await;
        assert_eq!(
            (classes(&page.messages), page.finished),
            (expected.map(Into::into).into(), Some(true))
        );
        assert!(page.messages.windows(2).all(|pair| pair[0].sent_time < pair[1].sent_time));
        assert_eq!(texts(&old.pull(page.sync_time.get()).await), [""; 0]);
        let mut new = server.extended("c", "pc").await;
        let page = new.pull_seq(0).await;
        assert_eq!(classes(&page.messages), expected);
        let group = ConversationId::new(ConversationKind::Group, "g");
        for message in &page.messages {
            assert_eq!(message.conversation, group);
            assert_eq!(message.direction, MessageDirection::Received);
        }
        assert_eq!(texts(&new.pull_seq(5).await), [""; 0]);
        // b has its own two among the others, in the order in which they were stored.
        let mut again = server.old("b").await;
        let page = again.pull_all().await;
        assert_eq!(classes(&page), [&expected[..2], &["RC:TxtMsg"], &expected[3..]].concat());
        let own = [false, true, false, false, true];
        let sent = page.iter().map(|message| message.direction == MessageDirection::Sent);
        assert_eq!(sent.collect::<Vec<_>>(), own);
        done(&server, "/group/quit.json", "userId=c&groupId=g").await;
        let refused = send(&mut new, &to_group("three", 7, &[])).await;
        assert_eq!(refused.0, 22406);
        server.stop().await;
    }
}

#[tokio::test]
async fn the_demos_users_make_groups() {
    let server = Server::start(&[]).await;
    let (a, b) = (server.token("a"), server.token("b"));
    let made = json!({ "token": a, "name": " geese ", "members": ["b", " c "] }).to_string();
    let headers = "Content-Type: application/json\r\n";
    let (status, _, answer) = post(&server.address, "/demo/groups", headers, &made).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(status, 200, "{answer}");
    let list = json!({ "token": b }).to_string();
    let (_, _, groups) = post(&server.address, "/demo/groups/list", headers, &list).await;
    let groups: Value = serde_json::from_str(&groups).unwrap();
    let id = &answer["groupId"];
    let expected = json!({ "groups": [{
        "groupId": id, "name": "geese", "owner": "a", "members": ["a", "b", "c"]
    }] });
    assert_eq!(groups, expected);
    let page = server.old("b").await.pull(0).await;
    assert_eq!(page.messages.len(), 1);
    let notice = &page.messages[0];
    assert_eq!(
        (&*notice.object_name, notice.conversation.target.as_str()),
        ("RC:GrpNtf", id.as_str().unwrap())
    );
    for (path, body, expected) in [
        ("/demo/groups", json!({ "token": "x", "name": "geese" }), 401),
        ("/demo/groups", json!({ "token": a, "name": "" }), 400),
        ("/demo/groups", json!({ "token": a, "name": "x", "members": ["a@b"] }), 400),
        ("/demo/groups", json!({ "name": "x" }), 400),
        ("/demo/groups/list", json!({ "token": "x" }), 401),
    ] {
        let (status, _, _) = post(&server.address, path, headers, &body.to_string()).await;
        assert_eq!(status, expected, "{path} {body}");
    }
    server.stop().await;
    let server = Server::start(&["--demo", "false"]).await;
    for path in ["/demo/groups", "/demo/groups/list"] {
        assert_eq!(post(&server.address, path, headers, "{}").await.0, 404);
    }
    server.stop().await;
}
