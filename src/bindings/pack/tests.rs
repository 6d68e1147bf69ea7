//! Rows as JS reads them.

use bytes::Bytes;

use super::*;
use crate::ids::{ClientMessageId, ConversationKind};
use crate::signal::MessageFlags;
use crate::signal::settings::Settings;
use crate::time::UnixMillis;

fn received(n: u32, direction: MessageDirection, content: &str) -> Received {
    Received {
        message: Message {
            conversation: ConversationId::new(ConversationKind::Group, "群"),
            sender: "王芳".into(),
            direction,
            object_name: "RC:TxtMsg".into(),
            content: Bytes::copy_from_slice(content.as_bytes()),
            sent_time: UnixMillis::new(1_700_000_000_000 + i64::from(n)),
            uid: ["UID-", &n.to_string()].concat().into(),
            flags: MessageFlags::NORMAL,
            retrieved: false,
            client_id: ClientMessageId::from_wire(0x1234_5678_9abc_def0),
            inbox_seq: None,
        },
        offline: n == 2,
    }
}

fn row(packer: &Packer, index: usize) -> &[f64] {
    &packer.rows[index * ROW..(index + 1) * ROW]
}

#[test]
fn a_message_is_a_row() {
    let mut packer = Packer::default();
    let batch = [
        received(1, MessageDirection::Received, r#"{"content":"你好👌"}"#),
        received(2, MessageDirection::Sent, r#"{"a":1}"#),
    ];
    packer.messages(&batch);
    assert_eq!(packer.head[0], 2);
    let (one, two) = (row(&packer, 0), row(&packer, 1));
    assert_eq!(one[row::KIND], 3.0);
    assert_eq!(one[row::BITS], f64::from(bits::PERSISTED | bits::COUNTED));
    assert_eq!(one[row::SENT_TIME], 1_700_000_000_001.0);
    assert_eq!((one[row::UID], two[row::UID]), (5.0, 10.0));
    assert_eq!(packer.uids, b"UID-1UID-2");
    assert_eq!((one[row::CLIENT_ID_HIGH], one[row::CLIENT_ID_LOW]), (0.0, 0.0));
    assert_eq!(two[row::CLIENT_ID_HIGH], f64::from(0x1234_5678));
    assert_eq!(two[row::CLIENT_ID_LOW], f64::from(0x9abc_def0_u32));
    let sent = bits::SENT | bits::PERSISTED | bits::COUNTED | bits::OFFLINE;
    assert_eq!(two[row::BITS], f64::from(sent));
    assert_eq!((one[row::SHAPE], two[row::SHAPE]), (1.0, 0.0));
    assert_eq!((one[row::TEXT], two[row::TEXT]), (4.0, 11.0));
    assert_eq!(packer.texts.bytes(), "你好👌{\"a\":1}".as_bytes());
    assert_eq!(one[row::TARGET], two[row::TARGET]);
}

#[test]
fn a_conversation_is_a_row_and_a_mark() {
    let mut packer = Packer::default();
    let Received { message, .. } = received(7, MessageDirection::Sent, r#"{"content":"x"}"#);
    let latest = Latest {
        sender: message.sender,
        direction: message.direction,
        object_name: message.object_name,
        content: message.content,
        sent_time: message.sent_time,
        uid: message.uid,
        client_id: message.client_id,
    };
    let time = UnixMillis::new(9);
    let id = message.conversation;
    let empty = Conversation {
        id,
        latest: None,
        unread: 0,
        mentions: 0,
        time,
        peer_read: UnixMillis::ZERO,
        settings: Settings::default(),
        draft: String::new(),
    };
    let full = Conversation {
        latest: Some(latest),
        unread: 3,
        mentions: 2,
        peer_read: UnixMillis::new(8),
        settings: Settings { pinned: true, muted: false, hidden: true },
        draft: "你好👌".into(),
        ..empty.clone()
    };
    packer.conversations([&full, &empty].into_iter());
    let [draft, nothing] = [packer.marks[mark::DRAFT], packer.marks[MARK + mark::DRAFT]];
    assert_ne!(draft, nothing);
    assert_eq!(packer.marks, [3.0, 9.0, 11.0, 2.0, 8.0, draft, 0.0, 9.0, 0.0, 0.0, 0.0, nothing]);
    assert_eq!(row(&packer, 0)[row::TARGET], row(&packer, 1)[row::TARGET]);
    assert_eq!(row(&packer, 1)[row::UID], 5.0);
    assert_eq!(row(&packer, 1)[row::TEXT], 1.0);
    packer.conversations([].into_iter());
    assert_eq!((packer.head[0], packer.marks.len()), (0, 0));
}
