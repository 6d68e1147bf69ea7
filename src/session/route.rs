//! Which server to take: a staggered race of `/ping`.
//!
//! The i-th host is asked i seconds after the first, or as soon as all before it have failed. The
//! first HTTP 200 wins and the others are aborted; 15 s without a winner end the race.

use super::context::Context;
use super::io::{HttpOutcome, Transmit};
use super::timers::Timer;
use crate::conversation::fields::push_number;
use crate::ids::HttpId;
use crate::time::Tick;

/// One host after the other, ms.
const STAGGER_MS: u64 = 1_000;
/// The race ends here, ms.
const LIMIT_MS: u64 = 15_000;

/// How a race stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RaceState {
    /// Nobody has answered yet.
    Running,
    /// This host answered first.
    Won(String),
    /// Nobody will.
    Lost,
}

/// A race under way.
#[derive(Debug)]
pub struct Race {
    secure: bool,
    waiting: Vec<String>,
    /// In the order of asking.
    asked: Vec<(HttpId, String)>,
    /// Hosts that failed, or were overtaken by one that was asked later.
    failed: Vec<String>,
    end: Tick,
}

impl Race {
    /// Asks the first of `hosts`.
    pub fn start(cx: &mut Context, hosts: Vec<String>, secure: bool) -> Self {
        let mut waiting = hosts;
        waiting.reverse();
        let mut race =
            Self { secure, waiting, asked: Vec::new(), failed: Vec::new(), end: cx.now + LIMIT_MS };
        race.ask_next(cx);
        race
    }

    fn ask_next(&mut self, cx: &mut Context) {
        if let Some(host) = self.waiting.pop() {
            let url = ping_url(cx, &host, self.secure);
            let rest = u32::try_from(self.end.since(cx.now)).unwrap_or(0);
            self.asked.push((cx.http(url, rest), host));
        }
        let next = if self.waiting.is_empty() { self.end } else { cx.now + STAGGER_MS };
        cx.timers.set(Timer::Race, next.min(self.end));
    }

    /// A request ended. `None`: it was none of this race.
    pub fn http_done(
        &mut self,
        cx: &mut Context,
        id: HttpId,
        outcome: &HttpOutcome,
    ) -> Option<RaceState> {
        let position = self.asked.iter().position(|(asked, _)| *asked == id)?;
        let (_, host) = self.asked.remove(position);
        if is_pong(outcome) {
            let slower = self.asked.iter().take(position).map(|(_, host)| host.clone());
            self.failed.extend(slower);
            self.abort(cx);
            return Some(RaceState::Won(host));
        }
        self.failed.push(host);
        if self.asked.is_empty() {
            if self.waiting.is_empty() {
                self.abort(cx);
                return Some(RaceState::Lost);
            }
            self.ask_next(cx);
        }
        Some(RaceState::Running)
    }

    /// [`Timer::Race`] is due.
    pub fn timer(&mut self, cx: &mut Context) -> RaceState {
        if cx.now >= self.end {
            if self.waiting.is_empty() {
                self.abort(cx);
                return RaceState::Lost;
            }
            // Timers of a page that nobody sees come a minute late: there is a host left to ask.
            self.end = cx.now + LIMIT_MS;
        }
        self.ask_next(cx);
        RaceState::Running
    }

    /// Who is to blame, once.
    pub fn take_failed(&mut self) -> Vec<String> {
        core::mem::take(&mut self.failed)
    }

    /// Ends the race without a winner.
    pub fn abort(&mut self, cx: &mut Context) {
        for (id, _) in self.asked.drain(..) {
            cx.out.transmit.push_back(Transmit::AbortHttp(id));
        }
        self.waiting.clear();
        cx.timers.stop(Timer::Race);
    }
}

/// The question whether a host is there. The number at the end gets it past caches.
pub fn ping_url(cx: &mut Context, host: &str, secure: bool) -> String {
    let mut url = String::from(if secure { "https://" } else { "http://" });
    url.push_str(host);
    url.push_str("/ping?r=");
    push_number(&mut url, cx.rng.below(1_000_000_000));
    url
}

