//! What goes into the engine and what comes out: data only.

use bytes::Bytes;

use crate::error::{Error, ErrorCode};
use crate::ids::{
    BatchId, CallId, ClientMessageId, ConversationId, ConversationKind, HttpId, LinkId, MessageUid,
    TargetId, TokenRequestId, UserId,
};
use crate::signal::call::Question;
use crate::signal::history::HistoryRequest;
use crate::signal::settings::Setting;
use crate::signal::{Message, Outgoing, Told};
use crate::time::UnixMillis;

/// Everything the world can tell the engine. One call, one fact; any input is legal in any state.
#[derive(Clone, Debug)]
pub enum Input {
    /// The page asked for something.
    Command(Command),
    /// What storage holds for the application (`Scope::App`): first input after `Engine::new`.
    RestoredApp(Vec<(String, String)>),
    /// What storage holds for a user (`Scope::User`): answers `HostOp::LoadUser`.
    RestoredUser(UserId, Restored),
    /// Storage refused a write: the engine goes on in memory and says so once.
    StoreFailed,
    /// The link opened.
    LinkOpened(LinkId),
    /// A frame arrived.
    Received(LinkId, Bytes),
    /// The link is gone.
    LinkClosed(LinkId, CloseCause),
    /// An HTTP request ended.
    HttpDone(HttpId, HttpOutcome),
    /// The page's listeners have been called for this batch: only now the cursor moves.
    HandedOver(BatchId),
    /// The browser said something about the page or the network: a hint, never proof.
    Hint(Hint),
    /// The wall clock, told at start and whenever it was seen to jump.
    WallClock(UnixMillis),
    /// A deadline may have passed.
    Timeout,
}

/// The user's stored state, and whether this page owns it.
#[derive(Clone, Debug)]
pub enum Restored {
    /// This page holds the profile's lock: what it writes is kept.
    Owned(Vec<(String, String)>),
    /// Another tab owns the state (or there is no lock to be had): memory only, and a device id of
    /// its own.
    MemoryOnly,
}

/// Why a socket is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCause {
    /// A close code arrived; 1006 is "without a close frame".
    Code(u16),
    /// The link could not be made at all (bad URL, blocked, no such API), or a polling request failed.
    Failed,
}

/// How an HTTP request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpOutcome {
    /// An answer, whatever its status. At most 64 KiB of body are read.
    Answer {
        /// HTTP status.
        status: u16,
        /// The body.
        body: Bytes,
        /// Seconds of a `Retry-After` header.
        retry_after_s: Option<u32>,
    },
    /// No answer.
    Failed,
}

/// A hint of the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// `online`.
    Online,
    /// `offline`: never kills a living link.
    Offline,
    /// The page can be seen.
    Visible,
    /// The page cannot be seen.
    Hidden,
    /// The machine slept, or the page was frozen or in the back-forward cache.
    Woke,
    /// The page goes away, perhaps into the back-forward cache: it must hold no socket there.
    Stowed,
}

