//! The walker of `signal` against prost, on messages of every shape, and each writer against its
//! reader.
#![cfg(not(target_arch = "wasm32"))]

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind, MessageUid, UserId};
use hongyan::proto;
use hongyan::signal::server::{PageWriter, strip_extensions};
use hongyan::signal::{Message, MessageDirection, MessageFlags, Outgoing, Request, client, server};
use hongyan::time::UnixMillis;
use proptest::prelude::*;
use prost::Message as _;

const ME: &str = "me";

/// Short ids from a small set meet each other, and me.
fn id() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[ab]|me", 1 => any::<String>(), 1 => Just(String::new())]
}

fn option<T: Clone + std::fmt::Debug>(
    some: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    prop::option::of(some)
}

prop_compose! {
    fn raw_message()(
        from_user_id in id(),
        r#type in prop_oneof![4 => 1_i32..9, 1 => any::<i32>()],
        group_id in option(id()),
        classname in prop_oneof![Just("RC:TxtMsg".to_owned()), Just("RC:InfoNtf".to_owned()), any::<String>()],
        content in prop::collection::vec(any::<u8>(), 0..40),
        data_time in any::<i64>(),
        status in prop_oneof![0_i64..2048, any::<i64>()],
        (msg_id, direction, client_unique_id) in (option(id()), option(0_i32..4), option(any::<i64>())),
        (hy_seq, source, option_bits) in (option(any::<u64>()), option(any::<String>()), option(any::<i64>())),
        to_user_ids in prop::collection::vec(id(), 0..3),
    ) -> proto::DownStreamMessage {
        proto::DownStreamMessage {
            from_user_id, r#type, group_id, classname, content: content.into(), data_time, status,
            msg_id, direction, client_unique_id, hy_seq, source, option_bits, to_user_ids,
            ..Default::default()
        }
    }
}

/// A field that nobody knows, of every wire type but groups.
fn unknown_field() -> impl Strategy<Value = Vec<u8>> {
    let key = |number: u32, wire: u64| {
        let mut key = Vec::new();
        prost::encoding::encode_varint(u64::from(number) << 3 | wire, &mut key);
        key
    };
    let number = (500_u32..900, any::<u64>()).prop_map(move |(number, value)| {
        let mut field = key(number, 0);
        prost::encoding::encode_varint(value, &mut field);
        field
    });
    let fixed =
        (500_u32..900, any::<[u8; 8]>(), any::<bool>()).prop_map(move |(number, value, long)| {
            let mut field = key(number, if long { 1 } else { 5 });
            field.extend(&value[..if long { 8 } else { 4 }]);
            field
        });
    let bytes = (500_u32..900, prop::collection::vec(any::<u8>(), 0..9)).prop_map(
        move |(number, value)| {
            let mut field = key(number, 2);
            field.push(value.len() as u8);
            field.extend(value);
            field
        },
    );
    prop_oneof![number, fixed, bytes]
}

/// The kind of conversation that members of a call share.
const CALL_ROOM: i32 = 12;

/// Whether `groupId` names the conversation whoever wrote the message.
fn is_shared(kind: i32) -> bool {
    matches!(kind, 2..=4 | CALL_ROOM)
}

