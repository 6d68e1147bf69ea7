//! `DownStreamMessage`: a message on its way to a user.
//!
//! Which conversation a message belongs to depends on who reads it:
//!
//! | kind | who wrote it | fromUserId | groupId | direction |
//! |---|---|---|---|---|
//! | group, discussion, chatroom | anybody | the writer | the conversation | 1 own, 2 received |
//! | any other | the other side | the other side | – | 2 |
//! | any other | the reader | the other side | – | 1 |
//! | any other | the reader, to itself | the reader | the reader | 2 |
//!
//! That is how it is written. On reading, a message from the reader's own id is own in any case,
//! and then groupId names the other side. A message to oneself counts as received. In chatrooms no
//! direction is written: 2.5.3 would compare own messages with its inbox's times.

use bytes::Bytes;

use super::error::missing;
use super::protobuf::{Fields, Writer, text};
use super::{Message, MessageDirection, MessageFlags, SignalError};
use crate::ids::{ClientMessageId, ConversationId, ConversationKind, MessageUid, TargetId, UserId};
use crate::time::UnixMillis;

const DIRECTION_SENT: i32 = 1;
const DIRECTION_RECEIVED: i32 = 2;

/// Whether `groupId` names the conversation whoever wrote the message.
const fn is_shared(kind: ConversationKind) -> bool {
    matches!(
        kind,
        ConversationKind::Discussion | ConversationKind::Group | ConversationKind::Chatroom
    )
}

/// Whether it is a call room: shared, but other servers may leave its name out.
const fn is_call_room(kind: ConversationKind) -> bool {
    matches!(kind, ConversationKind::Other(12))
}

/// Whether the other side of the conversation is `me`.
pub(super) fn is_to_oneself(conversation: &ConversationId, me: &UserId) -> bool {
    let shared = is_shared(conversation.kind) || is_call_room(conversation.kind);
    !shared && conversation.target.as_str() == me.as_str()
}

/// The fields as they stand in the body; of a repeated one the last.
#[derive(Default)]
struct Raw<'a> {
    from: Option<&'a [u8]>,
    kind: Option<i32>,
    group: &'a [u8],
    object_name: Option<&'a [u8]>,
    content: Option<&'a [u8]>,
    time: Option<i64>,
    status: Option<i64>,
    uid: &'a [u8],
    direction: i32,
    client_id: i64,
    inbox_seq: Option<u64>,
}

impl<'a> Raw<'a> {
    fn walk(message: &'a [u8]) -> Result<Self, SignalError> {
        let mut raw = Self::default();
        let mut fields = Fields::of(message);
        while let Some((number, value)) = fields.next()? {
            match number {
                1 => raw.from = Some(value.bytes("fromUserId")?),
                2 => raw.kind = Some(value.int32("type")?),
                3 => raw.group = value.bytes("groupId")?,
                4 => raw.object_name = Some(value.bytes("classname")?),
                5 => raw.content = Some(value.bytes("content")?),
                6 => raw.time = Some(value.int64("dataTime")?),
                7 => raw.status = Some(value.int64("status")?),
                9 => raw.uid = value.bytes("msgId")?,
                10 => raw.direction = value.int32("direction")?,
                14 => raw.client_id = value.int64("clientUniqueId")?,
                1000 => raw.inbox_seq = Some(value.number("hySeq")?),
                _ => {}
            }
        }
        Ok(raw)
    }
}

/// Reads the message in `slice`, which is a part of `frame`, as `me` sees it.
pub(super) fn read(frame: &Bytes, slice: &[u8], me: &UserId) -> Result<Message, SignalError> {
    let raw = Raw::walk(slice)?;
    let from = text(frame, raw.from.ok_or(missing("fromUserId"))?, "fromUserId")?;
    let kind = raw.kind.ok_or(missing("type"))?;
    let object_name = raw.object_name.ok_or(missing("classname"))?;
    let object_name = text(frame, object_name, "classname")?;
    let content = raw.content.ok_or(missing("content"))?;
    let sent_time = raw.time.ok_or(missing("dataTime"))?;
    let status = raw.status.ok_or(missing("status"))?;
    let group = text(frame, raw.group, "groupId")?;
    let uid = text(frame, raw.uid, "msgId")?;

    let from = UserId::from(from);
    let conversation = conversation(ConversationKind::from_number(kind), &from, group.into(), me)?;
    let direction = direction(raw.direction, &from, &conversation, me);
    let (flags, retrieved) = match uid.is_empty() {
        true => MessageFlags::from_status(status),
        false => MessageFlags::from_status_of_stored(status, &object_name),
    };
    Ok(Message {
        conversation,
        sender: match direction {
            MessageDirection::Sent => me.clone(),
            MessageDirection::Received => from,
        },
        direction,
        object_name,
        content: frame.slice_ref(content),
        sent_time: UnixMillis::new(sent_time),
        uid: MessageUid::from(uid),
        flags,
        retrieved,
        client_id: ClientMessageId::from_wire(raw.client_id),
        inbox_seq: raw.inbox_seq.filter(|seq| *seq != 0),
    })
}

fn conversation(
    kind: ConversationKind,
    from: &UserId,
    group: TargetId,
    me: &UserId,
) -> Result<ConversationId, SignalError> {
    let shared = is_shared(kind) || (is_call_room(kind) && !group.is_empty());
    let target = match (shared, from == me) {
        (true, _) => group,
        // A server that names the reader and nobody else means a message to oneself.
        (false, true) if !group.is_empty() => group,
        (false, _) => TargetId::from(from.clone()),
    };
    if target.is_empty() {
        return Err(missing(if is_shared(kind) { "groupId" } else { "fromUserId" }));
    }
    Ok(ConversationId { kind, target })
}

fn direction(
    field: i32,
    from: &UserId,
    conversation: &ConversationId,
    me: &UserId,
) -> MessageDirection {
    let to_oneself = from == me && is_to_oneself(conversation, me);
    if (field == DIRECTION_SENT || from == me) && !to_oneself {
        MessageDirection::Sent
    } else {
        MessageDirection::Received
    }
}

/// Writes a message as `me`, whose inbox it comes from, is to see it. Field order is that of the
/// numbers. The extension fields, and the client's id, are written if they are there.
pub(super) fn write(message: &Message, me: &UserId, out: &mut Writer) {
    let kind = message.conversation.kind;
    let target = message.conversation.target.as_str();
    let sent = message.direction == MessageDirection::Sent;
    let (from, group) = match (is_shared(kind) || is_call_room(kind), sent) {
        (true, _) => (message.sender.as_str(), target),
        (false, false) if message.sender == *me => (target, target),
        (false, _) => (target, ""),
    };
    out.bytes(1, from.as_bytes())
        .int(2, i64::from(kind.number()))
        .text_unless_empty(3, group)
        .bytes(4, message.object_name.as_bytes())
        .bytes(5, &message.content)
        .int(6, message.sent_time.get())
        .int(7, message.flags.to_status(message.retrieved))
        .text_unless_empty(9, message.uid.as_str());
    if kind != ConversationKind::Chatroom {
        let direction = if sent { DIRECTION_SENT } else { DIRECTION_RECEIVED };
        out.int(10, i64::from(direction));
    }
    if let Some(id) = message.client_id {
        out.int(14, id.to_wire());
    }
    if let Some(seq) = message.inbox_seq {
        out.number(1000, seq);
    }
}
