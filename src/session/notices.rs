//! Messages that change what is known of others: recalls and read receipts. They reach the page
//! like all messages; here they reach the list.

use bytes::Bytes;
use bytestring::ByteString;

use super::engine::Engine;
use super::io::Outcome;
use crate::conversation::RecallNotice;
use crate::ids::{CallId, ConversationId, ConversationKind};
use crate::signal::content;
use crate::signal::{Message, MessageDirection, Outgoing};
use crate::time::UnixMillis;

/// A recall. Its conversation is that of the message it takes back.
pub(super) const RECALL: &str = "RC:RcCmd";
/// What stands in the place of a message that was taken back.
const RECALLED: &str = "RC:RcNtf";
/// The other side has read.
const PEER_READ: &str = "RC:ReadNtf";
/// This user has read on another device.
const OWN_READ: &str = "RC:SRSMsg";
/// This user has deleted messages, on this device or another.
const DELETED: &str = "hy:Deleted";
/// This user has taken a conversation out of the list, on this device or another.
const REMOVED: &str = "hy:Removed";

impl Engine {
    /// A message is delivered. `adds_unread`: what it changes is not in the list's counts yet.
    /// Returns whether the page is to hear of it.
    pub(super) fn notice(&mut self, message: &Message, adds_unread: bool) -> bool {
        let id = &message.conversation;
        let received = message.direction == MessageDirection::Received;
        match &*message.object_name {
            RECALL => {
                let seq = message.inbox_seq.unwrap_or(0);
                self.recalled(id, &message.content, seq, received && adds_unread);
                self.resolve_doubt();
            }
            PEER_READ if received && id.kind == ConversationKind::Private => {
                if let Some(time) = content::read_until(&message.content) {
                    self.conversations.peer_read(id, time);
                }
            }
            OWN_READ if self.connection.user() == Some(&message.sender) => {
                if let Some(time) = content::read_until(&message.content) {
                    self.conversations.read(id, time, true);
                    self.listing.note_read(id);
                    self.resolve_doubt();
                }
            }
            // What is the newest now, and how much unread, only the server knows.
            DELETED if self.connection.user() == Some(&message.sender) => self.list_is_stale(),
            REMOVED if self.connection.user() == Some(&message.sender) => {
                if let Some(time) = content::gone_until(&message.content) {
                    self.conversations.remove_until(id, time);
                    self.listing.note_removal(id, message.inbox_seq.unwrap_or(0), time);
                }
                return false;
            }
            _ => {}
        }
        true
    }

    /// The server took a message that was sent from here.
    pub(super) fn notice_sent(&mut self, message: &Outgoing) {
        if &*message.object_name == RECALL {
            self.recalled(&message.conversation, &message.content, 0, false);
        }
    }

    fn recalled(&mut self, id: &ConversationId, content: &Bytes, seq: u64, was_unread: bool) {
        let Some(recalled) = content::recalled(content) else { return };
        let notice = RecallNotice {
            uid: recalled.uid,
            time: recalled.sent_time.unwrap_or_default(),
            seq,
            object_name: ByteString::from_static(RECALLED),
            content: Bytes::copy_from_slice(content),
        };
        self.conversations.recall(id, &notice, was_unread);
        if was_unread {
            self.listing.note_recall(id, &notice);
        }
    }

    pub(super) fn mark_read(&mut self, call: CallId, id: &ConversationId, until: UnixMillis) {
        if self.conversations.read(id, until, false) {
            self.read_here(id);
        }
        self.cx.out.settle(call, Ok(Outcome::Done));
    }

    pub(super) fn set_draft(&mut self, call: CallId, id: &ConversationId, text: String) {
        let now = self.cx.clock.server(self.cx.now);
        self.conversations.set_draft(id, text, now);
        self.cx.out.settle(call, Ok(Outcome::Done));
    }
}
