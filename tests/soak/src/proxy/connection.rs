//! One connection through the proxy, from its request to its end.

use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::pipe::{End, pump};
use super::request::Request;
use super::rule::{Direction, Fault};
use super::{Connection, Shared, lock};

/// After one end of a silent connection is gone, the other one learns of it so much later: longer
/// than the server waits for a sign of life.
const HELD: Duration = Duration::from_secs(120);
/// How long a request may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is wrong with one direction.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    pub(crate) silent: bool,
    pub(crate) held_until: Option<Instant>,
    /// Bytes a second, and until when.
    pub(crate) throttled: Option<(u64, Instant)>,
    /// For the next piece that it fits.
    pub(crate) next: Option<Fault>,
}

/// A connection that is open.
#[derive(Debug)]
pub(crate) struct Line {
    id: u64,
    pub(crate) path: String,
    pub(crate) websocket: bool,
    up: Mutex<Trouble>,
    down: Mutex<Trouble>,
    /// Set when it shall end; by RST?
    cut: Mutex<Option<bool>>,
    cutting: Notify,
}

impl Line {
    fn new(id: u64, request: &Request) -> Self {
        Self {
            id,
            path: request.path.clone(),
            websocket: request.websocket,
            up: Mutex::default(),
            down: Mutex::default(),
            cut: Mutex::default(),
            cutting: Notify::new(),
        }
    }

    pub(crate) fn shown(&self) -> Connection {
        Connection { id: self.id, path: self.path.clone(), websocket: self.websocket }
    }

    pub(crate) fn trouble(&self, direction: Direction) -> &Mutex<Trouble> {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }

    fn is_silent(&self) -> bool {
        [&self.up, &self.down].iter().any(|trouble| lock(trouble).silent)
    }

    /// Does something to the connection. `false` if that makes no sense here.
    pub(crate) fn strike(
        &self,
        direction: Option<Direction>,
        fault: &Fault,
        shared: &Shared,
    ) -> bool {
        if let Fault::Cut { reset } = fault {
            *lock(&self.cut) = Some(*reset);
            self.cutting.notify_one();
            shared.count_fault();
            return true;
        }
        let both = [Direction::Up, Direction::Down];
        let ways = both.into_iter().filter(|way| direction.is_none_or(|wanted| wanted == *way));
        let mut struck = false;
        for way in ways {
            struck |= lock(self.trouble(way)).begin(fault);
        }
        let later = matches!(fault, Fault::Corrupt | Fault::Duplicate);
        if struck && !later {
            shared.count_fault();
        }
        struck
    }

    async fn is_cut(&self) -> bool {
        loop {
            if let Some(reset) = *lock(&self.cut) {
                return reset;
            }
            self.cutting.notified().await;
        }
    }
}

impl Trouble {
    /// Lets a fault begin. `false` if it is none of this kind.
    pub(crate) fn begin(&mut self, fault: &Fault) -> bool {
        let now = Instant::now();
        match fault {
            Fault::Delay { ms } => self.held_until = Some(now + Duration::from_millis(*ms)),
            Fault::Silence => self.silent = true,
            Fault::Throttle { bytes_per_s, for_ms } => {
                self.throttled = Some((*bytes_per_s, now + Duration::from_millis(*for_ms)));
            }
            Fault::Corrupt | Fault::Duplicate | Fault::Cut { .. } => {
                self.next = Some(fault.clone());
            }
            Fault::Answer { .. } | Fault::Refuse => return false,
        }
        true
    }
}

/// Serves one connection to its end.
pub(crate) async fn serve(shared: Arc<Shared>, mut near: TcpStream) {
    let request = tokio::time::timeout(PATIENCE, Request::read(&mut near)).await;
    let Ok(Some(request)) = request else { return };
    let opening = shared.rolled(&request.path, |rule| rule.fault.is_at_opening());
    if let Some(fault) = opening {
        shared.count_fault();
        return refuse(near, &fault).await;
    }
    let Ok(far) = TcpStream::connect(shared.server).await else {
        return reset(&near);
    };
    let id = shared.last_id.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
    let line = Arc::new(Line::new(id, &request));
    lock(&shared.lines).insert(id, Arc::clone(&line));
    // Whether it could be set makes no difference but to speed.
    drop((near.set_nodelay(true), far.set_nodelay(true)));
    join(&shared, &line, request.bytes, near, far).await;
}

async fn join(
    shared: &Shared,
    line: &Line,
    first: Vec<u8>,
    mut near: TcpStream,
    mut far: TcpStream,
) {
    let end = {
        let ((near_read, near_write), (far_read, far_write)) = (near.split(), far.split());
        tokio::select! {
            end = pump(near_read, far_write, Direction::Up, first, line, shared) => end,
            end = pump(far_read, near_write, Direction::Down, Vec::new(), line, shared) => end,
            reset = line.is_cut() => End::Cut { reset },
        }
    };
    lock(&shared.lines).remove(&line.id);
    match end {
        End::Closed if line.is_silent() => tokio::time::sleep(HELD).await,
        End::Closed | End::Cut { reset: false } => {}
        End::Cut { reset: true } => {
            reset(&near);
            reset(&far);
        }
    }
}

/// The connection will end by RST.
fn reset(stream: &TcpStream) {
    drop(stream.set_zero_linger());
}

/// What happens to a request that the server never hears of.
async fn refuse(mut near: TcpStream, fault: &Fault) {
    let Fault::Answer { status, content_type, body, retry_after_s } = fault else {
        return reset(&near);
    };
    let retry = retry_after_s.map(|s| format!("Retry-After: {s}\r\n")).unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 {status} Proxy\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
         Access-Control-Allow-Origin: *\r\nConnection: close\r\n{retry}\r\n{body}",
        body.len()
    );
    let written: io::Result<()> = near.write_all(answer.as_bytes()).await;
    // The other end may have gone.
    drop(written.and(near.shutdown().await));
}
