use bytes::Bytes;
use prost::Message as _;

use super::world::*;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, ConversationId, ConversationKind};
use crate::proto;
use crate::session::io::*;
use crate::signal::call::Question;
use crate::signal::history::HistoryRequest;
use crate::signal::{MessageDirection, Request, server};
use crate::time::UnixMillis;

fn ask(world: &mut World, topic: &str, target: Option<&str>, body: &str) -> CallId {
    let call = world.call();
    let question = Question::new(topic, target.map(str::to_owned), body).unwrap();
    world.feed(Input::Command(Command::Ask { call, question }));
    call
}

/// The id, target and body of the query of this topic that was sent first.
fn query(world: &mut World, wanted: &str) -> Option<(u16, String, Bytes)> {
    let is_wanted =
        |sent: &Request| matches!(sent, Request::Query { topic, .. } if **topic == *wanted);
    let at = world.sent.iter().position(is_wanted)?;
    let Request::Query { id, target, body, .. } = world.sent.remove(at)? else { return None };
    Some((id, target.to_string(), body))
}

fn answer(world: &mut World, id: u16, status: u16, body: Vec<u8>) {
    let now = world.server_time();
    world.receive(&server::answer(id, false, now, status, body.into()));
}

#[test]
fn a_question_is_answered() {
    let mut world = World::logged_in(true);
    let call = ask(&mut world, "crDiz", None, r#"{"name":"读书会"}"#);
    let (id, target, body) = query(&mut world, "crDiz").unwrap();
    assert_eq!(target, "me");
    let asked = proto::CreateDiscussionInput::decode(body).unwrap();
    assert_eq!(asked.name.as_deref(), Some("读书会"));
    assert_eq!(world.outcome(call), None);
    answer(&mut world, id, 0, b"\x0a\x02d1".to_vec());
    assert_eq!(
        world.outcome(call),
        Some(Ok(Outcome::Answer { status: 0, body: Bytes::from_static(b"\x0a\x02d1") }))
    );
    answer(&mut world, id, 0, b"\x0a\x02d2".to_vec());
    assert!(world.outcome(call).is_some(), "a second answer answers nothing");
}

#[test]
fn a_refusal_has_the_servers_number() {
    let mut world = World::logged_in(false);
    let call = ask(&mut world, "quitDiz", Some("d1"), "{}");
    let (id, target, _) = query(&mut world, "quitDiz").unwrap();
    assert_eq!(target, "d1");
    answer(&mut world, id, 21406, Vec::new());
    assert_eq!(world.error(call), Error::server(ErrorCode::NotInDiscussion));
    let call = ask(&mut world, "qryPPush", None, r#"{"blockeeId":"bob"}"#);
    let (id, ..) = query(&mut world, "qryPPush").unwrap();
    answer(&mut world, id, 1, Vec::new());
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Answer { status: 1, body: Bytes::new() })));
}

#[test]
fn an_answer_that_makes_no_sense_is_an_error() {
    let mut world = World::logged_in(true);
    let call = history(&mut world, page_of("bob"));
    let (id, ..) = query(&mut world, "qryPMsg").unwrap();
    answer(&mut world, id, 0, Vec::new());
    assert_eq!(world.error(call), Error::server(ErrorCode::Unknown));
    world.answer_everything();
    let call = ask(&mut world, "getBlack", None, "{}");
    assert_eq!(world.outcome(call), None, "the session goes on");
}

#[test]
fn without_a_link_there_is_no_question() {
    let mut world = World::new();
    let call = ask(&mut world, "getBlack", None, "{}");
    assert_eq!(world.error(call), Error::caller(ErrorCode::NotConnected));
    world.connect("T");
    let call = ask(&mut world, "getBlack", None, "{}");
    assert_eq!(world.error(call), Error::network(ErrorCode::Disconnected));
    world.log_in();
    let calls = [ask(&mut world, "getBlack", None, "{}"), history(&mut world, page_of("bob"))];
    let link = world.link();
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    for call in calls {
        assert_eq!(world.error(call), Error::network(ErrorCode::Disconnected));
    }
}

#[test]
fn a_question_without_an_answer_times_out() {
    let mut world = World::logged_in(true);
    let call = ask(&mut world, "getBlack", None, "{}");
    let (id, ..) = query(&mut world, "getBlack").unwrap();
    for _ in 0..29 {
        world.advance(1_000);
        world.answer_everything();
    }
    assert_eq!(world.outcome(call), None);
    world.advance(1_000);
    assert_eq!(world.error(call), Error::server(ErrorCode::Timeout));
    answer(&mut world, id, 0, Vec::new());
    assert!(world.outcome(call).is_some(), "too late");
}

#[test]
fn questions_have_an_end_and_leave_room_for_the_engine() {
    let mut world = World::logged_in(true);
    let calls: Vec<_> = (0..300).map(|_| ask(&mut world, "getBlack", None, "{}")).collect();
    let refused: Vec<_> = calls.into_iter().filter_map(|call| world.outcome(call)).collect();
    assert_eq!(refused.len(), 100);
    assert_eq!(refused[0], Err(Error::client(ErrorCode::SendTooFast)));
    world.ring(Some(1), 0);
    assert!(query(&mut world, "pullMsg").is_some());
}

