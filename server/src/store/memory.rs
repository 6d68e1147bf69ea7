//! The store of tests and the simulation: in memory, repeatable, every future ready at once (the
//! work is done when the method is called).

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, ready};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, MessageUid, UserId};
use hongyan::rng::Rng;
use hongyan::time::UnixMillis;

use super::conversation::{key, seen_by, to_oneself};
use super::{
    ConversationQuery, ConversationRow, Head, InboxRow, NewMessage, Page, Profile, PullFrom, Store,
    StoreError, Stored, uid,
};

/// Keeps everything until it is dropped.
#[derive(Debug)]
pub struct MemoryStore {
    epoch: String,
    /// Held while a message is stored and told of: keeps both in one order.
    order: Mutex<()>,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    random: Rng,
    messages: Vec<Message>,
    uids: BTreeSet<MessageUid>,
    /// Index into `messages`.
    by_client_id: BTreeMap<(UserId, ClientMessageId), usize>,
    inboxes: BTreeMap<UserId, Inbox>,
    /// Time of the newest message, by conversation key.
    newest: BTreeMap<String, UnixMillis>,
    profiles: BTreeMap<UserId, Profile>,
}

/// One row of the log.
#[derive(Debug)]
struct Message {
    uid: MessageUid,
    sent_time: UnixMillis,
    sender: UserId,
    /// From the sender's point of view.
    conversation: ConversationId,
    object_name: ByteString,
    content: Bytes,
    flags: hongyan::signal::MessageFlags,
    client_id: Option<ClientMessageId>,
    own_seq: u64,
}

#[derive(Debug, Default)]
struct Inbox {
    /// Index into `Kept::messages`; the row's number is its place plus 1.
    rows: Vec<usize>,
    /// Time of the last row.
    time: UnixMillis,
    /// By conversation key.
    entries: BTreeMap<String, Entry>,
}

/// What a user has of one conversation.
#[derive(Debug, Default)]
struct Entry {
    /// Number of the newest counted row; `None` while it is out of the list.
    latest: Option<u64>,
    /// Times of the rows that count as unread until they are read, rising.
    counting: Vec<UnixMillis>,
    read_time: UnixMillis,
}

impl MemoryStore {
    /// An empty store. `seed` decides its uids, `epoch` names its life.
    pub fn new(seed: u64, epoch: impl Into<String>) -> Self {
        Self {
            epoch: epoch.into(),
            order: Mutex::new(()),
            kept: Mutex::new(Kept {
                random: Rng::new(seed),
                messages: Vec::new(),
                uids: BTreeSet::new(),
                by_client_id: BTreeMap::new(),
                inboxes: BTreeMap::new(),
                newest: BTreeMap::new(),
                profiles: BTreeMap::new(),
            }),
        }
    }

