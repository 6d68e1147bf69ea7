//! One user at one device: a real engine behind a small host, and a page that notes what its
//! listeners are called with. The profile's storage and the judge's memory of what was shown
//! outlive every page.

use std::collections::{BTreeMap, VecDeque};

use hongyan::conversation::Conversation;
use hongyan::error::{Error, ErrorCode};
use hongyan::ids::{CallId, ClientMessageId, ConversationId, ConversationKind, UserId};
use hongyan::ops::Scope;
use hongyan::rng::Rng;
use hongyan::session::config::Config;
use hongyan::session::engine::Engine;
use hongyan::session::io::{
    Command, Event, Input, OutboxCall, OutboxRow, Outcome, Restored, SendState, SendTerms, Status,
    Transmit,
};
use hongyan::storage::Keeper;
use hongyan::time::{Tick, UnixMillis};

use crate::checker::{Key, View};
use crate::content::{op_text, outgoing};
use crate::disk::Disk;
use crate::model::Model;
use crate::plan::{ClientIndex, PageEnd, Setup};
use crate::trace::Trace;
use crate::world::wall_at;

/// The application that all of them use.
pub const APP_KEY: &str = "sim";
/// The navigators that all of them ask.
pub const NAVIGATORS: [&str; 2] = ["navi-1.sim", "navi-2.sim"];

/// What a client may touch besides itself.
pub struct Around<'a> {
    /// The time.
    pub now: Tick,
    /// The laws.
    pub model: &'a mut Model,
    /// The record.
    pub trace: &'a mut Trace,
}

/// See the module.
pub struct Client {
    /// Its place in the world.
    pub index: ClientIndex,
    /// Who sits there.
    pub user: String,
    /// What the profile keeps.
    pub disk: Disk,
    /// How often the profile lost its memory.
    pub epoch: u32,
    /// Storage kept an old state, or half of a new one (some keys of what followed one input) where
    /// messages have no numbers, so that nobody knows what the unread counts shall be.
    pub counts_are_lost: bool,
    /// How many pages there were before.
    pub life: u32,
    /// Wall clock of this machine minus true time, ms.
    pub wall_offset: i64,
    /// The machine sleeps until then.
    pub asleep_until: Option<Tick>,
    /// Timers come at multiples of so many ms; 0: in time.
    pub throttle_ms: u64,
    /// How the page is to end, once it comes to that.
    pub doom: Option<PageEnd>,
    /// What the page wants done outside.
    pub out: VecDeque<Transmit>,
    /// Every status that was told, over all lives.
    pub statuses: Vec<(Tick, Status)>,
    /// Ends of calls of the present page, by call.
    pub outcomes: BTreeMap<CallId, Result<Outcome, Error>>,
    /// How every send of the page stands.
    pub send_states: BTreeMap<ClientMessageId, SendState>,
    /// The messages that were shown, with the tick.
    pub shown: Vec<(Tick, Key)>,
    /// Gaps that were told.
    pub gaps: Vec<(u64, u64)>,
    /// Troubles that were told.
    pub troubles: Vec<ErrorCode>,
    /// How many listener calls threw.
    pub thrown: u64,
    /// Messages are so many bytes longer than they must be.
    pub padding: usize,
    /// Sends are given up after so long, as on the 2.x face.
    pub give_up_after_ms: Option<u32>,
    keep_failed: bool,
    /// The stored state belongs to another tab.
    memory_only: bool,
    /// The server speaks the extensions.
    extended: bool,
    pub(crate) throws_per_mille: u64,
    /// So many of a thousand messages are answered from within the listener.
    pub replies_per_mille: u64,
    pub(crate) rng: Rng,
    page: Option<Page>,
}

struct Page {
    engine: Engine,
    keeper: Keeper<Disk>,
    /// The page's tick 0.
    origin: Tick,
    events: VecDeque<Event>,
    calls: u32,
    /// Storage took every write so far.
    kept: bool,
    /// Storage refused a write, and the engine is to be told.
    refused: bool,
}

/// Whether the page lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It does.
    Alive,
    /// It ended just now, or there is none.
    Dead,
}

