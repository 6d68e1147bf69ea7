//! What the application's server has decided.

use std::sync::Arc;

use hongyan::ids::UserId;

use super::super::{FOR_EVER, Profile, Rule, RuleKind, Store, Word};
use super::support::*;

fn rule(kind: RuleKind, group: &str, name: &str) -> Rule {
    Rule { kind, group: group.into(), user: user(name) }
}

fn word(text: &str, replacement: Option<&str>) -> Word {
    Word { text: text.into(), replacement: replacement.map(Into::into) }
}

pub async fn rules_come_back_in_order_with_their_times<S: Store>(store: Arc<S>) {
    assert_eq!(store.rules().await, Ok(Vec::new()));
    let muted = |name| rule(RuleKind::MutedInGroup, "g", name);
    store.put_rules(vec![muted("b"), muted("a")], at(5)).await.unwrap();
    store.put_rules(vec![rule(RuleKind::Blocked, "", "z")], FOR_EVER).await.unwrap();
    store.put_rules(vec![rule(RuleKind::GroupMuted, "雁", "")], at(1)).await.unwrap();
    let all = [
        (rule(RuleKind::Blocked, "", "z"), FOR_EVER),
        (muted("a"), at(5)),
        (muted("b"), at(5)),
        (rule(RuleKind::GroupMuted, "雁", ""), at(1)),
    ];
    assert_eq!(store.rules().await.unwrap(), all);
}

pub async fn a_rule_made_again_has_the_new_time<S: Store>(store: Arc<S>) {
    let blocked = rule(RuleKind::Blocked, "", "a");
    for ms in [5, 1] {
        store.put_rules(vec![blocked.clone(), blocked.clone()], at(ms)).await.unwrap();
        assert_eq!(store.rules().await.unwrap(), [(blocked.clone(), at(ms))]);
    }
}

pub async fn what_was_revoked_stays_so<S: Store>(store: Arc<S>) {
    let revoked = rule(RuleKind::TokensRevoked, "", "a");
    for (ms, then) in [(5, 5), (3, 5), (9, 9)] {
        store.put_rules(vec![revoked.clone()], at(ms)).await.unwrap();
        assert_eq!(store.rules().await.unwrap(), [(revoked.clone(), at(then))]);
    }
}

pub async fn an_ended_rule_is_gone_and_no_other<S: Store>(store: Arc<S>) {
    let of = |kind, group, name| rule(kind, group, name);
    let kept = of(RuleKind::MaySpeak, "g", "b");
    let gone = [of(RuleKind::MaySpeak, "g", "a"), of(RuleKind::MaySpeak, "h", "b")];
    store.put_rules([&gone[..], std::slice::from_ref(&kept)].concat(), at(0)).await.unwrap();
    store.remove_rules(gone.to_vec()).await.unwrap();
    store.remove_rules(gone.to_vec()).await.unwrap();
    assert_eq!(store.rules().await.unwrap(), [(kept, at(0))]);
}

pub async fn words_are_kept_and_replaced<S: Store>(store: Arc<S>) {
    store.put_words(vec![word("坏话", None), word("bad", Some("***"))]).await.unwrap();
    store.put_words(vec![word("bad", Some(""))]).await.unwrap();
    let all = [word("bad", Some("")), word("坏话", None)];
    assert_eq!(store.words().await.unwrap(), all);
    store.remove_words(vec!["bad".into(), "unknown".into()]).await.unwrap();
    assert_eq!(store.words().await.unwrap(), [word("坏话", None)]);
}

pub async fn tags_are_those_last_given<S: Store>(store: Arc<S>) {
    let set = async |names: &[&str], tags: &[&str]| {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        store.set_tags(users(names), tags).await.unwrap();
    };
    set(&["a", "b"], &["young", "北京", "young"]).await;
    set(&["b"], &["old"]).await;
    assert_eq!(store.tags(&user("a")).await.unwrap(), ["young", "北京"]);
    assert_eq!(store.tags(&user("b")).await.unwrap(), ["old"]);
    assert_eq!(store.tagged("young").await.unwrap(), [user("a")]);
    set(&["a"], &[]).await;
    assert_eq!(store.tags(&user("a")).await.unwrap(), [""; 0]);
    assert_eq!(store.tagged("young").await, Ok(Vec::new()));
}

pub async fn every_known_user_is_found_once_in_order<S: Store>(store: Arc<S>) {
    let profile = Profile::default();
    for name in ["b", "d"] {
        store.put_profile(&user(name), profile.clone()).await.unwrap();
    }
    append(&*store, message("a", "b", "x")).await;
    append(&*store, message("c", "e", "x")).await;
    let (mut found, mut last) = (Vec::new(), UserId::default());
    loop {
        let page = store.users_after(&last, 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(newest) = page.last() else { break };
        last = newest.clone();
        found.extend(page);
    }
    assert_eq!(found, users(&["a", "b", "c", "d", "e"]));
}
