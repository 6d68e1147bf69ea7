//! Sockets and HTTP: one port for everything. Nothing here gives a meaning to a frame.

mod accounts;
mod address;
mod agents;
mod app;
mod bridge;
mod calls;
mod chatrooms;
mod clock;
mod credentials;
mod demo;
mod desk;
mod download;
mod group_notice;
mod http;
mod listener;
mod long_poll;
mod navigation;
mod outlet;
mod passwords;
mod rest;
mod retention;
mod slow_body;
mod statics;
mod unread;
mod upload;
mod upload_form;
mod webhook;
mod websocket;

pub use app::App;
pub use clock::Clock;
pub use credentials::Credentials;
pub use http::Parameters;
pub use listener::{Shutdown, serve};
