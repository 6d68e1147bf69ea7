//! What the recorded frames of an unmodified 2.5.3 client mean, and that our writers write the
//! same frames: of the client where a client sent them, of the server where it took them.
#![cfg(not(target_arch = "wasm32"))]

mod recorded;

use bytes::Bytes;
use hongyan::ids::{ClientMessageId, ConversationId, UserId};
use hongyan::signal::pull::{PullPage, PullRequest};
use hongyan::signal::{
    LoginAnswer, Message, MessageDirection, Outgoing, Request, Signal, SignalError, client, server,
};
use hongyan::time::UnixMillis;
use hongyan::wire::{Direction, Frame};
use serde_json::Value;

use recorded::{Body, bodies, frames, unhex};

/// Ten bytes on the wire are the most an id can take.
const CLIENT_ID: ClientMessageId = ClientMessageId::from_random(u64::MAX);

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn int64(value: &Value) -> i64 {
    text(value).parse().unwrap_or_default()
}

fn int32(value: &Value) -> i32 {
    value.as_i64().unwrap_or_default().try_into().expect("an int32")
}

fn content(value: &Value) -> Vec<u8> {
    unhex(text(&value["$bytes"]))
}

fn down(bytes: &Bytes) -> Frame {
    Frame::decode(bytes, Direction::ServerToClient).expect("a frame")
}

fn up(bytes: &Bytes) -> Frame {
    Frame::decode(bytes, Direction::ClientToServer).expect("a frame")
}

fn encoded(frame: &Frame) -> Vec<u8> {
    let mut out = Vec::new();
    frame.encode(&mut out).expect("a frame within the limits");
    out
}

/// The user whose client was recorded.
fn me(id: &str) -> UserId {
    UserId::from(if id.starts_with("a-") { "alice" } else { "用户甲" })
}

fn fields(body: &Body) -> &Value {
    body.protobuf.fields.as_ref().expect("a body that 2.5.3 could read")
}

fn bodies_of(direction: &str, message: &str) -> Vec<Body> {
    let wanted = |body: &Body| body.direction == direction && body.protobuf.message == message;
    bodies().into_iter().filter(wanted).collect()
}

/// The messages that the page's listener got, in order.
fn delivered(body: &Body) -> Vec<&Value> {
    let to_listener = body.delivered.iter().filter(|entry| entry["to"] == "messageListener");
    to_listener.map(|entry| &entry["value"]["message"]).collect()
}

fn assert_fields(message: &Message, fields: &Value, id: &str) {
    assert_eq!(message.object_name, text(&fields["classname"]), "{id}");
    assert_eq!(message.content, content(&fields["content"]), "{id}");
    assert_eq!(message.sent_time.get(), int64(&fields["dataTime"]), "{id}");
    assert_eq!(message.uid.as_str(), text(&fields["msgId"]), "{id}");
    let status = int64(&fields["status"]);
    assert_eq!(message.retrieved, status & 2 != 0, "{id}");
    assert_eq!(message.flags.mentioned, status & 64 != 0, "{id}");
    assert_eq!((message.client_id, message.inbox_seq), (None, None), "{id}");
}

/// The conversation, the writer and the direction are those that 2.5.3 gave to its page.
fn assert_delivered(message: &Message, delivered: &Value, id: &str) {
    let direction = match message.direction {
        MessageDirection::Sent => 1,
        MessageDirection::Received => 2,
    };
    assert_eq!(delivered["messageDirection"], direction, "{id}");
    assert_eq!(delivered["conversationType"], message.conversation.kind.number(), "{id}");
    assert_eq!(delivered["targetId"], message.conversation.target.as_str(), "{id}");
    assert_eq!(delivered["senderUserId"], message.sender.as_str(), "{id}");
}

