//! The log as the application's server reads it: message by message, and who came and went.

use std::future::Future;

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::StoreError;

/// A message of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its place: rises with every message, and may leave out some.
    pub place: u64,
    /// The server's name for it.
    pub uid: MessageUid,
    /// Who wrote it.
    pub sender: UserId,
    /// From the sender's point of view.
    pub conversation: ConversationId,
    /// Its class.
    pub object_name: ByteString,
    /// JSON text.
    pub content: Bytes,
    /// What the receivers do with it.
    pub flags: MessageFlags,
    /// The server's time.
    pub sent_time: UnixMillis,
}

/// A user came online or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Its place: rises with every event.
    pub place: u64,
    /// Who.
    pub user: UserId,
    /// Came, or went.
    pub online: bool,
    /// When.
    pub time: UnixMillis,
}

/// Up to where somebody has read the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// The messages, for the webhook.
    Messages,
}

impl Reading {
    /// The name under which it is kept.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Messages => "webhook messages",
        }
    }
}

/// The log.
pub trait Log: Send + Sync + 'static {
    /// Messages sent from `from` on and before `until`, by time and place, after the one of this
    /// time and place; at most `limit`.
    fn log_between(
        &self,
        from: UnixMillis,
        until: UnixMillis,
        after: (UnixMillis, u64),
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Logged>, StoreError>> + Send;

    /// Messages after this place, in the order in which they were stored; at most `limit`.
    fn log_after(
        &self,
        place: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Logged>, StoreError>> + Send;

    /// The place of the newest message; 0 if there is none.
    fn log_end(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Gives the log of this hour (hours since 1970) out no more.
    fn hide_log(&self, hour: i64) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Whether the log of this hour is given out no more.
    fn is_log_hidden(&self, hour: i64) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Up to which place somebody has read; `None` before the first time.
    fn reading(
        &self,
        reading: Reading,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Somebody has read up to this place.
    fn set_reading(
        &self,
        reading: Reading,
        place: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A user came or went.
    fn add_presence(
        &self,
        user: &UserId,
        online: bool,
        time: UnixMillis,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Who came and went, oldest first; at most `limit`.
    fn presence(
        &self,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Presence>, StoreError>> + Send;

    /// Forgets who came and went up to this place.
    fn forget_presence(&self, place: u64) -> impl Future<Output = Result<(), StoreError>> + Send;
}
