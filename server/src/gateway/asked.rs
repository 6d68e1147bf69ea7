//! What a connection waits for: the answers to come, and what each is about.

use hongyan::ids::TargetId;

use super::publish::Sending;
use super::query::{HistoryAsked, PullAsked, ServicesTopic};

/// A QUERY that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) id: u16,
    /// Whether the client will confirm the answer: the answer's qos mirrors the question's.
    pub(super) confirms: bool,
}

/// What an ask was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The end of the inbox, for CONNACK.
    Greeting,
    /// The end of the inbox, after notices were missed.
    Head,
    /// A message.
    Send(Sending),
    /// A page of the inbox.
    Pull { question: Question, pull: PullAsked },
    /// The conversation list; so many were asked for.
    Conversations { question: Question, count: u32 },
    /// A discussion, or who has read a message of a room.
    Room(Question),
    /// Something about a chatroom; `pulled`: a page of its messages.
    Chatroom { question: Question, pulled: Option<TargetId> },
    /// Where a chatroom stands, after notices were missed.
    ChatroomHead(TargetId),
    /// A page of a history.
    History { question: Question, page: HistoryAsked },
    /// Messages that are to be deleted: 2.x clients want a body in the answer.
    Delete(Question),
    /// Settings, from this version on.
    Settings { question: Question, after: i64 },
    /// Settings to be made; what the client took for their version.
    Set { question: Question, known: i64 },
    /// A conversation to be muted or not: no body is wanted.
    Muted(Question),
    /// Whether something is so: the answer's status.
    Whether(Question),
    /// What is set for all conversations.
    UserSettings(Question),
    /// Leave to upload a file.
    UploadToken(Question),
    /// A call room.
    Call(Question),
    /// Something about other users.
    People(Question),
    /// Users to be watched.
    Watching(Question),
    /// Those who are watched, once more.
    Watched,
    /// Public services; how the answer is written.
    Services { question: Question, topic: ServicesTopic },
    /// Something that is only done.
    Done(Question),
}
