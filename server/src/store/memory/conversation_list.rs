//! The conversation lists.

use std::future::{Future, ready};

use hongyan::ids::{ConversationId, UserId};
use hongyan::time::UnixMillis;

use super::super::conversation::key;
use super::super::{ConversationLists, ConversationQuery, ConversationRow, InboxRow, StoreError};
use super::{Kept, MemoryStore};

/// What a user has of one conversation.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// Number of the newest counted row; `None` while it is out of the list.
    pub(super) latest: Option<u64>,
    /// The rows that count as unread until they are read, in order.
    pub(super) counting: Vec<Counting>,
    read_time: UnixMillis,
    peer_read: UnixMillis,
}

/// A row that counts as unread until it is read.
#[derive(Debug)]
pub(super) struct Counting {
    pub(super) time: UnixMillis,
    pub(super) mentioned: bool,
}

impl ConversationLists for MemoryStore {
    fn conversations(
        &self,
        user: &UserId,
        query: ConversationQuery,
    ) -> impl Future<Output = Result<(Vec<ConversationRow>, u64), StoreError>> + Send {
        let kept = self.kept();
        ready(Ok((kept.conversations(user, query), kept.head(user).seq)))
    }

    fn remove_conversation(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        if let Some(entry) = self.kept().entry(user, conversation) {
            entry.latest = None;
        }
        ready(Ok(()))
    }

    fn mark_read(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        time: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let mut kept = self.kept();
        let newest = kept.head(user).time;
        let entry = kept.entry(user, conversation);
        ready(Ok(entry.is_some_and(|entry| forward(&mut entry.read_time, time.min(newest)))))
    }

    fn mark_peer_read(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        time: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let mut kept = self.kept();
        let newest = kept.newest.get(&key(user, conversation)).copied().unwrap_or_default();
        let entry = kept.entry(user, conversation);
        ready(Ok(entry.is_some_and(|entry| forward(&mut entry.peer_read, time.min(newest)))))
    }
}

/// Moves a time forward, never back; whether it moved.
fn forward(time: &mut UnixMillis, to: UnixMillis) -> bool {
    let moved = to > *time;
    *time = to.max(*time);
    moved
}

impl Kept {
    /// What the user has of a conversation in which anything was ever stored.
    fn entry(&mut self, user: &UserId, conversation: &ConversationId) -> Option<&mut Entry> {
        let key = key(user, conversation);
        if !self.newest.contains_key(&key) {
            return None;
        }
        Some(self.inbox(user).entries.entry(key).or_default())
    }

    fn conversations(&self, user: &UserId, query: ConversationQuery) -> Vec<ConversationRow> {
        let Some(inbox) = self.inboxes.get(user) else { return Vec::new() };
        let mut list: Vec<_> = inbox
            .entries
            .values()
            .filter_map(|entry| Some(entry.row(self.row(user, entry.latest?)?)))
            .filter(|row| query.kind.is_none_or(|kind| row.latest.conversation.kind == kind))
            .filter(|row| query.before.is_none_or(|before| row.latest.sent_time < before))
            .collect();
        list.sort_by_key(|row| core::cmp::Reverse(row.latest.sent_time));
        list.truncate(query.count as usize);
        list
    }
}

impl Entry {
    fn row(&self, latest: InboxRow) -> ConversationRow {
        let read = self.counting.partition_point(|row| row.time <= self.read_time);
        let unread = self.counting.get(read..).unwrap_or_default();
        ConversationRow {
            latest,
            unread: unread.len() as u64,
            mentions: unread.iter().filter(|row| row.mentioned).count() as u64,
            read_time: self.read_time,
            peer_read: self.peer_read,
        }
    }
}
