//! What the page asks for.

use crate::ids::{
    CallId, ClientMessageId, ConversationId, ConversationKind, TargetId, TokenRequestId, UserId,
};
use crate::signal::Outgoing;
use crate::signal::call::Question;
use crate::signal::history::HistoryRequest;
use crate::signal::settings::Setting;
use crate::time::UnixMillis;

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
    ///
    /// [`Event::TokenWanted`]: super::Event::TokenWanted
    ConnectAsking {
        /// Settled by `Outcome::Connected`.
        call: CallId,
        /// Whose tokens they are, if the page knows (finds stored state while offline).
        user: Option<UserId>,
    },
    /// The answer to [`Event::TokenWanted`]; one that comes too late is ignored.
    ///
    /// [`Event::TokenWanted`]: super::Event::TokenWanted
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
    ///
    /// [`RoomChange::Left`]: super::RoomChange::Left
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
