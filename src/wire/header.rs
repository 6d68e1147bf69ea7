//! The first byte: type, dup, qos, retain.

use super::{DecodeError, Direction, MAX_FRAME, place};

/// Bits 7 to 4 of the first byte. 0 and 15 do not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FrameType {
    /// Credentials, from clients without a URL.
    Connect = 1,
    /// First frame from a server.
    ConnAck = 2,
    /// A message.
    Publish = 3,
    /// What became of a message.
    PubAck = 4,
    /// A question.
    Query = 5,
    /// Its answer.
    QueryAck = 6,
    /// The answer arrived.
    QueryCon = 7,
    /// Without a layout.
    Subscribe = 8,
    /// Without a layout.
    SubAck = 9,
    /// Without a layout.
    Unsubscribe = 10,
    /// Without a layout.
    UnsubAck = 11,
    /// Are you there?
    PingReq = 12,
    /// I am.
    PingResp = 13,
    /// The end.
    Disconnect = 14,
}

impl FrameType {
    const ALL: [Self; 14] = [
        Self::Connect,
        Self::ConnAck,
        Self::Publish,
        Self::PubAck,
        Self::Query,
        Self::QueryAck,
        Self::QueryCon,
        Self::Subscribe,
        Self::SubAck,
        Self::Unsubscribe,
        Self::UnsubAck,
        Self::PingReq,
        Self::PingResp,
        Self::Disconnect,
    ];

    /// The type of this number; none for 0 and for everything from 15 on.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// The name as the protocol writes it, `PUBLISH` for example.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::ConnAck => "CONNACK",
            Self::Publish => "PUBLISH",
            Self::PubAck => "PUBACK",
            Self::Query => "QUERY",
            Self::QueryAck => "QUERYACK",
            Self::QueryCon => "QUERYCON",
            Self::Subscribe => "SUBSCRIBE",
            Self::SubAck => "SUBACK",
            Self::Unsubscribe => "UNSUBSCRIBE",
            Self::UnsubAck => "UNSUBACK",
            Self::PingReq => "PINGREQ",
            Self::PingResp => "PINGRESP",
            Self::Disconnect => "DISCONNECT",
        }
    }

    /// Whether this side may send the type.
    ///
    /// Clients read PINGREQ and the four types without a layout, and ignore them; a server has no
    /// reason to.
    pub const fn comes_from(self, direction: Direction) -> bool {
        match direction {
            Direction::ClientToServer => matches!(
                self,
                Self::Connect
                    | Self::Publish
                    | Self::PubAck
                    | Self::Query
                    | Self::QueryCon
                    | Self::PingReq
                    | Self::Disconnect
            ),
            Direction::ServerToClient => {
                !matches!(self, Self::Connect | Self::Query | Self::QueryCon)
            }
        }
    }
}

/// Delivery promise of a PUBLISH, QUERY or QUERYACK. Clients only ask "not 0?".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Qos {
    /// 0: no answer is expected.
    #[default]
    AtMostOnce,
    /// 1: answered by PUBACK or QUERYCON.
    AtLeastOnce,
    /// 2: never used; treated as 1.
    ExactlyOnce,
    /// 3: never used; treated as 1.
    Default,
}

impl Qos {
    /// Whether the other side is to answer: the only thing any client asks of a qos.
    pub const fn expects_answer(self) -> bool {
        !matches!(self, Self::AtMostOnce)
    }

    /// The two bits, 0 to 3.
    pub const fn number(self) -> u8 {
        match self {
            Self::AtMostOnce => 0,
            Self::AtLeastOnce => 1,
            Self::ExactlyOnce => 2,
            Self::Default => 3,
        }
    }
}

/// The first byte, taken apart.
///
/// A [`Frame`](super::Frame) keeps of it what has a meaning: dup of a PUBLISH, qos of PUBLISH,
/// QUERY and QUERYACK. The other bits are ignored on reading, as the clients do, and 0 on writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bits 7 to 4.
    pub frame_type: FrameType,
    /// Bit 3; on a PUBLISH to a client it means "sync copy".
    pub dup: bool,
    /// Bits 2 and 1.
    pub qos: Qos,
    /// Bit 0; 0 in practice.
    pub retain: bool,
}

