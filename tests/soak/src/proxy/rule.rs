//! What shall go wrong, where, when, and how probably.

use std::time::Duration;

use hongyan::rng::Rng;
use serde::{Deserialize, Serialize};

/// The way that bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the server.
    Up,
    /// From the server.
    Down,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// A piece, and all that follows it, is held back; then everything comes in a burst.
    Delay {
        /// How long, ms.
        ms: u64,
    },
    /// The connection ends in the middle of a piece.
    Cut {
        /// By RST instead of FIN.
        #[serde(default)]
        reset: bool,
    },
    /// Nothing passes any more, and nobody is told: half-open.
    Silence,
    /// A piece that no receiver can take for a good one: a frame of a WebSocket gets bits that are
    /// reserved, the body of an HTTP answer becomes garbage. Contents are never altered: without
    /// TLS nobody would notice.
    Corrupt,
    /// A frame of a WebSocket comes twice.
    Duplicate,
    /// So many bytes a second for a while.
    Throttle {
        /// Bytes a second, at least 1.
        bytes_per_s: u64,
        /// For how long, ms.
        for_ms: u64,
    },
    /// The proxy answers the request itself.
    Answer {
        /// HTTP status.
        status: u16,
        /// `Content-Type`.
        #[serde(default = "html")]
        content_type: String,
        /// The body.
        #[serde(default)]
        body: String,
        /// `Retry-After`, seconds.
        #[serde(default)]
        retry_after_s: Option<u32>,
    },
    /// The connection is reset before the server hears of it.
    Refuse,
}

fn html() -> String {
    "text/html".to_owned()
}

impl Fault {
    /// Whether it happens to a request, before a byte of it was passed on.
    pub(crate) fn is_at_opening(&self) -> bool {
        match self {
            Self::Answer { .. } | Self::Refuse => true,
            Self::Delay { .. }
            | Self::Cut { .. }
            | Self::Silence
            | Self::Corrupt
            | Self::Duplicate
            | Self::Throttle { .. } => false,
        }
    }
}

/// When a fault applies. A piece is a frame of a WebSocket, or what one read brought of anything
/// else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What goes wrong.
    pub fault: Fault,
    /// Only for requests whose path begins so; empty for all.
    #[serde(default)]
    pub path: String,
    /// Only for pieces that go this way.
    #[serde(default)]
    pub direction: Option<Direction>,
    /// In so many of a thousand cases.
    #[serde(default = "always")]
    pub per_mille: u64,
    /// Not before so many ms from when the rule was added.
    #[serde(default)]
    pub after_ms: u64,
    /// For so many ms from then on; for ever if absent.
    #[serde(default)]
    pub for_ms: Option<u64>,
    /// So many times; any number if absent.
    #[serde(default)]
    pub times: Option<u64>,
}

fn always() -> u64 {
    1000
}

impl Rule {
    /// This fault, everywhere and always.
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            path: String::new(),
            direction: None,
            per_mille: always(),
            after_ms: 0,
            for_ms: None,
            times: None,
        }
    }

    pub(crate) fn is_about(&self, path: &str) -> bool {
        path.starts_with(&self.path)
    }

    pub(crate) fn goes(&self, direction: Direction) -> bool {
        self.direction.is_none_or(|wanted| wanted == direction)
    }
}

/// A rule at work.
#[derive(Debug)]
pub(crate) struct Armed {
    rule: Rule,
    /// When it was added, from the proxy's start.
    since: Duration,
    left: Option<u64>,
}

impl Armed {
    pub(crate) fn new(rule: Rule, since: Duration) -> Self {
        let left = rule.times;
        Self { rule, since, left }
    }

    pub(crate) fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Whether it strikes this time; counts it.
    pub(crate) fn strikes(&mut self, now: Duration, rng: &mut Rng) -> bool {
        let Self { rule, since, left } = self;
        let from = *since + Duration::from_millis(rule.after_ms);
        let until = rule.for_ms.map(|ms| from + Duration::from_millis(ms));
        let in_time = now >= from && until.is_none_or(|until| now < until);
        if !in_time || *left == Some(0) || rng.below(1000) >= rule.per_mille {
            return false;
        }
        *left = left.map(|left| left - 1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(rule: Rule, at_ms: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut armed = Armed::new(rule, Duration::from_millis(100));
        let mut rng = Rng::new(1);
        let at = at_ms.into_iter();
        at.filter(|ms| armed.strikes(Duration::from_millis(*ms), &mut rng)).collect()
    }

    #[test]
    fn a_rule_holds_in_its_time_and_its_number_of_times() {
        let rule = Rule { after_ms: 10, for_ms: Some(20), ..Rule::new(Fault::Silence) };
        assert_eq!(struck(rule.clone(), [100, 109, 110, 129, 130]), [110, 129]);
        assert_eq!(struck(Rule { times: Some(1), ..rule }, [110, 111]), [110]);
    }

    #[test]
    fn chance_is_a_matter_of_the_thousand() {
        let rule = Rule { per_mille: 100, ..Rule::new(Fault::Silence) };
        assert!((60..140).contains(&struck(rule.clone(), 100..1100).len()));
        assert!(struck(Rule { per_mille: 0, ..rule }, 100..1100).is_empty());
    }

    #[test]
    fn a_rule_is_read_with_few_words() {
        let rule = r#"{"fault":{"do":"answer","status":503,"retry_after_s":1},"path":"/navi"}"#;
        let rule: Option<Rule> = serde_json::from_str(rule).ok();
        assert!(rule.is_some_and(|rule| rule.is_about("/navi.js") && !rule.is_about("/websocket")));
        assert!(serde_json::from_str::<Rule>(r#"{"fault":{"do":"explode"}}"#).is_err());
    }
}
