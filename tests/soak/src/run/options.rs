//! What a run shall be like.

use std::time::Duration;

use hongyan::session::config::Transport;

use crate::arguments::{Arguments, Bad};

/// See the module. All times are real ones.
#[derive(Clone, Debug)]
pub struct Options {
    /// For how long messages are sent.
    pub minutes: f64,
    /// Headless clients; every fourth is a second device of a user.
    pub clients: u32,
    /// How they reach the server.
    pub transport: Ways,
    /// Where all chances come from.
    pub seed: u64,
    /// Messages a second, over all clients.
    pub rate: f64,
    /// Faults of network and pages a minute.
    pub faults: f64,
    /// Deaths and stops of the server a minute.
    pub kills: f64,
    /// Chatrooms; each client is in two of them.
    pub rooms: u32,
    /// Whether tokens are supplied by a function, one in four of which is worth nothing.
    pub token_function: bool,
    /// Whether no page's storage has room for anything.
    pub full_storage: bool,
    /// Whether all that the server keeps is looked at in the end.
    pub audit: bool,
    /// Whether the server forgets everything when it dies, so that the judge has something to find.
    pub forgetful: bool,
    /// The server's program.
    pub server: String,
}

/// How clients reach the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// All by WebSocket.
    WebSocket,
    /// All by polling for frames.
    Polling,
    /// All by polling for JSON, as 2.x does it: the server serves no other form.
    PollingJson,
    /// A third by WebSocket, a third by polling, a third by what gets through.
    Both,
}

impl Ways {
    /// What the links of the n-th client may be made of.
    pub fn of(self, client: usize) -> Transport {
        match (self, client % 3) {
            (Self::WebSocket, _) | (Self::Both, 0) => Transport::WebSocket,
            (Self::Polling | Self::PollingJson, _) | (Self::Both, 1) => Transport::Polling,
            (Self::Both, _) => Transport::Auto,
        }
    }
}

impl std::str::FromStr for Ways {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "websocket" => Ok(Self::WebSocket),
            "polling" => Ok(Self::Polling),
            "polling-json" => Ok(Self::PollingJson),
            "both" => Ok(Self::Both),
            _ => Err(()),
        }
    }
}

/// Which run, and what holds unless it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Everything goes wrong.
    Soak,
    /// The server is killed again and again.
    Chaos,
}

impl std::str::FromStr for Mode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "soak" => Ok(Self::Soak),
            "chaos" => Ok(Self::Chaos),
            _ => Err(()),
        }
    }
}

impl Options {
    /// Reads them from a command line.
    ///
    /// # Errors
    /// It makes no sense.
    pub fn read(mut given: Arguments) -> Result<Self, Bad> {
        let mode = given.optional("--mode", Mode::Soak)?;
        let (clients, rate, faults, kills) = match mode {
            Mode::Soak => (40, 400.0, 90.0, 0.5),
            Mode::Chaos => (24, 300.0, 0.0, 12.0),
        };
        let options = Self {
            minutes: given.optional("--minutes", 1.0)?,
            clients: given.optional("--clients", clients)?,
            transport: given.optional("--transport", Ways::Both)?,
            seed: given.optional("--seed", 1)?,
            rate: given.optional("--rate", rate)?,
            faults: given.optional("--faults", faults)?,
            kills: given.optional("--kills", kills)?,
            rooms: given.optional("--rooms", 0)?,
            token_function: given.optional("--token-function", false)?,
            full_storage: given.optional("--full-storage", false)?,
            audit: given.optional("--audit", true)?,
            forgetful: given.optional("--forgetful", false)?,
            server: given.required("--server")?,
        };
        given.end()?;
        let numbers = [options.minutes, options.rate, options.faults, options.kills];
        let sane = numbers.iter().all(|number| number.is_finite() && *number >= 0.0);
        if !sane || options.rate == 0.0 || !(2..=10_000).contains(&options.clients) {
            return Err(Bad("2 to 10000 clients, and numbers above 0".to_owned()));
        }
        Ok(options)
    }

    /// How long it is spoken.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.minutes * 60.0)
    }

    /// Between two messages of one client.
    pub fn pause(&self) -> Duration {
        Duration::from_secs_f64(f64::from(self.clients) / self.rate)
    }
}
