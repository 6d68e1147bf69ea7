//! Checked reads: every length is compared with what is left before anything is taken.

use bytes::Bytes;
use bytestring::ByteString;

use super::{DecodeError, place};

/// The part of a frame that is not read yet.
pub(super) struct Reader<'a> {
    frame: &'a Bytes,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Begins after the first byte.
    pub(super) fn after_header(frame: &'a Bytes) -> Self {
        Self { frame, rest: frame.get(1..).unwrap_or_default() }
    }

    fn chunk<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], DecodeError> {
        let (chunk, rest) =
            self.rest.split_first_chunk().ok_or(DecodeError::Truncated(place(field)))?;
        self.rest = rest;
        Ok(*chunk)
    }

    pub(super) fn u8(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        self.chunk(field).map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        self.chunk(field).map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        self.chunk(field).map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self, field: &'static str) -> Result<u64, DecodeError> {
        self.chunk(field).map(u64::from_be_bytes)
    }

    /// A message id of a client, which counts from 1.
    pub(super) fn client_message_id(&mut self, frame: &'static str) -> Result<u16, DecodeError> {
        match self.u16("messageId")? {
            0 => Err(DecodeError::MessageIdZero(place(frame))),
            id => Ok(id),
        }
    }

    /// A u16 length and as many bytes of text: a slice of the frame when it is UTF-8, a new
    /// string of at most that length when it has CESU-8 surrogate pairs.
    pub(super) fn string(&mut self, field: &'static str) -> Result<ByteString, DecodeError> {
        let length = usize::from(self.u16(field)?);
        let (bytes, rest) =
            self.rest.split_at_checked(length).ok_or(DecodeError::StringOverrun(place(field)))?;
        self.rest = rest;
        match ByteString::try_from(self.frame.slice_ref(bytes)) {
            Ok(text) => Ok(text),
            Err(_) => from_cesu8(bytes)
                .map(ByteString::from)
                .ok_or(DecodeError::MalformedString(place(field))),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Every byte up to the end of the frame.
    pub(super) fn body(self) -> Bytes {
        self.frame.slice_ref(self.rest)
    }

    /// Refuses leftovers.
    pub(super) fn end(self, frame: &'static str) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(DecodeError::Leftover(place(frame))) }
    }
}

/// Text in which characters beyond U+FFFF may stand as two surrogates of three bytes each, as the
/// published clients write them; four-byte characters may stand between. None for all else, a
/// single surrogate included.
fn from_cesu8(bytes: &[u8]) -> Option<String> {
    // UTF-8 is never longer than CESU-8: four bytes for every six.
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let error = match core::str::from_utf8(rest) {
            Ok(tail) => {
                text.push_str(tail);
                return Some(text);
            }
            Err(error) => error,
        };
        let (valid, invalid) = rest.split_at_checked(error.valid_up_to())?;
        text.push_str(core::str::from_utf8(valid).ok()?);
        let (pair, tail) = invalid.split_first_chunk()?;
        text.push(surrogate_pair(*pair)?);
        rest = tail;
    }
}

/// `1110_1101 10_10hhhh 10_hhhhhh  1110_1101 10_11llll 10_llllll`, ten bits in each half.
fn surrogate_pair(bytes: [u8; 6]) -> Option<char> {
    let [0xED, h1 @ 0xA0..=0xAF, h2 @ 0x80..=0xBF, 0xED, l1 @ 0xB0..=0xBF, l2 @ 0x80..=0xBF] =
        bytes
    else {
        return None;
    };
    let ten_bits = |first: u8, second: u8| u32::from(first & 0x0F) << 6 | u32::from(second & 0x3F);
    char::from_u32(0x1_0000 + (ten_bits(h1, h2) << 10 | ten_bits(l1, l2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(bytes: &[u8]) -> Result<ByteString, DecodeError> {
        let mut frame = vec![0x30];
        frame.extend(u16::try_from(bytes.len()).unwrap().to_be_bytes());
        frame.extend(bytes);
        let frame = Bytes::from(frame);
        Reader::after_header(&frame).string("topic")
    }

    #[test]
    fn both_forms_of_an_emoji_are_the_same_text() {
        assert_eq!(string(b"\xed\xa0\xbd\xed\xb8\x80").unwrap(), "😀");
        assert_eq!(string(b"\xf0\x9f\x98\x80").unwrap(), "😀");
        let mixed =
            b"\xe4\xb8\xad\xed\xa0\xbd\xed\xb8\x80\xf0\x9f\x98\x80a\xed\xa0\xbd\xed\xb8\x81";
        assert_eq!(string(mixed).unwrap(), "中😀😀a😁");
    }

    #[test]
    fn the_ends_of_the_surrogate_range() {
        assert_eq!(string(b"\xed\xa0\x80\xed\xb0\x80").unwrap(), "\u{10000}");
        assert_eq!(string(b"\xed\xaf\xbf\xed\xbf\xbf").unwrap(), "\u{10FFFF}");
        assert_eq!(
            string("\u{D7FF}\u{E000}\u{FFFF}".as_bytes()).unwrap(),
            "\u{D7FF}\u{E000}\u{FFFF}"
        );
    }

    #[test]
    fn malformed_text_is_refused() {
        let malformed: [&[u8]; 11] = [
            b"\x80",
            b"\xc3A",
            b"\xc3",
            b"\xc0\x80",
            b"\xed\xa0\xbd",
            b"\xed\xb8\x80",
            b"\xed\xb8\x80\xed\xa0\xbd",
            b"\xed\xa0\xbd\xed\xa0\xbd",
            b"\xed\xa0\xbda\xed\xb8\x80",
            b"\xf4\x90\x80\x80",
            b"\xed\xa0\xbd\xed\xb8",
        ];
        for bytes in malformed {
            assert_eq!(string(bytes), Err(DecodeError::MalformedString("topic")), "{bytes:x?}");
        }
    }

    #[test]
    fn utf8_is_not_copied() {
        let frame = Bytes::from_static(b"\x30\x00\x02ab");
        let text = Reader::after_header(&frame).string("topic").unwrap();
        assert_eq!(text.as_bytes().as_ptr(), frame.as_ptr().wrapping_add(3));
    }

    #[test]
    fn zero_bytes_and_empty_texts_are_texts() {
        assert_eq!(string(b"").unwrap(), "");
        assert_eq!(string(b"a\0b").unwrap(), "a\0b");
    }

    #[test]
    fn d3_a_length_past_the_end_is_refused() {
        let overrun = Bytes::from_static(b"\x30\xff\xffab");
        let mut reader = Reader::after_header(&overrun);
        assert_eq!(reader.string("topic"), Err(DecodeError::StringOverrun("topic")));
        let cut = Bytes::from_static(b"\x30\x00");
        let mut reader = Reader::after_header(&cut);
        assert_eq!(reader.string("topic"), Err(DecodeError::Truncated("topic")));
    }
}
