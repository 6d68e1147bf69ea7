//! What the devices of a user and the server must agree on at rest: settings, recalls, up to when
//! everybody has read.

use hongyan::conversation::Conversation;
use hongyan::ids::{MessageUid, UserId};
use hongyan::signal::settings::{Setting, Settings};
use hongyan_server::store::{
    ConversationRow, Histories, HistoryDirection, HistoryFrom, HistoryQuery, InboxRow, PINNED,
    SILENT, Settings as _,
};

use crate::client::Client;
use crate::commands::Sent;
use crate::content::key_of;
use crate::deletions::{Deletion, Gone, peer_of};
use crate::judge::with;
use crate::server::at_once;
use crate::world::World;

/// The item that hides a conversation.
const HIDDEN: i32 = 1000;

impl World {
    /// The page shows what the server has of settings.
    pub(crate) fn compare_settings(&mut self, client: usize, page: &[Conversation]) {
        let user = UserId::from(self.clients[client].user.as_str());
        let kept = at_once(self.server.store().settings_after(&user, 0, u32::MAX));
        let kept = kept.unwrap_or_default();
        for conversation in page {
            let mut expected = Settings::default();
            let of_it = kept.iter().map(|one| &one.setting);
            for one in of_it.filter(|one| one.conversation == conversation.id) {
                let on = one.value == "1";
                match one.item {
                    SILENT => expected.set(Setting::Muted, on),
                    PINNED => expected.set(Setting::Pinned, on),
                    HIDDEN => expected.set(Setting::Hidden, on),
                    _ => {}
                }
            }
            if conversation.settings != expected {
                let (id, shown) = (&conversation.id, conversation.settings);
                let text = format!("client {client}: {id:?} is {shown:?}, expected {expected:?}");
                self.model.complain(text);
            }
        }
    }

    /// What was taken back is gone from the server's history, and everybody has heard of it.
    pub(crate) fn compare_recalls(&mut self) {
        let recalled = self.model.commands.recalled();
        let recalled: Vec<_> = recalled.map(|(uid, sent)| (uid.clone(), sent.clone())).collect();
        for (uid, sent) in recalled {
            for (user, peer) in [(&sent.key.from, &sent.key.to), (&sent.key.to, &sent.key.from)] {
                self.expect_recalled(&uid, &sent, user, peer);
            }
            for client in 0..self.clients.len() {
                self.expect_told(client, &uid, &sent);
            }
        }
    }

    fn history_of(&self, user: &str, peer: &str) -> Vec<InboxRow> {
        let query = HistoryQuery {
            conversation: with(peer),
            direction: HistoryDirection::Older,
            from: HistoryFrom::End,
            count: u32::MAX,
            whole_millis: false,
        };
        let page = at_once(self.server.store().history(&UserId::from(user), query));
        page.map(|page| page.rows).unwrap_or_default()
    }

    /// What a user perhaps deleted is not owed to the user's devices.
    pub(crate) fn excuse_deleted(&mut self) {
        for deletion in self.model.deletions.all().to_vec() {
            let Deletion { user, peer, gone, .. } = deletion;
            // With the other side, who has deleted nothing of it, unless it did.
            let rows = self.history_of(&peer, &user);
            let known = rows
                .iter()
                .filter_map(|row| Some((key_of(&row.content)?, &row.uid, row.sent_time.get())));
            let sent =
                self.model.commands.all().map(|(uid, sent)| (sent.key.clone(), uid, sent.time));
            let all: Vec<_> = known
                .chain(sent)
                .filter(|(key, uid, time)| {
                    let between = (key.from == user && key.to == peer)
                        || (key.from == peer && key.to == user);
                    between
                        && match &gone {
                            Gone::Message(of) => of == *uid,
                            Gone::UpTo(until) => time <= until,
                        }
                })
                .map(|(key, ..)| key)
                .collect();
            for key in all {
                self.model.checker.deleted(&user, key);
            }
        }
    }

    /// What left the inboxes before it was delivered is not owed, but whoever lost it so is told of
    /// a gap.
    pub(crate) fn excuse_swept(&mut self) {
        let Some(until) = self.model.swept_until else { return };
        let before = self.model.checker.verdict(true).lost;
        let all = self.model.commands.all();
        let known = all.map(|(_, sent)| (sent.key.clone(), sent.time));
        let mut swept: Vec<_> =
            known.filter(|(_, time)| *time < until).map(|(key, _)| key).collect();
        // What arrived and nobody was told of.
        for (user, peer) in self.pairs() {
            let rows = self.history_of(&user, &peer);
            let old = rows.iter().filter(|row| row.sent_time.get() < until);
            swept.extend(old.filter_map(|row| key_of(&row.content)));
        }
        for key in swept {
            for user in [key.from.clone(), key.to.clone()] {
                self.model.checker.deleted(&user, key.clone());
            }
        }
        let after = self.model.checker.verdict(true).lost;
        for finding in before.iter().filter(|finding| !after.contains(finding)) {
            let client = &self.clients[finding.view.device as usize];
            // A page that never was shown anything begins with what there is.
            let began = finding.view.epoch == 0 && !client.shown.is_empty();
            // A restored store is told as such.
            let began = began && !self.model.restored;
            if began && client.gaps.is_empty() {
                let (index, key) = (client.index, finding.key.to_text());
                self.model.complain(format!("client {index} lost {key} without being told"));
            }
        }
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let users: Vec<&String> = self.clients.iter().map(|client| &client.user).collect();
        let pairs = users.iter().flat_map(|one| users.iter().map(move |other| (*one, *other)));
        pairs.filter(|(one, other)| one != other).map(|(a, b)| (a.clone(), b.clone())).collect()
    }

