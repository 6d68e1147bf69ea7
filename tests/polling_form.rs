//! The JSON form of long polling: what an unmodified 2.5.3 client and its server were recorded to
//! say, and random frames there and back.
#![cfg(not(target_arch = "wasm32"))]

use bytes::Bytes;
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind, UserId};
use hongyan::signal::polling::{Codec, Post};
use hongyan::signal::pull::{InboxState, PullRequest};
use hongyan::signal::server::{self, PageWriter};
use hongyan::signal::{Message, MessageDirection, MessageFlags, Outgoing, client};
use hongyan::time::UnixMillis;
use hongyan::wire::Frame;
use proptest::prelude::*;
use serde_json::Value;

const RECORDED: &str = include_str!("vectors/polling-2.5.3.jsonl");

fn bytes(frame: &Frame) -> Bytes {
    let mut out = Vec::new();
    frame.encode(&mut out).expect("a frame within the limits");
    out.into()
}

/// Every member of `part` stands in `whole` with the same value; empty lists may be missing.
fn assert_within(part: &Value, whole: &Value, what: &str) {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            for (name, value) in part {
                match whole.get(name) {
                    Some(found) => assert_within(value, found, &format!("{what}.{name}")),
                    None => assert!(
                        value.as_array().is_some_and(Vec::is_empty) || name == "nothing",
                        "{what}.{name} is gone"
                    ),
                }
            }
        }
        (Value::Array(part), Value::Array(whole)) => {
            assert_eq!(part.len(), whole.len(), "{what}");
            for (part, whole) in part.iter().zip(whole) {
                assert_within(part, whole, what);
            }
        }
        // What says nothing may be left out.
        (Value::Object(part), Value::Null) => assert!(part.keys().eq(["nothing"]), "{what}"),
        (part, whole) => assert_eq!(part, whole, "{what}"),
    }
}

/// Reads the recorded POST as our server does, writes it as our client does.
fn posted_again(server: &mut Codec, client: &mut Codec, request: &Value) -> Option<Post> {
    let query = &request["query"];
    let text = |name: &str| query[name].as_str().unwrap_or_default();
    let (header, id) = (text("header").parse().ok()?, text("messageid").parse().ok()?);
    let body = request["body"].to_string();
    let addressed = (text("topic"), text("targetid"));
    let frame = server.frame(header, id, addressed, body.as_bytes()).expect("a frame");
    let post = client.post(&frame).expect("words");
    assert_eq!((post.header, post.message_id), (header, id));
    let (topic, target) = post.addressed.clone().unwrap_or_default();
    assert_eq!((&*topic, &*target), addressed);
    if let Value::Object(_) = request["body"] {
        let again: Value = serde_json::from_str(&post.body).expect("JSON");
        assert_within(&request["body"], &again, &topic);
    }
    Some(post)
}

/// Reads a recorded object as our client does, writes it as our server does.
fn assert_answered_again(server: &mut Codec, client: &mut Codec, object: &Value) {
    let answers = client.read(object.to_string().as_bytes()).expect("readable");
    assert_eq!(answers.malformed, 0, "{object}");
    let [frame] = &answers.frames[..] else { panic!("{object}") };
    let mut text = String::new();
    let session = answers.session.unwrap_or_default();
    assert!(server.push_object(frame, &session, &mut text), "{object}");
    let mut again: Value = serde_json::from_str(&text).expect("JSON");
    let mut object = object.clone();
    for object in [&mut again, &mut object] {
        let data = object["data"].as_str().filter(|data| !data.is_empty());
        object["data"] = data.map_or(Value::Null, |data| serde_json::from_str(data).expect("JSON"));
    }
    if object["data"] != Value::Null {
        assert_within(&object["data"], &again["data"], "data");
    }
    (object["data"], again["data"]) = (Value::Null, Value::Null);
    assert_eq!(again, object);
}

