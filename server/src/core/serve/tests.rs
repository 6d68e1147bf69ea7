mod calls;
mod chatrooms;
mod desk;
mod discussions;
mod groups;
mod history;
mod outside;
mod people;
mod reading;
mod recalls;
mod services;
mod settings;
mod turns;
mod words;

use std::sync::Arc;

use bytes::Bytes;
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::{Tick, UnixMillis};

use super::super::ask::{Ask, Login, Notice, SyncFrame, Told};
use super::super::clock::{MAX_JUMP, Now};
use super::super::hub::SessionId;
use super::super::limits::{MAX_CONTENT, MAX_PAGE};
use super::super::testing::{Inlet, login};
use super::{Core, Settings};
use crate::store::memory::MemoryStore;
use crate::store::{
    ConversationLists, ConversationQuery, ConversationRow, InboxRow, Inboxes, Members, NewRoom,
    PullFrom, Stored,
};

const START: i64 = 1_700_000_000_000;

/// `ms` after the start, by both clocks.
fn at(ms: i64) -> Now {
    Now { wall: UnixMillis::new(START + ms), tick: Tick::from_millis(ms.cast_unsigned()) }
}

struct Session {
    login: Login,
    id: SessionId,
    inlet: Arc<Inlet>,
}

impl Session {
    /// The rows it was told of.
    fn rows(&self) -> Vec<InboxRow> {
        let row = |notice| {
            let Notice::Row(row) = notice else { panic!("{notice:?} is no row") };
            row
        };
        self.inlet.taken().into_iter().map(row).collect()
    }
}

/// A server whose users may have several devices.
struct Server(Core<MemoryStore>);

impl Server {
    fn new() -> Self {
        let settings = Settings { multi_device: true, ..Settings::default() };
        Self(Core::new(MemoryStore::new(1, "life"), settings))
    }

    fn join(&self, user: &str, extended: bool) -> Session {
        let (login, inlet) = (login(user, None), Arc::new(Inlet::default()));
        let id = self.0.hub().join(&login, extended, inlet.clone());
        Session { login, id, inlet }
    }

    async fn serve(&self, session: &Session, ask: Ask, now: Now) -> Told {
        self.0.serve(&session.login, session.id, ask, now).await
    }

    async fn send(&self, session: &Session, ask: Ask) -> Stored {
        stored(self.serve(session, ask, at(0)).await)
    }

    async fn head(&self, user: &str) -> u64 {
        self.0.store().head(&UserId::from(user)).await.unwrap().seq
    }
}

/// A room of the server under test.
fn room(kind: i32, id: &str) -> ConversationId {
    ConversationId::new(ConversationKind::from_number(kind), id)
}

impl Server {
    /// Makes the group `g`.
    async fn group(&self, members: &[&str]) {
        let room = NewRoom {
            kind: ConversationKind::Group,
            id: Some("g".into()),
            name: "geese".into(),
            members: members.iter().map(|member| UserId::from(*member)).collect(),
            now: UnixMillis::new(START),
        };
        self.0.store().create_room(room).await.unwrap();
    }

    /// All rows of a user's inbox.
    async fn inbox(&self, user: &str) -> Vec<InboxRow> {
        let page = self.0.store().pull(&UserId::from(user), PullFrom::Seq(0), 1000).await;
        page.unwrap().rows
    }

    async fn list(&self, user: &str) -> Vec<ConversationRow> {
        let query = ConversationQuery { count: 100, ..ConversationQuery::default() };
        self.0.store().conversations(&UserId::from(user), query).await.unwrap().0
    }
}

impl Session {
    /// The volatile messages it was told of.
    fn passing(&self) -> Vec<InboxRow> {
        let row = |notice| {
            let Notice::Volatile(row) = notice else { panic!("{notice:?} does not pass by") };
            row
        };
        self.inlet.taken().into_iter().map(row).collect()
    }
}

/// A message of a class of its own.
fn of_class(class: &str, kind: i32, to: &str, content: &str, flags: MessageFlags) -> Ask {
    let Ask::Send { conversation, content, flags, client_id, only_to, recall, original, .. } =
        send(kind, to, content, flags, None)
    else {
        panic!("a send")
    };
    let object_name = class.into();
    Ask::Send { conversation, object_name, content, flags, client_id, only_to, recall, original }
}

/// The same for some members alone.
fn directed(ask: Ask, to: &[&str]) -> Ask {
    let Ask::Send {
        conversation, object_name, content, flags, client_id, recall, original, ..
    } = ask
    else {
        panic!("a send")
    };
    let only_to = to.iter().map(|user| UserId::from(*user)).collect();
    Ask::Send { conversation, object_name, content, flags, client_id, only_to, recall, original }
}

