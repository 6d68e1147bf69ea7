//! What a message to a large chatroom costs: `npm run bench -- chatroom`, with `-- MEMBERS` to
//! choose how many there are (10,000). In one process, without sockets: everything from the
//! sender's frame to the frame that each member's socket would be given.
//!
//! Beside it, in the same run: the same message written anew for every member, as a volatile
//! message to a group is; and members that cannot be pushed to, who hear a bell and pull.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, missing_docs)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind, MessageUid, UserId};
use hongyan::proto::{ChrmInput, ChrmPullMsg, UpStreamMessage};
use hongyan::signal::MessageFlags;
use hongyan::time::{Tick, UnixMillis};
use hongyan::wire::{Frame, PublishUp, Qos, Query};
use hongyan_server::core::ask::{Login, Notice, TokenOf};
use hongyan_server::core::chatrooms::ChatroomSettings;
use hongyan_server::core::clock::Now;
use hongyan_server::core::hub::{Outlet, SessionId};
use hongyan_server::core::rate::SendRate;
use hongyan_server::core::serve::{Core, Settings};
use hongyan_server::gateway::{ClientInfo, Connection, Input, Transmit};
use hongyan_server::store::InboxRow;
use hongyan_server::store::memory::MemoryStore;
use prost::Message as _;

const WALL: i64 = 1_700_000_000_000;
/// Messages whose cost is taken; the median is told.
const SAMPLES: usize = 51;
/// A text message of usual length, in bytes.
const CONTENT: usize = 120;

/// Counts what is allocated: in all, and not yet freed.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        ALLOCATED.fetch_add(layout.size(), Ordering::Relaxed);
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

#[derive(Default)]
struct Inlet(Mutex<VecDeque<Notice>>);

impl Outlet for Inlet {
    fn notify(&self, notice: Notice) -> bool {
        self.0.lock().unwrap().push_back(notice);
        true
    }
}

struct Member {
    login: Login,
    session: SessionId,
    inlet: Arc<Inlet>,
    connection: Connection,
}

fn now() -> Now {
    Now { wall: UnixMillis::new(WALL), tick: Tick::from_millis(1) }
}

/// What a future gives that never waits, as all of the memory store do.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!(),
    }
}

impl Member {
    fn new(core: &Core<MemoryStore>, user: &str, extended: bool) -> Self {
        let login = Login { user: UserId::from(user), device: None, token: TokenOf::default() };
        let inlet = Arc::new(Inlet::default());
        let session = core.hub().join(&login, extended, inlet.clone());
        let client = ClientInfo {
            extended,
            session_id: "1".into(),
            page_size: 200,
            origin: "http://server".into(),
        };
        let connection = Connection::new(&login, client, now());
        let mut member = Self { login, session, inlet, connection };
        member.settle(core);
        member
    }

    fn receive(&mut self, core: &Core<MemoryStore>, frame: &Frame) -> usize {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes).unwrap();
        self.connection.handle(now(), Input::Received(Bytes::from(bytes)));
        self.settle(core)
    }

    /// Takes what it was told and gives its socket what it has; how many bytes that is.
    fn settle(&mut self, core: &Core<MemoryStore>) -> usize {
        let notices = std::mem::take(&mut *self.inlet.0.lock().unwrap());
        for notice in notices {
            self.connection.handle(now(), Input::Notice(notice));
        }
        while let Some((id, ask)) = self.connection.poll_ask() {
            let told = at_once(core.serve(&self.login, self.session, ask, now()));
            self.connection.handle(now(), Input::Told(id, told));
        }
        let mut sent = 0;
        while let Some(transmit) = self.connection.poll_transmit(now()) {
            let Transmit::Send(frame) = transmit else { unreachable!() };
            sent += frame.len();
        }
        sent
    }
}

fn query(topic: &'static str, body: &impl prost::Message) -> Frame {
    Frame::Query(Query {
        qos: Qos::AtMostOnce,
        topic: topic.into(),
        target_id: "room".into(),
        message_id: 5,
        body: Bytes::from(body.encode_to_vec()),
    })
}

fn content() -> Bytes {
    Bytes::from(format!("{{\"content\":\"{}\"}}", "x".repeat(CONTENT - 14)))
}

fn message() -> Frame {
    let body = UpStreamMessage {
        session_id: MessageFlags::NORMAL.to_session_id(),
        classname: "RC:TxtMsg".into(),
        content: content(),
        ..UpStreamMessage::default()
    };
    Frame::PublishUp(PublishUp {
        qos: Qos::AtLeastOnce,
        dup: false,
        topic: "chatMsg".into(),
        target_id: "room".into(),
        message_id: 6,
        body: Bytes::from(body.encode_to_vec()),
    })
}

/// A room with so many members; the first of them speaks.
fn room(members: usize, extended: bool) -> (Core<MemoryStore>, Vec<Member>, usize, usize) {
    let chatrooms =
        ChatroomSettings { made_by_joining: true, rate: 0, ..ChatroomSettings::default() };
    let send_rate = SendRate { per_second: 0, burst: 1 };
    let settings = Settings { send_rate, chatrooms, ..Settings::default() };
    let core = Core::new(MemoryStore::new(1, "life"), settings);
    let before = LIVE.load(Ordering::Relaxed);
    let mut all: Vec<Member> =
        (0..members).map(|n| Member::new(&core, &format!("user-{n}"), extended)).collect();
    let outside = LIVE.load(Ordering::Relaxed);
    let pull = ChrmPullMsg { count: -1, ..ChrmPullMsg::default() };
    for member in &mut all {
        member.receive(&core, &query("joinChrm", &ChrmInput { nothing: 1, extra: None }));
        member.receive(&core, &query("chrmPull", &pull));
    }
    let inside = LIVE.load(Ordering::Relaxed);
    (core, all, (outside - before) / members, (inside - outside) / members)
}

