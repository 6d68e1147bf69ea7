//! Who has read which message of a group or discussion. Kept as long as the message; there is no
//! limit of days.

use std::future::Future;

use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::time::UnixMillis;

use super::StoreError;

/// Somebody who has read a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Who.
    pub user: UserId,
    /// When the server heard of it.
    pub time: UnixMillis,
}

/// The receipts of groups and discussions.
pub trait Receipts: Send + Sync + 'static {
    /// Remembers that `reader` has read these messages. The uid and sender of those that are
    /// messages of this conversation, of another sender, and were not known as read by this reader;
    /// all others count for nothing.
    fn record_read(
        &self,
        room: &ConversationId,
        reader: &UserId,
        uids: &[MessageUid],
        now: UnixMillis,
    ) -> impl Future<Output = Result<Vec<(MessageUid, UserId)>, StoreError>> + Send;

    /// Who has read a message, by the time of reading; empty for a message that is not of this
    /// conversation.
    fn readers(
        &self,
        room: &ConversationId,
        uid: &MessageUid,
    ) -> impl Future<Output = Result<Vec<Reader>, StoreError>> + Send;
}
