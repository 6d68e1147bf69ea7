//! Chatrooms.

use hongyan::ids::{MessageUid, TargetId};
use hongyan::signal::client;
use hongyan::wire::{Direction, Frame};

use super::super::super::ask::{ChatroomAsk, ChatroomNotice, ChatroomTold, EntryWish};
use super::super::super::chatrooms::{ChatroomPage, ChatroomSettings, MAX_ROOMS, MemberOrder};
use super::super::super::outside::Published;
use super::*;
use crate::store::{ChatroomChange, ChatroomRule, ChatroomRuleKind, Chatrooms};

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
async fn e14_who_is_not_in_the_room_can_do_nothing_there() {
    let server = with(ChatroomSettings { made_by_joining: false, ..settings() });
    let a = server.join("a", true);
    assert_eq!(server.ask(&a, ChatroomAsk::Join, 0).await, Err(23410));
    assert_eq!(server.ask(&a, ChatroomAsk::Exit, 0).await, Err(23410));
    assert_eq!(server.say(&a, "x", 0).await, Err(23406));
    server.0.make_chatroom(&id(), None, at(0)).await.unwrap();
    let asks = [
        ChatroomAsk::Exit,
        ChatroomAsk::Newest(5),
        ChatroomAsk::After(UnixMillis::new(5)),
        ChatroomAsk::Members(5, MemberOrder::Oldest),
        ChatroomAsk::Entries(UnixMillis::ZERO),
        ChatroomAsk::ChangeEntry(wish("k", Some("v"))),
    ];
    for ask in asks {
        assert_eq!(server.ask(&a, ask, 0).await, Err(23406));
    }
    assert_eq!(server.say(&a, "x", 0).await, Err(23406));
    server.enter(&a).await;
    assert_eq!(server.entries(&a).await, []);
    assert_eq!(server.read(&a, ChatroomAsk::Newest(5)).await, [""; 0]);
    for id in [String::new(), "r".repeat(65), "a\0".to_owned()] {
        let told = server.serve(&a, Ask::Chatroom(id.into(), ChatroomAsk::Join), at(0)).await;
        assert_eq!(told, Told::Refused(23412));
    }
}

#[tokio::test]
async fn a_full_room_takes_nobody_but_who_is_in_it() {
    let server = with(ChatroomSettings { capacity: 2, ..settings() });
    let sessions = ["a", "b", "c"].map(|user| server.join(user, true));
    server.enter(&sessions[0]).await;
    server.enter(&sessions[1]).await;
    assert_eq!(server.ask(&sessions[2], ChatroomAsk::Join, 0).await, Err(23411));
    server.enter(&sessions[1]).await;
    server.ask(&sessions[0], ChatroomAsk::Exit, 0).await.unwrap();
    server.enter(&sessions[2]).await;
}

