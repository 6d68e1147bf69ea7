//! The navigators of one round: each is asked a second after the one before, or as soon as one has
//! failed; the first useful answer wins. One that is dead costs a second, not its whole timeout.

use bytes::Bytes;

use super::connection::{Change, Connection};
use super::context::Context;
use super::dial::NAVIGATION_KEY;
use super::io::{Event, HttpOutcome, Status, Transmit};
use super::link::Link;
use super::navigation::{self, Navigation, Verdict};
use super::timers::Timer;
use crate::error::{Error, ErrorCode};
use crate::ids::HttpId;
use crate::signal::Told;
use crate::time::Tick;

/// One navigator after the other, ms.
const STAGGER_MS: u64 = 1_000;
/// What a whole answer is told under.
const ANSWER_TOPIC: &str = "navi";
/// A navigator may ask for a pause of at most so long, ms.
const MAX_RETRY_AFTER_MS: u64 = 600_000;

/// One that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    http: HttpId,
    /// Which of the account's navigators.
    pub index: usize,
    /// When.
    pub since: Tick,
}

/// Those of a round.
#[derive(Debug)]
pub struct Navigators {
    /// The next one last.
    waiting: Vec<usize>,
    /// In the order of asking.
    asked: Vec<Asked>,
    /// When the next one is asked, if any.
    next: Tick,
}

impl Navigators {
    /// Asks nobody yet. `order`: places of navigators.
    pub fn new(cx: &Context, mut order: Vec<usize>) -> Self {
        order.reverse();
        Self { waiting: order, asked: Vec::new(), next: cx.now }
    }

    /// Who is to be asked now, if anybody: to be told of by [`asked`](Self::asked).
    pub fn next(&mut self, now: Tick) -> Option<usize> {
        if now < self.next { None } else { self.waiting.pop() }
    }

    /// A navigator was asked.
    pub fn asked(&mut self, cx: &mut Context, http: HttpId, index: usize) {
        self.asked.push(Asked { http, index, since: cx.now });
        self.next = cx.now + STAGGER_MS;
        self.set_timer(cx);
    }

    /// A request ended. `None`: it was none of these.
    pub fn ended(&mut self, cx: &mut Context, http: HttpId) -> Option<Asked> {
        let place = self.asked.iter().position(|asked| asked.http == http)?;
        let asked = self.asked.remove(place);
        self.next = cx.now;
        self.set_timer(cx);
        Some(asked)
    }

    /// One that did not answer within `timeout` ms; it is not waited for any more.
    pub fn timed_out(&mut self, cx: &mut Context, timeout: u64) -> Option<usize> {
        let late = *self.asked.first().filter(|asked| cx.now >= asked.since + timeout)?;
        cx.out.transmit.push_back(Transmit::AbortHttp(late.http));
        self.ended(cx, late.http).map(|asked| asked.index)
    }

    /// Those that were asked before `since` and have not answered yet.
    pub fn slower_than(&self, since: Tick) -> Vec<usize> {
        self.asked.iter().filter(|asked| asked.since < since).map(|asked| asked.index).collect()
    }

    /// Whether there is nobody left to wait for or to ask.
    pub fn is_over(&self) -> bool {
        self.waiting.is_empty() && self.asked.is_empty()
    }

    fn set_timer(&self, cx: &mut Context) {
        let timeout = u64::from(cx.config.navigation_timeout_ms);
        let late = self.asked.first().map(|asked| asked.since + timeout);
        let next = (!self.waiting.is_empty()).then_some(self.next);
        cx.timers.assign(Timer::Navigation, late.into_iter().chain(next).min());
    }

    /// Asks nobody any more.
    pub fn abort(&self, cx: &mut Context) {
        for asked in &self.asked {
            cx.out.transmit.push_back(Transmit::AbortHttp(asked.http));
        }
        cx.timers.stop(Timer::Navigation);
    }
}

impl Connection {
    /// Asks the navigators where the servers are.
    pub(super) fn navigate(&mut self, cx: &mut Context) {
        self.round.navigated = true;
        let known = self.account.as_ref().map_or(&[][..], |account| &account.navigators);
        let navigators = Navigators::new(cx, self.blame.order(known, cx.now));
        self.link.replace(cx, Link::Navigating(navigators));
        self.ask_more(cx);
    }

