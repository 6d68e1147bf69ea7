//! Customer service: what customers and agents say to each other, and who has a talk.
//!
//! A customer writes to the service's id. What it says goes to the robot or to the agent who has the
//! talk; what either says comes in the name of the service. An agent sees the customer's id as the
//! conversation, and writes under a topic of its own ([`topic::AGENT`]).
//!
//! ```text
//!   Robot ── asks for a human, somebody is there ─▶ Waiting ── an agent takes it ─▶ Agent
//!     ▲                                                │                              │
//!     ╰──────────────── an agent gives it back ────────┼──────────────────────────────┤
//!                                                      ╰── ended, or silent ─▶ Over ◀─╯
//! ```

mod agents;
pub mod config;
pub mod contents;
mod tending;

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};
use hongyan::signal::{MessageFlags, topic};
use hongyan::time::UnixMillis;
use serde_json::Value;

pub use self::agents::TalkView;
use self::config::ServiceDesk;
use self::contents::{Evaluation, HumanAnswer};
use super::announce::{Announcement, volatile};
use super::ask::{SyncFrame, Told};
use super::clock::Now;
use super::rate::MessageClass;
use super::robot::Answer;
use super::send::{Sent, new_message};
use super::serve::{Core, refusal};
use crate::store::{Audience, NewMessage, Rating, Store, Stored, Talk, TalkMode};

/// A talk in which nobody said anything for so long is over, ms.
pub const TALK_IDLE: i64 = 30 * 60 * 1000;

fn customer_service(target: &str) -> ConversationId {
    ConversationId::new(ConversationKind::CustomerService, target)
}

/// A message in the name of a customer service, that passes by.
fn passing_to(desk: &str, customer: &UserId, class: &'static str, content: &Value) -> Announcement {
    Announcement {
        sender: UserId::from(desk),
        conversation: customer_service(customer.as_str()),
        object_name: class.into(),
        content: Bytes::from(content.to_string()),
        flags: MessageFlags::default(),
        client_id: None,
        mentions: None,
        origin: None,
        sent_as: None,
        original: SyncFrame::default(),
    }
}

impl<S: Store> Core<S> {
    /// Whatever comes under a topic of customer services.
    pub(super) async fn at_desk(&self, sent: Sent, now: Now) -> Result<Told, ErrorCode> {
        let desk = self.desks().get(sent.message.conversation.target.as_str());
        // Recalls of both sides come under one topic.
        let of_agent = &*sent.message.original.topic == topic::AGENT;
        if of_agent || (sent.recall && desk.is_none()) {
            return self.of_agent(sent, now).await;
        }
        let desk = desk.ok_or(ErrorCode::Unauthorized)?;
        self.of_customer(desk, sent, now).await
    }

    async fn of_customer(
        &self,
        desk: &ServiceDesk,
        sent: Sent,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let Sent { message, recall, .. } = sent;
        if !message.flags.stored() && !is_steering(&message.object_name) {
            return self.pass_to_agent(desk, &message, now).await;
        }
        self.take_stored(&message.sender, now)?;
        if &*message.object_name == contents::EVALUATION {
            return self.evaluate(desk, &message, now).await;
        }
        if &*message.object_name == contents::SUSPENDED {
            return self.suspend(desk, &message.sender, now).await;
        }
        let (talk, new) = self.open_talk(desk, &message.sender, now).await?;
        match &*message.object_name {
            contents::HANDSHAKE => self.shake_hands(desk, &talk, new, now).await,
            contents::CHANGE_MODE => self.wants_human(desk, &talk, now).await,
            _ => {
                let receivers = talk.agent().cloned().into_iter().collect();
                if recall {
                    return self.recall(message, Audience::Users(receivers), now).await;
                }
                self.heard(desk, &talk, message, receivers, now).await
            }
        }
    }

    async fn open_talk(
        &self,
        desk: &ServiceDesk,
        customer: &UserId,
        now: Now,
    ) -> Result<(Talk, bool), ErrorCode> {
        let (service, since) = (TargetId::from(desk.id.as_str()), now.wall.plus(-TALK_IDLE));
        let opened =
            self.store().open_talk(&service, customer, TalkMode::Robot, since, now.wall).await;
        opened.map_err(refusal)
    }

