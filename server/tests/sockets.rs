//! Real sockets against a real server, frame by frame.

#![allow(clippy::unwrap_used)]

mod support;

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::signal::pull::PullRequest;
use hongyan::signal::{MessageDirection, MessageFlags, Signal, client};
use hongyan::wire::{Frame, MAX_FRAME, Qos, Query};
use support::{Client, End, Server, texts};

#[tokio::test]
async fn an_old_client_logs_in_pulls_and_is_rung() {
    for server in [Server::start(&[]).await, Server::start_sqlite(&[]).await] {
        let mut a = server.old("a").await;
        let mut b = server.old("b").await;
        assert!(!b.session_id.starts_with("hy1."));
        let empty = b.pull(0).await;
        assert_eq!(
            (texts(&empty).len(), empty.sync_time.get(), empty.finished),
            (0, 0, Some(true))
        );
        assert!(empty.inbox.is_none());

        let ack = a.say("b", "你好😀").await;
        assert_eq!((ack.status, ack.inbox_seq), (0, None));
        assert_eq!(ack.uid.as_str().len(), 19);
        let Signal::Doorbell(bell) = b.signal().await else { panic!("no s_ntf") };
        assert_eq!((bell.time, bell.head, bell.chatroom), (ack.time, None, None));
        let page = b.pull(0).await;
        assert_eq!(texts(&page), ["{\"content\":\"你好😀\"}"]);
        assert_eq!((page.sync_time, page.finished), (ack.time, Some(true)));
        assert_eq!(page.messages[0].uid, ack.uid);
        assert_eq!(page.messages[0].client_id, None);
        assert_eq!(page.messages[0].inbox_seq, None);
        b.assert_quiet().await;
        a.assert_quiet().await;
        server.stop().await;
    }
}

#[tokio::test]
async fn extended_clients_are_pushed_in_order_with_numbers() {
    let server = Server::start_sqlite(&[]).await;
    let mut a = server.extended("a", "pc").await;
    let mut b = server.extended("b", "pc").await;
    assert!(b.session_id.starts_with("hy1."), "{}", b.session_id);
    let state = b.pull_seq(0).await.inbox.unwrap();
    assert_eq!((&*state.epoch, state.head, state.first), ("epoch-1", 0, 1));
    a.pull_seq(0).await;
    for number in 1..=5 {
        let ack = a.say("b", &number.to_string()).await;
        assert_eq!(ack.inbox_seq, Some(number));
        let Signal::Pushed { ack: Some(push), message } = b.signal().await else {
            panic!("not pushed")
        };
        assert_eq!((message.inbox_seq, &message.uid), (Some(number), &ack.uid));
        assert_eq!(push, u16::MAX - number as u16 + 1);
        b.send(&client::push_ack(push)).await;
    }
    b.assert_quiet().await;
    server.stop().await;
}

#[tokio::test]
async fn sends_are_committed_in_the_order_they_came() {
    let server = Server::start_sqlite(&["--send-rate", "0"]).await;
    let mut a = server.extended("a", "pc").await;
    for number in 0..100_u64 {
        a.publish(&Client::text("b", &number.to_string(), number + 1)).await;
    }
    let mut acks = Vec::new();
    for _ in 0..100 {
        let Signal::SendAck(ack) = a.signal().await else { panic!("no PUBACK") };
        assert_eq!(ack.status, 0);
        acks.push((ack.id, ack.inbox_seq));
    }
    acks.sort_unstable();
    let expected: Vec<_> = (1..=100).map(|id| (id, Some(u64::from(id)))).collect();
    assert_eq!(acks, expected);
    let mut b = server.extended("b", "pc").await;
    let page = b.pull_seq(0).await;
    let expected: Vec<_> = (0..100).map(|n| format!("{{\"content\":\"{n}\"}}")).collect();
    assert_eq!(texts(&page), expected);
    server.stop().await;
}

