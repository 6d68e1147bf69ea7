//! What pages and connections want done outside: sockets, HTTP, storage, the store's work.

use bytes::Bytes;
use hongyan::ids::{HttpId, LinkId};
use hongyan::session::io::{CloseCause, HttpOutcome, Transmit, Way};
use hongyan::signal::server::login_refused;
use hongyan::wire::{Direction, Frame, QueryAck};
use hongyan_server::core::ask::{Ask, AskId};
use hongyan_server::gateway::Transmit as ServerTransmit;

use crate::happening::Happening;
use crate::pipe::Item;
use crate::plan::{Blockage, ClientIndex, FrameKind, Heard, NavigatorMood, TrapEnd};
use crate::server::{ConnectionId, Wish};
use crate::socket::{SocketId, kind_of, parameter};
use crate::world::{World, frame_text};

/// A browser gives up a socket that does not open after so long, ms.
const BROWSER_PATIENCE: u64 = 120_000;
/// Sockets are counted over so long, ms: at most so many for one page, two a second.
const PACE_MS: u64 = 10_000;
const MOST_IN_PACE: usize = 20;
/// CONNACK status.
const TOKEN_INCORRECT: u8 = 4;
/// The server's end of a link that a trap cut hears of it after so long, ms.
const SERVER_HEARS_AFTER: u64 = 60_000;

impl World {
    /// Does what everybody wants done.
    pub(crate) fn carry_out(&mut self) {
        loop {
            let mut moved = false;
            for client in 0..self.clients.len() {
                while let Some(transmit) = self.clients[client].out.pop_front() {
                    self.perform(client, transmit);
                    moved = true;
                }
            }
            while let Some(wish) = self.server.poll_wish() {
                self.grant(wish);
                moved = true;
            }
            if !moved {
                break;
            }
        }
        self.sockets.retain(|_, socket| !socket.is_over() || socket.down.next_at().is_some());
    }

    fn perform(&mut self, client: ClientIndex, transmit: Transmit) {
        let life = self.clients[client].life;
        match transmit {
            Transmit::OpenLink { id, url, way } => self.open_socket(client, id, &url, way),
            Transmit::Send(link, bytes) => self.send_up(client, link, bytes),
            Transmit::CloseLink(link) => self.close_socket(client, link),
            Transmit::Http { id, url, timeout_ms } => self.ask(client, id, &url, timeout_ms),
            Transmit::AbortHttp(aborted) => {
                if !self.setup.late_reports {
                    self.agenda.retain(|happening| {
                        !matches!(happening, Happening::Http { client: of, life: in_life, id, .. }
                            if *of == client && *in_life == life && *id == aborted)
                    });
                }
            }
            Transmit::LoadUser(user) => {
                let wait = self.rng.below(5);
                self.agenda.add(self.now + wait, Happening::Restore { client, life, user });
            }
            Transmit::ReleaseUser(_) => {}
        }
    }

    fn socket_of(&self, client: ClientIndex, link: LinkId) -> Option<SocketId> {
        let life = self.clients[client].life;
        let found = self
            .sockets
            .iter()
            .find(|(_, s)| s.client == client && s.life == life && s.link == link);
        found.map(|(id, _)| *id)
    }

    fn open_socket(&mut self, client: ClientIndex, link: LinkId, url: &str, way: Way) {
        let socket = self.next_socket(client, link);
        let latency = self.latency();
        self.counts.polling += u64::from(way != Way::WebSocket);
        self.judge_pace(client, way);
        if parameter(url, "token") == Some("") && way == Way::WebSocket {
            return self.refuse_probe(client, socket, latency);
        }
        let user = parameter(url, "token").and_then(|token| token.strip_prefix("token-of-"));
        let Some(user) = user.map(str::to_owned) else {
            return self.model.complain(format!("client {client} opened a socket without a token"));
        };
        let weather = &self.weather[client];
        let blockage = weather.blockage.filter(|_| way == Way::WebSocket);
        if weather.refuses_sockets || blockage == Some(Blockage::Refused) {
            let cause = CloseCause::Code(1006);
            self.agenda.add(self.now + latency, Happening::ClientHears { socket, cause });
            return;
        }
        if blockage == Some(Blockage::Swallowed) {
            return;
        }
        let extended = parameter(url, "hy") == Some("1");
        let device = parameter(url, "did").map(str::to_owned);
        let slow = weather.slow_open;
        let holds = blockage == Some(Blockage::Buffered);
        let accept = Happening::Accept { socket, user, device, extended, holds };
        self.agenda.add(self.now + slow + latency, accept);
        if slow > BROWSER_PATIENCE {
            let cause = CloseCause::Code(1006);
            self.agenda.add(self.now + BROWSER_PATIENCE, Happening::ClientHears { socket, cause });
        }
    }

