//! One send to and from stored text.

use bytes::Bytes;
use bytestring::ByteString;

use crate::conversation::fields::{FieldReader, FieldWriter};
use crate::ids::{ClientMessageId, ConversationId, ConversationKind, UserId};
use crate::signal::{MessageFlags, Outgoing};

const VERSION: u8 = 1;
const MAX_RECEIVERS: usize = 1_000;

/// The stored form.
pub fn write(message: &Outgoing) -> String {
    let mut fields = FieldWriter::new(VERSION);
    fields
        .number(message.client_id.to_wire())
        .number(message.conversation.kind.number().into())
        .text(message.conversation.target.as_str())
        .text(&message.object_name)
        .bytes(&message.content)
        .number(message.flags.to_session_id().into())
        .text(&message.push_text)
        .text(&message.push_data)
        .number(message.config_flag.into());
    for user in &message.only_to {
        fields.text(user.as_str());
    }
    fields.finish()
}

/// Reads the stored form; `None` if it is damaged.
pub fn read(value: &str) -> Option<Outgoing> {
    let mut fields = FieldReader::open(value, VERSION)?;
    let client_id = ClientMessageId::from_wire(fields.number())?;
    let kind = ConversationKind::from_number(fields.number32());
    let conversation = ConversationId::new(kind, fields.text());
    let mut message = Outgoing {
        conversation,
        object_name: ByteString::from(fields.text()),
        content: Bytes::from(fields.bytes()),
        flags: MessageFlags::from_session_id(fields.number32()),
        client_id,
        push_text: ByteString::from(fields.text()),
        push_data: ByteString::from(fields.text()),
        only_to: Vec::new(),
        config_flag: fields.number32(),
    };
    while !fields.is_at_end() && message.only_to.len() < MAX_RECEIVERS {
        message.only_to.push(UserId::from(fields.text()));
    }
    fields.check().map(|()| message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_send_comes_back() {
        let message = Outgoing {
            conversation: ConversationId::new(ConversationKind::Group, "g|1"),
            object_name: "RC:TxtMsg".into(),
            content: Bytes::from_static(b"{\"content\":\"\xE4\xBD\xA0 50%|\xFF\"}"),
            flags: MessageFlags { mentioned: true, ..MessageFlags::NORMAL },
            client_id: ClientMessageId::from_random(u64::MAX),
            push_text: "push".into(),
            push_data: "".into(),
            only_to: vec![UserId::from("a"), UserId::from("b|")],
            config_flag: -2,
        };
        let stored = write(&message);
        assert_eq!(read(&stored), Some(message));
        for end in 0..stored.len() {
            if let Some(cut) = stored.get(..end) {
                let _no_panic = read(cut);
            }
        }
        assert_eq!(read("1|0|1|a|c|{}|3|||0"), None, "no id");
        assert_eq!(read("2|5"), None);
    }
}
