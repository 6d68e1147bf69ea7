//! Bodies that a client reads.
#![no_main]

#[path = "../judge/mod.rs"]
mod judge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    judge::body_s2c(bytes);
});
