//! What the unit tests of every frame type share: vectors in hex, and both ways at once.

use bytes::Bytes;

use super::{DecodeError, Direction, Frame};

pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|digit| *digit != b' ').collect();
    let pair = |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

pub(super) fn decode(text: &str, direction: Direction) -> Result<Frame, DecodeError> {
    Frame::decode(&Bytes::from(hex(text)), direction)
}

pub(super) fn encode(frame: &Frame) -> Vec<u8> {
    let mut out = Vec::new();
    frame.encode(&mut out).unwrap();
    out
}

/// The bytes are the frame and the frame is the bytes; every frame that is cut is refused, but for
/// the lengths (in bytes) in `whole_when_cut_to`.
pub(super) fn assert_both_ways(
    text: &str,
    direction: Direction,
    frame: &Frame,
    whole_when_cut_to: impl Fn(usize) -> bool,
) {
    let bytes = Bytes::from(hex(text));
    assert_eq!(Frame::decode(&bytes, direction).as_ref(), Ok(frame));
    assert_eq!(encode(frame), bytes);
    for length in 0..bytes.len() {
        let cut = Frame::decode(&bytes.slice(..length), direction);
        assert_eq!(cut.is_ok(), whole_when_cut_to(length), "cut to {length}: {cut:?}");
    }
}
