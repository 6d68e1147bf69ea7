//! What a session was given of its user's inbox: two ways to know, by kind of client.

use hongyan::ids::UserId;
use hongyan::signal::{Message, MessageDirection};

use super::extended::ExtendedInbox;
use super::legacy::LegacyInbox;
use crate::store::InboxRow;

/// See the module.
#[derive(Debug)]
pub(super) enum Inbox {
    /// Clients without the extensions: by times, doorbells only.
    Legacy(LegacyInbox),
    /// Clients with the extensions: by numbers, pushed where nothing is missing.
    Extended(ExtendedInbox),
}

/// A row as its owner sees it. The number only for sessions with the extensions.
pub(super) fn message(row: InboxRow, me: &UserId, extended: bool) -> Message {
    let direction = if row.own { MessageDirection::Sent } else { MessageDirection::Received };
    Message {
        conversation: row.conversation,
        sender: if row.own { me.clone() } else { row.sender },
        direction,
        object_name: row.object_name,
        content: row.content,
        sent_time: row.sent_time,
        uid: row.uid,
        flags: row.flags,
        retrieved: false,
        client_id: row.client_id,
        inbox_seq: (extended && row.seq != 0).then_some(row.seq),
    }
}
