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
        let mut kept = self.kept();
        let created = kept.profiles.get(user).map_or(profile.created, |known| known.created);
        kept.profiles.insert(user.detached(), Profile { created, ..profile });
        ready(Ok(()))
    }

    fn profile(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Profile>, StoreError>> + Send {
        ready(Ok(self.kept().profiles.get(user).cloned()))
    }
}
