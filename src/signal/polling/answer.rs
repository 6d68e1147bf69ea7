//! Down: frames ⇄ the JSON objects of an answer.

use bytes::Bytes;
use bytestring::ByteString;

use super::{Codec, Party, body_of, push_body, shapes};
use crate::signal::call::transcode::push_integer;
use crate::signal::content::json::{self, Value};
use crate::text;
use crate::wire::{
    ConnAck, ConnAckSession, Disconnect, Frame, FrameType, Header, PubAckDown, PublishDown, Qos,
    QueryAck,
};

/// What CONNACK calls the session of a client that confirmed the extensions begins so.
const EXTENDED_SESSION: &str = "hy1.";

/// The answer is neither an object nor an array of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// What an answer held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Whole frames, in order.
    pub frames: Vec<Bytes>,
    /// The session's name, if a CONNACK gave one.
    pub session: Option<String>,
    /// Objects that are no frame: counted and left out, as a frame is that makes no sense.
    pub malformed: usize,
}

impl Codec {
    /// Reads an answer: one object, or an array of them. No text is no frame.
    ///
    /// # Errors
    /// It is neither, as `lost params` is: the session is over.
    pub fn read(&mut self, answer: &[u8]) -> Result<Answers, Unreadable> {
        let mut found = Answers::default();
        let text = answer.trim_ascii();
        if text.is_empty() {
            return Ok(found);
        }
        // A list is checked as the value of a member: the scanner begins with an object.
        let whole = [b"{\"a\":", text, b"}"].concat();
        let [value] = json::members(&whole, ["a"]).ok_or(Unreadable)?;
        match value {
            Some(Value::Object(object)) => self.read_object(object, &mut found),
            Some(Value::Array(array)) => {
                for element in json::elements(array) {
                    match element {
                        Value::Object(object) => self.read_object(object, &mut found),
                        Value::Text(_) | Value::Number(_) | Value::Array(_) | Value::Word(_) => {
                            found.malformed += 1;
                        }
                    }
                }
            }
            Some(Value::Text(_) | Value::Number(_) | Value::Word(_)) | None => {
                return Err(Unreadable);
            }
        }
        Ok(found)
    }

    fn read_object(&mut self, object: &[u8], found: &mut Answers) {
        let mut bytes = Vec::new();
        match self.down_frame(object, &mut found.session) {
            Some(frame) if frame.encode_down(&mut bytes).is_ok() => found.frames.push(bytes.into()),
            Some(_) | None => found.malformed += 1,
        }
    }

    fn down_frame(&mut self, object: &[u8], session: &mut Option<String>) -> Option<Frame> {
        let [header, id, status, date] =
            json::members(object, ["headerCode", "messageId", "status", "date"])?;
        // 50 and -32 alike; a bare 224 as well.
        let header = integer(header)?;
        let header = u8::try_from(header & 0xFF).ok().filter(|_| (-128..256).contains(&header))?;
        let Header { frame_type, dup, qos, .. } = Header::decode(header).ok()?;
        let message_id = u16::try_from(integer(id).unwrap_or(0)).ok()?;
        let status = integer(status).unwrap_or(0);
        let date = u32::try_from(integer(date).unwrap_or(0)).ok()?;
        Some(match frame_type {
            FrameType::ConnAck => {
                let status = u8::try_from(status).ok()?;
                Frame::ConnAck(ConnAck { status, session: conn_ack_session(object, session) })
            }
            FrameType::Publish => {
                let [topic, target] = json::members(object, ["topic", "targetId"])?;
                let (topic, target_id) = (text_of(topic)?, text_of(target).unwrap_or_default());
                let body = body_of(shapes::of(&topic).body, Party::Server, &data(object)?)?;
                let sync_copy = dup;
                Frame::PublishDown(PublishDown {
                    qos,
                    sync_copy,
                    date,
                    topic,
                    target_id,
                    message_id,
                    body,
                })
            }
            FrameType::PubAck => pub_ack(object, message_id, u16::try_from(status).ok()?, date)?,
            FrameType::QueryAck => {
                let status = u16::try_from(status).ok()?;
                let body = body_of(self.answered(message_id), Party::Server, &data(object)?)?;
                Frame::QueryAck(QueryAck { qos, message_id, date, status, body })
            }
            FrameType::Disconnect => {
                Frame::DisconnectDown(Disconnect { reason: u8::try_from(status).ok()? })
            }
            FrameType::PingResp => Frame::PingResp,
            FrameType::Connect
            | FrameType::Query
            | FrameType::QueryCon
            | FrameType::Subscribe
            | FrameType::SubAck
            | FrameType::Unsubscribe
            | FrameType::UnsubAck
            | FrameType::PingReq => return None,
        })
    }
}