fn classes(rows: &[InboxRow]) -> Vec<&str> {
    rows.iter().map(|row| &*row.object_name).collect()
}

fn stored(told: Told) -> Stored {
    let Told::Sent(stored) = told else { panic!("not sent: {told:?}") };
    stored
}

fn frame() -> SyncFrame {
    SyncFrame { topic: "ppMsgP".into(), target: "b".into(), body: Bytes::from_static(b"body") }
}

fn send(kind: i32, to: &str, content: &str, flags: MessageFlags, id: Option<u64>) -> Ask {
    Ask::Send {
        conversation: ConversationId::new(ConversationKind::from_number(kind), to),
        object_name: "RC:TxtMsg".into(),
        content: Bytes::copy_from_slice(content.as_bytes()),
        flags,
        client_id: id.map(ClientMessageId::from_random),
        only_to: Vec::new(),
        recall: false,
        original: frame(),
    }
}

fn say(to: &str, content: &str) -> Ask {
    send(1, to, content, MessageFlags::NORMAL, None)
}

fn say_with_id(id: u64, to: &str, content: &str) -> Ask {
    send(1, to, content, MessageFlags::NORMAL, Some(id))
}

fn typing(to: &str) -> Ask {
    send(1, to, "typing", MessageFlags::default(), None)
}

#[tokio::test]
async fn a_message_reaches_every_session_of_its_receiver() {
    let server = Server::new();
    let (a, tv, pc) = (server.join("a", true), server.join("b", true), server.join("b", false));
    let stored = server.send(&a, say_with_id(9, "b", "hello")).await;
    for session in [&tv, &pc] {
        let [row] = &session.rows()[..] else { panic!("one row") };
        assert_eq!((row.seq, row.own, &row.uid), (1, false, &stored.uid));
        assert_eq!((row.conversation.target.as_str(), row.sent_time), ("a", stored.sent_time));
        assert_eq!((&row.content[..], row.client_id), (&b"hello"[..], None));
    }
    assert_eq!(a.inlet.taken(), []);
}

#[tokio::test]
async fn what_is_told_is_what_a_pull_brings() {
    let server = Server::new();
    let (a, also_a, b) = (server.join("a", true), server.join("a", true), server.join("b", true));
    server.send(&a, say_with_id(9, "b", "to another")).await;
    server.send(&a, say("a", "to oneself")).await;
    for session in [&also_a, &b] {
        let from = PullFrom::Seq(0);
        let page = server.0.store().pull(&session.login.user, from, 10).await.unwrap();
        assert_eq!(session.rows(), page.rows);
    }
}

#[tokio::test]
async fn the_senders_other_logins_get_a_row_or_a_sync_copy() {
    let server = Server::new();
    let (a, new, old) = (server.join("a", true), server.join("a", true), server.join("a", false));
    let stored = server.send(&a, say_with_id(9, "b", "hello")).await;
    let [row] = &new.rows()[..] else { panic!("one row") };
    assert_eq!((row.seq, row.own, row.conversation.target.as_str()), (1, true, "b"));
    assert_eq!(row.client_id, Some(ClientMessageId::from_random(9)));
    assert_eq!(old.inlet.taken(), [Notice::SyncCopy { original: frame(), stored }]);
    assert_eq!(a.inlet.taken(), []);
}

#[tokio::test]
async fn a_message_to_oneself_rings_where_it_was_sent() {
    let server = Server::new();
    let (a, old) = (server.join("a", false), server.join("a", false));
    server.send(&a, say("a", "note")).await;
    assert!(matches!(a.inlet.taken()[..], [Notice::Head(head)] if head.seq == 1));
    let [row] = &old.rows()[..] else { panic!("one row") };
    assert!(!row.own);
}

#[tokio::test]
async fn a_repeat_is_answered_and_told_to_nobody() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let first = server.send(&a, say_with_id(9, "b", "x")).await;
    b.rows();
    let again = server.send(&a, say_with_id(9, "b", "x")).await;
    assert_eq!((again.uid, again.own_seq, again.repeated), (first.uid, first.own_seq, true));
    let told = server.serve(&a, say_with_id(9, "b", "y"), at(0)).await;
    assert_eq!(told, Told::Refused(26007));
    assert_eq!(b.inlet.taken(), []);
}

#[tokio::test]
async fn a_volatile_message_passes_by() {
    let server = Server::new();
    let (a, also_a, b) = (server.join("a", true), server.join("a", true), server.join("b", true));
    let stored = server.send(&a, typing("b")).await;
    assert!(stored.uid.is_empty());
    assert_eq!((stored.own_seq, stored.sent_time), (0, UnixMillis::new(START)));
    let [Notice::Volatile(row)] = &b.inlet.taken()[..] else { panic!("one volatile message") };
    assert_eq!((row.seq, row.conversation.target.as_str()), (0, "a"));
    assert!(row.uid.is_empty());
    assert_eq!(also_a.inlet.taken(), []);
    assert_eq!((server.head("a").await, server.head("b").await), (0, 0));
}

