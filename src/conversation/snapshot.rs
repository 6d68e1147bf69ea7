//! One conversation to and from stored text.

use bytes::Bytes;
use bytestring::ByteString;

use super::fields::{FieldReader, FieldWriter, push_number};
use super::row::Row;
use super::{Conversation, Latest};
use crate::ids::{ClientMessageId, ConversationId, ConversationKind, MessageUid, UserId};
use crate::signal::MessageDirection;
use crate::signal::settings::Settings;
use crate::text;
use crate::time::UnixMillis;

/// What the keys of conversations begin with.
pub const KEY_PREFIX: &str = "conv:";
const VERSION: u8 = 2;
/// Larger contents are not stored with the list, bytes: a voice message must not fill the storage
/// of every other conversation. The list shows an empty object until the server was asked.
const MAX_CONTENT: usize = 8 * 1024;

/// `{prefix}{kind}:{target}`: a stored key that names a conversation.
pub fn key_of(prefix: &str, id: &ConversationId) -> String {
    let mut key = String::from(prefix);
    let number = id.kind.number();
    if number < 0 {
        key.push('-');
    }
    push_number(&mut key, u64::from(number.unsigned_abs()));
    key.push(':');
    key.push_str(id.target.as_str());
    key
}

/// The conversation that a stored key names.
pub fn id_of(prefix: &str, key: &str) -> Option<ConversationId> {
    let (kind, target) = text::split_once(key.strip_prefix(prefix)?, b':')?;
    let kind = ConversationKind::from_number(i32::try_from(text::signed(kind)?).ok()?);
    (!target.is_empty()).then(|| ConversationId::new(kind, target))
}

pub(super) fn write(row: &Row) -> String {
    let mut fields = FieldWriter::new(VERSION);
    let shown = row.shown();
    fields
        .unsigned(shown.unread.into())
        .unsigned(shown.mentions.into())
        .number(shown.time.get())
        .number(shown.peer_read.get())
        .flag(shown.settings.pinned)
        .flag(shown.settings.muted)
        .flag(shown.settings.hidden)
        .text(&shown.draft)
        .number(row.covered.get())
        .number(row.listed.get())
        .number(row.read.get())
        .flag(row.read_told);
    // A message that is being sent is kept by the outbox.
    let Some(latest) = row.confirmed() else { return fields.finish() };
    let content = if latest.content.len() > MAX_CONTENT { b"{}" } else { &*latest.content };
    fields
        .text(latest.sender.as_str())
        .flag(latest.direction == MessageDirection::Sent)
        .text(&latest.object_name)
        .bytes(content)
        .number(latest.sent_time.get())
        .text(latest.uid.as_str())
        .number(latest.client_id.map_or(0, ClientMessageId::to_wire))
        .unsigned(row.recalled)
        .finish()
}

pub(super) fn read(id: ConversationId, value: &str) -> Option<Row> {
    let mut fields = FieldReader::open(value, VERSION)?;
    let shown = Conversation {
        id,
        latest: None,
        unread: fields.unsigned32(),
        mentions: fields.unsigned32(),
        time: UnixMillis::new(fields.number()),
        peer_read: UnixMillis::new(fields.number()),
        settings: Settings { pinned: fields.flag(), muted: fields.flag(), hidden: fields.flag() },
        draft: fields.text(),
    };
    let covered = UnixMillis::new(fields.number());
    let listed = UnixMillis::new(fields.number());
    let read = UnixMillis::new(fields.number());
    let read_told = fields.flag();
    let latest = if fields.is_at_end() { None } else { Some(read_latest(&mut fields)) };
    let recalled = if fields.is_at_end() { 0 } else { fields.unsigned() };
    fields.check()?;
    let mut row = Row::restored(shown, covered);
    row.restore_latest(latest);
    row.listed = listed;
    row.read = read;
    row.counted_from = read;
    row.recalled = recalled;
    row.read_told = read_told;
    Some(row)
}

fn read_latest(fields: &mut FieldReader<'_>) -> Latest {
    let sender = UserId::from(fields.text());
    let sent = fields.flag();
    Latest {
        sender,
        direction: if sent { MessageDirection::Sent } else { MessageDirection::Received },
        object_name: ByteString::from(fields.text()),
        content: Bytes::from(fields.bytes()),
        sent_time: UnixMillis::new(fields.number()),
        uid: MessageUid::from(fields.text()),
        client_id: ClientMessageId::from_wire(fields.number()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `pkg-template/rongimlib/earlier.js` writes rows like this one.
    #[test]
    fn what_the_2x_face_takes_over_from_an_earlier_library_is_a_row() {
        let id = id_of(KEY_PREFIX, "conv:1:ada").unwrap();
        let row = read(id, "2|3|0|1699999999000|0|0|0|0||1700000000000|0|0|0").unwrap();
        assert_eq!((row.shown().unread, row.shown().time.get()), (3, 1_699_999_999_000));
        assert_eq!(row.covered.get(), 1_700_000_000_000);
        assert!(row.shown().draft.is_empty() && !row.shown().settings.pinned);
    }
}
