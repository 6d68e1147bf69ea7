//! The users' profiles.

use std::future::Future;

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use sqlx::sqlite::SqlitePool;
use sqlx::{Row, SqliteConnection};

use super::super::{Profile, Profiles, StoreError};
use super::SqliteStore;
use super::change::Change;

const PROFILE: &str = "SELECT name, portrait, created FROM profile WHERE user = ?1";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[PROFILE];

const PUT: &str = "INSERT INTO profile (user, name, portrait, created) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (user) DO UPDATE SET name = excluded.name, portrait = excluded.portrait";

impl Profiles for SqliteStore {
    fn put_profile(
        &self,
        user: &UserId,
        profile: Profile,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.change(Put { user: user.clone(), profile })
    }

    fn profile(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Profile>, StoreError>> + Send {
        profile(&self.readers, user)
    }
}

struct Put {
    user: UserId,
    profile: Profile,
}

impl Change for Put {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query(PUT)
            .bind(self.user.as_str())
            .bind(&self.profile.name)
            .bind(&self.profile.portrait)
            .bind(self.profile.created.get())
            .execute(connection)
            .await?;
        Ok(())
    }
}

async fn profile(pool: &SqlitePool, user: &UserId) -> Result<Option<Profile>, StoreError> {
    let found = sqlx::query(PROFILE).bind(user.as_str()).fetch_optional(pool).await?;
    let Some(row) = found else { return Ok(None) };
    Ok(Some(Profile {
        name: row.try_get("name")?,
        portrait: row.try_get("portrait")?,
        created: UnixMillis::new(row.try_get("created")?),
    }))
}
