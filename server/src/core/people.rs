//! What users want of others: blacklists, profiles, who is online.

use hongyan::error::ErrorCode;
use hongyan::ids::UserId;

use super::ask::{PeopleAsk, PeopleTold, Told};
use super::clock::Now;
use super::hub::SessionId;
use super::limits::is_id;
use super::presence::{MAX_WATCHED, Presence, WatchRefused};
use super::rate::MessageClass;
use super::serve::{Core, refusal};
use crate::store::{Store, UserChange};

/// `GET_USERINFO_ERROR`: nobody told the server of this user.
const NO_SUCH_USER: ErrorCode = ErrorCode::from_number(23407);
/// The user is watched by too many.
const TOO_POPULAR: ErrorCode = ErrorCode::from_number(26021);
/// The session watches too many.
const TOO_MANY_WATCHED: ErrorCode = ErrorCode::from_number(26022);

impl From<WatchRefused> for ErrorCode {
    fn from(refused: WatchRefused) -> Self {
        match refused {
            WatchRefused::TooMany => TOO_MANY_WATCHED,
            WatchRefused::TooPopular => TOO_POPULAR,
        }
    }
}

fn checked(user: &UserId) -> Result<(), ErrorCode> {
    if is_id(user.as_str()) { Ok(()) } else { Err(ErrorCode::InvalidArgument) }
}

impl<S: Store> Core<S> {
    pub(super) async fn serve_people(
        &self,
        me: &UserId,
        session: SessionId,
        ask: PeopleAsk,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        match ask {
            PeopleAsk::Block(user) => self.block(me, user).await,
            PeopleAsk::Unblock(user) => {
                checked(&user)?;
                self.unblock_users(me, &[user]).await.map_err(refusal)?;
                Ok(Told::Done)
            }
            PeopleAsk::Blacklist => {
                let users = self.store().blacklist(me).await.map_err(refusal)?;
                Ok(Told::People(PeopleTold::Users(users)))
            }
            PeopleAsk::IsUnblocked(user) => {
                checked(&user)?;
                let blocks = self.store().blocks(me, &user).await.map_err(refusal)?;
                Ok(Told::Whether(!blocks))
            }
            PeopleAsk::Profile(user) => {
                let profile = self.store().profile(&user).await.map_err(refusal)?;
                let profile = profile.ok_or(NO_SUCH_USER)?;
                Ok(Told::People(PeopleTold::Profile(user, profile)))
            }
            PeopleAsk::Presence(user) => {
                checked(&user)?;
                Ok(presences(vec![self.presence(me, user).await?]))
            }
            PeopleAsk::SetStatus(status) => self.set_status(me, status, now).await,
            PeopleAsk::Watch(users) => self.watch(me, session, &users).await,
            PeopleAsk::Unwatch(users) => {
                self.hub().unwatch(session, &users);
                Ok(Told::Done)
            }
            PeopleAsk::Watched => {
                let watched = self.hub().watched(session);
                self.presences_of(me, &watched).await
            }
        }
    }

    async fn block(&self, me: &UserId, user: UserId) -> Result<Told, ErrorCode> {
        checked(&user)?;
        if user == *me {
            return Err(ErrorCode::InvalidArgument);
        }
        let fits = self.block_users(me, &[user]).await.map_err(refusal)?;
        if fits { Ok(Told::Done) } else { Err(ErrorCode::InvalidArgument) }
    }

    async fn set_status(&self, me: &UserId, status: i32, now: Now) -> Result<Told, ErrorCode> {
        if status < 0 {
            return Err(ErrorCode::InvalidArgument);
        }
        if !self.take(me, MessageClass::Volatile, now) {
            return Err(ErrorCode::SendTooFast);
        }
        let change = UserChange::Status(status);
        let wall = self.believed(now)?;
        self.store().change_user_settings(me, change, wall).await.map_err(refusal)?;
        self.hub().status_is(me, status);
        Ok(Told::Done)
    }

    async fn watch(
        &self,
        me: &UserId,
        session: SessionId,
        users: &[UserId],
    ) -> Result<Told, ErrorCode> {
        if users.is_empty() {
            return Err(ErrorCode::InvalidArgument);
        }
        if users.len() > MAX_WATCHED {
            return Err(TOO_MANY_WATCHED);
        }
        users.iter().try_for_each(checked)?;
        self.hub().watch(session, me, users)?;
        let told = self.presences_of(me, users).await;
        if told.is_err() {
            self.hub().unwatch(session, users);
        }
        told
    }

    async fn presences_of(&self, me: &UserId, users: &[UserId]) -> Result<Told, ErrorCode> {
        let mut told = Vec::with_capacity(users.len());
        for user in users {
            told.push(self.presence(me, user.clone()).await?);
        }
        Ok(presences(told))
    }

    /// As `me` sees it: who blocks somebody is offline to that one, and says nothing of itself.
    async fn presence(&self, me: &UserId, user: UserId) -> Result<Presence, ErrorCode> {
        let status = self.store().user_settings(&user).await.map_err(refusal)?.status;
        self.hub().status_was(&user, status);
        if self.store().blocks(&user, me).await.map_err(refusal)? {
            self.hub().hide(&user, me);
            return Ok(Presence { logins: 0, user, status: 0 });
        }
        Ok(Presence { logins: self.hub().logins(&user), user, status })
    }
}

const fn presences(told: Vec<Presence>) -> Told {
    Told::People(PeopleTold::Presences(told))
}
