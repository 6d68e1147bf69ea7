//! The log as the application's server reads it.

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::super::{Log, Logged, Presence, Reading, StoreError};
use super::SqliteStore;
use super::change::Change;
use super::row::flags_from_bits;

const BETWEEN: &str = "SELECT m.id, m.uid, u.name AS sender, c.kind, m.target, m.class, m.flags,
         m.sent_time, m.content
     FROM message m INDEXED BY message_time
     CROSS JOIN conversation c ON c.id = m.conversation
     CROSS JOIN user u ON u.id = m.sender
     WHERE m.sent_time >= ?1 AND m.sent_time < ?2 AND (m.sent_time, m.id) > (?3, ?4)
     ORDER BY m.sent_time, m.id LIMIT ?5";

const AFTER: &str = "SELECT m.id, m.uid, u.name AS sender, c.kind, m.target, m.class, m.flags,
         m.sent_time, m.content
     FROM message m
     CROSS JOIN conversation c ON c.id = m.conversation
     CROSS JOIN user u ON u.id = m.sender
     WHERE m.id > ?1 ORDER BY m.id LIMIT ?2";

const END: &str = "SELECT max(id) FROM message";

const IS_HIDDEN: &str = "SELECT 1 FROM hidden_log WHERE hour = ?1";

const READING: &str = "SELECT value FROM meta WHERE name = ?1";

const PRESENCE: &str =
    "SELECT id, user, online, time FROM presence WHERE id > 0 ORDER BY id LIMIT ?1";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[BETWEEN, AFTER, IS_HIDDEN, READING, PRESENCE];

impl Log for SqliteStore {
    async fn log_between(
        &self,
        from: UnixMillis,
        until: UnixMillis,
        after: (UnixMillis, u64),
        limit: u32,
    ) -> Result<Vec<Logged>, StoreError> {
        // What lies before the place to go on from is not read at all.
        let question = sqlx::query(BETWEEN).bind(from.max(after.0).get()).bind(until.get());
        let question = question.bind(after.0.get()).bind(after.1.cast_signed()).bind(limit);
        question.fetch_all(&self.readers).await?.iter().map(logged).collect()
    }

    async fn log_after(&self, place: u64, limit: u32) -> Result<Vec<Logged>, StoreError> {
        let question = sqlx::query(AFTER).bind(place.cast_signed()).bind(limit);
        question.fetch_all(&self.readers).await?.iter().map(logged).collect()
    }

    async fn log_end(&self) -> Result<u64, StoreError> {
        let end: Option<i64> = sqlx::query_scalar(END).fetch_one(&self.readers).await?;
        Ok(end.unwrap_or_default().cast_unsigned())
    }

    async fn hide_log(&self, hour: i64) -> Result<(), StoreError> {
        self.change(Hide(hour)).await
    }

    async fn is_log_hidden(&self, hour: i64) -> Result<bool, StoreError> {
        let found = sqlx::query(IS_HIDDEN).bind(hour).fetch_optional(&self.readers).await?;
        Ok(found.is_some())
    }

    async fn reading(&self, reading: Reading) -> Result<Option<u64>, StoreError> {
        let place = sqlx::query_scalar(READING).bind(reading.name());
        let place: Option<String> = place.fetch_optional(&self.readers).await?;
        Ok(place.and_then(|place| place.parse().ok()))
    }

    async fn set_reading(&self, reading: Reading, place: u64) -> Result<(), StoreError> {
        self.change(SetReading(reading, place)).await
    }

    async fn add_presence(
        &self,
        user: &UserId,
        online: bool,
        time: UnixMillis,
    ) -> Result<(), StoreError> {
        self.change(AddPresence { user: user.detached(), online, time }).await
    }

    async fn presence(&self, limit: u32) -> Result<Vec<Presence>, StoreError> {
        let presence = |row: &SqliteRow| {
            Ok(Presence {
                place: row.try_get::<i64, _>("id")?.cast_unsigned(),
                user: UserId::from(row.try_get::<String, _>("user")?),
                online: row.try_get("online")?,
                time: UnixMillis::new(row.try_get("time")?),
            })
        };
        let rows = sqlx::query(PRESENCE).bind(limit).fetch_all(&self.readers).await?;
        rows.iter().map(presence).collect()
    }

    async fn forget_presence(&self, place: u64) -> Result<(), StoreError> {
        self.change(ForgetPresence(place)).await
    }
}

fn logged(row: &SqliteRow) -> Result<Logged, StoreError> {
    let kind = ConversationKind::from_number(row.try_get("kind")?);
    Ok(Logged {
        place: row.try_get::<i64, _>("id")?.cast_unsigned(),
        uid: row.try_get::<String, _>("uid")?.into(),
        sender: UserId::from(row.try_get::<String, _>("sender")?),
        conversation: ConversationId::new(kind, row.try_get::<String, _>("target")?),
        object_name: row.try_get::<String, _>("class")?.into(),
        content: Bytes::from(row.try_get::<Vec<u8>, _>("content")?),
        flags: flags_from_bits(row.try_get("flags")?, false),
        sent_time: UnixMillis::new(row.try_get("sent_time")?),
    })
}

struct Hide(i64);

impl Change for Hide {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let hide = sqlx::query("INSERT INTO hidden_log (hour) VALUES (?1) ON CONFLICT DO NOTHING");
        hide.bind(self.0).execute(connection).await?;
        Ok(())
    }
}

struct SetReading(Reading, u64);

impl Change for SetReading {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let set = "INSERT INTO meta (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        let set = sqlx::query(set).bind(self.0.name()).bind(self.1.to_string());
        set.execute(connection).await?;
        Ok(())
    }
}

struct AddPresence {
    user: UserId,
    online: bool,
    time: UnixMillis,
}

impl Change for AddPresence {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let add = sqlx::query("INSERT INTO presence (user, online, time) VALUES (?1, ?2, ?3)");
        let add = add.bind(self.user.as_str()).bind(self.online).bind(self.time.get());
        add.execute(connection).await?;
        Ok(())
    }
}

struct ForgetPresence(u64);

impl Change for ForgetPresence {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let forget = sqlx::query("DELETE FROM presence WHERE id <= ?1").bind(self.0.cast_signed());
        forget.execute(connection).await?;
        Ok(())
    }
}
