//! A page: an engine, its sockets and its questions. It ends like a process, at any moment.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hongyan::ids::{HttpId, LinkId};
use hongyan::ops::Scope;
use hongyan::session::Config;
use hongyan::session::engine::Engine;
use hongyan::session::io::{Event, Input, Restored, Transmit};
use hongyan::storage::Keeper;
use hongyan::time::{Tick, UnixMillis};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::http;
use super::link::Link;
use super::shelf::Shelf;

/// See the module.
pub(super) struct Page {
    engine: Engine,
    origin: Instant,
    links: BTreeMap<LinkId, Link>,
    questions: BTreeMap<HttpId, AbortHandle>,
    news: UnboundedSender<Input>,
    heard: UnboundedReceiver<Input>,
}

/// Where storage stops taking writes because the page has died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Died;

impl Page {
    pub(super) fn open(config: Config, seed: u64) -> Self {
        let (news, heard) = unbounded_channel();
        Self {
            engine: Engine::new(config, seed),
            origin: Instant::now(),
            links: BTreeMap::new(),
            questions: BTreeMap::new(),
            news,
            heard,
        }
    }

    /// What the engine is told before anything else.
    pub(super) fn first_news(keeper: &Keeper<Shelf>) -> [Input; 2] {
        // This is the host, where time comes from.
        #[allow(clippy::disallowed_methods)]
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let wall = UnixMillis::new(i64::try_from(wall).unwrap_or(i64::MAX));
        [Input::RestoredApp(keeper.load(&Scope::App)), Input::WallClock(wall)]
    }

    /// Something that the engine hears in its turn.
    pub(super) fn tell(&self, input: Input) {
        drop(self.news.send(input));
    }

    /// The next thing that happened.
    pub(super) async fn hear(&mut self) -> Input {
        // Its own sender keeps the channel open.
        self.heard.recv().await.unwrap_or(Input::Timeout)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let due = self.engine.poll_timeout()?;
        Some(self.origin + Duration::from_millis(due.as_millis()))
    }

    fn now(&self) -> Tick {
        let ms = self.origin.elapsed().as_millis();
        Tick::from_millis(u64::try_from(ms).unwrap_or(u64::MAX))
    }

    /// One input, after what the clock has to say, and all that comes of it. Storage takes at most
    /// `writes` more; then the page is dead.
    pub(super) fn handle(
        &mut self,
        input: Input,
        keeper: &mut Keeper<Shelf>,
        writes: &mut Option<u32>,
    ) -> Result<Vec<Event>, Died> {
        if !self.is_awaited(&input) {
            return Ok(Vec::new());
        }
        let now = self.now();
        let mut events = Vec::new();
        if self.engine.poll_timeout().is_some_and(|due| due <= now) {
            self.engine.handle(now, Input::Timeout);
            self.drain(keeper, writes, &mut events)?;
        }
        self.engine.handle(now, input);
        self.drain(keeper, writes, &mut events)?;
        Ok(events)
    }

    /// What was closed or aborted here reports nothing any more.
    fn is_awaited(&mut self, input: &Input) -> bool {
        match input {
            Input::LinkOpened(id) | Input::Received(id, _) => self.links.contains_key(id),
            Input::LinkClosed(id, _) => self.links.remove(id).is_some(),
            Input::HttpDone(id, _) => self.questions.remove(id).is_some(),
            Input::Command(_)
            | Input::RestoredApp(_)
            | Input::RestoredUser(..)
            | Input::StoreFailed
            | Input::HandedOver(_)
            | Input::Hint(_)
            | Input::WallClock(_)
            | Input::Timeout => true,
        }
    }

    fn drain(
        &mut self,
        keeper: &mut Keeper<Shelf>,
        writes: &mut Option<u32>,
        events: &mut Vec<Event>,
    ) -> Result<(), Died> {
        let mut refused = false;
        while let Some(op) = self.engine.poll_store() {
            if let Some(left) = writes {
                *left = left.checked_sub(1).ok_or(Died)?;
            }
            refused |= keeper.apply(&op).is_err();
        }
        while let Some(transmit) = self.engine.poll_transmit() {
            self.perform(transmit, keeper);
        }
        while let Some(event) = self.engine.poll_event() {
            events.push(event);
        }
        if refused {
            // Told once: from there on the engine lives in memory.
            self.tell(Input::StoreFailed);
        }
        Ok(())
    }

    fn perform(&mut self, transmit: Transmit, keeper: &Keeper<Shelf>) {
        match transmit {
            Transmit::OpenLink { id, url, way } => {
                let news = self.news.clone();
                let link = Link::open(id, url, way, news);
                self.links.insert(id, link);
            }
            Transmit::Send(id, frame) => {
                if let Some(link) = self.links.get(&id) {
                    link.send(frame);
                }
            }
            Transmit::CloseLink(id) => drop(self.links.remove(&id)),
            Transmit::Http { id, url, timeout_ms } => self.ask(id, url, timeout_ms),
            Transmit::AbortHttp(id) => {
                if let Some(question) = self.questions.remove(&id) {
                    question.abort();
                }
            }
            Transmit::LoadUser(user) => {
                let restored = Restored::Owned(keeper.load(&Scope::User(user.clone())));
                self.tell(Input::RestoredUser(user, restored));
            }
            Transmit::ReleaseUser(_) => {}
        }
    }

    fn ask(&mut self, id: HttpId, url: String, timeout_ms: u32) {
        let news = self.news.clone();
        let asking = tokio::spawn(async move {
            let outcome = http::get(&url, Duration::from_millis(u64::from(timeout_ms))).await;
            drop(news.send(Input::HttpDone(id, outcome)));
        });
        self.questions.insert(id, asking.abort_handle());
    }
}

impl Drop for Page {
    /// The process is gone: sockets are cut without a word.
    fn drop(&mut self) {
        self.links.values().for_each(|link| link.abort_handle().abort());
        self.questions.values().for_each(AbortHandle::abort);
    }
}
