//! bindings.
