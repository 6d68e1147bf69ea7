//! What a connection asks of the rest of the server, and what it is told: data only. The gateway's
//! state machine emits [`Ask`]s; `core::serve` (or the simulation) carries them out.

mod calls;
mod chatrooms;

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, MessageUid, TargetId, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

pub use self::calls::{CallAsk, CallTold};
pub use self::chatrooms::{ChatroomAsk, ChatroomNotice, ChatroomTold, EntryWish};
use super::presence::Presence;
use super::services::ServiceView;
use super::upload::FileKind;
use crate::store::{
    ConversationQuery, ConversationRow, HistoryPage, HistoryQuery, Page, Profile, PullFrom,
    QuietHours, Reader, Room, SetVersions, Setting, Stored, UserSettings, VersionedSetting,
};

/// Matches a [`Told`] with its [`Ask`] within one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AskId(pub u64);

/// Something a connection cannot answer by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A message of this connection's user.
    Send {
        /// To where, from the sender's point of view.
        conversation: ConversationId,
        /// Its class.
        object_name: ByteString,
        /// JSON text.
        content: Bytes,
        /// What the receivers shall do with it.
        flags: MessageFlags,
        /// The sender's id, if extensions were confirmed.
        client_id: Option<ClientMessageId>,
        /// Of a room's members only these; empty for all.
        only_to: Vec<UserId>,
        /// Whether it came under the topic that takes messages back.
        recall: bool,
        /// The frame as it came, for sync copies to logins without extensions.
        original: SyncFrame,
    },
    /// A page of the inbox.
    Pull {
        /// Where to go on.
        from: PullFrom,
        /// Page size.
        limit: u32,
    },
    /// The conversation list.
    Conversations(ConversationQuery),
    /// Take conversations out of the list, if their newest messages are not later than these times.
    RemoveConversations(Vec<(ConversationId, UnixMillis)>),
    /// Move a read time forward.
    MarkRead(ConversationId, UnixMillis),
    /// Something about a discussion.
    Discussion(DiscussionAsk),
    /// Something about a chatroom.
    Chatroom(TargetId, ChatroomAsk),
    /// Messages of a group or discussion that this user has read.
    RecordRead(ConversationId, Vec<MessageUid>),
    /// Who has read a message of a group or discussion.
    Readers(ConversationId, MessageUid),
    /// Something about a history.
    History(HistoryAsk),
    /// Something about settings.
    Settings(SettingsAsk),
    /// Something about other users.
    People(PeopleAsk),
    /// Something about a call room, or a key for a channel of this name.
    Call(String, CallAsk),
    /// Leave to upload a file.
    UploadToken(FileKind),
    /// Something about public services.
    Services(ServicesAsk),
}

/// What a user may want of public services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServicesAsk {
    /// Those that the user follows, by the time of their last change; those after this place.
    Followed {
        /// The place's time.
        after: UnixMillis,
        /// Among those of that time, the id.
        after_id: String,
    },
    /// Those whose id or name is so; `None`: none of that kind.
    Search {
        /// Of kind 7.
        app: Option<ServiceMatch>,
        /// Of kind 8.
        public: Option<ServiceMatch>,
        /// What is looked for.
        keyword: String,
    },
    /// Follow one, or do so no more.
    Follow(ConversationId, bool),
}

/// How a keyword fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceMatch {
    /// It is the id or the name.
    Exact,
    /// It is part of the id or the name, whatever its case.
    Fuzzy,
}

/// What a user may want of discussions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiscussionAsk {
    /// Make one of this name; the user owns it.
    Create(String),
    /// Bring in others.
    Invite(TargetId, Vec<UserId>),
    /// What it is, and who is in it.
    Info(TargetId),
    /// Leave it.
    Quit(TargetId),
    /// Put somebody out; only the owner may.
    Evict(TargetId, UserId),
    /// Give it another name.
    Rename(TargetId, String),
    /// Let every member bring in others, or only the owner; only the owner may.
    SetOpen(TargetId, bool),
}

/// What a user may want of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryAsk {
    /// A page of it.
    Read(HistoryQuery),
    /// Delete these messages of a conversation, for this user alone.
    Delete(ConversationId, Vec<MessageUid>),
    /// Delete everything in these conversations up to these times, for this user alone.
    Clear(Vec<(ConversationId, UnixMillis)>),
}

/// What a user may want of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsAsk {
    /// Set these.
    Set(Vec<Setting>),
    /// What was set after this version; at most so many.
    After(i64, u32),
    /// Whether the conversation is silent.
    IsSilent(ConversationId),
    /// What is set for all conversations.
    OfUser,
    /// How many days messages wait, if this version still stands.
    SetOfflineDays(u8, i64),
    /// When it is quiet; `None` for never.
    SetQuietHours(Option<QuietHours>),
}

