//! Everything on one virtual clock: clients, sockets, one server, navigators. The world jumps to the
//! next thing that can happen; chance comes from one seed.

use std::collections::BTreeMap;

use bytes::Bytes;
use hongyan::ids::LinkId;
use hongyan::rng::Rng;
use hongyan::session::io::{CloseCause, Hint, Input};
use hongyan::time::{Tick, UnixMillis};
use hongyan::wire::{Direction, Frame};
use hongyan_server::core::clock::Now;
use hongyan_server::gateway::Input as ServerInput;

use crate::agenda::Agenda;
use crate::client::{Around, Client, Fate};
use crate::happening::{Counts, Happening, Mended, Weather};
use crate::model::Model;
use crate::pipe::Item;
use crate::plan::{Action, ClientIndex, NavigatorMood, PageEnd, Setup};
use crate::server::{ConnectionId, Server};
use crate::socket::{Socket, SocketId};
use crate::trace::Trace;

/// Wall clock at tick 0, ms since 1970.
const START_MS: i64 = 1_760_000_000_000;
/// More steps than this without the clock moving: something goes round in circles.
const MAX_STEPS_AT_ONCE: u32 = 20_000;

/// See the module.
pub struct World {
    /// Who takes part, and on what terms.
    pub setup: Setup,
    /// The time.
    pub now: Tick,
    /// The clients.
    pub clients: Vec<Client>,
    /// The server.
    pub server: Server,
    /// The laws.
    pub model: Model,
    /// The record.
    pub trace: Trace,
    /// What was counted.
    pub counts: Counts,
    /// Whom navigation takes everybody for, if not for who they are.
    pub mistaken_for: Option<String>,
    pub(crate) rng: Rng,
    pub(crate) agenda: Agenda<Happening>,
    pub(crate) sockets: BTreeMap<SocketId, Socket>,
    pub(crate) weather: Vec<Weather>,
    pub(crate) navigators: NavigatorMood,
    pub(crate) server_is_up: bool,
    last_socket: u64,
    /// When the store is through with what each connection asked.
    pub(crate) served_until: BTreeMap<ConnectionId, Tick>,
    steps_at_once: u32,
}

impl World {
    /// All pages open at tick 0. `traced`: keep a record.
    pub fn new(setup: Setup, traced: bool) -> Self {
        let mut model = Model::default();
        model.checker.copies_are_due = setup.extended;
        model.several_devices = setup.multi_device;
        model.checker.times_must_rise = setup.extended;
        model.may_stay_unknown = !setup.extended || setup.give_up_after_ms.is_some();
        let clients = (0..setup.clients.len()).map(|index| Client::new(index, &setup));
        let mut world = Self {
            now: Tick::default(),
            clients: clients.collect(),
            server: Server::new(&setup),
            model,
            trace: Trace::new(traced),
            counts: Counts::default(),
            mistaken_for: None,
            rng: Rng::new(setup.seed),
            agenda: Agenda::default(),
            sockets: BTreeMap::new(),
            weather: setup.clients.iter().map(|_| Weather::default()).collect(),
            navigators: NavigatorMood::Well,
            server_is_up: true,
            last_socket: 0,
            served_until: BTreeMap::new(),
            steps_at_once: 0,
            setup,
        };
        for client in 0..world.clients.len() {
            world.agenda.add(Tick::default(), Happening::OpenPage(client));
        }
        world
    }

    /// Puts an action on the agenda, `ms` from now.
    pub fn plan(&mut self, ms: u64, action: Action) {
        self.agenda.add(self.now + ms, Happening::Act(action));
    }

    /// Lets `ms` pass.
    pub fn run_for(&mut self, ms: u64) {
        let end = self.now + ms;
        while self.next_at().is_some_and(|next| next <= end) {
            if !self.step() {
                break;
            }
        }
        self.now = end;
    }

    /// Lets time pass until `done`, at most `ms`. Whether it came to that.
    pub fn run_until(&mut self, ms: u64, mut done: impl FnMut(&Self) -> bool) -> bool {
        let end = self.now + ms;
        while !done(self) {
            if self.next_at().is_none_or(|next| next > end) || !self.step() {
                self.now = end;
                return done(self);
            }
        }
        true
    }

