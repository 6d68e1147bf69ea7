//! Who has read which message.

use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::time::UnixMillis;
use sqlx::{Row, SqliteConnection};

use super::super::conversation::key;
use super::super::{Reader, Receipts, StoreError};
use super::SqliteStore;
use super::change::Change;

/// The messages of these uids that the reader did not send and is not known to have read.
const UNREAD: &str = "SELECT m.id, m.uid, s.name FROM json_each(?1) wanted
     CROSS JOIN message m ON m.uid = wanted.value
     CROSS JOIN conversation c ON c.id = m.conversation AND c.key = ?2
     CROSS JOIN user s ON s.id = m.sender AND s.name <> ?3
     WHERE NOT EXISTS (SELECT 1 FROM receipt r
                       WHERE r.message = m.id
                           AND r.reader = (SELECT id FROM user WHERE name = ?3))
     GROUP BY m.id ORDER BY min(wanted.key)";

const READERS: &str = "SELECT u.name, r.time FROM message m
     CROSS JOIN conversation c ON c.id = m.conversation AND c.key = ?2
     CROSS JOIN receipt r ON r.message = m.id
     CROSS JOIN user u ON u.id = r.reader
     WHERE m.uid = ?1 ORDER BY r.time, u.name";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[UNREAD, READERS];

const RECORD: &str = "INSERT INTO user (name) VALUES (?1) ON CONFLICT (name) DO NOTHING;
     INSERT INTO receipt (message, reader, time)
         SELECT wanted.value, u.id, ?2 FROM json_each(?3) wanted CROSS JOIN user u ON u.name = ?1";

/// Receipts name rooms, which everybody calls the same.
fn room_key(room: &ConversationId) -> String {
    key(&UserId::default(), room)
}

impl Receipts for SqliteStore {
    async fn record_read(
        &self,
        room: &ConversationId,
        reader: &UserId,
        uids: &[MessageUid],
        now: UnixMillis,
    ) -> Result<Vec<(MessageUid, UserId)>, StoreError> {
        let record = Record {
            room: room_key(room),
            reader: reader.clone(),
            uids: json(&uids.iter().map(MessageUid::as_str).collect::<Vec<_>>())?,
            now,
        };
        self.change(record).await
    }

    async fn readers(
        &self,
        room: &ConversationId,
        uid: &MessageUid,
    ) -> Result<Vec<Reader>, StoreError> {
        let question = sqlx::query(READERS).bind(uid.as_str()).bind(room_key(room));
        let rows = question.fetch_all(&self.readers).await?;
        let reader = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Reader {
                user: UserId::from(row.try_get::<String, _>("name")?),
                time: UnixMillis::new(row.try_get("time")?),
            })
        };
        rows.iter().map(reader).collect()
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Failed(error.to_string()))
}

struct Record {
    room: String,
    reader: UserId,
    /// A JSON list.
    uids: String,
    now: UnixMillis,
}

impl Change for Record {
    type Done = Vec<(MessageUid, UserId)>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let found = sqlx::query(UNREAD)
            .bind(&self.uids)
            .bind(&self.room)
            .bind(self.reader.as_str())
            .fetch_all(&mut *connection)
            .await?;
        let ids = found.iter().map(|row| row.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
        sqlx::query(RECORD)
            .bind(self.reader.as_str())
            .bind(self.now.get())
            .bind(json(&ids)?)
            .execute(connection)
            .await?;
        let recorded = |row: &sqlx::sqlite::SqliteRow| {
            let uid = MessageUid::from(row.try_get::<String, _>("uid")?);
            Ok((uid, UserId::from(row.try_get::<String, _>("name")?)))
        };
        found.iter().map(recorded).collect()
    }
}
