//! What goes wrong, when, to whom: by chance, from the seed.

use std::collections::BTreeMap;
use std::time::Duration;

use hongyan::rng::Rng;
use hongyan::session::io::Hint;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use super::options::Options;
use super::server::Server;
use crate::host::{Order, PageEnd};
use crate::proxy::{Direction, Fault, Proxy, Rule};

/// What is done, and how often in comparison.
const KINDS: &[(Kind, u64)] = &[
    (Kind::Cut, 14),
    (Kind::Reset, 10),
    (Kind::CutInFrame, 10),
    (Kind::HalfOpen, 6),
    (Kind::Delay, 8),
    (Kind::Corrupt, 10),
    (Kind::Duplicate, 16),
    (Kind::Throttle, 6),
    (Kind::PageEnd, 16),
    (Kind::NavigationFails, 4),
    (Kind::UpgradeFails, 4),
    (Kind::Hint, 4),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Cut,
    Reset,
    CutInFrame,
    HalfOpen,
    Delay,
    Corrupt,
    Duplicate,
    Throttle,
    PageEnd,
    NavigationFails,
    UpgradeFails,
    Hint,
    ServerKilled,
    ServerStopped,
}

/// Lets things go wrong.
#[derive(Debug)]
pub struct Faults {
    rng: Rng,
    /// Between two faults, and between two of the server's, on average.
    pauses: [Duration; 2],
    next: Instant,
    next_kill: Instant,
    /// The server does nothing until then.
    stopped_until: Option<Instant>,
    /// The server is dead until then.
    dead_until: Option<Instant>,
    server_faults: u64,
    tried: BTreeMap<Kind, u64>,
}

/// Longer than any run.
const NEVER: Duration = Duration::from_secs(10 * 24 * 3600);

impl Faults {
    /// None has happened yet.
    pub fn new(options: &Options) -> Self {
        let pause = |a_minute: f64| match a_minute > 0.0 {
            true => Duration::from_secs_f64(60.0 / a_minute),
            false => NEVER,
        };
        let pauses = [pause(options.faults), pause(options.kills)];
        let now = Instant::now();
        Self {
            rng: Rng::new(options.seed ^ 0x6661_756c_7473),
            next: now + pauses[0],
            next_kill: now + pauses[1],
            pauses,
            stopped_until: None,
            dead_until: None,
            server_faults: 0,
            tried: BTreeMap::new(),
        }
    }

    /// When something happens next.
    pub fn next_at(&self) -> Instant {
        let first = self.next.min(self.next_kill);
        [self.stopped_until, self.dead_until].into_iter().flatten().fold(first, Instant::min)
    }

    /// Those that struck the server itself.
    pub fn of_the_server(&self) -> u64 {
        self.server_faults
    }

    /// What was tried, how often. What finds nobody is not counted as a fault.
    pub fn tried(&self) -> String {
        format!("{:?}", self.tried)
    }

    /// Whatever is due happens.
    ///
    /// # Errors
    /// The server cannot be started again.
    pub async fn happen(
        &mut self,
        proxy: &Proxy,
        server: &mut Server,
        clients: &[UnboundedSender<Order>],
    ) -> Result<(), String> {
        let now = Instant::now();
        if self.next <= now {
            self.next = now + self.pause(0);
            self.one(proxy, clients);
        }
        if self.stopped_until.is_some_and(|until| until <= now) {
            self.wake(server).await?;
        }
        if self.dead_until.is_some_and(|until| until <= now) {
            self.revive(server).await?;
        }
        if self.next_kill <= now {
            self.next_kill = now + self.pause(1);
            self.strike_server(server).await?;
        }
        Ok(())
    }

    /// The server is up again and goes on.
    ///
    /// # Errors
    /// It cannot be started again.
    pub async fn heal(&mut self, server: &mut Server) -> Result<(), String> {
        self.wake(server).await?;
        if self.dead_until.is_some() { self.revive(server).await } else { Ok(()) }
    }

