//! Contents of messages, as far as the core reads them.
#![no_main]

#[path = "../judge/mod.rs"]
mod judge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    judge::content(bytes);
});
