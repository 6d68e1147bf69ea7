//! The server's end: what frames from a client mean, and the frames a server sends.
//!
//! Fields of the extensions are written where the values are there: leave them out for sessions
//! that did not confirm the extensions.

use bytes::Bytes;
use bytestring::ByteString;

pub use super::protobuf::strip_extensions;
pub use super::pull::PageWriter;

use super::protobuf::Writer;
use super::pull::PullRequest;
use super::relations::{self, ConversationInfo, ConversationsRequest};
use super::up_stream::{self, Upstream};
use super::{
    Doorbell, Message, Request, SendAck, SignalError, doorbell as doorbell_body, down_stream, topic,
};
use crate::ids::{ConversationId, ConversationKind, TargetId, UserId};
use crate::time::UnixMillis;
use crate::wire::{
    ConnAck, ConnAckSession, Disconnect, Frame, PubAckDown, PubAckUp, PublishDown, PublishUp, Qos,
    Query, QueryAck, QueryCon, place,
};

/// What a frame from a client means.
///
/// # Errors
/// The frame is none that a client sends.
pub fn read(frame: Frame) -> Result<Request, SignalError> {
    match frame {
        Frame::PingReq => Ok(Request::Ping),
        Frame::PublishUp(publish) => Ok(read_publish(publish)),
        Frame::Query(query) => Ok(read_query(query)),
        Frame::PubAckUp(PubAckUp { message_id }) => Ok(Request::PushAcked { id: message_id }),
        Frame::QueryCon(QueryCon { message_id }) => Ok(Request::AnswerConfirmed { id: message_id }),
        Frame::DisconnectUp(_) => Ok(Request::LoggedOut),
        Frame::Connect(_) => Ok(Request::Connect),
        Frame::ConnAck(_)
        | Frame::PublishDown(_)
        | Frame::PubAckDown(_)
        | Frame::QueryAck(_)
        | Frame::Subscribe
        | Frame::SubAck
        | Frame::Unsubscribe
        | Frame::UnsubAck
        | Frame::PingResp
        | Frame::DisconnectDown(_) => {
            Err(SignalError::UnexpectedFrame(place(frame.frame_type().name())))
        }
    }
}

fn read_publish(publish: PublishUp) -> Request {
    Request::Publish {
        id: publish.message_id,
        wants_ack: publish.qos.expects_answer(),
        repeated: publish.dup,
        topic: publish.topic,
        target: publish.target_id,
        body: publish.body,
    }
}

fn read_query(query: Query) -> Request {
    Request::Query {
        id: query.message_id,
        confirms: query.qos.expects_answer(),
        topic: query.topic,
        target: query.target_id,
        body: query.body,
    }
}

/// Reads the body of a PUBLISH.
///
/// # Errors
/// The topic carries no messages ([`SignalError::NoSuchTopic`]), the target is empty, the body is
/// malformed or lacks a required field, or a recall names no conversation.
pub fn upstream(topic: &str, target: &ByteString, body: &Bytes) -> Result<Upstream, SignalError> {
    up_stream::read(topic, target, body)
}

/// Reads the body of `pullMsg`.
///
/// # Errors
/// The body is malformed or lacks its `syncTime`.
pub fn pull_request(body: &Bytes) -> Result<PullRequest, SignalError> {
    PullRequest::read(body)
}

/// Reads the body of `qryRelation` or `qryRelationR`.
///
/// # Errors
/// The topic is another, or the body is malformed.
pub fn conversations_request(
    topic: &str,
    body: &Bytes,
) -> Result<ConversationsRequest, SignalError> {
    relations::read_request(topic, body)
}

/// Reads the body of `delRelation`: the kind; the frame's target is the conversation's.
///
/// # Errors
/// The body is malformed or lacks the kind.
pub fn removal_request(
    body: &Bytes,
) -> Result<(ConversationKind, Option<UnixMillis>), SignalError> {
    relations::read_removal(body)
}

/// Reads the body of `updRRTime`: the conversation, and up to when it is read.
///
/// # Errors
/// The body is malformed or lacks a required field.
pub fn mark_read_request(body: &Bytes) -> Result<(ConversationId, UnixMillis), SignalError> {
    relations::read_read_time(body)
}

/// CONNACK 0. A session id that begins with `hy1.` confirms the extensions.
pub fn login_accepted(user: &UserId, session_id: &str, now: UnixMillis) -> Frame {
    Frame::ConnAck(ConnAck {
        status: 0,
        session: Some(ConnAckSession {
            user_id: ByteString::from(user.as_str()),
            session_id: ByteString::from(session_id),
            timestamp: u64::try_from(now.get()).unwrap_or(0),
        }),
    })
}

/// CONNACK in its short form; `status` is not 0.
pub fn login_refused(status: u8) -> Frame {
    Frame::ConnAck(ConnAck { status, session: None })
}

/// PINGRESP.
pub fn pong() -> Frame {
    Frame::PingResp
}

/// `s_msg`: a message, as `to` is to see it. With an id the client acknowledges it; without, the
/// frame has qos 0 and id 0.
pub fn push(id: Option<u16>, now: UnixMillis, to: &UserId, message: &Message) -> Frame {
    let mut body = Writer::new();
    down_stream::write(message, to, &mut body);
    publish(id, now, topic::PUSHED, to, body.finish())
}