impl Client {
    /// A client without a page.
    pub fn new(index: ClientIndex, setup: &Setup) -> Self {
        let seed = setup.seed.wrapping_mul(1_000_003).wrapping_add(index as u64);
        Self {
            index,
            user: setup.clients.get(index).cloned().unwrap_or_default(),
            disk: Disk::default(),
            epoch: 0,
            counts_are_lost: false,
            life: 0,
            wall_offset: 0,
            asleep_until: None,
            throttle_ms: 0,
            doom: None,
            out: VecDeque::new(),
            statuses: Vec::new(),
            outcomes: BTreeMap::new(),
            send_states: BTreeMap::new(),
            shown: Vec::new(),
            gaps: Vec::new(),
            troubles: Vec::new(),
            thrown: 0,
            padding: 0,
            give_up_after_ms: setup.give_up_after_ms,
            keep_failed: setup.keep_failed,
            extended: setup.extended,
            memory_only: setup.memory_only.contains(&index),
            throws_per_mille: setup.throws_per_mille,
            replies_per_mille: setup.replies_per_mille,
            rng: Rng::new(seed),
            page: None,
        }
    }

    /// Whose eyes the judge sees through.
    pub fn view(&self) -> View {
        let device = u32::try_from(self.index).unwrap_or(u32::MAX);
        View { user: self.user.clone(), device, epoch: self.epoch }
    }

    /// Whether there is a page.
    pub fn is_open(&self) -> bool {
        self.page.is_some()
    }

    /// The engine, while there is a page.
    pub fn engine(&self) -> Option<&Engine> {
        self.page.as_ref().map(|page| &page.engine)
    }

    /// The status that was told last, but for the navigation's remarks.
    pub fn status(&self) -> Option<Status> {
        let told = self.statuses.iter().rev().map(|(_, status)| *status);
        told.into_iter().find(|status| {
            !matches!(
                status,
                Status::NavigationRequested
                    | Status::NavigationAnswered
                    | Status::NavigationFailed
                    | Status::NavigationTimedOut
            )
        })
    }

    /// How often this status was told.
    pub fn times_told(&self, status: Status) -> usize {
        self.statuses.iter().filter(|(_, told)| *told == status).count()
    }

    /// A page opens and connects.
    pub fn open_page(&mut self, around: &mut Around<'_>, wall: UnixMillis) {
        let config = Config {
            app_key: APP_KEY.into(),
            navigators: NAVIGATORS.iter().map(|name| (*name).to_owned()).collect(),
            ..Config::default()
        };
        self.life += 1;
        self.doom = None;
        self.outcomes.clear();
        around.model.checker.watch(&self.view());
        around.trace.note(around.now, || format!("{} page {} opens", self.index, self.life));
        let keeper = Keeper::new(APP_KEY, self.disk.clone());
        let restored = keeper.load(&Scope::App);
        self.page = Some(Page {
            engine: Engine::new(config, self.rng.next_u64()),
            keeper,
            origin: around.now,
            events: VecDeque::new(),
            calls: 0,
            kept: true,
            refused: false,
        });
        for input in [Input::RestoredApp(restored), Input::WallClock(wall)] {
            self.feed(around, input);
        }
        self.connect(around);
    }

    /// The page is gone, whatever it was doing.
    pub fn end_page(&mut self, around: &mut Around<'_>) {
        if let Some(page) = self.page.take() {
            around.trace.note(around.now, || format!("{} page {} ends", self.index, self.life));
            around.model.page_ended(self.index, page.kept);
            self.counts_are_lost |= !page.kept;
            if self.memory_only || !page.kept {
                self.change_eyes(around);
            }
        }
        self.out.clear();
        self.doom = None;
    }

    /// The site's data is cleared; what was shown so far may be shown again.
    pub fn lose_memory(&mut self, around: &mut Around<'_>) {
        around.model.page_ended(self.index, false);
        self.disk.clear();
        self.change_eyes(around);
    }

    fn change_eyes(&mut self, around: &mut Around<'_>) {
        let old = self.view();
        self.epoch += 1;
        around.model.checker.replace(&old, &self.view());
    }

    /// The page calls something: what its clock has to say first, for it may be shown something.
    pub(crate) fn call(&mut self, around: &mut Around<'_>, what: &'static str) -> Option<CallId> {
        self.feed(around, Input::Timeout);
        self.call_at_once(around, what)
    }

