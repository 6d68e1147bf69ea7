//! The end of a run: heal, wait, let everybody speak once more, and judge.

use hongyan::conversation::Conversation;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::session::io::Status;
use hongyan_server::store::{ConversationLists, ConversationQuery, ConversationRow};

use crate::checker::Verdict;
use crate::client::Client;
use crate::happening::Counts;
use crate::plan::{Action, Plan};
use crate::server::at_once;
use crate::world::World;

/// Quiet after the healing, ms: two rounds of the slowest clock (a pull every 180 s), the longest
/// wait of a socket, and the idle cut of the server.
const QUIET_MS: u64 = 420_000;
/// Everything is level: a message arrives within this, ms, and so many ways through the network
/// (up, a doorbell, a pull that was under way, a few more for a few small pages).
const PROMPT_MS: u64 = 1_000;
const PROMPT_WAYS: u64 = 16;

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// What the judge counted.
    pub verdict: Verdict,
    /// Everything else that may not be.
    pub complaints: Vec<String>,
    /// What happened.
    pub counts: Counts,
    /// Sends that ended: sent, unknown, otherwise.
    pub ends: (usize, usize, usize),
    /// The record, if it was kept.
    pub trace: Vec<String>,
}

impl Report {
    /// Whether there is nothing to complain of.
    pub fn clean(&self) -> bool {
        self.verdict.clean() && self.complaints.is_empty()
    }
}

/// Runs a plan to its end.
pub fn run(plan: &Plan, traced: bool) -> Report {
    let mut world = World::new(plan.setup.clone(), traced);
    for (_, action) in &plan.actions {
        world.indulge(action);
    }
    let end = plan.actions.iter().map(|(at, _)| *at).max().unwrap_or(0);
    for (at, action) in &plan.actions {
        world.plan(*at, action.clone());
    }
    world.run_for(end + 1);
    world.finish()
}

impl World {
    /// Notes which failures an action excuses.
    pub fn indulge(&mut self, action: &Action) {
        if matches!(action, Action::StoreFails(_)) {
            self.model.may_fail_with.push(ErrorCode::ServerFailed);
        }
    }

    /// Heals, waits, and judges.
    pub fn finish(mut self) -> Report {
        self.heal();
        self.run_for(QUIET_MS);
        self.expect_everybody_connected();
        self.everybody_speaks();
        let prompt = PROMPT_MS + PROMPT_WAYS * (self.setup.latency.1 + self.setup.commit_ms);
        self.run_for(prompt);
        if self.model.restored {
            let store = self.server.store().clone();
            self.model.forget_undone(|uid| store.holds(uid));
        }
        self.excuse_deleted();
        self.excuse_swept();
        let verdict = self.model.verdict();
        self.compare_lists();
        self.compare_recalls();
        self.compare_deletions();
        self.compare_devices(prompt);
        Report {
            verdict,
            complaints: self.model.complaints().to_vec(),
            counts: self.counts,
            ends: self.model.ends(),
            trace: self.trace.lines().to_vec(),
        }
    }

    fn expect_everybody_connected(&mut self) {
        for client in &self.clients {
            if client.status() != Some(Status::Connected) {
                let text = format!("client {}: {:?} at the end", client.index, client.status());
                self.model.complain(text);
            }
        }
    }

    /// A message from everybody to everybody: with all level, they come by themselves.
    fn everybody_speaks(&mut self) {
        let users: Vec<String> = self.users();
        for client in 0..self.clients.len() {
            let own = self.clients[client].user.clone();
            for to in users.iter().filter(|to| **to != own) {
                self.act(Action::Send { client, to: to.clone(), count: 1 });
            }
            self.run_for(1_000);
        }
    }

    fn users(&self) -> Vec<String> {
        let mut users: Vec<String> = self.clients.iter().map(|c| c.user.clone()).collect();
        users.sort();
        users.dedup();
        users
    }

    /// What the page lists, what the server lists and what the model counts must agree.
    fn compare_lists(&mut self) {
        for client in 0..self.clients.len() {
            let page = self.with_client(client, Client::conversations);
            let user = self.clients[client].user.clone();
            let server = self.server_list(&user);
            let ours: Vec<_> = page.iter().map(shown_as).collect();
            let theirs: Vec<_> = server
                .iter()
                .map(|row| {
                    let latest = &row.latest;
                    (latest.conversation.clone(), latest.uid.to_string(), latest.sent_time.get())
                })
                .collect();
            if ours != theirs {
                let text = format!("client {client} lists {ours:?}, its server {theirs:?}");
                self.model.complain(text);
            }
            self.compare_unread(client, &page, &server);
            self.compare_settings(client, &page);
        }
    }

    fn compare_unread(&mut self, client: usize, page: &[Conversation], server: &[ConversationRow]) {
        let view = self.clients[client].view();
        let logins = self.clients.iter().filter(|other| other.user == view.user).count();
        for conversation in page {
            let peer = conversation.id.target.as_str();
            let kept = server.iter().find(|row| row.latest.conversation == conversation.id);
            let kept = kept.map(|row| u32::try_from(row.unread).unwrap_or(u32::MAX));
            let (least, most) = self.model.unread(&view, peer);
            // Without numbers nobody knows whether the server's list counted a recall that comes
            // after it.
            let recalls = self.model.commands.recalls(peer, &view.user);
            let slack = if self.setup.extended { 0 } else { recalls };
            let unread = conversation.unread;
            let too_few = unread.saturating_add(slack) < least;
            let unlike =
                kept.is_none_or(|kept| unread > kept || unread.saturating_add(slack) < kept);
            let wrong = match (view.epoch, logins) {
                (_, _) if self.clients[client].counts_are_lost => false,
                // What the store forgot, or removed before it was delivered, is not in the model.
                (_, _) if self.model.restored || self.model.swept_until.is_some() => {
                    logins == 1 && unlike
                }
                (0, 1) => too_few || unread > most || unlike,
                (0, _) => too_few || unread > most,
                (_, 1) => unlike,
                (_, _) => false,
            };
            if wrong {
                let text = format!(
                    "client {client}: {unread} unread of {peer}, expected {least}..={most}, \
                     server {kept:?}"
                );
                self.model.complain(text);
            }
        }
    }

    pub(crate) fn server_list(&self, user: &str) -> Vec<ConversationRow> {
        let query =
            ConversationQuery { count: 1000, pinned_first: true, ..ConversationQuery::default() };
        let user = UserId::from(user);
        let list = at_once(self.server.store().conversations(&user, query));
        list.map(|(rows, _)| rows).unwrap_or_default()
    }
}

fn shown_as(conversation: &Conversation) -> (ConversationId, String, i64) {
    let uid = conversation.latest.as_ref().map(|latest| latest.uid.to_string());
    (conversation.id.clone(), uid.unwrap_or_default(), conversation.time.get())
}

/// The private conversation with a user.
pub fn with(user: &str) -> ConversationId {
    ConversationId::new(ConversationKind::Private, user)
}
