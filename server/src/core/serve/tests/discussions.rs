//! Discussions, which users run by themselves.

use hongyan::ids::TargetId;

use super::super::super::ask::{DiscussionAsk, Told};
use super::*;
use crate::store::Room;

/// A discussion that `a` made, with `b` in it.
async fn made(server: &Server, a: &Session) -> TargetId {
    let ask = Ask::Discussion(DiscussionAsk::Create("geese".to_owned()));
    let Told::Created(id) = server.serve(a, ask, at(0)).await else { panic!("not made") };
    assert_eq!(discuss(server, a, DiscussionAsk::Invite(id.clone(), vec!["b".into()])).await, OK);
    id
}

const OK: Told = Told::Done;

async fn discuss(server: &Server, session: &Session, ask: DiscussionAsk) -> Told {
    // Long after the last one: nobody is too fast.
    server.serve(session, Ask::Discussion(ask), at(1_000_000)).await
}

async fn info(server: &Server, session: &Session, id: &TargetId) -> Room {
    let told = discuss(server, session, DiscussionAsk::Info(id.clone())).await;
    let Told::Room(room) = told else { panic!("{told:?}") };
    room
}

/// The type, extension and operator of a notice.
fn notice(row: &InboxRow) -> (i64, String, String) {
    assert_eq!(&*row.object_name, "RC:DizNtf");
    assert!(row.flags.persisted && !row.flags.counted);
    let content: serde_json::Value = serde_json::from_slice(&row.content).unwrap();
    let text = |name: &str| content[name].as_str().unwrap().to_owned();
    (content["type"].as_i64().unwrap(), text("extension"), text("operator"))
}

fn told(session: &Session) -> Vec<(i64, String, String)> {
    session.rows().iter().map(notice).collect()
}

/// What they were told before does not matter.
fn forget(sessions: &[&Session]) {
    for session in sessions {
        session.rows();
    }
}

fn said(number: i64, extension: &str, operator: &str) -> (i64, String, String) {
    (number, extension.to_owned(), operator.to_owned())
}

#[tokio::test]
async fn who_makes_a_discussion_owns_it_and_brings_in_others() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let id = made(&server, &a).await;
    let room = info(&server, &b, &id).await;
    assert_eq!((&*room.info.name, room.owner().unwrap().as_str()), ("geese", "a"));
    assert_eq!(told(&b), [said(1, "b", "a")]);
    // The operator's own sessions hear of it, too: nothing else tells them of their row.
    assert_eq!(told(&a), [said(1, "b", "a")]);
    server.send(&b, send(2, id.as_str(), "hello", MessageFlags::NORMAL, None)).await;
    assert_eq!(a.rows().len(), 1);
}

#[tokio::test]
async fn a_closed_discussion_is_opened_by_its_owner_alone() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let id = made(&server, &a).await;
    forget(&[&a, &b]);
    let open = |open| DiscussionAsk::SetOpen(id.clone(), open);
    assert_eq!(discuss(&server, &b, open(false)).await, Told::Refused(20406));
    assert_eq!(discuss(&server, &a, open(false)).await, OK);
    assert_eq!(told(&b), [said(5, "1", "a")]);
    let invite = || DiscussionAsk::Invite(id.clone(), vec!["c".into()]);
    assert_eq!(discuss(&server, &b, invite()).await, Told::Refused(21409));
    assert_eq!(discuss(&server, &a, open(true)).await, OK);
    assert_eq!(discuss(&server, &b, invite()).await, OK);
    assert_eq!(told(&b), [said(5, "0", "a"), said(1, "c", "b")]);
    assert_eq!(info(&server, &a, &id).await.members.len(), 3);
}

#[tokio::test]
async fn who_leaves_or_is_put_out_is_told_and_gone() {
    let server = Server::new();
    let (a, b, c) = (server.join("a", true), server.join("b", true), server.join("c", true));
    let id = made(&server, &a).await;
    discuss(&server, &a, DiscussionAsk::Invite(id.clone(), vec!["c".into()])).await;
    forget(&[&a, &b, &c]);
    let evict = |user: &str| DiscussionAsk::Evict(id.clone(), user.into());
    assert_eq!(discuss(&server, &b, evict("c")).await, Told::Refused(20406));
    assert_eq!(discuss(&server, &a, evict("a")).await, Told::Refused(33003));
    assert_eq!(discuss(&server, &a, evict("c")).await, OK);
    assert_eq!(discuss(&server, &a, evict("c")).await, OK);
    for session in [&a, &b, &c] {
        assert_eq!(told(session), [said(4, "c", "a")]);
    }
    assert_eq!(discuss(&server, &a, DiscussionAsk::Quit(id.clone())).await, OK);
    assert_eq!(told(&b), [said(2, "a", "a")]);
    assert_eq!(info(&server, &b, &id).await.owner().unwrap().as_str(), "b");
    assert_eq!(c.inlet.taken(), []);
    for session in [&a, &c] {
        let ask = send(2, id.as_str(), "x", MessageFlags::NORMAL, None);
        assert_eq!(server.serve(session, ask, at(2_000_000)).await, Told::Refused(21406));
    }
}

#[tokio::test]
async fn every_member_may_give_another_name() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let id = made(&server, &a).await;
    forget(&[&a, &b]);
    let rename = |name: &str| DiscussionAsk::Rename(id.clone(), name.to_owned());
    assert_eq!(discuss(&server, &b, rename("swans")).await, OK);
    assert_eq!(told(&a), [said(3, "swans", "b")]);
    assert_eq!(info(&server, &a, &id).await.info.name, "swans");
    for name in ["", &"x".repeat(257), "a\nb"] {
        assert_eq!(discuss(&server, &b, rename(name)).await, Told::Refused(33003));
    }
}

#[tokio::test]
async fn outsiders_are_refused_everything() {
    let server = Server::new();
    let (a, x) = (server.join("a", true), server.join("x", true));
    let id = made(&server, &a).await;
    for ask in [
        DiscussionAsk::Invite(id.clone(), vec!["x".into()]),
        DiscussionAsk::Info(id.clone()),
        DiscussionAsk::Quit(id.clone()),
        DiscussionAsk::Evict(id.clone(), "a".into()),
        DiscussionAsk::Rename(id.clone(), "mine".to_owned()),
        DiscussionAsk::SetOpen(id.clone(), true),
        DiscussionAsk::Info("nowhere".into()),
    ] {
        assert_eq!(discuss(&server, &x, ask).await, Told::Refused(21406));
    }
}
