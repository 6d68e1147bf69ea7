//! One user at one device: pages come and go, storage stays. It sends by a timetable, notes what is
//! shown to it, and dies when it is told to.

mod rooms;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use hongyan::error::ErrorCode;
use hongyan::ids::{BatchId, CallId, ClientMessageId, ConversationKind, TokenRequestId, UserId};
use hongyan::rng::Rng;
use hongyan::session::config::Config;
use hongyan::session::io::{Command, Event, Input, Received, SendState, SendTerms, Status};
use hongyan::storage::Keeper;
use hongyan_checker::{Key, View};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::time::Instant;

use super::content::{key_of, outgoing};
use super::page::{Died, Page};
use super::seat::{Order, PageEnd, Phase, Seat};
use super::shelf::Shelf;
use super::stays::Stays;
use crate::run::ledger::Ledger;

/// The application's key: the server's default.
pub const APP_KEY: &str = "hongyan";
/// So many sends may be open before a client waits.
const MAX_OPEN: usize = 100;
/// A client that could not send for a while makes up for so much of it.
const MAX_LAG: Duration = Duration::from_secs(10);
/// A page that was logged out for good comes back after so long.
const AGAIN: Duration = Duration::from_secs(1);
/// One content in so many is a long one.
const LONG_EVERY: u64 = 50;

struct Open {
    key: Key,
    durable: bool,
}

/// See the module.
pub struct Client {
    seat: Seat,
    ledger: Arc<Ledger>,
    keeper: Keeper<Shelf>,
    /// How often the profile forgot everything.
    epoch: u32,
    /// What was shown, where a page that forgot it may be shown it again.
    seen: BTreeSet<Key>,
    page: Option<Page>,
    doom: Option<PageEnd>,
    after_death: Duration,
    reopens: Instant,
    next_send: Instant,
    speaks: bool,
    rng: Rng,
    calls: u32,
    /// Sends without an end, over all pages.
    open: BTreeMap<ClientMessageId, Open>,
    /// What the present page sent: it must not be shown there.
    sent_by_page: BTreeSet<Key>,
    /// The calls of the present page that wait for the end of a send.
    sending: BTreeMap<CallId, ClientMessageId>,
    /// The next number in each conversation.
    numbers: BTreeMap<String, u32>,
    stays: Stays,
}

impl Client {
    /// A client whose first page opens when it runs.
    pub fn new(seat: Seat, ledger: Arc<Ledger>) -> Self {
        let mut rng = Rng::new(seat.seed);
        let now = Instant::now();
        let first = seat.pause.mul_f64(rng.below(1000) as f64 / 1000.0);
        ledger.watch(&view(&seat, 0));
        Self {
            keeper: Keeper::new(APP_KEY, Shelf::new(seat.full_storage)),
            epoch: 0,
            seen: BTreeSet::new(),
            page: None,
            doom: None,
            after_death: Duration::ZERO,
            reopens: now,
            next_send: now + first,
            speaks: false,
            rng,
            calls: 0,
            open: BTreeMap::new(),
            sent_by_page: BTreeSet::new(),
            sending: BTreeMap::new(),
            numbers: BTreeMap::new(),
            stays: Stays::new(&seat.rooms, now),
            seat,
            ledger,
        }
    }

    /// Runs until the phase is [`Phase::Over`].
    pub async fn run(
        mut self,
        mut orders: UnboundedReceiver<Order>,
        phase: watch::Receiver<Phase>,
    ) {
        let mut phase = phase;
        loop {
            match *phase.borrow_and_update() {
                Phase::Load => self.speaks = !self.seat.targets.is_empty(),
                Phase::Quiet => self.be_quiet(),
                Phase::Over => return,
            }
            let wakes = self.wakes_at();
            tokio::select! {
                Some(order) = orders.recv() => self.obey(order),
                news = hear(&mut self.page) => self.feed(news),
                () = tokio::time::sleep_until(wakes) => self.tick(),
                Ok(()) = phase.changed() => {}
                else => return,
            }
        }
    }

    /// From here on it says nothing and dies no more.
    fn be_quiet(&mut self) {
        self.speaks = false;
        self.doom = None;
    }

    fn wakes_at(&self) -> Instant {
        let sends = self.speaks.then_some(self.next_send).filter(|_| self.page.is_some());
        let page = match &self.page {
            Some(page) => page.deadline().into_iter().chain(self.stays.due_at()).min(),
            None => Some(self.reopens),
        };
        let far = Instant::now() + Duration::from_secs(3600);
        [sends, page].into_iter().flatten().min().unwrap_or(far)
    }

    fn tick(&mut self) {
        let now = Instant::now();
        let Some(page) = &self.page else {
            if self.reopens <= now {
                self.open_page();
            }
            return;
        };
        if page.deadline().is_some_and(|due| due <= now) {
            self.feed(Input::Timeout);
        }
        self.join_rooms(now);
        if self.speaks && self.next_send <= now && self.page.is_some() {
            self.next_send = self.following(now);
            self.send();
        }
    }

