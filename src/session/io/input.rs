//! What the world tells the engine.

use bytes::Bytes;

use super::command::Command;
use crate::ids::{BatchId, HttpId, LinkId, UserId};
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