    /// Both clocks, as the server reads them.
    pub fn server_now(&self) -> Now {
        Now { wall: self.wall(), tick: self.now }
    }

    /// True time.
    pub fn wall(&self) -> UnixMillis {
        wall_at(self.now)
    }

    /// One way through the network, ms.
    pub(crate) fn latency(&mut self) -> u64 {
        let (least, most) = self.setup.latency;
        least + self.rng.below(most - least + 1)
    }

    fn next_at(&self) -> Option<Tick> {
        let sockets =
            self.sockets.values().flat_map(|socket| [self.up_at(socket), self.down_at(socket)]);
        let clients = self.clients.iter().map(Client::wakes_at);
        let others = [self.agenda.next_at(), self.server.next_timeout()];
        let all = sockets.chain(clients).chain(others);
        all.flatten().min().map(|next| next.max(self.now))
    }

    /// When the server reads from a socket next: not while it has enough to do.
    fn up_at(&self, socket: &Socket) -> Option<Tick> {
        let reads = self.server.wants_input(socket.connection?);
        if reads == Some(false) && !socket.up.ends_next() {
            return None;
        }
        socket.up.next_at()
    }

    fn down_at(&self, socket: &Socket) -> Option<Tick> {
        let asleep = self.clients.get(socket.client).and_then(|client| client.asleep_until);
        let next = socket.down.next_at()?;
        Some(asleep.map_or(next, |until| next.max(until)))
    }

    /// Jumps to the next thing that can happen, and has it happen. False if the world is stuck.
    fn step(&mut self) -> bool {
        let Some(next) = self.next_at() else { return false };
        self.steps_at_once = if next > self.now { 0 } else { self.steps_at_once + 1 };
        if self.steps_at_once > MAX_STEPS_AT_ONCE {
            self.model.complain(format!("the world goes round in circles at {next:?}"));
            return false;
        }
        self.now = next;
        if let Some(happening) = self.agenda.pop_due(self.now) {
            self.happen(happening);
        } else if !self.move_a_socket() {
            self.server.wake(self.server_now());
            self.wake_clients();
        }
        self.carry_out();
        true
    }

    fn wake_clients(&mut self) {
        for index in 0..self.clients.len() {
            if self.clients[index].wakes_at().is_some_and(|at| at <= self.now) {
                self.feed(index, Input::Timeout);
            }
        }
    }

    /// One frame leaves a pipe, if one is due.
    fn move_a_socket(&mut self) -> bool {
        let up = self.sockets.iter().find(|(_, s)| self.up_at(s).is_some_and(|at| at <= self.now));
        if let Some(id) = up.map(|(id, _)| *id) {
            self.deliver_up(id);
            return true;
        }
        let down =
            self.sockets.iter().find(|(_, s)| self.down_at(s).is_some_and(|at| at <= self.now));
        if let Some(id) = down.map(|(id, _)| *id) {
            self.deliver_down(id);
            return true;
        }
        false
    }

    fn deliver_up(&mut self, id: SocketId) {
        let now = self.server_now();
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let Some(item) = socket.up.pop_due(now.tick) else { return };
        let Some(connection) = socket.connection else { return };
        match item {
            Item::Frame(bytes) => self.server.feed(now, connection, ServerInput::Received(bytes)),
            Item::Closed(_) => {
                socket.server_gone = true;
                self.server.feed(now, connection, ServerInput::Closed);
            }
            Item::Opened => {}
        }
    }

    fn deliver_down(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let Some(item) = socket.down.pop_due(self.now) else { return };
        let (client, life, link) = (socket.client, socket.life, socket.link);
        let heard = !socket.client_gone || self.setup.late_reports;
        if self.clients[client].life != life || !heard {
            return;
        }
        match item {
            Item::Opened => {
                socket.opened = true;
                self.feed(client, Input::LinkOpened(link));
            }
            Item::Frame(bytes) => self.feed(client, Input::Received(link, bytes)),
            Item::Closed(code) => {
                socket.client_gone = true;
                self.feed(client, Input::LinkClosed(link, CloseCause::Code(code)));
            }
        }
    }

