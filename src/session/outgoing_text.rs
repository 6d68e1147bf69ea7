//! One send to and from stored text, and the mark beside it that says how it stands.

use bytes::Bytes;
use bytestring::ByteString;

use crate::conversation::fields::{FieldReader, FieldWriter};
use crate::error::{Error, ErrorCode, Origin};
use crate::ids::{ClientMessageId, ConversationId, ConversationKind, UserId};
use crate::signal::{MessageFlags, Outgoing};
use crate::time::UnixMillis;

const VERSION: u8 = 2;
const MARK_VERSION: u8 = 1;
const MAX_RECEIVERS: usize = 1_000;

/// A send as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What is sent.
    pub message: Outgoing,
    /// The server's clock when the page sent it, as well as it was known.
    pub created: UnixMillis,
    /// When it is to be given up, by the same clock; 0 for never.
    pub give_up: UnixMillis,
    /// Whether it stays when it fails.
    pub keep: bool,
}

/// The stored form.
pub fn write(stored: &Stored) -> String {
    let message = &stored.message;
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
        .number(message.config_flag.into())
        .number(stored.created.get())
        .number(stored.give_up.get())
        .flag(stored.keep);
    for user in &message.only_to {
        fields.text(user.as_str());
    }
    fields.finish()
}

/// Reads the stored form; `None` if it is damaged.
pub fn read(value: &str) -> Option<Stored> {
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
    let (created, give_up) = (UnixMillis::new(fields.number()), UnixMillis::new(fields.number()));
    let keep = fields.flag();
    while !fields.is_at_end() && message.only_to.len() < MAX_RECEIVERS {
        message.only_to.push(UserId::from(fields.text()));
    }
    fields.check().map(|()| Stored { message, created, give_up, keep })
}

/// The mark of a send that may have left; with a failure, of one that ended so.
pub fn write_mark(failure: Option<Error>) -> String {
    let mut fields = FieldWriter::new(MARK_VERSION);
    if let Some(Error { code, origin }) = failure {
        fields.number(code.number().into()).unsigned(origin.number().into());
    }
    fields.finish()
}

/// What a mark says. A damaged one is none of a failure: it may have left.
pub fn read_mark(value: &str) -> Option<Error> {
    let mut fields = FieldReader::open(value, MARK_VERSION)?;
    let code = ErrorCode::from_number(fields.number32());
    let origin = Origin::from_number(fields.unsigned32())?;
    fields.check().map(|()| Error { code, origin })
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
        let (created, give_up) = (UnixMillis::new(1_700_000_000_000), UnixMillis::ZERO);
        let kept = Stored { message, created, give_up, keep: true };
        let stored = write(&kept);
        assert_eq!(read(&stored), Some(kept));
        for end in 0..stored.len() {
            if let Some(cut) = stored.get(..end) {
                let _no_panic = read(cut);
            }
        }
        assert_eq!(read("2|0|1|a|c|{}|3|||0|0|0|1"), None, "no id");
        assert_eq!(read("3|5"), None);
    }

    #[test]
    fn a_failure_comes_back_and_a_mark_without_one_has_none() {
        for origin in [Origin::Caller, Origin::Client, Origin::Network, Origin::Server] {
            let error = Error { code: ErrorCode::from_number(-1), origin };
            assert_eq!(read_mark(&write_mark(Some(error))), Some(error));
        }
        for mark in [write_mark(None).as_str(), "", "1|x|1", "1|5|9", "1|5"] {
            assert_eq!(read_mark(mark), None, "{mark}");
        }
    }
}
