//! The one judge of "nothing lost, doubled or out of order". It knows nothing of the SDK: it is told
//! what was sent and what was shown, and counts.

use std::collections::{BTreeMap, BTreeSet};

/// A message's name in the eyes of the judge: who sent it, to whom, and its place in that sender's
/// order. The test writes it into the content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The sender.
    pub from: String,
    /// On which of the sender's devices.
    pub device: u32,
    /// The receiver.
    pub to: String,
    /// 0, 1, 2 … in the order in which this device sent to `to`.
    pub number: u32,
}

impl Key {
    /// The key as text without anything that JSON escapes.
    pub fn to_text(&self) -> String {
        format!("{} {} {} {}", self.from, self.device, self.to, self.number)
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let key = Self {
            from: parts.next()?.to_owned(),
            device: parts.next()?.parse().ok()?,
            to: parts.next()?.to_owned(),
            number: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(key)
    }
}

/// One pair of eyes: a user at a device, for as long as that device's memory lasts. After its
/// storage was lost it is another pair of eyes, which may see again what the old one saw.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct View {
    /// Whose eyes.
    pub user: String,
    /// At which device.
    pub device: u32,
    /// How often that device lost its memory.
    pub epoch: u32,
}

/// What the judge counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Messages that had to arrive.
    pub messages: usize,
    /// Accepted and never shown to the receiver.
    pub lost: Vec<Key>,
    /// Shown more than once to the same eyes.
    pub doubled: Vec<Key>,
    /// Shown after a later one of the same sender, or of the same conversation.
    pub reordered: Vec<Key>,
    /// Shown, but never sent, or shown to a stranger.
    pub phantom: Vec<Key>,
}

impl Verdict {
    /// Whether there is nothing to complain of.
    pub fn clean(&self) -> bool {
        self.lost.is_empty()
            && self.doubled.is_empty()
            && self.reordered.is_empty()
            && self.phantom.is_empty()
    }

    /// The last line of every run: `messages=N lost=0 doubled=0 reordered=0 phantom=0`.
    pub fn line(&self) -> String {
        format!(
            "messages={} lost={} doubled={} reordered={} phantom={}",
            self.messages,
            self.lost.len(),
            self.doubled.len(),
            self.reordered.len(),
            self.phantom.len()
        )
    }

    /// What is wrong, by name.
    pub fn details(&self) -> String {
        let names = |keys: &[Key]| keys.iter().map(Key::to_text).collect::<Vec<_>>().join(", ");
        format!(
            "lost: {}; doubled: {}; reordered: {}; phantom: {}",
            names(&self.lost),
            names(&self.doubled),
            names(&self.reordered),
            names(&self.phantom)
        )
    }

    /// Adds what another run counted.
    pub fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.lost.extend(other.lost);
        self.doubled.extend(other.doubled);
        self.reordered.extend(other.reordered);
        self.phantom.extend(other.phantom);
    }
}

/// What one pair of eyes saw.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// In order, with the server's time.
    shown: Vec<(Key, i64)>,
    /// Need not be shown here.
    excused: BTreeSet<Key>,
    /// Nothing is owed to these eyes any more.
    closed: bool,
}

/// Collects what happened; [`Checker::verdict`] judges it.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    sent: BTreeSet<Key>,
    accepted: BTreeSet<Key>,
    refused: BTreeSet<Key>,
    views: BTreeMap<View, Seen>,
    /// Whether a message must also be shown at its sender's other devices, and in order. Without
    /// the extensions a copy comes when it is sent or with a later pull.
    pub copies_are_due: bool,
    /// Whether the server's times must rise within each conversation as it is shown.
    pub times_must_rise: bool,
}

impl Checker {
    /// These eyes watch: everything that concerns their user must be shown to them.
    pub fn watch(&mut self, view: &View) {
        self.views.entry(view.clone()).or_default();
    }

    /// These eyes are closed for good, and others open in their place. What was sent so far the
    /// new ones may see or not.
    pub fn replace(&mut self, view: &View, by: &View) {
        self.views.entry(view.clone()).or_default().closed = true;
        self.views.entry(by.clone()).or_default().excused = self.sent.clone();
    }

    /// A sender's page asked for this message to be sent.
    pub fn sent(&mut self, key: Key) {
        self.sent.insert(key);
    }

    /// The sender's page was told that the server keeps it.
    pub fn accepted(&mut self, key: Key) {
        self.accepted.insert(key);
    }

    /// The sender's page was told that it failed for good or was cancelled: it may have arrived or
    /// not, but not twice.
    pub fn refused(&mut self, key: Key) {
        self.refused.insert(key);
    }

    /// The listeners at `view` were called with this message, and the call came to its end.
    pub fn shown(&mut self, view: &View, key: Key, time: i64) {
        self.views.entry(view.clone()).or_default().shown.push((key, time));
    }

    /// Judges. `all_must_arrive`: the network was healed and left alone, so that every message
    /// which was not refused had to be accepted and shown.
    pub fn verdict(&self, all_must_arrive: bool) -> Verdict {
        let due = self.sent.iter().filter(|key| {
            self.accepted.contains(key) || (all_must_arrive && !self.refused.contains(key))
        });
        let due: Vec<&Key> = due.collect();
        let mut verdict = Verdict { messages: due.len(), ..Verdict::default() };
        for (view, seen) in &self.views {
            self.judge_view(view, seen, &due, &mut verdict);
        }
        verdict
    }

