//! What users may expect of the messages that change what is known of others: a recall takes its
//! message back everywhere, a read mark is never higher than what was read.

use std::collections::{BTreeMap, BTreeSet};

use hongyan::error::ErrorCode;
use hongyan::ids::{ClientMessageId, MessageUid};
use hongyan::session::io::SendState;

use crate::checker::{Key, View};

/// A recall that a page asked for.
#[derive(Clone, Debug)]
struct Recall {
    uid: MessageUid,
    /// The server told that it is done.
    done: bool,
}

/// A message that was sent, by its uid.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Which.
    pub key: Key,
    /// The server's time.
    pub time: i64,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Commands {
    sent: BTreeMap<MessageUid, Sent>,
    recalls: BTreeMap<ClientMessageId, Recall>,
    /// Volatile messages: nobody waits for their end.
    marks: BTreeSet<ClientMessageId>,
    /// By reader and peer: the newest time that the reader told the peer to have read.
    read: BTreeMap<(String, String), i64>,
    /// Recalls up to this time of the server may have been forgotten.
    doubtful_until: i64,
    /// Which recalls were shown to whom.
    shown: BTreeMap<View, BTreeSet<MessageUid>>,
}

impl Commands {
    /// The server told under which name and time it keeps a message.
    pub fn sent(&mut self, uid: MessageUid, key: Key, time: i64) {
        self.sent.insert(uid, Sent { key, time });
    }

    /// The newest message from this device to `to` that is there to be taken back.
    pub fn newest(&self, device: u32, to: &str) -> Option<(MessageUid, i64)> {
        let asked = |uid: &MessageUid| self.recalls.values().any(|recall| recall.uid == *uid);
        let own = self
            .sent
            .iter()
            .filter(|(uid, sent)| sent.key.device == device && sent.key.to == to && !asked(uid));
        let newest = own.max_by_key(|(_, sent)| sent.time)?;
        Some((newest.0.clone(), newest.1.time))
    }

    /// The name and the server's time of a message.
    pub fn named(&self, key: &Key) -> Option<(MessageUid, i64)> {
        let found = self.sent.iter().find(|(_, sent)| sent.key == *key)?;
        Some((found.0.clone(), found.1.time))
    }

    /// The name of the message of `from` to `to` at this time.
    pub fn name_at(&self, from: &str, to: &str, time: i64) -> Option<&MessageUid> {
        let found = self
            .sent
            .iter()
            .find(|(_, sent)| sent.time == time && sent.key.from == from && sent.key.to == to);
        found.map(|(uid, _)| uid)
    }

    /// Which message stands behind a name.
    pub fn key_of(&self, uid: &MessageUid) -> Option<Key> {
        self.sent.get(uid).map(|sent| sent.key.clone())
    }

    /// A page takes a message back.
    pub fn recalling(&mut self, id: ClientMessageId, uid: MessageUid) {
        self.recalls.insert(id, Recall { uid, done: false });
    }

    /// A page tells `peer` up to when it has read.
    pub fn marking(&mut self, id: ClientMessageId, reader: &str, peer: &str, time: i64) {
        self.marks.insert(id);
        let read = self.read.entry((reader.to_owned(), peer.to_owned())).or_insert(time);
        *read = time.max(*read);
    }

    /// Whether this send is none of a message; then its state is noted. The code with which it
    /// failed, if it may not.
    pub fn send_changed(
        &mut self,
        id: ClientMessageId,
        state: &SendState,
    ) -> Option<Option<ErrorCode>> {
        if self.marks.contains(&id) {
            return Some(None);
        }
        let recall = self.recalls.get_mut(&id)?;
        match state {
            SendState::Sent { sent_time, .. } => {
                recall.done = sent_time.get() > self.doubtful_until
            }
            SendState::Failed(error) => return Some(Some(error.code)),
            SendState::Queued { .. } | SendState::Sending | SendState::Cancelled => {}
        }
        Some(None)
    }

    /// The newest time that `reader` told `peer` to have read.
    pub fn read_by(&self, reader: &str, peer: &str) -> i64 {
        self.read.get(&(reader.to_owned(), peer.to_owned())).copied().unwrap_or(0)
    }

    /// The listeners at `view` were told of a recall. Whether that was news.
    pub fn shown(&mut self, view: &View, uid: &MessageUid) -> bool {
        self.shown.entry(view.clone()).or_default().insert(uid.clone())
    }

    /// Whether `view` was told of a recall.
    pub fn was_shown(&self, view: &View, uid: &MessageUid) -> bool {
        self.shown.get(view).is_some_and(|shown| shown.contains(uid))
    }

    /// Every message that the server told to keep.
    pub fn all(&self) -> impl Iterator<Item = (&MessageUid, &Sent)> {
        self.sent.iter()
    }

    /// The server has another store: no recall up to `now` is certain any more, nor if its answer
    /// is on its way.
    pub fn nothing_is_certain(&mut self, now: i64) {
        self.doubtful_until = now;
        self.recalls.values_mut().for_each(|recall| recall.done = false);
    }

    /// Forgets the messages that the server does not have: which.
    pub fn take_gone(&mut self, holds: impl Fn(&MessageUid) -> bool) -> Vec<Key> {
        let mut gone = Vec::new();
        self.sent.retain(|uid, sent| {
            let held = holds(uid);
            if !held {
                gone.push(sent.key.clone());
            }
            held
        });
        gone
    }

    /// What was taken back for certain.
    pub fn recalled(&self) -> impl Iterator<Item = (&MessageUid, &Sent)> {
        let done = self.recalls.values().filter(|recall| recall.done);
        done.filter_map(|recall| Some((&recall.uid, self.sent.get(&recall.uid)?)))
    }

    /// How many messages of `from` to `to` were taken back, perhaps.
    pub fn recalls(&self, from: &str, to: &str) -> u32 {
        let recalled = self.recalls.values().filter_map(|recall| self.sent.get(&recall.uid));
        let between = recalled.filter(|sent| sent.key.from == from && sent.key.to == to);
        u32::try_from(between.count()).unwrap_or(u32::MAX)
    }

    /// Whether the message of `from` to `to` at `time` was taken back: for certain, and perhaps.
    pub fn is_recalled(&self, from: &str, to: &str, time: i64) -> (bool, bool) {
        let of_it = |recall: &&Recall| {
            self.sent
                .get(&recall.uid)
                .is_some_and(|sent| sent.time == time && sent.key.from == from && sent.key.to == to)
        };
        let mut recalls = self.recalls.values().filter(of_it);
        match recalls.next() {
            None => (false, false),
            Some(first) => (first.done || recalls.any(|recall| recall.done), true),
        }
    }
}
