//! The conversation lists.

use std::future::Future;

use hongyan::ids::{ConversationId, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection};

use super::super::conversation::key;
use super::super::{ConversationLists, ConversationQuery, ConversationRow, PINNED, StoreError};
use super::SqliteStore;
use super::append::json;
use super::change::Change;
use super::inbox::user_head;
use super::row::inbox_row;

/// Part of the list. Rows that have left the inbox unread are read when the newest of them is.
macro_rules! conversations {
    ($order:literal) => {
        concat!(
            "SELECT e.latest_seq AS seq, m.uid, m.sent_time, s.name AS sender, e.kind, m.target,
                    m.class, m.flags, m.client_id, m.content, e.read_time, e.peer_read,
                    coalesce((SELECT l.mentioned FROM inbox l
                              WHERE l.user = e.user AND l.seq = e.latest_seq), 0) AS mentioned,
                    (SELECT count(*) FROM inbox u
                     WHERE u.user = e.user AND u.conversation = e.conversation AND u.counts = 1
                         AND u.mentioned = 1 AND u.time > e.read_time)
                    + iif(e.aged_time > e.read_time, e.aged_mentions, 0) AS mentions,
                    (SELECT count(*) FROM inbox u
                     WHERE u.user = e.user AND u.conversation = e.conversation AND u.counts = 1
                         AND u.time > e.read_time)
                    + iif(e.aged_time > e.read_time, e.aged, 0) AS unread
             FROM entry e
             CROSS JOIN message m ON m.id = e.latest_message
             CROSS JOIN user s ON s.id = m.sender
             WHERE e.user = ?1 AND e.listed = 1 AND e.latest_time > ?2 AND e.latest_time < ?3
                 AND (?4 IS NULL OR e.kind IN (SELECT value FROM json_each(?4)))
                 AND (?5 IS NULL OR ?5 = EXISTS (
                     SELECT 1 FROM setting p WHERE p.user = e.user
                         AND p.conversation = e.conversation AND p.item = ?6 AND p.value = '1'))
             ORDER BY e.latest_time ",
            $order,
            " LIMIT ?7"
        )
    };
}

const NEWEST_FIRST: &str = conversations!("DESC");
const OLDEST_FIRST: &str = conversations!("ASC");

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[NEWEST_FIRST, OLDEST_FIRST];

const REMOVE: &str = "UPDATE entry SET listed = 0
     WHERE user = (SELECT id FROM user WHERE name = ?1)
         AND conversation = (SELECT id FROM conversation WHERE key = ?2) AND listed = 1
         AND latest_time <= ?3
     RETURNING latest_time";

const MARK_READ: &str = "INSERT INTO entry (user, conversation, kind, read_time)
     SELECT u.id, c.id, c.kind, min(?3, u.time) FROM user u, conversation c
     WHERE u.name = ?1 AND c.key = ?2
     ON CONFLICT (user, conversation) DO UPDATE SET
         read_time = excluded.read_time WHERE excluded.read_time > read_time";

const MARK_PEER_READ: &str = "INSERT INTO entry (user, conversation, kind, peer_read)
     SELECT u.id, c.id, c.kind, min(?3, c.time) FROM user u, conversation c
     WHERE u.name = ?1 AND c.key = ?2
     ON CONFLICT (user, conversation) DO UPDATE SET
         peer_read = excluded.peer_read WHERE excluded.peer_read > peer_read";

impl ConversationLists for SqliteStore {
    fn conversations(
        &self,
        user: &UserId,
        query: ConversationQuery,
    ) -> impl Future<Output = Result<(Vec<ConversationRow>, u64), StoreError>> + Send {
        conversations(&self.readers, user, query)
    }

    fn remove_conversation(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        until: UnixMillis,
    ) -> impl Future<Output = Result<Option<UnixMillis>, StoreError>> + Send {
        self.change(Remove { user: user.clone(), conversation: conversation.clone(), until })
    }

    fn mark_read(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        time: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let (user, conversation) = (user.clone(), conversation.clone());
        self.change(MarkRead { user, conversation, time, sql: MARK_READ })
    }

    fn mark_peer_read(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        time: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let (user, conversation) = (user.clone(), conversation.clone());
        self.change(MarkRead { user, conversation, time, sql: MARK_PEER_READ })
    }
}

struct Remove {
    user: UserId,
    conversation: ConversationId,
    until: UnixMillis,
}

impl Change for Remove {
    type Done = Option<UnixMillis>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let removed = sqlx::query_scalar(REMOVE)
            .bind(self.user.as_str())
            .bind(key(&self.user, &self.conversation))
            .bind(self.until.get())
            .fetch_optional(connection)
            .await?;
        Ok(removed.map(UnixMillis::new))
    }
}

struct MarkRead {
    user: UserId,
    conversation: ConversationId,
    time: UnixMillis,
    /// Whose reading it is.
    sql: &'static str,
}

impl Change for MarkRead {
    type Done = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let written = sqlx::query(self.sql)
            .bind(self.user.as_str())
            .bind(key(&self.user, &self.conversation))
            .bind(self.time.get())
            .execute(connection)
            .await?;
        Ok(written.rows_affected() > 0)
    }
}

async fn conversations(
    pool: &SqlitePool,
    user: &UserId,
    query: ConversationQuery,
) -> Result<(Vec<ConversationRow>, u64), StoreError> {
    let mut snapshot = pool.begin().await?;
    let Some((id, head)) = user_head(&mut snapshot, user).await? else {
        return Ok((Vec::new(), 0));
    };
    let mut found = Vec::new();
    if query.pinned_first && query.from.is_none() {
        found = rows(&mut snapshot, id, &query, Some(true), u32::MAX).await?;
    }
    let pinned = found.len();
    let others = query.pinned_first.then_some(false);
    found.extend(rows(&mut snapshot, id, &query, others, query.count).await?);
    snapshot.commit().await?;
    let row = |(place, row): (usize, &SqliteRow)| {
        Ok(ConversationRow {
            latest: inbox_row(user, row)?,
            pinned: place < pinned,
            unread: row.try_get::<i64, _>("unread")?.cast_unsigned(),
            mentions: row.try_get::<i64, _>("mentions")?.cast_unsigned(),
            peer_read: UnixMillis::new(row.try_get("peer_read")?),
            read_time: UnixMillis::new(row.try_get("read_time")?),
        })
    };
    Ok((found.iter().enumerate().map(row).collect::<Result<_, StoreError>>()?, head.seq))
}

/// `pinned`: only those that are, or only those that are not.
async fn rows(
    connection: &mut SqliteConnection,
    user: i64,
    query: &ConversationQuery,
    pinned: Option<bool>,
    count: u32,
) -> Result<Vec<SqliteRow>, StoreError> {
    let kinds: Vec<i32> = query.kinds.iter().map(|kind| kind.number()).collect();
    let kinds = (!kinds.is_empty()).then(|| json(&kinds)).transpose()?;
    let (after, before) = match (query.from, query.ascending) {
        (Some(from), true) => (from.get(), i64::MAX),
        (Some(from), false) => (i64::MIN, from.get()),
        (None, _) => (i64::MIN, i64::MAX),
    };
    let rows = sqlx::query(if query.ascending { OLDEST_FIRST } else { NEWEST_FIRST })
        .bind(user)
        .bind(after)
        .bind(before)
        .bind(kinds)
        .bind(pinned)
        .bind(PINNED)
        .bind(count)
        .fetch_all(connection)
        .await?;
    Ok(rows)
}
