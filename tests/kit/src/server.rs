//! One server on virtual time: real connections, real core, a store that outlives a crash.

use std::collections::{BTreeMap, VecDeque};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use bytestring::ByteString;
use hongyan::ids::UserId;
use hongyan_server::core::ask::{Ask, AskId, Login, Notice, TokenOf, Told};
use hongyan_server::core::chatrooms::ChatroomSettings;
use hongyan_server::core::clock::Now;
use hongyan_server::core::hub::{Outlet, SessionId};
use hongyan_server::core::serve::{Core, Settings};
use hongyan_server::gateway::{ClientInfo, Connection, Input, Transmit};

use crate::durable::Durable;
use crate::plan::Setup;

/// One accepted socket. Never reused, not even after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// What becomes of the notices between sessions.
#[derive(Debug, Default)]
pub struct NoticeFaults {
    /// So many vanish.
    pub lose: u32,
    /// So many come twice.
    pub double: u32,
    /// So many find no room.
    pub overflow: u32,
}

/// The hub's way to one connection.
#[derive(Debug, Default)]
struct Inlet {
    waiting: Mutex<(VecDeque<Notice>, bool)>,
    faults: Arc<Mutex<NoticeFaults>>,
}

fn takes_one(count: &mut u32) -> bool {
    let takes = *count > 0;
    *count = count.saturating_sub(1);
    takes
}

impl Outlet for Inlet {
    fn notify(&self, notice: Notice) -> bool {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let last_word = matches!(
            notice,
            Notice::Kicked
                | Notice::Banned
                | Notice::TokensRevoked
                | Notice::Replaced
                | Notice::ShuttingDown
        );
        if !last_word {
            if takes_one(&mut faults.lose) {
                return true;
            }
            if takes_one(&mut faults.overflow) {
                waiting.1 = true;
                return false;
            }
            if takes_one(&mut faults.double) {
                waiting.0.push_back(notice.clone());
            }
        }
        waiting.0.push_back(notice);
        true
    }
}

impl Inlet {
    fn take(&self) -> Vec<Input> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut inputs: Vec<Input> = waiting.0.drain(..).map(Input::Notice).collect();
        if std::mem::take(&mut waiting.1) {
            inputs.push(Input::NoticesMissed);
        }
        inputs
    }
}

struct Live {
    login: Login,
    session: SessionId,
    inlet: Arc<Inlet>,
    connection: Connection,
}

/// What the server wants done.
#[derive(Debug)]
pub enum Wish {
    /// Down this connection's socket.
    Transmit(ConnectionId, Transmit),
    /// To be answered by [`Server::serve`] when the store gets to it.
    Ask(ConnectionId, AskId, Box<Ask>),
}

/// See the module.
pub struct Server {
    store: Durable,
    settings: Settings,
    page_size: u32,
    core: Core<Durable>,
    live: BTreeMap<ConnectionId, Live>,
    faults: Arc<Mutex<NoticeFaults>>,
    accepted: u64,
    backup: Option<Durable>,
    restored: u32,
    wishes: VecDeque<Wish>,
}

impl Server {
    /// A server with an empty store.
    pub fn new(setup: &Setup) -> Self {
        let store = Durable::new(setup.seed);
        let settings = Settings {
            send_rate: setup.send_rate,
            multi_device: setup.multi_device,
            // What waits for a link may be taken back late.
            recall_window: 0,
            chatrooms: ChatroomSettings { made_by_joining: true, ..ChatroomSettings::default() },
        };
        Self {
            core: Core::new(store.clone(), settings),
            store,
            settings,
            page_size: setup.page_size,
            live: BTreeMap::new(),
            faults: Arc::default(),
            accepted: 0,
            backup: None,
            restored: 0,
            wishes: VecDeque::new(),
        }
    }

    /// The disk.
    pub fn store(&self) -> &Durable {
        &self.store
    }