    /// However bad the network is, a page opens no more than two sockets a second for long.
    fn judge_pace(&mut self, client: ClientIndex, way: Way) {
        let life = self.clients[client].life;
        let dials = &mut self.weather[client].dials;
        if way != Way::WebSocket {
            return;
        }
        dials.push_back((life, self.now));
        dials.retain(|(of, at)| *of == life && self.now.since(*at) < PACE_MS);
        if dials.len() > MOST_IN_PACE {
            let count = dials.len();
            self.model.complain(format!("client {client}: {count} sockets in {PACE_MS} ms"));
            self.weather[client].dials.clear();
        }
    }

    /// A link that names no token is told so by the server, if anything comes through.
    fn refuse_probe(&mut self, client: ClientIndex, id: SocketId, latency: u64) {
        let weather = &self.weather[client];
        let refused = weather.refuses_sockets || !self.server_is_up;
        let blockage = if refused { Some(Blockage::Refused) } else { weather.blockage };
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.server_gone = true;
        let mut items = vec![Item::Opened];
        match blockage {
            Some(Blockage::Refused) => items = vec![Item::Closed(1006)],
            Some(Blockage::Swallowed) => items.clear(),
            Some(Blockage::Buffered) => {}
            None => {
                let mut bytes = Vec::new();
                let encoded = login_refused(TOKEN_INCORRECT).encode(&mut bytes);
                debug_assert!(encoded.is_ok());
                items.push(Item::Frame(Bytes::from(bytes)));
                items.push(Item::Closed(1006));
            }
        }
        for item in items {
            socket.down.push(self.now, 2 * latency, item);
        }
    }

    fn send_up(&mut self, client: ClientIndex, link: LinkId, bytes: Bytes) {
        let latency = self.latency();
        let kind = kind_of(&bytes, Direction::ClientToServer);
        self.trace.note(self.now, || {
            format!("{client} -> {}", frame_text(&bytes, Direction::ClientToServer))
        });
        self.counts.frames += 1;
        match kind {
            Some(FrameKind::PingReq) => self.counts.pings += 1,
            Some(FrameKind::Query) => self.counts.pulls += 1,
            Some(FrameKind::PublishUp) => self.counts.publishes += 1,
            _ => {}
        }
        let Some(id) = self.socket_of(client, link) else { return };
        if self.sockets.get(&id).is_some_and(|socket| !socket.opened) {
            self.model.complain(format!("client {client} sent on a socket that is not open"));
        }
        let item = Item::Frame(bytes);
        let arriving = self.spring_trap(client, kind, id, item, Direction::ClientToServer);
        if let Some(socket) = self.sockets.get_mut(&id).filter(|socket| !socket.client_gone) {
            for item in arriving {
                socket.up.push(self.now, latency, item);
            }
        }
    }

    fn close_socket(&mut self, client: ClientIndex, link: LinkId) {
        let latency = self.latency();
        let Some(id) = self.socket_of(client, link) else { return };
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        if !std::mem::replace(&mut socket.client_gone, true) {
            socket.up.push(self.now, latency, Item::Closed(1000));
        }
    }

    /// What arrives in the end: nothing, if a trap that cuts lay in the way.
    fn spring_trap(
        &mut self,
        client: ClientIndex,
        kind: Option<FrameKind>,
        socket: SocketId,
        item: Item,
        direction: Direction,
    ) -> Vec<Item> {
        let traps = &mut self.weather[client].traps;
        let Some(at) = traps.iter().position(|(frame, _)| Some(*frame) == kind) else {
            return vec![item];
        };
        let (frame, end) = traps.remove(at);
        self.trace.note(self.now, || format!("{client} trap {frame:?} {end:?}"));
        match end {
            TrapEnd::Cut(heard) => {
                self.cut(socket, heard, Heard::After(SERVER_HEARS_AFTER));
                Vec::new()
            }
            TrapEnd::Silence => {
                self.cut(socket, Heard::Never, Heard::Never);
                Vec::new()
            }
            TrapEnd::Crash(ms) => {
                self.agenda.add(self.now, Happening::ServerDies(ms));
                Vec::new()
            }
            TrapEnd::Twice => vec![item.clone(), item],
            TrapEnd::Damaged(place) => vec![damaged(item, place, direction)],
            TrapEnd::WrongId => vec![with_wrong_id(item)],
        }
    }

