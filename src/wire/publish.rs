//! PUBLISH, type 3: a message. Only the form to a client has a date.

use bytes::Bytes;
use bytestring::ByteString;

use super::header::{FrameType, Header, Qos};
use super::reader::Reader;
use super::writer::Writer;
use super::{DecodeError, EncodeError};

/// See [`Frame::PublishUp`](super::Frame::PublishUp). The message id comes after the two strings.
///
/// ```text
/// 0x30 | qos | utf topic | utf targetId | u16 messageId, not 0 | body
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishUp {
    /// Whether an answer is expected.
    pub qos: Qos,
    /// The same message once more (extension; published clients never set it).
    pub dup: bool,
    /// Which kind of message, `ppMsgP` for example. May be empty.
    pub topic: ByteString,
    /// To whom.
    pub target_id: ByteString,
    /// Matches the PUBACK. Not 0.
    pub message_id: u16,
    /// A protobuf message, an `UpStreamMessage`.
    pub body: Bytes,
}

impl PublishUp {
    pub(super) fn decode(header: Header, mut reader: Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            qos: header.qos,
            dup: header.dup,
            topic: reader.string("topic")?,
            target_id: reader.string("targetId")?,
            message_id: reader.client_message_id(FrameType::Publish.name())?,
            body: reader.body(),
        })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Writer::frame(out, header(self.qos, self.dup), |writer| {
            writer.string(&self.topic, "topic")?;
            writer.string(&self.target_id, "targetId")?;
            writer.client_message_id(self.message_id, FrameType::Publish.name())?;
            writer.bytes(&self.body)
        })
    }
}

/// See [`Frame::PublishDown`](super::Frame::PublishDown).
///
/// ```text
/// 0x30 | sync copy | qos | u32 date | utf topic | utf targetId | u16 messageId | body
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishDown {
    /// Whether a PUBACK is expected.
    pub qos: Qos,
    /// The bit of `dup`: a message that this user sent from another device.
    pub sync_copy: bool,
    /// Unix seconds.
    pub date: u32,
    /// `s_msg`, `s_ntf`, `s_stat`, `s_cmd`, or the topic of a sync copy.
    pub topic: ByteString,
    /// The receiving user, or the target of a sync copy.
    pub target_id: ByteString,
    /// The server's own number; 0 with qos 0.
    pub message_id: u16,
    /// A protobuf message.
    pub body: Bytes,
}

impl PublishDown {
    pub(super) fn decode(header: Header, mut reader: Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            qos: header.qos,
            sync_copy: header.dup,
            date: reader.u32("date")?,
            topic: reader.string("topic")?,
            target_id: reader.string("targetId")?,
            message_id: reader.u16("messageId")?,
            body: reader.body(),
        })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Writer::frame(out, header(self.qos, self.sync_copy), |writer| {
            writer.u32(self.date)?;
            writer.string(&self.topic, "topic")?;
            writer.string(&self.target_id, "targetId")?;
            writer.u16(self.message_id)?;
            writer.bytes(&self.body)
        })
    }
}

fn header(qos: Qos, dup: bool) -> Header {
    Header { qos, dup, ..Header::plain(FrameType::Publish) }
}

#[cfg(test)]
mod tests {
    use super::super::Direction::{ClientToServer, ServerToClient};
    use super::super::testing::*;
    use super::super::{Frame, MAX_FRAME};
    use super::*;

    const UP: &str = "32 0006 70704d736750 0002 7532 1234 0102fd";
    const DOWN: &str = "32 61e5a000 0005 735f6d7367 0002 7531 0005 0102";

    fn up() -> PublishUp {
        PublishUp {
            qos: Qos::AtLeastOnce,
            dup: false,
            topic: "ppMsgP".into(),
            target_id: "u2".into(),
            message_id: 0x1234,
            body: Bytes::from_static(&[1, 2, 0xFD]),
        }
    }

    fn down() -> PublishDown {
        PublishDown {
            qos: Qos::AtLeastOnce,
            sync_copy: false,
            date: 0x61E5_A000,
            topic: "s_msg".into(),
            target_id: "u1".into(),
            message_id: 5,
            body: Bytes::from_static(&[1, 2]),
        }
    }

    #[test]
    fn the_vectors() {
        // Without a length field a shorter body is a body.
        assert_both_ways(UP, ClientToServer, &Frame::PublishUp(up()), |length| length >= 15);
        assert_both_ways(DOWN, ServerToClient, &Frame::PublishDown(down()), |length| length >= 18);
    }

