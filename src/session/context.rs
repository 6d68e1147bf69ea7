//! What every part of the engine may use: the time, the dice, the deadlines, the output queues.

use super::clock::Clock;
use super::config::Config;
use super::io::{Event, Outcome, Status, Transmit};
use super::timers::Timers;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, HttpId, LinkId, UserId};
use crate::ops::{Scope, StoreOp};
use crate::queue::Queue;
use crate::rng::Rng;
use crate::time::Tick;

/// Shared by the parts, one mutable borrow at a time.
#[derive(Debug)]
pub struct Context {
    /// The page's choices.
    pub config: Config,
    /// The latest tick any input brought.
    pub now: Tick,
    /// The only source of randomness.
    pub rng: Rng,
    /// Wall and server time.
    pub clock: Clock,
    /// Deadlines.
    pub timers: Timers,
    /// Output queues.
    pub out: Out,
    last_link: u32,
    last_http: u32,
}

impl Context {
    /// A context at tick 0 with empty queues.
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            config,
            now: Tick::default(),
            rng: Rng::new(seed),
            clock: Clock::default(),
            timers: Timers::default(),
            out: Out::default(),
            last_link: 0,
            last_http: 0,
        }
    }

    /// A name for the next link.
    pub fn next_link(&mut self) -> LinkId {
        self.last_link = self.last_link.wrapping_add(1);
        LinkId(self.last_link)
    }

    /// Asks over HTTP.
    pub fn http(&mut self, url: String, timeout_ms: u32) -> HttpId {
        self.last_http = self.last_http.wrapping_add(1);
        let id = HttpId(self.last_http);
        self.out.transmit.push_back(Transmit::Http { id, url, timeout_ms });
        id
    }
}

/// What waits to be polled.
#[derive(Debug, Default)]
pub struct Out {
    /// For storage.
    pub store: Queue<StoreOp>,
    /// For the network.
    pub transmit: Queue<Transmit>,
    /// For the page.
    pub events: Queue<Event>,
    /// The status told last.
    status: Option<Status>,
    /// Whose state may be written: the signed-in user, if this page owns that state.
    owner: Option<UserId>,
    storage_failed: bool,
}

impl Out {
    /// Tells an event.
    pub fn event(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// Tells a status of the navigation: a remark that changes nothing that lasts.
    pub fn remark(&mut self, status: Status) {
        self.event(Event::Status(status));
    }

    /// Tells a status if it is not the one that holds already.
    pub fn status(&mut self, status: Status) {
        if self.status != Some(status) {
            self.status = Some(status);
            self.event(Event::Status(status));
        }
    }

    /// The status that holds: never one of the navigation's remarks.
    pub fn current_status(&self) -> Status {
        self.status.unwrap_or(Status::ConnectionClosed)
    }

    /// Ends a call.
    pub fn settle(&mut self, call: CallId, outcome: Result<Outcome, Error>) {
        self.event(Event::Settled { call, outcome });
    }

    /// Ends calls with one failure.
    pub fn reject(&mut self, calls: &mut Vec<CallId>, error: Error) {
        for call in calls.drain(..) {
            self.settle(call, Err(error));
        }
    }

    /// From here on the state of `owner` may be written; of nobody if `None`.
    pub fn set_owner(&mut self, owner: Option<UserId>) {
        self.owner = owner;
    }

    /// Whether this page may write the state of a user. What came before that is known is kept later.
    pub fn has_owner(&self) -> bool {
        self.owner.is_some()
    }

    /// Whether what is written for the user survives a reload, as far as is known.
    pub fn is_durable(&self) -> bool {
        self.owner.is_some() && !self.storage_failed
    }

    /// Storage refused a write; said once. Returns whether this is the first time.
    pub fn storage_failed(&mut self) -> bool {
        if core::mem::replace(&mut self.storage_failed, true) {
            return false;
        }
        self.event(Event::Trouble(Error::client(ErrorCode::StorageUnavailable)));
        true
    }

    /// Keeps a value of the application.
    pub fn put_app(&mut self, key: &str, value: String) {
        self.store.push_back(StoreOp::Put { scope: Scope::App, key: key.into(), value });
    }

    /// Forgets a value of the application.
    pub fn delete_app(&mut self, key: &str) {
        self.store.push_back(StoreOp::Delete { scope: Scope::App, key: key.into() });
    }

    /// Keeps a value of the user, if this page owns the user's state.
    pub fn put_user(&mut self, key: String, value: String) {
        if let Some(owner) = &self.owner {
            let scope = Scope::User(owner.clone());
            self.store.push_back(StoreOp::Put { scope, key, value });
        }
    }

    /// Forgets a value of the user, if this page owns the user's state.
    pub fn delete_user(&mut self, key: String) {
        if let Some(owner) = &self.owner {
            let scope = Scope::User(owner.clone());
            self.store.push_back(StoreOp::Delete { scope, key });
        }
    }
}