    /// The same from within a listener.
    pub(crate) fn call_at_once(
        &mut self,
        around: &mut Around<'_>,
        what: &'static str,
    ) -> Option<CallId> {
        let page = self.page.as_mut()?;
        page.calls += 1;
        let call = CallId(page.calls);
        around.model.called(self.index, self.life, call, what);
        Some(call)
    }

    /// The page calls `connect`.
    pub fn connect(&mut self, around: &mut Around<'_>) -> Option<CallId> {
        let call = self.call(around, "connect")?;
        let token = format!("token-of-{}", self.user);
        self.feed(around, Input::Command(Command::Connect { call, token, user: None }));
        Some(call)
    }

    /// The page calls `disconnect`.
    pub fn disconnect(&mut self, around: &mut Around<'_>) -> Option<CallId> {
        let call = self.call(around, "disconnect")?;
        self.feed(around, Input::Command(Command::Disconnect { call }));
        Some(call)
    }

    /// The page sends a message to a user.
    pub fn send(&mut self, around: &mut Around<'_>, to: &str) -> Option<ClientMessageId> {
        let call = self.call(around, "send")?;
        let key = around.model.next_key(self.index, &self.user, to);
        let id = ClientMessageId::from_random(self.rng.next_u64());
        around.trace.note(around.now, || format!("{} sends {}", self.index, key.to_text()));
        around.model.sending(self.index, self.life, id, key.clone());
        let message = outgoing(id, to, &key, self.padding);
        let terms = self.terms();
        self.feed(around, Input::Command(Command::Send { call, message, terms }));
        Some(id)
    }

    pub(crate) fn terms(&self) -> SendTerms {
        SendTerms { give_up_after_ms: self.give_up_after_ms, keep: self.keep_failed }
    }

    /// The same for a message that is none of the user's own words.
    pub(crate) fn command_terms(&self) -> SendTerms {
        SendTerms { keep: false, ..self.terms() }
    }

    /// What is in the outbox, if that is known already.
    pub fn outbox(&mut self, around: &mut Around<'_>) -> Vec<OutboxRow> {
        let Some(call) = self.call(around, "outbox") else { return Vec::new() };
        self.feed(around, Input::Command(Command::Outbox { call, what: OutboxCall::List }));
        match self.outcomes.get(&call) {
            Some(Ok(Outcome::Outbox(rows))) => rows.clone(),
            _ => Vec::new(),
        }
    }

    /// The page tries again what has failed; without the extensions only what the server has
    /// certainly not got: it would keep a second copy.
    pub fn retry_failed(&mut self, around: &mut Around<'_>) {
        let rows = self.outbox(around).into_iter();
        let failed = rows.filter(|row| match row.state {
            SendState::Failed(error) => self.extended || error.code != ErrorCode::Timeout,
            SendState::Queued { .. }
            | SendState::Sending
            | SendState::Sent { .. }
            | SendState::Cancelled => false,
        });
        let failed: Vec<OutboxRow> = failed.collect();
        for id in failed.into_iter().filter_map(|row| row.message.client_id) {
            let Some(call) = self.call(around, "retry") else { return };
            around.model.retrying(id, self.life);
            let give_up_after_ms = self.give_up_after_ms;
            let what = OutboxCall::Retry { id, give_up_after_ms };
            self.feed(around, Input::Command(Command::Outbox { call, what }));
        }
    }

    /// The page takes a send back.
    pub fn cancel(&mut self, around: &mut Around<'_>, id: ClientMessageId) {
        if let Some(call) = self.call(around, "cancel") {
            self.feed(
                around,
                Input::Command(Command::Outbox { call, what: OutboxCall::Cancel(id) }),
            );
        }
    }

    /// The page marks a conversation as read.
    pub fn mark_read(&mut self, around: &mut Around<'_>, peer: &str) {
        let Some(call) = self.call(around, "mark read") else { return };
        let id = ConversationId::new(ConversationKind::Private, peer);
        let row = self.engine().and_then(|engine| engine.conversation(&id));
        let badge = row.map_or(0, |row| row.unread);
        around.model.marked_read(&self.view(), peer, badge, wall_at(around.now).get());
        let conversation = Some(id);
        let command = Command::SetUnread { call, conversation, count: 0 };
        if self.feed(around, Input::Command(command)) == Fate::Dead {
            // It died before it could say so: the mark was kept or not.
            self.counts_are_lost = true;
        }
    }

