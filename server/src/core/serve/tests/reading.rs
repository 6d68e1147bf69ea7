//! Read receipts, read times on several devices, receipts of groups.

use hongyan::ids::MessageUid;

use super::super::super::ask::{Notice, Told};
use super::super::super::command;
use super::*;
use crate::store::Reader;

const PLAIN: MessageFlags = MessageFlags {
    persisted: false,
    counted: false,
    mentioned: false,
    silent: false,
    expandable: false,
};

fn up_to(ms: i64) -> String {
    command::read_content(UnixMillis::new(START + ms))
}

#[tokio::test]
async fn a_read_receipt_passes_by_and_its_time_is_kept() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.send(&a, say("b", "x")).await;
    b.rows();
    server.send(&b, of_class("RC:ReadNtf", 1, "a", &up_to(0), PLAIN)).await;
    let [row] = &a.passing()[..] else { panic!("one passes by") };
    assert_eq!((&row.conversation, &*row.object_name), (&room(1, "b"), "RC:ReadNtf"));
    let list = server.list("a").await;
    assert_eq!(list[0].peer_read, UnixMillis::new(START));
    assert_eq!((server.list("b").await[0].unread, server.head("a").await), (1, 1));
}

#[tokio::test]
async fn a_receipt_that_is_dropped_still_counts() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    for n in 0..11 {
        stored(server.serve(&a, say("b", "x"), at(n * 1000)).await);
        server.serve(&b, of_class("RC:ReadNtf", 1, "a", &up_to(n * 1000), PLAIN), at(0)).await;
    }
    assert_eq!(a.passing().len(), 10);
    assert_eq!(server.list("a").await[0].peer_read, UnixMillis::new(START + 10_000));
}

#[tokio::test]
async fn what_was_read_here_is_read_on_the_other_devices() {
    let server = Server::new();
    server.group(&["a", "b", "c"]).await;
    let (a, b) = (server.join("a", true), server.join("b", true));
    let (new, old) = (server.join("b", true), server.join("b", false));
    for (kind, target, to) in [(1, "b", "a"), (3, "g", "g")] {
        let sent = server.send(&a, send(kind, target, "x", MessageFlags::NORMAL, None)).await;
        for session in [&b, &new, &old] {
            session.rows();
        }
        let content = command::read_content(sent.sent_time);
        let ask = directed(of_class("RC:SRSMsg", kind, to, &content, PLAIN), &["b"]);
        server.send(&b, ask).await;
        let [row] = &new.passing()[..] else { panic!("one passes by") };
        assert_eq!((&row.conversation, row.own), (&room(kind, to), true));
        assert_eq!((&*row.object_name, row.sender.as_str()), ("RC:SRSMsg", "b"));
        let [Notice::SyncCopy { original, stored }] = &old.inlet.taken()[..] else {
            panic!("a copy")
        };
        assert_eq!((original, stored.uid.is_empty()), (&frame(), true));
        assert_eq!((a.inlet.taken(), b.inlet.taken()), (vec![], vec![]));
        let entry = server.list("b").await.remove(0);
        assert_eq!((entry.unread, entry.read_time), (0, sent.sent_time));
    }
}

#[tokio::test]
async fn a_read_time_that_is_asked_for_is_told_in_the_same_way() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let (new, old) = (server.join("b", true), server.join("b", false));
    let sent = server.send(&a, say("b", "x")).await;
    for session in [&b, &new, &old] {
        session.rows();
    }
    let mark = Ask::MarkRead(room(1, "a"), sent.sent_time);
    assert_eq!(server.serve(&b, mark, at(0)).await, Told::Done);
    let [row] = &new.passing()[..] else { panic!("one passes by") };
    assert_eq!((&row.conversation, &*row.object_name), (&room(1, "a"), "RC:SRSMsg"));
    assert_eq!(command::read_up_to(&row.content), Some(sent.sent_time));
    let [Notice::SyncCopy { original, .. }] = &old.inlet.taken()[..] else { panic!("a copy") };
    assert_eq!((&*original.topic, &*original.target), ("ppMsgP", "a"));
    assert_eq!((a.inlet.taken(), b.inlet.taken()), (vec![], vec![]));
}

