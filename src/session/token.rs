//! Tokens that the page supplies when it is asked: the first one, and another one where a server
//! refuses the one there is.
//!
//! ```text
//!   connect ─▶ wanted ─── Event::TokenWanted ──▶ AwaitingToken ── Command::Token ──▶ in use
//!                ▲                                   │ none, 15 s                     │
//!                ├──────────────── pause ◀───────────┘                                │ refused
//!                └────────────────────────────────────────────────────────────────────┘
//! ```
//! A refusal is the end after all if the page comes with the same token again, with three that are
//! refused in a row, or with none five times.

use super::account::Account;
use super::connection::{Change, Connection};
use super::context::Context;
use super::io::{Event, Status};
use super::link::Link;
use super::timers::Timer;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, TokenRequestId, UserId};

/// The page has so long to answer, ms.
const ANSWER_MS: u64 = 15_000;
/// So many tokens in a row may be refused.
const MAX_REFUSALS: u32 = 3;
/// So often in a row the page may have none, once one was refused.
const MAX_FAILURES: u32 = 5;

/// Where tokens come from.
#[derive(Clone, Copy, Debug, Default)]
pub enum Supply {
    /// The page gave one; there is no other.
    #[default]
    Given,
    /// The page supplies them.
    Asked {
        /// Whether one is wanted before anything else can be done.
        wanted: bool,
        /// What the last one was refused with, until a login.
        refusal: Option<Error>,
        /// How many were refused since the last login.
        refusals: u32,
        /// How often the page had none since it had one.
        failures: u32,
    },
}

impl Supply {
    /// The page supplies tokens, and has not been asked yet.
    pub const FRESH: Self = Self::Asked { wanted: true, refusal: None, refusals: 0, failures: 0 };

    /// Whether the page supplies tokens.
    pub const fn is_asked(&self) -> bool {
        matches!(self, Self::Asked { .. })
    }
}

impl Connection {
    /// The page wants to be logged in, with tokens that it supplies. Joins the attempt under way
    /// or the login there is, unless `user` is somebody else's name.
    pub fn connect_asking(
        &mut self,
        cx: &mut Context,
        call: CallId,
        user: Option<UserId>,
    ) -> Option<Change> {
        let same = user.is_none() || self.user.is_none() || user == self.user;
        if self.link.is_active() && self.supply.is_asked() && same {
            self.join(cx, call);
            return None;
        }
        self.begin(cx, call, None, user)
    }

    pub(super) fn wants_token(&self) -> bool {
        matches!(self.supply, Supply::Asked { wanted: true, .. })
    }

    pub(super) fn ask_for_token(&mut self, cx: &mut Context) {
        let Supply::Asked { refusal, .. } = self.supply else { return };
        self.last_request = self.last_request.wrapping_add(1);
        let request = TokenRequestId(self.last_request);
        self.link.replace(cx, Link::AwaitingToken { request });
        cx.timers.set(Timer::Token, cx.now + ANSWER_MS);
        let refused = refusal.map(|error| error.code);
        cx.out.event(Event::TokenWanted { request, refused });
    }

    /// The page answered; `None`: it has no token.
    pub fn token_answered(
        &mut self,
        cx: &mut Context,
        request: TokenRequestId,
        token: Option<&str>,
    ) -> Option<Change> {
        match self.link {
            Link::AwaitingToken { request: current } if current == request => {}
            Link::Idle
            | Link::AwaitingToken { .. }
            | Link::Navigating(_)
            | Link::Racing(_)
            | Link::Chosen(_)
            | Link::Opening(_)
            | Link::LoggingIn(_)
            | Link::Up(..)
            | Link::Waiting
            | Link::Ended => return None,
        }
        match token.filter(|token| !token.is_empty()) {
            Some(token) => self.use_token(cx, token),
            None => self.token_failed(cx),
        }
    }

    /// The page took too long.
    pub(super) fn token_timed_out(&mut self, cx: &mut Context) -> Option<Change> {
        let Link::AwaitingToken { request } = self.link else { return None };
        self.token_answered(cx, request, None)
    }

    fn use_token(&mut self, cx: &mut Context, token: &str) -> Option<Change> {
        let Supply::Asked { wanted, refusal, failures, .. } = &mut self.supply else { return None };
        let same = self.account.as_ref().is_some_and(|known| known.is(token));
        if let Some(error) = *refusal
            && same
        {
            return Some(self.end(cx, Status::Refused, error));
        }
        (*wanted, *failures) = (false, 0);
        let account = Account::new(token, &cx.config);
        self.set_account(cx, account);
        self.start_round(cx);
        None
    }

    fn token_failed(&mut self, cx: &mut Context) -> Option<Change> {
        let Supply::Asked { refusal, failures, .. } = &mut self.supply else { return None };
        *failures += 1;
        if let Some(error) = *refusal
            && *failures >= MAX_FAILURES
        {
            return Some(self.end(cx, Status::Refused, error));
        }
        self.round.error = Error::caller(ErrorCode::TokenUnavailable);
        self.round_failed(cx);
        None
    }

    /// A server refused the token.
    pub(super) fn token_refused(&mut self, cx: &mut Context, error: Error) -> Option<Change> {
        self.forget_navigation(cx);
        self.judge_life(cx);
        let up = self.link.login().is_some();
        match &mut self.supply {
            Supply::Asked { wanted, refusal, refusals, failures } if *refusals < MAX_REFUSALS => {
                (*wanted, *refusal, *failures) = (true, Some(error), 0);
                *refusals += 1;
                let at_once = *refusals == 1 && !up && !self.stowed;
                let change = self.let_go(cx);
                if at_once {
                    self.start_round(cx);
                } else {
                    self.attempt(cx);
                }
                change
            }
            Supply::Given | Supply::Asked { .. } => Some(self.end(cx, Status::Refused, error)),
        }
    }

    /// The token in use is good.
    pub(super) fn token_accepted(&mut self, user: &UserId) {
        if let Supply::Asked { refusal, refusals, .. } = &mut self.supply {
            (*refusal, *refusals) = (None, 0);
        }
        let hash = self.account.as_ref().map(|account| account.hash);
        self.session_of = hash.map(|hash| (hash, user.detached()));
    }

    /// Whether the token was supplied in the middle of a session and belongs to somebody else: the
    /// session's sends and stored state are not theirs.
    pub(super) fn is_foreign(&self, user: &UserId) -> bool {
        let (Some((hash, of)), Some(account)) = (&self.session_of, &self.account) else {
            return false;
        };
        self.supply.is_asked() && *hash != account.hash && of != user
    }
}
