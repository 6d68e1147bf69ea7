//! `joinChrm` and the others, and what a session hears of its rooms.

use std::sync::Arc;

use hongyan::ids::TargetId;

use super::*;
use crate::core::ask::{ChatroomAsk, ChatroomNotice, ChatroomTold, EntryWish};
use crate::core::chatrooms::{ChatroomFrames, ChatroomHead, ChatroomPage, Joined, MemberOrder};
use crate::store::{Entries, Entry, EntryMark};

fn r() -> TargetId {
    TargetId::from("r")
}

fn head(seq: u64) -> ChatroomHead {
    ChatroomHead { seq, time: at(seq) }
}

fn of_room(told: ChatroomTold) -> Told {
    Told::Chatroom(r(), told)
}

fn joined(seq: u64) -> Told {
    of_room(ChatroomTold::Joined(Joined {
        joined: UnixMillis::new(1),
        created: UnixMillis::new(2),
        members: 3,
        muted: true,
        exempt: false,
        head: head(seq),
    }))
}

fn page_of(reached: u64, of: u64) -> Told {
    let body = Bytes::from_static(b"body");
    of_room(ChatroomTold::Page(ChatroomPage { body, reached, head: head(of) }))
}

fn message(seq: u64, own: bool) -> Notice {
    let frames = ChatroomFrames {
        room: r(),
        head: head(seq),
        push: Bytes::from_static(b"push"),
        bell: Bytes::from_static(b"bell"),
    };
    Notice::Chatroom(ChatroomNotice::Message { frames: Arc::new(frames), own })
}

/// chrmPull, qos 1, as 2.5.3 asks for what is new: count 0.
const PULL: &str = "0805 1000";

/// A session that has joined and was given everything up to `seq`.
fn in_room(extended: bool, seq: u64) -> Driven {
    let mut driven = Driven::level(extended, 1);
    let (id, _) = driven.asked(&query("joinChrm", "r", "0801"));
    driven.told(id, joined(seq));
    let (id, _) = driven.asked(&query("chrmPull", "r", "0800 10ffffffffffffffffff01"));
    driven.told(id, page_of(seq, seq));
    assert_eq!(driven.sent().len(), 2);
    driven
}

const PUSHED: &str = "70757368";
const RUNG: &str = "62656c6c";

fn is_room_bell(frame: &str) -> bool {
    frame.starts_with("305f5e1000 0005 735f6e7466 0001 72".replace(' ', "").as_str())
}

#[test]
fn each_question_asks_for_its_thing() {
    let none = EntryWish {
        key: "k".into(),
        value: None,
        auto_delete: false,
        overwrite: true,
        notice: None,
    };
    let flags = MessageFlags::default();
    let notice = Some(("c".into(), Bytes::from_static(b"{}"), flags));
    let some = EntryWish {
        value: Some("v".into()),
        auto_delete: true,
        overwrite: false,
        notice,
        ..none.clone()
    };
    let change = ChatroomAsk::ChangeEntry;
    for (topic, body, expected) in [
        ("joinChrm", "0801", ChatroomAsk::Join),
        ("joinChrmR", "0801", ChatroomAsk::Join),
        ("joinChrm", "", ChatroomAsk::Join),
        ("exitChrm", "0801", ChatroomAsk::Exit),
        ("queryChrmI", "0805 1001", ChatroomAsk::Members(5, MemberOrder::Oldest)),
        ("queryChrmI", "0805 1002", ChatroomAsk::Members(5, MemberOrder::Newest)),
        ("queryChrmI", "0800", ChatroomAsk::Members(0, MemberOrder::Oldest)),
        ("chrmPull", "0800 10ffffffffffffffffff01", ChatroomAsk::Newest(0)),
        ("chrmPull", "0800 100a", ChatroomAsk::Newest(10)),
        ("chrmPull", "0805 1000", ChatroomAsk::After(UnixMillis::new(5))),
        ("setKV", &*changed_entry("v", 1, true), change(some)),
        ("delKV", &*changed_entry("", 2, false), change(none)),
        ("pullKV", "0807", ChatroomAsk::Entries(UnixMillis::new(7))),
    ] {
        let mut driven = Driven::level(false, 1);
        let (id, ask) = driven.asked(&query(topic, "r", body));
        assert_eq!(ask, Ask::Chatroom(r(), expected), "{topic}");
        driven.told(id, Told::Refused(23406));
        assert_eq!(driven.sent(), [answer(23406, "")]);
        assert!(driven.connection.wants_input(), "a refused pull blocks nothing");
    }
}

/// `SetChrmKV`, which `delKV` takes as well.
fn changed_entry(value: &str, status: i32, notified: bool) -> String {
    use hongyan::proto::{ChrmKvEntity, SetChrmKv, UpStreamMessage};
    use prost::Message as _;
    let notice = UpStreamMessage {
        session_id: 0,
        classname: "c".into(),
        content: Bytes::from_static(b"{}"),
        ..UpStreamMessage::default()
    };
    let request = SetChrmKv {
        entry: ChrmKvEntity {
            key: "k".into(),
            value: value.into(),
            status: Some(status),
            timestamp: None,
            uid: Some("me".into()),
            version: None,
        },
        b_notify: notified.then_some(true),
        notification: notified.then_some(notice),
        r#type: Some(4),
    };
    hex(&request.encode_to_vec())
}

