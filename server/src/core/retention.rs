//! Removal of what is too old, a little at a time.

use std::future::Future;

use hongyan::error::ErrorCode;
use hongyan::time::UnixMillis;

use super::clock::Now;
use super::serve::{Core, refusal};
use crate::store::{InboxAge, Store};

/// A day, in ms.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// The most rows that one transaction removes: others wait for it.
const BATCH: u32 = 500;

/// How old messages may grow, in days; `None` for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ages {
    /// In inboxes: what waits for users who are away.
    pub inbox_days: Option<u32>,
    /// Anywhere. Has no effect where it is less than what inboxes may hold.
    pub history_days: Option<u32>,
}

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Rows of inboxes.
    pub rows: u64,
    /// Messages.
    pub messages: u64,
}

impl Ages {
    /// Messages earlier than this are in no inbox and too old for the log.
    fn oldest_message(self, now: UnixMillis) -> Option<UnixMillis> {
        let days = self.history_days?.max(self.inbox_days?);
        Some(now.plus(-DAY * i64::from(days)))
    }
}

impl<S: Store> Core<S> {
    /// Removes everything that is too old, and rests by `rest` after each transaction.
    ///
    /// # Errors
    /// The clock is not to be believed, or the store failed; what was removed until then is gone.
    pub async fn sweep<R>(
        &self,
        ages: Ages,
        now: Now,
        rest: impl Fn() -> R,
    ) -> Result<Removed, ErrorCode>
    where
        R: Future<Output = ()>,
    {
        let now = self.believed(now)?;
        let rows = self.sweep_inboxes(InboxAge { now, days: ages.inbox_days }, &rest).await?;
        let mut removed = Removed { rows, messages: 0 };
        let Some(oldest) = ages.oldest_message(now) else { return Ok(removed) };
        loop {
            let gone = self.store().sweep_messages(oldest, BATCH).await.map_err(refusal)?;
            removed.messages += gone;
            if gone < u64::from(BATCH) {
                return Ok(removed);
            }
            rest().await;
        }
    }

    async fn sweep_inboxes<R>(&self, age: InboxAge, rest: &impl Fn() -> R) -> Result<u64, ErrorCode>
    where
        R: Future<Output = ()>,
    {
        let (mut rows, mut after) = (0, None);
        loop {
            let swept = self.store().sweep_inboxes(age, after, BATCH).await.map_err(refusal)?;
            rows += swept.rows;
            if swept.finished {
                return Ok(rows);
            }
            after = swept.after;
            rest().await;
        }
    }
}
