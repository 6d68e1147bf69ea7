//! `src/proto/rmtp.rs` is what `src/proto/rmtp.proto` compiles to.
#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;
use std::{env, fs};

fn compiled() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/proto");
    let files = protox::compile([folder.join("rmtp.proto")], [&folder]).expect("a proto file");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("proto");
    fs::create_dir_all(&out).expect("a folder");
    prost_build::Config::new()
        .bytes(["."])
        .disable_comments(["."])
        .out_dir(&out)
        .compile_fds(files)
        .expect("a Rust file");
    fs::read_to_string(out.join("rmtp.rs")).expect("the Rust file")
}

#[test]
fn the_rust_file_is_what_the_proto_file_compiles_to() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/proto/rmtp.rs");
    let compiled = compiled();
    if env::var_os("HONGYAN_BLESS").is_some() {
        fs::write(&kept, &compiled).unwrap();
    }
    let kept = fs::read_to_string(kept).unwrap();
    assert!(kept == compiled, "rmtp.rs is stale: run this test with HONGYAN_BLESS=1");
}
