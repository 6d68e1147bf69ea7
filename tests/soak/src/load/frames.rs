//! Frames as this end writes and reads them: RFC 6455 around RMTP.

use bytes::Bytes;
use hongyan::proto::{ChrmInput, ChrmPullMsg, SyncRequestMsg, UpStreamMessage};
use hongyan::signal::MessageFlags;
use hongyan::wire::{Frame, PublishUp, Qos, Query};
use prost::Message as _;

/// The one room.
pub(super) const ROOM: &str = "hall";
/// Nobody reads a socket's key here.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const FINAL_BINARY: u8 = 0x82;
const MASKED: u8 = 0x80;

/// The request that becomes a WebSocket.
pub(super) fn upgrade(host: &str, app_key: &str, token: &str, device: u32) -> Vec<u8> {
    let token: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!(
        "GET /websocket?appId={app_key}&token={token}&sdkVer=load&apiVer=1&hy=1&did=d{device} \
         HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    )
    .into_bytes()
}

/// A frame in a binary message, masked by zeros.
pub(super) fn message(frame: &Frame) -> Vec<u8> {
    let mut payload = Vec::new();
    if frame.encode(&mut payload).is_err() {
        return Vec::new();
    }
    let mut out = vec![FINAL_BINARY];
    match u8::try_from(payload.len()) {
        Ok(short) if short < 126 => out.push(MASKED | short),
        _ => {
            out.push(MASKED | 126);
            out.extend(u16::try_from(payload.len()).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    out.extend([0; 4]);
    out.extend(payload);
    out
}

fn query(topic: &'static str, target: &'static str, id: u16, body: Vec<u8>) -> Vec<u8> {
    message(&Frame::Query(Query {
        qos: Qos::AtMostOnce,
        topic: topic.into(),
        target_id: target.into(),
        message_id: id,
        body: Bytes::from(body),
    }))
}

/// Asks for the inbox, as every client does that has logged in.
pub(super) fn pull() -> Vec<u8> {
    query("pullMsg", "me", 3, SyncRequestMsg::default().encode_to_vec())
}

/// Comes into the room.
pub(super) fn join() -> Vec<u8> {
    query("joinChrm", ROOM, 1, ChrmInput { nothing: 1, extra: None }.encode_to_vec())
}

/// Asks where the room stands, so that what comes later is pushed.
pub(super) fn stand() -> Vec<u8> {
    let body = ChrmPullMsg { count: -1, ..ChrmPullMsg::default() };
    query("chrmPull", ROOM, 2, body.encode_to_vec())
}

/// Shows that it lives.
pub(super) fn ping() -> Vec<u8> {
    message(&Frame::PingReq)
}

/// Says something in the room.
pub(super) fn say(id: u16, content: String) -> Vec<u8> {
    let body = UpStreamMessage {
        session_id: MessageFlags::NORMAL.to_session_id(),
        classname: "RC:TxtMsg".into(),
        content: Bytes::from(content),
        ..UpStreamMessage::default()
    };
    message(&Frame::PublishUp(PublishUp {
        qos: Qos::AtLeastOnce,
        dup: false,
        topic: "chatMsg".into(),
        target_id: ROOM.into(),
        message_id: id,
        body: Bytes::from(body.encode_to_vec()),
    }))
}

/// The payload at the beginning of `bytes` and what is behind it; `None` while it is not whole.
pub(super) fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, length) = match *bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    let rest = bytes.get(head..)?;
    (rest.len() >= length).then(|| rest.split_at(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_whole_or_none() {
        for length in [3, 125, 126, 4000] {
            let mut bytes = vec![FINAL_BINARY];
            match length {
                0..126 => bytes.push(length as u8),
                _ => bytes.extend([126, (length >> 8) as u8, length as u8]),
            }
            bytes.extend(vec![7; length]);
            let whole = bytes.len();
            bytes.push(9);
            (0..whole).for_each(|cut| assert_eq!(split(&bytes[..cut]), None));
            assert_eq!(split(&bytes), Some((&vec![7; length][..], &[9][..])));
        }
    }
}
