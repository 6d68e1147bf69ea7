//! Histories: who may read which, and what each reader sees.

use hongyan::ids::MessageUid;

use super::super::super::ask::HistoryAsk;
use super::*;
use crate::store::{HistoryDirection, HistoryFrom, HistoryQuery};

pub(super) fn history_of(kind: i32, target: &str) -> Ask {
    Ask::History(HistoryAsk::Read(HistoryQuery {
        conversation: room(kind, target),
        direction: HistoryDirection::Older,
        from: HistoryFrom::End,
        count: u32::MAX,
        whole_millis: false,
    }))
}

impl Server {
    pub(super) async fn history(
        &self,
        session: &Session,
        kind: i32,
        target: &str,
    ) -> Vec<InboxRow> {
        let Told::History(page) = self.serve(session, history_of(kind, target), at(0)).await else {
            panic!("no history")
        };
        page.rows
    }
}

fn texts(rows: &[InboxRow]) -> Vec<&str> {
    rows.iter().map(|row| str::from_utf8(&row.content).unwrap()).collect()
}

#[tokio::test]
async fn a_history_is_read_by_those_who_talk() {
    let server = Server::new();
    let (a, b, c) = (server.join("a", true), server.join("b", true), server.join("c", true));
    server.send(&a, say("b", "1")).await;
    server.send(&b, say("a", "2")).await;
    assert_eq!(texts(&server.history(&a, 1, "b").await), ["2", "1"]);
    assert_eq!(texts(&server.history(&b, 1, "a").await), ["2", "1"]);
    assert_eq!(texts(&server.history(&c, 1, "a").await), [""; 0]);
}

#[tokio::test]
async fn a_rooms_history_is_its_members_from_the_beginning() {
    let server = Server::new();
    server.group(&["a", "b"]).await;
    let (a, c) = (server.join("a", true), server.join("c", true));
    server.send(&a, send(3, "g", "before", MessageFlags::NORMAL, None)).await;
    assert_eq!(server.serve(&c, history_of(3, "g"), at(0)).await, Told::Refused(22406));
    for (kind, code) in [(2, 21406), (4, 23406), (12, 20406)] {
        let told = server.serve(&c, history_of(kind, "g"), at(0)).await;
        assert_eq!(told, Told::Refused(code));
    }
    server.group(&["c"]).await;
    assert_eq!(texts(&server.history(&c, 3, "g").await), ["before"]);
}

#[tokio::test]
async fn what_some_members_get_alone_and_commands_are_in_no_history() {
    let server = Server::new();
    server.group(&["a", "b", "c"]).await;
    let a = server.join("a", true);
    let to_group = |text| send(3, "g", text, MessageFlags::NORMAL, None);
    server.send(&a, to_group("to all")).await;
    server.send(&a, directed(to_group("to b"), &["b"])).await;
    let kept = MessageFlags { persisted: true, ..MessageFlags::default() };
    server.send(&a, of_class("RC:RRReqMsg", 3, "g", "{}", kept)).await;
    assert_eq!(texts(&server.history(&a, 3, "g").await), ["to all"]);
}

#[tokio::test]
async fn a_mention_is_marked_for_those_it_means() {
    let server = Server::new();
    server.group(&["a", "b", "c"]).await;
    let (a, b, c) = (server.join("a", true), server.join("b", true), server.join("c", true));
    let flags = MessageFlags { mentioned: true, ..MessageFlags::NORMAL };
    let content = r#"{"content":"@b","mentionedInfo":{"type":2,"userIdList":["b"]}}"#;
    server.send(&a, send(3, "g", content, flags, None)).await;
    for (session, mentioned) in [(&a, false), (&b, true), (&c, false)] {
        assert_eq!(server.history(session, 3, "g").await[0].flags.mentioned, mentioned);
    }
}

