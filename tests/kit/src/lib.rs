//! Test kit: real client engines and a real server on one virtual clock, with everything that can go
//! wrong between them; a reference model of what users may expect, and a judge.
//!
//! ```text
//!   plan ─▶ world ─┬─ client (engine, page, disk) ─ socket (two pipes) ─ server (connections, core)
//!                  ├─ navigators, time, chance                                         │
//!                  └─ model, checker ◀── what was sent, told, shown        durable ◀───┘
//! ```
//!
//! No real time, no hash order: the same plan gives the same run, byte for byte.

pub mod act;
pub mod agenda;
mod agreement;
mod asking;
pub mod client;
pub mod commands;
pub mod content;
pub mod deletions;
pub mod disk;
pub mod durable;
pub mod generate;
pub mod happening;
pub mod judge;
mod listeners;
pub mod model;
mod outside;
pub mod pipe;
pub mod plan;
pub mod rooms;
pub mod server;
pub mod socket;
pub mod trace;
pub mod world;

pub use hongyan_checker as checker;