    fn pause(&mut self, which: usize) -> Duration {
        self.pauses[which].mul_f64(self.rng.below(2000) as f64 / 1000.0)
    }

    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.rng.below(most - least)
    }

    fn kind(&mut self) -> Kind {
        let mut at = self.rng.below(KINDS.iter().map(|(_, weight)| weight).sum());
        let found = KINDS.iter().find(|(_, weight)| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here
        });
        found.map_or(Kind::Cut, |(kind, _)| *kind)
    }

    fn one(&mut self, proxy: &Proxy, clients: &[UnboundedSender<Order>]) {
        let kind = self.kind();
        *self.tried.entry(kind).or_default() += 1;
        match kind {
            Kind::PageEnd => {
                let order =
                    Order::End(self.page_end(), Duration::from_millis(self.between(0, 5_000)));
                self.order(clients, order);
            }
            Kind::Hint => {
                let hints = [Hint::Online, Hint::Offline, Hint::Hidden, Hint::Visible, Hint::Woke];
                let hint = hints[usize::try_from(self.rng.below(5)).unwrap_or(0)];
                self.order(clients, Order::Hint(hint));
            }
            Kind::NavigationFails => proxy.add_rule(self.http_rule("/navi")),
            Kind::UpgradeFails => proxy.add_rule(self.http_rule("/websocket")),
            Kind::Cut
            | Kind::Reset
            | Kind::CutInFrame
            | Kind::HalfOpen
            | Kind::Delay
            | Kind::Corrupt
            | Kind::Duplicate
            | Kind::Throttle
            | Kind::ServerKilled
            | Kind::ServerStopped => self.strike_line(proxy, kind),
        }
    }

    fn order(&mut self, clients: &[UnboundedSender<Order>], order: Order) {
        let turn = usize::try_from(self.rng.below(clients.len() as u64)).unwrap_or(0);
        if let Some(client) = clients.get(turn) {
            let _over = client.send(order);
        }
    }

    fn page_end(&mut self) -> PageEnd {
        match self.rng.below(4) {
            0 => PageEnd::Now,
            1 => PageEnd::InListener,
            2 => PageEnd::BeforeHandOver,
            _ => PageEnd::AfterWrites(u32::try_from(self.rng.below(12)).unwrap_or(0)),
        }
    }

    /// Somebody between client and server answers in its own way for a while.
    fn http_rule(&mut self, path: &str) -> Rule {
        let (status, body) = match self.rng.below(5) {
            0 => (503, ""),
            1 => (502, "<html>Bad Gateway</html>"),
            2 => (200, "<html>Sign in to this network</html>"),
            3 => (403, "<html>Forbidden</html>"),
            _ => (429, ""),
        };
        let retry = self.rng.below(2) == 0 && matches!(status, 503 | 429);
        let fault = match self.rng.below(5) {
            0 => Fault::Refuse,
            _ => Fault::Answer {
                status,
                content_type: "text/html".to_owned(),
                body: body.to_owned(),
                retry_after_s: retry.then_some(2),
            },
        };
        let times = Some(self.between(1, 6));
        Rule { path: path.to_owned(), for_ms: Some(20_000), times, ..Rule::new(fault) }
    }

    fn strike_line(&mut self, proxy: &Proxy, kind: Kind) {
        let fault = match kind {
            Kind::Cut => Fault::Cut { reset: false },
            Kind::Reset => Fault::Cut { reset: true },
            Kind::CutInFrame => return self.cut_in_frame(proxy),
            Kind::HalfOpen => Fault::Silence,
            Kind::Delay => Fault::Delay { ms: self.between(500, 29_000) },
            Kind::Corrupt => Fault::Corrupt,
            Kind::Duplicate => Fault::Duplicate,
            Kind::Throttle => Fault::Throttle {
                bytes_per_s: self.between(512, 8 * 1024),
                for_ms: self.between(2_000, 20_000),
            },
            Kind::PageEnd
            | Kind::NavigationFails
            | Kind::UpgradeFails
            | Kind::Hint
            | Kind::ServerKilled
            | Kind::ServerStopped => return,
        };
        let direction = match self.rng.below(3) {
            0 => None,
            1 => Some(Direction::Up),
            _ => Some(Direction::Down),
        };
        // What is half open to one side answers nothing to that side; both ways is the common case.
        let direction =
            if kind == Kind::HalfOpen && self.rng.below(2) == 0 { None } else { direction };
        let lines = proxy.connections();
        let turn = usize::try_from(self.rng.below(lines.len() as u64)).unwrap_or(0);
        if let Some(line) = lines.get(turn) {
            proxy.strike(line.id, direction, &fault);
        }
    }

    /// Whoever speaks next is cut off in the middle.
    fn cut_in_frame(&mut self, proxy: &Proxy) {
        let direction = [Direction::Up, Direction::Down][usize::from(self.rng.below(2) == 1)];
        let fault = Fault::Cut { reset: self.rng.below(2) == 0 };
        proxy.add_rule(Rule {
            direction: Some(direction),
            per_mille: 200,
            times: Some(1),
            ..Rule::new(fault)
        });
    }

    async fn strike_server(&mut self, server: &mut Server) -> Result<(), String> {
        if self.stopped_until.is_some() || self.dead_until.is_some() {
            return Ok(());
        }
        self.server_faults += 1;
        let words = |error: std::io::Error| error.to_string();
        if self.rng.below(4) == 0 {
            *self.tried.entry(Kind::ServerStopped).or_default() += 1;
            self.stopped_until =
                Some(Instant::now() + Duration::from_millis(self.between(100, 8_000)));
            return server.set_stopped(true).await.map_err(words);
        }
        *self.tried.entry(Kind::ServerKilled).or_default() += 1;
        self.dead_until = Some(Instant::now() + Duration::from_millis(self.between(0, 2_000)));
        server.kill().await.map_err(words)
    }

    async fn wake(&mut self, server: &Server) -> Result<(), String> {
        self.stopped_until = None;
        server.set_stopped(false).await.map_err(|error| error.to_string())
    }

    async fn revive(&mut self, server: &mut Server) -> Result<(), String> {
        self.dead_until = None;
        server.up().await.map_err(|error| error.to_string())
    }
}
