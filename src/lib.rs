//! Hongyan: the core of an instant-messaging SDK for the web.
//!
//! ```text
//! in:  bytes ─▶ wire ─▶ Frame ─▶ signal ─▶ Signal ─▶ session ─▶ conversation ─▶ Event ─▶ JS
//! out: JS ─▶ Command ─▶ session (outbox, requests) ─▶ signal ─▶ Frame ─▶ wire ─▶ bytes
//! ```
//!
//! Everything but `browser` and `bindings` (wasm32 only) is pure: no clock, no randomness, no JS,
//! no `async`. Four words, each in one sense: a **frame** is one unit of the wire, fields as the
//! wire has them; a **signal** is what a frame means; an **event** is what changed for the SDK's
//! user, past tense; a **command** is what that user asked for. A **link** is one socket or one
//! polling session; a **session** outlives many links.
//!
//! Layers import downward only (`tests/layering.rs` enforces it). The server uses `wire`, `proto`,
//! `signal` and the shared words, and builds without the `client` feature.

pub mod error;
pub mod ids;
pub mod ops;
pub mod proto;
#[cfg(feature = "client")]
pub mod queue;
pub mod rng;
pub mod signal;
#[cfg(any(feature = "client", feature = "archive"))]
pub mod sorted;
pub mod text;
pub mod time;
pub mod wire;

#[cfg(any(feature = "archive", test))]
pub mod archive;
#[cfg(feature = "client")]
pub mod conversation;
#[cfg(feature = "client")]
pub mod session;
#[cfg(feature = "client")]
pub mod storage;

#[cfg(any(feature = "client", feature = "archive"))]
pub mod bindings;
#[cfg(any(feature = "client", feature = "archive"))]
pub mod browser;
