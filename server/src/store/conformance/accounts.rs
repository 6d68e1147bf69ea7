//! Accounts, their sessions, and the groups they run.

use std::sync::Arc;

use hongyan::ids::TargetId;

use super::super::{
    Account, AccountChange, AccountGroup, AccountOutcome, AccountSession, PasswordHash, Profile,
    Store,
};
use super::support::*;

fn account(name: &str) -> Account {
    Account {
        user: user(name),
        name: format!("{name}@example.com"),
        password: PasswordHash(format!("hash of {name}")),
        sex: String::new(),
        created: at(0),
    }
}

fn session(name: &str, key: u8, created: i64) -> AccountSession {
    AccountSession {
        key: [key; 32],
        user: user(name),
        device: "tests".into(),
        created: at(created),
        expires: at(created + 1000),
    }
}

async fn made<S: Store>(store: &S, name: &str) {
    assert_eq!(store.create_account(account(name)).await, Ok(AccountOutcome::Done));
}

pub async fn an_account_is_found_by_name_and_by_user<S: Store>(store: Arc<S>) {
    made(&*store, "a").await;
    assert_eq!(store.account_named("a@example.com").await, Ok(Some(account("a"))));
    assert_eq!(store.account_of(&user("a")).await, Ok(Some(account("a"))));
    assert_eq!(store.account_named("b@example.com").await, Ok(None));
    assert_eq!(store.account_of(&user("b")).await, Ok(None));
}

pub async fn a_name_and_a_user_have_one_account<S: Store>(store: Arc<S>) {
    made(&*store, "a").await;
    let same_name = Account { user: user("b"), ..account("a") };
    let same_user = Account { name: "b@example.com".into(), ..account("a") };
    for second in [same_name, same_user] {
        assert_eq!(store.create_account(second).await, Ok(AccountOutcome::Taken));
    }
    assert_eq!(store.account_of(&user("a")).await, Ok(Some(account("a"))));
    assert_eq!(store.account_of(&user("b")).await, Ok(None));
}

pub async fn a_change_leaves_the_rest<S: Store>(store: Arc<S>) {
    made(&*store, "a").await;
    made(&*store, "b").await;
    let a = user("a");
    let change = |change| store.change_account(&a, change, None);
    let sex = AccountChange { sex: Some("female".into()), ..AccountChange::default() };
    assert_eq!(change(sex).await, Ok(AccountOutcome::Done));
    let name = |name: &str| AccountChange { name: Some(name.into()), ..AccountChange::default() };
    assert_eq!(change(name("b@example.com")).await, Ok(AccountOutcome::Taken));
    assert_eq!(change(name("a@example.com")).await, Ok(AccountOutcome::Done));
    assert_eq!(change(name("new@example.com")).await, Ok(AccountOutcome::Done));
    let now = Account { sex: "female".into(), name: "new@example.com".into(), ..account("a") };
    assert_eq!(store.account_of(&user("a")).await, Ok(Some(now)));
    assert_eq!(store.account_named("a@example.com").await, Ok(None));
    let nobody = store.change_account(&user("c"), name("c@example.com"), None).await;
    assert_eq!(nobody, Ok(AccountOutcome::Unknown));
}

pub async fn another_password_ends_the_other_sessions<S: Store>(store: Arc<S>) {
    for name in ["a", "b"] {
        made(&*store, name).await;
    }
    for (name, key) in [("a", 1), ("a", 2), ("b", 3)] {
        store.open_session(session(name, key, 0), 10).await.unwrap();
    }
    let change =
        AccountChange { password: Some(PasswordHash("new".into())), ..AccountChange::default() };
    store.change_account(&user("a"), change.clone(), Some([1; 32])).await.unwrap();
    let keys = |name: &'static str| {
        let store = Arc::clone(&store);
        async move {
            let sessions = store.sessions_of(&user(name), at(0)).await.unwrap();
            sessions.iter().map(|session| session.key[0]).collect::<Vec<_>>()
        }
    };
    assert_eq!((keys("a").await, keys("b").await), (vec![1], vec![3]));
    store.change_account(&user("a"), change, None).await.unwrap();
    assert_eq!((keys("a").await, keys("b").await), (vec![], vec![3]));
}

pub async fn a_deleted_account_leaves_no_session_and_no_profile<S: Store>(store: Arc<S>) {
    for name in ["a", "b"] {
        made(&*store, name).await;
        store.put_profile(&user(name), Profile::default()).await.unwrap();
        store.open_session(session(name, name.as_bytes()[0], 0), 10).await.unwrap();
    }
    assert_eq!(store.delete_account(&user("a")).await, Ok(true));
    assert_eq!(store.delete_account(&user("a")).await, Ok(false));
    assert_eq!(store.account_named("a@example.com").await, Ok(None));
    assert_eq!(store.session(&[b'a'; 32], at(0)).await, Ok(None));
    assert_eq!(store.profile(&user("a")).await, Ok(None));
    store.open_session(session("a", 9, 0), 10).await.unwrap();
    assert_eq!(store.session(&[9; 32], at(0)).await, Ok(None), "a late session");
    assert!(store.session(&[b'b'; 32], at(0)).await.unwrap().is_some());
    assert!(store.profile(&user("b")).await.unwrap().is_some());
    made(&*store, "a").await;
}

pub async fn a_session_is_good_until_it_expires<S: Store>(store: Arc<S>) {
    made(&*store, "a").await;
    let one = session("a", 1, 0);
    store.open_session(one.clone(), 10).await.unwrap();
    assert_eq!(store.session(&[1; 32], at(999)).await, Ok(Some(one)));
    assert_eq!(store.session(&[1; 32], at(1000)).await, Ok(None));
    assert_eq!(store.session(&[2; 32], at(0)).await, Ok(None));
    assert_eq!(store.sessions_of(&user("a"), at(1000)).await, Ok(vec![]));
    assert_eq!(store.sweep_sessions(at(999)).await, Ok(0));
    assert_eq!(store.sweep_sessions(at(1000)).await, Ok(1));
}

pub async fn the_newest_sessions_stay<S: Store>(store: Arc<S>) {
    made(&*store, "a").await;
    for n in 0..5_u8 {
        store.open_session(session("a", n, i64::from(n)), 3).await.unwrap();
    }
    let sessions = store.sessions_of(&user("a"), at(0)).await.unwrap();
    assert_eq!(sessions.iter().map(|one| one.key[0]).collect::<Vec<_>>(), [4, 3, 2]);
}

pub async fn only_a_users_own_sessions_are_closed<S: Store>(store: Arc<S>) {
    for (name, key) in [("a", 1), ("b", 2)] {
        made(&*store, name).await;
        store.open_session(session(name, key, 0), 10).await.unwrap();
    }
    assert_eq!(store.close_sessions(&user("a"), &[[1; 32], [2; 32]]).await, Ok(1));
    assert_eq!(store.session(&[1; 32], at(0)).await, Ok(None));
    assert!(store.session(&[2; 32], at(0)).await.unwrap().is_some());
}

pub async fn groups_of_accounts_are_told_from_others<S: Store>(store: Arc<S>) {
    let group = TargetId::from("g");
    assert_eq!(store.account_group(&group).await, Ok(None));
    for open in [true, false] {
        store.put_account_group(&group, AccountGroup { open }).await.unwrap();
        assert_eq!(store.account_group(&group).await, Ok(Some(AccountGroup { open })));
    }
}
