//! Where the frames of a WebSocket begin and end.

use bytes::{Bytes, BytesMut};

/// What passes as a whole: a frame, or before the upgrade the head of the answer.
#[derive(Debug)]
pub(crate) struct Frames {
    waiting: BytesMut,
    /// The server's answer to the upgrade has not passed yet.
    head: bool,
}

impl Frames {
    /// `head`: the answer to the upgrade comes first.
    pub(crate) fn new(head: bool) -> Self {
        Self { waiting: BytesMut::new(), head }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// The next whole piece, and whether it is a frame.
    pub(crate) fn next(&mut self) -> Option<(Bytes, bool)> {
        let length =
            if self.head { head_length(&self.waiting) } else { frame_length(&self.waiting) };
        let length = length.filter(|length| *length <= self.waiting.len())?;
        let is_frame = !core::mem::replace(&mut self.head, false);
        Some((self.waiting.split_to(length).freeze(), is_frame))
    }
}

fn head_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4)
}

/// The whole length of the frame that begins here (RFC 6455, 5.2); `None` if too little is there.
fn frame_length(bytes: &[u8]) -> Option<usize> {
    let second = *bytes.get(1)?;
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let (header, payload) = match second & 0x7f {
        126 => (4, u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)),
        short => (2, u64::from(short)),
    };
    usize::try_from(payload).ok()?.checked_add(header + mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_however_they_come() {
        let mut stream = b"HTTP/1.1 101 x\r\n\r\n".to_vec();
        let frames: [Vec<u8>; 3] = [
            [vec![0x82, 0x83, 1, 2, 3, 4], vec![9; 3]].concat(),
            [vec![0x82, 126, 1, 0], vec![7; 256]].concat(),
            [vec![0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0], vec![5; 65_536]].concat(),
        ];
        frames.iter().for_each(|frame| stream.extend_from_slice(frame));
        for step in [1, 7, 300, stream.len()] {
            let (mut reader, mut found) = (Frames::new(true), Vec::new());
            for bytes in stream.chunks(step) {
                reader.push(bytes);
                while let Some((piece, is_frame)) = reader.next() {
                    found.push((piece.to_vec(), is_frame));
                }
            }
            assert_eq!(found.len(), 4);
            assert!(!found[0].1 && found[1..].iter().all(|(_, is_frame)| *is_frame));
            assert!(found[1..].iter().map(|(frame, _)| frame).eq(frames.iter()));
        }
    }
}
