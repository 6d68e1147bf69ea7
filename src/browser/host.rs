//! The loop between the world and the engine.
//!
//! ```text
//! news ─▶ inbox ─▶ [ clock · Timeout if due · handle · store ─▶ transmit ─▶ events ]* ─▶ timer
//!                                                                            └─▶ page, later
//! ```
//!
//! Two rules keep it safe. No borrow is held while the page runs, so a page callback may call
//! anything here. And news that comes while the loop works (from a callback, or from a browser API
//! that answers at once) waits in the inbox, which the loop empties before it ends.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::clock::BrowserClock;
use super::io::{Io, News, Report};
use super::locks::Clerk;
use super::network;
use crate::ids::BatchId;
use crate::queue::Queue;
use crate::session::config::Config;
use crate::session::engine::Engine;
use crate::session::io::{Command, Event, Hint, Input};
use crate::storage::StorageError;
use crate::time::Tick;

/// The page, as the loop sees it.
pub trait Page {
    /// Something changed. The engine may be read with [`Host::read`], and anything may be called.
    fn tell(&self, host: &Host, event: Event);
}

/// One client: an engine and its world. Cheap to clone; [`Host::stop`] ends it.
#[derive(Clone)]
pub struct Host(Rc<Shared>);

struct Shared {
    inbox: RefCell<Queue<News>>,
    machine: RefCell<Machine>,
    /// `None` once the client was stopped.
    io: RefCell<Option<Io>>,
    events: RefCell<Queue<Event>>,
    delivering: Cell<bool>,
    page: Box<dyn Page>,
}

struct Machine {
    engine: Engine,
    clock: BrowserClock,
}

impl Host {
    /// Starts an engine in this page. Nothing is asked of the network before a command.
    pub fn start(
        config: Config,
        persist: bool,
        seed: u64,
        page: Box<dyn Page>,
        clerk: Clerk,
    ) -> Self {
        let shared = Rc::new_cyclic(|weak: &Weak<Shared>| {
            let io = Io::new(&config.app_key, persist, clerk, reporter(weak));
            let clock = BrowserClock::start();
            let engine = Engine::new(config, seed);
            Shared {
                inbox: RefCell::new(first_news(&io, &clock)),
                machine: RefCell::new(Machine { engine, clock }),
                io: RefCell::new(Some(io)),
                events: RefCell::default(),
                delivering: Cell::new(false),
                page,
            }
        });
        shared.work();
        Self(shared)
    }

    /// Gives the engine a command. What it changes is told by the next [`deliver`](Self::deliver)
    /// or by whatever happens first.
    pub fn command(&self, command: Command) {
        self.0.inbox.borrow_mut().push_back(News::Input(Input::Command(command)));
        self.0.work();
    }

    /// Tells the page everything that happened.
    pub fn deliver(&self) {
        self.0.deliver();
    }

    /// Another page is looked at that this client serves, or is not any more. Also looks at the
    /// clocks: the browser holds back the timers of a page that nobody sees.
    pub fn attend(&self, seen: Option<bool>) {
        self.0.hear(News::Input(match seen {
            Some(true) => Input::Hint(Hint::Visible),
            Some(false) => Input::Hint(network::visibility()),
            None => Input::Timeout,
        }));
    }

    /// Looks at the engine; `None` while it works.
    pub fn read<R>(&self, look: impl FnOnce(&Engine) -> R) -> Option<R> {
        self.0.machine.try_borrow().ok().map(|machine| look(&machine.engine))
    }

    /// Ends everything at once: sockets, questions, listeners, the timer. Nothing is told after.
    pub fn stop(&self) {
        if let Ok(mut events) = self.0.events.try_borrow_mut() {
            events.clear();
        }
        if let Ok(mut io) = self.0.io.try_borrow_mut() {
            drop(io.take());
        }
    }
}

impl Shared {
    /// Something happened outside: let the engine know, then the page.
    fn hear(self: &Rc<Self>, news: News) {
        self.inbox.borrow_mut().push_back(news);
        if self.work() {
            self.deliver();
        }
    }

    /// Empties the inbox into the engine and does what it wants done. Returns `false` if that is
    /// under way already: then the one who does it finds the news.
    fn work(self: &Rc<Self>) -> bool {
        let Ok(mut machine) = self.machine.try_borrow_mut() else { return false };
        while let Some(input) = self.next_input() {
            self.handle(&mut machine, input);
        }
        if !self.inbox.borrow().is_empty() {
            // In doubt: the clock was not read, and a timer set by what it showed last would be late.
            return true;
        }
        let deadline = machine.engine.poll_timeout();
        let now = machine.clock.now();
        if let Some(io) = self.io.borrow_mut().as_mut() {
            let shared = Rc::downgrade(self);
            io.timer.arm(deadline, now, move || wake(&shared));
        }
        true
    }

