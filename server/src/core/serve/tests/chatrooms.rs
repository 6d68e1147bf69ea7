//! Chatrooms.

mod entries;
mod lasting;
mod rules;

use hongyan::ids::{MessageUid, TargetId};
use hongyan::signal::client;
use hongyan::wire::{Direction, Frame};

use super::super::super::ask::{ChatroomAsk, ChatroomNotice, ChatroomTold, EntryWish};
use super::super::super::chatrooms::{ChatroomPage, ChatroomSettings, MAX_ROOMS, MemberOrder};
use super::super::super::outside::Published;
use super::*;
use crate::store::{ChatroomChange, ChatroomRule, ChatroomRuleKind, Chatrooms, Word};

fn settings() -> ChatroomSettings {
    ChatroomSettings { made_by_joining: true, ..ChatroomSettings::default() }
}

fn with(chatrooms: ChatroomSettings) -> Server {
    let send_rate = super::super::super::rate::SendRate { per_second: 0, burst: 1 };
    let settings = Settings { multi_device: true, chatrooms, send_rate, ..Settings::default() };
    Server(Core::new(MemoryStore::new(1, "life"), settings))
}

fn id() -> TargetId {
    TargetId::from("r")
}

impl Server {
    async fn ask(&self, session: &Session, ask: ChatroomAsk, ms: i64) -> Result<ChatroomTold, u16> {
        let told = self.serve(session, Ask::Chatroom(id(), ask), at(ms)).await;
        if let Told::Refused(code) = told {
            return Err(code);
        }
        let Told::Chatroom(_, told) = told else { panic!("{told:?}") };
        Ok(told)
    }

    async fn enter(&self, session: &Session) -> super::super::super::chatrooms::Joined {
        let told = self.ask(session, ChatroomAsk::Join, 0).await;
        let Ok(ChatroomTold::Joined(joined)) = told else { panic!("{told:?}") };
        joined
    }

    async fn pull(&self, session: &Session, after: i64) -> Vec<String> {
        self.read(session, ChatroomAsk::After(UnixMillis::new(START + after))).await
    }

    async fn read(&self, session: &Session, ask: ChatroomAsk) -> Vec<String> {
        let told = self.ask(session, ask, 0).await;
        let Ok(ChatroomTold::Page(ChatroomPage { body, .. })) = told else { panic!("{told:?}") };
        let page = client::pull_page(&body, &session.login.user).unwrap();
        page.messages.iter().map(|message| text(&message.content)).collect()
    }

    async fn say(&self, session: &Session, content: &str, ms: i64) -> Result<Stored, u16> {
        let told = self.serve(session, said(content), at(ms)).await;
        if let Told::Refused(code) = told {
            return Err(code);
        }
        let Told::Sent(stored) = told else { panic!("{told:?}") };
        Ok(stored)
    }

    async fn entries(&self, session: &Session) -> Vec<(String, String, bool)> {
        let told = self.ask(session, ChatroomAsk::Entries(UnixMillis::ZERO), 0).await;
        let Ok(ChatroomTold::Entries(entries)) = told else { panic!("{told:?}") };
        let entry = |entry: crate::store::Entry| (entry.key, entry.value, entry.mark.auto_delete);
        entries.entries.into_iter().map(entry).collect()
    }

    async fn names(
        &self,
        session: &Session,
        count: u32,
        order: MemberOrder,
    ) -> (usize, Vec<String>) {
        let told = self.ask(session, ChatroomAsk::Members(count, order), 0).await;
        let Ok(ChatroomTold::Members(total, members)) = told else { panic!("{told:?}") };
        (total, members.into_iter().map(|(user, _)| user.to_string()).collect())
    }
}

fn text(content: &[u8]) -> String {
    String::from_utf8(content.to_vec()).unwrap()
}

fn said(content: &str) -> Ask {
    Ask::Send {
        conversation: room(4, "r"),
        object_name: "RC:TxtMsg".into(),
        content: Bytes::copy_from_slice(content.as_bytes()),
        flags: MessageFlags::NORMAL,
        client_id: None,
        only_to: Vec::new(),
        recall: false,
        original: SyncFrame::default(),
    }
}

