//! The agents' side: which talks there are, taking one, answering, giving it back, ending it.

use hongyan::error::ErrorCode;
use hongyan::ids::UserId;

use super::super::announce::{Announcement, volatile};
use super::super::ask::Told;
use super::super::clock::Now;
use super::super::rate::MessageClass;
use super::super::send::{Sent, new_message};
use super::super::serve::{Core, refusal};
use super::{contents, customer_service};
use crate::store::{Audience, NewMessage, Rating, Store, Talk, TalkMode};

/// The last ratings that an agent's page shows.
const RATINGS: u32 = 20;

/// A talk as an agent sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TalkView {
    /// It.
    pub talk: Talk,
    /// The name of the customer service.
    pub service_name: String,
}

impl<S: Store> Core<S> {
    /// The talks that the agent may take, or has; oldest first within each service.
    ///
    /// # Errors
    /// The user is no agent, or the store failed.
    pub async fn talks_for(&self, agent: &UserId, now: Now) -> Result<Vec<TalkView>, ErrorCode> {
        let mut views = Vec::new();
        for desk in self.desks().of_agent(agent) {
            let talks = self.store().human_talks(&desk.id.as_str().into()).await;
            let since = Self::idle_since(now);
            let concerns = |talk: &Talk| {
                let theirs = talk.agent().is_none_or(|other| other == agent);
                theirs && talk.moved >= since
            };
            let talks = talks.map_err(refusal)?.into_iter().filter(concerns);
            views.extend(talks.map(|talk| TalkView { talk, service_name: desk.name.clone() }));
        }
        if self.desks().of_agent(agent).next().is_none() {
            return Err(ErrorCode::Unauthorized);
        }
        Ok(views)
    }

    /// What customers said of the last talks of the agent's services.
    ///
    /// # Errors
    /// The store failed.
    pub async fn ratings_for(&self, agent: &UserId) -> Result<Vec<(Talk, Rating)>, ErrorCode> {
        let mut ratings = Vec::new();
        for desk in self.desks().of_agent(agent) {
            let of_desk = self.store().ratings(&desk.id.as_str().into(), RATINGS).await;
            ratings.extend(of_desk.map_err(refusal)?);
        }
        Ok(ratings)
    }

    /// Takes a talk that waits.
    ///
    /// # Errors
    /// It is not one of the agent's services, somebody else has it, or the agent has another talk
    /// with this customer.
    pub async fn take_talk(&self, agent: &UserId, id: i64, now: Now) -> Result<(), ErrorCode> {
        let talk = self.talk_of(agent, id).await?;
        if self.talk_with(agent, &talk.customer).await?.is_some() {
            return Err(ErrorCode::InvalidArgument);
        }
        let to = TalkMode::Agent(agent.detached());
        if !self.move_talk(&talk, TalkMode::Waiting, to, now).await? {
            return Err(ErrorCode::InvalidArgument);
        }
        if let Some(desk) = self.desks().get(talk.service.as_str()) {
            self.tell_text(desk, &talk.customer, &desk.human_welcome, now).await?;
        }
        self.tell_moved(id, now).await
    }

    /// Ends a talk of the agent's, or gives it back to the robot.
    ///
    /// # Errors
    /// It is none of the agent's.
    pub async fn leave_talk(
        &self,
        agent: &UserId,
        id: i64,
        to_robot: bool,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let talk = self.talk_of(agent, id).await?;
        let from = TalkMode::Agent(agent.detached());
        let to = if to_robot { TalkMode::Robot } else { from.ended() };
        if !self.move_talk(&talk, from, to.clone(), now).await? {
            return Err(ErrorCode::InvalidArgument);
        }
        let talk = Talk { mode: to, ..talk };
        self.tell_state(&talk, contents::ENDED, &contents::ended(&talk), now);
        self.tell_agents(&talk, now);
        match self.desks().get(talk.service.as_str()) {
            Some(desk) => self.assign_waiting(desk, now).await,
            None => Ok(()),
        }
    }

