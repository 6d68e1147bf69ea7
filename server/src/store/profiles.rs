//! What the server was told of its users.

use std::future::Future;

use hongyan::ids::UserId;

use super::StoreError;

/// A user the server was told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Display name.
    pub name: String,
    /// Portrait's address.
    pub portrait: String,
}

/// The users' profiles.
pub trait Profiles: Send + Sync + 'static {
    /// Remembers a user.
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