#[test]
fn pushed_messages_are_those_that_the_page_got() {
    let mut delivered_count = 0;
    for body in bodies_of("s2c", "DownStreamMessage") {
        let id = &*body.id;
        let signal = client::read(down(&unhex(&body.hex).into()), &me(id));
        let Ok(Signal::Pushed { ack, message }) = signal else { panic!("{id}: {signal:?}") };
        let wants_ack = body.frame["qos"] != 0;
        assert_eq!(ack.is_some(), wants_ack, "{id}");
        assert_fields(&message, fields(&body), id);
        for delivered in delivered(&body) {
            assert_delivered(&message, delivered, id);
            delivered_count += 1;
        }
    }
    assert!(delivered_count > 100, "{delivered_count}");
}

#[test]
fn the_stored_bits_come_from_the_class_where_the_server_left_them_out() {
    let mut counted = 0;
    for body in bodies_of("s2c", "DownStreamMessage") {
        let fields = fields(&body);
        let signal = client::read(down(&unhex(&body.hex).into()), &me(&body.id));
        let Ok(Signal::Pushed { message, .. }) = signal else { panic!("{}", body.id) };
        let silent = int64(&fields["status"]) & (16 | 32) == 0;
        if silent && text(&fields["classname"]) == "RC:TxtMsg" && !message.uid.is_empty() {
            assert!(message.flags.counted && message.flags.persisted, "{}", body.id);
            counted += 1;
        }
    }
    assert!(counted > 20, "{counted}");
}

fn page(body: &Body) -> PullPage {
    let bytes = unhex(text(&body.frame["payloadHex"])).into();
    client::pull_page(&bytes, &me(&body.id)).expect("a page")
}

#[test]
fn pulled_pages_hold_what_the_page_got() {
    let mut messages = 0;
    for body in bodies_of("s2c", "DownStreamMessages") {
        let (page, fields) = (page(&body), fields(&body));
        assert_eq!(page.sync_time.get(), int64(&fields["syncTime"]), "{}", body.id);
        assert_eq!(page.finished, fields["finished"].as_bool(), "{}", body.id);
        assert_eq!((page.malformed, page.inbox), (0, None), "{}", body.id);
        let list = fields["list"].as_array().cloned().unwrap_or_default();
        assert_eq!(page.messages.len(), list.len(), "{}", body.id);
        for (message, fields) in page.messages.iter().zip(&list) {
            assert_fields(message, fields, &body.id);
        }
        for delivered in delivered(&body) {
            let same = |message: &&Message| message.uid.as_str() == text(&delivered["messageUId"]);
            let message = page.messages.iter().find(same).expect("the delivered message");
            assert_delivered(message, delivered, &body.id);
            messages += 1;
        }
    }
    assert_eq!(messages, 16);
}

#[test]
fn the_conversation_list_is_read() {
    let mut rows = 0;
    for body in bodies_of("s2c", "RelationsOutput") {
        let bytes = unhex(text(&body.frame["payloadHex"])).into();
        let page = client::conversation_list(&bytes, &me(&body.id)).expect("a list");
        assert_eq!((page.malformed, page.finished, page.head), (0, None, None), "{}", body.id);
        let list = fields(&body)["info"].as_array().expect("a list");
        assert_eq!(page.rows.len(), list.len(), "{}", body.id);
        for (row, fields) in page.rows.iter().zip(list) {
            assert_eq!(row.conversation.kind.number(), int32(&fields["type"]), "{}", body.id);
            assert_eq!(row.conversation.target.as_str(), text(&fields["userId"]), "{}", body.id);
            let latest = row.latest.as_ref().expect("a latest message");
            assert_eq!(latest.conversation, row.conversation, "{}", body.id);
            assert_fields(latest, &fields["msg"], &body.id);
            let read = fields.get("readMsgTime").map(|time| UnixMillis::new(int64(time)));
            assert_eq!((row.read_time, row.unread), (read, None), "{}", body.id);
            rows += 1;
        }
    }
    assert!(rows >= 6, "{rows}");
}

