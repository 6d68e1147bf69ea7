//! Real processes under faults: a real server, real sockets, real client engines, and a network
//! between them that does its worst. `docs/soak.md` says how to run it and what its last line means.

pub mod arguments;
pub mod host;
pub mod load;
pub mod proxy;
pub mod run;