fn volatile(content: &str) -> Ask {
    let Ask::Send {
        conversation, object_name, content, client_id, only_to, recall, original, ..
    } = said(content)
    else {
        unreachable!()
    };
    let flags = MessageFlags::default();
    Ask::Send { conversation, object_name, content, flags, client_id, only_to, recall, original }
}

impl Session {
    /// What it heard of chatrooms.
    fn heard(&self) -> Vec<ChatroomNotice> {
        let notice = |notice| {
            let Notice::Chatroom(notice) = notice else { panic!("{notice:?}") };
            notice
        };
        self.inlet.taken().into_iter().map(notice).collect()
    }

    /// The messages it heard of, as a client would read them, and whether they are its own.
    fn messages(&self) -> Vec<(u64, String, bool)> {
        let read = |notice: &ChatroomNotice| {
            let ChatroomNotice::Message { frames, own } = notice else { return None };
            let frame = Frame::decode(&frames.push, Direction::ServerToClient).unwrap();
            let signal = client::read(frame, &self.login.user).unwrap();
            let hongyan::signal::Signal::Pushed { ack: None, message } = signal else {
                panic!("{signal:?}")
            };
            assert_eq!(message.conversation, room(4, "r"));
            assert_eq!(message.sent_time, frames.head.time);
            Some((frames.head.seq, text(&message.content), *own))
        };
        self.heard().iter().filter_map(read).collect()
    }
}

fn wish(key: &str, value: Option<&str>) -> EntryWish {
    EntryWish {
        key: key.into(),
        value: value.map(str::to_owned),
        auto_delete: false,
        overwrite: false,
        notice: None,
    }
}

fn rule(kind: ChatroomRuleKind, user: &str, until: Option<i64>) -> Vec<ChatroomRule> {
    let until = until.map(|ms| UnixMillis::new(START + ms));
    vec![ChatroomRule { kind, subject: user.into(), until }]
}

#[tokio::test]
async fn what_is_said_reaches_every_session_in_the_room_in_one_frame() {
    let server = with(settings());
    let (a, b, b2, c) = (
        server.join("a", true),
        server.join("b", true),
        server.join("b", false),
        server.join("c", true),
    );
    for session in [&a, &b, &b2] {
        server.enter(session).await;
    }
    let stored = server.say(&a, "hi", 5).await.unwrap();
    assert!(!stored.uid.is_empty() && stored.own_seq == 0 && stored.rows.is_empty());
    server.say(&a, "again", 5).await.unwrap();
    let frames: Vec<_> = [&b, &b2]
        .map(|session| {
            let heard = session.heard();
            let ChatroomNotice::Message { frames, own: false } = &heard[0] else { panic!() };
            (frames.push.as_ptr(), frames.bell.as_ptr(), heard.len())
        })
        .to_vec();
    assert_eq!(frames[0], frames[1], "one frame, two sessions");
    assert_eq!(
        a.messages(),
        [(1, "hi".to_owned(), true), (2, "again".to_owned(), true)],
        "the sender only hears of the number"
    );
    assert_eq!(c.heard(), []);
    for user in ["a", "b", "r"] {
        assert_eq!(server.inbox(user).await, []);
        assert_eq!(server.list(user).await.len(), 0);
    }
}

#[tokio::test]
async fn words_are_replaced_for_everybody_and_the_sender_is_told_what_was_stored() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    let word = Word { text: "goose".into(), replacement: Some("swan".into()) };
    server.0.put_words(vec![word]).await.unwrap();
    let told = server.say(&a, "a goose", 0).await.unwrap();
    assert_eq!(told.replaced.as_deref(), Some(&b"a swan"[..]));
    assert_eq!(server.pull(&b, -1).await, ["a swan"]);
}

#[tokio::test]
async fn who_comes_gets_the_newest_and_goes_on_from_there() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    let mut times = Vec::new();
    for (content, ms) in [("one", 1), ("two", 2), ("three", 3)] {
        times.push(server.say(&a, content, ms).await.unwrap().sent_time);
    }
    let joined = server.enter(&b).await;
    assert_eq!((joined.members, joined.head.seq), (2, 3));
    assert_eq!(server.read(&b, ChatroomAsk::Newest(2)).await, ["two", "three"]);
    assert_eq!(server.read(&b, ChatroomAsk::Newest(0)).await, [""; 0]);
    assert_eq!(server.pull(&b, times[0] - UnixMillis::new(START)).await, ["two", "three"]);
    server.say(&a, "four", 4).await.unwrap();
    assert_eq!(server.pull(&b, times[2] - UnixMillis::new(START)).await, ["four"]);
}

