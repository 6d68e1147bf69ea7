//! Chatrooms: whoever is in one is shown what is said meanwhile, in the order of its times, without
//! a hole. Whoever comes is shown some of what was said before, and owed none of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::checker::{Checker, Fate, Sight, StreamId, finding};
use crate::key::View;
use crate::verdict::Verdict;

/// One pair of eyes in one room, from its coming until it leaves.
#[derive(Clone, Debug)]
struct Stay {
    view: View,
    room: String,
    shown: Vec<Sight>,
    /// Of each stream the number from which on everything is due; `None` before it was told to be
    /// in the room.
    due: Option<BTreeMap<StreamId, u32>>,
    left: bool,
}

/// All rooms and stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chatrooms {
    names: BTreeSet<String>,
    stays: Vec<Stay>,
    open: BTreeMap<(View, String), usize>,
    /// What was shown to who was in no room.
    strays: Vec<(View, Sight)>,
}

/// What was said in a room, by its times.
type Order = BTreeMap<i64, (StreamId, u32)>;

impl Chatrooms {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    pub(crate) fn shown(&mut self, view: &View, room: &str, sight: Sight) {
        let stay = self.open.get(&(view.clone(), room.to_owned()));
        match stay.and_then(|at| self.stays.get_mut(*at)) {
            Some(stay) => stay.shown.push(sight),
            None => self.strays.push((view.clone(), sight)),
        }
    }

    /// The order of each room, from what anybody was shown.
    fn orders(&self) -> BTreeMap<&str, Order> {
        let mut orders = BTreeMap::<&str, Order>::new();
        for stay in &self.stays {
            let order = orders.entry(&stay.room).or_default();
            order.extend(stay.shown.iter().map(|sight| (sight.time, sight.message())));
        }
        orders
    }
}

impl Checker {
    /// A receiver that is whoever is there.
    pub fn chatroom(&mut self, name: &str) {
        self.chatrooms.names.insert(name.to_owned());
    }

    /// These eyes ask to be let into a room: from now on they may be shown what is said there.
    pub fn comes(&mut self, view: &View, room: &str) {
        self.leaves(view, room);
        let rooms = &mut self.chatrooms;
        rooms.open.insert((view.clone(), room.to_owned()), rooms.stays.len());
        let (view, room) = (view.clone(), room.to_owned());
        rooms.stays.push(Stay { view, room, shown: Vec::new(), due: None, left: false });
    }

    /// These eyes were told to be in the room: whatever is sent from now on must be shown to them.
    pub fn is_in(&mut self, view: &View, room: &str) {
        let due = self.next_numbers(|stream| stream.to == room);
        let rooms = &mut self.chatrooms;
        let open = rooms.open.get(&(view.clone(), room.to_owned()));
        if let Some(stay) = open.and_then(|at| rooms.stays.get_mut(*at)) {
            stay.due = Some(due);
        }
    }

    /// These eyes are not in the room any more.
    pub fn leaves(&mut self, view: &View, room: &str) {
        let rooms = &mut self.chatrooms;
        let at = rooms.open.remove(&(view.clone(), room.to_owned()));
        if let Some(stay) = at.and_then(|at| rooms.stays.get_mut(at)) {
            stay.left = true;
        }
    }

    pub(crate) fn judge_chatrooms(&self, is_due: impl Fn(&Fate) -> bool, verdict: &mut Verdict) {
        let orders = self.chatrooms.orders();
        for (view, sight) in &self.chatrooms.strays {
            verdict.phantom.push(self.finding_of(view, sight.message()));
        }
        for stay in &self.chatrooms.stays {
            let known = self.judge_stay(stay, verdict);
            let mut missing = BTreeSet::new();
            if let Some(order) = orders.get(&*stay.room) {
                missing.extend(holes(stay, order));
            }
            if !stay.left
                && let Some(due) = &stay.due
            {
                missing.extend(self.due_in(&stay.room, due, &is_due));
            }
            let lost = missing.into_iter().filter(|message| {
                self.fate_of(message.0, message.1).sent
                    && !known.contains(message)
                    && !self.is_of(&stay.view, message.0)
            });
            verdict.lost.extend(lost.map(|message| self.finding_of(&stay.view, message)));
        }
    }

    /// Judges what was shown; returns it.
    fn judge_stay(&self, stay: &Stay, verdict: &mut Verdict) -> BTreeSet<(StreamId, u32)> {
        let (mut known, mut latest) = (BTreeSet::new(), i64::MIN);
        let mut newest = BTreeMap::<StreamId, u32>::new();
        for sight in &stay.shown {
            let (id, number) = sight.message();
            let fate = self.fate_of(id, number);
            let finding = || self.finding_of(&stay.view, (id, number));
            if !fate.sent {
                verdict.phantom.push(finding());
                continue;
            }
            if !known.insert((id, number)) {
                verdict.doubled.push(finding());
                continue;
            }
            let last = newest.entry(id).or_insert(number);
            // What its sender was told to have failed may still arrive, and then late.
            let in_turn = number >= *last || fate.refused;
            if !in_turn || sight.time <= latest {
                verdict.reordered.push(finding());
            }
            *last = (*last).max(number);
            latest = latest.max(sight.time);
        }
        known
    }

