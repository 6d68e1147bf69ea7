//! What customer services, customers and agents tell each other besides words: the contents.

use hongyan::ids::UserId;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::config::ServiceDesk;
use crate::store::{Talk, TalkMode};

/// A customer begins a talk.
pub const HANDSHAKE: &str = "RC:CsHs";
/// The talk has begun.
pub const HANDSHAKE_ANSWER: &str = "RC:CsHsR";
/// A customer wants a human.
pub const CHANGE_MODE: &str = "RC:CSCha";
/// Whether one is there.
pub const CHANGE_MODE_ANSWER: &str = "RC:CsChaR";
/// A customer says how it was.
pub const EVALUATION: &str = "RC:CsEva";
/// A customer ends the talk.
pub const SUSPENDED: &str = "RC:CsSp";
/// The talk is over, or goes on with the robot.
pub const ENDED: &str = "RC:CsEnd";
/// Somebody else has the talk now.
pub const UPDATED: &str = "RC:CsUpdate";
/// What an agent's page hears: the talks have changed.
pub const COMMAND: &str = "RC:CmdMsg";
/// Its name.
pub const TALKS_CHANGED: &str = "hongyan:talks";

/// The most bytes of a remark.
pub const MAX_REMARK: usize = 4096;

/// How a request for a human ended. The numbers are `data.status` of `RC:CsChaR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HumanAnswer {
    /// 1: an agent has the talk, or will; so many wait before this one.
    Coming {
        /// That many.
        before: usize,
    },
    /// 2: nobody is there.
    Nobody,
    /// 3: there are no agents at all.
    Never,
}

/// `serviceStatus`, and `mode` of the handshake: who has the talk.
pub const fn status_of(mode: &TalkMode) -> &'static str {
    match mode {
        TalkMode::Robot => "1",
        TalkMode::Agent(_) => "2",
        TalkMode::Waiting => "3",
        TalkMode::Over(_) => "0",
    }
}

/// The content of `RC:CsHsR`. The welcome comes as a message of its own.
pub fn handshake_answer(desk: &ServiceDesk, talk: &Talk) -> Value {
    json!({
        "status": 1,
        "msg": "",
        "data": {
            "sid": talk.id.to_string(),
            "uid": talk.customer.as_str(),
            "pid": desk.id,
            "serviceType": desk.kind.number().to_string(),
            "notAutoCha": if desk.kind.asks_at_once() { "1" } else { "0" },
            "mode": status_of(&talk.mode),
            "companyName": desk.name,
            "companyIcon": desk.portrait,
            "robotName": desk.robot.name,
            "robotIcon": desk.robot.portrait,
        },
    })
}

/// The content of `RC:CsChaR`.
pub fn change_mode_answer(talk: &Talk, answer: HumanAnswer) -> Value {
    let (status, before) = match answer {
        HumanAnswer::Coming { before } => (1, before),
        HumanAnswer::Nobody => (2, 0),
        HumanAnswer::Never => (3, 0),
    };
    let data = json!({ "status": status, "sid": talk.id.to_string(), "before": before });
    json!({ "code": 200, "msg": "", "data": data })
}

/// The content of `RC:CsUpdate`.
pub fn updated(talk: &Talk) -> Value {
    json!({ "serviceStatus": status_of(&talk.mode), "sid": talk.id.to_string() })
}

/// The content of `RC:CsEnd`: 0 over, 1 back to the robot.
pub fn ended(talk: &Talk) -> Value {
    let code = u8::from(talk.is_open());
    json!({ "code": code, "msg": "", "sid": talk.id.to_string() })
}

/// The content that makes an agent's page look.
pub fn talks_changed(customer: &UserId) -> Value {
    json!({ "name": TALKS_CHANGED, "data": json!({ "customer": customer.as_str() }).to_string() })
}

/// `RC:CsEva`, with the members that 2.5.3 has and never fills.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Evaluation {
    #[serde(default)]
    sid: Value,
    #[serde(default)]
    r#type: u8,
    #[serde(default)]
    source: Option<u8>,
    #[serde(default)]
    isresolve: Value,
    #[serde(default)]
    suggest: String,
}

impl Evaluation {
    /// Reads a rating; `None` for what is none.
    pub fn read(content: &[u8]) -> Option<Self> {
        let object: Map<String, Value> = serde_json::from_slice(content).ok()?;
        let read: Self = serde_json::from_value(Value::Object(object)).ok()?;
        let stars = read.source.is_none_or(|stars| (1..=5).contains(&stars));
        let sound = stars && read.r#type <= 1 && read.suggest.len() <= MAX_REMARK;
        (sound && read.read_resolved().is_some()).then_some(read)
    }

    /// Of which talk; `None`: of the last one.
    pub fn talk(&self) -> Option<i64> {
        self.sid.as_i64().or_else(|| self.sid.as_str()?.parse().ok())
    }

    /// Whether it is about the agent.
    pub const fn human(&self) -> bool {
        self.r#type == 1
    }

    /// 1 to 5.
    pub const fn stars(&self) -> Option<u8> {
        self.source
    }

    /// Whether it helped; `None` within for what was not told, around it for what makes no sense.
    #[expect(clippy::option_option, reason = "not told and senseless are two things")]
    fn read_resolved(&self) -> Option<Option<bool>> {
        match &self.isresolve {
            Value::Null => Some(None),
            Value::Bool(yes) => Some(Some(*yes)),
            Value::Number(number) if number.as_u64().is_some_and(|number| number <= 1) => {
                Some(Some(number.as_u64() == Some(1)))
            }
            Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Whether it helped.
    pub fn resolved(&self) -> Option<bool> {
        self.read_resolved().flatten()
    }

    /// In words.
    pub fn remark(self) -> String {
        self.suggest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_keeps_stars_and_words() {
        let content = br#"{"uid":"c","sid":"7","pid":"help","source":5,"suggest":"Gut","type":1}"#;
        let read = Evaluation::read(content).unwrap();
        assert_eq!((read.talk(), read.human(), read.stars()), (Some(7), true, Some(5)));
        assert_eq!((read.resolved(), read.remark()), (None, "Gut".to_owned()));
        for (isresolve, expected) in [("1", true), ("0", false), ("true", true)] {
            let content = format!(r#"{{"sid":7,"isresolve":{isresolve},"type":0}}"#);
            let read = Evaluation::read(content.as_bytes()).unwrap();
            assert_eq!((read.talk(), read.resolved()), (Some(7), Some(expected)));
        }
        assert_eq!(Evaluation::read(b"{}").unwrap().talk(), None);
    }

    #[test]
    fn what_is_no_rating_is_refused() {
        let long = format!(r#"{{"suggest":"{}"}}"#, "a".repeat(MAX_REMARK + 1));
        for content in [
            "",
            "[]",
            r#"{"source":0}"#,
            r#"{"source":6}"#,
            r#"{"source":"5"}"#,
            r#"{"type":2}"#,
            r#"{"isresolve":"yes"}"#,
            r#"{"isresolve":2}"#,
            &long,
        ] {
            assert_eq!(Evaluation::read(content.as_bytes()), None, "{content}");
        }
    }
}
