//! The log and the inboxes.

use std::collections::btree_map::Entry::Vacant;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::{Future, ready};
use std::sync::PoisonError;

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, MessageUid, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::super::conversation::{key, seen_by, to_oneself};
use super::super::{
    Audience, Head, InboxRow, Inboxes, NewMessage, Page, PullFrom, Recall, SentAs, StoreError,
    Stored, uid,
};
use super::conversation_list::{Counting, Entry, Latest};
use super::{Kept, MemoryStore};

/// One row of the log.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) uid: MessageUid,
    pub(super) sent_time: UnixMillis,
    pub(super) sender: UserId,
    /// From the sender's point of view.
    pub(super) conversation: ConversationId,
    pub(super) object_name: ByteString,
    pub(super) content: Bytes,
    pub(super) flags: MessageFlags,
    pub(super) client_id: Option<ClientMessageId>,
    pub(super) sent_as: Option<SentAs>,
    pub(super) own_seq: u64,
    /// The conversation's key.
    pub(super) key: String,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Inbox {
    /// The row's number is its place plus 1, plus `removed`.
    pub(super) rows: VecDeque<Place>,
    /// So many rows were removed at the front.
    pub(super) removed: u64,
    /// Time of the last row.
    time: UnixMillis,
    /// What the user has deleted: index into `Kept::messages`.
    pub(super) deleted: BTreeSet<usize>,
    /// By conversation key.
    pub(super) entries: BTreeMap<String, Entry>,
}

/// One row of an inbox.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Index into `Kept::messages`.
    pub(super) message: usize,
    mentioned: bool,
}

impl Inboxes for MemoryStore {
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

    fn answered(
        &self,
        sender: &UserId,
        conversation: &ConversationId,
        client_id: ClientMessageId,
        (object_name, content): (&ByteString, &Bytes),
    ) -> impl Future<Output = Result<Option<Stored>, StoreError>> + Send {
        let kept = self.kept();
        let index = kept.by_client_id.get(&(sender.clone(), client_id)).copied();
        let first = index.and_then(|index| kept.message(index));
        let first = first.filter(|first| {
            first.conversation == *conversation && first.was_sent_as(object_name, content, None)
        });
        ready(Ok(first.map(|first| first.first_result(object_name))))
    }

    fn head(&self, user: &UserId) -> impl Future<Output = Result<Head, StoreError>> + Send {
        ready(Ok(self.kept().head(user)))
    }
}

impl Kept {
    fn append(&mut self, new: NewMessage) -> Result<Stored, StoreError> {
        if let Some(first) = self.first_of(&new) {
            return first.repeat(&new);
        }
        let key = key(&new.sender, &new.conversation);
        let receivers = self.receivers(&new, &key)?;
        let recalled = new.recalls.as_ref().map(|recall| self.recalled(&new, recall, &key));
        let recalled = recalled.transpose()?;
        let sent_time = self.next_time(&new, &key, &receivers);
        let index = self.messages.len();
        let uid = self.new_uid(sent_time, index);
        let mut entering = Entering { message: index, time: sent_time, counted_in: None };
        entering.counted_in = new.flags.counted.then_some(&key);
        let own_seq = match new.own_row {
            true => self.inbox(&new.sender).enter(&entering, Side::Own),
            false => 0,
        };
        let rows = receivers.into_iter().map(|receiver| {
            let mentioned =
                new.mentions.as_ref().is_some_and(|mention| mention.includes(&receiver));
            let seq = self.inbox(&receiver).enter(&entering, Side::Received { mentioned });
            (receiver, seq)
        });
        let rows = rows.collect();
        self.newest.insert(key.clone(), sent_time);
        if let (Some(recalled), Some(recall)) = (recalled, &new.recalls) {
            self.take_back(recalled, recall);
        }
        if new.history && new.flags.persisted {
            let history = self.histories.entry(key.clone()).or_default();
            history.insert((sent_time, uid.clone()), index);
        }
        let replaced = new.sent_as.map(|_| new.content.clone());
        let deletes = new.deletes.clone().map(|deletes| (new.conversation.detached(), deletes));
        let message = Message::new(new, uid.clone(), sent_time, own_seq, key);
        let sender = message.sender.clone();
        if let Some(client_id) = message.client_id {
            self.by_client_id.insert((message.sender.clone(), client_id), index);
        }
        self.messages.push(Some(message));
        if let Some((conversation, deletion)) = deletes {
            self.delete(&sender, &conversation, &deletion);
        }
        Ok(Stored { uid, sent_time, own_seq, rows, repeated: false, replaced })
    }

