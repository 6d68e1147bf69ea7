//! The users' profiles.

use std::future::{Future, ready};

use hongyan::ids::UserId;

use super::super::{Profile, Profiles, StoreError};
use super::MemoryStore;

impl Profiles for MemoryStore {
    fn put_profile(
        &self,
        user: &UserId,
        profile: Profile,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.kept().profiles.insert(user.detached(), profile);
        ready(Ok(()))
    }

    fn profile(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Profile>, StoreError>> + Send {
        ready(Ok(self.kept().profiles.get(user).cloned()))
    }
}
