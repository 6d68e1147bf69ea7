//! Accounts and their sessions.

use std::collections::BTreeMap;
use std::future::{Future, ready};

use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;

use super::super::{
    Account, AccountChange, AccountGroup, AccountOutcome, AccountSession, Accounts, SessionKey,
    StoreError,
};
use super::MemoryStore;

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct AccountBook {
    accounts: BTreeMap<UserId, Account>,
    sessions: BTreeMap<SessionKey, AccountSession>,
    groups: BTreeMap<TargetId, AccountGroup>,
}

impl AccountBook {
    fn named(&self, name: &str) -> Option<&Account> {
        self.accounts.values().find(|account| account.name == name)
    }

    fn create(&mut self, account: Account) -> AccountOutcome {
        if self.accounts.contains_key(&account.user) || self.named(&account.name).is_some() {
            return AccountOutcome::Taken;
        }
        self.accounts.insert(account.user.detached(), account);
        AccountOutcome::Done
    }

    fn change(
        &mut self,
        user: &UserId,
        change: AccountChange,
        keep: Option<SessionKey>,
    ) -> AccountOutcome {
        let AccountChange { name, password, sex } = change;
        let other = name.as_deref().and_then(|name| self.named(name));
        if other.is_some_and(|other| other.user != *user) {
            return AccountOutcome::Taken;
        }
        let Some(account) = self.accounts.get_mut(user) else { return AccountOutcome::Unknown };
        account.name = name.unwrap_or_else(|| account.name.clone());
        account.sex = sex.unwrap_or_else(|| account.sex.clone());
        if let Some(password) = password {
            account.password = password;
            self.sessions.retain(|key, one| one.user != *user || Some(*key) == keep);
        }
        AccountOutcome::Done
    }

    /// The newest first.
    fn sessions_of(&self, user: &UserId) -> Vec<AccountSession> {
        let theirs = self.sessions.values().filter(|one| one.user == *user);
        let mut sessions: Vec<_> = theirs.cloned().collect();
        sessions.sort_by(|a, b| b.created.cmp(&a.created).then(a.key.cmp(&b.key)));
        sessions
    }

    fn open(&mut self, session: AccountSession, most: u32) {
        let user = session.user.clone();
        self.sessions.insert(session.key, session);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        for old in self.sessions_of(&user).iter().skip(most) {
            self.sessions.remove(&old.key);
        }
    }

    fn retain(&mut self, keep: impl Fn(&AccountSession) -> bool) -> u64 {
        let before = self.sessions.len();
        self.sessions.retain(|_, session| keep(session));
        u64::try_from(before - self.sessions.len()).unwrap_or(u64::MAX)
    }
}

impl Accounts for MemoryStore {
    fn create_account(
        &self,
        account: Account,
    ) -> impl Future<Output = Result<AccountOutcome, StoreError>> + Send {
        ready(Ok(self.kept().accounts.create(account)))
    }

    fn account_named(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send {
        ready(Ok(self.kept().accounts.named(name).cloned()))
    }

    fn account_of(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send {
        ready(Ok(self.kept().accounts.accounts.get(user).cloned()))
    }

    fn change_account(
        &self,
        user: &UserId,
        change: AccountChange,
        keep: Option<SessionKey>,
    ) -> impl Future<Output = Result<AccountOutcome, StoreError>> + Send {
        ready(Ok(self.kept().accounts.change(user, change, keep)))
    }

    fn delete_account(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let mut kept = self.kept();
        let found = kept.accounts.accounts.remove(user).is_some();
        if found {
            kept.accounts.retain(|session| session.user != *user);
            kept.profiles.remove(user);
        }
        ready(Ok(found))
    }

    fn open_session(
        &self,
        session: AccountSession,
        most: u32,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let mut kept = self.kept();
        // An account that is being deleted gets no more sessions.
        if kept.accounts.accounts.contains_key(&session.user) {
            kept.accounts.open(session, most);
        }
        ready(Ok(()))
    }

    fn session(
        &self,
        key: &SessionKey,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<AccountSession>, StoreError>> + Send {
        let kept = self.kept();
        let found = kept.accounts.sessions.get(key).filter(|session| session.expires > now);
        ready(Ok(found.cloned()))
    }

    fn sessions_of(
        &self,
        user: &UserId,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Vec<AccountSession>, StoreError>> + Send {
        let mut sessions = self.kept().accounts.sessions_of(user);
        sessions.retain(|session| session.expires > now);
        ready(Ok(sessions))
    }

    fn close_sessions(
        &self,
        user: &UserId,
        keys: &[SessionKey],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        let mut kept = self.kept();
        ready(Ok(kept.accounts.retain(|one| one.user != *user || !keys.contains(&one.key))))
    }

    fn sweep_sessions(
        &self,
        now: UnixMillis,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        ready(Ok(self.kept().accounts.retain(|session| session.expires > now)))
    }

    fn put_account_group(
        &self,
        group: &TargetId,
        how: AccountGroup,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.kept().accounts.groups.insert(group.detached(), how);
        ready(Ok(()))
    }

    fn account_group(
        &self,
        group: &TargetId,
    ) -> impl Future<Output = Result<Option<AccountGroup>, StoreError>> + Send {
        ready(Ok(self.kept().accounts.groups.get(group).copied()))
    }
}
