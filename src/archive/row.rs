//! One message as it is kept.

use core::cmp::Ordering;

/// Bits of [`Row::flags`].
pub mod bits {
    /// Sent by this user.
    pub const SENT: u32 = 1;
    /// Kept in the server's history.
    pub const PERSISTED: u32 = 2;
    /// Counts as unread.
    pub const COUNTED: u32 = 4;
    /// Mentions this user.
    pub const MENTIONED: u32 = 8;
    /// Sent before the login that received it.
    pub const OFFLINE: u32 = 16;
}

/// Highest time and local id that a JS number holds exactly.
const EXACT: i64 = (1 << 53) - 1;

/// Where a row stands among all: newest first. Also its primary key: `[-time, local, tag]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Sent time, Unix milliseconds.
    pub time: i64,
    /// The row's local id, which no other row has.
    pub local: u64,
    /// Its conversation's [`tag`]: a list of keys alone says which rows may be of one.
    pub tag: u32,
}

/// A conversation's number in keys (FNV-1a of its name): rows of different ones may share it.
pub(super) fn tag(conversation: &str) -> u32 {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    conversation.bytes().fold(0x811c_9dc5, mix)
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        other.time.cmp(&self.time).then(self.local.cmp(&other.local))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A position in the order of messages: sent time, then tie. Oldest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// Sent time, Unix milliseconds.
    pub time: i64,
    /// The message's uid, or what [`Row::tie`] says for one without.
    pub tie: String,
}

impl Point {
    /// The position behind every message of that time.
    pub const fn after(time: i64) -> Self {
        Self { time: time.saturating_add(1), tie: String::new() }
    }
}

/// One message. The short names are those in the database, where every row repeats them, and on
/// the JS side (`archive/rows.js`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The row's own number, never 0 once it is kept, the same for as long as the row lives.
    pub local: u64,
    /// Kind's number, `/`, target id.
    pub conversation: String,
    /// Sent time, Unix milliseconds: the server's, or the local guess of an unsent message.
    pub time: i64,
    /// The server's name for it.
    pub uid: Option<String>,
    /// The sender's client id as decimal text.
    pub client: Option<String>,
    /// Who sent it.
    pub sender: String,
    /// Class name of the content.
    pub object_name: String,
    /// The content as JSON text.
    pub content: String,
    /// [`bits`].
    pub flags: u32,
    /// What the page has noted down with it.
    pub extra: Option<String>,
    /// `SentStatus` of 2.x.
    pub sent_status: Option<i32>,
    /// `ReceivedStatus` of 2.x.
    pub received_status: Option<i32>,
    /// Members of the content that are searched, with commas between, if the page has named them.
    pub fields: Option<String>,
}

impl Row {
    /// What orders messages of one millisecond. Uids are letters, digits and hyphens, so `~` puts
    /// what has none behind them; the length before the digits makes those ordered as numbers.
    pub fn tie(&self) -> String {
        match &self.uid {
            Some(uid) => uid.clone(),
            None => {
                let digits = decimal(self.local);
                let length = char::from(b'a' + digits.len() as u8);
                ["~", length.encode_utf8(&mut [0; 4]), &digits].concat()
            }
        }
    }

    /// Its primary key.
    pub fn place(&self) -> Place {
        Place { time: self.time, local: self.local, tag: tag(&self.conversation) }
    }

    /// Its position in the order of messages.
    pub fn point(&self) -> Point {
        Point { time: self.time, tie: self.tie() }
    }

    /// Whether this user sent it.
    pub const fn is_sent(&self) -> bool {
        self.flags & bits::SENT != 0
    }

    /// Keeps the row within what a key of the database can hold.
    pub(super) fn bounded(mut self) -> Self {
        self.time = self.time.clamp(-EXACT, EXACT);
        self
    }
}

fn decimal(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(b'0' + (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().map(|digit| char::from(*digit)).collect()
}

/// What an update changes; nothing is said about the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// New class name.
    pub object_name: Option<String>,
    /// New content, JSON text.
    pub content: Option<String>,
    /// New note.
    pub extra: Option<String>,
    /// New `SentStatus`.
    pub sent_status: Option<i32>,
    /// New `ReceivedStatus`.
    pub received_status: Option<i32>,
    /// New [`Row::fields`].
    pub fields: Option<String>,
}

impl Patch {
    pub(super) fn apply(&self, row: &mut Row) {
        let set = |place: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                place.clone_from(value);
            }
        };
        set(&mut row.object_name, &self.object_name);
        set(&mut row.content, &self.content);
        row.extra = self.extra.clone().or(row.extra.take());
        row.sent_status = self.sent_status.or(row.sent_status);
        row.received_status = self.received_status.or(row.received_status);
        row.fields = self.fields.clone().or(row.fields.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::tests::row;

    #[test]
    fn places_are_newest_first_and_points_oldest_first() {
        let place = |time, local| Place { time, local, tag: 0 };
        let (old, new) = (place(1, 9), place(2, 1));
        assert!(new < old);
        assert!(place(2, 1) < place(2, 2));
        let point = |time, tie: &str| Point { time, tie: tie.into() };
        assert!(point(1, "B") < point(2, "A") && point(2, "A") < point(2, "B"));
    }

    #[test]
    fn rows_without_a_uid_stand_behind_those_with_one_in_the_order_of_their_numbers() {
        let local = |local| Row { local, uid: None, ..row(1, "1/bob", 5, "x") };
        let mut ties: Vec<_> = [1, 9, 10, 11, 99, 100].map(|n| local(n).tie()).into();
        ties.insert(0, "ZZZZ-ZZZZ-ZZZZ-ZZZZ".into());
        assert!(ties.is_sorted(), "{ties:?}");
    }

    #[test]
    fn times_beyond_what_a_number_holds_are_cut() {
        let cut = |time| Row { time, ..row(1, "1/bob", 0, "x") }.bounded().time;
        assert_eq!(cut(i64::MAX), EXACT);
        assert_eq!(cut(i64::MIN), -EXACT);
        assert_eq!(cut(7), 7);
    }
}
