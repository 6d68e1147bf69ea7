//! The engine against a scripted peer on virtual time.

mod connecting;
mod fuzz;
mod listing;
mod receiving;
mod sending;
mod waking;
mod world;
