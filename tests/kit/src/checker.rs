//! The one judge of "nothing lost, doubled or out of order". It knows nothing of the SDK: it is told
//! what was sent and what was shown, and counts.

use std::collections::{BTreeMap, BTreeSet};

/// A message's name in the eyes of the judge: who sent it, to whom, and its place in that sender's
/// order. The test writes it into the content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The sender.
    pub from: String,
    /// The receiver.
    pub to: String,
    /// 0, 1, 2 … in the order in which `from` sent to `to`.
    pub number: u32,
}

/// What the judge counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Messages that had to arrive.
    pub messages: usize,
    /// Accepted and never shown to the receiver.
    pub lost: Vec<Key>,
    /// Shown more than once to the same user.
    pub doubled: Vec<Key>,
    /// Shown after a later one of the same sender.
    pub reordered: Vec<Key>,
    /// Shown, but never sent.
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
}

/// Collects what happened; [`Checker::verdict`] judges it.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    sent: BTreeSet<Key>,
    accepted: BTreeSet<Key>,
    refused: BTreeSet<Key>,
    shown: BTreeMap<String, Vec<Key>>,
}

impl Checker {
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

    /// `user`'s listeners were called with this message, and the call came to its end.
    pub fn shown(&mut self, user: &str, key: Key) {
        self.shown.entry(user.to_owned()).or_default().push(key);
    }

    /// Judges. `all_must_arrive`: the network was healed and left alone, so that every message
    /// which was not refused had to be accepted and shown.
    pub fn verdict(&self, all_must_arrive: bool) -> Verdict {
        let due: BTreeSet<&Key> = if all_must_arrive {
            self.sent.iter().filter(|key| !self.refused.contains(key)).collect()
        } else {
            self.accepted.iter().collect()
        };
        let mut verdict = Verdict { messages: due.len(), ..Verdict::default() };
        for (user, keys) in &self.shown {
            self.judge_user(user, keys, &mut verdict);
        }
        for key in due {
            let arrived = self.shown.get(&key.to).is_some_and(|keys| keys.contains(key));
            if !arrived {
                verdict.lost.push(key.clone());
            }
        }
        verdict
    }

    fn judge_user(&self, user: &str, keys: &[Key], verdict: &mut Verdict) {
        let mut seen = BTreeSet::new();
        let mut newest: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for key in keys {
            let concerns_user = key.to == user || key.from == user;
            if !concerns_user || !self.sent.contains(key) {
                verdict.phantom.push(key.clone());
            } else if !seen.insert(key) {
                verdict.doubled.push(key.clone());
            } else {
                let last = newest.entry((&key.from, &key.to)).or_insert(key.number);
                if key.number < *last {
                    verdict.reordered.push(key.clone());
                }
                *last = (*last).max(key.number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u32) -> Key {
        Key { from: "a".into(), to: "b".into(), number }
    }

    fn judged(shown: &[u32]) -> Verdict {
        let mut checker = Checker::default();
        (0..3).for_each(|n| checker.sent(key(n)));
        shown.iter().for_each(|n| checker.shown("b", key(*n)));
        checker.verdict(true)
    }

    #[test]
    fn a_perfect_run_is_clean() {
        assert!(judged(&[0, 1, 2]).clean());
        assert_eq!(
            judged(&[0, 1, 2]).line(),
            "messages=3 lost=0 doubled=0 reordered=0 phantom=0"
        );
    }

    #[test]
    fn each_fault_has_its_name() {
        assert_eq!(judged(&[0, 2]).lost, [key(1)]);
        assert_eq!(judged(&[0, 1, 1, 2]).doubled, [key(1)]);
        assert_eq!(judged(&[0, 2, 1]).reordered, [key(1)]);
        assert_eq!(judged(&[0, 1, 2, 9]).phantom, [key(9)]);
    }

    #[test]
    fn a_message_shown_to_a_stranger_is_a_phantom() {
        let mut checker = Checker::default();
        checker.sent(key(0));
        checker.shown("b", key(0));
        checker.shown("c", key(0));
        assert_eq!(checker.verdict(true).phantom, [key(0)]);
    }

    #[test]
    fn what_was_refused_need_not_arrive() {
        let mut checker = Checker::default();
        checker.sent(key(0));
        checker.refused(key(0));
        assert!(checker.verdict(true).clean());
    }
}
