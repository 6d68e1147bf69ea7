//! Customer service: talks of customers with a robot or an agent, and what customers say of them.

use std::future::Future;

use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;

use super::StoreError;

/// Who has the customer's attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TalkMode {
    /// The robot.
    Robot,
    /// Nobody yet: the customer waits for an agent.
    Waiting,
    /// This agent.
    Agent(UserId),
    /// Nobody any more. The agent who had it last, if one had.
    Over(Option<UserId>),
}

/// A customer's talk with a customer service. A customer has one at a time with each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    /// Its number, from 1 up.
    pub id: i64,
    /// With which customer service.
    pub service: TargetId,
    /// Whose.
    pub customer: UserId,
    /// With whom.
    pub mode: TalkMode,
    /// When it began.
    pub began: UnixMillis,
    /// When somebody last said something.
    pub moved: UnixMillis,
}

/// What a customer says of a talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// Which talk.
    pub talk: i64,
    /// Of the agent, else of the robot.
    pub human: bool,
    /// Whether it helped.
    pub resolved: Option<bool>,
    /// 1 to 5.
    pub stars: Option<u8>,
    /// In words; may be empty.
    pub remark: String,
    /// When.
    pub time: UnixMillis,
}

/// The talks.
pub trait Desk: Send + Sync + 'static {
    /// The customer's talk that is not over, if somebody said something in it since `since`; else a
    /// new one in this mode. An older one is over then. And whether it is new.
    fn open_talk(
        &self,
        service: &TargetId,
        customer: &UserId,
        mode: TalkMode,
        since: UnixMillis,
        now: UnixMillis,
    ) -> impl Future<Output = Result<(Talk, bool), StoreError>> + Send;

    /// A talk by its number.
    fn talk(&self, id: i64) -> impl Future<Output = Result<Option<Talk>, StoreError>> + Send;

    /// The customer's newest talk with a customer service, be it over or not.
    fn last_talk(
        &self,
        service: &TargetId,
        customer: &UserId,
    ) -> impl Future<Output = Result<Option<Talk>, StoreError>> + Send;

    /// Changes with whom a talk is, if it is as `from` says. False: it is not, and nothing changed.
    fn move_talk(
        &self,
        id: i64,
        from: TalkMode,
        to: TalkMode,
        now: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Somebody said something in a talk.
    fn touch_talk(
        &self,
        id: i64,
        now: UnixMillis,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Ends talks of a customer service in which nobody said anything since `since`, at most so many;
    /// they are told as they were, oldest first.
    fn end_silent_talks(
        &self,
        service: &TargetId,
        since: UnixMillis,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Talk>, StoreError>> + Send;

    /// The talks of a customer service that wait or are with an agent, oldest first.
    fn human_talks(
        &self,
        service: &TargetId,
    ) -> impl Future<Output = Result<Vec<Talk>, StoreError>> + Send;

    /// Keeps a rating; a second one of the same talk and side takes the place of the first.
    fn rate(&self, rating: Rating) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What was said of the talks of a customer service, newest talk first; at most so many.
    fn ratings(
        &self,
        service: &TargetId,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<(Talk, Rating)>, StoreError>> + Send;
}

impl TalkMode {
    /// The mode that follows when the talk ends.
    #[must_use]
    pub fn ended(&self) -> Self {
        Self::Over(match self {
            Self::Agent(agent) => Some(agent.clone()),
            Self::Over(agent) => agent.clone(),
            Self::Robot | Self::Waiting => None,
        })
    }
}

impl Talk {
    /// Whether it goes on.
    pub const fn is_open(&self) -> bool {
        !matches!(self.mode, TalkMode::Over(_))
    }

    /// The agent who has it, or had it last.
    pub const fn agent(&self) -> Option<&UserId> {
        match &self.mode {
            TalkMode::Agent(agent) | TalkMode::Over(Some(agent)) => Some(agent),
            TalkMode::Robot | TalkMode::Waiting | TalkMode::Over(None) => None,
        }
    }
}
