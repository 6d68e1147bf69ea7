//! The conversation lists.

use std::collections::BTreeMap;
use std::future::{Future, ready};

use hongyan::ids::{ConversationId, UserId};
use hongyan::time::UnixMillis;

use super::super::conversation::key;
use super::super::{
    ConversationLists, ConversationQuery, ConversationRow, InboxRow, PINNED, StoreError,
};
use super::{Kept, MemoryStore};

/// What a user has of one conversation.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// The newest counted row; `None` while it is out of the list.
    pub(super) latest: Option<Latest>,
    /// The rows that count as unread until they are read: their times.
    pub(super) counting: BTreeMap<UnixMillis, Counting>,
    pub(super) read_time: UnixMillis,
    peer_read: UnixMillis,
    /// Up to here everything is deleted.
    pub(super) cleared_time: UnixMillis,
}

/// A row that counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counting {
    /// Index into `Kept::messages`.
    pub(super) message: usize,
    pub(super) mentioned: bool,
}

/// The row that the list shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latest {
    /// Index into `Kept::messages`.
    pub(super) message: usize,
    /// Its number in the inbox; 0 for a row that never was there.
    pub(super) seq: u64,
}

impl ConversationLists for MemoryStore {
    fn conversations(
        &self,
        user: &UserId,
        query: ConversationQuery,
    ) -> impl Future<Output = Result<(Vec<ConversationRow>, u64), StoreError>> + Send {
        let kept = self.kept();
        ready(Ok((kept.conversations(user, &query), kept.head(user).seq)))
    }

    fn remove_conversation(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        until: UnixMillis,
    ) -> impl Future<Output = Result<Option<UnixMillis>, StoreError>> + Send {
        ready(Ok(self.kept().unlist(user, conversation, until)))
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
        ready(Ok(entry.is_some_and(|entry| entry.read(time.min(newest)))))
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
    fn unlist(
        &mut self,
        user: &UserId,
        conversation: &ConversationId,
        until: UnixMillis,
    ) -> Option<UnixMillis> {
        let latest = self.entry(user, conversation)?.latest?;
        let time = self.message(latest.message)?.sent_time;
        if time > until {
            return None;
        }
        self.entry(user, conversation)?.latest = None;
        Some(time)
    }

    /// What the user has of a conversation in which anything was ever stored.
    pub(super) fn entry(
        &mut self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Option<&mut Entry> {
        let key = key(user, conversation);
        if !self.newest.contains_key(&key) {
            return None;
        }
        Some(self.inbox(user).entries.entry(key).or_default())
    }

    fn conversations(&self, user: &UserId, query: &ConversationQuery) -> Vec<ConversationRow> {
        let Some(inbox) = self.inboxes.get(user) else { return Vec::new() };
        let mut list: Vec<_> = inbox
            .entries
            .values()
            .filter_map(|entry| {
                let Latest { message, seq } = entry.latest?;
                let mut latest = self.message(message)?.row(user, seq);
                latest.flags.mentioned = inbox.mentions(message);
                Some(entry.row(latest))
            })
            .filter(|row| {
                query.kinds.is_empty() || query.kinds.contains(&row.latest.conversation.kind)
            })
            .collect();
        list.sort_by_key(|row| row.latest.sent_time);
        if !query.ascending {
            list.reverse();
        }
        self.cut(user, query, list)
    }

    /// The part of a sorted list that is wanted.
    fn cut(
        &self,
        user: &UserId,
        query: &ConversationQuery,
        list: Vec<ConversationRow>,
    ) -> Vec<ConversationRow> {
        let is_pinned = |row: &ConversationRow| {
            query.pinned_first
                && self.setting_of(user, &row.latest.conversation, PINNED) == Some("1")
        };
        let (pinned, mut others): (Vec<_>, Vec<_>) = list.into_iter().partition(is_pinned);
        let Some(from) = query.from else {
            others.truncate(query.count as usize);
            let pinned = pinned.into_iter().map(|row| ConversationRow { pinned: true, ..row });
            return pinned.chain(others).collect();
        };
        others.retain(|row| {
            let time = row.latest.sent_time;
            if query.ascending { time > from } else { time < from }
        });
        others.truncate(query.count as usize);
        others
    }
}

impl Entry {
    fn row(&self, latest: InboxRow) -> ConversationRow {
        ConversationRow {
            latest,
            pinned: false,
            unread: self.counting.len() as u64,
            mentions: self.counting.values().filter(|row| row.mentioned).count() as u64,
            read_time: self.read_time,
            peer_read: self.peer_read,
        }
    }

    /// Everything up to `time` is read; whether that is news.
    pub(super) fn read(&mut self, time: UnixMillis) -> bool {
        let moved = forward(&mut self.read_time, time);
        self.counting = self.counting.split_off(&self.read_time.plus(1));
        moved
    }
}
