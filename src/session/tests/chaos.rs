//! An engine that gets any input in any state: random sequences, partly plausible, and what must hold
//! after each of them.

use std::collections::VecDeque;

use bytes::Bytes;
use bytestring::ByteString;

use super::world::*;
use crate::ids::*;
use crate::ops::StoreOp;
use crate::rng::Rng;
use crate::session::cursor::{CURSOR_KEY, Cursor};
use crate::session::io::*;
use crate::session::{Config, Engine};
use crate::signal::call::Question;
use crate::signal::pull::InboxState;
use crate::signal::server::{self, PageWriter};
use crate::signal::{Doorbell, Message, MessageFlags, SendAck, topic};
use crate::time::{Tick, UnixMillis};
use crate::wire::{Direction, Frame};

pub struct Chaos {
    pub engine: Engine,
    rng: Rng,
    pub now: u64,
    pub links: Vec<LinkId>,
    pub http: Vec<HttpId>,
    pub batches: Vec<BatchId>,
    pub users: Vec<UserId>,
    pub kept: Vec<(String, String)>,
    pub sent: VecDeque<Bytes>,
    pub outputs: u64,
    pub delivered: u64,
    pub seq: u64,
    pub calls: u32,
    pub settled: Vec<u32>,
    pub tokens: Vec<TokenRequestId>,
    /// What was stored last of the state that is loaded.
    cursor: Option<Cursor>,
    /// Given and not handed over, with the store's epoch and the first number.
    waiting: Vec<(BatchId, ByteString, u64)>,
    /// Rooms that were joined and not left.
    rooms: Vec<TargetId>,
}

impl Chaos {
    pub fn new(seed: u64) -> Self {
        let config = Config {
            app_key: "key".into(),
            navigators: vec!["a".into(), "b".into()],
            ..Config::default()
        };
        Self {
            engine: Engine::new(config, seed),
            rng: Rng::new(seed ^ 0xABCD),
            now: 0,
            links: vec![LinkId(0)],
            http: vec![HttpId(0)],
            batches: vec![BatchId(9)],
            users: vec![me()],
            kept: Vec::new(),
            sent: VecDeque::new(),
            outputs: 0,
            delivered: 0,
            seq: 0,
            calls: 0,
            settled: Vec::new(),
            tokens: vec![TokenRequestId(0)],
            cursor: None,
            waiting: Vec::new(),
            rooms: Vec::new(),
        }
    }

    /// The cursor goes forward alone, and never past what the page has not got.
    fn check_cursor(&mut self, value: &str) {
        let cursor = Cursor::from_stored(value).expect("a cursor");
        for (_, epoch, first) in &self.waiting {
            assert!(*epoch != cursor.epoch || *first > cursor.seq, "stored before the page got it");
        }
        if let Some(before) = self.cursor.replace(cursor.clone()) {
            assert!(before.epoch != cursor.epoch || before.seq <= cursor.seq, "goes back");
            assert!(before.received <= cursor.received && before.sent <= cursor.sent, "goes back");
        }
    }

    // What says nothing of these rules is passed over.
    #[allow(clippy::wildcard_enum_match_arm)]
    fn check_event(&mut self, event: &Event) {
        match event {
            Event::Messages { batch, messages, .. } => {
                self.delivered += 1;
                self.batches.push(*batch);
                let epoch = self.engine.inbox.cursor().epoch.clone();
                let numbers = messages.iter().filter_map(|received| received.message.inbox_seq);
                self.waiting.push((*batch, epoch, numbers.min().unwrap_or(u64::MAX)));
            }
            Event::Settled { call, .. } => {
                assert!(!self.settled.contains(&call.0), "settled twice");
                self.settled.push(call.0);
            }
            Event::TokenWanted { request, .. } => self.tokens.push(*request),
            Event::Room { room, change: RoomChange::Left(_) } => self.rooms.retain(|id| id != room),
            Event::Room { room, change: RoomChange::Joined { .. } | RoomChange::Rejoined } => {
                assert!(self.rooms.contains(room), "nobody is in it");
            }
            _ => {}
        }
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        // Mostly the newest: what is old is mostly over.
        let back = if self.rng.below(4) == 0 { self.rng.below(from.len() as u64) } else { 0 };
        from[from.len() - 1 - back as usize].clone()
    }

