//! Customer service.

use hongyan::error::ErrorCode;
use hongyan::signal::topic;
use serde_json::{Value, json};

use super::super::super::desk::config::Desks;
use super::super::super::desk::contents;
use super::history::history_of;
use super::*;
use crate::store::{Desk, TalkMode, Word};

const DESKS: &str = r#"{"services":[
    {"id":"help","name":"Help","welcome":"hello","humanWelcome":"it is me","nobody":"nobody here",
     "agents":["g","h"],
     "robot":{"answers":[{"words":["price"],"answer":"free"}],"otherwise":"what?"}},
    {"id":"more","agents":["g"],"kind":"humanFirst"},
    {"id":"machine","kind":"robot","agents":["g"]}
]}"#;

fn desk() -> Server {
    let settings = Settings { multi_device: true, ..Settings::default() };
    let core = Core::new(MemoryStore::new(1, "life"), settings);
    Server(core.with_desks(Desks::read(DESKS).unwrap()))
}

fn steer(class: &'static str, to: &str, content: &Value) -> Ask {
    by(class, "pcMsgP", to, content, MessageFlags::default())
}

fn by(
    class: &'static str,
    topic: &'static str,
    to: &str,
    content: &Value,
    flags: MessageFlags,
) -> Ask {
    Ask::Send {
        conversation: room(5, to),
        object_name: class.into(),
        content: Bytes::from(content.to_string()),
        flags,
        client_id: None,
        only_to: Vec::new(),
        recall: false,
        original: SyncFrame { topic: topic.into(), target: to.into(), body: Bytes::new() },
    }
}

fn words(text: &str) -> Ask {
    by("RC:TxtMsg", "pcMsgP", "help", &json!({ "content": text }), MessageFlags::NORMAL)
}

fn answer(to: &str, text: &str) -> Ask {
    let content = json!({ "content": text });
    by("RC:TxtMsg", topic::AGENT, to, &content, MessageFlags::NORMAL)
}

/// Class, and what matters of the content, of everything a session was told.
fn heard(session: &Session) -> Vec<(String, Value)> {
    let row = |notice| {
        let (Notice::Row(row) | Notice::Volatile(row)) = notice else { panic!("{notice:?}") };
        row
    };
    let told = session.inlet.taken().into_iter().map(row).map(|row| {
        let content: Value = serde_json::from_slice(&row.content).unwrap();
        let matters = match &*row.object_name {
            "RC:TxtMsg" => content["content"].clone(),
            contents::HANDSHAKE_ANSWER => content["data"]["serviceType"].clone(),
            contents::CHANGE_MODE_ANSWER => content["data"]["status"].clone(),
            contents::UPDATED => content["serviceStatus"].clone(),
            contents::ENDED => content["code"].clone(),
            _ => Value::Null,
        };
        (row.object_name.to_string(), matters)
    });
    told.collect()
}

fn told(list: &[(&str, Value)]) -> Vec<(String, Value)> {
    list.iter().map(|(class, what)| ((*class).to_owned(), what.clone())).collect()
}

impl Server {
    async fn steers(&self, session: &Session, class: &'static str, content: Value) -> Told {
        self.serve(session, steer(class, "help", &content), at(0)).await
    }

    async fn begins(&self, session: &Session) {
        stored(self.steers(session, contents::HANDSHAKE, json!({})).await);
    }

    /// The customer waits for a human; its talk.
    async fn waits(&self, session: &Session) -> i64 {
        self.begins(session).await;
        stored(self.steers(session, contents::CHANGE_MODE, json!({})).await);
        let talk = self.0.store().last_talk(&"help".into(), &session.login.user).await;
        talk.unwrap().unwrap().id
    }
}

#[tokio::test]
async fn a_talk_begins_with_a_handshake_and_a_welcome() {
    let server = desk();
    let c = server.join("c", true);
    server.begins(&c).await;
    let expected = told(&[("RC:TxtMsg", json!("hello")), ("RC:CsHsR", json!("3"))]);
    assert_eq!(heard(&c), expected);
    // After a reload it goes on: nothing is said twice.
    server.begins(&c).await;
    assert_eq!(heard(&c), told(&[("RC:CsHsR", json!("3"))]));
    let other = server.serve(&c, steer(contents::HANDSHAKE, "more", &json!({})), at(1)).await;
    stored(other);
    assert_eq!(heard(&c), told(&[("RC:CsHsR", json!("4"))]));
}

