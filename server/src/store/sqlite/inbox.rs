//! The log and the inboxes: reading. Storing is in `append`.

use std::future::Future;

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection};
use tokio::sync::oneshot;

use super::super::{Head, InboxRow, Inboxes, NewMessage, Page, PullFrom, StoreError, Stored};
use super::SqliteStore;
use super::append::repeated;
use super::row::inbox_row;
use super::writer::{Append, Write};

const HEAD: &str = "SELECT id, seq, time, first FROM user WHERE name = ?1";

/// Whether the user has deleted the message of the inbox row `i`.
macro_rules! deleted {
    () => {
        "(EXISTS (SELECT 1 FROM deleted d WHERE d.user = i.user AND d.message = i.message)
          OR EXISTS (SELECT 1 FROM entry e WHERE e.user = i.user
                     AND e.conversation = i.conversation AND e.cleared_time >= i.time))"
    };
}

const BY_SEQ: &str = concat!(
    "SELECT i.seq, i.mentioned, m.uid, m.sent_time, s.name AS sender, c.kind, m.target, m.class,
            m.flags, m.client_id, m.content, ",
    deleted!(),
    " AS deleted
     FROM inbox i
     CROSS JOIN message m ON m.id = i.message
     CROSS JOIN user s ON s.id = m.sender
     CROSS JOIN conversation c ON c.id = m.conversation
     WHERE i.user = ?1 AND i.seq > ?2 ORDER BY i.seq LIMIT ?3"
);

/// Whether the inbox row `i` is of the extensions: `EXTENSION_CLASSES`.
macro_rules! of_extensions {
    () => {
        "(SELECT substr(k.class, 1, 3) = 'hy:' FROM message k WHERE k.id = i.message)"
    };
}

