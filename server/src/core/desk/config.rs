//! Which customer services there are: read from a file at the start.

use hongyan::ids::UserId;
use serde::Deserialize;

use super::super::limits::is_id;
use super::super::robot::Robot;

/// Who answers first, and whether anybody else does. The numbers are those of 2.x.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeskKind {
    /// 1: nobody but the robot.
    Robot,
    /// 2: agents alone; a client asks for one at once.
    Human,
    /// 3: the robot, until the customer asks for a human.
    #[default]
    RobotFirst,
    /// 4: an agent, if one is there; a client asks for one at once.
    HumanFirst,
}

impl DeskKind {
    /// `serviceType`.
    pub const fn number(self) -> u8 {
        match self {
            Self::Robot => 1,
            Self::Human => 2,
            Self::RobotFirst => 3,
            Self::HumanFirst => 4,
        }
    }

    /// Whether a client shall ask for a human at once.
    pub const fn asks_at_once(self) -> bool {
        matches!(self, Self::Human | Self::HumanFirst)
    }
}

/// How a talk that waits comes to an agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Assignment {
    /// An agent takes it.
    #[default]
    ByHand,
    /// The agent who is there and has the fewest talks gets it, if one has fewer than
    /// `talksPerAgent`; agents may still take it themselves.
    LeastBusy,
}

/// A customer service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ServiceDesk {
    /// The id that customers write to. No user may have it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its portrait's address.
    pub portrait: String,
    /// Who answers first.
    pub kind: DeskKind,
    /// What the robot says when a talk begins; empty for nothing.
    pub welcome: String,
    /// What is said when an agent takes a talk; empty for nothing.
    pub human_welcome: String,
    /// What is said to who wants an agent when none is there; empty for nothing.
    pub nobody: String,
    /// What answers until an agent does.
    pub robot: Robot,
    /// Users who may take talks.
    pub agents: Vec<String>,
    /// How a talk comes to one of them.
    pub assign: Assignment,
    /// An agent with so many talks is given no more; 0 for [`TALKS_PER_AGENT`].
    pub talks_per_agent: usize,
}

/// How many talks an agent is given at once, unless the file says otherwise.
pub const TALKS_PER_AGENT: usize = 5;

impl ServiceDesk {
    /// So many talks an agent is given.
    pub const fn room_of_agent(&self) -> usize {
        if self.talks_per_agent == 0 { TALKS_PER_AGENT } else { self.talks_per_agent }
    }

    /// Whether the user may take talks here.
    pub fn has_agent(&self, user: &UserId) -> bool {
        self.agents.iter().any(|agent| agent == user.as_str())
    }
}

/// All customer services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Desks {
    /// Each of them.
    pub services: Vec<ServiceDesk>,
}

/// What a server for trying out has.
const DEMO: &str = include_str!("demo.json");

impl Desks {
    /// Reads the file's text.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn read(text: &str) -> Result<Self, String> {
        let desks: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for (at, desk) in desks.services.iter().enumerate() {
            let id = &desk.id;
            if !is_id(id) || desks.services.iter().take(at).any(|other| other.id == *id) {
                return Err(format!("the id {id:?} cannot be used, or is used twice"));
            }
            if !desk.robot.is_sound() {
                return Err(format!("the robot of {id:?} has an answer that cannot be sent"));
            }
            if let Some(agent) = desk.agents.iter().find(|agent| !is_id(agent)) {
                return Err(format!("the agent {agent:?} of {id:?} cannot be a user"));
            }
        }
        Ok(desks)
    }

    /// The ones for trying out.
    pub fn demo() -> Self {
        Self::read(DEMO).unwrap_or_default()
    }

    /// The customer service of this id.
    pub fn get(&self, id: &str) -> Option<&ServiceDesk> {
        self.services.iter().find(|desk| desk.id == id)
    }

    /// Those that the user may take talks of.
    pub fn of_agent<'a>(&'a self, user: &'a UserId) -> impl Iterator<Item = &'a ServiceDesk> {
        self.services.iter().filter(|desk| desk.has_agent(user))
    }

    /// Whether the name is that of a customer service or an agent: nobody else may have it.
    pub fn reserves(&self, name: &str) -> bool {
        let user = UserId::from(name);
        self.get(name).is_some() || self.of_agent(&user).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_to_try() {
        let demo = Desks::demo();
        let desk = demo.services.first().expect("no customer service");
        assert!(!desk.agents.is_empty() && !desk.robot.answers.is_empty());
        assert!(demo.reserves(&desk.id) && demo.reserves(&desk.agents[0]));
        assert!(!demo.reserves("somebody"));
    }

    #[test]
    fn what_cannot_work_is_told() {
        for (text, told) in [
            ("", "EOF"),
            (r#"{"services":[{"id":"a","nmae":"b"}]}"#, "nmae"),
            (r#"{"services":[{"name":"b"}]}"#, "cannot be used"),
            (r#"{"services":[{"id":"a"},{"id":"a"}]}"#, "twice"),
            (r#"{"services":[{"id":"a","kind":"cat"}]}"#, "cat"),
            (r#"{"services":[{"id":"a","agents":[""]}]}"#, "agent"),
            (
                r#"{"services":[{"id":"a","robot":{"otherwise":{"objectName":"","body":{}}}}]}"#,
                "sent",
            ),
        ] {
            let error = Desks::read(text).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