    #[test]
    fn the_sync_copy_is_the_bit_of_dup() {
        let copy = Frame::PublishDown(PublishDown { sync_copy: true, ..down() });
        assert_both_ways(&DOWN.replacen("32", "3a", 1), ServerToClient, &copy, |cut| cut >= 18);
        let again = Frame::PublishUp(PublishUp { dup: true, ..up() });
        assert_both_ways(&UP.replacen("32", "3a", 1), ClientToServer, &again, |cut| cut >= 15);
    }

    #[test]
    fn d5_e10_every_qos_is_kept() {
        for (byte, qos) in [("30", Qos::AtMostOnce), ("34", Qos::ExactlyOnce), ("36", Qos::Default)]
        {
            let frame = Frame::PublishUp(PublishUp { qos, ..up() });
            assert_both_ways(&UP.replacen("32", byte, 1), ClientToServer, &frame, |cut| cut >= 15);
        }
    }

    #[test]
    fn an_empty_topic_is_well_formed() {
        let frame = Frame::PublishUp(PublishUp { topic: "".into(), ..up() });
        assert_both_ways("32 0000 0002 7532 1234 0102fd", ClientToServer, &frame, |cut| cut >= 9);
    }

    #[test]
    fn message_id_0_is_the_servers_alone() {
        let zero = UP.replace("1234", "0000");
        assert_eq!(decode(&zero, ClientToServer), Err(DecodeError::MessageIdZero("PUBLISH")));
        let frame = Frame::PublishUp(PublishUp { message_id: 0, ..up() });
        assert_eq!(frame.encode(&mut Vec::new()), Err(EncodeError::MessageIdZero("PUBLISH")));
        let notice = PublishDown { qos: Qos::AtMostOnce, message_id: 0, ..down() };
        let text = "30 61e5a000 0005 735f6d7367 0002 7531 0000 0102";
        assert_both_ways(text, ServerToClient, &Frame::PublishDown(notice), |cut| cut >= 18);
    }

    #[test]
    fn three_byte_surrogates_are_read_and_utf8_is_written() {
        let old = "32 0006 70704d736750 0006 eda0bdedb880 1234 0102fd";
        let new = "32 0006 70704d736750 0004 f09f9880 1234 0102fd";
        let frame = Frame::PublishUp(PublishUp { target_id: "😀".into(), ..up() });
        assert_eq!(decode(old, ClientToServer).as_ref(), Ok(&frame));
        assert_both_ways(new, ClientToServer, &frame, |cut| cut >= 17);
    }

    #[test]
    fn what_is_missing_has_a_name() {
        let refused = |text| decode(text, ClientToServer).unwrap_err();
        assert_eq!(refused("32"), DecodeError::Truncated("topic"));
        assert_eq!(refused("32 0006 7070"), DecodeError::StringOverrun("topic"));
        assert_eq!(refused("32 0001 70 00"), DecodeError::Truncated("targetId"));
        assert_eq!(refused("32 0001 70 0001 71 12"), DecodeError::Truncated("messageId"));
        assert_eq!(refused("32 0001 80"), DecodeError::MalformedString("topic"));
        let refused = |text| decode(text, ServerToClient).unwrap_err();
        assert_eq!(refused("32 61e5a0"), DecodeError::Truncated("date"));
    }

    #[test]
    fn the_body_is_a_slice_of_the_frame() {
        let bytes = Bytes::from(hex(UP));
        let Ok(Frame::PublishUp(publish)) = Frame::decode(&bytes, ClientToServer) else {
            panic!("no PUBLISH")
        };
        assert_eq!(publish.body.as_ptr(), bytes.as_ptr().wrapping_add(15));
    }

    #[test]
    fn a_body_has_room_up_to_the_limit() {
        let fixed = 15;
        let of = |length| PublishUp { body: vec![0; length].into(), ..up() };
        let largest = encode(&Frame::PublishUp(of(MAX_FRAME - fixed)));
        assert_eq!(largest.len(), MAX_FRAME);
        let mut longer = largest.clone();
        assert!(Frame::decode(&largest.into(), ClientToServer).is_ok());
        longer.push(0);
        let refused = Frame::decode(&longer.into(), ClientToServer);
        assert_eq!(refused, Err(DecodeError::FrameTooLong));
        let mut out = Vec::new();
        let refused = Frame::PublishUp(of(MAX_FRAME - fixed + 1)).encode(&mut out);
        assert_eq!((refused, out), (Err(EncodeError::FrameTooLong), Vec::new()));
    }
}
