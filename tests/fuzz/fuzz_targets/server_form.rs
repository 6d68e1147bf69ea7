//! A form of the server API.
#![no_main]

#[path = "../judge_server.rs"]
mod judge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    judge::server_form(bytes);
});
