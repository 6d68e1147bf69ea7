//! A body of long polling.
#![no_main]

#[path = "../judge/mod.rs"]
mod judge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    judge::polling(bytes);
});
