//! What holds in a chatroom for whom, and until when.

use std::collections::BTreeMap;

use hongyan::time::UnixMillis;

use crate::store::{ChatroomRule, ChatroomRuleKind};

/// Rules of one room, or of all.
#[derive(Debug, Default)]
pub struct Rules(BTreeMap<ChatroomRuleKind, BTreeMap<String, Option<UnixMillis>>>);

impl Rules {
    /// These.
    pub fn new(rules: Vec<ChatroomRule>) -> Self {
        let mut by_kind = BTreeMap::<ChatroomRuleKind, BTreeMap<_, _>>::new();
        for ChatroomRule { kind, subject, until } in rules {
            by_kind.entry(kind).or_default().insert(subject, until);
        }
        Self(by_kind)
    }

    /// Whether such a rule stands for this user or class.
    pub fn hold(&self, kind: ChatroomRuleKind, subject: &str, now: UnixMillis) -> bool {
        let until = self.0.get(&kind).and_then(|subjects| subjects.get(subject));
        until.is_some_and(|until| until.is_none_or(|until| now < until))
    }
}
