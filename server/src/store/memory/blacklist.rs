//! Whom users block.

use std::future::{Future, ready};

use hongyan::ids::UserId;

use super::super::{Blacklists, MAX_BLACKLIST, StoreError};
use super::MemoryStore;

impl Blacklists for MemoryStore {
    fn block(
        &self,
        user: &UserId,
        blocked: &[UserId],
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let mut kept = self.kept();
        let mut list = kept.blacklists.get(user).cloned().unwrap_or_default();
        list.extend(blocked.iter().map(UserId::detached));
        let fits = list.len() <= MAX_BLACKLIST as usize;
        if fits {
            kept.blacklists.insert(user.detached(), list);
        }
        ready(Ok(fits))
    }

    fn unblock(
        &self,
        user: &UserId,
        blocked: &[UserId],
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        if let Some(list) = self.kept().blacklists.get_mut(user) {
            list.retain(|one| !blocked.contains(one));
        }
        ready(Ok(()))
    }

    fn blacklist(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        let list = self.kept().blacklists.get(user).into_iter().flatten().cloned().collect();
        ready(Ok(list))
    }

    fn blocks(
        &self,
        user: &UserId,
        other: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        ready(Ok(self.kept().blacklists.get(user).is_some_and(|list| list.contains(other))))
    }
}
