//! The engine against a scripted peer on virtual time.

mod asking;
mod chaos;
mod chatrooms;
mod closing;
mod connecting;
mod fallback;
mod fixtures;
mod fuzz;
mod listing;
mod notices;
mod outbox;
mod peace;
mod receiving;
mod reconnecting;
mod sending;
mod tokens;
mod waking;
mod world;
