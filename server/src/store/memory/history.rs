//! Histories.

use std::collections::BTreeSet;
use std::collections::btree_map::Entry::Vacant;
use std::future::{Future, ready};
use std::ops::Bound::{Excluded, Unbounded};

use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::time::UnixMillis;

use super::super::conversation::key;
use super::super::{
    Deletion, Histories, HistoryDirection, HistoryFrom, HistoryPage, HistoryQuery, ImportedMessage,
    StoreError,
};
use super::conversation_list::Latest;
use super::inbox::Message;
use super::{Kept, MemoryStore};

impl Histories for MemoryStore {
    fn history(
        &self,
        user: &UserId,
        query: HistoryQuery,
    ) -> impl Future<Output = Result<HistoryPage, StoreError>> + Send {
        ready(Ok(self.kept().history(user, &query)))
    }

    fn undeleted(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        uids: &[MessageUid],
    ) -> impl Future<Output = Result<Vec<MessageUid>, StoreError>> + Send {
        let kept = self.kept();
        let there = kept.known(user, conversation, uids).into_iter();
        let there = there.filter(|index| !kept.is_deleted(user, *index));
        let uids = there.filter_map(|index| Some(kept.message(index)?.uid.clone())).collect();
        ready(Ok(uids))
    }

    fn uncleared(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        until: UnixMillis,
    ) -> impl Future<Output = Result<Option<UnixMillis>, StoreError>> + Send {
        let (kept, key) = (self.kept(), key(user, conversation));
        let entry = kept.inboxes.get(user).and_then(|inbox| inbox.entries.get(&key));
        let cleared = entry.map_or(UnixMillis::ZERO, |entry| entry.cleared_time);
        let newest = kept.newest.get(&key).map(|newest| until.min(*newest));
        ready(Ok(newest.filter(|until| *until > cleared)))
    }

    fn import(
        &self,
        messages: Vec<ImportedMessage>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let mut kept = self.kept();
        messages.into_iter().for_each(|message| kept.import(message));
        ready(Ok(()))
    }
}

impl Kept {
    fn history(&self, user: &UserId, query: &HistoryQuery) -> HistoryPage {
        let key = key(user, &query.conversation);
        let Some(history) = self.histories.get(&key) else { return HistoryPage::default() };
        let older = query.direction == HistoryDirection::Older;
        let beyond = match &query.from {
            HistoryFrom::End => Unbounded,
            HistoryFrom::Time(time) if older => Excluded((*time, MessageUid::default())),
            HistoryFrom::Time(time) => Excluded((time.plus(1), MessageUid::default())),
            HistoryFrom::Row(time, uid) => Excluded((*time, uid.clone())),
        };
        let indices: Vec<usize> = if older {
            history.range((Unbounded, beyond)).rev().map(|(_, index)| *index).collect()
        } else {
            history.range((beyond, Unbounded)).map(|(_, index)| *index).collect()
        };
        let mut found = indices
            .into_iter()
            .filter(|index| !self.is_deleted(user, *index))
            .filter_map(|index| Some(self.message(index)?.row(user, 0)))
            .peekable();
        let mut rows: Vec<_> = found.by_ref().take(query.count as usize).collect();
        if query.whole_millis {
            let last = rows.last().map(|row| row.sent_time);
            while let Some(row) = found.next_if(|row| Some(row.sent_time) == last) {
                rows.push(row);
            }
        }
        HistoryPage { rows, more: found.peek().is_some() }
    }

    /// Whether the user has deleted a message.
    pub(super) fn is_deleted(&self, user: &UserId, index: usize) -> bool {
        let (Some(inbox), Some(message)) = (self.inboxes.get(user), self.message(index)) else {
            return false;
        };
        let entry = inbox.entries.get(&message.key);
        inbox.deleted.contains(&index)
            || entry.is_some_and(|entry| message.sent_time <= entry.cleared_time)
    }

    /// The messages with these uids, if they are of this conversation.
    fn known(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        uids: &[MessageUid],
    ) -> BTreeSet<usize> {
        let key = key(user, conversation);
        let found = uids.iter().filter_map(|uid| self.by_uid.get(uid).copied());
        found.filter(|at| self.message(*at).is_some_and(|one| one.key == key)).collect()
    }

    /// Deletes for the user alone.
    pub(super) fn delete(
        &mut self,
        user: &UserId,
        conversation: &ConversationId,
        deletion: &Deletion,
    ) {
        match deletion {
            Deletion::Messages(uids) => {
                let found = self.known(user, conversation, uids);
                let inbox = self.inbox(user);
                if let Some(entry) = inbox.entries.get_mut(&key(user, conversation)) {
                    entry.counting.retain(|_, counting| !found.contains(&counting.message));
                }
                inbox.deleted.extend(found);
            }
            Deletion::UpTo(until) => {
                if let Some(entry) = self.entry(user, conversation) {
                    entry.cleared_time = entry.cleared_time.max(*until);
                    entry.read(*until);
                }
            }
        }
        self.find_latest(user, conversation);
    }

    /// Gives the list another newest message where the one it has was deleted.
    fn find_latest(&mut self, user: &UserId, conversation: &ConversationId) {
        let Some(latest) = self.entry(user, conversation).and_then(|entry| entry.latest) else {
            return;
        };
        if !self.is_deleted(user, latest.message) {
            return;
        }
        let history = self.histories.get(&key(user, conversation));
        let next = history.and_then(|history| {
            let mut indices = history.values().rev();
            indices.find(|index| {
                let counted = self.message(**index).is_some_and(|message| message.flags.counted);
                counted && !self.is_deleted(user, **index)
            })
        });
        let next = next.map(|index| Latest { message: *index, seq: self.seq_of(user, *index) });
        if let Some(entry) = self.entry(user, conversation) {
            entry.latest = next;
        }
    }

    /// The number of a message in the user's inbox; 0 if it is not there.
    fn seq_of(&self, user: &UserId, index: usize) -> u64 {
        let Some(inbox) = self.inboxes.get(user) else { return 0 };
        let place = inbox.rows.binary_search_by_key(&index, |place| place.message);
        place.map_or(0, |place| inbox.removed + place as u64 + 1)
    }

    fn import(&mut self, new: ImportedMessage) {
        let index = self.messages.len();
        let Vacant(place) = self.by_uid.entry(new.uid.detached()) else { return };
        place.insert(index);
        let message = Message::from(new);
        let key = message.key.clone();
        let newest = self.newest.entry(key.clone()).or_insert(message.sent_time);
        *newest = (*newest).max(message.sent_time);
        if message.flags.persisted {
            let history = self.histories.entry(key).or_default();
            history.insert((message.sent_time, message.uid.clone()), index);
        }
        self.messages.push(Some(message));
    }
}

impl From<ImportedMessage> for Message {
    fn from(new: ImportedMessage) -> Self {
        Self {
            key: key(&new.sender, &new.conversation),
            uid: new.uid.detached(),
            sent_time: new.sent_time,
            sender: new.sender.detached(),
            conversation: new.conversation.detached(),
            object_name: new.object_name,
            content: new.content,
            flags: new.flags,
            client_id: None,
            sent_as: None,
            own_seq: 0,
        }
    }
}
