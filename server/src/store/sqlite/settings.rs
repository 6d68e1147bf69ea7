//! What users set.

use std::future::Future;

use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection};

use super::super::conversation::key;
use super::super::{
    MAX_SETTINGS, QuietHours, SetVersions, Setting, Settings, StoreError, UserChange, UserSettings,
    VersionedSetting,
};
use super::SqliteStore;
use super::change::Change;

const AFTER: &str = "SELECT s.kind, s.target, s.item, s.value, s.version
     FROM user u CROSS JOIN setting s ON s.user = u.id
     WHERE u.name = ?1 AND s.version > ?2 ORDER BY s.version LIMIT ?3";

const ONE: &str = "SELECT s.value FROM user u CROSS JOIN conversation c
     CROSS JOIN setting s ON s.user = u.id AND s.conversation = c.id
     WHERE u.name = ?1 AND c.key = ?2 AND s.item = ?3";

const OF_USER: &str =
    "SELECT offline_days, quiet_start, quiet_minutes, quiet_mentions, status, offline_version
     FROM user WHERE name = ?1";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[AFTER, ONE, OF_USER];

impl Settings for SqliteStore {
    fn set(
        &self,
        user: &UserId,
        settings: Vec<Setting>,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<SetVersions>, StoreError>> + Send {
        self.change(Set { user: user.clone(), settings, now })
    }

    fn settings_after(
        &self,
        user: &UserId,
        version: i64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<VersionedSetting>, StoreError>> + Send {
        settings_after(&self.readers, user, version, limit)
    }

    fn setting(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        item: i32,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send {
        setting(&self.readers, user, conversation, item)
    }

    fn user_settings(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<UserSettings, StoreError>> + Send {
        user_settings(&self.readers, user)
    }

    fn change_user_settings(
        &self,
        user: &UserId,
        change: UserChange,
        now: UnixMillis,
    ) -> impl Future<Output = Result<i64, StoreError>> + Send {
        self.change(ChangeOfUser { user: user.clone(), change, now })
    }

    fn set_offline_days(
        &self,
        user: &UserId,
        days: u8,
        known: i64,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send {
        self.change(SetOfflineDays { user: user.clone(), days, known, now })
    }
}

async fn settings_after(
    pool: &SqlitePool,
    user: &UserId,
    version: i64,
    limit: u32,
) -> Result<Vec<VersionedSetting>, StoreError> {
    let found =
        sqlx::query(AFTER).bind(user.as_str()).bind(version).bind(limit).fetch_all(pool).await?;
    let setting = |row: &SqliteRow| {
        let kind = ConversationKind::from_number(row.try_get("kind")?);
        let target: String = row.try_get("target")?;
        let conversation = ConversationId::new(kind, target);
        let setting =
            Setting { conversation, item: row.try_get("item")?, value: row.try_get("value")? };
        Ok(VersionedSetting { setting, version: row.try_get("version")? })
    };
    found.iter().map(setting).collect()
}

async fn setting(
    pool: &SqlitePool,
    user: &UserId,
    conversation: &ConversationId,
    item: i32,
) -> Result<Option<String>, StoreError> {
    let found = sqlx::query_scalar(ONE)
        .bind(user.as_str())
        .bind(key(user, conversation))
        .bind(item)
        .fetch_optional(pool)
        .await?;
    Ok(found)
}

async fn user_settings(pool: &SqlitePool, user: &UserId) -> Result<UserSettings, StoreError> {
    let found = sqlx::query(OF_USER).bind(user.as_str()).fetch_optional(pool).await?;
    let Some(row) = found else { return Ok(UserSettings::default()) };
    let start: Option<u32> = row.try_get("quiet_start")?;
    let minutes: Option<u16> = row.try_get("quiet_minutes")?;
    let mentions = row.try_get("quiet_mentions")?;
    Ok(UserSettings {
        offline_days: row.try_get("offline_days")?,
        quiet_hours: start.zip(minutes).map(|(start, minutes)| QuietHours {
            start,
            minutes,
            mentions,
        }),
        status: row.try_get("status")?,
        version: row.try_get("offline_version")?,
    })
}

const NEW_USER: &str = "INSERT INTO user (name) VALUES (?1) ON CONFLICT (name) DO NOTHING";

const USER: &str = "SELECT id, setting_version FROM user WHERE name = ?1";

const NEW_CONVERSATION: &str =
    "INSERT INTO conversation (key, kind) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING";

const SET: &str = "INSERT INTO setting (user, conversation, item, kind, target, value, version)
     SELECT ?1, c.id, ?3, ?4, ?5, ?6, ?7 FROM conversation c WHERE c.key = ?2
     ON CONFLICT (user, conversation, item) DO UPDATE SET
         value = excluded.value, version = excluded.version";

const COUNT: &str = "SELECT count(*) FROM setting WHERE user = ?1";

const SET_VERSION: &str = "UPDATE user SET setting_version = ?2 WHERE id = ?1";

struct Set {
    user: UserId,
    settings: Vec<Setting>,
    now: UnixMillis,
}

impl Change for Set {
    type Done = Option<SetVersions>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        sqlx::raw_sql("SAVEPOINT settings").execute(&mut *connection).await?;
        let set = self.set(connection).await?;
        let end = match set {
            Some(_) => "RELEASE settings",
            None => "ROLLBACK TO settings; RELEASE settings",
        };
        sqlx::raw_sql(end).execute(connection).await?;
        Ok(set)
    }
}

impl Set {
    /// `None` if there are too many then.
    async fn set(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Option<SetVersions>, StoreError> {
        let name = self.user.as_str();
        sqlx::query(NEW_USER).bind(name).execute(&mut *connection).await?;
        let row = sqlx::query(USER).bind(name).fetch_one(&mut *connection).await?;
        let (user, before): (i64, i64) = (row.try_get("id")?, row.try_get("setting_version")?);
        let mut version = before;
        for setting in &self.settings {
            version = self.now.get().max(version.saturating_add(1));
            self.set_one(connection, user, setting, version).await?;
        }
        let count: i64 = sqlx::query_scalar(COUNT).bind(user).fetch_one(&mut *connection).await?;
        if count > i64::from(MAX_SETTINGS) {
            return Ok(None);
        }
        sqlx::query(SET_VERSION).bind(user).bind(version).execute(connection).await?;
        Ok(Some(SetVersions { before, after: version }))
    }

    async fn set_one(
        &self,
        connection: &mut SqliteConnection,
        user: i64,
        setting: &Setting,
        version: i64,
    ) -> Result<(), StoreError> {
        let Setting { conversation, item, value } = setting;
        let key = key(&self.user, conversation);
        let kind = conversation.kind.number();
        sqlx::query(NEW_CONVERSATION).bind(&key).bind(kind).execute(&mut *connection).await?;
        sqlx::query(SET)
            .bind(user)
            .bind(&key)
            .bind(item)
            .bind(kind)
            .bind(conversation.target.as_str())
            .bind(value)
            .bind(version)
            .execute(connection)
            .await?;
        Ok(())
    }
}

const SET_OFFLINE_DAYS: &str = "UPDATE user SET offline_days = ?2, offline_version = ?4
     WHERE name = ?1 AND offline_version = ?3";

struct SetOfflineDays {
    user: UserId,
    days: u8,
    known: i64,
    now: UnixMillis,
}

impl Change for SetOfflineDays {
    type Done = Option<i64>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
        let name = self.user.as_str();
        sqlx::query(NEW_USER).bind(name).execute(&mut *connection).await?;
        let version = self.now.get().max(self.known.saturating_add(1));
        let set = sqlx::query(SET_OFFLINE_DAYS)
            .bind(name)
            .bind(self.days)
            .bind(self.known)
            .bind(version)
            .execute(connection)
            .await?;
        Ok((set.rows_affected() > 0).then_some(version))
    }
}

const SET_QUIET_HOURS: &str = "UPDATE user SET quiet_start = ?2, quiet_minutes = ?3,
     quiet_mentions = ?5, offline_version = max(?4, offline_version + 1) WHERE name = ?1";

const SET_STATUS: &str = "UPDATE user SET status = ?2 WHERE name = ?1";

const VERSION: &str = "SELECT offline_version FROM user WHERE name = ?1";

struct ChangeOfUser {
    user: UserId,
    change: UserChange,
    now: UnixMillis,
}

impl Change for ChangeOfUser {
    type Done = i64;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<i64, StoreError> {
        let name = self.user.as_str();
        sqlx::query(NEW_USER).bind(name).execute(&mut *connection).await?;
        let change = match self.change {
            UserChange::QuietHours(hours) => sqlx::query(SET_QUIET_HOURS)
                .bind(name)
                .bind(hours.map(|hours| hours.start))
                .bind(hours.map(|hours| hours.minutes))
                .bind(self.now.get())
                .bind(hours.is_some_and(|hours| hours.mentions)),
            UserChange::Status(status) => sqlx::query(SET_STATUS).bind(name).bind(status),
        };
        change.execute(&mut *connection).await?;
        Ok(sqlx::query_scalar(VERSION).bind(name).fetch_one(connection).await?)
    }
}