/// What a user may want of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleAsk {
    /// Hear nothing more of this one.
    Block(UserId),
    /// Hear of this one again.
    Unblock(UserId),
    /// Whom the user blocks.
    Blacklist,
    /// Whether the user does *not* block this one: the answer's status says 0 for a blocked one.
    IsUnblocked(UserId),
    /// Name and portrait.
    Profile(UserId),
    /// Whether somebody is online.
    Presence(UserId),
    /// What the user says of itself.
    SetStatus(i32),
    /// Tell this session whenever one of these comes, goes, or says something else of itself.
    Watch(Vec<UserId>),
    /// Tell it no more.
    Unwatch(Vec<UserId>),
    /// All that this session watches, once more: something may have been missed.
    Watched,
}

/// An upstream PUBLISH as it came; empty where none did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncFrame {
    /// Its topic.
    pub topic: ByteString,
    /// Its target.
    pub target: ByteString,
    /// Its body, without fields numbered 1000 and above.
    pub body: Bytes,
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The message is durable. For a volatile message, the uid is empty and `own_seq` 0.
    Sent(Stored),
    /// A page, and the store's epoch.
    Page(Page, String),
    /// The list, and the inbox number its unread counts were taken at.
    Conversations(Vec<ConversationRow>, u64),
    /// A group or discussion with its members.
    Room(Room),
    /// A discussion was made.
    Created(TargetId),
    /// About a chatroom.
    Chatroom(TargetId, ChatroomTold),
    /// Who has read a message, and how many members there are.
    Readers(Vec<Reader>, usize),
    /// A page of a history.
    History(HistoryPage),
    /// Settings were made.
    Set(SetVersions),
    /// Settings, oldest first.
    Settings(Vec<VersionedSetting>),
    /// Yes or no.
    Whether(bool),
    /// What is set for all conversations.
    UserSettings(UserSettings),
    /// Of other users.
    People(PeopleTold),
    /// Of a call room.
    Call(CallTold),
    /// Until when the token is good, and the token.
    UploadToken(UnixMillis, String),
    /// Public services.
    Services(Vec<ServiceView>),
    /// Done, nothing to tell.
    Done,
    /// Refused or failed: an error code of 2.x.
    Refused(u16),
}

/// The answer to a [`PeopleAsk`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleTold {
    /// Users.
    Users(Vec<UserId>),
    /// Who somebody is.
    Profile(UserId, Profile),
    /// Whether they are online.
    Presences(Vec<Presence>),
}

/// What other connections cause on this one. How they come and when they may be missing:
/// [`hub`](super::hub).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A row entered this user's inbox. Own rows (another login sent them) come to sessions with
    /// extensions only; the others get [`SyncCopy`](Self::SyncCopy) instead.
    Row(crate::store::InboxRow),
    /// The inbox has grown up to here, rows not at hand (the bus only rings).
    Head(crate::store::Head),
    /// A volatile message for this user.
    Volatile(crate::store::InboxRow),
    /// Another login of this user sent a message: the sync-copy pair for logins without extensions.
    SyncCopy {
        /// The frame as the other login sent it.
        original: SyncFrame,
        /// Uid, time, number.
        stored: Stored,
    },
    /// Another login of this user has set something for conversations: this is the version now.
    SettingsChanged(i64),
    /// Another login of this user has set something for the user: this is the version now.
    UserSettingsChanged(i64),
    /// Values of a call room that the user is in are others now.
    CallChanged {
        /// Which one.
        room: ByteString,
        /// Since when.
        time: UnixMillis,
    },
    /// Somebody whom this session watches came, went, or says something else.
    Presence(Presence),
    /// About a chatroom.
    Chatroom(ChatroomNotice),
    /// Another login took this one's place: DISCONNECT 1.
    Kicked,
    /// The user may not be logged in any more: DISCONNECT 2.
    Banned,
    /// The user's older tokens are good no more: close without a word, so that the client comes back
    /// and hears whether its own is one of them.
    TokensRevoked,
    /// The same device logged in again: close without a word.
    Replaced,
    /// The server goes down: see `docs/server.md`.
    ShuttingDown,
}

/// Who a connection belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The token's user.
    pub user: UserId,
    /// `did`, where the client gave one.
    pub device: Option<ByteString>,
    /// The token.
    pub token: TokenOf,
}

/// Which of a user's tokens a login was made with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenOf {
    /// When it was made.
    pub issued: UnixMillis,
    /// The session of an account that got it; empty for none.
    pub session: ByteString,
}