    /// Tells a client's page something, and sees to what comes of it.
    pub fn feed(&mut self, client: ClientIndex, input: Input) {
        if let Input::Received(_, bytes) = &input {
            self.trace.note(self.now, || {
                format!("{client} <- {}", frame_text(bytes, Direction::ServerToClient))
            });
        }
        self.with_client(client, |page, around| page.feed(around, input));
    }

    /// Has a client do something, and sees to what comes of it.
    pub fn with_client<R>(
        &mut self,
        client: ClientIndex,
        work: impl FnOnce(&mut Client, &mut Around<'_>) -> R,
    ) -> R {
        let page = &mut self.clients[client];
        let was_open = page.is_open();
        let mut around = Around { now: self.now, model: &mut self.model, trace: &mut self.trace };
        let result = work(page, &mut around);
        if was_open && !page.is_open() {
            self.page_is_gone(client);
        }
        self.carry_out();
        result
    }

    /// The browser drops the sockets of a page that ended.
    fn page_is_gone(&mut self, client: ClientIndex) {
        let latency = self.latency();
        for socket in self.sockets.values_mut().filter(|socket| socket.client == client) {
            if !std::mem::replace(&mut socket.client_gone, true) {
                socket.up.push(self.now, latency, Item::Closed(1006));
            }
        }
        let after = self.weather[client].reopen_after;
        self.agenda.add(self.now + after, Happening::OpenPage(client));
    }

    pub(crate) fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Act(action) => self.act(action),
            Happening::Accept { socket, user, device, extended, holds } => {
                self.accept(socket, &user, device.as_deref(), extended);
                if let Some(socket) = self.sockets.get_mut(&socket).filter(|_| holds) {
                    socket.up.hold_back();
                    socket.down.hold_back();
                }
            }
            Happening::Http { client, life, id, outcome } => {
                if let Some(until) = self.asleep(client) {
                    let later = Happening::Http { client, life, id, outcome };
                    self.agenda.add(until, later);
                } else if self.clients[client].life == life {
                    self.feed(client, Input::HttpDone(id, outcome));
                }
            }
            Happening::Restore { client, life, user } => {
                if self.clients[client].life == life {
                    let restored = self.clients[client].stored_state(&user);
                    self.feed(client, Input::RestoredUser(user, restored));
                }
            }
            Happening::ClientHears { socket, cause } => self.client_hears(socket, cause),
            Happening::ServerHears(socket) => self.server_hears(socket),
            Happening::Serve { connection, id, ask } => {
                if let Some(told) = self.server.serve(self.server_now(), connection, *ask) {
                    let back = self.rng.below(self.setup.commit_ms + 1);
                    let told = Happening::Told { connection, id, told: Box::new(told) };
                    self.agenda.add(self.now + back, told);
                }
            }
            Happening::Told { connection, id, told } => {
                let input = ServerInput::Told(id, *told);
                self.server.feed(self.server_now(), connection, input);
            }
            Happening::ServerDies(ms) => self.server_dies(ms),
            Happening::ServerIsUp => self.server_is_up = true,
            Happening::OpenPage(client) => self.open_page(client),
            Happening::Wakes { client, told } => self.wakes(client, told),
            Happening::Mended(what) => self.mend(what),
        }
    }

    fn asleep(&self, client: ClientIndex) -> Option<Tick> {
        self.clients[client].asleep_until.filter(|until| *until > self.now)
    }

    fn open_page(&mut self, client: ClientIndex) {
        if self.clients[client].is_open() || self.weather[client].logged_out {
            return;
        }
        let wall = self.wall().plus(self.clients[client].wall_offset);
        self.with_client(client, |page, around| page.open_page(around, wall));
    }

    pub(crate) fn wakes(&mut self, client: ClientIndex, told: bool) {
        self.clients[client].asleep_until = None;
        if told {
            self.feed(client, Input::Hint(Hint::Woke));
        }
    }

    pub(crate) fn mend(&mut self, what: Mended) {
        match what {
            Mended::Navigators => self.navigators = NavigatorMood::Well,
            Mended::Store => self.server.store().set_failing(false),
            Mended::Storage(client) => self.clients[client].disk.set_full(false),
            Mended::WebSockets(client) => self.weather[client].blockage = None,
            Mended::Sockets(client) => self.weather[client].refuses_sockets = false,
        }
    }

    fn accept(&mut self, id: SocketId, user: &str, device: Option<&str>, extended: bool) {
        let now = self.server_now();
        let latency = self.latency();
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        // A client that is gone refuses the connection before its request is read. A request of the
        // same page that is read too late does no harm with the extensions: it names the device.
        let late =
            socket.client_gone && !(extended && self.clients[socket.client].life == socket.life);
        if socket.up.is_silent() || late {
            socket.server_gone = true;
            return;
        }
        if !self.server_is_up {
            socket.down.push(now.tick, latency, Item::Closed(1006));
            socket.server_gone = true;
            return;
        }
        socket.down.push(now.tick, latency, Item::Opened);
        let connection = self.server.accept(now, user, device, extended);
        socket.connection = Some(connection);
    }

    pub(crate) fn client_hears(&mut self, id: SocketId, cause: CloseCause) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let heard = !std::mem::replace(&mut socket.client_gone, true) || self.setup.late_reports;
        let (client, life, link) = (socket.client, socket.life, socket.link);
        if heard && self.clients[client].life == life {
            self.feed(client, Input::LinkClosed(link, cause));
        }
    }

    pub(crate) fn server_hears(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.server_gone = true;
        if let Some(connection) = socket.connection {
            self.server.feed(self.server_now(), connection, ServerInput::Closed);
        }
    }

    /// The socket that a page uses, if it has one that is open and not cut.
    pub(crate) fn current_socket(&self, client: ClientIndex) -> Option<SocketId> {
        let life = self.clients[client].life;
        let mine = self.sockets.iter().rev().filter(|(_, socket)| socket.client == client);
        mine.into_iter()
            .find(|(_, socket)| socket.life == life && !socket.client_gone)
            .map(|(id, _)| *id)
    }

    pub(crate) fn next_socket(&mut self, client: ClientIndex, link: LinkId) -> SocketId {
        self.last_socket += 1;
        self.counts.sockets += 1;
        let id = SocketId(self.last_socket);
        let mut socket = Socket::new(client, self.clients[client].life, link);
        socket.up.throttle(self.weather[client].bytes_per_s);
        socket.down.throttle(self.weather[client].bytes_per_s);
        self.sockets.insert(id, socket);
        id
    }

    /// Gives a client a frame as if the server had sent it on the link that is up.
    pub fn inject(&mut self, client: ClientIndex, frame: &Frame) {
        let mut bytes = Vec::new();
        let link = self.current_socket(client).and_then(|id| self.sockets.get(&id));
        if let (Some(link), Ok(())) = (link.map(|socket| socket.link), frame.encode(&mut bytes)) {
            self.feed(client, Input::Received(link, Bytes::from(bytes)));
        }
    }

    /// Ends a page here and now; `reopen` ms later another opens.
    pub(crate) fn end_page(&mut self, client: ClientIndex, end: PageEnd, reopen: u64) {
        self.weather[client].reopen_after = reopen;
        if end == PageEnd::Now {
            self.with_client(client, |page, around| {
                page.end_page(around);
                Fate::Dead
            });
        } else {
            self.clients[client].doom = Some(end);
        }
    }
}

/// True time at a tick.
pub(crate) fn wall_at(now: Tick) -> UnixMillis {
    UnixMillis::new(START_MS).plus(i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
}

/// A frame for the record.
pub(crate) fn frame_text(bytes: &Bytes, direction: Direction) -> String {
    let mut text = format!("{:?}", Frame::decode(bytes, direction));
    text.truncate(text.char_indices().nth(160).map_or(text.len(), |(at, _)| at));
    text
}
