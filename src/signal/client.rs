//! The client's end: what frames from the server mean, and the frames a client sends.
//!
//! A frame that makes no sense is an error for that frame alone: count it, drop it, go on.

use bytes::Bytes;
use bytestring::ByteString;

use super::error::missing;
use super::pull::{self, PullPage, PullRequest};
use super::relations::{self, ConversationPage, ConversationsRequest};
use super::settings::Notice;
use super::topic::{self, publish_topic};
use super::{
    Answer, LoginAnswer, Message, MessageDirection, Outgoing, SendAck, Signal, SignalError, Told,
    doorbell, down_stream, settings, up_stream,
};
use crate::ids::{ConversationId, ConversationKind, MessageUid, TargetId, UserId};
use crate::time::UnixMillis;
use crate::wire::{
    ConnAck, Disconnect, Frame, PubAckDown, PubAckUp, PublishDown, PublishUp, Qos, Query, QueryAck,
    QueryCon, place,
};

/// A CONNACK session id that begins so confirms the extensions.
const EXTENDED_SESSION: &str = "hy1.";
/// DISCONNECT of a client that logs out.
const LOGGED_OUT: u8 = 4;

/// What a frame from the server means to `me`. Before the login is answered nobody is known yet:
/// an empty id.
///
/// # Errors
/// The frame is none that a server sends with a meaning (PINGREQ too, which nobody answers), or
/// its body is malformed.
pub fn read(frame: Frame, me: &UserId) -> Result<Signal, SignalError> {
    match frame {
        Frame::ConnAck(ack) => read_login(ack).map(Signal::Login),
        Frame::PublishDown(publish) if publish.sync_copy => read_sync_copy(publish, me),
        Frame::PublishDown(publish) => read_publish(publish, me),
        Frame::PubAckDown(ack) => Ok(Signal::SendAck(read_send_ack(ack))),
        Frame::QueryAck(ack) => Ok(Signal::Answer(read_answer(ack))),
        Frame::PingResp | Frame::SubAck | Frame::UnsubAck => Ok(Signal::Pong),
        Frame::DisconnectDown(Disconnect { reason }) => Ok(Signal::Disconnected { reason }),
        Frame::Connect(_)
        | Frame::PublishUp(_)
        | Frame::PubAckUp(_)
        | Frame::Query(_)
        | Frame::QueryCon(_)
        | Frame::Subscribe
        | Frame::Unsubscribe
        | Frame::PingReq
        | Frame::DisconnectUp(_) => {
            Err(SignalError::UnexpectedFrame(place(frame.frame_type().name())))
        }
    }
}

fn read_login(ack: ConnAck) -> Result<LoginAnswer, SignalError> {
    if ack.status != 0 {
        return Ok(LoginAnswer::Refused { status: ack.status });
    }
    let session = ack.session.ok_or(missing("session"))?;
    Ok(LoginAnswer::Accepted {
        user: UserId::from(session.user_id),
        server_time: UnixMillis::new(i64::try_from(session.timestamp).unwrap_or(i64::MAX)),
        extended: session.session_id.starts_with(EXTENDED_SESSION),
    })
}

fn read_publish(publish: PublishDown, me: &UserId) -> Result<Signal, SignalError> {
    let ack =
        (publish.qos.expects_answer() && publish.message_id != 0).then_some(publish.message_id);
    match &*publish.topic {
        topic::PUSHED => {
            let message = down_stream::read(&publish.body, &publish.body, me)?;
            Ok(Signal::Pushed { ack, message })
        }
        topic::DOORBELL => doorbell::read(&publish.body).map(Signal::Doorbell),
        topic::COMMAND => Ok(match settings::read_notice(&publish.body)? {
            Notice::Settings(version) => Signal::SettingsChanged { ack, version },
            Notice::Chatroom(room, time) => Signal::RoomChanged { ack, room, time },
            Notice::Other => Signal::Unknown { ack, topic: publish.topic },
        }),
        topic::PRESENCE | topic::USER_SETTINGS | topic::CALL => {
            let notice = Told { topic: publish.topic, body: publish.body };
            Ok(Signal::Told { ack, notice })
        }
        _ => Ok(Signal::Unknown { ack, topic: publish.topic }),
    }
}

/// A sync copy names its conversation as the sending login did. No PUBACK answers it.
fn read_sync_copy(publish: PublishDown, me: &UserId) -> Result<Signal, SignalError> {
    let PublishDown { date, topic, target_id, message_id, body, .. } = publish;
    let copy = match up_stream::read(&topic, &target_id, &body) {
        Err(SignalError::NoSuchTopic) => return Ok(Signal::Unknown { ack: None, topic }),
        copy => copy?,
    };
    let to_oneself = down_stream::is_to_oneself(&copy.conversation, me);
    let sent_time = if copy.status { i64::from(date) * 1000 } else { 0 };
    let message = Message {
        conversation: copy.conversation,
        sender: me.clone(),
        direction: match to_oneself {
            true => MessageDirection::Received,
            false => MessageDirection::Sent,
        },
        object_name: copy.object_name,
        content: copy.content,
        sent_time: UnixMillis::new(sent_time),
        uid: MessageUid::default(),
        flags: copy.flags,
        retrieved: false,
        client_id: copy.client_id,
        inbox_seq: None,
    };
    Ok(Signal::SyncCopy { id: message_id, message, complete: copy.status })
}

fn read_send_ack(ack: PubAckDown) -> SendAck {
    SendAck {
        id: ack.message_id,
        status: ack.status,
        time: UnixMillis::new(i64::from(ack.date) * 1000 + i64::from(ack.millisecond)),
        uid: MessageUid::from(ack.message_uid),
        inbox_seq: ack.inbox_seq.filter(|seq| *seq != 0),
        content: ack.content,
    }
}

