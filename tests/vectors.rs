//! Every frame that an unmodified 2.5.3 client sent or took, byte by byte.
//!
//! `tests/vectors/README.md` describes the lines.
#![cfg(not(target_arch = "wasm32"))]

mod recorded;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use hongyan::wire::{Frame, Header, Qos};
use serde_json::{Value, json};

use recorded::{Recorded, frames, lines, unhex};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The frame with the names of the vectors. dup and qos are those that the frame kept.
fn fields(frame: &Frame, first_byte: u8) -> Value {
    let header = Header::decode(first_byte).expect("a type");
    let (qos, dup) = kept(frame);
    let mut all = own_fields(frame);
    let members = all.as_object_mut().expect("an object");
    members.insert("type".into(), frame.frame_type().name().into());
    members.insert("qos".into(), qos.number().into());
    members.insert("dup".into(), u8::from(dup).into());
    members.insert("retain".into(), u8::from(header.retain).into());
    all
}

fn kept(frame: &Frame) -> (Qos, bool) {
    match frame {
        Frame::PublishUp(publish) => (publish.qos, publish.dup),
        Frame::PublishDown(publish) => (publish.qos, publish.sync_copy),
        Frame::Query(query) => (query.qos, false),
        Frame::QueryAck(ack) => (ack.qos, false),
        Frame::Connect(_)
        | Frame::ConnAck(_)
        | Frame::PubAckUp(_)
        | Frame::PubAckDown(_)
        | Frame::QueryCon(_)
        | Frame::Subscribe
        | Frame::SubAck
        | Frame::Unsubscribe
        | Frame::UnsubAck
        | Frame::PingReq
        | Frame::PingResp
        | Frame::DisconnectDown(_)
        | Frame::DisconnectUp(_) => (Qos::AtMostOnce, false),
    }
}

fn own_fields(frame: &Frame) -> Value {
    match frame {
        Frame::ConnAck(ack) => match &ack.session {
            None => json!({"status": ack.status}),
            Some(session) => json!({
                "status": ack.status,
                "userId": &*session.user_id,
                "sessionId": &*session.session_id,
                "timestamp": session.timestamp,
            }),
        },
        Frame::PublishUp(publish) => json!({
            "topic": &*publish.topic,
            "targetId": &*publish.target_id,
            "messageId": publish.message_id,
            "payloadHex": hex(&publish.body),
        }),
        Frame::PublishDown(publish) => json!({
            "date": publish.date,
            "topic": &*publish.topic,
            "targetId": &*publish.target_id,
            "messageId": publish.message_id,
            "payloadHex": hex(&publish.body),
        }),
        Frame::PubAckUp(ack) => json!({"messageId": ack.message_id}),
        Frame::PubAckDown(ack) => {
            assert_eq!(ack.inbox_seq, None, "an extension in a frame for a published client");
            json!({
                "messageId": ack.message_id,
                "date": ack.date,
                "status": ack.status,
                "millisecond": ack.millisecond,
                "messageUId": &*ack.message_uid,
            })
        }
        Frame::Query(query) => json!({
            "topic": &*query.topic,
            "targetId": &*query.target_id,
            "messageId": query.message_id,
            "payloadHex": hex(&query.body),
        }),
        Frame::QueryAck(ack) => json!({
            "messageId": ack.message_id,
            "date": ack.date,
            "status": ack.status,
            "payloadHex": hex(&ack.body),
        }),
        Frame::QueryCon(con) => json!({"messageId": con.message_id}),
        Frame::DisconnectDown(end) => json!({"status": end.reason}),
        Frame::PingReq | Frame::PingResp => json!({}),
        Frame::Connect(_)
        | Frame::Subscribe
        | Frame::SubAck
        | Frame::Unsubscribe
        | Frame::UnsubAck
        | Frame::DisconnectUp(_) => panic!("2.5.3 has no {frame:?}"),
    }
}

fn decode(vector: &Recorded) -> Frame {
    Frame::decode(&vector.bytes, vector.direction)
        .unwrap_or_else(|error| panic!("{}: {error}", vector.id))
}

#[test]
fn the_file_is_whole() {
    let lines = lines();
    let mut kinds: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for line in &lines {
        let kind = line.frame["type"].as_str().unwrap_or_default();
        *kinds.entry((&line.direction, kind)).or_default() += 1;
        assert!(ids.insert(&line.id), "{} twice", line.id);
    }
    assert_eq!(lines.len(), 1130);
    let expected = [
        (("c2s", "PINGREQ"), 4),
        (("c2s", "PUBACK"), 132),
        (("c2s", "PUBLISH"), 132),
        (("c2s", "QUERY"), 250),
        (("c2s", "QUERYCON"), 16),
        (("local", ""), 25),
        (("open", ""), 9),
        (("s2c", "CONNACK"), 9),
        (("s2c", "DISCONNECT"), 3),
        (("s2c", "PINGRESP"), 4),
        (("s2c", "PUBACK"), 140),
        (("s2c", "PUBLISH"), 156),
        (("s2c", "QUERYACK"), 250),
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(frames().len(), 534 + 562);
}

#[test]
fn every_line_decodes_to_exactly_its_fields() {
    for vector in frames() {
        let frame = decode(&vector);
        assert_eq!(fields(&frame, vector.bytes[0]), vector.fields, "{}", vector.id);
    }
}

/// Without an exception: no topic and no id in these lines holds a character that a published
/// client writes as two surrogates, and every server frame is in the form that is written here.
#[test]
fn every_line_is_the_same_bytes_after_decoding_and_encoding() {
    for vector in frames() {
        let mut bytes = Vec::new();
        decode(&vector).encode(&mut bytes).unwrap_or_else(|error| panic!("{}: {error}", vector.id));
        assert_eq!(hex(&bytes), hex(&vector.bytes), "{}", vector.id);
    }
}

/// What a 2.5.3 client would have sent, had the ids of these lines ended in an emoji.
#[test]
fn every_target_in_three_byte_surrogates_is_the_same_target() {
    let (surrogates, utf8) = ("eda0bdedb880", "f09f9880");
    let mut seen = 0;
    for vector in frames() {
        let Frame::PublishUp(publish) = decode(&vector) else { continue };
        let after_topic = 1 + 2 + publish.topic.len();
        let old_length = publish.target_id.len();
        let with_emoji = |form: &str| {
            let mut bytes = vector.bytes[..after_topic].to_vec();
            let length = u16::try_from(old_length + form.len() / 2).expect("a short id");
            bytes.extend(length.to_be_bytes());
            bytes.extend(&vector.bytes[after_topic + 2..after_topic + 2 + old_length]);
            bytes.extend(unhex(form));
            bytes.extend(&vector.bytes[after_topic + 2 + old_length..]);
            Bytes::from(bytes)
        };
        let old = Frame::decode(&with_emoji(surrogates), vector.direction);
        let new = Frame::decode(&with_emoji(utf8), vector.direction);
        assert_eq!(old, new, "{}", vector.id);
        let Ok(Frame::PublishUp(read)) = old else { panic!("{}: {old:?}", vector.id) };
        assert_eq!(read.target_id, format!("{}😀", publish.target_id), "{}", vector.id);
        assert_eq!(read.body, publish.body, "{}", vector.id);
        seen += 1;
    }
    assert_eq!(seen, 132);
}
