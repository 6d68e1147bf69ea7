//! What a client reads from a server.
#![no_main]

use hongyan::wire::Direction;

#[path = "../judge/mod.rs"]
mod judge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    judge::frame(bytes, Direction::ServerToClient);
});