/// Each direction from its own cursor on, so that neither walks over the other's old rows.
const BY_TIMES: &str = concat!(
    "WITH wanted AS (
         SELECT * FROM (SELECT seq, mentioned, message FROM inbox i
                        WHERE user = ?1 AND own = 0 AND time > ?2 AND NOT ",
    deleted!(),
    " AND NOT ",
    of_extensions!(),
    "                   ORDER BY time LIMIT ?4)
         UNION ALL
         SELECT * FROM (SELECT seq, mentioned, message FROM inbox i
                        WHERE user = ?1 AND own = 1 AND time > ?3 AND NOT ",
    deleted!(),
    " AND NOT ",
    of_extensions!(),
    "                   ORDER BY time LIMIT ?4)
     )
     SELECT i.seq, i.mentioned, m.uid, m.sent_time, s.name AS sender, c.kind, m.target, m.class,
            m.flags, m.client_id, m.content, 0 AS deleted
     FROM (SELECT * FROM wanted ORDER BY seq LIMIT ?4) i
     CROSS JOIN message m ON m.id = i.message
     CROSS JOIN user s ON s.id = m.sender
     CROSS JOIN conversation c ON c.id = m.conversation
     ORDER BY i.seq"
);

/// A sender's message by its id, in a conversation.
const ANSWERED: &str = "SELECT m.uid, m.sent_time, m.own_seq, m.class, m.content, m.sent_as
     FROM user s CROSS JOIN message m ON m.sender = s.id AND m.client_id = ?2
     CROSS JOIN conversation c ON c.id = m.conversation
     WHERE s.name = ?1 AND c.kind = ?3 AND m.target = ?4";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[HEAD, BY_SEQ, BY_TIMES, ANSWERED];

impl Inboxes for SqliteStore {
    fn append_then<F>(
        &self,
        message: NewMessage,
        committed: F,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send
    where
        F: FnOnce(&Stored) + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        let append = Append { message, committed: Box::new(committed), reply };
        self.write(Write::Append(Box::new(append)), result)
    }

    fn answered(
        &self,
        sender: &UserId,
        conversation: &ConversationId,
        client_id: ClientMessageId,
        sent: (&ByteString, &Bytes),
    ) -> impl Future<Output = Result<Option<Stored>, StoreError>> + Send {
        answered(&self.readers, sender, conversation, client_id, sent)
    }

    fn pull(
        &self,
        user: &UserId,
        from: PullFrom,
        limit: u32,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send {
        pull(&self.readers, user, from, limit)
    }

    fn head(&self, user: &UserId) -> impl Future<Output = Result<Head, StoreError>> + Send {
        head(&self.readers, user)
    }
}

/// A user's number and the end of the inbox; `None` for a user that no message ever concerned.
pub(super) async fn user_head(
    connection: &mut SqliteConnection,
    user: &UserId,
) -> Result<Option<(i64, Head)>, StoreError> {
    let found = sqlx::query(HEAD).bind(user.as_str()).fetch_optional(connection).await?;
    let Some(row) = found else { return Ok(None) };
    let head = Head {
        seq: row.try_get::<i64, _>("seq")?.cast_unsigned(),
        time: UnixMillis::new(row.try_get("time")?),
        first: row.try_get::<i64, _>("first")?.cast_unsigned(),
    };
    Ok(Some((row.try_get("id")?, head)))
}

const EMPTY: Head = Head { seq: 0, time: UnixMillis::ZERO, first: 1 };

async fn answered(
    pool: &SqlitePool,
    sender: &UserId,
    conversation: &ConversationId,
    client_id: ClientMessageId,
    (class, content): (&ByteString, &Bytes),
) -> Result<Option<Stored>, StoreError> {
    let mut connection = pool.acquire().await?;
    let found = sqlx::query(ANSWERED)
        .bind(sender.as_str())
        .bind(client_id.to_wire())
        .bind(conversation.kind.number())
        .bind(conversation.target.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = found else { return Ok(None) };
    repeated(&row, (class, content), None)
}

async fn head(pool: &SqlitePool, user: &UserId) -> Result<Head, StoreError> {
    let mut connection = pool.acquire().await?;
    let found = user_head(&mut connection, user).await?;
    Ok(found.map_or(EMPTY, |(_, head)| head))
}

async fn pull(
    pool: &SqlitePool,
    user: &UserId,
    from: PullFrom,
    limit: u32,
) -> Result<Page, StoreError> {
    let mut snapshot = pool.begin().await?;
    let Some((id, head)) = user_head(&mut snapshot, user).await? else {
        return Ok(Page { rows: Vec::new(), finished: true, head: EMPTY });
    };
    let limit = limit as usize;
    // One more tells whether the page is the last one.
    let fetched = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let found = match from {
        PullFrom::Seq(seq) => rows_by_seq(&mut snapshot, id, seq, fetched).await?,
        PullFrom::Times { received_after, sent_after } => {
            rows_by_times(&mut snapshot, id, received_after, sent_after, fetched).await?
        }
    };
    snapshot.commit().await?;
    let rows = found.iter().take(limit).map(|found| {
        let row = inbox_row(user, found)?;
        Ok::<_, StoreError>(if found.try_get("deleted")? { row.emptied() } else { row })
    });
    let rows = rows.collect::<Result<Vec<InboxRow>, _>>()?;
    Ok(Page { rows, finished: found.len() <= limit, head })
}

async fn rows_by_seq(
    connection: &mut SqliteConnection,
    user: i64,
    after: u64,
    count: i64,
) -> Result<Vec<SqliteRow>, StoreError> {
    let rows = sqlx::query(BY_SEQ)
        .bind(user)
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .bind(count)
        .fetch_all(connection)
        .await?;
    Ok(rows)
}

async fn rows_by_times(
    connection: &mut SqliteConnection,
    user: i64,
    received_after: UnixMillis,
    sent_after: Option<UnixMillis>,
    count: i64,
) -> Result<Vec<SqliteRow>, StoreError> {
    let rows = sqlx::query(BY_TIMES)
        .bind(user)
        .bind(received_after.get())
        .bind(sent_after.map_or(i64::MAX, UnixMillis::get))
        .bind(count)
        .fetch_all(connection)
        .await?;
    Ok(rows)
}
