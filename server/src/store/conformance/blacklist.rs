//! Whom users do not want to hear from.

use std::sync::Arc;

use super::super::{MAX_BLACKLIST, Store};
use super::support::*;

pub async fn who_is_blocked_stays_so_until_unblocked<S: Store>(store: Arc<S>) {
    let me = user("me");
    assert_eq!(store.blacklist(&me).await, Ok(vec![]));
    assert_eq!(store.block(&me, &users(&["c", "b"])).await, Ok(true));
    assert_eq!(store.block(&me, &users(&["b"])).await, Ok(true));
    assert_eq!(store.blacklist(&me).await, Ok(users(&["b", "c"])));
    assert_eq!(store.blocks(&me, &user("b")).await, Ok(true));
    assert_eq!(store.unblock(&me, &users(&["b", "nobody"])).await, Ok(()));
    assert_eq!(store.blacklist(&me).await, Ok(users(&["c"])));
    assert_eq!(store.blocks(&me, &user("b")).await, Ok(false));
}

pub async fn a_blacklist_is_the_users_own<S: Store>(store: Arc<S>) {
    store.block(&user("me"), &users(&["b"])).await.unwrap();
    assert_eq!(store.blacklist(&user("b")).await, Ok(vec![]));
    assert_eq!(store.blocks(&user("b"), &user("me")).await, Ok(false));
    assert_eq!(store.unblock(&user("b"), &users(&["me"])).await, Ok(()));
    assert_eq!(store.blocks(&user("me"), &user("b")).await, Ok(true));
}

pub async fn nobody_blocks_more_than_allowed<S: Store>(store: Arc<S>) {
    let me = user("me");
    let named = |from: u32, to| (from..to).map(|n| user(&n.to_string())).collect::<Vec<_>>();
    assert_eq!(store.block(&me, &named(0, MAX_BLACKLIST - 1)).await, Ok(true));
    assert_eq!(store.block(&me, &named(MAX_BLACKLIST - 1, MAX_BLACKLIST + 1)).await, Ok(false));
    let count = store.blacklist(&me).await.unwrap().len();
    assert_eq!(count, MAX_BLACKLIST as usize - 1, "nobody of them is blocked");
    assert_eq!(store.block(&me, &named(0, MAX_BLACKLIST)).await, Ok(true));
}
