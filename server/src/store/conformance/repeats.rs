//! The same message again.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::task::JoinSet;

use super::super::{NewMessage, SentAs, Store, StoreError, Stored};
use super::recalls::command;
use super::support::*;

pub async fn a_repeat_gets_the_first_result<S: Store>(store: Arc<S>) {
    let first = append(&*store, with_id(7, message("a", "b", "x"))).await;
    append(&*store, with_id(8, message("a", "b", "y"))).await;
    let again = append(&*store, sent_at(5_000, with_id(7, message("a", "b", "x")))).await;
    assert_eq!(again, Stored { rows: Vec::new(), repeated: true, ..first });
    assert_eq!(contents(&inbox(&*store, "b").await), ["x", "y"]);
    assert_eq!(contents(&inbox(&*store, "a").await), ["x", "y"]);
}

pub async fn the_first_result_is_found_by_sender_conversation_and_id<S: Store>(store: Arc<S>) {
    let message = with_id(7, message("a", "b", "x"));
    let (sender, there) = (message.sender.clone(), message.conversation.clone());
    let (id, class) = (message.client_id.unwrap(), message.object_name.clone());
    let content = message.content.clone();
    let sent = (&class, &content);
    assert_eq!(store.answered(&sender, &there, id, sent).await, Ok(None));
    let first = append(&*store, message).await;
    let again = Stored { rows: Vec::new(), repeated: true, ..first };
    assert_eq!(store.answered(&sender, &there, id, sent).await, Ok(Some(again)));
    let other = (&class, &Bytes::new());
    assert_eq!(store.answered(&sender, &there, id, other).await, Ok(None));
    assert_eq!(store.answered(&user("b"), &there, id, sent).await, Ok(None));
    let elsewhere = super::support::message("a", "c", "x").conversation;
    assert_eq!(store.answered(&sender, &elsewhere, id, sent).await, Ok(None));
}

/// `x` as it was sent, `***` as it is stored.
fn replaced() -> NewMessage {
    let sent_as = Some(SentAs::new("RC:TxtMsg", b"x"));
    with_id(7, NewMessage { sent_as, ..message("a", "b", "***") })
}

pub async fn a_message_with_replaced_words_is_known_by_what_was_sent<S: Store>(store: Arc<S>) {
    let first = append(&*store, replaced()).await;
    assert_eq!(first.replaced.as_deref(), Some(&b"***"[..]));
    let again = Stored { rows: Vec::new(), repeated: true, ..first };
    // The words may have changed: none is replaced now, or by another.
    let with = |content: &str| NewMessage { content: content.to_owned().into(), ..replaced() };
    for repeat in [replaced(), with("+++"), with_id(7, message("a", "b", "x"))] {
        assert_eq!(append(&*store, repeat).await, again);
    }
    let (class, content) = (message("a", "b", "").object_name, Bytes::from_static(b"x"));
    let (sender, there, id) = (user("a"), replaced().conversation, replaced().client_id.unwrap());
    let answered = store.answered(&sender, &there, id, (&class, &content)).await;
    assert_eq!(answered, Ok(Some(again)));
    let stored = (&class, &Bytes::from_static(b"***"));
    assert_eq!(store.answered(&sender, &there, id, stored).await, Ok(None), "nobody sent that");
    assert_eq!(contents(&inbox(&*store, "b").await), ["***"]);
    let other = store.append(with_id(7, message("a", "b", "***"))).await;
    assert_eq!(other, Err(StoreError::ClientIdReused));
}

pub async fn words_that_are_replaced_since_make_no_other_message<S: Store>(store: Arc<S>) {
    let first = append(&*store, with_id(7, message("a", "b", "x"))).await;
    let again = append(&*store, replaced()).await;
    assert_eq!(again, Stored { rows: Vec::new(), repeated: true, ..first });
}

