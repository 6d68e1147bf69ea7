//! The rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::chatroom::Chatrooms;
use crate::key::{Key, View};
use crate::verdict::{Finding, Verdict};

/// What one device of a sender says to one receiver. Numbers rise along it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stream {
    pub(crate) from: String,
    pub(crate) device: u32,
    pub(crate) to: String,
}

/// A place in [`Checker::streams`].
pub(crate) type StreamId = usize;

/// What its sender knows of a message.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fate {
    pub(crate) sent: bool,
    accepted: bool,
    pub(crate) refused: bool,
    /// The store that kept it is gone, and its copy does not have it.
    undone: bool,
    /// A store that perhaps kept it was replaced by a copy that perhaps does not: it may come again.
    twice: bool,
}

/// One message at one pair of eyes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    pub(crate) stream: StreamId,
    pub(crate) number: u32,
    pub(crate) time: i64,
}

/// What one pair of eyes saw.
#[derive(Clone, Debug, Default)]
struct Seen {
    shown: Vec<Sight>,
    /// What need not be shown here: of each stream the numbers below this one.
    excused: BTreeMap<StreamId, u32>,
    /// Nothing is owed to these eyes any more.
    closed: bool,
}

/// Collects what happened, in any order of those who tell it; [`Checker::verdict`] judges it.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    ids: BTreeMap<Stream, StreamId>,
    streams: Vec<(Stream, BTreeMap<u32, Fate>)>,
    rooms: BTreeMap<String, BTreeSet<String>>,
    pub(crate) chatrooms: Chatrooms,
    views: BTreeMap<View, Seen>,
    /// What users deleted: it need not be shown to them any more.
    deleted: BTreeSet<(String, StreamId, u32)>,
    /// Whether a message must also be shown at its sender's other devices, and in order. Without
    /// the extensions a copy comes when it is sent or with a later pull.
    pub copies_are_due: bool,
    /// Whether the server's times must rise within each conversation as it is shown.
    pub times_must_rise: bool,
    /// Whether a message that is shown where it was sent counts as doubled: that page has it
    /// already. Not to oneself, and not to a device that lost its memory.
    pub echoes_are_doubles: bool,
}

impl Checker {
    /// A receiver that is not one user but these.
    pub fn room(&mut self, name: &str, members: impl IntoIterator<Item = String>) {
        self.rooms.insert(name.to_owned(), members.into_iter().collect());
    }

    /// These eyes watch: everything that concerns their user must be shown to them.
    pub fn watch(&mut self, view: &View) {
        self.views.entry(view.clone()).or_default();
    }

    /// These eyes are closed for good, and others open in their place. What was sent so far the
    /// new ones may see or not.
    pub fn replace(&mut self, view: &View, by: &View) {
        self.views.entry(view.clone()).or_default().closed = true;
        let excused = self.next_numbers(|_| true);
        self.views.entry(by.clone()).or_default().excused = excused;
    }

    /// Of some streams the numbers that come next.
    pub(crate) fn next_numbers(&self, of: impl Fn(&Stream) -> bool) -> BTreeMap<StreamId, u32> {
        let next = |sent: &BTreeMap<u32, Fate>| sent.keys().next_back().map(|number| number + 1);
        let streams = self.streams().filter(|(_, stream, _)| of(stream));
        streams.filter_map(|(id, _, sent)| Some((id, next(sent)?))).collect()
    }

    pub(crate) fn streams(
        &self,
    ) -> impl Iterator<Item = (StreamId, &Stream, &BTreeMap<u32, Fate>)> {
        self.streams.iter().enumerate().map(|(id, (stream, fates))| (id, stream, fates))
    }

    pub(crate) fn stream(&self, id: StreamId) -> &Stream {
        &self.streams[id].0
    }

    pub(crate) fn fate_of(&self, id: StreamId, number: u32) -> Fate {
        self.streams[id].1.get(&number).copied().unwrap_or_default()
    }

    /// A sender's page asked for this message to be sent.
    pub fn sent(&mut self, key: Key) {
        self.fate(key).sent = true;
    }

    /// The sender's page was told that the server keeps it.
    pub fn accepted(&mut self, key: Key) {
        let fate = self.fate(key);
        (fate.sent, fate.accepted) = (true, true);
    }

    /// The sender's page was told that it failed for good or was cancelled: it may have arrived or
    /// not, but not twice.
    pub fn refused(&mut self, key: Key) {
        self.fate(key).refused = true;
    }

    /// The server's store was restored from a backup that does not have this message.
    pub fn undone(&mut self, key: Key) {
        self.fate(key).undone = true;
    }

    /// The server's store was restored from a backup while its sender did not know whether it was
    /// kept: it may be kept and shown once more.
    pub fn may_come_again(&mut self, key: Key) {
        self.fate(key).twice = true;
    }

    /// A user asked to be rid of this message: a device that has not been shown it may never be.
    pub fn deleted(&mut self, user: &str, key: Key) {
        let (stream, number) = self.place(key);
        self.deleted.insert((user.to_owned(), stream, number));
    }

    /// The listeners at `view` were called with this message, and the call came to its end.
    pub fn shown(&mut self, view: &View, key: Key, time: i64) {
        let room = Some(key.to.clone()).filter(|room| self.chatrooms.has(room));
        let (stream, number) = self.place(key);
        if let Some(room) = room {
            return self.chatrooms.shown(view, &room, Sight { stream, number, time });
        }
        if !self.views.contains_key(view) {
            self.watch(view);
        }
        if let Some(seen) = self.views.get_mut(view) {
            seen.shown.push(Sight { stream, number, time });
        }
    }

