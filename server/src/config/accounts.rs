//! Settings of accounts.

use std::time::Duration;

use super::settings::{BadSetting, Given};
use super::{DAY, parse_bool, parse_duration, parse_number, parse_span};
use crate::core::accounts::Tries;

/// Whether users have accounts here, and their rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSettings {
    /// Whether there are any.
    pub on: bool,
    /// How long a login lasts.
    pub session_ttl: Duration,
    /// How often a wrong password may be tried.
    pub tries: Tries,
}

impl AccountSettings {
    pub(super) fn from_given(given: &Given, demo: bool) -> Result<Self, BadSetting> {
        let burst = given.read("login_attempts", |text| parse_number(text, 1, 1_000_000))?;
        let pause = given.read("login_pause", parse_span)?.unwrap_or(Duration::from_secs(60));
        Ok(Self {
            on: given.read("accounts", parse_bool)?.unwrap_or(demo),
            session_ttl: given.read("session_ttl", parse_duration)?.unwrap_or(DAY * 30),
            tries: Tries {
                burst: burst.unwrap_or(10),
                pause: u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            },
        })
    }
}