    /// The page's conversation list, newest first.
    pub fn conversations(&mut self, around: &mut Around<'_>) -> Vec<Conversation> {
        let Some(call) = self.call(around, "conversations") else { return Vec::new() };
        let command = Command::Conversations {
            call,
            kinds: Vec::new(),
            count: None,
            remote: false,
            hidden: true,
        };
        self.feed(around, Input::Command(command));
        match self.outcomes.get(&call) {
            Some(Ok(Outcome::Conversations(list))) => list.clone(),
            other => {
                around.model.complain(format!("{}: list answered {other:?}", self.index));
                Vec::new()
            }
        }
    }

    /// What storage holds for a user.
    pub fn stored_state(&self, user: &UserId) -> Restored {
        if self.memory_only {
            return Restored::MemoryOnly;
        }
        let scope = Scope::User(user.clone());
        Restored::Owned(self.page.as_ref().map_or(Vec::new(), |page| page.keeper.load(&scope)))
    }

    /// When the page's timer wakes it: never before its deadline, often later.
    pub fn wakes_at(&self) -> Option<Tick> {
        let page = self.page.as_ref()?;
        let deadline = page.origin + page.engine.poll_timeout()?.as_millis();
        let late = match self.throttle_ms {
            0 => deadline,
            step => Tick::from_millis(deadline.as_millis().div_ceil(step) * step),
        };
        Some(self.asleep_until.map_or(late, |until| late.max(until)))
    }

    /// Something happens to the page: what its clock has to say first, then this.
    pub fn feed(&mut self, around: &mut Around<'_>, input: Input) -> Fate {
        if self.timer_is_due(around.now) && self.step(around, Input::Timeout) == Fate::Dead {
            return Fate::Dead;
        }
        if matches!(input, Input::Timeout) {
            return if self.page.is_some() { Fate::Alive } else { Fate::Dead };
        }
        self.step(around, input)
    }

    fn timer_is_due(&self, now: Tick) -> bool {
        self.page.as_ref().is_some_and(|page| {
            page.engine.poll_timeout().is_some_and(|due| page.origin + due.as_millis() <= now)
        })
    }

    fn step(&mut self, around: &mut Around<'_>, input: Input) -> Fate {
        if self.handle(around, input) == Fate::Dead {
            return self.die(around);
        }
        while let Some(event) = self.page.as_mut().and_then(|page| page.events.pop_front()) {
            if self.observe(around, event) == Fate::Dead {
                return self.die(around);
            }
        }
        Fate::Alive
    }

    fn die(&mut self, around: &mut Around<'_>) -> Fate {
        self.end_page(around);
        Fate::Dead
    }

    /// One input and every output, in the order that the engine demands.
    pub(crate) fn handle(&mut self, around: &mut Around<'_>, input: Input) -> Fate {
        let Some(page) = &mut self.page else { return Fate::Dead };
        let now = Tick::from_millis(around.now.since(page.origin));
        page.engine.handle(now, input);
        if self.drain(around) == Fate::Dead {
            return Fate::Dead;
        }
        let Some(page) = &mut self.page else { return Fate::Dead };
        if std::mem::take(&mut page.refused) {
            page.engine.handle(now, Input::StoreFailed);
            return self.drain(around);
        }
        Fate::Alive
    }

    fn drain(&mut self, around: &mut Around<'_>) -> Fate {
        let Some(page) = &mut self.page else { return Fate::Dead };
        while let Some(op) = page.engine.poll_store() {
            if let Some(PageEnd::AfterWrites(left)) = &mut self.doom {
                match left.checked_sub(1) {
                    Some(less) => *left = less,
                    None => {
                        self.counts_are_lost |= !self.extended;
                        return Fate::Dead;
                    }
                }
            }
            around.trace.note(around.now, || format!("{} keeps {}", self.index, op_text(&op)));
            if page.keeper.apply(&op).is_err() {
                page.kept = false;
                page.refused = true;
            }
        }
        while let Some(transmit) = page.engine.poll_transmit() {
            self.out.push_back(transmit);
        }
        while let Some(event) = page.engine.poll_event() {
            page.events.push_back(event);
        }
        Fate::Alive
    }
}
