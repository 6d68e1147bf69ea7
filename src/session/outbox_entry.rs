//! One send in the outbox, and where it stands.

use super::io::SendState;
use crate::error::{Error, ErrorCode};
use crate::ids::CallId;
use crate::signal::Outgoing;
use crate::time::{Tick, UnixMillis};

/// Where a send stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Not on its way.
    Queued,
    /// Its frame left.
    Sending {
        /// The frame's number.
        wire: u16,
        /// When.
        since: Tick,
    },
    /// It was on its way when the link, or the page, was lost.
    Lost,
    /// Only the pull with this number can tell what became of it.
    Unsure {
        /// Number of the run.
        run: u64,
    },
    /// It waits for nothing but the page. With `Timeout` the server may have it all the same, and
    /// with no other error.
    Failed(Error),
}

/// One send.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What is sent.
    pub message: Outgoing,
    /// Calls that wait for the end.
    pub calls: Vec<CallId>,
    /// Where it stands.
    pub stage: Stage,
    /// Failed if not sent by then.
    pub give_up: Option<Tick>,
    /// The server's clock when the page sent it, as well as it was known.
    pub created: UnixMillis,
    /// The same in this page's time, if it was this page.
    pub since: Option<Tick>,
    /// Whether it stays here when it fails.
    pub keep: bool,
    /// Whether storage has it.
    pub durable: bool,
    /// Whether the server may have it already.
    pub repeated: bool,
}

impl Entry {
    /// Whether it still has to leave, or may have left.
    pub fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Failed(_))
    }

    /// Whether the server may have it already.
    pub fn may_be_there(&self) -> bool {
        self.is_open() && (self.repeated || self.stage != Stage::Queued)
    }

    /// How it failed, if it did.
    pub fn failure(&self) -> Option<Error> {
        if let Stage::Failed(error) = self.stage { Some(error) } else { None }
    }

    /// How it stands, as the page is told.
    pub fn state(&self) -> SendState {
        match self.stage {
            Stage::Queued | Stage::Lost | Stage::Unsure { .. } => {
                SendState::Queued { durable: self.durable }
            }
            Stage::Sending { .. } => SendState::Sending,
            Stage::Failed(error) => SendState::Failed(error),
        }
    }

    /// How long ago the page sent it, ms. `server`: the server's clock now.
    pub fn age(&self, now: Tick, server: UnixMillis) -> u64 {
        let told = || u64::try_from(server - self.created).unwrap_or(0);
        self.since.map_or_else(told, |since| now.since(since))
    }

    /// What to say of one that has to end now, or can wait no longer: once its frame has left
    /// nobody knows whether the server has it.
    pub fn end_of_patience(&self) -> Error {
        let never_left = self.stage == Stage::Queued && !self.repeated;
        Error::client(if never_left { ErrorCode::Expired } else { ErrorCode::Timeout })
    }
}