    fn place(&mut self, key: Key) -> (StreamId, u32) {
        let stream = Stream { from: key.from, device: key.device, to: key.to };
        let id = self.ids.get(&stream).copied().unwrap_or_else(|| {
            self.ids.insert(stream.clone(), self.streams.len());
            self.streams.push((stream, BTreeMap::new()));
            self.streams.len() - 1
        });
        (id, key.number)
    }

    fn fate(&mut self, key: Key) -> &mut Fate {
        let (stream, number) = self.place(key);
        self.streams[stream].1.entry(number).or_default()
    }

    /// How many messages were told to be kept.
    pub fn accepted_count(&self) -> usize {
        let fates = self.streams.iter().flat_map(|(_, fates)| fates.values());
        fates.filter(|fate| fate.accepted).count()
    }

    /// Judges. `all_must_arrive`: the network was healed and left alone, so that every message
    /// which was not refused had to be accepted and shown.
    pub fn verdict(&self, all_must_arrive: bool) -> Verdict {
        let is_due = |fate: &Fate| {
            !fate.undone && fate.sent && (fate.accepted || (all_must_arrive && !fate.refused))
        };
        let fates = self.streams.iter().flat_map(|(_, fates)| fates.values());
        let messages = fates.filter(|fate| is_due(fate)).count();
        let mut verdict = Verdict { messages, ..Verdict::default() };
        for (view, seen) in &self.views {
            let known = self.judge_shown(view, seen, &mut verdict);
            if !seen.closed {
                self.judge_missing(view, seen, &known, is_due, &mut verdict);
            }
        }
        self.judge_chatrooms(is_due, &mut verdict);
        verdict
    }

    /// Judges what was shown; returns all that was known in the end.
    fn judge_shown(
        &self,
        view: &View,
        seen: &Seen,
        verdict: &mut Verdict,
    ) -> BTreeSet<(StreamId, u32)> {
        let mut known = BTreeSet::new();
        let mut newest: BTreeMap<StreamId, u32> = BTreeMap::new();
        let mut latest: BTreeMap<&str, i64> = BTreeMap::new();
        for &Sight { stream: id, number, time } in &seen.shown {
            let (stream, fates) = &self.streams[id];
            let fate = fates.get(&number).copied().unwrap_or_default();
            let finding = || finding(view, stream, number);
            let for_user = self.is_for(stream, &view.user);
            if !fate.sent || !(for_user || stream.from == view.user) {
                verdict.phantom.push(finding());
            } else if !known.insert((id, number)) {
                if !fate.twice {
                    verdict.doubled.push(finding());
                }
            } else if self.is_echo(stream, view) {
                verdict.doubled.push(finding());
            } else {
                let last = newest.entry(id).or_insert(number);
                let latest = latest.entry(stream.peer(&view.user)).or_insert(i64::MIN);
                // What its sender was told to have failed may still arrive, and then late.
                let in_order = number >= *last || fate.refused || fate.twice;
                let in_order = in_order && (!self.times_must_rise || time > *latest);
                if !in_order && (self.copies_are_due || for_user) {
                    verdict.reordered.push(finding());
                }
                *last = (*last).max(number);
                *latest = (*latest).max(time);
            }
        }
        known
    }

    fn judge_missing(
        &self,
        view: &View,
        seen: &Seen,
        known: &BTreeSet<(StreamId, u32)>,
        is_due: impl Fn(&Fate) -> bool,
        verdict: &mut Verdict,
    ) {
        for (id, (stream, fates)) in self.streams.iter().enumerate() {
            if self.chatrooms.has(&stream.to) {
                continue;
            }
            let is_copy = stream.from == view.user && stream.device != view.device;
            if !(self.is_for(stream, &view.user) || (self.copies_are_due && is_copy)) {
                continue;
            }
            let first = seen.excused.get(&id).copied().unwrap_or(0);
            let due = fates.range(first..).filter(|(_, fate)| is_due(fate));
            let deleted = |number| self.deleted.contains(&(view.user.clone(), id, number));
            let missing =
                due.filter(|(number, _)| !known.contains(&(id, **number)) && !deleted(**number));
            verdict.lost.extend(missing.map(|(number, _)| finding(view, stream, *number)));
        }
    }

    /// Whether `user` is who receives it.
    fn is_for(&self, stream: &Stream, user: &str) -> bool {
        match self.rooms.get(&stream.to) {
            Some(members) => stream.from != user && members.contains(user),
            None => stream.to == user,
        }
    }

    fn is_echo(&self, stream: &Stream, view: &View) -> bool {
        let own = stream.from == view.user && stream.device == view.device;
        self.echoes_are_doubles && own && view.epoch == 0 && stream.to != view.user
    }
}

impl Stream {
    /// The conversation as `user` sees it.
    fn peer(&self, user: &str) -> &str {
        if self.to == user { &self.from } else { &self.to }
    }
}

pub(crate) fn finding(view: &View, stream: &Stream, number: u32) -> Finding {
    let Stream { from, device, to } = stream.clone();
    Finding { view: view.clone(), key: Key { from, device, to, number } }
}

#[cfg(test)]
#[path = "checker_tests.rs"]
mod tests;
