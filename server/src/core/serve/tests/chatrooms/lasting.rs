//! What outlives a link, a process, or the use of a room.

use super::*;

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
async fn what_goes_with_its_setter_goes_if_that_never_comes_back_after_a_restart() {
    let server = with(settings());
    let (a, b, c) = (server.join("a", true), server.join("b", true), server.join("c", true));
    for session in [&a, &b, &c] {
        server.enter(session).await;
        let key = session.login.user.as_str();
        let seat = EntryWish { auto_delete: true, ..wish(key, Some("seat")) };
        server.ask(session, ChatroomAsk::ChangeEntry(seat), 0).await.unwrap();
    }
    let kept = with(ChatroomSettings { grace: 30_000, ..settings() });
    let restarted = Server(Core::new(server.0.store().copy("life"), *kept.0.settings()));
    let early = restarted.join("b", true);
    restarted.enter(&early).await;
    restarted.0.remember_chatroom_members().await.unwrap();
    restarted.0.expire_chatroom_members(at(0)).await.unwrap();
    let late = restarted.join("c", true);
    restarted.enter(&late).await;
    early.heard();
    restarted.0.expire_chatroom_members(at(29_999)).await.unwrap();
    assert_eq!(restarted.entries(&early).await.len(), 3);
    restarted.0.expire_chatroom_members(at(30_000)).await.unwrap();
    let left = restarted.entries(&early).await;
    assert_eq!(left.iter().map(|(key, ..)| &**key).collect::<Vec<_>>(), ["b", "c"]);
    assert!(matches!(early.heard()[..], [ChatroomNotice::EntriesChanged { .. }]));
}

#[tokio::test]
async fn one_session_of_two_leaves_and_its_user_stays() {
    let server = with(settings());
    let (first, second, b) =
        (server.join("a", true), server.join("a", true), server.join("b", true));
    for session in [&first, &second, &second, &b] {
        server.enter(session).await;
    }
    server.ask(&first, ChatroomAsk::Exit, 0).await.unwrap();
    server.say(&b, "x", 0).await.unwrap();
    assert_eq!(first.heard(), []);
    assert_eq!(second.messages(), [(1, "x".to_owned(), false)]);
    server.0.hub().leave(&second.login.user, second.id);
    assert_eq!(server.names(&b, 9, MemberOrder::Newest).await.1, ["b", "a"], "for a while");
    server.0.expire_chatroom_members(at(0)).await.unwrap();
    server.0.expire_chatroom_members(at(30_000)).await.unwrap();
    assert_eq!(server.names(&b, 9, MemberOrder::Newest).await.1, ["b"]);
}

#[tokio::test]
async fn a_room_of_the_same_name_is_another_one() {
    let server = with(ChatroomSettings { made_by_joining: false, ..settings() });
    server.0.make_chatroom(&id(), None, at(0)).await.unwrap();
    let a = server.join("a", true);
    let old = server.0.chatroom(&id(), at(0)).await.unwrap().unwrap();
    let rest = || std::future::ready(());
    server.0.destroy_chatroom(&id(), at(0), &rest).await.unwrap();
    server.0.make_chatroom(&id(), None, at(0)).await.unwrap();
    server.0.chatroom(&id(), at(0)).await.unwrap().unwrap();
    let entered = server.0.hub().enter(&old, &a.login.user, a.id, 0, at(0));
    assert_eq!(entered.map_err(hongyan::error::ErrorCode::number), Err(23410));
}

#[tokio::test]
async fn who_is_blocked_while_a_room_comes_into_use_is_blocked() {
    let server = with(settings());
    server.0.make_chatroom(&id(), None, at(0)).await.unwrap();
    let rooms = server.0.hub().chatrooms();
    // A room that was read before the rule was made must not be put in use after it.
    let before = rooms.outdated();
    let rule =
        ChatroomRule { kind: ChatroomRuleKind::Blocked, subject: "a".to_owned(), until: None };
    server.0.set_chatroom_rules(Some(&id()), vec![rule], at(0)).await.unwrap();
    assert_ne!(rooms.outdated(), before);
    let a = server.join("a", true);
    assert_eq!(server.ask(&a, ChatroomAsk::Join, 0).await, Err(23409));
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
