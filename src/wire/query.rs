//! QUERY, type 5, client to server: a question. Laid out as the PUBLISH of a client.

use bytes::Bytes;
use bytestring::ByteString;

use super::header::{FrameType, Header, Qos};
use super::reader::Reader;
use super::writer::Writer;
use super::{DecodeError, EncodeError};

/// See [`Frame::Query`](super::Frame::Query).
///
/// ```text
/// 0x50 | qos | utf topic | utf targetId | u16 messageId, not 0 | body
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Not 0: the client confirms the answer by a QUERYCON.
    pub qos: Qos,
    /// What is asked, `pullMsg` for example.
    pub topic: ByteString,
    /// Of whom or about whom.
    pub target_id: ByteString,
    /// Matches the QUERYACK. Not 0; one counter with PUBLISH.
    pub message_id: u16,
    /// A protobuf message.
    pub body: Bytes,
}

impl Query {
    pub(super) fn decode(header: Header, mut reader: Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            qos: header.qos,
            topic: reader.string("topic")?,
            target_id: reader.string("targetId")?,
            message_id: reader.client_message_id(FrameType::Query.name())?,
            body: reader.body(),
        })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let header = Header { qos: self.qos, ..Header::plain(FrameType::Query) };
        Writer::frame(out, header, |writer| {
            writer.string(&self.topic, "topic")?;
            writer.string(&self.target_id, "targetId")?;
            writer.client_message_id(self.message_id, FrameType::Query.name())?;
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

    const VECTOR: &str = "50 0007 70756c6c4d7367 0002 6d65 0007 0800";

    fn query() -> Query {
        Query {
            qos: Qos::AtMostOnce,
            topic: "pullMsg".into(),
            target_id: "me".into(),
            message_id: 7,
            body: Bytes::from_static(&[8, 0]),
        }
    }

    #[test]
    fn the_vector() {
        assert_both_ways(VECTOR, ClientToServer, &Frame::Query(query()), |length| length >= 16);
        let confirmed = Frame::Query(Query { qos: Qos::AtLeastOnce, ..query() });
        let text = VECTOR.replacen("50", "52", 1);
        assert_both_ways(&text, ClientToServer, &confirmed, |length| length >= 16);
    }

    #[test]
    fn what_is_no_query() {
        assert_eq!(decode(VECTOR, ServerToClient), Err(DecodeError::WrongDirection("QUERY")));
        let zero = "50 0007 70756c6c4d7367 0002 6d65 0000 0800";
        assert_eq!(decode(zero, ClientToServer), Err(DecodeError::MessageIdZero("QUERY")));
        let frame = Frame::Query(Query { message_id: 0, ..query() });
        assert_eq!(frame.encode(&mut Vec::new()), Err(EncodeError::MessageIdZero("QUERY")));
    }
}
