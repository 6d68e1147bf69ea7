//! Who has read which message.

use std::collections::btree_map::Entry::Vacant;
use std::future::{Future, ready};

use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::time::UnixMillis;

use super::super::conversation::key;
use super::super::{Reader, Receipts, StoreError};
use super::{Kept, MemoryStore};

impl Receipts for MemoryStore {
    fn record_read(
        &self,
        room: &ConversationId,
        reader: &UserId,
        uids: &[MessageUid],
        now: UnixMillis,
    ) -> impl Future<Output = Result<Vec<(MessageUid, UserId)>, StoreError>> + Send {
        let mut kept = self.kept();
        let mut recorded = Vec::new();
        for uid in uids {
            let Some((index, sender)) = kept.sent_in(room, uid) else { continue };
            if sender == *reader {
                continue;
            }
            let readers = kept.receipts.entry(index).or_default();
            if let Vacant(place) = readers.entry(reader.detached()) {
                place.insert(now);
                recorded.push((uid.detached(), sender));
            }
        }
        ready(Ok(recorded))
    }

    fn readers(
        &self,
        room: &ConversationId,
        uid: &MessageUid,
    ) -> impl Future<Output = Result<Vec<Reader>, StoreError>> + Send {
        let kept = self.kept();
        let readers = kept.sent_in(room, uid).and_then(|(index, _)| kept.receipts.get(&index));
        let readers = readers.into_iter().flatten();
        let reader =
            |(user, time): (&UserId, &UnixMillis)| Reader { user: user.clone(), time: *time };
        let mut found: Vec<_> = readers.map(reader).collect();
        found.sort_by_key(|reader| reader.time);
        ready(Ok(found))
    }
}

impl Kept {
    /// The message of this uid, if it is one of this conversation: its index and who sent it.
    fn sent_in(&self, room: &ConversationId, uid: &MessageUid) -> Option<(usize, UserId)> {
        let index = *self.by_uid.get(uid)?;
        let message = self.message(index)?;
        let here = message.key == key(&message.sender, room);
        here.then(|| (index, message.sender.clone()))
    }
}
