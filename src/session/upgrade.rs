//! From polling back to a WebSocket, beside the living link and without losing anything.
//!
//! ```text
//!           pause             CONNACK           quiet            CONNACK 0
//!   Rest ─────────▶ Probing ──────────▶ Proven ────────▶ Moving ──────────▶ (the new link is up)
//!    ▲  30 s … 10 min  │                   │               │
//!    └─────────────────┴─── 4 s, closed ───┴───────────────┘
//! ```
//!
//! The probe names no token, so that the server refuses it: its CONNACK proves that frames come
//! through, and it logs nobody in. Only then the real login is made. With the extensions the server
//! replaces the older link of this device silently; other servers would kick it, so there it is
//! closed first. Sends that were on their way are settled by their ids; what is asked once waits.

use super::config::Transport;
use super::connection::{Change, Connection};
use super::context::Context;
use super::ending::CloseAction;
use super::engine::Engine;
use super::io::{Command, Event, Transmit, Way};
use super::link::{Link, Login, Route};
use super::timers::Timer;
use crate::ids::{LinkId, UserId};
use crate::signal::{LoginAnswer, Signal, client};
use crate::wire::Frame;
use bytes::Bytes;

/// From the login over polling to the first trial, ms.
pub const FIRST_PAUSE_MS: u64 = 30_000;
/// The longest pause between two trials, ms.
const LONGEST_PAUSE_MS: u64 = 600_000;
/// After a hint that the network has changed, ms.
const NEW_NETWORK_MS: u64 = 5_000;
/// The probe, and the login after it, have so long each, ms.
const TRIAL_MS: u64 = 4_000;
/// A proof holds for so long, ms: then the page was never quiet, and another time is better.
const PROOF_MS: u64 = 10_000;

/// How the trial of a WebSocket beside the link that is up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// There is none; [`Timer::Upgrade`] tells when, if ever.
    Rest,
    /// A WebSocket that nobody logs in on: do frames come through?
    Probing {
        /// Its id.
        id: LinkId,
    },
    /// They do. The login waits until nothing is under way that cannot be repeated.
    Proven,
    /// The login is under way.
    Moving {
        /// The new link.
        id: LinkId,
        /// The link that is up was closed: there is no way back.
        old_is_gone: bool,
    },
}

impl Upgrade {
    /// The link beside the one that is up.
    pub fn link(&self) -> Option<LinkId> {
        match self {
            Self::Probing { id } | Self::Moving { id, .. } => Some(*id),
            Self::Rest | Self::Proven => None,
        }
    }

    /// Closes what is open.
    pub fn abort(self, cx: &mut Context) {
        if let Some(id) = self.link() {
            cx.out.transmit.push_back(Transmit::CloseLink(id));
        }
    }
}

impl Connection {
    /// Whether a login on another link is under way beside the one that is up.
    pub fn is_moving(&self) -> bool {
        matches!(self.link, Link::Up(_, Upgrade::Moving { .. }))
    }

    fn upgrade(&mut self) -> Option<&mut Upgrade> {
        match &mut self.link {
            Link::Up(_, upgrade) => Some(upgrade),
            Link::Idle
            | Link::AwaitingToken { .. }
            | Link::Navigating(_)
            | Link::Racing(_)
            | Link::Chosen(_)
            | Link::Opening(_)
            | Link::LoggingIn(_)
            | Link::Waiting
            | Link::Ended => None,
        }
    }

    /// A link is up: whether something better is to be tried, and when.
    pub(super) fn plan_upgrade(&mut self, cx: &mut Context, route: &Route) {
        match route.way {
            Way::WebSocket => self.upgrade_pause = FIRST_PAUSE_MS,
            Way::Polling(_) if cx.config.transport == Transport::Auto => {
                let pause = self.upgrade_pause;
                let jitter = cx.rng.below(pause / 4);
                cx.timers.set(Timer::Upgrade, cx.now + pause + jitter);
            }
            Way::Polling(_) => {}
        }
    }

    /// Another network may let a WebSocket through.
    pub fn network_changed(&mut self, cx: &mut Context) {
        self.upgrade_pause = FIRST_PAUSE_MS;
        if let Some(at) = cx.timers.get(Timer::Upgrade)
            && self.upgrade() == Some(&mut Upgrade::Rest)
        {
            cx.timers.set(Timer::Upgrade, at.min(cx.now + NEW_NETWORK_MS));
        }
    }

    /// [`Timer::Upgrade`] is due.
    pub(super) fn upgrade_timer(&mut self, cx: &mut Context) -> Option<Change> {
        if self.upgrade() == Some(&mut Upgrade::Rest) {
            self.probe(cx);
            None
        } else {
            self.upgrade_failed(cx)
        }
    }

    fn probe(&mut self, cx: &mut Context) {
        let id = self.open_beside(cx, None);
        if let (Some(upgrade), Some(id)) = (self.upgrade(), id) {
            *upgrade = Upgrade::Probing { id };
        }
    }

    /// Opens a WebSocket to the host of the link that is up.
    fn open_beside(&mut self, cx: &mut Context, device: Option<&str>) -> Option<LinkId> {
        let host = self.link.login()?.route.host.clone();
        let way = Way::WebSocket;
        let url = self.link_url(cx, &Route { host, way }, device)?;
        let id = cx.next_link();
        cx.out.transmit.push_back(Transmit::OpenLink { id, url, way });
        cx.timers.set(Timer::Upgrade, cx.now + TRIAL_MS);
        Some(id)
    }

    /// Whether a login may be made over a WebSocket that was proven to work.
    pub(super) fn may_move(&self) -> bool {
        matches!(self.link, Link::Up(_, Upgrade::Proven))
    }