    /// Nothing passes any more; the ends hear of it as told.
    pub(crate) fn cut(&mut self, id: SocketId, client: Heard, server: Heard) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.up.silence();
        socket.down.silence();
        if let Some(after) = client.after() {
            let cause = CloseCause::Code(1006);
            self.agenda.add(self.now + after, Happening::ClientHears { socket: id, cause });
        }
        if let Some(after) = server.after() {
            self.agenda.add(self.now + after, Happening::ServerHears(id));
        }
    }

    fn ask(&mut self, client: ClientIndex, id: HttpId, url: &str, timeout_ms: u32) {
        let navigation = url.contains("/navi.js?");
        self.counts.navigations += u64::from(navigation);
        let (mut after, outcome) = match self.navigators {
            _ if !navigation && self.server_is_up => (0, answer(200, String::new())),
            _ if !navigation => (0, HttpOutcome::Failed),
            NavigatorMood::Well => (0, answer(200, self.navigation(client))),
            NavigatorMood::Broken => (0, answer(500, "sorry".into())),
            NavigatorMood::Html => (0, answer(200, "<html>Please log in</html>".into())),
            NavigatorMood::Empty => (0, answer(200, r#"{"code":200}"#.into())),
            NavigatorMood::Silent => (u64::from(timeout_ms), HttpOutcome::Failed),
            NavigatorMood::Refused => (0, HttpOutcome::Failed),
        };
        after = after.max(self.latency() + self.latency());
        let life = self.clients[client].life;
        self.trace.note(self.now, || format!("{client} asks {url}: {outcome:?}"));
        self.agenda.add(self.now + after, Happening::Http { client, life, id, outcome });
    }

    /// The answer in the shape that published clients parse.
    fn navigation(&self, client: ClientIndex) -> String {
        let user = self.mistaken_for.as_ref().unwrap_or(&self.clients[client].user);
        let rate = self.setup.announced_rate;
        let terms = format!(
            r#","hongyan":{{"version":1,"sendRate":{},"sendBurst":{}}}"#,
            rate.per_second, rate.burst
        );
        let terms = if self.setup.extended { terms.as_str() } else { "" };
        format!(
            concat!(
                r#"getServerEndpoint({{"code":200,"userId":"{}","server":"im.sim:80","#,
                r#""backupServer":"","voipCallInfo":"{{\"strategy\":0}}","type":"1"{}}});"#
            ),
            user, terms
        )
    }

    fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Transmit(connection, transmit) => self.send_down(connection, transmit),
            Wish::Ask(connection, id, ask) => self.serve_later(connection, id, ask),
        }
    }

    fn send_down(&mut self, connection: ConnectionId, transmit: ServerTransmit) {
        let latency = self.latency();
        let found = self.sockets.iter().find(|(_, s)| s.connection == Some(connection));
        let Some((id, client)) = found.map(|(id, socket)| (*id, socket.client)) else { return };
        let (item, kind) = match transmit {
            ServerTransmit::Send(bytes) => {
                let kind = kind_of(&bytes, Direction::ServerToClient);
                (Item::Frame(bytes), kind)
            }
            ServerTransmit::CloseClean => (Item::Closed(1000), None),
            ServerTransmit::CloseDrop => (Item::Closed(1006), None),
        };
        self.counts.frames += 1;
        let closes = matches!(item, Item::Closed(_));
        let arriving = self.spring_trap(client, kind, id, item, Direction::ServerToClient);
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.server_gone |= closes;
        for item in arriving {
            socket.down.push(self.now, latency, item);
        }
    }

    /// The store takes its time, and keeps the order of what one connection sends.
    fn serve_later(&mut self, connection: ConnectionId, id: AskId, ask: Box<Ask>) {
        let mut due = self.now + self.rng.below(self.setup.commit_ms + 1);
        if matches!(*ask, Ask::Send { .. }) {
            let last = self.served_until.entry(connection).or_default();
            *last = due.max(*last);
            due = *last;
        }
        self.agenda.add(due, Happening::Serve { connection, id, ask });
    }
}

/// No frame any more: a bit flipped where that shows, else its end missing.
fn damaged(item: Item, place: u32, direction: Direction) -> Item {
    let Item::Frame(bytes) = item else { return item };
    let mut flipped = bytes.to_vec();
    let bit = place as usize % (flipped.len() * 8).max(1);
    if let Some(byte) = flipped.get_mut(bit / 8) {
        *byte ^= 1 << (bit % 8);
    }
    let flipped = Bytes::from(flipped);
    if Frame::decode(&flipped, direction).is_err() {
        return Item::Frame(flipped);
    }
    let cut = bytes.slice(..bit / 8);
    let unreadable = Frame::decode(&cut, direction).is_err();
    Item::Frame(if unreadable { cut } else { Bytes::from_static(&[0xFF]) })
}

/// An answer to a question that nobody asked; anything else as it is.
fn with_wrong_id(item: Item) -> Item {
    let Item::Frame(bytes) = &item else { return item };
    let Ok(Frame::QueryAck(answer)) = Frame::decode(bytes, Direction::ServerToClient) else {
        return item;
    };
    let wrong = QueryAck { message_id: answer.message_id ^ 0x4000, ..answer };
    let mut bytes = Vec::new();
    match Frame::QueryAck(wrong).encode(&mut bytes) {
        Ok(()) => Item::Frame(Bytes::from(bytes)),
        Err(_) => item,
    }
}

fn answer(status: u16, body: String) -> HttpOutcome {
    HttpOutcome::Answer { status, body: Bytes::from(body), retry_after_s: None }
}

impl Heard {
    /// After how many ms, if at all.
    pub(crate) fn after(self) -> Option<u64> {
        match self {
            Self::AtOnce => Some(0),
            Self::After(ms) => Some(ms),
            Self::Never => None,
        }
    }
}
