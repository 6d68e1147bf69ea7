//! Public services: accounts that users follow, and that speak to those who do.

use std::future::Future;

use hongyan::ids::{ConversationId, UserId};
use hongyan::time::UnixMillis;

use super::StoreError;

/// The most public services of an application: all of them are read for a search.
pub const MAX_SERVICES: usize = 1000;

/// A public service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicService {
    /// Kind 7 or 8, and its own id.
    pub id: ConversationId,
    /// Its name.
    pub name: String,
    /// Portrait's address.
    pub portrait: String,
    /// What it says of itself.
    pub introduction: String,
    /// Its menu: JSON, as the application's server gave it.
    pub menu: String,
    /// What answers in its name: JSON, empty for nobody.
    pub robot: String,
    /// Whether everybody follows it who did not say otherwise.
    pub everybody: bool,
    /// When it was last changed.
    pub changed: UnixMillis,
}

/// Whether a user said to follow a public service, or not to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Following {
    /// Which one.
    pub service: ConversationId,
    /// What the user said.
    pub follows: bool,
    /// When.
    pub time: UnixMillis,
}

/// The public services, and who follows them.
pub trait Services: Send + Sync + 'static {
    /// Makes a public service, or changes the one of this id. False: there would be more than
    /// [`MAX_SERVICES`], and nothing was done.
    fn put_service(
        &self,
        service: PublicService,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Takes one away, and who followed it. False: there was none.
    fn remove_service(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// One of them.
    fn service(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<Option<PublicService>, StoreError>> + Send;

    /// All of them, by kind and id.
    fn services(&self) -> impl Future<Output = Result<Vec<PublicService>, StoreError>> + Send;

    /// Follows one, or does not any more. False: there is none of this id.
    fn follow(
        &self,
        user: &UserId,
        following: Following,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// What a user said of following, by kind and id of the service.
    fn followings(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<Following>, StoreError>> + Send;

    /// Who follows one, by id. Where everybody does: all users the server was told of, but for
    /// those who said otherwise.
    fn followers(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send;
}
