//! What this user sends, until the server has it: in order within each conversation, one in flight
//! there, each under a stored key of its own.
//!
//! ```text
//!            frame left          PUBACK 0, own row of a pull
//!   Queued ─────────────▶ Sending ─────────────────────────▶ (sent, gone)
//!     ▲  ▲ 20604             │ link lost        PUBACK ≠ 0 ─▶ (failed, gone)
//!     │  └───────────────────┤
//!     │ login with           ▼       login without the extensions
//!     └─ the extensions ── Lost ─────────────────────────────▶ Unsure ── not in the pull ─▶ (failed)
//! ```
//!
//! (failed) is a stage for sends that the page may want to try again: they stay, out of the way,
//! until it retries them (then they are the last of the queue) or takes them back.

pub use super::outbox_entry::{Entry, Stage};
use super::recent::Recent;
use crate::ids::{ClientMessageId, ConversationId};
use crate::signal::Outgoing;
use crate::sorted::{SortedMap, SortedSet, sort};
use crate::time::Tick;

/// So many sends may wait.
const MAX_ENTRIES: usize = 5_000;
/// So many failed sends are kept for another try.
const MAX_FAILED: usize = 100;
/// So many sends that were given up are known, in case the server has them after all.
const MAX_GIVEN_UP: usize = 256;
/// No place is further back: half of all numbers, so that there is always a next one.
const LAST_PLACE: Place = Place::MAX / 2;
/// So many ids of finished sends are known: their own rows are no news.
const MAX_FINISHED: usize = 4_096;

/// Place of an entry in the order of sending; also its stored key.
pub type Place = u64;

/// A send that was given up while it was on its way.
#[derive(Clone, Debug)]
pub struct GivenUp {
    wire: Option<u16>,
    /// The send.
    pub message: Outgoing,
}

/// All sends of one user that are not finished.
#[derive(Debug)]
pub struct Outbox {
    entries: SortedMap<Place, Entry>,
    places: SortedMap<ClientMessageId, Place>,
    on_wire: SortedMap<u16, Place>,
    next: Place,
    finished: Recent<ClientMessageId>,
    given_up: Vec<GivenUp>,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            entries: SortedMap::new(),
            places: SortedMap::new(),
            on_wire: SortedMap::new(),
            next: 1,
            finished: Recent::new(MAX_FINISHED),
            given_up: Vec::new(),
        }
    }
}

impl Outbox {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether another send finds room.
    pub fn has_room(&self) -> bool {
        self.entries.len() < MAX_ENTRIES
    }

    /// Appends a send.
    pub fn push(&mut self, entry: Entry) -> Place {
        let place = self.next;
        self.insert(place, entry);
        place
    }

    /// Puts a stored send back in its place. `false`: there is one with that id already, or no such
    /// place was ever given.
    pub fn insert(&mut self, place: Place, entry: Entry) -> bool {
        let taken = self.entries.contains_key(&place) || place > LAST_PLACE;
        if taken || self.places.contains_key(&entry.message.client_id) {
            return false;
        }
        self.places.insert(entry.message.client_id, place);
        self.entries.insert(place, entry);
        self.next = self.next.max(place + 1);
        true
    }

    /// The send with this id.
    pub fn find(&self, id: ClientMessageId) -> Option<Place> {
        self.places.get(&id).copied()
    }

    /// The send in this place.
    pub fn get(&self, place: Place) -> Option<&Entry> {
        self.entries.get(&place)
    }

