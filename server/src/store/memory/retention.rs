//! What is removed because it is old.

use std::future::{Future, ready};
use std::ops::Bound::{Excluded, Unbounded};

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;

use super::super::{InboxAge, Retention, StoreError, Swept};
use super::inbox::Message;
use super::{Kept, MemoryStore};

/// So many users are looked at in one call.
const USERS: usize = 64;

impl Retention for MemoryStore {
    fn sweep_inboxes(
        &self,
        age: InboxAge,
        after: Option<UserId>,
        limit: u32,
    ) -> impl Future<Output = Result<Swept, StoreError>> + Send {
        ready(Ok(self.kept().sweep_inboxes(age, after, limit)))
    }

    fn sweep_messages(
        &self,
        oldest: UnixMillis,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        ready(Ok(self.kept().sweep_messages(oldest, limit)))
    }
}

impl Kept {
    fn sweep_inboxes(&mut self, age: InboxAge, after: Option<UserId>, limit: u32) -> Swept {
        let from = after.as_ref().map_or(Unbounded, Excluded);
        let users = self.inboxes.range::<UserId, _>((from, Unbounded));
        let users: Vec<UserId> = users.take(USERS).map(|(user, _)| user.clone()).collect();
        let mut swept = Swept { rows: 0, after, finished: users.len() < USERS };
        for user in users {
            let own = self.settings.get(&user).and_then(|state| state.of_user.offline_days);
            let Some(oldest) = age.oldest(own) else {
                swept.after = Some(user);
                continue;
            };
            while self.first_time(&user).is_some_and(|time| time < oldest) {
                if swept.rows == u64::from(limit) {
                    return Swept { finished: false, ..swept };
                }
                let inbox = self.inbox(&user);
                inbox.rows.pop_front();
                inbox.removed += 1;
                swept.rows += 1;
            }
            swept.after = Some(user);
        }
        swept
    }

    /// Nothing leads to a message any more that was taken out of the log.
    pub(super) fn forget_message(&mut self, index: usize, message: Message) {
        self.by_uid.remove(&message.uid);
        self.receipts.remove(&index);
        if let Some(history) = self.histories.get_mut(&message.key) {
            history.remove(&(message.sent_time, message.uid));
        }
        if let Some(client_id) = message.client_id {
            self.by_client_id.remove(&(message.sender, client_id));
        }
    }

    /// The time of the oldest row in an inbox.
    fn first_time(&self, user: &UserId) -> Option<UnixMillis> {
        let place = self.inboxes.get(user)?.rows.front()?;
        Some(self.message(place.message)?.sent_time)
    }

    fn sweep_messages(&mut self, oldest: UnixMillis, limit: u32) -> u64 {
        let first = self.first_message;
        let last = self.messages.len().min(first.saturating_add(limit as usize));
        let mut removed = 0;
        for index in first..last {
            let Some(slot) = self.messages.get_mut(index) else { break };
            if let Some(message) = slot.take_if(|message| message.sent_time < oldest) {
                removed += 1;
                self.forget_message(index, message);
            }
            let empty = self.messages.get(index).is_none_or(Option::is_none);
            if empty && self.first_message == index {
                self.first_message += 1;
            }
        }
        for inbox in self.inboxes.values_mut() {
            let rest = inbox.deleted.split_off(&self.first_message);
            inbox.deleted = rest;
        }
        removed
    }
}
