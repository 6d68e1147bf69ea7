//! Accounts and their sessions.

use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::super::{
    Account, AccountChange, AccountGroup, AccountOutcome, AccountSession, Accounts, PasswordHash,
    SessionKey, StoreError,
};
use super::SqliteStore;
use super::change::Change;

const NAMED: &str = "SELECT user, name, password, sex, created FROM account WHERE name = ?1";
const OF_USER: &str = "SELECT user, name, password, sex, created FROM account WHERE user = ?1";
const SESSION: &str = "SELECT key, user, device, created, expires FROM account_session
     WHERE key = ?1 AND expires > ?2";
const SESSIONS: &str = "SELECT key, user, device, created, expires FROM account_session
     WHERE user = ?1 AND expires > ?2 ORDER BY created DESC, key";
const GROUP: &str = "SELECT open FROM account_group WHERE id = ?1";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[NAMED, OF_USER, SESSION, SESSIONS, GROUP];

const CREATE: &str = "INSERT INTO account (user, name, password, sex, created)
     VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
const CHANGE: &str = "UPDATE account SET name = coalesce(?2, name),
     password = coalesce(?3, password), sex = coalesce(?4, sex) WHERE user = ?1";
const END_OTHERS: &str = "DELETE FROM account_session WHERE user = ?1 AND key IS NOT ?2";
const DELETE: &str = "DELETE FROM account WHERE user = ?1";
const FORGET: &str = "DELETE FROM profile WHERE user = ?1";
/// An account that is being deleted gets no more sessions.
const OPEN: &str = "INSERT INTO account_session (key, user, device, created, expires)
     SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM account WHERE user = ?2)";
const END_OLDEST: &str = "DELETE FROM account_session WHERE user = ?1 AND key NOT IN (
     SELECT key FROM account_session WHERE user = ?1 ORDER BY created DESC, key LIMIT ?2)";
const CLOSE: &str = "DELETE FROM account_session WHERE user = ?1 AND key = ?2";
const SWEEP: &str = "DELETE FROM account_session WHERE expires <= ?1";
const PUT_GROUP: &str = "INSERT INTO account_group (id, open) VALUES (?1, ?2)
     ON CONFLICT (id) DO UPDATE SET open = excluded.open";

fn account(row: &SqliteRow) -> Result<Account, StoreError> {
    Ok(Account {
        user: UserId::from(row.try_get::<String, _>("user")?),
        name: row.try_get("name")?,
        password: PasswordHash(row.try_get("password")?),
        sex: row.try_get("sex")?,
        created: UnixMillis::new(row.try_get("created")?),
    })
}

fn session(row: &SqliteRow) -> Result<AccountSession, StoreError> {
    let key: Vec<u8> = row.try_get("key")?;
    let key = SessionKey::try_from(key.as_slice());
    Ok(AccountSession {
        key: key.map_err(|_| StoreError::Failed("a session's key has another length".into()))?,
        user: UserId::from(row.try_get::<String, _>("user")?),
        device: row.try_get("device")?,
        created: UnixMillis::new(row.try_get("created")?),
        expires: UnixMillis::new(row.try_get("expires")?),
    })
}

impl Accounts for SqliteStore {
    async fn create_account(&self, account: Account) -> Result<AccountOutcome, StoreError> {
        self.change(Create(account)).await
    }

    async fn account_named(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let found = sqlx::query(NAMED).bind(name).fetch_optional(&self.readers).await?;
        found.as_ref().map(account).transpose()
    }

    async fn account_of(&self, user: &UserId) -> Result<Option<Account>, StoreError> {
        let found = sqlx::query(OF_USER).bind(user.as_str()).fetch_optional(&self.readers).await?;
        found.as_ref().map(account).transpose()
    }

    async fn change_account(
        &self,
        user: &UserId,
        change: AccountChange,
        keep: Option<SessionKey>,
    ) -> Result<AccountOutcome, StoreError> {
        self.change(ChangeAccount { user: user.clone(), change, keep }).await
    }

    async fn delete_account(&self, user: &UserId) -> Result<bool, StoreError> {
        self.change(Delete(user.clone())).await
    }

    async fn open_session(&self, session: AccountSession, most: u32) -> Result<(), StoreError> {
        self.change(Open { session, most }).await
    }

    async fn session(
        &self,
        key: &SessionKey,
        now: UnixMillis,
    ) -> Result<Option<AccountSession>, StoreError> {
        let question = sqlx::query(SESSION).bind(&key[..]).bind(now.get());
        let found = question.fetch_optional(&self.readers).await?;
        found.as_ref().map(session).transpose()
    }

