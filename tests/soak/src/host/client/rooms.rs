//! A client in chatrooms.

use hongyan::ids::TargetId;
use hongyan::session::io::{Command, Input, RoomChange};
use tokio::time::Instant;

use super::{Client, view};

/// So many messages of before, but one, a join asks for at most.
const MAX_HISTORY: u64 = 30;

impl Client {
    pub(super) fn join_rooms(&mut self, now: Instant) {
        while self.page.is_some()
            && let Some(room) = self.stays.take_due(now)
        {
            self.ledger.comes(&view(&self.seat, self.epoch), &room);
            let history = u32::try_from(self.rng.below(MAX_HISTORY)).unwrap_or(0);
            let (call, room) = (self.call(), TargetId::from(room.as_str()));
            self.feed(Input::Command(Command::JoinRoom { call, room, history, since: None }));
        }
    }

    /// What no fault of a network may do: a page that was told to be in a room is put out of it.
    pub(super) fn room_changed(&mut self, room: &TargetId, change: RoomChange) {
        let (view, room) = (view(&self.seat, self.epoch), room.as_str());
        match change {
            RoomChange::Joined { .. } => {
                self.stays.joined(room);
                self.ledger.is_in(&view, room);
            }
            RoomChange::Left(error) => {
                self.ledger.leaves(&view, room);
                if self.stays.left(room, Instant::now()) {
                    self.ledger.complain(format!("{view:?}: out of {room}: {error:?}"));
                }
            }
            RoomChange::Rejoined | RoomChange::Attributes(_) => {}
        }
    }
}
