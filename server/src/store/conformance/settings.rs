//! What users set.

use std::sync::Arc;

use hongyan::time::UnixMillis;

use super::super::{
    MAX_SETTINGS, PINNED, QuietHours, SILENT, SetVersions, Setting, Store, UserChange,
    UserSettings, VersionedSetting,
};
use super::support::*;

fn set_to(target: &str, item: i32, value: &str) -> Setting {
    Setting { conversation: private(target), item, value: value.into() }
}

async fn set<S: Store>(store: &S, settings: Vec<Setting>, now: UnixMillis) -> SetVersions {
    store.set(&user("me"), settings, now).await.unwrap().unwrap()
}

async fn after<S: Store>(store: &S, version: i64) -> Vec<VersionedSetting> {
    store.settings_after(&user("me"), version, 100).await.unwrap()
}

pub async fn what_was_set_comes_back_in_order_of_versions<S: Store>(store: Arc<S>) {
    let both = vec![set_to("a", PINNED, "1"), set_to("b", SILENT, "1")];
    let first = set(&*store, both, at(0)).await;
    assert_eq!((first.before, first.after), (0, at(1).get()));
    let in_group = Setting { conversation: group("g"), ..set_to("", PINNED, "1") };
    let second = set(&*store, vec![in_group.clone()], at(10)).await;
    assert_eq!((second.before, second.after), (first.after, at(10).get()));
    let all = after(&*store, 0).await;
    let versions: Vec<_> = all.iter().map(|one| one.version).collect();
    assert_eq!(versions, [at(0).get(), at(1).get(), at(10).get()]);
    assert_eq!(all[0].setting, set_to("a", PINNED, "1"));
    assert_eq!(all[2].setting, in_group);
    assert_eq!(after(&*store, first.after).await, all[2..]);
    assert_eq!(store.settings_after(&user("me"), 0, 2).await.unwrap(), all[..2]);
    assert_eq!(after(&*store, second.after).await, []);
}

pub async fn a_setting_made_twice_comes_once<S: Store>(store: Arc<S>) {
    for (ms, value) in [(0, "1"), (5, "0")] {
        set(&*store, vec![set_to("a", PINNED, value)], at(ms)).await;
    }
    let all = after(&*store, 0).await;
    assert_eq!((all.len(), &*all[0].setting.value, all[0].version), (1, "0", at(5).get()));
}

pub async fn versions_rise_whatever_the_clock_does<S: Store>(store: Arc<S>) {
    let mut last = 0;
    for ms in [50, 50, 20, 0] {
        let versions = set(&*store, vec![set_to("a", PINNED, "1")], at(ms)).await;
        assert!(versions.before == last && versions.after > last);
        last = versions.after;
    }
}

pub async fn nobody_has_more_settings_than_allowed<S: Store>(store: Arc<S>) {
    let settings = |from: u32, to| (from..to).map(|n| set_to(&n.to_string(), PINNED, "1"));
    let full = set(&*store, settings(0, MAX_SETTINGS).collect(), at(0)).await;
    let more = settings(MAX_SETTINGS - 1, MAX_SETTINGS + 1).collect();
    assert_eq!(store.set(&user("me"), more, at(1)).await, Ok(None));
    let last = store.setting(&user("me"), &private(&MAX_SETTINGS.to_string()), PINNED).await;
    assert_eq!(last, Ok(None), "nothing of it is set");
    let again = set(&*store, settings(0, 2).collect(), at(1)).await;
    assert_eq!(again.before, full.after);
}

pub async fn one_setting_may_be_asked_for<S: Store>(store: Arc<S>) {
    set(&*store, vec![set_to("a", SILENT, "1"), set_to("b", PINNED, "1")], at(0)).await;
    let of =
        async |target: &str| store.setting(&user("me"), &private(target), SILENT).await.unwrap();
    assert_eq!(of("a").await.as_deref(), Some("1"));
    assert_eq!((of("b").await, of("nobody").await), (None, None));
}

pub async fn settings_are_the_users_own<S: Store>(store: Arc<S>) {
    set(&*store, vec![set_to("a", SILENT, "1")], at(0)).await;
    for name in ["a", "nobody"] {
        assert_eq!(store.settings_after(&user(name), 0, 9).await, Ok(Vec::new()));
        assert_eq!(store.setting(&user(name), &private("me"), SILENT).await, Ok(None));
    }
    assert_eq!(list(&*store, "me", ALL).await, [], "a setting makes no conversation");
}

pub async fn offline_days_are_set_by_who_knows_the_version<S: Store>(store: Arc<S>) {
    let me = user("me");
    assert_eq!(store.user_settings(&me).await, Ok(UserSettings::default()));
    let version = store.set_offline_days(&me, 3, 0, at(0)).await.unwrap().unwrap();
    assert_eq!(version, at(0).get());
    assert_eq!(store.set_offline_days(&me, 5, 0, at(1)).await, Ok(None));
    let settings = UserSettings { offline_days: Some(3), version, ..UserSettings::default() };
    assert_eq!(store.user_settings(&me).await, Ok(settings));
    let next = store.set_offline_days(&me, 7, version, at(-9)).await.unwrap().unwrap();
    assert!(next > version);
    let settings = UserSettings { offline_days: Some(7), version: next, ..UserSettings::default() };
    assert_eq!(store.user_settings(&me).await, Ok(settings));
}

pub async fn quiet_hours_and_the_status_are_kept<S: Store>(store: Arc<S>) {
    let me = user("me");
    let quiet = QuietHours { start: 86_399, minutes: 1439, mentions: true };
    let change = async |change, ms| store.change_user_settings(&me, change, at(ms)).await.unwrap();
    assert_eq!(change(UserChange::Status(-7), 0).await, 0, "a status is no change of settings");
    let first = change(UserChange::QuietHours(Some(quiet)), 5).await;
    assert_eq!(first, at(5).get());
    let settings = store.user_settings(&me).await.unwrap();
    assert_eq!((settings.quiet_hours, settings.status), (Some(quiet), -7));
    assert_eq!((settings.offline_days, settings.version), (None, first));
    let next = change(UserChange::QuietHours(None), 0).await;
    assert!(next > first);
    assert_eq!(store.user_settings(&me).await.unwrap().quiet_hours, None);
    assert_eq!(store.set_offline_days(&me, 3, first, at(9)).await, Ok(None));
    assert!(store.set_offline_days(&me, 3, next, at(9)).await.unwrap().is_some());
    let settings = store.user_settings(&me).await.unwrap();
    assert_eq!((settings.offline_days, settings.status), (Some(3), -7));
    assert_eq!(store.user_settings(&user("b")).await, Ok(UserSettings::default()));
}
