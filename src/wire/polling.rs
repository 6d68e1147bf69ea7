//! What long polling needs of the wire: the body of its binary form, and which frames its JSON
//! form has words for.
//!
//! ```text
//! binary body:  { u32 length, 1 to MAX_FRAME | frame }*
//! ```

use bytes::Bytes;

use super::header::FrameType;
use super::puback::PubAckUp;
use super::publish::PublishUp;
use super::query::Query;
use super::query_con::QueryCon;
use super::{DecodeError, Direction, Frame, MAX_FRAME, header_of, place, wrong_direction};

/// Appends a frame to a body. Nobody makes one longer than [`MAX_FRAME`].
pub fn push_frame(body: &mut Vec<u8>, frame: &[u8]) {
    let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
    body.extend_from_slice(&length.to_be_bytes());
    body.extend_from_slice(frame);
}

/// The frames of a body, in order, each a slice of it. Ends after the first error.
#[derive(Clone, Debug)]
pub struct Batch {
    rest: Bytes,
}

impl Batch {
    /// Reads `body`.
    pub fn of(body: Bytes) -> Self {
        Self { rest: body }
    }

    fn frame(&mut self) -> Result<Bytes, DecodeError> {
        let length = self.rest.split_first_chunk().map(|(length, _)| u32::from_be_bytes(*length));
        let length = length.ok_or(DecodeError::Truncated(place("length")))? as usize;
        match length {
            0 => return Err(DecodeError::Empty),
            _ if length > MAX_FRAME => return Err(DecodeError::FrameTooLong),
            _ if length > self.rest.len() - 4 => {
                return Err(DecodeError::Truncated(place("frame")));
            }
            _ => {}
        }
        let mut frame = self.rest.split_to(4 + length);
        Ok(frame.split_off(4))
    }
}

impl Iterator for Batch {
    type Item = Result<Bytes, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let frame = self.frame();
        if frame.is_err() {
            self.rest = Bytes::new();
        }
        Some(frame)
    }
}

impl Frame {
    /// [`decode_up`](Self::decode_up) of the frames that have words in the JSON form, without the
    /// code for the others.
    ///
    /// # Errors
    /// It is malformed, or of another type.
    pub fn decode_posted(bytes: &Bytes) -> Result<Self, DecodeError> {
        let (header, reader) = header_of(bytes, Direction::ClientToServer)?;
        Ok(match header.frame_type {
            FrameType::Publish => Self::PublishUp(PublishUp::decode(header, reader)?),
            FrameType::PubAck => Self::PubAckUp(PubAckUp::decode(reader)?),
            FrameType::Query => Self::Query(Query::decode(header, reader)?),
            FrameType::QueryCon => Self::QueryCon(QueryCon::decode(reader)?),
            FrameType::Connect
            | FrameType::ConnAck
            | FrameType::QueryAck
            | FrameType::Subscribe
            | FrameType::SubAck
            | FrameType::Unsubscribe
            | FrameType::UnsubAck
            | FrameType::PingReq
            | FrameType::PingResp
            | FrameType::Disconnect => return Err(wrong_direction(header)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(body: &'static [u8]) -> Vec<Result<Bytes, DecodeError>> {
        Batch::of(Bytes::from_static(body)).collect()
    }

    #[test]
    fn frames_come_out_as_they_went_in() {
        let mut body = Vec::new();
        push_frame(&mut body, b"\xc0");
        push_frame(&mut body, b"\x40\0\x01");
        assert_eq!(body, b"\0\0\0\x01\xc0\0\0\0\x03\x40\0\x01");
        let read: Result<Vec<_>, _> = Batch::of(body.into()).collect();
        assert_eq!(read.unwrap(), [&b"\xc0"[..], b"\x40\0\x01"]);
        assert_eq!(frames(b""), []);
    }

    #[test]
    fn what_is_cut_empty_or_too_long_ends_the_batch() {
        assert_eq!(frames(b"\0\0\0"), [Err(DecodeError::Truncated("length"))]);
        assert_eq!(frames(b"\0\0\0\x02\xc0"), [Err(DecodeError::Truncated("frame"))]);
        assert_eq!(frames(b"\0\0\0\0\0\0\0\x01\xc0"), [Err(DecodeError::Empty)]);
        let after_one = frames(b"\0\0\0\x01\xc0\xff\xff\xff\xff\0");
        assert_eq!(after_one, [Ok(Bytes::from_static(b"\xc0")), Err(DecodeError::FrameTooLong)]);
    }

    #[test]
    fn only_what_has_words_is_decoded() {
        let ack = Frame::decode_posted(&Bytes::from_static(b"\x40\0\x01"));
        assert_eq!(ack, Ok(Frame::PubAckUp(PubAckUp { message_id: 1 })));
        let refused = |bytes| Frame::decode_posted(&Bytes::from_static(bytes)).unwrap_err();
        assert_eq!(refused(b"\xc0"), DecodeError::WrongDirection("PINGREQ"));
        assert_eq!(refused(b"\xe0\0\x04"), DecodeError::WrongDirection("DISCONNECT"));
        assert_eq!(refused(b""), DecodeError::Empty);
    }
}
