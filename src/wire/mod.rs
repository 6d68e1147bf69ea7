//! Bytes ⇄ [`Frame`]: the RMTP framing, byte by byte.
//!
//! ```text
//!  bit  7 6 5 4   3     2 1   0         one WebSocket message = one frame; no length field:
//!      +--------+-----+-----+--------+  the end of the message is the end of the frame
//!      |  type  | dup | qos | retain |  then the type's own fields, then (PUBLISH, QUERY,
//!      +--------+-----+-----+--------+  QUERYACK) a protobuf body up to the end
//! ```
//!
//! Integers are big-endian and unsigned. `utf` = u16 byte length + UTF-8; on reading, CESU-8
//! surrogate pairs (the old clients' astral characters) are accepted and become UTF-8.
//! PUBLISH, PUBACK and DISCONNECT differ by direction, so decoding takes a [`Direction`].

use bytes::Bytes;
use bytestring::ByteString;

/// The largest frame either side accepts: 128 KiB and the room of its fixed fields.
pub const MAX_FRAME: usize = 128 * 1024 + 1024;

/// Who sent the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a client to a server.
    ClientToServer,
    /// From a server to a client.
    ServerToClient,
}

/// Delivery promise of a PUBLISH, QUERY or QUERYACK. Clients only ask "not 0?".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Qos {
    /// 0: no answer is expected.
    #[default]
    AtMostOnce,
    /// 1: answered by PUBACK or QUERYCON.
    AtLeastOnce,
    /// 2: never used; treated as 1.
    ExactlyOnce,
    /// 3: never used; treated as 1.
    Default,
}

/// One unit of the wire, fields as the wire has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Type 1, client to server. No web client sends it: the URL carries the credentials.
    Connect(Connect),
    /// Type 2, server to client: the first frame of a link.
    ConnAck(ConnAck),
    /// Type 3, client to server: a message.
    PublishUp(PublishUp),
    /// Type 3, server to client: a message, a doorbell, a sync copy.
    PublishDown(PublishDown),
    /// Type 4, client to server: a pushed message arrived.
    PubAckUp(PubAckUp),
    /// Type 4, server to client: what became of a message.
    PubAckDown(PubAckDown),
    /// Type 5, client to server: a question.
    Query(Query),
    /// Type 6, server to client: its answer.
    QueryAck(QueryAck),
    /// Type 7, client to server: the answer arrived.
    QueryCon(QueryCon),
    /// Types 8 and 10 (SUBSCRIBE, UNSUBSCRIBE): no layout, never sent, read like a PINGREQ.
    Subscribe,
    /// Types 9 and 11 (SUBACK, UNSUBACK): no layout, never sent, read like a PINGRESP.
    SubAck,
    /// Type 10.
    Unsubscribe,
    /// Type 11.
    UnsubAck,
    /// Type 12: are you there?
    PingReq,
    /// Type 13: I am.
    PingResp,
    /// Type 14, server to client: the link ends, and why.
    DisconnectDown(Disconnect),
    /// Type 14, client to server (newer clients): the application logged out.
    DisconnectUp(Disconnect),
}

/// See [`Frame::Connect`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// "RCloud".
    pub protocol_name: ByteString,
    /// 3.
    pub protocol_version: u8,
    /// Whether the server shall forget an earlier session.
    pub clean_session: bool,
    /// Whether the will is retained (flag 32).
    pub will_retain: bool,
    /// Qos of the will (flags 8 and 16).
    pub will_qos: u8,
    /// Seconds.
    pub keep_alive: u16,
    /// 1 to 64 characters.
    pub client_id: ByteString,
    /// Topic and text of the will, if there is one (flag 4).
    pub will: Option<(ByteString, ByteString)>,
    /// App key (flag 128).
    pub app_id: Option<ByteString>,
    /// Token (flag 64).
    pub token: Option<ByteString>,
}

/// See [`Frame::ConnAck`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnAck {
    /// 0 accepted; everything else is a refusal (`ConnectionState` of 2.x).
    pub status: u8,
    /// Present when accepted.
    pub session: Option<ConnAckSession>,
}

/// The tail of an accepting CONNACK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnAckSession {
    /// Whose session it is.
    pub user_id: ByteString,
    /// The server's name for it; `hy1.…` confirms the extensions (`docs/extensions.md`).
    pub session_id: ByteString,
    /// The server's clock, Unix milliseconds.
    pub timestamp: u64,
}

/// See [`Frame::PublishUp`]. The message id comes after the two strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishUp {
    /// Whether an answer is expected.
    pub qos: Qos,
    /// The same message once more (extension; published clients never set it).
    pub dup: bool,
    /// Which kind of message, `ppMsgP` for example. May be empty.
    pub topic: ByteString,
    /// To whom.
    pub target_id: ByteString,
    /// Matches the PUBACK.
    pub message_id: u16,
    /// A protobuf message, an `UpStreamMessage`.
    pub body: Bytes,
}

/// See [`Frame::PublishDown`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishDown {
    /// Whether a PUBACK is expected.
    pub qos: Qos,
    /// The bit of `dup`: a message that this user sent from another device.
    pub sync_copy: bool,
    /// Unix seconds.
    pub date: u32,
    /// `s_msg`, `s_ntf`, `s_stat`, `s_cmd`, or the topic of a sync copy.
    pub topic: ByteString,
    /// The receiving user, or the target of a sync copy.
    pub target_id: ByteString,
    /// The server's own number; 0 with qos 0.
    pub message_id: u16,
    /// A protobuf message.
    pub body: Bytes,
}

/// See [`Frame::PubAckUp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PubAckUp {
    /// That of the PUBLISH.
    pub message_id: u16,
}

/// See [`Frame::PubAckDown`]. Sent time = `date` · 1000 + `millisecond`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PubAckDown {
    /// That of the PUBLISH.
    pub message_id: u16,
    /// Unix seconds.
    pub date: u32,
    /// 0 stored; everything else is an error code of 2.x.
    pub status: u16,
    /// 0 to 999.
    pub millisecond: u16,
    /// The server's name for the message.
    pub message_uid: ByteString,
    /// Extension: the number of the sender's own inbox row, 8 bytes after the uid. Only sent to
    /// clients that asked for the extensions; 0 when nothing was stored.
    pub inbox_seq: Option<u64>,
}

/// See [`Frame::Query`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Not 0: the client confirms the answer by a QUERYCON.
    pub qos: Qos,
    /// What is asked, `pullMsg` for example.
    pub topic: ByteString,
    /// Of whom or about whom.
    pub target_id: ByteString,
    /// Matches the QUERYACK.
    pub message_id: u16,
    /// A protobuf message.
    pub body: Bytes,
}

/// See [`Frame::QueryAck`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryAck {
    /// Not 0: to be confirmed by a QUERYCON.
    pub qos: Qos,
    /// That of the QUERY.
    pub message_id: u16,
    /// Unix seconds.
    pub date: u32,
    /// 0 answered; everything else is an error code or, for some topics, the answer itself.
    pub status: u16,
    /// A protobuf message; may be empty.
    pub body: Bytes,
}

/// See [`Frame::QueryCon`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryCon {
    /// That of the QUERY.
    pub message_id: u16,
}

/// See [`Frame::DisconnectDown`] and [`Frame::DisconnectUp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disconnect {
    /// 1 kicked by another login, 2 banned, 0 plain; 4 from a client that logged out.
    pub reason: u8,
}
