//! What an earlier page, or anybody else, left in storage.
#![no_main]

#[path = "../judge/mod.rs"]
mod judge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    judge::stored(bytes);
});
