//! The conversation list: `qryRelation` and `qryRelationR`, `delRelation`, `updRRTime`.

use bytes::Bytes;

use super::error::missing;
use super::protobuf::{Fields, Value, Writer, text};
use super::{Message, SignalError, down_stream, topic};
use crate::ids::{ConversationId, ConversationKind, TargetId, UserId};
use crate::time::UnixMillis;
use crate::wire::place;

/// Which conversations are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationsRequest {
    /// At most so many; 0 for as many as the server gives.
    pub count: u32,
    /// Only with a newest message before this time, or after it if `ascending`; zero for all.
    pub start: UnixMillis,
    /// Oldest first.
    pub ascending: bool,
    /// Only these kinds; empty for all.
    pub kinds: Vec<ConversationKind>,
}

/// `RelationsInput` of 2.x: the type, 1, is a constant and no filter.
pub(super) fn write_request_2x(count: u32) -> Bytes {
    Writer::new().int(1, 1).int(3, i64::from(count.min(i32::MAX as u32))).finish()
}

/// `RelationQryInput` of newer clients.
pub(super) fn write_request(request: &ConversationsRequest) -> Bytes {
    let mut out = Writer::new();
    out.int(2, i64::from(request.count.min(i32::MAX as u32)))
        .int(3, request.start.get())
        .int(4, i64::from(request.ascending));
    for kind in &request.kinds {
        out.int(9, i64::from(kind.number()));
    }
    out.finish()
}

/// Reads the body of `topic`, which is one of the two that ask for the list. The type field is no
/// filter: 2.x and 4.x clients always write 1 there, meaning all.
pub(super) fn read_request(topic: &str, body: &Bytes) -> Result<ConversationsRequest, SignalError> {
    let newer = match topic {
        topic::CONVERSATIONS => false,
        topic::CONVERSATIONS_NEWER => true,
        _ => return Err(SignalError::NoSuchTopic),
    };
    let (mut count, mut start, mut ascending, mut kinds) = (0, 0, false, Vec::new());
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        match (newer, number) {
            (false, 3) | (true, 2) => count = value.int32("count")?,
            (true, 3) => start = value.int64("startTime")?,
            (true, 4) => ascending = value.int32("order")? == 1,
            (true, 9) => read_kinds(value, &mut kinds)?,
            _ => {}
        }
    }
    Ok(ConversationsRequest {
        count: u32::try_from(count).unwrap_or(0),
        start: UnixMillis::new(start),
        ascending,
        kinds,
    })
}

/// A repeated number is written field by field or packed into one; readers take both.
fn read_kinds(value: Value<'_>, kinds: &mut Vec<ConversationKind>) -> Result<(), SignalError> {
    match value {
        Value::Bytes(packed) => {
            let mut numbers = Fields::of(packed);
            while let Some(number) = numbers.packed_number()? {
                kinds.push(ConversationKind::from_number(number as i32));
            }
        }
        Value::Number(number) => kinds.push(ConversationKind::from_number(number as i32)),
        Value::Fixed => return Err(SignalError::WrongType(place("channelType"))),
    }
    Ok(())
}

/// The body of `delRelation`: the kind, and to a server with the extensions the time of the newest
/// message that was known.
pub(super) fn write_removal(kind: ConversationKind, until: Option<UnixMillis>) -> Bytes {
    let mut body = Writer::new();
    body.int(1, i64::from(kind.number()));
    if let Some(until) = until {
        body.int(1000, until.get());
    }
    body.finish()
}

/// The kind in the body of `delRelation`. 2.x and newer clients send different messages here that
/// have only field 1 in common; everything else but the extensions' time is ignored, whatever its
/// type.
pub(super) fn read_removal(
    body: &Bytes,
) -> Result<(ConversationKind, Option<UnixMillis>), SignalError> {
    let (mut kind, mut until) = (None, None);
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => kind = Some(ConversationKind::from_number(value.int32("type")?)),
            1000 => until = Some(UnixMillis::new(value.int64("hyUpTo")?)),
            _ => {}
        }
    }
    Ok((kind.ok_or(missing("type"))?, until))
}

/// `SessionMsgReadInput`: the conversation is read up to the time.
pub(super) fn write_read_time(conversation: &ConversationId, read: UnixMillis) -> Bytes {
    Writer::new()
        .int(1, i64::from(conversation.kind.number()))
        .int(2, read.get())
        .bytes(3, conversation.target.as_str().as_bytes())
        .finish()
}

pub(super) fn read_read_time(body: &Bytes) -> Result<(ConversationId, UnixMillis), SignalError> {
    let (mut kind, mut time, mut target) = (None, None, None);
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => kind = Some(ConversationKind::from_number(value.int32("type")?)),
            2 => time = Some(UnixMillis::new(value.int64("msgTime")?)),
            3 => target = Some(text(body, value.bytes("channelId")?, "channelId")?),
            _ => {}
        }
    }
    let kind = kind.ok_or(missing("type"))?;
    let time = time.ok_or(missing("msgTime"))?;
    let target = target.filter(|target| !target.is_empty());
    let target = target.ok_or(missing("channelId"))?;
    Ok((ConversationId::new(kind, target), time))
}