/// What the page can ask for. Every command with a `call` is settled exactly once. What is about the
/// list or the outbox waits while the user's state is on its way from storage, 5 s at most.
#[derive(Clone, Debug)]
pub enum Command {
    /// Log in. The call is settled after one round of everything there is to try, at most 15 s;
    /// after a retryable failure the attempts go on by themselves. The same token again joins the
    /// attempt under way, or the login there is; another token replaces it.
    Connect {
        /// Settled by `Outcome::Connected`.
        call: CallId,
        /// The user's token.
        token: String,
        /// Who the token belongs to, if the page knows (finds stored state while offline).
        user: Option<UserId>,
    },
    /// Log in as [`Connect`](Self::Connect) does, with tokens that the page supplies whenever one
    /// is needed: see [`Event::TokenWanted`]. Joins the attempt under way or the login there is if
    /// that is of such tokens, too, unless `user` is another one.
    ConnectAsking {
        /// Settled by `Outcome::Connected`.
        call: CallId,
        /// Whose tokens they are, if the page knows (finds stored state while offline).
        user: Option<UserId>,
    },
    /// The answer to [`Event::TokenWanted`]; one that comes too late is ignored.
    Token {
        /// Which question it answers.
        request: TokenRequestId,
        /// `None`: the page has none at the moment.
        token: Option<String>,
    },
    /// End the session. Calls under way are answered with `Disconnected`, which is retryable;
    /// sends stay in the outbox and leave after the next login, told by `Event::SendChanged`.
    Disconnect {
        /// Settled by `Outcome::Done`.
        call: CallId,
    },
    /// Send a message. Its state is told by `Event::SendChanged`, its end settles the call.
    ///
    /// A stored message waits in the outbox for the network; the same message (same `client_id`
    /// and content) once more joins the one that waits. A volatile one (neither persisted nor
    /// counted) leaves now or fails with `Disconnected`. Without any `Connect` before: 30002.
    Send {
        /// Settled by `Outcome::Sent`.
        call: CallId,
        /// The message; its `client_id` was made by the host's randomness.
        message: Outgoing,
        /// How long it waits, and what becomes of it then.
        terms: SendTerms,
    },
    /// Do something with what is in the outbox.
    Outbox {
        /// Settled as [`OutboxCall`] says; `InvalidArgument` for a send that is not there.
        call: CallId,
        /// What.
        what: OutboxCall,
    },
    /// The conversation list: those on top first, then the newest.
    Conversations {
        /// Settled by `Outcome::Conversations`.
        call: CallId,
        /// Only these kinds; empty for all.
        kinds: Vec<ConversationKind>,
        /// At most so many; `None` for all.
        count: Option<u32>,
        /// Ask the server first (the list is asked after every login anyway).
        remote: bool,
        /// Those that the user hid, too.
        hidden: bool,
    },
    /// Set a conversation's unread count; 0 also moves the server's read time.
    SetUnread {
        /// Settled by `Outcome::Done`.
        call: CallId,
        /// Which one; `None` for all of them (count must be 0).
        conversation: Option<ConversationId>,
        /// The new count.
        count: u32,
    },
    /// Take a conversation out of the list: here at once, on the server now or after the next
    /// login. Settled as soon as it is done here.
    RemoveConversation {
        /// Settled by `Outcome::Done`.
        call: CallId,
        /// Which one.
        conversation: ConversationId,
    },
    /// The user has read a conversation up to a time: here at once, on the server and the user's
    /// other devices now or after the next login.
    MarkRead {
        /// Settled by `Outcome::Done`.
        call: CallId,
        /// Which one.
        conversation: ConversationId,
        /// Up to when. What comes later with an older time is read, too.
        until: UnixMillis,
    },
    /// Set something of a conversation, on all devices. Asked as [`Ask`](Self::Ask) is; nothing is
    /// set if it fails.
    Set {
        /// Settled by `Outcome::Done`.
        call: CallId,
        /// Which one. It need not be in the list.
        conversation: ConversationId,
        /// What.
        setting: Setting,
        /// On or off.
        on: bool,
    },
    /// Keep what the user began to write, on this device. A conversation that is not in the list
    /// comes into it; one that nothing is left of leaves it.
    SetDraft {
        /// Settled by `Outcome::Done`.
        call: CallId,
        /// Which one.
        conversation: ConversationId,
        /// Empty for nothing.
        text: String,
    },
    /// Ask the server something that does not concern the engine. It is asked once: without a link
    /// it fails with `Disconnected`, which is retryable, and so does it when the link is lost
    /// before the answer; without an answer it fails with -1 after 30 s. Whether the server heard
    /// it is unknown then. Without any `Connect` before: 30002. At most 200 at a time: 20604.
    Ask {
        /// Settled by `Outcome::Answer`, or a server's error with the answer's status.
        call: CallId,
        /// What.
        question: Question,
    },
    /// Be in a chatroom, with what was said before. Asked as [`Ask`](Self::Ask) is, and settled once
    /// those messages were given; `RoomHistoryFailed` if they cannot be had now: the page is in the
    /// room then, and they follow. From then on the engine sees to it that the page is in the room,
    /// whatever becomes of the link, until it tells [`RoomChange::Left`]. In a room that the page is
    /// in the messages of before are given once more.
    JoinRoom {
        /// Settled by `Outcome::Done`.
        call: CallId,
        /// Which one.
        room: TargetId,
        /// How many of its last messages are wanted.
        history: u32,
        /// Go on where another engine stood that had all its messages up to then: settled at once.
        since: Option<UnixMillis>,
    },
    /// Leave a chatroom, asked as [`Ask`](Self::Ask) is. The page is not in it any more whatever the
    /// server says.
    LeaveRoom {
        /// Settled by `Outcome::Answer`.
        call: CallId,
        /// Which one.
        room: TargetId,
    },
    /// A page of a conversation's history, asked for as [`Ask`](Self::Ask) is.
    History {
        /// Settled by `Outcome::History`.
        call: CallId,
        /// Which page.
        request: HistoryRequest,
    },
}

