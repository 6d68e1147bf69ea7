//! Messages: what a user says, on its way up and down.

use bytes::Bytes;
use bytestring::ByteString;

use crate::ids::{ClientMessageId, ConversationId, MessageUid, UserId};
use crate::time::UnixMillis;

/// Whether this user sent a message or got it. A message to oneself counts as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageDirection {
    /// 2.x number 1.
    Sent,
    /// 2.x number 2.
    Received,
}

/// What the receivers shall do with a message besides showing it: the bits of
/// `UpStreamMessage.sessionId`, and downstream of `DownStreamMessage.status`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageFlags {
    /// Kept in history. Up 1, down 16.
    pub persisted: bool,
    /// Counts as unread and moves its conversation. Up 2, down 32.
    pub counted: bool,
    /// Mentions the receiver. Up 4, down 64.
    pub mentioned: bool,
    /// No notification is wanted. Up 32, down 512.
    pub silent: bool,
    /// May be expanded later. Up 64, down 1024.
    pub expandable: bool,
}

impl MessageFlags {
    /// Kept and counted: an ordinary message.
    pub const NORMAL: Self =
        Self { persisted: true, counted: true, mentioned: false, silent: false, expandable: false };

    /// Whether the server stores the message at all; a message that is neither kept nor counted
    /// is volatile.
    pub const fn stored(self) -> bool {
        self.persisted || self.counted
    }
}

/// A message as the server gives it to a user (`DownStreamMessage`), seen from that user.
/// Texts are slices of the frame they came in: detach what outlives the batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where it belongs, from this user's point of view.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub sender: UserId,
    /// Whether that was this user.
    pub direction: MessageDirection,
    /// Its class, for example `RC:TxtMsg`.
    pub object_name: ByteString,
    /// JSON text as it came: not parsed here, and not trusted to be UTF-8.
    pub content: Bytes,
    /// The server's time. Not to be trusted: 0 or less where a server says nothing (2.x then takes
    /// the time of arrival).
    pub sent_time: UnixMillis,
    /// The server's name; empty for volatile messages.
    pub uid: MessageUid,
    /// What to do with it.
    pub flags: MessageFlags,
    /// Status bit 2: another device has fetched it already.
    pub retrieved: bool,
    /// The sender's own id, where the server returns it.
    pub client_id: Option<ClientMessageId>,
    /// The row's number in this user's inbox (extension); `None` for volatile messages and
    /// servers without the extension.
    pub inbox_seq: Option<u64>,
}

/// A message as a client hands it to the server (`UpStreamMessage` and the fields around it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// To where.
    pub conversation: ConversationId,
    /// Its class, for example `RC:TxtMsg`.
    pub object_name: ByteString,
    /// JSON text.
    pub content: Bytes,
    /// What the receivers shall do with it.
    pub flags: MessageFlags,
    /// The client's id; never sent twice for different messages.
    pub client_id: ClientMessageId,
    /// Text of a push notification; empty for none.
    pub push_text: ByteString,
    /// Data of a push notification; empty for none.
    pub push_data: ByteString,
    /// Only to these members of a group or discussion; empty for all.
    pub only_to: Vec<UserId>,
    /// `UpStreamMessage.configFlag`, always written; but for [`AS_AGENT`](Self::AS_AGENT).
    pub config_flag: i32,
}

impl Outgoing {
    /// Of `config_flag`, and never on the wire there: an agent of a customer service writes to the
    /// customer, under a topic of its own.
    pub const AS_AGENT: i32 = 1 << 30;
}
