//! The scripted peer: everything the engine wants done is noted, nothing happens by itself but
//! time, storage and the page's listeners.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use crate::error::Error;
use crate::ids::{BatchId, CallId, HttpId, LinkId, MessageUid, UserId};
use crate::ops::{Scope, StoreOp};
use crate::session::io::*;
use crate::session::{Config, Engine};
use crate::signal::pull::{InboxState, PullRequest};
use crate::signal::relations::ConversationInfo;
use crate::signal::server::{self, PageWriter};
use crate::signal::{Doorbell, Message, Outgoing, Request, SendAck, topic};
use crate::time::{Tick, UnixMillis};
use crate::wire::{Direction, Frame};

pub use super::fixtures::*;

pub struct World {
    pub engine: Engine,
    pub now: Tick,
    pub kept: BTreeMap<(Option<UserId>, String), String>,
    pub http: VecDeque<(HttpId, String)>,
    pub aborted: Vec<HttpId>,
    pub links: Vec<(LinkId, String)>,
    /// Of each of `links`.
    pub ways: Vec<Way>,
    pub closed: Vec<LinkId>,
    pub sent: VecDeque<Request>,
    pub loads: Vec<UserId>,
    pub events: Vec<Event>,
    /// Whether `LoadUser` is answered at once with what was kept.
    pub loads_at_once: bool,
    /// Whether listeners return at once.
    pub hands_over: bool,
    /// Whether storage takes what it is given.
    pub storage_works: bool,
    pub extended: bool,
    /// Frames come on this link; `None`: on the one opened last.
    answers_on: Option<LinkId>,
    /// The server's clock minus the wall clock of tick 0, ms.
    pub server_ahead: i64,
    calls: u32,
}

impl World {
    pub fn new() -> Self {
        Self::with_navigators(&["nav.example"])
    }

    pub fn with_navigators(navigators: &[&str]) -> Self {
        Self::restarted(navigators, BTreeMap::new())
    }

    /// A page on a browser profile that has kept something.
    pub fn restarted(
        navigators: &[&str],
        kept: BTreeMap<(Option<UserId>, String), String>,
    ) -> Self {
        Self::of(Self::config(navigators), kept)
    }

    pub fn config(navigators: &[&str]) -> Config {
        Config {
            app_key: "key".into(),
            navigators: navigators.iter().map(|name| (*name).to_owned()).collect(),
            ..Config::default()
        }
    }

    pub fn of(config: Config, kept: BTreeMap<(Option<UserId>, String), String>) -> Self {
        let mut world = Self {
            engine: Engine::new(config, 7),
            now: Tick::default(),
            kept,
            http: VecDeque::new(),
            aborted: Vec::new(),
            links: Vec::new(),
            ways: Vec::new(),
            closed: Vec::new(),
            sent: VecDeque::new(),
            loads: Vec::new(),
            events: Vec::new(),
            loads_at_once: true,
            hands_over: true,
            storage_works: true,
            extended: true,
            answers_on: None,
            server_ahead: 0,
            calls: 0,
        };
        let app = world.kept_for(None);
        world.feed(Input::RestoredApp(app));
        world.feed(Input::WallClock(UnixMillis::new(WALL)));
        world
    }

    pub fn kept_for(&self, user: Option<&UserId>) -> Vec<(String, String)> {
        let of_user = self.kept.iter().filter(|((owner, _), _)| owner.as_ref() == user);
        of_user.map(|((_, key), value)| (key.clone(), value.clone())).collect()
    }

    pub fn kept_keys(&self, prefix: &str) -> Vec<String> {
        let keys = self.kept.keys().map(|(_, key)| key.clone());
        keys.filter(|key| key.starts_with(prefix)).collect()
    }

