//! Public services.

use std::collections::BTreeMap;
use std::future::{Future, ready};

use hongyan::ids::{ConversationId, UserId};
use hongyan::time::UnixMillis;

use super::super::{Following, MAX_SERVICES, PublicService, Services, StoreError};
use super::MemoryStore;

/// By kind and id.
type ServiceKey = (i32, String);

#[derive(Clone, Debug, Default)]
pub(super) struct ServiceShelf {
    services: BTreeMap<ServiceKey, PublicService>,
    followings: BTreeMap<UserId, BTreeMap<ServiceKey, (bool, UnixMillis)>>,
}

fn key(id: &ConversationId) -> ServiceKey {
    (id.kind.number(), id.target.as_str().to_owned())
}

impl ServiceShelf {
    fn follows(&self, user: &UserId, service: &ServiceKey) -> Option<bool> {
        self.followings.get(user)?.get(service).map(|(follows, _)| *follows)
    }
}

impl Services for MemoryStore {
    fn put_service(
        &self,
        service: PublicService,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let shelf = &mut self.kept().shelf;
        let key = key(&service.id);
        let fits = shelf.services.contains_key(&key) || shelf.services.len() < MAX_SERVICES;
        if fits {
            shelf.services.insert(key, service);
        }
        ready(Ok(fits))
    }

    fn remove_service(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let (shelf, key) = (&mut self.kept().shelf, key(id));
        let removed = shelf.services.remove(&key).is_some();
        for said in shelf.followings.values_mut() {
            said.remove(&key);
        }
        ready(Ok(removed))
    }

    fn service(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<Option<PublicService>, StoreError>> + Send {
        ready(Ok(self.kept().shelf.services.get(&key(id)).cloned()))
    }

    fn services(&self) -> impl Future<Output = Result<Vec<PublicService>, StoreError>> + Send {
        ready(Ok(self.kept().shelf.services.values().cloned().collect()))
    }

    fn follow(
        &self,
        user: &UserId,
        following: Following,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let (shelf, key) = (&mut self.kept().shelf, key(&following.service));
        let there = shelf.services.contains_key(&key);
        if there {
            let said = shelf.followings.entry(user.detached()).or_default();
            said.insert(key, (following.follows, following.time));
        }
        ready(Ok(there))
    }

    fn followings(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<Following>, StoreError>> + Send {
        let kept = self.kept();
        let said = kept.shelf.followings.get(user).into_iter().flatten();
        let following = said.map(|((kind, id), (follows, time))| Following {
            service: ConversationId::new(
                hongyan::ids::ConversationKind::from_number(*kind),
                id.as_str(),
            ),
            follows: *follows,
            time: *time,
        });
        ready(Ok(following.collect()))
    }

    fn followers(
        &self,
        id: &ConversationId,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        let (kept, key) = (self.kept(), key(id));
        let shelf = &kept.shelf;
        let everybody = shelf.services.get(&key).is_some_and(|service| service.everybody);
        let said = shelf.followings.keys().filter(|user| shelf.follows(user, &key) == Some(true));
        let silent = kept.profiles.keys().filter(|user| shelf.follows(user, &key).is_none());
        let mut users: Vec<UserId> = said.cloned().collect();
        if everybody {
            users.extend(silent.cloned());
        }
        users.sort();
        ready(Ok(users))
    }
}