    /// Logs in beside the link that is up.
    fn start_move(&mut self, cx: &mut Context, device: &str) {
        let Some(login) = self.link.login() else { return };
        // Such a server would kick the older login, which is this one.
        let old_is_gone = !login.extended;
        if old_is_gone {
            cx.out.transmit.push_back(Transmit::CloseLink(login.id));
        }
        let id = self.open_beside(cx, Some(device));
        if let (Some(upgrade), Some(id)) = (self.upgrade(), id) {
            *upgrade = Upgrade::Moving { id, old_is_gone };
        }
    }

    /// Whether the link that is up is closed, while the login beside it is not answered.
    pub fn is_replaced(&self) -> bool {
        matches!(self.link, Link::Up(_, Upgrade::Moving { old_is_gone: true, .. }))
    }

    /// The link that is up was closed. `true`: by the login beside it.
    pub(super) fn old_link_gone(&mut self) -> bool {
        match self.upgrade() {
            Some(Upgrade::Moving { old_is_gone, .. }) => {
                *old_is_gone = true;
                true
            }
            Some(Upgrade::Rest | Upgrade::Probing { .. } | Upgrade::Proven) | None => false,
        }
    }

    /// Nothing came of the trial: the next one is later.
    pub(super) fn upgrade_failed(&mut self, cx: &mut Context) -> Option<Change> {
        let upgrade = core::mem::replace(self.upgrade()?, Upgrade::Rest);
        let route = self.link.login()?.route.clone();
        upgrade.abort(cx);
        match upgrade {
            Upgrade::Rest | Upgrade::Proven => {}
            Upgrade::Moving { old_is_gone: true, .. } => return self.lost(cx, CloseAction::Again),
            Upgrade::Probing { .. } | Upgrade::Moving { .. } => {
                self.is_blocked(cx, &route.host);
                self.upgrade_pause = (self.upgrade_pause * 2).min(LONGEST_PAUSE_MS);
            }
        }
        self.plan_upgrade(cx, &route);
        None
    }

    /// CONNACK came beside the link that is up.
    fn beside_answered(&mut self, cx: &mut Context, answer: LoginAnswer) -> Option<Change> {
        let Link::Up(login, upgrade) = &mut self.link else { return None };
        match (*upgrade, answer) {
            (Upgrade::Probing { .. }, _) => {
                upgrade.abort(cx);
                *upgrade = Upgrade::Proven;
                cx.timers.set(Timer::Upgrade, cx.now + PROOF_MS);
                None
            }
            (Upgrade::Moving { id, .. }, LoginAnswer::Accepted { user, server_time, extended })
                if user == login.user =>
            {
                let route = Route { host: login.route.host.clone(), way: Way::WebSocket };
                let extended = extended && self.announced();
                let user = user.detached();
                let since = cx.now;
                self.moved(cx, Login { id, route, user, extended, server_time, since });
                Some(Change::Moved)
            }
            (Upgrade::Moving { .. } | Upgrade::Proven | Upgrade::Rest, _) => {
                self.upgrade_failed(cx)
            }
        }
    }

    fn moved(&mut self, cx: &mut Context, login: Login) {
        if let Some(old) = self.link.login() {
            cx.out.transmit.push_back(Transmit::CloseLink(old.id));
        }
        cx.timers.stop(Timer::Upgrade);
        cx.clock.set_server(cx.now, login.server_time);
        self.reached(cx, &login.route);
        self.plan_upgrade(cx, &login.route);
        let (user, server_time) = (login.user.clone(), login.server_time);
        self.link = Link::Up(login, Upgrade::Rest);
        cx.out.event(Event::SignedIn { user, server_time, polling: false });
    }
}

impl Engine {
    /// A frame came beside the link that is up.
    pub(super) fn received_beside(&mut self, bytes: &Bytes) {
        let frame = Frame::decode_down(bytes).ok();
        let change = match frame.and_then(|frame| client::read(frame, &UserId::default()).ok()) {
            Some(Signal::Login(answer)) => self.connection.beside_answered(&mut self.cx, answer),
            Some(_) | None => self.connection.upgrade_failed(&mut self.cx),
        };
        self.changed(change);
    }

    /// Moves to the link that was proven to work, as soon as nothing is under way that could not
    /// be repeated on it.
    pub(super) fn move_when_quiet(&mut self) {
        let quiet = self.requests.calls() == 0
            && self.volatile.oldest().is_none()
            && !self.rooms.owe_answers()
            && !self.listing.owes_answers()
            && (self.is_extended() || !self.outbox.is_on_its_way());
        if !self.connection.may_move() || !quiet {
            return;
        }
        if let Some(device) = self.device.name(&self.profile) {
            self.connection.start_move(&mut self.cx, device);
        }
    }
}

/// Whether nothing of what a command sends is repeated on another link.
pub(super) fn is_asked_once(command: &Command) -> bool {
    match command {
        Command::Ask { .. }
        | Command::History { .. }
        | Command::Set { .. }
        | Command::JoinRoom { .. }
        | Command::LeaveRoom { .. } => true,
        Command::Conversations { remote, .. } => *remote,
        Command::Send { message, .. } => !message.flags.stored(),
        Command::Connect { .. }
        | Command::ConnectAsking { .. }
        | Command::Token { .. }
        | Command::Disconnect { .. }
        | Command::Outbox { .. }
        | Command::SetUnread { .. }
        | Command::RemoveConversation { .. }
        | Command::MarkRead { .. }
        | Command::SetDraft { .. } => false,
    }
}
