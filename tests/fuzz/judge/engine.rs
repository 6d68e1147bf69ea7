//! Texts that only an engine reads: a navigator's answer, and what an earlier page left in storage.

use bytes::Bytes;
use hongyan::ids::{CallId, HttpId, UserId};
use hongyan::session::io::{Command, Event, HttpOutcome, Input, Restored, Transmit};
use hongyan::session::{Config, Engine};
use hongyan::time::{Tick, UnixMillis};

/// More than an engine ever says at once to a navigator's answer, or at its start.
const MANY: usize = 10_000;

struct Watched {
    engine: Engine,
    now: u64,
    http: Option<HttpId>,
    /// A server was asked whether it lives, or a socket was opened.
    dialled: bool,
    settled: bool,
}

impl Watched {
    fn new(stored: Vec<(String, String)>) -> Self {
        let navigators = vec!["http://a".to_owned(), "http://b".to_owned()];
        let config = Config { app_key: "key".into(), navigators, ..Config::default() };
        let engine = Engine::new(config, 1);
        let mut watched = Self { engine, now: 0, http: None, dialled: false, settled: false };
        watched.feed(Input::RestoredApp(stored));
        watched.feed(Input::WallClock(UnixMillis::new(1_700_000_000_000)));
        let user = Some(UserId::from("me"));
        let connect = Command::Connect { call: CallId(1), token: "token".into(), user };
        watched.feed(Input::Command(connect));
        watched
    }

    fn feed(&mut self, input: Input) {
        self.engine.handle(Tick::from_millis(self.now), input);
        let mut said = 0;
        while self.engine.poll_store().is_some() {
            said += 1;
        }
        while let Some(transmit) = self.engine.poll_transmit() {
            said += 1;
            self.watch(transmit);
        }
        while let Some(event) = self.engine.poll_event() {
            said += 1;
            self.settled |= matches!(event, Event::Settled { call: CallId(1), .. });
        }
        assert!(said < MANY, "no end of it");
    }

    fn watch(&mut self, transmit: Transmit) {
        match transmit {
            Transmit::Http { id, url, .. } => {
                assert_plain(&url);
                self.dialled |= url.contains("/ping?");
                self.http = Some(id);
            }
            Transmit::OpenLink { url, .. } => {
                assert_plain(&url);
                self.dialled = true;
            }
            Transmit::Send(..)
            | Transmit::CloseLink(_)
            | Transmit::AbortHttp(_)
            | Transmit::LoadUser(_)
            | Transmit::ReleaseUser(_) => {}
        }
    }

    /// Half a minute without a network: the call must have been answered by then.
    fn wait(&mut self) {
        while self.now < 30_000 {
            self.now += 500;
            self.feed(Input::Timeout);
        }
        assert!(self.settled, "the call was never answered");
    }
}

/// A URL that goes where it says, whoever named the host.
fn assert_plain(url: &str) {
    let known = ["http://", "https://", "ws://", "wss://"];
    assert!(known.iter().any(|scheme| url.starts_with(scheme)), "{url}");
    assert!(!url.chars().any(|c| c.is_control() || c.is_whitespace()), "{url}");
}

/// A navigator answers with the bytes.
pub fn navigation(bytes: &[u8]) -> bool {
    let mut page = Watched::new(Vec::new());
    let Some(id) = page.http else { return false };
    let body = Bytes::copy_from_slice(bytes);
    page.feed(Input::HttpDone(id, HttpOutcome::Answer { status: 200, body, retry_after_s: None }));
    page.feed(Input::RestoredUser(UserId::from("me"), Restored::MemoryOnly));
    page.wait();
    page.dialled
}

/// Storage holds what the bytes say: keys and values in turn, each ended by a zero byte. The first
/// byte says how many of them are the application's; the others are the user's.
pub fn stored(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else { return false };
    let text = String::from_utf8_lossy(rest);
    let mut parts = text.split('\0');
    let mut pairs = Vec::new();
    while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
        pairs.push((key.to_owned(), value.to_owned()));
    }
    let user = pairs.split_off(usize::from(*first).min(pairs.len()));
    let some = !user.is_empty();
    let mut page = Watched::new(pairs);
    page.feed(Input::RestoredUser(UserId::from("me"), Restored::Owned(user)));
    let list = page.engine.conversations(&[], None);
    let kept = list.len();
    page.wait();
    some && kept > 0
}
