//! Messages, and the inbox of each user that they enter.

use std::future::Future;

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, MessageUid, UserId};
use hongyan::signal::MessageFlags;
use hongyan::signal::content::Mention;
use hongyan::time::UnixMillis;
use sha2::{Digest, Sha256};

use super::StoreError;

/// A message to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Who wrote it.
    pub sender: UserId,
    /// From the sender's point of view.
    pub conversation: ConversationId,
    /// Who else gets it.
    pub audience: Audience,
    /// Whether the sender gets a row, too. Users always do; what the application's server sends in
    /// somebody's name need not show up with them.
    pub own_row: bool,
    /// Its class.
    pub object_name: ByteString,
    /// JSON text as sent.
    pub content: Bytes,
    /// What the receivers shall do with it. `mentioned` is not taken from here: see `mentions`.
    pub flags: MessageFlags,
    /// Whom it mentions: those receivers' rows have the flag, no others.
    pub mentions: Option<Mention>,
    /// Whether it belongs to its conversation's history; commands that are only kept for those who
    /// are offline, and messages to some members alone, do not.
    pub history: bool,
    /// The message that it takes back.
    pub recalls: Option<Recall>,
    /// What its sender deletes with it.
    pub deletes: Option<Deletion>,
    /// For repeats; only of senders that confirmed the extensions.
    pub client_id: Option<ClientMessageId>,
    /// What its sender sent, where words of it were replaced.
    pub sent_as: Option<SentAs>,
    /// Push text and data, expansion …: fields to be relayed that have no column of their own.
    pub relayed: Bytes,
    /// The wall clock now.
    pub now: UnixMillis,
}

/// Whom a message goes to, besides its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// These, in any order; repeats and the sender count for nothing.
    Users(Vec<UserId>),
    /// The members of the group or discussion as they are when the message is stored.
    Members {
        /// Of the members only these; others in the list count for nothing.
        only: Option<Vec<UserId>>,
        /// Whether the sender may be none of them (the application's server).
        from_outside: bool,
    },
}

/// Takes a message back: it keeps its uid and time, and becomes another that counts nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recall {
    /// Which message. It must be of the same conversation.
    pub uid: MessageUid,
    /// Whether it must be the sender's own.
    pub own_only: bool,
    /// Only if it was sent at this time or later.
    pub not_before: UnixMillis,
    /// Its class from now on.
    pub object_name: ByteString,
    /// Its content from now on.
    pub content: Bytes,
}

/// What a sender sent where that is not what was stored, so that a repeat of it is known as one:
/// SHA-256 of class, a zero byte, content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentAs(pub [u8; 32]);

impl SentAs {
    /// Of a class and a content.
    pub fn new(object_name: &str, content: &[u8]) -> Self {
        let hash = Sha256::new().chain_update(object_name).chain_update([0]);
        Self(hash.chain_update(content).finalize().into())
    }
}

/// What is deleted of a conversation, for one user alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// These messages of it. Uids of other conversations and unknown ones are passed over.
    Messages(Vec<MessageUid>),
    /// Everything up to and with this time, which is then read, too.
    UpTo(UnixMillis),
}

/// A stored message, and the inbox rows it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The server's name for it.
    pub uid: MessageUid,
    /// The server's time.
    pub sent_time: UnixMillis,
    /// The sender's own row; 0 for none. A message to oneself has this one row alone, and it is a received
    /// one (`InboxRow::own` is false).
    pub own_seq: u64,
    /// The receivers' rows: whose, which number, by user id. Empty for a repeat.
    pub rows: Vec<(UserId, u64)>,
    /// It was stored before: nobody is to be told again.
    pub repeated: bool,
    /// The content that was stored, where words of it were replaced.
    pub replaced: Option<Bytes>,
}

/// One row of a user's inbox, from that user's point of view.
///
/// Of a row that the user has deleted nothing is left but number, conversation and time: uid, class
/// and content are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    /// Its number.
    pub seq: u64,
    /// Where it belongs.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub sender: UserId,
    /// Whether the inbox's owner sent it. False for a message to oneself, which counts as received
    /// (and as read).
    pub own: bool,
    /// Its class.
    pub object_name: ByteString,
    /// JSON text.
    pub content: Bytes,
    /// What to do with it.
    pub flags: MessageFlags,
    /// The server's time.
    pub sent_time: UnixMillis,
    /// The server's name for it.
    pub uid: MessageUid,
    /// The sender's id, on rows of the sender's own inbox.
    pub client_id: Option<ClientMessageId>,
}

/// What the classes of rows begin with that the extensions brought: clients without them get none.
pub const EXTENSION_CLASSES: &str = "hy:";

impl InboxRow {
    /// Whether only clients with the extensions know what it says.
    pub fn is_of_extensions(&self) -> bool {
        self.object_name.starts_with(EXTENSION_CLASSES)
    }

    /// What is left of it once the user has deleted it.
    #[must_use]
    pub fn emptied(self) -> Self {
        Self {
            object_name: ByteString::new(),
            content: Bytes::new(),
            flags: MessageFlags::default(),
            uid: MessageUid::default(),
            client_id: None,
            ..self
        }
    }
}

/// Where a pull goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullFrom {
    /// Rows with a number above this (extended clients).
    Seq(u64),
    /// Received rows later than the first time and, if asked for, own rows later than the second
    /// (clients without the extensions). Both strictly.
    Times {
        /// Of received rows.
        received_after: UnixMillis,
        /// Of own rows; `None`: no own rows wanted.
        sent_after: Option<UnixMillis>,
    },
}

/// A page of an inbox, oldest row first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<InboxRow>,
    /// Whether nothing is left after them.
    pub finished: bool,
    /// The inbox when the page was read.
    pub head: Head,
}

/// The end of an inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Highest number given; 0 for an empty inbox.
    pub seq: u64,
    /// Time of that row.
    pub time: UnixMillis,
    /// Lowest number still kept; `seq + 1` when nothing is.
    pub first: u64,
}

/// The log and the inboxes.
pub trait Inboxes: Send + Sync + 'static {
    /// Stores a message: log row, own row, receivers' rows, heads, conversation entries, and what it
    /// recalls or deletes, in one transaction, durable when this returns. A repeat, which is known by
    /// what was sent, returns the first result, whatever became of the message since.
    ///
    /// `committed` is called once for a message that was newly stored, after the commit, before
    /// this returns, and even if the returned future was dropped on the way. The calls of one
    /// store happen one at a time in commit order, so what they tell a session comes in the order
    /// of its inbox. It must not wait and must not append.
    fn append_then<F>(
        &self,
        message: NewMessage,
        committed: F,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send
    where
        F: FnOnce(&Stored) + Send + 'static;

    /// [`append_then`](Self::append_then) with nobody to tell.
    fn append(
        &self,
        message: NewMessage,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send {
        self.append_then(message, |_| ())
    }

    /// What was answered to this sender's message with this id, class and content, as they were sent,
    /// in this conversation, if it was stored.
    fn answered(
        &self,
        sender: &UserId,
        conversation: &ConversationId,
        client_id: ClientMessageId,
        sent: (&ByteString, &Bytes),
    ) -> impl Future<Output = Result<Option<Stored>, StoreError>> + Send;

    /// A page of at most `limit` rows. Deleted rows and those of the extensions come by number, so
    /// that no number is missing, and not by times. With a limit of 0 it tells the head and whether there is
    /// anything.
    fn pull(
        &self,
        user: &UserId,
        from: PullFrom,
        limit: u32,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// The end of a user's inbox.
    fn head(&self, user: &UserId) -> impl Future<Output = Result<Head, StoreError>> + Send;
}
