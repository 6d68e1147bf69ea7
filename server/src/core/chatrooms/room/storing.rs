//! A message of a chatroom on its way through the store.

use std::sync::Arc;

use hongyan::time::UnixMillis;

use super::super::super::announce::Announcement;
use super::super::super::command;
use super::{Room, row};
use crate::store::{Recall, Stored};

/// A message that is being stored. When it is dropped, what waited for it goes on.
pub struct Storing {
    room: Arc<Room>,
    now: UnixMillis,
}

impl Storing {
    /// Of a message that counts among those that are being stored.
    pub(super) fn new(room: Arc<Room>, now: UnixMillis) -> Self {
        Self { room, now }
    }

    /// It is stored, as the next in the order of the store; `kept` in the history.
    pub fn stored(self, message: &Announcement, stored: &Stored, kept: bool) {
        let mut live = self.room.live();
        live.assigned = live.assigned.max(stored.sent_time);
        live.grown = true;
        live.say(&self.room.id, message, stored.sent_time, stored.uid.clone(), kept);
    }

    /// The same for one that took another message of its sender back, whose content is now this.
    pub fn recalled(self, message: &Announcement, stored: &Stored, recall: &Recall) {
        let recalled = Announcement {
            object_name: command::RECALLED.into(),
            content: recall.content.clone(),
            ..message.clone()
        };
        let id = &self.room.id;
        self.room
            .live()
            .log
            .replace(&recall.uid, |time| row(id, &recalled.chatroom_row(time, recall.uid.clone())));
        self.stored(message, stored, false);
    }
}

impl Drop for Storing {
    fn drop(&mut self) {
        let mut live = self.room.live();
        live.storing -= 1;
        if live.storing == 0 {
            for message in std::mem::take(&mut live.held) {
                live.say_held(&self.room.id, message, self.now);
            }
        }
    }
}
