//! The fuzz targets of `tests/fuzz` without a fuzzer: every file of the corpus, and a fixed number
//! of changed ones, the same on every run. The server's are in `server/tests/fuzz_corpus.rs`.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::Path;

use hongyan::wire::Direction;

#[path = "fuzz/judge/mod.rs"]
mod judge;
#[path = "fuzz/replay.rs"]
mod replay;

use replay::replay;

#[test]
fn what_a_server_reads_from_a_client() {
    let judge = |bytes: &[u8]| judge::frame(bytes, Direction::ClientToServer);
    let (whole, changed) = replay("frame_c2s", judge);
    assert!(whole >= 80 && changed > 0, "{whole} {changed}");
}

#[test]
fn what_a_client_reads_from_a_server() {
    let judge = |bytes: &[u8]| judge::frame(bytes, Direction::ServerToClient);
    let (whole, changed) = replay("frame_s2c", judge);
    assert!(whole >= 40 && changed > 0, "{whole} {changed}");
}

#[test]
fn what_a_page_asks_and_a_server_answers() {
    let (whole, changed) = replay("question", judge::question);
    assert!(whole >= 40 && changed > 0, "{whole} {changed}");
}

#[test]
fn what_long_polling_carries() {
    let (whole, changed) = replay("polling", judge::polling);
    assert!(whole >= 12 && changed > 0, "{whole} {changed}");
}

#[test]
fn bodies_from_a_client() {
    let (whole, changed) = replay("body_c2s", judge::body_c2s);
    assert!(whole >= 20 && changed > 0, "{whole} {changed}");
}

#[test]
fn bodies_from_a_server() {
    let (whole, changed) = replay("body_s2c", judge::body_s2c);
    assert!(whole >= 20 && changed > 0, "{whole} {changed}");
}

#[test]
fn contents_of_messages() {
    let (whole, changed) = replay("content", judge::content);
    assert!(whole >= 5 && changed > 0, "{whole} {changed}");
}

#[test]
fn what_a_navigator_answers() {
    let (whole, changed) = replay("navigation", judge::navigation);
    assert!(whole >= 5 && changed > 0, "{whole} {changed}");
}

#[test]
fn what_an_earlier_page_left_in_storage() {
    let (whole, changed) = replay("stored", judge::stored);
    assert!(whole >= 3 && changed > 0, "{whole} {changed}");
}

/// The fuzz targets of the manifest are the folders of the corpus, and each has a replay: here, or
/// in the server's tests.
#[test]
fn every_target_has_a_corpus_and_a_replay() {
    let manifest = include_str!("fuzz/Cargo.toml");
    let names = manifest.lines().filter_map(|line| line.strip_prefix("name = \""));
    let mut targets: Vec<&str> = names.map(|name| name.trim_end_matches('"')).collect();
    targets.retain(|name| *name != "hongyan-fuzz");
    targets.sort_unstable();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let found = fs::read_dir(folder).expect("the committed corpus");
    let names = found.map(|entry| entry.expect("a folder").file_name());
    let mut folders: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    folders.sort_unstable();
    assert_eq!(targets, folders);
    let replays =
        concat!(include_str!("fuzz_corpus.rs"), include_str!("../server/tests/fuzz_corpus.rs"));
    for target in targets {
        assert!(replays.contains(&format!("replay(\"{target}\"")), "{target} is not replayed");
    }
}
