//! What the judge says.

use crate::key::{Key, View};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Who saw it, or should have.
    pub view: View,
    /// Which message.
    pub key: Key,
}

impl Finding {
    fn to_text(&self) -> String {
        let View { user, device, epoch } = &self.view;
        format!("[{}] at {user} {device}.{epoch}", self.key.to_text())
    }
}

/// What the judge counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Messages that had to arrive.
    pub messages: usize,
    /// Accepted, and never shown to somebody whom it is for.
    pub lost: Vec<Finding>,
    /// Shown more than once to the same eyes.
    pub doubled: Vec<Finding>,
    /// Shown after a later one of the same sender, or of the same conversation.
    pub reordered: Vec<Finding>,
    /// Shown, but never sent, or shown to a stranger.
    pub phantom: Vec<Finding>,
}

/// So many of each kind are named.
const NAMED: usize = 20;

impl Verdict {
    /// Whether there is nothing to complain of.
    pub fn clean(&self) -> bool {
        self.lists().iter().all(|(_, list)| list.is_empty())
    }

    /// `messages=N lost=0 doubled=0 reordered=0 phantom=0`.
    pub fn line(&self) -> String {
        format!("messages={} {}", self.messages, self.wrongs())
    }

    /// `messages=N faults=N lost=0 doubled=0 reordered=0 phantom=0`: the last line of every run in
    /// which things were made to go wrong.
    pub fn line_with_faults(&self, faults: u64) -> String {
        format!("messages={} faults={faults} {}", self.messages, self.wrongs())
    }

    fn wrongs(&self) -> String {
        self.lists().map(|(name, list)| format!("{name}={}", list.len())).join(" ")
    }

    /// What is wrong, by name: the first of each kind.
    pub fn details(&self) -> String {
        let texts = self.lists().map(|(name, list)| {
            let named: Vec<String> = list.iter().take(NAMED).map(Finding::to_text).collect();
            format!("{name}: {}", named.join(", "))
        });
        texts.join("; ")
    }

    fn lists(&self) -> [(&'static str, &[Finding]); 4] {
        [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("reordered", &self.reordered),
            ("phantom", &self.phantom),
        ]
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
