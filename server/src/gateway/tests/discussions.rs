//! `crDiz` and the others.

use hongyan::ids::TargetId;

use super::*;
use crate::core::ask::DiscussionAsk;
use crate::store::{Member, Role, Room, RoomInfo};

#[test]
fn each_question_asks_for_its_thing() {
    let room = || TargetId::from("d");
    for (topic, body, expected) in [
        ("crDiz", "0a0167", DiscussionAsk::Create("g".to_owned())),
        ("crDiz", "", DiscussionAsk::Create(String::new())),
        ("invtDiz", "0a0162 0a0163", DiscussionAsk::Invite(room(), vec!["b".into(), "c".into()])),
        ("dizInf", "0801", DiscussionAsk::Info(room())),
        ("quitDiz", "0801", DiscussionAsk::Quit(room())),
        ("quitDiz", "", DiscussionAsk::Quit(room())),
        ("evctDiz", "0a0162", DiscussionAsk::Evict(room(), "b".into())),
        ("rename", "0a0167", DiscussionAsk::Rename(room(), "g".to_owned())),
        ("pdOpen", "0800", DiscussionAsk::SetOpen(room(), true)),
        ("pdOpen", "0801", DiscussionAsk::SetOpen(room(), false)),
    ] {
        let mut driven = Driven::level(false, 1);
        let (id, ask) = driven.asked(&query(topic, "d", body));
        assert_eq!(ask, Ask::Discussion(expected), "{topic}");
        driven.told(id, Told::Refused(21406));
        assert_eq!(driven.sent(), [answer(21406, "")]);
    }
}

#[test]
fn a_body_that_makes_no_sense_is_refused_by_its_code() {
    let mut driven = Driven::level(false, 1);
    for topic in ["crDiz", "invtDiz", "evctDiz", "rename", "pdOpen"] {
        driven.receive(&query(topic, "d", "ff"));
        assert_eq!(driven.sent(), [answer(33003, "")], "{topic}");
        assert!(driven.connection.poll_ask().is_none());
    }
}

#[test]
fn what_was_made_is_named() {
    let mut driven = Driven::level(false, 1);
    let (id, _) = driven.asked(&query("crDiz", "me", "0a0167"));
    driven.told(id, Told::Created("d".into()));
    assert_eq!(driven.sent(), [answer(0, "0a0164")]);
    let (id, _) = driven.asked(&query("quitDiz", "d", "0801"));
    driven.told(id, Told::Done);
    assert_eq!(driven.sent(), [answer(0, "")]);
}

#[test]
fn a_discussion_names_its_owner_and_ten_members() {
    let mut driven = Driven::level(false, 1);
    let (id, _) = driven.asked(&query("dizInf", "d", "0801"));
    let member = |n: u8| Member {
        user: UserId::from(char::from(b'a' + n).to_string()),
        role: if n == 0 { Role::Owner } else { Role::Member },
        joined: UnixMillis::ZERO,
    };
    let info = RoomInfo {
        id: ConversationId::new(ConversationKind::Discussion, "d"),
        name: "geese".to_owned(),
        open: false,
    };
    driven.told(id, Told::Room(Room { info, members: (0..12).map(member).collect() }));
    let users: String = (b'a'..=b'j').map(|user| format!("2a01{user:02x}")).collect();
    let body = format!("0802 120164 1a056765657365 220161 {users} 3001");
    assert_eq!(driven.sent(), [answer(0, &body)]);
}
