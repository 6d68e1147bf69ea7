//! Questions that the core knows nothing of but their shape: JSON text in, JSON text out.
//!
//! Whatever a page asks rarely crosses here. `table.rs` has a line for each topic: whom the
//! question goes to, the fields of the request, the fields of the answer.

mod schema;
mod table;
pub(super) mod transcode;

use bytes::Bytes;
use bytestring::ByteString;

use super::SignalError;
use super::protobuf::Writer;
use crate::ids::UserId;
use crate::text;
use crate::wire::{Frame, Qos, Query};
pub use schema::{Field, Kind, Schema, Times};
use transcode::Party;
pub use transcode::{BadQuestion, Fault};

/// Larger questions are not asked, bytes: no larger than a message.
const LARGEST: usize = 128 * 1024;

/// Longer targets are none, bytes.
const LONGEST_TARGET: usize = 1_024;

/// What is known of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub topic: &'static str,
    /// Whether the frame names a target of the caller's; else it names the caller.
    pub targeted: bool,
    /// The request's message.
    pub request: Schema,
    /// The answer.
    pub answer: AnswerForm,
}

/// What the answer to a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerForm {
    /// The status of the QUERYACK, whatever it is: `{"status":1}`.
    Status,
    /// The body; any status but 0 is a refusal.
    Body(Schema),
}

impl Call {
    /// All there are, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        text::split(table::CALLS, b'\n').filter_map(Self::parsed)
    }

    /// The topic of this name.
    pub fn find(topic: &str) -> Option<Self> {
        Self::all().find(|call| call.topic == topic)
    }

    /// Reads a line: topic, `@` for a target or `.` for the caller, request, `>`, answer.
    pub(super) fn parsed(line: &'static str) -> Option<Self> {
        let (question, answer) = text::split_once(line, b'>')?;
        let at = question.bytes().position(|byte| matches!(byte, b'@' | b'.'))?;
        Some(Self {
            topic: question.get(..at)?,
            targeted: question.as_bytes().get(at) == Some(&b'@'),
            request: Schema::new(question.get(at + 1..)?),
            answer: match answer {
                "?" => AnswerForm::Status,
                fields => AnswerForm::Body(Schema::new(fields)),
            },
        })
    }
}

/// A question that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its topic.
    pub topic: ByteString,
    /// None: the caller.
    pub target: Option<String>,
    /// Its protobuf message.
    pub body: Bytes,
    /// Whether the status is the answer, whatever it is; else any but 0 is a refusal.
    pub by_status: bool,
}

impl Question {
    /// Asks `topic`; `target` is None for topics that name the caller, `body` is a JSON object.
    ///
    /// # Errors
    /// What is wrong, and with which member.
    pub fn new(topic: &str, target: Option<String>, body: &str) -> Result<Self, BadQuestion> {
        let call = Call::find(topic).ok_or_else(|| BadQuestion::new(Fault::NoSuchTopic, topic))?;
        if call.targeted != target.is_some() || !target.as_deref().is_none_or(is_target) {
            return Err(BadQuestion::new(Fault::Target, topic));
        }
        let mut out = Writer::new();
        transcode::write(call.request, Party::Page, body.as_bytes(), &mut out)?;
        let by_status = call.answer == AnswerForm::Status;
        let topic = ByteString::from_static(call.topic);
        Ok(Self { topic, target, body: out.finish(), by_status })
    }

    /// Whether a frame has room for it.
    pub fn fits(&self) -> bool {
        self.body.len() <= LARGEST
    }

    /// The question in a frame.
    pub fn frame(&self, id: u16, me: &UserId) -> Frame {
        let target = self.target.as_deref().unwrap_or(me.as_str());
        Frame::Query(Query {
            qos: Qos::AtMostOnce,
            topic: self.topic.clone(),
            target_id: ByteString::from(target),
            message_id: id,
            body: self.body.clone(),
        })
    }
}

/// Whether a question can go to this target.
pub const fn is_target(target: &str) -> bool {
    !target.is_empty() && target.len() <= LONGEST_TARGET
}

impl AnswerForm {
    /// The answer as JSON text. Its status is 0, or it is a topic of [`Self::Status`].
    ///
    /// # Errors
    /// The body is malformed, or lacks what it must have.
    pub fn read(self, status: u16, body: &[u8]) -> Result<String, SignalError> {
        let mut out = String::new();
        match self {
            Self::Status => {
                out.push_str("{\"status\":");
                text::push_number(&mut out, status.into());
                out.push('}');
            }
            Self::Body(schema) => transcode::read(schema, Party::Page, body, &mut out)?,
        }
        Ok(out)
    }
}