#[test]
fn doorbells_name_their_room_and_time() {
    let mut rooms = 0;
    for body in bodies_of("s2c", "NotifyMsg") {
        let bytes = unhex(&body.hex).into();
        let signal = client::read(down(&bytes), &me(&body.id));
        let Ok(Signal::Doorbell(doorbell)) = signal else { panic!("{}: {signal:?}", body.id) };
        let fields = fields(&body);
        assert_eq!(doorbell.time.get(), int64(&fields["time"]), "{}", body.id);
        assert_eq!(doorbell.chatroom.as_deref(), fields["chrmId"].as_str(), "{}", body.id);
        rooms += usize::from(doorbell.chatroom.is_some());
        let date = UnixMillis::new(body.frame["date"].as_i64().expect("a date") * 1000);
        assert_eq!(encoded(&server::doorbell(date, &me(&body.id), &doorbell)), bytes);
    }
    assert_eq!(rooms, 2);
}

#[test]
fn sync_copies_name_the_conversation_of_the_other_login() {
    let mut copies = Vec::new();
    for body in bodies_of("s2c", "UpStreamMessage") {
        let bytes = unhex(&body.hex).into();
        let signal = client::read(down(&bytes), &me(&body.id));
        let Ok(Signal::SyncCopy { id, message, complete }) = signal else { panic!("{}", body.id) };
        assert_eq!((body.frame["messageId"].as_u64(), complete), (Some(id.into()), false));
        assert_eq!(message.direction, MessageDirection::Sent, "{}", body.id);
        assert_eq!((&message.sender, message.uid.is_empty()), (&me(&body.id), true));
        assert_eq!(message.content, content(&fields(&body)["content"]), "{}", body.id);
        let (topic, target) = (text(&body.frame["topic"]), text(&body.frame["targetId"]));
        let (date, payload) = (&body.frame["date"], unhex(text(&body.frame["payloadHex"])));
        let date = UnixMillis::new(date.as_i64().expect("a date") * 1000);
        let copy = server::sync_copy(id, date, topic.into(), target.into(), payload.into());
        assert_eq!(encoded(&copy), bytes, "{}", body.id);
        copies.push((message.conversation.kind.number(), message.conversation.target));
    }
    let expected = [(1, "bob"), (3, "group-01"), (2, "diz-0001"), (1, "bob")];
    for (copy, (kind, target)) in copies.iter().zip(expected) {
        assert_eq!((copy.0, copy.1.as_str()), (kind, target));
    }
    assert_eq!(copies.len(), 8);
}

/// The message that our client would be given for what 2.5.3 sent.
fn outgoing(body: &Body) -> Result<(Outgoing, bool), SignalError> {
    let (topic, target) = (text(&body.frame["topic"]), text(&body.frame["targetId"]).into());
    let upstream =
        server::upstream(topic, &target, &unhex(text(&body.frame["payloadHex"])).into())?;
    let fields = fields(body);
    assert_eq!(upstream.flags.to_session_id(), int32(&fields["sessionId"]), "{}", body.id);
    assert_eq!(upstream.object_name, text(&fields["classname"]), "{}", body.id);
    assert_eq!(upstream.content, content(&fields["content"]), "{}", body.id);
    assert_eq!(upstream.push_text, text(&fields["pushText"]), "{}", body.id);
    assert_eq!(upstream.push_data, text(&fields["appData"]), "{}", body.id);
    assert_eq!(upstream.config_flag, int32(&fields["configFlag"]), "{}", body.id);
    assert_eq!((upstream.client_id, upstream.status), (None, false), "{}", body.id);
    let only_to = fields["userId"].as_array().cloned().unwrap_or_default();
    let only_to: Vec<_> = only_to.iter().map(|user| UserId::from(text(user))).collect();
    assert_eq!(upstream.only_to, only_to, "{}", body.id);
    let message = Outgoing {
        conversation: upstream.conversation,
        object_name: upstream.object_name,
        content: upstream.content,
        flags: upstream.flags,
        client_id: CLIENT_ID,
        push_text: upstream.push_text,
        push_data: upstream.push_data,
        only_to: upstream.only_to,
        config_flag: upstream.config_flag,
    };
    Ok((message, upstream.recall))
}

