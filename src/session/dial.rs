//! One round: the race of the hosts, the link, the wait for CONNACK. Before it the navigators are
//! asked, unless an answer was kept (`navigators.rs`).

use super::backoff::FLOOR_MS;
use super::connection::{Change, Connection, Round};
use super::context::Context;
use super::fallback::Doubt;
use super::io::{HttpOutcome, PollForm, Status, Transmit, Way};
use super::link::{Attempt, Link, Route};
use super::navigation::{self, Navigation};
use super::route::{Race, RaceState};
use super::timers::Timer;
use crate::conversation::fields::push_number;
use crate::error::{Error, ErrorCode, Origin};
use crate::ids::{HttpId, LinkId};

/// Key of the last navigation answer in the application's stored state.
pub const NAVIGATION_KEY: &str = "navi";
/// From opening the socket to CONNACK, ms.
const HANDSHAKE_MS: u64 = 10_000;

impl Connection {
    pub(super) fn start_round(&mut self, cx: &mut Context) {
        let error = Error::network(ErrorCode::NavigationFailed);
        self.round = Round::new(error, cx.now);
        self.fell_back = None;
        if self.wants_token() {
            return self.ask_for_token(cx);
        }
        self.round.failed.extend(self.avoided.take());
        // An answer grows old in a page that stays open, too.
        if self.navigation.is_none() || cx.clock.wall(cx.now).is_some() {
            self.navigation = self.kept_navigation(cx);
        }
        if self.navigation.is_some() { self.ask_hosts(cx) } else { self.navigate(cx) }
    }

    /// The stored answer, if it is for this token and young enough.
    fn kept_navigation(&self, cx: &Context) -> Option<Navigation> {
        let (stored, account) = (self.stored_navigation.as_ref()?, self.account.as_ref()?);
        let (now, allowed) = (cx.clock.wall(cx.now)?, &cx.config.allowed_hosts);
        let kept = navigation::from_stored(stored, account.hash, now, allowed)?;
        (kept.secure || !cx.config.secure_page).then_some(kept)
    }

    pub(super) fn forget_navigation(&mut self, cx: &mut Context) {
        if self.navigation.take().is_some() | self.stored_navigation.take().is_some() {
            cx.out.delete_app(NAVIGATION_KEY);
        }
    }

    /// An HTTP request ended: a navigator's or a host's.
    pub fn http_done(
        &mut self,
        cx: &mut Context,
        id: HttpId,
        outcome: &HttpOutcome,
    ) -> Option<Change> {
        if let Link::Navigating(navigators) = &mut self.link
            && let Some(asked) = navigators.ended(cx, id)
        {
            return self.navigator_answered(cx, asked, outcome);
        }
        if let Link::Racing(race) = &mut self.link
            && let Some(state) = race.http_done(cx, id, outcome)
        {
            self.raced(cx, state);
        }
        self.doubt_answered(cx, id, outcome);
        None
    }

    pub(super) fn ask_hosts(&mut self, cx: &mut Context) {
        let Some(navigation) = &self.navigation else { return self.hosts_exhausted(cx) };
        let order = self.blame.order(&navigation.hosts, cx.now);
        let hosts = order.into_iter().filter_map(|place| navigation.hosts.get(place));
        let untried = |host: &&String| !self.round.failed.contains(*host);
        let hosts: Vec<String> = hosts.filter(untried).cloned().collect();
        // Our own server answers a ping and a socket at the same place: one host needs no race.
        let alone = navigation.terms.is_some() && navigation.hosts.len() == 1;
        let secure = navigation.secure;
        match hosts.first() {
            None => self.hosts_exhausted(cx),
            Some(host) => {
                cx.out.status(Status::Connecting);
                let host = host.clone();
                self.link.replace(cx, Link::Waiting);
                self.link = if alone {
                    Link::Chosen(self.route_to(cx, host))
                } else {
                    Link::Racing(Race::start(cx, hosts, secure))
                };
            }
        }
    }

    /// No host of the answer works: the answer is dropped, and asked for anew unless it is new.
    fn hosts_exhausted(&mut self, cx: &mut Context) {
        self.forget_navigation(cx);
        if self.round.navigated {
            self.round_failed(cx);
        } else {
            self.round.failed.clear();
            self.navigate(cx);
        }
    }

    pub(super) fn race_timer(&mut self, cx: &mut Context) {
        if let Link::Racing(race) = &mut self.link {
            let state = race.timer(cx);
            self.raced(cx, state);
        }
    }

