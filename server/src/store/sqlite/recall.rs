//! Taking a message back, inside the transaction that stores the command to do so.

use hongyan::signal::MessageFlags;
use sqlx::{Row, SqliteConnection};

use super::super::{NewMessage, Recall, SentAs, StoreError};
use super::row::flags_to_bits;

/// A message that is to be taken back.
const RECALLED: &str = "SELECT id, sender, class, content, sent_time, sent_as FROM message
     WHERE uid = ?1 AND conversation = ?2";

/// Takes a message back, and out of the counts of everybody who has the conversation. By itself
/// SQLite would read whole inboxes.
const TAKE_BACK: &str =
    "UPDATE message SET class = ?, content = ?, flags = ?, relayed = x'', sent_as = ?
     WHERE id = ?;
     UPDATE inbox INDEXED BY inbox_unread SET counts = 0
     WHERE counts = 1 AND conversation = ? AND time = ?
         AND user IN (SELECT user FROM entry WHERE conversation = ?)";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[RECALLED];

/// A message that is about to be taken back.
pub struct Recalled {
    id: i64,
    sent_time: i64,
    sent_as: Vec<u8>,
}

/// The message that the new one takes back, if it does and may.
pub async fn recalled(
    connection: &mut SqliteConnection,
    new: &NewMessage,
    sender: i64,
    conversation: i64,
) -> Result<Option<Recalled>, StoreError> {
    let Some(recall) = &new.recalls else { return Ok(None) };
    let found = sqlx::query(RECALLED)
        .bind(recall.uid.as_str())
        .bind(conversation)
        .fetch_optional(connection)
        .await?;
    let row = found.ok_or(StoreError::NoSuchMessage)?;
    let sent_time = row.try_get("sent_time")?;
    if row.try_get::<&str, _>("class")? == &*recall.object_name {
        return Err(StoreError::NoSuchMessage);
    }
    if recall.own_only && row.try_get::<i64, _>("sender")? != sender {
        return Err(StoreError::NotOwnMessage);
    }
    if sent_time < recall.not_before.get() {
        return Err(StoreError::TooLate);
    }
    let sent_as = match row.try_get::<Option<Vec<u8>>, _>("sent_as")? {
        Some(sent_as) => sent_as,
        None => SentAs::new(row.try_get("class")?, row.try_get("content")?).0.to_vec(),
    };
    Ok(Some(Recalled { id: row.try_get("id")?, sent_time, sent_as }))
}

pub async fn take_back(
    connection: &mut SqliteConnection,
    recalled: &Recalled,
    recall: &Recall,
    conversation: i64,
) -> Result<(), sqlx::Error> {
    let flags = MessageFlags { persisted: true, ..MessageFlags::default() };
    sqlx::query(TAKE_BACK)
        .bind(&*recall.object_name)
        .bind(&*recall.content)
        .bind(flags_to_bits(flags))
        .bind(&recalled.sent_as)
        .bind(recalled.id)
        .bind(conversation)
        .bind(recalled.sent_time)
        .bind(conversation)
        .execute(connection)
        .await?;
    Ok(())
}
