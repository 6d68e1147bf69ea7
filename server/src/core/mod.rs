//! The rules that need no connection.
pub mod ask;
