//! Histories.

use std::future::Future;

use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection};

use super::super::conversation::key;
use super::super::{
    Deletion, Histories, HistoryDirection, HistoryFrom, HistoryPage, HistoryQuery, ImportedMessage,
    InboxRow, StoreError,
};
use super::SqliteStore;
use super::append::json;
use super::import::Import;
use super::row::inbox_row;

/// The reader and what was cleared for it, 0 for somebody new; no row for a new conversation.
const READER: &str = "SELECT c.id AS conversation, c.time AS newest, coalesce(u.id, 0) AS user,
            coalesce(e.cleared_time, 0) AS cleared_time
     FROM conversation c
     LEFT JOIN user u ON u.name = ?2
     LEFT JOIN entry e ON e.user = u.id AND e.conversation = c.id
     WHERE c.key = ?1";

/// One side of a row, between two times.
macro_rules! history {
    ($beyond:literal, $order:literal) => {
        concat!(
            "SELECT 0 AS seq, m.uid, m.sent_time, s.name AS sender, c.kind, m.target, m.class,
                    m.flags, m.client_id, m.content, 0 AS mentioned
             FROM message m
             CROSS JOIN user s ON s.id = m.sender
             CROSS JOIN conversation c ON c.id = m.conversation
             WHERE m.conversation = ?1 AND m.history = 1
                 AND (m.sent_time, m.uid) ",
            $beyond,
            " (?2, ?3) AND m.sent_time > ?4 AND m.sent_time < ?5
                 AND NOT EXISTS (SELECT 1 FROM deleted d WHERE d.user = ?6 AND d.message = m.id)
             ORDER BY m.sent_time ",
            $order,
            ", m.uid ",
            $order,
            " LIMIT ?7"
        )
    };
}

const OLDER: &str = history!("<", "DESC");
const NEWER: &str = history!(">", "ASC");

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[READER, OLDER, NEWER, UNDELETED];

impl Histories for SqliteStore {
    fn history(
        &self,
        user: &UserId,
        query: HistoryQuery,
    ) -> impl Future<Output = Result<HistoryPage, StoreError>> + Send {
        history(&self.readers, user, query)
    }

    async fn undeleted(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        uids: &[MessageUid],
    ) -> Result<Vec<MessageUid>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let reader = reader(&mut snapshot, user, conversation).await?;
        let Some(reader) = reader else { return Ok(Vec::new()) };
        let there: Vec<String> = sqlx::query_scalar(UNDELETED)
            .bind(reader.user)
            .bind(reader.conversation)
            .bind(uids_in_json(uids)?)
            .fetch_all(&mut *snapshot)
            .await?;
        snapshot.commit().await?;
        Ok(there.into_iter().map(MessageUid::from).collect())
    }

    async fn uncleared(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        until: UnixMillis,
    ) -> Result<Option<UnixMillis>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let reader = reader(&mut snapshot, user, conversation).await?;
        snapshot.commit().await?;
        let until = reader.map(|reader| (until.get().min(reader.newest), reader.cleared_time));
        let news = until.filter(|(until, cleared)| until > cleared);
        Ok(news.map(|(until, _)| UnixMillis::new(until)))
    }

    fn import(
        &self,
        messages: Vec<ImportedMessage>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.change(Import { messages })
    }
}

/// Whose history of what.
struct Reader {
    user: i64,
    conversation: i64,
    /// Time of the conversation's newest message.
    newest: i64,
    cleared_time: i64,
}

async fn reader(
    connection: &mut SqliteConnection,
    user: &UserId,
    conversation: &ConversationId,
) -> Result<Option<Reader>, StoreError> {
    let found = sqlx::query(READER)
        .bind(key(user, conversation))
        .bind(user.as_str())
        .fetch_optional(connection)
        .await?;
    let Some(row) = found else { return Ok(None) };
    Ok(Some(Reader {
        user: row.try_get("user")?,
        conversation: row.try_get("conversation")?,
        newest: row.try_get("newest")?,
        cleared_time: row.try_get("cleared_time")?,
    }))
}

/// A stretch of a history.
struct Stretch {
    direction: HistoryDirection,
    /// Beyond this row.
    time: i64,
    uid: String,
    /// Only rows between these times.
    after: i64,
    before: i64,
    count: i64,
}