/// What the rules say of a message, in the words of prost; `None` for one without a name in it.
fn expected(raw: &proto::DownStreamMessage) -> Option<Message> {
    let kind = ConversationKind::from_number(raw.r#type);
    let group = raw.group_id.clone().unwrap_or_default();
    // Other servers may leave the name of a call room out.
    let shared = is_shared(raw.r#type) && (raw.r#type != CALL_ROOM || !group.is_empty());
    let from_me = raw.from_user_id == ME;
    let target =
        if shared || from_me && !group.is_empty() { group } else { raw.from_user_id.clone() };
    if target.is_empty() {
        return None;
    }
    let to_myself = !is_shared(raw.r#type) && from_me && target == ME;
    let sent = (raw.direction == Some(1) || from_me) && !to_myself;
    let uid = raw.msg_id.clone().unwrap_or_default();
    let (mut flags, retrieved) = MessageFlags::from_status(raw.status);
    if raw.status & 48 == 0 && !uid.is_empty() {
        flags.counted = raw.classname == "RC:TxtMsg";
        flags.persisted = flags.counted || raw.classname == "RC:InfoNtf";
    }
    Some(Message {
        conversation: ConversationId::new(kind, target),
        sender: if sent { ME.into() } else { raw.from_user_id.clone().into() },
        direction: if sent { MessageDirection::Sent } else { MessageDirection::Received },
        object_name: raw.classname.clone().into(),
        content: raw.content.clone(),
        sent_time: UnixMillis::new(raw.data_time),
        uid: uid.into(),
        flags,
        retrieved,
        client_id: raw.client_unique_id.and_then(ClientMessageId::from_wire),
        inbox_seq: raw.hy_seq.filter(|seq| *seq != 0),
    })
}

fn element(message: &[u8]) -> Vec<u8> {
    let mut element = vec![0x0a];
    prost::encoding::encode_varint(message.len() as u64, &mut element);
    element.extend(message);
    element
}

prop_compose! {
    /// A message that a server can have: it reads as it was written.
    fn message()(
        kind in (1_i32..13).prop_map(ConversationKind::from_number),
        (target, other) in ("[a-c中]{1,3}|me", "[a-c]{1,3}"),
        own in any::<bool>(),
        object_name in "app:[a-z]{0,9}",
        content in prop::collection::vec(any::<u8>(), 0..40),
        time in any::<i64>(),
        uid in "[A-Z0-9-]{0,19}",
        bits in 0_i32..128,
        retrieved in any::<bool>(),
        (client_id, seq) in (option(1_i64..), option(1_u64..)),
    ) -> Message {
        let shared = is_shared(kind.number());
        let to_myself = !shared && target == ME;
        let sender = match (own, shared) {
            (true, _) => ME,
            (false, true) => &other,
            (false, false) => &target,
        };
        let own = sender == ME && !to_myself;
        Message {
            conversation: ConversationId::new(kind, &*target),
            sender: sender.into(),
            direction: if own { MessageDirection::Sent } else { MessageDirection::Received },
            object_name: object_name.into(),
            content: content.into(),
            sent_time: UnixMillis::new(time),
            uid: MessageUid::from(uid),
            flags: MessageFlags::from_session_id(bits),
            retrieved,
            client_id: client_id.and_then(ClientMessageId::from_wire),
            inbox_seq: seq,
        }
    }
}

prop_compose! {
    fn outgoing()(
        kind in prop::sample::select(vec![1, 2, 3, 4, 5, 7, 8]),
        (target, object_name) in ("[a-c中]{1,3}", any::<String>()),
        content in prop::collection::vec(any::<u8>(), 0..40),
        bits in 0_i32..128,
        client_id in any::<u64>(),
        (push_text, push_data) in (any::<String>(), any::<String>()),
        only_to in prop::collection::vec(any::<String>().prop_map(UserId::from), 0..4),
        config_flag in any::<i32>(),
    ) -> Outgoing {
        Outgoing {
            conversation: ConversationId::new(ConversationKind::from_number(kind), target),
            object_name: object_name.into(),
            content: content.into(),
            flags: MessageFlags::from_session_id(bits),
            client_id: ClientMessageId::from_random(client_id),
            push_text: push_text.into(),
            push_data: push_data.into(),
            only_to,
            config_flag,
        }
    }
}

proptest! {
    #[test]
    fn pages_are_read_as_prost_reads_them(
        list in prop::collection::vec(raw_message(), 0..5),
        sync_time in any::<i64>(),
        finished in option(any::<bool>()),
    ) {
        let page = proto::DownStreamMessages { list, sync_time, finished, ..Default::default() };
        let read = client::pull_page(&page.encode_to_vec().into(), &ME.into()).unwrap();
        let messages: Vec<_> = page.list.iter().filter_map(expected).collect();
        prop_assert_eq!(read.malformed as usize, page.list.len() - messages.len());
        prop_assert_eq!(read.messages, messages);
        prop_assert_eq!((read.sync_time.get(), read.finished), (sync_time, finished));
    }

    /// Fields in any order and more than once: the last counts. Unknown ones are skipped.
    #[test]
    fn merged_messages_are_read_as_prost_merges_them(
        first in raw_message(),
        unknown in unknown_field(),
        second in raw_message(),
    ) {
        let mut bytes = first.encode_to_vec();
        bytes.extend(unknown);
        bytes.extend(second.encode_to_vec());
        let merged = proto::DownStreamMessage::decode(&*bytes).unwrap();
        let mut page = element(&bytes);
        page.extend([0x10, 0]);
        let read = client::pull_page(&page.into(), &ME.into()).unwrap();
        prop_assert_eq!(read.messages.first().cloned(), expected(&merged));
    }

    /// Damage is an error or another message, never a panic; and never a message where prost sees
    /// none, nor another one than prost sees.
    #[test]
    fn damaged_messages_are_read_as_prost_reads_them(
        message in raw_message(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = message.encode_to_vec();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() * 2).min(bytes.len()));
        let mut page = element(&bytes);
        page.extend([0x10, 0]);
        let read = client::pull_page(&page.into(), &ME.into()).unwrap();
        // prost reads texts that we skip, and skips groups that we refuse.
        if let (Some(read), Ok(merged)) = (read.messages.first(), proto::DownStreamMessage::decode(&*bytes)) {
            prop_assert_eq!(Some(read.clone()), expected(&merged));
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let (body, me) = (Bytes::from(bytes), UserId::from(ME));
        let _ = client::pull_page(&body, &me);
        let _ = client::conversation_list(&body, &me);
        let _ = server::upstream("recallMsg", &ByteString::from_static("x"), &body);
        let _ = server::pull_request(&body);
        let _ = server::conversations_request("qryRelationR", &body);
        let _ = server::removal_request(&body);
        let _ = server::mark_read_request(&body);
        let _ = strip_extensions(&body);
    }

    #[test]
    fn what_the_server_writes_the_client_reads(
        messages in prop::collection::vec(message(), 0..5),
        time in any::<i64>(),
        finished in any::<bool>(),
    ) {
        let me = UserId::from(ME);
        let mut writer = PageWriter::new(&me);
        for message in &messages {
            prop_assert!(writer.push(message));
        }
        let body = writer.finish(UnixMillis::new(time), finished, None);
        let page = client::pull_page(&body, &me).unwrap();
        prop_assert_eq!((page.malformed, page.finished), (0, Some(finished)));
        // A chatroom's message has no direction: the sender tells.
        prop_assert_eq!(page.messages, messages);
        let same = proto::DownStreamMessages::decode(body.clone()).unwrap();
        prop_assert_eq!(same.encode_to_vec(), body, "prost writes the same bytes");
    }

    #[test]
    fn what_the_client_sends_the_server_reads(message in outgoing(), id in 1_u16..) {
        let Ok(Request::Publish { topic, target, body, .. }) =
            server::read(client::publish(id, false, &message).unwrap())
        else {
            panic!("no message");
        };
        let read = server::upstream(&topic, &target, &body).unwrap();
        prop_assert_eq!(read.client_id, Some(message.client_id));
        let again = Outgoing {
            conversation: read.conversation,
            object_name: read.object_name,
            content: read.content,
            flags: read.flags,
            client_id: message.client_id,
            push_text: read.push_text,
            push_data: read.push_data,
            only_to: read.only_to,
            config_flag: read.config_flag,
        };
        // Who writes as an agent says so by the topic.
        let config_flag = message.config_flag & !Outgoing::AS_AGENT;
        prop_assert_eq!(again, Outgoing { config_flag, ..message });
        let same = proto::UpStreamMessage::decode(body.clone()).unwrap();
        prop_assert_eq!(same.encode_to_vec(), body, "prost writes the same bytes");
    }

    #[test]
    fn stripping_removes_the_extensions_and_nothing_else(
        message in raw_message(),
        unknown in unknown_field(),
    ) {
        let plain = proto::DownStreamMessage { hy_seq: None, ..message.clone() };
        let (mut body, mut expected) = (message.encode_to_vec(), plain.encode_to_vec());
        body.extend(&unknown);
        expected.extend(unknown);
        prop_assert_eq!(strip_extensions(&body.into()).unwrap(), expected);
    }
}
