//! What the engine wants done outside.

use bytes::Bytes;

use crate::ids::{HttpId, LinkId, UserId};

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
