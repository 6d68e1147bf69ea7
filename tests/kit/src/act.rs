//! Carries out the plan's actions, and puts everything in order again at the end.

use hongyan::session::io::{Hint, Input};
use hongyan_server::store::{InboxAge, Retention};

use crate::happening::{Happening, Mended};
use crate::pipe::Item;
use crate::plan::{Action, ClientIndex, Heard, NavigatorMood};
use crate::server::{NoticeFaults, at_once};
use crate::world::World;

/// A flapping link breaks so often, ms.
const FLAP_MS: u64 = 200;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// What a shutdown in good order takes, ms.
const DRAIN_MS: u64 = 6_000;

impl World {
    /// Does what the plan says, now.
    pub fn act(&mut self, action: Action) {
        self.trace.note(self.now, || format!("ACT {action:?}"));
        self.counts.faults += u64::from(action.is_fault());
        match action {
            Action::Send { client, to, count } => {
                for _ in 0..count {
                    self.with_client(client, |page, around| page.send(around, &to));
                }
            }
            Action::CancelNewest(client) => self.cancel_newest(client),
            Action::RetryFailed(client) => {
                self.with_client(client, |page, around| page.retry_failed(around));
            }
            Action::MarkRead(client, peer) => {
                self.with_client(client, |page, around| page.mark_read(around, &peer));
            }
            Action::TellRead(client, peer) => {
                self.with_client(client, |page, around| page.tell_read(around, &peer));
            }
            Action::Recall(client, peer) => {
                self.with_client(client, |page, around| page.recall(around, &peer));
            }
            Action::RemoveConversation(client, peer) => {
                self.with_client(client, |page, around| page.remove(around, &peer));
            }
            Action::DeleteNewest(client, peer) => {
                self.with_client(client, |page, around| page.delete_newest(around, &peer));
            }
            Action::ClearHistory(client, peer) => {
                self.with_client(client, |page, around| page.clear(around, &peer));
            }
            Action::Set(client, peer, setting, on) => {
                self.with_client(client, |page, around| page.set(around, &peer, setting, on));
            }
            Action::Connect(client) => self.connect(client),
            Action::Disconnect(client) => {
                self.weather[client].logged_out = true;
                self.with_client(client, |page, around| page.disconnect(around));
            }
            Action::Cut { client, client_hears, server_hears } => {
                if let Some(socket) = self.current_socket(client) {
                    self.cut(socket, client_hears, server_hears);
                }
            }
            Action::Silence { client, up, down } => self.silence(client, up, down),
            Action::Stall(client, ms) => self.stall(client, ms),
            Action::Trap { client, frame, end } => self.weather[client].traps.push((frame, end)),
            Action::Throttle(client, bytes_per_s) => self.throttle(client, bytes_per_s),
            Action::SlowOpen(client, ms) => self.weather[client].slow_open = ms,
            Action::RefuseSockets(client, ms) => {
                self.weather[client].refuses_sockets = true;
                self.mend_after(ms, Mended::Sockets(client));
            }
            Action::BlockWebSockets(client, how, ms) => {
                self.weather[client].blockage = Some(how);
                self.mend_after(ms, Mended::WebSockets(client));
            }
            Action::Navigators(mood, ms) => {
                self.navigators = mood;
                self.mend_after(ms, Mended::Navigators);
            }
            Action::Crash(ms) => self.server_dies(ms),
            Action::BackUp => self.server.back_up(),
            Action::Restore(ms) => self.restore_backup(ms),
            Action::SweepInboxes(age) => self.sweep_inboxes(age),
            Action::Flap(client, ms) => self.flap(client, ms),
            Action::Restart(ms) => {
                self.server_is_up = false;
                self.server.shut_down(self.server_now());
                let dies = Happening::ServerDies(ms.saturating_sub(DRAIN_MS));
                self.agenda.add(self.now + DRAIN_MS, dies);
            }
            Action::StoreFails(ms) => {
                self.server.store().set_failing(true);
                self.mend_after(ms, Mended::Store);
            }
            Action::LoseNotices(count) => self.server.change_faults(|f| f.lose = count),
            Action::DoubleNotices(count) => self.server.change_faults(|f| f.double = count),
            Action::OverflowNotices(count) => self.server.change_faults(|f| f.overflow = count),
            Action::EndPage(client, end, ms) => self.end_page(client, end, ms),
            Action::StorageFull(client, ms) => {
                self.clients[client].disk.set_full(true);
                self.mend_after(ms, Mended::Storage(client));
            }
            Action::ClearStorage(client) => {
                self.with_client(client, |page, around| page.lose_memory(around));
                self.end_page(client, crate::plan::PageEnd::Now, 10);
            }
            Action::Hint(client, hint) => self.feed(client, Input::Hint(hint)),
            Action::Sleep { client, ms, woken } => {
                self.clients[client].asleep_until = Some(self.now + ms);
                self.agenda.add(self.now + ms, Happening::Wakes { client, told: woken });
            }
            Action::ThrottleTimers(client, ms) => self.clients[client].throttle_ms = ms,
            Action::WallClock(client, ms) => self.jump_wall_clock(client, ms),
        }
    }

    fn mend_after(&mut self, ms: u64, what: Mended) {
        self.agenda.add(self.now + ms, Happening::Mended(what));
    }

