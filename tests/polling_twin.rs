//! What pages poll with is written in JavaScript, and a second time here. Both are given the corpus of
//! the fuzzer and changed copies of it, the same ones, and must say the same: this side writes down
//! what, or that it need not be the same, in `vectors/polling-twin.txt`, and `tests/modern/polling-fuzz.test.mjs` compares.
//!
//! `HONGYAN_WRITE=1 cargo test --test polling_twin` writes the file; `HONGYAN_DUMP=PATH` writes each
//! case in full.
#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Write as _;
use std::fs;

use bytes::Bytes;
use hongyan::signal::polling::Codec;
use hongyan::wire::Frame;
use hongyan::wire::polling::Batch;

#[path = "fuzz/replay.rs"]
#[allow(dead_code)]
mod replay;

use replay::{Numbers, SEED, change, corpus};

/// Changed copies of each file.
const COPIES: u32 = 20;
/// Of these questions the answers are read: their ids, from 1.
const TOPICS: [&str; 2] = ["pullMsg", "qryRelation"];
const LAST_ID: u16 = 64;
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/polling-twin.txt");

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _always_fits = write!(text, "{byte:02x}");
        text
    })
}

/// The question with this id: a QUERY without a body.
fn question(id: u16) -> Bytes {
    let topic = TOPICS[usize::from(id) % TOPICS.len()];
    let mut frame = vec![0x52, 0, u8::try_from(topic.len()).expect("short")];
    frame.extend(topic.as_bytes());
    frame.extend([0, 2, b'm', b'e']);
    frame.extend(id.to_be_bytes());
    frame.into()
}

/// A body of frames, as an answer is read.
fn batch(bytes: &[u8]) -> String {
    let frames: Result<Vec<_>, _> = Batch::of(Bytes::copy_from_slice(bytes)).collect();
    frames.map_or("!".to_owned(), |frames| list(&frames))
}

fn list(frames: &[Bytes]) -> String {
    frames.iter().map(|frame| hex(frame)).collect::<Vec<_>>().join(",")
}

/// An answer in JSON.
fn answer(bytes: &[u8]) -> String {
    let mut codec = Codec::default();
    for id in 1..=LAST_ID {
        codec.post(&question(id)).expect("a question");
    }
    let Ok(found) = codec.read(bytes) else { return "!".to_owned() };
    format!("{} {} {:?}", list(&found.frames), found.malformed, found.session.unwrap_or_default())
}

/// A frame that is to be posted, if it is one as the core writes it: the page believes its own core.
fn post(bytes: &[u8]) -> Option<String> {
    let bytes = Bytes::copy_from_slice(bytes);
    let mut again = Vec::new();
    Frame::decode_posted(&bytes).ok()?.encode_up(&mut again).ok().filter(|()| again == bytes)?;
    let post = Codec::default().post(&bytes)?;
    let (topic, target) = post.addressed.unwrap_or_default();
    let body: serde_json::Value = serde_json::from_str(&post.body).expect("JSON");
    let text = format!("{topic} {target} {body}");
    Some(format!("{} {} {}", post.header, post.message_id, hex(text.as_bytes())))
}

/// FNV-1a.
fn hash(text: &str) -> u32 {
    let fold = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.bytes().fold(0x811C_9DC5, fold)
}

/// What is said of each case: the whole files first, then their changed copies.
fn said(target: &str, judge: impl Fn(&[u8]) -> Option<String>, dump: &mut String) -> String {
    let files = corpus(target);
    let mut numbers = Numbers(SEED);
    let mut line = target.to_owned();
    for bytes in &files {
        for copy in 0..=COPIES {
            let mut copied = bytes.clone();
            if copy > 0 {
                let other = &files[numbers.below(files.len())];
                change(&mut copied, other, &mut numbers);
            }
            let _always_fits = match judge(&copied) {
                Some(said) => {
                    let _always_fits = writeln!(dump, "{target} {} {said}", hex(&copied));
                    write!(line, " {:06x}", hash(&said) >> 8)
                }
                None => write!(line, " -"),
            };
        }
    }
    line
}

#[test]
fn the_page_has_a_twin_that_says_the_same() {
    let mut dump = String::new();
    // What is no text the page reads with marks in the place of what is wrong.
    let is_text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
    let answers =
        |bytes: &[u8]| is_text(bytes).then(|| format!("{}|{}", batch(bytes), answer(bytes)));
    let lines = [said("polling", answers, &mut dump), said("frame_c2s", post, &mut dump)];
    let text = lines.join("\n") + "\n";
    if let Ok(path) = std::env::var("HONGYAN_DUMP") {
        fs::write(path, dump).expect("the dump can be written");
    }
    if std::env::var("HONGYAN_WRITE").is_ok() {
        fs::write(PATH, &text).expect("the file can be written");
    }
    assert!(fs::read_to_string(PATH).expect("the file") == text, "HONGYAN_WRITE=1 writes it anew");
}
