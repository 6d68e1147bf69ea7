//! Messages and conversations as JS reads them cheapest: numbers in rows, texts in zones.
//!
//! ```text
//! head     11 numbers: where the zones are, and how long
//! rows     [f64; ROW] per message                      see [`row`]
//! fresh    (slot, end in names) per string not seen before
//! names    UTF-8: those strings, one after the other
//! texts    UTF-8: what is unique per message (content), one after the other
//! uids     ASCII: the messages' uids, one after the other
//! marks    [f64; MARK] per conversation                see [`mark`]
//! ```
//!
//! Ends are positions in UTF-16 units, so JS cuts the decoded text with `substring` and never
//! looks at bytes. Strings that repeat (ids, class names, names of people) are numbers of slots in
//! a table that JS mirrors: only a string that JS has not got travels.

mod content;
mod names;
mod texts;

use names::Names;
use texts::Zone;

use crate::conversation::{Conversation, Latest};
use crate::ids::ConversationId;
use crate::session::io::Received;
use crate::signal::{Message, MessageDirection};

pub use names::SLOTS;

/// Numbers per message.
pub const ROW: usize = 15;
/// Numbers per conversation, beside the row of its newest message.
pub const MARK: usize = 6;

/// Places in a row. Places 2 to 14 of a conversation without a message are 0.
pub mod row {
    /// `ConversationType`.
    pub const KIND: usize = 0;
    /// Slot of the target.
    pub const TARGET: usize = 1;
    /// Slot of the sender.
    pub const SENDER: usize = 2;
    /// Slot of the class name.
    pub const OBJECT_NAME: usize = 3;
    /// See [`bits`](super::bits).
    pub const BITS: usize = 4;
    /// The server's time, Unix ms.
    pub const SENT_TIME: usize = 5;
    /// End in the uids; negative: -1 - the slot of a uid that is not ASCII.
    pub const UID: usize = 6;
    /// Upper 31 bits of the client id; 0 with a lower half of 0 for none.
    pub const CLIENT_ID_HIGH: usize = 7;
    /// Lower 32 bits of the client id.
    pub const CLIENT_ID_LOW: usize = 8;
    /// End in the texts.
    pub const TEXT: usize = 9;
    /// What the text is: see `Shape` in `content.rs`.
    pub const SHAPE: usize = 10;
    /// Slots of `extra`, `user.id`, `user.name`, `user.portraitUri`, as the shape says.
    pub const TAIL: usize = 11;
}

/// Bits of a row.
pub mod bits {
    /// Sent by this user.
    pub const SENT: u32 = 1;
    /// Kept in history.
    pub const PERSISTED: u32 = 2;
    /// Counts as unread.
    pub const COUNTED: u32 = 4;
    /// Mentions its receivers.
    pub const MENTIONED: u32 = 8;
    /// Sent before this login.
    pub const OFFLINE: u32 = 16;
    /// Its sender wants no notification.
    pub const SILENT: u32 = 32;
    /// Of a send, not in rows: it stays in the outbox when it fails.
    pub const KEEP: u32 = 64;
}

/// Places in a conversation's mark.
pub mod mark {
    /// Its unread count.
    pub const UNREAD: usize = 0;
    /// Time of its newest message, Unix ms.
    pub const TIME: usize = 1;
    /// 1 the row holds its newest message, 2 on top, 4 no notifications, 8 hidden.
    pub const BITS: usize = 2;
    /// How many of the unread messages mention the user.
    pub const MENTIONS: usize = 3;
    /// Up to when the other side has read, Unix ms; 0 if that is not known.
    pub const PEER_READ: usize = 4;
    /// Slot of the draft.
    pub const DRAFT: usize = 5;
}

/// Packs batches. The names it has given to JS stay valid from batch to batch.
#[derive(Default)]
pub struct Packer {
    rows: Vec<f64>,
    marks: Vec<f64>,
    names: Names,
    tails: content::Tails,
    texts: Zone,
    uids: Vec<u8>,
    head: Box<[u32; 11]>,
}

impl Packer {
    /// Packs messages; the address of the head is good until the next call.
    pub fn messages(&mut self, messages: &[Received]) -> *const u32 {
        self.begin();
        for received in messages {
            let offline = if received.offline { bits::OFFLINE } else { 0 };
            self.message(&Line::of_message(&received.message, offline));
        }
        self.end(messages.len())
    }

