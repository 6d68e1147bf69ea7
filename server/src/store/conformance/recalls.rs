//! Messages that are taken back.

use std::sync::Arc;

use bytes::Bytes;
use hongyan::ids::MessageUid;
use hongyan::signal::MessageFlags;
use hongyan::signal::content::Mention;
use hongyan::time::UnixMillis;

use super::super::{NewMessage, Recall, Store, StoreError, Stored};
use super::support::*;

fn recall(uid: &MessageUid) -> Recall {
    Recall {
        uid: uid.clone(),
        own_only: true,
        not_before: UnixMillis::new(i64::MIN),
        object_name: "RC:RcNtf".into(),
        content: Bytes::from_static(b"gone"),
    }
}

/// The command that takes a message back, in the conversation of `like`.
pub(super) fn command(uid: &MessageUid, like: NewMessage) -> NewMessage {
    let flags = MessageFlags { persisted: true, ..MessageFlags::default() };
    let recalls = Some(recall(uid));
    NewMessage { object_name: "RC:RcCmd".into(), flags, recalls, history: false, ..like }
}

async fn refusal<S: Store>(store: &S, command: NewMessage) -> StoreError {
    store.append(command).await.unwrap_err()
}

pub async fn a_recalled_message_keeps_its_place<S: Store>(store: Arc<S>) {
    let flags = MessageFlags { expandable: true, ..MessageFlags::NORMAL };
    let first = append(&*store, NewMessage { flags, ..message("a", "b", "one") }).await;
    append(&*store, message("a", "b", "two")).await;
    let told = append(&*store, command(&first.uid, message("a", "b", "recall"))).await;
    assert_eq!((told.own_seq, &told.rows[..]), (3, &[(user("b"), 3)][..]));
    for name in ["a", "b"] {
        let rows = inbox(&*store, name).await;
        assert_whole(&rows);
        assert_eq!(contents(&rows), ["gone", "two", "recall"]);
        let row = &rows[0];
        assert_eq!((&row.uid, row.sent_time), (&first.uid, first.sent_time));
        assert_eq!((&*row.object_name, &row.sender), ("RC:RcNtf", &user("a")));
        let kept = MessageFlags { persisted: true, ..MessageFlags::default() };
        assert_eq!(row.flags, kept);
    }
}

pub async fn a_recalled_message_counts_no_more<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b", "c"]).await;
    append(&*store, sent_at(1, group_message("a", "stays"))).await;
    let mentions = Some(Mention::Everyone);
    let sent = append(&*store, NewMessage { mentions, ..group_message("a", "goes") }).await;
    append(&*store, sent_at(9, message("a", "b", "elsewhere"))).await;
    store.mark_read(&user("c"), &group("g"), sent.sent_time).await.unwrap();
    store.leave_room(&group("g"), &users(&["b"])).await.unwrap();
    append(&*store, command(&sent.uid, group_message("a", "recall"))).await;
    let counts = async |name| {
        let list = list(&*store, name, ALL).await;
        let row = list.into_iter().find(|row| row.latest.conversation == group("g")).unwrap();
        (row.unread, row.mentions, row.latest.object_name.to_string())
    };
    assert_eq!(counts("b").await, (1, 0, "RC:RcNtf".to_owned()));
    assert_eq!(counts("c").await, (0, 0, "RC:RcNtf".to_owned()));
    assert_eq!(list(&*store, "b", ALL).await[0].unread, 1, "another conversation");
}

pub async fn only_the_sender_takes_a_message_back<S: Store>(store: Arc<S>) {
    let sent = append(&*store, message("a", "b", "x")).await;
    let by_b = command(&sent.uid, message("b", "a", "recall"));
    assert_eq!(refusal(&*store, by_b.clone()).await, StoreError::NotOwnMessage);
    assert_eq!(contents(&inbox(&*store, "b").await), ["x"]);
    let recalls = Some(Recall { own_only: false, ..recall(&sent.uid) });
    append(&*store, NewMessage { recalls, ..by_b }).await;
    assert_eq!(contents(&inbox(&*store, "b").await), ["gone", "recall"]);
}

pub async fn only_from_its_own_conversation<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b"]).await;
    let sent = append(&*store, message("a", "b", "x")).await;
    for like in [message("a", "c", "recall"), group_message("a", "recall")] {
        let refused = refusal(&*store, command(&sent.uid, like)).await;
        assert_eq!(refused, StoreError::NoSuchMessage);
    }
    let unknown = command(&"0000-0000-0000-0000".into(), message("a", "b", "recall"));
    assert_eq!(refusal(&*store, unknown).await, StoreError::NoSuchMessage);
}

pub async fn a_message_is_taken_back_once<S: Store>(store: Arc<S>) {
    let sent = append(&*store, message("a", "b", "x")).await;
    let first = command(&sent.uid, with_id(7, message("a", "b", "recall")));
    let told = append(&*store, first.clone()).await;
    let repeated: Stored = append(&*store, first).await;
    assert_eq!((repeated.uid, repeated.repeated), (told.uid, true));
    let again = command(&sent.uid, message("a", "b", "recall"));
    assert_eq!(refusal(&*store, again).await, StoreError::NoSuchMessage);
    assert_eq!(inbox(&*store, "b").await.len(), 2);
}

pub async fn the_window_closes<S: Store>(store: Arc<S>) {
    let sent = append(&*store, sent_at(10, message("a", "b", "x"))).await;
    let within = |not_before| {
        let recalls = Some(Recall { not_before, ..recall(&sent.uid) });
        NewMessage { recalls, ..command(&sent.uid, message("a", "b", "recall")) }
    };
    assert_eq!(refusal(&*store, within(at(11))).await, StoreError::TooLate);
    assert_eq!(contents(&inbox(&*store, "b").await), ["x"]);
    append(&*store, within(at(10))).await;
    assert_eq!(contents(&inbox(&*store, "b").await), ["gone", "recall"]);
}
