//! What a message costs in a session of many conversations, of which a page keeps 10,000 at most:
//! `npm run bench -- conversations`. The engine alone: no page, no JS, no storage behind it.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hongyan::ids::{CallId, ConversationId, ConversationKind, LinkId, MessageUid, UserId};
use hongyan::ops::StoreOp;
use hongyan::session::io::{Command, Event, HttpOutcome, Input, Restored, Transmit};
use hongyan::session::{Config, Engine};
use hongyan::signal::pull::{InboxState, PageWriter};
use hongyan::signal::{Message, MessageDirection, MessageFlags, Request, server};
use hongyan::time::{Tick, UnixMillis};
use hongyan::wire::{Direction, Frame};

const WALL: i64 = 1_700_000_000_000;
/// Messages whose cost is taken; the median is told.
const SAMPLES: usize = 2_001;

/// Counts what is allocated and not yet freed.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Session {
    engine: Engine,
    now: u64,
    link: LinkId,
    seq: u64,
    /// Bytes written to storage, keys and values, and how many writes.
    written: (usize, usize),
}

impl Session {
    /// Logged in, with the extensions, an empty inbox and no conversations.
    fn new() -> Self {
        let navigators = vec!["http://navi".to_owned()];
        let config = Config { app_key: "key".into(), navigators, ..Config::default() };
        let engine = Engine::new(config, 1);
        let mut session = Self { engine, now: 0, link: LinkId(0), seq: 0, written: (0, 0) };
        session.feed(Input::RestoredApp(Vec::new()));
        session.feed(Input::WallClock(UnixMillis::new(WALL)));
        let connect = Command::Connect { call: CallId(1), token: "t".into(), user: None };
        session.feed(Input::Command(connect));
        session
    }

    fn wall(&self) -> UnixMillis {
        UnixMillis::new(WALL + self.now as i64)
    }

    fn receive(&mut self, frame: &Frame) {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes).unwrap();
        self.feed(Input::Received(self.link, bytes.into()));
    }

    fn feed(&mut self, input: Input) {
        self.engine.handle(Tick::from_millis(self.now), input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(op) = self.engine.poll_store() {
            let (StoreOp::Put { key, .. } | StoreOp::Delete { key, .. }) = &op;
            let value = if let StoreOp::Put { value, .. } = &op { value.len() } else { 0 };
            self.written = (self.written.0 + key.len() + value, self.written.1 + 1);
        }
        let mut asked = Vec::new();
        while let Some(transmit) = self.engine.poll_transmit() {
            asked.push(transmit);
        }
        let mut batches = Vec::new();
        while let Some(event) = self.engine.poll_event() {
            if let Event::Messages { batch, .. } = event {
                batches.push(batch);
            }
        }
        for transmit in asked {
            self.answer(transmit);
        }
        for batch in batches {
            self.feed(Input::HandedOver(batch));
        }
    }

    fn answer(&mut self, transmit: Transmit) {
        match transmit {
            Transmit::Http { id, .. } => {
                let terms = r#""hongyan":{"version":1,"sendRate":0,"sendBurst":10}"#;
                let body = format!(r#"{{"code":200,"server":"im","userId":"me",{terms}}}"#);
                let outcome =
                    HttpOutcome::Answer { status: 200, body: body.into(), retry_after_s: None };
                self.feed(Input::HttpDone(id, outcome));
            }
            Transmit::LoadUser(user) => {
                self.feed(Input::RestoredUser(user, Restored::Owned(Vec::new())));
            }
            Transmit::OpenLink { id, .. } => {
                self.link = id;
                self.feed(Input::LinkOpened(id));
                let accepted = server::login_accepted(&"me".into(), "hy1.s", self.wall());
                self.receive(&accepted);
            }
            Transmit::Send(_, bytes) => self.reply(&bytes),
            Transmit::CloseLink(_) | Transmit::AbortHttp(_) | Transmit::ReleaseUser(_) => {}
        }
    }

    fn reply(&mut self, bytes: &Bytes) {
        let frame = Frame::decode(bytes, Direction::ClientToServer).unwrap();
        match server::read(frame).unwrap() {
            Request::Ping => self.receive(&server::pong()),
            Request::Query { id, topic, .. } => {
                let me = UserId::from("me");
                let body = if &*topic == "pullMsg" {
                    let inbox = InboxState { epoch: "e".into(), head: self.seq, first: 1 };
                    PageWriter::new(&me).finish(self.wall(), true, Some(&inbox))
                } else if topic.starts_with("qryRelation") {
                    server::conversation_list_body(&[], &me, true, Some(self.seq))
                } else {
                    Bytes::new()
                };
                self.receive(&server::answer(id, false, self.wall(), 0, body));
            }
            Request::Publish { .. }
            | Request::PushAcked { .. }
            | Request::AnswerConfirmed { .. }
            | Request::LoggedOut
            | Request::Connect => {}
        }
    }

    /// The frame with the next message, from this one of the peers.
    fn next_from(&mut self, peer: usize) -> Bytes {
        self.seq += 1;
        self.now += 1;
        let from = format!("user_{peer:05}");
        let message = Message {
            conversation: ConversationId::new(ConversationKind::Private, from.clone()),
            sender: from.into(),
            direction: MessageDirection::Received,
            object_name: "RC:TxtMsg".into(),
            content: r#"{"content":"see you at the usual place, half past six","extra":""}"#.into(),
            sent_time: self.wall(),
            uid: MessageUid::from(format!("B{:014}", self.seq)),
            flags: MessageFlags::NORMAL,
            retrieved: false,
            client_id: None,
            inbox_seq: Some(self.seq),
        };
        let mut bytes = Vec::new();
        server::push(None, self.wall(), &"me".into(), &message).encode(&mut bytes).unwrap();
        bytes.into()
    }

    /// How long the engine takes for a frame, with everything that comes of it.
    fn timed(&mut self, frame: Bytes) -> Duration {
        let began = Instant::now();
        self.feed(Input::Received(self.link, frame));
        began.elapsed()
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}

fn main() {
    println!(
        "conversations  a message, µs  list of 20, µs  whole list, µs  live bytes  written a message"
    );
    for count in [10, 1_000, 5_000, 10_000] {
        let before = LIVE.load(Ordering::Relaxed);
        let mut session = Session::new();
        for peer in 0..count {
            let frame = session.next_from(peer);
            session.feed(Input::Received(session.link, frame));
        }
        let live = LIVE.load(Ordering::Relaxed) - before;
        assert_eq!(session.engine.conversations(&[], None).len(), count, "not all are there");
        session.written = (0, 0);
        let mut random = 7_usize;
        let mut times = Vec::new();
        for _ in 0..SAMPLES {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let frame = session.next_from((random >> 33) % count);
            times.push(session.timed(frame));
        }
        let list = |limit| {
            let times = (0..51).map(|_| {
                let began = Instant::now();
                let rows = session.engine.conversations(&[], limit);
                assert!(!rows.is_empty());
                began.elapsed()
            });
            median(times.collect())
        };
        let (twenty, whole) = (list(Some(20)), list(None));
        let written = session.written.0 / SAMPLES;
        println!(
            "{count:13}  {:13.1}  {twenty:14.1}  {whole:14.1}  {live:10}  {written:11} bytes",
            median(times)
        );
    }
}