#[tokio::test]
async fn e21_a_user_is_in_a_hundred_rooms_at_most() {
    let server = with(settings());
    let a = server.join("a", true);
    let join = async |n: usize| {
        let id = TargetId::from(format!("r{n}"));
        server.serve(&a, Ask::Chatroom(id, ChatroomAsk::Join), at(0)).await
    };
    for n in 0..MAX_ROOMS {
        assert!(matches!(join(n).await, Told::Chatroom(..)));
    }
    for n in MAX_ROOMS..10_000 {
        assert_eq!(join(n).await, Told::Refused(23412));
    }
    assert!(matches!(join(0).await, Told::Chatroom(..)));
    let exit = Ask::Chatroom("r0".into(), ChatroomAsk::Exit);
    server.serve(&a, exit, at(0)).await;
    assert!(matches!(join(MAX_ROOMS).await, Told::Chatroom(..)));
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
async fn who_loses_the_link_stays_for_a_while() {
    let server = with(ChatroomSettings { grace: 30_000, ..settings() });
    let (a, b) = (server.join("a", true), server.join("b", true));
    let first = server.enter(&a).await;
    server.enter(&b).await;
    let mine = EntryWish { auto_delete: true, ..wish("seat", Some("a")) };
    server.ask(&a, ChatroomAsk::ChangeEntry(mine), 0).await.unwrap();
    server.0.hub().leave(&a.login.user, a.id);
    server.0.expire_chatroom_members(at(1_000)).await.unwrap();
    server.0.expire_chatroom_members(at(30_999)).await.unwrap();
    assert_eq!(server.names(&b, 9, MemberOrder::Oldest).await.0, 2);
    let again = server.join("a", true);
    let back = server.ask(&again, ChatroomAsk::Join, 30_999).await.unwrap();
    let ChatroomTold::Joined(back) = back else { panic!() };
    assert_eq!(back.joined, first.joined);
    server.0.expire_chatroom_members(at(90_000)).await.unwrap();
    assert_eq!(server.names(&b, 9, MemberOrder::Oldest).await.0, 2);

    server.0.hub().leave(&a.login.user, again.id);
    server.0.expire_chatroom_members(at(100_000)).await.unwrap();
    b.heard();
    server.0.expire_chatroom_members(at(130_000)).await.unwrap();
    assert_eq!(server.names(&b, 9, MemberOrder::Oldest).await.0, 1);
    assert_eq!(server.entries(&b).await, [], "what goes with who left is gone");
    assert!(matches!(b.heard()[..], [ChatroomNotice::EntriesChanged { .. }]));
}

#[tokio::test]
async fn a_client_that_does_not_rejoin_by_itself_goes_on_hearing_of_its_rooms() {
    let server = with(settings());
    let (a, b) = (server.join("a", false), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    server.0.hub().leave(&a.login.user, a.id);
    server.say(&b, "while away", 1).await.unwrap();
    let back = server.join("a", false);
    let standing = back.heard();
    let [ChatroomNotice::Standing { head, .. }] = &standing[..] else { panic!("{standing:?}") };
    assert_eq!(head.seq, 1);
    server.say(&b, "now", 2).await.unwrap();
    assert_eq!(back.messages(), [(2, "now".to_owned(), false)]);
    let extended = server.join("a", true);
    assert_eq!(extended.heard(), [], "this one rejoins");
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
async fn who_is_muted_says_nothing_until_the_time_is_over() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    let mute = rule(ChatroomRuleKind::Muted, "a", Some(60_000));
    for scope in [Some(id()), None] {
        let scope = scope.as_ref();
        server.0.set_chatroom_rules(scope, mute.clone(), at(0)).await.unwrap();
        assert_eq!(server.say(&a, "x", 59_999).await, Err(23408));
        assert!(matches!(server.serve(&a, volatile("t"), at(5)).await, Told::Refused(23408)));
        assert!(server.say(&b, "x", 5).await.is_ok());
        assert!(server.say(&a, "x", 60_000).await.is_ok());
        let lifted = vec!["a".to_owned()];
        server.0.lift_chatroom_rules(scope, ChatroomRuleKind::Muted, lifted).await.unwrap();
        assert!(server.say(&a, "x", 5).await.is_ok());
    }
}

#[tokio::test]
async fn in_a_muted_room_only_the_exempt_write() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    let mute = |muted| ChatroomChange { muted: Some(muted), ..ChatroomChange::default() };
    server.0.change_chatroom(&id(), mute(true)).await.unwrap();
    let exempt = rule(ChatroomRuleKind::Exempt, "b", None);
    server.0.set_chatroom_rules(Some(&id()), exempt, at(0)).await.unwrap();
    assert_eq!(server.say(&a, "x", 0).await, Err(23408));
    assert!(server.say(&b, "x", 0).await.is_ok());
    let joined = server.enter(&b).await;
    assert!(joined.muted && joined.exempt);
    server.0.change_chatroom(&id(), mute(false)).await.unwrap();
    assert!(server.say(&a, "x", 0).await.is_ok());
}

#[tokio::test]
async fn who_is_blocked_is_put_out_and_cannot_come_back_until_the_time_is_over() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    let block = rule(ChatroomRuleKind::Blocked, "a", Some(60_000));
    server.0.set_chatroom_rules(Some(&id()), block, at(0)).await.unwrap();
    assert!(matches!(a.heard()[..], [ChatroomNotice::Left { .. }]));
    assert_eq!(server.say(&a, "x", 1).await, Err(23409));
    assert_eq!(server.ask(&a, ChatroomAsk::After(UnixMillis::new(5)), 1).await, Err(23409));
    assert_eq!(server.ask(&a, ChatroomAsk::Join, 59_999).await, Err(23409));
    assert_eq!(server.names(&b, 9, MemberOrder::Oldest).await.0, 1);
    assert!(server.ask(&a, ChatroomAsk::Join, 60_000).await.is_ok());
}

