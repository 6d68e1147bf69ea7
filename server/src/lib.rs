//! The Hongyan server as a library: everything `main.rs` starts, and what the simulation drives.
