//! Damaged frames: whatever a bad link or a bad peer makes of a real frame, the decoder answers
//! with a frame or an error, and reserves no more memory than the frame is long.
#![cfg(not(target_arch = "wasm32"))]

mod recorded;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::panic::catch_unwind;

use bytes::Bytes;
use hongyan::wire::{DecodeError, Direction, Frame, MAX_FRAME};

use recorded::{frames, unhex};

/// Counts the bytes that this thread asked for.
struct Counting;

thread_local! {
    static RESERVED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is the system allocator's; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        RESERVED.with(|reserved| reserved.set(reserved.get() + layout.size()));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const DIRECTIONS: [Direction; 2] = [Direction::ClientToServer, Direction::ServerToClient];

/// What `Bytes` keeps beside a vector: for the frame, and for each text that had to be rewritten,
/// of which a CONNECT has seven.
const SHARING: usize = 8 * 4 * size_of::<usize>();

/// Decodes, and judges what it cost. A frame that was read is also written and read again.
fn judge(bytes: &[u8], direction: Direction) -> Result<Frame, DecodeError> {
    let frame = Bytes::copy_from_slice(bytes);
    let before = RESERVED.get();
    let decoded = catch_unwind(|| Frame::decode(&frame, direction))
        .unwrap_or_else(|_| panic!("decoding panicked: {direction:?} {bytes:02x?}"));
    let reserved = RESERVED.get() - before;
    assert!(reserved <= bytes.len() + SHARING, "{reserved} bytes for {direction:?} {bytes:02x?}");
    if let Ok(frame) = &decoded {
        let mut again = Vec::new();
        assert_eq!(frame.encode(&mut again), Ok(()), "{bytes:02x?}");
        assert!(again.len() <= bytes.len(), "{bytes:02x?}");
        assert_eq!(Frame::decode(&again.into(), direction).as_ref(), Ok(frame), "{bytes:02x?}");
    }
    decoded
}

/// Every recorded frame, each form once, and the layouts that no 2.5.3 client sends or takes.
fn golden() -> Vec<(Direction, Vec<u8>)> {
    let recorded = frames().into_iter().map(|frame| (frame.direction, frame.bytes.to_vec()));
    let [up, down] = DIRECTIONS;
    let others = [
        (up, "10000652436c6f756403c6003c0003636964000177000178000141000154"),
        (up, "e00004"),
        (up, "320006eda0bdedb8800006eda0bdedb880123401"),
        (down, "40000561e5a000000001f40004414243440000000000000102"),
        (down, "80"),
        (down, "90"),
        (down, "a0"),
        (down, "b0"),
    ];
    let others = others.map(|(direction, text)| (direction, unhex(text)));
    recorded.chain(others).collect()
}

#[test]
fn the_golden_frames_are_whole() {
    let golden = golden();
    assert_eq!(golden.len(), 534 + 562 + 8);
    for (direction, bytes) in golden {
        assert!(judge(&bytes, direction).is_ok(), "{direction:?} {bytes:02x?}");
    }
}

#[test]
fn d1_a_frame_cut_at_any_byte_is_an_error_or_a_shorter_body() {
    for (direction, bytes) in golden() {
        let whole = judge(&bytes, direction).expect("a golden frame");
        for length in 0..bytes.len() {
            let Ok(cut) = judge(&bytes[..length], direction) else { continue };
            assert_ne!(cut, whole, "cut to {length}: {bytes:02x?}");
            match &cut {
                Frame::PublishUp(_) | Frame::PublishDown(_) | Frame::Query(_) => {}
                // Its three-byte form, and the form without the extension.
                Frame::ConnAck(cut) => assert_eq!((length, &cut.session), (3, &None)),
                Frame::PubAckDown(cut) => {
                    assert_eq!((length + 8, cut.inbox_seq), (bytes.len(), None));
                }
                Frame::QueryAck(_) => assert!(length >= 9),
                Frame::Connect(_)
                | Frame::PubAckUp(_)
                | Frame::QueryCon(_)
                | Frame::Subscribe
                | Frame::SubAck
                | Frame::Unsubscribe
                | Frame::UnsubAck
                | Frame::PingReq
                | Frame::PingResp
                | Frame::DisconnectDown(_)
                | Frame::DisconnectUp(_) => panic!("cut to {length}, and still {cut:?}"),
            }
        }
    }
}

#[test]
fn d2_a_frame_with_one_wrong_bit_is_judged_for_what_it_now_is() {
    let mut accepted = 0_usize;
    let mut refused = 0_usize;
    for (direction, golden) in golden() {
        let mut bytes = golden.clone();
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            match judge(&bytes, direction) {
                Ok(_) => accepted += 1,
                Err(_) => refused += 1,
            }
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(bytes, golden);
    }
    assert!(accepted > 0 && refused > 0, "{accepted} accepted, {refused} refused");
}

#[test]
fn the_wrong_side_is_told_apart_by_type_and_never_panics() {
    for (direction, bytes) in golden() {
        for other in DIRECTIONS.into_iter().filter(|other| *other != direction) {
            let frame = judge(&bytes, other);
            if matches!(bytes[0] >> 4, 1 | 2 | 5..=11 | 13) {
                assert!(matches!(frame, Err(DecodeError::WrongDirection(_))), "{bytes:02x?}");
            }
        }
    }
}

#[test]
fn d3_a_long_length_and_a_long_frame_reserve_nothing() {
    for direction in DIRECTIONS {
        for first_byte in 0..=255 {
            let _ = judge(&[first_byte, 0xFF, 0xFF], direction);
            let _ = judge(&[first_byte, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], direction);
        }
    }
    let long = Bytes::from(vec![0x30; MAX_FRAME + 1]);
    let shared = long.clone();
    let before = RESERVED.get();
    let refused = Frame::decode(&shared, Direction::ClientToServer);
    assert_eq!((refused, RESERVED.get() - before), (Err(DecodeError::FrameTooLong), 0));
}
