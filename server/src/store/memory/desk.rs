//! Customer service.

use std::collections::BTreeMap;
use std::future::{Future, ready};

use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;

use super::super::{Desk, Rating, StoreError, Talk, TalkMode};
use super::MemoryStore;

#[derive(Clone, Debug, Default)]
pub(super) struct DeskShelf {
    /// By number.
    talks: BTreeMap<i64, Talk>,
    /// By talk and side.
    ratings: BTreeMap<(i64, bool), Rating>,
}

impl DeskShelf {
    fn last(&self, service: &TargetId, customer: &UserId) -> Option<&Talk> {
        let theirs = |talk: &&Talk| talk.service == *service && talk.customer == *customer;
        self.talks.values().rev().find(theirs)
    }

    fn set_mode(&mut self, id: i64, mode: TalkMode) {
        if let Some(talk) = self.talks.get_mut(&id) {
            talk.mode = mode;
        }
    }
}

impl Desk for MemoryStore {
    fn open_talk(
        &self,
        service: &TargetId,
        customer: &UserId,
        mode: TalkMode,
        since: UnixMillis,
        now: UnixMillis,
    ) -> impl Future<Output = Result<(Talk, bool), StoreError>> + Send {
        let desk = &mut self.kept().desk;
        let last = desk.last(service, customer).filter(|talk| talk.is_open()).cloned();
        if let Some(talk) = last {
            if talk.moved >= since {
                return ready(Ok((talk, false)));
            }
            desk.set_mode(talk.id, talk.mode.ended());
        }
        let id = desk.talks.last_key_value().map_or(1, |(last, _)| last + 1);
        let talk = Talk {
            id,
            service: service.detached(),
            customer: customer.detached(),
            mode,
            began: now,
            moved: now,
        };
        desk.talks.insert(id, talk.clone());
        ready(Ok((talk, true)))
    }

    fn talk(&self, id: i64) -> impl Future<Output = Result<Option<Talk>, StoreError>> + Send {
        ready(Ok(self.kept().desk.talks.get(&id).cloned()))
    }

    fn last_talk(
        &self,
        service: &TargetId,
        customer: &UserId,
    ) -> impl Future<Output = Result<Option<Talk>, StoreError>> + Send {
        ready(Ok(self.kept().desk.last(service, customer).cloned()))
    }

    fn move_talk(
        &self,
        id: i64,
        from: TalkMode,
        to: TalkMode,
        now: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let mut kept = self.kept();
        let talk = kept.desk.talks.get_mut(&id).filter(|talk| talk.mode == from);
        let moved = talk.is_some();
        if let Some(talk) = talk {
            (talk.mode, talk.moved) = (to, now);
        }
        ready(Ok(moved))
    }

    fn touch_talk(
        &self,
        id: i64,
        now: UnixMillis,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        if let Some(talk) = self.kept().desk.talks.get_mut(&id) {
            talk.moved = now;
        }
        ready(Ok(()))
    }

    fn end_silent_talks(
        &self,
        service: &TargetId,
        since: UnixMillis,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Talk>, StoreError>> + Send {
        let mut kept = self.kept();
        let silent =
            |talk: &&Talk| talk.service == *service && talk.is_open() && talk.moved < since;
        let talks: Vec<_> = kept.desk.talks.values().filter(silent).cloned().collect();
        let talks: Vec<_> = talks.into_iter().take(limit as usize).collect();
        for talk in &talks {
            kept.desk.set_mode(talk.id, talk.mode.ended());
        }
        ready(Ok(talks))
    }

    fn human_talks(
        &self,
        service: &TargetId,
    ) -> impl Future<Output = Result<Vec<Talk>, StoreError>> + Send {
        let kept = self.kept();
        let human = |talk: &&Talk| {
            talk.service == *service && matches!(talk.mode, TalkMode::Waiting | TalkMode::Agent(_))
        };
        ready(Ok(kept.desk.talks.values().filter(human).cloned().collect()))
    }

    fn rate(&self, rating: Rating) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.kept().desk.ratings.insert((rating.talk, rating.human), rating);
        ready(Ok(()))
    }

    fn ratings(
        &self,
        service: &TargetId,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<(Talk, Rating)>, StoreError>> + Send {
        let kept = self.kept();
        let rated = kept.desk.ratings.values().rev().filter_map(|rating| {
            let talk = kept.desk.talks.get(&rating.talk)?;
            (talk.service == *service).then(|| (talk.clone(), rating.clone()))
        });
        ready(Ok(rated.take(limit as usize).collect()))
    }
}
