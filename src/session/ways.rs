//! Hosts that a WebSocket does not reach while polling does: learnt by trying, kept for a while, so
//! that the next login need not find it out again.

use crate::conversation::fields::{FieldReader, FieldWriter};
use crate::time::UnixMillis;

/// Key of [`Blocked`] in the application's stored state.
pub const BLOCKED_KEY: &str = "blocked";
/// What was learnt holds for so long, ms. Every login tries a WebSocket again beside polling.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// So many hosts are remembered.
const MAX_HOSTS: usize = 8;
const STORED_VERSION: u8 = 1;

/// The hosts, newest first, each with the time of the last proof.
#[derive(Clone, Debug, Default)]
pub struct Blocked(Vec<(String, UnixMillis)>);

impl Blocked {
    /// Reads the stored form; what is damaged is forgotten.
    pub fn from_stored(value: &str) -> Self {
        let mut hosts = Vec::new();
        if let Some(mut fields) = FieldReader::open(value, STORED_VERSION) {
            while hosts.len() < MAX_HOSTS {
                let (host, at) = (fields.text(), fields.number());
                if fields.check().is_none() {
                    break;
                }
                hosts.push((host, UnixMillis::new(at)));
            }
        }
        Self(hosts)
    }

    /// Whether it is known of `host`. A proof from the future is none.
    pub fn contains(&self, host: &str, now: UnixMillis) -> bool {
        let holds = |at: &UnixMillis| (0..=KEPT_MS).contains(&(now - *at));
        self.0.iter().any(|(known, at)| known == host && holds(at))
    }

    /// Notes a proof. Returns the new stored form.
    pub fn learn(&mut self, host: &str, now: UnixMillis) -> String {
        self.0.retain(|(known, _)| known != host);
        self.0.insert(0, (host.into(), now));
        self.0.truncate(MAX_HOSTS);
        self.to_stored()
    }

    /// A WebSocket reached `host`. Returns the new stored form if something was known.
    pub fn forget(&mut self, host: &str) -> Option<String> {
        let before = self.0.len();
        self.0.retain(|(known, _)| known != host);
        (self.0.len() < before).then(|| self.to_stored())
    }

    fn to_stored(&self) -> String {
        let mut stored = FieldWriter::new(STORED_VERSION);
        for (host, at) in &self.0 {
            stored.text(host).number(at.get());
        }
        stored.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_000_000);

    #[test]
    fn what_was_learnt_holds_for_a_day() {
        let mut blocked = Blocked::default();
        let restored = Blocked::from_stored(&blocked.learn("a:80", NOW));
        for known in [blocked, restored] {
            assert!(known.contains("a:80", NOW) && known.contains("a:80", NOW.plus(KEPT_MS)));
            assert!(!known.contains("a:80", NOW.plus(KEPT_MS + 1)));
            assert!(!known.contains("a:80", NOW.plus(-1)), "the clock went back");
            assert!(!known.contains("b", NOW));
        }
    }

    #[test]
    fn hosts_are_forgotten_when_reached_or_too_many() {
        let mut blocked = Blocked::default();
        for host in ["a", "b", "c", "d", "e", "f", "g", "h", "i"] {
            blocked.learn(host, NOW);
        }
        assert!(!blocked.contains("a", NOW) && blocked.contains("b", NOW));
        assert!(blocked.forget("b").is_some() && !blocked.contains("b", NOW));
        assert_eq!(blocked.forget("b"), None);
        assert!(!Blocked::from_stored("1|x").contains("x", NOW));
    }
}
