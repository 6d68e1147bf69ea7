//! The way to a login and back: which attempt comes when, what ends it, and who is told.
//!
//! One **round** tries every navigator and every host once. The calls that wait for a login are
//! answered after one round, at most [`CALL_WAIT_MS`]; the attempts go on until a login, a
//! refusal, or `disconnect`. How a round goes about it is in `dial.rs`, what ends a link and what
//! follows in `ending.rs`, what hints of the browser do in `waking.rs`.

use super::account::{Account, KNOWN_TOKENS_KEY, KnownTokens};
use super::backoff::Backoff;
use super::blame::Blame;
use super::context::Context;
use super::ending::CloseAction;
use super::io::{Event, Outcome, Status};
use super::kicks::Kicks;
use super::link::{Link, Login};
use super::navigation::Navigation;
use super::timers::Timer;
use super::token::Supply;
use super::ways::{BLOCKED_KEY, Blocked};
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, UserId};
use crate::time::Tick;

/// A call that waits for a login is answered after so long, ms.
const CALL_WAIT_MS: u64 = 15_000;
/// A link that lived so long was of use, ms. Where two in a row were not, attempts that follow
/// logins are spaced as those that fail.
const USEFUL_MS: u64 = 5_000;

/// What the other parts of the engine must hear.
#[derive(Clone, Debug)]
pub enum Change {
    /// Logged in.
    LoggedIn,
    /// Another link took the place of the one that was up.
    Moved,
    /// The link that was up is gone; another attempt is under way.
    Lost,
    /// There is no link and there will be none until the page acts.
    Ended(Error),
}

/// A round under way.
#[derive(Debug)]
pub(super) struct Round {
    /// Whether a navigator was asked in it.
    pub navigated: bool,
    /// Hosts that were tried in vain.
    pub failed: Vec<String>,
    /// What went wrong last.
    pub error: Error,
    /// When it began.
    pub since: Tick,
    /// Whether it took the place of one that a hint of the browser ended.
    pub refreshed: bool,
}

impl Round {
    /// Nobody was asked yet.
    pub fn new(error: Error, since: Tick) -> Self {
        Self { navigated: false, failed: Vec::new(), error, since, refreshed: false }
    }
}

/// Owns the link.
#[derive(Debug)]
pub struct Connection {
    pub(super) account: Option<Account>,
    pub(super) calls: Vec<CallId>,
    pub(super) link: Link,
    pub(super) round: Round,
    pub(super) navigation: Option<Navigation>,
    /// What storage holds, to be judged when the token and the time are known.
    pub(super) stored_navigation: Option<String>,
    pub(super) known: KnownTokens,
    pub(super) user: Option<UserId>,
    pub(super) last_socket: Option<Tick>,
    /// Navigators and hosts that failed lately.
    pub(super) blame: Blame,
    /// Hosts that polling alone reaches.
    pub(super) blocked: Blocked,
    /// Polling failed where it was known to work: a WebSocket is tried next.
    pub(super) mistrusts_polling: bool,
    /// What a WebSocket failed of whose place polling took in this round.
    pub(super) fell_back: Option<Error>,
    /// The host that a WebSocket of this page reached last.
    pub(super) worked_at: Option<String>,
    /// WebSockets that were refused there in a row.
    pub(super) refusals: u32,
    /// The pause before a WebSocket is tried again beside polling, ms.
    pub(super) upgrade_pause: u64,
    /// The longest pause that a navigator of this round asked for, ms.
    pub(super) retry_after_ms: u64,
    /// Until when a navigator wants to be left alone, if the pause under way is that one.
    pub(super) not_before: Option<Tick>,
    /// Whether the page is in the back-forward cache, as far as is known.
    pub(super) stowed: bool,
    /// A host that the next round leaves out.
    pub(super) avoided: Option<String>,
    pub(super) supply: Supply,
    pub(super) last_request: u32,
    /// Whose session it shall be, if the page said so.
    pub(super) expected: Option<UserId>,
    /// Hash of the token, and user, of the last login since the page connected.
    pub(super) session_of: Option<(u64, UserId)>,
    pub(super) backoff: Backoff,
    pub(super) redirects: u32,
    /// Whether the last link was of no use.
    flaps: bool,
    kicks: Kicks,
}

impl Default for Connection {
    fn default() -> Self {
        let error = Error::network(ErrorCode::NavigationFailed);
        Self {
            account: None,
            calls: Vec::new(),
            link: Link::Idle,
            round: Round::new(error, Tick::default()),
            navigation: None,
            stored_navigation: None,
            known: KnownTokens::default(),
            user: None,
            last_socket: None,
            blame: Blame::default(),
            blocked: Blocked::default(),
            mistrusts_polling: false,
            fell_back: None,
            worked_at: None,
            refusals: 0,
            upgrade_pause: super::upgrade::FIRST_PAUSE_MS,
            retry_after_ms: 0,
            not_before: None,
            stowed: false,
            avoided: None,
            supply: Supply::default(),
            last_request: 0,
            expected: None,
            session_of: None,
            backoff: Backoff::default(),
            redirects: 0,
            flaps: false,
            kicks: Kicks::default(),
        }
    }
}

