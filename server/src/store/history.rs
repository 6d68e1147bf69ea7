//! The history of conversations: what was said in them, and what a user has deleted of it.

use std::future::Future;

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::{InboxRow, StoreError};

/// Which part of a history is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Of which conversation, from the reader's point of view.
    pub conversation: ConversationId,
    /// To which side of `from`.
    pub direction: HistoryDirection,
    /// Where to go on.
    pub from: HistoryFrom,
    /// At most so many rows.
    pub count: u32,
    /// More than `count` where the page would end within a millisecond: for those who go on by
    /// times and would lose the rest of it.
    pub whole_millis: bool,
}

/// To which side a history is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryDirection {
    /// Older rows, the newest of them first.
    Older,
    /// Newer rows, the oldest of them first.
    Newer,
}

/// Where a page of history begins. Rows are ordered by time, and by uid within one millisecond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryFrom {
    /// At the end that the direction comes from.
    End,
    /// Beyond this millisecond.
    Time(UnixMillis),
    /// Beyond the row of this time and uid, which need not exist any more.
    Row(UnixMillis, MessageUid),
}

/// A page of history, in the order of its direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// The rows. They have no inbox number (0), and do not say whether they mention the reader.
    pub rows: Vec<InboxRow>,
    /// Whether there are more beyond them.
    pub more: bool,
}

/// A message that another server stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedMessage {
    /// Its name; if there is one of this name, it is imported already.
    pub uid: MessageUid,
    /// Who wrote it.
    pub sender: UserId,
    /// From the sender's point of view.
    pub conversation: ConversationId,
    /// Its class.
    pub object_name: ByteString,
    /// JSON text.
    pub content: Bytes,
    /// What it was meant to do.
    pub flags: MessageFlags,
    /// When it was sent; several messages may share a time.
    pub sent_time: UnixMillis,
}

/// Histories. What a user deletes is gone for that user alone, from history, list and counts; it
/// goes with the message that tells the user's devices of it ([`NewMessage`](super::NewMessage)).
pub trait Histories: Send + Sync + 'static {
    /// A page of what was kept of a conversation and the user has not deleted. Who may read it is
    /// not asked here.
    fn history(
        &self,
        user: &UserId,
        query: HistoryQuery,
    ) -> impl Future<Output = Result<HistoryPage, StoreError>> + Send;

    /// Which of these messages the conversation has and the user has not deleted, each once, in any
    /// order.
    fn undeleted(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        uids: &[MessageUid],
    ) -> impl Future<Output = Result<Vec<MessageUid>, StoreError>> + Send;

    /// Up to when there is something to be cleared that is not later than `until`: what is yet to
    /// come is not deleted by a time that is.
    fn uncleared(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        until: UnixMillis,
    ) -> impl Future<Output = Result<Option<UnixMillis>, StoreError>> + Send;

    /// Puts messages from elsewhere into histories, with their own times. They enter no
    /// inbox and no list, and nobody is told.
    fn import(
        &self,
        messages: Vec<ImportedMessage>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