pub async fn a_repeat_of_what_was_taken_back_gets_the_first_result<S: Store>(store: Arc<S>) {
    for (id, new) in [(8, with_id(8, message("a", "b", "x"))), (7, replaced())] {
        let first = append(&*store, new.clone()).await;
        append(&*store, command(&first.uid, message("a", "b", "recall"))).await;
        let again = Stored { rows: Vec::new(), repeated: true, replaced: None, ..first };
        assert_eq!(append(&*store, new.clone()).await, again, "{id}");
        let sent = Bytes::from_static(b"x");
        let found = store.answered(
            &new.sender,
            &new.conversation,
            new.client_id.unwrap(),
            (&new.object_name, &sent),
        );
        assert_eq!(found.await, Ok(Some(again)), "{id}");
    }
}

pub async fn a_repeat_is_told_to_nobody<S: Store>(store: Arc<S>) {
    let told = Arc::new(Mutex::new(0));
    let other = with_id(7, message("a", "b", "other"));
    for message in [with_id(7, message("a", "b", "x")), with_id(7, message("a", "b", "x")), other] {
        let told = told.clone();
        let _ = store.append_then(message, move |_| *told.lock().unwrap() += 1).await;
    }
    assert_eq!(*told.lock().unwrap(), 1);
}

async fn assert_refused<S: Store>(store: &S, second: NewMessage) {
    append(store, with_id(7, message("a", "b", "x"))).await;
    assert_eq!(store.append(second).await, Err(StoreError::ClientIdReused));
}

pub async fn an_id_with_another_target_is_refused<S: Store>(store: Arc<S>) {
    assert_refused(&*store, with_id(7, message("a", "c", "x"))).await;
}

pub async fn an_id_with_another_class_is_refused<S: Store>(store: Arc<S>) {
    let other = NewMessage { object_name: "RC:ImgMsg".into(), ..message("a", "b", "x") };
    assert_refused(&*store, with_id(7, other)).await;
}

pub async fn an_id_with_another_content_is_refused<S: Store>(store: Arc<S>) {
    let other = NewMessage { content: Bytes::from_static(b"X"), ..message("a", "b", "x") };
    assert_refused(&*store, with_id(7, other)).await;
}

pub async fn a_refused_message_leaves_nothing_behind<S: Store>(store: Arc<S>) {
    assert_refused(&*store, with_id(7, message("a", "c", "x"))).await;
    assert_eq!(inbox(&*store, "c").await, []);
    assert_eq!(list(&*store, "c", ALL).await, []);
    assert_eq!(inbox(&*store, "a").await.len(), 1);
    let next = append(&*store, message("a", "c", "y")).await;
    assert_eq!((next.own_seq, &next.rows[..]), (2, &[(user("c"), 1)][..]));
}

pub async fn two_senders_may_use_the_same_id<S: Store>(store: Arc<S>) {
    append(&*store, with_id(7, message("a", "c", "x"))).await;
    let second = append(&*store, with_id(7, message("b", "c", "x"))).await;
    assert!(!second.repeated);
    assert_eq!(inbox(&*store, "c").await.len(), 2);
}

pub async fn without_an_id_nothing_is_a_repeat<S: Store>(store: Arc<S>) {
    append(&*store, message("a", "b", "x")).await;
    assert!(!append(&*store, message("a", "b", "x")).await.repeated);
    assert_eq!(inbox(&*store, "b").await.len(), 2);
}

pub async fn only_the_sender_sees_the_id<S: Store>(store: Arc<S>) {
    append(&*store, with_id(i64::MAX, message("a", "b", "x"))).await;
    let id = |rows: &[crate::store::InboxRow]| rows[0].client_id.map(|id| id.to_wire());
    assert_eq!(id(&inbox(&*store, "a").await), Some(i64::MAX));
    assert_eq!(id(&inbox(&*store, "b").await), None);
}

pub async fn repeats_at_the_same_time_are_stored_once<S: Store>(store: Arc<S>) {
    let mut senders = JoinSet::new();
    for _ in 0..20 {
        let store = store.clone();
        senders.spawn(async move { append(&*store, with_id(7, message("a", "b", "x"))).await });
    }
    let results = senders.join_all().await;
    assert_eq!(results.iter().filter(|stored| !stored.repeated).count(), 1);
    assert!(results.iter().all(|stored| stored.uid == results[0].uid));
    assert_eq!(inbox(&*store, "b").await.len(), 1);
}
