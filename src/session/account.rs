//! Who connects: the token, where it may be redeemed, and whom earlier logins found behind it.

use super::config::Config;
use super::hosts::is_navigator;
use super::navigation::base_url;
use crate::conversation::fields::{FieldReader, FieldWriter};
use crate::ids::UserId;
use crate::text;

/// Key of [`KnownTokens`] in the application's stored state.
pub const KNOWN_TOKENS_KEY: &str = "tokens";
const MAX_KNOWN: usize = 8;
const MAX_NAVIGATORS: usize = 32;
const STORED_VERSION: u8 = 1;

/// One token and what belongs to it.
#[derive(Clone, Debug)]
pub struct Account {
    given: String,
    /// The token as URLs carry it: up to the `@`, which stays.
    pub token: String,
    /// Stands for the token where the token itself must not be kept.
    pub hash: u64,
    /// Navigators with scheme, in the order to ask: the configured ones, then the token's own.
    pub navigators: Vec<String>,
    /// Whether there were others that may not be asked.
    pub refused: bool,
}

impl Account {
    /// Takes a token apart. `token@host;host` names further navigators, which the page may restrict.
    pub fn new(given: &str, config: &Config) -> Self {
        let (token, own) = match given.bytes().position(|byte| byte == b'@') {
            Some(at) => given.split_at_checked(at + 1).unwrap_or((given, "")),
            None => (given, ""),
        };
        let mut navigators: Vec<String> = Vec::new();
        let mut refused = false;
        let configured = config.navigators.iter().map(|navigator| (navigator.as_str(), &[][..]));
        let own = text::split(own, b';').map(|navigator| (navigator, &config.allowed_hosts[..]));
        for (navigator, allowed) in configured.chain(own) {
            let base = base_url(navigator, config.secure_page);
            if navigator.trim_ascii().is_empty() || navigators.contains(&base) {
                continue;
            }
            if !is_navigator(&base, config.secure_page, allowed) {
                refused = true;
            } else if navigators.len() < MAX_NAVIGATORS {
                navigators.push(base);
            }
        }
        let (given, hash) = (given.into(), hash(token));
        Self { given, token: token.into(), hash, navigators, refused }
    }

    /// Whether this is the very token the page gave.
    pub fn is(&self, given: &str) -> bool {
        self.given == given
    }
}

/// FNV-1a: finds a token's entry again, proves nothing.
fn hash(token: &str) -> u64 {
    token.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Whom the last few tokens belonged to, so that a page that opens offline finds its user's state.
#[derive(Clone, Debug, Default)]
pub struct KnownTokens(Vec<(u64, UserId)>);

impl KnownTokens {
    /// Reads the stored form; what is damaged is forgotten.
    pub fn from_stored(value: &str) -> Self {
        let mut known = Vec::new();
        if let Some(mut fields) = FieldReader::open(value, STORED_VERSION) {
            while known.len() < MAX_KNOWN {
                let (token, user) = (fields.unsigned(), fields.text());
                if fields.check().is_none() {
                    break;
                }
                known.push((token, UserId::from(user)));
            }
        }
        Self(known)
    }

    /// Notes a token's user. Returns the new stored form if it changed.
    pub fn learn(&mut self, token: u64, user: &UserId) -> Option<String> {
        if self.0.first().is_some_and(|(known, of)| *known == token && of == user) {
            return None;
        }
        self.0.retain(|(known, _)| *known != token);
        self.0.insert(0, (token, user.detached()));
        self.0.truncate(MAX_KNOWN);
        let mut stored = FieldWriter::new(STORED_VERSION);
        for (token, user) in &self.0 {
            stored.unsigned(*token).text(user.as_str());
        }
        Some(stored.finish())
    }

    /// Whose token it was.
    pub fn user(&self, token: u64) -> Option<&UserId> {
        self.0.iter().find(|(known, _)| *known == token).map(|(_, user)| user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_name_navigators() {
        let navigators = vec![String::from("nav.example")];
        let mut config = Config { navigators, ..Config::default() };
        let token = "K=@a.example;http://b.example;nav.example;";
        let account = Account::new(token, &config);
        assert_eq!((account.token.as_str(), account.refused), ("K=@", false));
        assert_eq!(
            account.navigators,
            ["http://nav.example", "http://a.example", "http://b.example"]
        );
        let plain = Account::new("K", &config);
        assert_eq!((plain.token.as_str(), plain.navigators.len()), ("K", 1));
        config.secure_page = true;
        let account = Account::new(token, &config);
        assert_eq!(account.navigators, ["https://nav.example", "https://a.example"]);
        assert!(account.refused, "a secure page asks nobody in the clear");
        config.allowed_hosts = vec!["im.example".into()];
        let account = Account::new(token, &config);
        assert_eq!((account.navigators.len(), account.refused), (1, true), "the page's own is");
    }

    #[test]
    fn the_last_tokens_are_remembered() {
        let mut known = KnownTokens::default();
        for token in 0..20_u64 {
            let mut name = String::from("u|");
            crate::conversation::fields::push_number(&mut name, token);
            known.learn(token, &UserId::from(name));
        }
        assert_eq!(known.learn(19, &UserId::from("u|19")), None, "nothing new");
        let stored = known.learn(15, &UserId::from("new")).unwrap();
        let restored = KnownTokens::from_stored(&stored);
        assert_eq!(restored.user(15), Some(&UserId::from("new")));
        assert_eq!(restored.user(12), Some(&UserId::from("u|12")));
        assert_eq!(restored.user(11), None, "forgotten");
        assert!(KnownTokens::from_stored("1|x").user(0).is_none());
    }
}
