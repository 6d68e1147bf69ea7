//! Messages to the members of a group.

use hongyan::signal::MessageFlags;

use super::super::super::ask::{Notice, Told};
use super::*;

fn to_group(content: &str) -> Ask {
    send(3, "g", content, MessageFlags::NORMAL, None)
}

#[tokio::test]
async fn a_message_to_a_group_reaches_every_member() {
    let server = Server::new();
    server.group(&["a", "b", "c"]).await;
    let (a, b, out) = (server.join("a", true), server.join("b", true), server.join("x", true));
    let (also_a, old_a) = (server.join("a", true), server.join("a", false));
    let stored = server.send(&a, to_group("hello")).await;
    let [row] = &b.rows()[..] else { panic!("one row") };
    assert_eq!((&row.conversation, row.sender.as_str()), (&room(3, "g"), "a"));
    assert_eq!((row.own, &row.uid), (false, &stored.uid));
    let [row] = &also_a.rows()[..] else { panic!("one row") };
    assert_eq!((&row.conversation, row.own), (&room(3, "g"), true));
    assert_eq!(old_a.inlet.taken(), [Notice::SyncCopy { original: frame(), stored }]);
    assert_eq!((a.inlet.taken(), out.inlet.taken()), (vec![], vec![]));
    assert_eq!((server.head("c").await, server.head("x").await), (1, 0));
}

#[tokio::test]
async fn who_is_no_member_is_refused_and_nothing_is_stored() {
    let server = Server::new();
    server.group(&["b"]).await;
    let a = server.join("a", true);
    for flags in [MessageFlags::NORMAL, MessageFlags::default()] {
        let told = server.serve(&a, send(3, "g", "x", flags, None), at(0)).await;
        assert_eq!(told, Told::Refused(22406));
    }
    assert_eq!((server.head("a").await, server.head("b").await), (0, 0));
}

#[tokio::test]
async fn a_mention_is_told_to_those_it_means() {
    let server = Server::new();
    server.group(&["a", "b", "c"]).await;
    let (a, b, c) = (server.join("a", true), server.join("b", true), server.join("c", true));
    let flags = MessageFlags { mentioned: true, ..MessageFlags::NORMAL };
    let content = r#"{"content":"@b","mentionedInfo":{"type":2,"userIdList":["b"]}}"#;
    server.send(&a, send(3, "g", content, flags, None)).await;
    let mentioned = |session: &Session| session.rows()[0].flags.mentioned;
    assert_eq!((mentioned(&b), mentioned(&c)), (true, false));
    // Without the flag the content says nothing.
    server.send(&a, to_group(content)).await;
    assert!(!mentioned(&b));
    let counts = server.list("b").await[0].clone();
    assert_eq!((counts.unread, counts.mentions), (2, 1));
    assert_eq!(server.list("c").await[0].mentions, 0);
    for (user, expected) in [("b", [true, false]), ("c", [false, false]), ("a", [false, false])] {
        let rows = server.inbox(user).await;
        assert_eq!(rows.iter().map(|row| row.flags.mentioned).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn a_directed_message_stays_between_those_it_is_for() {
    let server = Server::new();
    server.group(&["a", "b", "c"]).await;
    let (a, b, c) = (server.join("a", true), server.join("b", true), server.join("c", true));
    server.send(&a, directed(to_group("psst"), &["c"])).await;
    assert_eq!((b.rows().len(), c.rows().len()), (0, 1));
    let heads = [server.head("a").await, server.head("b").await, server.head("c").await];
    assert_eq!(heads, [1, 0, 1]);
}

#[tokio::test]
async fn typing_reaches_the_members_who_are_online() {
    let server = Server::new();
    server.group(&["a", "b", "c"]).await;
    let (a, also_a) = (server.join("a", true), server.join("a", true));
    let (b, out) = (server.join("b", false), server.join("x", true));
    let typing = || of_class("RC:TypSts", 3, "g", "{}", MessageFlags::default());
    server.send(&a, typing()).await;
    let [row] = &b.passing()[..] else { panic!("one passes by") };
    assert_eq!((&row.conversation, row.sender.as_str()), (&room(3, "g"), "a"));
    assert_eq!((also_a.inlet.taken(), out.inlet.taken()), (vec![], vec![]));
    assert_eq!(server.head("b").await, 0);
}

#[tokio::test]
async fn system_messages_are_not_for_users_to_send() {
    let server = Server::new();
    let a = server.join("a", true);
    let told = server.serve(&a, send(6, "b", "x", MessageFlags::NORMAL, None), at(0)).await;
    assert_eq!(told, Told::Refused(20406));
}
