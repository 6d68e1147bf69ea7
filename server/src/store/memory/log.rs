//! The log as the application's server reads it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::{Future, ready};

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;

use super::super::{Log, Logged, Presence, Reading, StoreError};
use super::inbox::Message;
use super::{Kept, MemoryStore};

#[derive(Clone, Debug, Default)]
pub(super) struct LogState {
    /// Hours since 1970.
    hidden: BTreeSet<i64>,
    readings: BTreeMap<Reading, u64>,
    presence: VecDeque<Presence>,
    /// The last place given to a presence.
    last_presence: u64,
}

impl Kept {
    /// The message at this place, which is its index plus 1.
    fn logged(&self, place: u64) -> Option<Logged> {
        let index = usize::try_from(place.checked_sub(1)?).ok()?;
        let Message { uid, sender, conversation, object_name, content, flags, sent_time, .. } =
            self.message(index)?.clone();
        Some(Logged { place, uid, sender, conversation, object_name, content, flags, sent_time })
    }

    fn log_end(&self) -> u64 {
        self.messages.len() as u64
    }
}

impl Log for MemoryStore {
    fn log_between(
        &self,
        from: UnixMillis,
        until: UnixMillis,
        after: (UnixMillis, u64),
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Logged>, StoreError>> + Send {
        let kept = self.kept();
        let all = (1..=kept.log_end()).filter_map(|place| kept.logged(place));
        let wanted = |one: &Logged| {
            let time = one.sent_time;
            from <= time && time < until && (time, one.place) > after
        };
        let mut found: Vec<_> = all.filter(wanted).collect();
        found.sort_by_key(|one| (one.sent_time, one.place));
        found.truncate(limit as usize);
        ready(Ok(found))
    }

    fn log_after(
        &self,
        place: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Logged>, StoreError>> + Send {
        let kept = self.kept();
        let after = (place.saturating_add(1)..=kept.log_end()).filter_map(|at| kept.logged(at));
        ready(Ok(after.take(limit as usize).collect()))
    }

    fn log_end(&self) -> impl Future<Output = Result<u64, StoreError>> + Send {
        ready(Ok(self.kept().log_end()))
    }

    fn hide_log(&self, hour: i64) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.kept().log.hidden.insert(hour);
        ready(Ok(()))
    }

    fn is_log_hidden(&self, hour: i64) -> impl Future<Output = Result<bool, StoreError>> + Send {
        ready(Ok(self.kept().log.hidden.contains(&hour)))
    }

    fn reading(
        &self,
        reading: Reading,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send {
        ready(Ok(self.kept().log.readings.get(&reading).copied()))
    }

    fn set_reading(
        &self,
        reading: Reading,
        place: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.kept().log.readings.insert(reading, place);
        ready(Ok(()))
    }

    fn add_presence(
        &self,
        user: &UserId,
        online: bool,
        time: UnixMillis,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let log = &mut self.kept().log;
        log.last_presence += 1;
        let place = log.last_presence;
        log.presence.push_back(Presence { place, user: user.detached(), online, time });
        ready(Ok(()))
    }

    fn presence(
        &self,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Presence>, StoreError>> + Send {
        ready(Ok(self.kept().log.presence.iter().take(limit as usize).cloned().collect()))
    }

    fn forget_presence(&self, place: u64) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.kept().log.presence.retain(|one| one.place > place);
        ready(Ok(()))
    }
}