/// What field 10 adds to the bytes; it is the last field.
fn client_id_field() -> Vec<u8> {
    let mut field = vec![10 << 3];
    prost::encoding::encode_varint(CLIENT_ID.to_wire() as u64, &mut field);
    field
}

#[test]
fn messages_are_written_as_the_published_client_writes_them() {
    let mut written = 0;
    for body in bodies_of("c2s", "UpStreamMessage") {
        let (message, recall) = match (outgoing(&body), text(&body.frame["topic"])) {
            // Nobody can write to the system; 2.5.3 sends such a message under no topic.
            (outgoing, "") => {
                assert_eq!(outgoing, Err(SignalError::NoSuchTopic), "{}", body.id);
                continue;
            }
            (outgoing, _) => outgoing.expect("a message"),
        };
        let id = u16::try_from(body.frame["messageId"].as_u64().expect("an id")).expect("u16");
        let frame = match recall {
            true => client::recall(id, false, &me(&body.id), &message),
            false => client::publish(id, false, &message).expect("a topic"),
        };
        let mut bytes = unhex(&body.hex);
        bytes.extend(client_id_field());
        // The agents' side of customer service has a topic of its own, which a page cannot choose.
        if text(&body.frame["topic"]) != "pcuMsgP" {
            assert_eq!(encoded(&frame), bytes, "{}", body.id);
            written += 1;
        }
    }
    assert_eq!(written, 128);
}

#[test]
fn a_repeated_message_has_the_dup_bit() {
    let body = &bodies_of("c2s", "UpStreamMessage")[0];
    let (message, _) = outgoing(body).expect("a message");
    let once = encoded(&client::publish(7, false, &message).expect("a topic"));
    let again = encoded(&client::publish(7, true, &message).expect("a topic"));
    assert_eq!((once[0], again[0], &once[1..]), (0x32, 0x3a, &again[1..]));
    let read = server::read(up(&again.into()));
    assert!(matches!(read, Ok(Request::Publish { id: 7, wants_ack: true, repeated: true, .. })));
}

#[test]
fn pulls_are_written_as_the_published_client_writes_them() {
    let mut after_connect = 0;
    for body in bodies_of("c2s", "SyncRequestMsg") {
        let bytes = unhex(text(&body.frame["payloadHex"])).into();
        let request = server::pull_request(&bytes).expect("a request");
        let PullRequest::Times { received, sent, after_connect: after } = &request else {
            panic!("{}: {request:?}", body.id)
        };
        let fields = fields(&body);
        assert_eq!(received.get(), int64(&fields["syncTime"]), "{}", body.id);
        assert_eq!(sent.map(UnixMillis::get), Some(int64(&fields["sendBoxSyncTime"])));
        after_connect += usize::from(*after);
        let id = u16::try_from(body.frame["messageId"].as_u64().expect("an id")).expect("u16");
        let frame = client::pull(id, &me(&body.id), &request);
        assert_eq!(encoded(&frame), unhex(&body.hex), "{}", body.id);
    }
    assert_eq!(after_connect, 2, "once for each login");
}

#[test]
fn the_list_is_asked_for_and_cut_as_the_published_client_does() {
    let (mut asked, mut removed) = (0, 0);
    for body in bodies_of("c2s", "RelationsInput") {
        let payload: Bytes = unhex(text(&body.frame["payloadHex"])).into();
        let (topic, target) = (text(&body.frame["topic"]), text(&body.frame["targetId"]));
        let id = u16::try_from(body.frame["messageId"].as_u64().expect("an id")).expect("u16");
        let frame = if topic == "delRelation" {
            let (kind, until) = server::removal_request(&payload).expect("a request");
            assert_eq!(kind.number(), int32(&fields(&body)["type"]), "{}", body.id);
            removed += 1;
            client::remove_conversation(id, &ConversationId::new(kind, target), until)
        } else {
            let request = server::conversations_request(topic, &payload).expect("a request");
            assert_eq!(i64::from(request.count), i64::from(int32(&fields(&body)["count"])));
            assert_eq!((request.start, request.ascending), (UnixMillis::ZERO, false));
            assert!(request.kinds.is_empty(), "type 1 is no filter");
            asked += 1;
            client::conversations_2x(id, &me(&body.id), request.count)
        };
        assert_eq!(encoded(&frame), unhex(&body.hex), "{}", body.id);
    }
    assert_eq!((asked, removed), (6, 6));
}

