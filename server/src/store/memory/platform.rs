//! What the application's server has decided.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, ready};

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;

use super::super::{Platform, Rule, RuleKind, StoreError, Word};
use super::MemoryStore;

#[derive(Clone, Debug, Default)]
pub(super) struct Decisions {
    rules: BTreeMap<Rule, UnixMillis>,
    /// By text: the replacement.
    words: BTreeMap<String, Option<String>>,
    tags: BTreeMap<UserId, BTreeSet<String>>,
}

impl Platform for MemoryStore {
    fn put_rules(
        &self,
        rules: Vec<Rule>,
        time: UnixMillis,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let mut kept = self.kept();
        for rule in rules {
            let revoked = rule.kind == RuleKind::TokensRevoked;
            let at = kept.decisions.rules.entry(rule).or_insert(time);
            *at = if revoked { time.max(*at) } else { time };
        }
        ready(Ok(()))
    }

    fn remove_rules(
        &self,
        rules: Vec<Rule>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let mut kept = self.kept();
        for rule in rules {
            kept.decisions.rules.remove(&rule);
        }
        ready(Ok(()))
    }

    fn rules(&self) -> impl Future<Output = Result<Vec<(Rule, UnixMillis)>, StoreError>> + Send {
        let kept = self.kept();
        let rules = kept.decisions.rules.iter();
        ready(Ok(rules.map(|(rule, time)| (rule.clone(), *time)).collect()))
    }

    fn put_words(&self, words: Vec<Word>) -> impl Future<Output = Result<(), StoreError>> + Send {
        let words = words.into_iter().map(|word| (word.text, word.replacement));
        self.kept().decisions.words.extend(words);
        ready(Ok(()))
    }

    fn remove_words(
        &self,
        texts: Vec<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.kept().decisions.words.retain(|text, _| !texts.contains(text));
        ready(Ok(()))
    }

    fn words(&self) -> impl Future<Output = Result<Vec<Word>, StoreError>> + Send {
        let kept = self.kept();
        let words = kept.decisions.words.iter();
        let word = |(text, replacement): (&String, &Option<String>)| Word {
            text: text.clone(),
            replacement: replacement.clone(),
        };
        ready(Ok(words.map(word).collect()))
    }

    fn set_tags(
        &self,
        users: Vec<UserId>,
        tags: Vec<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let mut kept = self.kept();
        for user in users {
            kept.decisions.tags.insert(user, tags.iter().cloned().collect());
        }
        ready(Ok(()))
    }

    fn tags(&self, user: &UserId) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send {
        let kept = self.kept();
        let tags = kept.decisions.tags.get(user);
        ready(Ok(tags.into_iter().flatten().cloned().collect()))
    }

    fn tagged(&self, tag: &str) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        let kept = self.kept();
        let having = kept.decisions.tags.iter().filter(|(_, tags)| tags.contains(tag));
        ready(Ok(having.map(|(user, _)| user.clone()).collect()))
    }

    fn users_after(
        &self,
        user: &UserId,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        let kept = self.kept();
        let known = kept.profiles.keys().chain(kept.inboxes.keys());
        let after: BTreeSet<_> = known.filter(|known| *known > user).cloned().collect();
        ready(Ok(after.into_iter().take(limit as usize).collect()))
    }
}