impl Header {
    /// Takes a first byte apart. [`DecodeError::UnknownType`] for the types 0 and 15.
    pub fn decode(first_byte: u8) -> Result<Self, DecodeError> {
        let number = first_byte >> 4;
        let frame_type = FrameType::from_number(number).ok_or(DecodeError::UnknownType(number))?;
        let qos = match (first_byte & 4 != 0, first_byte & 2 != 0) {
            (false, false) => Qos::AtMostOnce,
            (false, true) => Qos::AtLeastOnce,
            (true, false) => Qos::ExactlyOnce,
            (true, true) => Qos::Default,
        };
        Ok(Self { frame_type, dup: first_byte & 8 != 0, qos, retain: first_byte & 1 != 0 })
    }

    /// The first byte.
    pub const fn encode(self) -> u8 {
        (self.frame_type as u8) << 4
            | (self.dup as u8) << 3
            | self.qos.number() << 1
            | self.retain as u8
    }

    /// A first byte of which only the type is set.
    pub(super) const fn plain(frame_type: FrameType) -> Self {
        Self { frame_type, dup: false, qos: Qos::AtMostOnce, retain: false }
    }
}

/// Judges a frame by its first byte and its length, before the rest has to be in memory.
///
/// `len` counts the whole frame in bytes, with the first one.
pub fn check_header(
    first_byte: u8,
    len: usize,
    direction: Direction,
) -> Result<Header, DecodeError> {
    if len > MAX_FRAME {
        return Err(DecodeError::FrameTooLong);
    }
    let header = Header::decode(first_byte)?;
    if !header.frame_type.comes_from(direction) {
        return Err(DecodeError::WrongDirection(place(header.frame_type.name())));
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{ClientToServer, ServerToClient};

    #[test]
    fn the_first_bytes_of_a_2_5_3_client() {
        let publish = Header::decode(0x32).unwrap();
        assert_eq!(publish.frame_type, FrameType::Publish);
        assert_eq!((publish.dup, publish.qos, publish.retain), (false, Qos::AtLeastOnce, false));
        assert_eq!(Header::decode(0x50).unwrap().qos, Qos::AtMostOnce);
        assert_eq!(Header::decode(0xC0).unwrap().frame_type, FrameType::PingReq);
        assert!(Header::decode(0x3A).unwrap().dup);
    }

    #[test]
    fn every_byte_of_the_fourteen_types_is_the_same_after_a_round_trip() {
        for byte in 0x10..0xF0 {
            assert_eq!(Header::decode(byte).unwrap().encode(), byte);
        }
    }

    #[test]
    fn d4_types_0_and_15_do_not_exist() {
        for byte in (0x00..=0x0F).chain(0xF0..=0xFF) {
            assert_eq!(Header::decode(byte), Err(DecodeError::UnknownType(byte >> 4)));
        }
    }

    #[test]
    fn each_side_sends_its_own_types() {
        let sent_by = |direction| -> Vec<u8> {
            let sends = |number: &u8| check_header(number << 4, 1, direction).is_ok();
            (0..16).filter(sends).collect()
        };
        assert_eq!(sent_by(ClientToServer), [1, 3, 4, 5, 7, 12, 14]);
        assert_eq!(sent_by(ServerToClient), [2, 3, 4, 6, 8, 9, 10, 11, 12, 13, 14]);
    }

    #[test]
    fn a_frame_is_refused_by_its_length_alone() {
        assert!(check_header(0x30, MAX_FRAME, ClientToServer).is_ok());
        let refused = check_header(0x30, MAX_FRAME + 1, ClientToServer);
        assert_eq!(refused, Err(DecodeError::FrameTooLong));
    }

    #[test]
    fn only_qos_0_expects_no_answer() {
        let answered: Vec<bool> = (0..4)
            .map(|qos| Header::decode(0x30 | qos << 1).unwrap().qos.expects_answer())
            .collect();
        assert_eq!(answered, [false, true, true, true]);
    }
}
