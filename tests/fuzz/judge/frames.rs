//! Whole frames, and the questions and answers that cross as JSON.

use bytes::Bytes;
use hongyan::ids::UserId;
use hongyan::signal::call::{Call, Question};
use hongyan::signal::polling::Codec;
use hongyan::wire::polling::{Batch, push_frame};
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

/// A question and an answer of the topic with the number of the first byte, both made of the bytes
/// behind it. What is asked fits its frame or says that it does not; what is answered is one line.
/// Tells whether either makes sense.
pub fn question(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else { return false };
    let calls: Vec<Call> = Call::all().collect();
    let call = calls[usize::from(*first) % calls.len()];
    let target = call.targeted.then(|| "bob".to_owned());
    let text = String::from_utf8_lossy(rest);
    let asked = Question::new(call.topic, target, &text);
    if let Ok(question) = &asked {
        let fits = question.frame(7, &UserId::from("me")).encode(&mut Vec::new()).is_ok();
        assert!(fits || !question.fits(), "a question that fits does not");
    }
    let read = call.answer.read(0, rest);
    if let Ok(text) = &read {
        assert!(text.starts_with('{') && text.ends_with('}'), "no object");
        assert!(text.chars().all(|character| character >= ' '), "no JSON");
    }
    asked.is_ok() || read.is_ok()
}

/// A body of long polling, in either form and either direction. What is read as JSON is whole
/// frames, which can be written and read again; a batch is the frames that it was made of. Tells
/// whether it is a body of either form.
pub fn polling(bytes: &[u8]) -> bool {
    let batch: Result<Vec<Bytes>, _> = Batch::of(Bytes::copy_from_slice(bytes)).collect();
    if let Ok(frames) = &batch {
        let mut again = Vec::new();
        frames.iter().for_each(|frame| push_frame(&mut again, frame));
        assert_eq!(again, bytes, "another batch");
    }
    let (header, text) = bytes.split_first().unwrap_or((&0, b""));
    let posted = Codec::default().frame(*header, 7, ("ppMsgP", "bob"), text);
    if let Ok(frame) = &posted {
        let known = Frame::decode(frame, Direction::ClientToServer);
        assert!(known.is_ok(), "posted and no frame");
        // A goodbye is said in a request of its own.
        let goodbye = frame.first().is_some_and(|header| header >> 4 == 14);
        assert!(goodbye || Codec::default().post(frame).is_some(), "posted and without words");
    }
    let answers = Codec::default().read(bytes);
    for frame in answers.iter().flat_map(|answers| &answers.frames) {
        assert!(Frame::decode(frame, Direction::ServerToClient).is_ok(), "answered and no frame");
        let mut text = String::new();
        if Codec::default().push_object(frame, "S", &mut text) {
            let again = Codec::default().read(text.as_bytes()).map(|again| again.frames.len());
            assert_eq!(again, Ok(1), "written and not readable");
        }
    }
    batch.is_ok() || posted.is_ok() || answers.is_ok_and(|answers| !answers.frames.is_empty())
}
