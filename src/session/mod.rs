//! The sans-IO engine: what a client does, without a clock, a socket, a page or chance of its own.
//!
//! Its methods are of four kinds:
//!
//! * [`handle`](engine::Engine::handle) takes in one fact: what the page wants, what the network,
//!   the storage or the browser did, that time has passed. Any input is legal in any state.
//! * `poll_*` give out what the caller must now do. After **every** `handle`, drain them to empty
//!   in this order: [`poll_store`](engine::Engine::poll_store) (an outbox entry is kept before its
//!   frame leaves), [`poll_transmit`](engine::Engine::poll_transmit),
//!   [`poll_event`](engine::Engine::poll_event); then wait until
//!   [`poll_timeout`](engine::Engine::poll_timeout) at the latest.
//! * After the page's listeners have returned from [`Event::Messages`](io::Event::Messages), feed
//!   [`Input::HandedOver`](io::Input::HandedOver): only that moves the stored cursor.
//! * Getters look and change nothing. An event is told after the state it speaks of can be read.
//!
//! At start: [`Input::RestoredApp`](io::Input::RestoredApp) and
//! [`Input::WallClock`](io::Input::WallClock). Whenever a timer was late (and on waking, becoming
//! visible or online), feed [`Input::Timeout`](io::Input::Timeout) before anything else.
//!
//! ```text
//!  Command ─▶ connection ── account, token, navigators, navigation,      (which server, when)
//!                           route, link, blame, backoff, kicks, ending, waking, login
//!                           fallback, upgrade, ways                      (by what kind of link)
//!             sending ───── outbox, volatile, done, pacing, patience    (what leaves)
//!             settling, giving_up                                    (how sends end)
//!             listing ───── conversation/                                (what the list says)
//!             reporting ─── conversation/                                (what was read, removed)
//!  Received ─▶ incoming ─▶ wire ─▶ signal ─▶ connection | receiving | settling | …
//!             receiving ─── inbox, cursor, catch_up, hand_over           (what is delivered)
//!  RestoredUser ─▶ user_state ── profile                                 (whose state it is)
//!             chatrooms ─── catch_up                                 (which rooms one is in)
//!  Timeout ─▶ timers ─▶ all of them; heartbeat                           (what is late)
//! ```
//!
//! The same seed and inputs give the same outputs, byte for byte.

mod account;
mod asking;
mod backoff;
mod blame;
mod catch_up;
mod chatrooms;
mod clock;
pub mod config;
mod connection;
mod context;
mod crossing;
mod cursor;
mod dial;
mod done;
mod ending;
pub mod engine;
mod fallback;
mod giving_up;
mod hand_over;
mod heartbeat;
mod hosts;
mod inbox;
mod incoming;
pub mod io;
mod kicks;
mod link;
mod listing;
mod login;
mod navigation;
mod navigators;
mod notices;
mod outbox;
mod outbox_calls;
mod outbox_entry;
mod outgoing_text;
mod pacing;
mod patience;
mod profile;
mod receiving;
mod recent;
mod reporting;
mod requests;
mod route;
mod sending;
mod settings;
mod settling;
mod sync_copies;
mod timers;
mod token;
mod upgrade;
mod user_state;
mod volatile;
mod waking;
mod ways;
mod wire_ids;

pub use config::Config;
pub use engine::Engine;

#[cfg(test)]
mod tests;