#[tokio::test]
async fn a_destroyed_room_is_gone_with_everything_in_it() {
    let server = with(ChatroomSettings { made_by_joining: false, ..settings() });
    server.0.make_chatroom(&id(), Some("Geese".to_owned()), at(0)).await.unwrap();
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    server.say(&a, "old", 1).await.unwrap();
    a.heard();
    b.heard();
    let rest = || std::future::ready(());
    assert_eq!(server.0.destroy_chatroom(&id(), at(2), &rest).await, Ok(true));
    for session in [&a, &b] {
        assert!(matches!(session.heard()[..], [ChatroomNotice::Left { .. }]));
        assert_eq!(server.ask(session, ChatroomAsk::Join, 3).await, Err(23410));
        assert_eq!(server.say(session, "x", 3).await, Err(23406));
    }
    server.0.make_chatroom(&id(), None, at(4)).await.unwrap();
    server.enter(&a).await;
    assert_eq!(server.read(&a, ChatroomAsk::Newest(9)).await, [""; 0]);
    assert_eq!(server.names(&a, 9, MemberOrder::Oldest).await.0, 1);
}

#[tokio::test]
async fn entries_are_shared_and_those_who_did_not_change_them_hear_of_it() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", false));
    server.enter(&a).await;
    server.enter(&b).await;
    let set = |entry| ChatroomAsk::ChangeEntry(entry);
    server.ask(&a, set(wish("k", Some("v"))), 0).await.unwrap();
    assert!(matches!(b.heard()[..], [ChatroomNotice::EntriesChanged { .. }]));
    assert_eq!(a.heard(), []);
    assert_eq!(server.entries(&b).await, [("k".to_owned(), "v".to_owned(), false)]);
    assert_eq!(server.ask(&b, set(wish("k", Some("w"))), 0).await, Err(23424));
    assert_eq!(server.ask(&b, set(wish("k", None)), 0).await, Err(23424));
    assert_eq!(server.ask(&b, set(wish("none", None)), 0).await, Err(23427));
    let forced = EntryWish { overwrite: true, ..wish("k", Some("w")) };
    server.ask(&b, set(forced), 0).await.unwrap();
    server.ask(&b, set(wish("k", None)), 0).await.unwrap();
    assert_eq!(server.entries(&b).await, []);
}

#[tokio::test]
async fn e22_keys_and_values_beyond_their_limits_change_nothing() {
    let server = with(settings());
    let a = server.join("a", true);
    server.enter(&a).await;
    let (long_key, long_value) = ("k".repeat(129), "v".repeat(4097));
    for entry in [
        wish("", Some("v")),
        wish(&long_key, Some("v")),
        wish("a b", Some("v")),
        wish("键", Some("v")),
        wish("k", Some("")),
        wish("k", Some(&long_value)),
        wish(&long_key, None),
    ] {
        assert_eq!(server.ask(&a, ChatroomAsk::ChangeEntry(entry), 0).await, Err(33003));
    }
    assert_eq!(server.entries(&a).await, []);
    for n in 0..100 {
        let entry = wish(&format!("k{n}"), Some("v"));
        server.ask(&a, ChatroomAsk::ChangeEntry(entry), 0).await.unwrap();
    }
    let one_more = ChatroomAsk::ChangeEntry(wish("more", Some("v")));
    assert_eq!(server.ask(&a, one_more, 0).await, Err(23423));
    assert_eq!(server.entries(&a).await.len(), 100);
}

#[tokio::test]
async fn without_entries_nobody_sets_any() {
    let server = with(ChatroomSettings { entries: false, ..settings() });
    let a = server.join("a", true);
    server.enter(&a).await;
    let set = ChatroomAsk::ChangeEntry(wish("k", Some("v")));
    assert_eq!(server.ask(&a, set, 0).await, Err(23426));
    let pull = ChatroomAsk::Entries(UnixMillis::ZERO);
    assert_eq!(server.ask(&a, pull, 0).await, Err(23426));
}

