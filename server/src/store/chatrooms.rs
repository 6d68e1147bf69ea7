//! Chatrooms: what is kept of them. Who is in one at the moment is not: members come and go with
//! their connections, so `core` has them in memory. What is said in a chatroom is part of the log
//! and of its history, and enters no inbox.

mod entries;

use std::future::Future;

use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;

pub use self::entries::{
    Entries, Entry, EntryChange, EntryIndex, EntryMark, EntryRefusal, MAX_ENTRIES,
};
use super::StoreError;

/// What is known of a chatroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chatroom {
    /// What users call it.
    pub id: TargetId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: UnixMillis,
    /// When the last message was stored; 0 before the first.
    pub last_message: UnixMillis,
    /// Nobody may write but those who are exempt.
    pub muted: bool,
    /// It stays however long nobody uses it.
    pub kept_alive: bool,
    /// Messages are taken and kept, and reach nobody.
    pub paused: bool,
}

/// A chatroom to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChatroom {
    /// What users call it.
    pub id: TargetId,
    /// Its name; `None`: its id, and a chatroom that is there keeps its name.
    pub name: Option<String>,
    /// The wall clock now.
    pub now: UnixMillis,
}

/// What is to be different about a chatroom; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChatroomChange {
    /// Nobody may write but those who are exempt.
    pub muted: Option<bool>,
    /// It stays however long nobody uses it.
    pub kept_alive: Option<bool>,
    /// Messages reach nobody.
    pub paused: Option<bool>,
}

/// What a rule says of a user or of a class of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChatroomRuleKind {
    /// The user may not write.
    Muted,
    /// The user may not be in it.
    Blocked,
    /// The user may write though the room is muted.
    Exempt,
    /// The user's messages are never refused because there are too many in the room.
    ProtectedUser,
    /// Messages of this class are the first to be refused when there are too many.
    LowClass,
    /// Messages of this class are never refused because there are too many.
    ProtectedClass,
}

impl ChatroomRuleKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Muted,
        Self::Blocked,
        Self::Exempt,
        Self::ProtectedUser,
        Self::LowClass,
        Self::ProtectedClass,
    ];

    /// As it is stored: the same for ever.
    pub const fn number(self) -> i64 {
        match self {
            Self::Muted => 1,
            Self::Blocked => 2,
            Self::Exempt => 3,
            Self::ProtectedUser => 4,
            Self::LowClass => 5,
            Self::ProtectedClass => 6,
        }
    }

    /// The kind of this number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChatroomRule {
    /// What it says.
    pub kind: ChatroomRuleKind,
    /// Of which user or class.
    pub subject: String,
    /// Until when; `None` for ever.
    pub until: Option<UnixMillis>,
}

/// Chatrooms, their rules and entries. A scope is a room, or `None`: all of them, also those that
/// are yet to be made.
pub trait Chatrooms: Send + Sync + 'static {
    /// Makes a chatroom, or finds it.
    fn make_chatroom(
        &self,
        room: NewChatroom,
    ) -> impl Future<Output = Result<Chatroom, StoreError>> + Send;

    /// Removes a chatroom with its rules, entries and messages; whether there was one. Where there
    /// are many messages, they are to be [trimmed](Self::trim_chatroom) before.
    fn destroy_chatroom(
        &self,
        room: &TargetId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Changes a chatroom; whether there is one.
    fn change_chatroom(
        &self,
        room: &TargetId,
        change: ChatroomChange,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// A chatroom.
    fn chatroom(
        &self,
        room: &TargetId,
    ) -> impl Future<Output = Result<Option<Chatroom>, StoreError>> + Send;

    /// At most `limit` chatrooms after this id, by id.
    fn chatrooms(
        &self,
        after: Option<&TargetId>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Chatroom>, StoreError>> + Send;

    /// Sets rules; one of the same kind and subject takes the new time. A room need not be there.
    fn set_chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        rules: Vec<ChatroomRule>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Lifts rules. Those that are none are passed over.
    fn lift_chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        kind: ChatroomRuleKind,
        subjects: Vec<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// All rules of a scope, by kind and subject, also those whose time is over.
    fn chatroom_rules(
        &self,
        scope: Option<&TargetId>,
    ) -> impl Future<Output = Result<Vec<ChatroomRule>, StoreError>> + Send;

    /// Sets or removes an entry; its time, later than that of every change before.
    fn change_chatroom_entry(
        &self,
        room: &TargetId,
        change: EntryChange,
    ) -> impl Future<Output = Result<Result<UnixMillis, EntryRefusal>, StoreError>> + Send;

    /// Removes those entries of a user that are to go with it; the time of the last, if any did.
    fn remove_chatroom_entries_of(
        &self,
        room: &TargetId,
        setter: &UserId,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<UnixMillis>, StoreError>> + Send;

    /// Rooms, and users whose entries there are to go with them.
    fn chatroom_entry_setters(
        &self,
    ) -> impl Future<Output = Result<Vec<(TargetId, UserId)>, StoreError>> + Send;

    /// The entries that were changed after this time, removed ones among them; all that there are
    /// if it is not known any more what was removed since. `None`: there is no such chatroom.
    fn chatroom_entries(
        &self,
        room: &TargetId,
        after: UnixMillis,
    ) -> impl Future<Output = Result<Option<Entries>, StoreError>> + Send;

    /// Removes at most `limit` messages of a chatroom, oldest first, that are not among the newest
    /// `keep`; how many.
    fn trim_chatroom(
        &self,
        room: &TargetId,
        keep: u32,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
