//! A headless client: the SDK's native engine behind a small host on real sockets, with storage that
//! outlives its pages.

mod client;
pub mod http;
mod link;
mod page;
mod polling;

pub use client::{Client, Order, PageEnd, Phase, Seat, Target};
