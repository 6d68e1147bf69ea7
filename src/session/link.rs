//! Where the way to the server stands.

use super::context::Context;
use super::fallback::Doubt;
use super::io::{Transmit, Way};
use super::navigators::Navigators;
use super::route::Race;
use super::timers::Timer;
use super::upgrade::Upgrade;
use crate::ids::{LinkId, TokenRequestId, UserId};
use crate::time::{Tick, UnixMillis};

/// A WebSocket that does not get through is replaced by polling on the way from Opening to Up
/// (`fallback.rs`), and polling by a WebSocket later on, beside it (`upgrade.rs`).
///
/// ```text
///            connect               answer              winner             state, gap
///   Idle ─────────────▶ Navigating ───────▶ Racing ─────────────▶ Chosen ────────────▶ Opening
///    ▲ disconnect            │ nobody         │ ▲ next host                              │ LinkOpened
///    │ (from anywhere)       ▼                ▼ │  (also straight from a kept answer)    ▼
///    │                    Waiting ◀───────── nobody ◀───── refused, silent, closed ── LoggingIn
///    │                       │ Timer::Attempt                                            │ CONNACK 0
///    │                       └──────────▶ Navigating or Racing ◀──── link lost ───── Up ◀┘
///    │
///   Ended ◀── token or app key refused, kicked, banned (from Navigating, LoggingIn, Up)
///
/// Where the page supplies tokens, AwaitingToken comes before Navigating.
/// ```
#[derive(Debug, Default)]
pub enum Link {
    /// `connect` was not called, or `disconnect` was.
    #[default]
    Idle,
    /// The page is asked for a token.
    AwaitingToken {
        /// The question.
        request: TokenRequestId,
    },
    /// Navigators are being asked.
    Navigating(Navigators),
    /// The servers are being asked.
    Racing(Race),
    /// A server is chosen; the link waits for the user's stored state or for its time.
    Chosen(Route),
    /// The link is being opened.
    Opening(Attempt),
    /// The link is open, CONNACK is awaited.
    LoggingIn(Attempt),
    /// Logged in.
    Up(Login, Upgrade),
    /// A pause.
    Waiting,
    /// The page must act: connecting again by itself cannot help.
    Ended,
}

/// Where a link goes, and what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `host[:port]`.
    pub host: String,
    /// What the link is made of.
    pub way: Way,
}

/// A link on its way to a login.
#[derive(Debug)]
pub struct Attempt {
    /// Its id.
    pub id: LinkId,
    /// Where to.
    pub route: Route,
    /// When it was begun.
    pub since: Tick,
    /// Whether a WebSocket is worth waiting for.
    pub doubt: Doubt,
}

/// What holds while a link is up.
#[derive(Clone, Debug)]
pub struct Login {
    /// The link.
    pub id: LinkId,
    /// Where it goes.
    pub route: Route,
    /// Who one is.
    pub user: UserId,
    /// Whether the server confirmed the extensions.
    pub extended: bool,
    /// The server's clock at the login.
    pub server_time: UnixMillis,
    /// When it was.
    pub since: Tick,
}

impl Link {
    /// The link in use, open or not.
    pub fn socket(&self) -> Option<LinkId> {
        self.attempt().map(|attempt| attempt.id).or(self.login().map(|login| login.id))
    }

    /// The link on its way to a login.
    pub fn attempt(&self) -> Option<&Attempt> {
        match self {
            Self::Opening(attempt) | Self::LoggingIn(attempt) => Some(attempt),
            Self::Idle
            | Self::AwaitingToken { .. }
            | Self::Navigating(_)
            | Self::Racing(_)
            | Self::Chosen(_)
            | Self::Up(..)
            | Self::Waiting
            | Self::Ended => None,
        }
    }

    /// The same, to be changed.
    pub fn attempt_mut(&mut self) -> Option<&mut Attempt> {
        match self {
            Self::Opening(attempt) | Self::LoggingIn(attempt) => Some(attempt),
            Self::Idle
            | Self::AwaitingToken { .. }
            | Self::Navigating(_)
            | Self::Racing(_)
            | Self::Chosen(_)
            | Self::Up(..)
            | Self::Waiting
            | Self::Ended => None,
        }
    }

    /// The link beside the one that is up.
    pub fn beside(&self) -> Option<LinkId> {
        match self {
            Self::Up(_, upgrade) => upgrade.link(),
            Self::Idle
            | Self::AwaitingToken { .. }
            | Self::Navigating(_)
            | Self::Racing(_)
            | Self::Chosen(_)
            | Self::Opening(_)
            | Self::LoggingIn(_)
            | Self::Waiting
            | Self::Ended => None,
        }
    }

    /// The login, while there is one.
    pub fn login(&self) -> Option<&Login> {
        match self {
            Self::Up(login, _) => Some(login),
            Self::Idle
            | Self::AwaitingToken { .. }
            | Self::Navigating(_)
            | Self::Racing(_)
            | Self::Chosen(_)
            | Self::Opening(_)
            | Self::LoggingIn(_)
            | Self::Waiting
            | Self::Ended => None,
        }
    }

    /// Whether the engine works towards a login or has one.
    pub fn is_active(&self) -> bool {
        !matches!(self, Self::Idle | Self::Ended)
    }

    /// Lets go of everything under way and moves on to `next`. Nothing of the old state reports
    /// any more, except sockets and requests that ended by themselves at the same moment; those
    /// are told apart by their ids.
    pub fn replace(&mut self, cx: &mut Context, next: Self) {
        let timers = [
            Timer::Attempt,
            Timer::Token,
            Timer::Navigation,
            Timer::Race,
            Timer::Handshake,
            Timer::Doubt,
            Timer::Upgrade,
        ];
        for timer in timers {
            cx.timers.stop(timer);
        }
        if let Some(id) = self.socket() {
            cx.out.transmit.push_back(Transmit::CloseLink(id));
        }
        match core::mem::replace(self, next) {
            Self::Navigating(navigators) => navigators.abort(cx),
            Self::Racing(mut race) => race.abort(cx),
            Self::Opening(attempt) | Self::LoggingIn(attempt) => attempt.doubt.abort(cx),
            Self::Up(_, upgrade) => upgrade.abort(cx),
            Self::Idle
            | Self::AwaitingToken { .. }
            | Self::Chosen(_)
            | Self::Waiting
            | Self::Ended => {}
        }
    }
}
