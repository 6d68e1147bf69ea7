//! Blacklists, profiles, who is online.

use super::super::super::ask::{PeopleAsk, PeopleTold, SettingsAsk};
use super::super::super::presence::{MAX_WATCHED, Presence};
use super::*;
use crate::store::{Blacklists, Profile, Profiles, QuietHours};

async fn ask(server: &Server, session: &Session, ask: PeopleAsk) -> Told {
    server.serve(session, Ask::People(ask), at(0)).await
}

async fn refused_number(server: &Server, session: &Session, what: PeopleAsk) -> u16 {
    let Told::Refused(code) = ask(server, session, what).await else { panic!("not refused") };
    code
}

fn presences(list: &[(&str, usize, i32)]) -> Told {
    let one = |(user, logins, status): &(&str, usize, i32)| Presence {
        user: UserId::from(*user),
        logins: *logins,
        status: *status,
    };
    Told::People(PeopleTold::Presences(list.iter().map(one).collect()))
}

#[tokio::test]
async fn what_a_blocked_user_sends_is_refused_and_nothing_of_it_is_stored() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    assert_eq!(ask(&server, &b, PeopleAsk::Block("a".into())).await, Told::Done);
    let read =
        || of_class("RC:ReadNtf", 1, "b", r#"{"lastMessageSendTime":1}"#, MessageFlags::default());
    for what in [say("b", "hello"), say_with_id(7, "b", "hello"), typing("b"), read()] {
        assert_eq!(server.serve(&a, what, at(0)).await, Told::Refused(405));
    }
    assert_eq!((server.inbox("a").await, server.inbox("b").await), (vec![], vec![]));
    assert_eq!(b.inlet.taken(), []);
    assert_eq!(ask(&server, &b, PeopleAsk::Unblock("a".into())).await, Told::Done);
    server.send(&a, say_with_id(7, "b", "hello")).await;
    assert_eq!(server.head("b").await, 1);
}

#[tokio::test]
async fn what_was_stored_before_the_block_is_sent_however_often_it_is_repeated() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let first = server.send(&a, say_with_id(7, "b", "hello")).await;
    assert_eq!(ask(&server, &b, PeopleAsk::Block("a".into())).await, Told::Done);
    let again = server.send(&a, say_with_id(7, "b", "hello")).await;
    assert_eq!((&again.uid, again.repeated), (&first.uid, true));
    assert_eq!(server.serve(&a, say_with_id(8, "b", "x"), at(0)).await, Told::Refused(405));
    assert_eq!(server.head("b").await, 1);
}

#[tokio::test]
async fn who_blocks_may_still_write_and_rooms_are_not_concerned() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.group(&["a", "b"]).await;
    ask(&server, &b, PeopleAsk::Block("a".into())).await;
    server.send(&b, say("a", "hello")).await;
    server.send(&a, send(3, "g", "to all", MessageFlags::NORMAL, None)).await;
    assert_eq!(server.inbox("b").await.len(), 2);
    server.send(&a, say("a", "to myself")).await;
}

#[tokio::test]
async fn a_message_from_before_may_be_taken_back() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let sent = server.send(&a, say("b", "hello")).await;
    ask(&server, &b, PeopleAsk::Block("a".into())).await;
    let uid = sent.uid.as_str();
    let content =
        format!(r#"{{"messageUId":"{uid}","conversationType":1,"targetId":"b","sentTime":1}}"#);
    server.send(&a, of_class("RC:RcCmd", 1, "b", &content, MessageFlags::NORMAL)).await;
}

#[tokio::test]
async fn a_blacklist_tells_who_is_on_it() {
    let server = Server::new();
    let a = server.join("a", true);
    for user in ["c", "b"] {
        assert_eq!(ask(&server, &a, PeopleAsk::Block(user.into())).await, Told::Done);
    }
    let list = Told::People(PeopleTold::Users(vec!["b".into(), "c".into()]));
    assert_eq!(ask(&server, &a, PeopleAsk::Blacklist).await, list);
    for (user, unblocked) in [("b", false), ("d", true)] {
        let told = ask(&server, &a, PeopleAsk::IsUnblocked(user.into())).await;
        assert_eq!(told, Told::Whether(unblocked));
    }
}

#[tokio::test]
async fn who_cannot_be_blocked_is_refused() {
    let server = Server::new();
    let a = server.join("a", true);
    for user in ["", "a", "b\0", &"b".repeat(65)] {
        let block = PeopleAsk::Block(user.into());
        assert_eq!(refused_number(&server, &a, block).await, 33003, "{user:?}");
    }
    assert_eq!(refused_number(&server, &a, PeopleAsk::Unblock("".into())).await, 33003);
    assert_eq!(refused_number(&server, &a, PeopleAsk::IsUnblocked("".into())).await, 33003);
    assert_eq!(server.0.store().blacklist(&"a".into()).await, Ok(vec![]));
}

#[tokio::test]
async fn a_profile_is_told_to_everybody() {
    let server = Server::new();
    let a = server.join("a", true);
    assert_eq!(refused_number(&server, &a, PeopleAsk::Profile("b".into())).await, 23407);
    let profile = Profile { name: "Swan".into(), portrait: "p".into(), ..Profile::default() };
    server.0.store().put_profile(&"b".into(), profile.clone()).await.unwrap();
    let told = ask(&server, &a, PeopleAsk::Profile("b".into())).await;
    assert_eq!(told, Told::People(PeopleTold::Profile("b".into(), profile)));
}

