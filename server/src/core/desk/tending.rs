//! What happens at customer services without anybody's word: silent talks end, waiting ones come to
//! agents.

use std::collections::BTreeMap;

use hongyan::error::ErrorCode;
use hongyan::ids::{TargetId, UserId};

use super::super::clock::Now;
use super::super::serve::{Core, refusal};
use super::config::{Assignment, ServiceDesk};
use super::contents;
use crate::store::{Store, Talk, TalkMode};

/// So many silent talks end in one transaction.
const AT_ONCE: u32 = 100;

impl<S: Store> Core<S> {
    /// Looks after all customer services: to be called every few seconds.
    ///
    /// # Errors
    /// The store failed.
    pub async fn tend_desks(&self, now: Now) -> Result<(), ErrorCode> {
        for desk in &self.desks().services {
            self.end_silent(desk, now).await?;
            self.assign_waiting(desk, now).await?;
        }
        Ok(())
    }

    /// Ends the talks in which nobody said anything for too long. Customers and agents hear of it.
    async fn end_silent(&self, desk: &ServiceDesk, now: Now) -> Result<(), ErrorCode> {
        let (service, since) = (TargetId::from(desk.id.as_str()), Self::idle_since(now));
        loop {
            let ended = self.store().end_silent_talks(&service, since, AT_ONCE).await;
            let ended = ended.map_err(refusal)?;
            let more = ended.len() == AT_ONCE as usize;
            for talk in ended {
                let talk = Talk { mode: talk.mode.ended(), ..talk };
                self.tell_state(&talk, contents::ENDED, &contents::ended(&talk), now);
                self.tell_agents(&talk, now);
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// Gives the talks that wait, oldest first, to the least busy of the agents who are there.
    pub(super) async fn assign_waiting(
        &self,
        desk: &ServiceDesk,
        now: Now,
    ) -> Result<(), ErrorCode> {
        if desk.assign == Assignment::ByHand {
            return Ok(());
        }
        let talks = self.store().human_talks(&desk.id.as_str().into()).await.map_err(refusal)?;
        let waiting: Vec<_> = talks.iter().filter(|talk| talk.mode == TalkMode::Waiting).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let mut free = self.present_agents(desk).await?;
        for talk in waiting {
            let mut agents: Vec<_> = free.iter().map(|(agent, talks)| (*talks, agent)).collect();
            agents.sort();
            let agents: Vec<_> = agents.into_iter().map(|(_, agent)| agent.clone()).collect();
            for agent in agents {
                match self.take_talk(&agent, talk.id, now).await {
                    Ok(()) => {
                        let talks = free.get(&agent).map_or(1, |talks| talks + 1);
                        free.insert(agent, talks);
                        break;
                    }
                    // The agent has another talk with this customer, or somebody else took it.
                    Err(ErrorCode::InvalidArgument) => {}
                    Err(code) => return Err(code),
                }
            }
            free.retain(|_, talks| *talks < desk.room_of_agent());
        }
        Ok(())
    }

    /// The agents who are there and have room for a talk, and how many talks each has with all
    /// customer services.
    async fn present_agents(
        &self,
        desk: &ServiceDesk,
    ) -> Result<BTreeMap<UserId, usize>, ErrorCode> {
        let agents = desk.agents.iter().map(|agent| UserId::from(agent.as_str()));
        let present = agents.filter(|agent| self.hub().is_online(agent));
        let mut busy: BTreeMap<UserId, usize> = present.map(|agent| (agent, 0)).collect();
        for other in &self.desks().services {
            let talks = self.store().human_talks(&other.id.as_str().into()).await;
            for talk in talks.map_err(refusal)? {
                if let TalkMode::Agent(agent) = &talk.mode
                    && let Some(talks) = busy.get_mut(agent)
                {
                    *talks += 1;
                }
            }
        }
        busy.retain(|_, talks| *talks < desk.room_of_agent());
        Ok(busy)
    }
}
