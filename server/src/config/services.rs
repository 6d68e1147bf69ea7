//! Settings of customer service.

use super::Secret;
use super::settings::{BadSetting, Given};
use crate::core::desk::config::Desks;

/// Which customer services there are, and what lets agents in.
#[derive(Clone, Debug, Default)]
pub struct CustomerServices {
    /// Each of them.
    pub desks: Desks,
    /// What agents sign in with; `None`: made at the start where the demo is on, else nobody does.
    pub agent_secret: Option<Secret>,
}

impl CustomerServices {
    pub(super) fn from_given(given: &Given, demo: bool) -> Result<Self, BadSetting> {
        let path = given.read("customer_service", |path| Some(path.to_owned()))?;
        let desks = match path {
            Some(path) => read(&path).map_err(|error| {
                BadSetting(format!("customer_service: {path} cannot be used: {error}"))
            })?,
            None if demo => Desks::demo(),
            None => Desks::default(),
        };
        Ok(Self { desks, agent_secret: given.read("agent_secret", Secret::parse)? })
    }
}

fn read(path: &str) -> Result<Desks, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    Desks::read(&text)
}
