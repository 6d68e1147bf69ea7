//! `hongyan frame`: frames in hex, one a line, taken apart as JSON, one object a line.

use std::io::{self, BufRead, Write};

use bytes::Bytes;
use hongyan::wire::{ConnAckSession, Direction, Frame, Header};
use serde_json::{Map, Value, json};

/// `c2s` or `s2c`.
pub fn direction(name: &str) -> Option<Direction> {
    match name {
        "c2s" => Some(Direction::ClientToServer),
        "s2c" => Some(Direction::ServerToClient),
        _ => None,
    }
}

/// Prints what every line of `input` is. An empty line is a frame of no bytes.
///
/// # Errors
///
/// Reading or writing failed.
pub fn run(direction: Direction, input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    for line in input.split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(&line);
        let described = describe(direction, text.trim_ascii());
        writeln!(output, "{}", described.unwrap_or_else(|error| json!({ "error": error })))?;
    }
    output.flush()
}

/// One frame's parts, under the names of the recorded vectors, or what is wrong with it.
pub fn describe(direction: Direction, hex: &str) -> Result<Value, String> {
    let bytes = bytes(hex).ok_or("not hex")?;
    let frame = Frame::decode(&bytes, direction).map_err(|error| error.to_string())?;
    let first = bytes.first().copied().unwrap_or_default();
    let header = Header::decode(first).map_err(|error| error.to_string())?;
    let mut parts = Map::new();
    let mut put = |name: &str, value: Value| {
        parts.insert(name.to_owned(), value);
    };
    put("type", json!(header.frame_type.name()));
    put("qos", json!(header.qos.number()));
    put("retain", json!(u8::from(header.retain)));
    put("dup", json!(u8::from(header.dup)));
    put_fields(&frame, &mut put);
    Ok(Value::Object(parts))
}

fn put_fields(frame: &Frame, put: &mut impl FnMut(&str, Value)) {
    match frame {
        Frame::Connect(connect) => {
            put("protocolName", json!(&*connect.protocol_name));
            put("protocolVersion", json!(connect.protocol_version));
            put("keepAlive", json!(connect.keep_alive));
            put("clientId", json!(&*connect.client_id));
            put("appId", json!(connect.app_id.as_deref()));
            // The token is a secret: that there is one is enough to see.
            put("hasToken", json!(connect.token.is_some()));
        }
        Frame::ConnAck(ack) => {
            put("status", json!(ack.status));
            if let Some(ConnAckSession { user_id, session_id, timestamp }) = &ack.session {
                put("userId", json!(&**user_id));
                put("sessionId", json!(&**session_id));
                put("timestamp", json!(timestamp));
            }
        }
        Frame::PublishUp(publish) => {
            put_addressed(&publish.topic, &publish.target_id, publish.message_id, put);
            put("payloadHex", json!(hex(&publish.body)));
        }
        Frame::PublishDown(publish) => {
            put("date", json!(publish.date));
            put_addressed(&publish.topic, &publish.target_id, publish.message_id, put);
            put("payloadHex", json!(hex(&publish.body)));
        }
        Frame::PubAckUp(ack) => put("messageId", json!(ack.message_id)),
        Frame::PubAckDown(ack) => {
            put("messageId", json!(ack.message_id));
            put("date", json!(ack.date));
            put("status", json!(ack.status));
            put("millisecond", json!(ack.millisecond));
            put("messageUId", json!(&*ack.message_uid));
            if let Some(seq) = ack.inbox_seq {
                put("inboxSeq", json!(seq));
            }
        }
        Frame::Query(query) => {
            put_addressed(&query.topic, &query.target_id, query.message_id, put);
            put("payloadHex", json!(hex(&query.body)));
        }
        Frame::QueryAck(ack) => {
            put("messageId", json!(ack.message_id));
            put("date", json!(ack.date));
            put("status", json!(ack.status));
            put("payloadHex", json!(hex(&ack.body)));
        }
        Frame::QueryCon(confirm) => put("messageId", json!(confirm.message_id)),
        Frame::DisconnectDown(end) | Frame::DisconnectUp(end) => put("status", json!(end.reason)),
        Frame::Subscribe
        | Frame::SubAck
        | Frame::Unsubscribe
        | Frame::UnsubAck
        | Frame::PingReq
        | Frame::PingResp => {}
    }
}

fn put_addressed(topic: &str, target: &str, id: u16, put: &mut impl FnMut(&str, Value)) {
    put("topic", json!(topic));
    put("targetId", json!(target));
    put("messageId", json!(id));
}

fn bytes(hex: &str) -> Option<Bytes> {
    let digits: Option<Vec<u8>> = hex
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(
        digits
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect(),
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_frame_is_an_error_on_its_own_line() {
        let mut out = Vec::new();
        let input = &b"c0\nzz\n\n320006\nC0 \r\n"[..];
        run(Direction::ClientToServer, input, &mut out).unwrap();
        let lines: Vec<Value> =
            out.split(|b| *b == b'\n').filter_map(|l| serde_json::from_slice(l).ok()).collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[0], json!({ "type": "PINGREQ", "qos": 0, "retain": 0, "dup": 0 }));
        assert_eq!(lines[1], json!({ "error": "not hex" }));
        assert_eq!(lines[2], json!({ "error": "empty" }));
        assert_eq!(lines[3], json!({ "error": "string-overrun topic" }));
        assert_eq!(lines[4], lines[0]);
    }
}