#[tokio::test]
async fn presence_follows_logins_and_the_status_what_was_set() {
    let server = Server::new();
    let a = server.join("a", true);
    let watch = PeopleAsk::Watch(vec!["b".into(), "c".into()]);
    assert_eq!(ask(&server, &a, watch).await, presences(&[("b", 0, 0), ("c", 0, 0)]));
    let b = server.join("b", true);
    assert_eq!(ask(&server, &b, PeopleAsk::SetStatus(7)).await, Told::Done);
    server.0.hub().leave(&"b".into(), b.id);
    let is = |logins, status| Notice::Presence(Presence { user: "b".into(), logins, status });
    assert_eq!(a.inlet.taken(), [is(1, 0), is(1, 7), is(0, 7)]);
    let told = ask(&server, &a, PeopleAsk::Presence("b".into())).await;
    assert_eq!(told, presences(&[("b", 0, 7)]), "a status outlives a login");
    assert_eq!(ask(&server, &a, PeopleAsk::Watched).await, presences(&[("b", 0, 7), ("c", 0, 0)]));
    assert_eq!(ask(&server, &a, PeopleAsk::Unwatch(vec!["b".into()])).await, Told::Done);
    server.join("b", true);
    assert_eq!(a.inlet.taken(), []);
}

#[tokio::test]
async fn to_those_whom_a_user_blocks_it_is_offline_and_they_do_not_learn_why() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let c = server.join("c", true);
    assert_eq!(ask(&server, &b, PeopleAsk::SetStatus(7)).await, Told::Done);
    let watch = || PeopleAsk::Watch(vec!["b".into()]);
    for watcher in [&a, &c] {
        assert_eq!(ask(&server, watcher, watch()).await, presences(&[("b", 1, 7)]));
    }
    assert_eq!(ask(&server, &b, PeopleAsk::Block("a".into())).await, Told::Done);
    let presence = |logins, status| Notice::Presence(Presence { user: "b".into(), logins, status });
    assert_eq!((a.inlet.taken(), c.inlet.taken()), (vec![presence(0, 0)], vec![]));
    let again = server.join("b", true);
    assert_eq!(ask(&server, &b, PeopleAsk::SetStatus(8)).await, Told::Done);
    assert_eq!(a.inlet.taken(), []);
    assert_eq!(c.inlet.taken(), [presence(2, 7), presence(2, 8)]);
    for told in [watch(), PeopleAsk::Watched, PeopleAsk::Presence("b".into())] {
        assert_eq!(ask(&server, &a, told).await, presences(&[("b", 0, 0)]));
    }
    assert_eq!(a.inlet.taken(), []);
    // Whoever blocks still sees the other.
    let of_a = ask(&server, &b, PeopleAsk::Presence("a".into())).await;
    assert_eq!(of_a, presences(&[("a", 1, 0)]));
    assert_eq!(ask(&server, &b, PeopleAsk::Unblock("a".into())).await, Told::Done);
    assert_eq!(a.inlet.taken(), [presence(2, 8)]);
    server.0.hub().leave(&"b".into(), again.id);
    assert_eq!(a.inlet.taken(), [presence(1, 8)]);
}

#[tokio::test]
async fn bad_questions_about_presence_change_nothing() {
    let server = Server::new();
    let a = server.join("a", true);
    let many: Vec<UserId> = (0..=MAX_WATCHED).map(|n| n.to_string().into()).collect();
    for (what, code) in [
        (PeopleAsk::Watch(many), 26022),
        (PeopleAsk::Watch(vec![]), 33003),
        (PeopleAsk::Watch(vec!["b".into(), "".into()]), 33003),
        (PeopleAsk::Presence("".into()), 33003),
        (PeopleAsk::SetStatus(-1), 33003),
    ] {
        assert_eq!(refused_number(&server, &a, what).await, code);
    }
    assert_eq!(server.0.hub().watched(a.id), []);
    let codes = async || ask(&server, &a, PeopleAsk::SetStatus(1)).await;
    for _ in 0..10 {
        assert_eq!(codes().await, Told::Done);
    }
    assert_eq!(codes().await, Told::Refused(20604), "so often and no more");
}

#[tokio::test]
async fn other_logins_hear_of_quiet_hours() {
    let server = Server::new();
    let (tv, pc) = (server.join("a", true), server.join("a", true));
    let quiet = Some(QuietHours { start: 0, minutes: 60, mentions: false });
    let set = Ask::Settings(SettingsAsk::SetQuietHours(quiet));
    assert_eq!(server.serve(&tv, set, at(0)).await, Told::Done);
    assert_eq!(pc.inlet.taken(), [Notice::UserSettingsChanged(START)]);
    assert_eq!(tv.inlet.taken(), []);
    let told = server.serve(&pc, Ask::Settings(SettingsAsk::OfUser), at(0)).await;
    let Told::UserSettings(settings) = told else { panic!("{told:?}") };
    assert_eq!((settings.quiet_hours, settings.version), (quiet, START));
}
