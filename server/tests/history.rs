//! Histories, settings and old messages over real sockets.

#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::proto::{
    CleanHisMsgInput, DeleteMsg, DeleteMsgInput, HistoryMessagesOuput, HistoryMsgInput, SessionReq,
    SessionState, SessionStateItem, SessionStateModifyReq, SessionStates,
};
use hongyan::signal::{MessageFlags, Signal};
use hongyan::time::UnixMillis;
use hongyan::wire::{Frame, Qos, Query};
use hongyan_server::core::clock::Now;
use hongyan_server::store::sqlite::SqliteStore;
use hongyan_server::store::{Audience, InboxAge, Inboxes, NewMessage, Retention};
use prost::Message as _;
use support::{Client, Server, texts};

/// Asks and gives status and body of the answer.
async fn ask(
    client: &mut Client,
    topic: &str,
    target: &str,
    body: &impl prost::Message,
) -> (u16, Bytes) {
    let query = Query {
        qos: Qos::AtMostOnce,
        topic: topic.into(),
        target_id: target.into(),
        message_id: client.id(),
        body: body.encode_to_vec().into(),
    };
    let answer = client.ask(&Frame::Query(query)).await;
    (answer.status, answer.body)
}

fn page_of(target: &str, time: i64, order: i32, uid: Option<String>) -> HistoryMsgInput {
    HistoryMsgInput {
        target_id: Some(target.into()),
        time: Some(time),
        count: Some(2),
        order: Some(order),
        hy_uid: uid,
        ..HistoryMsgInput::default()
    }
}

async fn history(
    client: &mut Client,
    target: &str,
    input: &HistoryMsgInput,
) -> HistoryMessagesOuput {
    let (status, body) = ask(client, "qryPMsg", target, input).await;
    assert_eq!(status, 0);
    HistoryMessagesOuput::decode(body).unwrap()
}

fn contents(page: &HistoryMessagesOuput) -> Vec<String> {
    let content = |content: &Bytes| {
        let content: serde_json::Value = serde_json::from_slice(content).unwrap();
        content["content"].as_str().unwrap().to_owned()
    };
    page.list.iter().map(|message| content(&message.content)).collect()
}

#[tokio::test]
async fn a_history_is_paged_by_old_and_new_clients_and_deleted_for_one() {
    for server in [Server::start(&[]).await, Server::start_sqlite(&[]).await] {
        let mut a = server.old("a").await;
        for text in ["1", "2", "3"] {
            a.say("b", text).await;
        }
        // The frame names the peer, as 2.5.3 does it.
        let first = history(&mut a, "b", &page_of("b", 0, 0, None)).await;
        assert_eq!((contents(&first), first.has_msg), (vec!["3".into(), "2".into()], 1));
        assert_eq!((&*first.list[0].from_user_id, first.list[0].direction), ("b", Some(1)));
        let rest = history(&mut a, "b", &page_of("b", first.sync_time, 0, None)).await;
        assert_eq!((contents(&rest), rest.has_msg), (vec!["1".into()], 0));

        // The frame names the reader, as newer clients do it.
        let mut b = server.extended("b", "pc").await;
        let oldest = history(&mut b, "b", &page_of("a", 0, 1, None)).await;
        assert_eq!((contents(&oldest), oldest.has_msg), (vec!["2".into(), "1".into()], 1));
        let uid = oldest.list[0].msg_id.clone();
        let rest = history(&mut b, "b", &page_of("a", oldest.sync_time, 1, uid.clone())).await;
        assert_eq!((contents(&rest), rest.list[0].direction), (vec!["3".into()], Some(2)));

        let msgs = vec![DeleteMsg { msg_id: uid, ..DeleteMsg::default() }];
        let delete = DeleteMsgInput {
            r#type: Some(1),
            conversation_id: Some("a".into()),
            msgs,
            bus_channel: None,
        };
        let answer = ask(&mut b, "delMsg", "b", &delete).await;
        assert_eq!(answer, (0, Bytes::from_static(&[8, 0])));
        let clear = CleanHisMsgInput {
            target_id: "a".into(),
            data_time: oldest.list[1].data_time,
            conversation_type: None,
            bus_channel: None,
        };
        assert_eq!(ask(&mut b, "cleanPMsg", "b", &clear).await, (0, Bytes::new()));
        let left = history(&mut b, "b", &page_of("a", 0, 0, None)).await;
        assert_eq!(contents(&left), ["3"]);
        let page = b.pull_seq(0).await;
        // And what was taken away is told to the user's other logins.
        assert_eq!(texts(&page)[..3], ["", "", "{\"content\":\"3\"}"]);
        let told = page.messages[3..].iter().map(|row| row.object_name.to_string());
        assert_eq!(told.collect::<Vec<_>>(), ["hy:Deleted", "hy:Deleted"]);
        assert!(page.messages[0].uid.is_empty() && page.messages[0].inbox_seq == Some(1));
        assert_eq!(history(&mut a, "b", &page_of("b", 0, 0, None)).await.list.len(), 2);

        let (status, _) = ask(&mut a, "qryGMsg", "g", &page_of("g", 0, 0, None)).await;
        assert_eq!(status, 22406);
        server.stop().await;
    }
}

