//! Where the way to the server stands.

use super::context::Context;
use super::io::Transmit;
use super::route::Race;
use super::timers::Timer;
use crate::ids::{HttpId, LinkId, UserId};
use crate::time::{Tick, UnixMillis};

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
/// ```
#[derive(Debug, Default)]
pub enum Link {
    /// `connect` was not called, or `disconnect` was.
    #[default]
    Idle,
    /// A navigator is being asked.
    Navigating {
        /// The request.
        http: HttpId,
        /// Which of the account's navigators.
        index: usize,
        /// Since when.
        since: Tick,
    },
    /// The servers are being asked.
    Racing(Race),
    /// A server is chosen; the socket waits for the user's stored state or for its time.
    Chosen {
        /// `host[:port]`.
        host: String,
    },
    /// The socket is being opened.
    Opening {
        /// Its id.
        id: LinkId,
        /// `host[:port]`.
        host: String,
    },
    /// The socket is open, CONNACK is awaited.
    LoggingIn {
        /// Its id.
        id: LinkId,
        /// `host[:port]`.
        host: String,
    },
    /// Logged in.
    Up(Login),
    /// A pause.
    Waiting,
    /// The page must act: connecting again by itself cannot help.
    Ended,
}

/// What holds while a link is up.
#[derive(Clone, Debug)]
pub struct Login {
    /// The socket.
    pub id: LinkId,
    /// Who one is.
    pub user: UserId,
    /// Whether the server confirmed the extensions.
    pub extended: bool,
    /// The server's clock at the login.
    pub server_time: UnixMillis,
}

impl Link {
    /// The socket in use, open or not.
    pub fn socket(&self) -> Option<LinkId> {
        match self {
            Self::Opening { id, .. } | Self::LoggingIn { id, .. } => Some(*id),
            Self::Up(login) => Some(login.id),
            Self::Idle
            | Self::Navigating { .. }
            | Self::Racing(_)
            | Self::Chosen { .. }
            | Self::Waiting
            | Self::Ended => None,
        }
    }

    /// The login, while there is one.
    pub fn login(&self) -> Option<&Login> {
        match self {
            Self::Up(login) => Some(login),
            Self::Idle
            | Self::Navigating { .. }
            | Self::Racing(_)
            | Self::Chosen { .. }
            | Self::Opening { .. }
            | Self::LoggingIn { .. }
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
        for timer in [Timer::Attempt, Timer::Navigation, Timer::Race, Timer::Handshake] {
            cx.timers.stop(timer);
        }
        if let Some(id) = self.socket() {
            cx.out.transmit.push_back(Transmit::CloseLink(id));
        }
        match core::mem::replace(self, next) {
            Self::Navigating { http, .. } => {
                cx.out.transmit.push_back(Transmit::AbortHttp(http));
            }
            Self::Racing(mut race) => race.abort(cx),
            Self::Idle
            | Self::Chosen { .. }
            | Self::Opening { .. }
            | Self::LoggingIn { .. }
            | Self::Up(_)
            | Self::Waiting
            | Self::Ended => {}
        }
    }
}
