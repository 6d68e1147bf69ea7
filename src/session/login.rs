//! CONNACK: whose session it is, and what begins with it.

use super::account::KNOWN_TOKENS_KEY;
use super::connection::{Change, Connection};
use super::context::Context;
use super::io::{Event, Outcome, Status, Way};
use super::link::{Link, Login};
use super::timers::Timer;
use super::upgrade::Upgrade;
use crate::error::{Error, ErrorCode};
use crate::ids::{LinkId, UserId};
use crate::signal::LoginAnswer;

impl Connection {
    /// CONNACK came.
    pub fn login_answered(
        &mut self,
        cx: &mut Context,
        id: LinkId,
        answer: LoginAnswer,
    ) -> Option<Change> {
        let Link::LoggingIn(attempt) = &self.link else { return None };
        if attempt.id != id {
            return None;
        }
        let route = attempt.route.clone();
        match answer {
            LoginAnswer::Accepted { user, server_time, extended } if !user.is_empty() => {
                if self.is_foreign(&user) {
                    let error = Error::caller(ErrorCode::TokenOfAnotherUser);
                    return Some(self.end(cx, Status::Refused, error));
                }
                if let Some(expected) = self.expected_user().filter(|expected| **expected != user) {
                    let by_page = self.expected.as_ref() == Some(expected);
                    return self.mistaken(cx, by_page);
                }
                let user = user.detached();
                let extended = extended && self.announced();
                let since = cx.now;
                Some(self.logged_in(cx, Login { id, route, user, extended, server_time, since }))
            }
            LoginAnswer::Accepted { .. } => {
                self.host_failed(cx, Error::server(ErrorCode::PackageError));
                None
            }
            LoginAnswer::Refused { status } => self.refused(cx, status),
        }
    }

    /// Whose session it must be: the page said so, or the navigator.
    fn expected_user(&self) -> Option<&UserId> {
        let told = || self.navigation.as_ref()?.user.as_ref();
        self.expected.as_ref().or_else(told)
    }

    /// A server logged in somebody else. Against the navigator's word another server may be right;
    /// against the page's word it is over.
    fn mistaken(&mut self, cx: &mut Context, by_page: bool) -> Option<Change> {
        if by_page {
            return Some(self.wrong_user(cx));
        }
        self.host_failed(cx, Error::server(ErrorCode::UserMismatch));
        None
    }

    /// The token is not that of the user whom the page named.
    pub(super) fn wrong_user(&mut self, cx: &mut Context) -> Change {
        self.forget_navigation(cx);
        self.end(cx, Status::Refused, Error::server(ErrorCode::UserMismatch))
    }

    pub(super) fn announced(&self) -> bool {
        self.navigation.as_ref().is_some_and(|navigation| navigation.terms.is_some())
    }

    fn logged_in(&mut self, cx: &mut Context, login: Login) -> Change {
        let (user, server_time) = (login.user.clone(), login.server_time);
        for timer in [Timer::Handshake, Timer::Doubt, Timer::Round] {
            cx.timers.stop(timer);
        }
        if let Some(attempt) = self.link.attempt() {
            attempt.doubt.abort(cx);
        }
        self.reached(cx, &login.route);
        self.plan_upgrade(cx, &login.route);
        let polling = login.route.way != Way::WebSocket;
        self.link = Link::Up(login, Upgrade::Rest);
        self.learn_user(cx, &user);
        self.token_accepted(&user);
        self.redirects = 0;
        cx.clock.set_server(cx.now, server_time);
        cx.out.status(Status::Connected);
        cx.out.event(Event::SignedIn { user: user.clone(), server_time, polling });
        for call in self.calls.drain(..) {
            cx.out.settle(call, Ok(Outcome::Connected { user: user.clone() }));
        }
        Change::LoggedIn
    }

    /// The server said whose session it is; of a token that came in the middle of a session only
    /// the login is believed.
    pub(super) fn learn_user(&mut self, cx: &mut Context, user: &UserId) {
        if self.is_foreign(user) {
            return;
        }
        self.user = Some(user.detached());
        if let Some(account) = &self.account
            && let Some(stored) = self.known.learn(account.hash, user)
        {
            cx.out.put_app(KNOWN_TOKENS_KEY, stored);
        }
    }
}
