//! How fast messages become durable: one-to-one messages a second through the SQLite store with
//! many senders at once, and how long an acknowledgement takes at a steady rate.
//!
//! `cargo bench -p hongyan-server --bench store`, with `-- SECONDS RATE DIRECTORY` to choose how
//! long each part takes (5), the steady rate a second (2000) and where the file lies (the system's
//! directory for temporary files, which should be a disk).
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind, UserId};
use hongyan::rng::Rng;
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;
use hongyan_server::store::sqlite::SqliteStore;
use hongyan_server::store::{Audience, Inboxes, NewMessage};
use tokio::task::JoinSet;

/// Who writes to whom: any of these to any other.
const USERS: u64 = 10_000;
/// So many senders wait for their acknowledgements at once.
const SENDERS: u64 = 256;
/// A text message of usual length, in bytes.
const CONTENT: usize = 120;

fn message(random: &mut Rng) -> NewMessage {
    let from = random.next_u64() % USERS;
    let to = (from + 1 + random.next_u64() % (USERS - 1)) % USERS;
    let target = format!("user-{to}");
    let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    NewMessage {
        sender: UserId::from(format!("user-{from}")),
        conversation: ConversationId::new(ConversationKind::Private, target.clone()),
        audience: Audience::Users(vec![UserId::from(target)]),
        own_row: true,
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from(vec![b'x'; CONTENT]),
        flags: MessageFlags::NORMAL,
        mentions: None,
        history: true,
        recalls: None,
        deletes: None,
        client_id: Some(ClientMessageId::from_random(random.next_u64())),
        sent_as: None,
        relayed: Bytes::new(),
        now: UnixMillis::new(i64::try_from(wall.as_millis()).unwrap()),
    }
}

/// Messages a second with all senders at once.
async fn throughput(store: &Arc<SqliteStore>, time: Duration) -> f64 {
    let start = Instant::now();
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let store = Arc::clone(store);
        senders.spawn(async move {
            let mut random = Rng::new(sender + 1);
            let mut sent = 0_u64;
            while start.elapsed() < time {
                store.append(message(&mut random)).await.unwrap();
                sent += 1;
            }
            sent
        });
    }
    let sent: u64 = senders.join_all().await.into_iter().sum();
    sent as f64 / start.elapsed().as_secs_f64()
}

/// How long each of `rate` messages a second took, from the moment it was due.
async fn latencies(store: &Arc<SqliteStore>, time: Duration, rate: u64) -> Vec<Duration> {
    let mut random = Rng::new(0xB0A7);
    let mut sending = JoinSet::new();
    let start = Instant::now();
    let messages = rate * time.as_secs();
    for number in 0..messages {
        let due = start + Duration::from_micros(number * 1_000_000 / rate);
        tokio::time::sleep_until(due.into()).await;
        let (store, message) = (Arc::clone(store), message(&mut random));
        sending.spawn(async move {
            store.append(message).await.unwrap();
            due.elapsed()
        });
    }
    let mut latencies = sending.join_all().await;
    latencies.sort_unstable();
    latencies
}

fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    let number = |place: usize, default: u64| {
        arguments.get(place).map_or(default, |text| text.parse().expect("a number"))
    };
    let (time, rate) = (Duration::from_secs(number(0, 5)), number(1, 2000));
    let parent = arguments.get(2).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(parent).unwrap();
    let store = SqliteStore::open(&folder.path().join("store.db"), "bench", 1).await.unwrap();
    let store = Arc::new(store);
    throughput(&store, Duration::from_secs(1)).await;
    println!("load before: {}", load());
    println!("throughput: {:.0} durable messages/s", throughput(&store, time).await);
    let latencies = latencies(&store, time, rate).await;
    let at = |part: f64| latencies[(((latencies.len() - 1) as f64) * part) as usize];
    println!(
        "at {rate}/s: ack p50 {:.1?}, p99 {:.1?}, p99.9 {:.1?}, longest {:.1?}",
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0)
    );
    println!("load after: {}", load());
    store.close().await;
}
