//! Public services and customer service over HTTP and the socket.

#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind};
use hongyan::signal::{MessageFlags, Outgoing, Signal};
use serde_json::{Value, json};
use support::{APP_KEY, Client, SECRET, Server, post};

const AGENT_SECRET: &str = "the-agents-secret";

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

async fn agents(server: &Server, path: &str, body: Value) -> (u16, Value) {
    let (status, _, answer) = post(&server.address, path, "", &body.to_string()).await;
    (status, serde_json::from_str(&answer).unwrap_or_default())
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn start() -> [Server; 2] {
    let flags = ["--agent-secret", AGENT_SECRET];
    [Server::start(&flags).await, Server::start_sqlite(&flags).await]
}

#[tokio::test]
async fn the_application_runs_its_public_services() {
    for server in start().await {
        let path = "/publicservice/create.json";
        let robot = r#"{"otherwise":"hm"}"#;
        let menu = r#"[{"id":"m","name":"M","type":3}]"#;
        let fields = [
            ("type", "8"),
            ("id", "n"),
            ("name", "新闻"),
            ("introduction", "i"),
            ("menu", menu),
            ("robot", robot),
        ];
        assert_eq!(call(&server, path, &form(&fields)).await, (200, json!({ "code": 200 })));
        let (_, told) = call(&server, "/publicservice/query.json", "type=8&id=n").await;
        assert_eq!((&told["name"], &told["menu"][0]["id"]), (&json!("新闻"), &json!("m")));
        assert_eq!((&told["followers"], &told["isGlobal"]), (&json!([]), &json!(false)));
        let to = "type=8&id=n&objectName=RC:TxtMsg&content=%7B%7D";
        let publish = "/publicservice/message/publish.json";
        assert_eq!(call(&server, publish, to).await.1["sent"], 0);
        let mut a = server.old("a").await;
        assert_eq!(call(&server, publish, &format!("{to}&toUserId=a")).await.1["sent"], 1);
        let page = a.pull(0).await;
        assert_eq!(page.messages.len(), 1);
        let removed = call(&server, "/publicservice/remove.json", "type=8&id=n").await;
        assert_eq!(removed.0, 200);
        for path in ["/publicservice/remove.json", "/publicservice/query.json", publish] {
            assert_eq!(call(&server, path, to).await.0, 404, "{path}");
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn f7_public_services_that_make_no_sense_are_refused() {
    let server = Server::start(&[]).await;
    let long = "x".repeat(1025);
    let good = [("type", "8"), ("id", "n"), ("name", "N")];
    for (field, value) in [
        ("type", "6"),
        ("type", ""),
        ("id", ""),
        ("name", ""),
        ("menu", "{}"),
        ("menu", "no"),
        ("robot", "[]"),
        ("robot", "{\"a\":1}"),
        ("introduction", &long),
        ("portraitUri", &long),
    ] {
        let others = good.iter().filter(|(name, _)| *name != field).copied();
        let fields: Vec<_> = others.chain([(field, value)]).collect();
        let (status, answer) = call(&server, "/publicservice/create.json", &form(&fields)).await;
        assert_eq!((status, &answer["code"]), (400, &json!(1002)), "{field}={value}");
    }
    assert_eq!(call(&server, "/publicservice/query.json", "type=8&id=n").await.0, 404);
    let (status, _, _) =
        post(&server.address, "/publicservice/create.json", "", &form(&good)).await;
    assert_eq!(status, 401, "unsigned");
    server.stop().await;
}

fn to_desk(to: &str, class: &'static str, content: &Value, config_flag: i32) -> Outgoing {
    let stored = class == "RC:TxtMsg";
    Outgoing {
        conversation: ConversationId::new(ConversationKind::CustomerService, to),
        object_name: class.into(),
        content: Bytes::from(content.to_string()),
        flags: if stored { MessageFlags::NORMAL } else { MessageFlags::default() },
        config_flag,
        ..Client::text(to, "", 1)
    }
}

/// A client that has pulled everything: from now on messages are pushed.
async fn level(server: &Server, user: &str) -> Client {
    let mut client = server.extended(user, "d").await;
    client.pull_seq(0).await;
    client
}

/// The next pushed message of this class.
async fn heard(client: &mut Client, class: &str) -> Value {
    loop {
        if let Signal::Pushed { message, .. } = client.signal().await
            && &*message.object_name == class
        {
            return serde_json::from_slice(&message.content).unwrap();
        }
    }
}

async fn sign_in(server: &Server) -> String {
    let body = json!({ "agent": "agent", "secret": AGENT_SECRET });
    let (status, told) = agents(server, "/agents/sign-in", body).await;
    assert_eq!((status, &told["services"][0]["id"]), (200, &json!("help")));
    told["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_customer_and_an_agent_talk_and_the_rating_is_kept() {
    for server in start().await {
        let token = sign_in(&server).await;
        let mut agent = level(&server, "agent").await;
        let mut c = level(&server, "c").await;
        c.publish(&to_desk("help", "RC:CsHs", &json!({}), 0)).await;
        let begun = heard(&mut c, "RC:CsHsR").await;
        let sid = begun["data"]["sid"].as_str().unwrap().to_owned();
        c.publish(&to_desk("help", "RC:CSCha", &json!({ "sid": sid }), 0)).await;
        assert_eq!(heard(&mut c, "RC:CsChaR").await["data"]["status"], 1);
        assert_eq!(heard(&mut agent, "RC:CmdMsg").await["name"], "hongyan:talks");
        let (_, told) = agents(&server, "/agents/talks", json!({ "token": token })).await;
        assert_eq!(
            (&told["talks"][0]["talk"], &told["talks"][0]["waits"]),
            (&json!(sid), &json!(true))
        );
        let of = json!({ "token": token, "talk": sid });
        assert_eq!(agents(&server, "/agents/take", of.clone()).await.0, 200);
        assert_eq!(heard(&mut c, "RC:CsUpdate").await["serviceStatus"], "3");
        assert_eq!(heard(&mut c, "RC:CsUpdate").await["serviceStatus"], "2");
        assert_eq!(agents(&server, "/agents/take", of.clone()).await.0, 409, "twice");
        let words = json!({ "content": "how can I help?" });
        agent.publish(&to_desk("c", "RC:TxtMsg", &words, Outgoing::AS_AGENT)).await;
        assert_eq!(heard(&mut c, "RC:TxtMsg").await, words);
        assert_eq!(agents(&server, "/agents/leave", of).await.0, 200);
        assert_eq!(heard(&mut c, "RC:CsEnd").await["code"], 0);
        let rating = json!({ "sid": sid, "type": 1, "source": 5, "suggest": "谢谢" });
        let id = c.publish(&to_desk("help", "RC:CsEva", &rating, 0)).await;
        while !matches!(c.signal().await, Signal::SendAck(ack) if ack.id == id) {}
        let path = "/customerservice/rating/query.json";
        let (_, told) = call(&server, path, "serviceId=help").await;
        let kept = &told["ratings"][0];
        assert_eq!((&kept["stars"], &kept["suggest"]), (&json!(5), &json!("谢谢")));
        assert_eq!((&kept["customer"], &kept["agent"]), (&json!("c"), &json!("agent")));
        assert_eq!(call(&server, path, "serviceId=nothing").await.0, 404);
        server.stop().await;
    }
}

#[tokio::test]
async fn nobody_becomes_an_agent_without_the_secret() {
    let server = Server::start(&["--agent-secret", AGENT_SECRET]).await;
    let try_in = async |agent: &str, secret: &str| {
        agents(&server, "/agents/sign-in", json!({ "agent": agent, "secret": secret })).await.0
    };
    assert_eq!(try_in("somebody", AGENT_SECRET).await, 401);
    let mut last = 0;
    for _ in 0..12 {
        last = try_in("agent", "a-wrong-secret").await;
    }
    assert_eq!(last, 429, "wrong secrets are counted");
    assert_eq!(agents(&server, "/agents/sign-in", json!({ "agent": "agent" })).await.0, 400);
    let name = async |name: &str| {
        let body = json!({ "name": name }).to_string();
        post(&server.address, "/demo/sign-in", "", &body).await.0
    };
    for reserved in ["agent", "help"] {
        assert_eq!(name(reserved).await, 409, "{reserved}");
    }
    assert_eq!(name("somebody").await, 200);
    let token = server.token("somebody");
    for path in ["/agents/talks", "/agents/take", "/agents/leave"] {
        let body = json!({ "token": token, "talk": "1" });
        assert_eq!(agents(&server, path, body).await.0, 403, "{path}");
        let body = json!({ "token": "wrong", "talk": "1" });
        assert_eq!(agents(&server, path, body).await.0, 401, "{path}");
    }
    let body = json!({ "token": server.token("agent"), "talk": "x" });
    assert_eq!(agents(&server, "/agents/take", body).await.0, 409);
    server.stop().await;
    let shut = Server::start(&["--demo", "false"]).await;
    let body = json!({ "agent": "agent", "secret": "" });
    assert_eq!(agents(&shut, "/agents/sign-in", body).await.0, 401);
    shut.stop().await;
}
