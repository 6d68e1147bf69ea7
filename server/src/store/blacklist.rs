//! Whom users do not want to hear from.

use std::future::Future;

use hongyan::ids::UserId;

use super::StoreError;

/// The most users that one user may block.
pub const MAX_BLACKLIST: u32 = 3000;

/// Blacklists by user.
pub trait Blacklists: Send + Sync + 'static {
    /// `user` blocks these; false, and nobody is blocked, if more than [`MAX_BLACKLIST`] would be.
    /// Who was blocked before stays so.
    fn block(
        &self,
        user: &UserId,
        blocked: &[UserId],
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// `user` blocks these no more. Who was not blocked is none the worse for it.
    fn unblock(
        &self,
        user: &UserId,
        blocked: &[UserId],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Whom `user` blocks, by id.
    fn blacklist(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send;

    /// Whether `user` blocks `other`.
    fn blocks(
        &self,
        user: &UserId,
        other: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
