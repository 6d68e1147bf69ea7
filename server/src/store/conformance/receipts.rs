//! Who has read which message.

use std::sync::Arc;

use hongyan::ids::MessageUid;

use super::super::{Reader, Store};
use super::support::*;

pub async fn readers_come_in_the_order_of_reading<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b", "c"]).await;
    let sent = append(&*store, group_message("a", "x")).await;
    for (ms, name) in [(5, "c"), (9, "b")] {
        let uids = [sent.uid.clone()];
        let recorded = store.record_read(&group("g"), &user(name), &uids, at(ms)).await;
        assert_eq!(recorded, Ok(vec![(sent.uid.clone(), user("a"))]));
        let again = store.record_read(&group("g"), &user(name), &uids, at(ms + 100)).await;
        assert_eq!(again, Ok(Vec::new()));
    }
    let reader = |name, ms| Reader { user: user(name), time: at(ms) };
    let readers = store.readers(&group("g"), &sent.uid).await;
    assert_eq!(readers, Ok(vec![reader("c", 5), reader("b", 9)]));
}

pub async fn only_others_messages_of_the_room_are_read<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b"]).await;
    let own = append(&*store, group_message("b", "own")).await.uid;
    let elsewhere = append(&*store, message("a", "b", "private")).await.uid;
    let unknown = MessageUid::from("0000-0000-0000-0000");
    let (one, two) = (
        append(&*store, group_message("a", "one")).await.uid,
        append(&*store, group_message("a", "two")).await.uid,
    );
    let uids = [two.clone(), own.clone(), elsewhere.clone(), unknown, one.clone(), two.clone()];
    let recorded = store.record_read(&group("g"), &user("b"), &uids, at(1)).await;
    assert_eq!(recorded, Ok(vec![(two, user("a")), (one, user("a"))]));
    for uid in [own, elsewhere] {
        assert_eq!(store.readers(&group("g"), &uid).await, Ok(Vec::new()));
    }
}
