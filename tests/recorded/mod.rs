//! The recorded lines of `tests/vectors/rmtp-2.5.3.jsonl`, as far as the framing goes.

// Every test file that includes this uses a part of it.
#![allow(dead_code)]

use bytes::Bytes;
use hongyan::wire::Direction;
use serde::Deserialize;
use serde_json::Value;

/// One line. Its other members (what the page called and got) hold half surrogates, which only
/// JavaScript strings can; they are skipped without being read.
#[derive(Deserialize)]
pub struct Line {
    pub id: String,
    pub direction: String,
    hex: Option<String>,
    #[serde(default)]
    pub frame: Value,
}

/// A line with bytes; the others are calls answered inside the client, and socket URLs.
pub struct Recorded {
    pub id: String,
    pub direction: Direction,
    pub bytes: Bytes,
    /// `bytes` taken apart.
    pub fields: Value,
}

pub fn lines() -> Vec<Line> {
    let lines = include_str!("../vectors/rmtp-2.5.3.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
}

pub fn frames() -> Vec<Recorded> {
    lines().into_iter().filter_map(recorded).collect()
}

fn recorded(line: Line) -> Option<Recorded> {
    let bytes = unhex(&line.hex?).into();
    let direction = match &*line.direction {
        "c2s" => Direction::ClientToServer,
        "s2c" => Direction::ServerToClient,
        other => panic!("{}: bytes of direction {other}", line.id),
    };
    Some(Recorded { id: line.id, direction, bytes, fields: line.frame })
}

pub fn unhex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "{text}");
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex digits");
    (0..text.len()).step_by(2).map(byte).collect()
}

/// A line whose frame carries a protobuf body, and what became of it on the page.
#[derive(Deserialize)]
pub struct Body {
    pub id: String,
    pub direction: String,
    pub hex: String,
    pub frame: Value,
    pub protobuf: Protobuf,
    #[serde(default)]
    pub delivered: Vec<Value>,
}

/// The body taken apart, if the recorded client could.
#[derive(Deserialize)]
pub struct Protobuf {
    pub message: String,
    #[serde(default)]
    pub fields: Option<Value>,
}

/// The lines with a body. Half surrogates, which only JavaScript strings can hold, become U+FFFD.
pub fn bodies() -> Vec<Body> {
    let lines = include_str!("../vectors/rmtp-2.5.3.jsonl").lines();
    let lines = lines.filter(|line| line.contains(r#""protobuf":{"message""#));
    lines.map(|line| serde_json::from_str(&without_halves(line)).expect("a line")).collect()
}

fn without_halves(line: &str) -> String {
    let mut parts = line.split(r"\ud");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push_str(r"\ufffd");
        whole.push_str(part.get(3..).expect("four hex digits"));
    }
    whole
}
