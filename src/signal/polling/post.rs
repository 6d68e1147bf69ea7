//! Up: a frame ⇄ what the query string and the body of one POST say.

use bytes::Bytes;
use bytestring::ByteString;

use super::{Codec, Party, body_of, push_body, shapes};
use crate::wire::{
    Disconnect, EncodeError, Frame, FrameType, Header, PubAckUp, PublishUp, Query, QueryCon,
};

/// The reason of a client that goes.
const LOGGED_OUT: u8 = 4;

/// One frame of a client. `messageid`, `header`, `topic` and `targetid` stand in the URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The first byte of the frame.
    pub header: u8,
    /// Never 0.
    pub message_id: u16,
    /// Topic and target of a PUBLISH or QUERY.
    pub addressed: Option<(ByteString, ByteString)>,
    /// JSON text.
    pub body: String,
}

/// Why a POST is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostError {
    /// The header is that of no frame which a client posts, or the id is 0.
    Header,
    /// The body is no JSON object, or one whose members are of other types.
    Body,
    /// Longer than a frame may be.
    TooLong,
}

impl Codec {
    /// A client's frame as a POST; `None` for a frame without words in this form (PINGREQ,
    /// DISCONNECT).
    pub fn post(&mut self, frame: &Bytes) -> Option<Post> {
        let header = *frame.first()?;
        let plain = |message_id| Post { header, message_id, addressed: None, body: "\"\"".into() };
        Some(match Frame::decode_posted(frame).ok()? {
            Frame::PublishUp(PublishUp { topic, target_id, message_id, body, .. }) => {
                self.addressed(header, message_id, topic, target_id, &body)?
            }
            Frame::Query(Query { topic, target_id, message_id, body, .. }) => {
                self.note(message_id, shapes::of(&topic).answer);
                self.addressed(header, message_id, topic, target_id, &body)?
            }
            Frame::PubAckUp(PubAckUp { message_id }) | Frame::QueryCon(QueryCon { message_id }) => {
                plain(message_id)
            }
            Frame::Connect(_)
            | Frame::ConnAck(_)
            | Frame::PublishDown(_)
            | Frame::PubAckDown(_)
            | Frame::QueryAck(_)
            | Frame::Subscribe
            | Frame::SubAck
            | Frame::Unsubscribe
            | Frame::UnsubAck
            | Frame::PingReq
            | Frame::PingResp
            | Frame::DisconnectDown(_)
            | Frame::DisconnectUp(_) => return None,
        })
    }

    fn addressed(
        &self,
        header: u8,
        message_id: u16,
        topic: ByteString,
        target: ByteString,
        body: &[u8],
    ) -> Option<Post> {
        let mut text = String::new();
        push_body(shapes::of(&topic).body, Party::Server, body, &mut text)?;
        if text.is_empty() {
            text.push_str("{}");
        }
        Some(Post { header, message_id, addressed: Some((topic, target)), body: text })
    }

    /// The frame that a POST stands for. `topic` and `target` count for PUBLISH and QUERY alone. A
    /// DISCONNECT, which clients of the 2.x generation never post, says nothing but that.
    ///
    /// # Errors
    /// See [`PostError`]. A topic that is unknown is none: its body is empty.
    pub fn frame(
        &mut self,
        header: u8,
        message_id: u16,
        (topic, target): (&str, &str),
        text: &[u8],
    ) -> Result<Bytes, PostError> {
        let Header { frame_type, dup, qos, .. } =
            Header::decode(header).map_err(|_| PostError::Header)?;
        let shape = shapes::of(topic);
        let body = || body_of(shape.body, Party::Client, text).ok_or(PostError::Body);
        let (topic, target_id) = (ByteString::from(topic), ByteString::from(target));
        let frame = match frame_type {
            FrameType::Publish => {
                let body = body()?;
                Frame::PublishUp(PublishUp { qos, dup, topic, target_id, message_id, body })
            }
            FrameType::Query => {
                let body = body()?;
                self.note(message_id, shape.answer);
                Frame::Query(Query { qos, topic, target_id, message_id, body })
            }
            FrameType::PubAck => Frame::PubAckUp(PubAckUp { message_id }),
            FrameType::QueryCon => Frame::QueryCon(QueryCon { message_id }),
            FrameType::Disconnect => Frame::DisconnectUp(Disconnect { reason: LOGGED_OUT }),
            FrameType::Connect
            | FrameType::ConnAck
            | FrameType::QueryAck
            | FrameType::Subscribe
            | FrameType::SubAck
            | FrameType::Unsubscribe
            | FrameType::UnsubAck
            | FrameType::PingReq
            | FrameType::PingResp => return Err(PostError::Header),
        };
        let mut bytes = Vec::new();
        frame.encode_up(&mut bytes).map_err(|error| match error {
            EncodeError::MessageIdZero(_) => PostError::Header,
            EncodeError::StringTooLong(_)
            | EncodeError::FrameTooLong
            | EncodeError::NotSent(_)
            | EncodeError::ClientIdLength
            | EncodeError::WillQos => PostError::TooLong,
        })?;
        Ok(bytes.into())
    }
}
