//! The frames of one byte: PINGREQ, PINGRESP, and the four types without a layout.
//!
//! ```text
//! 0xC0 PINGREQ | 0xD0 PINGRESP | 0x80 SUBSCRIBE | 0x90 SUBACK | 0xA0 UNSUBSCRIBE | 0xB0 UNSUBACK
//! ```
//!
//! Bytes after the first are ignored, as the published clients ignore them. A client answers none
//! of them; it reads 8 and 10 like a PINGREQ and 9 and 11 like a PINGRESP.

use super::EncodeError;
use super::header::{FrameType, Header};
use super::writer::Writer;

pub(super) fn encode(frame_type: FrameType, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    Writer::frame(out, Header::plain(frame_type), |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::super::Direction::{ClientToServer, ServerToClient};
    use super::super::testing::*;
    use super::super::{DecodeError, Frame};

    #[test]
    fn one_byte_each() {
        assert_both_ways("c0", ClientToServer, &Frame::PingReq, |_| false);
        assert_both_ways("c0", ServerToClient, &Frame::PingReq, |_| false);
        assert_both_ways("d0", ServerToClient, &Frame::PingResp, |_| false);
        assert_both_ways("80", ServerToClient, &Frame::Subscribe, |_| false);
        assert_both_ways("90", ServerToClient, &Frame::SubAck, |_| false);
        assert_both_ways("a0", ServerToClient, &Frame::Unsubscribe, |_| false);
        assert_both_ways("b0", ServerToClient, &Frame::UnsubAck, |_| false);
    }

    #[test]
    fn a_tail_is_ignored() {
        assert_eq!(decode("c0 00", ClientToServer), Ok(Frame::PingReq));
        assert_eq!(decode("d0 010203", ServerToClient), Ok(Frame::PingResp));
        assert_eq!(decode("90 ff", ServerToClient), Ok(Frame::SubAck));
    }

    #[test]
    fn a_client_sends_pingreq_alone() {
        for (byte, name) in [
            ("d0", "PINGRESP"),
            ("80", "SUBSCRIBE"),
            ("90", "SUBACK"),
            ("a0", "UNSUBSCRIBE"),
            ("b0", "UNSUBACK"),
        ] {
            assert_eq!(decode(byte, ClientToServer), Err(DecodeError::WrongDirection(name)));
        }
    }
}
