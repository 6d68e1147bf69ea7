//! What a user may want of a call room, and what is told of one.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::UserId;

use super::super::call_rooms::{CallUser, Owner, Shelf, Values};

/// What a user may want of a call room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallAsk {
    /// Be in it; who is.
    Join,
    /// Be in it no more.
    Leave,
    /// Say that one is still there.
    Ping,
    /// Another key, as a member.
    Token,
    /// Say how it goes: for nobody here.
    Report,
    /// A key for a channel of the media service.
    Key,
    /// Who is in it; with their values?
    Users(bool),
    /// What is known of it, and who is in it.
    Room,
    /// Put values.
    Put {
        /// Whose, on which shelf.
        place: (Owner, Shelf),
        /// Keys and values.
        values: Vec<(String, String)>,
        /// Class and content of a message to the others.
        notice: Option<(ByteString, Bytes)>,
    },
    /// Read values.
    Get {
        /// Whose, on which shelf.
        place: (Owner, Shelf),
        /// Which; empty for all.
        keys: Vec<String>,
    },
    /// Take values away.
    Delete {
        /// Whose, on which shelf.
        place: (Owner, Shelf),
        /// Which; empty for all.
        keys: Vec<String>,
        /// Class and content of a message to the others.
        notice: Option<(ByteString, Bytes)>,
    },
    /// The outer values of these members; of all for none.
    OuterOf(Vec<UserId>),
}

/// The answer to a [`CallAsk`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallTold {
    /// Members, and a key for the media if this server makes any.
    Users(Vec<CallUser>, Option<String>),
    /// What is known of the room, and its members.
    Room(Values, Vec<CallUser>),
    /// Values.
    Values(Values),
    /// A key for the media.
    Key(String),
}
