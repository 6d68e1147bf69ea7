//! What the user sees: conversations, their order, their unread counts.
//!
//! ```text
//!  received, sent elsewhere ─▶ apply ─┐
//!  the page's own send ─▶ echo, sent ─┼─▶ rows ─▶ list (newest first), changed, to_store
//!  the server's list ──────▶ merge  ──┘
//! ```
//!
//! Nothing here keeps a frame alive for long: what stays is copied out of it when it is told.

pub mod fields;
mod latest;
mod merging;
mod row;
mod snapshot;
mod unread;

use bytes::Bytes;
use bytestring::ByteString;

use crate::ids::{ConversationId, ConversationKind, MessageUid, UserId};
use crate::signal::settings::{Setting, Settings};
use crate::signal::{Message, MessageDirection, Outgoing};
use crate::sorted::{SortedMap, SortedSet, sort};
use crate::time::UnixMillis;
pub use latest::Latest;
pub use merging::ServerRow;
use row::Row;
pub use snapshot::{KEY_PREFIX, id_of, key_of};

/// So many conversations are kept; beyond, the oldest leave.
const MAX_ROWS: usize = 10_000;
/// So many read marks wait for the first message of their conversation.
const MAX_EARLY: usize = 256;

/// One row of the conversation list, owned: nothing in it keeps a frame alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Which one.
    pub id: ConversationId,
    /// Its newest counted message.
    pub latest: Option<Latest>,
    /// Received counted messages that were not read.
    pub unread: u32,
    /// How many of them mention the user.
    pub mentions: u32,
    /// Time of the newest message, or of the draft where there is none.
    pub time: UnixMillis,
    /// Up to when the other side has read (private conversations); 0 if that is not known.
    pub peer_read: UnixMillis,
    /// What the user set, the same on all devices.
    pub settings: Settings,
    /// What the user began to write here, on this device; empty for nothing.
    pub draft: String,
}

/// What stands in the place of a message that was taken back; nothing of it keeps a frame alive.
#[derive(Clone, Debug)]
pub struct RecallNotice {
    /// The message's name.
    pub uid: MessageUid,
    /// The message's time.
    pub time: UnixMillis,
    /// The recall's number in the inbox; 0 without one.
    pub seq: u64,
    /// The class that the message has from now on.
    pub object_name: ByteString,
    /// Its JSON text from now on.
    pub content: Bytes,
}

/// A chatroom is left as it was entered: none is in the list.
fn is_room(id: &ConversationId) -> bool {
    id.kind == ConversationKind::Chatroom
}

/// All conversations of one user.
#[derive(Debug, Default)]
pub struct Conversations {
    /// Each in a place of its own: adding one moves those behind it.
    rows: SortedMap<ConversationId, Box<Row>>,
    changed: SortedSet<ConversationId>,
    removed: SortedSet<ConversationId>,
    to_store: SortedSet<ConversationId>,
    /// What the user set, also of conversations that are not in the list.
    settings: SortedMap<ConversationId, Settings>,
    /// Up to when conversations are read that are not in the list yet: by the user on another
    /// device, and by the other side.
    early_reads: SortedMap<ConversationId, (UnixMillis, UnixMillis)>,
    in_doubt: bool,
}

impl Conversations {
    /// One conversation.
    pub fn get(&self, id: &ConversationId) -> Option<&Conversation> {
        self.rows.get(id).map(|row| row.shown())
    }

    /// The time of the newest message of a conversation that the server knows, if one is known here.
    pub fn newest(&self, id: &ConversationId) -> Option<UnixMillis> {
        Some(self.rows.get(id)?.confirmed()?.sent_time)
    }

    /// The conversations of these kinds (all if none are named), those on top first, then the newest,
    /// at most `count`. `hidden`: those that the user hid, too.
    pub fn list(
        &self,
        kinds: &[ConversationKind],
        count: Option<u32>,
        hidden: bool,
    ) -> Vec<Conversation> {
        let wanted = |row: &&Conversation| {
            (kinds.is_empty() || kinds.contains(&row.id.kind)) && (hidden || !row.settings.hidden)
        };
        let mut found: Vec<&Conversation> =
            self.rows.values().map(|row| row.shown()).filter(wanted).collect();
        sort(&mut found, |a, b| {
            let pinned = b.settings.pinned.cmp(&a.settings.pinned);
            pinned.then_with(|| b.time.cmp(&a.time)).then_with(|| a.id.cmp(&b.id))
        });
        let count = count.map_or(usize::MAX, |count| count as usize);
        found.into_iter().take(count).cloned().collect()
    }

