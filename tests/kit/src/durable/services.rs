//! Public services and customer service: kept as they are told.

use std::future::Future;

use hongyan::ids::{ConversationId, TargetId, UserId};
use hongyan::time::UnixMillis;
use hongyan_server::store::{
    Desk, Following, PublicService, Rating, Services, StoreError, Talk, TalkMode,
};

use super::Durable;

impl Services for Durable {
    fn put_service(
        &self,
        service: PublicService,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.put_service(service)
    }

    fn remove_service(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.remove_service(id)
    }

    fn service(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<Option<PublicService>, StoreError>> + Send {
        self.store.service(id)
    }

    fn services(&self) -> impl Future<Output = Result<Vec<PublicService>, StoreError>> + Send {
        self.store.services()
    }

    fn follow(
        &self,
        user: &UserId,
        following: Following,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.follow(user, following)
    }

    fn followings(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<Following>, StoreError>> + Send {
        self.store.followings(user)
    }

    fn followers(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        self.store.followers(id)
    }
}

impl Desk for Durable {
    fn open_talk(
        &self,
        service: &TargetId,
        customer: &UserId,
        mode: TalkMode,
        since: UnixMillis,
        now: UnixMillis,
    ) -> impl Future<Output = Result<(Talk, bool), StoreError>> + Send {
        self.store.open_talk(service, customer, mode, since, now)
    }

    fn talk(&self, id: i64) -> impl Future<Output = Result<Option<Talk>, StoreError>> + Send {
        self.store.talk(id)
    }

    fn last_talk(
        &self,
        service: &TargetId,
        customer: &UserId,
    ) -> impl Future<Output = Result<Option<Talk>, StoreError>> + Send {
        self.store.last_talk(service, customer)
    }

    fn move_talk(
        &self,
        id: i64,
        from: TalkMode,
        to: TalkMode,
        now: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.move_talk(id, from, to, now)
    }

    fn touch_talk(
        &self,
        id: i64,
        now: UnixMillis,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.touch_talk(id, now)
    }

    fn end_silent_talks(
        &self,
        service: &TargetId,
        since: UnixMillis,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Talk>, StoreError>> + Send {
        self.store.end_silent_talks(service, since, limit)
    }

    fn human_talks(
        &self,
        service: &TargetId,
    ) -> impl Future<Output = Result<Vec<Talk>, StoreError>> + Send {
        self.store.human_talks(service)
    }

    fn rate(&self, rating: Rating) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.rate(rating)
    }

    fn ratings(
        &self,
        service: &TargetId,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<(Talk, Rating)>, StoreError>> + Send {
        self.store.ratings(service, limit)
    }
}