#[tokio::test]
async fn e12_a_repeated_send_gets_the_first_answer_and_is_delivered_once() {
    let server = Server::start(&[]).await;
    let mut a = server.extended("a", "pc").await;
    let message = Client::text("b", "once", 77);
    a.publish(&message).await;
    let Signal::SendAck(first) = a.signal().await else { panic!("no PUBACK") };
    a.send(&client::publish(9, true, &message).unwrap()).await;
    let Signal::SendAck(again) = a.signal().await else { panic!("no PUBACK") };
    assert_eq!((again.id, &again.uid, again.time), (9, &first.uid, first.time));
    assert_eq!(again.inbox_seq, first.inbox_seq);
    a.send(&client::publish(10, true, &Client::text("b", "other", 77)).unwrap()).await;
    let Signal::SendAck(refused) = a.signal().await else { panic!("no PUBACK") };
    assert_eq!(refused.status, 26007);
    let page = server.old("b").await.pull(0).await;
    assert_eq!(texts(&page).len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn e19_a_long_inbox_comes_in_pages_each_followed_by_a_bell() {
    let server = Server::start(&["--send-rate", "0"]).await;
    let mut a = server.old("a").await;
    for number in 0..450 {
        a.say("b", &number.to_string()).await;
    }
    let mut b = server.old("b").await;
    let (mut cursor, mut all, mut pages) = (0, Vec::new(), 0);
    loop {
        let page = b.pull(cursor).await;
        cursor = page.sync_time.get();
        all.extend(texts(&page));
        pages += 1;
        if page.finished == Some(true) {
            break;
        }
        let Signal::Doorbell(bell) = b.signal().await else { panic!("no s_ntf") };
        assert!(bell.time.get() > cursor);
    }
    b.assert_quiet().await;
    assert_eq!(pages, 3);
    let expected: Vec<_> = (0..450).map(|n| format!("{{\"content\":\"{n}\"}}")).collect();
    assert_eq!(all, expected);
    server.stop().await;
}

#[tokio::test]
async fn e19_a_page_ends_where_a_frame_is_full() {
    let server = Server::start(&["--send-rate", "0"]).await;
    let mut a = server.extended("a", "pc").await;
    let large = "x".repeat(127 * 1024);
    for _ in 0..3 {
        assert_eq!(a.say("b", &large).await.status, 0);
    }
    let mut b = server.extended("b", "pc").await;
    for number in 1..=3 {
        let page = b.pull_seq(number - 1).await;
        assert_eq!((page.messages.len(), page.finished), (1, Some(number == 3)));
        assert_eq!(page.messages[0].inbox_seq, Some(number));
    }
    server.stop().await;
}

#[tokio::test]
async fn own_messages_come_by_pull_as_2x_files_them() {
    let server = Server::start(&[]).await;
    let mut a = server.old("a").await;
    let ack = a.say("b", "hi").await;
    let request = PullRequest::Times {
        received: Default::default(),
        sent: Some(Default::default()),
        after_connect: true,
    };
    let id = a.id();
    let answer = a.ask(&client::pull(id, &"a".into(), &request)).await;
    // fromUserId = the peer, type 1, no groupId.
    assert!(answer.body[2..].starts_with(b"\x0a\x01b\x10\x01\x22\x09RC:TxtMsg"));
    let page = client::pull_page(&answer.body, &"a".into()).unwrap();
    assert_eq!(page.messages[0].direction, MessageDirection::Sent);
    assert_eq!(page.sync_time, ack.time);
    server.stop().await;
}

#[tokio::test]
async fn another_login_kicks_and_the_same_device_replaces() {
    let server = Server::start(&[]).await;
    let mut first = server.old("a").await;
    let mut second = server.extended("a", "pc").await;
    assert_eq!(first.signal().await, Signal::Disconnected { reason: 1 });
    assert_eq!(first.end().await, End::Closed(1000));
    let mut third = server.extended("a", "pc").await;
    assert_eq!(second.next().await, Err(End::Cut));
    third.assert_quiet().await;
    server.stop().await;
}

#[tokio::test]
async fn with_multi_device_the_other_logins_get_copies() {
    let server = Server::start(&["--multi-device", "true"]).await;
    let mut sender = server.old("a").await;
    let mut old = server.old("a").await;
    let mut extended = server.extended("a", "tv").await;
    old.pull(0).await;
    extended.pull_seq(0).await;
    let ack = sender.say("b", "hi").await;
    let Signal::SyncCopy { id, message, complete } = old.signal().await else { panic!("no copy") };
    assert_eq!((message.conversation.target.as_str(), complete), ("b", false));
    let Signal::SendAck(copied) = old.signal().await else { panic!("no second half") };
    assert_eq!((copied.id, &copied.uid, copied.time), (id, &ack.uid, ack.time));
    assert_eq!((id, copied.status), (u16::MAX, 0));
    let Signal::Pushed { message, .. } = extended.signal().await else { panic!("not pushed") };
    assert_eq!((message.direction, message.inbox_seq), (MessageDirection::Sent, Some(1)));
    sender.assert_quiet().await;
    old.assert_quiet().await;
    server.stop().await;
}

#[tokio::test]
async fn typing_passes_by_and_moves_no_cursor() {
    let server = Server::start(&[]).await;
    let mut a = server.old("a").await;
    let mut b = server.old("b").await;
    a.say("b", "hi").await;
    assert!(matches!(b.signal().await, Signal::Doorbell(_)));
    let cursor = b.pull(0).await.sync_time;
    let mut typing = Client::text("b", "", 1);
    typing.object_name = "RC:TypSts".into();
    typing.flags = MessageFlags::default();
    a.publish(&typing).await;
    let Signal::SendAck(ack) = a.signal().await else { panic!("no PUBACK") };
    assert_eq!((ack.status, ack.uid.as_str()), (0, ""));
    let Signal::Pushed { ack, message } = b.signal().await else { panic!("not pushed") };
    assert_eq!((ack, message.sent_time, &*message.object_name), (None, cursor, "RC:TypSts"));
    assert_eq!(texts(&b.pull(cursor.get()).await).len(), 0);
    server.stop().await;
}

#[tokio::test]
async fn a_bell_that_was_not_answered_rings_with_the_ping() {
    let server = Server::start(&[]).await;
    let mut a = server.old("a").await;
    let mut b = server.old("b").await;
    b.pull(0).await;
    let ack = a.say("b", "hi").await;
    assert!(matches!(b.signal().await, Signal::Doorbell(_)));
    b.send(&client::ping()).await;
    assert_eq!(b.signal().await, Signal::Pong);
    let Signal::Doorbell(bell) = b.signal().await else { panic!("no s_ntf") };
    assert_eq!(bell.time, ack.time);
    b.pull(0).await;
    b.assert_quiet().await;
    server.stop().await;
}

#[tokio::test]
async fn the_conversation_list_counts_unread_until_it_is_read() {
    let server = Server::start_sqlite(&[]).await;
    let mut a = server.extended("a", "pc").await;
    a.say("b", "one").await;
    let ack = a.say("b", "two").await;
    let mut b = server.extended("b", "pc").await;
    let me = UserId::from("b");
    let with_a = ConversationId::new(ConversationKind::Private, "a");
    for (newer, head) in [(false, Some(2)), (true, Some(2))] {
        let id = b.id();
        let question = if newer {
            let body = Bytes::from_static(&[0x08, 1, 0x10, 5, 0x18, 0, 0x20, 0]);
            Frame::Query(query(id, "qryRelationR", "b", body))
        } else {
            client::conversations_2x(id, &me, 0)
        };
        let answer = b.ask(&question).await;
        assert_eq!((answer.status, answer.confirm), (0, false));
        let list = client::conversation_list(&answer.body, &me).unwrap();
        assert_eq!((list.rows.len(), list.head), (1, head));
        assert_eq!((list.rows[0].unread, &list.rows[0].conversation), (Some(2), &with_a));
        assert_eq!(list.rows[0].latest.as_ref().unwrap().uid, ack.uid);
    }
    let id = b.id();
    assert_eq!(b.ask(&client::mark_read(id, &me, &with_a, ack.time)).await.status, 0);
    let id = b.id();
    let answer = b.ask(&client::conversations_2x(id, &me, 0)).await;
    let list = client::conversation_list(&answer.body, &me).unwrap();
    assert_eq!((list.rows[0].unread, list.rows[0].read_time), (Some(0), Some(ack.time)));
    // delRelation in the form of 4.x, whose field 2 has another type.
    let id = b.id();
    let body = Bytes::from_static(&[0x08, 1, 0x10, 0, 0x18, 0, 0x20, 0]);
    assert_eq!(b.ask(&Frame::Query(query(id, "delRelation", "a", body))).await.status, 0);
    let id = b.id();
    let answer = b.ask(&client::conversations_2x(id, &me, 0)).await;
    assert!(client::conversation_list(&answer.body, &me).unwrap().rows.is_empty());
    server.stop().await;
}

fn query(id: u16, topic: &str, target: &str, body: Bytes) -> Query {
    Query {
        qos: Qos::AtMostOnce,
        topic: topic.into(),
        target_id: target.into(),
        message_id: id,
        body,
    }
}

#[tokio::test]
async fn an_unknown_question_gets_status_1_and_its_own_qos() {
    let server = Server::start(&[]).await;
    let mut a = server.old("a").await;
    for (topic, qos, status) in [
        ("qryVoipKey", Qos::AtMostOnce, 1),
        ("pullEventChange", Qos::AtLeastOnce, 1),
        ("reportsdk", Qos::AtMostOnce, 1),
        ("no such topic", Qos::AtLeastOnce, 1),
        ("", Qos::AtMostOnce, 33003),
    ] {
        let id = a.id();
        let question = Query { qos, ..query(id, topic, "a", Bytes::from_static(b"\xff\xff")) };
        a.send(&Frame::Query(question)).await;
        let Frame::QueryAck(answer) = a.frame().await else { panic!("no QUERYACK") };
        assert_eq!((answer.message_id, answer.qos, answer.status), (id, qos, status), "{topic}");
        assert!(answer.body.is_empty());
    }
    server.stop().await;
}

#[tokio::test]
async fn e14_what_cannot_be_sent_is_refused_and_the_link_stays() {
    let server = Server::start(&[]).await;
    let mut a = server.old("a").await;
    for (hex, status) in [
        ("320006 7067 4d736750 0001 67 0001 0803 1201 41 1a02 7b7d", 22406),
        ("320000 0001 62 0001 0803 1201 41 1a02 7b7d", 20406),
        ("320009 7265 63616c6c4d7367 0001 61 0001 0801 1201 41 1a02 7b7d", 33003),
        ("320006 7070 4d736750 0000 0001 0803 1201 41 1a02 7b7d", 33003),
        ("320006 7070 4d736750 0001 62 0001 ff", 33003),
    ] {
        let hex: String = hex.split(' ').collect();
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        a.send_bytes(bytes).await;
        let Signal::SendAck(ack) = a.signal().await else { panic!("no PUBACK") };
        assert_eq!((ack.id, ack.status), (1, status), "{hex}");
    }
    server.stop().await;
}

#[tokio::test]
async fn e15_the_eleventh_message_at_once_is_too_fast() {
    // One a second: a slow machine does not refill the bucket before the test is through.
    let server = Server::start(&["--send-rate", "1", "--send-burst", "10"]).await;
    let mut a = server.old("a").await;
    let mut statuses = Vec::new();
    for _ in 0..30 {
        statuses.push(a.say("b", "x").await.status);
    }
    assert_eq!(statuses[..10], [0; 10]);
    assert!(statuses.contains(&20604), "{statuses:?}");
    server.stop().await;
}

#[tokio::test]
async fn refusals_are_a_connack_and_then_a_cut() {
    let server = Server::start(&[]).await;
    let token = server.token("a");
    let good = server.url(&token, "");
    for (url, status) in [
        (good.replace("appId=hongyan", "appId=other"), 2),
        (server.url(&server.expired_token("a"), ""), 10),
        (server.url("eyJrIjoieCJ9.AAAA", ""), 4),
        (server.url("", ""), 4),
        (server.url(&format!("{token}x"), ""), 4),
        (format!("ws://{}/websocket", server.address), 2),
    ] {
        let mut client = Client::open(&url).await;
        client.me = "a".into();
        let Frame::ConnAck(ack) = client.frame().await else { panic!("no CONNACK") };
        assert_eq!((ack.status, ack.session), (status, None));
        assert_eq!(client.next().await, Err(End::Cut));
    }
    for suffix in ["", "%40", "%40nav.example.com"] {
        Client::login(&server.url(&format!("{token}{suffix}"), "&pid=undefined&x=1"), "a").await;
    }
    server.stop().await;
}

#[tokio::test]
async fn e3_e4_what_is_no_frame_cuts_the_link_without_a_close_frame() {
    let server = Server::start(&[]).await;
    let bad: [&[u8]; 6] = [b"", b"\xff", b"\x32\x00\x06p", b"\x40\x00\x00", b"\xd0", b"\x10\x00"];
    for bytes in bad {
        let mut client = server.old("a").await;
        client.send_bytes(bytes.to_vec()).await;
        assert_eq!(client.end().await, End::Cut, "{bytes:?}");
    }
    let mut client = server.old("a").await;
    client.send_text("1,2,3").await;
    assert_eq!(client.end().await, End::Cut);
    let mut client = server.old("a").await;
    client.send_bytes(vec![0x32; MAX_FRAME + 1]).await;
    assert_eq!(client.end().await, End::Cut);
    server.stop().await;
}

#[tokio::test]
async fn e5_content_of_128_kib_passes_and_a_byte_more_does_not() {
    let server = Server::start(&[]).await;
    let mut a = server.extended("a", "pc").await;
    let mut message = Client::text("b", "", 1);
    message.content = vec![b'x'; 128 * 1024].into();
    a.publish(&message).await;
    let Signal::SendAck(ack) = a.signal().await else { panic!("no PUBACK") };
    assert_eq!(ack.status, 0);
    message.content = vec![b'x'; 128 * 1024 + 1].into();
    a.publish(&message).await;
    let Signal::SendAck(ack) = a.signal().await else { panic!("no PUBACK") };
    assert_eq!(ack.status, 30016);
    server.stop().await;
}

#[tokio::test]
async fn logging_out_ends_with_a_close_frame() {
    let server = Server::start(&[]).await;
    let mut a = server.old("a").await;
    a.send(&client::disconnect()).await;
    assert_eq!(a.next().await, Err(End::Closed(1000)));
    server.stop().await;
}

#[tokio::test]
async fn a_shutdown_commits_acknowledges_and_cuts() {
    let mut server = Server::start_sqlite(&["--send-rate", "0"]).await;
    let mut a = server.old("a").await;
    let mut idle = server.extended("c", "pc").await;
    a.assert_quiet().await;
    for number in 0..20 {
        a.publish(&Client::text("b", "last words", number + 1)).await;
    }
    // The first answer says that the frames have arrived, or are arriving.
    let Signal::SendAck(_) = a.signal().await else { panic!("no PUBACK") };
    server.begin_shutdown();
    assert_eq!(a.end().await, End::Cut);
    assert_eq!(idle.end().await, End::Cut);
    server.stop_after_shutdown().await;
}

#[tokio::test]
async fn e1_who_stays_silent_after_the_handshake_is_cut() {
    let server = Server::start(&[]).await;
    let mut silent = server.old("a").await;
    assert_eq!(silent.next().await, Err(End::Cut));
    // So is who never finishes its request.
    let mut stream = tokio::net::TcpStream::connect(&server.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, b"GET /ping HTTP/1.1\r\nHo").await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest);
    tokio::time::timeout(support::PATIENCE, ended).await.unwrap().unwrap();
    server.stop().await;
}
