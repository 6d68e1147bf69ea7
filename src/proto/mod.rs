//! The protobuf messages of RMTP as prost structs: `rmtp.proto`, compiled.
//!
//! `tests/proto_is_current.rs` compiles it again and compares; run it with `HONGYAN_BLESS=1` to
//! write the file anew. The messages that travel most are read and written without these structs
//! by [`signal`](crate::signal).

// The generated part. `include!` keeps the formatter's hands off it.
#![allow(missing_docs, clippy::all)]

include!("rmtp.rs");
