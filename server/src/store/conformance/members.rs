//! Groups, discussions, and messages to their members.

use std::sync::Arc;

use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::signal::content::Mention;

use super::super::{
    Audience, MAX_MEMBERS, NewMessage, NewRoom, Role, Room, RoomChange, RoomInfo, Store, StoreError,
};
use super::support::*;

async fn room<S: Store>(store: &S) -> Room {
    store.room(&group("g")).await.unwrap().expect("the group")
}

fn names(room: &Room) -> Vec<&str> {
    room.members.iter().map(|member| member.user.as_str()).collect()
}

pub async fn the_first_member_owns_the_room<S: Store>(store: Arc<S>) {
    make_group(&*store, &["c", "a", "b", "a"]).await;
    let made = room(&*store).await;
    let info = RoomInfo { id: group("g"), name: "geese".into(), open: true };
    assert_eq!((&made.info, names(&made)), (&info, vec!["c", "a", "b"]));
    assert_eq!(made.owner(), Some(&user("c")));
    let roles: Vec<_> = made.members.iter().map(|member| (member.role, member.joined)).collect();
    assert_eq!(roles, [(Role::Owner, at(0)), (Role::Member, at(0)), (Role::Member, at(0))]);
}

pub async fn an_id_is_made_for_who_has_none<S: Store>(store: Arc<S>) {
    let new = NewRoom {
        kind: ConversationKind::Discussion,
        id: None,
        name: "d".into(),
        members: users(&["a"]),
        now: at(0),
    };
    let first = store.create_room(new.clone()).await.unwrap();
    let second = store.create_room(new).await.unwrap();
    assert!(!first.is_empty() && first != second);
    let made = ConversationId::new(ConversationKind::Discussion, first);
    assert!(store.is_member(&made, &user("a")).await.unwrap());
}

pub async fn a_room_made_again_takes_the_name_and_the_members<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a"]).await;
    let again = NewRoom {
        kind: ConversationKind::Group,
        id: Some("g".into()),
        name: "swans".into(),
        members: users(&["b", "a"]),
        now: at(1),
    };
    store.create_room(again).await.unwrap();
    let made = room(&*store).await;
    assert_eq!((&*made.info.name, names(&made)), ("swans", vec!["a", "b"]));
    assert_eq!(made.owner(), Some(&user("a")));
}

pub async fn members_come_and_go<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a"]).await;
    let joined = store.join_room(&group("g"), &users(&["c", "a", "b", "c"]), at(5)).await;
    assert_eq!(joined, Ok(users(&["c", "b"])));
    assert_eq!(names(&room(&*store).await), ["a", "b", "c"]);
    let left = store.leave_room(&group("g"), &users(&["x", "c", "c"])).await;
    assert_eq!(left, Ok(users(&["c"])));
    assert_eq!(names(&room(&*store).await), ["a", "b"]);
    for (name, is) in [("a", true), ("c", false), ("nobody", false)] {
        assert_eq!(store.is_member(&group("g"), &user(name)).await, Ok(is));
    }
}

pub async fn the_longest_standing_member_follows_the_owner<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a"]).await;
    for (ms, name) in [(1, "z"), (2, "b")] {
        store.join_room(&group("g"), &users(&[name]), at(ms)).await.unwrap();
    }
    store.leave_room(&group("g"), &users(&["a"])).await.unwrap();
    assert_eq!(room(&*store).await.owner(), Some(&user("z")));
    store.leave_room(&group("g"), &users(&["z", "b"])).await.unwrap();
    assert_eq!(room(&*store).await.owner(), None);
    store.join_room(&group("g"), &users(&["y", "x"]), at(3)).await.unwrap();
    assert_eq!(room(&*store).await.owner(), Some(&user("y")));
}

pub async fn a_room_can_be_changed<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a"]).await;
    let change = RoomChange { name: Some("swans".into()), open: None };
    store.change_room(&group("g"), change).await.unwrap();
    let change = RoomChange { name: None, open: Some(false) };
    store.change_room(&group("g"), change).await.unwrap();
    let info = room(&*store).await.info;
    assert_eq!((&*info.name, info.open), ("swans", false));
}

pub async fn a_dismissed_room_is_none<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b"]).await;
    append(&*store, group_message("a", "x")).await;
    store.dismiss_room(&group("g")).await.unwrap();
    assert_eq!(store.room(&group("g")).await, Ok(None));
    assert_eq!(store.is_member(&group("g"), &user("a")).await, Ok(false));
    assert_eq!(store.append(group_message("a", "y")).await, Err(StoreError::NotMember));
    assert_eq!(contents(&inbox(&*store, "b").await), ["x"]);
    make_group(&*store, &["b"]).await;
    assert_eq!(names(&room(&*store).await), ["b"]);
}