    /// To be changed at will.
    pub fn change_faults(&self, change: impl FnOnce(&mut NoticeFaults)) {
        change(&mut self.faults.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Everything in memory is gone: connections, logins, what was asked and not begun.
    pub fn crash(&mut self) {
        self.live.clear();
        self.wishes.clear();
        self.core = Core::new(self.store.clone(), self.settings);
    }

    /// The operator makes a backup of the store.
    pub fn back_up(&mut self) {
        self.backup = Some(self.store.copy("a backup"));
    }

    /// The operator puts the backup in the store's place, under an epoch of its own; it counts for
    /// the next process. Whether there is a backup.
    pub fn restore(&mut self) -> bool {
        let Some(backup) = &self.backup else { return false };
        self.restored += 1;
        self.store = backup.copy(&format!("epoch-{}", self.restored + 1));
        true
    }

    /// The operator stops it: connections end in good order.
    pub fn shut_down(&mut self, now: Now) {
        self.core.hub().shut_down();
        self.settle(now);
    }

    /// A client opened a socket with a good token.
    pub fn accept(&mut self, now: Now, user: &str, device: Option<&str>, hy: bool) -> ConnectionId {
        self.accepted += 1;
        let id = ConnectionId(self.accepted);
        let login = Login {
            user: UserId::from(user),
            device: device.map(ByteString::from),
            token: TokenOf::default(),
        };
        let inlet = Arc::new(Inlet { faults: Arc::clone(&self.faults), ..Inlet::default() });
        let outlet: Arc<dyn Outlet> = Arc::clone(&inlet) as Arc<dyn Outlet>;
        let session = self.core.hub().join(&login, hy, outlet);
        let info = ClientInfo {
            extended: hy,
            session_id: ByteString::from(format!("s{}", self.accepted)),
            page_size: self.page_size,
            origin: ByteString::from_static("http://server"),
        };
        let connection = Connection::new(&login, info, now);
        self.live.insert(id, Live { login, session, inlet, connection });
        self.settle(now);
        id
    }

    /// Something happened to a connection; nothing if it is gone.
    pub fn feed(&mut self, now: Now, id: ConnectionId, input: Input) {
        if let Some(live) = self.live.get_mut(&id) {
            live.connection.handle(now, input);
        }
        self.settle(now);
    }

    /// Whether this connection's socket is to be read; `None` if it is gone.
    pub fn wants_input(&self, id: ConnectionId) -> Option<bool> {
        self.live.get(&id).map(|live| live.connection.wants_input())
    }

    /// The store gets to an ask: the answer, unless the server died in between.
    pub fn serve(&mut self, now: Now, id: ConnectionId, ask: Ask) -> Option<Told> {
        let live = self.live.get(&id)?;
        let told = at_once(self.core.serve(&live.login, live.session, ask, now));
        self.settle(now);
        Some(told)
    }

    /// When a connection wants to be woken next.
    pub fn next_timeout(&self) -> Option<hongyan::time::Tick> {
        self.live.values().filter_map(|live| live.connection.poll_timeout()).min()
    }

    /// Wakes every connection that wants to be.
    pub fn wake(&mut self, now: Now) {
        // Entries of who left stay where the store fails.
        let _left = at_once(self.core.expire_chatroom_members(now));
        for live in self.live.values_mut() {
            if live.connection.poll_timeout().is_some_and(|due| due <= now.tick) {
                live.connection.handle(now, Input::Timeout);
            }
        }
        self.settle(now);
    }

    /// What is to be done, oldest first.
    pub fn poll_wish(&mut self) -> Option<Wish> {
        self.wishes.pop_front()
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.live.len()
    }

    /// Hands notices over and collects what the connections want, until nothing moves.
    fn settle(&mut self, now: Now) {
        loop {
            let mut moved = false;
            for (id, live) in &mut self.live {
                for input in live.inlet.take() {
                    live.connection.handle(now, input);
                    moved = true;
                }
                while let Some((ask_id, ask)) = live.connection.poll_ask() {
                    self.wishes.push_back(Wish::Ask(*id, ask_id, Box::new(ask)));
                }
                while let Some(transmit) = live.connection.poll_transmit(now) {
                    self.wishes.push_back(Wish::Transmit(*id, transmit));
                }
            }
            self.bury();
            if !moved {
                return;
            }
        }
    }

    fn bury(&mut self) {
        let ended: Vec<ConnectionId> = self
            .live
            .iter()
            .filter(|(_, live)| live.connection.ended().is_some())
            .map(|(id, _)| *id)
            .collect();
        for id in ended {
            if let Some(live) = self.live.remove(&id) {
                self.core.hub().leave(&live.login.user, live.session);
            }
        }
    }
}

/// What a future gives that never waits, as all of the memory store do.
///
/// # Panics
/// It waits.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("the memory store answers at once"),
    }
}
