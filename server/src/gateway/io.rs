//! What goes into a [`Connection`](super::Connection) and what comes out: data only.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::signal::server;
use hongyan::wire::{DecodeError, Frame};

use crate::core::ask::{AskId, Notice, Told};

/// What the socket's URL said of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// Whether it asked for the extensions (`hy=1`).
    pub extended: bool,
    /// Names this connection in the logs and, behind `hy1.`, in CONNACK. Not a secret.
    pub session_id: ByteString,
    /// Rows in a page of the inbox.
    pub page_size: u32,
    /// Scheme, host and port under which it reached this server: `https://im.example.com`.
    pub origin: ByteString,
}

/// Something that happened to a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// One whole WebSocket message.
    Received(Bytes),
    /// The answer to an ask.
    Told(AskId, Told),
    /// Something that others caused.
    Notice(Notice),
    /// Notices were thrown away because too many waited.
    NoticesMissed,
    /// The time of `poll_timeout` has come. Too early does no harm.
    Timeout,
    /// The client closed the socket, or it broke.
    Closed,
    /// A ping of the WebSocket itself, which the socket answered.
    SocketPing,
    /// A message that is no frame by its very form: a text, or longer than a frame may be.
    Unframed(&'static str),
}

/// What the socket is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transmit {
    /// Send this as one binary message.
    Send(Bytes),
    /// Close with a close frame, now that everything before is sent. The last transmit.
    CloseClean,
    /// Cut TCP without a close frame: to old clients that is a broken network, after which they
    /// come back; after a clean close they never would. The last transmit.
    CloseDrop,
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The client closed it or went away.
    ClosedByClient,
    /// The application logged out.
    LoggedOut,
    /// Another login took its place.
    Kicked,
    /// The user may not be logged in any more.
    Banned,
    /// The user's older tokens are good no more.
    TokensRevoked,
    /// The same device logged in again.
    Replaced,
    /// The server goes down.
    ShuttingDown,
    /// The store could not say where the inbox ends.
    StoreFailed,
    /// No frame came within the time for a handshake.
    HandshakeTimeout,
    /// No frame came for too long.
    Idle,
    /// The client does not take its frames.
    Stalled,
    /// The client goes on sending though it was told again and again that it is too fast.
    SendsTooFast,
    /// More pings came than any client has reason to send.
    PingsTooFast,
    /// More frames wait for the client than may.
    QueueFull,
    /// Bytes that are no frame.
    BadFrame(DecodeError),
    /// A text message, or a message longer than any frame.
    Unframed(&'static str),
    /// A frame that no client sends here.
    UnexpectedFrame(&'static str),
}

impl EndReason {
    /// One word for logs and counters, the same for ever.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClosedByClient => "closed-by-client",
            Self::LoggedOut => "logged-out",
            Self::Kicked => "kicked",
            Self::Banned => "banned",
            Self::TokensRevoked => "tokens-revoked",
            Self::Replaced => "replaced",
            Self::ShuttingDown => "shutting-down",
            Self::StoreFailed => "store-failed",
            Self::HandshakeTimeout => "handshake-timeout",
            Self::Idle => "idle",
            Self::Stalled => "stalled",
            Self::SendsTooFast => "sends-too-fast",
            Self::PingsTooFast => "pings-too-fast",
            Self::QueueFull => "queue-full",
            Self::BadFrame(error) => error.name(),
            Self::Unframed(what) => what,
            Self::UnexpectedFrame(_) => "unexpected-frame",
        }
    }

    /// The field or frame type that was wrong; empty if none was.
    pub const fn place(self) -> &'static str {
        match self {
            Self::BadFrame(error) => error.place(),
            Self::UnexpectedFrame(frame) => frame,
            Self::ClosedByClient
            | Self::LoggedOut
            | Self::Kicked
            | Self::Banned
            | Self::TokensRevoked
            | Self::Replaced
            | Self::ShuttingDown
            | Self::StoreFailed
            | Self::HandshakeTimeout
            | Self::Idle
            | Self::Stalled
            | Self::SendsTooFast
            | Self::PingsTooFast
            | Self::QueueFull
            | Self::Unframed(_) => "",
        }
    }
}

/// Why a login is refused before there is a connection. The client hears it as a CONNACK status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginRefusal {
    /// The app key is another's: 2.
    UnknownAppKey,
    /// The server cannot do it now: 3.
    Unavailable,
    /// The token is not one of ours, or spoiled: 4.
    TokenIncorrect,
    /// The user may not log in now: 9.
    Blocked,
    /// The token was good once: 10.
    TokenExpired,
}

impl LoginRefusal {
    /// The CONNACK status.
    pub const fn status(self) -> u8 {
        match self {
            Self::UnknownAppKey => 2,
            Self::Unavailable => 3,
            Self::TokenIncorrect => 4,
            Self::Blocked => 9,
            Self::TokenExpired => 10,
        }
    }

    /// The only frame that a refused client gets; then TCP is cut.
    pub fn frame(self) -> Bytes {
        encoded(&server::login_refused(self.status())).unwrap_or_default()
    }
}

/// A frame's bytes. `None` for one that would be longer than a frame may be.
pub(super) fn encoded(frame: &Frame) -> Option<Bytes> {
    let mut out = Vec::new();
    frame.encode(&mut out).ok()?;
    Some(Bytes::from(out))
}