#[test]
fn a_body_that_makes_no_sense_is_refused_by_its_code() {
    let mut driven = Driven::level(false, 1);
    for topic in ["queryChrmI", "chrmPull", "setKV", "delKV", "pullKV"] {
        driven.receive(&query(topic, "r", "ff"));
        assert_eq!(driven.sent(), [answer(33003, "")], "{topic}");
        assert!(driven.connection.poll_ask().is_none());
    }
}

#[test]
fn answers_have_the_bodies_that_clients_of_2x_want() {
    let mut driven = Driven::level(false, 1);
    let (id, _) = driven.asked(&query("joinChrm", "r", "0801"));
    driven.told(id, joined(0));
    assert_eq!(driven.sent(), [answer(0, "0800 1801 2002 2803 3001 3800")]);
    for (topic, body, told) in [
        ("exitChrm", "0801", ChatroomTold::Left),
        ("delKV", "0a05 0a016b 1200", ChatroomTold::EntryChanged),
    ] {
        let (id, _) = driven.asked(&query(topic, "r", body));
        driven.told(id, of_room(told));
        assert_eq!(driven.sent(), [answer(0, "0800")]);
    }
    let (id, _) = driven.asked(&query("queryChrmI", "r", "0805 1001"));
    driven.told(id, of_room(ChatroomTold::Members(7, vec![("a".into(), UnixMillis::new(9))])));
    assert_eq!(driven.sent(), [answer(0, "0807 1205 0809 120161")]);
}

#[test]
fn entries_come_as_ones_that_replace_whatever_the_client_has() {
    let mut driven = in_room(false, 0);
    let entry = |key: &str, value: &str, removed: bool, time: i64| {
        let setter = UserId::from("a");
        let mark =
            EntryMark { setter, auto_delete: !removed, removed, time: UnixMillis::new(time) };
        Entry { key: key.into(), value: value.into(), mark }
    };
    let entries = vec![entry("k", "v", false, 5), entry("l", "", true, 6)];
    let (id, _) = driven.asked(&query("pullKV", "r", "0801"));
    let told = Entries { entries, full: false, head: UnixMillis::new(6) };
    driven.told(id, of_room(ChatroomTold::Entries(told)));
    let output: hongyan::proto::ChrmKvOutput = {
        let [sent] = &driven.sent()[..] else { panic!("one answer") };
        prost::Message::decode(unhex(sent).slice(9..)).unwrap()
    };
    assert_eq!((output.b_full_update, output.sync_time), (Some(false), Some(6)));
    let read = |entry: &hongyan::proto::ChrmKvEntity| {
        (entry.key.clone(), entry.status, entry.timestamp, entry.uid.clone())
    };
    let uid = || Some("a".to_owned());
    assert_eq!(read(&output.entries[0]), ("k".into(), Some(3), Some(5), uid()));
    assert_eq!(read(&output.entries[1]), ("l".into(), Some(6), Some(6), uid()));
}

#[test]
fn entries_that_do_not_fit_are_announced_again() {
    let mut driven = in_room(false, 0);
    let entry = |n: i64| Entry {
        key: format!("k{n}"),
        value: "鸿".repeat(4096),
        mark: EntryMark {
            setter: "a".into(),
            auto_delete: false,
            removed: false,
            time: UnixMillis::new(n),
        },
    };
    let entries = (1..=20).map(entry).collect();
    let (id, _) = driven.asked(&query("pullKV", "r", "0800"));
    let told = Entries { entries, full: true, head: UnixMillis::new(20) };
    driven.told(id, of_room(ChatroomTold::Entries(told)));
    let sent = driven.sent();
    let output: hongyan::proto::ChrmKvOutput =
        prost::Message::decode(unhex(&sent[0]).slice(9..)).unwrap();
    let given = output.entries.len() as i64;
    assert!(given > 1 && given < 20 && sent[0].len() / 2 < hongyan::wire::MAX_FRAME);
    assert_eq!(output.sync_time, Some(given));
    let command = "305f5e1000 0005 735f636d64 0001 72 0000 0802 1014 1a0172";
    assert_eq!(sent[1..], [command.replace(' ', "")]);
}

#[test]
fn the_next_message_is_pushed_to_clients_with_the_extensions_and_rings_for_others() {
    for (extended, expected) in [(true, PUSHED), (false, RUNG)] {
        let mut driven = in_room(extended, 3);
        driven.notice(message(4, false));
        assert_eq!(driven.sent(), [expected]);
    }
}

#[test]
fn what_this_session_said_itself_is_not_told_again() {
    for extended in [true, false] {
        let mut driven = in_room(extended, 3);
        driven.notice(message(4, true));
        assert!(driven.sent().is_empty());
        driven.notice(message(5, false));
        assert_eq!(driven.sent().len(), 1);
    }
}