    pub fn feed(&mut self, input: Input) {
        self.engine.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        let mut failed = false;
        while let Some(op) = self.engine.poll_store() {
            // A full storage still forgets.
            let works = self.storage_works || matches!(op, StoreOp::Delete { .. });
            failed |= !works;
            if works {
                self.keep(op);
            }
        }
        let (mut loads, mut batches) = (Vec::new(), Vec::new());
        while let Some(transmit) = self.engine.poll_transmit() {
            match transmit {
                Transmit::OpenLink { id, url, way } => {
                    self.links.push((id, url));
                    self.ways.push(way);
                }
                Transmit::Send(id, bytes) => self.note_sent(id, &bytes),
                Transmit::CloseLink(id) => self.closed.push(id),
                Transmit::Http { id, url, .. } => self.http.push_back((id, url)),
                Transmit::AbortHttp(id) => {
                    self.http.retain(|(asked, _)| *asked != id);
                    self.aborted.push(id);
                }
                Transmit::LoadUser(user) => loads.push(user),
                Transmit::ReleaseUser(_) => {}
            }
        }
        while let Some(event) = self.engine.poll_event() {
            if let Event::Messages { batch, .. } = &event {
                batches.push(*batch);
            }
            self.events.push(event);
        }
        if failed {
            self.feed(Input::StoreFailed);
        }
        for user in loads {
            self.loads.push(user.clone());
            if self.loads_at_once {
                self.load(&user);
            }
        }
        for batch in batches {
            if self.hands_over {
                self.hand_over(batch);
            }
        }
    }

    fn note_sent(&mut self, id: LinkId, bytes: &Bytes) {
        let known = self.links.iter().any(|(known, _)| *known == id);
        assert!(known && !self.closed.contains(&id), "sent over the current link");
        let frame = Frame::decode(bytes, Direction::ClientToServer).unwrap();
        self.sent.push_back(server::read(frame).unwrap());
    }

    fn keep(&mut self, op: StoreOp) {
        let place = |scope, key| match scope {
            Scope::App => (None, key),
            Scope::User(user) => (Some(user), key),
        };
        match op {
            StoreOp::Put { scope, key, value } => {
                self.kept.insert(place(scope, key), value);
            }
            StoreOp::Delete { scope, key } => {
                self.kept.remove(&place(scope, key));
            }
        }
    }

    pub fn load(&mut self, user: &UserId) {
        let kept = self.kept_for(Some(user));
        self.feed(Input::RestoredUser(user.clone(), Restored::Owned(kept)));
    }

    pub fn hand_over(&mut self, batch: BatchId) {
        self.feed(Input::HandedOver(batch));
    }

    /// Lets time pass, firing every deadline when it is due.
    pub fn advance(&mut self, ms: u64) {
        let end = self.now + ms;
        for _ in 0..10_000 {
            match self.engine.poll_timeout().filter(|at| *at <= end) {
                Some(at) => {
                    self.now = self.now.max(at);
                    self.feed(Input::Timeout);
                    let next = self.engine.poll_timeout();
                    assert!(next.is_none_or(|next| next > self.now), "no deadline is due twice");
                }
                None => {
                    self.now = end;
                    return;
                }
            }
        }
        panic!("too many deadlines");
    }

    pub fn call(&mut self) -> CallId {
        self.calls += 1;
        CallId(self.calls)
    }

    pub fn connect(&mut self, token: &str) -> CallId {
        let call = self.call();
        let token = token.to_owned();
        self.feed(Input::Command(Command::Connect { call, token, user: None }));
        call
    }

    pub fn disconnect(&mut self) -> CallId {
        let call = self.call();
        self.feed(Input::Command(Command::Disconnect { call }));
        call
    }

    pub fn send(&mut self, message: Outgoing) -> CallId {
        self.send_until(message, None)
    }

    pub fn send_until(&mut self, message: Outgoing, give_up_after_ms: Option<u32>) -> CallId {
        self.send_with(message, SendTerms { give_up_after_ms, keep: false })
    }

    pub fn send_with(&mut self, message: Outgoing, terms: SendTerms) -> CallId {
        let call = self.call();
        self.feed(Input::Command(Command::Send { call, message, terms }));
        call
    }

    /// Answers the HTTP request asked first.
    pub fn http(&mut self, status: u16, body: &str) {
        let (id, _) = self.http.pop_front().expect("a request");
        self.http_done(id, status, body);
    }

    pub fn http_done(&mut self, id: HttpId, status: u16, body: &str) {
        let body = Bytes::from(body.to_owned());
        let outcome = HttpOutcome::Answer { status, body, retry_after_s: None };
        self.feed(Input::HttpDone(id, outcome));
    }

    pub fn http_fails(&mut self) {
        let (id, _) = self.http.pop_front().expect("a request");
        self.feed(Input::HttpDone(id, HttpOutcome::Failed));
    }