#[tokio::test]
async fn what_passes_by_reaches_who_is_here_in_its_place_and_is_in_no_history() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", false));
    server.enter(&a).await;
    server.enter(&b).await;
    server.say(&a, "one", 0).await.unwrap();
    assert!(matches!(server.serve(&a, volatile("typing"), at(0)).await, Told::Sent(_)));
    server.say(&a, "two", 0).await.unwrap();
    let told: Vec<_> = b.messages().into_iter().map(|(seq, text, _)| (seq, text)).collect();
    assert_eq!(told, [(1, "one".into()), (2, "typing".into()), (3, "two".into())]);
    assert_eq!(server.pull(&b, -1).await, ["one", "typing", "two"]);
    assert_eq!(server.read(&b, ChatroomAsk::Newest(9)).await, ["one", "two"]);
}

#[tokio::test]
async fn members_are_listed_as_they_came() {
    let server = with(settings());
    let sessions = ["c", "a", "b"].map(|user| server.join(user, true));
    for session in &sessions {
        server.enter(session).await;
    }
    server.enter(&sessions[0]).await;
    let (oldest, newest) = (MemberOrder::Oldest, MemberOrder::Newest);
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(server.names(&sessions[0], 9, oldest).await, (3, names(&["c", "a", "b"])));
    assert_eq!(server.names(&sessions[0], 2, newest).await, (3, names(&["b", "a"])));
    assert_eq!(server.names(&sessions[0], 0, newest).await, (3, names(&[])));
}

#[tokio::test]
async fn a_device_that_leaves_takes_no_other_along() {
    let server = with(settings());
    let (pc, phone, b) = (server.join("a", true), server.join("a", true), server.join("b", true));
    for session in [&pc, &phone, &b] {
        server.enter(session).await;
    }
    server.ask(&pc, ChatroomAsk::Exit, 0).await.unwrap();
    server.say(&b, "x", 1).await.unwrap();
    assert_eq!((pc.messages().len(), phone.messages().len()), (0, 1));
    assert_eq!(server.names(&b, 9, MemberOrder::Oldest).await.0, 2);
    server.ask(&phone, ChatroomAsk::Exit, 0).await.unwrap();
    assert_eq!(server.names(&b, 9, MemberOrder::Oldest).await.0, 1);
}

#[tokio::test]
async fn a_message_that_is_taken_back_is_gone_from_the_log_and_the_history() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    let stored = server.say(&a, "oops", 1).await.unwrap();
    let recall = |uid: &MessageUid| {
        let content =
            format!(r#"{{"messageUId":"{}","conversationType":4,"targetId":"r"}}"#, uid.as_str());
        let Ask::Send { conversation, flags, original, .. } = said("") else { unreachable!() };
        Ask::Send {
            conversation,
            object_name: "RC:RcCmd".into(),
            content: Bytes::from(content),
            flags,
            client_id: None,
            only_to: Vec::new(),
            recall: true,
            original,
        }
    };
    assert_eq!(server.serve(&b, recall(&stored.uid), at(2)).await, Told::Refused(25101));
    assert!(matches!(server.serve(&a, recall(&stored.uid), at(2)).await, Told::Sent(_)));
    assert!(b.messages()[1].1.contains(stored.uid.as_str()));
    for ask in [ChatroomAsk::Newest(9), ChatroomAsk::After(UnixMillis::new(START))] {
        assert!(server.read(&b, ask).await.iter().all(|text| text != "oops"));
    }
    let told = server.ask(&b, ChatroomAsk::Newest(9), 3).await.unwrap();
    let ChatroomTold::Page(page) = told else { panic!() };
    let page = client::pull_page(&page.body, &b.login.user).unwrap();
    assert_eq!(&*page.messages[0].object_name, "RC:RcNtf");
}
