//! A run: a server, its clients, the network between them, what goes wrong, and the judge.

pub mod faults;
pub mod ledger;
pub mod options;
pub mod people;
pub mod server;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hongyan::rng::Rng;
use hongyan_checker::Verdict;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::host::{Client, Order, Phase, Seat};
use crate::proxy::Proxy;
use faults::Faults;
use ledger::{Counts, Ledger};
use options::{Options, Ways};
use server::{Kind, Server};

/// What is under way when everybody falls silent arrives within this: a silent link is found out, a
/// pull comes every 180 s, and the slowest wait between two attempts is over.
const QUIET: Duration = Duration::from_secs(300);
/// Nothing moved for so long: then the judge looks whether there is anything left to wait for.
const STALLED: Duration = Duration::from_secs(20);
/// After everything has arrived, so long for what may not.
const AFTER: Duration = Duration::from_secs(2);
const GLANCE: Duration = Duration::from_millis(200);
const REPORT: Duration = Duration::from_secs(30);
/// The devices that look at the end at all that the server keeps.
const AUDITOR: u32 = 1_000_000;

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// What the judge says.
    pub verdict: Verdict,
    /// How often something was made to go wrong.
    pub faults: u64,
    /// What may not be besides, and how much of it there was.
    pub complaints: (u64, Vec<String>),
    /// How long everything took to arrive after everybody had fallen silent.
    pub settled_in: Duration,
    /// How far it came.
    pub counts: Counts,
    /// Kinds of faults and how often they were tried.
    pub tried: String,
}

impl Outcome {
    /// Whether there is nothing to complain of.
    pub fn clean(&self) -> bool {
        self.verdict.clean() && self.complaints.0 == 0
    }
}

/// A run under way.
struct Run {
    options: Options,
    server: Server,
    proxy: Proxy,
    ledger: Arc<Ledger>,
    phase: watch::Sender<Phase>,
    orders: Vec<UnboundedSender<Order>>,
    clients: Vec<JoinHandle<()>>,
    began: Instant,
}

/// Runs to the end. The server's files are in `directory`.
///
/// # Errors
/// The run could not take place.
pub async fn run(options: Options, directory: &Path) -> Result<Outcome, String> {
    let words = |error: std::io::Error| error.to_string();
    let program = PathBuf::from(&options.server);
    let binary_polling = options.transport != Ways::PollingJson;
    let kind = Kind { binary_polling, forgetful: options.forgetful };
    // Nobody is refused because there is much to say.
    let flags = ["--chatroom-on-join", "true", "--chatroom-rate", "0"];
    let server = Server::start(program, directory.to_owned(), kind, &flags).await.map_err(words)?;
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let proxy = Proxy::start(free, server.address, options.seed).await.map_err(words)?;
    let (phase, _) = watch::channel(Phase::Load);
    let mut run = Run {
        server,
        proxy,
        ledger: Arc::new(Ledger::new()),
        phase,
        orders: Vec::new(),
        clients: Vec::new(),
        began: Instant::now(),
        options,
    };
    let crew = people::assemble(&run.options, run.server.address, &run.ledger).await?;
    for seat in &crew {
        run.join(Seat { navigator: run.proxy.address.to_string(), ..seat.clone() });
    }
    run.play(crew).await
}

impl Run {
    fn join(&mut self, seat: Seat) {
        let (orders, obeyed) = unbounded_channel();
        let client = Client::new(seat, Arc::clone(&self.ledger));
        self.clients.push(tokio::spawn(client.run(obeyed, self.phase.subscribe())));
        self.orders.push(orders);
    }

    async fn play(mut self, crew: Vec<Seat>) -> Result<Outcome, String> {
        let mut faults = Faults::new(&self.options);
        self.load(&mut faults).await?;
        self.proxy.clear_rules();
        faults.heal(&mut self.server).await?;
        self.phase.send_replace(Phase::Quiet);
        let silent = Instant::now();
        let verdict = self.settle(Counts::is_settled).await;
        let settled_in = silent.elapsed();
        let verdict = match self.options.audit && verdict.clean() {
            true => self.audit(crew).await,
            false => verdict,
        };
        self.ledger.expect_room_messages(self.options.rooms > 0);
        let outcome = Outcome {
            verdict,
            faults: self.faults(&faults),
            complaints: self.ledger.complaints(),
            settled_in,
            counts: self.ledger.counts(),
            tried: format!("{} troubles told {:?}", faults.tried(), self.ledger.troubles()),
        };
        self.phase.send_replace(Phase::Over);
        for client in self.clients {
            client.await.map_err(|error| format!("a client broke: {error}"))?;
        }
        self.server.kill().await.map_err(|error| error.to_string())?;
        Ok(outcome)
    }

    fn faults(&self, faults: &Faults) -> u64 {
        self.proxy.faults() + self.ledger.counts().page_ends + faults.of_the_server()
    }

    /// Everybody speaks, and things go wrong.
    async fn load(&mut self, faults: &mut Faults) -> Result<(), String> {
        let until = self.began + self.options.duration();
        let mut reports = self.began + REPORT;
        while Instant::now() < until {
            let next = faults.next_at().min(until).min(reports);
            tokio::time::sleep_until(next).await;
            faults.happen(&self.proxy, &mut self.server, &self.orders).await?;
            if Instant::now() >= reports {
                reports += REPORT;
                self.report(faults);
            }
        }
        Ok(())
    }

    fn report(&self, faults: &Faults) {
        let Counts { sent, accepted, shown, owed, logins, .. } = self.ledger.counts();
        println!(
            "{:>5} s: sent {sent}, acknowledged {accepted}, shown {shown} of {owed}, \
             faults {}, logins {logins}, complaints {}",
            self.began.elapsed().as_secs(),
            self.faults(faults),
            self.ledger.complaints().0,
        );
    }

    /// Waits until all has arrived, for a bounded time, and judges.
    async fn settle(&self, is_settled: impl Fn(&Counts) -> bool) -> Verdict {
        let until = Instant::now() + QUIET;
        let (mut last, mut moved) = (self.ledger.counts(), Instant::now());
        loop {
            tokio::time::sleep(GLANCE).await;
            let counts = self.ledger.counts();
            let now = Instant::now();
            if counts != last {
                (last, moved) = (counts, now);
            }
            let settled = is_settled(&counts);
            if settled {
                tokio::time::sleep(AFTER).await;
            }
            if settled || now >= until || now.duration_since(moved) >= STALLED {
                let verdict = self.ledger.verdict();
                if verdict.lost.is_empty() || now >= until {
                    return verdict;
                }
                moved = now;
            }
        }
    }

    /// A new device of every user asks the server for everything it has, from the beginning.
    async fn audit(&mut self, crew: Vec<Seat>) -> Verdict {
        let before = self.ledger.counts();
        let mut rng = Rng::new(self.options.seed);
        for seat in crew.into_iter().filter(|seat| seat.device == 0) {
            self.join(Seat {
                device: AUDITOR,
                full_storage: false,
                navigator: self.server.address.to_string(),
                targets: Vec::new(),
                rooms: Vec::new(),
                seed: rng.next_u64(),
                ..seat
            });
        }
        let due = before.shown + before.concerned;
        self.settle(|counts| counts.shown >= due).await
    }
}
