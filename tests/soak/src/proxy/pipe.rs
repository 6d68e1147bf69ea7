//! One direction of a connection: pieces come in, and most of them go out.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::Instant;

use super::connection::Line;
use super::frames::Frames;
use super::rule::{Direction, Fault};
use super::{Shared, lock};

/// One read, in bytes.
const READ: usize = 16 * 1024;
/// A throttled direction writes so often a second.
const SPOONS: u64 = 20;
/// Bits of a frame's first byte that are reserved, and an opcode that is (RFC 6455, 5.2).
const RESERVED_BITS: u8 = 0x70;
const RESERVED_OPCODE: u8 = 0x03;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By one of its ends.
    Closed,
    /// By a fault.
    Cut {
        /// By RST.
        reset: bool,
    },
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

/// Passes on what comes, `first` before all, until an end.
pub(crate) async fn pump(
    from: ReadHalf<'_>,
    to: WriteHalf<'_>,
    direction: Direction,
    first: Vec<u8>,
    line: &Line,
    shared: &Shared,
) -> End {
    let mut pipe = Pipe { to, direction, line, shared, out: BytesMut::new() };
    pipe.run(from, first).await.err().unwrap_or(End::Closed)
}

struct Pipe<'a> {
    to: WriteHalf<'a>,
    direction: Direction,
    line: &'a Line,
    shared: &'a Shared,
    /// Gathered, and not written yet.
    out: BytesMut,
}

impl Pipe<'_> {
    async fn run(&mut self, mut from: ReadHalf<'_>, first: Vec<u8>) -> Result<(), End> {
        let mut frames = self.line.websocket.then(|| Frames::new(true));
        let mut read = BytesMut::from(first.as_slice());
        loop {
            match &mut frames {
                None if read.is_empty() => {}
                None => self.piece(read.split().freeze(), false).await?,
                Some(frames) => {
                    frames.push(&read.split());
                    while let Some((piece, is_frame)) = frames.next() {
                        self.piece(piece, is_frame).await?;
                    }
                }
            }
            self.flush().await?;
            read.reserve(READ);
            if from.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        }
    }

    async fn piece(&mut self, piece: Bytes, is_frame: bool) -> Result<(), End> {
        let about = |rule: &super::Rule| !rule.fault.is_at_opening() && rule.goes(self.direction);
        let rolled = self.shared.rolled(&self.line.path, about);
        let (held, silent, fault) = {
            let mut trouble = lock(self.line.trouble(self.direction));
            if let Some(fault) = rolled {
                let later = matches!(fault, Fault::Corrupt | Fault::Duplicate | Fault::Cut { .. });
                if trouble.begin(&fault) && !later {
                    self.shared.count_fault();
                }
            }
            let held = trouble.held_until.take().filter(|until| *until > Instant::now());
            let fits = |fault: &mut Fault| fits(fault, is_frame, self.direction);
            (held, trouble.silent, trouble.next.take_if(fits))
        };
        if let Some(until) = held {
            self.flush().await?;
            tokio::time::sleep_until(until).await;
        }
        if silent {
            return Ok(());
        }
        match fault {
            None => self.out.extend_from_slice(&piece),
            Some(fault) => self.spoil(piece, is_frame, &fault).await?,
        }
        Ok(())
    }

    /// Lets a piece pass in the wrong way.
    async fn spoil(&mut self, piece: Bytes, is_frame: bool, fault: &Fault) -> Result<(), End> {
        self.shared.count_fault();
        match fault {
            Fault::Corrupt => self.out.extend_from_slice(&self.corrupted(&piece, is_frame)),
            Fault::Duplicate => self.out.extend_from_slice(&[&piece[..], &piece[..]].concat()),
            Fault::Cut { reset } => {
                self.out.extend_from_slice(piece.get(..piece.len() / 2).unwrap_or_default());
                self.flush().await?;
                return Err(End::Cut { reset: *reset });
            }
            Fault::Delay { .. }
            | Fault::Silence
            | Fault::Throttle { .. }
            | Fault::Answer { .. }
            | Fault::Refuse => self.out.extend_from_slice(&piece),
        }
        Ok(())
    }

    fn corrupted(&self, piece: &[u8], is_frame: bool) -> Vec<u8> {
        let mut spoilt = piece.to_vec();
        if is_frame {
            let bits = [RESERVED_BITS, RESERVED_OPCODE][usize::from(self.shared.below(2) == 1)];
            spoilt.iter_mut().take(1).for_each(|byte| *byte |= bits);
        } else if let Some(at) = body_of(piece) {
            spoilt.iter_mut().skip(at).for_each(|byte| *byte = 0xff);
        }
        spoilt
    }

    async fn flush(&mut self) -> Result<(), End> {
        while !self.out.is_empty() {
            let throttled = lock(self.line.trouble(self.direction)).throttled;
            match throttled.filter(|(_, until)| *until > Instant::now()) {
                None => self.to.write_all(&self.out.split()).await?,
                Some((bytes_per_s, _)) => {
                    let spoon = usize::try_from((bytes_per_s / SPOONS).max(1)).unwrap_or(1);
                    let some = self.out.split_to(spoon.min(self.out.len()));
                    self.to.write_all(&some).await?;
                    tokio::time::sleep(Duration::from_millis(1000 / SPOONS)).await;
                }
            }
        }
        Ok(())
    }
}

/// Whether a fault can be done to a piece.
fn fits(fault: &Fault, is_frame: bool, direction: Direction) -> bool {
    match fault {
        Fault::Duplicate => is_frame,
        // Of HTTP, what the server answers.
        Fault::Corrupt => is_frame || direction == Direction::Down,
        Fault::Cut { .. } => true,
        Fault::Delay { .. }
        | Fault::Silence
        | Fault::Throttle { .. }
        | Fault::Answer { .. }
        | Fault::Refuse => false,
    }
}

/// Where the body begins.
fn body_of(piece: &[u8]) -> Option<usize> {
    piece.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4)
}
