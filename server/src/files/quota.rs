//! What each user has uploaded today.

use std::collections::BTreeMap;

use hongyan::ids::UserId;

/// The most uploads that one user begins in a day: each is a directory on the disk.
const MAX_FILES: u32 = 10_000;

#[derive(Clone, Copy, Debug, Default)]
struct Used {
    bytes: u64,
    files: u32,
}

/// What is used of the day's quotas.
#[derive(Debug)]
pub struct Quota {
    /// Bytes a user and day; 0 for no limit.
    limit: u64,
    /// Days since 1970, UTC.
    day: u32,
    used: BTreeMap<UserId, Used>,
}

impl Quota {
    /// Nobody has uploaded anything.
    pub const fn new(limit: u64) -> Self {
        Self { limit, day: 0, used: BTreeMap::new() }
    }

    /// Takes so much out of the user's quota of this day; false if that is more than there is.
    pub fn take(&mut self, user: &UserId, bytes: u64, day: u32) -> bool {
        // A clock that goes back gives nobody a second quota.
        if day > self.day {
            self.day = day;
            self.used.clear();
        }
        let used = self.used.get(user).copied().unwrap_or_default();
        let total = used.bytes.saturating_add(bytes);
        if (self.limit != 0 && total > self.limit) || used.files >= MAX_FILES {
            return false;
        }
        self.used.insert(user.detached(), Used { bytes: total, files: used.files + 1 });
        true
    }

    /// Gives back what was taken on this day and not needed.
    pub fn give_back(&mut self, user: &UserId, bytes: u64, day: u32) {
        if let Some(used) = self.used.get_mut(user).filter(|_| day == self.day) {
            used.bytes = used.bytes.saturating_sub(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_so_many_bytes_a_day() {
        let mut quota = Quota::new(100);
        let (ann, bob) = (UserId::from("ann"), UserId::from("bob"));
        assert!(quota.take(&ann, 60, 5));
        assert!(!quota.take(&ann, 41, 5));
        assert!(quota.take(&ann, 40, 5) && quota.take(&bob, 100, 5));
        assert!(!quota.take(&ann, 1, 5) && !quota.take(&ann, 1, 4));
        assert!(quota.take(&ann, 100, 6));
    }

    #[test]
    fn what_was_not_needed_comes_back() {
        let mut quota = Quota::new(100);
        let ann = UserId::from("ann");
        assert!(quota.take(&ann, 100, 5));
        quota.give_back(&ann, 30, 4);
        assert!(!quota.take(&ann, 30, 5));
        quota.give_back(&ann, 30, 5);
        assert!(quota.take(&ann, 30, 5) && !quota.take(&ann, 1, 5));
    }

    #[test]
    fn without_a_limit_the_number_of_files_is_one() {
        let mut quota = Quota::new(0);
        let ann = UserId::from("ann");
        for _ in 0..MAX_FILES {
            assert!(quota.take(&ann, u64::MAX, 5));
        }
        assert!(!quota.take(&ann, 1, 5));
    }
}
