//! What is on the world's agenda, what goes wrong around one client, what is counted.

use std::collections::VecDeque;

use hongyan::ids::{HttpId, UserId};
use hongyan::session::io::{CloseCause, HttpOutcome};
use hongyan::time::Tick;
use hongyan_server::core::ask::{Ask, AskId, Told};

use crate::plan::{Action, Blockage, ClientIndex, FrameKind, TrapEnd};
use crate::server::ConnectionId;
use crate::socket::SocketId;

/// What is to happen at a known time.
#[derive(Debug)]
pub(crate) enum Happening {
    /// Part of the plan.
    Act(Action),
    /// The network brings a client's handshake to the server. `holds`: it keeps all frames back.
    Accept { socket: SocketId, user: String, device: Option<String>, extended: bool, holds: bool },
    /// An HTTP request ends.
    Http { client: ClientIndex, life: u32, id: HttpId, outcome: HttpOutcome },
    /// Storage was read.
    Restore { client: ClientIndex, life: u32, user: UserId },
    /// The client's end of a socket hears that it is closed.
    ClientHears { socket: SocketId, cause: CloseCause },
    /// The server's end does.
    ServerHears(SocketId),
    /// The store gets to an ask.
    Serve { connection: ConnectionId, id: AskId, ask: Box<Ask> },
    /// Its answer reaches the connection.
    Told { connection: ConnectionId, id: AskId, told: Box<Told> },
    /// The server's process ends, and comes back after so long.
    ServerDies(u64),
    /// The server's process is there again.
    ServerIsUp,
    /// The client's user opens a page.
    OpenPage(ClientIndex),
    /// The machine wakes up.
    Wakes { client: ClientIndex, told: bool },
    /// Something that was out of order is in order again.
    Mended(Mended),
}

/// What is in order again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mended {
    Navigators,
    Store,
    Storage(ClientIndex),
    Sockets(ClientIndex),
    WebSockets(ClientIndex),
}

/// What goes wrong around one client.
#[derive(Debug, Default)]
pub(crate) struct Weather {
    pub(crate) traps: Vec<(FrameKind, TrapEnd)>,
    pub(crate) refuses_sockets: bool,
    /// When the page opened sockets lately, with its life.
    pub(crate) dials: VecDeque<(u32, Tick)>,
    /// What WebSockets meet.
    pub(crate) blockage: Option<Blockage>,
    /// So many bytes pass a second, either way; 0: as many as want.
    pub(crate) bytes_per_s: u64,
    /// Sockets need so much longer to open, ms.
    pub(crate) slow_open: u64,
    /// After a page ended in the middle of something, the next opens after so long, ms.
    pub(crate) reopen_after: u64,
    /// The user logged out and wants to stay so.
    pub(crate) logged_out: bool,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Things that went wrong.
    pub faults: u64,
    /// Frames that entered a socket.
    pub frames: u64,
    /// Links that were opened.
    pub sockets: u64,
    /// Those of them that were polling.
    pub polling: u64,
    /// PINGREQs.
    pub pings: u64,
    /// Navigation requests.
    pub navigations: u64,
    /// Pulls.
    pub pulls: u64,
    /// PUBLISH frames from clients.
    pub publishes: u64,
}