    fn judge_view(&self, view: &View, seen: &Seen, due: &[&Key], verdict: &mut Verdict) {
        let mut known = BTreeSet::new();
        let mut newest: BTreeMap<(&str, u32, &str), u32> = BTreeMap::new();
        let mut latest: BTreeMap<&str, i64> = BTreeMap::new();
        for (key, time) in &seen.shown {
            let concerns_user = key.to == view.user || key.from == view.user;
            if !concerns_user || !self.sent.contains(key) {
                verdict.phantom.push(key.clone());
            } else if !known.insert(key) {
                verdict.doubled.push(key.clone());
            } else {
                let last = newest.entry((&key.from, key.device, &key.to)).or_insert(key.number);
                let peer = if key.to == view.user { &key.from } else { &key.to };
                let latest = latest.entry(peer).or_insert(i64::MIN);
                // What its sender was told to have failed may still arrive, and then late.
                let in_order = key.number >= *last || self.refused.contains(key);
                let in_order = in_order && (!self.times_must_rise || time > latest);
                if !in_order && (self.copies_are_due || key.to == view.user) {
                    verdict.reordered.push(key.clone());
                }
                *last = (*last).max(key.number);
                *latest = (*latest).max(*time);
            }
        }
        let copy =
            |key: &Key| self.copies_are_due && key.from == view.user && key.device != view.device;
        if seen.closed {
            return;
        }
        let owed = due.iter().filter(|key| key.to == view.user || copy(key));
        for key in owed.filter(|key| !known.contains(*key) && !seen.excused.contains(*key)) {
            verdict.lost.push((*key).clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u32) -> Key {
        Key { from: "a".into(), device: 0, to: "b".into(), number }
    }

    fn view(user: &str) -> View {
        View { user: user.into(), device: 7, epoch: 0 }
    }

    fn sent() -> Checker {
        let mut checker = Checker { times_must_rise: true, ..Checker::default() };
        checker.watch(&view("b"));
        (0..3).for_each(|n| checker.sent(key(n)));
        checker
    }

    fn judged(shown: &[u32]) -> Verdict {
        let mut checker = sent();
        shown.iter().for_each(|n| checker.shown(&view("b"), key(*n), i64::from(*n)));
        checker.verdict(true)
    }

    #[test]
    fn a_perfect_run_is_clean() {
        assert!(judged(&[0, 1, 2]).clean());
        assert_eq!(judged(&[0, 1, 2]).line(), "messages=3 lost=0 doubled=0 reordered=0 phantom=0");
    }

    #[test]
    fn each_fault_has_its_name() {
        assert_eq!(judged(&[0, 2]).lost, [key(1)]);
        assert_eq!(judged(&[]).lost.len(), 3);
        assert_eq!(judged(&[0, 1, 1, 2]).doubled, [key(1)]);
        assert_eq!(judged(&[0, 2, 1]).reordered, [key(1)]);
        assert_eq!(judged(&[0, 1, 2, 9]).phantom, [key(9)]);
    }

    #[test]
    fn a_message_shown_to_a_stranger_is_a_phantom() {
        let mut checker = sent();
        checker.shown(&view("c"), key(0), 1);
        assert_eq!(checker.verdict(false).phantom, [key(0)]);
    }

    #[test]
    fn what_was_refused_need_not_arrive() {
        let mut checker = sent();
        (0..3).for_each(|n| checker.refused(key(n)));
        assert!(checker.verdict(true).clean());
        checker.accepted(key(0));
        assert_eq!(checker.verdict(false).lost, [key(0)]);
    }

    #[test]
    fn times_that_fall_are_out_of_order() {
        let mut checker = sent();
        (0..3).for_each(|n| checker.shown(&view("b"), key(n), i64::from(n % 2)));
        assert_eq!(checker.verdict(true).reordered, [key(2)]);
    }

    #[test]
    fn every_device_of_the_receiver_is_owed_a_message_and_every_other_one_of_the_sender() {
        let mut checker = sent();
        checker.copies_are_due = true;
        checker.watch(&View { device: 8, ..view("b") });
        checker.watch(&View { device: 0, ..view("a") });
        checker.watch(&View { device: 1, ..view("a") });
        (0..3).for_each(|n| checker.shown(&view("b"), key(n), i64::from(n)));
        assert_eq!(checker.verdict(true).lost.len(), 6);
    }

    #[test]
    fn closed_eyes_are_owed_nothing_and_new_ones_only_what_is_new() {
        let mut checker = sent();
        let new = View { epoch: 1, ..view("b") };
        checker.replace(&view("b"), &new);
        checker.sent(key(3));
        assert_eq!(checker.verdict(true).lost, [key(3)]);
        checker.shown(&new, key(3), 3);
        assert!(checker.verdict(true).clean());
        checker.shown(&view("b"), key(1), 1);
        checker.shown(&view("b"), key(1), 1);
        assert_eq!(checker.verdict(true).doubled, [key(1)]);
    }

    #[test]
    fn keys_survive_as_text() {
        assert_eq!(Key::from_text(&key(5).to_text()), Some(key(5)));
        assert_eq!(Key::from_text("a 0 b"), None);
        assert_eq!(Key::from_text("a 0 b 1 x"), None);
    }
}