    /// Asks whom it is time to ask. Nobody left: the round has failed.
    fn ask_more(&mut self, cx: &mut Context) {
        while let Link::Navigating(navigators) = &mut self.link {
            match navigators.next(cx.now) {
                Some(index) => self.ask_navigator(cx, index),
                None if navigators.is_over() => return self.round_failed(cx),
                None => return,
            }
        }
    }

    fn ask_navigator(&mut self, cx: &mut Context, index: usize) {
        let Some(account) = &self.account else { return };
        let Some(base) = account.navigators.get(index) else { return };
        let r = cx.rng.below(1_000_000_000);
        let url = navigation::request_url(base, &cx.config, &account.token, r);
        self.remark(cx, Status::NavigationRequested);
        let http = cx.http(url, cx.config.navigation_timeout_ms);
        if let Link::Navigating(navigators) = &mut self.link {
            navigators.asked(cx, http, index);
        }
    }

    /// The navigation is remarked upon only where a call waits: not in reconnects by itself.
    fn remark(&self, cx: &mut Context, status: Status) {
        if !self.calls.is_empty() {
            cx.out.remark(status);
        }
    }

    /// [`Timer::Navigation`] is due.
    pub(super) fn navigation_timer(&mut self, cx: &mut Context) {
        let timeout = cx.config.navigation_timeout_ms.into();
        while let Link::Navigating(navigators) = &mut self.link
            && let Some(index) = navigators.timed_out(cx, timeout)
        {
            let error = Error::network(ErrorCode::NavigationFailed);
            self.navigator_failed(cx, index, Status::NavigationTimedOut, error);
        }
        self.ask_more(cx);
    }

    fn navigator_failed(&mut self, cx: &mut Context, index: usize, status: Status, error: Error) {
        self.remark(cx, status);
        self.round.error = error;
        self.blame_navigator(cx, index);
    }

    fn blame_navigator(&mut self, cx: &Context, index: usize) {
        if let Some(base) = self.account.as_ref().and_then(|known| known.navigators.get(index)) {
            self.blame.blame(base, cx.now);
        }
    }

    /// A navigator answered, or did not.
    pub(super) fn navigator_answered(
        &mut self,
        cx: &mut Context,
        asked: Asked,
        outcome: &HttpOutcome,
    ) -> Option<Change> {
        let change = match outcome {
            HttpOutcome::Failed => {
                let timeout = u64::from(cx.config.navigation_timeout_ms);
                let late = cx.now.since(asked.since) >= timeout;
                let told = if late { Status::NavigationTimedOut } else { Status::NavigationFailed };
                let error = Error::network(ErrorCode::NavigationFailed);
                self.navigator_failed(cx, asked.index, told, error);
                None
            }
            HttpOutcome::Answer { status, body, retry_after_s } => {
                let pause = u64::from(retry_after_s.unwrap_or(0)) * 1_000;
                self.retry_after_ms = self.retry_after_ms.max(pause.min(MAX_RETRY_AFTER_MS));
                self.navigator_said(cx, asked, *status, body)
            }
        };
        self.ask_more(cx);
        change
    }

