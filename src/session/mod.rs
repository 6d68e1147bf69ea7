//! The sans-IO engine.
pub mod io;