    /// Conversations with unread messages.
    pub fn unread(&self) -> Vec<ConversationId> {
        let unread = self.rows.iter().filter(|(_, row)| row.shown().unread > 0);
        unread.map(|(id, _)| id.clone()).collect()
    }

    /// A message came, or this user sent one elsewhere. Only counted ones show in the list.
    /// `adds_unread`: the message is not among those that the list's counts include already.
    pub fn apply(&mut self, message: &Message, adds_unread: bool) {
        if !message.flags.counted || is_room(&message.conversation) {
            return;
        }
        let unread = adds_unread && message.direction == MessageDirection::Received;
        let row = self.row(&message.conversation);
        let (numbered, mentions) = (message.inbox_seq.is_some(), message.flags.mentioned);
        row.received(Latest::of(message), unread, numbered, mentions);
        // Once for all of its messages in a page.
        if !core::mem::replace(&mut row.noted, true) {
            self.note(message.conversation.detached());
        }
    }

    /// A message was taken back: `notice` stands in its place. `was_unread`: it was received and is
    /// not among those that the list's counts leave out.
    pub fn recall(&mut self, id: &ConversationId, notice: &RecallNotice, was_unread: bool) {
        self.change(id, &mut |row| row.recall(notice, was_unread));
    }

    /// The user has read `id` up to `time`. `told`: the server knows. Returns whether there is such
    /// a conversation.
    pub fn read(&mut self, id: &ConversationId, time: UnixMillis, told: bool) -> bool {
        let known = self.change(id, &mut |row| row.read_until(time, told));
        if !known && told {
            self.read_early(id, (time, UnixMillis::ZERO));
        }
        known
    }

    /// Whether something was read or taken back since the last call, and only the server can say how
    /// many unread messages remain.
    pub fn take_doubt(&mut self) -> bool {
        core::mem::take(&mut self.in_doubt)
    }

    /// The other side has read `id` up to `time`.
    pub fn peer_read(&mut self, id: &ConversationId, time: UnixMillis) {
        if !self.change(id, &mut |row| row.peer_read(time)) {
            self.read_early(id, (UnixMillis::ZERO, time));
        }
    }

    /// What is read before the first message is here holds once it is.
    fn read_early(&mut self, id: &ConversationId, (own, peer): (UnixMillis, UnixMillis)) {
        if self.early_reads.len() < MAX_EARLY || self.early_reads.contains_key(id) {
            let none = || (id.detached(), Default::default());
            let known = self.early_reads.get_or_insert_with(id, none);
            *known = (own.max(known.0), peer.max(known.1));
        }
    }

    /// The user has begun to write something; nothing any more if `text` is empty. A conversation
    /// that is not in the list yet comes into it, with the time `now`.
    pub fn set_draft(&mut self, id: &ConversationId, text: String, now: UnixMillis) {
        if !text.is_empty() || self.rows.contains_key(id) {
            if self.row(id).set_draft(text, now) {
                self.note(id.clone());
            } else {
                self.remove(id);
            }
        }
    }

    /// The user set something, here or elsewhere.
    pub fn set(&mut self, id: &ConversationId, setting: Setting, on: bool) {
        let settings = self.settings.get_or_insert_with(id, || (id.clone(), Settings::default()));
        settings.set(setting, on);
        let settings = *settings;
        self.change(id, &mut |row| row.set(settings));
    }

    /// Everything that was set is told anew.
    pub fn forget_settings(&mut self) {
        self.settings.clear();
        for id in self.rows.keys().cloned().collect::<Vec<_>>() {
            self.change(&id, &mut |row| row.set(Settings::default()));
        }
    }

    /// Changes a conversation if it is in the list; `change` says whether anything did.
    fn change(&mut self, id: &ConversationId, change: &mut dyn FnMut(&mut Row) -> bool) -> bool {
        let Some(row) = self.rows.get_mut(id) else { return false };
        let news = change(row);
        self.in_doubt |= core::mem::take(&mut row.in_doubt);
        if news {
            self.note(id.detached());
        }
        true
    }

    /// This user sends a message: it shows at once, after everything known.
    pub fn echo(&mut self, message: &Outgoing, sender: &UserId, at: UnixMillis) {
        if !message.flags.counted || is_room(&message.conversation) {
            return;
        }
        let id = message.conversation.detached();
        self.row(&id).echo(Latest::own(message, sender, &MessageUid::default(), at));
        self.note(id);
    }

    /// The server stored what this user sent: its time and name take the place of the guess.
    pub fn sent(&mut self, message: &Outgoing, sender: &UserId, uid: &MessageUid, at: UnixMillis) {
        if message.flags.counted
            && let Some(row) = self.rows.get_mut(&message.conversation)
        {
            row.sent(Latest::own(message, sender, uid, at));
            self.note(message.conversation.clone());
        }
    }