    /// Words for whoever has the talk.
    async fn heard(
        &self,
        desk: &ServiceDesk,
        talk: &Talk,
        message: Announcement,
        receivers: Vec<UserId>,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let (class, content) = (message.object_name.clone(), message.content.clone());
        let new = new_message(&message, self.believed(now)?);
        let new = NewMessage { audience: Audience::Users(receivers), ..new };
        let stored = self.append(message, new).await?;
        self.store().touch_talk(talk.id, now.wall).await.map_err(refusal)?;
        if talk.mode == TalkMode::Robot
            && !stored.repeated
            && let Some(answer) = desk.robot.answer(&class, &content)
        {
            self.tell_customer(desk, &talk.customer, answer, now).await?;
        }
        Ok(Told::Sent(stored))
    }

    async fn tell_customer(
        &self,
        desk: &ServiceDesk,
        customer: &UserId,
        answer: &Answer,
        now: Now,
    ) -> Result<Stored, ErrorCode> {
        let said = (answer.message(&desk.robot), ConversationKind::CustomerService);
        self.say(&desk.id, customer, said, now).await
    }

    /// Says a text of the settings, if there is one.
    async fn tell_text(
        &self,
        desk: &ServiceDesk,
        customer: &UserId,
        text: &str,
        now: Now,
    ) -> Result<(), ErrorCode> {
        if !text.is_empty() {
            self.tell_customer(desk, customer, &Answer::Text(text.to_owned()), now).await?;
        }
        Ok(())
    }

    /// Tells the customer's devices something about the talk.
    fn tell_state(&self, talk: &Talk, class: &'static str, content: &Value, now: Now) {
        let message = passing_to(talk.service.as_str(), &talk.customer, class, content);
        message.passing(&talk.customer, now.wall, self.hub());
    }

    /// Makes the pages of the service's agents look at their talks.
    fn tell_agents(&self, talk: &Talk, now: Now) {
        let Some(desk) = self.desks().get(talk.service.as_str()) else { return };
        let content = contents::talks_changed(&talk.customer);
        for agent in desk.agents.iter().map(|agent| UserId::from(agent.as_str())) {
            let told = passing_to(&desk.id, &agent, contents::COMMAND, &content);
            told.passing(&agent, now.wall, self.hub());
        }
    }

    async fn shake_hands(
        &self,
        desk: &ServiceDesk,
        talk: &Talk,
        new: bool,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        if new {
            self.tell_text(desk, &talk.customer, &desk.welcome, now).await?;
        }
        let answer = contents::handshake_answer(desk, talk);
        self.tell_state(talk, contents::HANDSHAKE_ANSWER, &answer, now);
        Ok(Told::Sent(volatile(now.wall)))
    }

    async fn wants_human(
        &self,
        desk: &ServiceDesk,
        talk: &Talk,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let answer = self.human_answer(desk, talk).await?;
        if answer == HumanAnswer::Nobody {
            self.tell_text(desk, &talk.customer, &desk.nobody, now).await?;
        }
        let comes = matches!(answer, HumanAnswer::Coming { .. });
        let waits = comes && self.move_talk(talk, TalkMode::Robot, TalkMode::Waiting, now).await?;
        let told = contents::change_mode_answer(talk, answer);
        self.tell_state(talk, contents::CHANGE_MODE_ANSWER, &told, now);
        if waits {
            self.tell_moved(talk.id, now).await?;
            self.assign_waiting(desk, now).await?;
        }
        Ok(Told::Sent(volatile(now.wall)))
    }