#[tokio::test]
async fn what_is_deleted_is_gone_on_all_of_a_users_logins() {
    let server = Server::new();
    let (a, b, also_b) = (server.join("a", true), server.join("b", true), server.join("b", false));
    let first = server.send(&a, say("b", "1")).await;
    server.send(&a, say("b", "2")).await;
    let with_a = room(1, "a");
    let ask = HistoryAsk::Delete(with_a.clone(), vec![first.uid, MessageUid::from("unknown")]);
    assert_eq!(server.serve(&b, Ask::History(ask), at(0)).await, Told::Done);
    assert_eq!(texts(&server.history(&also_b, 1, "a").await), ["2"]);
    assert_eq!(server.list("b").await[0].unread, 1);
    let ask = HistoryAsk::Clear(vec![(with_a, UnixMillis::new(i64::MAX))]);
    assert_eq!(server.serve(&b, Ask::History(ask), at(0)).await, Told::Done);
    assert_eq!(texts(&server.history(&also_b, 1, "a").await), [""; 0]);
    assert_eq!(server.list("b").await, []);
    assert_eq!(texts(&server.history(&a, 1, "b").await), ["2", "1"]);
}

#[tokio::test]
async fn what_is_taken_away_on_one_device_is_told_to_all_of_them_once() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let (also_b, old) = (server.join("b", true), server.join("b", false));
    let mut uids = Vec::new();
    for text in ["1", "2", "3", "4"] {
        uids.push(server.send(&a, say("b", text)).await);
    }
    let with_a = room(1, "a");
    // What is read is told as it always is.
    server.serve(&b, Ask::MarkRead(with_a.clone(), uids[3].sent_time), at(0)).await;
    let inlets = [&b, &also_b, &old];
    inlets.iter().for_each(|session| drop(session.inlet.taken()));
    let delete = HistoryAsk::Delete(with_a.clone(), vec![uids[1].uid.clone()]);
    let clear = HistoryAsk::Clear(vec![(with_a.clone(), uids[0].sent_time)]);
    let until = UnixMillis::new(i64::MAX);
    let removal =
        Ask::RemoveConversations(vec![(with_a.clone(), until), (room(1, "nobody"), until)]);
    for ask in [Ask::History(delete), Ask::History(clear), removal] {
        for _ in 0..2 {
            assert_eq!(server.serve(&b, ask.clone(), at(0)).await, Told::Done);
        }
    }
    let expected = [
        ("hy:Deleted", format!(r#"{{"messageUIds":["{}"]}}"#, uids[1].uid.as_str())),
        ("hy:Deleted", format!(r#"{{"upTo":{}}}"#, uids[0].sent_time.get())),
        ("hy:Removed", format!(r#"{{"upTo":{}}}"#, uids[3].sent_time.get())),
    ];
    for session in [&b, &also_b] {
        let rows = session.rows();
        let told: Vec<_> = rows.iter().map(|row| (&*row.object_name, &row.content[..])).collect();
        let expected: Vec<_> =
            expected.iter().map(|(class, content)| (*class, content.as_bytes())).collect();
        assert_eq!(told, expected);
        assert!(rows.iter().all(|row| row.own && row.conversation == with_a && !row.flags.counted));
    }
    assert_eq!(old.inlet.taken(), [], "who does not know the extensions hears nothing");
    assert_eq!(a.inlet.taken(), []);
    assert_eq!(server.inbox("b").await.len(), 7, "a device that is away pulls them");
    assert_eq!(texts(&server.history(&b, 1, "a").await), ["4", "3"]);
}

#[tokio::test]
async fn nobody_sends_what_only_the_server_may_say() {
    let server = Server::new();
    let a = server.join("a", true);
    let forged = of_class("hy:Removed", 1, "b", r#"{"upTo":1}"#, MessageFlags::NORMAL);
    assert_eq!(server.serve(&a, forged, at(0)).await, Told::Refused(33003));
    assert_eq!(server.head("b").await, 0);
}
