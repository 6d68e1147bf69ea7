//! The shapes that no recorded frame has: what our server writes for everybody, what newer clients
//! send, and the extensions.
#![cfg(not(target_arch = "wasm32"))]

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind, UserId};
use hongyan::proto;
use hongyan::signal::pull::{InboxState, PullRequest};
use hongyan::signal::relations::{ConversationInfo, ConversationsRequest};
use hongyan::signal::server::PageWriter;
use hongyan::signal::{
    Doorbell, LoginAnswer, Message, MessageDirection, MessageFlags, Outgoing, SendAck, Signal,
    SignalError, client, server,
};
use hongyan::time::UnixMillis;
use hongyan::wire::{Frame, MAX_FRAME, PubAckDown, Qos, Query};
use prost::Message as _;

use ConversationKind::{Chatroom, Group, Private};
use MessageDirection::{Received, Sent};

fn message(
    kind: ConversationKind,
    target: &str,
    sender: &str,
    direction: MessageDirection,
) -> Message {
    Message {
        conversation: ConversationId::new(kind, target),
        sender: sender.into(),
        direction,
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from_static(b"{}"),
        sent_time: UnixMillis::new(5),
        uid: "U".into(),
        flags: MessageFlags::NORMAL,
        retrieved: false,
        client_id: None,
        inbox_seq: None,
    }
}

fn alice() -> UserId {
    UserId::from("alice")
}

fn page_of(messages: &[Message], inbox: Option<&InboxState>) -> Bytes {
    let me = alice();
    let mut writer = PageWriter::new(&me);
    assert!(messages.iter().all(|message| writer.push(message)), "one page");
    writer.finish(UnixMillis::new(5), true, inbox)
}

fn unhex(text: &str) -> Bytes {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).expect("a byte")).collect()
}

fn body_of(frame: Frame) -> Bytes {
    let Frame::Query(Query { body, .. }) = frame else { panic!("{frame:?} is no QUERY") };
    body
}

#[test]
fn every_published_client_files_our_servers_messages_rightly() {
    let cases = [
        (message(Private, "bob", "bob", Received), ("bob", None, Some(2))),
        (message(Private, "bob", "alice", Sent), ("bob", None, Some(1))),
        (message(Private, "alice", "alice", Received), ("alice", Some("alice"), Some(2))),
        (message(Group, "g", "bob", Received), ("bob", Some("g"), Some(2))),
        (message(Group, "g", "alice", Sent), ("alice", Some("g"), Some(1))),
        (message(Chatroom, "r", "alice", Sent), ("alice", Some("r"), None)),
        (message(ConversationKind::Other(12), "r", "bob", Received), ("bob", Some("r"), Some(2))),
    ];
    let body = page_of(&cases.clone().map(|(message, _)| message), None);
    let page = proto::DownStreamMessages::decode(body.clone()).unwrap();
    assert_eq!((page.sync_time, page.finished), (5, Some(true)));
    for (row, (_, (from, group, direction))) in page.list.iter().zip(&cases) {
        assert_eq!((&*row.from_user_id, row.group_id.as_deref()), (*from, *group));
        assert_eq!((row.direction, row.status), (*direction, 16 | 32));
    }
    let read = client::pull_page(&body, &alice()).unwrap().messages;
    assert_eq!(read, cases.map(|(message, _)| message));
}

/// Older shapes of one's own messages, as other servers may write them.
#[test]
fn own_messages_are_known_by_the_sender_too() {
    let read = |from: &str, kind, group: Option<&str>, direction| {
        let message = proto::DownStreamMessage {
            from_user_id: from.into(),
            r#type: kind,
            group_id: group.map(str::to_owned),
            classname: "RC:TxtMsg".into(),
            direction,
            ..Default::default()
        };
        let page = proto::DownStreamMessages { list: vec![message], ..Default::default() };
        let mut page = client::pull_page(&page.encode_to_vec().into(), &alice()).unwrap();
        page.messages.pop().map(|message| {
            let target = message.conversation.target.as_str().to_owned();
            (target, message.sender.as_str().to_owned(), message.direction)
        })
    };
    let expected = |target: &str, sender: &str, direction| {
        Some((target.to_owned(), sender.to_owned(), direction))
    };
    assert_eq!(read("alice", 1, Some("bob"), None), expected("bob", "alice", Sent));
    assert_eq!(read("alice", 1, Some("alice"), Some(1)), expected("alice", "alice", Received));
    assert_eq!(read("alice", 1, None, Some(1)), expected("alice", "alice", Received));
    assert_eq!(read("alice", 3, Some("g"), None), expected("g", "alice", Sent));
    assert_eq!(read("bob", 6, Some("alice"), None), expected("bob", "bob", Received));
    assert_eq!(read("bob", 12, None, Some(2)), expected("bob", "bob", Received));
    assert_eq!(read("bob", 3, None, None), None, "a group without a name");
    assert_eq!(read("", 1, None, None), None, "nobody");
}