    /// A send failed: it goes on standing for its conversation until a later message comes.
    pub fn fail(&mut self, message: &Outgoing) {
        if let Some(row) = self.rows.get_mut(&message.conversation) {
            row.fail(message.client_id);
        }
    }

    /// This user took a send back. Returns whether it stood for its conversation.
    pub fn unsend(&mut self, message: &Outgoing) -> bool {
        let row = self.rows.get_mut(&message.conversation);
        let stood = row.is_some_and(|row| row.unsend(message.client_id));
        if stood {
            self.note(message.conversation.clone());
        }
        stood
    }

    /// Sets an unread count. With 0 the conversation is read up to its newest message. Returns
    /// whether there is such a conversation.
    pub fn set_unread(&mut self, id: &ConversationId, count: u32) -> bool {
        self.change(id, &mut |row| row.set_unread(count))
    }

    /// The conversations whose read time the server does not know yet, with that time.
    pub fn unreported_reads(&self) -> Vec<(ConversationId, UnixMillis)> {
        let rows = self.rows.iter();
        rows.filter_map(|(id, row)| Some((id.clone(), row.unreported_read()?))).collect()
    }

    /// The server knows now that `id` is read up to `time`.
    pub fn read_reported(&mut self, id: &ConversationId, time: UnixMillis) {
        if let Some(row) = self.rows.get_mut(id)
            && row.read_reported(time)
        {
            self.to_store.insert(id.clone());
        }
    }

    /// Takes a conversation out of the list. Returns whether it was there.
    pub fn remove(&mut self, id: &ConversationId) -> bool {
        let known = self.rows.remove(id).is_some();
        if known {
            self.changed.remove(id);
            self.to_store.insert(id.clone());
            self.removed.insert(id.clone());
        }
        known
    }

    /// Reads what storage held under a key that begins with [`KEY_PREFIX`]. `None`: it is damaged.
    /// What the user began to write before storage was heard takes the place of what it held.
    pub fn restore(&mut self, key: &str, value: &str) -> Option<()> {
        let id = id_of(KEY_PREFIX, key)?;
        let mut row = snapshot::read(id.clone(), value)?;
        if let Some(settings) = self.settings.get(&id) {
            row.set(*settings);
        }
        if let Some(early) = self.rows.get_mut(&id) {
            row.take_draft(early);
        }
        self.changed.insert(id.clone());
        self.rows.insert(id, Box::new(row));
        Some(())
    }

    /// Which conversations changed since the last call, in no particular order. Until then their
    /// newest messages are parts of the frames in which they came.
    pub fn take_changed(&mut self) -> Vec<ConversationId> {
        self.detach_noted();
        core::mem::take(&mut self.changed).into_iter().collect()
    }

    /// Which conversations left since the last call.
    pub fn take_removed(&mut self) -> Vec<ConversationId> {
        core::mem::take(&mut self.removed).into_iter().collect()
    }

    /// What storage shall hold now: by key the value, or `None` for nothing. One key a
    /// conversation, so that a message costs the same however many there are.
    pub fn take_to_store(&mut self) -> Vec<(String, Option<String>)> {
        self.detach_noted();
        let ids = core::mem::take(&mut self.to_store).into_iter();
        ids.map(|id| (key_of(KEY_PREFIX, &id), self.rows.get(&id).map(|row| snapshot::write(row))))
            .collect()
    }

    fn detach_noted(&mut self) {
        for id in &self.changed {
            if let Some(row) = self.rows.get_mut(id).filter(|row| row.noted) {
                row.noted = false;
                row.detach();
            }
        }
    }

    fn row(&mut self, id: &ConversationId) -> &mut Row {
        if self.rows.len() >= MAX_ROWS && !self.rows.contains_key(id) {
            let oldest = self.rows.iter().min_by_key(|(_, row)| row.shown().time);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                self.remove(&oldest);
            }
        }
        self.removed.remove(id);
        let (settings, early) = (&self.settings, &mut self.early_reads);
        self.rows.get_or_insert_with(id, || {
            let mut row = Row::new(id.detached());
            row.set(settings.get(id).copied().unwrap_or_default());
            if let Some((own, peer)) = early.remove(id) {
                row.read_until(own, true);
                row.peer_read(peer);
            }
            (id.detached(), Box::new(row))
        })
    }

    fn note(&mut self, id: ConversationId) {
        self.to_store.insert(id.clone());
        self.changed.insert(id);
    }
}

#[cfg(test)]
mod change_tests;
#[cfg(test)]
mod tests;