    fn raced(&mut self, cx: &mut Context, state: RaceState) {
        if let Link::Racing(race) = &mut self.link {
            for host in race.take_failed() {
                self.blame.blame(&host, cx.now);
            }
        }
        match state {
            RaceState::Running => {}
            RaceState::Won(host) => self.link = Link::Chosen(self.route_to(cx, host)),
            RaceState::Lost => {
                self.link = Link::Waiting;
                self.round.error = Error::network(ErrorCode::ServerUnavailable);
                self.hosts_exhausted(cx);
            }
        }
    }

    /// Opens the link to the chosen host once the user's state is there (`device`: the id to log
    /// in with) and the last link is half a second ago.
    pub fn open_when_ready(&mut self, cx: &mut Context, device: Option<&str>) {
        let (Link::Chosen(route), Some(device)) = (&self.link, device) else { return };
        let soonest = self.last_socket.map_or(cx.now, |last| last + FLOOR_MS);
        if cx.now < soonest {
            cx.timers.set(Timer::Attempt, soonest);
            return;
        }
        let route = route.clone();
        let Some(url) = self.link_url(cx, &route, Some(device)) else { return };
        let id = cx.next_link();
        cx.timers.stop(Timer::Attempt);
        cx.timers.set(Timer::Handshake, cx.now + HANDSHAKE_MS);
        cx.out.transmit.push_back(Transmit::OpenLink { id, url, way: route.way });
        self.last_socket = Some(cx.now);
        self.link = Link::Opening(Attempt { id, route, since: cx.now, doubt: Doubt::None });
        self.begin_to_doubt(cx);
    }

    /// Where a link goes. Without a device, and so without a token: to be refused there.
    pub(super) fn link_url(
        &self,
        cx: &mut Context,
        route: &Route,
        device: Option<&str>,
    ) -> Option<String> {
        let (account, navigation) = (self.account.as_ref()?, self.navigation.as_ref()?);
        let mut url = String::from(match route.way {
            Way::WebSocket => "ws",
            Way::Polling(_) => "http",
        });
        url.push_str(if navigation.secure { "s://" } else { "://" });
        url.push_str(&route.host);
        url.push_str("/websocket?appId=");
        navigation::push_encoded(&mut url, &cx.config.app_key);
        url.push_str("&token=");
        if device.is_some() {
            navigation::push_encoded(&mut url, &account.token);
        }
        url.push_str("&sdkVer=");
        navigation::push_encoded(&mut url, &cx.config.sdk_version);
        url.push_str("&apiVer=");
        push_number(&mut url, cx.rng.below(1_000_000));
        if route.way == Way::Polling(PollForm::Json) {
            // As clients of 2.x call each of their links.
            url.push_str("&pid=");
            push_number(&mut url, cx.rng.below(1_000_000_000_000));
        }
        if let Some(device) = device.filter(|_| navigation.terms.is_some()) {
            url.push_str("&hy=1&did=");
            url.push_str(device);
        }
        Some(url)
    }

    /// The link opened.
    pub fn link_opened(&mut self, cx: &mut Context, id: LinkId) {
        let known = self.link.socket() == Some(id) || self.link.beside() == Some(id);
        if !known {
            // An abandoned link that opened after all.
            cx.out.transmit.push_back(Transmit::CloseLink(id));
        } else if matches!(&self.link, Link::Opening(attempt) if attempt.id == id)
            && let Link::Opening(attempt) = core::mem::take(&mut self.link)
        {
            self.link = Link::LoggingIn(attempt);
        }
    }

    pub(super) fn handshake_timed_out(&mut self, cx: &mut Context) {
        let code = match self.link {
            Link::LoggingIn(_) => ErrorCode::ConnAckTimeout,
            Link::Opening(_) => ErrorCode::ServerUnavailable,
            Link::Idle
            | Link::AwaitingToken { .. }
            | Link::Navigating(_)
            | Link::Racing(_)
            | Link::Chosen(_)
            | Link::Up(..)
            | Link::Waiting
            | Link::Ended => return,
        };
        self.host_failed(cx, Error::network(code));
    }

    /// The host in use does not log us in: on to the next one.
    pub(super) fn host_failed(&mut self, cx: &mut Context, error: Error) {
        if let Some(attempt) = self.link.attempt() {
            self.round.failed.push(attempt.route.host.clone());
            self.blame.blame(&attempt.route.host, cx.now);
        }
        // Where no polling is either, what the WebSocket met says more.
        let network = error.origin == Origin::Network;
        let error = self.fell_back.take().filter(|_| network).unwrap_or(error);
        self.round.error = error;
        self.link.replace(cx, Link::Waiting);
        self.ask_hosts(cx);
    }
}