#[test]
fn d6_a_message_that_makes_no_sense_is_counted_and_the_others_are_read() {
    let good = message(Private, "bob", "bob", Received);
    let mut body = page_of(std::slice::from_ref(&good), None).to_vec();
    for broken in [&b"\x0a\x00"[..], b"\x0a\x02\x0a\x05", b"\x0a\x02\x08\x01"] {
        body.extend(broken);
    }
    body.extend(page_of(std::slice::from_ref(&good), None));
    let page = client::pull_page(&body.into(), &alice()).unwrap();
    assert_eq!((page.messages.len(), page.malformed), (2, 3));
}

#[test]
fn a_page_that_breaks_off_is_refused() {
    let body = page_of(&[message(Private, "bob", "bob", Received)], None);
    let whole = client::pull_page(&body, &alice());
    assert!(whole.is_ok());
    assert!(client::pull_page(&body.slice(..body.len() - 5), &alice()).is_err());
    let empty = client::pull_page(&Bytes::new(), &alice());
    assert_eq!(empty, Err(SignalError::Missing("syncTime")));
}

#[test]
fn texts_and_contents_are_slices_of_the_frame() {
    let body = page_of(&[message(Private, "bob", "bob", Received)], None);
    let page = client::pull_page(&body, &alice()).unwrap();
    let inside = body.as_ptr_range();
    let found = &page.messages[0];
    for part in [&*found.content, found.object_name.as_bytes(), found.uid.as_str().as_bytes()] {
        assert!(inside.contains(&part.as_ptr()));
    }
}

#[test]
fn the_extensions_of_a_page() {
    let client_id = ClientMessageId::from_wire(77);
    let own = Message { client_id, inbox_seq: Some(9), ..message(Private, "bob", "alice", Sent) };
    let inbox = InboxState { epoch: "e1".into(), head: 9, first: 2 };
    let body = page_of(std::slice::from_ref(&own), Some(&inbox));
    let page = client::pull_page(&body, &alice()).unwrap();
    assert_eq!((page.messages, page.inbox.as_ref()), (vec![own], Some(&inbox)));
    let same = proto::DownStreamMessages::decode(body).unwrap();
    assert_eq!((same.hy_head, same.hy_first, same.list[0].hy_seq), (Some(9), Some(2), Some(9)));
    assert_eq!((same.hy_epoch.as_deref(), same.list[0].client_unique_id), (Some("e1"), Some(77)));
}

#[test]
fn a_page_is_never_larger_than_a_frame() {
    let me = alice();
    let content = Bytes::from(vec![b'x'; 50_000]);
    let large = Message { content, ..message(Private, "bob", "bob", Received) };
    let mut writer = PageWriter::new(&me);
    let pushed = (0..10).take_while(|_| writer.push(&large)).count();
    let inbox = InboxState { epoch: "e".repeat(36).into(), head: u64::MAX, first: u64::MAX };
    let body = writer.finish(UnixMillis::new(i64::MAX), false, Some(&inbox));
    let mut out = Vec::new();
    server::answer(1, true, UnixMillis::ZERO, 0, body).encode(&mut out).unwrap();
    assert_eq!(pushed, 2);
    let content = Bytes::from(vec![b'x'; MAX_FRAME]);
    let too_large = Message { content, ..large };
    assert!(PageWriter::new(&me).push(&too_large), "an inbox never gets stuck at one message");
}

#[test]
fn pulls_by_number() {
    for epoch in [None, Some(ByteString::from_static("e1"))] {
        let request = PullRequest::Seq { seq: 0, epoch };
        let body = body_of(client::pull(1, &alice(), &request));
        assert_eq!(server::pull_request(&body), Ok(request));
        assert_eq!(proto::SyncRequestMsg::decode(body).unwrap().hy_seq, Some(0));
    }
    let missing = server::pull_request(&unhex("1000"));
    assert_eq!(missing, Err(SignalError::Missing("syncTime")));
}

#[test]
fn what_the_newer_clients_ask() {
    // The first pull of 5.38.
    let times = PullRequest::Times {
        received: UnixMillis::ZERO,
        sent: Some(UnixMillis::ZERO),
        after_connect: true,
    };
    assert_eq!(server::pull_request(&unhex("08001000200130003801 4801")), Ok(times));
    // Five conversations, by 4.4.2 and by 5.38; the type is no filter.
    for body in ["0801 1005 1800 2000", "1005 1800 2000 3801"] {
        let request = server::conversations_request("qryRelationR", &unhex(body)).unwrap();
        assert_eq!((request.count, request.kinds.len()), (5, 0));
    }
    // A removal by 4.4.2: another message than that of 2.5.3.
    assert_eq!(server::removal_request(&unhex("0801 1000 1800 2000")), Ok((Private, None)));
    let until = Some(UnixMillis::new(300));
    assert_eq!(server::removal_request(&unhex("0801 c03e ac02")), Ok((Private, until)));
    assert_eq!(server::removal_request(&unhex("1000")), Err(SignalError::Missing("type")));
}

