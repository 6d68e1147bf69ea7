//! QUERY: what this server answers, and what it asks the store for that.

mod calls;
mod chatrooms;
mod discussions;
mod files;
mod history;
mod people;
mod receipts;
mod services;
mod settings;

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::error::ErrorCode;
use hongyan::ids::ConversationId;
use hongyan::proto::RelationQryInput;
use hongyan::signal::pull::PullRequest;
use hongyan::signal::relations::ConversationsRequest;
use hongyan::signal::{SignalError, server, topic};
use hongyan::time::UnixMillis;

use super::connection::{Asked, Connection, Question};
use super::inbox::Inbox;
use super::legacy::TimesPull;
use crate::core::ask::Ask;
use crate::core::clock::Now;
use crate::core::limits::MAX_CONVERSATIONS;
use crate::store::{ConversationQuery, PullFrom};

pub(super) use history::HistoryAsked;
pub(super) use services::{ServicesTopic, services_body};
pub(super) use settings::set_body;

/// The status that published clients take for "not here": they go on without.
pub(super) const UNKNOWN_TOPIC: u16 = 1;
/// A conversation is removed whatever its newest message is.
pub(super) const WHATEVER_IT_IS: UnixMillis = UnixMillis::new(i64::MAX);
/// The status for a question that makes no sense.
pub(super) const MALFORMED: u16 = ErrorCode::InvalidArgument.number() as u16;

/// A pull that is being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PullAsked {
    /// By times. Sessions with the extensions may ask so, too: they learn no numbers by it.
    Times(TimesPull),
    /// By numbers: rows above this.
    Seq(u64),
}

impl Connection {
    pub(super) fn query(
        &mut self,
        now: Now,
        question: Question,
        topic: &str,
        target: &ByteString,
        body: &Bytes,
    ) {
        let understood = match topic {
            topic::PULL => server::pull_request(body).map(|pull| self.pull(question, pull)),
            topic::CONVERSATIONS | topic::CONVERSATIONS_NEWER => {
                server::conversations_request(topic, body)
                    .and_then(|request| self.conversations(question, request, topic, body))
            }
            topic::REMOVE_CONVERSATION => server::removal_request(body).map(|(kind, until)| {
                let conversation = ConversationId::new(kind, target.clone());
                let until = until.filter(|_| self.client.extended);
                let removal = (conversation, until.unwrap_or(WHATEVER_IT_IS));
                self.ask(Ask::RemoveConversations(vec![removal]), Asked::Done(question));
            }),
            topic::MARK_READ => server::mark_read_request(body).map(|(conversation, time)| {
                self.ask(Ask::MarkRead(conversation, time), Asked::Done(question));
            }),
            _ if discussions::is_topic(topic) => discussions::read(topic, target, body)
                .map(|ask| self.ask(Ask::Discussion(ask), Asked::Room(question))),
            _ if chatrooms::is_topic(topic) => self.chatroom_topic(question, topic, target, body),
            receipts::RECORD | receipts::READERS => {
                receipts::read(topic, target, body, self.client.extended)
                    .map(|ask| self.ask(ask, Asked::Room(question)))
            }
            _ if services::is_topic(topic) => services::read(topic, body).map(|(topic, ask)| {
                self.ask(Ask::Services(ask), Asked::Services { question, topic });
            }),
            _ if history::is_topic(topic) => self.history_topic(now, question, topic, target, body),
            _ if calls::is_topic(topic) => self.call_topic(now, question, topic, target, body),
            _ if people::is_topic(topic) => self.people_topic(question, topic, target, body),
            _ if settings::is_topic(topic) => self.settings_topic(question, topic, body),
            files::UPLOAD_TOKEN => return self.upload_token(now, question, body),
            files::FILE_URL => return self.file_url(now, question, body),
            "" => return self.answer(now, question, MALFORMED, Bytes::new()),
            _ => return self.answer(now, question, UNKNOWN_TOPIC, Bytes::new()),
        };
        if understood.is_err() {
            self.answer(now, question, MALFORMED, Bytes::new());
        }
    }

    fn pull(&mut self, question: Question, request: PullRequest) {
        let asked = match (&mut self.inbox, request) {
            (Inbox::Legacy(inbox), PullRequest::Times { received, sent, after_connect }) => {
                PullAsked::Times(inbox.pull_started(received, sent, after_connect))
            }
            (Inbox::Extended(inbox), PullRequest::Times { received, sent, after_connect }) => {
                inbox.pull_started();
                let sent_after = sent.filter(|_| after_connect);
                PullAsked::Times(TimesPull { received_after: received, sent_after })
            }
            (Inbox::Extended(inbox), PullRequest::Seq { seq, epoch }) => {
                inbox.pull_started();
                let of_this_epoch = epoch.is_none_or(|epoch| epoch == self.epoch);
                PullAsked::Seq(if of_this_epoch { seq } else { 0 })
            }
            // Fields of the extensions mean nothing to a session that was not told of them.
            (Inbox::Legacy(inbox), PullRequest::Seq { .. }) => {
                PullAsked::Times(inbox.pull_started(UnixMillis::ZERO, None, false))
            }
        };
        let from = match &asked {
            PullAsked::Times(TimesPull { received_after, sent_after }) => {
                PullFrom::Times { received_after: *received_after, sent_after: *sent_after }
            }
            PullAsked::Seq(seq) => PullFrom::Seq(*seq),
        };
        let limit = self.client.page_size;
        self.ask(Ask::Pull { from, limit }, Asked::Pull { question, pull: asked });
    }

    fn conversations(
        &mut self,
        question: Question,
        request: ConversationsRequest,
        topic: &str,
        body: &Bytes,
    ) -> Result<(), SignalError> {
        let count = match request.count {
            0 => MAX_CONVERSATIONS,
            count => count.min(MAX_CONVERSATIONS),
        };
        let pinned_first = self.client.extended
            && topic == topic::CONVERSATIONS_NEWER
            && decoded::<RelationQryInput>(body)?.hy_top.unwrap_or(false);
        let query = ConversationQuery {
            kinds: request.kinds,
            from: (request.start > UnixMillis::ZERO).then_some(request.start),
            ascending: request.ascending,
            pinned_first,
            count,
        };
        self.ask(Ask::Conversations(query), Asked::Conversations { question, count });
        Ok(())
    }
}

/// A question's body.
fn decoded<M: prost::Message + Default>(body: &Bytes) -> Result<M, SignalError> {
    M::decode(body.clone()).map_err(|_| SignalError::MalformedBody)
}
