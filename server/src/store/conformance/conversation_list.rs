//! The conversation list, its unread counts, read times.

use std::sync::Arc;

use hongyan::ids::ConversationKind;
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::super::{ConversationQuery, NewMessage, PINNED, Setting, Store};
use super::support::*;

pub async fn the_newest_conversation_comes_first<S: Store>(store: Arc<S>) {
    for (ms, from) in [(10, "a"), (20, "b"), (30, "c"), (40, "a")] {
        append(&*store, sent_at(ms, message(from, "me", &ms.to_string()))).await;
    }
    append(&*store, sent_at(50, message("me", "b", "50"))).await;
    let (list, head) = store.conversations(&user("me"), ALL).await.unwrap();
    assert_eq!(targets(&list), ["b", "a", "c"]);
    let latest: Vec<_> = list.iter().map(|row| row.latest.clone()).collect();
    assert_eq!(contents(&latest), ["50", "40", "30"]);
    assert_eq!(seqs(&latest), [5, 4, 3]);
    assert_eq!((latest[0].own, latest[1].own), (true, false));
    assert_eq!(head, 5);
}

pub async fn pages_go_on_before_a_time<S: Store>(store: Arc<S>) {
    for (ms, from) in [(10, "a"), (20, "b"), (30, "c")] {
        append(&*store, sent_at(ms, message(from, "me", "x"))).await;
    }
    let first = list(&*store, "me", ConversationQuery { count: 2, ..ALL }).await;
    assert_eq!(targets(&first), ["c", "b"]);
    let from = Some(first[1].latest.sent_time);
    let second = list(&*store, "me", ConversationQuery { from, count: 2, ..ALL }).await;
    assert_eq!(targets(&second), ["a"]);
}

pub async fn the_oldest_may_come_first<S: Store>(store: Arc<S>) {
    for (ms, from) in [(10, "a"), (20, "b"), (30, "c")] {
        append(&*store, sent_at(ms, message(from, "me", "x"))).await;
    }
    let query = ConversationQuery { ascending: true, count: 2, ..ALL };
    let first = list(&*store, "me", query.clone()).await;
    assert_eq!(targets(&first), ["a", "b"]);
    let from = Some(first[1].latest.sent_time);
    let second = list(&*store, "me", ConversationQuery { from, ..query }).await;
    assert_eq!(targets(&second), ["c"]);
}

async fn pin<S: Store>(store: &S, name: &str, target: &str, value: &str) {
    let setting = Setting { conversation: private(target), item: PINNED, value: value.into() };
    store.set(&user(name), vec![setting], at(0)).await.unwrap().unwrap();
}

pub async fn pinned_conversations_stand_on_the_first_page_alone<S: Store>(store: Arc<S>) {
    for (ms, from) in [(10, "a"), (20, "b"), (30, "c"), (40, "d"), (50, "e")] {
        append(&*store, sent_at(ms, message(from, "me", "x"))).await;
    }
    for (target, value) in [("a", "1"), ("d", "1"), ("b", "1"), ("b", "0")] {
        pin(&*store, "me", target, value).await;
    }
    pin(&*store, "other", "c", "1").await;
    let query = ConversationQuery { pinned_first: true, count: 3, ..ALL };
    let first = list(&*store, "me", query.clone()).await;
    assert_eq!(targets(&first), ["d", "a", "e", "c", "b"]);
    let pinned: Vec<_> = first.iter().map(|row| row.pinned).collect();
    assert_eq!(pinned, [true, true, false, false, false]);
    let few = ConversationQuery { count: 1, ..query };
    let first = list(&*store, "me", few.clone()).await;
    assert_eq!(targets(&first), ["d", "a", "e"], "all pinned ones, however few are asked for");
    let from = Some(first[2].latest.sent_time);
    let second = list(&*store, "me", ConversationQuery { from, count: 2, ..few }).await;
    assert_eq!(targets(&second), ["c", "b"]);
    assert_eq!(targets(&list(&*store, "me", ALL).await), ["e", "d", "c", "b", "a"]);
}