    pub fn feed(&mut self, input: Input) {
        if let Input::HandedOver(batch) = &input {
            self.waiting.retain(|(waiting, ..)| waiting != batch);
        } else if let Input::Command(Command::JoinRoom { room, .. }) = &input {
            self.rooms.push(room.clone());
        }
        self.engine.handle(Tick::from_millis(self.now), input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(op) = self.engine.poll_store() {
            self.outputs += 1;
            if let StoreOp::Put { key, value, .. } = op {
                if key == CURSOR_KEY {
                    self.check_cursor(&value);
                }
                self.kept.push((key, value));
            }
        }
        while let Some(transmit) = self.engine.poll_transmit() {
            self.outputs += 1;
            match transmit {
                Transmit::OpenLink { id, .. } => {
                    self.sent.clear();
                    self.links.push(id);
                }
                Transmit::Http { id, .. } => self.http.push(id),
                Transmit::LoadUser(user) => {
                    self.cursor = None;
                    self.waiting.clear();
                    self.users.push(user);
                }
                Transmit::Send(_, bytes) => self.sent.push_back(bytes),
                Transmit::CloseLink(_) | Transmit::AbortHttp(_) | Transmit::ReleaseUser(_) => {}
            }
        }
        while let Some(event) = self.engine.poll_event() {
            self.outputs += 1;
            self.check_event(&event);
        }
    }

    fn message(&mut self) -> Message {
        let seq = self.seq + self.rng.below(3);
        self.seq = seq.min(self.seq + 1);
        let mut message = row(if self.rng.below(2) == 0 { "a" } else { "me" }, seq);
        match self.rng.below(8) {
            5 => {
                message.conversation = ConversationId::new(ConversationKind::Chatroom, "hall");
                message.inbox_seq = None;
            }
            0 => message.inbox_seq = None,
            1 => message.inbox_seq = Some(self.rng.next_u64()),
            2 => message.flags = MessageFlags::default(),
            3 => message = own_row("a", seq, self.rng.below(20)),
            4 => message.sent_time = UnixMillis::new(self.rng.next_u64() as i64),
            _ => {}
        }
        message
    }

    /// A number that is on its way, mostly.
    fn wire_id(&mut self) -> u16 {
        let any = self.rng.below(60) as u16;
        if self.rng.below(6) == 0 {
            return any;
        }
        let Some(bytes) = self.sent.pop_front() else { return any };
        match Frame::decode(&bytes, Direction::ClientToServer) {
            Ok(Frame::Query(query)) => query.message_id,
            Ok(Frame::PublishUp(publish)) => publish.message_id,
            Ok(_) | Err(_) => any,
        }
    }

    /// What brings a login nearer.
    fn help(&mut self) -> Input {
        let link = self.links[self.links.len() - 1];
        match self.rng.below(5) {
            4 => {
                self.calls += 1;
                let call = CallId(self.calls);
                Input::Command(Command::Connect { call, token: "A".into(), user: None })
            }
            0 => Input::LinkOpened(link),
            1 => {
                let mut bytes = Vec::new();
                let accepted = server::login_accepted(&me(), "hy1.s", UnixMillis::new(WALL));
                accepted.encode(&mut bytes).unwrap();
                Input::Received(link, Bytes::from(bytes))
            }
            2 => Input::RestoredUser(me(), Restored::Owned(self.kept.clone())),
            _ => {
                let body = Bytes::from(answer_of(r#""server":"a""#, "me", true));
                let outcome = HttpOutcome::Answer { status: 200, body, retry_after_s: None };
                Input::HttpDone(self.http[self.http.len() - 1], outcome)
            }
        }
    }

    fn page(&mut self, id: u16) -> Frame {
        let user = me();
        let mut page = PageWriter::new(&user);
        for _ in 0..self.rng.below(5) {
            let message = self.message();
            assert!(page.push(&message));
        }
        let epoch = if self.rng.below(8) == 0 { "e2" } else { EPOCH };
        let head = self.seq + self.rng.below(3);
        let inbox = InboxState { epoch: epoch.into(), head, first: self.rng.below(10) };
        let finished = self.rng.below(2) == 0;
        let body = page.finish(UnixMillis::new(WALL), finished, Some(&inbox));
        server::answer(id, id.is_multiple_of(2), UnixMillis::new(WALL), 0, body)
    }

    fn ack(&mut self, id: u16) -> Frame {
        let status = [0, 0, 20604, 405][self.rng.below(4) as usize];
        let inbox_seq = (self.rng.below(2) == 0).then_some(self.seq + 1);
        let (time, uid) = (UnixMillis::new(WALL), MessageUid::from(format!("A-{id}")));
        server::send_ack(&SendAck { id, status, time, uid, inbox_seq, content: Bytes::new() })
    }

    /// The answer to something that was asked.
    fn answer(&mut self) -> Option<Frame> {
        let asked = Frame::decode(&self.sent.pop_front()?, Direction::ClientToServer).ok()?;
        let now = UnixMillis::new(WALL);
        if let Frame::PublishUp(publish) = asked {
            return Some(self.ack(publish.message_id));
        }
        let Frame::Query(query) = asked else { return Some(server::pong()) };
        if &*query.topic == topic::PULL {
            return Some(self.page(query.message_id));
        }
        let body = server::conversation_list_body(&[], &me(), true, Some(self.seq));
        Some(server::answer(query.message_id, false, now, 0, body))
    }

    fn frame(&mut self) -> Frame {
        if self.rng.below(2) == 0
            && let Some(frame) = self.answer()
        {
            return frame;
        }
        let (now, id) = (UnixMillis::new(WALL), self.wire_id());
        match self.rng.below(12) {
            0 => {
                let user = if self.rng.below(8) == 0 { UserId::from("you") } else { me() };
                let session = if self.rng.below(2) == 0 { "hy1.s" } else { "s" };
                server::login_accepted(&user, session, now)
            }
            1 if self.rng.below(10) == 0 => server::login_refused(self.rng.below(25) as u8),
            2 if self.rng.below(10) == 0 => server::disconnect(self.rng.below(4) as u8),
            3..=5 => {
                let message = self.message();
                server::push((id % 2 == 0).then_some(id.max(1)), now, &me(), &message)
            }
            6 => {
                let head = (id % 2 == 0).then_some(self.seq);
                let chatroom = (self.rng.below(4) == 0).then(|| "hall".into());
                let bell = Doorbell { chatroom, time: now, head };
                server::doorbell(now, &me(), &bell)
            }
            7 => self.ack(id),
            8 => self.page(id),
            9 => {
                let status = self.rng.below(3) as u16;
                server::answer(id, true, now, status, Bytes::new())
            }
            _ => server::pong(),
        }
    }

    fn bytes(&mut self) -> Bytes {
        let mut bytes = Vec::new();
        let _ = self.frame().encode(&mut bytes);
        if self.rng.below(10) == 0 && !bytes.is_empty() {
            let place = self.rng.below(bytes.len() as u64) as usize;
            bytes[place] ^= 1 << self.rng.below(8);
            bytes.truncate(bytes.len() - self.rng.below(bytes.len() as u64) as usize);
        }
        Bytes::from(bytes)
    }

    fn command(&mut self) -> Command {
        self.calls += 1;
        let call = CallId(self.calls);
        let conversation = if self.rng.below(4) == 0 { None } else { Some(with("a")) };
        match self.rng.below(16) {
            10 => self.room_command(call),
            11 => {
                let until = UnixMillis::new(self.rng.next_u64() as i64);
                Command::MarkRead { call, conversation: with("a"), until }
            }
            12 => {
                let text = if self.rng.below(3) == 0 { "" } else { "begun" }.into();
                Command::SetDraft { call, conversation: with("b"), text }
            }
            13 => {
                let question = Question::new("quitDiz", Some("d1".into()), "{}").unwrap();
                Command::Ask { call, question }
            }
            14 if self.rng.below(4) == 0 => Command::ConnectAsking { call, user: None },
            15 => {
                self.calls -= 1;
                let token = [None, Some("A".into()), Some("B".into())];
                let token = token[self.rng.below(3) as usize].clone();
                Command::Token { request: self.pick(&self.tokens.clone()), token }
            }
            0 => {
                let token = if self.rng.below(6) == 0 { "B" } else { "A" }.to_owned();
                Command::Connect { call, token, user: None }
            }
            1 if self.rng.below(4) == 0 => Command::Disconnect { call },
            2 => {
                let id = client_id(self.rng.below(20));
                let what = match self.rng.below(3) {
                    0 => OutboxCall::List,
                    1 => OutboxCall::Cancel(id),
                    _ => OutboxCall::Retry { id, give_up_after_ms: None },
                };
                Command::Outbox { call, what }
            }
            3 => {
                let remote = self.rng.below(2) == 0;
                Command::Conversations {
                    call,
                    kinds: Vec::new(),
                    count: Some(3),
                    remote,
                    hidden: remote,
                }
            }
            4 => Command::SetUnread { call, conversation, count: self.rng.below(3) as u32 },
            5 => Command::RemoveConversation { call, conversation: with("a") },
            _ => {
                let to = if self.rng.below(2) == 0 { "a" } else { "b" };
                let mut message = text(to, self.rng.below(20) + 1);
                if self.rng.below(4) == 0 {
                    message.flags = MessageFlags::default();
                }
                let give_up_after_ms = (self.rng.below(2) == 0).then_some(30_000);
                let terms = SendTerms { give_up_after_ms, keep: self.rng.below(2) == 0 };
                Command::Send { call, message, terms }
            }
        }
    }

    fn room_command(&mut self, call: CallId) -> Command {
        let room: TargetId = if self.rng.below(2) == 0 { "hall" } else { "lobby" }.into();
        if self.rng.below(3) == 0 {
            return Command::LeaveRoom { call, room };
        }
        let since = (self.rng.below(4) == 0).then_some(UnixMillis::new(WALL));
        Command::JoinRoom { call, room, history: self.rng.below(3) as u32, since }
    }

    fn input(&mut self) -> Input {
        let link = self.pick(&self.links.clone());
        match self.rng.below(20) {
            0 => Input::LinkOpened(link),
            1 if self.rng.below(3) == 0 => Input::LinkClosed(link, CloseCause::Code(1006)),
            2 | 3 => {
                let body =
                    answer_of(r#""server":"a","backupServer":"b""#, "me", self.rng.below(3) > 0);
                let status = if self.rng.below(30) == 0 { 401 } else { 200 };
                let body = Bytes::from(body);
                let outcome = match self.rng.below(5) {
                    0 => HttpOutcome::Failed,
                    _ => HttpOutcome::Answer { status, body, retry_after_s: None },
                };
                Input::HttpDone(self.pick(&self.http.clone()), outcome)
            }
            4 => Input::HandedOver(self.pick(&self.batches.clone())),
            5 => {
                let hints = [
                    Hint::Online,
                    Hint::Offline,
                    Hint::Visible,
                    Hint::Hidden,
                    Hint::Woke,
                    Hint::Stowed,
                ];
                Input::Hint(hints[self.rng.below(6) as usize])
            }
            6 => {
                let restored = match self.rng.below(3) {
                    0 => Restored::MemoryOnly,
                    _ => Restored::Owned(self.kept.clone()),
                };
                Input::RestoredUser(self.pick(&self.users.clone()), restored)
            }
            7 if self.rng.below(10) == 0 => Input::StoreFailed,
            8 => Input::WallClock(UnixMillis::new(self.rng.next_u64() as i64)),
            9 if self.rng.below(10) == 0 => Input::RestoredApp(self.kept.clone()),
            10..=13 => Input::Command(self.command()),
            14 | 15 => Input::Timeout,
            _ => {
                let bytes = self.bytes();
                Input::Received(link, bytes)
            }
        }
    }

    pub fn step(&mut self) {
        let lost = self.engine.status() != Status::Connected;
        let input = if lost && self.rng.below(2) == 0 { self.help() } else { self.input() };
        let leap = match self.rng.below(40) {
            0 => 40_000,
            1 | 2 => 3_000,
            3..=10 => 200,
            11..=20 => 10,
            _ => 0,
        };
        self.now = (self.now + leap).saturating_sub(self.rng.below(3));
        self.feed(input);
        self.kept.truncate(200);
        let due = self.engine.poll_timeout();
        self.feed(Input::Timeout);
        if due.is_some() {
            let next = self.engine.poll_timeout();
            assert!(next.is_none_or(|next| next.as_millis() > self.now), "comes to rest");
        }
    }
}
