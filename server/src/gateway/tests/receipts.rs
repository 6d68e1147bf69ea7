//! `rrMsg`, `rrList`.

use super::*;
use crate::store::Reader;

fn room(kind: i32) -> ConversationId {
    ConversationId::new(ConversationKind::from_number(kind), "g")
}

#[test]
fn what_was_read_is_asked_to_be_remembered() {
    let uids = vec![MessageUid::from("u1"), MessageUid::from("u2")];
    for (extended, more, kind) in
        [(true, "", 3), (true, "c03e02", 2), (true, "c03e07", 3), (false, "c03e02", 3)]
    {
        let mut driven = Driven::level(extended, 1);
        let body = format!("0a027531 0a027532 {more}");
        let (id, ask) = driven.asked(&query("rrMsg", "g", &body));
        assert_eq!(ask, Ask::RecordRead(room(kind), uids.clone()));
        driven.told(id, Told::Done);
        assert_eq!(driven.sent(), [answer(0, "")]);
    }
}

#[test]
fn readers_are_listed_with_their_times() {
    let mut driven = Driven::level(false, 1);
    let (id, ask) = driven.asked(&query("rrList", "g", "0a027531"));
    assert_eq!(ask, Ask::Readers(room(3), "u1".into()));
    let reader = Reader { user: "b".into(), time: UnixMillis::new(5) };
    driven.told(id, Told::Readers(vec![reader], 3));
    assert_eq!(driven.sent(), [answer(0, "0803 1205 0805 120162")]);
}

#[test]
fn a_question_about_no_message_makes_no_sense() {
    let mut driven = Driven::level(false, 1);
    for topic in ["rrMsg", "rrList"] {
        for body in ["", "ff"] {
            driven.receive(&query(topic, "g", body));
            assert_eq!(driven.sent(), [answer(33003, "")]);
        }
    }
}