    fn cancel_newest(&mut self, client: ClientIndex) {
        // What its clock has to say may end a send.
        self.feed(client, Input::Timeout);
        let life = self.clients[client].life;
        if let Some(id) = self.model.newest_open(client, life) {
            self.with_client(client, |page, around| page.cancel(around, id));
        }
    }

    fn connect(&mut self, client: ClientIndex) {
        self.weather[client].logged_out = false;
        if self.clients[client].is_open() {
            self.with_client(client, |page, around| page.connect(around));
        } else {
            self.agenda.add(self.now, Happening::OpenPage(client));
        }
    }

    fn silence(&mut self, client: ClientIndex, up: bool, down: bool) {
        let current = self.current_socket(client);
        if let Some(socket) = current.and_then(|id| self.sockets.get_mut(&id)) {
            if up {
                socket.up.silence();
            }
            if down {
                socket.down.silence();
            }
        }
    }

    fn throttle(&mut self, client: ClientIndex, bytes_per_s: u64) {
        self.weather[client].bytes_per_s = bytes_per_s;
        for socket in self.sockets.values_mut().filter(|socket| socket.client == client) {
            socket.up.throttle(bytes_per_s);
            socket.down.throttle(bytes_per_s);
        }
    }

    fn stall(&mut self, client: ClientIndex, ms: u64) {
        let until = self.now + ms;
        let current = self.current_socket(client);
        if let Some(socket) = current.and_then(|id| self.sockets.get_mut(&id)) {
            socket.up.stall(until);
            socket.down.stall(until);
        }
    }

    fn jump_wall_clock(&mut self, client: ClientIndex, ms: i64) {
        self.clients[client].wall_offset += ms;
        let wall = self.wall().plus(self.clients[client].wall_offset);
        self.feed(client, Input::WallClock(wall));
    }

    /// The link breaks, and once more in a moment.
    fn flap(&mut self, client: ClientIndex, ms: u64) {
        if let Some(socket) = self.current_socket(client) {
            self.cut(socket, Heard::AtOnce, Heard::AtOnce);
        }
        if let Some(left) = ms.checked_sub(FLAP_MS) {
            self.plan(FLAP_MS, Action::Flap(client, left));
        }
    }

    fn restore_backup(&mut self, ms: u64) {
        if self.server.restore() {
            let store = self.server.store().clone();
            self.model.store_restored(self.wall().get(), |uid| store.holds(uid));
            self.server_dies(ms);
        }
    }

    /// What is older than so long, ms, leaves the inboxes, not the histories.
    fn sweep_inboxes(&mut self, age_ms: i64) {
        let oldest = self.wall().plus(-age_ms);
        let age = InboxAge { now: oldest.plus(DAY_MS), days: Some(1) };
        let swept = at_once(self.server.store().sweep_inboxes(age, None, u32::MAX));
        if swept.is_ok_and(|swept| swept.rows > 0) {
            self.model.swept(oldest.get());
        }
    }

    /// The server's process is gone, and with it everything it had not committed. Most of the
    /// sockets hear of it at once; a machine that lost its power says nothing.
    pub(crate) fn server_dies(&mut self, ms: u64) {
        self.server.crash();
        self.server_is_up = false;
        self.served_until.clear();
        self.agenda.retain(|happening| {
            !matches!(happening, Happening::Serve { .. } | Happening::Told { .. })
        });
        let (says_nothing, loses) = (self.rng.below(4) == 0, self.rng.below(2) == 0);
        let latency = self.latency();
        for socket in self.sockets.values_mut().filter(|socket| socket.connection.is_some()) {
            socket.connection = None;
            socket.up.silence();
            if socket.server_gone {
                continue;
            }
            socket.server_gone = true;
            if says_nothing {
                socket.down.silence();
            } else if loses {
                socket.down.lose_all();
            }
            socket.down.push(self.now, latency, Item::Closed(1006));
        }
        self.agenda.add(self.now + ms, Happening::ServerIsUp);
    }

    /// Nothing goes wrong any more. What was cut stays cut: to find out is the engine's part.
    pub fn heal(&mut self) {
        self.trace.note(self.now, || "HEAL".to_owned());
        self.server.change_faults(|faults| *faults = NoticeFaults::default());
        self.mend(Mended::Navigators);
        self.mend(Mended::Store);
        self.server_is_up = true;
        for client in 0..self.clients.len() {
            self.mend(Mended::Storage(client));
            self.mend(Mended::Sockets(client));
            self.mend(Mended::WebSockets(client));
            self.weather[client].traps.clear();
            self.throttle(client, 0);
            self.weather[client].slow_open = 0;
            self.weather[client].reopen_after = 0;
            self.clients[client].doom = None;
            self.clients[client].replies_per_mille = 0;
            self.clients[client].throttle_ms = 0;
            if self.clients[client].asleep_until.is_some() {
                self.wakes(client, true);
            }
            if self.weather[client].logged_out || !self.clients[client].is_open() {
                self.connect(client);
            }
            self.feed(client, Input::Hint(Hint::Visible));
            self.feed(client, Input::Hint(Hint::Online));
        }
        self.agenda
            .retain(|happening| !matches!(happening, Happening::Act(_) | Happening::ServerDies(_)));
        self.navigators = NavigatorMood::Well;
    }
}