#[tokio::test]
async fn a_pin_is_the_same_on_all_devices() {
    let server = Server::start_sqlite(&["--multi-device", "true"]).await;
    let (mut tv, mut pc) = (server.extended("a", "tv").await, server.old("a").await);
    let item =
        SessionStateItem { session_state_type: 2, value: "1".into(), tags: Vec::new(), time: None };
    let state = vec![SessionState {
        r#type: 1,
        channel_id: "b".into(),
        time: None,
        state_item: vec![item],
        bus_channel: None,
    }];
    let modify = SessionStateModifyReq { version: 0, state, ignore_version: None };
    assert_eq!(ask(&mut tv, "setSeAtt", "a", &modify).await.0, 0);
    let Signal::SettingsChanged { version, .. } = pc.signal().await else { panic!("not called") };
    let (status, body) = ask(&mut pc, "pullSeAtts", "a", &SessionReq { time: 0 }).await;
    let states = SessionStates::decode(body).unwrap();
    assert_eq!((status, states.state.len()), (0, 1));
    assert_eq!((&*states.state[0].channel_id, states.state[0].time), ("b", Some(states.version)));
    assert_eq!(states.version, version);
    assert_eq!(states.state[0].state_item[0].value, "1");
    tv.assert_quiet().await;
    server.stop().await;
}

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A message of so many days ago.
fn aged(now: Now, days: i64) -> NewMessage {
    NewMessage {
        sender: UserId::from("a"),
        conversation: ConversationId::new(ConversationKind::Private, "b"),
        audience: Audience::Users(vec![UserId::from("b")]),
        own_row: true,
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from(format!("{{\"content\":\"{days}\"}}")),
        flags: MessageFlags::NORMAL,
        mentions: None,
        history: true,
        recalls: None,
        deletes: None,
        client_id: None,
        sent_as: None,
        relayed: Bytes::new(),
        now: now.wall.plus(-days * DAY),
    }
}

#[tokio::test]
async fn an_aged_store_says_what_is_gone_and_keeps_the_rest() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&directory.path().join("aged.db"), "epoch-1", 7).await.unwrap();
    let now = hongyan_server::net::Clock::start().now();
    for days in [30, 20, 8, 6, 1] {
        store.append(aged(now, days)).await.unwrap();
    }
    let age = InboxAge { now: now.wall, days: Some(7) };
    let swept = store.sweep_inboxes(age, None, 1000).await.unwrap();
    assert_eq!((swept.rows, swept.finished), (6, true));
    let server = Server::with_store(&[], store, directory).await;

    let mut b = server.extended("b", "pc").await;
    // The client had row 1: rows 2 and 3 are gone, and hyFirst says so.
    let page = b.pull_seq(1).await;
    let state = page.inbox.clone().unwrap();
    assert_eq!((state.first, state.head), (4, 5));
    assert_eq!(texts(&page), ["{\"content\":\"6\"}", "{\"content\":\"1\"}"]);
    let all = HistoryMsgInput { count: Some(20), ..page_of("a", 0, 0, None) };
    let all = history(&mut b, "b", &all).await;
    assert_eq!(contents(&all), ["1", "6", "8", "20", "30"]);
    drop(b);

    let mut b = server.old("b").await;
    let page = b.pull(0).await;
    assert_eq!(texts(&page), ["{\"content\":\"6\"}", "{\"content\":\"1\"}"]);
    let page = b.pull(UnixMillis::get(page.messages[0].sent_time)).await;
    assert_eq!((texts(&page).len(), page.finished), (1, Some(true)));
    server.stop().await;
}