    /// Who else gets the message.
    fn receivers(&self, new: &NewMessage, key: &str) -> Result<BTreeSet<UserId>, StoreError> {
        let mut receivers: BTreeSet<UserId> = match &new.audience {
            Audience::Users(users) => users.iter().map(UserId::detached).collect(),
            Audience::Members { only, from_outside } => {
                let members = self.rooms.members(key).ok_or(StoreError::NotMember)?;
                if !from_outside && !members.contains_key(&new.sender) {
                    return Err(StoreError::NotMember);
                }
                let wanted = |user: &&UserId| only.as_ref().is_none_or(|only| only.contains(user));
                members.keys().filter(wanted).cloned().collect()
            }
        };
        receivers.remove(&new.sender);
        Ok(receivers)
    }

    /// The message that a recall means, if it may be taken back.
    fn recalled(&self, new: &NewMessage, recall: &Recall, key: &str) -> Result<usize, StoreError> {
        let index = *self.by_uid.get(&recall.uid).ok_or(StoreError::NoSuchMessage)?;
        let message = self.message(index).filter(|message| message.key == key);
        let message = message.ok_or(StoreError::NoSuchMessage)?;
        if message.object_name == recall.object_name {
            return Err(StoreError::NoSuchMessage);
        }
        if recall.own_only && message.sender != new.sender {
            return Err(StoreError::NotOwnMessage);
        }
        if message.sent_time < recall.not_before {
            return Err(StoreError::TooLate);
        }
        Ok(index)
    }

    fn take_back(&mut self, index: usize, recall: &Recall) {
        let Some(Some(message)) = self.messages.get_mut(index) else { return };
        let sent_as = || SentAs::new(&message.object_name, &message.content);
        message.sent_as = Some(message.sent_as.unwrap_or_else(sent_as));
        message.object_name = ByteString::from(&*recall.object_name);
        message.content = Bytes::copy_from_slice(&recall.content);
        message.flags = MessageFlags { persisted: true, ..MessageFlags::default() };
        for inbox in self.inboxes.values_mut() {
            if let Some(entry) = inbox.entries.get_mut(&message.key) {
                entry.counting.remove(&message.sent_time);
            }
        }
    }

    /// The message that this one repeats.
    fn first_of(&self, new: &NewMessage) -> Option<&Message> {
        let name = (new.sender.clone(), new.client_id?);
        self.message(*self.by_client_id.get(&name)?)
    }

    pub(super) fn message(&self, index: usize) -> Option<&Message> {
        self.messages.get(index)?.as_ref()
    }

    /// Later than everything in the conversation and in every inbox that the message enters.
    fn next_time(&self, new: &NewMessage, key: &str, receivers: &BTreeSet<UserId>) -> UnixMillis {
        let inboxes = receivers.iter().chain([&new.sender]);
        let heads = inboxes.filter_map(|user| Some(self.inboxes.get(user)?.time));
        let newest = heads.chain(self.newest.get(key).copied()).max();
        newest.map_or(new.now, |newest| new.now.max(newest.plus(1)))
    }

    fn new_uid(&mut self, time: UnixMillis, index: usize) -> MessageUid {
        loop {
            let uid = uid::issue(time, &mut self.random);
            if let Vacant(place) = self.by_uid.entry(uid.clone()) {
                place.insert(index);
                return uid;
            }
        }
    }

    pub(super) fn inbox(&mut self, user: &UserId) -> &mut Inbox {
        self.inboxes.entry(user.detached()).or_default()
    }

    pub(super) fn head(&self, user: &UserId) -> Head {
        self.inboxes.get(user).map_or(Head { first: 1, ..Head::default() }, |inbox| Head {
            seq: inbox.head(),
            time: inbox.time,
            first: inbox.removed + 1,
        })
    }

    fn pull(&self, user: &UserId, from: PullFrom, limit: u32) -> Page {
        let head = self.head(user);
        let first = match from {
            PullFrom::Seq(seq) => seq.saturating_add(1).max(head.first),
            PullFrom::Times { .. } => head.first,
        };
        let mut wanted = (first..=head.seq)
            .filter_map(|seq| self.row(user, seq))
            .filter(|row| is_wanted(row, from))
            .peekable();
        let rows = wanted.by_ref().take(limit as usize).collect();
        Page { rows, finished: wanted.peek().is_none(), head }
    }

