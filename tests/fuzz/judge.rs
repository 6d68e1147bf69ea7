//! What must hold for any bytes; shared with `tests/fuzz_corpus.rs`.

use bytes::Bytes;
use hongyan::wire::{Direction, Frame};

/// Reads the bytes; what was read can be written, is not longer, and reads the same. Tells whether
/// the bytes are a frame.
pub fn frame(bytes: &[u8], direction: Direction) -> bool {
    let Ok(frame) = Frame::decode(&Bytes::copy_from_slice(bytes), direction) else {
        return false;
    };
    let mut again = Vec::new();
    assert_eq!(frame.encode(&mut again), Ok(()), "read and cannot be written");
    assert!(again.len() <= bytes.len(), "longer than what was read");
    assert_eq!(Frame::decode(&again.into(), direction), Ok(frame), "reads as another frame");
    true
}
