//! PUBLISH from a client: a message of this connection's user.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::error::ErrorCode;
use hongyan::ids::MessageUid;
use hongyan::signal::{SendAck, SignalError, Upstream, server};
use hongyan::wire::WORDS_REPLACED;

use super::connection::{Asked, Connection};
use super::inbox::Inbox;
use crate::core::ask::{Ask, SyncFrame};
use crate::core::clock::Now;
use crate::store::Stored;

/// An upstream PUBLISH that waits for its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sending {
    pub(super) id: u16,
    pub(super) wants_ack: bool,
}

impl Connection {
    pub(super) fn publish(
        &mut self,
        now: Now,
        sending: Sending,
        topic: ByteString,
        target: ByteString,
        body: &Bytes,
    ) {
        match self.read_publish(topic, target, body) {
            Ok(ask) => self.ask(ask, Asked::Send(sending)),
            Err(code) => self.refuse_send(now, sending, code.number() as u16),
        }
    }

    fn read_publish(
        &self,
        topic: ByteString,
        target: ByteString,
        body: &Bytes,
    ) -> Result<Ask, ErrorCode> {
        let message = server::upstream(&topic, &target, body).map_err(refusal)?;
        let Upstream { conversation, recall, object_name, content, flags, .. } = message;
        let body = server::strip_extensions(body).map_err(refusal)?;
        let original = SyncFrame { topic, target, body };
        let client_id = message.client_id.filter(|_| self.client.extended);
        let only_to = message.only_to;
        Ok(Ask::Send {
            conversation,
            object_name,
            content,
            flags,
            client_id,
            only_to,
            recall,
            original,
        })
    }

    /// The message is durable, or was passed on; the status says whether as it was sent.
    pub(super) fn sent(&mut self, now: Now, sending: Sending, stored: Stored) {
        let seq = stored.own_seq;
        if !stored.uid.is_empty() {
            self.send_ended(0);
        }
        if sending.wants_ack {
            let ack = SendAck {
                id: sending.id,
                status: if stored.replaced.is_some() { WORDS_REPLACED } else { 0 },
                time: stored.sent_time,
                uid: stored.uid,
                inbox_seq: self.client.extended.then_some(seq),
                // Without a number nothing follows the uid.
                content: stored.replaced.unwrap_or_default(),
            };
            self.send(now, &server::send_ack(&ack));
        }
        if let Inbox::Extended(inbox) = &mut self.inbox
            && seq != 0
        {
            let step = inbox.own_row(seq);
            self.take_step(now, step, None);
        }
    }

    pub(super) fn refuse_send(&mut self, now: Now, sending: Sending, status: u16) {
        self.send_ended(status);
        if !sending.wants_ack {
            return;
        }
        let ack = SendAck {
            id: sending.id,
            status,
            time: now.wall,
            uid: MessageUid::default(),
            inbox_seq: self.client.extended.then_some(0),
            content: Bytes::new(),
        };
        self.send(now, &server::send_ack(&ack));
    }
}

fn refusal(error: SignalError) -> ErrorCode {
    match error {
        SignalError::NoSuchTopic => ErrorCode::Unauthorized,
        SignalError::UnexpectedFrame(_)
        | SignalError::MalformedBody
        | SignalError::WrongType(_)
        | SignalError::Missing(_)
        | SignalError::NotText(_) => ErrorCode::InvalidArgument,
    }
}
