//! Writes that keep the limits: a piece is measured before the vector grows.

use super::{EncodeError, Header, MAX_FRAME, place};

/// One frame at the end of a vector that may hold others before it.
pub(super) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
}

impl<'a> Writer<'a> {
    /// Runs `write` on a new frame; on an error `out` is as it was.
    pub(super) fn frame(
        out: &'a mut Vec<u8>,
        header: Header,
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let start = out.len();
        let mut writer = Writer { out, start };
        let written = writer.bytes(&[header.encode()]).and_then(|()| write(&mut writer));
        if written.is_err() {
            writer.out.truncate(start);
        }
        written
    }

    pub(super) fn u8(&mut self, value: u8) -> Result<(), EncodeError> {
        self.bytes(&[value])
    }

    pub(super) fn u16(&mut self, value: u16) -> Result<(), EncodeError> {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn u32(&mut self, value: u32) -> Result<(), EncodeError> {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn u64(&mut self, value: u64) -> Result<(), EncodeError> {
        self.bytes(&value.to_be_bytes())
    }

    /// A message id of a client, which counts from 1.
    pub(super) fn client_message_id(
        &mut self,
        id: u16,
        frame: &'static str,
    ) -> Result<(), EncodeError> {
        if id == 0 {
            return Err(EncodeError::MessageIdZero(place(frame)));
        }
        self.u16(id)
    }

    /// A u16 length and the text as UTF-8.
    pub(super) fn string(&mut self, text: &str, field: &'static str) -> Result<(), EncodeError> {
        let length =
            u16::try_from(text.len()).map_err(|_| EncodeError::StringTooLong(place(field)))?;
        self.u16(length)?;
        self.bytes(text.as_bytes())
    }

    /// The rest of the frame.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        if bytes.len() > MAX_FRAME - (self.out.len() - self.start) {
            return Err(EncodeError::FrameTooLong);
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::FrameType;
    use super::*;

    fn frame(
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        Writer::frame(out, Header::plain(FrameType::PubAck), write)
    }

    #[test]
    fn an_error_leaves_what_was_there() {
        let mut out = b"before".to_vec();
        let too_long = "x".repeat(65_536);
        let result = frame(&mut out, |w| w.u32(1).and_then(|()| w.string(&too_long, "topic")));
        assert_eq!(result, Err(EncodeError::StringTooLong("topic")));
        assert_eq!(out, b"before");
    }

    #[test]
    fn the_longest_text_fits() {
        let mut out = Vec::new();
        frame(&mut out, |w| w.string(&"x".repeat(65_535), "topic")).unwrap();
        assert_eq!((out.len(), &out[..3]), (65_538, &b"\x40\xff\xff"[..]));
    }

    #[test]
    fn the_limit_counts_the_frame_and_not_the_vector() {
        let mut out = vec![0; 10];
        frame(&mut out, |w| w.bytes(&vec![0; MAX_FRAME - 1])).unwrap();
        assert_eq!(out.len(), 10 + MAX_FRAME);
        let capacity = out.capacity();
        let refused = frame(&mut out, |w| w.bytes(&vec![0; MAX_FRAME]));
        assert_eq!(refused, Err(EncodeError::FrameTooLong));
        assert_eq!(out.len(), 10 + MAX_FRAME);
        assert!(out.capacity() <= 2 * capacity, "measured before the vector grew");
    }

    #[test]
    fn integers_are_big_endian() {
        let mut out = Vec::new();
        frame(&mut out, |w| {
            w.u8(1)?;
            w.u16(0x0203)?;
            w.u32(0x0405_0607)?;
            w.u64(0x0809_0A0B_0C0D_0E0F)
        })
        .unwrap();
        assert_eq!(out, [0x40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    }
}
