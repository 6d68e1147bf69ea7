//! What only a browser can do: sockets, HTTP, one timer, clocks, storage, locks, and the archive's
//! database.
//!
//! `host::Host` is the loop between all of these and the engine. Everything here that lasts is a
//! value whose drop undoes it: nothing is leaked by a reconnect. What is mostly listening and asking
//! is a small module of JS beside its Rust.

#[cfg(feature = "client")]
pub mod clock;

#[cfg(all(target_arch = "wasm32", feature = "client"))]
mod few;
#[cfg(target_arch = "wasm32")]
mod global;
#[cfg(any(target_arch = "wasm32", test))]
mod heap;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
pub mod host;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
mod http;
#[cfg(all(target_arch = "wasm32", feature = "archive"))]
pub mod indexed_db;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
mod io;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
mod link;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
pub mod local_storage;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
pub mod locks;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
pub mod network;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
mod timers;
#[cfg(all(target_arch = "wasm32", feature = "archive"))]
pub(crate) mod values;