#[test]
fn a_message_that_comes_during_a_pull_rings_after_it() {
    let mut driven = in_room(true, 3);
    let (id, _) = driven.asked(&query("chrmPull", "r", PULL));
    assert!(!driven.connection.wants_input());
    driven.notice(message(4, false));
    driven.notice(message(5, false));
    assert!(driven.sent().is_empty());
    driven.told(id, page_of(4, 4));
    let sent = driven.sent();
    assert!(sent.len() == 2 && is_room_bell(&sent[1]), "{sent:?}");
}

#[test]
fn nothing_is_told_of_a_room_before_the_join_is_answered_or_after_the_exit() {
    let mut driven = Driven::level(true, 1);
    driven.notice(message(1, false));
    assert!(driven.sent().is_empty());
    let mut driven = in_room(true, 3);
    let (id, _) = driven.asked(&query("exitChrm", "r", "0801"));
    driven.told(id, of_room(ChatroomTold::Left));
    driven.sent();
    driven.notice(message(4, false));
    driven.receive(PING);
    assert_eq!(driven.sent(), [PONG]);
}

#[test]
fn a_bell_that_nobody_answered_rings_again_with_the_ping() {
    let mut driven = in_room(false, 3);
    driven.notice(message(4, false));
    driven.notice(message(5, false));
    assert_eq!(driven.sent(), [RUNG], "one bell for all until the pull");
    driven.receive(PING);
    let sent = driven.sent();
    assert!(sent.len() == 2 && is_room_bell(&sent[1]), "{sent:?}");
}

#[test]
fn a_session_that_goes_on_in_its_users_rooms_hears_of_what_it_missed() {
    let standing = || Notice::Chatroom(ChatroomNotice::Standing { room: r(), head: head(4) });
    let mut driven = Driven::new(false);
    driven.notice(standing());
    assert!(driven.sent().is_empty(), "CONNACK comes first");
    let (id, _) = driven.connection.poll_ask().unwrap();
    driven.told(id, page(&[], 1));
    let sent = driven.sent();
    assert!(sent.len() == 2 && is_room_bell(&sent[1]), "{sent:?}");
}

#[test]
fn who_is_put_out_hears_a_bell_whose_pull_is_refused() {
    let left = || {
        let bell = Bytes::from_static(b"bell");
        Notice::Chatroom(ChatroomNotice::Left { room: r(), bell })
    };
    for extended in [true, false] {
        let mut driven = in_room(extended, 3);
        driven.notice(left());
        assert_eq!(driven.sent(), [RUNG]);
        driven.notice(message(4, false));
        assert!(driven.sent().is_empty());
    }
}

#[test]
fn after_lost_notices_the_session_asks_where_its_rooms_stand() {
    let missed = |driven: &mut Driven| {
        driven.handle(Input::NoticesMissed);
        let asks = std::iter::from_fn(|| driven.connection.poll_ask());
        let (id, _) = asks
            .into_iter()
            .find(|(_, ask)| *ask == Ask::Chatroom(r(), ChatroomAsk::Head))
            .expect("not asked");
        driven.sent();
        id
    };
    let mut driven = in_room(true, 3);
    let id = missed(&mut driven);
    driven.told(id, of_room(ChatroomTold::Head(head(9))));
    let sent = driven.sent();
    assert!(sent.len() == 2 && is_room_bell(&sent[0]), "{sent:?}");
    assert!(sent[1].contains(&hex(b"s_cmd")), "entries may have changed, too");
    let id = missed(&mut driven);
    driven.told(id, Told::Refused(23406));
    let sent = driven.sent();
    assert!(is_room_bell(&sent[0]), "{sent:?}");
    driven.notice(message(10, false));
    assert!(driven.sent().is_empty());
}

#[test]
fn e17_a_session_that_does_not_read_gets_bells_instead_of_messages_and_is_cut_at_last() {
    let mut driven = in_room(true, 0);
    for seq in 1..=(MAX_QUEUED_FRAMES as u64) * 2 {
        driven.notice(message(seq, false));
    }
    let sent = driven.sent();
    let pushes = sent.iter().filter(|frame| *frame == PUSHED).count();
    assert_eq!((pushes, sent.len()), (MAX_QUEUED_FRAMES / 2 + 1, MAX_QUEUED_FRAMES / 2 + 2));
    assert_eq!(sent.last().map(String::as_str), Some(RUNG));
}

#[test]
fn the_history_of_a_room_is_asked_for_by_the_name_in_the_body() {
    let mut driven = Driven::level(false, 1);
    let (_, ask) = driven.asked(&query("qryCHMsg", "me", "0a0172 1000 1805 2000"));
    let Ask::History(crate::core::ask::HistoryAsk::Read(query)) = ask else { panic!("{ask:?}") };
    assert_eq!(query.conversation, ConversationId::new(ConversationKind::Chatroom, "r"));
}
