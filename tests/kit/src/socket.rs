//! One WebSocket between a page and the server: two pipes, and who still holds its end.

use bytes::Bytes;
use hongyan::ids::LinkId;
use hongyan::wire::{Direction, Frame};

use crate::pipe::Pipe;
use crate::plan::{ClientIndex, FrameKind};
use crate::server::ConnectionId;

/// One socket of the run. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SocketId(pub u64);

/// See the module.
#[derive(Debug)]
pub struct Socket {
    /// Whose page opened it.
    pub client: ClientIndex,
    /// Which life of that page.
    pub life: u32,
    /// The engine's name for it.
    pub link: LinkId,
    /// The server's end, once it accepted.
    pub connection: Option<ConnectionId>,
    /// To the server.
    pub up: Pipe,
    /// To the client.
    pub down: Pipe,
    /// The client was told that it is open.
    pub opened: bool,
    /// The client closed it, or was told that it is closed, or its page is gone.
    pub client_gone: bool,
    /// The server closed it, or died.
    pub server_gone: bool,
}

impl Socket {
    /// A socket that is being opened.
    pub fn new(client: ClientIndex, life: u32, link: LinkId) -> Self {
        Self {
            client,
            life,
            link,
            connection: None,
            up: Pipe::default(),
            down: Pipe::default(),
            opened: false,
            client_gone: false,
            server_gone: false,
        }
    }

    /// Whether nobody can hear anything of it any more.
    pub fn is_over(&self) -> bool {
        self.client_gone && self.server_gone
    }
}

/// What a frame is, or nothing if it is no frame or of another kind.
pub fn kind_of(frame: &Bytes, direction: Direction) -> Option<FrameKind> {
    Some(match Frame::decode(frame, direction).ok()? {
        Frame::ConnAck(_) => FrameKind::ConnAck,
        Frame::PublishUp(_) => FrameKind::PublishUp,
        Frame::PublishDown(_) => FrameKind::PublishDown,
        Frame::PubAckUp(_) => FrameKind::PubAckUp,
        Frame::PubAckDown(_) => FrameKind::PubAckDown,
        Frame::Query(_) => FrameKind::Query,
        Frame::QueryAck(_) => FrameKind::QueryAck,
        Frame::QueryCon(_) => FrameKind::QueryCon,
        Frame::PingReq => FrameKind::PingReq,
        Frame::PingResp => FrameKind::PingResp,
        Frame::Connect(_)
        | Frame::Subscribe
        | Frame::SubAck
        | Frame::Unsubscribe
        | Frame::UnsubAck
        | Frame::DisconnectDown(_)
        | Frame::DisconnectUp(_) => return None,
    })
}

/// The value of a parameter of a URL, as written there.
pub fn parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = url.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}