    /// A row of the inbox; without its message, if the user has deleted that.
    fn row(&self, user: &UserId, seq: u64) -> Option<InboxRow> {
        let inbox = self.inboxes.get(user)?;
        let place = usize::try_from(seq.checked_sub(inbox.removed + 1)?).ok()?;
        let place = inbox.rows.get(place)?;
        let mut row = self.message(place.message)?.row(user, seq);
        row.flags.mentioned = place.mentioned;
        Some(if self.is_deleted(user, place.message) { row.emptied() } else { row })
    }
}

/// Strictly after the cursor of the row's direction.
fn is_wanted(row: &InboxRow, from: PullFrom) -> bool {
    match from {
        PullFrom::Seq(seq) => row.seq > seq,
        PullFrom::Times { .. } if row.uid.is_empty() || row.is_of_extensions() => false,
        PullFrom::Times { sent_after, .. } if row.own => {
            sent_after.is_some_and(|after| row.sent_time > after)
        }
        PullFrom::Times { received_after, .. } => row.sent_time > received_after,
    }
}

/// A message that enters inboxes.
struct Entering<'a> {
    message: usize,
    time: UnixMillis,
    /// The key of the conversation that it moves, if it counts.
    counted_in: Option<&'a String>,
}

/// On whose side of a message an inbox is.
#[derive(Clone, Copy)]
enum Side {
    Own,
    Received { mentioned: bool },
}

impl Inbox {
    /// Whether a message mentions the user.
    pub(super) fn mentions(&self, message: usize) -> bool {
        let place = self.rows.binary_search_by_key(&message, |place| place.message);
        place.is_ok_and(|place| self.rows.get(place).is_some_and(|place| place.mentioned))
    }

    /// The highest number given.
    fn head(&self) -> u64 {
        self.removed + self.rows.len() as u64
    }

    /// Adds a row and gives its number.
    fn enter(&mut self, entering: &Entering<'_>, side: Side) -> u64 {
        let &Entering { message, time, counted_in } = entering;
        let mentioned = matches!(side, Side::Received { mentioned: true });
        self.rows.push_back(Place { message, mentioned });
        self.time = time;
        let seq = self.head();
        if let Some(key) = counted_in {
            let entry = self.entries.entry(key.clone()).or_default();
            entry.latest = Some(Latest { message, seq });
            if matches!(side, Side::Received { .. }) {
                entry.counting.insert(time, Counting { message, mentioned });
            }
        }
        seq
    }
}

impl Message {
    /// Copies every text: the log must not keep the sender's frame alive.
    fn new(
        new: NewMessage,
        uid: MessageUid,
        sent_time: UnixMillis,
        own_seq: u64,
        key: String,
    ) -> Self {
        Self {
            uid,
            sent_time,
            sender: new.sender.detached(),
            conversation: new.conversation.detached(),
            object_name: ByteString::from(&*new.object_name),
            content: Bytes::copy_from_slice(&new.content),
            flags: new.flags,
            client_id: new.client_id,
            sent_as: new.sent_as,
            own_seq,
            key,
        }
    }

    /// The first result again, if `new` is really the same message.
    fn repeat(&self, new: &NewMessage) -> Result<Stored, StoreError> {
        let same = self.conversation == new.conversation
            && self.was_sent_as(&new.object_name, &new.content, new.sent_as);
        if !same {
            return Err(StoreError::ClientIdReused);
        }
        Ok(self.first_result(&new.object_name))
    }

    /// Whether this class and content were sent, or what these stand for.
    fn was_sent_as(&self, class: &ByteString, content: &Bytes, sent_as: Option<SentAs>) -> bool {
        if self.sent_as.is_none() && sent_as.is_none() {
            return self.object_name == *class && self.content == *content;
        }
        let first = || SentAs::new(&self.object_name, &self.content);
        let again = || SentAs::new(class, content);
        self.sent_as.unwrap_or_else(first) == sent_as.unwrap_or_else(again)
    }

    /// What was taken back has another class than the one that was sent.
    fn first_result(&self, sent_class: &ByteString) -> Stored {
        let replaced = self.sent_as.is_some() && self.object_name == *sent_class;
        Stored {
            replaced: replaced.then(|| self.content.clone()),
            uid: self.uid.clone(),
            sent_time: self.sent_time,
            own_seq: self.own_seq,
            rows: Vec::new(),
            repeated: true,
        }
    }

    /// As `user` sees it.
    pub(super) fn row(&self, user: &UserId, seq: u64) -> InboxRow {
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