impl Connection {
    /// Where the link stands.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// The login, while there is one.
    pub fn login(&self) -> Option<&Login> {
        self.link.login()
    }

    /// Whether `connect` was ever called.
    pub fn was_called(&self) -> bool {
        self.account.is_some() || self.supply.is_asked()
    }

    /// Whose session it is, as far as is known.
    pub fn user(&self) -> Option<&UserId> {
        self.user.as_ref()
    }

    /// What the server announced; `None` if it has no extensions, or nobody was asked yet.
    pub fn navigation(&self) -> Option<&Navigation> {
        self.navigation.as_ref()
    }

    /// What storage held for the application.
    pub fn restore(&mut self, key: &str, value: &str) {
        match key {
            KNOWN_TOKENS_KEY => self.known = KnownTokens::from_stored(value),
            BLOCKED_KEY => self.blocked = Blocked::from_stored(value),
            super::dial::NAVIGATION_KEY => self.stored_navigation = Some(value.into()),
            _ => {}
        }
    }

    /// The page wants to be logged in. The same token joins the attempt under way or the login
    /// there is; another one replaces it.
    pub fn connect(
        &mut self,
        cx: &mut Context,
        call: CallId,
        token: &str,
        user: Option<UserId>,
    ) -> Option<Change> {
        let joins =
            self.link.is_active() && self.account.as_ref().is_some_and(|known| known.is(token));
        if joins {
            self.join(cx, call);
            return None;
        }
        let account = Account::new(token, &cx.config);
        self.begin(cx, call, Some(account), user)
    }

    /// Begins a session, in place of the one there may be. Without an account the page is asked
    /// for a token.
    pub(super) fn begin(
        &mut self,
        cx: &mut Context,
        call: CallId,
        account: Option<Account>,
        user: Option<UserId>,
    ) -> Option<Change> {
        if self.kicks.are_a_war(cx.now) {
            cx.out.settle(call, Err(Error::client(ErrorCode::UltraLimit)));
            return None;
        }
        let was_active = self.link.is_active();
        if self.link.login().is_some() {
            cx.out.status(Status::Disconnected);
        }
        let error = Error::client(ErrorCode::Disconnected);
        cx.out.reject(&mut self.calls, error);
        self.link.replace(cx, Link::Idle);
        self.expected.clone_from(&user);
        (self.session_of, self.user, self.not_before) = (None, user, None);
        (self.stowed, self.flaps, self.redirects) = (false, false, 0);
        self.backoff.reset();
        match account {
            Some(account) => {
                self.supply = Supply::Given;
                self.set_account(cx, account);
            }
            None => (self.account, self.supply) = (None, Supply::FRESH),
        }
        self.await_login(cx, call);
        self.attempt(cx);
        was_active.then_some(Change::Ended(error))
    }

    /// From here on this token is used; whose it is may be known from an earlier login.
    pub(super) fn set_account(&mut self, cx: &mut Context, account: Account) {
        if account.refused {
            cx.out.event(Event::Trouble(Error::caller(ErrorCode::HostNotAllowed)));
        }
        if self.account.as_ref().is_none_or(|known| known.hash != account.hash) {
            self.navigation = None;
        }
        if self.user.is_none() {
            self.user = self.known.user(account.hash).cloned();
        }
        self.account = Some(account);
    }

    pub(super) fn join(&mut self, cx: &mut Context, call: CallId) {
        if let Some(login) = self.link.login() {
            let user = login.user.clone();
            cx.out.settle(call, Ok(Outcome::Connected { user }));
            return;
        }
        self.await_login(cx, call);
        self.hurry(cx);
    }

    fn await_login(&mut self, cx: &mut Context, call: CallId) {
        self.calls.push(call);
        if cx.timers.get(Timer::Round).is_none() {
            cx.timers.set(Timer::Round, cx.now + CALL_WAIT_MS);
        }
    }

    /// The page wants to be logged out.
    pub fn disconnect(&mut self, cx: &mut Context) -> Change {
        let error = Error::client(ErrorCode::Disconnected);
        if self.was_called() {
            cx.out.status(Status::Disconnected);
        }
        self.close(cx, Link::Idle, error)
    }