    fn navigator_said(
        &mut self,
        cx: &mut Context,
        asked: Asked,
        status: u16,
        body: &[u8],
    ) -> Option<Change> {
        let base = self.account.as_ref()?.navigators.get(asked.index)?;
        let secure = cx.config.secure_page || base.starts_with("https:");
        let verdict = navigation::read_answer(status, body, secure, &cx.config.allowed_hosts);
        let failed = Status::NavigationFailed;
        match verdict {
            Verdict::NotAnAnswer => {
                // A page for people in its place: where a network wants a sign-in, or a wrong address.
                let code = match status {
                    200 => ErrorCode::NavigationResource,
                    _ => ErrorCode::NavigationFailed,
                };
                self.navigator_failed(cx, asked.index, failed, Error::network(code));
                return None;
            }
            Verdict::Usable(..) => {
                let (topic, body) = (ANSWER_TOPIC.into(), Bytes::copy_from_slice(body));
                cx.out.event(Event::Told(Told { topic, body }));
                self.remark(cx, Status::NavigationAnswered);
            }
            Verdict::TokenIncorrect
            | Verdict::AppKeyRejected
            | Verdict::Unusable
            | Verdict::Refused => self.remark(cx, Status::NavigationAnswered),
        }
        match verdict {
            Verdict::Usable(found, all_allowed) => {
                if !all_allowed {
                    cx.out.event(Event::Trouble(Error::server(ErrorCode::HostNotAllowed)));
                }
                self.navigated(cx, asked, found)
            }
            Verdict::TokenIncorrect => {
                self.token_refused(cx, Error::server(ErrorCode::TokenIncorrect))
            }
            Verdict::AppKeyRejected => {
                let error = Error::server(ErrorCode::AppKeyRejected);
                Some(self.end(cx, Status::AppKeyFake, error))
            }
            Verdict::Refused => {
                let error = Error::server(ErrorCode::HostNotAllowed);
                cx.out.event(Event::Trouble(error));
                self.round.error = error;
                self.blame_navigator(cx, asked.index);
                None
            }
            Verdict::Unusable | Verdict::NotAnAnswer => {
                self.round.error = Error::server(ErrorCode::NavigationResource);
                self.blame_navigator(cx, asked.index);
                None
            }
        }
    }

    fn navigated(&mut self, cx: &mut Context, asked: Asked, found: Navigation) -> Option<Change> {
        self.retry_after_ms = 0;
        if let Link::Navigating(navigators) = &self.link {
            for index in navigators.slower_than(asked.since) {
                self.blame_navigator(cx, index);
            }
        }
        let account = self.account.as_ref()?;
        if let Some(base) = account.navigators.get(asked.index) {
            self.blame.forgive(base);
        }
        if let Some(user) = &found.user {
            if self.expected.as_ref().is_some_and(|expected| expected != user) {
                return Some(self.wrong_user(cx));
            }
            self.learn_user(cx, &user.clone());
        }
        if let (Some(account), Some(wall)) = (&self.account, cx.clock.wall(cx.now)) {
            let stored = navigation::to_stored(&found, account.hash, wall);
            cx.out.put_app(NAVIGATION_KEY, stored.clone());
            self.stored_navigation = Some(stored);
        }
        self.navigation = Some(found);
        self.ask_hosts(cx);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::*;

    #[test]
    fn one_is_asked_after_the_other_and_sooner_after_a_failure() {
        let mut cx = Context::new(Config::default(), 1);
        let mut navigators = Navigators::new(&cx, vec![2, 0, 1]);
        assert_eq!(navigators.next(cx.now), Some(2));
        navigators.asked(&mut cx, HttpId(1), 2);
        assert_eq!(navigators.next(cx.now), None);
        assert_eq!(cx.timers.get(Timer::Navigation), Some(cx.now + STAGGER_MS));
        cx.now = cx.now + STAGGER_MS;
        assert_eq!(navigators.next(cx.now), Some(0));
        navigators.asked(&mut cx, HttpId(2), 0);
        cx.now = cx.now + 1;
        assert_eq!(navigators.ended(&mut cx, HttpId(9)), None);
        let failed = navigators.ended(&mut cx, HttpId(2)).unwrap();
        assert_eq!((failed.index, navigators.next(cx.now)), (0, Some(1)));
        navigators.asked(&mut cx, HttpId(3), 1);
        let last = navigators.ended(&mut cx, HttpId(3)).unwrap();
        assert_eq!(navigators.slower_than(last.since), [2]);
        assert_eq!(cx.timers.get(Timer::Navigation), Some(Tick::from_millis(5_000)));
        cx.now = Tick::from_millis(5_000);
        assert_eq!(navigators.timed_out(&mut cx, 5_000), Some(2));
        assert!(navigators.is_over());
        assert_eq!(navigators.timed_out(&mut cx, 5_000), None);
    }
}
