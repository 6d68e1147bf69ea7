//! The rules that need no connection.

pub mod accounts;
pub mod announce;
pub mod api_signature;
pub mod ask;
mod blacklist;
pub mod call_key;
pub mod call_rooms;
mod calls;
pub mod chatrooms;
pub mod clock;
mod command;
pub mod desk;
pub mod discussions;
mod elsewhere;
mod history;
pub mod hub;
pub mod limits;
pub mod outside;
mod people;
mod platform;
pub mod presence;
pub mod rate;
mod receipts;
pub mod retention;
pub mod robot;
mod rules;
pub mod send;
pub mod serve;
pub mod services;
pub mod settings;
pub mod signature;
#[cfg(test)]
mod testing;
pub mod token;
pub mod upload;
mod words;
