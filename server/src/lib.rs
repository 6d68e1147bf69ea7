//! The Hongyan server as a library: everything `main.rs` starts, and what the simulation drives.
//!
//! `gateway/` is a pure state machine per connection (bytes in, asks out, answers in, bytes out);
//! `core/` holds the rules that need no connection, and who is online; `store/` keeps messages,
//! `files/` what users upload; `net/` owns sockets and HTTP and gives no meaning to anything.

pub mod command;
pub mod config;
pub mod core;
pub mod files;
pub mod frame_tool;
pub mod gateway;
pub mod net;
pub mod store;
