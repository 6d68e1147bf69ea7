//! The rules that need no connection.

pub mod announce;
pub mod ask;
pub mod clock;
pub mod hub;
pub mod limits;
pub mod rate;
pub mod serve;
pub mod signature;
#[cfg(test)]
mod testing;
pub mod token;