/// `s_ntf`: there may be something to pull. Never acknowledged.
pub fn doorbell(now: UnixMillis, to: &UserId, doorbell: &Doorbell) -> Frame {
    publish(None, now, topic::DOORBELL, to, doorbell_body::write(doorbell))
}

/// `s_cmd` of type 3: settings of conversations have changed, and this is their version. 2.x
/// clients take no notice of it.
pub fn settings_changed(now: UnixMillis, to: &UserId, version: i64) -> Frame {
    const SETTINGS: i64 = 3;
    let body = Writer::new().int(1, SETTINGS).int(2, version).finish();
    publish(None, now, topic::COMMAND, to, body)
}

/// Something that is told besides messages, under a topic of its own. Never acknowledged.
pub fn told(now: UnixMillis, topic: &'static str, to: &UserId, body: Bytes) -> Frame {
    publish(None, now, topic, to, body)
}

/// A message of a chatroom as it stands in a page and, as the whole body, in a push: the same for
/// everybody who reads it.
pub fn chatroom_message(message: &Message) -> Bytes {
    let mut body = Writer::new();
    // In a chatroom nothing depends on the reader.
    down_stream::write(message, &UserId::default(), &mut body);
    body.finish()
}

/// `s_msg` of a [`chatroom_message`], never acknowledged: the same frame for every member.
pub fn chatroom_push(now: UnixMillis, room: &TargetId, message: Bytes) -> Frame {
    publish_to(None, now, topic::PUSHED, room.as_str(), message)
}

/// `s_ntf` of type 2: there is a message of this time in a chatroom. The same frame for every
/// member.
pub fn chatroom_doorbell(now: UnixMillis, room: &TargetId, time: UnixMillis) -> Frame {
    let chatroom = Some(ByteString::from(room.as_str()));
    let bell = Doorbell { chatroom, time, head: None };
    publish_to(None, now, topic::DOORBELL, room.as_str(), doorbell_body::write(&bell))
}

/// `s_cmd` of type 2: entries of a chatroom have changed, the last of them at this time. The same
/// frame for every member.
pub fn entries_changed(now: UnixMillis, room: &TargetId, time: UnixMillis) -> Frame {
    const ENTRIES: i64 = 2;
    let mut body = Writer::new();
    body.int(1, ENTRIES).int(2, time.get()).bytes(3, room.as_str().as_bytes());
    publish_to(None, now, topic::COMMAND, room.as_str(), body.finish())
}

fn publish(
    id: Option<u16>,
    now: UnixMillis,
    topic: &'static str,
    to: &UserId,
    body: Bytes,
) -> Frame {
    publish_to(id, now, topic, to.as_str(), body)
}

fn publish_to(
    id: Option<u16>,
    now: UnixMillis,
    topic: &'static str,
    target: &str,
    body: Bytes,
) -> Frame {
    Frame::PublishDown(PublishDown {
        qos: if id.is_some() { Qos::AtLeastOnce } else { Qos::AtMostOnce },
        sync_copy: false,
        date: seconds(now).0,
        topic: ByteString::from_static(topic),
        target_id: ByteString::from(target),
        message_id: id.unwrap_or(0),
        body,
    })
}

/// The first half of a sync copy: the message as another login of the user sent it, its body
/// without extensions. [`send_ack`] with the same id is the second half; the client answers
/// neither.
pub fn sync_copy(
    id: u16,
    now: UnixMillis,
    topic: ByteString,
    target: ByteString,
    body: Bytes,
) -> Frame {
    Frame::PublishDown(PublishDown {
        qos: Qos::AtLeastOnce,
        sync_copy: true,
        date: seconds(now).0,
        topic,
        target_id: target,
        message_id: id,
        body,
    })
}

/// PUBACK: what became of a message, or the second half of a sync copy (status 0, no number).
pub fn send_ack(ack: &SendAck) -> Frame {
    let (date, millisecond) = seconds(ack.time);
    Frame::PubAckDown(PubAckDown {
        message_id: ack.id,
        date,
        status: ack.status,
        millisecond,
        message_uid: ByteString::from(ack.uid.as_str()),
        inbox_seq: ack.inbox_seq,
        content: ack.content.clone(),
    })
}

/// QUERYACK. `confirm` asks the client for a QUERYCON: where the question had a qos that is not 0.
pub fn answer(id: u16, confirm: bool, now: UnixMillis, status: u16, body: Bytes) -> Frame {
    Frame::QueryAck(QueryAck {
        qos: if confirm { Qos::AtLeastOnce } else { Qos::AtMostOnce },
        message_id: id,
        date: seconds(now).0,
        status,
        body,
    })
}

/// DISCONNECT: 1 kicked by another login, 2 banned, 0 or 6 redirect.
pub fn disconnect(reason: u8) -> Frame {
    Frame::DisconnectDown(Disconnect { reason })
}

/// The answer to `qryRelation` and `qryRelationR`: newest conversation first, each with its latest
/// message (2.5.3 needs it). `head` only for sessions with the extensions.
pub fn conversation_list_body(
    rows: &[ConversationInfo],
    me: &UserId,
    finished: bool,
    head: Option<u64>,
) -> Bytes {
    relations::write_page(rows, me, finished, head)
}

/// Seconds and milliseconds of a time, which the wire can carry from 1970 to 2106.
fn seconds(time: UnixMillis) -> (u32, u16) {
    let ms = time.get().max(0);
    (u32::try_from(ms / 1000).unwrap_or(u32::MAX), (ms % 1000) as u16)
}