pub async fn what_is_no_room_is_refused<S: Store>(store: Arc<S>) {
    append(&*store, room_message("a", &["b"])).await;
    let (g, none) = (group("g"), Err(StoreError::NoSuchRoom));
    assert_eq!(store.join_room(&g, &users(&["a"]), at(0)).await, none);
    assert_eq!(store.leave_room(&g, &users(&["a"])).await, none);
    assert_eq!(store.dismiss_room(&g).await, Err(StoreError::NoSuchRoom));
    let changed = store.change_room(&g, RoomChange::default()).await;
    assert_eq!(changed, Err(StoreError::NoSuchRoom));
    assert_eq!(store.room(&g).await, Ok(None));
    assert_eq!(store.append(group_message("a", "x")).await, Err(StoreError::NotMember));
}

pub async fn kinds_keep_apart<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a"]).await;
    let discussion = ConversationId::new(ConversationKind::Discussion, "g");
    assert_eq!(store.room(&discussion).await, Ok(None));
    let new = NewRoom {
        kind: ConversationKind::Discussion,
        id: Some("g".into()),
        name: "d".into(),
        members: users(&["a", "b"]),
        now: at(0),
    };
    store.create_room(new).await.unwrap();
    assert_eq!(names(&room(&*store).await), ["a"]);
}

pub async fn a_user_finds_its_rooms<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b"]).await;
    for (id, members) in [("f", &["a"][..]), ("h", &["b"])] {
        let new = NewRoom {
            kind: ConversationKind::Group,
            id: Some(id.into()),
            name: id.to_uppercase(),
            members: users(members),
            now: at(0),
        };
        store.create_room(new).await.unwrap();
    }
    let rooms = async |name, kind| {
        let found = store.rooms_of(&user(name), kind).await.unwrap();
        found.into_iter().map(|room| (room.id.target.to_string(), room.name)).collect::<Vec<_>>()
    };
    let expected = [("f", "F"), ("g", "geese")].map(|(id, name)| (id.to_owned(), name.to_owned()));
    assert_eq!(rooms("a", ConversationKind::Group).await, expected);
    assert_eq!(rooms("a", ConversationKind::Discussion).await, []);
    assert_eq!(rooms("nobody", ConversationKind::Group).await, []);
}

pub async fn a_message_reaches_those_who_are_members_then<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b", "c"]).await;
    let stored = append(&*store, group_message("a", "one")).await;
    assert_eq!((stored.own_seq, &stored.rows[..]), (1, &[(user("b"), 1), (user("c"), 1)][..]));
    store.leave_room(&group("g"), &users(&["c"])).await.unwrap();
    store.join_room(&group("g"), &users(&["d"]), at(1)).await.unwrap();
    append(&*store, group_message("b", "two")).await;
    for (name, expected) in [
        ("a", vec!["one", "two"]),
        ("b", vec!["one", "two"]),
        ("c", vec!["one"]),
        ("d", vec!["two"]),
    ] {
        let rows = inbox(&*store, name).await;
        assert_eq!(contents(&rows), expected, "{name}");
        assert!(rows.iter().all(|row| row.conversation == group("g")));
    }
}

pub async fn who_is_no_member_cannot_send<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a"]).await;
    assert_eq!(store.append(group_message("b", "x")).await, Err(StoreError::NotMember));
    assert_eq!((inbox(&*store, "a").await, inbox(&*store, "b").await), (vec![], vec![]));
    let first = append(&*store, with_id(7, group_message("a", "x"))).await;
    store.leave_room(&group("g"), &users(&["a"])).await.unwrap();
    let again = append(&*store, with_id(7, group_message("a", "x"))).await;
    assert_eq!((again.uid, again.repeated), (first.uid, true));
}

pub async fn from_outside_a_row_of_ones_own_is_a_choice<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b"]).await;
    let audience = Audience::Members { only: None, from_outside: true };
    let outside = NewMessage { audience, own_row: false, ..group_message("boss", "x") };
    let stored = append(&*store, outside.clone()).await;
    assert_eq!((stored.own_seq, stored.rows.len()), (0, 2));
    assert_eq!(inbox(&*store, "boss").await, []);
    let stored = append(&*store, NewMessage { own_row: true, ..outside }).await;
    assert_eq!((stored.own_seq, stored.rows.len()), (1, 2));
    assert!(inbox(&*store, "boss").await[0].own);
}

