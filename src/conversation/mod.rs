//! What the user sees: conversations, their order, their unread counts.

use crate::ids::{ClientMessageId, ConversationId, MessageUid, UserId};
use crate::signal::MessageDirection;
use crate::time::UnixMillis;
use bytes::Bytes;
use bytestring::ByteString;

/// One row of the conversation list, owned: nothing in it keeps a frame alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Which one.
    pub id: ConversationId,
    /// Its newest counted message.
    pub latest: Option<Latest>,
    /// Received counted messages that were not read.
    pub unread: u32,
    /// Time of the newest message; the list is ordered by it, newest first.
    pub time: UnixMillis,
}

/// The newest message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// Who wrote it.
    pub sender: UserId,
    /// Sent or received.
    pub direction: MessageDirection,
    /// Its class.
    pub object_name: ByteString,
    /// Its JSON text.
    pub content: Bytes,
    /// The server's time, or the local guess while it is being sent.
    pub sent_time: UnixMillis,
    /// Empty while it is being sent.
    pub uid: MessageUid,
    /// Its client id, if this user sent it.
    pub client_id: Option<ClientMessageId>,
}
