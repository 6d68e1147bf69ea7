//! One connection's state machine: bytes and notices in; bytes, asks and the end out. No socket,
//! no clock, no runtime: `net::bridge` drives it with all three, the simulation with none.
//!
//! ```text
//!   bytes ─▶ wire ─▶ signal ─▶ Connection ─▶ Ask ──▶ core::serve
//!                                 │  ▲               │
//!   bytes ◀─ wire ◀─ signal ◀─────┘  └── Told, Notice┘
//!
//!   Greeting ── head of the inbox ─▶ Open ── kicked ─────▶ Closing ─▶ Ended
//!      │                              │ ╰── shutdown ───▶ Draining ─▶ Ended
//!      ╰── store failed ─▶ Closing    ╰── bad frame, silence, replaced, queue full ─▶ Ended
//! ```
//!
//! The driver feeds one [`Input`], then drains [`Connection::poll_ask`] to empty, and
//! [`Connection::poll_transmit`] as far as the socket takes frames, and wakes the connection at
//! [`Connection::poll_timeout`]. Asks to [send](crate::core::ask::Ask::Send) must reach the store in
//! the order in which they were polled; the answers may come in any order.

mod answer;
mod asked;
mod chatrooms;
mod connection;
mod extended;
mod inbox;
mod io;
mod legacy;
mod notice;
mod pings;
mod publish;
mod query;
mod queue;
#[cfg(test)]
mod tests;

pub use connection::Connection;
pub use io::{ClientInfo, EndReason, Input, LoginRefusal, Transmit};
pub use queue::{MAX_QUEUED_BYTES, MAX_QUEUED_FRAMES};