#[test]
fn a_message_of_a_newer_client() {
    let content = r#"{"content":"hé😀"}"#;
    let mut body = b"\x08\x03\x12\x09RC:TxtMsg\x1a".to_vec();
    body.push(content.len().try_into().unwrap());
    body.extend(content.as_bytes());
    body.extend(b"\x22\x01}\x48\x02\x50\x01\xb0\x01\x00");
    let body = Bytes::from(body);
    let target = ByteString::from_static("bob");
    let read = server::upstream("ppMsgP", &target, &body).unwrap();
    assert_eq!((read.content, read.config_flag), (Bytes::from(content), 2));
    assert_eq!(read.client_id.map(ClientMessageId::to_wire), Some(1));
    let status = server::upstream("ppMsgS", &target, &body).unwrap();
    assert!(status.status && !status.flags.stored());
    let nowhere = server::upstream("ppMsgP", &ByteString::new(), &body);
    assert_eq!(nowhere, Err(SignalError::Missing("targetId")));
    let unknown = server::upstream("reportsdk", &target, &body);
    assert_eq!(unknown, Err(SignalError::NoSuchTopic));
}

#[test]
fn the_newer_question_for_conversations() {
    let request = ConversationsRequest {
        count: 20,
        start: UnixMillis::new(7),
        ascending: true,
        kinds: vec![Private, Group],
    };
    let body = body_of(client::conversations(1, &alice(), &request));
    assert_eq!(server::conversations_request("qryRelationR", &body), Ok(request.clone()));
    let packed = unhex("1014 1807 2001 4a02 0103");
    assert_eq!(server::conversations_request("qryRelationR", &packed), Ok(request));
    let other = server::conversations_request("pullMsg", &body);
    assert_eq!(other, Err(SignalError::NoSuchTopic));
}

#[test]
fn the_conversation_list_with_its_counts() {
    let row = |latest: Message, unread| ConversationInfo {
        conversation: latest.conversation.clone(),
        latest: Some(latest),
        read_time: Some(UnixMillis::new(3)),
        unread: Some(unread),
        mentions: Some(2),
        peer_read: Some(UnixMillis::new(5)),
    };
    let rows = [
        row(message(Group, "g", "alice", Sent), 0),
        row(message(Private, "bob", "bob", Received), 4),
    ];
    let body = server::conversation_list_body(&rows, &alice(), true, Some(12));
    let page = client::conversation_list(&body, &alice()).unwrap();
    assert_eq!((page.finished, page.head, page.malformed), (Some(true), Some(12), 0));
    assert_eq!(page.rows, rows);
    let same = proto::RelationsOutput::decode(body).unwrap();
    let info = &same.info[1];
    assert_eq!((same.hy_head, info.unread_count), (Some(12), Some(4)));
    assert_eq!((info.remind_me_count, info.hy_peer_read), (Some(2), Some(5)));
}

#[test]
fn a_conversation_that_makes_no_sense_is_counted() {
    let mut body = b"\x0a\x02\x08\x01\x0a\x05\x08\x01\x12\x01b".to_vec();
    body.extend(b"\x0a\x09\x08\x01\x12\x01c\x1a\x02\x0a\x07");
    let page = client::conversation_list(&body.into(), &alice()).unwrap();
    assert_eq!((page.malformed, page.rows.len()), (1, 2));
    assert!(page.rows.iter().all(|row| row.latest.is_none()));
}

#[test]
fn a_read_time_is_told() {
    let conversation = ConversationId::new(Group, "g");
    let frame = client::mark_read(3, &alice(), &conversation, UnixMillis::new(8));
    let Frame::Query(query) = &frame else { panic!("no QUERY") };
    assert_eq!(
        (&*query.topic, &*query.target_id, query.qos),
        ("updRRTime", "alice", Qos::AtMostOnce)
    );
    let read = server::mark_read_request(&query.body);
    assert_eq!(read, Ok((conversation, UnixMillis::new(8))));
    let missing = server::mark_read_request(&unhex("0803 1008"));
    assert_eq!(missing, Err(SignalError::Missing("channelId")));
}

