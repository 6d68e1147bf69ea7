//! Who hears of a message, and as what.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, MessageUid, UserId};
use hongyan::signal::MessageFlags;
use hongyan::signal::content::Mention;
use hongyan::time::UnixMillis;

use super::ask::{Notice, SyncFrame};
use super::hub::{Hub, Listener, SessionId};
use crate::store::{EXTENSION_CLASSES, Head, InboxRow, SentAs, Stored, seen_by, to_oneself};

/// A message on its way to those who are online.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// Who wrote it.
    pub sender: UserId,
    /// From the sender's point of view.
    pub conversation: ConversationId,
    /// Its class.
    pub object_name: ByteString,
    /// JSON text.
    pub content: Bytes,
    /// What to do with it.
    pub flags: MessageFlags,
    /// The sender's id.
    pub client_id: Option<ClientMessageId>,
    /// Whom it mentions.
    pub mentions: Option<Mention>,
    /// The session that sent it: its PUBACK tells it everything. `None` if the server made it.
    pub origin: Option<SessionId>,
    /// The frame as that session sent it, or would have.
    pub original: SyncFrame,
    /// What its sender sent, where words of it were replaced.
    pub sent_as: Option<SentAs>,
}

impl Announcement {
    /// Tells the receivers, and the sender's other sessions, of a message that was committed.
    pub fn stored(&self, stored: &Stored, hub: &Hub) {
        if to_oneself(&self.sender, &self.conversation) {
            self.stored_to_oneself(stored, hub);
            return;
        }
        for (receiver, seq) in &stored.rows {
            hub.tell(receiver, |_| Some(Notice::Row(self.row(receiver, *seq, stored))));
        }
        if stored.own_seq != 0 {
            hub.tell(&self.sender, |listener| self.for_other_login(listener, stored));
        }
    }

    /// What another login of the sender gets: the row if it counts rows, else the pair that old
    /// clients know.
    fn for_other_login(&self, listener: Listener, stored: &Stored) -> Option<Notice> {
        let unknown = !listener.extended && self.object_name.starts_with(EXTENSION_CLASSES);
        if unknown || Some(listener.id) == self.origin {
            return None;
        }
        Some(if listener.extended {
            Notice::Row(self.row(&self.sender, stored.own_seq, stored))
        } else {
            Notice::SyncCopy { original: self.original.clone(), stored: stored.clone() }
        })
    }

    /// A received row in every session of the sender. The one that sent it only hears that there
    /// is something: its PUBACK carries the row's number already, if it counts rows.
    fn stored_to_oneself(&self, stored: &Stored, hub: &Hub) {
        // `first` is of no use to a doorbell.
        let head = Head { seq: stored.own_seq, time: stored.sent_time, first: 1 };
        hub.tell(&self.sender, |listener| {
            Some(if Some(listener.id) == self.origin {
                Notice::Head(head)
            } else {
                Notice::Row(self.row(&self.sender, stored.own_seq, stored))
            })
        });
    }

    /// Tells a receiver of a message that is not kept; the sender's other logins hear of it only if
    /// it went to the sender.
    pub fn passing(&self, receiver: &UserId, now: UnixMillis, hub: &Hub) {
        let passing = volatile(now);
        hub.tell(receiver, |listener| {
            let elsewhere = Some(listener.id) != self.origin;
            elsewhere.then(|| Notice::Volatile(self.row(receiver, 0, &passing)))
        });
    }

    /// Tells the sender's other logins of a message that is not kept and meant for them alone.
    pub fn passing_to_own(&self, now: UnixMillis, hub: &Hub) {
        // Old clients take its time for that of the newest own message, and the next message may
        // have this very millisecond.
        let passing = volatile(now.plus(-1));
        hub.tell(&self.sender, |listener| {
            if Some(listener.id) == self.origin {
                return None;
            }
            Some(if listener.extended {
                Notice::Volatile(self.row(&self.sender, 0, &passing))
            } else {
                Notice::SyncCopy { original: self.original.clone(), stored: passing.clone() }
            })
        });
    }

    /// Tells the sender's other logins of a message that was stored in somebody else's name: they
    /// have no row of it.
    pub fn beside_to_own(&self, stored: &Stored, hub: &Hub) {
        hub.tell(&self.sender, |listener| {
            if Some(listener.id) == self.origin {
                return None;
            }
            Some(if listener.extended {
                Notice::Volatile(self.row(&self.sender, 0, stored))
            } else {
                Notice::SyncCopy { original: self.original.clone(), stored: stored.clone() }
            })
        });
    }

    /// What its sender is told of it if it passes by.
    pub fn passed(&self, now: UnixMillis) -> Stored {
        Stored { replaced: self.sent_as.map(|_| self.content.clone()), ..volatile(now) }
    }

    /// The message as everybody in its chatroom sees it.
    pub(super) fn chatroom_row(&self, sent_time: UnixMillis, uid: MessageUid) -> InboxRow {
        InboxRow {
            seq: 0,
            conversation: self.conversation.clone(),
            sender: self.sender.clone(),
            own: false,
            object_name: self.object_name.clone(),
            content: self.content.clone(),
            flags: MessageFlags { mentioned: false, ..self.flags },
            sent_time,
            uid,
            client_id: None,
        }
    }

    fn row(&self, user: &UserId, seq: u64, stored: &Stored) -> InboxRow {
        let sent_by_user = *user == self.sender;
        let mentioned = self.mentions.as_ref().is_some_and(|mention| mention.includes(user));
        InboxRow {
            seq,
            conversation: seen_by(user, &self.sender, &self.conversation),
            sender: self.sender.clone(),
            own: sent_by_user && !to_oneself(&self.sender, &self.conversation),
            object_name: self.object_name.clone(),
            content: self.content.clone(),
            flags: MessageFlags { mentioned: mentioned && !sent_by_user, ..self.flags },
            sent_time: stored.sent_time,
            uid: stored.uid.clone(),
            client_id: self.client_id.filter(|_| sent_by_user),
        }
    }
}

/// What a volatile message has instead of a place in the store.
pub fn volatile(now: UnixMillis) -> Stored {
    Stored {
        uid: MessageUid::default(),
        sent_time: now,
        own_seq: 0,
        rows: Vec::new(),
        repeated: false,
        replaced: None,
    }
}