    pub fn link(&self) -> LinkId {
        self.links.last().expect("a link").0
    }

    pub fn link_url(&self) -> &str {
        &self.links.last().expect("a link").1
    }

    /// From the navigation's answer to the open socket.
    pub fn reach_socket(&mut self) {
        let answer = answer_of(r#""server":"im.example""#, "me", self.extended);
        if self.http.front().is_some_and(|(_, url)| url.contains("/navi.js")) {
            self.http(200, &answer);
        }
        if self.http.front().is_some_and(|(_, url)| url.contains("/ping")) {
            self.http(200, "");
        }
        let link = self.link();
        self.feed(Input::LinkOpened(link));
    }

    /// All the way in, as `me`, from whatever the engine is doing.
    pub fn log_in(&mut self) {
        self.reach_socket();
        self.accept();
    }

    pub fn accept(&mut self) {
        let session = if self.extended { "hy1.s" } else { "s" };
        let now = self.server_time();
        self.receive(&server::login_accepted(&me(), session, now));
    }

    pub fn server_time(&self) -> UnixMillis {
        UnixMillis::new(WALL + self.server_ahead + self.now.as_millis() as i64)
    }

    /// Connected, list and first pull answered empty.
    pub fn logged_in(extended: bool) -> Self {
        let mut world = Self::new();
        world.extended = extended;
        world.connect("T");
        world.log_in();
        world.answer_everything();
        world.events.clear();
        world
    }

    /// Answers pings, the list and pulls with nothing; leaves publishes for the test.
    pub fn answer_everything(&mut self) {
        self.answer_everything_on(self.link());
    }

    /// The same, where another link was opened last.
    pub fn answer_everything_on(&mut self, link: LinkId) {
        self.answers_on = Some(link);
        self.answer_all();
        self.answers_on = None;
    }

    fn answer_all(&mut self) {
        for _ in 0..1_000 {
            let Some(place) =
                self.sent.iter().position(|sent| !matches!(sent, Request::Publish { .. }))
            else {
                return;
            };
            match self.sent.remove(place).unwrap() {
                Request::Ping => self.receive(&server::pong()),
                Request::Query { id, topic, .. } if &*topic == topic::PULL => {
                    self.page(id, &[], true, InboxState { epoch: EPOCH.into(), head: 0, first: 1 });
                }
                Request::Query { id, topic, .. }
                    if [topic::CONVERSATIONS, topic::CONVERSATIONS_NEWER].contains(&&*topic) =>
                {
                    self.list(id, &[], 0);
                }
                Request::Query { id, .. } => {
                    let now = self.server_time();
                    self.receive(&server::answer(id, false, now, 0, Bytes::new()));
                }
                Request::PushAcked { .. }
                | Request::AnswerConfirmed { .. }
                | Request::LoggedOut
                | Request::Connect
                | Request::Publish { .. } => {}
            }
        }
        panic!("the engine never rests");
    }

    pub fn receive(&mut self, frame: &Frame) {
        self.receive_on(self.answers_on.unwrap_or_else(|| self.link()), frame);
    }

    pub fn receive_on(&mut self, link: LinkId, frame: &Frame) {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes).unwrap();
        self.feed(Input::Received(link, Bytes::from(bytes)));
    }

    pub fn push(&mut self, id: u16, message: &Message) {
        let now = self.server_time();
        self.receive(&server::push(Some(id), now, &me(), message));
    }

    pub fn ring(&mut self, head: Option<u64>, time: i64) {
        let bell = Doorbell { chatroom: None, time: UnixMillis::new(time), head };
        let now = self.server_time();
        self.receive(&server::doorbell(now, &me(), &bell));
    }

    /// The pull that is under way, with the number of its frame.
    pub fn pull(&mut self) -> Option<(u16, PullRequest)> {
        let place = self.sent.iter().position(
            |sent| matches!(sent, Request::Query { topic, .. } if &**topic == topic::PULL),
        )?;
        match self.sent.remove(place) {
            Some(Request::Query { id, body, .. }) => {
                Some((id, server::pull_request(&body).unwrap()))
            }
            _ => None,
        }
    }

