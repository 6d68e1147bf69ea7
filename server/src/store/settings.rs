//! What users set: for a conversation (pinned, muted …), and for themselves.

use std::future::Future;

use hongyan::ids::{ConversationId, UserId};
use hongyan::time::UnixMillis;

use super::StoreError;

/// The most settings of conversations that one user may have.
pub const MAX_SETTINGS: u32 = 10_000;

/// One setting of one conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Whose, from the user's point of view.
    pub conversation: ConversationId,
    /// Which: `SessionStateItem.sessionStateType`.
    pub item: i32,
    /// To what.
    pub value: String,
}

/// The item that silences a conversation, by `"1"`.
pub const SILENT: i32 = 1;
/// The item that pins a conversation, by `"1"`.
pub const PINNED: i32 = 2;

/// A setting and when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionedSetting {
    /// What was set.
    pub setting: Setting,
    /// Rises with every change a user makes, and is a time in ms.
    pub version: i64,
}

/// What became of the versions of a user's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetVersions {
    /// The last one before; 0 if there was none.
    pub before: i64,
    /// The last one now.
    pub after: i64,
}

/// When a user does not want to be disturbed, every day, by the clock of each device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// Seconds after midnight, below 86 400.
    pub start: u32,
    /// For how long, from 1 to 1439.
    pub minutes: u16,
    /// Whether the user wants to hear of what mentions it all the same.
    pub mentions: bool,
}

/// What a user has set for all conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserSettings {
    /// For how many days messages wait for the user; `None` for as long as the server keeps them.
    pub offline_days: Option<u8>,
    /// When it is quiet, if ever.
    pub quiet_hours: Option<QuietHours>,
    /// What the user says of itself; 0 before it says anything.
    pub status: i32,
    /// Rises with every change but those of the status; 0 before the first.
    pub version: i64,
}

/// Something that a user sets for all conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserChange {
    /// When it is quiet; `None` for never.
    QuietHours(Option<QuietHours>),
    /// What the user says of itself.
    Status(i32),
}

/// Settings by user. The same on all of a user's devices.
pub trait Settings: Send + Sync + 'static {
    /// Sets all of these, each with a version of its own; `None`, and nothing is set, if the user
    /// would have more than [`MAX_SETTINGS`].
    fn set(
        &self,
        user: &UserId,
        settings: Vec<Setting>,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<SetVersions>, StoreError>> + Send;

    /// What was set after a version, oldest first, at most `limit`; of a setting that was made
    /// twice the last.
    fn settings_after(
        &self,
        user: &UserId,
        version: i64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<VersionedSetting>, StoreError>> + Send;

    /// What one item of a conversation was set to.
    fn setting(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        item: i32,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// What the user has set for all conversations.
    fn user_settings(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<UserSettings, StoreError>> + Send;

    /// Changes what the user has set, and returns the version now.
    fn change_user_settings(
        &self,
        user: &UserId,
        change: UserChange,
        now: UnixMillis,
    ) -> impl Future<Output = Result<i64, StoreError>> + Send;

    /// Sets for how many days messages wait, and returns the new version; `None`, and nothing is
    /// set, if `known` is not the version that stands.
    fn set_offline_days(
        &self,
        user: &UserId,
        days: u8,
        known: i64,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send;
}