    /// All sends, in order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Place, &mut Entry)> {
        self.entries.iter_mut().map(|(place, entry)| (*place, entry))
    }

    /// The send in this place.
    pub fn get_mut(&mut self, place: Place) -> Option<&mut Entry> {
        self.entries.get_mut(&place)
    }

    /// All sends, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Place, &Entry)> {
        self.entries.iter().map(|(place, entry)| (*place, entry))
    }

    /// Whether a send with this id ended a while ago.
    pub fn is_finished(&self, id: ClientMessageId) -> bool {
        self.finished.contains(&id)
    }

    /// The next send that may leave: the first of its conversation, if it is not on its way and
    /// nothing is said to wait there.
    pub fn next_ready(&self, waits: &dyn Fn(&ConversationId) -> bool) -> Option<Place> {
        let mut busy: SortedSet<&ConversationId> = SortedSet::new();
        for (place, entry) in self.entries.iter().filter(|(_, entry)| entry.is_open()) {
            let of = &entry.message.conversation;
            if busy.insert(of) && entry.stage == Stage::Queued && !waits(of) {
                return Some(*place);
            }
        }
        None
    }

    /// The frame of a send left.
    pub fn left(&mut self, place: Place, wire: u16, now: Tick) {
        if let Some(entry) = self.entries.get_mut(&place) {
            entry.stage = Stage::Sending { wire, since: now };
            self.on_wire.insert(wire, place);
        }
    }

    /// The send whose frame had this number.
    pub fn answered(&mut self, wire: u16) -> Option<Place> {
        self.on_wire.remove(&wire)
    }

    /// Whether a frame is on its way.
    pub fn is_on_its_way(&self) -> bool {
        self.on_wire.values().next().is_some()
    }

    /// Takes a send out: it is sent, failed or cancelled.
    pub fn finish(&mut self, place: Place) -> Option<Entry> {
        let entry = self.entries.remove(&place)?;
        self.places.remove(&entry.message.client_id);
        self.on_wire.retain(|_, waiting| *waiting != place);
        Some(entry)
    }

    /// The server has the send with this id.
    pub fn note_sent(&mut self, id: ClientMessageId) {
        self.finished.insert(id);
        self.given_up.retain(|known| known.message.client_id != id);
    }

    /// The number of the frame that carries a send, if one is on its way.
    pub fn wire_of(&self, place: Place) -> Option<u16> {
        self.on_wire.iter().find(|(_, waiting)| **waiting == place).map(|(wire, _)| *wire)
    }

    /// The send on its way with the largest content.
    pub fn largest_on_wire(&self) -> Option<Place> {
        let on_wire = self.on_wire.values().copied();
        on_wire.max_by_key(|place| self.get(*place).map_or(0, |entry| entry.message.content.len()))
    }

    /// How much content is on its way, bytes.
    pub fn bytes_on_wire(&self) -> usize {
        let on_wire = self.on_wire.values().filter_map(|place| self.get(*place));
        on_wire.map(|entry| entry.message.content.len()).sum()
    }

    /// A send was given up; what becomes of it may still be heard, by the answer to its frame
    /// (`wire`) or by its own row.
    pub fn note_given_up(&mut self, entry: &Entry, wire: Option<u16>) {
        if entry.stage == Stage::Queued && !entry.repeated {
            return;
        }
        if self.given_up.len() >= MAX_GIVEN_UP {
            self.given_up.remove(0);
        }
        self.given_up.push(GivenUp { wire, message: entry.message.clone() });
    }

    /// The send that was given up and whose frame had this number.
    pub fn given_up_on_wire(&mut self, wire: u16) -> Option<GivenUp> {
        let found = self.given_up.iter().position(|known| known.wire == Some(wire))?;
        Some(self.given_up.remove(found))
    }

    /// The send that was given up and has this id.
    pub fn given_up(&mut self, id: ClientMessageId) -> Option<GivenUp> {
        let found = self.given_up.iter().position(|known| known.message.client_id == id)?;
        Some(self.given_up.remove(found))
    }

    /// Whether a send with this id was given up while it may have been on its way.
    pub fn was_given_up(&self, id: ClientMessageId) -> bool {
        self.given_up.iter().any(|known| known.message.client_id == id)
    }

    /// Nobody has answered these: the pull `run` must tell.
    pub fn doubt(&mut self, places: &[Place], run: u64) {
        for place in places {
            let Some(entry) = self.entries.get_mut(place) else { continue };
            // A late PUBACK still finds it.
            entry.stage = Stage::Unsure { run };
        }
    }

    /// When the oldest frame without an answer will have waited `patience` ms.
    pub fn next_doubt(&self, patience: u64) -> Option<Tick> {
        let on_wire = self.on_wire.values().filter_map(|place| self.entries.get(place));
        let sent = on_wire.filter_map(|entry| match entry.stage {
            Stage::Sending { since, .. } => Some(since + patience),
            Stage::Queued | Stage::Lost | Stage::Unsure { .. } | Stage::Failed(_) => None,
        });
        sent.min()
    }

    /// When the next send is to be given up.
    pub fn next_give_up(&self) -> Option<Tick> {
        self.entries.values().filter_map(|entry| entry.give_up).min()
    }

    /// The link is gone. Returns the sends that were on their way.
    pub fn link_lost(&mut self) -> Vec<Place> {
        for known in &mut self.given_up {
            known.wire = None;
        }
        let mut lost: Vec<Place> = core::mem::take(&mut self.on_wire).into_values().collect();
        sort(&mut lost, Ord::cmp);
        lost.retain(|place| match self.entries.get_mut(place) {
            // One that was sent once more may have two frames there.
            Some(entry) if entry.is_open() && entry.stage != Stage::Lost => {
                entry.stage = Stage::Lost;
                true
            }
            Some(_) | None => false,
        });
        lost
    }

    /// Logged in: what was lost is repeated where the server knows repetitions, and left to the
    /// pull `run` where it does not.
    pub fn login(&mut self, extended: bool, run: u64) {
        for entry in self.entries.values_mut().filter(|entry| entry.stage == Stage::Lost) {
            entry.repeated = true;
            entry.stage = if extended { Stage::Queued } else { Stage::Unsure { run } };
        }
    }

    /// The sends that pull `run` has not told of.
    pub fn unsure_until(&self, run: u64) -> Vec<Place> {
        let unsure = |stage| matches!(stage, Stage::Unsure { run: asked } if asked <= run);
        self.iter().filter(|(_, entry)| unsure(entry.stage)).map(|(place, _)| place).collect()
    }

    /// The sends that `is_due` says are due.
    pub fn due(&self, is_due: impl Fn(&Entry) -> bool) -> Vec<Place> {
        self.iter().filter(|(_, entry)| is_due(entry)).map(|(place, _)| place).collect()
    }

    /// The page wants a failed send, or one that waits, at the end of the queue.
    pub fn move_to_end(&mut self, place: Place) -> Option<Place> {
        let entry = self.entries.remove(&place)?;
        self.places.remove(&entry.message.client_id);
        let end = self.push(Entry { stage: Stage::Queued, ..entry });
        // A late PUBACK still finds it.
        self.on_wire.values_mut().filter(|on_wire| **on_wire == place).for_each(|on_wire| {
            *on_wire = end;
        });
        Some(end)
    }

    /// The oldest of the failed sends, if they are too many.
    pub fn surplus(&self) -> Option<Place> {
        let failed = self.due(|entry| !entry.is_open());
        failed.first().copied().filter(|_| failed.len() > MAX_FAILED)
    }

    /// Takes everything out.
    pub fn take_all(&mut self) -> Vec<(Place, Entry)> {
        self.places.clear();
        self.on_wire.clear();
        self.given_up.clear();
        core::mem::take(&mut self.entries).into_iter().collect()
    }
}

/// A stored key for `place`: keys sort as places do.
pub fn key_of(prefix: &str, place: Place) -> String {
    let mut key = String::from(prefix);
    for shift in (0..16).rev() {
        let digit = (place >> (shift * 4)) & 15;
        key.push(char::from_digit(digit as u32, 16).unwrap_or('0'));
    }
    key
}

/// The place that a stored key names.
pub fn place_of(prefix: &str, key: &str) -> Option<Place> {
    let digits = key.strip_prefix(prefix)?;
    if digits.len() != 16 {
        return None;
    }
    let mut place = 0;
    for digit in digits.bytes() {
        place = place << 4 | Place::from(char::from(digit).to_digit(16)?);
    }
    Some(place)
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
