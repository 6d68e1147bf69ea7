//! Test kit: virtual time, bad links, a reference model and a checker.

pub mod checker;
pub mod pipe;