/// Who was logged in, if anybody was: the object of a refusal has no user.
fn conn_ack_session(object: &[u8], session: &mut Option<String>) -> Option<ConnAckSession> {
    let [user, id, time] = json::members(object, ["userId", "sessionid", "timestamp"])?;
    let (user_id, session_id) = (text_of(user)?, text_of(id)?);
    *session = Some(String::from(&*session_id));
    let timestamp = u64::try_from(integer(time).unwrap_or(0)).unwrap_or(0);
    Some(ConnAckSession { user_id, session_id, timestamp })
}

/// The time is `timestamp`, in ms; `date`, in s, where there is none.
fn pub_ack(object: &[u8], message_id: u16, status: u16, date: u32) -> Option<Frame> {
    let names = ["timestamp", "messageUId", "inboxSeq", "content"];
    let [time, uid, seq, content] = json::members(object, names)?;
    let time = integer(time).unwrap_or(i64::from(date) * 1_000);
    Some(Frame::PubAckDown(PubAckDown {
        message_id,
        date: u32::try_from(time / 1_000).ok()?,
        status,
        millisecond: u16::try_from(time % 1_000).ok()?,
        message_uid: text_of(uid).unwrap_or_default(),
        inbox_seq: integer(seq).and_then(|seq| u64::try_from(seq).ok()),
        content: text_of(content).unwrap_or_default().into_bytes(),
    }))
}

/// A whole number, or a text of its digits: above 2^53 it is written so.
fn integer(value: Option<Value<'_>>) -> Option<i64> {
    let value = value?;
    value.integer().or_else(|| text::signed(&value.text()?))
}

fn text_of(value: Option<Value<'_>>) -> Option<ByteString> {
    Some(ByteString::from(&*value?.text()?))
}

/// The body's JSON: in a text, as 2.5.3 wants it, or as it is.
fn data(object: &[u8]) -> Option<Vec<u8>> {
    let [data] = json::members(object, ["data"])?;
    match data {
        Some(Value::Object(object)) => Some(object.to_vec()),
        Some(Value::Text(_)) => Some(data?.text()?.into_owned().into_bytes()),
        Some(Value::Word(b'n')) | None => Some(Vec::new()),
        Some(Value::Array(_) | Value::Number(_) | Value::Word(_)) => None,
    }
}

impl Codec {
    /// Appends a server's frame as one JSON object; false for a frame without words in this form
    /// (PINGRESP). `session` is what CONNACK calls the session.
    pub fn push_object(&mut self, frame: &Bytes, session: &str, out: &mut String) -> bool {
        let Ok(frame) = Frame::decode_down(frame) else { return false };
        let object = Object::begin(&frame, out);
        match frame {
            Frame::ConnAck(ack) => push_conn_ack(object, &ack, session),
            Frame::PublishDown(publish) => push_publish(object, &publish),
            Frame::PubAckDown(ack) => push_pub_ack(object, &ack),
            Frame::QueryAck(ack) => {
                let schema = self.answered(ack.message_id);
                let object = object.number("messageId", ack.message_id.into());
                let object = object.number("status", ack.status.into());
                let mut data = String::new();
                let refused = ack.status != 0 && ack.body.is_empty();
                if refused || push_body(schema, Party::Client, &ack.body, &mut data).is_none() {
                    data.clear();
                }
                object.number("date", ack.date.into()).text("data", &data).end();
            }
            Frame::DisconnectDown(disconnect) => {
                object.number("status", disconnect.reason.into()).end();
            }
            Frame::Connect(_)
            | Frame::PublishUp(_)
            | Frame::PubAckUp(_)
            | Frame::Query(_)
            | Frame::QueryCon(_)
            | Frame::Subscribe
            | Frame::SubAck
            | Frame::Unsubscribe
            | Frame::UnsubAck
            | Frame::PingReq
            | Frame::PingResp
            | Frame::DisconnectUp(_) => {
                object.abandon();
                return false;
            }
        }
        true
    }
}

