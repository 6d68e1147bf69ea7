//! What the simulation leaves to the store as it is: decisions and the log.

use std::future::Future;

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use hongyan_server::store::{Log, Logged, Platform, Presence, Reading, Rule, StoreError, Word};

use super::Durable;

impl Platform for Durable {
    fn put_rules(
        &self,
        rules: Vec<Rule>,
        time: UnixMillis,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.put_rules(rules, time)
    }

    fn remove_rules(
        &self,
        rules: Vec<Rule>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.remove_rules(rules)
    }

    fn rules(&self) -> impl Future<Output = Result<Vec<(Rule, UnixMillis)>, StoreError>> + Send {
        self.store.rules()
    }

    fn put_words(&self, words: Vec<Word>) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.put_words(words)
    }

    fn remove_words(
        &self,
        texts: Vec<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.remove_words(texts)
    }

    fn words(&self) -> impl Future<Output = Result<Vec<Word>, StoreError>> + Send {
        self.store.words()
    }

    fn set_tags(
        &self,
        users: Vec<UserId>,
        tags: Vec<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.set_tags(users, tags)
    }

    fn tags(&self, user: &UserId) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send {
        self.store.tags(user)
    }

    fn tagged(&self, tag: &str) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        self.store.tagged(tag)
    }

    fn users_after(
        &self,
        user: &UserId,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        self.store.users_after(user, limit)
    }
}

impl Log for Durable {
    fn log_between(
        &self,
        from: UnixMillis,
        until: UnixMillis,
        after: (UnixMillis, u64),
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Logged>, StoreError>> + Send {
        self.store.log_between(from, until, after, limit)
    }

    fn log_after(
        &self,
        place: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Logged>, StoreError>> + Send {
        self.store.log_after(place, limit)
    }

    fn log_end(&self) -> impl Future<Output = Result<u64, StoreError>> + Send {
        self.store.log_end()
    }

    fn hide_log(&self, hour: i64) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.hide_log(hour)
    }

    fn is_log_hidden(&self, hour: i64) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.is_log_hidden(hour)
    }

    fn reading(
        &self,
        reading: Reading,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send {
        self.store.reading(reading)
    }

    fn set_reading(
        &self,
        reading: Reading,
        place: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.set_reading(reading, place)
    }

    fn add_presence(
        &self,
        user: &UserId,
        online: bool,
        time: UnixMillis,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.add_presence(user, online, time)
    }

    fn presence(
        &self,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Presence>, StoreError>> + Send {
        self.store.presence(limit)
    }

    fn forget_presence(&self, place: u64) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.forget_presence(place)
    }
}