#[test]
fn the_extensions_of_the_other_frames() {
    let user = UserId::from("bob");
    let login = |session| {
        client::read(server::login_accepted(&user, session, UnixMillis::new(9)), &alice())
    };
    let accepted = |extended| {
        let (user, server_time) = (user.clone(), UnixMillis::new(9));
        Ok(Signal::Login(LoginAnswer::Accepted { user, server_time, extended }))
    };
    assert_eq!(login("hy1.x"), accepted(true));
    assert_eq!(login("x"), accepted(false));

    let ring = Doorbell { chatroom: None, time: UnixMillis::new(4), head: Some(6) };
    let frame = server::doorbell(UnixMillis::ZERO, &alice(), &ring);
    assert_eq!(client::read(frame, &alice()), Ok(Signal::Doorbell(ring)));

    let ack = SendAck {
        id: 2,
        status: 0,
        time: UnixMillis::new(1_642_438_656_500),
        uid: "U".into(),
        inbox_seq: Some(3),
        content: Bytes::new(),
    };
    assert_eq!(client::read(server::send_ack(&ack), &alice()), Ok(Signal::SendAck(ack.clone())));
    let unstored = server::send_ack(&SendAck { inbox_seq: Some(0), ..ack.clone() });
    assert!(matches!(&unstored, Frame::PubAckDown(PubAckDown { inbox_seq: Some(0), .. })));
    let expected = SendAck { inbox_seq: None, ..ack.clone() };
    assert_eq!(client::read(unstored, &alice()), Ok(Signal::SendAck(expected)));
    let replaced = SendAck { status: 21502, content: Bytes::from_static(b"{}"), ..ack };
    let told = client::read(server::send_ack(&replaced), &alice());
    assert_eq!(told, Ok(Signal::SendAck(replaced)));
}

#[test]
fn a_push_is_acknowledged_only_where_it_can_be() {
    let sent = message(Private, "bob", "bob", Received);
    for (id, ack) in [(Some(65_535), Some(65_535)), (None, None), (Some(0), None)] {
        let frame = server::push(id, UnixMillis::ZERO, &alice(), &sent);
        let expected = Signal::Pushed { ack, message: sent.clone() };
        assert_eq!(client::read(frame, &alice()), Ok(expected));
    }
}

#[test]
fn a_status_copy_is_complete_at_once() {
    let body = Bytes::from_static(b"\x08\x03\x12\x09RC:TypSts\x1a\x02{}");
    let frame = |topic: &'static str| {
        server::sync_copy(7, UnixMillis::new(5_999), topic.into(), "bob".into(), body.clone())
    };
    let signal = client::read(frame("ppMsgS"), &alice());
    let Ok(Signal::SyncCopy { id: 7, message, complete: true }) = signal else {
        panic!("{signal:?}")
    };
    assert_eq!((message.sent_time.get(), message.flags.stored()), (5_000, false));
    let unknown = client::read(frame("zzMsgP"), &alice());
    assert_eq!(unknown, Ok(Signal::Unknown { ack: None, topic: "zzMsgP".into() }));
}

#[test]
fn frames_of_the_other_end_are_refused() {
    let me = alice();
    assert_eq!(client::read(Frame::PingReq, &me), Err(SignalError::UnexpectedFrame("PINGREQ")));
    assert_eq!(client::read(Frame::SubAck, &me), Ok(Signal::Pong));
    assert_eq!(server::read(server::pong()), Err(SignalError::UnexpectedFrame("PINGRESP")));
    let without_session = Frame::ConnAck(hongyan::wire::ConnAck { status: 0, session: None });
    assert_eq!(client::read(without_session, &me), Err(SignalError::Missing("session")));
}

#[test]
fn an_agent_writes_under_a_topic_of_its_own() {
    let outgoing = |kind, config_flag| Outgoing {
        conversation: ConversationId::new(kind, "c"),
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from_static(b"{}"),
        flags: MessageFlags::NORMAL,
        client_id: ClientMessageId::from_random(1),
        push_text: "".into(),
        push_data: "".into(),
        only_to: Vec::new(),
        config_flag,
    };
    let sent = |kind, config_flag| {
        let frame = client::publish(1, false, &outgoing(kind, config_flag)).expect("a topic");
        let Frame::PublishUp(publish) = frame else { panic!("{frame:?} is no PUBLISH") };
        let read = server::upstream(&publish.topic, &publish.target_id, &publish.body);
        (publish.topic, read.expect("a message"))
    };
    let desk = ConversationKind::CustomerService;
    for (flag, topic) in [(2, "pcMsgP"), (2 | Outgoing::AS_AGENT, "pcuMsgP")] {
        let (written, read) = sent(desk, flag);
        assert_eq!((&*written, read.conversation.kind, read.config_flag), (topic, desk, 2));
    }
    assert_eq!(&*sent(Private, Outgoing::AS_AGENT).0, "ppMsgP");
}