pub async fn some_kinds_may_be_asked_for<S: Store>(store: Arc<S>) {
    append(&*store, message("a", "me", "x")).await;
    append(&*store, room_message("a", &["me"])).await;
    let of_kind =
        async |kind| list(&*store, "me", ConversationQuery { kinds: vec![kind], ..ALL }).await;
    assert_eq!(targets(&of_kind(ConversationKind::Private).await), ["a"]);
    assert_eq!(targets(&of_kind(ConversationKind::Group).await), ["g"]);
    assert_eq!(targets(&of_kind(ConversationKind::System).await), [""; 0]);
    let both = vec![ConversationKind::Group, ConversationKind::Private];
    assert_eq!(list(&*store, "me", ConversationQuery { kinds: both, ..ALL }).await.len(), 2);
}

pub async fn no_more_than_asked_for<S: Store>(store: Arc<S>) {
    append(&*store, message("a", "me", "x")).await;
    append(&*store, message("b", "me", "x")).await;
    for count in [0, 1, 2] {
        let list = list(&*store, "me", ConversationQuery { count, ..ALL }).await;
        assert_eq!(list.len(), count as usize);
    }
}

async fn unread<S: Store>(store: &S, name: &str) -> u64 {
    list(store, name, ALL).await[0].unread
}

pub async fn unread_counts_what_others_sent_after_the_read_time<S: Store>(store: Arc<S>) {
    for ms in [10, 20, 30] {
        append(&*store, sent_at(ms, message("a", "me", "x"))).await;
    }
    append(&*store, sent_at(40, message("me", "a", "own"))).await;
    let kept = MessageFlags { counted: false, ..MessageFlags::NORMAL };
    append(&*store, NewMessage { flags: kept, ..sent_at(50, message("a", "me", "kept")) }).await;
    append(&*store, sent_at(60, message("b", "me", "elsewhere"))).await;
    let in_a = async || list(&*store, "me", ALL).await[1].clone();
    assert_eq!(in_a().await.unread, 3);
    for (read, left) in [(9, 3), (10, 2), (29, 1), (30, 0)] {
        store.mark_read(&user("me"), &private("a"), at(read)).await.unwrap();
        let row = in_a().await;
        assert_eq!((row.unread, row.read_time), (left, at(read)));
    }
    append(&*store, sent_at(70, message("a", "me", "new"))).await;
    assert_eq!(unread(&*store, "me").await, 1);
}

pub async fn a_message_to_oneself_is_read<S: Store>(store: Arc<S>) {
    append(&*store, message("me", "me", "note")).await;
    let list = list(&*store, "me", ALL).await;
    assert_eq!((targets(&list), list[0].unread), (vec!["me"], 0));
}

pub async fn a_read_time_never_goes_back<S: Store>(store: Arc<S>) {
    append(&*store, sent_at(10, message("a", "me", "x"))).await;
    append(&*store, sent_at(30, message("me", "a", "y"))).await;
    for (read, moves) in [(20, true), (5, false), (20, false)] {
        let moved = store.mark_read(&user("me"), &private("a"), at(read)).await;
        assert_eq!(moved, Ok(moves));
    }
    assert_eq!(list(&*store, "me", ALL).await[0].read_time, at(20));
    assert_eq!(unread(&*store, "me").await, 0);
}

pub async fn nobody_has_read_what_is_yet_to_come<S: Store>(store: Arc<S>) {
    append(&*store, sent_at(10, message("a", "me", "x"))).await;
    store.mark_read(&user("me"), &private("a"), UnixMillis::new(i64::MAX)).await.unwrap();
    let row = list(&*store, "me", ALL).await.remove(0);
    assert_eq!((row.unread, row.read_time), (0, at(10)));
    append(&*store, sent_at(20, message("a", "me", "y"))).await;
    assert_eq!(unread(&*store, "me").await, 1);
}

pub async fn a_read_time_is_the_readers_own<S: Store>(store: Arc<S>) {
    append(&*store, message("a", "me", "x")).await;
    append(&*store, message("me", "a", "y")).await;
    store.mark_read(&user("me"), &private("a"), at(100)).await.unwrap();
    assert_eq!(unread(&*store, "me").await, 0);
    assert_eq!(unread(&*store, "a").await, 1);
}

