//! What is done about chatrooms now and then: members who do not come back leave, rooms that
//! nobody uses are destroyed, histories are cut.

use std::future::Future;

use hongyan::error::ErrorCode;
use hongyan::ids::TargetId;

use super::super::clock::Now;
use super::super::serve::{Core, refusal};
use crate::store::{Chatroom, Store};

/// Rooms in one look, messages in one transaction.
const BATCH: u32 = 100;
/// A room that nobody has used for so long is no longer held in memory, in ms.
const UNLOADED: u64 = 600_000;

impl<S: Store> Core<S> {
    /// Those who were away for too long leave. To be called every few seconds.
    ///
    /// # Errors
    /// The store failed, or the clock is not to be believed: entries of who left stay.
    pub async fn expire_chatroom_members(&self, now: Now) -> Result<(), ErrorCode> {
        let grace = self.settings().chatrooms.grace;
        let mut done = Ok(());
        for (user, room) in self.hub().chatrooms().expire(grace, now) {
            done = done.and(self.entries_go(&room, &user, now).await);
        }
        done
    }

    /// Who was in a room when the server ended, and has entries that are to go with it, is away from
    /// now on. To be called once, when the server begins.
    ///
    /// # Errors
    /// The store failed.
    pub async fn remember_chatroom_members(&self) -> Result<(), ErrorCode> {
        for (room, user) in self.store().chatroom_entry_setters().await.map_err(refusal)? {
            self.hub().chatrooms().was_in(user, room);
        }
        Ok(())
    }

    /// Destroys rooms that nobody has used for long, and cuts histories; rests by `rest` after
    /// each look and transaction. How many rooms were destroyed.
    ///
    /// # Errors
    /// The store failed, or the clock is not to be believed.
    pub async fn tidy_chatrooms<R>(&self, now: Now, rest: impl Fn() -> R) -> Result<u64, ErrorCode>
    where
        R: Future<Output = ()>,
    {
        let settings = self.settings().chatrooms;
        let (mut after, mut destroyed) = (None::<TargetId>, 0);
        loop {
            let rooms = self.store().chatrooms(after.as_ref(), BATCH).await.map_err(refusal)?;
            for room in &rooms {
                if self.is_unused(room, settings.idle, now) {
                    self.destroy_chatroom(&room.id, now, &rest).await?;
                    destroyed += 1;
                } else if self.has_grown(&room.id) {
                    self.trim_chatroom(&room.id, settings.history, &rest).await?;
                }
            }
            let Some(last) = rooms.last().filter(|_| rooms.len() == BATCH as usize) else { break };
            after = Some(last.id.clone());
            rest().await;
        }
        self.hub().chatrooms().unload(UNLOADED.max(settings.idle), now);
        Ok(destroyed)
    }

    fn has_grown(&self, room: &TargetId) -> bool {
        self.hub().chatrooms().find(room).is_some_and(|room| room.take_grown())
    }

    fn is_unused(&self, room: &Chatroom, idle: u64, now: Now) -> bool {
        if idle == 0 || room.kept_alive {
            return false;
        }
        if let Some(live) = self.hub().chatrooms().find(&room.id) {
            return live.unused_since().is_some_and(|since| now.tick.since(since) >= idle);
        }
        let last = room.last_message.max(room.created);
        now.wall - last >= i64::try_from(idle).unwrap_or(i64::MAX)
    }

    /// Ends a room: everybody is put out, and nothing of it stays. Whether there was one. Most of
    /// its messages go before it does, bit by bit: a room that is made anew under the same name has
    /// nothing of it.
    ///
    /// # Errors
    /// The store failed: the room may still be there, without its messages.
    pub async fn destroy_chatroom<R>(
        &self,
        room: &TargetId,
        now: Now,
        rest: &impl Fn() -> R,
    ) -> Result<bool, ErrorCode>
    where
        R: Future<Output = ()>,
    {
        self.trim_chatroom(room, 0, rest).await?;
        let was_there = self.store().destroy_chatroom(room).await.map_err(refusal)?;
        self.hub().chatrooms().remove(room, now);
        Ok(was_there)
    }

    async fn trim_chatroom<R>(
        &self,
        room: &TargetId,
        keep: u32,
        rest: &impl Fn() -> R,
    ) -> Result<(), ErrorCode>
    where
        R: Future<Output = ()>,
    {
        let full = u64::from(BATCH);
        while self.store().trim_chatroom(room, keep, BATCH).await.map_err(refusal)? >= full {
            rest().await;
        }
        Ok(())
    }
}
