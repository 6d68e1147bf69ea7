//! `NotifyMsg` (`s_ntf`): there may be something to pull.

use bytes::Bytes;

use super::error::missing;
use super::protobuf::{Fields, Writer, text};
use super::{Doorbell, SignalError};
use crate::time::UnixMillis;

/// Clients compare with the chatroom's number alone.
const TYPE_INBOX: i32 = 1;
const TYPE_CHATROOM: i32 = 2;

pub(super) fn read(body: &Bytes) -> Result<Doorbell, SignalError> {
    let (mut kind, mut time, mut chatroom, mut head) = (None, 0, None, None);
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => kind = Some(value.int32("type")?),
            2 => time = value.int64("time")?,
            3 => chatroom = Some(text(body, value.bytes("chrmId")?, "chrmId")?),
            1000 => head = Some(value.number("hyHead")?),
            _ => {}
        }
    }
    let chatroom = match kind.ok_or(missing("type"))? {
        TYPE_CHATROOM => Some(chatroom.ok_or(missing("chrmId"))?),
        _ => None,
    };
    Ok(Doorbell { chatroom, time: UnixMillis::new(time), head })
}

pub(super) fn write(doorbell: &Doorbell) -> Bytes {
    let mut out = Writer::new();
    let kind = if doorbell.chatroom.is_some() { TYPE_CHATROOM } else { TYPE_INBOX };
    out.int(1, i64::from(kind)).int(2, doorbell.time.get());
    if let Some(chatroom) = &doorbell.chatroom {
        out.bytes(3, chatroom.as_bytes());
    }
    if let Some(head) = doorbell.head {
        out.number(1000, head);
    }
    out.finish()
}