pub async fn a_removed_conversation_comes_back_with_the_next_message<S: Store>(store: Arc<S>) {
    append(&*store, sent_at(10, message("a", "me", "x"))).await;
    append(&*store, sent_at(20, message("b", "me", "x"))).await;
    store.mark_read(&user("me"), &private("a"), at(10)).await.unwrap();
    for (until, listed) in [(9, None), (10, Some(at(10))), (10, None)] {
        let removed = store.remove_conversation(&user("me"), &private("a"), at(until)).await;
        assert_eq!(removed, Ok(listed));
    }
    assert_eq!(targets(&list(&*store, "me", ALL).await), ["b"]);
    assert_eq!(targets(&list(&*store, "a", ALL).await), ["me"]);
    assert_eq!(inbox(&*store, "me").await.len(), 2);
    append(&*store, sent_at(30, message("a", "me", "y"))).await;
    let back = list(&*store, "me", ALL).await;
    assert_eq!(targets(&back), ["a", "b"]);
    assert_eq!((back[0].unread, back[0].read_time), (1, at(10)));
}

pub async fn what_does_not_count_moves_nothing<S: Store>(store: Arc<S>) {
    let kept = MessageFlags { counted: false, ..MessageFlags::NORMAL };
    let uncounted =
        |from, ms| NewMessage { flags: kept, ..sent_at(ms, message(from, "me", "kept")) };
    append(&*store, uncounted("a", 5)).await;
    assert_eq!(list(&*store, "me", ALL).await, []);
    append(&*store, sent_at(10, message("a", "me", "x"))).await;
    append(&*store, sent_at(20, message("b", "me", "x"))).await;
    append(&*store, uncounted("a", 30)).await;
    let list = list(&*store, "me", ALL).await;
    assert_eq!(targets(&list), ["b", "a"]);
    assert_eq!(list[1].latest.sent_time, at(10));
}

pub async fn unknown_conversations_are_left_alone<S: Store>(store: Arc<S>) {
    append(&*store, message("a", "me", "x")).await;
    let before = list(&*store, "me", ALL).await;
    for conversation in [private("nobody"), group("a"), group("g")] {
        store.mark_read(&user("me"), &conversation, at(100)).await.unwrap();
        assert_eq!(store.remove_conversation(&user("me"), &conversation, at(100)).await, Ok(None));
    }
    store.mark_read(&user("nobody"), &private("me"), at(100)).await.unwrap();
    store.remove_conversation(&user("nobody"), &private("me"), at(100)).await.unwrap();
    assert_eq!(list(&*store, "me", ALL).await, before);
    assert_eq!(list(&*store, "nobody", ALL).await, []);
}

pub async fn each_side_sees_the_other<S: Store>(store: Arc<S>) {
    append(&*store, message("a", "b", "x")).await;
    append(&*store, sent_at(10, message("b", "a", "y"))).await;
    for (name, other) in [("a", "b"), ("b", "a")] {
        let list = list(&*store, name, ALL).await;
        assert_eq!((targets(&list), &list[0].latest.content[..]), (vec![other], &b"y"[..]));
    }
}

pub async fn a_room_is_listed_by_its_own_name<S: Store>(store: Arc<S>) {
    append(&*store, room_message("a", &["b", "c"])).await;
    for (name, unread) in [("a", 0), ("b", 1), ("c", 1)] {
        let list = list(&*store, name, ALL).await;
        assert_eq!((targets(&list), list[0].unread), (vec!["g"], unread));
    }
}

pub async fn the_other_side_says_up_to_when_it_has_read<S: Store>(store: Arc<S>) {
    append(&*store, sent_at(10, message("me", "a", "x"))).await;
    append(&*store, sent_at(20, message("me", "a", "y"))).await;
    let peer_read = async || list(&*store, "me", ALL).await[0].peer_read;
    assert_eq!(peer_read().await, UnixMillis::ZERO);
    for (time, expected) in
        [(at(15), at(15)), (at(12), at(15)), (UnixMillis::new(i64::MAX), at(20))]
    {
        store.mark_peer_read(&user("me"), &private("a"), time).await.unwrap();
        assert_eq!(peer_read().await, expected);
    }
    assert_eq!(list(&*store, "me", ALL).await[0].read_time, UnixMillis::ZERO);
    assert_eq!(list(&*store, "a", ALL).await[0].peer_read, UnixMillis::ZERO);
    store.mark_peer_read(&user("me"), &private("nobody"), at(1)).await.unwrap();
    assert_eq!(list(&*store, "me", ALL).await.len(), 1);
}