/// Everything a server sent but publishes is read and written by the other end's function.
#[test]
fn the_server_writes_what_the_client_took() {
    let mut kinds = [0; 4];
    for line in frames().iter().filter(|line| line.direction == Direction::ServerToClient) {
        let date = line.fields["date"].as_i64().unwrap_or_default();
        let now = UnixMillis::new(date * 1000);
        let frame = match client::read(down(&line.bytes), &me(&line.id)) {
            Ok(Signal::Login(LoginAnswer::Accepted { user, server_time, extended })) => {
                assert!(!extended, "{}", line.id);
                kinds[0] += 1;
                server::login_accepted(&user, text(&line.fields["sessionId"]), server_time)
            }
            Ok(Signal::Login(LoginAnswer::Refused { status })) => server::login_refused(status),
            Ok(Signal::SendAck(ack)) => {
                assert_eq!(
                    ack.time.get(),
                    now.get() + line.fields["millisecond"].as_i64().unwrap()
                );
                kinds[1] += 1;
                server::send_ack(&ack)
            }
            Ok(Signal::Answer(answer)) => {
                kinds[2] += 1;
                server::answer(answer.id, answer.confirm, now, answer.status, answer.body)
            }
            Ok(Signal::Disconnected { reason }) => server::disconnect(reason),
            Ok(Signal::Pong) => server::pong(),
            Ok(
                Signal::Unknown { .. }
                | Signal::SettingsChanged { .. }
                | Signal::Told { .. }
                | Signal::RoomChanged { .. },
            ) => {
                assert!(["s_stat", "s_cmd"].contains(&text(&line.fields["topic"])), "{}", line.id);
                kinds[3] += 1;
                continue;
            }
            Ok(Signal::Pushed { .. } | Signal::Doorbell(_) | Signal::SyncCopy { .. }) => continue,
            Err(error) => panic!("{}: {error:?}", line.id),
        };
        assert_eq!(encoded(&frame), line.bytes, "{}", line.id);
    }
    assert!(kinds[0] == 2 && kinds[1] > 100 && kinds[2] > 100 && kinds[3] > 0, "{kinds:?}");
}

#[test]
fn every_frame_of_the_client_is_a_request() {
    let mut acks = 0;
    for line in frames().iter().filter(|line| line.direction == Direction::ClientToServer) {
        let frame = match server::read(up(&line.bytes)) {
            Ok(Request::Ping) => client::ping(),
            Ok(Request::PushAcked { id }) => client::push_ack(id),
            Ok(Request::AnswerConfirmed { id }) => client::query_con(id),
            Ok(Request::Publish { id, wants_ack, repeated, topic, target, .. }) => {
                assert_eq!(line.fields["messageId"], id, "{}", line.id);
                assert_eq!((wants_ack, repeated), (true, false), "{}", line.id);
                assert_eq!(
                    (line.fields["topic"].as_str(), line.fields["targetId"].as_str()),
                    (Some(&*topic), Some(&*target))
                );
                continue;
            }
            Ok(Request::Query { id, confirms, topic, .. }) => {
                assert_eq!(line.fields["messageId"], id, "{}", line.id);
                assert_eq!(confirms, ["pullMsg", "chrmPull"].contains(&&*topic), "{}", line.id);
                continue;
            }
            other => panic!("{}: {other:?}", line.id),
        };
        acks += 1;
        assert_eq!(encoded(&frame), line.bytes, "{}", line.id);
    }
    assert!(acks > 100, "{acks}");
}
