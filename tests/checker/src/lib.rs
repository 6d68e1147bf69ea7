//! The one judge of "nothing lost, doubled or out of order": of the simulation, of the soak and
//! chaos runs, and of tests in real browsers. It knows neither the SDK nor the server; it is told
//! what was sent, acknowledged and shown, and counts.
//!
//! ```text
//!   sent, acked, refused ─┐
//!   watch, replaced, room ┼─▶ Checker ─▶ Verdict: messages=N lost=0 doubled=0 reordered=0 phantom=0
//!   shown ────────────────┘
//! ```
//!
//! In Rust by [`Checker`]'s methods; from anywhere else as one [`Record`] a line of JSON, read by
//! the program of this package.

mod chatroom;
mod checker;
mod key;
mod record;
mod verdict;

pub use checker::Checker;
pub use key::{Key, View};
pub use record::{BadRecord, Record, read};
pub use verdict::{Finding, Verdict};
