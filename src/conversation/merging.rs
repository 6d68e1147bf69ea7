//! What the server's list says, and what another device took out of it.

use super::Conversations;
use super::latest::Latest;
use super::row::Row;
use crate::ids::ConversationId;
use crate::signal::Message;
use crate::time::UnixMillis;

/// One conversation of the server's list.
#[derive(Clone, Debug)]
pub struct ServerRow {
    /// Which one.
    pub id: ConversationId,
    /// Its newest message, if the server tells one.
    pub latest: Option<Message>,
    /// Its unread count; `None` leaves a known conversation's count as it is.
    pub unread: Option<u32>,
    /// How many of the unread messages mention the user; `None` if the server does not say.
    pub mentions: Option<u32>,
    /// Up to when the user has read, on any device; 0 if the server does not say.
    pub read: UnixMillis,
    /// Up to when the other side has read; 0 if the server does not say.
    pub peer_read: UnixMillis,
    /// The inbox number that it was counted at; 0 if that is not known.
    pub head: u64,
    /// Nothing was said in it since the server looked: what is newest there is newest here, though
    /// something newer was known, which was deleted since.
    pub settled: bool,
    /// The server may have forgotten what the user has read: then it is to be told again.
    pub forgets: bool,
}

impl Conversations {
    /// Another device took a conversation out of the list when its newest message had this time.
    pub fn remove_until(&mut self, id: &ConversationId, time: UnixMillis) {
        if self.newest(id).is_some_and(|newest| newest <= time) {
            self.unlist(id);
        }
    }

    /// Takes every conversation out of the list that is none of these.
    pub fn retain(&mut self, wanted: &dyn Fn(&ConversationId) -> bool) {
        let gone = self.rows.iter().filter(|(id, row)| row.confirmed().is_some() && !wanted(id));
        for id in gone.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.unlist(&id);
        }
    }

    /// The server lists a conversation no more. What was begun here stays: a draft, a message that
    /// is being sent.
    fn unlist(&mut self, id: &ConversationId) {
        if self.rows.get(id).is_some_and(|row| row.is_at_rest()) {
            self.remove(id);
        } else {
            self.change(id, &mut Row::emptied);
        }
    }

    /// The server's list says this of a conversation. `counts`: its unread count replaces ours
    /// even if we have one. Returns whether it was taken.
    pub fn merge(&mut self, server: &ServerRow, counts: bool) -> bool {
        let known = self.rows.get(&server.id).is_some_and(|row| row.is_known());
        let id = server.id.detached();
        let before = self.rows.get(&id).map(|row| row.shown().clone());
        let latest = server.latest.as_ref().map(|message| Latest::of(message).detached());
        let row = self.row(&id);
        if server.settled {
            row.forget_latest();
        }
        let unread = server.unread.filter(|_| counts || !known);
        let taken = unread.is_some();
        if taken {
            row.recalled = server.head;
        }
        row.merged(latest, unread.map(|unread| (unread, server.mentions.unwrap_or(0))));
        row.read_until(server.read, true);
        if taken {
            row.counted_from = row.read;
        }
        if server.forgets && row.read > server.read {
            row.read_told = false;
        }
        let in_doubt = core::mem::take(&mut row.in_doubt) && !taken;
        row.peer_read(server.peer_read);
        let same = before.as_ref() == Some(row.shown());
        self.in_doubt |= in_doubt;
        if !same {
            self.note(id);
        }
        taken
    }

    /// One more unread message in `id` than the server counted.
    pub fn add_unread(&mut self, id: &ConversationId, mentions: bool) {
        self.change(id, &mut |row| row.add_unread(mentions));
    }

    /// The server had nothing of `id` when it looked: nothing from before is unread.
    pub fn begin_anew(&mut self, id: &ConversationId) {
        self.change(id, &mut Row::begin_anew);
    }
}
