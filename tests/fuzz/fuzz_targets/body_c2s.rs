//! Bodies that a server reads.
#![no_main]

#[path = "../judge/mod.rs"]
mod judge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    judge::body_c2s(bytes);
});
