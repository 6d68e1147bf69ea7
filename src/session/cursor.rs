//! How far a user has been given the inbox.

use bytestring::ByteString;

use crate::conversation::fields::{FieldReader, FieldWriter};
use crate::ids::MessageUid;
use crate::time::UnixMillis;

/// Key of the cursor in the user's stored state.
pub const CURSOR_KEY: &str = "cursor";
const VERSION: u8 = 1;
/// So many uids beyond the cursor are remembered.
const MAX_BEYOND: usize = 256;

/// A place in the inbox, by number for servers with the extensions and by times for the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Which life of the store the number belongs to; empty if none is known.
    pub epoch: ByteString,
    /// The last number given; 0 for none.
    pub seq: u64,
    /// Messages up to this number are in the unread counts already.
    pub counted: u64,
    /// Time of the newest received message given by a pull.
    pub received: UnixMillis,
    /// The same for own messages.
    pub sent: UnixMillis,
    /// Messages at or beyond the times that were given all the same: pushed ones, own ones, and
    /// those of the very millisecond of the times.
    pub beyond: Vec<Beyond>,
}

/// A message given before the times of the [`Cursor`] have passed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// When it was sent.
    pub time: UnixMillis,
    /// Whether by this user.
    pub own: bool,
    /// Its uid, not empty.
    pub uid: MessageUid,
}

impl Cursor {
    /// Whether this user has never been given anything.
    pub fn is_fresh(&self) -> bool {
        self.epoch.is_empty()
            && self.seq == 0
            && self.received == UnixMillis::ZERO
            && self.sent == UnixMillis::ZERO
    }

    /// The time for a direction.
    pub fn time(&self, own: bool) -> UnixMillis {
        if own { self.sent } else { self.received }
    }

    /// Moves the time of a direction forward.
    pub fn pass(&mut self, own: bool, time: UnixMillis) {
        let place = if own { &mut self.sent } else { &mut self.received };
        *place = (*place).max(time);
    }

    /// Remembers a message beyond the times, and forgets those that the times have passed.
    pub fn remember(&mut self, own: bool, time: UnixMillis, uid: &MessageUid) {
        if uid.is_empty() || self.beyond.iter().any(|known| known.uid == *uid) {
            return;
        }
        self.beyond.push(Beyond { time, own, uid: uid.detached() });
        self.forget_passed();
    }

    /// Forgets what the times have passed, and the oldest of what is too much.
    pub fn forget_passed(&mut self) {
        let (received, sent) = (self.received, self.sent);
        self.beyond.retain(|known| known.time >= if known.own { sent } else { received });
        let surplus = self.beyond.len().saturating_sub(MAX_BEYOND);
        self.beyond.drain(..surplus);
    }

    /// The stored form.
    pub fn to_stored(&self) -> String {
        let mut fields = FieldWriter::new(VERSION);
        fields
            .text(&self.epoch)
            .unsigned(self.seq)
            .unsigned(self.counted)
            .number(self.received.get())
            .number(self.sent.get());
        for known in &self.beyond {
            fields.number(known.time.get()).flag(known.own).text(known.uid.as_str());
        }
        fields.finish()
    }

    /// Reads the stored form; `None` if it is damaged.
    pub fn from_stored(value: &str) -> Option<Self> {
        let mut fields = FieldReader::open(value, VERSION)?;
        let mut cursor = Self {
            epoch: ByteString::from(fields.text()),
            seq: fields.unsigned(),
            counted: fields.unsigned(),
            received: UnixMillis::new(fields.number()),
            sent: UnixMillis::new(fields.number()),
            beyond: Vec::new(),
        };
        while !fields.is_at_end() && cursor.beyond.len() < MAX_BEYOND {
            let time = UnixMillis::new(fields.number());
            let own = fields.flag();
            cursor.beyond.push(Beyond { time, own, uid: MessageUid::from(fields.text()) });
        }
        fields.check().map(|()| cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back() {
        let mut cursor = Cursor {
            epoch: "e|1".into(),
            seq: 7,
            counted: 9,
            received: UnixMillis::new(1_000),
            sent: UnixMillis::new(-1),
            beyond: Vec::new(),
        };
        cursor.remember(false, UnixMillis::new(1_000), &MessageUid::from("A"));
        cursor.remember(true, UnixMillis::new(5), &MessageUid::from("B"));
        let stored = cursor.to_stored();
        assert_eq!(Cursor::from_stored(&stored), Some(cursor));
        assert_eq!(Cursor::from_stored(&stored[..stored.len() - 3]), None);
        assert_eq!(Cursor::from_stored("1|e|x"), None);
        assert!(Cursor::from_stored("1||0|0|0|0").unwrap().is_fresh());
    }

    /// `pkg-template/rongimlib/earlier.js` writes cursors like this one.
    #[test]
    fn what_the_2x_face_takes_over_from_an_earlier_library_is_a_cursor() {
        let cursor = Cursor::from_stored("1||0|0|1700000000000|1700000000500").unwrap();
        let times = (cursor.received.get(), cursor.sent.get());
        assert_eq!(times, (1_700_000_000_000, 1_700_000_000_500));
        assert!(!cursor.is_fresh() && cursor.epoch.is_empty() && cursor.seq == 0);
    }

    #[test]
    fn what_was_passed_is_forgotten() {
        let mut cursor = Cursor::default();
        for time in 0..600 {
            let mut uid = String::new();
            crate::conversation::fields::push_number(&mut uid, time);
            cursor.remember(time % 2 == 0, UnixMillis::new(time as i64), &MessageUid::from(uid));
        }
        assert_eq!(cursor.beyond.len(), MAX_BEYOND);
        cursor.pass(false, UnixMillis::new(599));
        cursor.pass(false, UnixMillis::new(3));
        cursor.pass(true, UnixMillis::new(598));
        cursor.forget_passed();
        assert_eq!(cursor.beyond.len(), 2, "those of the very millisecond stay");
    }
}
