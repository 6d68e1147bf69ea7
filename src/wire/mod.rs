//! Bytes ⇄ [`Frame`]: the RMTP framing, byte by byte.
//!
//! ```text
//!  bit  7 6 5 4   3     2 1   0         one WebSocket message = one frame; no length field:
//!      +--------+-----+-----+--------+  the end of the message is the end of the frame
//!      |  type  | dup | qos | retain |  then the type's own fields, then (PUBLISH, QUERY,
//!      +--------+-----+-----+--------+  QUERYACK) a protobuf body up to the end
//! ```
//!
//! Integers are big-endian and unsigned. `utf` = u16 byte length + UTF-8; on reading, CESU-8
//! surrogate pairs (the old clients' astral characters) are accepted and become UTF-8.
//! PUBLISH, PUBACK and DISCONNECT differ by direction, so decoding takes a [`Direction`].

mod connack;
mod connect;
mod disconnect;
mod error;
mod header;
mod ping;
pub mod polling;
mod puback;
mod publish;
mod query;
mod query_ack;
mod query_con;
mod reader;
#[cfg(test)]
mod testing;
mod writer;

use bytes::Bytes;

pub use connack::{ConnAck, ConnAckSession};
pub use connect::Connect;
pub use disconnect::Disconnect;
pub use error::{DecodeError, EncodeError, Place, place};
pub use header::{FrameType, Header, Qos, check_header};
pub use puback::{PubAckDown, PubAckUp, WORDS_REPLACED};
pub use publish::{PublishDown, PublishUp};
pub use query::Query;
pub use query_ack::QueryAck;
pub use query_con::QueryCon;

use reader::Reader;

/// The largest frame either side accepts: 128 KiB and the room of its fixed fields.
pub const MAX_FRAME: usize = 128 * 1024 + 1024;

/// Who sent the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a client to a server.
    ClientToServer,
    /// From a server to a client.
    ServerToClient,
}

/// One unit of the wire, fields as the wire has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Type 1, client to server. No web client sends it: the URL carries the credentials.
    Connect(Connect),
    /// Type 2, server to client: the first frame of a link.
    ConnAck(ConnAck),
    /// Type 3, client to server: a message.
    PublishUp(PublishUp),
    /// Type 3, server to client: a message, a doorbell, a sync copy.
    PublishDown(PublishDown),
    /// Type 4, client to server: a pushed message arrived.
    PubAckUp(PubAckUp),
    /// Type 4, server to client: what became of a message.
    PubAckDown(PubAckDown),
    /// Type 5, client to server: a question.
    Query(Query),
    /// Type 6, server to client: its answer.
    QueryAck(QueryAck),
    /// Type 7, client to server: the answer arrived.
    QueryCon(QueryCon),
    /// Type 8, server to client: no layout, never sent, read like a PINGREQ.
    Subscribe,
    /// Type 9, server to client: no layout, never sent, read like a PINGRESP.
    SubAck,
    /// Type 10, server to client: as 8.
    Unsubscribe,
    /// Type 11, server to client: as 9.
    UnsubAck,
    /// Type 12: are you there?
    PingReq,
    /// Type 13: I am.
    PingResp,
    /// Type 14, server to client: the link ends, and why.
    DisconnectDown(Disconnect),
    /// Type 14, client to server (newer clients): the application logged out.
    DisconnectUp(Disconnect),
}

impl Frame {
    /// Reads one whole WebSocket message. Bodies, and texts that are UTF-8, are slices of `bytes`.
    ///
    /// What is ignored (a tail, a reserved byte, a bit of the first byte without a meaning in this
    /// type) is gone after an [`encode`](Self::encode); `docs/wire.md` has the list.
    pub fn decode(bytes: &Bytes, direction: Direction) -> Result<Self, DecodeError> {
        match direction {
            Direction::ClientToServer => Self::decode_up(bytes),
            Direction::ServerToClient => Self::decode_down(bytes),
        }
    }

