//! PUBACK, type 4: to the server a bare id, to a client what became of its message.

use bytes::Bytes;
use bytestring::ByteString;

use super::header::{FrameType, Header};
use super::reader::Reader;
use super::writer::Writer;
use super::{DecodeError, EncodeError};

/// See [`Frame::PubAckUp`](super::Frame::PubAckUp).
///
/// ```text
/// 0x40 | u16 messageId, not 0
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PubAckUp {
    /// That of the PUBLISH.
    pub message_id: u16,
}

impl PubAckUp {
    pub(super) fn decode(mut reader: Reader<'_>) -> Result<Self, DecodeError> {
        let message_id = reader.client_message_id(FrameType::PubAck.name())?;
        reader.end(FrameType::PubAck.name())?;
        Ok(Self { message_id })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Writer::frame(out, Header::plain(FrameType::PubAck), |writer| {
            writer.client_message_id(self.message_id, FrameType::PubAck.name())
        })
    }
}

/// See [`Frame::PubAckDown`](super::Frame::PubAckDown). Sent time = `date` · 1000 + `millisecond`.
///
/// ```text
/// 0x40 | u16 messageId | u32 date | u16 status | u16 millisecond | utf messageUId
///     [ | u64 inboxSeq [ | content ] ]
/// ```
///
/// The status comes before the milliseconds. After the uid stands nothing, or the extension's
/// 8 bytes; with the status [`WORDS_REPLACED`] a content may follow them. Any other number of bytes
/// is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PubAckDown {
    /// That of the PUBLISH.
    pub message_id: u16,
    /// Unix seconds.
    pub date: u32,
    /// 0 stored; everything else is an error code of 2.x.
    pub status: u16,
    /// 0 to 999.
    pub millisecond: u16,
    /// The server's name for the message.
    pub message_uid: ByteString,
    /// Extension: the number of the sender's own inbox row, 8 bytes after the uid. Only sent to
    /// clients that asked for the extensions; 0 when nothing was stored.
    pub inbox_seq: Option<u64>,
    /// Extension: the content as it was stored, after the number, where that is not as it was sent.
    /// Else empty.
    pub content: Bytes,
}

/// `SENSITIVE_REPLACE`: the message was stored, with some of its words replaced.
pub const WORDS_REPLACED: u16 = 21502;

impl PubAckDown {
    pub(super) fn decode(mut reader: Reader<'_>) -> Result<Self, DecodeError> {
        let message_id = reader.u16("messageId")?;
        let date = reader.u32("date")?;
        let status = reader.u16("status")?;
        let millisecond = reader.u16("millisecond")?;
        let message_uid = reader.string("messageUId")?;
        let more = reader.remaining();
        let has_content = more > 8 && status == WORDS_REPLACED;
        let inbox_seq = if more == 8 || has_content { Some(reader.u64("inboxSeq")?) } else { None };
        let mut content = Bytes::new();
        if has_content {
            content = reader.body();
        } else {
            reader.end(FrameType::PubAck.name())?;
        }
        Ok(Self { message_id, date, status, millisecond, message_uid, inbox_seq, content })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Writer::frame(out, Header::plain(FrameType::PubAck), |writer| {
            writer.u16(self.message_id)?;
            writer.u32(self.date)?;
            writer.u16(self.status)?;
            writer.u16(self.millisecond)?;
            writer.string(&self.message_uid, "messageUId")?;
            match self.inbox_seq {
                Some(seq) => {
                    writer.u64(seq)?;
                    writer.bytes(&self.content)
                }
                None => Ok(()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Direction::{ClientToServer, ServerToClient};
    use super::super::Frame;
    use super::super::testing::*;
    use super::*;

    const DOWN: &str = "40 0005 61e5a000 0000 01f4 0004 41424344";

    fn down() -> PubAckDown {
        PubAckDown {
            message_id: 5,
            date: 0x61E5_A000,
            status: 0,
            millisecond: 500,
            message_uid: "ABCD".into(),
            inbox_seq: None,
            content: Bytes::new(),
        }
    }

    #[test]
    fn the_vectors() {
        let up = Frame::PubAckUp(PubAckUp { message_id: 0x0102 });
        assert_both_ways("40 0102", ClientToServer, &up, |_| false);
        assert_both_ways(DOWN, ServerToClient, &Frame::PubAckDown(down()), |_| false);
        let sent_time = u64::from(down().date) * 1000 + u64::from(down().millisecond);
        assert_eq!(sent_time, 1_642_438_656_500);
    }

    #[test]
    fn the_status_comes_before_the_milliseconds() {
        let refused = Frame::PubAckDown(PubAckDown { status: 20604, ..down() });
        let text = "40 0005 61e5a000 507c 01f4 0004 41424344";
        assert_both_ways(text, ServerToClient, &refused, |_| false);
    }

    #[test]
    fn eight_bytes_after_the_uid_are_the_inbox_number() {
        let extended = Frame::PubAckDown(PubAckDown { inbox_seq: Some(258), ..down() });
        let text = format!("{DOWN} 0000000000000102");
        assert_both_ways(&text, ServerToClient, &extended, |length| length == 17);
        for extra in [1, 7, 9, 16] {
            let text = format!("{DOWN} {}", "00".repeat(extra));
            assert_eq!(decode(&text, ServerToClient), Err(DecodeError::Leftover("PUBACK")));
        }
    }

    #[test]
    fn what_was_stored_instead_follows_the_inbox_number() {
        let replaced = PubAckDown {
            status: WORDS_REPLACED,
            inbox_seq: Some(0),
            content: Bytes::from_static(b"{}"),
            ..down()
        };
        let text = "40 0005 61e5a000 53fe 01f4 0004 41424344 0000000000000000 7b7d";
        // Cut behind the number it has another content, or none, cut before it no number.
        let whole = |length| length == 17 || length >= 25;
        assert_both_ways(text, ServerToClient, &Frame::PubAckDown(replaced), whole);
    }

    #[test]
    fn the_short_form_is_three_bytes_and_not_of_id_0() {
        let refused = |text| decode(text, ClientToServer).unwrap_err();
        assert_eq!(refused("40 01"), DecodeError::Truncated("messageId"));
        assert_eq!(refused("40 0102 00"), DecodeError::Leftover("PUBACK"));
        assert_eq!(refused("40 0000"), DecodeError::MessageIdZero("PUBACK"));
        assert_eq!(refused(DOWN), DecodeError::Leftover("PUBACK"));
        assert_eq!(decode("40 0102", ServerToClient), Err(DecodeError::Truncated("date")));
    }
}
