//! What a user may want of a chatroom, and what is told of one.

use std::sync::Arc;

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{TargetId, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::super::chatrooms::{ChatroomFrames, ChatroomHead, ChatroomPage, Joined, MemberOrder};
use crate::store::Entries;

/// What a user may want of a chatroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatroomAsk {
    /// Come in.
    Join,
    /// Leave.
    Exit,
    /// Who is in it: so many members, in this order.
    Members(u32, MemberOrder),
    /// The newest messages of its history, so many.
    Newest(u32),
    /// The messages after a time.
    After(UnixMillis),
    /// Where it stands.
    Head,
    /// Set or remove an entry, and say so by a message if there is one.
    ChangeEntry(EntryWish),
    /// The entries that were changed after a time.
    Entries(UnixMillis),
}

/// An entry of a chatroom as its user wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryWish {
    /// Its name.
    pub key: String,
    /// Its value; `None` removes it.
    pub value: Option<String>,
    /// Whether it goes when the user leaves.
    pub auto_delete: bool,
    /// Whether somebody else's may be changed.
    pub overwrite: bool,
    /// Class, content and flags of the message that tells of it.
    pub notice: Option<(ByteString, Bytes, MessageFlags)>,
}

/// What is told of a chatroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatroomTold {
    /// The user is in it.
    Joined(Joined),
    /// The user is no more in it.
    Left,
    /// How many are in it; some of them, and when they came.
    Members(usize, Vec<(UserId, UnixMillis)>),
    /// Messages.
    Page(ChatroomPage),
    /// Where it stands.
    Head(ChatroomHead),
    /// The entry is changed.
    EntryChanged,
    /// Entries.
    Entries(Entries),
}

/// What a session hears of a chatroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatroomNotice {
    /// There is a message; `own`: this very session sent it.
    Message {
        /// The message.
        frames: Arc<ChatroomFrames>,
        /// Whether this session sent it.
        own: bool,
    },
    /// The session hears of the room because its user is in it.
    Standing {
        /// Which.
        room: TargetId,
        /// Where it stands.
        head: ChatroomHead,
    },
    /// Entries have changed.
    EntriesChanged {
        /// Of which.
        room: TargetId,
        /// When.
        time: UnixMillis,
        /// `s_cmd`.
        frame: Bytes,
    },
    /// The user is no more in the room, and did not ask for it.
    Left {
        /// Which.
        room: TargetId,
        /// `s_ntf`: its pull is refused, and the client knows.
        bell: Bytes,
    },
}