/// Whether a host answered it: with 200, and not with a page for people, as the sign-in of a
/// network does in everybody's place.
pub fn is_pong(outcome: &HttpOutcome) -> bool {
    match outcome {
        HttpOutcome::Answer { status: 200, body, .. } => !body.trim_ascii_start().starts_with(b"<"),
        HttpOutcome::Answer { .. } | HttpOutcome::Failed => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::*;
    use bytes::Bytes;

    fn context() -> Context {
        Context::new(Config::default(), 1)
    }

    fn race(cx: &mut Context, hosts: &[&str]) -> Race {
        Race::start(cx, hosts.iter().map(|host| (*host).to_owned()).collect(), false)
    }

    fn asked(cx: &mut Context) -> Vec<HttpId> {
        let sent = cx.out.transmit.by_ref();
        sent.filter_map(|sent| match sent {
            Transmit::Http { id, .. } => Some(id),
            Transmit::OpenLink { .. }
            | Transmit::Send(..)
            | Transmit::CloseLink(_)
            | Transmit::AbortHttp(_)
            | Transmit::LoadUser(_)
            | Transmit::ReleaseUser(_) => None,
        })
        .collect()
    }

    fn ok() -> HttpOutcome {
        HttpOutcome::Answer { status: 200, body: Bytes::new(), retry_after_s: None }
    }

    #[test]
    fn hosts_are_asked_a_second_apart_and_the_first_answer_wins() {
        let mut cx = context();
        let mut race = race(&mut cx, &["a", "b", "c"]);
        let first = asked(&mut cx);
        assert_eq!(first.len(), 1);
        assert_eq!(cx.timers.get(Timer::Race), Some(Tick::from_millis(1_000)));
        cx.now = Tick::from_millis(1_000);
        assert_eq!(race.timer(&mut cx), RaceState::Running);
        let second = asked(&mut cx);
        assert_eq!(race.http_done(&mut cx, second[0], &ok()), Some(RaceState::Won("b".into())));
        assert_eq!(cx.out.transmit.pop_front(), Some(Transmit::AbortHttp(first[0])));
        assert_eq!(race.take_failed(), ["a"], "it was asked earlier");
        assert_eq!(cx.timers.next(), None);
        assert_eq!(race.http_done(&mut cx, first[0], &ok()), None, "aborted");
    }

    #[test]
    fn a_page_for_people_is_no_answer() {
        let page = Bytes::from_static(b"\n<!doctype html>");
        assert!(is_pong(&ok()));
        assert!(!is_pong(&HttpOutcome::Answer { status: 200, body: page, retry_after_s: None }));
    }

    #[test]
    fn a_failure_hurries_the_next() {
        let mut cx = context();
        let mut race = race(&mut cx, &["a", "b"]);
        let first = asked(&mut cx)[0];
        assert_eq!(race.http_done(&mut cx, first, &HttpOutcome::Failed), Some(RaceState::Running));
        let second = asked(&mut cx)[0];
        assert_eq!(race.http_done(&mut cx, second, &HttpOutcome::Failed), Some(RaceState::Lost));
    }

    #[test]
    fn c1_a_timer_that_comes_a_minute_late_leaves_no_host_out() {
        let mut cx = context();
        let mut race = race(&mut cx, &["silent", "b"]);
        asked(&mut cx);
        cx.now = Tick::from_millis(60_000);
        assert_eq!(race.timer(&mut cx), RaceState::Running);
        let second = asked(&mut cx)[0];
        assert_eq!(race.http_done(&mut cx, second, &ok()), Some(RaceState::Won("b".into())));
        assert_eq!(race.take_failed(), ["silent"]);
    }

    #[test]
    fn silence_ends_it() {
        let mut cx = context();
        let mut race = race(&mut cx, &["a"]);
        assert_eq!(cx.timers.get(Timer::Race), Some(Tick::from_millis(LIMIT_MS)));
        cx.now = Tick::from_millis(LIMIT_MS);
        assert_eq!(race.timer(&mut cx), RaceState::Lost);
    }
}
