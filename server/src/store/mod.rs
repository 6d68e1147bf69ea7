//! What is kept, and the promise that it is: the [`Store`] trait, one trait per concern.
//!
//! Order is commit order. Every message has one `sent_time`, strictly greater than every earlier
//! one in its conversation and in every inbox it enters; every inbox row has a gapless number.
//! Both are given inside the committing transaction, so no reader can step over a hole.
//!
//! A concern has a file of its name here (its trait and what it speaks of), in `memory/`, in
//! `sqlite/` and in `conformance/`.

mod accounts;
mod blacklist;
mod chatrooms;
#[cfg(test)]
mod conformance;
mod conversation;
mod conversation_list;
mod desk;
mod history;
mod inbox;
mod log;
mod members;
pub mod memory;
mod platform;
mod profiles;
mod receipts;
mod retention;
mod services;
mod settings;
pub mod sqlite;
mod uid;

pub use accounts::{
    Account, AccountChange, AccountGroup, AccountOutcome, AccountSession, Accounts, PasswordHash,
    SessionKey,
};
pub use blacklist::{Blacklists, MAX_BLACKLIST};
pub use chatrooms::{
    Chatroom, ChatroomChange, ChatroomRule, ChatroomRuleKind, Chatrooms, Entries, Entry,
    EntryChange, EntryIndex, EntryMark, EntryRefusal, MAX_ENTRIES, NewChatroom,
};
pub use conversation::{seen_by, to_oneself};
pub use conversation_list::{ConversationLists, ConversationQuery, ConversationRow};
pub use desk::{Desk, Rating, Talk, TalkMode};
pub use history::{
    Histories, HistoryDirection, HistoryFrom, HistoryPage, HistoryQuery, ImportedMessage,
};
pub use inbox::{
    Audience, Deletion, EXTENSION_CLASSES, Head, InboxRow, Inboxes, NewMessage, Page, PullFrom,
    Recall, SentAs, Stored,
};
pub use log::{Log, Logged, Presence, Reading};
pub use members::{MAX_MEMBERS, Member, Members, NewRoom, Role, Room, RoomChange, RoomInfo};
pub use platform::{FOR_EVER, Platform, Rule, RuleKind, Word};
pub use profiles::{Profile, Profiles};
pub use receipts::{Reader, Receipts};
pub use retention::{InboxAge, Retention, Swept};
pub use services::{Following, MAX_SERVICES, PublicService, Services};
pub use settings::{
    MAX_SETTINGS, PINNED, QuietHours, SILENT, SetVersions, Setting, Settings, UserChange,
    UserSettings, VersionedSetting,
};

/// Why the store could not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The same (sender, client id) with another target, class or content: 26007.
    ClientIdReused,
    /// The sender is no member of the group or discussion, or there is none: 22406, 21406.
    NotMember,
    /// There is no such group or discussion.
    NoSuchRoom,
    /// The group or discussion would have more than [`MAX_MEMBERS`] members.
    RoomFull,
    /// There is no message of this uid in the conversation, or it was taken back before.
    NoSuchMessage,
    /// Somebody else sent the message.
    NotOwnMessage,
    /// The message is too old to be taken back.
    TooLate,
    /// The database failed; nothing was stored. The text is for the log.
    Failed(String),
}

/// What every back end does. All of them pass `conformance` (`store/conformance.rs`).
pub trait Store:
    Inboxes
    + ConversationLists
    + Members
    + Receipts
    + Histories
    + Settings
    + Blacklists
    + Profiles
    + Platform
    + Log
    + Retention
    + Services
    + Desk
    + Accounts
    + Chatrooms
{
    /// The text that changes when the store was restored from a backup.
    fn epoch(&self) -> &str;
}
