//! What messages of the simulation hold, and how the record writes what happens to them.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind};
use hongyan::ops::StoreOp;
use hongyan::session::io::Event;
use hongyan::signal::{MessageFlags, Outgoing};

use crate::checker::Key;

/// A text message that carries its key, `padding` bytes longer than it must be.
pub(crate) fn outgoing(id: ClientMessageId, to: &str, key: &Key, padding: usize) -> Outgoing {
    Outgoing {
        conversation: ConversationId::new(ConversationKind::Private, to),
        object_name: ByteString::from_static("RC:TxtMsg"),
        content: Bytes::from(format!(
            r#"{{"content":"{}"{}}}"#,
            key.to_text(),
            " ".repeat(padding)
        )),
        flags: MessageFlags::NORMAL,
        client_id: id,
        push_text: ByteString::new(),
        push_data: ByteString::new(),
        only_to: Vec::new(),
        config_flag: 0,
    }
}

/// The key in a content.
pub fn key_of(content: &[u8]) -> Option<Key> {
    let text = std::str::from_utf8(content).ok()?;
    Key::from_text(
        text.strip_prefix(r#"{"content":""#)?.strip_suffix('}')?.trim_end().strip_suffix('"')?,
    )
}

/// What is kept, for the record.
pub(crate) fn op_text(op: &StoreOp) -> String {
    match op {
        StoreOp::Put { key, value, .. } => format!("{key} = {value}"),
        StoreOp::Delete { key, .. } => format!("no {key}"),
    }
}

/// What the page was told, for the record.
pub(crate) fn event_text(event: &Event) -> String {
    match event {
        Event::Messages { batch, messages, has_more } => {
            let keys: Vec<String> = messages
                .iter()
                .map(|received| {
                    let key = key_of(&received.message.content).map(|key| key.to_text());
                    format!("{:?}#{:?}", key.unwrap_or_default(), received.message.inbox_seq)
                })
                .collect();
            format!("batch {} {} more={has_more}", batch.0, keys.join(", "))
        }
        Event::SendChanged { id, state, .. } => format!("send {id:?} {state:?}"),
        Event::Status(_)
        | Event::ConversationsChanged(_)
        | Event::Outbox(_)
        | Event::ConversationsRemoved(_)
        | Event::Settled { .. }
        | Event::TokenWanted { .. }
        | Event::SignedIn { .. }
        | Event::Gap { .. }
        | Event::Told(_)
        | Event::Room { .. }
        | Event::Trouble(_) => {
            let mut text = format!("{event:?}");
            text.truncate(text.char_indices().nth(200).map_or(text.len(), |(at, _)| at));
            text
        }
    }
}
