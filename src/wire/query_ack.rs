//! QUERYACK, type 6, server to client: the answer to a QUERY.

use bytes::Bytes;

use super::header::{FrameType, Header, Qos};
use super::reader::Reader;
use super::writer::Writer;
use super::{DecodeError, EncodeError};

/// See [`Frame::QueryAck`](super::Frame::QueryAck).
///
/// ```text
/// 0x60 | qos | u16 messageId | u32 date | u16 status | body
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryAck {
    /// Not 0: to be confirmed by a QUERYCON.
    pub qos: Qos,
    /// That of the QUERY.
    pub message_id: u16,
    /// Unix seconds.
    pub date: u32,
    /// 0 answered; everything else is an error code or, for some topics, the answer itself.
    pub status: u16,
    /// A protobuf message; may be empty.
    pub body: Bytes,
}

impl QueryAck {
    pub(super) fn decode(header: Header, mut reader: Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            qos: header.qos,
            message_id: reader.u16("messageId")?,
            date: reader.u32("date")?,
            status: reader.u16("status")?,
            body: reader.body(),
        })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let header = Header { qos: self.qos, ..Header::plain(FrameType::QueryAck) };
        Writer::frame(out, header, |writer| {
            writer.u16(self.message_id)?;
            writer.u32(self.date)?;
            writer.u16(self.status)?;
            writer.bytes(&self.body)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Direction::{ClientToServer, ServerToClient};
    use super::super::Frame;
    use super::super::testing::*;
    use super::*;

    // The answer to the first pull of a 2.5.3 client: an empty, finished page.
    const PAGE: &str = "62 0001 5f5e1000 0000 10001801";

    #[test]
    fn an_answer() {
        let frame = Frame::QueryAck(QueryAck {
            qos: Qos::AtLeastOnce,
            message_id: 1,
            date: 1_600_000_000,
            status: 0,
            body: Bytes::from_static(&[0x10, 0, 0x18, 1]),
        });
        assert_both_ways(PAGE, ServerToClient, &frame, |length| length >= 9);
    }

    #[test]
    fn an_empty_answer() {
        let frame = Frame::QueryAck(QueryAck {
            qos: Qos::AtMostOnce,
            message_id: 0xFFFF,
            date: 0,
            status: 1,
            body: Bytes::new(),
        });
        assert_both_ways("60 ffff 00000000 0001", ServerToClient, &frame, |_| false);
    }

    #[test]
    fn the_nine_fixed_bytes_are_compulsory() {
        let refused = |text| decode(text, ServerToClient).unwrap_err();
        assert_eq!(refused("60 00"), DecodeError::Truncated("messageId"));
        assert_eq!(refused("60 0001 5f5e10"), DecodeError::Truncated("date"));
        assert_eq!(refused("60 0001 5f5e1000 00"), DecodeError::Truncated("status"));
        assert_eq!(decode(PAGE, ClientToServer), Err(DecodeError::WrongDirection("QUERYACK")));
    }
}
