//! One user's state: loaded, brought together with a login, and let go of for the next user's.

use super::account::KNOWN_TOKENS_KEY;
use super::cursor::{CURSOR_KEY, Cursor};
use super::dial::NAVIGATION_KEY;
use super::done::{DONE_KEY, Done};
use super::engine::Engine;
use super::inbox::Inbox;
use super::io::{Command, Event, Outcome, Restored};
use super::listing::{Listing, REMOVED_PREFIX};
use super::outbox::{Entry, Place, Stage, place_of};
use super::outgoing_text::{self, Stored};
use super::profile::{DEVICE_KEY, Profile};
use super::sending::{LEFT_PREFIX, OUTBOX_PREFIX, failure_of_departure};
use super::settings::SettingsSync;
use super::ways::BLOCKED_KEY;
use crate::conversation::KEY_PREFIX;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, UserId};
use crate::signal::client;
use crate::sorted::{SortedMap, sort};
use crate::time::UnixMillis;

impl Engine {
    pub(super) fn restore_app(&mut self, entries: &[(String, String)]) {
        let find = |name: &str| entries.iter().find(|(key, _)| key == name);
        self.device.restore(&mut self.cx, find(DEVICE_KEY).map(|(_, value)| value.as_str()));
        for (key, value) in
            [KNOWN_TOKENS_KEY, NAVIGATION_KEY, BLOCKED_KEY].into_iter().filter_map(find)
        {
            self.connection.restore(key, value);
        }
    }

    /// The state of the user whom the connection knows of is the one to have.
    pub(super) fn follow_user(&mut self) {
        if !self.connection.was_called() || self.profile.user() == self.connection.user() {
            return;
        }
        let user = self.connection.user().cloned();
        if self.profile.user().is_some() {
            self.leave_user();
        }
        self.profile.change(&mut self.cx, user);
    }

    /// The page logs out. Calls under way are answered with `Disconnected`; sends stay in the
    /// outbox and leave after the next login.
    pub(super) fn disconnect(&mut self, call: CallId) {
        if self.is_extended() {
            self.transmit(&client::disconnect());
        }
        let change = self.connection.disconnect(&mut self.cx);
        self.changed(Some(change));
        self.cx.out.settle(call, Ok(Outcome::Done));
    }

    /// Another user comes: nothing of this one's may be seen or sent.
    fn leave_user(&mut self) {
        let error = Error::client(ErrorCode::Disconnected);
        for (_, mut entry) in self.outbox.take_all() {
            self.cx.out.reject(&mut entry.calls, error);
            if let Some(event) = failure_of_departure(&entry, error) {
                self.cx.out.event(event);
            }
        }
        let known = core::mem::take(&mut self.conversations).list(&[], None, true);
        if !known.is_empty() {
            let ids = known.into_iter().map(|conversation| conversation.id).collect();
            self.cx.out.event(Event::ConversationsRemoved(ids));
        }
        self.reject_held(error);
        self.listing.reject(&mut self.cx, error);
        self.listing = Listing::default();
        self.settings = SettingsSync::default();
        self.rooms.end(&mut self.cx, error);
        self.inbox = Inbox::default();
        self.done = Done::default();
        self.hand_over.clear();
        self.reached = None;
        self.begun = false;
    }

    /// Calls that wait for the user's state are answered. The others wait for another link.
    pub(super) fn reject_held(&mut self, error: Error) {
        for command in core::mem::take(&mut self.held) {
            match call_about_state(&command) {
                Some(call) => self.cx.out.settle(call, Err(error)),
                None => self.held.push(command),
            }
        }
    }

    pub(super) fn restore_user(&mut self, user: &UserId, restored: Restored) {
        let (owned, entries) = match restored {
            Restored::Owned(entries) => (true, entries),
            Restored::MemoryOnly => (false, Vec::new()),
        };
        if !self.profile.loaded(&mut self.cx, user, owned) {
            return;
        }
        // What was sent before the user was known comes after what was sent earlier.
        let unnamed = self.outbox.take_all();
        self.load(entries);
        self.outbox_restored();
        for (_, entry) in unnamed {
            self.adopt(entry);
        }
        if self.connection.login().is_none() {
            let server_time = UnixMillis::ZERO;
            let (user, polling) = (user.clone(), false);
            self.cx.out.event(Event::SignedIn { user, server_time, polling });
        }
    }

    pub(super) fn profile_timed_out(&mut self) {
        if let Profile::Loading(user) = &self.profile {
            let user = user.clone();
            self.restore_user(&user, Restored::MemoryOnly);
        }
    }

