//! What only a browser can do: sockets, HTTP, one timer, clocks, storage, locks.
//!
//! `host::Host` is the loop between all of these and the engine. Everything here that lasts is a
//! value whose drop undoes it: nothing is leaked by a reconnect. What is mostly listening and asking
//! is a small module of JS beside its Rust.

pub mod clock;

#[cfg(target_arch = "wasm32")]
mod few;
#[cfg(target_arch = "wasm32")]
mod global;
#[cfg(any(target_arch = "wasm32", test))]
mod heap;
#[cfg(target_arch = "wasm32")]
pub mod host;
#[cfg(target_arch = "wasm32")]
mod http;
#[cfg(target_arch = "wasm32")]
mod io;
#[cfg(target_arch = "wasm32")]
pub mod local_storage;
#[cfg(target_arch = "wasm32")]
pub mod locks;
#[cfg(target_arch = "wasm32")]
pub mod network;
#[cfg(target_arch = "wasm32")]
mod timers;
#[cfg(target_arch = "wasm32")]
mod websocket;
