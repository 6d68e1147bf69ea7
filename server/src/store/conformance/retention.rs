//! What is removed because it is old, and what stays all the same.

use std::sync::Arc;

use hongyan::time::UnixMillis;

use super::super::{
    HistoryDirection, HistoryFrom, HistoryQuery, InboxAge, Store, StoreError, Swept,
};
use super::support::*;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// On this day, with rows kept for a week.
fn week(day: i64) -> InboxAge {
    InboxAge { now: at(day * DAY), days: Some(7) }
}

/// Sweeps to the end and says how many rows left.
async fn sweep<S: Store>(store: &S, age: InboxAge, limit: u32) -> u64 {
    let (mut rows, mut after) = (0, None);
    loop {
        let swept = store.sweep_inboxes(age, after, limit).await.unwrap();
        assert!(swept.rows <= u64::from(limit));
        rows += swept.rows;
        if swept.finished {
            return rows;
        }
        after = swept.after;
    }
}

/// `a` writes to `b` once a day, from day 0 on.
async fn daily<S: Store>(store: &S, days: i64) {
    for day in 0..days {
        append(store, sent_at(day * DAY, message("a", "b", &day.to_string()))).await;
    }
}

pub async fn old_rows_leave_and_the_first_number_rises<S: Store>(store: Arc<S>) {
    daily(&*store, 10).await;
    assert_eq!(sweep(&*store, week(7), 100).await, 0, "a week is not more than a week");
    assert_eq!(sweep(&*store, week(9), 100).await, 4, "two days of two users");
    for name in ["a", "b"] {
        let page = page(&*store, name, 0, 100).await;
        assert_eq!(seqs(&page.rows), [3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!((page.head.first, page.head.seq, page.head.time), (3, 10, at(9 * DAY)));
        assert!(page.finished);
    }
    let rest = by_times(&*store, "b", at(0), None, 3).await;
    assert_eq!((seqs(&rest.rows), rest.finished), (vec![3, 4, 5], false));
}

pub async fn a_sweep_goes_on_where_the_last_one_ended<S: Store>(store: Arc<S>) {
    daily(&*store, 10).await;
    let first = store.sweep_inboxes(week(13), None, 4).await.unwrap();
    assert_eq!((first.rows, first.finished), (4, false));
    assert_eq!(store.head(&user("a")).await.unwrap().first, 5, "users are swept by their ids");
    assert_eq!(store.head(&user("b")).await.unwrap().first, 1);
    let second = store.sweep_inboxes(week(13), first.after, 4).await.unwrap();
    assert_eq!((second.rows, second.finished), (4, false));
    assert_eq!(store.head(&user("a")).await.unwrap().first, 7);
    assert_eq!(store.head(&user("b")).await.unwrap().first, 3);
    let third = store.sweep_inboxes(week(13), second.after, 100).await.unwrap();
    let end = Swept { rows: 4, after: Some(user("b")), finished: true };
    assert_eq!(third, end);
}

pub async fn many_users_are_swept_in_several_calls<S: Store>(store: Arc<S>) {
    for number in 0..150 {
        append(&*store, message("a", &format!("user {number}"), "x")).await;
    }
    let swept = store.sweep_inboxes(week(8), None, 1000).await.unwrap();
    assert!(!swept.finished && swept.rows < 300);
    assert_eq!(sweep(&*store, week(8), 1000).await + swept.rows, 300);
}

pub async fn an_emptied_inbox_goes_on_with_the_next_number<S: Store>(store: Arc<S>) {
    daily(&*store, 2).await;
    sweep(&*store, week(100), 100).await;
    let head = store.head(&user("b")).await.unwrap();
    assert_eq!((head.seq, head.first, head.time), (2, 3, at(DAY)));
    assert_eq!(page(&*store, "b", 0, 9).await.rows, []);
    let next = append(&*store, sent_at(100 * DAY, message("a", "b", "x"))).await;
    assert_eq!(next.rows, [(user("b"), 3)]);
    let rows = page(&*store, "b", 0, 9).await.rows;
    assert_eq!(seqs(&rows), [3]);
}

pub async fn lists_counts_and_history_stay<S: Store>(store: Arc<S>) {
    daily(&*store, 5).await;
    store.mark_read(&user("b"), &private("a"), at(DAY)).await.unwrap();
    let before = list(&*store, "b", ALL).await;
    assert_eq!(before[0].unread, 3);
    sweep(&*store, week(10), 1).await;
    assert_eq!(list(&*store, "b", ALL).await, before, "some left");
    sweep(&*store, week(100), 100).await;
    assert_eq!(list(&*store, "b", ALL).await, before, "all left");
    assert_eq!(history(&*store).await, ["0", "1", "2", "3", "4"]);
}

async fn history<S: Store>(store: &S) -> Vec<String> {
    let query = HistoryQuery {
        conversation: private("a"),
        direction: HistoryDirection::Newer,
        from: HistoryFrom::End,
        count: 1000,
        whole_millis: false,
    };
    let rows = store.history(&user("b"), query).await.unwrap().rows;
    contents(&rows).into_iter().map(str::to_owned).collect()
}

pub async fn unread_counts_of_old_rows_end_when_they_are_read<S: Store>(store: Arc<S>) {
    daily(&*store, 3).await;
    sweep(&*store, week(50), 100).await;
    append(&*store, sent_at(50 * DAY, message("a", "b", "new"))).await;
    let unread = async || list(&*store, "b", ALL).await[0].unread;
    assert_eq!(unread().await, 4);
    store.mark_read(&user("b"), &private("a"), at(2 * DAY)).await.unwrap();
    assert_eq!(unread().await, 1);
    sweep(&*store, week(100), 100).await;
    assert_eq!(unread().await, 1, "what is read does not come back");
    let uid = list(&*store, "b", ALL).await[0].latest.uid.clone();
    delete(&*store, "b", "a", &[uid]).await;
    assert_eq!(unread().await, 0, "deleted rows do not count, even old ones");
}

pub async fn a_user_may_keep_less_but_not_more<S: Store>(store: Arc<S>) {
    daily(&*store, 10).await;
    store.set_offline_days(&user("b"), 2, 0, at(0)).await.unwrap().unwrap();
    sweep(&*store, week(9), 100).await;
    let first = async |name: &str| store.head(&user(name)).await.unwrap().first;
    assert_eq!((first("a").await, first("b").await), (3, 8));
    let age = InboxAge { days: None, ..week(11) };
    sweep(&*store, age, 100).await;
    assert_eq!((first("a").await, first("b").await), (3, 10));
}

pub async fn old_messages_leave_the_log<S: Store>(store: Arc<S>) {
    append(&*store, message("c", "b", "of c")).await;
    daily(&*store, 5).await;
    sweep(&*store, week(100), 100).await;
    assert_eq!(store.sweep_messages(at(4 * DAY), 2).await, Ok(2));
    assert_eq!(history(&*store).await, ["1", "2", "3", "4"]);
    assert_eq!(store.sweep_messages(at(4 * DAY), 4).await, Ok(3));
    assert_eq!(history(&*store).await, ["4"]);
    assert_eq!(targets(&list(&*store, "b", ALL).await), ["a"], "nothing is left to show of c");
    let everything = UnixMillis::new(i64::MAX);
    while store.sweep_messages(everything, 10).await.unwrap() > 0 {}
    assert_eq!(list(&*store, "b", ALL).await, []);
    let next = append(&*store, sent_at(100 * DAY, message("a", "b", "new"))).await;
    assert_eq!(next.rows, [(user("b"), 7)]);
    assert_eq!(history(&*store).await, ["new"]);
}

pub async fn repeats_are_known_as_long_as_the_message_is_kept<S: Store>(store: Arc<S>) {
    let once = with_id(7, message("a", "b", "once"));
    let first = append(&*store, once.clone()).await;
    sweep(&*store, week(100), 100).await;
    let again = append(&*store, sent_at(100 * DAY, once.clone())).await;
    assert_eq!((again.uid, again.own_seq, again.repeated), (first.uid.clone(), 1, true));
    let other = with_id(7, message("a", "b", "another"));
    assert_eq!(store.append(other).await, Err(StoreError::ClientIdReused));
    store.sweep_messages(at(DAY), 10).await.unwrap();
    let anew = append(&*store, sent_at(100 * DAY, once)).await;
    assert!(!anew.repeated && anew.uid != first.uid);
    assert_eq!(anew.own_seq, 2);
}