    fn load(&mut self, mut entries: Vec<(String, String)>) {
        sort(&mut entries, Ord::cmp);
        let mut marks: SortedMap<Place, Option<Error>> = SortedMap::new();
        for (key, value) in &entries {
            if let Some(place) = place_of(LEFT_PREFIX, key) {
                marks.insert(place, outgoing_text::read_mark(value));
            }
        }
        for (key, value) in &entries {
            let loaded = if key == CURSOR_KEY {
                Cursor::from_stored(value).map(|cursor| self.inbox.restore(cursor))
            } else if key == DONE_KEY {
                self.done.restore(value)
            } else if key.starts_with(KEY_PREFIX) {
                self.conversations.restore(key, value)
            } else if key.starts_with(REMOVED_PREFIX) {
                self.listing.restore(key, value)
            } else if let Some(place) = place_of(OUTBOX_PREFIX, key) {
                self.load_send(place, value, marks.get(&place).copied())
            } else {
                // A mark of departure is looked at with its send; strangers are left alone.
                Some(())
            };
            if loaded.is_none() {
                self.cx.out.delete_user(key.clone());
                self.cx.out.event(Event::Trouble(Error::client(ErrorCode::StorageUnavailable)));
            }
        }
    }

    /// `mark`: it may have left; with an error, it ended so.
    fn load_send(&mut self, place: Place, value: &str, mark: Option<Option<Error>>) -> Option<()> {
        let Stored { message, created, give_up, keep } = outgoing_text::read(value)?;
        let stage = match mark {
            None => Stage::Queued,
            Some(None) => Stage::Lost,
            Some(Some(error)) => Stage::Failed(error),
        };
        let waits = stage == Stage::Queued && give_up != UnixMillis::ZERO;
        let left = u64::try_from(give_up - self.cx.clock.server(self.cx.now)).unwrap_or(0);
        let entry = Entry {
            message,
            calls: Vec::<CallId>::new(),
            give_up: waits.then(|| self.cx.now + left),
            created,
            since: None,
            keep,
            durable: true,
            repeated: match stage {
                Stage::Failed(error) => error.code == ErrorCode::Timeout,
                Stage::Queued => false,
                Stage::Lost | Stage::Sending { .. } | Stage::Unsure { .. } => true,
            },
            stage,
        };
        self.outbox.insert(place, entry).then_some(())
    }

    /// A login and the user's state come together.
    pub(super) fn begin_when_ready(&mut self) {
        let Some(login) = self.connection.login().filter(|_| !self.begun) else { return };
        if self.profile.ready_user() != Some(&login.user) {
            return;
        }
        let extended = login.extended;
        let terms = self.connection.navigation().and_then(|navigation| navigation.terms);
        self.begun = true;
        self.pacing.set_terms(terms.filter(|_| extended));
        self.inbox.login();
        self.expire_sends();
        self.outbox.login(extended, self.catch_up.next_run());
        let missing = self.listing.is_missing();
        self.rooms.login(&self.cx);
        // On a cold start the list says what is unread before anything old comes in; once more if
        // no page came after it: the store may be another by now.
        let cold = self.inbox.cursor().is_fresh() && (missing || extended);
        self.catch_up.login(self.cx.now, cold);
        self.report_reads_and_removals();
        self.ask_settings();
        // What other devices and the other sides have read meanwhile is nowhere else.
        self.ask_list();
    }

    /// The link is gone: what was under way on it is over.
    pub(super) fn link_gone(&mut self) {
        self.begun = false;
        self.heartbeat.stop();
        self.catch_up.stop();
        self.copies.clear();
        self.wire_ids.link_lost();
        self.questions_lost();
        self.settings.link_lost();
        self.rooms.link_lost(&mut self.cx);
        self.sends_lost();
        self.listing.reject(&mut self.cx, Error::network(ErrorCode::Disconnected));
    }

    pub(super) fn store_failed(&mut self) {
        if self.cx.out.storage_failed() {
            self.sends_not_durable();
        }
    }
}

/// The call of a command about the user's state: it waits while that is on its way from storage.
pub(super) const fn call_about_state(command: &Command) -> Option<CallId> {
    match command {
        Command::Outbox { call, .. }
        | Command::Conversations { call, .. }
        | Command::SetUnread { call, .. }
        | Command::RemoveConversation { call, .. }
        | Command::MarkRead { call, .. }
        | Command::SetDraft { call, .. } => Some(*call),
        Command::Connect { .. }
        | Command::ConnectAsking { .. }
        | Command::Token { .. }
        | Command::Disconnect { .. }
        | Command::Send { .. }
        | Command::Set { .. }
        | Command::Ask { .. }
        | Command::History { .. }
        | Command::JoinRoom { .. }
        | Command::LeaveRoom { .. } => None,
    }
}
