//! From a WebSocket that does not get through to polling, at the same host, within 4 s.
//!
//! A WebSocket that is refused proves it at once. One that is silent, or opens and brings no
//! CONNACK, is in doubt after 1 s: then the host's `/ping` is asked. Polling replaces it once that
//! was answered, 2.5 s after the beginning, or later by as much as the answer took: on a slow
//! network everything is slow.

use super::config::Transport;
use super::connection::Connection;
use super::context::Context;
use super::io::{CloseCause, HttpOutcome, PollForm, Status, Transmit, Way};
use super::link::{Link, Route};
use super::route;
use super::timers::Timer;
use crate::error::{Error, ErrorCode};
use crate::ids::HttpId;
use crate::time::Tick;

/// A WebSocket without CONNACK is in doubt after so long, ms.
const DOUBT_MS: u64 = 1_000;
/// No WebSocket that is silent is given up before, ms.
const PATIENCE_MS: u64 = 2_500;
/// The host has so long to answer over HTTP, ms.
const PING_MS: u32 = 9_000;
/// At a host that a WebSocket has reached, one that is refused proves nothing: the server may have
/// been restarted. So many in a row do.
const REFUSALS_AFTER_LOGIN: u32 = 2;

/// Whether a WebSocket that takes its time is worth waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// There is none yet, or nothing came of it.
    None,
    /// The host is being asked over HTTP.
    Asked {
        /// The request.
        http: HttpId,
        /// When it left.
        since: Tick,
    },
    /// The host answers over HTTP.
    Reachable,
}

impl Doubt {
    /// Stops asking.
    pub fn abort(self, cx: &mut Context) {
        match self {
            Self::Asked { http, .. } => cx.out.transmit.push_back(Transmit::AbortHttp(http)),
            Self::None | Self::Reachable => {}
        }
    }
}

impl Connection {
    /// The way to a host, as far as is known.
    pub(super) fn route_to(&self, cx: &Context, host: String) -> Route {
        let blocked = || {
            let now = cx.clock.wall(cx.now).unwrap_or_default();
            !self.mistrusts_polling && self.blocked.contains(&host, now)
        };
        let way = match cx.config.transport {
            Transport::WebSocket => Way::WebSocket,
            Transport::Polling => Way::Polling(self.poll_form()),
            Transport::Auto if blocked() => Way::Polling(self.poll_form()),
            Transport::Auto => Way::WebSocket,
        };
        Route { host, way }
    }

    fn poll_form(&self) -> PollForm {
        let terms = self.navigation.as_ref().and_then(|navigation| navigation.terms);
        if terms.is_some_and(|terms| terms.polling) { PollForm::Binary } else { PollForm::Json }
    }

    /// Whether polling may stand in for the link that is being opened.
    fn may_fall_back(&self, cx: &Context) -> bool {
        let way = self.link.attempt().map(|attempt| attempt.route.way);
        cx.config.transport == Transport::Auto && way == Some(Way::WebSocket)
    }

    /// A link is being opened: how long to trust it.
    pub(super) fn begin_to_doubt(&self, cx: &mut Context) {
        if self.may_fall_back(cx) {
            cx.timers.set(Timer::Doubt, cx.now + DOUBT_MS);
        }
    }

    /// [`Timer::Doubt`] is due.
    pub(super) fn doubt_timer(&mut self, cx: &mut Context) {
        let secure = self.navigation.as_ref().is_some_and(|navigation| navigation.secure);
        let Some(attempt) = self.link.attempt_mut() else { return };
        match attempt.doubt {
            Doubt::None => {
                let url = route::ping_url(cx, &attempt.route.host, secure);
                attempt.doubt = Doubt::Asked { http: cx.http(url, PING_MS), since: cx.now };
            }
            Doubt::Asked { .. } => {}
            Doubt::Reachable => self.fall_back(cx),
        }
    }

    /// The host answered the question of doubt, or did not.
    pub(super) fn doubt_answered(&mut self, cx: &mut Context, id: HttpId, outcome: &HttpOutcome) {
        let Some(attempt) = self.link.attempt_mut() else { return };
        let Doubt::Asked { http, since } = attempt.doubt else { return };
        if http != id {
            return;
        }
        attempt.doubt = Doubt::None;
        if route::is_pong(outcome) {
            attempt.doubt = Doubt::Reachable;
            let soonest = cx.now + cx.now.since(since);
            cx.timers.set(Timer::Doubt, soonest.max(attempt.since + PATIENCE_MS));
        }
    }

    /// The link was closed before a login, or stayed silent. `true`: polling takes its place.
    pub(super) fn refused_socket(&mut self, cx: &mut Context, cause: CloseCause) -> bool {
        let Some(host) = self.link.attempt().map(|attempt| &attempt.route.host) else {
            return false;
        };
        let worked = self.worked_at.as_ref() == Some(host);
        if !self.may_fall_back(cx) {
            // Polling that does not work either is no reason to leave WebSockets alone.
            self.mistrusts_polling = true;
            return false;
        }
        self.refusals += 1;
        let proof =
            !worked || self.refusals >= REFUSALS_AFTER_LOGIN || matches!(cause, CloseCause::Failed);
        if proof {
            self.fall_back(cx);
        }
        proof
    }

    /// Polling takes the place of the WebSocket that is being opened.
    fn fall_back(&mut self, cx: &mut Context) {
        let Some(attempt) = self.link.attempt() else { return };
        let host = attempt.route.host.clone();
        let way = Way::Polling(self.poll_form());
        self.fell_back = Some(Error::network(match self.link {
            Link::LoggingIn(_) => ErrorCode::ConnAckTimeout,
            Link::Idle
            | Link::AwaitingToken { .. }
            | Link::Navigating(_)
            | Link::Racing(_)
            | Link::Chosen(_)
            | Link::Opening(_)
            | Link::Up(..)
            | Link::Waiting
            | Link::Ended => ErrorCode::ServerUnavailable,
        }));
        self.link.replace(cx, Link::Chosen(Route { host, way }));
        self.mistrusts_polling = false;
        cx.out.status(Status::WebSocketUnavailable);
        cx.out.status(Status::Connecting);
    }

    /// A login came over `route`: what that teaches.
    pub(super) fn reached(&mut self, cx: &mut Context, route: &Route) {
        self.refusals = 0;
        self.mistrusts_polling = false;
        self.blame.forgive(&route.host);
        let fell_back = self.fell_back.take().is_some();
        match route.way {
            Way::WebSocket => {
                self.worked_at = Some(route.host.clone());
                if let Some(stored) = self.blocked.forget(&route.host) {
                    cx.out.put_app(super::ways::BLOCKED_KEY, stored);
                }
            }
            Way::Polling(_) if fell_back => self.is_blocked(cx, &route.host),
            Way::Polling(_) => {}
        }
    }

    /// It is proven that no WebSocket reaches `host` while polling does.
    pub(super) fn is_blocked(&mut self, cx: &mut Context, host: &str) {
        if let Some(now) = cx.clock.wall(cx.now) {
            let stored = self.blocked.learn(host, now);
            cx.out.put_app(super::ways::BLOCKED_KEY, stored);
        }
    }
}
