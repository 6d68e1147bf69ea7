//! Frames ⇄ meaning, for both ends of a link.
//!
//! The client reads [`Signal`]s (`signal::client::read`) and writes frames by the functions of
//! `signal::client`; the server reads [`Request`]s (`signal::server::read`) and writes by
//! `signal::server`. Bodies that only one topic knows are encoded and decoded beside that topic.
//! They are read without prost, so that texts and contents stay slices of the frame, and written
//! without it, because that is smaller; tests hold them against the prost structs.

pub mod call;
pub mod client;
pub mod content;
mod doorbell;
mod down_stream;
mod error;
mod flags;
pub mod history;
pub mod message;
pub mod polling;
mod protobuf;
pub mod pull;
pub mod relations;
pub mod server;
pub mod settings;
pub mod topic;
mod up_stream;

use bytes::Bytes;
use bytestring::ByteString;

use crate::ids::{MessageUid, TargetId, UserId};
use crate::time::UnixMillis;
pub use error::SignalError;
pub use message::{Message, MessageDirection, MessageFlags, Outgoing};
pub use up_stream::Upstream;

/// What a frame from the server means to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The login was answered.
    Login(LoginAnswer),
    /// The server is there.
    Pong,
    /// A message was pushed (`s_msg`).
    Pushed {
        /// To be acknowledged by PUBACK with this id (qos not 0 and no sync copy).
        ack: Option<u16>,
        /// The message.
        message: Message,
    },
    /// There may be something to pull (`s_ntf`).
    Doorbell(Doorbell),
    /// This user sent a message from another login; complete with the PUBACK of the same id.
    SyncCopy {
        /// Matches the PUBACK that brings time and uid.
        id: u16,
        /// The copy, direction Sent; its uid is empty and its time 0 until then.
        message: Message,
        /// Whether no PUBACK follows: the topic is a status topic (…S).
        complete: bool,
    },
    /// What became of a send, or the completion of a sync copy.
    SendAck(SendAck),
    /// A query was answered.
    Answer(Answer),
    /// The server ends the link.
    Disconnected {
        /// 0 plain, 1 kicked, 2 banned, 6 redirect …
        reason: u8,
    },
    /// What the user set of conversations has changed (`s_cmd`).
    SettingsChanged {
        /// To be acknowledged.
        ack: Option<u16>,
        /// The version that holds now.
        version: i64,
    },
    /// Something that only the page understands: who is online, what the user set for itself.
    Told {
        /// To be acknowledged.
        ack: Option<u16>,
        /// What was told.
        notice: Told,
    },
    /// The attributes of a chatroom have changed (`s_cmd`).
    RoomChanged {
        /// To be acknowledged.
        ack: Option<u16>,
        /// Which one.
        room: TargetId,
        /// When.
        time: UnixMillis,
    },
    /// A push of a topic that this client does not know: counted, nothing else.
    Unknown {
        /// To be acknowledged all the same.
        ack: Option<u16>,
        /// Its topic.
        topic: ByteString,
    },
}

/// The answer to a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginAnswer {
    /// Welcome.
    Accepted {
        /// Who one is.
        user: UserId,
        /// The server's clock.
        server_time: UnixMillis,
        /// Whether the server confirmed the extensions (`docs/extensions.md`).
        extended: bool,
    },
    /// Refused; `ConnectionState` of 2.x. 6 is a redirect.
    Refused {
        /// Not 0.
        status: u8,
    },
}

/// `s_ntf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doorbell {
    /// `Some(room)` for type 2, a chatroom; `None` for the user's inbox.
    pub chatroom: Option<ByteString>,
    /// Time of the newest message there; 0 if the server did not say.
    pub time: UnixMillis,
    /// Highest inbox number (extension).
    pub head: Option<u64>,
}

/// A PUBACK from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendAck {
    /// Wire id of the PUBLISH.
    pub id: u16,
    /// 0 stored; 21502 stored with words replaced; else an error code.
    pub status: u16,
    /// The server's time of the message.
    pub time: UnixMillis,
    /// The server's name for it.
    pub uid: MessageUid,
    /// Number of the sender's own row (extension).
    pub inbox_seq: Option<u64>,
    /// What was stored, where words were replaced (extension). Else empty.
    pub content: Bytes,
}

/// What a server tells unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Under which topic.
    pub topic: ByteString,
    /// A protobuf message.
    pub body: Bytes,
}

/// A QUERYACK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Wire id of the QUERY.
    pub id: u16,
    /// 0 answered; else an error code or, for some topics, the answer itself.
    pub status: u16,
    /// Whether a QUERYCON is expected.
    pub confirm: bool,
    /// The answer's protobuf message.
    pub body: Bytes,
}

/// What a frame from a client means to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Are you there?
    Ping,
    /// A message.
    Publish {
        /// Wire id, never 0.
        id: u16,
        /// Whether a PUBACK is expected.
        wants_ack: bool,
        /// The same message once more.
        repeated: bool,
        /// Topic as sent.
        topic: ByteString,
        /// Target as sent.
        target: ByteString,
        /// An `UpStreamMessage`, undecoded: a sync copy forwards it as it came.
        body: Bytes,
    },
    /// A question.
    Query {
        /// Wire id, never 0.
        id: u16,
        /// Whether the client will confirm the answer.
        confirms: bool,
        /// Topic.
        topic: ByteString,
        /// Target.
        target: ByteString,
        /// Its protobuf message.
        body: Bytes,
    },
    /// A pushed message arrived.
    PushAcked {
        /// Wire id of the push.
        id: u16,
    },
    /// An answer arrived.
    AnswerConfirmed {
        /// Wire id of the query.
        id: u16,
    },
    /// The application logged out (newer clients).
    LoggedOut,
    /// A CONNECT of a native client. The URL carries the credentials: refused by the gateway.
    Connect,
}