    /// When the message after the one that is due now is due.
    fn following(&mut self, now: Instant) -> Instant {
        let pause = self.seat.pause.mul_f64(self.rng.below(2000) as f64 / 1000.0);
        let oldest = now.checked_sub(MAX_LAG).unwrap_or(now);
        (self.next_send + pause).max(oldest)
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Hint(hint) => self.feed(Input::Hint(hint)),
            Order::End(end, pause) if self.page.is_some() && self.doom.is_none() => {
                self.after_death = pause;
                match end {
                    PageEnd::Now => self.die(),
                    PageEnd::InListener | PageEnd::BeforeHandOver | PageEnd::AfterWrites(_) => {
                        self.doom = Some(end);
                    }
                }
            }
            Order::End(..) => {}
        }
    }

    fn open_page(&mut self) {
        let config = Config {
            app_key: APP_KEY.to_owned(),
            navigators: vec![self.seat.navigator.clone()],
            transport: self.seat.transport,
            ..Config::default()
        };
        self.page = Some(Page::open(config, self.rng.next_u64()));
        self.sent_by_page.clear();
        Page::first_news(&self.keeper).into_iter().for_each(|news| self.feed(news));
        let (call, token) = (self.call(), self.seat.token.clone());
        let user = Some(UserId::from(self.seat.user.as_str()));
        self.feed(Input::Command(if self.seat.asks_for_tokens {
            Command::ConnectAsking { call, user }
        } else {
            Command::Connect { call, token, user }
        }));
    }

    fn call(&mut self) -> CallId {
        self.calls = self.calls.wrapping_add(1);
        CallId(self.calls)
    }

    /// The page is gone. What it had not kept is lost, and it was told so.
    fn die(&mut self) {
        self.page = None;
        self.doom = None;
        self.reopens = Instant::now() + self.after_death;
        self.ledger.page_ended();
        let before = view(&self.seat, self.epoch);
        for room in self.stays.end(self.reopens) {
            self.ledger.leaves(&before, &room);
        }
        self.sending.clear();
        let forgotten = self.open.extract_if(.., |_, open| !open.durable);
        for (_, open) in forgotten {
            self.ledger.refused(open.key);
        }
        if self.seat.full_storage {
            self.epoch += 1;
            self.ledger.replaced(&before, &view(&self.seat, self.epoch));
        }
    }

    fn send(&mut self) {
        let turn = self.rng.below(self.seat.targets.len() as u64);
        let target = self.seat.targets.get(usize::try_from(turn).unwrap_or(0)).cloned();
        let Some(target) = target.filter(|_| self.open.len() < MAX_OPEN) else { return };
        if target.kind == ConversationKind::Chatroom && !self.stays.is_in(&target.id) {
            return;
        }
        let number = self.numbers.entry(target.id.clone()).or_default();
        let (from, device) = (self.seat.user.clone(), self.seat.device);
        let key = Key { from, device, to: target.id.clone(), number: *number };
        *number += 1;
        let id = ClientMessageId::from_random(self.rng.next_u64());
        let message = outgoing(id, &target, &key, self.rng.below(LONG_EVERY) == 0);
        self.ledger.sent(key.clone());
        self.sent_by_page.insert(key.clone());
        self.open.insert(id, Open { key, durable: false });
        let call = self.call();
        self.sending.insert(call, id);
        let terms = SendTerms { give_up_after_ms: None, keep: false };
        let command = Command::Send { call, message, terms };
        // A page does not die between the call of `send` and its return.
        let doom = self.doom.take();
        self.feed(Input::Command(command));
        self.doom = doom.filter(|_| self.page.is_some());
    }

    /// Something happens to the page.
    fn feed(&mut self, input: Input) {
        if self.handle(input).is_err() {
            self.die();
        }
    }

    fn handle(&mut self, input: Input) -> Result<(), Died> {
        let mut events = VecDeque::from(self.step(input)?);
        while let Some(event) = events.pop_front() {
            if let Event::Messages { batch, messages, .. } = event {
                events.extend(self.listen(batch, &messages)?);
            } else {
                self.observe(event);
            }
        }
        Ok(())
    }

    fn step(&mut self, input: Input) -> Result<Vec<Event>, Died> {
        let Some(page) = &mut self.page else { return Ok(Vec::new()) };
        let mut writes = match self.doom {
            Some(PageEnd::AfterWrites(left)) => Some(left),
            Some(PageEnd::Now | PageEnd::InListener | PageEnd::BeforeHandOver) | None => None,
        };
        let events = page.handle(input, &mut self.keeper, &mut writes)?;
        if let Some(left) = writes {
            self.doom = Some(PageEnd::AfterWrites(left));
        }
        Ok(events)
    }

    /// The listeners run. What they were called with counts as shown once that is kept.
    fn listen(&mut self, batch: BatchId, messages: &[Received]) -> Result<Vec<Event>, Died> {
        match self.doom {
            Some(PageEnd::InListener | PageEnd::BeforeHandOver) => return Err(Died),
            Some(PageEnd::Now | PageEnd::AfterWrites(_)) | None => {}
        }
        let events = self.step(Input::HandedOver(batch))?;
        let view = view(&self.seat, self.epoch);
        for received in messages {
            let message = &received.message;
            match key_of(&message.content) {
                Some(key) => self.show(&view, key, message.sent_time.get()),
                // The server tells the members of a new group.
                None if &*message.object_name == "RC:GrpNtf" => {}
                None => self.ledger.complain(format!("{view:?}: a strange {message:?}")),
            }
        }
        Ok(events)
    }

    /// A page that has died may have sent what this one is shown; it was never told so.
    fn show(&mut self, view: &View, key: Key, time: i64) {
        if (&key.from, key.device) == (&self.seat.user, self.seat.device) {
            if self.sent_by_page.contains(&key) {
                self.ledger.complain(format!("[{}] shown where it was sent", key.to_text()));
            }
            let mine = self.open.extract_if(.., |_, open| open.key == key);
            mine.for_each(|(_, open)| self.ledger.accepted(open.key));
            return;
        }
        let news = !self.seat.full_storage || self.seen.insert(key.clone());
        self.ledger.shown(view, key, time, news);
    }

    /// The page is asked for a token.
    fn supply(&mut self, request: TokenRequestId) {
        let good = self.rng.below(4) > 0;
        let token = if good { self.seat.token.clone() } else { "worth nothing".to_owned() };
        if let Some(page) = &self.page {
            page.tell(Input::Command(Command::Token { request, token: Some(token) }));
        }
    }

    fn observe(&mut self, event: Event) {
        match event {
            Event::SendChanged { id, state, .. } => self.send_changed(id, state),
            Event::Status(status) => self.status(status),
            Event::Gap { from, to } => {
                self.ledger.complain(format!("{}: a gap {from}..={to}", self.seat.user));
            }
            Event::Trouble(error) => self.ledger.trouble(error.code.number()),
            Event::Messages { .. }
            | Event::ConversationsChanged(_)
            | Event::Outbox(_)
            | Event::Told(_)
            | Event::ConversationsRemoved(_)
            | Event::SignedIn { .. } => {}
            Event::Room { room, change } => self.room_changed(&room, change),
            Event::TokenWanted { request, .. } => self.supply(request),
            Event::Settled { call, outcome } => {
                let send = self.sending.remove(&call).and_then(|id| self.open.remove(&id));
                if let (Some(open), Err(error)) = (send, outcome) {
                    let (key, code) = (open.key, error.code.number());
                    self.ledger.complain(format!("[{}] refused with {code}", key.to_text()));
                    self.ledger.refused(key);
                }
            }
        }
    }

    /// What an earlier page left fails where the present one is in no room yet.
    fn send_changed(&mut self, id: ClientMessageId, state: SendState) {
        match state {
            SendState::Queued { durable } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.durable = durable;
                }
            }
            SendState::Sending => {}
            SendState::Sent { .. } => {
                if let Some(open) = self.open.remove(&id) {
                    self.ledger.accepted(open.key);
                }
            }
            SendState::Failed(error) => {
                if let Some(open) = self.open.remove(&id) {
                    let text = open.key.to_text();
                    let late = error.code == ErrorCode::NotInChatroom
                        && !self.sent_by_page.contains(&open.key);
                    if !late {
                        let number = error.code.number();
                        self.ledger.complain(format!("[{text}] failed with {number}"));
                    }
                    self.ledger.refused(open.key);
                }
            }
            SendState::Cancelled => {}
        }
    }

    /// No fault of the network ends a session: whoever is out for good has found a bug.
    fn status(&mut self, status: Status) {
        match status {
            Status::Refused
            | Status::Blocked
            | Status::UltraLimit
            | Status::AppKeyFake
            | Status::DomainIncorrect
            | Status::KickedByOtherClient => {
                self.ledger.complain(format!("{}: {status:?}", self.seat.user));
                self.after_death = AGAIN;
                self.die();
            }
            Status::Connected => self.ledger.connected(),
            Status::Connecting
            | Status::Disconnected
            | Status::NetworkUnavailable
            | Status::ConnectionClosed
            | Status::WebSocketUnavailable
            | Status::NavigationRequested
            | Status::NavigationAnswered
            | Status::NavigationFailed
            | Status::NavigationTimedOut => {}
        }
    }
}

/// What happens to the page next; never, if there is none.
async fn hear(page: &mut Option<Page>) -> Input {
    match page {
        Some(page) => page.hear().await,
        None => std::future::pending().await,
    }
}

fn view(seat: &Seat, epoch: u32) -> View {
    View { user: seat.user.clone(), device: seat.device, epoch }
}
