//! Every message this browser has seen: kept in rows, paged by time, found by its words.
//!
//! ```text
//! page ─▶ bindings/archive ─Operation─▶ Keeper ─▶ writing, reading, search ─▶ Table ─▶ IndexedDB
//!                                          │ opens again, makes room,           │         or memory
//!                                          └ falls back to memory               └ rows, indexes, one
//!                                                                                 transaction at a time
//! ```
//!
//! A module of its own (feature `archive`), loaded when it is first used: the core does not grow
//! by it. What must hold is in the [`Operation`]s, written once over [`Table`]; a table only finds,
//! keeps and deletes rows. The archive is a cache of what the server has, except for
//! messages that were never sent: it may lose the oldest rows, never the page's session.
//!
//! Order is (sent time, tie) everywhere: the tie is the message's uid, and for a message that has
//! none a text that stands behind every uid, so that local messages come after what is known.

mod contents;
mod eviction;
mod keeper;
mod letters;
mod memory;
mod operation;
mod query;
mod ranking;
mod reading;
mod row;
mod search;
mod table;
mod tokens;
mod writing;

#[doc(hidden)]
pub mod conformance;
#[cfg(test)]
mod tests;

pub use eviction::DEFAULT_MAX_MESSAGES;
pub use keeper::{Backing, Keeper, Notice, Opener, Settings};
pub use memory::{MEMORY_MESSAGES, MemoryTable};
pub use operation::{Name, Operation, Outcome};
pub use query::Highlight;
pub use reading::Page;
pub use row::{Patch, Place, Point, Row, bits};
pub use search::{ConversationHit, Cursor, Found, Hit, Search};
pub use table::{Answer, Fault, Find, Mode, Span, Table, Terms};
pub use writing::{Kept, Mark};