    /// [`decode`](Self::decode) of what a client sent. A program that is one end alone calls its
    /// own half, and does not carry the other.
    pub fn decode_up(bytes: &Bytes) -> Result<Self, DecodeError> {
        let (header, reader) = header_of(bytes, Direction::ClientToServer)?;
        Ok(match header.frame_type {
            FrameType::Connect => Self::Connect(Connect::decode(reader)?),
            FrameType::Publish => Self::PublishUp(PublishUp::decode(header, reader)?),
            FrameType::PubAck => Self::PubAckUp(PubAckUp::decode(reader)?),
            FrameType::Query => Self::Query(Query::decode(header, reader)?),
            FrameType::QueryCon => Self::QueryCon(QueryCon::decode(reader)?),
            FrameType::PingReq => Self::PingReq,
            FrameType::Disconnect => {
                Self::DisconnectUp(Disconnect::decode(reader, Direction::ClientToServer)?)
            }
            FrameType::ConnAck
            | FrameType::QueryAck
            | FrameType::Subscribe
            | FrameType::SubAck
            | FrameType::Unsubscribe
            | FrameType::UnsubAck
            | FrameType::PingResp => return Err(wrong_direction(header)),
        })
    }

    /// [`decode`](Self::decode) of what a server sent.
    pub fn decode_down(bytes: &Bytes) -> Result<Self, DecodeError> {
        let (header, reader) = header_of(bytes, Direction::ServerToClient)?;
        Ok(match header.frame_type {
            FrameType::ConnAck => Self::ConnAck(ConnAck::decode(reader)?),
            FrameType::Publish => Self::PublishDown(PublishDown::decode(header, reader)?),
            FrameType::PubAck => Self::PubAckDown(PubAckDown::decode(reader)?),
            FrameType::QueryAck => Self::QueryAck(QueryAck::decode(header, reader)?),
            FrameType::Subscribe => Self::Subscribe,
            FrameType::SubAck => Self::SubAck,
            FrameType::Unsubscribe => Self::Unsubscribe,
            FrameType::UnsubAck => Self::UnsubAck,
            FrameType::PingReq => Self::PingReq,
            FrameType::PingResp => Self::PingResp,
            FrameType::Disconnect => {
                Self::DisconnectDown(Disconnect::decode(reader, Direction::ServerToClient)?)
            }
            FrameType::Connect | FrameType::Query | FrameType::QueryCon => {
                return Err(wrong_direction(header));
            }
        })
    }