    /// A change is made after everything that can fail, so a poisoned lock guards sound data.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn epoch(&self) -> &str {
        &self.epoch
    }

    fn append_then<F>(
        &self,
        message: NewMessage,
        committed: F,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send
    where
        F: FnOnce(&Stored) + Send + 'static,
    {
        let _order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let result = self.kept().append(message);
        if let Ok(stored) = &result
            && !stored.repeated
        {
            committed(stored);
        }
        ready(result)
    }

    fn pull(
        &self,
        user: &UserId,
        from: PullFrom,
        limit: u32,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send {
        ready(Ok(self.kept().pull(user, from, limit)))
    }

    fn head(&self, user: &UserId) -> impl Future<Output = Result<Head, StoreError>> + Send {
        ready(Ok(self.kept().head(user)))
    }

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

    fn put_profile(
        &self,
        user: &UserId,
        profile: Profile,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.kept().profiles.insert(user.detached(), profile);
        ready(Ok(()))
    }

    fn profile(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Profile>, StoreError>> + Send {
        ready(Ok(self.kept().profiles.get(user).cloned()))
    }
}

impl Kept {
    fn append(&mut self, new: NewMessage) -> Result<Stored, StoreError> {
        if let Some(first) = self.first_of(&new) {
            return first.repeat(&new);
        }
        let key = key(&new.sender, &new.conversation);
        let receivers: BTreeSet<UserId> = new
            .receivers
            .iter()
            .filter(|receiver| **receiver != new.sender)
            .map(UserId::detached)
            .collect();
        let sent_time = self.next_time(&new, &key, &receivers);
        let index = self.messages.len();
        let counts = new.flags.counted;
        let own_seq =
            self.inbox(&new.sender).enter(index, sent_time, counts.then_some(&key), false);
        let rows = receivers
            .into_iter()
            .map(|receiver| {
                let inbox = self.inbox(&receiver);
                let seq = inbox.enter(index, sent_time, counts.then_some(&key), true);
                (receiver, seq)
            })
            .collect();
        self.newest.insert(key, sent_time);
        let uid = self.new_uid(sent_time);
        let message = Message::new(new, uid.clone(), sent_time, own_seq);
        if let Some(client_id) = message.client_id {
            self.by_client_id.insert((message.sender.clone(), client_id), index);
        }
        self.messages.push(message);
        Ok(Stored { uid, sent_time, own_seq, rows, repeated: false })
    }

    /// The message that this one repeats.
    fn first_of(&self, new: &NewMessage) -> Option<&Message> {
        let name = (new.sender.clone(), new.client_id?);
        self.messages.get(*self.by_client_id.get(&name)?)
    }

    /// Later than everything in the conversation and in every inbox that the message enters.
    fn next_time(&self, new: &NewMessage, key: &str, receivers: &BTreeSet<UserId>) -> UnixMillis {
        let inboxes = receivers.iter().chain([&new.sender]);
        let heads = inboxes.filter_map(|user| Some(self.inboxes.get(user)?.time));
        let newest = heads.chain(self.newest.get(key).copied()).max();
        newest.map_or(new.now, |newest| new.now.max(newest.plus(1)))
    }

    fn new_uid(&mut self, time: UnixMillis) -> MessageUid {
        loop {
            let uid = uid::issue(time, &mut self.random);
            if self.uids.insert(uid.clone()) {
                return uid;
            }
        }
    }

    fn inbox(&mut self, user: &UserId) -> &mut Inbox {
        self.inboxes.entry(user.detached()).or_default()
    }

    /// What the user has of a conversation in which anything was ever stored.
    fn entry(&mut self, user: &UserId, conversation: &ConversationId) -> Option<&mut Entry> {
        let key = key(user, conversation);
        if !self.newest.contains_key(&key) {
            return None;
        }
        Some(self.inbox(user).entries.entry(key).or_default())
    }

    fn head(&self, user: &UserId) -> Head {
        self.inboxes.get(user).map_or(Head { first: 1, ..Head::default() }, |inbox| Head {
            seq: inbox.rows.len() as u64,
            time: inbox.time,
            first: 1,
        })
    }

    fn pull(&self, user: &UserId, from: PullFrom, limit: u32) -> Page {
        let count = self.inboxes.get(user).map_or(0, |inbox| inbox.rows.len() as u64);
        let first = match from {
            PullFrom::Seq(seq) => seq.saturating_add(1),
            PullFrom::Times { .. } => 1,
        };
        let mut wanted = (first..=count)
            .filter_map(|seq| self.row(user, seq))
            .filter(|row| is_wanted(row, from))
            .peekable();
        let rows = wanted.by_ref().take(limit as usize).collect();
        Page { rows, finished: wanted.peek().is_none(), head: self.head(user) }
    }

    fn row(&self, user: &UserId, seq: u64) -> Option<InboxRow> {
        let place = usize::try_from(seq.checked_sub(1)?).ok()?;
        let index = self.inboxes.get(user)?.rows.get(place)?;
        Some(self.messages.get(*index)?.row(user, seq))
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

/// Strictly after the cursor of the row's direction.
fn is_wanted(row: &InboxRow, from: PullFrom) -> bool {
    match from {
        PullFrom::Seq(seq) => row.seq > seq,
        PullFrom::Times { sent_after, .. } if row.own => {
            sent_after.is_some_and(|after| row.sent_time > after)
        }
        PullFrom::Times { received_after, .. } => row.sent_time > received_after,
    }
}

impl Inbox {
    /// Adds a row and gives its number. `counted_in`: the key of the conversation that it moves;
    /// `from_another`: it counts as unread there.
    fn enter(
        &mut self,
        index: usize,
        time: UnixMillis,
        counted_in: Option<&String>,
        from_another: bool,
    ) -> u64 {
        self.rows.push(index);
        self.time = time;
        let seq = self.rows.len() as u64;
        if let Some(key) = counted_in {
            let entry = self.entries.entry(key.clone()).or_default();
            entry.latest = Some(seq);
            if from_another {
                entry.counting.push(time);
            }
        }
        seq
    }
}

impl Entry {
    fn unread(&self) -> u64 {
        let read = self.counting.partition_point(|time| *time <= self.read_time);
        (self.counting.len() - read) as u64
    }
}

impl Message {
    /// Copies every text: the log must not keep the sender's frame alive.
    fn new(new: NewMessage, uid: MessageUid, sent_time: UnixMillis, own_seq: u64) -> Self {
        Self {
            uid,
            sent_time,
            sender: new.sender.detached(),
            conversation: new.conversation.detached(),
            object_name: ByteString::from(&*new.object_name),
            content: Bytes::copy_from_slice(&new.content),
            flags: new.flags,
            client_id: new.client_id,
            own_seq,
        }
    }

    /// The first result again, if `new` is really the same message.
    fn repeat(&self, new: &NewMessage) -> Result<Stored, StoreError> {
        let same = self.conversation == new.conversation
            && self.object_name == new.object_name
            && self.content == new.content;
        if !same {
            return Err(StoreError::ClientIdReused);
        }
        Ok(Stored {
            uid: self.uid.clone(),
            sent_time: self.sent_time,
            own_seq: self.own_seq,
            rows: Vec::new(),
            repeated: true,
        })
    }

    fn row(&self, user: &UserId, seq: u64) -> InboxRow {
        let sent_by_user = *user == self.sender;
        InboxRow {
            seq,
            conversation: seen_by(user, &self.sender, &self.conversation),
            sender: self.sender.clone(),
            own: sent_by_user && !to_oneself(&self.sender, &self.conversation),
            object_name: self.object_name.clone(),
            content: self.content.clone(),
            flags: self.flags,
            sent_time: self.sent_time,
            uid: self.uid.clone(),
            client_id: self.client_id.filter(|_| sent_by_user),
        }
    }
}
