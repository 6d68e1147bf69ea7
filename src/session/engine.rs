//! The engine: owns the parts, brings each input to the part it concerns, and lets what became
//! possible happen. It holds no rule of its own.

use bytes::Bytes;

use super::catch_up::CatchUp;
use super::chatrooms::Chatrooms;
use super::config::Config;
use super::connection::{Change, Connection};
use super::context::Context;
use super::crossing::CrossedPage;
use super::cursor::Cursor;
use super::done::Done;
use super::ending::CloseAction;
use super::hand_over::HandOver;
use super::heartbeat::{Beat, Heartbeat};
use super::inbox::Inbox;
use super::io::{Command, Event, Hint, Input, Status, Transmit};
use super::listing::Listing;
use super::outbox::Outbox;
use super::pacing::Pacing;
use super::profile::{Device, Profile};
use super::requests::Requests;
use super::settings::SettingsSync;
use super::sync_copies::SyncCopies;
use super::timers::Timer;
use super::upgrade::is_asked_once;
use super::user_state::call_about_state;
use super::volatile::Volatile;
use super::wire_ids::WireIds;
use crate::conversation::{Conversation, Conversations};
use crate::ids::{ConversationId, ConversationKind, UserId};
use crate::ops::StoreOp;
use crate::signal::client;
use crate::time::Tick;
use crate::wire::Frame;

/// A client without a world: see the [module](super) for how to drive it.
#[derive(Debug)]
pub struct Engine {
    pub(super) cx: Context,
    pub(super) connection: Connection,
    pub(super) heartbeat: Heartbeat,
    pub(super) device: Device,
    pub(super) profile: Profile,
    /// Whether the link is up, the user's state is here, and both were brought together.
    pub(super) begun: bool,
    pub(super) wire_ids: WireIds,
    pub(super) requests: Requests,
    pub(super) outbox: Outbox,
    /// Of servers without the extensions.
    pub(super) done: Done,
    pub(super) volatile: Volatile,
    pub(super) pacing: Pacing,
    pub(super) inbox: Inbox,
    pub(super) hand_over: HandOver,
    pub(super) catch_up: CatchUp,
    /// A page that waits for the answer to a send.
    pub(super) crossed: Option<CrossedPage>,
    pub(super) copies: SyncCopies,
    pub(super) listing: Listing,
    pub(super) conversations: Conversations,
    pub(super) settings: SettingsSync,
    pub(super) rooms: Chatrooms,
    /// Behind the listeners, to be stored.
    pub(super) reached: Option<Cursor>,
    /// What the page asked while the engine moved from one link to another, and what it asked about
    /// a state that storage has not brought yet.
    pub(super) held: Vec<Command>,
    /// So many links were given up while something large was on its way.
    pub(super) slow: usize,
    /// What is asked from here on has at least so long, ms.
    pub(super) patience: u64,
    /// Whether the page was told that this link's server sends what makes no sense.
    pub(super) told_nonsense: bool,
    /// A frame could not be read, or messages are gone before they were delivered: the settings and
    /// the list are asked for when the pull is through.
    pub(super) missed_something: bool,
}

impl Engine {
    /// An engine that has done nothing yet. `seed` should be random: ids of devices come from it.
    pub fn new(config: Config, seed: u64) -> Self {
        let mut cx = Context::new(config, seed);
        let device = Device::new(&mut cx);
        Self {
            cx,
            device,
            connection: Connection::default(),
            heartbeat: Heartbeat::default(),
            profile: Profile::default(),
            begun: false,
            wire_ids: WireIds::default(),
            requests: Requests::default(),
            outbox: Outbox::default(),
            done: Done::default(),
            volatile: Volatile::default(),
            pacing: Pacing::default(),
            inbox: Inbox::default(),
            hand_over: HandOver::default(),
            catch_up: CatchUp::default(),
            crossed: None,
            copies: SyncCopies::default(),
            listing: Listing::default(),
            conversations: Conversations::default(),
            settings: SettingsSync::default(),
            rooms: Chatrooms::default(),
            reached: None,
            held: Vec::new(),
            slow: 0,
            patience: 0,
            told_nonsense: false,
            missed_something: false,
        }
    }

