//! Blacklists, profiles, who is online.

use hongyan::proto::{
    Add2BlackListInput, BlackListStatusInput, GetUserInfoInput, GetUserInfoOutput,
    GetUserStatusInput, GetUserStatusOutput, QueryBlackListInput, QueryBlackListOutput,
    RemoveFromBlackListInput, SetUserStatusInput, SubUserStatusInput,
};

use super::*;
use crate::core::ask::{PeopleAsk, PeopleTold};
use crate::core::presence::Presence;
use crate::store::Profile;

fn asks(ask: Ask) -> PeopleAsk {
    let Ask::People(ask) = ask else { panic!("{ask:?}") };
    ask
}

fn presence(logins: usize, status: i32) -> Presence {
    Presence { user: "you".into(), logins, status }
}

const ONE: &str = r#"{"us":[{"o":true,"p":"Websocket","s":3}]}"#;
const OFFLINE: &str = r#"{"us":[{"o":false,"p":"Websocket","s":3}]}"#;

#[test]
fn somebody_is_blocked_and_unblocked() {
    let mut driven = Driven::level(false, 1);
    let block = Add2BlackListInput { user_id: "you".into() };
    let (id, ask) = driven.query("addBlack", "you", &block);
    assert_eq!(asks(ask), PeopleAsk::Block("you".into()));
    driven.told(id, Told::Done);
    assert_eq!(driven.status_and_body(), (0, Bytes::new()));
    let unblock = RemoveFromBlackListInput { user_id: "you".into() };
    let (id, ask) = driven.query("rmBlack", "you", &unblock);
    assert_eq!(asks(ask), PeopleAsk::Unblock("you".into()));
    driven.told(id, Told::Refused(33003));
    assert_eq!(driven.status_and_body(), (33003, Bytes::new()));
}

#[test]
fn the_status_says_whether_somebody_is_on_the_list() {
    let mut driven = Driven::level(false, 1);
    let status = BlackListStatusInput { user_id: "you".into() };
    for (unblocked, expected) in [(false, 0), (true, 1)] {
        let (id, ask) = driven.query("blackStat", "you", &status);
        assert_eq!(asks(ask), PeopleAsk::IsUnblocked("you".into()));
        driven.told(id, Told::Whether(unblocked));
        assert_eq!(driven.status_and_body(), (expected, Bytes::new()));
    }
    let (id, ask) = driven.query("getBlack", "me", &QueryBlackListInput { nothing: 1 });
    assert_eq!(asks(ask), PeopleAsk::Blacklist);
    driven.told(id, Told::People(PeopleTold::Users(vec!["b".into(), "c".into()])));
    let list: QueryBlackListOutput = driven.answered(0);
    assert_eq!(list.user_ids, ["b", "c"]);
}

#[test]
fn a_user_has_a_name_and_a_portrait() {
    let mut driven = Driven::level(false, 1);
    let (id, ask) = driven.query("userInf", "you", &GetUserInfoInput { nothing: 1 });
    assert_eq!(asks(ask), PeopleAsk::Profile("you".into()));
    let profile = Profile { name: "Swan".into(), portrait: "p".into(), ..Profile::default() };
    driven.told(id, Told::People(PeopleTold::Profile("you".into(), profile)));
    let info: GetUserInfoOutput = driven.answered(0);
    let told = [&*info.user_id, &*info.user_name, &*info.user_portrait];
    assert_eq!(told, ["you", "Swan", "p"]);
}