#[tokio::test]
async fn the_robot_answers_until_a_human_does() {
    let server = desk();
    let (c, g) = (server.join("c", true), server.join("g", true));
    server.begins(&c).await;
    heard(&c);
    server.send(&c, words("the price?")).await;
    assert_eq!(heard(&c), told(&[("RC:TxtMsg", json!("free"))]));
    assert_eq!(heard(&g), [], "an agent hears nothing of it");
    let id = server.waits(&c).await;
    let waits =
        told(&[("RC:CsHsR", json!("3")), ("RC:CsChaR", json!(1)), ("RC:CsUpdate", json!("3"))]);
    assert_eq!(heard(&c), waits);
    assert_eq!(heard(&g), told(&[("RC:CmdMsg", Value::Null)]));
    server.send(&c, words("anybody?")).await;
    assert_eq!((heard(&c), heard(&g)), (vec![], vec![]));
    server.0.take_talk(&"g".into(), id, at(2)).await.unwrap();
    let taken = told(&[("RC:TxtMsg", json!("it is me")), ("RC:CsUpdate", json!("2"))]);
    assert_eq!(heard(&c), taken);
    heard(&g);
    server.send(&c, words("at last")).await;
    let [row] = &g.rows()[..] else { panic!("one row") };
    assert_eq!((&row.conversation, row.sender.as_str()), (&room(5, "c"), "c"));
    let said = server.send(&g, answer("c", "yes")).await;
    let [row] = &c.rows()[..] else { panic!("one row") };
    assert_eq!((&row.conversation, row.sender.as_str()), (&room(5, "help"), "help"));
    assert_eq!((&row.uid, said.own_seq), (&said.uid, 0));
}

#[tokio::test]
async fn both_sides_read_the_same_history() {
    let server = desk();
    let (c, g, h) = (server.join("c", true), server.join("g", true), server.join("h", true));
    let id = server.waits(&c).await;
    server.send(&c, words("one")).await;
    server.0.take_talk(&"g".into(), id, at(2)).await.unwrap();
    server.send(&g, answer("c", "two")).await;
    let of_customer = server.history(&c, 5, "help").await;
    let of_agent = server.history(&g, 5, "c").await;
    let uids = |rows: &[InboxRow]| rows.iter().map(|row| row.uid.clone()).collect::<Vec<_>>();
    assert_eq!(uids(&of_customer), uids(&of_agent));
    assert_eq!(of_agent.len(), 4, "the welcomes are part of it");
    assert!(of_agent[0].own && !of_customer[0].own);
    assert_eq!(server.history(&h, 5, "c").await, [], "another agent reads nothing");
    let impostor = server.join("help", true);
    assert_eq!(server.serve(&impostor, history_of(5, "c"), at(9)).await, Told::Refused(20406));
}