#[test]
fn what_was_recorded_is_read_and_written_the_same() {
    let (mut server, mut client) = (Codec::default(), Codec::default());
    let (mut posts, mut objects) = (0, 0);
    // One record holds half a surrogate pair, which is no text here.
    let records = RECORDED.lines().map(serde_json::from_str::<Value>);
    assert_eq!(records.clone().filter(Result::is_err).count(), 1);
    for record in records.flatten() {
        posts += usize::from(posted_again(&mut server, &mut client, &record["request"]).is_some());
        let body = &record["response"]["body"];
        let answers = body.as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
        for object in answers.iter().filter(|object| object["headerCode"].is_i64()) {
            assert_answered_again(&mut server, &mut client, object);
            objects += 1;
        }
    }
    assert!(posts > 50 && objects > 50, "{posts} {objects}");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,8}", "\\PC{1,8}", Just("\"\\\u{0}\u{1f600}\n</script>".to_owned())]
}

prop_compose! {
    fn message()(
        kind in 1_i32..9,
        target in text(),
        sender in text(),
        object_name in text(),
        content in text(),
        (sent, uid, id, seq) in (0_i64..1 << 52, text(), any::<u64>(), 1_u64..1 << 60),
    ) -> Message {
        Message {
            conversation: ConversationId::new(ConversationKind::from_number(kind), target),
            sender: UserId::from(sender),
            direction: MessageDirection::Received,
            object_name: object_name.into(),
            content: content.into_bytes().into(),
            sent_time: UnixMillis::new(sent),
            uid: uid.into(),
            flags: MessageFlags::from_status(48).0,
            retrieved: false,
            client_id: Some(ClientMessageId::from_random(id)),
            inbox_seq: Some(seq),
        }
    }
}

proptest! {
    #[test]
    fn a_page_is_the_same_there_and_back(
        messages in prop::collection::vec(message(), 0..5),
        id in 1_u16..,
    ) {
        let me = UserId::from("me");
        let mut page = PageWriter::new(&me);
        for message in &messages {
            prop_assert!(page.push(message));
        }
        let inbox = InboxState { epoch: "e".into(), head: 9, first: 1 };
        let body = page.finish(UnixMillis::new(5), true, Some(&inbox));
        let answer = bytes(&server::answer(id, true, UnixMillis::new(7_000), 0, body));
        let pull = PullRequest::Seq { seq: 3, epoch: Some("e".into()) };
        let question = bytes(&client::pull(id, &me, &pull));
        let (mut theirs, mut ours) = (Codec::default(), Codec::default());
        let post = ours.post(&question).expect("words");
        let (topic, target) = post.addressed.expect("a target");
        let read = theirs.frame(post.header, post.message_id, (&*topic, &*target), post.body.as_bytes());
        prop_assert_eq!(read, Ok(question));
        let mut text = String::from("[");
        prop_assert!(theirs.push_object(&answer, "S", &mut text));
        text.push(']');
        let answers = ours.read(text.as_bytes()).expect("readable");
        prop_assert_eq!(answers.frames, [answer]);
    }

    #[test]
    fn a_message_is_the_same_when_posted(content in text(), target in text(), id in 1_u16.., client_id in any::<u64>()) {
        let message = Outgoing {
            conversation: ConversationId::new(ConversationKind::Group, target),
            object_name: "RC:TxtMsg".into(),
            content: content.into_bytes().into(),
            flags: MessageFlags::from_status(48).0,
            client_id: ClientMessageId::from_random(client_id),
            push_text: "".into(),
            push_data: "".into(),
            only_to: Vec::new(),
            config_flag: 0,
        };
        let frame = bytes(&client::publish(id, true, &message).expect("a topic"));
        let post = Codec::default().post(&frame).expect("words");
        let (topic, target) = post.addressed.expect("a target");
        let addressed = (&*topic, &*target);
        let again = Codec::default().frame(post.header, id, addressed, post.body.as_bytes());
        prop_assert_eq!(again, Ok(frame));
    }

    #[test]
    fn nothing_that_is_read_is_trusted(text in ".{0,200}", header in any::<u8>(), id in any::<u16>()) {
        let _no_panic = Codec::default().read(text.as_bytes());
        let _no_panic = Codec::default().frame(header, id, ("ppMsgP", &text), text.as_bytes());
    }
}
