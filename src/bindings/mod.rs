//! The way between JS values and the engine's commands and events.
//!
//! `client::Core` is the class that `index.js` drives: commands go in as texts and numbers,
//! events come out through the methods of one JS object (`page::Page`). Messages take the short
//! way of [`pack`]: one row of numbers per message and three texts for all of them, read by
//! `messages.js`.
//!
//! `archive::ArchiveCore` is the class of the other module, the message archive.

#[cfg(all(target_arch = "wasm32", feature = "archive"))]
pub mod archive;
#[cfg(feature = "client")]
pub mod pack;

#[cfg(all(target_arch = "wasm32", feature = "client"))]
pub mod client;
#[cfg(all(any(test, target_arch = "wasm32"), feature = "client"))]
mod decimal;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
mod error;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
mod events;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
pub mod page;
