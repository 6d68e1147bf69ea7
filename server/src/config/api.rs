//! Settings of the server API.

use super::settings::{BadSetting, Given};
use super::{parse_bool, parse_number};

/// How the server API may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Api {
    /// Calls of each kind a second; 0 for no limit.
    pub rate: u32,
    /// Whether only calls are taken that are signed in our own form.
    pub own_signature_only: bool,
    /// Whether a nonce is good once, and a timestamp for five minutes, in the SDKs' form, too.
    pub strict_nonce: bool,
}

impl Api {
    pub(super) fn from_given(given: &Given) -> Result<Self, BadSetting> {
        Ok(Self {
            rate: given.read("api_rate", |text| parse_number(text, 0, 1_000_000))?.unwrap_or(100),
            own_signature_only: given.read("api_own_signature_only", parse_bool)?.unwrap_or(false),
            strict_nonce: given.read("api_strict_nonce", parse_bool)?.unwrap_or(false),
        })
    }
}