pub async fn a_directed_message_reaches_the_named_members_alone<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b", "c"]).await;
    let only = Some(users(&["c", "x", "a"]));
    let audience = Audience::Members { only, from_outside: false };
    let directed = NewMessage { audience, history: false, ..group_message("a", "psst") };
    let stored = append(&*store, directed).await;
    assert_eq!((stored.own_seq, &stored.rows[..]), (1, &[(user("c"), 1)][..]));
    for (name, rows) in [("a", 1), ("b", 0), ("c", 1), ("x", 0)] {
        assert_eq!(inbox(&*store, name).await.len(), rows, "{name}");
    }
}

pub async fn a_mention_is_on_the_rows_of_those_it_means<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b", "c"]).await;
    let some = Some(Mention::Users(users(&["b", "a", "x"])));
    append(&*store, NewMessage { mentions: some, ..group_message("a", "@b") }).await;
    let all = Some(Mention::Everyone);
    append(&*store, sent_at(9, NewMessage { mentions: all, ..group_message("a", "@all") })).await;
    append(&*store, group_message("a", "nobody")).await;
    for (name, expected) in
        [("a", [false; 3]), ("b", [true, true, false]), ("c", [false, true, false])]
    {
        let rows = inbox(&*store, name).await;
        let found: Vec<_> = rows.iter().map(|row| row.flags.mentioned).collect();
        assert_eq!(found, expected, "{name}");
        let by_times = by_times(&*store, name, at(-1), Some(at(-1)), 10).await.rows;
        assert_eq!(by_times, rows);
    }
    let counts = async |name| {
        let row = list(&*store, name, ALL).await.remove(0);
        (row.unread, row.mentions)
    };
    assert_eq!((counts("a").await, counts("b").await, counts("c").await), ((0, 0), (3, 2), (3, 1)));
    store.mark_read(&user("b"), &group("g"), at(0)).await.unwrap();
    assert_eq!(counts("b").await, (2, 1));
}

pub async fn a_room_holds_3000_and_no_more<S: Store>(store: Arc<S>) {
    let many: Vec<UserId> = (0..MAX_MEMBERS).map(|n| UserId::from(format!("u{n:04}"))).collect();
    let new = NewRoom {
        kind: ConversationKind::Group,
        id: Some("g".into()),
        name: "flock".into(),
        members: many.clone(),
        now: at(0),
    };
    let one_more = [many.clone(), users(&["z"])].concat();
    let too_many = NewRoom { members: one_more, ..new.clone() };
    assert_eq!(store.create_room(too_many).await, Err(StoreError::RoomFull));
    assert_eq!(store.room(&group("g")).await, Ok(None));
    store.create_room(new).await.unwrap();
    let joined = store.join_room(&group("g"), &users(&["z"]), at(1)).await;
    assert_eq!(joined, Err(StoreError::RoomFull));
    let stored = append(&*store, group_message("u0000", "to all")).await;
    assert_eq!(stored.rows.len(), MAX_MEMBERS - 1);
    assert_eq!(contents(&inbox(&*store, "u2999").await), ["to all"]);
}

pub async fn members_have_roles<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b", "c"]).await;
    let roles = || {
        let store = Arc::clone(&store);
        async move {
            let room = store.room(&group("g")).await.unwrap().unwrap();
            room.members
                .iter()
                .map(|member| (member.user.to_string(), member.role))
                .collect::<Vec<_>>()
        }
    };
    let is = |name: &str, role| (name.to_owned(), role);
    store.set_role(&group("g"), &user("b"), Role::Manager).await.unwrap();
    let first = [is("a", Role::Owner), is("b", Role::Manager), is("c", Role::Member)];
    assert_eq!(roles().await, first);
    for (name, role) in [("a", Role::Member), ("d", Role::Manager), ("d", Role::Owner)] {
        let refused = store.set_role(&group("g"), &user(name), role).await;
        assert_eq!(refused, Err(StoreError::NotMember));
    }
    assert_eq!(roles().await, first);
    store.set_role(&group("g"), &user("b"), Role::Owner).await.unwrap();
    assert_eq!(roles().await, [is("b", Role::Owner), is("a", Role::Member), is("c", Role::Member)]);
    store.set_role(&group("g"), &user("a"), Role::Manager).await.unwrap();
    store.leave_room(&group("g"), &[user("b")]).await.unwrap();
    assert_eq!(roles().await, [is("a", Role::Owner), is("c", Role::Member)]);
    store.set_role(&group("g"), &user("c"), Role::Owner).await.unwrap();
    assert_eq!(roles().await, [is("c", Role::Owner), is("a", Role::Member)]);
    let nowhere = store.set_role(&group("h"), &user("a"), Role::Member).await;
    assert_eq!(nowhere, Err(StoreError::NoSuchRoom));
}
