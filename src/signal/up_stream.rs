//! `UpStreamMessage`: a message on its way to the server, and back as a sync copy.

use bytes::Bytes;
use bytestring::ByteString;

use super::error::missing;
use super::protobuf::{Fields, Writer, text};
use super::topic::MessageTopic;
use super::{MessageFlags, Outgoing, SignalError, content};
use crate::ids::{ClientMessageId, ConversationId, TargetId, UserId};

/// An upstream message, with its topic and target, as the other side reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// To where, from the sender's point of view. For a recall, where the recalled message is.
    pub conversation: ConversationId,
    /// Sent under a status topic: never kept, whatever its flags said.
    pub status: bool,
    /// Sent as a recall.
    pub recall: bool,
    /// Its class.
    pub object_name: ByteString,
    /// JSON text as it came: not trusted to be UTF-8.
    pub content: Bytes,
    /// What the receivers shall do with it.
    pub flags: MessageFlags,
    /// The sender's id. Means something only from senders that confirmed the extensions.
    pub client_id: Option<ClientMessageId>,
    /// Text of a push notification; empty for none.
    pub push_text: ByteString,
    /// Data of a push notification; empty for none.
    pub push_data: ByteString,
    /// Only to these members; empty for all.
    pub only_to: Vec<UserId>,
    /// 0 if absent. Bit 2 means opposite things in different generations of clients.
    pub config_flag: i32,
}

/// The body of a PUBLISH. `configFlag` and the client's id are always written, push texts if there
/// are any.
pub(super) fn write(message: &Outgoing) -> Bytes {
    let mut out = Writer::new();
    out.int(1, i64::from(message.flags.to_session_id()))
        .bytes(2, message.object_name.as_bytes())
        .bytes(3, &message.content)
        .text_unless_empty(4, &message.push_text)
        .text_unless_empty(5, &message.push_data);
    for user in &message.only_to {
        out.bytes(6, user.as_str().as_bytes());
    }
    let config_flag = message.config_flag & !Outgoing::AS_AGENT;
    out.int(9, i64::from(config_flag)).int(10, message.client_id.to_wire());
    out.finish()
}

/// Reads the body of a PUBLISH under `topic` to `target`.
///
/// # Errors
/// The topic carries no messages, the target is empty, the body is malformed or lacks a required
/// field, or a recall's content does not name a conversation.
pub(super) fn read(
    topic: &str,
    target: &ByteString,
    body: &Bytes,
) -> Result<Upstream, SignalError> {
    let topic = MessageTopic::of(topic).ok_or(SignalError::NoSuchTopic)?;
    let mut message = fields(body)?;
    match topic {
        MessageTopic::Ordinary(kind) => {
            message.conversation = ConversationId::new(kind, target.clone());
        }
        MessageTopic::Status(kind) => {
            message.conversation = ConversationId::new(kind, target.clone());
            message.status = true;
            message.flags.persisted = false;
            message.flags.counted = false;
        }
        MessageTopic::Recall => {
            let recalled = content::recalled(&message.content);
            message.conversation = recalled.ok_or(missing("conversation"))?.conversation;
            message.recall = true;
        }
    }
    if message.conversation.target.is_empty() {
        return Err(missing("targetId"));
    }
    Ok(message)
}

/// The body alone; the conversation is still to be filled in.
fn fields(body: &Bytes) -> Result<Upstream, SignalError> {
    let (mut session_id, mut object_name, mut content) = (None, None, None);
    let (mut push_text, mut push_data): (&[u8], &[u8]) = (&[], &[]);
    let (mut only_to, mut config_flag, mut client_id) = (Vec::new(), 0, 0);
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => session_id = Some(value.int32("sessionId")?),
            2 => object_name = Some(value.bytes("classname")?),
            3 => content = Some(value.bytes("content")?),
            4 => push_text = value.bytes("pushText")?,
            5 => push_data = value.bytes("appData")?,
            6 => only_to.push(UserId::from(text(body, value.bytes("userId")?, "userId")?)),
            9 => config_flag = value.int32("configFlag")?,
            10 => client_id = value.int64("clientUniqueId")?,
            _ => {}
        }
    }
    let session_id = session_id.ok_or(missing("sessionId"))?;
    let object_name = object_name.ok_or(missing("classname"))?;
    Ok(Upstream {
        conversation: ConversationId::new(
            crate::ids::ConversationKind::Private,
            TargetId::default(),
        ),
        status: false,
        recall: false,
        object_name: text(body, object_name, "classname")?,
        content: body.slice_ref(content.ok_or(missing("content"))?),
        flags: MessageFlags::from_session_id(session_id),
        client_id: ClientMessageId::from_wire(client_id),
        push_text: text(body, push_text, "pushText")?,
        push_data: text(body, push_data, "appData")?,
        only_to,
        config_flag,
    })
}
