//! Rows, pages, heads.

use std::sync::Arc;

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::super::{Audience, Head, NewMessage, Store};
use super::support::*;

pub async fn an_empty_inbox_ends_at_0_and_begins_at_1<S: Store>(store: Arc<S>) {
    let empty = Head { seq: 0, time: UnixMillis::ZERO, first: 1 };
    assert_eq!(store.head(&user("nobody")).await, Ok(empty));
    let page = page(&*store, "nobody", 0, 10).await;
    assert_eq!((page.rows, page.finished, page.head), (Vec::new(), true, empty));
    let page = by_times(&*store, "nobody", UnixMillis::ZERO, Some(UnixMillis::ZERO), 10).await;
    assert_eq!((page.rows, page.finished, page.head), (Vec::new(), true, empty));
    assert_eq!(store.conversations(&user("nobody"), ALL).await, Ok((Vec::new(), 0)));
}

pub async fn the_epoch_is_the_one_given<S: Store>(store: Arc<S>) {
    assert_eq!(store.epoch(), "life");
}

pub async fn a_message_enters_both_inboxes<S: Store>(store: Arc<S>) {
    let stored = append(&*store, with_id(7, message("a", "b", "hello"))).await;
    assert_eq!((stored.sent_time, stored.own_seq, stored.repeated), (at(0), 1, false));
    assert_eq!(stored.rows, [(user("b"), 1)]);
    assert!(!stored.uid.is_empty());

    let [own] = &inbox(&*store, "a").await[..] else { panic!("one row") };
    assert_eq!((own.seq, own.own, own.conversation.clone()), (1, true, private("b")));
    let [received] = &inbox(&*store, "b").await[..] else { panic!("one row") };
    assert_eq!((received.seq, received.own), (1, false));
    assert_eq!(received.conversation, private("a"));
    for row in [own, received] {
        assert_eq!((&row.sender, &*row.object_name), (&user("a"), "RC:TxtMsg"));
        assert_eq!((&row.content[..], row.flags), (&b"hello"[..], MessageFlags::NORMAL));
        assert_eq!((&row.uid, row.sent_time), (&stored.uid, stored.sent_time));
    }
    for name in ["a", "b"] {
        let head = Head { seq: 1, time: at(0), first: 1 };
        assert_eq!(store.head(&user(name)).await, Ok(head));
    }
}

pub async fn a_pull_by_number_goes_on_after_it<S: Store>(store: Arc<S>) {
    for n in 0..5 {
        append(&*store, message("a", "b", &n.to_string())).await;
    }
    let page = page(&*store, "b", 3, 10).await;
    assert_eq!(seqs(&page.rows), [4, 5]);
    assert_eq!(contents(&page.rows), ["3", "4"]);
}

pub async fn pages_follow_each_other_until_finished<S: Store>(store: Arc<S>) {
    for n in 0..6 {
        append(&*store, message("a", "b", &n.to_string())).await;
    }
    let mut after = 0;
    for finished in [false, true] {
        let page = page(&*store, "b", after, 3).await;
        assert_eq!(seqs(&page.rows), [after + 1, after + 2, after + 3]);
        assert_eq!(page.finished, finished);
        assert_eq!(page.head.seq, 6);
        after += 3;
    }
}

pub async fn a_page_of_0_rows_tells_the_head<S: Store>(store: Arc<S>) {
    append(&*store, message("a", "b", "x")).await;
    let unfinished = page(&*store, "b", 0, 0).await;
    assert_eq!((unfinished.rows, unfinished.finished, unfinished.head.seq), (vec![], false, 1));
    assert!(page(&*store, "b", 1, 0).await.finished);
}

pub async fn a_number_beyond_the_head_gives_nothing<S: Store>(store: Arc<S>) {
    append(&*store, message("a", "b", "x")).await;
    for after in [1, 2, u64::MAX] {
        let page = page(&*store, "b", after, 10).await;
        assert_eq!((page.rows, page.finished, page.head.seq), (vec![], true, 1));
    }
}

pub async fn a_pull_by_times_is_strict<S: Store>(store: Arc<S>) {
    for ms in [10, 20, 30] {
        append(&*store, sent_at(ms, message("a", "b", "x"))).await;
    }
    for (after, expected) in [(9, vec![1, 2, 3]), (10, vec![2, 3]), (30, vec![])] {
        let page = by_times(&*store, "b", at(after), None, 10).await;
        assert_eq!((seqs(&page.rows), page.finished), (expected, true));
    }
}

pub async fn own_rows_come_by_times_only_if_asked_for<S: Store>(store: Arc<S>) {
    append(&*store, sent_at(10, message("a", "b", "sent"))).await;
    append(&*store, sent_at(20, message("b", "a", "received"))).await;
    let received = by_times(&*store, "a", at(0), None, 10).await;
    assert_eq!(contents(&received.rows), ["received"]);
    let both = by_times(&*store, "a", at(0), Some(at(0)), 10).await;
    assert_eq!(contents(&both.rows), ["sent", "received"]);
}

pub async fn neither_cursor_hides_rows_of_the_other_direction<S: Store>(store: Arc<S>) {
    for ms in [10, 30, 50] {
        append(&*store, sent_at(ms, message("a", "b", "sent"))).await;
        append(&*store, sent_at(ms + 10, message("b", "a", "received"))).await;
    }
    let seqs_after = async |received, sent| {
        seqs(&by_times(&*store, "a", at(received), Some(at(sent)), 10).await.rows)
    };
    assert_eq!(seqs_after(40, 0).await, [1, 3, 5, 6]);
    assert_eq!(seqs_after(0, 30).await, [2, 4, 5, 6]);
    assert_eq!(seqs_after(60, 50).await, [0; 0]);
}