    async fn sessions_of(
        &self,
        user: &UserId,
        now: UnixMillis,
    ) -> Result<Vec<AccountSession>, StoreError> {
        let question = sqlx::query(SESSIONS).bind(user.as_str()).bind(now.get());
        let rows = question.fetch_all(&self.readers).await?;
        rows.iter().map(session).collect()
    }

    async fn close_sessions(&self, user: &UserId, keys: &[SessionKey]) -> Result<u64, StoreError> {
        self.change(Close { user: user.clone(), keys: keys.to_vec() }).await
    }

    async fn sweep_sessions(&self, now: UnixMillis) -> Result<u64, StoreError> {
        self.change(Sweep(now)).await
    }

    async fn put_account_group(
        &self,
        group: &TargetId,
        how: AccountGroup,
    ) -> Result<(), StoreError> {
        self.change(PutGroup { group: group.clone(), how }).await
    }

    async fn account_group(&self, group: &TargetId) -> Result<Option<AccountGroup>, StoreError> {
        let found = sqlx::query(GROUP).bind(group.as_str()).fetch_optional(&self.readers).await?;
        let group = |row: SqliteRow| Ok(AccountGroup { open: row.try_get("open")? });
        found.map(group).transpose()
    }
}

struct Create(Account);

impl Change for Create {
    type Done = AccountOutcome;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let Account { user, name, password, sex, created } = &self.0;
        let made = sqlx::query(CREATE)
            .bind(user.as_str())
            .bind(name)
            .bind(&password.0)
            .bind(sex)
            .bind(created.get())
            .execute(connection)
            .await?;
        let taken = made.rows_affected() == 0;
        Ok(if taken { AccountOutcome::Taken } else { AccountOutcome::Done })
    }
}

struct ChangeAccount {
    user: UserId,
    change: AccountChange,
    keep: Option<SessionKey>,
}

impl Change for ChangeAccount {
    type Done = AccountOutcome;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let AccountChange { name, password, sex } = &self.change;
        let user = self.user.as_str();
        if let Some(name) = name {
            let other = sqlx::query_scalar("SELECT 1 FROM account WHERE name = ?1 AND user <> ?2");
            let other: Option<i64> =
                other.bind(name).bind(user).fetch_optional(&mut *connection).await?;
            if other.is_some() {
                return Ok(AccountOutcome::Taken);
            }
        }
        let hash = password.as_ref().map(|password| password.0.as_str());
        let changed = sqlx::query(CHANGE).bind(user).bind(name).bind(hash).bind(sex);
        if changed.execute(&mut *connection).await?.rows_affected() == 0 {
            return Ok(AccountOutcome::Unknown);
        }
        if password.is_some() {
            let keep = self.keep.as_ref().map(|key| &key[..]);
            sqlx::query(END_OTHERS).bind(user).bind(keep).execute(connection).await?;
        }
        Ok(AccountOutcome::Done)
    }
}

struct Delete(UserId);

impl Change for Delete {
    type Done = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let user = self.0.as_str();
        let gone = sqlx::query(DELETE).bind(user).execute(&mut *connection).await?;
        let found = gone.rows_affected() > 0;
        if found {
            sqlx::query(FORGET).bind(user).execute(connection).await?;
        }
        Ok(found)
    }
}

struct Open {
    session: AccountSession,
    most: u32,
}

impl Change for Open {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let AccountSession { key, user, device, created, expires } = &self.session;
        sqlx::query(OPEN)
            .bind(&key[..])
            .bind(user.as_str())
            .bind(device)
            .bind(created.get())
            .bind(expires.get())
            .execute(&mut *connection)
            .await?;
        let user = user.as_str();
        sqlx::query(END_OLDEST).bind(user).bind(self.most).execute(connection).await?;
        Ok(())
    }
}

struct Close {
    user: UserId,
    keys: Vec<SessionKey>,
}

impl Change for Close {
    type Done = u64;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
        let mut closed = 0;
        for key in &self.keys {
            let close = sqlx::query(CLOSE).bind(self.user.as_str()).bind(&key[..]);
            closed += close.execute(&mut *connection).await?.rows_affected();
        }
        Ok(closed)
    }
}

struct Sweep(UnixMillis);

impl Change for Sweep {
    type Done = u64;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
        let swept = sqlx::query(SWEEP).bind(self.0.get()).execute(connection).await?;
        Ok(swept.rows_affected())
    }
}

struct PutGroup {
    group: TargetId,
    how: AccountGroup,
}

impl Change for PutGroup {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let put = sqlx::query(PUT_GROUP).bind(self.group.as_str()).bind(self.how.open);
        put.execute(connection).await?;
        Ok(())
    }
}