    /// Ends everything: nothing will be tried until the page acts.
    pub(super) fn end(&mut self, cx: &mut Context, status: Status, error: Error) -> Change {
        if status == Status::KickedByOtherClient {
            self.kicks.note(cx.now);
        }
        cx.out.status(status);
        self.close(cx, Link::Ended, error)
    }

    fn close(&mut self, cx: &mut Context, link: Link, error: Error) -> Change {
        self.link.replace(cx, link);
        cx.timers.stop(Timer::Round);
        cx.out.reject(&mut self.calls, error);
        Change::Ended(error)
    }

    /// The link that was up is gone: try again by itself, as `action` has it.
    pub fn lost(&mut self, cx: &mut Context, action: CloseAction) -> Option<Change> {
        let login = self.link.login()?;
        let host = login.route.host.clone();
        self.judge_life(cx);
        let change = self.let_go(cx);
        match action {
            CloseAction::OtherHost if self.has_other_host(&host) => self.avoided = Some(host),
            CloseAction::OtherHost | CloseAction::Later => self.backoff.be_patient(),
            CloseAction::Again
            | CloseAction::Renavigate
            | CloseAction::SmallerFrame
            | CloseAction::Renew(_)
            | CloseAction::End(..) => {}
        }
        self.attempt(cx);
        change
    }

    /// How long the link lived decides how soon there is another one.
    pub(super) fn judge_life(&mut self, cx: &Context) {
        let Some(login) = self.link.login() else { return };
        let useful = cx.now.since(login.since) >= USEFUL_MS;
        if useful || !self.flaps {
            self.backoff.reset();
        }
        self.flaps = !useful;
    }

    fn has_other_host(&self, host: &str) -> bool {
        let hosts = self.navigation.iter().flat_map(|navigation| &navigation.hosts);
        hosts.into_iter().any(|other| other != host)
    }

    /// Leaves the link that is up, or what is under way.
    pub(super) fn let_go(&mut self, cx: &mut Context) -> Option<Change> {
        let was_up = self.link.login().is_some();
        self.link.replace(cx, Link::Waiting);
        if was_up {
            cx.out.status(Status::NetworkUnavailable);
        }
        was_up.then_some(Change::Lost)
    }

    /// Starts a round, now or after the pause that is due; not while the page is put away.
    pub(super) fn attempt(&mut self, cx: &mut Context) {
        let pause = self.backoff.next_ms(&mut cx.rng);
        let asked_for = core::mem::take(&mut self.retry_after_ms);
        let pause = if asked_for > pause { asked_for + cx.rng.below(asked_for / 5) } else { pause };
        self.not_before = (asked_for > 0).then_some(cx.now + asked_for);
        if self.stowed {
        } else if pause == 0 {
            self.start_round(cx);
        } else {
            cx.timers.set(Timer::Attempt, cx.now + pause);
        }
    }

    /// Everybody was asked in vain: answer the waiting calls, pause, begin anew.
    pub(super) fn round_failed(&mut self, cx: &mut Context) {
        self.link.replace(cx, Link::Waiting);
        if !self.calls.is_empty() {
            cx.timers.stop(Timer::Round);
            cx.out.status(Status::NetworkUnavailable);
            cx.out.reject(&mut self.calls, self.round.error);
        }
        self.attempt(cx);
    }

    /// A deadline of this part was reached.
    pub fn timer(&mut self, cx: &mut Context, timer: Timer) -> Option<Change> {
        match timer {
            Timer::Token => return self.token_timed_out(cx),
            Timer::Attempt if matches!(self.link, Link::Waiting) => self.start_round(cx),
            Timer::Navigation => self.navigation_timer(cx),
            Timer::Race => self.race_timer(cx),
            Timer::Handshake => self.handshake_timed_out(cx),
            Timer::Doubt => self.doubt_timer(cx),
            Timer::Upgrade => return self.upgrade_timer(cx),
            Timer::Round => {
                let error = self.phase_error();
                cx.out.reject(&mut self.calls, error);
            }
            // A chosen host waits for its time: `open_when_ready` looks at the clock itself.
            Timer::Attempt
            | Timer::Profile
            | Timer::Heartbeat
            | Timer::Pull
            | Timer::Request
            | Timer::Send => {}
        }
        None
    }

    /// What to tell a call that has waited long enough.
    fn phase_error(&self) -> Error {
        match self.link {
            Link::Navigating(_) => Error::network(ErrorCode::NavigationFailed),
            Link::LoggingIn(_) => Error::network(ErrorCode::ConnAckTimeout),
            Link::AwaitingToken { .. } => Error::caller(ErrorCode::TokenUnavailable),
            Link::Idle
            | Link::Racing(_)
            | Link::Chosen(_)
            | Link::Opening(_)
            | Link::Up(..)
            | Link::Waiting
            | Link::Ended => self.round.error,
        }
    }
}
