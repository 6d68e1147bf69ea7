//! Rows of a query ⇄ what they mean.

use bytes::Bytes;
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::super::conversation::{seen_by, to_oneself};
use super::super::{InboxRow, StoreError};

/// Bits of `message.flags`: those of `UpStreamMessage.sessionId`. Who is mentioned stands in the
/// inbox.
const PERSISTED: i64 = 1;
const COUNTED: i64 = 2;
const SILENT: i64 = 32;
const EXPANDABLE: i64 = 64;

/// As the column keeps them.
pub fn flags_to_bits(flags: MessageFlags) -> i64 {
    let MessageFlags { persisted, counted, mentioned: _, silent, expandable } = flags;
    let bit = |set: bool, bit: i64| if set { bit } else { 0 };
    bit(persisted, PERSISTED)
        | bit(counted, COUNTED)
        | bit(silent, SILENT)
        | bit(expandable, EXPANDABLE)
}

pub fn flags_from_bits(bits: i64, mentioned: bool) -> MessageFlags {
    MessageFlags {
        persisted: bits & PERSISTED != 0,
        counted: bits & COUNTED != 0,
        mentioned,
        silent: bits & SILENT != 0,
        expandable: bits & EXPANDABLE != 0,
    }
}

/// A message as `user` sees it: the columns seq, mentioned, uid, sent_time, sender, kind,
/// target, class, flags, client_id and content.
pub fn inbox_row(user: &UserId, row: &SqliteRow) -> Result<InboxRow, StoreError> {
    let sender = UserId::from(row.try_get::<String, _>("sender")?);
    let kind = ConversationKind::from_number(row.try_get("kind")?);
    let sent_to = ConversationId::new(kind, row.try_get::<String, _>("target")?);
    let client_id: Option<i64> = row.try_get("client_id")?;
    let content: Vec<u8> = row.try_get("content")?;
    let sent_by_user = *user == sender;
    Ok(InboxRow {
        seq: row.try_get::<i64, _>("seq")?.cast_unsigned(),
        conversation: seen_by(user, &sender, &sent_to),
        own: sent_by_user && !to_oneself(&sender, &sent_to),
        object_name: row.try_get::<String, _>("class")?.into(),
        content: Bytes::from(content),
        flags: flags_from_bits(row.try_get("flags")?, row.try_get("mentioned")?),
        sent_time: UnixMillis::new(row.try_get("sent_time")?),
        uid: row.try_get::<String, _>("uid")?.into(),
        client_id: client_id.and_then(ClientMessageId::from_wire).filter(|_| sent_by_user),
        sender,
    })
}