#[tokio::test]
async fn e15_the_eleventh_message_at_once_is_too_fast() {
    let server = Server::new();
    let a = server.join("a", true);
    for _ in 0..10 {
        server.send(&a, say("b", "x")).await;
    }
    assert_eq!(server.serve(&a, say("b", "x"), at(0)).await, Told::Refused(20604));
    assert_eq!(server.head("b").await, 10);
    stored(server.serve(&a, say("b", "x"), at(200)).await);
}

#[tokio::test]
async fn too_many_volatile_messages_are_acknowledged_and_dropped() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    for _ in 0..30 {
        server.send(&a, typing("b")).await;
    }
    assert_eq!(b.inlet.taken().len(), 10);
    server.send(&a, say("b", "still sent")).await;
    assert_eq!(b.rows().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_by_its_code() {
    let server = Server::new();
    let a = server.join("a", true);
    let content = "x".repeat(MAX_CONTENT + 1);
    for (kind, to, content, code) in [
        (1, "", "x", 33003),
        (1, &"b".repeat(65)[..], "x", 33003),
        (1, "b", &content[..], 30016),
        (2, "g", "x", 21406),
        (3, "g", "x", 22406),
        (4, "g", "x", 23406),
        (8, "g", "x", 20406),
    ] {
        for flags in [MessageFlags::NORMAL, MessageFlags::default()] {
            let told = server.serve(&a, send(kind, to, content, flags, None), at(0)).await;
            assert_eq!(told, Told::Refused(code));
        }
    }
    assert_eq!(server.head("a").await, 0);
}

#[tokio::test]
async fn a_clock_that_jumped_stores_nothing() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.send(&a, say("b", "x")).await;
    b.rows();
    let jumped = Now { wall: UnixMillis::new(START + MAX_JUMP + 1), ..at(0) };
    assert_eq!(server.serve(&a, say("b", "y"), jumped).await, Told::Refused(25104));
    assert_eq!((server.head("b").await, b.inlet.taken()), (1, vec![]));
    stored(server.serve(&a, say("b", "z"), at(1)).await);
}

#[tokio::test]
async fn a_message_is_stored_when_nobody_is_online() {
    let server = Server::new();
    let a = server.join("a", true);
    server.send(&a, say("b", "x")).await;
    assert_eq!(server.head("b").await, 1);
}

#[tokio::test]
async fn a_pull_brings_a_page_and_the_epoch() {
    let server = Server::new();
    let a = server.join("a", true);
    server.send(&a, say("b", "x")).await;
    let ask = |limit| Ask::Pull { from: PullFrom::Seq(0), limit };
    let Told::Page(page, epoch) = server.serve(&a, ask(10), at(0)).await else { panic!("a page") };
    assert_eq!((page.rows.len(), page.finished, &*epoch), (1, true, "life"));
    for n in 0..i64::from(MAX_PAGE) {
        stored(server.serve(&a, say("b", "x"), at(n * 200)).await);
    }
    let Told::Page(page, _) = server.serve(&a, ask(u32::MAX), at(0)).await else {
        panic!("a page")
    };
    assert_eq!((page.rows.len(), page.finished), (MAX_PAGE as usize, false));
}

#[tokio::test]
async fn the_list_is_read_marked_and_shortened() {
    let server = Server::new();
    let (a, b) = (server.join("a", true), server.join("b", true));
    let sent = server.send(&a, say("b", "x")).await;
    let with_a = ConversationId::new(ConversationKind::Private, "a");
    let list = async || {
        let query = ConversationQuery { count: 10, ..ConversationQuery::default() };
        let told = server.serve(&b, Ask::Conversations(query), at(0)).await;
        let Told::Conversations(rows, head) = told else { panic!("{told:?} is no list") };
        (rows, head)
    };
    let (rows, head) = list().await;
    assert_eq!((rows[0].unread, head), (1, 1));
    let removal = |until| Ask::RemoveConversations(vec![(with_a.clone(), until)]);
    assert_eq!(server.serve(&b, removal(sent.sent_time.plus(-1)), at(0)).await, Told::Done);
    assert_eq!(list().await.0.len(), 1, "there is something newer");
    let removal = removal(sent.sent_time);
    let mark = Ask::MarkRead(with_a.clone(), sent.sent_time);
    assert_eq!(server.serve(&b, mark, at(0)).await, Told::Done);
    assert_eq!(list().await.0[0].unread, 0);
    assert_eq!(server.serve(&b, removal, at(0)).await, Told::Done);
    assert_eq!(list().await.0, []);
}