    /// Packs conversations, one row and one mark each; the address of the head is good until the
    /// next call.
    pub fn conversations<'a>(
        &mut self,
        conversations: impl Iterator<Item = &'a Conversation>,
    ) -> *const u32 {
        self.begin();
        let mut count = 0;
        for conversation in conversations {
            count += 1;
            match &conversation.latest {
                Some(latest) => self.message(&Line::of_latest(&conversation.id, latest)),
                None => self.nothing(&conversation.id),
            }
            let mark = self.mark(conversation);
            self.marks.extend(mark);
        }
        self.end(count)
    }

    fn mark(&mut self, conversation: &Conversation) -> [f64; MARK] {
        let settings = conversation.settings;
        let bits = u8::from(conversation.latest.is_some())
            | u8::from(settings.pinned) << 1
            | u8::from(settings.muted) << 2
            | u8::from(settings.hidden) << 3;
        let mut mark = [0.0; MARK];
        mark[mark::UNREAD] = f64::from(conversation.unread);
        mark[mark::TIME] = conversation.time.get() as f64;
        mark[mark::BITS] = f64::from(bits);
        mark[mark::MENTIONS] = f64::from(conversation.mentions);
        mark[mark::PEER_READ] = conversation.peer_read.get() as f64;
        mark[mark::DRAFT] = self.names.slot(conversation.draft.as_bytes());
        mark
    }

    /// Packs names of conversations: rows without a message, and no marks.
    pub fn conversation_ids(&mut self, ids: &[ConversationId]) -> *const u32 {
        self.begin();
        ids.iter().for_each(|id| self.nothing(id));
        self.end(ids.len())
    }

    fn begin(&mut self) {
        self.rows.clear();
        self.marks.clear();
        self.names.begin_batch();
        self.texts.clear();
        self.uids.clear();
    }

    fn message(&mut self, line: &Line<'_>) {
        let mut row = [0.0; ROW];
        row[row::KIND] = f64::from(line.conversation.kind.number());
        row[row::TARGET] = self.names.slot(line.conversation.target.as_str().as_bytes());
        row[row::SENDER] = self.names.slot(line.sender.as_bytes());
        row[row::OBJECT_NAME] = self.names.slot(line.object_name.as_bytes());
        row[row::BITS] = f64::from(line.bits);
        row[row::SENT_TIME] = line.sent_time as f64;
        row[row::UID] = self.uid(line.uid);
        row[row::CLIENT_ID_HIGH] = (line.client_id >> 32) as f64;
        row[row::CLIENT_ID_LOW] = f64::from(line.client_id as u32);
        self.content(line.content, &mut row);
        self.rows.extend_from_slice(&row);
    }

    fn nothing(&mut self, conversation: &ConversationId) {
        let mut row = [0.0; ROW];
        row[row::KIND] = f64::from(conversation.kind.number());
        row[row::TARGET] = self.names.slot(conversation.target.as_str().as_bytes());
        row[row::UID] = self.uids.len() as f64;
        row[row::TEXT] = f64::from(self.texts.end());
        self.rows.extend_from_slice(&row);
    }

    fn uid(&mut self, uid: &str) -> f64 {
        if !texts::is_ascii(uid.as_bytes()) {
            return -1.0 - self.names.slot(uid.as_bytes());
        }
        self.uids.extend_from_slice(uid.as_bytes());
        self.uids.len() as f64
    }

    fn content(&mut self, content: &[u8], row: &mut [f64; ROW]) {
        let usual = content::text_and_tail(content)
            .and_then(|(text, tail)| Some((text, self.tails.read(tail, &mut self.names)?)));
        match usual {
            Some((text, tail)) => {
                self.texts.push(text);
                row[row::SHAPE] = f64::from(tail.shape as u8);
                row[row::TAIL..].copy_from_slice(&tail.slots);
            }
            None => self.texts.push(content),
        }
        row[row::TEXT] = f64::from(self.texts.end());
    }

    fn end(&mut self, count: usize) -> *const u32 {
        let (names, fresh) = self.names.fresh();
        let place = |bytes: &[u8]| [bytes.as_ptr() as u32, bytes.len() as u32];
        let [[name_at, name_len], [text_at, text_len], [uid_at, uid_len]] =
            [place(names), place(self.texts.bytes()), place(&self.uids)];
        *self.head = [
            count as u32,
            self.rows.as_ptr() as u32,
            fresh.as_ptr() as u32,
            (fresh.len() / 2) as u32,
            name_at,
            name_len,
            text_at,
            text_len,
            uid_at,
            uid_len,
            self.marks.as_ptr() as u32,
        ];
        self.head.as_ptr()
    }
}

/// What a row is made of.
struct Line<'a> {
    conversation: &'a ConversationId,
    sender: &'a str,
    object_name: &'a str,
    content: &'a [u8],
    bits: u32,
    sent_time: i64,
    uid: &'a str,
    /// 0 for none.
    client_id: u64,
}

impl<'a> Line<'a> {
    fn of_message(message: &'a Message, more_bits: u32) -> Self {
        let flags = message.flags;
        let bit = |set: bool, bit: u32| if set { bit } else { 0 };
        Self {
            conversation: &message.conversation,
            sender: message.sender.as_str(),
            object_name: &message.object_name,
            content: &message.content,
            bits: direction_bit(message.direction)
                | bit(flags.persisted, bits::PERSISTED)
                | bit(flags.counted, bits::COUNTED)
                | bit(flags.mentioned, bits::MENTIONED)
                | bit(flags.silent, bits::SILENT)
                | more_bits,
            sent_time: message.sent_time.get(),
            uid: message.uid.as_str(),
            client_id: own_id(message.direction, message.client_id),
        }
    }

    /// The newest message of a conversation is one that counts.
    fn of_latest(conversation: &'a ConversationId, latest: &'a Latest) -> Self {
        Self {
            conversation,
            sender: latest.sender.as_str(),
            object_name: &latest.object_name,
            content: &latest.content,
            bits: direction_bit(latest.direction) | bits::PERSISTED | bits::COUNTED,
            sent_time: latest.sent_time.get(),
            uid: latest.uid.as_str(),
            client_id: own_id(latest.direction, latest.client_id),
        }
    }
}

fn direction_bit(direction: MessageDirection) -> u32 {
    match direction {
        MessageDirection::Sent => bits::SENT,
        MessageDirection::Received => 0,
    }
}

/// Another sender's id means nothing here.
fn own_id(direction: MessageDirection, id: Option<crate::ids::ClientMessageId>) -> u64 {
    match direction {
        MessageDirection::Sent => id.map_or(0, |id| id.to_wire() as u64),
        MessageDirection::Received => 0,
    }
}

#[cfg(test)]
mod tests;
