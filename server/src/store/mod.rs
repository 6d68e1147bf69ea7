//! What is kept, and the promise that it is: the [`Store`] trait, one trait per concern.
//!
//! Order is commit order. Every message has one `sent_time`, strictly greater than every earlier
//! one in its conversation and in every inbox it enters; every inbox row has a gapless number.
//! Both are given inside the committing transaction, so no reader can step over a hole.
//!
//! A concern has a file of its name here (its trait and what it speaks of), in `memory/`, in
//! `sqlite/` and in `conformance/`.

#[cfg(test)]
mod conformance;
mod conversation;
mod conversation_list;
mod inbox;
pub mod memory;
mod profiles;
pub mod sqlite;
mod uid;

pub use conversation::{seen_by, to_oneself};
pub use conversation_list::{ConversationLists, ConversationQuery, ConversationRow};
pub use inbox::{Head, InboxRow, Inboxes, NewMessage, Page, PullFrom, Stored};
pub use profiles::{Profile, Profiles};

/// Why the store could not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The same (sender, client id) with another target, class or content: 26007.
    ClientIdReused,
    /// The database failed; nothing was stored. The text is for the log.
    Failed(String),
}

/// What every back end does. All of them pass `conformance` (`store/conformance.rs`).
pub trait Store: Inboxes + ConversationLists + Profiles {
    /// The text that changes when the store was restored from a backup.
    fn epoch(&self) -> &str;
}