    /// What was deleted for certain is in its user's history no more, and every device of the user
    /// has been told, unless a later clearing took even that away.
    pub(crate) fn compare_deletions(&mut self) {
        for deletion in self.model.deletions.all().to_vec() {
            let Deletion { user, peer, gone, done } = &deletion;
            let rows = self.history_of(user, peer);
            let left = rows.iter().find(|row| match gone {
                Gone::Message(uid) => row.uid == *uid,
                Gone::UpTo(time) => row.sent_time.get() <= *time,
            });
            if let Some(row) = left.filter(|_| *done) {
                let text = format!("{user} deleted {gone:?} with {peer}, and has {:?}", row.uid);
                self.model.complain(text);
            }
            for client in 0..self.clients.len() {
                let view = self.clients[client].view();
                let repeated = self
                    .model
                    .deletions
                    .all()
                    .iter()
                    .filter(|other| other.user == *user && other.peer == *peer)
                    .count()
                    > 1;
                let swept = self.model.swept_until.is_some();
                let owed = *done && self.setup.extended && view.user == *user && view.epoch == 0;
                let owed = owed && !swept && !self.model.restored;
                if owed && !repeated && !self.model.deletions.was_told(&view, &deletion) {
                    self.model.complain(format!("client {client} was not told of {deletion:?}"));
                }
            }
        }
    }

    fn expect_recalled(&mut self, uid: &MessageUid, sent: &Sent, user: &str, peer: &str) {
        if self.model.deletions.is_gone(user, peer, Some(uid), sent.time).1 {
            return;
        }
        let rows = self.history_of(user, peer);
        let row = rows.iter().find(|row| row.uid == *uid);
        let taken_back = |row: &&_| {
            let row: &hongyan_server::store::InboxRow = row;
            &*row.object_name == "RC:RcNtf" && key_of(&row.content).is_none()
        };
        if row.filter(taken_back).is_none_or(|row| row.sent_time.get() != sent.time) {
            let text = format!("{}: in {user}'s history as {row:?}", sent.key.to_text());
            self.model.complain(text);
        }
    }

    /// A device that has memory of its own since the beginning has been told of the recall, unless
    /// it never was shown what was taken back. It sent the recall itself if it sent the message.
    fn expect_told(&mut self, client: usize, uid: &MessageUid, sent: &Sent) {
        let view = self.clients[client].view();
        let copy = sent.key.from == view.user && view.device != sent.key.device;
        let owed = sent.key.to == view.user || (copy && self.setup.extended);
        // What is cleared takes the commands of its time along.
        let cleared = self.model.deletions.cleared(&view.user, peer_of(&sent.key, &view.user));
        let owed = owed && cleared == i64::MIN && self.model.swept_until.is_none();
        let shown = self.clients[client].shown.iter().any(|(_, key)| *key == sent.key);
        if owed && shown && view.epoch == 0 && !self.model.commands.was_shown(&view, uid) {
            let text = format!("client {client} does not know that {} is gone", sent.key.to_text());
            self.model.complain(text);
        }
    }

    /// Every page asks for the list once more: then all devices of a user say the same.
    pub(crate) fn compare_devices(&mut self, patience_ms: u64) {
        for client in 0..self.clients.len() {
            self.with_client(client, Client::refresh);
        }
        self.run_for(patience_ms);
        for client in 0..self.clients.len() {
            let page = self.with_client(client, Client::conversations);
            let server = self.server_list(&self.clients[client].user.clone());
            for conversation in &page {
                let kept = server.iter().find(|row| row.latest.conversation == conversation.id);
                self.compare_read(client, conversation, kept);
            }
        }
    }

    fn compare_read(
        &mut self,
        client: usize,
        conversation: &Conversation,
        kept: Option<&ConversationRow>,
    ) {
        let (user, peer) = (&self.clients[client].user, conversation.id.target.as_str());
        let told = self.model.commands.read_by(peer, user);
        let peer_read = conversation.peer_read.get();
        // A restored store has forgotten what it was told.
        let forgot = self.model.restored;
        let known = |time: i64| if forgot { 0 } else { time };
        let same = kept.map(|row| (known(row.peer_read.get()), row.unread));
        let here = (known(peer_read), u64::from(conversation.unread));
        if peer_read > told || (self.setup.extended && same != Some(here)) {
            let text = format!(
                "client {client}: {peer} read up to {peer_read}, said {told}; (read, unread) \
                 {here:?}, server {same:?}"
            );
            self.model.complain(text);
        }
    }
}