#[tokio::test]
async fn a_changed_entry_can_be_told_by_a_message() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    let content = Bytes::from_static(br#"{"key":"k","value":"v","type":1}"#);
    let notice = |class: &str| Some((class.into(), content.clone(), MessageFlags::default()));
    let told = EntryWish { notice: notice("RC:chrmKVNotiMsg"), ..wish("k", Some("v")) };
    server.ask(&a, ChatroomAsk::ChangeEntry(told), 0).await.unwrap();
    let messages = b.messages();
    assert_eq!(messages[0].1.as_bytes(), content);
    let other = EntryWish { notice: notice("RC:TxtMsg"), ..wish("k", Some("w")) };
    assert_eq!(server.ask(&a, ChatroomAsk::ChangeEntry(other), 0).await, Err(33003));
    assert_eq!(server.entries(&a).await[0].1, "v");
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

#[tokio::test]
async fn nobody_whispers_in_a_chatroom() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    let Ask::Send { conversation, object_name, content, flags, original, .. } = said("psst") else {
        unreachable!()
    };
    let only_to = vec![UserId::from("c")];
    let (client_id, recall) = (None, false);
    let ask = Ask::Send {
        conversation,
        object_name,
        content,
        flags,
        client_id,
        only_to,
        recall,
        original,
    };
    assert_eq!(server.serve(&a, ask, at(0)).await, Told::Refused(33003));
    assert_eq!(b.messages(), []);
}

#[tokio::test]
async fn too_many_messages_in_a_room_are_refused_the_least_important_first() {
    let server = with(ChatroomSettings { rate: 4, ..settings() });
    let a = server.join("a", true);
    server.enter(&a).await;
    let low = rule(ChatroomRuleKind::LowClass, "RC:TxtMsg", None);
    server.0.set_chatroom_rules(None, low, at(0)).await.unwrap();
    let count = async |ms| {
        let mut taken = 0;
        for _ in 0..10 {
            taken += usize::from(server.say(&a, "x", ms).await.is_ok());
        }
        taken
    };
    assert_eq!(count(0).await, 2);
    let classes = vec!["RC:TxtMsg".to_owned()];
    server.0.lift_chatroom_rules(None, ChatroomRuleKind::LowClass, classes).await.unwrap();
    assert_eq!(count(0).await, 2);
    assert_eq!(server.say(&a, "x", 0).await, Err(20604));
    assert_eq!(count(1000).await, 4);
    let protected = rule(ChatroomRuleKind::ProtectedUser, "a", None);
    server.0.set_chatroom_rules(Some(&id()), protected, at(0)).await.unwrap();
    assert_eq!(count(1000).await, 10);
}

#[tokio::test]
async fn a_paused_room_keeps_messages_and_passes_none_on() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    let pause = |paused| ChatroomChange { paused: Some(paused), ..ChatroomChange::default() };
    server.0.change_chatroom(&id(), pause(true)).await.unwrap();
    server.say(&a, "kept", 1).await.unwrap();
    assert_eq!(b.messages(), []);
    server.0.change_chatroom(&id(), pause(false)).await.unwrap();
    server.say(&a, "passed on", 2).await.unwrap();
    assert_eq!(b.messages(), [(1, "passed on".to_owned(), false)]);
}

