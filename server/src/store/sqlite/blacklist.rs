//! Whom users block.

use std::future::Future;

use hongyan::ids::UserId;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqlitePool;

use super::super::{Blacklists, MAX_BLACKLIST, StoreError};
use super::SqliteStore;
use super::change::Change;

const LIST: &str = "SELECT b.blocked FROM user u CROSS JOIN blacklist b ON b.user = u.id
     WHERE u.name = ?1 ORDER BY b.blocked";

const ONE: &str = "SELECT 1 FROM user u CROSS JOIN blacklist b ON b.user = u.id
     WHERE u.name = ?1 AND b.blocked = ?2";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[LIST, ONE];

impl Blacklists for SqliteStore {
    fn block(
        &self,
        user: &UserId,
        blocked: &[UserId],
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.change(Block { user: user.clone(), blocked: blocked.to_vec() })
    }

    fn unblock(
        &self,
        user: &UserId,
        blocked: &[UserId],
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.change(Unblock { user: user.clone(), blocked: blocked.to_vec() })
    }

    fn blacklist(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        blacklist(&self.readers, user)
    }

    fn blocks(
        &self,
        user: &UserId,
        other: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        blocks(&self.readers, user, other)
    }
}

async fn blacklist(pool: &SqlitePool, user: &UserId) -> Result<Vec<UserId>, StoreError> {
    let found: Vec<String> = sqlx::query_scalar(LIST).bind(user.as_str()).fetch_all(pool).await?;
    Ok(found.into_iter().map(UserId::from).collect())
}

async fn blocks(pool: &SqlitePool, user: &UserId, other: &UserId) -> Result<bool, StoreError> {
    let found: Option<i64> = sqlx::query_scalar(ONE)
        .bind(user.as_str())
        .bind(other.as_str())
        .fetch_optional(pool)
        .await?;
    Ok(found.is_some())
}

const NEW_USER: &str = "INSERT INTO user (name) VALUES (?1) ON CONFLICT (name) DO NOTHING";

const BLOCK: &str = "INSERT INTO blacklist (user, blocked)
     SELECT id, ?2 FROM user WHERE name = ?1 ON CONFLICT DO NOTHING";

const COUNT: &str = "SELECT count(*) FROM user u CROSS JOIN blacklist b ON b.user = u.id
     WHERE u.name = ?1";

struct Block {
    user: UserId,
    blocked: Vec<UserId>,
}

impl Change for Block {
    type Done = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        sqlx::raw_sql("SAVEPOINT blacklist").execute(&mut *connection).await?;
        let name = self.user.as_str();
        sqlx::query(NEW_USER).bind(name).execute(&mut *connection).await?;
        for one in &self.blocked {
            sqlx::query(BLOCK).bind(name).bind(one.as_str()).execute(&mut *connection).await?;
        }
        let count: i64 = sqlx::query_scalar(COUNT).bind(name).fetch_one(&mut *connection).await?;
        let fits = count <= i64::from(MAX_BLACKLIST);
        let end = match fits {
            true => "RELEASE blacklist",
            false => "ROLLBACK TO blacklist; RELEASE blacklist",
        };
        sqlx::raw_sql(end).execute(connection).await?;
        Ok(fits)
    }
}

const UNBLOCK: &str = "DELETE FROM blacklist
     WHERE user = (SELECT id FROM user WHERE name = ?1) AND blocked = ?2";

struct Unblock {
    user: UserId,
    blocked: Vec<UserId>,
}

impl Change for Unblock {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for one in &self.blocked {
            sqlx::query(UNBLOCK)
                .bind(self.user.as_str())
                .bind(one.as_str())
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}
