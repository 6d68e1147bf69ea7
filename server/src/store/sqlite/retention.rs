//! What is removed because it is old.

use std::future::Future;

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::super::{InboxAge, Retention, StoreError, Swept};
use super::SqliteStore;
use super::append::json;
use super::change::Change;

/// So many users are looked at in one transaction.
const USERS: usize = 64;

const NEXT_USERS: &str =
    "SELECT id, name, first, offline_days FROM user WHERE name > ?1 ORDER BY name LIMIT ?2";

/// The number of a user's last row that is too old: times rise with the numbers.
const LAST_OLD: &str = "SELECT max(seq) FROM (
         SELECT * FROM (SELECT seq FROM inbox WHERE user = ?1 AND own = 0 AND time < ?2
                        ORDER BY time DESC LIMIT 1)
         UNION ALL
         SELECT * FROM (SELECT seq FROM inbox WHERE user = ?1 AND own = 1 AND time < ?2
                        ORDER BY time DESC LIMIT 1))";

const OLDEST_MESSAGES: &str = "SELECT id, sent_time FROM message ORDER BY id LIMIT ?1";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[NEXT_USERS, LAST_OLD];

/// Keeps the unread counts of rows that leave.
const AGE: &str = "UPDATE entry SET
         aged = iif(aged_time > read_time, aged, 0) + leaving.rows,
         aged_mentions = iif(aged_time > read_time, aged_mentions, 0) + leaving.mentions,
         aged_time = leaving.time
     FROM (SELECT i.conversation AS conversation, count(*) AS rows,
                  sum(i.mentioned) AS mentions, max(i.time) AS time
           FROM inbox i CROSS JOIN entry e ON e.user = i.user AND e.conversation = i.conversation
           WHERE i.user = ?1 AND i.seq BETWEEN ?2 AND ?3 AND i.counts = 1 AND i.time > e.read_time
           GROUP BY i.conversation) AS leaving
     WHERE entry.user = ?1 AND entry.conversation = leaving.conversation";

const REMOVE_ROWS: &str = "DELETE FROM inbox WHERE user = ?1 AND seq BETWEEN ?2 AND ?3";

const SET_FIRST: &str = "UPDATE user SET first = ?2 WHERE id = ?1";

impl Retention for SqliteStore {
    fn sweep_inboxes(
        &self,
        age: InboxAge,
        after: Option<UserId>,
        limit: u32,
    ) -> impl Future<Output = Result<Swept, StoreError>> + Send {
        self.change(SweepInboxes { age, after, limit })
    }

    fn sweep_messages(
        &self,
        oldest: UnixMillis,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        self.change(SweepMessages { oldest, limit })
    }
}

struct SweepInboxes {
    age: InboxAge,
    after: Option<UserId>,
    limit: u32,
}

impl Change for SweepInboxes {
    type Done = Swept;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Swept, StoreError> {
        let users = sqlx::query(NEXT_USERS)
            .bind(self.after.as_ref().map_or("", UserId::as_str))
            .bind(i64::try_from(USERS).unwrap_or(i64::MAX))
            .fetch_all(&mut *connection)
            .await?;
        let finished = users.len() < USERS;
        let mut swept = Swept { rows: 0, after: self.after.clone(), finished };
        for user in users {
            let room = u64::from(self.limit).saturating_sub(swept.rows);
            let (removed, done) = self.sweep(connection, &user, room).await?;
            swept.rows += removed;
            if !done {
                swept.finished = false;
                break;
            }
            swept.after = Some(UserId::from(user.try_get::<String, _>("name")?));
        }
        Ok(swept)
    }
}

impl SweepInboxes {
    /// How many rows of one user were removed, and whether those were all that are too old.
    async fn sweep(
        &self,
        connection: &mut SqliteConnection,
        user: &SqliteRow,
        room: u64,
    ) -> Result<(u64, bool), StoreError> {
        let Some(oldest) = self.age.oldest(user.try_get("offline_days")?) else {
            return Ok((0, true));
        };
        let (id, first): (i64, i64) = (user.try_get("id")?, user.try_get("first")?);
        let last_old: Option<i64> = sqlx::query_scalar(LAST_OLD)
            .bind(id)
            .bind(oldest.get())
            .fetch_one(&mut *connection)
            .await?;
        let Some(last_old) = last_old.filter(|last| *last >= first) else {
            return Ok((0, true));
        };
        let last = last_old.min(first.saturating_add_unsigned(room) - 1);
        if last < first {
            return Ok((0, false));
        }
        for sql in [AGE, REMOVE_ROWS] {
            let rows = sqlx::query(sql).bind(id).bind(first).bind(last);
            rows.execute(&mut *connection).await?;
        }
        sqlx::query(SET_FIRST).bind(id).bind(last + 1).execute(connection).await?;
        Ok(((last - first + 1).unsigned_abs(), last == last_old))
    }
}

struct SweepMessages {
    oldest: UnixMillis,
    limit: u32,
}

impl Change for SweepMessages {
    type Done = u64;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
        let found =
            sqlx::query(OLDEST_MESSAGES).bind(self.limit).fetch_all(&mut *connection).await?;
        let mut old: Vec<i64> = Vec::new();
        for row in found {
            if row.try_get::<i64, _>("sent_time")? < self.oldest.get() {
                old.push(row.try_get("id")?);
            }
        }
        let list = json(&old)?;
        for sql in [
            "DELETE FROM deleted WHERE message IN (SELECT value FROM json_each(?1))",
            "DELETE FROM message WHERE id IN (SELECT value FROM json_each(?1))",
        ] {
            sqlx::query(sql).bind(&list).execute(&mut *connection).await?;
        }
        Ok(old.len() as u64)
    }
}
