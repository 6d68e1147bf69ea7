//! What the devices of a user and the server must agree on at rest: settings, recalls, up to when
//! everybody has read.

use hongyan::conversation::Conversation;
use hongyan::ids::{MessageUid, UserId};
use hongyan::signal::settings::{Setting, Settings};
use hongyan_server::store::{
    ConversationRow, Histories, HistoryDirection, HistoryFrom, HistoryQuery, PINNED, SILENT,
    Settings as _,
};

use crate::client::Client;
use crate::commands::Sent;
use crate::content::key_of;
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

    fn expect_recalled(&mut self, uid: &MessageUid, sent: &Sent, user: &str, peer: &str) {
        let query = HistoryQuery {
            conversation: with(peer),
            direction: HistoryDirection::Older,
            from: HistoryFrom::End,
            count: u32::MAX,
            whole_millis: false,
        };
        let page = at_once(self.server.store().history(&UserId::from(user), query));
        let rows = page.map(|page| page.rows).unwrap_or_default();
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
        let same = kept.map(|row| (row.peer_read.get(), row.unread));
        let here = (peer_read, u64::from(conversation.unread));
        if peer_read > told || (self.setup.extended && same != Some(here)) {
            let text = format!(
                "client {client}: {peer} read up to {peer_read}, said {told}; (read, unread) \
                 {here:?}, server {same:?}"
            );
            self.model.complain(text);
        }
    }
}