#[tokio::test]
async fn what_is_known_to_be_read_is_not_told_again() {
    let server = Server::new();
    let (a, b, new) = (server.join("a", true), server.join("b", true), server.join("b", true));
    let sent = server.send(&a, say("b", "x")).await;
    server.serve(&b, Ask::MarkRead(room(1, "a"), sent.sent_time), at(0)).await;
    b.rows();
    new.inlet.taken();
    let content = command::read_content(sent.sent_time);
    server.serve(&new, Ask::MarkRead(room(1, "a"), sent.sent_time), at(0)).await;
    server.send(&new, of_class("RC:SRSMsg", 1, "a", &content, PLAIN)).await;
    assert_eq!((b.inlet.taken(), new.inlet.taken()), (vec![], vec![]));
}

#[tokio::test]
async fn a_receipt_request_waits_for_members_who_are_offline() {
    let server = Server::new();
    server.group(&["a", "b", "c"]).await;
    let (a, b) = (server.join("a", true), server.join("b", true));
    let request = of_class("RC:RRReqMsg", 3, "g", r#"{"messageUId":"u"}"#, PLAIN);
    server.send(&a, request).await;
    assert_eq!(classes(&b.rows()), ["RC:RRReqMsg"]);
    assert_eq!(classes(&server.inbox("c").await), ["RC:RRReqMsg"]);
    assert_eq!(server.list("c").await, []);
}

/// A message of a in the group, and its uid.
async fn sent_to_group(server: &Server, a: &Session) -> MessageUid {
    server.send(a, send(3, "g", "x", MessageFlags::NORMAL, None)).await.uid
}

async fn readers(server: &Server, session: &Session, uid: &MessageUid) -> Told {
    server.serve(session, Ask::Readers(room(3, "g"), uid.clone()), at(0)).await
}

#[tokio::test]
async fn a_response_is_remembered_and_goes_to_the_sender_alone() {
    let server = Server::new();
    server.group(&["a", "b", "c"]).await;
    let (a, b, c) = (server.join("a", true), server.join("b", true), server.join("c", true));
    let uid = sent_to_group(&server, &a).await;
    b.rows();
    c.rows();
    let content = command::answer_content(&"a".into(), std::slice::from_ref(&uid));
    let response = of_class("RC:RRRspMsg", 3, "g", &content, PLAIN);
    server.send(&b, directed(response, &["a"])).await;
    assert_eq!((classes(&a.rows()), classes(&c.rows())), (vec!["RC:RRRspMsg"], vec![]));
    let told = readers(&server, &c, &uid).await;
    let reader = Reader { user: "b".into(), time: UnixMillis::new(START) };
    assert_eq!(told, Told::Readers(vec![reader], 3));
    let x = server.join("x", true);
    assert_eq!(readers(&server, &x, &uid).await, Told::Refused(22406));
}

#[tokio::test]
async fn the_newer_response_is_told_to_the_sender_once() {
    let server = Server::new();
    server.group(&["a", "b"]).await;
    let (a, b) = (server.join("a", true), server.join("b", true));
    let (one, two) = (sent_to_group(&server, &a).await, sent_to_group(&server, &a).await);
    b.rows();
    let uids = vec![one.clone(), two.clone()];
    for _ in 0..2 {
        let ask = Ask::RecordRead(room(3, "g"), uids.clone());
        assert_eq!(server.serve(&b, ask, at(0)).await, Told::Done);
    }
    let [row] = &a.rows()[..] else { panic!("one row") };
    assert_eq!(command::answered(&row.content), Some((uids, vec!["a".into()])));
    let Told::Readers(found, 2) = readers(&server, &a, &two).await else { panic!("readers") };
    assert_eq!(found.len(), 1);
    let x = server.join("x", true);
    let ask = Ask::RecordRead(room(3, "g"), vec![one]);
    assert_eq!(server.serve(&x, ask, at(0)).await, Told::Refused(22406));
}

#[tokio::test]
async fn e24_a_response_that_names_nothing_or_comes_from_outside_is_refused() {
    let server = Server::new();
    server.group(&["a", "b"]).await;
    let b = server.join("b", true);
    let response = of_class("RC:RRRspMsg", 3, "g", "{}", PLAIN);
    assert_eq!(server.serve(&b, response, at(0)).await, Told::Refused(33003));
    let outsider = server.join("x", true);
    let content = command::answer_content(&"a".into(), &[]);
    let response = of_class("RC:RRRspMsg", 3, "g", &content, PLAIN);
    assert_eq!(server.serve(&outsider, response, at(0)).await, Told::Refused(22406));
}