/// What the page can do with what is in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxCall {
    /// Tell what is there, in the order in which it leaves. Settled by `Outcome::Outbox`.
    List,
    /// Take one out that is not under way, or has failed. Settled by `Outcome::Done`, or
    /// `InvalidArgument` when it is too late.
    Cancel(ClientMessageId),
    /// Send a failed one again, behind what waits; wait with one that waits. Settled by
    /// `Outcome::Sent`.
    Retry {
        /// Which one.
        id: ClientMessageId,
        /// As in [`SendTerms`].
        give_up_after_ms: Option<u32>,
    },
}

/// How long a send waits, and what becomes of it then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendTerms {
    /// Fail after this many milliseconds (2.x: 30 000), with `Expired` if it never left, else with
    /// `Timeout`; `None`: wait for the network, for up to seven days.
    pub give_up_after_ms: Option<u32>,
    /// Whether it stays in the outbox when it fails, for [`OutboxCall::Retry`].
    pub keep: bool,
}

/// A send in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// What is sent. No uid; the time is when the page sent it.
    pub message: Message,
    /// How it stands.
    pub state: SendState,
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

/// What the host must do for the engine. Drained in this order: store, transmit, event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transmit {
    /// Open a link that carries whole frames.
    OpenLink {
        /// Its id in all reports.
        id: LinkId,
        /// Where to: `ws(s)://…`, for polling `http(s)://…`, with the same path and parameters.
        /// Holds the token: never to be logged.
        url: String,
        /// What the link is made of.
        way: Way,
    },
    /// Send one frame.
    Send(LinkId, Bytes),
    /// Close the link and report nothing more of it.
    CloseLink(LinkId),
    /// Ask over HTTP, credentials omitted.
    Http {
        /// Its id in the report.
        id: HttpId,
        /// GET this. May hold the token: never to be logged.
        url: String,
        /// Give up (and report `Failed`) after so long.
        timeout_ms: u32,
    },
    /// Stop asking; report nothing. Like `CloseLink`, it may name what ended by itself just now.
    AbortHttp(HttpId),
    /// Load a user's stored state (and try to own it); answered by `Input::RestoredUser`.
    LoadUser(UserId),
    /// Let go of the user's stored state.
    ReleaseUser(UserId),
}

/// What a link is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A WebSocket with binary frames.
    WebSocket,
    /// HTTP requests: one that waits for frames, one that sends them.
    Polling(PollForm),
}

/// What the bodies of polling requests hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollForm {
    /// Frames one after another, each behind its length: where the server announces it.
    Binary,
    /// One JSON object a frame, as 2.5.3 and its servers speak it. There are no PINGs in it.
    Json,
}

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
