//! The accounts of the application's users: a login name, a password's hash, and the sessions that
//! were opened with it; and the groups that accounts run by themselves.

use std::future::Future;

use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;

use super::StoreError;

/// Somebody who can log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who it is.
    pub user: UserId,
    /// What they log in with: an e-mail address or phone number, in lower case.
    pub name: String,
    /// The password's hash, as a PHC string. It leaves the server nowhere.
    pub password: PasswordHash,
    /// What they say of their sex; empty for nothing.
    pub sex: String,
    /// When it was made.
    pub created: UnixMillis,
}

/// A password's hash, which shows itself in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What is to be different about an account; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Another login name.
    pub name: Option<String>,
    /// Another password.
    pub password: Option<PasswordHash>,
    /// Another sex.
    pub sex: Option<String>,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountOutcome {
    /// It is kept.
    Done,
    /// Another account has the login name, or the user.
    Taken,
    /// There is no such account.
    Unknown,
}

/// The hash of a session's token: what is kept opens nothing.
pub type SessionKey = [u8; 32];

/// One login of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSession {
    /// What it is found by.
    pub key: SessionKey,
    /// Whose.
    pub user: UserId,
    /// What the client said of itself.
    pub device: String,
    /// When the password was given.
    pub created: UnixMillis,
    /// From when on it is good no more.
    pub expires: UnixMillis,
}

/// A group that accounts run by themselves. Groups of the application's own server are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountGroup {
    /// Whether whoever knows its id may join.
    pub open: bool,
}

/// The accounts.
pub trait Accounts: Send + Sync + 'static {
    /// Makes an account; [`AccountOutcome::Taken`] leaves everything as it was.
    fn create_account(
        &self,
        account: Account,
    ) -> impl Future<Output = Result<AccountOutcome, StoreError>> + Send;

    /// The account with this login name.
    fn account_named(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// The account of a user.
    fn account_of(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// Changes an account. With another password all its sessions end but `keep`.
    fn change_account(
        &self,
        user: &UserId,
        change: AccountChange,
        keep: Option<SessionKey>,
    ) -> impl Future<Output = Result<AccountOutcome, StoreError>> + Send;

    /// Removes an account, its sessions and its profile; whether there was one.
    fn delete_account(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Keeps a session. Of more than `most` of a user the oldest end.
    fn open_session(
        &self,
        session: AccountSession,
        most: u32,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The session of this key, if it is good at `now`.
    fn session(
        &self,
        key: &SessionKey,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<AccountSession>, StoreError>> + Send;

    /// A user's sessions that are good at `now`, the newest first.
    fn sessions_of(
        &self,
        user: &UserId,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Vec<AccountSession>, StoreError>> + Send;

    /// Ends those of a user's sessions; how many there were.
    fn close_sessions(
        &self,
        user: &UserId,
        keys: &[SessionKey],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Forgets the sessions that are good no more; how many.
    fn sweep_sessions(
        &self,
        now: UnixMillis,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Says that accounts run a group, and how.
    fn put_account_group(
        &self,
        group: &TargetId,
        how: AccountGroup,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How accounts run this group; `None` when they do not.
    fn account_group(
        &self,
        group: &TargetId,
    ) -> impl Future<Output = Result<Option<AccountGroup>, StoreError>> + Send;
}