impl Stretch {
    fn of(query: &HistoryQuery, cleared_time: i64) -> Self {
        let older = query.direction == HistoryDirection::Older;
        // No uid is empty, so the empty one comes before all of its millisecond.
        let (time, uid) = match &query.from {
            HistoryFrom::End if older => (i64::MAX, String::new()),
            HistoryFrom::End => (i64::MIN, String::new()),
            HistoryFrom::Time(time) if older => (time.get(), String::new()),
            HistoryFrom::Time(time) => (time.get().saturating_add(1), String::new()),
            HistoryFrom::Row(time, uid) => (time.get(), uid.as_str().to_owned()),
        };
        // One more tells whether there are more.
        let count = i64::from(query.count) + 1;
        let (after, before) = (cleared_time, i64::MAX);
        Self { direction: query.direction, time, uid, after, before, count }
    }

    /// What is left of a row's millisecond behind it.
    fn rest_of(row: &InboxRow, direction: HistoryDirection) -> Self {
        let time = row.sent_time.get();
        Self {
            direction,
            time,
            uid: row.uid.as_str().to_owned(),
            after: time - 1,
            before: time.saturating_add(1),
            count: i64::MAX,
        }
    }

    async fn read(
        &self,
        connection: &mut SqliteConnection,
        user: &UserId,
        reader: &Reader,
    ) -> Result<Vec<InboxRow>, StoreError> {
        let sql = match self.direction {
            HistoryDirection::Older => OLDER,
            HistoryDirection::Newer => NEWER,
        };
        let found = sqlx::query(sql)
            .bind(reader.conversation)
            .bind(self.time)
            .bind(&self.uid)
            .bind(self.after)
            .bind(self.before)
            .bind(reader.user)
            .bind(self.count)
            .fetch_all(connection)
            .await?;
        found.iter().map(|row: &SqliteRow| inbox_row(user, row)).collect()
    }
}

async fn history(
    pool: &SqlitePool,
    user: &UserId,
    query: HistoryQuery,
) -> Result<HistoryPage, StoreError> {
    let mut snapshot = pool.begin().await?;
    let Some(reader) = reader(&mut snapshot, user, &query.conversation).await? else {
        return Ok(HistoryPage::default());
    };
    let stretch = Stretch::of(&query, reader.cleared_time);
    let mut rows = stretch.read(&mut snapshot, user, &reader).await?;
    let mut more = rows.len() > query.count as usize;
    let next = rows.split_off(rows.len().min(query.count as usize)).pop();
    if query.whole_millis
        && let (Some(last), Some(next)) = (rows.last(), next)
        && last.sent_time == next.sent_time
    {
        let rest = Stretch::rest_of(last, query.direction);
        rows.extend(rest.read(&mut snapshot, user, &reader).await?);
        let beyond = HistoryFrom::Time(next.sent_time);
        let beyond = Stretch::of(&HistoryQuery { from: beyond, count: 0, ..query }, stretch.after);
        more = !beyond.read(&mut snapshot, user, &reader).await?.is_empty();
    }
    snapshot.commit().await?;
    Ok(HistoryPage { rows, more })
}

/// Rows that left the inbox unread count no more.
const UNCOUNT_AGED: &str = "UPDATE entry SET (aged, aged_mentions) = (
         SELECT max(0, entry.aged - count(*)),
                min(entry.aged_mentions, max(0, entry.aged - count(*)))
         FROM json_each(?3) u CROSS JOIN message m ON m.uid = u.value
         WHERE m.conversation = entry.conversation AND m.sender <> entry.user AND m.flags & 2
             AND m.sent_time > entry.read_time AND m.sent_time <= entry.aged_time
             AND NOT EXISTS (SELECT 1 FROM deleted d
                             WHERE d.user = entry.user AND d.message = m.id))
     WHERE user = ?1 AND conversation = ?2 AND aged > 0";

const UNCOUNT: &str = "UPDATE inbox SET counts = 0 WHERE user = ?1 AND seq IN (
         SELECT i.seq FROM json_each(?3) u
         CROSS JOIN message m ON m.uid = u.value
         CROSS JOIN inbox i ON i.user = ?1 AND i.own = 0 AND i.time = m.sent_time
             AND i.message = m.id
         WHERE m.conversation = ?2)";

