//! The fuzz targets that only a server has, without a fuzzer (`tests/fuzz`).

#[path = "../../tests/fuzz/judge_server.rs"]
mod judge;
#[path = "../../tests/fuzz/replay.rs"]
mod replay;

use replay::replay;

#[test]
fn forms_of_the_server_api() {
    let (whole, changed) = replay("server_form", judge::server_form);
    assert!(whole >= 5 && changed > 0, "{whole} {changed}");
}

#[test]
fn tokens() {
    let (whole, changed) = replay("token", judge::token);
    assert!(whole >= 2 && changed > 0, "{whole} {changed}");
}
