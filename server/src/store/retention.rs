//! What is removed because it is old.

use std::future::Future;

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;

use super::StoreError;

/// A day, in ms.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// How old rows of inboxes may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxAge {
    /// The wall clock now.
    pub now: UnixMillis,
    /// In days; `None` for ever. A user may have chosen fewer.
    pub days: Option<u32>,
}

impl InboxAge {
    /// Rows earlier than this are too old for a user who has chosen `own` days; `None` if none is.
    pub fn oldest(&self, own: Option<u8>) -> Option<UnixMillis> {
        let days = match (self.days, own.map(u32::from)) {
            (Some(days), Some(own)) => days.min(own),
            (Some(days), None) | (None, Some(days)) => days,
            (None, None) => return None,
        };
        Some(self.now.plus(-DAY * i64::from(days)))
    }
}

/// How far a sweep of the inboxes has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows that were removed.
    pub rows: u64,
    /// The user to go on after.
    pub after: Option<UserId>,
    /// Whether all users were looked at.
    pub finished: bool,
}

/// Removal, a little at a time: one call is one short transaction.
pub trait Retention: Send + Sync + 'static {
    /// Removes at most `limit` rows that are too old from the inboxes of users after `after`, in
    /// the order of their ids; `None` begins with the first. `Head::first` rises by it. Lists,
    /// unread counts and histories stay as they are.
    fn sweep_inboxes(
        &self,
        age: InboxAge,
        after: Option<UserId>,
        limit: u32,
    ) -> impl Future<Output = Result<Swept, StoreError>> + Send;

    /// Removes messages earlier than `oldest` from the log, and says how many; fewer than `limit`
    /// when none is left. They are gone from histories and lists, and their repeats are new
    /// messages. No inbox may hold any of them.
    fn sweep_messages(
        &self,
        oldest: UnixMillis,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shorter_of_both_ages_counts() {
        let now = UnixMillis::new(100 * DAY);
        let oldest = |days, own| InboxAge { now, days }.oldest(own).map(|time| time.get() / DAY);
        assert_eq!(oldest(Some(7), None), Some(93));
        assert_eq!(oldest(Some(7), Some(2)), Some(98));
        assert_eq!(oldest(Some(3), Some(7)), Some(97));
        assert_eq!(oldest(None, Some(5)), Some(95));
        assert_eq!(oldest(None, None), None);
    }
}
