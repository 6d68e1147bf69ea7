//! What holds for every frame and for all bytes.
#![cfg(not(target_arch = "wasm32"))]

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::wire::{
    ConnAck, ConnAckSession, Connect, Direction, Disconnect, EncodeError, Frame, FrameType, Header,
    MAX_FRAME, PubAckDown, PubAckUp, PublishDown, PublishUp, Qos, Query, QueryAck, QueryCon,
    WORDS_REPLACED,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = ByteString> {
    vec(any::<char>(), 0..40).prop_map(|text| text.into_iter().collect::<String>().into())
}

fn client_id() -> impl Strategy<Value = ByteString> {
    vec(any::<char>(), 1..=64).prop_map(|text| text.into_iter().collect::<String>().into())
}

fn body() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..200).prop_map(Bytes::from)
}

fn qos() -> impl Strategy<Value = Qos> {
    prop_oneof![
        Just(Qos::AtMostOnce),
        Just(Qos::AtLeastOnce),
        Just(Qos::ExactlyOnce),
        Just(Qos::Default)
    ]
}

fn send_status() -> impl Strategy<Value = u16> {
    prop_oneof![any::<u16>(), Just(WORDS_REPLACED)]
}

fn connect() -> impl Strategy<Value = Frame> {
    let numbers = (any::<u8>(), any::<bool>(), any::<bool>(), 0..4_u8, any::<u16>());
    let will = option::of((text(), text()));
    let texts = (text(), client_id(), will, option::of(text()), option::of(text()));
    (numbers, texts).prop_map(|(numbers, texts)| {
        let (protocol_version, clean_session, will_retain, will_qos, keep_alive) = numbers;
        let (protocol_name, client_id, will, app_id, token) = texts;
        Frame::Connect(Connect {
            protocol_name,
            protocol_version,
            clean_session,
            will_retain,
            will_qos,
            keep_alive,
            client_id,
            will,
            app_id,
            token,
        })
    })
}

fn from_a_client() -> impl Strategy<Value = Frame> {
    let message = (qos(), any::<bool>(), text(), text(), 1_u16.., body());
    let question = (qos(), text(), text(), 1_u16.., body());
    prop_oneof![
        connect(),
        message.prop_map(|(qos, dup, topic, target_id, message_id, body)| {
            Frame::PublishUp(PublishUp { qos, dup, topic, target_id, message_id, body })
        }),
        question.prop_map(|(qos, topic, target_id, message_id, body)| {
            Frame::Query(Query { qos, topic, target_id, message_id, body })
        }),
        (1_u16..).prop_map(|message_id| Frame::PubAckUp(PubAckUp { message_id })),
        (1_u16..).prop_map(|message_id| Frame::QueryCon(QueryCon { message_id })),
        Just(Frame::PingReq),
        any::<u8>().prop_map(|reason| Frame::DisconnectUp(Disconnect { reason })),
    ]
}

fn from_a_server() -> impl Strategy<Value = Frame> {
    let session = (text(), text(), any::<u64>()).prop_map(|(user_id, session_id, timestamp)| {
        ConnAckSession { user_id, session_id, timestamp }
    });
    let message = (qos(), any::<bool>(), any::<u32>(), text(), text(), any::<u16>(), body());
    let ack = (
        any::<u16>(),
        any::<u32>(),
        send_status(),
        any::<u16>(),
        text(),
        option::of(any::<u64>()),
        body(),
    );
    let answer = (qos(), any::<u16>(), any::<u32>(), any::<u16>(), body());
    prop_oneof![
        (any::<u8>(), option::of(session))
            .prop_map(|(status, session)| Frame::ConnAck(ConnAck { status, session })),
        message.prop_map(|(qos, sync_copy, date, topic, target_id, message_id, body)| {
            let frame = PublishDown { qos, sync_copy, date, topic, target_id, message_id, body };
            Frame::PublishDown(frame)
        }),
        ack.prop_map(|(message_id, date, status, millisecond, message_uid, inbox_seq, content)| {
            // Only what was stored otherwise than it was sent is told, behind a number.
            let told = status == WORDS_REPLACED && inbox_seq.is_some();
            let content = if told { content } else { Bytes::new() };
            let frame = PubAckDown {
                message_id,
                date,
                status,
                millisecond,
                message_uid,
                inbox_seq,
                content,
            };
            Frame::PubAckDown(frame)
        }),
        answer.prop_map(|(qos, message_id, date, status, body)| {
            Frame::QueryAck(QueryAck { qos, message_id, date, status, body })
        }),
        Just(Frame::Subscribe),
        Just(Frame::SubAck),
        Just(Frame::Unsubscribe),
        Just(Frame::UnsubAck),
        Just(Frame::PingReq),
        Just(Frame::PingResp),
        any::<u8>().prop_map(|reason| Frame::DisconnectDown(Disconnect { reason })),
    ]
}

fn sent() -> impl Strategy<Value = (Direction, Frame)> {
    prop_oneof![
        from_a_client().prop_map(|frame| (Direction::ClientToServer, frame)),
        from_a_server().prop_map(|frame| (Direction::ServerToClient, frame)),
    ]
}

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::ClientToServer), Just(Direction::ServerToClient)]
}

fn encode(frame: &Frame) -> Vec<u8> {
    let mut out = Vec::new();
    frame.encode(&mut out).expect("a valid frame");
    out
}