/// Which are there and not deleted yet.
const UNDELETED: &str = "SELECT DISTINCT m.uid FROM json_each(?3) u
     CROSS JOIN message m ON m.uid = u.value
     WHERE m.conversation = ?2
         AND NOT EXISTS (SELECT 1 FROM deleted d WHERE d.user = ?1 AND d.message = m.id)
         AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.user = ?1 AND e.conversation = ?2
                         AND e.cleared_time >= m.sent_time)";

const DELETE: &str = "INSERT INTO deleted (user, message)
     SELECT ?1, m.id FROM json_each(?3) u CROSS JOIN message m ON m.uid = u.value
     WHERE m.conversation = ?2
     ON CONFLICT (user, message) DO NOTHING";

fn uids_in_json(uids: &[MessageUid]) -> Result<String, StoreError> {
    json(&uids.iter().map(MessageUid::as_str).collect::<Vec<_>>())
}

/// Deletes of a conversation, for one user alone, inside the transaction that stores the message
/// which tells of it.
pub async fn delete(
    connection: &mut SqliteConnection,
    user: i64,
    conversation: i64,
    deletion: &Deletion,
) -> Result<(), StoreError> {
    match deletion {
        Deletion::Messages(uids) => {
            let uids = uids_in_json(uids)?;
            for sql in [UNCOUNT_AGED, UNCOUNT, DELETE] {
                let query = sqlx::query(sql).bind(user).bind(conversation).bind(&uids);
                query.execute(&mut *connection).await?;
            }
        }
        Deletion::UpTo(until) => {
            let query = sqlx::query(CLEAR).bind(user).bind(conversation).bind(until.get());
            query.execute(&mut *connection).await?;
        }
    }
    find_latest(connection, user, conversation).await
}

/// Nothing later than the conversation's newest message is cleared.
const CLEAR: &str = "INSERT INTO entry (user, conversation, kind, cleared_time, read_time)
     SELECT ?1, c.id, c.kind, min(?3, c.time), min(?3, c.time) FROM conversation c WHERE c.id = ?2
     ON CONFLICT (user, conversation) DO UPDATE SET
         cleared_time = excluded.cleared_time,
         read_time = max(read_time, excluded.read_time)
     WHERE excluded.cleared_time > cleared_time";

/// Whether the list shows a message that is deleted.
const SHOWS_DELETED: &str = "SELECT 1 FROM entry e
     WHERE e.user = ?1 AND e.conversation = ?2 AND e.listed = 1 AND (
         e.latest_time <= e.cleared_time OR EXISTS (
             SELECT 1 FROM deleted d WHERE d.user = e.user AND d.message = e.latest_message))";

/// The newest message that the list may show.
const LATEST: &str = "UPDATE entry SET (latest_message, latest_time, latest_seq, listed) = (
         SELECT m.id, m.sent_time,
                coalesce((SELECT i.seq FROM inbox i WHERE i.user = ?1 AND i.own IN (0, 1)
                          AND i.time = m.sent_time AND i.message = m.id), 0), 1
         FROM message m
         WHERE m.conversation = ?2 AND m.history = 1 AND m.flags & 2
             AND m.sent_time > entry.cleared_time
             AND NOT EXISTS (SELECT 1 FROM deleted d WHERE d.user = ?1 AND d.message = m.id)
         ORDER BY m.sent_time DESC, m.uid DESC LIMIT 1)
     WHERE user = ?1 AND conversation = ?2 AND EXISTS (
         SELECT 1 FROM message m
         WHERE m.conversation = ?2 AND m.history = 1 AND m.flags & 2
             AND m.sent_time > entry.cleared_time
             AND NOT EXISTS (SELECT 1 FROM deleted d WHERE d.user = ?1 AND d.message = m.id))";

const UNLIST: &str = "UPDATE entry SET listed = 0 WHERE user = ?1 AND conversation = ?2";

/// Gives the list another newest message where the one it has was deleted.
async fn find_latest(
    connection: &mut SqliteConnection,
    user: i64,
    conversation: i64,
) -> Result<(), StoreError> {
    let shows_deleted = sqlx::query(SHOWS_DELETED).bind(user).bind(conversation);
    if shows_deleted.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(());
    }
    let found = sqlx::query(LATEST).bind(user).bind(conversation).execute(&mut *connection).await?;
    if found.rows_affected() == 0 {
        sqlx::query(UNLIST).bind(user).bind(conversation).execute(connection).await?;
    }
    Ok(())
}