fn push_conn_ack(object: Object<'_>, ack: &ConnAck, session: &str) {
    let object = object.number("status", ack.status.into());
    let Some(ConnAckSession { user_id, session_id, timestamp }) = &ack.session else {
        return object.number("messageId", 0).end();
    };
    let extended = if session_id.starts_with(EXTENDED_SESSION) { EXTENDED_SESSION } else { "" };
    let name = [extended, session].concat();
    let object = object.text("userId", user_id).text("sessionid", &name);
    object.number("timestamp", *timestamp as i64).number("messageId", 0).end();
}

fn push_publish(object: Object<'_>, publish: &PublishDown) {
    let mut data = String::new();
    if push_body(shapes::of(&publish.topic).body, Party::Client, &publish.body, &mut data).is_none()
    {
        data.clear();
    }
    let object = object.number("messageId", publish.message_id.into());
    let object = object.number("date", publish.date.into()).text("topic", &publish.topic);
    object.text("targetId", &publish.target_id).text("data", &data).end();
}

fn push_pub_ack(object: Object<'_>, ack: &PubAckDown) {
    let time = i64::from(ack.date) * 1_000 + i64::from(ack.millisecond);
    let object = object.number("messageId", ack.message_id.into());
    let object = object.number("status", ack.status.into()).number("date", ack.date.into());
    let object = object.number("timestamp", time).text("messageUId", &ack.message_uid);
    let Some(seq) = ack.inbox_seq else { return object.end() };
    let object = object.number("inboxSeq", seq as i64);
    match core::str::from_utf8(&ack.content) {
        Ok(content) if !content.is_empty() => object.text("content", content).end(),
        Ok(_) | Err(_) => object.end(),
    }
}

/// A JSON object under construction. Its first member is `headerCode`: clients look for the very
/// text `"headerCode":-32,` to see that a session is over.
struct Object<'a> {
    out: &'a mut String,
    start: usize,
}

impl<'a> Object<'a> {
    fn begin(frame: &Frame, out: &'a mut String) -> Self {
        let start = out.len();
        out.push_str("{\"headerCode\":");
        push_integer(out, i64::from(header_of(frame).encode() as i8));
        Self { out, start }
    }

    fn name(&mut self, name: &str) {
        self.out.push(',');
        json::push_text(self.out, name.as_bytes());
        self.out.push(':');
    }

    fn number(mut self, name: &str, value: i64) -> Self {
        self.name(name);
        push_integer(self.out, value);
        self
    }

    fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        json::push_text(self.out, value.as_bytes());
        self
    }

    fn end(self) {
        self.out.push('}');
    }

    fn abandon(self) {
        self.out.truncate(self.start);
    }
}

fn header_of(frame: &Frame) -> Header {
    let mut header =
        Header { frame_type: frame.frame_type(), dup: false, qos: Qos::AtMostOnce, retain: false };
    if let Frame::PublishDown(publish) = frame {
        (header.qos, header.dup) = (publish.qos, publish.sync_copy);
    }
    if let Frame::QueryAck(ack) = frame {
        header.qos = ack.qos;
    }
    header
}
