//! What the user sets of conversations: pulled after each login and when the server tells of a
//! change, set on the server and then here.

use super::engine::Engine;
use super::io::Outcome;
use super::requests::Query;
use crate::ids::{CallId, ConversationId};
use crate::signal::Answer;
use crate::signal::settings::{self, Setting};
use crate::time::Tick;

/// What tells of a change may be lost: with a pull they are asked for again after so long, ms.
const AGAIN_MS: u64 = 180_000;

/// How the settings stand with the server.
#[derive(Debug, Default)]
pub struct SettingsSync {
    /// What is known belongs to this version; 0 if nothing is.
    version: i64,
    asked: bool,
    /// When they were asked for last.
    at: Tick,
    /// Something changed after they were asked for.
    stale: bool,
}

impl SettingsSync {
    /// Nothing that is known is worth anything: everything is asked for.
    pub fn forget(&mut self) {
        self.version = 0;
    }

    /// What was asked for will not come on this link.
    pub fn link_lost(&mut self) {
        (self.asked, self.stale) = (false, false);
    }
}

impl Engine {
    pub(super) fn ask_settings(&mut self) {
        self.settings.stale = self.settings.asked;
        let Some(login) = self.connection.login().filter(|_| self.begun) else { return };
        if self.settings.asked {
            return;
        }
        let user = login.user.clone();
        if let Some(id) = self.requests.ask(&mut self.wire_ids, self.cx.now, Query::Settings) {
            (self.settings.asked, self.settings.at) = (true, self.cx.now);
            self.transmit(&settings::pull(id, &user, self.settings.version));
        }
    }

    /// A pull left: the clock of all that may have been missed.
    pub(super) fn ask_settings_again(&mut self) {
        if self.cx.now >= self.settings.at + AGAIN_MS {
            self.ask_settings();
        }
    }

    /// The server tells of a version.
    pub(super) fn settings_changed(&mut self, version: i64) {
        if version > self.settings.version {
            self.ask_settings();
        }
    }

    /// What was set since the version that was known; everything if none was. Servers that know
    /// nothing of settings refuse to say.
    pub(super) fn settings_came(&mut self, answer: &Answer) {
        self.settings.asked = false;
        if answer.status != 0 {
            return;
        }
        // It may be what changed since a version that is worth nothing any more.
        if self.settings.stale && self.settings.version == 0 {
            return self.ask_settings();
        }
        let conversations = &mut self.conversations;
        if self.settings.version == 0 {
            conversations.forget_settings();
        }
        let version = settings::read(&answer.body, &mut |id, setting, on| {
            conversations.set(id, setting, on);
        });
        self.settings.version = version.unwrap_or(self.settings.version);
        if self.settings.stale {
            self.ask_settings();
        }
    }

    pub(super) fn set(&mut self, call: CallId, of: ConversationId, setting: Setting, on: bool) {
        let query = Query::Set(call, of.clone(), setting, on);
        let Some(id) = self.number_for(call, query) else { return };
        let me = self.connection.user().cloned().unwrap_or_default();
        self.transmit(&settings::set(id, &me, &of, (setting, on)));
    }

    pub(super) fn setting_answered(
        &mut self,
        call: CallId,
        of: &ConversationId,
        (setting, on): (Setting, bool),
        status: u16,
    ) {
        if status != 0 {
            return self.refused(call, status);
        }
        self.conversations.set(of, setting, on);
        self.cx.out.settle(call, Ok(Outcome::Done));
    }
}