    /// Appends the frame's bytes to `out`; on an error `out` is as it was.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self {
            Self::Connect(frame) => frame.encode(out),
            Self::ConnAck(_)
            | Self::PublishDown(_)
            | Self::PubAckDown(_)
            | Self::QueryAck(_)
            | Self::DisconnectDown(_)
            | Self::Subscribe
            | Self::SubAck
            | Self::Unsubscribe
            | Self::UnsubAck
            | Self::PingResp => self.encode_down(out),
            Self::PublishUp(_)
            | Self::PubAckUp(_)
            | Self::Query(_)
            | Self::QueryCon(_)
            | Self::PingReq
            | Self::DisconnectUp(_) => self.encode_up(out),
        }
    }

    /// [`encode`](Self::encode) of the frames that a client with a URL sends, without the code for
    /// the others.
    pub fn encode_up(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self {
            Self::PublishUp(frame) => frame.encode(out),
            Self::PubAckUp(frame) => frame.encode(out),
            Self::Query(frame) => frame.encode(out),
            Self::QueryCon(frame) => frame.encode(out),
            Self::PingReq => ping::encode(FrameType::PingReq, out),
            Self::DisconnectUp(frame) => frame.encode(out),
            Self::Connect(_)
            | Self::ConnAck(_)
            | Self::PublishDown(_)
            | Self::PubAckDown(_)
            | Self::QueryAck(_)
            | Self::Subscribe
            | Self::SubAck
            | Self::Unsubscribe
            | Self::UnsubAck
            | Self::PingResp
            | Self::DisconnectDown(_) => Err(EncodeError::NotSent(place(self.frame_type().name()))),
        }
    }

    /// [`encode`](Self::encode) of the frames that a server sends, without the code for the others.
    pub fn encode_down(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self {
            Self::ConnAck(frame) => frame.encode(out),
            Self::PublishDown(frame) => frame.encode(out),
            Self::PubAckDown(frame) => frame.encode(out),
            Self::QueryAck(frame) => frame.encode(out),
            Self::DisconnectDown(frame) => frame.encode(out),
            Self::Subscribe
            | Self::SubAck
            | Self::Unsubscribe
            | Self::UnsubAck
            | Self::PingResp => ping::encode(self.frame_type(), out),
            Self::Connect(_)
            | Self::PublishUp(_)
            | Self::PubAckUp(_)
            | Self::Query(_)
            | Self::QueryCon(_)
            | Self::PingReq
            | Self::DisconnectUp(_) => Err(EncodeError::NotSent(place(self.frame_type().name()))),
        }
    }

    /// The type in its first byte.
    pub const fn frame_type(&self) -> FrameType {
        match self {
            Self::Connect(_) => FrameType::Connect,
            Self::ConnAck(_) => FrameType::ConnAck,
            Self::PublishUp(_) | Self::PublishDown(_) => FrameType::Publish,
            Self::PubAckUp(_) | Self::PubAckDown(_) => FrameType::PubAck,
            Self::Query(_) => FrameType::Query,
            Self::QueryAck(_) => FrameType::QueryAck,
            Self::QueryCon(_) => FrameType::QueryCon,
            Self::Subscribe => FrameType::Subscribe,
            Self::SubAck => FrameType::SubAck,
            Self::Unsubscribe => FrameType::Unsubscribe,
            Self::UnsubAck => FrameType::UnsubAck,
            Self::PingReq => FrameType::PingReq,
            Self::PingResp => FrameType::PingResp,
            Self::DisconnectDown(_) | Self::DisconnectUp(_) => FrameType::Disconnect,
        }
    }
}

fn header_of(bytes: &Bytes, direction: Direction) -> Result<(Header, Reader<'_>), DecodeError> {
    let first_byte = *bytes.first().ok_or(DecodeError::Empty)?;
    let header = check_header(first_byte, bytes.len(), direction)?;
    Ok((header, Reader::after_header(bytes)))
}

/// `check_header` has refused these before: the compiler does not know it.
fn wrong_direction(header: Header) -> DecodeError {
    DecodeError::WrongDirection(place(header.frame_type.name()))
}

#[cfg(test)]
mod tests {
    use super::Direction::{ClientToServer, ServerToClient};
    use super::*;

    #[test]
    fn no_bytes_are_no_frame() {
        for direction in [ClientToServer, ServerToClient] {
            assert_eq!(Frame::decode(&Bytes::new(), direction), Err(DecodeError::Empty));
        }
    }

    #[test]
    fn a_client_does_not_write_a_servers_frames() {
        let mut out = Vec::new();
        assert_eq!(Frame::PingResp.encode_up(&mut out), Err(EncodeError::NotSent("PINGRESP")));
        assert!(out.is_empty() && Frame::PingReq.encode_up(&mut out).is_ok());
    }

    #[test]
    fn d4_types_0_and_15_are_refused() {
        for (byte, number) in [(0x00, 0), (0x0F, 0), (0xF0, 15), (0xFF, 15)] {
            for direction in [ClientToServer, ServerToClient] {
                let refused = Frame::decode(&Bytes::from(vec![byte, 0, 0]), direction);
                assert_eq!(refused, Err(DecodeError::UnknownType(number)));
            }
        }
    }

    #[test]
    fn frames_are_appended() {
        let mut out = Vec::new();
        Frame::PingReq.encode(&mut out).unwrap();
        Frame::QueryCon(QueryCon { message_id: 2 }).encode(&mut out).unwrap();
        assert_eq!(out, [0xC0, 0x70, 0, 2]);
    }
}
