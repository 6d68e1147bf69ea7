//! The message that stands for a conversation.

use bytes::Bytes;
use bytestring::ByteString;

use crate::ids::{ClientMessageId, MessageUid, UserId};
use crate::signal::{Message, MessageDirection, Outgoing};
use crate::time::UnixMillis;

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

impl Latest {
    /// What this user sends, or has sent. Without `uid` it is still on its way.
    pub(super) fn own(
        message: &Outgoing,
        sender: &UserId,
        uid: &MessageUid,
        sent_time: UnixMillis,
    ) -> Self {
        Self {
            sender: sender.detached(),
            direction: MessageDirection::Sent,
            object_name: ByteString::from(&*message.object_name),
            content: message.content.clone(),
            sent_time,
            uid: uid.detached(),
            client_id: Some(message.client_id),
        }
    }

    /// Still a part of the message's frame.
    pub(super) fn of(message: &Message) -> Self {
        Self {
            sender: message.sender.clone(),
            direction: message.direction,
            object_name: message.object_name.clone(),
            content: message.content.clone(),
            sent_time: message.sent_time,
            uid: message.uid.clone(),
            client_id: message.client_id,
        }
    }

    /// A copy that does not keep a frame alive.
    pub(super) fn detached(&self) -> Self {
        Self {
            sender: self.sender.detached(),
            object_name: ByteString::from(&*self.object_name),
            content: Bytes::copy_from_slice(&self.content),
            uid: self.uid.detached(),
            ..*self
        }
    }

    pub(super) fn is_newer_than(&self, other: &Self) -> bool {
        (self.sent_time, &self.uid) >= (other.sent_time, &other.uid)
    }
}