/// Text as the published clients write it: each UTF-16 unit on its own.
fn cesu8(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for character in text.chars() {
        let mut units = [0; 2];
        let units = character.encode_utf16(&mut units);
        if let [high, low] = units {
            for unit in [*high, *low] {
                let low_bits = |shift: u16| 0x80 | (unit >> shift & 0x3F) as u8;
                out.extend([0xED, low_bits(6), low_bits(0)]);
            }
        } else {
            out.extend(character.encode_utf8(&mut [0; 4]).bytes());
        }
    }
    out
}

/// What the documentation calls the canonical form of bytes that are a frame with no text in
/// three-byte surrogates: meaningless bits 0, reserved bytes 0, no tail.
fn canonical(bytes: &[u8], direction: Direction) -> Vec<u8> {
    let mut header = Header::decode(bytes[0]).expect("a frame");
    header.retain = false;
    header.dup &= header.frame_type == FrameType::Publish;
    let mut out = bytes.to_vec();
    match header.frame_type {
        FrameType::Publish | FrameType::Query | FrameType::QueryAck => {}
        FrameType::Connect => {
            header.qos = Qos::AtMostOnce;
            let flags = 1 + 2 + usize::from(u16::from_be_bytes([out[1], out[2]])) + 1;
            out[flags] &= !1;
        }
        FrameType::PubAck | FrameType::QueryCon => header.qos = Qos::AtMostOnce,
        FrameType::ConnAck | FrameType::Disconnect => {
            header.qos = Qos::AtMostOnce;
            out[1] = 0;
            let length = match (header.frame_type, out.len()) {
                (FrameType::ConnAck, 4..) => {
                    let after = |at: usize| {
                        at + 2 + usize::from(u16::from_be_bytes([out[at], out[at + 1]]))
                    };
                    after(after(3)) + 8
                }
                _ => 3,
            };
            assert!(direction == Direction::ServerToClient || out.len() == length);
            out.truncate(length);
        }
        FrameType::Subscribe
        | FrameType::SubAck
        | FrameType::Unsubscribe
        | FrameType::UnsubAck
        | FrameType::PingReq
        | FrameType::PingResp => {
            header.qos = Qos::AtMostOnce;
            out.truncate(1);
        }
    }
    out[0] = header.encode();
    out
}

fn has_surrogates(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair[0] == 0xED && pair[1] >= 0xA0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_frame_survives_the_wire((direction, frame) in sent()) {
        let bytes = Bytes::from(encode(&frame));
        prop_assert_eq!(Frame::decode(&bytes, direction), Ok(frame));
    }

    #[test]
    fn a_frame_is_appended((_, frame) in sent(), before in vec(any::<u8>(), 0..20)) {
        let mut out = before.clone();
        frame.encode(&mut out).unwrap();
        prop_assert_eq!(&out[..before.len()], &before[..]);
        prop_assert_eq!(&out[before.len()..], &encode(&frame)[..]);
    }

    #[test]
    fn texts_in_surrogates_are_the_same_texts(
        topic in text(), target in text(), message_id in 1_u16.., body in body(),
    ) {
        let mut old = vec![0x30];
        for text in [&topic, &target] {
            let text = cesu8(text);
            old.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
            old.extend(text);
        }
        old.extend(u16::to_be_bytes(message_id));
        old.extend(&body);
        let frame = Frame::PublishUp(PublishUp {
            qos: Qos::AtMostOnce, dup: false, topic, target_id: target, message_id, body,
        });
        let read = Frame::decode(&old.into(), Direction::ClientToServer);
        prop_assert_eq!(read, Ok(frame));
    }

    #[test]
    fn bytes_are_a_canonical_frame_or_an_error(
        direction in direction(),
        first_byte in any::<u8>(),
        rest in vec(prop_oneof![Just(0_u8), 0..8_u8, any::<u8>()], 0..60),
    ) {
        let bytes = [vec![first_byte], rest].concat();
        if let Ok(frame) = Frame::decode(&bytes.clone().into(), direction) {
            if has_surrogates(&bytes) {
                prop_assert_eq!(Frame::decode(&encode(&frame).into(), direction), Ok(frame));
            } else {
                prop_assert_eq!(encode(&frame), canonical(&bytes, direction));
            }
        }
    }

    #[test]
    fn damaged_frames_are_canonical_frames_or_errors(
        (direction, frame) in sent(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        tail in vec(any::<u8>(), 0..10),
    ) {
        let mut bytes = encode(&frame);
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.extend(tail);
        if let Ok(frame) = Frame::decode(&bytes.clone().into(), direction) {
            if has_surrogates(&bytes) {
                prop_assert_eq!(Frame::decode(&encode(&frame).into(), direction), Ok(frame));
            } else {
                prop_assert_eq!(encode(&frame), canonical(&bytes, direction));
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_and_leaves_nothing(
        long_topic in 65_536..70_000_usize,
        long_body in MAX_FRAME..MAX_FRAME + 10,
        before in vec(any::<u8>(), 0..20),
    ) {
        let publish = |topic: usize, body: usize| Frame::PublishUp(PublishUp {
            qos: Qos::AtMostOnce,
            dup: false,
            topic: "x".repeat(topic).into(),
            target_id: "t".into(),
            message_id: 1,
            body: vec![0; body].into(),
        });
        let mut out = before.clone();
        let refused = publish(long_topic, 0).encode(&mut out);
        prop_assert_eq!(refused, Err(EncodeError::StringTooLong("topic")));
        let refused = publish(1, long_body).encode(&mut out);
        prop_assert_eq!(refused, Err(EncodeError::FrameTooLong));
        prop_assert_eq!(out, before);
    }
}
