//! Chatrooms over sockets and the server API, on the store of one file.

#![allow(clippy::unwrap_used)]

mod support;

use bytes::Bytes;
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind};
use hongyan::proto::{ChrmInput, ChrmOutput, ChrmPullMsg};
use hongyan::signal::pull::PullPage;
use hongyan::signal::{Answer, MessageFlags, Outgoing, SendAck, Signal, client};
use hongyan::wire::{Frame, Qos, Query};
use prost::Message as _;
use serde_json::{Value, json};
use support::{APP_KEY, Client, SECRET, Server, post};

fn headers() -> String {
    use sha1::Digest;
    let signature = sha1::Sha1::digest(format!("{SECRET}12341700000000"));
    let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "App-Key: {APP_KEY}\r\nNonce: 1234\r\nTimestamp: 1700000000\r\nSignature: {signature}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    )
}

async fn call(server: &Server, path: &str, form: &str) -> (u16, Value) {
    let path = format!("{path}.json");
    let (status, _, answer) = post(&server.address, &path, &headers(), form).await;
    (status, serde_json::from_str(&answer).unwrap())
}

async fn done(server: &Server, path: &str, form: &str) -> Value {
    let (status, answer) = call(server, path, form).await;
    assert_eq!((status, &answer["code"]), (200, &json!(200)), "{path} {form}: {answer}");
    answer
}

async fn ask(client: &mut Client, topic: &'static str, body: &impl prost::Message) -> Answer {
    let query = Query {
        qos: Qos::AtMostOnce,
        topic: topic.into(),
        target_id: "r".into(),
        message_id: client.id(),
        body: Bytes::from(body.encode_to_vec()),
    };
    client.ask(&Frame::Query(query)).await
}

async fn join(client: &mut Client) -> Result<ChrmOutput, u16> {
    let answer = ask(client, "joinChrm", &ChrmInput { nothing: 1, extra: None }).await;
    if answer.status != 0 {
        return Err(answer.status);
    }
    Ok(ChrmOutput::decode(answer.body).unwrap())
}

async fn pull(client: &mut Client, after: i64, count: i32) -> PullPage {
    let request = ChrmPullMsg { sync_time: after, count, ..ChrmPullMsg::default() };
    let answer = ask(client, "chrmPull", &request).await;
    assert_eq!(answer.status, 0);
    client::pull_page(&answer.body, &"me".into()).unwrap()
}

async fn say(client: &mut Client, text: &str) -> SendAck {
    let message = Outgoing {
        conversation: ConversationId::new(ConversationKind::Chatroom, "r"),
        flags: MessageFlags::NORMAL,
        ..Client::text("r", text, 1)
    };
    let message =
        Outgoing { client_id: ClientMessageId::from_random(text.len() as u64), ..message };
    let id = client.publish(&message).await;
    loop {
        if let Signal::SendAck(ack) = client.signal().await
            && ack.id == id
        {
            return ack;
        }
    }
}

fn contents(page: &PullPage) -> Vec<String> {
    let text = |content: &Bytes| {
        let content: Value = serde_json::from_slice(content).unwrap();
        content["content"].as_str().unwrap().to_owned()
    };
    page.messages.iter().map(|message| text(&message.content)).collect()
}

#[tokio::test]
async fn a_message_is_pushed_to_extended_members_and_rings_for_the_others() {
    let server = Server::start_sqlite(&["--chatroom-on-join=true", "--send-rate=0"]).await;
    let mut swan = server.extended("swan", "pc").await;
    let mut goose = server.extended("goose", "pc").await;
    let mut duck = server.old("duck").await;
    for client in [&mut swan, &mut goose, &mut duck] {
        let joined = join(client).await.unwrap();
        assert_eq!(joined.nothing, 0);
        pull(client, 0, -1).await;
    }
    let ack = say(&mut swan, "hi").await;
    assert_eq!((ack.status, ack.inbox_seq), (0, None));
    let Signal::Pushed { ack: None, message } = goose.signal().await else { panic!("no push") };
    assert_eq!((message.sender.as_str(), message.sent_time), ("swan", ack.time));
    let Signal::Doorbell(bell) = duck.signal().await else { panic!("no bell") };
    assert_eq!((bell.chatroom.as_deref(), bell.time), (Some("r"), ack.time));
    let page = pull(&mut duck, ack.time.get() - 1, 0).await;
    assert_eq!((contents(&page), page.finished), (vec!["hi".to_owned()], Some(true)));
    swan.assert_quiet().await;
    server.stop().await;
}

#[tokio::test]
async fn a_room_that_is_not_there_cannot_be_joined_and_a_full_one_neither() {
    let server = Server::start_sqlite(&["--chatroom-on-join=false", "--chatroom-members=1"]).await;
    let mut swan = server.extended("swan", "pc").await;
    assert_eq!(join(&mut swan).await, Err(23410));
    assert_eq!(say(&mut swan, "x").await.status, 23406);
    done(&server, "/chatroom/create", "chatroom%5Br%5D=geese").await;
    assert_eq!(join(&mut swan).await.unwrap().member_count, Some(1));
    let mut goose = server.extended("goose", "pc").await;
    assert_eq!(join(&mut goose).await, Err(23411));
    server.stop().await;
}

