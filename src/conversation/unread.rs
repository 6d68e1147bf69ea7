//! What is unread in a conversation: which messages, as far as that is known, and how many more.

use crate::ids::MessageUid;
use crate::time::UnixMillis;

/// So many are known one by one; beyond, they are only counted.
const MAX_KNOWN: usize = 200;

/// Received counted messages that were not read.
#[derive(Clone, Debug, Default)]
pub(super) struct Unread {
    /// How many of which no more is known: the server's list or an earlier page counted them.
    others: u32,
    /// How many of those mention the user.
    other_mentions: u32,
    /// Those are not newer than this.
    until: UnixMillis,
    /// The ones that were received here, oldest first.
    known: Vec<Known>,
}

#[derive(Clone, Debug)]
struct Known {
    time: UnixMillis,
    /// Instead of the uid itself, which would keep its frame alive or cost a copy per message.
    uid: u32,
    mentions: bool,
}

/// FNV-1a: which message of a time a recall means.
fn hash(uid: &MessageUid) -> u32 {
    let fold = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    uid.as_str().bytes().fold(0x811C_9DC5, fold)
}

impl Unread {
    /// Counted elsewhere: so many, and so many mentions among them, none newer than `until`.
    pub(super) fn counted(messages: u32, mentions: u32, until: UnixMillis) -> Self {
        let other_mentions = mentions.min(messages);
        Self { others: messages, other_mentions, until, known: Vec::new() }
    }

    pub(super) fn messages(&self) -> u32 {
        self.others.saturating_add(self.known.len() as u32)
    }

    pub(super) fn mentions(&self) -> u32 {
        let known = self.known.iter().filter(|known| known.mentions);
        self.other_mentions.saturating_add(known.count() as u32)
    }

    /// A message was received.
    pub(super) fn add(&mut self, time: UnixMillis, uid: &MessageUid, mentions: bool) {
        if self.known.len() >= MAX_KNOWN {
            let until = self.known.iter().fold(self.until, |until, known| until.max(known.time));
            *self = Self::counted(self.messages(), self.mentions(), until);
        }
        self.known.push(Known { time, uid: hash(uid), mentions });
    }

    /// A message was received that was counted elsewhere: now it is known which one it is.
    pub(super) fn identify(&mut self, time: UnixMillis, uid: &MessageUid, mentions: bool) {
        if self.others == 0 || self.known.len() >= MAX_KNOWN {
            return;
        }
        let mentions = mentions && self.other_mentions > 0;
        self.others -= 1;
        self.other_mentions = (self.other_mentions - u32::from(mentions)).min(self.others);
        self.known.push(Known { time, uid: hash(uid), mentions });
    }

    /// Everything up to `time` is read. Returns whether nobody here knows how many that were: some
    /// of those that are only counted.
    pub(super) fn read(&mut self, time: UnixMillis) -> bool {
        self.known.retain(|known| known.time > time);
        if time >= self.until {
            (self.others, self.other_mentions) = (0, 0);
        }
        self.others > 0
    }

    /// A message was taken back. `unread`: it is newer than what was read. Returns whether nobody
    /// here knows if it was counted: the user may have deleted it before.
    pub(super) fn recalled(&mut self, uid: &MessageUid, time: UnixMillis, unread: bool) -> bool {
        let (before, uid) = (self.known.len(), hash(uid));
        self.known.retain(|known| known.uid != uid);
        let in_doubt =
            self.known.len() == before && unread && time <= self.until && self.others > 0;
        if in_doubt {
            self.others -= 1;
            self.other_mentions = self.other_mentions.min(self.others);
        }
        in_doubt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: i64) -> UnixMillis {
        UnixMillis::new(time)
    }

    /// Three counted up to 10; known ones at 20, 30 (a mention) and 40.
    fn sample() -> Unread {
        let mut unread = Unread::counted(3, 1, at(10));
        for time in [20, 30, 40] {
            unread.add(at(time), &MessageUid::from(time.to_string()), time == 30);
        }
        unread
    }

    fn counts(unread: &Unread) -> (u32, u32) {
        (unread.messages(), unread.mentions())
    }

    #[test]
    fn what_is_read_counts_no_more() {
        for (time, left) in [(9, (6, 2)), (10, (3, 1)), (20, (2, 1)), (30, (1, 0)), (40, (0, 0))] {
            let mut unread = sample();
            assert_eq!(counts(&unread), (6, 2));
            assert_eq!(unread.read(at(time)), time < 10, "in doubt");
            assert_eq!(counts(&unread), left, "read up to {time}");
        }
    }

    #[test]
    fn what_is_recalled_counts_no_more_and_only_once() {
        let mut unread = sample();
        assert!(!unread.recalled(&"30".into(), at(30), true));
        assert_eq!(counts(&unread), (5, 1));
        unread.recalled(&"30".into(), at(30), true);
        assert_eq!(counts(&unread), (5, 1));
        assert!(unread.recalled(&"5".into(), at(5), true));
        assert_eq!(counts(&unread), (4, 1), "one of the others");
        unread.recalled(&"4".into(), at(4), false);
        assert_eq!(counts(&unread), (4, 1), "it was read");
        for _ in 0..5 {
            unread.recalled(&"5".into(), at(5), true);
        }
        assert_eq!(counts(&unread), (2, 0), "never below none");
    }

    #[test]
    fn what_was_counted_elsewhere_is_known_once_it_is_received() {
        let mut unread = Unread::counted(3, 1, at(10));
        unread.identify(at(5), &"5".into(), true);
        unread.identify(at(7), &"7".into(), true);
        assert_eq!(counts(&unread), (3, 1), "nothing is counted twice");
        assert!(unread.read(at(5)), "one of them is still unknown");
        assert_eq!(counts(&unread), (2, 0));
        unread.identify(at(9), &"9".into(), false);
        unread.identify(at(9), &"too many".into(), false);
        assert!(!unread.read(at(7)));
        assert_eq!(counts(&unread), (1, 0));
    }

    #[test]
    fn many_are_only_counted() {
        let mut unread = sample();
        for time in 41..41 + 2 * MAX_KNOWN as i64 {
            unread.add(at(time), &"x".into(), false);
        }
        assert_eq!(counts(&unread), (6 + 2 * MAX_KNOWN as u32, 2));
        assert!(unread.known.len() <= MAX_KNOWN);
        unread.read(at(i64::MAX));
        assert_eq!(counts(&unread), (0, 0));
    }
}
