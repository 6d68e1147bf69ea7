//! Order is commit order.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;

use super::super::{NewMessage, Store};
use super::support::*;

pub async fn times_rise_within_one_millisecond<S: Store>(store: Arc<S>) {
    for expected in 0..50 {
        let stored = append(&*store, message("a", "b", "x")).await;
        assert_eq!(stored.sent_time, at(expected));
    }
    assert_whole(&inbox(&*store, "b").await);
}

pub async fn times_rise_when_the_clock_goes_back<S: Store>(store: Arc<S>) {
    append(&*store, sent_at(1_000_000, message("a", "b", "x"))).await;
    let stored = append(&*store, message("b", "a", "y")).await;
    assert_eq!(stored.sent_time, at(1_000_001));
    let stored = append(&*store, sent_at(2_000_000, message("b", "a", "z"))).await;
    assert_eq!(stored.sent_time, at(2_000_000));
}

pub async fn a_time_is_later_than_every_inbox_it_enters<S: Store>(store: Arc<S>) {
    append(&*store, sent_at(100, message("x", "a", "sender's inbox"))).await;
    assert_eq!(append(&*store, message("a", "b", "x")).await.sent_time, at(101));
    append(&*store, sent_at(200, message("x", "d", "receiver's inbox"))).await;
    assert_eq!(append(&*store, message("c", "d", "x")).await.sent_time, at(201));
    assert_eq!(append(&*store, message("e", "f", "nobody else")).await.sent_time, at(0));
}

pub async fn a_time_is_later_than_its_conversation<S: Store>(store: Arc<S>) {
    append(&*store, sent_at(100, room_message("a", &["b"]))).await;
    let stored = append(&*store, room_message("c", &["d"])).await;
    assert_eq!(stored.sent_time, at(101));
}

pub async fn no_two_messages_share_a_uid<S: Store>(store: Arc<S>) {
    let mut uids = BTreeSet::new();
    for n in 0..200 {
        let (from, to) = (format!("a{n}"), format!("b{n}"));
        assert!(uids.insert(append(&*store, message(&from, &to, "x")).await.uid));
    }
}

pub async fn who_is_told_is_told_in_the_order_of_the_numbers<S: Store>(store: Arc<S>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut senders = JoinSet::new();
    for n in 0..100 {
        let (store, told) = (store.clone(), told.clone());
        senders.spawn(async move {
            let tell = move |stored: &crate::store::Stored| {
                // Uneven work shows whether one call waits for the other.
                std::thread::sleep(Duration::from_micros(n % 3 * 200));
                told.lock().unwrap().push(stored.rows[0].1);
            };
            store.append_then(message(&format!("s{n}"), "b", "x"), tell).await.unwrap()
        });
    }
    senders.join_all().await;
    assert_eq!(*told.lock().unwrap(), (1..=100).collect::<Vec<_>>());
}

pub async fn a_hundred_senders_leave_no_gap<S: Store>(store: Arc<S>) {
    let mut senders = JoinSet::new();
    for n in 0..100 {
        let store = store.clone();
        senders.spawn(async move {
            for m in 0..5 {
                append(&*store, message(&format!("s{n}"), "b", &m.to_string())).await;
            }
        });
    }
    senders.join_all().await;
    let rows = inbox(&*store, "b").await;
    assert_eq!(rows.len(), 500);
    assert_whole(&rows);
    for n in 0..100 {
        assert_eq!(contents(&inbox(&*store, &format!("s{n}")).await), ["0", "1", "2", "3", "4"]);
    }
}

pub async fn a_reader_never_steps_over_a_hole<S: Store>(store: Arc<S>) {
    let done = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for _ in 0..2 {
        let (store, done) = (store.clone(), done.clone());
        readers.spawn(async move { read_until(&*store, &done).await });
    }
    let mut senders = JoinSet::new();
    for n in 0..20 {
        let store = store.clone();
        senders.spawn(async move {
            for _ in 0..10 {
                append(&*store, message(&format!("s{n}"), "b", "x")).await;
                tokio::task::yield_now().await;
            }
        });
    }
    senders.join_all().await;
    done.store(true, Ordering::SeqCst);
    assert_eq!(readers.join_all().await, [200, 200]);
}

/// Follows an inbox by number and by time at once; how many rows it saw.
async fn read_until<S: Store>(store: &S, done: &AtomicBool) -> usize {
    let (mut by_number, mut by_time) = (Vec::new(), Vec::new());
    loop {
        let last = done.load(Ordering::SeqCst);
        let after = by_number.len() as u64;
        by_number.extend(page(store, "b", after, 7).await.rows);
        assert_whole(&by_number);
        let after = by_time.last().map_or(at(-1), |row: &crate::store::InboxRow| row.sent_time);
        by_time.extend(by_times(store, "b", after, None, 7).await.rows);
        assert_whole(&by_time);
        if last && by_number.len() == 200 && by_time.len() == 200 {
            return by_number.len();
        }
        tokio::task::yield_now().await;
    }
}

pub async fn a_dropped_send_is_stored_and_told_or_neither<S: Store>(store: Arc<S>) {
    let told = Arc::new(Mutex::new(0));
    for _ in 0..50 {
        let told = told.clone();
        let message: NewMessage = message("a", "b", "x");
        let sending = store.append_then(message, move |_| *told.lock().unwrap() += 1);
        // Polled once or not at all, then dropped.
        tokio::select! { biased; _ = sending => {} () = std::future::ready(()) => {} }
    }
    // What was in line before this message is settled when it is.
    append(&*store, message("a", "b", "last")).await;
    let rows = inbox(&*store, "b").await;
    assert_whole(&rows);
    assert_eq!(rows.len(), *told.lock().unwrap() + 1);
}
