//! CONNACK, type 2, server to client: the first frame of a link, unprompted.

use bytestring::ByteString;

use super::header::{FrameType, Header};
use super::reader::Reader;
use super::writer::Writer;
use super::{DecodeError, EncodeError};

/// See [`Frame::ConnAck`](super::Frame::ConnAck).
///
/// ```text
/// 0x20 | u8 reserved | u8 status [ | utf userId | utf sessionId | u64 timestamp | more ]
/// ```
///
/// The reserved byte is ignored and written as 0. After the status comes nothing or the whole
/// triple; bytes after the triple are ignored, because newer servers may append fields. The form
/// with a presence byte after the status, which a client asks for by `protocolVer=4` in its URL,
/// is not spoken: the SDK does not ask for it, and its server answers every client in this form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnAck {
    /// 0 accepted; everything else is a refusal (`ConnectionState` of 2.x).
    pub status: u8,
    /// Present when accepted.
    pub session: Option<ConnAckSession>,
}

/// The tail of an accepting CONNACK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnAckSession {
    /// Whose session it is.
    pub user_id: ByteString,
    /// The server's name for it; `hy1.…` confirms the extensions (`docs/extensions.md`).
    pub session_id: ByteString,
    /// The server's clock, Unix milliseconds.
    pub timestamp: u64,
}

impl ConnAck {
    pub(super) fn decode(mut reader: Reader<'_>) -> Result<Self, DecodeError> {
        reader.u8("reserved")?;
        let status = reader.u8("status")?;
        if reader.is_empty() {
            return Ok(Self { status, session: None });
        }
        let user_id = reader.string("userId")?;
        let session_id = reader.string("sessionId")?;
        let timestamp = reader.u64("timestamp")?;
        Ok(Self { status, session: Some(ConnAckSession { user_id, session_id, timestamp }) })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Writer::frame(out, Header::plain(FrameType::ConnAck), |writer| {
            writer.u8(0)?;
            writer.u8(self.status)?;
            let Some(session) = &self.session else { return Ok(()) };
            writer.string(&session.user_id, "userId")?;
            writer.string(&session.session_id, "sessionId")?;
            writer.u64(session.timestamp)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Direction::{ClientToServer, ServerToClient};
    use super::super::Frame;
    use super::super::testing::*;
    use super::*;

    const VECTOR: &str = "20 00 00 0002 7531 0003 736964 0000017f00000001";

    fn accepted() -> Frame {
        let session = ConnAckSession {
            user_id: "u1".into(),
            session_id: "sid".into(),
            timestamp: 1_644_972_474_369,
        };
        Frame::ConnAck(ConnAck { status: 0, session: Some(session) })
    }

    #[test]
    fn the_vector() {
        assert_both_ways(VECTOR, ServerToClient, &accepted(), |length| length == 3);
    }

    #[test]
    fn a_refusal_is_three_bytes() {
        for status in [1, 4, 12, 20, 255] {
            let frame = Frame::ConnAck(ConnAck { status, session: None });
            assert_both_ways(&format!("20 00 {status:02x}"), ServerToClient, &frame, |_| false);
        }
    }

    #[test]
    fn the_reserved_byte_and_a_tail_are_ignored() {
        let padded = format!("{} ffff", VECTOR.replacen("20 00", "20 80", 1));
        assert_eq!(decode(&padded, ServerToClient), Ok(accepted()));
    }

    #[test]
    fn a_part_of_the_triple_is_refused() {
        let refused = |text| decode(text, ServerToClient).unwrap_err();
        assert_eq!(refused("20"), DecodeError::Truncated("reserved"));
        assert_eq!(refused("20 00"), DecodeError::Truncated("status"));
        assert_eq!(refused("20 00 00 00"), DecodeError::Truncated("userId"));
        assert_eq!(refused("20 00 00 0003 7531"), DecodeError::StringOverrun("userId"));
        assert_eq!(refused("20 00 00 0002 7531"), DecodeError::Truncated("sessionId"));
        let cut = "20 00 00 0002 7531 0000 0000017f000000";
        assert_eq!(refused(cut), DecodeError::Truncated("timestamp"));
        assert_eq!(decode(VECTOR, ClientToServer), Err(DecodeError::WrongDirection("CONNACK")));
    }
}
