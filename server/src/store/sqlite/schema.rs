//! The database's shape and its steps from one version to the next (`PRAGMA user_version`).

use sqlx::{Connection, SqliteConnection};

use super::super::StoreError;

/// Step n leads to version n + 1. Steps are only ever added.
const STEPS: &[&str] = &[
    include_str!("../migrations/0001_messages.sql"),
    include_str!("../migrations/0002_members.sql"),
    include_str!("../migrations/0003_history.sql"),
    include_str!("../migrations/0004_chatrooms.sql"),
    include_str!("../migrations/0005_people.sql"),
    include_str!("../migrations/0006_services.sql"),
    include_str!("../migrations/0007_platform.sql"),
    include_str!("../migrations/0008_accounts.sql"),
    include_str!("../migrations/0009_sent_as.sql"),
    include_str!("../migrations/0010_created.sql"),
];

/// Brings the database to this program's version and gives its epoch: `new_epoch` if it has none.
/// All in one transaction: after a crash it is of the old version or the new one.
pub async fn prepare(
    connection: &mut SqliteConnection,
    new_epoch: &str,
) -> Result<String, StoreError> {
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *change).await?;
    let missing = usize::try_from(found).ok().and_then(|found| STEPS.get(found..));
    let Some(missing) = missing else {
        let text = format!("the database has version {found}, this program knows {}", STEPS.len());
        return Err(StoreError::Failed(text));
    };
    for step in missing {
        sqlx::raw_sql(*step).execute(&mut *change).await?;
    }
    // A pragma takes no arguments; the number is ours.
    let set_version = format!("PRAGMA user_version = {}", STEPS.len());
    sqlx::raw_sql(sqlx::AssertSqlSafe(set_version)).execute(&mut *change).await?;
    sqlx::query("INSERT INTO meta (name, value) VALUES ('epoch', ?1) ON CONFLICT DO NOTHING")
        .bind(new_epoch)
        .execute(&mut *change)
        .await?;
    let epoch = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'epoch'")
        .fetch_one(&mut *change)
        .await?;
    change.commit().await?;
    Ok(epoch)
}

/// Gives a prepared database another epoch.
pub async fn set_epoch(connection: &mut SqliteConnection, epoch: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE meta SET value = ?1 WHERE name = 'epoch'")
        .bind(epoch)
        .execute(connection)
        .await?;
    Ok(())
}
