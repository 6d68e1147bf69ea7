//! What the page asks the server: questions that do not concern the engine, and history.

use super::engine::Engine;
use super::io::{Outcome, Received};
use super::requests::Query;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, ConversationId};
use crate::signal::Answer;
use crate::signal::call::{Question, is_target};
use crate::signal::history::{self, HistoryRequest};

impl Engine {
    pub(super) fn ask(&mut self, call: CallId, question: &Question) {
        if !question.fits() {
            self.cx.out.settle(call, Err(Error::caller(ErrorCode::ContentTooLarge)));
            return;
        }
        let Some(id) = self.number_for(call, Query::Ask(call, question.by_status)) else { return };
        let me = self.connection.user().cloned().unwrap_or_default();
        self.transmit(&question.frame(id, &me));
    }

    pub(super) fn ask_history(&mut self, call: CallId, request: HistoryRequest) {
        if !is_target(request.conversation.target.as_str()) {
            self.cx.out.settle(call, Err(Error::caller(ErrorCode::ParameterError)));
            return;
        }
        let query = Query::History(call, request.conversation.clone());
        let Some(id) = self.number_for(call, query) else { return };
        self.transmit(&request.frame(id, self.is_extended()));
    }

    /// A number for the frame of the page's question; without one the call has failed.
    pub(super) fn number_for(&mut self, call: CallId, query: Query) -> Option<u16> {
        let asked = self.may_ask().and_then(|()| {
            let id = self.requests.ask(&mut self.wire_ids, self.cx.now, query);
            id.ok_or(Error::client(ErrorCode::SendTooFast))
        });
        asked.map_err(|error| self.cx.out.settle(call, Err(error))).ok()
    }

    /// Whether there is anybody to ask.
    pub(super) fn may_ask(&self) -> Result<(), Error> {
        if !self.connection.was_called() {
            Err(Error::caller(ErrorCode::NotConnected))
        } else if self.connection.login().is_none() {
            Err(Error::network(ErrorCode::Disconnected))
        } else {
            Ok(())
        }
    }

    pub(super) fn question_answered(&mut self, call: CallId, by_status: bool, answer: &Answer) {
        let Answer { status, ref body, .. } = *answer;
        if status != 0 && !by_status {
            return self.refused(call, status);
        }
        self.cx.out.settle(call, Ok(Outcome::Answer { status, body: body.clone() }));
    }

    pub(super) fn history_came(&mut self, call: CallId, of: &ConversationId, answer: &Answer) {
        if answer.status != 0 {
            return self.refused(call, answer.status);
        }
        let me = self.connection.user().cloned().unwrap_or_default();
        let mut messages = Vec::new();
        let has_more = history::read(&answer.body, of, &me, &mut |message| {
            messages.push(Received { message, offline: false });
        });
        let outcome = has_more.map(|has_more| Outcome::History { messages, has_more });
        self.cx.out.settle(call, outcome.map_err(|_| Error::server(ErrorCode::Unknown)));
    }

    pub(super) fn refused(&mut self, call: CallId, status: u16) {
        let error = Error::server(ErrorCode::from_number(status.into()));
        self.cx.out.settle(call, Err(error));
    }

    /// The link is gone: nobody will answer.
    pub(super) fn questions_lost(&mut self) {
        let mut calls = self.requests.link_lost().iter().filter_map(Query::call).collect();
        self.cx.out.reject(&mut calls, Error::network(ErrorCode::Disconnected));
    }
}