    /// Takes in one fact. Total: any input, in any state, in any order. A `now` before the latest
    /// one counts as the latest one.
    pub fn handle(&mut self, now: Tick, input: Input) {
        self.cx.now = self.cx.now.max(now);
        match input {
            Input::Command(command) => self.command(command),
            Input::RestoredApp(entries) => self.restore_app(&entries),
            Input::RestoredUser(user, restored) => self.restore_user(&user, restored),
            Input::StoreFailed => self.store_failed(),
            Input::LinkOpened(id) => self.connection.link_opened(&mut self.cx, id),
            Input::Received(id, bytes) => self.received(id, &bytes),
            Input::LinkClosed(id, cause) => {
                if CloseAction::of(cause) == CloseAction::SmallerFrame {
                    self.frame_too_large(id);
                }
                let change = self.connection.link_closed(&mut self.cx, id, cause);
                self.changed(change);
            }
            Input::HttpDone(id, outcome) => {
                let change = self.connection.http_done(&mut self.cx, id, &outcome);
                self.changed(change);
            }
            Input::HandedOver(batch) => {
                self.reached = self.hand_over.got(batch).or(self.reached.take())
            }
            Input::Hint(hint) => self.hint(hint),
            Input::WallClock(time) => self.cx.clock.set_wall(self.cx.now, time),
            Input::Timeout => {
                self.timeouts();
                // What was given more time while something large was on its way may be late now.
                self.settle();
                self.timeouts();
            }
        }
        self.settle();
    }

    /// The next thing to keep. Drain this first: an outbox entry is kept before its frame leaves.
    pub fn poll_store(&mut self) -> Option<StoreOp> {
        self.cx.out.store.pop_front()
    }

