//! Messages that are taken back.

use super::super::super::ask::Told;
use super::*;

/// A recall as clients send it: of a message in the conversation with `target`.
fn recall(uid: &str, kind: i32, target: &str) -> Ask {
    let content =
        format!(r#"{{"messageUId":"{uid}","conversationType":{kind},"targetId":"{target}"}}"#);
    let flags = MessageFlags { persisted: true, ..MessageFlags::default() };
    let Ask::Send {
        conversation, object_name, content, flags, client_id, only_to, original, ..
    } = of_class("RC:RcCmd", kind, target, &content, flags)
    else {
        panic!("a send")
    };
    let recall = true;
    Ask::Send { conversation, object_name, content, flags, client_id, only_to, recall, original }
}

#[tokio::test]
async fn a_recall_reaches_everybody_and_every_device() {
    let server = Server::new();
    let (a, also_a, b) = (server.join("a", true), server.join("a", true), server.join("b", true));
    let sent = server.send(&a, say("b", "oops")).await;
    assert_eq!((also_a.rows().len(), b.rows().len()), (1, 1));
    server.send(&a, recall(sent.uid.as_str(), 1, "b")).await;
    for session in [&also_a, &b] {
        let [row] = &session.rows()[..] else { panic!("one row") };
        assert_eq!((&*row.object_name, row.seq, row.flags.counted), ("RC:RcCmd", 2, false));
    }
    for user in ["a", "b"] {
        let rows = server.inbox(user).await;
        assert_eq!(classes(&rows), ["RC:RcNtf", "RC:RcCmd"]);
        assert_eq!((&rows[0].uid, rows[0].sent_time), (&sent.uid, sent.sent_time));
        assert!(!rows[0].content.windows(4).any(|text| text == b"oops"));
    }
    assert_eq!(server.list("b").await[0].unread, 0);
}

#[tokio::test]
async fn a_recall_in_a_group_reaches_its_members() {
    let server = Server::new();
    server.group(&["a", "b", "c"]).await;
    let (a, b) = (server.join("a", true), server.join("b", true));
    let sent = server.send(&a, send(3, "g", "oops", MessageFlags::NORMAL, None)).await;
    b.rows();
    let by_b = server.serve(&b, recall(sent.uid.as_str(), 3, "g"), at(0)).await;
    assert_eq!(by_b, Told::Refused(25101));
    server.send(&a, recall(sent.uid.as_str(), 3, "g")).await;
    assert_eq!(classes(&b.rows()), ["RC:RcCmd"]);
    assert_eq!(classes(&server.inbox("c").await), ["RC:RcNtf", "RC:RcCmd"]);
}

#[tokio::test]
async fn e23_what_cannot_be_taken_back_stays() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let sent = server.send(&a, say("b", "x")).await;
    let uid = sent.uid.as_str();
    for (session, ask, code) in [
        (&b, recall(uid, 1, "a"), 25101),
        (&a, recall("0000-0000-0000-0000", 1, "b"), 25101),
        (&a, recall(uid, 1, "c"), 25101),
        (&a, of_class("RC:RcCmd", 1, "b", "{}", MessageFlags::default()), 33003),
        (&a, recall(uid, 4, "b"), 23406),
    ] {
        assert_eq!(server.serve(session, ask, at(0)).await, Told::Refused(code));
    }
    let late = server.serve(&a, recall(uid, 1, "b"), at(120_001)).await;
    assert_eq!(late, Told::Refused(25101));
    assert_eq!(classes(&server.inbox("b").await), ["RC:TxtMsg"]);
    stored(server.serve(&a, recall(uid, 1, "b"), at(120_000)).await);
    let again = server.serve(&a, recall(uid, 1, "b"), at(120_000)).await;
    assert_eq!(again, Told::Refused(25101));
}

#[tokio::test]
async fn a_window_of_0_never_closes() {
    let settings = Settings { recall_window: 0, ..Settings::default() };
    let server = Server(Core::new(MemoryStore::new(1, "life"), settings));
    let a = server.join("a", true);
    let sent = server.send(&a, say("b", "x")).await;
    let much_later = at(10 * 365 * 86_400_000);
    stored(server.serve(&a, recall(sent.uid.as_str(), 1, "b"), much_later).await);
}

#[tokio::test]
async fn a_recall_under_another_topic_must_name_its_own_conversation() {
    let server = Server::new();
    let a = server.join("a", true);
    let sent = server.send(&a, say("b", "x")).await;
    let uid = sent.uid.as_str();
    let content = format!(r#"{{"messageUId":"{uid}","conversationType":1,"targetId":"b"}}"#);
    let flags = MessageFlags::default();
    let elsewhere = of_class("RC:RcCmd", 1, "c", &content, flags);
    assert_eq!(server.serve(&a, elsewhere, at(0)).await, Told::Refused(33003));
    server.send(&a, of_class("RC:RcCmd", 1, "b", &content, flags)).await;
    assert_eq!(classes(&server.inbox("b").await), ["RC:RcNtf", "RC:RcCmd"]);
}
