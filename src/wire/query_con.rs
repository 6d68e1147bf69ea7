//! QUERYCON, type 7, client to server: the answer to a QUERY arrived.

use super::header::{FrameType, Header};
use super::reader::Reader;
use super::writer::Writer;
use super::{DecodeError, EncodeError};

/// See [`Frame::QueryCon`](super::Frame::QueryCon). Follows at once on every QUERYACK whose qos is
/// not 0.
///
/// ```text
/// 0x70 | u16 messageId, not 0
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryCon {
    /// That of the QUERY.
    pub message_id: u16,
}

impl QueryCon {
    pub(super) fn decode(mut reader: Reader<'_>) -> Result<Self, DecodeError> {
        let message_id = reader.client_message_id(FrameType::QueryCon.name())?;
        reader.end(FrameType::QueryCon.name())?;
        Ok(Self { message_id })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Writer::frame(out, Header::plain(FrameType::QueryCon), |writer| {
            writer.client_message_id(self.message_id, FrameType::QueryCon.name())
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
    fn three_bytes() {
        let frame = Frame::QueryCon(QueryCon { message_id: 1 });
        assert_both_ways("70 0001", ClientToServer, &frame, |_| false);
    }

    #[test]
    fn what_is_no_querycon() {
        let refused = |text| decode(text, ClientToServer).unwrap_err();
        assert_eq!(refused("70 00"), DecodeError::Truncated("messageId"));
        assert_eq!(refused("70 0001 00"), DecodeError::Leftover("QUERYCON"));
        assert_eq!(refused("70 0000"), DecodeError::MessageIdZero("QUERYCON"));
        let zero = Frame::QueryCon(QueryCon { message_id: 0 });
        assert_eq!(zero.encode(&mut Vec::new()), Err(EncodeError::MessageIdZero("QUERYCON")));
        let down = decode("70 0001", ServerToClient);
        assert_eq!(down, Err(DecodeError::WrongDirection("QUERYCON")));
    }
}
