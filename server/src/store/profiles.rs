//! What the server was told of its users.

use std::future::Future;

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;

use super::StoreError;

/// A user the server was told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Display name.
    pub name: String,
    /// Portrait's address.
    pub portrait: String,
    /// When the server first heard of the user; zero where nobody noted it.
    pub created: UnixMillis,
}

/// The users' profiles.
pub trait Profiles: Send + Sync + 'static {
    /// Remembers a user. When it was first heard of stays.
    fn put_profile(
        &self,
        user: &UserId,
        profile: Profile,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A user that was remembered.
    fn profile(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Profile>, StoreError>> + Send;
}
