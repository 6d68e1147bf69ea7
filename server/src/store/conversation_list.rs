//! Each user's conversation list, with unread counts and read times.

use std::future::Future;

use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::time::UnixMillis;

use super::{InboxRow, StoreError};

/// One conversation of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationRow {
    /// Its newest counted message: others neither create nor move a conversation.
    pub latest: InboxRow,
    /// Received counted messages of others after the read time.
    pub unread: u64,
    /// Of those, how many mention the user.
    pub mentions: u64,
    /// It is among the pinned ones with which the page begins.
    pub pinned: bool,
    /// Up to when the user has read.
    pub read_time: UnixMillis,
    /// Up to when the other side of a private conversation has said that it has read.
    pub peer_read: UnixMillis,
}

/// Which conversations are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationQuery {
    /// Only these kinds; empty for all.
    pub kinds: Vec<ConversationKind>,
    /// Only with a newest message earlier than this, or later if `ascending`; `None` from the
    /// newest, or the oldest.
    pub from: Option<UnixMillis>,
    /// Oldest first.
    pub ascending: bool,
    /// The first page (without `from`) begins with all pinned conversations, and no other has one.
    pub pinned_first: bool,
    /// At most so many, besides the pinned ones on the first page.
    pub count: u32,
}

/// The conversation lists.
pub trait ConversationLists: Send + Sync + 'static {
    /// A user's conversations by the time of their newest messages, and the inbox number they were
    /// counted at.
    fn conversations(
        &self,
        user: &UserId,
        query: ConversationQuery,
    ) -> impl Future<Output = Result<(Vec<ConversationRow>, u64), StoreError>> + Send;

    /// Takes a conversation out of the user's list until the next message, if its newest is not
    /// later than `until`. The time of that message, if it was listed.
    fn remove_conversation(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        until: UnixMillis,
    ) -> impl Future<Output = Result<Option<UnixMillis>, StoreError>> + Send;

    /// Moves the read time forward; an earlier one changes nothing. Nobody has read what is yet to
    /// come: a time later than the user's newest row means that row's. Whether it moved.
    fn mark_read(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        time: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Moves the time forward up to which the other side has read, as `user` sees it; an earlier
    /// one changes nothing. A time later than the conversation's newest message means that one's.
    /// Whether it moved.
    fn mark_peer_read(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        time: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