#[test]
fn anybodys_status_may_be_asked_for() {
    let mut driven = Driven::level(false, 1);
    for (logins, text) in [(1, ONE), (0, OFFLINE)] {
        let (id, ask) = driven.query("getUserStatus", "you", &GetUserStatusInput::default());
        assert_eq!(asks(ask), PeopleAsk::Presence("you".into()));
        driven.told(id, Told::People(PeopleTold::Presences(vec![presence(logins, 3)])));
        let status: GetUserStatusOutput = driven.answered(0);
        assert_eq!(status.status.as_deref(), Some(text));
        assert_eq!(status.sub_user_id.as_deref(), Some("you"));
    }
    let (_, ask) = driven.query("setUserStatus", "me", &SetUserStatusInput { status: Some(7) });
    assert_eq!(asks(ask), PeopleAsk::SetStatus(7));
    let (_, ask) = driven.query("setUserStatus", "me", &SetUserStatusInput::default());
    assert_eq!(asks(ask), PeopleAsk::SetStatus(0));
}

/// An `s_stat` frame's body.
fn pushed(frame: &str) -> GetUserStatusOutput {
    let head = "305f5e1000 0006 735f73746174 0002 6d65 0000".replace(' ', "");
    let body = frame.strip_prefix(&head).expect("no s_stat");
    prost::Message::decode(unhex(body)).unwrap()
}

#[test]
fn who_watches_is_told_at_once_and_later() {
    let mut driven = Driven::level(false, 1);
    let request = SubUserStatusInput { userid: vec!["you".into()], hy_stop: None };
    let (id, ask) = driven.query("subUserStatus", "me", &request);
    assert_eq!(asks(ask), PeopleAsk::Watch(vec!["you".into()]));
    driven.told(id, Told::People(PeopleTold::Presences(vec![presence(0, 3)])));
    let sent = driven.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(pushed(&sent[1]).status.as_deref(), Some(OFFLINE));
    driven.notice(Notice::Presence(presence(1, 3)));
    let sent = driven.sent();
    assert_eq!(pushed(&sent[0]).status.as_deref(), Some(ONE));
    assert_eq!(pushed(&sent[0]).sub_user_id.as_deref(), Some("you"));
    let (id, _) = driven.query("subUserStatus", "me", &request);
    driven.told(id, Told::Refused(26022));
    assert_eq!(driven.status_and_body(), (26022, Bytes::new()));
}

#[test]
fn only_a_session_with_the_extensions_can_stop_watching() {
    let request = SubUserStatusInput { userid: vec!["you".into()], hy_stop: Some(true) };
    let users = || vec![UserId::from("you")];
    for (extended, expected) in
        [(true, PeopleAsk::Unwatch(users())), (false, PeopleAsk::Watch(users()))]
    {
        let mut driven = Driven::level(extended, 1);
        let (_, ask) = driven.query("subUserStatus", "me", &request);
        assert_eq!(asks(ask), expected);
    }
}

#[test]
fn what_was_missed_of_the_watched_is_told_again() {
    let mut driven = Driven::level(true, 1);
    driven.handle(Input::NoticesMissed);
    let asked = std::iter::from_fn(|| driven.connection.poll_ask()).collect::<Vec<_>>();
    let watched = asked.into_iter().find(|(_, ask)| *ask == Ask::People(PeopleAsk::Watched));
    let (id, _) = watched.expect("not asked");
    driven.sent();
    driven.told(id, Told::People(PeopleTold::Presences(vec![presence(1, 3)])));
    assert_eq!(pushed(&driven.sent()[0]).status.as_deref(), Some(ONE));
}

#[test]
fn before_the_login_is_answered_nothing_is_told() {
    let mut driven = Driven::new(true);
    driven.notice(Notice::Presence(presence(1, 3)));
    driven.notice(Notice::UserSettingsChanged(9));
    assert!(driven.sent().is_empty());
}

#[test]
fn a_body_that_makes_no_sense_is_refused() {
    let mut driven = Driven::level(false, 1);
    for topic in ["addBlack", "rmBlack", "blackStat", "setUserStatus", "subUserStatus"] {
        driven.receive_query(topic, "you", b"\xff");
        assert!(driven.connection.poll_ask().is_none());
        assert_eq!(driven.status_and_body(), (33003, Bytes::new()), "{topic}");
    }
}
