//! What the application's server sends.

use hongyan::error::ErrorCode;

use super::super::super::ask::{Login, Notice, TokenOf};
use super::super::super::outside::Published;
use super::*;
use crate::store::{Rule, RuleKind};

fn published(kind: i32, to: &str) -> Published {
    Published {
        sender: "boss".into(),
        conversation: room(kind, to),
        only_to: Vec::new(),
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from_static(b"{}"),
        flags: MessageFlags::NORMAL,
        include_sender: false,
    }
}

#[tokio::test]
async fn f20_what_is_decided_between_the_check_of_a_login_and_its_begin_ends_it() {
    let server = Server::new();
    let join = |token: TokenOf| {
        let inlet = Arc::new(Inlet::default());
        let checked = Login { token, ..login("a", None) };
        server.0.join(&checked, true, inlet.clone(), UnixMillis::new(START));
        inlet.taken()
    };
    let token = |issued, session: &str| TokenOf {
        issued: UnixMillis::new(issued),
        session: session.into(),
    };
    let rule = |kind| vec![Rule { kind, group: String::new(), user: "a".into() }];
    server.0.put_rules(rule(RuleKind::TokensRevoked), UnixMillis::new(5)).await.unwrap();
    let until = UnixMillis::new(START + 9);
    server.0.end_account_sessions(&"a".into(), vec!["s".into()], until).await.unwrap();
    assert_eq!(join(token(5, "t")), []);
    assert_eq!(join(token(4, "")), [Notice::TokensRevoked]);
    assert_eq!(join(token(5, "s")), [Notice::TokensRevoked]);
    assert_eq!(server.0.hub().session_count(), 1, "those that are good stay");
    server.0.forget_ended_sessions(until).await.unwrap();
    assert_eq!(join(token(5, "s")), []);
    server.0.put_rules(rule(RuleKind::Blocked), until).await.unwrap();
    assert_eq!(join(token(5, "t")), [Notice::Banned]);
    assert!(!server.0.hub().is_online(&"a".into()));
}

#[tokio::test]
async fn a_system_message_stands_by_itself() {
    let server = Server::new();
    let b = server.join("b", true);
    server.0.publish(published(6, "b"), at(0)).await.unwrap();
    server.0.publish(published(1, "b"), at(0)).await.unwrap();
    let rows = b.rows();
    let conversations: Vec<_> = rows.iter().map(|row| row.conversation.clone()).collect();
    assert_eq!(conversations, [room(6, "boss"), room(1, "boss")]);
    assert_eq!(server.list("b").await.len(), 2);
    assert_eq!(server.head("boss").await, 0);
}

#[tokio::test]
async fn the_sender_gets_it_if_asked_for() {
    let server = Server::new();
    let (boss, old) = (server.join("boss", true), server.join("boss", false));
    let include = |kind, to| Published { include_sender: true, ..published(kind, to) };
    server.0.publish(include(1, "b"), at(0)).await.unwrap();
    let [row] = &boss.rows()[..] else { panic!("one row") };
    assert_eq!((&row.conversation, row.own), (&room(1, "b"), true));
    let [Notice::SyncCopy { original, .. }] = &old.inlet.taken()[..] else { panic!("a copy") };
    assert_eq!((&*original.topic, &*original.target), ("ppMsgP", "b"));
    server.0.publish(include(6, "b"), at(0)).await.unwrap();
    assert_eq!(server.head("boss").await, 1);
}

#[tokio::test]
async fn a_group_hears_from_who_is_none_of_it() {
    let server = Server::new();
    server.group(&["a", "b"]).await;
    let a = server.join("a", true);
    for _ in 0..20 {
        server.0.publish(published(3, "g"), at(0)).await.unwrap();
    }
    assert_eq!((a.rows().len(), server.head("b").await), (20, 20));
    let only = Published { only_to: vec!["b".into()], ..published(3, "g") };
    server.0.publish(only, at(0)).await.unwrap();
    assert_eq!((a.rows().len(), server.head("b").await), (0, 21));
    let nowhere = server.0.publish(published(3, "nowhere"), at(0)).await;
    assert_eq!(nowhere, Err(ErrorCode::NotInGroup));
}

#[tokio::test]
async fn the_application_takes_back_whatever_it_likes() {
    let server = Server::new();
    server.group(&["a", "b"]).await;
    let (a, b) = (server.join("a", true), server.join("b", true));
    let sent = server.send(&a, send(3, "g", "oops", MessageFlags::NORMAL, None)).await;
    b.rows();
    let later = at(365 * 86_400_000);
    let take_back = async |kind, to| {
        server.0.take_back("a".into(), room(kind, to), sent.uid.clone(), later).await
    };
    assert_eq!(take_back(1, "b").await, Err(ErrorCode::from_number(25101)));
    assert_eq!(take_back(4, "g").await, Err(ErrorCode::from_number(23410)));
    take_back(3, "g").await.unwrap();
    assert_eq!(classes(&b.rows()), ["RC:RcCmd"]);
    assert_eq!(classes(&a.rows()), ["RC:RcCmd"]);
    assert_eq!(classes(&server.inbox("b").await), ["RC:RcNtf", "RC:RcCmd"]);
    assert_eq!(take_back(3, "g").await, Err(ErrorCode::from_number(25101)));
}

#[tokio::test]
async fn a_command_without_flags_waits_for_who_is_offline() {
    let server = Server::new();
    let command = Published {
        object_name: "RC:CmdMsg".into(),
        flags: MessageFlags::of_class("RC:CmdMsg"),
        ..published(1, "b")
    };
    server.0.publish(command, at(0)).await.unwrap();
    assert_eq!(classes(&server.inbox("b").await), ["RC:CmdMsg"]);
    assert_eq!(server.list("b").await, []);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    let server = Server::new();
    for kind in [12] {
        let refused = server.0.publish(published(kind, "b"), at(0)).await;
        assert_eq!(refused, Err(ErrorCode::Unauthorized));
    }
    let nobody = Published { sender: "".into(), ..published(1, "b") };
    assert_eq!(server.0.publish(nobody, at(0)).await, Err(ErrorCode::InvalidArgument));
    assert_eq!(server.0.publish(published(1, ""), at(0)).await, Err(ErrorCode::InvalidArgument));
}
