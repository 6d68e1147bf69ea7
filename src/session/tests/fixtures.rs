//! Messages, sends and answers as the tests need them.

use bytes::Bytes;

use crate::ids::{ClientMessageId, ConversationId, ConversationKind, MessageUid, UserId};
use crate::signal::{Message, MessageDirection, MessageFlags, Outgoing};
use crate::time::UnixMillis;

/// The wall clock at tick 0, and the server's.
pub const WALL: i64 = 1_700_000_000_000;
pub const EPOCH: &str = "e1";

pub fn me() -> UserId {
    UserId::from("me")
}

pub fn with(target: &str) -> ConversationId {
    ConversationId::new(ConversationKind::Private, target)
}

pub fn client_id(number: u64) -> ClientMessageId {
    ClientMessageId::from_random(number << 1)
}

pub fn text(to: &str, id: u64) -> Outgoing {
    Outgoing {
        conversation: with(to),
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from(format!("{{\"content\":\"{id}\"}}")),
        flags: MessageFlags::NORMAL,
        client_id: client_id(id),
        push_text: "".into(),
        push_data: "".into(),
        only_to: Vec::new(),
        config_flag: 0,
    }
}

/// Row `seq` of the inbox, from `from`, sent at `WALL + seq`.
pub fn row(from: &str, seq: u64) -> Message {
    Message {
        conversation: with(from),
        sender: UserId::from(from),
        direction: MessageDirection::Received,
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from_static(b"{\"content\":\"hi\"}"),
        sent_time: UnixMillis::new(WALL + seq as i64),
        uid: MessageUid::from(format!("U-{seq}")),
        flags: MessageFlags::NORMAL,
        retrieved: false,
        client_id: None,
        inbox_seq: Some(seq),
    }
}

/// The same as a server without the extensions sends it.
pub fn plain(from: &str, seq: u64) -> Message {
    Message { inbox_seq: None, ..row(from, seq) }
}

/// Row `seq`, sent by this user to `to` with id `id`.
pub fn own_row(to: &str, seq: u64, id: u64) -> Message {
    Message {
        sender: me(),
        direction: MessageDirection::Sent,
        client_id: Some(client_id(id)),
        ..row(to, seq)
    }
}

pub fn answer_of(servers: &str, user: &str, extended: bool) -> String {
    let terms =
        if extended { r#","hongyan":{"version":1,"sendRate":5,"sendBurst":10}"# } else { "" };
    format!(r#"getServerEndpoint({{"code":200,{servers},"userId":"{user}"{terms}}});"#)
}