#[tokio::test]
async fn who_closes_the_page_leaves_after_a_while() {
    let server = Server::start_sqlite(&["--chatroom-on-join=true", "--chatroom-grace=1s"]).await;
    let mut swan = server.extended("swan", "pc").await;
    let mut goose = server.extended("goose", "pc").await;
    join(&mut swan).await.unwrap();
    join(&mut goose).await.unwrap();
    drop(goose);
    let total =
        async || done(&server, "/chatroom/user/query", "chatroomId=r").await["total"].clone();
    for _ in 0..200 {
        if total().await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(total().await, 1);
    server.stop().await;
}

#[tokio::test]
async fn the_server_api_makes_asks_about_and_ends_rooms() {
    let server = Server::start_sqlite(&["--chatroom-on-join=false"]).await;
    done(&server, "/chatroom/create", "chatroom%5Br%5D=geese&chatroom%5Bs%5D=swans").await;
    let mut swan = server.extended("swan", "pc").await;
    join(&mut swan).await.unwrap();
    let rooms = done(&server, "/chatroom/query", "chatroomId=r&chatroomId=none").await;
    assert_eq!(rooms["chatRooms"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&rooms["chatRooms"][0]["chrmId"], &rooms["chatRooms"][0]["name"]),
        (&json!("r"), &json!("geese"))
    );
    let members = done(&server, "/chatroom/user/query", "chatroomId=r&count=5&order=1").await;
    assert_eq!((&members["total"], &members["users"][0]["id"]), (&json!(1), &json!("swan")));
    let exist =
        done(&server, "/chatroom/users/exist", "chatroomId=r&userId=swan&userId=duck").await;
    assert_eq!(
        exist["result"],
        json!([{ "userId": "swan", "isInChrm": 1 }, { "userId": "duck", "isInChrm": 0 }])
    );
    let exists = done(&server, "/chatroom/user/exist", "chatroomId=r&userId=duck").await;
    assert_eq!(exists["isInChrm"], false);
    done(&server, "/chatroom/keepalive/add", "chatroomId=s").await;
    assert_eq!(done(&server, "/chatroom/keepalive/query", "").await["chatroomIds"], json!(["s"]));
    done(&server, "/chatroom/keepalive/remove", "chatroomId=s").await;
    assert_eq!(done(&server, "/chatroom/keepalive/query", "").await["chatroomIds"], json!([]));
    let content = "fromUserId=boss&objectName=RC%3ATxtMsg&content=%7B%22content%22%3A%22hi%22%7D";
    pull(&mut swan, 0, -1).await;
    let sent =
        done(&server, "/message/chatroom/publish", &format!("{content}&toChatroomId=r")).await;
    assert_eq!(sent["messageUIDs"][0]["chatroomId"], "r");
    let Signal::Pushed { message, .. } = swan.signal().await else { panic!("no push") };
    assert_eq!(message.uid.as_str(), sent["messageUIDs"][0]["messageUID"].as_str().unwrap());
    done(&server, "/message/chatroom/broadcast", content).await;
    assert!(matches!(swan.signal().await, Signal::Pushed { .. }));
    done(&server, "/chatroom/destroy", "chatroomId=r").await;
    assert!(matches!(swan.signal().await, Signal::Doorbell(_)), "its pull is refused");
    let request = ChrmPullMsg { sync_time: 1, ..ChrmPullMsg::default() };
    assert_eq!(ask(&mut swan, "chrmPull", &request).await.status, 23410);
    server.stop().await;
}

#[tokio::test]
async fn the_server_api_says_who_may_be_and_speak_there() {
    let server = Server::start_sqlite(&["--chatroom-on-join=true", "--send-rate=0"]).await;
    let mut swan = server.extended("swan", "pc").await;
    join(&mut swan).await.unwrap();
    let lists = [
        ("/chatroom/user/gag/add", "/chatroom/user/gag/rollback", "/chatroom/user/gag/list", 23408),
        ("/chatroom/user/ban/add", "/chatroom/user/ban/remove", "/chatroom/user/ban/query", 23408),
        (
            "/chatroom/user/block/add",
            "/chatroom/user/block/rollback",
            "/chatroom/user/block/list",
            23409,
        ),
    ];
    for (add, rollback, list, code) in lists {
        done(&server, add, "chatroomId=r&userId=swan&minute=1").await;
        let listed = done(&server, list, "chatroomId=r").await;
        assert_eq!(listed["users"][0]["userId"], "swan", "{list}");
        assert_eq!(say(&mut swan, add).await.status, code, "{add}");
        done(&server, rollback, "chatroomId=r&userId=swan").await;
        assert_eq!(done(&server, list, "chatroomId=r").await["users"], json!([]));
        join(&mut swan).await.unwrap();
        assert_eq!(say(&mut swan, rollback).await.status, 0, "{rollback}");
    }
    done(&server, "/chatroom/ban/add", "chatroomId=r").await;
    assert_eq!(done(&server, "/chatroom/ban/query", "").await["chatroomIds"], json!(["r"]));
    assert_eq!(done(&server, "/chatroom/ban/check", "chatroomId=r").await["status"], 1);
    assert_eq!(say(&mut swan, "muted").await.status, 23408);
    done(&server, "/chatroom/user/ban/whitelist/add", "chatroomId=r&userId=swan").await;
    let exempt = done(&server, "/chatroom/user/ban/whitelist/query", "chatroomId=r").await;
    assert_eq!(exempt["userIds"], json!(["swan"]));
    assert_eq!(say(&mut swan, "exempt!").await.status, 0);
    done(&server, "/chatroom/user/ban/whitelist/rollback", "chatroomId=r&userId=swan").await;
    assert_eq!(say(&mut swan, "not any more").await.status, 23408);
    done(&server, "/chatroom/ban/rollback", "chatroomId=r").await;
    done(&server, "/chatroom/user/whitelist/add", "chatroomId=r&userId=swan").await;
    let protected = done(&server, "/chatroom/user/whitelist/query", "chatroomId=r").await;
    assert_eq!(protected["users"], json!(["swan"]));
    done(&server, "/chatroom/message/priority/add", "objectName=RC%3ATxtMsg").await;
    let low = done(&server, "/chatroom/message/priority/query", "").await;
    assert_eq!(low["objectNames"], json!(["RC:TxtMsg"]));
    server.stop().await;
}

#[tokio::test]
async fn the_server_api_shares_entries() {
    let server = Server::start_sqlite(&["--chatroom-on-join=true"]).await;
    let mut swan = server.extended("swan", "pc").await;
    join(&mut swan).await.unwrap();
    done(&server, "/chatroom/entry/set", "chatroomId=r&userId=boss&key=k&value=v&autoDelete=1")
        .await;
    assert!(matches!(swan.signal().await, Signal::RoomChanged { .. }), "s_cmd");
    let listed = done(&server, "/chatroom/entry/query", "chatroomId=r&keys=k").await;
    let entry = &listed["keys"][0];
    assert_eq!((&entry["key"], &entry["value"]), (&json!("k"), &json!("v")));
    assert_eq!((&entry["userId"], &entry["autoDelete"]), (&json!("boss"), &json!("1")));
    let notice = "chatroomId=r&userId=boss&key=k&objectName=RC%3AchrmKVNotiMsg&content=%7B%22content%22%3A%22gone%22%7D";
    pull(&mut swan, 0, -1).await;
    done(&server, "/chatroom/entry/remove", notice).await;
    assert_eq!(done(&server, "/chatroom/entry/query", "chatroomId=r").await["keys"], json!([]));
    server.stop().await;
}

#[tokio::test]
async fn f7_calls_about_rooms_that_make_no_sense_change_nothing() {
    let server = Server::start_sqlite(&["--chatroom-on-join=false"]).await;
    done(&server, "/chatroom/create", "chatroom%5Br%5D=geese").await;
    let (key, value) = ("k".repeat(129), "v".repeat(4097));
    for (path, form, status, code) in [
        ("/chatroom/create", "", 400, 1002),
        ("/chatroom/create", "chatroom%5Bx%5D=", 400, 1002),
        ("/chatroom/create", "chatroom%5B%5D=x", 400, 1002),
        ("/chatroom/user/query", "chatroomId=none", 404, 1002),
        ("/chatroom/user/query", "chatroomId=r&count=501", 400, 1002),
        ("/chatroom/keepalive/add", "chatroomId=none", 404, 1002),
        ("/chatroom/user/gag/add", "chatroomId=none&userId=a&minute=1", 404, 1002),
        ("/chatroom/user/gag/add", "chatroomId=r&userId=a", 400, 1002),
        ("/chatroom/user/gag/add", "chatroomId=r&userId=a&minute=43201", 400, 1002),
        ("/chatroom/user/block/add", "chatroomId=r&minute=1", 400, 1002),
        ("/chatroom/entry/set", "chatroomId=none&userId=a&key=k&value=v", 404, 1002),
        ("/chatroom/entry/set", &format!("chatroomId=r&userId=a&key={key}&value=v"), 400, 1002),
        ("/chatroom/entry/set", &format!("chatroomId=r&userId=a&key=k&value={value}"), 400, 1002),
        ("/chatroom/entry/remove", "chatroomId=r&userId=a&key=none", 404, 1002),
        (
            "/message/chatroom/publish",
            "fromUserId=a&toChatroomId=none&objectName=x&content=%7B%7D",
            404,
            1002,
        ),
    ] {
        let (answered, answer) = call(&server, path, form).await;
        assert_eq!((answered, &answer["code"]), (status, &json!(code)), "{path} {form}: {answer}");
        assert!(answer["errorMessage"].is_string());
    }
    let rooms = done(&server, "/chatroom/query", "chatroomId=r&chatroomId=x").await;
    assert_eq!(rooms["chatRooms"].as_array().unwrap().len(), 1);
    assert_eq!(done(&server, "/chatroom/entry/query", "chatroomId=r").await["keys"], json!([]));
    assert_eq!(done(&server, "/chatroom/user/gag/list", "chatroomId=r").await["users"], json!([]));
    server.stop().await;
}
