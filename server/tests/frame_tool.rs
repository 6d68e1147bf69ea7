//! `hongyan frame` against every recorded frame.

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/rmtp-2.5.3.jsonl");

/// What this test needs of a line; some arguments are texts that no Rust text can be.
#[derive(serde::Deserialize)]
struct Vector {
    id: String,
    direction: String,
    hex: Option<String>,
    frame: Option<Value>,
}

fn run(direction: &str, input: &str) -> Vec<Value> {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_hongyan"))
        .args(["frame", "--direction", direction])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = tool.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = tool.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_recorded_frame_is_taken_apart_as_recorded() {
    let text = std::fs::read_to_string(VECTORS).unwrap();
    let lines: Vec<Vector> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for direction in ["c2s", "s2c"] {
        let frames: Vec<&Vector> =
            lines.iter().filter(|line| line.direction == direction && line.hex.is_some()).collect();
        assert!(frames.len() > 300, "{direction}: {} frames", frames.len());
        let input: Vec<&str> = frames.iter().filter_map(|line| line.hex.as_deref()).collect();
        let output = run(direction, &(input.join("\n") + "\n"));
        assert_eq!(output.len(), frames.len());
        for (line, described) in frames.iter().zip(&output) {
            assert_eq!(line.frame.as_ref(), Some(described), "{}", line.id);
        }
    }
}

#[test]
fn a_bad_line_is_an_error_and_the_next_one_is_read() {
    let output = run("s2c", "20\nnonsense\nd0\n");
    assert!(output[0]["error"].is_string() && output[1]["error"].is_string());
    assert_eq!(output[2]["type"], "PINGRESP");
}

#[test]
fn without_a_direction_it_says_how_to_call_it() {
    let tool = Command::new(env!("CARGO_BIN_EXE_hongyan")).arg("frame").output().unwrap();
    assert_eq!(tool.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&tool.stderr).contains("--direction c2s|s2c"));
}