/// Medians of what one message cost.
struct Cost {
    /// Until the sender has its PUBACK and everybody's notice waits.
    told: Duration,
    /// Until every member's socket has its frame.
    given: Duration,
    /// Bytes allocated for it.
    allocated: usize,
    /// Bytes that went to sockets.
    sent: usize,
}

fn measure(mut once: impl FnMut() -> (Duration, Duration, usize)) -> Cost {
    let mut costs = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        let before = ALLOCATED.load(Ordering::Relaxed);
        let (told, given, sent) = once();
        costs.push((told, given, ALLOCATED.load(Ordering::Relaxed) - before, sent));
    }
    let median = |of: fn(&(Duration, Duration, usize, usize)) -> u128| {
        let mut values: Vec<u128> = costs.iter().map(of).collect();
        values.sort_unstable();
        values[values.len() / 2]
    };
    let nanos = |value: u128| Duration::from_nanos(u64::try_from(value).unwrap());
    Cost {
        told: nanos(median(|cost| cost.0.as_nanos())),
        given: nanos(median(|cost| cost.1.as_nanos())),
        allocated: usize::try_from(median(|cost| cost.2 as u128)).unwrap(),
        sent: usize::try_from(median(|cost| cost.3 as u128)).unwrap(),
    }
}

/// Everybody but the first takes what waits for it.
fn settle_all(core: &Core<MemoryStore>, members: &mut [Member]) -> usize {
    members.iter_mut().skip(1).map(|member| member.settle(core)).sum()
}

fn shared(core: &Core<MemoryStore>, members: &mut [Member]) -> Cost {
    measure(|| {
        let start = Instant::now();
        members[0].receive(core, &message());
        let told = start.elapsed();
        let sent = settle_all(core, members);
        (told, start.elapsed(), sent)
    })
}

/// The same message as a volatile one to each: every session writes a frame of its own.
fn apart(core: &Core<MemoryStore>, members: &mut [Member]) -> Cost {
    let row = InboxRow {
        seq: 0,
        conversation: ConversationId::new(ConversationKind::Chatroom, "room"),
        sender: "user-0".into(),
        own: false,
        object_name: "RC:TxtMsg".into(),
        content: content(),
        flags: MessageFlags::NORMAL,
        sent_time: UnixMillis::new(WALL),
        uid: MessageUid::from("0123-4567-89AB-CDEF"),
        client_id: None,
    };
    measure(|| {
        let start = Instant::now();
        for member in members.iter().skip(1) {
            core.hub().tell(&member.login.user, |_| Some(Notice::Volatile(row.clone())));
        }
        let told = start.elapsed();
        let sent = settle_all(core, members);
        (told, start.elapsed(), sent)
    })
}

/// Each hears a bell and pulls the message.
fn pulled(core: &Core<MemoryStore>, members: &mut [Member]) -> Cost {
    let mut after = WALL;
    measure(|| {
        let start = Instant::now();
        members[0].receive(core, &message());
        let told = start.elapsed();
        let mut sent = settle_all(core, members);
        let pull = query("chrmPull", &ChrmPullMsg { sync_time: after, ..ChrmPullMsg::default() });
        for member in members.iter_mut().skip(1) {
            sent += member.receive(core, &pull);
        }
        after += 1;
        (told, start.elapsed(), sent)
    })
}

fn print(name: &str, cost: &Cost, members: usize) {
    let each = cost.given.as_nanos() as f64 / members as f64;
    println!(
        "{name:<24} {:>9.2} ms {:>9.2} ms {:>8.0} ns {:>12.0} {:>11.1} KiB {:>11.1} KiB",
        cost.told.as_secs_f64() * 1e3,
        cost.given.as_secs_f64() * 1e3,
        each,
        members as f64 / cost.given.as_secs_f64(),
        cost.allocated as f64 / 1024.0,
        cost.sent as f64 / 1024.0,
    );
}

fn main() {
    let members = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(10_000_usize);
    let (core, mut all, connection, membership) = room(members, true);
    let shared = shared(&core, &mut all);
    let apart = apart(&core, &mut all);
    drop((core, all));
    let (core, mut all, ..) = room(members, false);
    let pulled = pulled(&core, &mut all);
    println!("one message of {CONTENT} bytes to {members} members; medians of {SAMPLES}\n");
    println!(
        "{:<24} {:>12} {:>12} {:>11} {:>12} {:>15} {:>15}",
        "", "told", "given", "a member", "members/s", "allocated", "to sockets"
    );
    print("shared frame", &shared, members);
    print("a frame for each", &apart, members);
    print("a bell and a pull", &pulled, members);
    let times = apart.given.as_secs_f64() / shared.given.as_secs_f64();
    let bytes = apart.allocated as f64 / shared.allocated as f64;
    println!("\na shared frame is {times:.1} times as fast, and {bytes:.1} times fewer bytes are");
    println!("allocated. In memory: {connection} bytes a connection, {membership} more for being");
    println!("in the room.");
    println!(
        "\ntold: the sender has its answer, and everybody's notice waits; given: every member's"
    );
    println!("socket has its frame. No sockets, one thread.");
}