#[test]
fn a_question_that_fits_no_frame_is_refused() {
    let mut world = World::logged_in(true);
    let body = format!(r#"{{"name":"{}"}}"#, "x".repeat(1 << 21));
    let call = ask(&mut world, "crDiz", None, &body);
    assert_eq!(world.error(call), Error::caller(ErrorCode::ContentTooLarge));
}

fn page_of(target: &str) -> HistoryRequest {
    let (time, uid) = (UnixMillis::new(500), "U-5".into());
    HistoryRequest { conversation: with(target), after: false, time, uid, count: 20 }
}

fn history(world: &mut World, request: HistoryRequest) -> CallId {
    let call = world.call();
    world.feed(Input::Command(Command::History { call, request }));
    call
}

fn asked(extended: bool, request: HistoryRequest) -> (String, proto::HistoryMsgInput) {
    let mut world = World::logged_in(extended);
    let topic = crate::signal::history::topic(request.conversation.kind);
    history(&mut world, request);
    let (_, target, body) = query(&mut world, topic).unwrap();
    (target, proto::HistoryMsgInput::decode(body).unwrap())
}

#[test]
fn servers_with_the_extensions_are_asked_by_time_and_uid() {
    let (target, asked) = asked(true, page_of("bob"));
    let expected = proto::HistoryMsgInput {
        target_id: Some("bob".into()),
        time: Some(500),
        count: Some(20),
        order: Some(0),
        hy_uid: Some("U-5".into()),
        ..Default::default()
    };
    assert_eq!((&*target, asked), ("bob", expected));
}

#[test]
fn other_servers_are_asked_by_a_time_that_overlaps() {
    let ask = |after, time, uid: &str| {
        let time = UnixMillis::new(time);
        let (_, asked) =
            asked(false, HistoryRequest { after, time, uid: uid.into(), ..page_of("b") });
        assert_eq!(asked.hy_uid, None);
        (asked.order.unwrap(), asked.time.unwrap())
    };
    assert_eq!(ask(false, 500, "U-5"), (0, 501));
    assert_eq!(ask(false, 500, ""), (0, 500));
    assert_eq!(ask(false, 0, ""), (0, 0), "from the end");
    assert_eq!(ask(true, 500, "U-5"), (1, 499));
    assert_eq!(ask(true, 500, ""), (1, 500));
    assert_eq!(ask(true, 0, ""), (1, 1), "0 would be the end");
    assert_eq!(ask(false, i64::MAX, "U-5"), (0, i64::MAX));
}

#[test]
fn every_kind_of_conversation_has_its_history() {
    let topics =
        ["qryPMsg", "qryDMsg", "qryGMsg", "qryCHMsg", "qryCMsg", "qrySMsg", "qryPMsg", "qryPMsg"];
    for (number, topic) in (1..).zip(topics) {
        let conversation = ConversationId::new(ConversationKind::from_number(number), "x");
        let mut world = World::logged_in(true);
        history(&mut world, HistoryRequest { conversation, ..page_of("x") });
        assert!(query(&mut world, topic).is_some(), "{number}");
    }
}

fn line(from: &str, uid: &str, time: i64, direction: Option<i32>) -> proto::DownStreamMessage {
    proto::DownStreamMessage {
        from_user_id: from.into(),
        r#type: 1,
        classname: "RC:TxtMsg".into(),
        content: Bytes::from_static(b"{}"),
        data_time: time,
        msg_id: Some(uid.into()),
        direction,
        ..Default::default()
    }
}

#[test]
fn a_page_is_of_its_conversation() {
    let mut world = World::logged_in(false);
    let call = history(&mut world, page_of("bob"));
    let (id, ..) = query(&mut world, "qryPMsg").unwrap();
    // Newest first; the own rows in both shapes that servers give them.
    let list = vec![
        line("bob", "d", 400, None),
        line("me", "c", 300, None),
        line("bob", "b", 300, Some(1)),
        line("bob", "a", 200, Some(2)),
    ];
    let page =
        proto::HistoryMessagesOuput { list, sync_time: 200, has_msg: 1, ..Default::default() };
    let mut body = page.encode_to_vec();
    body.extend(b"\x0a\x01\x08");
    answer(&mut world, id, 0, body);
    let Some(Ok(Outcome::History { messages, has_more })) = world.outcome(call) else {
        panic!("{:?}", world.outcome(call));
    };
    use MessageDirection::{Received, Sent};
    let found: Vec<_> = messages
        .iter()
        .map(|received| {
            let message = &received.message;
            assert_eq!(message.conversation, with("bob"));
            (message.uid.as_str(), message.sender.as_str(), message.direction)
        })
        .collect();
    let expected =
        [("d", "bob", Received), ("c", "me", Sent), ("b", "me", Sent), ("a", "bob", Received)];
    assert_eq!((&found[..], has_more), (&expected[..], true));
    assert!(world.engine.conversation(&with("bob")).is_none(), "history is no news");
}

#[test]
fn a_conversation_without_a_name_has_no_history() {
    let mut world = World::logged_in(true);
    for target in [String::new(), "x".repeat(1_025)] {
        let call = history(&mut world, page_of(&target));
        assert_eq!(world.error(call), Error::caller(ErrorCode::ParameterError));
    }
}

#[test]
fn history_refused_is_an_error() {
    let mut world = World::logged_in(true);
    let call = history(&mut world, page_of("bob"));
    let (id, ..) = query(&mut world, "qryPMsg").unwrap();
    answer(&mut world, id, 33007, Vec::new());
    assert_eq!(world.error(call).code.number(), 33007);
}
