//! Who may be there, and speak.

use super::*;

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