pub async fn rows_of_the_extensions_come_by_number_alone<S: Store>(store: Arc<S>) {
    append(&*store, message("a", "b", "x")).await;
    for (from, to) in [("a", "b"), ("b", "a"), ("a", "a")] {
        let message = message(from, to, "removed");
        append(&*store, NewMessage { object_name: "hy:Removed".into(), ..message }).await;
    }
    let rows = inbox(&*store, "a").await;
    assert_eq!((rows.len(), rows[1].is_of_extensions()), (4, true));
    let page = by_times(&*store, "a", at(-1), Some(at(-1)), 1).await;
    assert_eq!((contents(&page.rows), page.finished), (vec!["x"], true));
}

pub async fn pages_by_times_follow_each_other<S: Store>(store: Arc<S>) {
    for ms in 0..5 {
        append(&*store, sent_at(ms * 10, message("a", "b", "sent"))).await;
        append(&*store, sent_at(ms * 10 + 5, message("b", "a", "received"))).await;
    }
    let (mut received, mut sent) = (at(-1), at(-1));
    let mut pages = Vec::new();
    loop {
        let page = by_times(&*store, "a", received, Some(sent), 4).await;
        for row in &page.rows {
            let cursor = if row.own { &mut sent } else { &mut received };
            *cursor = row.sent_time;
        }
        pages.push(seqs(&page.rows));
        if page.finished {
            break;
        }
    }
    assert_eq!(pages, [vec![1, 2, 3, 4], vec![5, 6, 7, 8], vec![9, 10]]);
}

pub async fn a_message_to_oneself_is_one_received_row<S: Store>(store: Arc<S>) {
    let stored = append(&*store, with_id(7, message("a", "a", "note"))).await;
    assert_eq!((stored.own_seq, &stored.rows[..]), (1, &[][..]));
    let [row] = &inbox(&*store, "a").await[..] else { panic!("one row") };
    assert_eq!((row.own, &row.conversation, &row.sender), (false, &private("a"), &user("a")));
    assert_eq!(row.client_id.map(|id| id.to_wire()), Some(7));
    assert_eq!(by_times(&*store, "a", at(-1), None, 10).await.rows.len(), 1);
}

pub async fn a_room_message_enters_each_members_inbox_once<S: Store>(store: Arc<S>) {
    append(&*store, message("x", "c", "before")).await;
    let stored = append(&*store, room_message("b", &["d", "c", "b", "a", "c"])).await;
    assert_eq!(stored.rows, [(user("a"), 1), (user("c"), 2), (user("d"), 1)]);
    assert_eq!(stored.own_seq, 1);
    for name in ["a", "b", "c", "d"] {
        let rows = inbox(&*store, name).await;
        let row = rows.last().unwrap();
        assert_eq!((&row.conversation, &row.sender), (&group("g"), &user("b")));
        assert_eq!((row.own, &row.uid), (name == "b", &stored.uid));
        assert_whole(&rows);
    }
}

pub async fn other_users_see_nothing<S: Store>(store: Arc<S>) {
    append(&*store, message("a", "b", "x")).await;
    append(&*store, message("A", "B", "y")).await;
    assert_eq!(inbox(&*store, "c").await, []);
    assert_eq!(contents(&inbox(&*store, "b").await), ["x"]);
    assert_eq!(contents(&inbox(&*store, "B").await), ["y"]);
}

pub async fn contents_up_to_128_kib_come_back<S: Store>(store: Arc<S>) {
    let content = "鸿".repeat(128 * 1024 / 3);
    append(&*store, message("a", "b", &content)).await;
    append(&*store, message("a", "b", "")).await;
    assert_eq!(contents(&inbox(&*store, "b").await), [&content, ""]);
}

pub async fn any_text_names_a_user_and_any_bytes_are_content<S: Store>(store: Arc<S>) {
    let content = Bytes::from_static(&[0, 255, 128, 0, 13]);
    for name in ["鸿雁", "😀", "a'b\"c\\", "%_*", " ", "é", "e\u{301}"] {
        append(&*store, NewMessage { content: content.clone(), ..message("a", name, "") }).await;
        let [row] = &inbox(&*store, name).await[..] else { panic!("one row for {name}") };
        assert_eq!((&row.content, &row.conversation), (&content, &private("a")));
        let own = inbox(&*store, "a").await;
        assert_eq!(own.last().unwrap().conversation, private(name));
    }
}

pub async fn every_flag_comes_back<S: Store>(store: Arc<S>) {
    let mut expected = Vec::new();
    for bits in 0..32_u8 {
        let flags = MessageFlags {
            persisted: bits & 1 != 0,
            counted: bits & 2 != 0,
            mentioned: false,
            silent: bits & 8 != 0,
            expandable: bits & 16 != 0,
        };
        append(&*store, NewMessage { flags, ..message("a", "b", "x") }).await;
        expected.push(flags);
    }
    let found: Vec<_> = inbox(&*store, "b").await.iter().map(|row| row.flags).collect();
    assert_eq!(found, expected);
}

pub async fn every_kind_comes_back<S: Store>(store: Arc<S>) {
    for number in [1, 2, 3, 4, 5, 6, 7, 8, 12, -1] {
        let kind = ConversationKind::from_number(number);
        let conversation = ConversationId::new(kind, "x");
        let audience = Audience::Users(vec![user("b")]);
        append(&*store, NewMessage { conversation, audience, ..message("a", "", "x") }).await;
        let rows = inbox(&*store, "b").await;
        assert_eq!(rows.last().unwrap().conversation.kind, kind);
    }
}