/// `RelationInfo`: one conversation of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationInfo {
    /// Which one.
    pub conversation: ConversationId,
    /// Its newest message. 2.5.3 stops at a conversation without one; `None` also if it made no
    /// sense.
    pub latest: Option<Message>,
    /// Up to when the user has read; `None` from servers that do not say.
    pub read_time: Option<UnixMillis>,
    /// Received counted messages after the read time; `None` from servers that do not say.
    pub unread: Option<u32>,
    /// Of those, how many mention the user; `None` from servers that do not say.
    pub mentions: Option<u32>,
    /// Up to when the other side of a private conversation has read (extension).
    pub peer_read: Option<UnixMillis>,
}

/// `RelationsOutput`: the conversation list, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationPage {
    /// The conversations.
    pub rows: Vec<ConversationInfo>,
    /// How many more there were that made no sense.
    pub malformed: u32,
    /// Whether nothing is left; `None` from servers that do not say.
    pub finished: Option<bool>,
    /// The highest inbox number that the unread counts include (extension).
    pub head: Option<u64>,
}

/// Reads the answer to either of the two questions.
///
/// # Errors
/// The list itself is malformed. A conversation that makes no sense is only counted.
pub(super) fn read_page(body: &Bytes, me: &UserId) -> Result<ConversationPage, SignalError> {
    let mut page = ConversationPage { rows: Vec::new(), malformed: 0, finished: None, head: None };
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => match read_info(body, value.bytes("info")?, me) {
                Ok(row) => page.rows.push(row),
                Err(_) => page.malformed += 1,
            },
            2 => page.finished = Some(value.bool("isFinished")?),
            1000 => page.head = Some(value.number("hyHead")?),
            _ => {}
        }
    }
    Ok(page)
}

fn read_info(frame: &Bytes, slice: &[u8], me: &UserId) -> Result<ConversationInfo, SignalError> {
    let (mut kind, mut target, mut latest) = (None, None, None);
    let (mut read_time, mut unread) = (None, None);
    let (mut mentions, mut peer_read) = (None, None);
    let mut fields = Fields::of(slice);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => kind = Some(ConversationKind::from_number(value.int32("type")?)),
            2 => target = Some(text(frame, value.bytes("userId")?, "userId")?),
            3 => latest = down_stream::read(frame, value.bytes("msg")?, me).ok(),
            4 => read_time = Some(UnixMillis::new(value.int64("readMsgTime")?)),
            5 => unread = Some(value.int64("unreadCount")?),
            11 => mentions = u32::try_from(value.int32("remindMeCount")?).ok(),
            1000 => peer_read = Some(UnixMillis::new(value.int64("hyPeerRead")?)),
            _ => {}
        }
    }
    let kind = kind.ok_or(missing("type"))?;
    let target = TargetId::from(target.ok_or(missing("userId"))?);
    if target.is_empty() {
        return Err(missing("userId"));
    }
    let conversation = ConversationId { kind, target };
    if let Some(latest) = &mut latest {
        // The list says where the message belongs, as 2.x clients have it.
        latest.conversation = conversation.clone();
    }
    let unread = unread.map(|count| u32::try_from(count.max(0)).unwrap_or(u32::MAX));
    Ok(ConversationInfo { conversation, latest, read_time, unread, mentions, peer_read })
}

/// The body of the list, newest conversation first. `head` only for sessions with the extensions.
pub(super) fn write_page(
    rows: &[ConversationInfo],
    me: &UserId,
    finished: bool,
    head: Option<u64>,
) -> Bytes {
    let mut out = Writer::new();
    for row in rows {
        out.bytes(1, &write_info(row, me));
    }
    out.bool(2, finished);
    if let Some(head) = head {
        out.number(1000, head);
    }
    out.finish()
}

fn write_info(row: &ConversationInfo, me: &UserId) -> Bytes {
    let mut out = Writer::new();
    out.int(1, i64::from(row.conversation.kind.number()))
        .bytes(2, row.conversation.target.as_str().as_bytes());
    if let Some(latest) = &row.latest {
        let mut message = Writer::new();
        down_stream::write(latest, me, &mut message);
        out.bytes(3, message.as_slice());
    }
    if let Some(read_time) = row.read_time {
        out.int(4, read_time.get());
    }
    if let Some(unread) = row.unread {
        out.int(5, i64::from(unread));
    }
    if let Some(mentions) = row.mentions {
        out.int(11, i64::from(mentions));
    }
    if let Some(peer_read) = row.peer_read {
        out.int(1000, peer_read.get());
    }
    out.finish()
}