fn read_answer(ack: QueryAck) -> Answer {
    Answer {
        id: ack.message_id,
        status: ack.status,
        confirm: ack.qos.expects_answer() && ack.message_id != 0,
        body: ack.body,
    }
}

/// Reads the answer to a [`pull`](pull()).
///
/// # Errors
/// The page itself is malformed; messages in it that make no sense are counted.
pub fn pull_page(body: &Bytes, me: &UserId) -> Result<PullPage, SignalError> {
    pull::read_page(body, me)
}

/// Reads the answer to [`conversations`] or [`conversations_2x`].
///
/// # Errors
/// The list itself is malformed; conversations in it that make no sense are counted.
pub fn conversation_list(body: &Bytes, me: &UserId) -> Result<ConversationPage, SignalError> {
    relations::read_page(body, me)
}

/// PINGREQ.
pub fn ping() -> Frame {
    Frame::PingReq
}

/// A message, answered by a [`SendAck`] with the same id. `repeated` sets the dup bit: only for
/// servers that confirmed the extensions.
///
/// # Errors
/// [`SignalError::NoSuchTopic`]: nobody can write to conversations of this kind.
pub fn publish(id: u16, repeated: bool, message: &Outgoing) -> Result<Frame, SignalError> {
    let kind = message.conversation.kind;
    let as_agent = message.config_flag & Outgoing::AS_AGENT != 0;
    let topic = if as_agent && kind == ConversationKind::CustomerService {
        topic::AGENT
    } else {
        publish_topic(kind).ok_or(SignalError::NoSuchTopic)?
    };
    Ok(publish_to(id, repeated, topic, message.conversation.target.as_str(), message))
}

/// A recall (`RC:RcCmd`): it goes to the sender's own id; its content says where the recalled
/// message is.
pub fn recall(id: u16, repeated: bool, me: &UserId, message: &Outgoing) -> Frame {
    publish_to(id, repeated, topic::RECALL, me.as_str(), message)
}

fn publish_to(
    id: u16,
    repeated: bool,
    topic: &'static str,
    target: &str,
    message: &Outgoing,
) -> Frame {
    Frame::PublishUp(PublishUp {
        qos: Qos::AtLeastOnce,
        dup: repeated,
        topic: ByteString::from_static(topic),
        target_id: ByteString::from(target),
        message_id: id,
        body: up_stream::write(message),
    })
}

/// PUBACK: a pushed message arrived.
pub fn push_ack(id: u16) -> Frame {
    Frame::PubAckUp(PubAckUp { message_id: id })
}

/// QUERYCON: an answer arrived.
pub fn query_con(id: u16) -> Frame {
    Frame::QueryCon(QueryCon { message_id: id })
}

/// A page of the inbox is wanted, answered by a [`pull_page`].
pub fn pull(id: u16, me: &UserId, request: &PullRequest) -> Frame {
    query(id, Qos::AtLeastOnce, topic::PULL, me.as_str(), request.write())
}

/// Messages of a chatroom are wanted, answered by a [`pull_page`]: those after `since` for a `count`
/// of 0, else the last `count` ones; none for -1.
pub fn pull_room(id: u16, room: &TargetId, since: UnixMillis, count: i32) -> Frame {
    let body = pull::write_room_request(since, count);
    query(id, Qos::AtLeastOnce, topic::PULL_ROOM, room.as_str(), body)
}

/// To be in a chatroom, or not any more (`ChrmInput`). The answer's status says whether that is so.
pub fn in_room(id: u16, topic: &'static str, room: &TargetId) -> Frame {
    query(id, Qos::AtMostOnce, topic, room.as_str(), Bytes::from_static(b"\x08\x01"))
}

/// The conversation list is wanted, answered by a [`conversation_list`]: the newer form, which
/// servers with the extensions know.
pub fn conversations(id: u16, me: &UserId, request: &ConversationsRequest) -> Frame {
    let body = relations::write_request(request);
    query(id, Qos::AtMostOnce, topic::CONVERSATIONS_NEWER, me.as_str(), body)
}

/// The same in the form of 2.x, which every server knows. 0 for all conversations.
pub fn conversations_2x(id: u16, me: &UserId, count: u32) -> Frame {
    let body = relations::write_request_2x(count);
    query(id, Qos::AtMostOnce, topic::CONVERSATIONS, me.as_str(), body)
}

/// Take a conversation out of the server's list. The answer's status says whether it did.
pub fn remove_conversation(
    id: u16,
    conversation: &ConversationId,
    until: Option<UnixMillis>,
) -> Frame {
    let body = relations::write_removal(conversation.kind, until);
    query(id, Qos::AtMostOnce, topic::REMOVE_CONVERSATION, conversation.target.as_str(), body)
}

/// A conversation is read up to `read`, the time of a message in it.
pub fn mark_read(id: u16, me: &UserId, conversation: &ConversationId, read: UnixMillis) -> Frame {
    let body = relations::write_read_time(conversation, read);
    query(id, Qos::AtMostOnce, topic::MARK_READ, me.as_str(), body)
}

pub(super) fn query(id: u16, qos: Qos, topic: &'static str, target: &str, body: Bytes) -> Frame {
    Frame::Query(Query {
        qos,
        topic: ByteString::from_static(topic),
        target_id: ByteString::from(target),
        message_id: id,
        body,
    })
}

/// The application logged out: the last frame before the link is closed.
pub fn disconnect() -> Frame {
    Frame::DisconnectUp(Disconnect { reason: LOGGED_OUT })
}
