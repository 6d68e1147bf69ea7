//! The rules that need no connection.

pub mod announce;
pub mod ask;
pub mod clock;
mod command;
pub mod discussions;
pub mod hub;
pub mod limits;
pub mod outside;
pub mod rate;
mod receipts;
pub mod send;
pub mod serve;
pub mod signature;
#[cfg(test)]
mod testing;
pub mod token;
