//! A login's token.
#![no_main]

#[path = "../judge_server.rs"]
mod judge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    judge::token(bytes);
});
