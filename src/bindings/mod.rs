//! The way between JS values and the engine's commands and events.
//!
//! `client::Core` is the class that `index.js` drives: commands go in as texts and numbers,
//! events come out through the methods of one JS object (`page::Page`). Messages take the short
//! way of [`pack`]: one row of numbers per message and three texts for all of them, read by
//! `messages.js`.

pub mod pack;

#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(any(test, target_arch = "wasm32"))]
mod decimal;
#[cfg(target_arch = "wasm32")]
mod error;
#[cfg(target_arch = "wasm32")]
mod events;
#[cfg(target_arch = "wasm32")]
pub mod page;