    /// The list that is asked for.
    pub fn list_query(&mut self) -> Option<u16> {
        let topics = [topic::CONVERSATIONS, topic::CONVERSATIONS_NEWER];
        let place = self.sent.iter().position(
            |sent| matches!(sent, Request::Query { topic, .. } if topics.contains(&&**topic)),
        )?;
        match self.sent.remove(place) {
            Some(Request::Query { id, .. }) => Some(id),
            _ => None,
        }
    }

    pub fn page(&mut self, id: u16, rows: &[Message], finished: bool, inbox: InboxState) {
        let user = me();
        let mut page = PageWriter::new(&user);
        rows.iter().for_each(|row| assert!(page.push(row)));
        let time = rows.last().map_or(UnixMillis::ZERO, |row| row.sent_time);
        let inbox = self.extended.then_some(inbox);
        let body = page.finish(time, finished, inbox.as_ref());
        let now = self.server_time();
        self.receive(&server::answer(id, true, now, 0, body));
    }

    /// A page of the store whose head is its last row.
    pub fn page_to_head(&mut self, id: u16, rows: &[Message]) {
        let head = rows.last().and_then(|row| row.inbox_seq).unwrap_or(0);
        self.page(id, rows, true, InboxState { epoch: EPOCH.into(), head, first: 1 });
    }

    pub fn list(&mut self, id: u16, rows: &[ConversationInfo], head: u64) {
        let head = self.extended.then_some(head);
        let body = server::conversation_list_body(rows, &me(), true, head);
        let now = self.server_time();
        self.receive(&server::answer(id, false, now, 0, body));
    }

    /// The next message that left: number, dup bit, client id.
    pub fn published(&mut self) -> Option<(u16, bool, u64)> {
        let place = self.sent.iter().position(|sent| matches!(sent, Request::Publish { .. }))?;
        match self.sent.remove(place) {
            Some(Request::Publish { id, repeated, topic, target, body, .. }) => {
                let up = server::upstream(&topic, &target, &body).unwrap();
                Some((id, repeated, up.client_id.unwrap().to_wire() as u64))
            }
            _ => None,
        }
    }

    pub fn ack(&mut self, id: u16, status: u16, seq: Option<u64>) {
        self.ack_with(id, status, seq, "");
    }

    /// A PUBACK that says what was stored.
    pub fn ack_with(&mut self, id: u16, status: u16, seq: Option<u64>, content: &'static str) {
        let time = UnixMillis::new(WALL + i64::from(id) + 1_000_000);
        let uid = MessageUid::from(format!("A-{id}"));
        let content = Bytes::from_static(content.as_bytes());
        let ack = SendAck { id, status, time, uid, inbox_seq: seq, content };
        self.receive(&server::send_ack(&ack));
    }

    pub fn statuses(&self) -> Vec<Status> {
        let statuses = self.events.iter().filter_map(|event| {
            let Event::Status(status) = event else { return None };
            Some(*status)
        });
        statuses.collect()
    }

    pub fn outcome(&self, call: CallId) -> Option<Result<Outcome, Error>> {
        let mut outcomes = self.events.iter().filter_map(|event| {
            let Event::Settled { call: of, outcome } = event else { return None };
            (*of == call).then(|| outcome.clone())
        });
        let first = outcomes.next();
        assert!(outcomes.next().is_none(), "a call is settled once");
        first
    }

    pub fn error(&self, call: CallId) -> Error {
        self.outcome(call).expect("settled").expect_err("an error")
    }

    pub fn send_states(&self, id: u64) -> Vec<SendState> {
        let states = self.events.iter().filter_map(|event| {
            let Event::SendChanged { id: of, state, .. } = event else { return None };
            (*of == client_id(id)).then(|| state.clone())
        });
        states.collect()
    }

    /// Uids of all messages given to the page.
    pub fn delivered(&self) -> Vec<String> {
        let batches = self.events.iter().filter_map(|event| {
            let Event::Messages { messages, .. } = event else { return None };
            Some(messages)
        });
        batches.flatten().map(|received| received.message.uid.as_str().to_owned()).collect()
    }

    pub fn gaps(&self) -> Vec<(u64, u64)> {
        let gaps = self.events.iter().filter_map(|event| {
            let Event::Gap { from, to } = event else { return None };
            Some((*from, *to))
        });
        gaps.collect()
    }

    pub fn unread(&self, target: &str) -> u32 {
        self.engine.conversation(&with(target)).map_or(0, |found| found.unread)
    }
}
