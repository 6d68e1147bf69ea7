//! A headless client: the SDK's native engine behind a small host on real sockets, with storage that
//! outlives its pages.

mod client;
mod content;
pub mod http;
mod link;
mod page;
mod polling;
mod seat;
mod shelf;
mod stays;

pub use client::Client;
pub use seat::{Order, PageEnd, Phase, Seat, Target};
