//! The log as the application's server reads it.

use std::sync::Arc;

use hongyan::time::UnixMillis;

use super::super::{Logged, Reading, Store};
use super::support::*;

fn said(log: &[Logged]) -> Vec<&str> {
    log.iter().map(|one| str::from_utf8(&one.content).unwrap()).collect()
}

pub async fn the_log_is_read_message_by_message<S: Store>(store: Arc<S>) {
    assert_eq!((store.log_after(0, 9).await, store.log_end().await), (Ok(Vec::new()), Ok(0)));
    let stored = append(&*store, message("a", "b", "one")).await;
    append(&*store, message("b", "a", "two")).await;
    append(&*store, room_message("c", &["a", "b"])).await;
    let log = store.log_after(0, 9).await.unwrap();
    assert_eq!(said(&log), ["one", "two", "to all"]);
    let first = &log[0];
    assert_eq!((&first.uid, first.sent_time), (&stored.uid, stored.sent_time));
    assert_eq!((&first.sender, &first.conversation), (&user("a"), &private("b")));
    assert_eq!((&*first.object_name, first.flags), ("RC:TxtMsg", message("", "", "").flags));
    assert_eq!(log[2].conversation, group("g"));
    assert!(log.windows(2).all(|pair| pair[0].place < pair[1].place));
    assert_eq!(store.log_end().await, Ok(log[2].place));
    assert_eq!(said(&store.log_after(first.place, 1).await.unwrap()), ["two"]);
    assert_eq!(said(&store.log_after(log[2].place, 9).await.unwrap()), [""; 0]);
}

pub async fn a_part_of_the_log_is_read_by_time<S: Store>(store: Arc<S>) {
    for (ms, text) in [(0, "one"), (10, "two"), (20, "three"), (30, "four")] {
        append(&*store, sent_at(ms, message("a", &format!("to {text}"), text))).await;
    }
    let between = async |from, until, after, limit| {
        store.log_between(at(from), at(until), after, limit).await.unwrap()
    };
    let nowhere = (UnixMillis::new(0), 0);
    let middle = between(10, 30, nowhere, 9).await;
    assert_eq!(said(&middle), ["two", "three"], "the end is not part of it");
    let place = (middle[0].sent_time, middle[0].place);
    assert_eq!(said(&between(10, 30, place, 9).await), ["three"]);
    assert_eq!(said(&between(0, 31, nowhere, 3).await), ["one", "two", "three"]);
    assert_eq!(said(&between(31, 99, nowhere, 3).await), [""; 0]);
}

pub async fn an_hour_of_the_log_can_be_hidden<S: Store>(store: Arc<S>) {
    assert_eq!(store.is_log_hidden(7).await, Ok(false));
    for _ in 0..2 {
        store.hide_log(7).await.unwrap();
    }
    assert_eq!((store.is_log_hidden(7).await, store.is_log_hidden(8).await), (Ok(true), Ok(false)));
}

pub async fn a_reader_goes_on_where_it_stopped<S: Store>(store: Arc<S>) {
    assert_eq!(store.reading(Reading::Messages).await, Ok(None));
    for place in [3, 9] {
        store.set_reading(Reading::Messages, place).await.unwrap();
        assert_eq!(store.reading(Reading::Messages).await, Ok(Some(place)));
    }
}

pub async fn presence_waits_until_it_was_told<S: Store>(store: Arc<S>) {
    assert_eq!(store.presence(9).await, Ok(Vec::new()));
    for (name, online, ms) in [("a", true, 0), ("b", true, 1), ("a", false, 2)] {
        store.add_presence(&user(name), online, at(ms)).await.unwrap();
    }
    let waiting = store.presence(2).await.unwrap();
    let told: Vec<_> = waiting.iter().map(|one| (one.user.as_str(), one.online)).collect();
    assert_eq!(told, [("a", true), ("b", true)]);
    store.forget_presence(waiting[1].place).await.unwrap();
    let rest = store.presence(9).await.unwrap();
    assert_eq!((rest.len(), rest[0].online, rest[0].time), (1, false, at(2)));
    store.forget_presence(rest[0].place).await.unwrap();
    store.add_presence(&user("c"), true, at(3)).await.unwrap();
    assert!(store.presence(9).await.unwrap()[0].place > rest[0].place, "places never return");
}
