//! How messages come in: pulls, pushes and copies, through the inbox, to the page.

use super::engine::Engine;
use super::inbox::Push;
use super::io::{Event, Received};
use super::requests::Query;
use crate::error::{Error, ErrorCode};
use crate::ids::ConversationKind;
use crate::signal::pull::PullPage;
use crate::signal::{Answer, Doorbell, Message, MessageDirection, client};
use crate::time::UnixMillis;

impl Engine {
    /// Whether the link's server speaks the extensions.
    pub(super) fn is_extended(&self) -> bool {
        self.connection.login().is_some_and(|login| login.extended)
    }

    /// Asks for a page of the inbox if one is due and the page keeps up.
    pub(super) fn pull_when_due(&mut self) {
        let due = self.begun && !self.hand_over.is_full() && self.catch_up.is_due(self.cx.now);
        let Some(login) = self.connection.login().filter(|_| due) else { return };
        let request = self.inbox.request(login.extended, self.catch_up.overlaps());
        let user = login.user.clone();
        let asked = self.requests.ask(&mut self.wire_ids, self.cx.now, Query::Pull);
        let Some(id) = asked else { return };
        self.catch_up.begun(self.cx.now);
        self.transmit(&client::pull(id, &user, &request));
        self.ask_settings_again();
    }

    /// A query was answered. The confirmation leaves before anything of the answer is handed over.
    pub(super) fn answered(&mut self, answer: &Answer) {
        if answer.confirm {
            self.transmit(&client::query_con(answer.id));
        }
        match self.requests.answered(&mut self.wire_ids, answer.id) {
            None => {}
            Some(Query::Pull) => self.pulled(answer),
            Some(Query::List) => self.listed(answer),
            // Servers without the extensions may not know these at all, and say so.
            Some(Query::MarkRead(..) | Query::Remove(_))
                if answer.status != 0 && self.is_extended() =>
            {
                self.listing.report_again();
            }
            Some(Query::MarkRead(id, time)) => {
                self.conversations.read_reported(&id, time);
                self.reads_told();
                self.resolve_doubt();
            }
            Some(Query::Remove(id)) => self.removal_answered(&id),
            Some(Query::Settings) => self.settings_came(answer),
            Some(Query::Set(call, id, setting, on)) => {
                self.setting_answered(call, &id, (setting, on), answer.status);
            }
            Some(Query::Ask(call, by_status)) => self.question_answered(call, by_status, answer),
            Some(Query::History(call, id)) => self.history_came(call, &id, answer),
            Some(Query::Room(number)) => self.room_answered(number, answer),
        }
    }

    fn pulled(&mut self, answer: &Answer) {
        let Some(login) = self.connection.login() else { return };
        let (extended, me) = (login.extended, login.user.clone());
        let page = match client::pull_page(&answer.body, &me) {
            Ok(page) if answer.status == 0 => page,
            Ok(_) | Err(_) => {
                self.pull_failed(Error::server(ErrorCode::Unknown));
                return;
            }
        };
        if page.malformed > 0 {
            self.cx.out.event(Event::Trouble(Error::server(ErrorCode::Unknown)));
        }
        if extended {
            self.take_page(page, true);
        } else {
            self.page_or_wait(page);
        }
    }

    /// A page goes through the inbox to the page of the browser.
    pub(super) fn take_page(&mut self, page: PullPage, extended: bool) {
        let sifted = self.inbox.page(page, extended);
        if sifted.reset {
            self.store_was_restored();
        }
        if let Some((from, to)) = sifted.gap {
            self.cx.out.event(Event::Gap { from, to });
            // What nobody delivers any more may stand in the list, and be unread there.
            self.missed_something = true;
        }
        let (done, endless) =
            self.catch_up.page(sifted.more, sifted.progress, self.cx.now, &mut self.cx.rng);
        if endless {
            self.cx.out.event(Event::Trouble(Error::server(ErrorCode::Unknown)));
        }
        self.deliver(sifted.messages, sifted.more);
        if let Some(run) = done {
            self.settle_unsure(run, None);
            if self.listing.reports_again() {
                self.report_reads_and_removals();
            }
            if core::mem::take(&mut self.missed_something) {
                self.ask_settings();
                self.list_is_stale();
            }
            self.resolve_doubt();
        }
    }

