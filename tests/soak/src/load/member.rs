//! One member: a socket, and how far it is.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use mio::net::TcpStream;

use super::Person;
use super::frames::{self, split};

/// How far a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The socket is to become a WebSocket.
    Upgrading,
    /// CONNACK is to come.
    LoggingIn,
    /// The answer to its first pull of the inbox is to come.
    Pulling,
    /// It is logged in, and in no room.
    Outside,
    /// The answer to its join is to come.
    Joining,
    /// The answer that says where the room stands is to come.
    Standing,
    /// It hears what is said.
    Inside,
}

/// See the module.
pub(super) struct Member {
    pub(super) stream: TcpStream,
    pub(super) stage: Stage,
    /// The beginning of a frame whose end has not come.
    rest: Vec<u8>,
    /// The number of the last message that it heard of each who speaks.
    pub(super) heard: Box<[u32]>,
}

const HEAD_END: &[u8] = b"\r\n\r\n";
const SWITCHING: &[u8] = b"HTTP/1.1 101";

impl Member {
    /// Opens a socket, and asks for it to be upgraded.
    pub(super) fn open(
        server: SocketAddr,
        person: &Person,
        number: u32,
        senders: u32,
    ) -> io::Result<Self> {
        let mut stream = std::net::TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        let Person { token, app_key } = person;
        stream.write_all(&frames::upgrade(&server.to_string(), app_key, token, number))?;
        stream.set_nonblocking(true)?;
        let heard = vec![0; senders as usize].into_boxed_slice();
        let stream = TcpStream::from_std(stream);
        Ok(Self { stream, stage: Stage::Upgrading, rest: Vec::new(), heard })
    }

    /// Sends a frame; a socket that has no room for it is an error.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Reads what is there into `buffer`, and hands on every payload that is whole.
    pub(super) fn read(
        &mut self,
        buffer: &mut [u8],
        mut each: impl FnMut(&mut Self, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        loop {
            let kept = self.rest.len();
            buffer[..kept].copy_from_slice(&self.rest);
            let read = match self.stream.read(&mut buffer[kept..]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            let is_full = kept + read == buffer.len();
            let mut bytes = &buffer[..kept + read];
            if self.stage == Stage::Upgrading {
                bytes = self.upgraded(bytes)?;
            }
            if self.stage != Stage::Upgrading {
                while let Some((payload, behind)) = split(bytes) {
                    each(self, payload)?;
                    bytes = behind;
                }
            }
            self.rest.clear();
            self.rest.extend_from_slice(bytes);
            // Less than there was room for: nothing is left, and what comes later tells of itself.
            if !is_full {
                return Ok(());
            }
        }
    }

    fn upgraded<'a>(&mut self, bytes: &'a [u8]) -> io::Result<&'a [u8]> {
        let end = bytes.windows(HEAD_END.len()).position(|window| window == HEAD_END);
        let Some(end) = end else { return Ok(bytes) };
        if !bytes.starts_with(SWITCHING) {
            return Err(io::Error::other("the server wants no socket"));
        }
        self.stage = Stage::LoggingIn;
        Ok(&bytes[end + HEAD_END.len()..])
    }
}