    /// The next thing the engine shall hear. Nothing after [`Host::stop`], and nothing while it is
    /// not known whether another page has taken over: [`Host::attend`] goes on from there.
    fn next_input(&self) -> Option<Input> {
        loop {
            if self.inbox.borrow().is_empty() || self.io.borrow().as_ref()?.is_in_doubt() {
                return None;
            }
            let news = self.inbox.borrow_mut().pop_front()?;
            let input = self.io.borrow_mut().as_mut()?.admit(news);
            if input.is_some() {
                return input;
            }
        }
    }

    /// One input, after what the clocks have to say first.
    fn handle(&self, machine: &mut Machine, input: Input) {
        let reading = machine.clock.read();
        if let Some(wall) = reading.jumped {
            self.handle_at(machine, reading.now, Input::WallClock(wall));
        }
        if reading.woke {
            // It is armed for a tick that has passed, and the browser counted no sleep.
            if let Some(io) = self.io.borrow_mut().as_mut() {
                io.timer.clear();
            }
            self.handle_at(machine, reading.now, Input::Hint(Hint::Woke));
        }
        if machine.engine.poll_timeout().is_some_and(|due| due <= reading.now) {
            self.handle_at(machine, reading.now, Input::Timeout);
        }
        self.handle_at(machine, reading.now, input);
    }

    /// One input and all that comes of it.
    fn handle_at(&self, machine: &mut Machine, now: Tick, input: Input) {
        machine.engine.handle(now, input);
        if self.drain(&mut machine.engine).is_err() {
            machine.engine.handle(now, Input::StoreFailed);
            let _said_already = self.drain(&mut machine.engine);
        }
    }

    /// Every output, in the fixed order: what is to be kept is kept before its frame leaves.
    fn drain(&self, engine: &mut Engine) -> Result<(), StorageError> {
        let mut kept = Ok(());
        let mut io = self.io.borrow_mut();
        let Some(io) = io.as_mut() else { return kept };
        while let Some(op) = engine.poll_store() {
            kept = kept.and(io.store(&op));
        }
        while let Some(transmit) = engine.poll_transmit() {
            io.perform(transmit);
        }
        let mut events = self.events.borrow_mut();
        while let Some(event) = engine.poll_event() {
            events.push_back(event);
        }
        kept
    }

    /// Calls the page, event by event, until there is none left.
    fn deliver(self: &Rc<Self>) {
        if self.delivering.replace(true) {
            return;
        }
        let host = Host(Rc::clone(self));
        while let Some(event) = self.next_event() {
            let handed_over = batch_of(&event);
            self.page.tell(&host, event);
            if let Some(batch) = handed_over {
                self.inbox.borrow_mut().push_back(News::Input(Input::HandedOver(batch)));
                self.work();
            }
        }
        self.delivering.set(false);
    }

    fn next_event(&self) -> Option<Event> {
        self.events.borrow_mut().pop_front()
    }
}

/// The hand-over that the engine waits for, if the event is one.
fn batch_of(event: &Event) -> Option<BatchId> {
    match event {
        Event::Messages { batch, .. } => Some(*batch),
        Event::Status(_)
        | Event::SendChanged { .. }
        | Event::ConversationsChanged(_)
        | Event::Outbox(_)
        | Event::ConversationsRemoved(_)
        | Event::Settled { .. }
        | Event::TokenWanted { .. }
        | Event::SignedIn { .. }
        | Event::Gap { .. }
        | Event::Told(_)
        | Event::Room { .. }
        | Event::Trouble(_) => None,
    }
}

fn wake(shared: &Weak<Shared>) {
    let Some(shared) = shared.upgrade() else { return };
    if let Ok(mut io) = shared.io.try_borrow_mut() {
        io.as_mut().map(|io| io.timer.clear()).unwrap_or_default();
    }
    shared.hear(News::Input(Input::Timeout));
}

fn reporter(shared: &Weak<Shared>) -> Report {
    let shared = Weak::clone(shared);
    Rc::new(move |news| {
        if let Some(shared) = shared.upgrade() {
            shared.hear(news);
        }
    })
}

/// What the engine is told before anything else.
fn first_news(io: &Io, clock: &BrowserClock) -> Queue<News> {
    let mut news = Queue::default();
    news.push_back(News::Input(Input::RestoredApp(io.load_app())));
    news.push_back(News::Input(Input::WallClock(clock.wall())));
    news.push_back(News::Input(Input::Hint(network::visibility())));
    news
}
