//! The chatrooms of a client: its pages are in them for as long as they live.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

/// After a join that failed it is asked again so much later.
const AGAIN: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stay {
    /// To be joined then.
    Out(Instant),
    /// The join is under way.
    Coming,
    /// The page was told that it is in the room.
    In,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Stays(BTreeMap<String, Stay>);

impl Stays {
    pub(super) fn new(rooms: &[String], now: Instant) -> Self {
        Self(rooms.iter().map(|room| (room.clone(), Stay::Out(now))).collect())
    }

    pub(super) fn is_in(&self, room: &str) -> bool {
        self.0.get(room) == Some(&Stay::In)
    }

    /// When the next room is to be joined.
    pub(super) fn due_at(&self) -> Option<Instant> {
        let due = self.0.values().filter_map(|stay| match stay {
            Stay::Out(due) => Some(*due),
            Stay::Coming | Stay::In => None,
        });
        due.min()
    }

    /// A room that is to be joined now.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<String> {
        let due = |stay: &Stay| matches!(stay, Stay::Out(due) if *due <= now);
        let (room, stay) = self.0.iter_mut().find(|(_, stay)| due(stay))?;
        *stay = Stay::Coming;
        Some(room.clone())
    }

    pub(super) fn joined(&mut self, room: &str) {
        if let Some(stay) = self.0.get_mut(room) {
            *stay = Stay::In;
        }
    }

    /// The page is not in it any more; whether it was.
    pub(super) fn left(&mut self, room: &str, now: Instant) -> bool {
        let Some(stay) = self.0.get_mut(room) else { return false };
        std::mem::replace(stay, Stay::Out(now + AGAIN)) == Stay::In
    }

    /// The page is gone: rooms that it was in, or on the way into.
    pub(super) fn end(&mut self, now: Instant) -> Vec<String> {
        let were = self.0.iter_mut().filter_map(|(room, stay)| {
            let before = std::mem::replace(stay, Stay::Out(now));
            (!matches!(before, Stay::Out(_))).then(|| room.clone())
        });
        were.collect()
    }
}