    /// What the server knew of lists, reading and settings may be older than what is known here.
    fn store_was_restored(&mut self) {
        self.cx.out.event(Event::Trouble(Error::server(ErrorCode::StoreReset)));
        self.settings.forget();
        self.listing.doubt_reads();
        self.ask_settings();
        self.list_is_stale();
    }

    pub(super) fn pull_failed(&mut self, error: Error) {
        if self.catch_up.failed(self.cx.now, &mut self.cx.rng) {
            self.cx.out.event(Event::Trouble(error));
        }
    }

    /// A message was pushed: acknowledged in any case, because it is either taken or pulled.
    pub(super) fn pushed(&mut self, ack: Option<u16>, message: Message) {
        if let Some(ack) = ack {
            self.transmit(&client::push_ack(ack));
        }
        if !self.begun {
            return;
        }
        if message.conversation.kind == ConversationKind::Chatroom {
            return self.room_pushed(message);
        }
        if self.hand_over.is_full() {
            self.catch_up.ring();
            return;
        }
        let (extended, pulling) = (self.is_extended(), self.catch_up.is_open());
        match self.inbox.push(&message, extended, pulling) {
            Push::Deliver => self.deliver(vec![message], false),
            Push::Ring => self.catch_up.ring(),
            Push::Repeat => {}
        }
    }

    /// There may be something to pull.
    pub(super) fn rung(&mut self, bell: &Doorbell) {
        match bell.chatroom.as_deref() {
            Some(id) => self.rooms.rung(id, bell.time),
            None if self.inbox.rings(bell.head, bell.time) => self.catch_up.ring(),
            None => {}
        }
    }

    /// Another login of this user sends a message.
    pub(super) fn sync_copy(&mut self, id: u16, message: Message, complete: bool) {
        if complete {
            self.copied(message);
        } else {
            self.copies.park(id, message);
        }
    }

    /// A sync copy is whole.
    pub(super) fn copied(&mut self, message: Message) {
        self.pushed(None, message);
    }

    /// Gives messages to the page, in this order; the inbox stands behind them already.
    pub(super) fn deliver(&mut self, messages: Vec<Message>, has_more: bool) {
        let login_time =
            self.connection.login().map_or(UnixMillis::ZERO, |login| login.server_time);
        let mut given = Vec::with_capacity(messages.len());
        for message in messages {
            let adds_unread = self.listing.adds_unread(&message, self.inbox.cursor().counted);
            self.listing.note(&mut self.cx, &message);
            self.conversations.apply(&message, adds_unread);
            let told = self.notice(&message, adds_unread);
            if !told || (message.direction == MessageDirection::Sent && self.own_row(&message)) {
                continue;
            }
            let offline = message.sent_time < login_time;
            given.push(Received { message, offline });
        }
        let cursor = self.inbox.cursor().clone();
        if given.is_empty() {
            self.reached = self.hand_over.pass(cursor).or(self.reached.take());
        } else {
            let batch = self.hand_over.give(cursor);
            self.cx.out.event(Event::Messages { batch, messages: given, has_more });
        }
    }

    /// Stores the cursor, which moved without anything to give.
    pub(super) fn cursor_moved(&mut self) {
        let cursor = self.inbox.cursor().clone();
        self.reached = self.hand_over.pass(cursor).or(self.reached.take());
    }

    /// Questions that nobody answered.
    pub(super) fn requests_timed_out(&mut self) {
        while let Some(query) = self.requests.timed_out(self.cx.now) {
            match query {
                Query::Pull => self.pull_failed(Error::server(ErrorCode::Timeout)),
                Query::List => self.list_failed(Error::server(ErrorCode::Timeout)),
                Query::MarkRead(..) | Query::Remove(_) => self.listing.report_again(),
                Query::Settings => self.settings.link_lost(),
                Query::Ask(call, _) | Query::History(call, _) | Query::Set(call, ..) => {
                    self.cx.out.settle(call, Err(Error::server(ErrorCode::Timeout)));
                }
                Query::Room(number) => {
                    self.room_failed(number, Error::server(ErrorCode::Timeout));
                }
            }
        }
    }
}