    /// The next thing to do outside. Drain after [`poll_store`](Self::poll_store).
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.cx.out.transmit.pop_front()
    }

    /// The next thing to tell the page. Drain after [`poll_transmit`](Self::poll_transmit).
    pub fn poll_event(&mut self) -> Option<Event> {
        self.cx.out.events.pop_front()
    }

    /// When to feed [`Input::Timeout`]; always later than the latest `now` once that was fed.
    pub fn poll_timeout(&self) -> Option<Tick> {
        self.cx.timers.next().map(|(at, _)| at)
    }

    /// The connection status of 2.x that holds.
    pub fn status(&self) -> Status {
        self.cx.out.current_status()
    }

    /// Whose session it is, as far as is known: offline too.
    pub fn user(&self) -> Option<&UserId> {
        self.connection.user()
    }

    /// Server's clock minus wall clock, ms; 0 before the first login.
    pub fn server_time_offset(&self) -> i64 {
        self.cx.clock.server_offset(self.cx.now)
    }

    /// The conversation list as it is shown: only these kinds (all if none are named), at most
    /// `count`.
    pub fn conversations(
        &self,
        kinds: &[ConversationKind],
        count: Option<u32>,
    ) -> Vec<Conversation> {
        self.conversations.list(kinds, count, false)
    }

    /// One conversation.
    pub fn conversation(&self, id: &ConversationId) -> Option<&Conversation> {
        self.conversations.get(id)
    }

    pub(super) fn command(&mut self, command: Command) {
        let moving = self.connection.is_moving() && is_asked_once(&command);
        let loading = matches!(self.profile, Profile::Loading(_));
        if moving || loading && call_about_state(&command).is_some() {
            return self.held.push(command);
        }
        match command {
            Command::Connect { call, token, user } => {
                let change = self.connection.connect(&mut self.cx, call, &token, user);
                self.changed(change);
            }
            Command::ConnectAsking { call, user } => {
                let change = self.connection.connect_asking(&mut self.cx, call, user);
                self.changed(change);
            }
            Command::Token { request, token } => {
                let token = token.as_deref();
                let change = self.connection.token_answered(&mut self.cx, request, token);
                self.changed(change);
            }
            Command::Disconnect { call } => self.disconnect(call),
            Command::Send { call, message, terms } => self.send(call, message, terms),
            Command::Outbox { call, what } => self.outbox_call(call, what),
            Command::Conversations { call, kinds, count, remote, hidden } => {
                self.list_conversations(call, kinds, count, remote, hidden);
            }
            Command::SetUnread { call, conversation, count } => {
                self.set_unread(call, conversation, count);
            }
            Command::RemoveConversation { call, conversation } => {
                self.remove_conversation(call, &conversation);
            }
            Command::MarkRead { call, conversation, until } => {
                self.mark_read(call, &conversation, until);
            }
            Command::Set { call, conversation, setting, on } => {
                self.set(call, conversation, setting, on);
            }
            Command::SetDraft { call, conversation, text } => {
                self.set_draft(call, &conversation, text);
            }
            Command::Ask { call, question } => self.ask(call, &question),
            Command::History { call, request } => self.ask_history(call, request),
            Command::JoinRoom { call, room, history, since } => {
                self.join_room(call, room, history, since);
            }
            Command::LeaveRoom { call, room } => self.leave_room(call, &room),
        }
    }

    fn hint(&mut self, hint: Hint) {
        match hint {
            Hint::Visible => self.heartbeat.set_visible(true),
            Hint::Hidden => self.heartbeat.set_visible(false),
            Hint::Online | Hint::Woke | Hint::Offline | Hint::Stowed => {}
        }
        match hint {
            Hint::Visible | Hint::Online | Hint::Woke => {
                let beat = self.heartbeat.probe(self.cx.now);
                self.beat(beat);
                self.connection.refresh(&mut self.cx);
                if hint != Hint::Visible {
                    self.connection.network_changed(&mut self.cx);
                }
                // Servers with the extensions answer the ping with a doorbell if one is due.
                if !self.is_extended() {
                    self.catch_up.ring();
                    self.rooms.ring();
                }
            }
            Hint::Stowed => {
                let change = self.connection.stow(&mut self.cx);
                self.changed(change);
            }
            Hint::Hidden | Hint::Offline => {}
        }
    }

    fn beat(&mut self, beat: Beat) {
        match beat {
            Beat::Rest => {}
            Beat::Ping => self.transmit(&client::ping()),
            Beat::Dead => {
                self.lose_patience();
                let change = self.connection.lost(&mut self.cx, CloseAction::Again);
                self.changed(change);
            }
        }
    }

    fn timeouts(&mut self) {
        while let Some((_, timer)) = self.cx.timers.pop_due(self.cx.now) {
            match timer {
                Timer::Attempt
                | Timer::Token
                | Timer::Navigation
                | Timer::Race
                | Timer::Handshake
                | Timer::Doubt
                | Timer::Upgrade
                | Timer::Round => {
                    let change = self.connection.timer(&mut self.cx, timer);
                    self.changed(change);
                }
                Timer::Profile => self.profile_timed_out(),
                Timer::Heartbeat => {
                    let beat = self.heartbeat.due(self.cx.now);
                    self.beat(beat);
                }
                Timer::Pull => {
                    self.catch_up.timer(self.cx.now);
                    self.rooms.timer(self.cx.now);
                }
                Timer::Request => self.requests_timed_out(),
                Timer::Send => self.sends_timed_out(),
            }
        }
    }

    /// The connection says that something began or ended.
    pub(super) fn changed(&mut self, change: Option<Change>) {
        match change {
            None => {}
            Some(Change::LoggedIn) => {
                self.told_nonsense = false;
                let beat = self.heartbeat.start(self.cx.now);
                self.beat(beat);
            }
            Some(Change::Moved) => {
                self.link_gone();
                self.changed(Some(Change::LoggedIn));
            }
            Some(Change::Lost) => self.link_gone(),
            Some(Change::Ended(error)) => {
                self.link_gone();
                self.reject_sends(error);
                self.rooms.end(&mut self.cx, error);
                self.listing.reject(&mut self.cx, error);
            }
        }
    }

    /// Sends a frame over the link that is up.
    pub(super) fn transmit(&mut self, frame: &Frame) {
        let Some(id) = self.connection.login().map(|login| login.id) else { return };
        let mut bytes = Vec::new();
        if frame.encode_up(&mut bytes).is_ok() {
            self.cx.out.transmit.push_back(Transmit::Send(id, Bytes::from(bytes)));
        }
    }

    /// Lets happen what has become possible, tells what has changed, and sets the deadlines.
    fn settle(&mut self) {
        self.follow_user();
        let device = self.device.name(&self.profile);
        self.connection.open_when_ready(&mut self.cx, device);
        self.move_when_quiet();
        self.begin_when_ready();
        for command in core::mem::take(&mut self.held) {
            self.command(command);
        }
        self.take_crossed_page();
        self.pull_when_due();
        self.ask_of_rooms();
        self.send_when_due();
        self.flush();
        self.be_patient();
        let sends = self.send_deadline();
        let timers = &mut self.cx.timers;
        timers.assign(Timer::Send, sends);
        timers.assign(Timer::Heartbeat, self.heartbeat.deadline());
        let pulls = [self.catch_up.deadline(), self.rooms.deadline()];
        timers.assign(Timer::Pull, pulls.into_iter().flatten().min());
        timers.assign(Timer::Request, self.requests.deadline());
    }

    fn flush(&mut self) {
        let removed = self.conversations.take_removed();
        if !removed.is_empty() {
            self.cx.out.event(Event::ConversationsRemoved(removed));
        }
        let changed = self.conversations.take_changed();
        if !changed.is_empty() {
            self.cx.out.event(Event::ConversationsChanged(changed));
        }
        // Unread counts are stored together with the cursor, behind the listeners: what comes
        // again after a crash must not count twice.
        if self.hand_over.is_empty() && self.cx.out.has_owner() {
            for (key, value) in self.conversations.take_to_store() {
                match value {
                    Some(value) => self.cx.out.put_user(key, value),
                    None => self.cx.out.delete_user(key),
                }
            }
        }
        if let Some(cursor) = self.reached.take() {
            self.cx.out.put_user(super::cursor::CURSOR_KEY.into(), cursor.to_stored());
        }
    }
}
