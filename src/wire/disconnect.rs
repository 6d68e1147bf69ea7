//! DISCONNECT, type 14: the link ends, and why.

use super::header::{FrameType, Header};
use super::reader::Reader;
use super::writer::Writer;
use super::{DecodeError, Direction, EncodeError};

/// See [`Frame::DisconnectDown`](super::Frame::DisconnectDown) and
/// [`Frame::DisconnectUp`](super::Frame::DisconnectUp).
///
/// ```text
/// 0xE0 | u8 reserved | u8 reason [ | more, from servers only ]
/// ```
///
/// The reserved byte is ignored and written as 0. A client ignores bytes after the reason, because
/// newer servers may append fields; a server refuses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disconnect {
    /// 1 kicked by another login, 2 banned, 0 plain; 4 from a client that logged out.
    pub reason: u8,
}

impl Disconnect {
    pub(super) fn decode(
        mut reader: Reader<'_>,
        direction: Direction,
    ) -> Result<Self, DecodeError> {
        reader.u8("reserved")?;
        let reason = reader.u8("reason")?;
        match direction {
            Direction::ClientToServer => reader.end(FrameType::Disconnect.name())?,
            Direction::ServerToClient => {}
        }
        Ok(Self { reason })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Writer::frame(out, Header::plain(FrameType::Disconnect), |writer| {
            writer.u8(0)?;
            writer.u8(self.reason)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Direction::{ClientToServer, ServerToClient};
    use super::super::Frame;
    use super::super::testing::*;
    use super::*;

    #[test]
    fn the_vectors() {
        let kicked = Frame::DisconnectDown(Disconnect { reason: 1 });
        assert_both_ways("e0 00 01", ServerToClient, &kicked, |_| false);
        let logged_out = Frame::DisconnectUp(Disconnect { reason: 4 });
        assert_both_ways("e0 00 04", ClientToServer, &logged_out, |_| false);
    }

    #[test]
    fn only_servers_append() {
        let kicked = Frame::DisconnectDown(Disconnect { reason: 1 });
        assert_eq!(decode("e0 80 01 00ff", ServerToClient), Ok(kicked));
        let up = decode("e0 00 04 00", ClientToServer);
        assert_eq!(up, Err(DecodeError::Leftover("DISCONNECT")));
    }

    #[test]
    fn fewer_than_three_bytes_are_refused() {
        for direction in [ClientToServer, ServerToClient] {
            assert_eq!(decode("e0", direction), Err(DecodeError::Truncated("reserved")));
            assert_eq!(decode("e0 00", direction), Err(DecodeError::Truncated("reason")));
        }
    }
}