    /// A talk of one of the agent's services.
    async fn talk_of(&self, agent: &UserId, id: i64) -> Result<Talk, ErrorCode> {
        let talk = self.store().talk(id).await.map_err(refusal)?;
        let theirs = |talk: &Talk| {
            let desk = self.desks().get(talk.service.as_str());
            desk.is_some_and(|desk| desk.has_agent(agent))
        };
        talk.filter(theirs).ok_or(ErrorCode::Unauthorized)
    }

    /// The talk that an agent has with a customer.
    async fn talk_with(
        &self,
        agent: &UserId,
        customer: &UserId,
    ) -> Result<Option<Talk>, ErrorCode> {
        let has = TalkMode::Agent(agent.detached());
        Ok(self.last_with(agent, customer).await?.filter(|talk| talk.mode == has))
    }

    /// The newest talk that an agent has or had with a customer.
    async fn last_with(
        &self,
        agent: &UserId,
        customer: &UserId,
    ) -> Result<Option<Talk>, ErrorCode> {
        let mut newest: Option<Talk> = None;
        for desk in self.desks().of_agent(agent) {
            let last = self.store().last_talk(&desk.id.as_str().into(), customer).await;
            let last = last.map_err(refusal)?.filter(|talk| talk.agent() == Some(agent));
            newest = newest.into_iter().chain(last).max_by_key(|talk| talk.id);
        }
        Ok(newest)
    }

    /// In whose name a user reads what was said with customer services: an agent reads what the
    /// service said and heard. A customer service is nobody who reads.
    pub(in super::super) async fn desk_reader(
        &self,
        user: &UserId,
        target: &str,
    ) -> Result<UserId, ErrorCode> {
        if self.desks().get(user.as_str()).is_some() {
            return Err(ErrorCode::Unauthorized);
        }
        let talk = self.last_with(user, &UserId::from(target)).await?;
        Ok(talk.map_or_else(|| user.detached(), |talk| UserId::from(talk.service.as_str())))
    }

    /// What an agent says to a customer: it comes in the service's name.
    pub(super) async fn of_agent(&self, sent: Sent, now: Now) -> Result<Told, ErrorCode> {
        let Sent { message, recall, .. } = sent;
        let agent = message.sender.clone();
        let customer = UserId::from(message.conversation.target.as_str());
        let talk = self.talk_with(&agent, &customer).await?.ok_or(ErrorCode::Unauthorized)?;
        let message = Announcement {
            sender: UserId::from(talk.service.as_str()),
            conversation: customer_service(customer.as_str()),
            ..message
        };
        if recall {
            return self.recall(message, Audience::Users(vec![customer]), now).await;
        }
        if &*message.object_name == contents::ENDED {
            self.leave_talk(&agent, talk.id, ends_softly(&message), now).await?;
            return Ok(Told::Sent(volatile(now.wall)));
        }
        if message.flags.stored() {
            self.take_stored(&agent, now)?;
            let new = new_message(&message, self.believed(now)?);
            let audience = Audience::Users(vec![customer]);
            let new = NewMessage { audience, own_row: false, ..new };
            let own = Announcement { sender: agent.clone(), ..message.clone() };
            let stored = self.append(message, new).await?;
            if !stored.repeated {
                own.beside_to_own(&stored, self.hub());
            }
            self.store().touch_talk(talk.id, now.wall).await.map_err(refusal)?;
            return Ok(Told::Sent(stored));
        }
        if self.take(&agent, MessageClass::Volatile, now) {
            message.passing(&customer, now.wall, self.hub());
        }
        Ok(Told::Sent(volatile(now.wall)))
    }
}

/// `RC:CsEnd` of an agent with code 1: the robot goes on.
fn ends_softly(message: &Announcement) -> bool {
    let content: serde_json::Value = serde_json::from_slice(&message.content).unwrap_or_default();
    content["code"] == 1
}
