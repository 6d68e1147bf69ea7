//! Settings, and the removal of what is old.

use super::super::super::ask::SettingsAsk;
use super::super::super::retention::{Ages, Removed};
use super::*;
use crate::store::{PINNED, SILENT, SetVersions, Setting, UserSettings};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn set(target: &str, item: i32, value: &str) -> Ask {
    let setting = Setting { conversation: room(1, target), item, value: value.into() };
    Ask::Settings(SettingsAsk::Set(vec![setting]))
}

#[tokio::test]
async fn the_users_other_logins_hear_of_a_setting() {
    let server = Server::new();
    let (tv, pc, b) = (server.join("a", true), server.join("a", false), server.join("b", true));
    let told = server.serve(&tv, set("b", PINNED, "1"), at(5)).await;
    let version = at(5).wall.get();
    assert_eq!(told, Told::Set(SetVersions { before: 0, after: version }));
    assert_eq!(pc.inlet.taken(), [Notice::SettingsChanged(version)]);
    assert_eq!((tv.inlet.taken(), b.inlet.taken()), (vec![], vec![]));
    let told = server.serve(&pc, Ask::Settings(SettingsAsk::After(0, 9)), at(5)).await;
    let Told::Settings(settings) = told else { panic!("{told:?}") };
    assert_eq!((settings.len(), settings[0].version), (1, version));
}

#[tokio::test]
async fn a_conversation_is_silent_once_it_was_silenced() {
    let server = Server::new();
    let a = server.join("a", false);
    let is_silent = || Ask::Settings(SettingsAsk::IsSilent(room(1, "b")));
    assert_eq!(server.serve(&a, is_silent(), at(0)).await, Told::Whether(false));
    for (value, silent) in [("1", true), ("0", false)] {
        server.serve(&a, set("b", SILENT, value), at(0)).await;
        assert_eq!(server.serve(&a, is_silent(), at(0)).await, Told::Whether(silent));
    }
}

#[tokio::test]
async fn offline_days_need_the_version_that_stands() {
    let server = Server::new();
    let a = server.join("a", false);
    let days = |days, known| Ask::Settings(SettingsAsk::SetOfflineDays(days, known));
    assert_eq!(server.serve(&a, days(3, 0), at(0)).await, Told::Done);
    assert_eq!(server.serve(&a, days(5, 0), at(1)).await, Told::Refused(26002));
    let told = server.serve(&a, Ask::Settings(SettingsAsk::OfUser), at(1)).await;
    let settings =
        UserSettings { offline_days: Some(3), version: START, ..UserSettings::default() };
    assert_eq!(told, Told::UserSettings(settings));
}

/// The wall clock and the monotonic one, so many days later.
fn day(days: i64) -> Now {
    at(days * DAY)
}

#[tokio::test]
async fn a_sweep_removes_what_is_too_old_and_no_more() {
    let server = Server::new();
    let a = server.join("a", true);
    for days in 0..10 {
        stored(server.serve(&a, say("b", "x"), day(days)).await);
    }
    let ages = Ages { inbox_days: Some(7), history_days: None };
    let sweep = async |ages, days| server.0.sweep(ages, day(days), || async {}).await;
    assert_eq!(sweep(ages, 9).await, Ok(Removed { rows: 4, messages: 0 }));
    assert_eq!(sweep(ages, 9).await, Ok(Removed::default()));
    let ages = Ages { history_days: Some(8), ..ages };
    assert_eq!(sweep(ages, 10).await, Ok(Removed { rows: 2, messages: 2 }));
    let endless = Ages { inbox_days: None, history_days: Some(1) };
    assert_eq!(sweep(endless, 99).await, Ok(Removed::default()), "an inbox may hold it");
    assert_eq!(server.list("b").await[0].unread, 10);
}

#[tokio::test]
async fn thousands_of_rows_are_removed_a_little_at_a_time() {
    let server = Server::new();
    let a = server.join("a", true);
    for number in 0..1300 {
        stored(server.serve(&a, say("b", "x"), at(number * 1000)).await);
    }
    let rests = std::sync::atomic::AtomicU32::new(0);
    let rest = || {
        rests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        async {}
    };
    let ages = Ages { inbox_days: Some(1), history_days: Some(1) };
    let removed = server.0.sweep(ages, day(9), rest).await;
    assert_eq!(removed, Ok(Removed { rows: 2600, messages: 1300 }));
    assert_eq!(rests.into_inner(), 7, "five of rows and two of messages");
}

#[tokio::test]
async fn a_clock_that_jumped_removes_nothing() {
    let server = Server::new();
    let a = server.join("a", true);
    server.send(&a, say("b", "x")).await;
    let jumped = Now { wall: day(99).wall, tick: at(1).tick };
    let ages = Ages { inbox_days: Some(7), history_days: Some(7) };
    assert!(server.0.sweep(ages, jumped, || async {}).await.is_err());
    assert_eq!(server.head("b").await, 1);
}
