//! The engine against a scripted peer on virtual time.
