//! A conversation's history: `qryPMsg` and its likes for the other kinds.

use bytes::Bytes;

use super::error::missing;
use super::protobuf::{Fields, Writer};
use super::{Message, MessageDirection, SignalError, client, down_stream};
use crate::ids::{ConversationId, ConversationKind, MessageUid, UserId};
use crate::time::UnixMillis;
use crate::wire::{Frame, Qos};

/// Which page is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRequest {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// What comes after the place, else what comes before it.
    pub after: bool,
    /// The time of the place. 0: the end of the history, or its beginning if `after`.
    pub time: UnixMillis,
    /// The message at the place; empty for none. Only messages strictly beyond (time, uid) come
    /// from servers with the extensions; other servers are asked for what has this time too, and
    /// the caller drops what it knows. Without a message, nothing of this time comes.
    pub uid: MessageUid,
    /// At most so many messages.
    pub count: u32,
}

impl HistoryRequest {
    /// The question in a frame (`HistoryMsgInput`).
    pub fn frame(&self, id: u16, extended: bool) -> Frame {
        let overlap = !extended && !self.uid.is_empty();
        let time = match (self.after, overlap) {
            // 0 would be the end.
            (true, _) => self.time.get().saturating_sub(i64::from(overlap)).max(1),
            (false, _) => self.time.get().saturating_add(i64::from(overlap)),
        };
        let target = self.conversation.target.as_str();
        let mut body = Writer::new();
        body.bytes(1, target.as_bytes())
            .int(2, time)
            .int(3, i64::from(self.count.min(i32::MAX as u32)))
            .int(4, i64::from(self.after));
        if extended {
            body.text_unless_empty(1000, self.uid.as_str());
        }
        let topic = topic(self.conversation.kind);
        client::query(id, Qos::AtMostOnce, topic, target, body.finish())
    }
}

/// The topic that asks for the history of conversations of `kind`.
pub const fn topic(kind: ConversationKind) -> &'static str {
    match kind {
        ConversationKind::Private
        | ConversationKind::AppPublicService
        | ConversationKind::PublicService
        | ConversationKind::Other(_) => "qryPMsg",
        ConversationKind::Discussion => "qryDMsg",
        ConversationKind::Group => "qryGMsg",
        ConversationKind::Chatroom => "qryCHMsg",
        ConversationKind::CustomerService => "qryCMsg",
        ConversationKind::System => "qrySMsg",
    }
}

/// Reads a page (`HistoryMessagesOuput`): calls `take` with its messages, in the order in which the
/// server gives them. Returns whether there are more.
///
/// # Errors
/// The page itself is malformed. A message in it that makes no sense is left out.
pub fn read(
    body: &Bytes,
    of: &ConversationId,
    me: &UserId,
    take: &mut dyn FnMut(Message),
) -> Result<bool, SignalError> {
    let mut has_more = None;
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => {
                if let Ok(mut message) = down_stream::read(body, value.bytes("list")?, me) {
                    belongs(&mut message, of, me);
                    take(message);
                }
            }
            3 => has_more = Some(value.int32("hasMsg")? != 0),
            _ => {}
        }
    }
    has_more.ok_or(missing("hasMsg"))
}

/// The page is of the conversation that was asked for, whatever its messages say: in some servers'
/// own rows the peer's name is missing.
fn belongs(message: &mut Message, of: &ConversationId, me: &UserId) {
    if message.sender == *me && !down_stream::is_to_oneself(of, me) {
        message.direction = MessageDirection::Sent;
    }
    message.conversation = of.clone();
}
