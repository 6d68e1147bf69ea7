//! What messages hold: the key by which the judge knows them.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, TargetId};
use hongyan::signal::{MessageFlags, Outgoing};
use hongyan_checker::Key;

use super::seat::Target;

/// A long content has so many bytes more.
const LONG: usize = 8 * 1024;

/// A text message that carries its key.
pub(super) fn outgoing(id: ClientMessageId, target: &Target, key: &Key, long: bool) -> Outgoing {
    let extra = if long { "x".repeat(LONG) } else { String::new() };
    let content = format!(r#"{{"content":"{}","extra":"{extra}"}}"#, key.to_text());
    Outgoing {
        conversation: ConversationId::new(target.kind, TargetId::from(target.id.as_str())),
        object_name: ByteString::from_static("RC:TxtMsg"),
        content: Bytes::from(content),
        flags: MessageFlags::NORMAL,
        client_id: id,
        push_text: ByteString::new(),
        push_data: ByteString::new(),
        only_to: Vec::new(),
        config_flag: 0,
    }
}

/// The key in a content.
pub(super) fn key_of(content: &[u8]) -> Option<Key> {
    let text = std::str::from_utf8(content).ok()?.strip_prefix(r#"{"content":""#)?;
    Key::from_text(text.split_once('"')?.0)
}