    async fn human_answer(
        &self,
        desk: &ServiceDesk,
        talk: &Talk,
    ) -> Result<HumanAnswer, ErrorCode> {
        let waiting = self.store().human_talks(&talk.service).await.map_err(refusal)?;
        // A talk that was given back and waits again has its old number: it stands where it stood.
        let older = |other: &&Talk| other.mode == TalkMode::Waiting && other.id < talk.id;
        let before = waiting.iter().filter(older).count();
        let present = |agent: &String| self.hub().is_online(&UserId::from(agent.as_str()));
        Ok(match talk.mode {
            TalkMode::Agent(_) => HumanAnswer::Coming { before: 0 },
            TalkMode::Waiting => HumanAnswer::Coming { before },
            TalkMode::Robot | TalkMode::Over(_) => {
                if desk.kind == config::DeskKind::Robot || desk.agents.is_empty() {
                    HumanAnswer::Never
                } else if desk.agents.iter().any(present) {
                    HumanAnswer::Coming { before }
                } else {
                    HumanAnswer::Nobody
                }
            }
        })
    }

    /// Changes with whom a talk is, if it is as `from` says; whether it was.
    async fn move_talk(
        &self,
        talk: &Talk,
        from: TalkMode,
        to: TalkMode,
        now: Now,
    ) -> Result<bool, ErrorCode> {
        self.store().move_talk(talk.id, from, to, now.wall).await.map_err(refusal)
    }

    /// Tells customer and agents with whom a talk is now.
    async fn tell_moved(&self, id: i64, now: Now) -> Result<(), ErrorCode> {
        let Some(talk) = self.store().talk(id).await.map_err(refusal)? else { return Ok(()) };
        self.tell_state(&talk, contents::UPDATED, &contents::updated(&talk), now);
        self.tell_agents(&talk, now);
        Ok(())
    }

    async fn suspend(
        &self,
        desk: &ServiceDesk,
        customer: &UserId,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let service = TargetId::from(desk.id.as_str());
        let last = self.store().last_talk(&service, customer).await.map_err(refusal)?;
        if let Some(talk) = last.filter(Talk::is_open) {
            self.move_talk(&talk, talk.mode.clone(), talk.mode.ended(), now).await?;
            self.tell_agents(&talk, now);
            self.assign_waiting(desk, now).await?;
        }
        Ok(Told::Sent(volatile(now.wall)))
    }

    /// Keeps a rating of the customer's own talk.
    async fn evaluate(
        &self,
        desk: &ServiceDesk,
        message: &Announcement,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let said = Evaluation::read(&message.content).ok_or(ErrorCode::InvalidArgument)?;
        let service = TargetId::from(desk.id.as_str());
        let talk = match said.talk() {
            Some(id) => self.store().talk(id).await,
            None => self.store().last_talk(&service, &message.sender).await,
        };
        let own = |talk: &Talk| talk.service == service && talk.customer == message.sender;
        let talk = talk.map_err(refusal)?.filter(own).ok_or(ErrorCode::InvalidArgument)?;
        let rating = Rating {
            talk: talk.id,
            human: said.human(),
            resolved: said.resolved(),
            stars: said.stars(),
            remark: said.remark(),
            time: now.wall,
        };
        self.store().rate(rating).await.map_err(refusal)?;
        self.tell_agents(&talk, now);
        Ok(Told::Sent(volatile(now.wall)))
    }

    /// What is not kept is for the agent who has the talk, if one has.
    async fn pass_to_agent(
        &self,
        desk: &ServiceDesk,
        message: &Announcement,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let service = TargetId::from(desk.id.as_str());
        let last = self.store().last_talk(&service, &message.sender).await.map_err(refusal)?;
        let taken = self.take(&message.sender, MessageClass::Volatile, now);
        if let Some(TalkMode::Agent(agent)) = last.filter(|_| taken).map(|talk| talk.mode) {
            message.passing(&agent, now.wall, self.hub());
        }
        Ok(Told::Sent(volatile(now.wall)))
    }

    /// Since when a talk must have moved to be one still.
    pub(super) fn idle_since(now: Now) -> UnixMillis {
        now.wall.plus(-TALK_IDLE)
    }
}

/// Whether a message steers a talk: it is not kept, and nevertheless does something.
fn is_steering(object_name: &str) -> bool {
    [contents::HANDSHAKE, contents::CHANGE_MODE, contents::EVALUATION, contents::SUSPENDED]
        .contains(&object_name)
}
