//! The conversation lists.

use std::future::{Future, ready};

use hongyan::ids::{ConversationId, UserId};
use hongyan::time::UnixMillis;

use super::super::conversation::key;
use super::super::{ConversationLists, ConversationQuery, ConversationRow, StoreError};
use super::{Kept, MemoryStore};

/// What a user has of one conversation.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// Number of the newest counted row; `None` while it is out of the list.
    pub(super) latest: Option<u64>,
    /// Times of the rows that count as unread until they are read, rising.
    pub(super) counting: Vec<UnixMillis>,
    read_time: UnixMillis,
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
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let mut kept = self.kept();
        let newest = kept.head(user).time;
        if let Some(entry) = kept.entry(user, conversation) {
            entry.read_time = entry.read_time.max(time.min(newest));
        }
        ready(Ok(()))
    }
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
            .filter_map(|entry| {
                let latest = self.row(user, entry.latest?)?;
                Some(ConversationRow { latest, unread: entry.unread(), read_time: entry.read_time })
            })
            .filter(|row| query.kind.is_none_or(|kind| row.latest.conversation.kind == kind))
            .filter(|row| query.before.is_none_or(|before| row.latest.sent_time < before))
            .collect();
        list.sort_by_key(|row| core::cmp::Reverse(row.latest.sent_time));
        list.truncate(query.count as usize);
        list
    }
}

impl Entry {
    fn unread(&self) -> u64 {
        let read = self.counting.partition_point(|time| *time <= self.read_time);
        (self.counting.len() - read) as u64
    }
}
