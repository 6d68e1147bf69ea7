//! What the page read and took out of the list: done here at once, told to the server now or after
//! the next login.

use super::engine::Engine;
use super::io::Outcome;
use super::requests::Query;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, ConversationId};
use crate::signal::client;
use crate::time::UnixMillis;

impl Engine {
    /// The page sets unread counts.
    pub(super) fn set_unread(&mut self, call: CallId, id: Option<ConversationId>, count: u32) {
        let ids = match id {
            Some(id) => vec![id],
            None if count == 0 => self.conversations.unread(),
            None => {
                self.cx.out.settle(call, Err(Error::caller(ErrorCode::InvalidArgument)));
                return;
            }
        };
        for id in ids {
            if self.conversations.set_unread(&id, count) {
                self.read_here(&id);
            }
        }
        self.cx.out.settle(call, Ok(Outcome::Done));
    }

    /// The page has read something of a conversation.
    pub(super) fn read_here(&mut self, id: &ConversationId) {
        self.listing.note_read(id);
        self.report_read(id);
    }

    fn report_read(&mut self, id: &ConversationId) {
        let unreported = self.conversations.unreported_reads();
        if let Some((_, time)) = unreported.into_iter().find(|(known, _)| known == id) {
            self.ask_mark_read(id.clone(), time);
        }
    }

    fn ask_mark_read(&mut self, id: ConversationId, time: UnixMillis) {
        let Some(login) = self.connection.login().filter(|_| self.begun) else { return };
        let user = login.user.clone();
        let query = Query::MarkRead(id.clone(), time);
        if let Some(wire) = self.requests.ask(&mut self.wire_ids, self.cx.now, query) {
            self.transmit(&client::mark_read(wire, &user, &id, time));
        } else {
            self.listing.report_again();
        }
    }

    /// The page takes a conversation out of the list. Done at once here; the server hears of it
    /// now or after the next login.
    pub(super) fn remove_conversation(&mut self, call: CallId, id: &ConversationId) {
        let newest = self.conversations.newest(id);
        let at = newest.unwrap_or_else(|| self.cx.clock.server(self.cx.now));
        self.conversations.remove(id);
        self.listing.remove(&mut self.cx, id, at);
        self.ask_remove(id, at);
        self.cx.out.settle(call, Ok(Outcome::Done));
    }

    fn ask_remove(&mut self, id: &ConversationId, at: UnixMillis) {
        if !self.begun {
            return;
        }
        let until = self.is_extended().then_some(at);
        let query = Query::Remove(id.clone());
        if let Some(wire) = self.requests.ask(&mut self.wire_ids, self.cx.now, query) {
            self.transmit(&client::remove_conversation(wire, id, until));
        } else {
            self.listing.report_again();
        }
    }

    /// Tells the server what was read and removed while it could not hear. Before the list is
    /// asked for, so that the list knows of it.
    pub(super) fn report_reads_and_removals(&mut self) {
        for (id, time) in self.conversations.unreported_reads() {
            self.ask_mark_read(id, time);
        }
        for (id, at) in self.listing.removals() {
            self.ask_remove(&id, at);
        }
    }
}