#[tokio::test]
async fn who_wants_a_human_always_hears_whether_one_comes() {
    let server = desk();
    let c = server.join("c", true);
    server.waits(&c).await;
    let nobody = told(&[
        ("RC:TxtMsg", json!("hello")),
        ("RC:CsHsR", json!("3")),
        ("RC:TxtMsg", json!("nobody here")),
        ("RC:CsChaR", json!(2)),
    ]);
    assert_eq!(heard(&c), nobody);
    let never = steer(contents::CHANGE_MODE, "machine", &json!({}));
    server.send(&c, never).await;
    assert_eq!(heard(&c), told(&[("RC:CsChaR", json!(3))]));
    let _agent = server.join("h", true);
    let (d, e) = (server.join("d", true), server.join("e", true));
    server.waits(&d).await;
    server.waits(&e).await;
    heard(&e);
    stored(server.steers(&e, contents::CHANGE_MODE, json!({})).await);
    let Notice::Volatile(row) = &e.inlet.taken()[0] else { panic!("nothing passed by") };
    let content: Value = serde_json::from_slice(&row.content).unwrap();
    assert_eq!((&content["data"]["status"], &content["data"]["before"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn a_talk_has_one_agent() {
    let server = desk();
    let (c, _g, h) = (server.join("c", true), server.join("g", true), server.join("h", true));
    let id = server.waits(&c).await;
    let take = async |agent: &str| server.0.take_talk(&agent.into(), id, at(2)).await;
    assert_eq!(take("c").await, Err(ErrorCode::Unauthorized));
    assert_eq!(server.0.take_talk(&"g".into(), 99, at(2)).await, Err(ErrorCode::Unauthorized));
    assert_eq!(take("g").await, Ok(()));
    assert_eq!(take("h").await, Err(ErrorCode::InvalidArgument));
    assert_eq!(take("g").await, Err(ErrorCode::InvalidArgument));
    let views = async |agent: &str| server.0.talks_for(&agent.into(), at(3)).await;
    assert_eq!(views("g").await.unwrap().len(), 1);
    assert_eq!(views("h").await.unwrap(), []);
    assert_eq!(views("c").await, Err(ErrorCode::Unauthorized));
    let head = server.head("c").await;
    assert_eq!(server.serve(&h, answer("c", "me, too"), at(3)).await, Told::Refused(20406));
    assert_eq!(server.serve(&c, answer("g", "hm"), at(3)).await, Told::Refused(20406));
    assert_eq!(server.head("c").await, head);
}

#[tokio::test]
async fn an_agent_ends_a_talk_or_gives_it_back() {
    let server = desk();
    let (c, g) = (server.join("c", true), server.join("g", true));
    let id = server.waits(&c).await;
    let leave = async |agent: &str, back| server.0.leave_talk(&agent.into(), id, back, at(3)).await;
    assert_eq!(leave("g", true).await, Err(ErrorCode::InvalidArgument), "it is nobody's yet");
    server.0.take_talk(&"g".into(), id, at(2)).await.unwrap();
    assert_eq!(leave("h", true).await, Err(ErrorCode::InvalidArgument));
    heard(&c);
    leave("g", true).await.unwrap();
    assert_eq!(heard(&c), told(&[("RC:CsEnd", json!(1))]));
    server.send(&c, words("price")).await;
    assert_eq!(heard(&c), told(&[("RC:TxtMsg", json!("free"))]));
    stored(server.steers(&c, contents::CHANGE_MODE, json!({})).await);
    server.0.take_talk(&"g".into(), id, at(4)).await.unwrap();
    heard(&c);
    let end =
        by(contents::ENDED, topic::AGENT, "c", &json!({ "code": 0 }), MessageFlags::default());
    server.send(&g, end).await;
    assert_eq!(heard(&c), told(&[("RC:CsEnd", json!(0))]));
    let talk = server.0.store().talk(id).await.unwrap().unwrap();
    assert_eq!(talk.mode, TalkMode::Over(Some("g".into())));
    // The agent still reads what was said.
    assert!(!server.history(&g, 5, "c").await.is_empty());
}

#[tokio::test]
async fn a_silent_talk_ends_by_itself_and_both_sides_hear_of_it() {
    let server = desk();
    let (c, g) = (server.join("c", true), server.join("g", true));
    let id = server.waits(&c).await;
    server.0.take_talk(&"g".into(), id, at(2)).await.unwrap();
    server.serve(&c, words("hello?"), at(1_000)).await;
    heard(&c);
    heard(&g);
    let minutes = |minutes: i64| at(1_000 + minutes * 60_000);
    server.0.tend_desks(minutes(30)).await.unwrap();
    assert_eq!((heard(&c), heard(&g)), (vec![], vec![]), "not yet");
    server.0.tend_desks(minutes(31)).await.unwrap();
    assert_eq!(heard(&c), told(&[("RC:CsEnd", json!(0))]));
    assert_eq!(heard(&g), told(&[("RC:CmdMsg", Value::Null)]));
    let talk = server.0.store().talk(id).await.unwrap().unwrap();
    assert_eq!(talk.mode, TalkMode::Over(Some("g".into())));
    server.0.tend_desks(minutes(62)).await.unwrap();
    assert_eq!((heard(&c), heard(&g)), (vec![], vec![]));
}

#[tokio::test]
async fn talks_come_to_the_least_busy_agent_who_is_there() {
    let text = DESKS.replace(
        r#""agents":["g","h"]"#,
        r#""agents":["g","h"],"assign":"leastBusy","talksPerAgent":2"#,
    );
    let settings = Settings { multi_device: true, ..Settings::default() };
    let core = Core::new(MemoryStore::new(1, "life"), settings);
    let server = Server(core.with_desks(Desks::read(&text).unwrap()));
    let mode = async |id: i64| server.0.store().talk(id).await.unwrap().unwrap().mode;
    let with = |agent: &str| TalkMode::Agent(agent.into());
    let (g, h) = (server.join("g", true), server.join("h", true));
    let customers: Vec<_> = ["1", "2", "3", "4", "5", "6"].map(|id| server.join(id, true)).into();
    let mut talks = Vec::new();
    for customer in &customers {
        talks.push(server.waits(customer).await);
    }
    for (talk, agent) in talks.iter().zip(["g", "h", "g", "h"]) {
        assert_eq!(mode(*talk).await, with(agent));
    }
    assert_eq!(
        (mode(talks[4]).await, mode(talks[5]).await),
        (TalkMode::Waiting, TalkMode::Waiting)
    );
    let first = told(&[
        ("RC:TxtMsg", json!("hello")),
        ("RC:CsHsR", json!("3")),
        ("RC:CsChaR", json!(1)),
        ("RC:CsUpdate", json!("3")),
        ("RC:TxtMsg", json!("it is me")),
        ("RC:CsUpdate", json!("2")),
    ]);
    assert_eq!(heard(&customers[0]), first);
    // Whoever has ended one gets the next; by hand an agent may take more.
    server.0.leave_talk(&"h".into(), talks[1], false, at(3)).await.unwrap();
    assert_eq!(mode(talks[4]).await, with("h"));
    server.0.take_talk(&"g".into(), talks[5], at(4)).await.unwrap();
    assert_eq!(mode(talks[5]).await, with("g"));
    // Nobody is given one who is not there; who comes gets one.
    for session in [&g, &h] {
        server.0.hub().leave(&session.login.user, session.id);
    }
    let late = server.join("late", true);
    let waits = server.waits(&late).await;
    assert_eq!(mode(waits).await, TalkMode::Robot);
    server.join("h", true);
    stored(server.steers(&late, contents::CHANGE_MODE, json!({})).await);
    assert_eq!(mode(waits).await, TalkMode::Waiting, "h has two");
    server.0.leave_talk(&"h".into(), talks[3], true, at(5)).await.unwrap();
    assert_eq!(mode(waits).await, with("h"));
}

#[tokio::test]
async fn an_agents_other_devices_see_what_it_says() {
    let server = desk();
    let (c, g) = (server.join("c", true), server.join("g", true));
    let (tv, old) = (server.join("g", true), server.join("g", false));
    let id = server.waits(&c).await;
    server.0.take_talk(&"g".into(), id, at(2)).await.unwrap();
    for session in [&c, &g, &tv, &old] {
        session.inlet.taken();
    }
    let said = server.send(&g, answer("c", "yes")).await;
    assert_eq!(g.inlet.taken(), []);
    let [row] = &tv.passing()[..] else { panic!("nothing was told") };
    assert_eq!((&row.conversation, row.sender.as_str(), row.own), (&room(5, "c"), "g", true));
    assert_eq!((&row.uid, row.seq, row.sent_time), (&said.uid, 0, said.sent_time));
    let [Notice::SyncCopy { original, stored }] = &old.inlet.taken()[..] else { panic!("no copy") };
    assert_eq!((&*original.topic, &stored.uid), (topic::AGENT, &said.uid));
    assert_eq!(server.head("g").await, 0, "it is no row of the agent's");
}

#[tokio::test]
async fn a_rating_is_kept_whole() {
    let server = desk();
    let (c, d) = (server.join("c", true), server.join("d", true));
    server.begins(&c).await;
    server.begins(&d).await;
    let rating = |sid: &str, kind: u8| json!({ "sid": sid, "type": kind, "source": 4, "isresolve": 1, "suggest": "真好" });
    stored(server.steers(&c, contents::EVALUATION, rating("1", 0)).await);
    stored(server.steers(&c, contents::SUSPENDED, json!({ "sid": "1" })).await);
    stored(server.steers(&c, contents::EVALUATION, rating("1", 1)).await);
    let kept = server.0.store().ratings(&"help".into(), 9).await.unwrap();
    let [(talk, human), (_, robot)] = &kept[..] else { panic!("{kept:?}") };
    assert_eq!((talk.customer.as_str(), human.human, robot.human), ("c", true, false));
    assert_eq!((human.stars, human.resolved, &*human.remark), (Some(4), Some(true), "真好"));
    // Neither another's talk, nor what is no rating.
    for (session, content) in [
        (&d, rating("1", 0)),
        (&c, rating("2", 0)),
        (&c, rating("99", 0)),
        (&c, json!({ "sid": "1", "source": 9 })),
    ] {
        let told = server.steers(session, contents::EVALUATION, content).await;
        assert_eq!(told, Told::Refused(33003));
    }
    assert_eq!(server.0.store().ratings(&"help".into(), 9).await.unwrap(), kept);
}

#[tokio::test]
async fn typing_goes_to_the_agent_and_back() {
    let server = desk();
    let (c, g) = (server.join("c", true), server.join("g", true));
    let typing = || json!({ "typingContentType": "RC:TxtMsg" });
    let of_customer = steer("RC:TypSts", "help", &typing());
    let id = server.waits(&c).await;
    heard(&g);
    server.send(&c, of_customer.clone()).await;
    assert_eq!(heard(&g), [], "nobody has the talk yet");
    server.0.take_talk(&"g".into(), id, at(2)).await.unwrap();
    heard(&c);
    heard(&g);
    server.send(&c, of_customer).await;
    let [row] = &g.passing()[..] else { panic!("nothing passed by") };
    assert_eq!(row.conversation, room(5, "c"));
    let flags = MessageFlags::default();
    server.send(&g, by("RC:TypSts", topic::AGENT, "c", &typing(), flags)).await;
    let [row] = &c.passing()[..] else { panic!("nothing passed by") };
    assert_eq!((&row.conversation, row.sender.as_str()), (&room(5, "help"), "help"));
}

#[tokio::test]
async fn a_message_to_no_service_is_refused() {
    let server = desk();
    let c = server.join("c", true);
    for class in ["RC:CsHs", "RC:TxtMsg", "RC:CsEva", "RC:TypSts"] {
        let told = server.serve(&c, steer(class, "g", &json!({})), at(0)).await;
        assert_eq!(told, Told::Refused(20406), "{class}");
    }
    assert_eq!(server.0.store().last_talk(&"g".into(), &"c".into()).await, Ok(None));
}

#[tokio::test]
async fn words_that_are_not_to_be_said_are_not_said_to_a_service_or_by_an_agent() {
    let server = desk();
    let (c, g) = (server.join("c", true), server.join("g", true));
    let word = |text: &str, instead: Option<&str>| Word {
        text: text.into(),
        replacement: instead.map(Into::into),
    };
    server.0.put_words(vec![word("goose", Some("swan")), word("fox", None)]).await.unwrap();
    let id = server.waits(&c).await;
    server.0.take_talk(&"g".into(), id, at(2)).await.unwrap();
    heard(&g);
    heard(&c);
    let told_of = server.serve(&c, words("a goose"), at(3)).await;
    assert!(stored(told_of).replaced.is_some());
    assert_eq!(heard(&g), told(&[("RC:TxtMsg", json!("a swan"))]));
    let told_of = server.serve(&g, answer("c", "my goose"), at(3)).await;
    assert!(stored(told_of).replaced.is_some());
    assert_eq!(heard(&c), told(&[("RC:TxtMsg", json!("my swan"))]));
    for (session, ask) in [(&c, words("a fox")), (&g, answer("c", "a fox"))] {
        assert_eq!(server.serve(session, ask, at(4)).await, Told::Refused(21501));
    }
    assert_eq!((heard(&c), heard(&g)), (vec![], vec![]));
}
