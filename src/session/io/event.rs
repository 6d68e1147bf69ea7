//! What the engine tells the page.

use bytes::Bytes;

use crate::error::{Error, ErrorCode};
use crate::ids::{
    BatchId, CallId, ClientMessageId, ConversationId, MessageUid, TargetId, TokenRequestId, UserId,
};
use crate::signal::{Message, Told};
use crate::time::UnixMillis;

/// What changed for the SDK's user. Emitted once, after the state it speaks of can be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The connection status of 2.x changed.
    Status(Status),
    /// Messages for the page, in order. Answer with `Input::HandedOver` after the listeners ran.
    Messages {
        /// For the answer.
        batch: BatchId,
        /// In order of (sent time, uid) within each conversation.
        messages: Vec<Received>,
        /// Whether more are known to wait on the server.
        has_more: bool,
    },
    /// The state of a send changed.
    SendChanged {
        /// Which one.
        id: ClientMessageId,
        /// Where it goes.
        conversation: ConversationId,
        /// How it stands.
        state: SendState,
    },
    /// What an earlier page left in the outbox: told before their states are.
    Outbox(Vec<OutboxRow>),
    /// These conversations changed or came to be; read them by `Engine::conversation`.
    ConversationsChanged(Vec<ConversationId>),
    /// These conversations left the list.
    ConversationsRemoved(Vec<ConversationId>),
    /// A call ended.
    Settled {
        /// Which one.
        call: CallId,
        /// How.
        outcome: Result<Outcome, Error>,
    },
    /// A token is needed: answer with [`Command::Token`] within 15 s. A question that comes while
    /// another one waits makes that one void.
    ///
    /// [`Command::Token`]: super::Command::Token
    TokenWanted {
        /// For the answer.
        request: TokenRequestId,
        /// What the last one was refused with.
        refused: Option<ErrorCode>,
    },
    /// The user is known: offline (from storage) or from the server, at each login.
    SignedIn {
        /// Who.
        user: UserId,
        /// The server's clock at login, minus nothing: 0 while offline.
        server_time: UnixMillis,
        /// Whether the link is long polling.
        polling: bool,
    },
    /// Messages with these inbox numbers are gone for ever, or the store was restored.
    Gap {
        /// First number that is gone.
        from: u64,
        /// Last number that is gone.
        to: u64,
    },
    /// The server told something that only the page understands; a navigator's whole answer has
    /// the topic `navi`.
    Told(Told),
    /// Something happened to a chatroom.
    Room {
        /// Which one.
        room: TargetId,
        /// What.
        change: RoomChange,
    },
    /// Something went wrong that no call waits for.
    Trouble(Error),
}

/// How a call ended well.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Nothing to tell.
    Done,
    /// Logged in.
    Connected {
        /// As whom.
        user: UserId,
    },
    /// Sent and stored.
    Sent {
        /// Which one.
        id: ClientMessageId,
        /// The server's name for it.
        uid: MessageUid,
        /// The server's time.
        sent_time: UnixMillis,
    },
    /// The list asked for.
    Conversations(Vec<crate::conversation::Conversation>),
    /// What is in the outbox.
    Outbox(Vec<OutboxRow>),
    /// The answer to a question: the server's status and a protobuf message.
    Answer {
        /// 0, unless the status is the answer.
        status: u16,
        /// The message.
        body: Bytes,
    },
    /// A page of history.
    History {
        /// In the order of the server's answer: servers differ.
        messages: Vec<Received>,
        /// Whether there is more in the asked direction.
        has_more: bool,
    },
}

/// A send in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// What is sent. No uid; the time is when the page sent it.
    pub message: Message,
    /// How it stands.
    pub state: SendState,
}

/// What can happen to a chatroom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomChange {
    /// The page is in it, and has its messages of before.
    Joined {
        /// Up to when it has its messages.
        since: UnixMillis,
    },
    /// Another link was made, and the page is in the room again; what it missed follows.
    Rejoined,
    /// The page is not in the room any more: it left, or the error says why it cannot be in it.
    /// Also told of a join that failed.
    Left(Option<Error>),
    /// Its attributes changed at this time of the server, perhaps more than once.
    Attributes(UnixMillis),
}

/// A message for the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The message.
    pub message: Message,
    /// Whether it was sent before this login (`offLineMessage` of 2.x).
    pub offline: bool,
}

/// How a send stands: queued → sending → sent | failed | cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendState {
    /// In the outbox. `durable`: it survives a reload.
    Queued {
        /// Whether storage took it.
        durable: bool,
    },
    /// On its way.
    Sending,
    /// Stored by the server.
    Sent {
        /// The server's name for it; empty for a message that nobody keeps.
        uid: MessageUid,
        /// The server's time.
        sent_time: UnixMillis,
        /// The content that was stored, where words of it were replaced. Of a server that does not
        /// tell it, the content as it was sent.
        replaced: Option<Bytes>,
    },
    /// Refused or given up; `Error::retryable` says whether to offer a retry.
    Failed(Error),
    /// Taken back by the page.
    Cancelled,
}

/// `ConnectionStatus` of 2.x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 0.
    Connected,
    /// 1.
    Connecting,
    /// 2: by `disconnect`, or by the server without a reason of its own.
    Disconnected,
    /// 3: the link is lost; reconnecting by itself.
    NetworkUnavailable,
    /// 4: never connected.
    ConnectionClosed,
    /// 6.
    KickedByOtherClient,
    /// 7.
    WebSocketUnavailable,
    /// 12.
    DomainIncorrect,
    /// 20.
    AppKeyFake,
    /// 1101.
    UltraLimit,
    /// 201.
    NavigationRequested,
    /// 202.
    NavigationAnswered,
    /// 203.
    NavigationFailed,
    /// 204.
    NavigationTimedOut,
    /// 9: the user or the app is banned.
    Blocked,
    /// 31004-like refusals of the login end here: the page must act (2.x has no number; shown as
    /// 2 on the 2.x face).
    Refused,
}