#[tokio::test]
async fn rooms_that_nobody_uses_go_and_histories_are_cut() {
    let settings = ChatroomSettings { idle: 60_000, history: 2, ..settings() };
    let server = with(settings);
    let rest = || std::future::ready(());
    for name in ["idle", "kept"] {
        server.0.make_chatroom(&name.into(), None, at(0)).await.unwrap();
    }
    let keep = ChatroomChange { kept_alive: Some(true), ..ChatroomChange::default() };
    server.0.change_chatroom(&"kept".into(), keep).await.unwrap();
    let a = server.join("a", true);
    server.enter(&a).await;
    for n in 0..5 {
        server.say(&a, &n.to_string(), n).await.unwrap();
    }
    assert_eq!(server.0.tidy_chatrooms(at(59_999), rest).await, Ok(0));
    assert_eq!(server.0.store().trim_chatroom(&id(), 2, 9).await, Ok(0), "it was cut");
    assert_eq!(server.0.store().trim_chatroom(&id(), 0, 9).await, Ok(2));
    assert_eq!(server.0.tidy_chatrooms(at(60_000), rest).await, Ok(1));
    let left = server.0.store().chatrooms(None, 9).await.unwrap();
    assert_eq!(left.iter().map(|room| room.id.as_str()).collect::<Vec<_>>(), ["kept", "r"]);
    server.ask(&a, ChatroomAsk::Exit, 100_000).await.unwrap();
    assert_eq!(server.0.tidy_chatrooms(at(159_999), rest).await, Ok(0));
    assert_eq!(server.0.tidy_chatrooms(at(160_000), rest).await, Ok(1));
}

#[tokio::test]
async fn a_restarted_server_knows_rooms_entries_and_what_was_said() {
    let server = with(settings());
    let a = server.join("a", true);
    server.enter(&a).await;
    let set = ChatroomAsk::ChangeEntry(wish("k", Some("v")));
    server.ask(&a, set, 0).await.unwrap();
    let last = server.say(&a, "before", 1).await.unwrap();
    let chatrooms = ChatroomSettings { made_by_joining: false, ..settings() };
    let store = server.0.store().copy("life");
    let restarted = Server(Core::new(store, Settings { chatrooms, ..Settings::default() }));
    let back = restarted.join("a", true);
    assert_eq!(restarted.say(&back, "too early", 2).await, Err(23406));
    let joined = restarted.enter(&back).await;
    assert_eq!(joined.head.time, last.sent_time);
    assert_eq!(restarted.read(&back, ChatroomAsk::Newest(9)).await, ["before"]);
    assert_eq!(restarted.entries(&back).await, [("k".to_owned(), "v".to_owned(), false)]);
    // The clock of the new process may be behind.
    let next = restarted.say(&back, "after", 0).await.unwrap();
    assert!(next.sent_time > last.sent_time);
}

#[tokio::test]
async fn the_applications_server_says_something_in_a_room_that_nobody_has_joined_yet() {
    let server = with(settings());
    let published = Published {
        sender: "system".into(),
        conversation: room(4, "r"),
        only_to: Vec::new(),
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from_static(b"welcome"),
        flags: MessageFlags::NORMAL,
        include_sender: false,
    };
    let refused = server.0.publish(published.clone(), at(0)).await;
    assert_eq!(refused.map_err(hongyan::error::ErrorCode::number), Err(23410));
    server.0.make_chatroom(&id(), None, at(0)).await.unwrap();
    let stored = server.0.publish(published, at(0)).await.unwrap();
    let a = server.join("a", true);
    server.enter(&a).await;
    assert_eq!(server.read(&a, ChatroomAsk::Newest(9)).await, ["welcome"]);
    let back = server.0.take_back("system".into(), room(4, "r"), stored.uid, at(1)).await;
    assert!(back.is_ok());
    assert!(!server.read(&a, ChatroomAsk::Newest(9)).await.contains(&"welcome".to_owned()));
}

#[tokio::test]
async fn who_was_away_for_long_reads_on_in_the_history() {
    let server = with(ChatroomSettings { rate: 0, ..settings() });
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    let first = server.say(&a, "0", 0).await.unwrap().sent_time;
    for n in 1..=700 {
        server.say(&a, &n.to_string(), 0).await.unwrap();
    }
    let (mut after, mut seen, mut finished) = (first, Vec::new(), false);
    while !finished {
        let told = server.ask(&b, ChatroomAsk::After(after), 0).await.unwrap();
        let ChatroomTold::Page(page) = told else { panic!() };
        let read = client::pull_page(&page.body, &b.login.user).unwrap();
        finished = read.finished.unwrap();
        assert_eq!(finished, page.reached == page.head.seq);
        assert!(read.sync_time > after || finished);
        after = read.sync_time;
        seen.extend(read.messages.iter().map(|message| text(&message.content)));
    }
    assert_eq!(seen, (1..=700).map(|n| n.to_string()).collect::<Vec<_>>());
}