    fn due_in(
        &self,
        room: &str,
        due: &BTreeMap<StreamId, u32>,
        is_due: impl Fn(&Fate) -> bool,
    ) -> Vec<(StreamId, u32)> {
        let streams = self.streams().filter(|(_, stream, _)| stream.to == room);
        let of_stream = streams.flat_map(|(id, _, fates)| {
            let first = due.get(&id).copied().unwrap_or(0);
            let fates = fates.range(first..).filter(|(_, fate)| is_due(fate));
            fates.map(|(number, _)| (id, *number)).collect::<Vec<_>>()
        });
        of_stream.collect()
    }

    /// Whether it is the device that sent it: that one has it already.
    fn is_of(&self, view: &View, id: StreamId) -> bool {
        let stream = self.stream(id);
        stream.from == view.user && stream.device == view.device
    }

    fn finding_of(&self, view: &View, (id, number): (StreamId, u32)) -> crate::verdict::Finding {
        finding(view, self.stream(id), number)
    }
}

/// Everything between the first and the last that was shown.
fn holes<'a>(stay: &Stay, order: &'a Order) -> impl Iterator<Item = (StreamId, u32)> + use<'a> {
    let times = stay.shown.iter().map(|sight| sight.time);
    let (first, last) = (times.clone().min().unwrap_or(0), times.max().unwrap_or(-1));
    let between = (first <= last).then(|| order.range(first..=last));
    between.into_iter().flatten().map(|(_, message)| *message)
}

impl Sight {
    fn message(&self) -> (StreamId, u32) {
        (self.stream, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;

    fn view(user: &str) -> View {
        View { user: user.to_owned(), device: 0, epoch: 0 }
    }

    fn key(from: &str, number: u32) -> Key {
        Key { from: from.to_owned(), device: 0, to: "hall".to_owned(), number }
    }

    /// `a` says 0 to 4; `b` and `c` come before 1.
    fn said() -> Checker {
        let mut checker = Checker::default();
        checker.chatroom("hall");
        checker.accepted(key("a", 0));
        for user in ["a", "b", "c"] {
            checker.comes(&view(user), "hall");
            checker.is_in(&view(user), "hall");
        }
        (1..5).for_each(|number| checker.accepted(key("a", number)));
        checker
    }

    fn shown(checker: &mut Checker, user: &str, numbers: impl IntoIterator<Item = u32>) {
        for number in numbers {
            checker.shown(&view(user), key("a", number), 10 + i64::from(number));
        }
    }

    fn line(checker: &Checker) -> String {
        checker.verdict(true).line()
    }

    #[test]
    fn who_is_there_is_owed_what_is_said_and_not_what_was_said_before() {
        let mut checker = said();
        shown(&mut checker, "b", 0..5);
        shown(&mut checker, "c", 1..5);
        assert_eq!(line(&checker), "messages=5 lost=0 doubled=0 reordered=0 phantom=0");
        let mut checker = said();
        shown(&mut checker, "b", 0..5);
        shown(&mut checker, "c", 1..3);
        assert_eq!(line(&checker), "messages=5 lost=2 doubled=0 reordered=0 phantom=0");
    }

    #[test]
    fn who_leaves_is_owed_no_more_but_had_no_holes() {
        let mut checker = said();
        shown(&mut checker, "b", 0..5);
        shown(&mut checker, "c", [0, 1, 3]);
        checker.leaves(&view("c"), "hall");
        assert_eq!(line(&checker), "messages=5 lost=1 doubled=0 reordered=0 phantom=0");
        checker.comes(&view("c"), "hall");
        shown(&mut checker, "c", 3..5);
        assert_eq!(line(&checker), "messages=5 lost=1 doubled=0 reordered=0 phantom=0", "anew");
        checker.leaves(&view("c"), "hall");
        shown(&mut checker, "c", [4]);
        assert_eq!(line(&checker), "messages=5 lost=1 doubled=0 reordered=0 phantom=1");
    }

    #[test]
    fn what_comes_twice_late_or_from_nowhere_is_found() {
        let mut checker = said();
        shown(&mut checker, "b", [1, 2, 2, 4, 3, 9]);
        shown(&mut checker, "c", 1..5);
        assert_eq!(line(&checker), "messages=5 lost=0 doubled=1 reordered=1 phantom=1");
    }
}
