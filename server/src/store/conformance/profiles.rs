//! What the server was told of its users.

use std::sync::Arc;

use hongyan::time::UnixMillis;

use super::super::{Profile, Store};
use super::support::*;

pub async fn profiles_are_kept_and_replaced<S: Store>(store: Arc<S>) {
    assert_eq!(store.profile(&user("a")).await, Ok(None));
    for name in ["Swan", "雁"] {
        let profile = Profile {
            name: name.into(),
            portrait: "https://example.com/a.png".into(),
            created: UnixMillis::new(5),
        };
        store.put_profile(&user("a"), profile.clone()).await.unwrap();
        assert_eq!(store.profile(&user("a")).await, Ok(Some(profile)));
    }
    assert_eq!(store.profile(&user("b")).await, Ok(None));
}
