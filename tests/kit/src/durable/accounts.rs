//! Accounts, as the store under this one keeps them.

use std::future::Future;

use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;
use hongyan_server::store::{
    Account, AccountChange, AccountGroup, AccountOutcome, AccountSession, Accounts, SessionKey,
    StoreError,
};

use super::Durable;

impl Accounts for Durable {
    fn create_account(
        &self,
        account: Account,
    ) -> impl Future<Output = Result<AccountOutcome, StoreError>> + Send {
        self.store.create_account(account)
    }

    fn account_named(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send {
        self.store.account_named(name)
    }

    fn account_of(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send {
        self.store.account_of(user)
    }

    fn change_account(
        &self,
        user: &UserId,
        change: AccountChange,
        keep: Option<SessionKey>,
    ) -> impl Future<Output = Result<AccountOutcome, StoreError>> + Send {
        self.store.change_account(user, change, keep)
    }

    fn delete_account(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.delete_account(user)
    }

    fn open_session(
        &self,
        session: AccountSession,
        most: u32,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.open_session(session, most)
    }

    fn session(
        &self,
        key: &SessionKey,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<AccountSession>, StoreError>> + Send {
        self.store.session(key, now)
    }

    fn sessions_of(
        &self,
        user: &UserId,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Vec<AccountSession>, StoreError>> + Send {
        self.store.sessions_of(user, now)
    }

    fn close_sessions(
        &self,
        user: &UserId,
        keys: &[SessionKey],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        self.store.close_sessions(user, keys)
    }

    fn sweep_sessions(
        &self,
        now: UnixMillis,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        self.store.sweep_sessions(now)
    }

    fn put_account_group(
        &self,
        group: &TargetId,
        how: AccountGroup,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.put_account_group(group, how)
    }

    fn account_group(
        &self,
        group: &TargetId,
    ) -> impl Future<Output = Result<Option<AccountGroup>, StoreError>> + Send {
        self.store.account_group(group)
    }
}
