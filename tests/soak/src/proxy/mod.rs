//! A network that misbehaves on demand: a TCP proxy between anything and a server, which knows
//! enough of HTTP and WebSocket to do harm where it is wanted.
//!
//! ```text
//!   browser or engine ─▶ near ─[ up: rules, strikes ]──▶ far ─▶ server
//!                             ◀─[ down: rules, strikes ]─
//! ```
//!
//! What goes wrong is said by [`Rule`]s, which apply by chance to what comes later, or by
//! [`Proxy::strike`], which applies to connections that exist. Chance comes from a seed. Each
//! connection serves one request, so that a rule for a path meets that path alone.

mod connection;
pub mod control;
mod frames;
mod pipe;
mod request;
mod rule;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hongyan::rng::Rng;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::time::Instant;

pub use rule::{Direction, Fault, Rule};

use connection::Line;
use rule::Armed;

/// A running proxy. It ends with the runtime it was started in.
#[derive(Clone)]
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

/// A connection as it is shown to others.
#[derive(Clone, Debug, Serialize)]
pub struct Connection {
    /// Its number, rising.
    pub id: u64,
    /// Path of its request, without the query.
    pub path: String,
    /// Whether it asked to become a WebSocket.
    pub websocket: bool,
}

pub(crate) struct Shared {
    server: SocketAddr,
    started: Instant,
    rng: Mutex<Rng>,
    rules: Mutex<Vec<Armed>>,
    lines: Mutex<BTreeMap<u64, Arc<Line>>>,
    last_id: AtomicU64,
    /// How often something was made to go wrong.
    faults: AtomicU64,
}

/// A lock whose holder panicked is as good as any: what it guards is only about faults.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    /// Listens at `listen` (port 0 takes a free one) and passes everything on to `server`.
    ///
    /// # Errors
    /// The address cannot be listened at.
    pub async fn start(listen: SocketAddr, server: SocketAddr, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            server,
            started: Instant::now(),
            rng: Mutex::new(Rng::new(seed)),
            rules: Mutex::default(),
            lines: Mutex::default(),
            last_id: AtomicU64::new(0),
            faults: AtomicU64::new(0),
        });
        let accepting = Arc::clone(&shared);
        tokio::spawn(async move {
            loop {
                if let Ok((near, _)) = listener.accept().await {
                    tokio::spawn(connection::serve(Arc::clone(&accepting), near));
                }
            }
        });
        Ok(Self { address, shared })
    }

    /// Adds a rule.
    pub fn add_rule(&self, rule: Rule) {
        lock(&self.shared.rules).push(Armed::new(rule, self.shared.started.elapsed()));
    }

    /// Drops all rules. What was done to living connections stays done.
    pub fn clear_rules(&self) {
        lock(&self.shared.rules).clear();
    }

    /// The connections that are open.
    pub fn connections(&self) -> Vec<Connection> {
        lock(&self.shared.lines).values().map(|line| line.shown()).collect()
    }

    /// Does something to an open connection, at once or to what passes next. `false` if there is
    /// no such connection.
    pub fn strike(&self, id: u64, direction: Option<Direction>, fault: &Fault) -> bool {
        let line = lock(&self.shared.lines).get(&id).cloned();
        let struck = line.map(|line| line.strike(direction, fault, &self.shared));
        struck.unwrap_or(false)
    }

    /// How often something was made to go wrong so far.
    pub fn faults(&self) -> u64 {
        self.shared.faults.load(Ordering::Relaxed)
    }
}

impl Shared {
    pub(crate) fn count_fault(&self) {
        self.faults.fetch_add(1, Ordering::Relaxed);
    }

    /// A number below `bound`, by chance.
    pub(crate) fn below(&self, bound: u64) -> u64 {
        lock(&self.rng).below(bound)
    }

    /// The first rule that applies to this, by chance.
    pub(crate) fn rolled(&self, path: &str, wanted: impl Fn(&Rule) -> bool) -> Option<Fault> {
        let mut rules = lock(&self.rules);
        if rules.is_empty() {
            return None;
        }
        let now = self.started.elapsed();
        let mut rng = lock(&self.rng);
        rules.iter_mut().find_map(|armed| {
            let meant = wanted(armed.rule()) && armed.rule().is_about(path);
            (meant && armed.strikes(now, &mut rng)).then(|| armed.rule().fault.clone())
        })
    }
}
