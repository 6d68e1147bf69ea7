use bytes::Bytes;
use prost::Message as _;

use super::world::*;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, ConversationId, ConversationKind, UserId};
use crate::proto;
use crate::session::io::*;
use crate::signal::pull::{InboxState, PageWriter};
use crate::signal::{Doorbell, Message, MessageDirection, Outgoing, Request, server};
use crate::time::UnixMillis;
use crate::wire::{Frame, PublishDown, Qos};

const BEFORE: i64 = WALL + 10;

fn hall() -> ConversationId {
    ConversationId::new(ConversationKind::Chatroom, "hall")
}

/// Said in the hall at `WALL + at`.
fn said(at: i64) -> Message {
    Message { conversation: hall(), sender: UserId::from("a"), ..plain("a", at as u64) }
}

fn join(world: &mut World, room: &str, history: u32) -> CallId {
    join_since(world, room, history, None)
}

fn join_since(world: &mut World, room: &str, history: u32, since: Option<i64>) -> CallId {
    let (call, since) = (world.call(), since.map(UnixMillis::new));
    world.feed(Input::Command(Command::JoinRoom { call, room: room.into(), history, since }));
    call
}

fn leave(world: &mut World, room: &str) -> CallId {
    let call = world.call();
    world.feed(Input::Command(Command::LeaveRoom { call, room: room.into() }));
    call
}

/// The number and the body of the question of this topic that was sent first.
fn asked(world: &mut World, wanted: &str, room: &str) -> Option<(u16, Bytes)> {
    let is_wanted = |sent: &Request| matches!(sent, Request::Query { topic, target, .. } if **topic == *wanted && **target == *room);
    let at = world.sent.iter().position(is_wanted)?;
    let Request::Query { id, body, .. } = world.sent.remove(at)? else { return None };
    Some((id, body))
}

fn answer(world: &mut World, id: u16, status: u16, body: Bytes) {
    let now = world.server_time();
    world.receive(&server::answer(id, false, now, status, body));
}

fn joined(world: &mut World, topic: &str, room: &str, status: u16) {
    let (id, _) = asked(world, topic, room).expect(topic);
    answer(world, id, status, b"\x08\x00"[..].into());
}

/// The pull that is under way: number, time, count.
fn pull(world: &mut World, room: &str) -> Option<(u16, i64, i32)> {
    let (id, body) = asked(world, "chrmPull", room)?;
    let request = proto::ChrmPullMsg::decode(body).unwrap();
    Some((id, request.sync_time, request.count))
}

fn page(world: &mut World, id: u16, rows: &[Message], finished: bool, until: i64) {
    let user = me();
    let mut page = PageWriter::new(&user);
    rows.iter().for_each(|row| assert!(page.push(row)));
    answer(world, id, 0, page.finish(UnixMillis::new(until), finished, None));
}

fn ring(world: &mut World, room: &str, time: i64) {
    let bell = Doorbell { chatroom: Some(room.into()), time: UnixMillis::new(time), head: None };
    let now = world.server_time();
    world.receive(&server::doorbell(now, &me(), &bell));
}

fn changes(world: &World) -> Vec<(String, RoomChange)> {
    let changes = world.events.iter().filter_map(|event| {
        let Event::Room { room, change } = event else { return None };
        Some((room.as_str().to_owned(), *change))
    });
    changes.collect()
}

/// In the hall, with everything up to `BEFORE`.
fn inside(extended: bool) -> World {
    let mut world = World::logged_in(extended);
    let call = join(&mut world, "hall", 0);
    joined(&mut world, "joinChrm", "hall", 0);
    let (id, since, count) = pull(&mut world, "hall").unwrap();
    assert_eq!((since, count), (0, -1), "nothing of before, but up to when that was");
    page(&mut world, id, &[], true, BEFORE);
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
    world.events.clear();
    world
}

/// Time passes on a link that lives.
fn passes(world: &mut World, ms: u64) {
    for _ in 0..ms / 1_000 {
        world.advance(1_000);
        let pings = world.sent.iter().filter(|sent| matches!(sent, Request::Ping)).count();
        world.sent.retain(|sent| !matches!(sent, Request::Ping));
        (0..pings).for_each(|_| world.receive(&server::pong()));
    }
}

fn breaks(world: &mut World) {
    let link = world.link();
    world.sent.clear();
    world.advance(6_000);
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    world.log_in();
}

#[test]
fn a_join_is_settled_behind_the_messages_of_before() {
    for extended in [true, false] {
        let mut world = World::logged_in(extended);
        let call = join(&mut world, "hall", 2);
        assert_eq!(pull(&mut world, "hall"), None, "not before the room is joined");
        joined(&mut world, "joinChrm", "hall", 0);
        let (id, since, count) = pull(&mut world, "hall").unwrap();
        assert_eq!((since, count, world.outcome(call)), (0, 2, None));
        page(&mut world, id, &[said(1), said(2)], true, WALL + 2);
        assert_eq!(world.delivered(), ["U-1", "U-2"]);
        assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
        let since = UnixMillis::new(WALL + 2);
        assert_eq!(changes(&world), [("hall".into(), RoomChange::Joined { since })]);
        let settled = |event: &Event| matches!(event, Event::Settled { .. });
        assert!(matches!(world.events.first(), Some(Event::Messages { .. })));
        assert!(world.events.last().is_some_and(settled));
        assert!(world.engine.conversations(&[], None).is_empty(), "no room is in the list");
    }
}

#[test]
fn a_doorbell_brings_what_is_newer_and_nothing_twice() {
    let mut world = inside(true);
    ring(&mut world, "hall", BEFORE);
    ring(&mut world, "elsewhere", BEFORE + 5);
    assert_eq!(pull(&mut world, "hall"), None, "it is known");
    ring(&mut world, "hall", BEFORE + 1);
    let (id, since, count) = pull(&mut world, "hall").unwrap();
    assert_eq!((since, count), (BEFORE, 0));
    ring(&mut world, "hall", BEFORE + 2);
    assert_eq!(pull(&mut world, "hall"), None, "one at a time");
    page(&mut world, id, &[said(10), said(11)], true, BEFORE + 1);
    assert_eq!(world.delivered(), ["U-11"], "what is not newer was given");
    let (id, since, _) = pull(&mut world, "hall").unwrap();
    assert_eq!(since, BEFORE + 1);
    page(&mut world, id, &[said(12)], false, BEFORE + 2);
    let (id, since, _) = pull(&mut world, "hall").expect("there was more");
    assert_eq!(since, BEFORE + 2);
    page(&mut world, id, &[said(13)], true, BEFORE + 3);
    assert_eq!(world.delivered(), ["U-11", "U-12", "U-13"]);
    assert_eq!(pull(&mut world, "hall"), None);
}

#[test]
fn the_room_is_joined_again_on_the_next_link_and_nothing_is_missed() {
    for (extended, topic) in [(true, "joinChrmR"), (false, "joinChrm")] {
        let mut world = inside(extended);
        breaks(&mut world);
        joined(&mut world, topic, "hall", 0);
        assert_eq!(changes(&world), [("hall".into(), RoomChange::Rejoined)]);
        let (id, since, count) = pull(&mut world, "hall").unwrap();
        assert_eq!((since, count), (BEFORE, 0));
        page(&mut world, id, &[said(11)], true, BEFORE + 1);
        assert_eq!(world.delivered(), ["U-11"]);
    }
}

#[test]
fn a_rejoin_that_is_refused_is_told_and_one_that_fails_is_repeated() {
    let mut world = inside(true);
    breaks(&mut world);
    joined(&mut world, "joinChrmR", "hall", 25104);
    assert_eq!(changes(&world), []);
    passes(&mut world, 25_000);
    joined(&mut world, "joinChrmR", "hall", 23410);
    let error = Error::server(ErrorCode::from_number(23410));
    assert_eq!(changes(&world), [("hall".into(), RoomChange::Left(Some(error)))]);
    breaks(&mut world);
    assert_eq!(asked(&mut world, "joinChrmR", "hall"), None, "it is over");
}

#[test]
fn whoever_is_thrown_out_is_told_by_the_next_pull() {
    let mut world = inside(true);
    ring(&mut world, "hall", BEFORE + 1);
    let (id, ..) = pull(&mut world, "hall").unwrap();
    answer(&mut world, id, 23409, Bytes::new());
    let error = Error::server(ErrorCode::from_number(23409));
    assert_eq!(changes(&world), [("hall".into(), RoomChange::Left(Some(error)))]);
    ring(&mut world, "hall", BEFORE + 2);
    assert_eq!(pull(&mut world, "hall"), None);
}

#[test]
fn joins_that_cannot_be_are_refused() {
    let mut world = World::new();
    let call = join(&mut world, "hall", 0);
    assert_eq!(world.error(call), Error::caller(ErrorCode::NotConnected));
    let mut world = World::logged_in(true);
    let call = join(&mut world, "", 0);
    assert_eq!(world.error(call), Error::caller(ErrorCode::ParameterError));
    let call = join(&mut world, "hall", 0);
    joined(&mut world, "joinChrm", "hall", 23411);
    assert_eq!(world.error(call), Error::server(ErrorCode::from_number(23411)));
    breaks(&mut world);
    assert_eq!(asked(&mut world, "joinChrm", "hall"), None);
    let call = join(&mut world, "hall", 0);
    breaks(&mut world);
    assert_eq!(world.error(call), Error::network(ErrorCode::Disconnected));
    assert_eq!(asked(&mut world, "joinChrm", "hall"), None);
}

#[test]
fn a_history_that_cannot_be_had_is_told_once_and_follows() {
    let mut world = World::logged_in(true);
    let call = join(&mut world, "hall", 5);
    joined(&mut world, "joinChrm", "hall", 0);
    let (id, ..) = pull(&mut world, "hall").unwrap();
    answer(&mut world, id, 25104, Bytes::new());
    assert_eq!(world.error(call), Error::server(ErrorCode::RoomHistoryFailed));
    assert_eq!(changes(&world), []);
    passes(&mut world, 25_000);
    let (id, since, count) = pull(&mut world, "hall").expect("again");
    assert_eq!((since, count), (0, 5));
    page(&mut world, id, &[said(1)], true, WALL + 1);
    assert_eq!(world.delivered(), ["U-1"]);
    let since = UnixMillis::new(WALL + 1);
    assert_eq!(changes(&world), [("hall".into(), RoomChange::Joined { since })]);
}

#[test]
fn a_room_is_left_whatever_the_server_says() {
    let mut world = inside(true);
    let call = leave(&mut world, "hall");
    assert_eq!(changes(&world), [("hall".into(), RoomChange::Left(None))]);
    let (id, _) = asked(&mut world, "exitChrm", "hall").unwrap();
    ring(&mut world, "hall", BEFORE + 1);
    assert_eq!(pull(&mut world, "hall"), None);
    answer(&mut world, id, 23406, Bytes::new());
    assert_eq!(world.error(call), Error::server(ErrorCode::NotInChatroom));
    breaks(&mut world);
    assert_eq!(asked(&mut world, "joinChrmR", "hall"), None);
}

#[test]
fn a_second_join_gives_what_was_said_once_more() {
    let mut world = inside(true);
    let call = join(&mut world, "hall", 2);
    assert_eq!(asked(&mut world, "joinChrm", "hall"), None, "it is joined");
    let (id, since, count) = pull(&mut world, "hall").unwrap();
    assert_eq!((since, count), (0, 2));
    page(&mut world, id, &[said(10), said(12)], true, WALL + 12);
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
    assert_eq!(world.delivered(), ["U-10"], "what is new comes in its turn");
    let (id, since, count) = pull(&mut world, "hall").unwrap();
    assert_eq!((since, count), (BEFORE, 0));
    page(&mut world, id, &[said(11), said(12)], true, WALL + 12);
    assert_eq!(world.delivered(), ["U-10", "U-11", "U-12"]);
    assert_eq!(changes(&world), []);
}

#[test]
fn another_engine_goes_on_where_one_stood() {
    let mut world = World::new();
    let call = join_since(&mut world, "hall", 0, Some(BEFORE));
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)), "nobody is to be asked for that");
    world.connect("T");
    world.log_in();
    joined(&mut world, "joinChrmR", "hall", 0);
    let (id, since, _) = pull(&mut world, "hall").unwrap();
    assert_eq!(since, BEFORE);
    page(&mut world, id, &[said(11), said(12)], true, BEFORE + 2);
    join_since(&mut world, "hall", 0, Some(BEFORE + 1));
    let (_, since, _) = pull(&mut world, "hall").expect("for the one that stood before");
    assert_eq!(since, BEFORE + 1);
}

#[test]
fn several_rooms_have_cursors_of_their_own() {
    let mut world = inside(true);
    join(&mut world, "cellar", 0);
    joined(&mut world, "joinChrm", "cellar", 0);
    let (id, ..) = pull(&mut world, "cellar").unwrap();
    page(&mut world, id, &[], true, BEFORE + 100);
    ring(&mut world, "hall", BEFORE + 1);
    ring(&mut world, "cellar", BEFORE + 101);
    assert_eq!(pull(&mut world, "hall").map(|(_, since, _)| since), Some(BEFORE));
    assert_eq!(pull(&mut world, "cellar").map(|(_, since, _)| since), Some(BEFORE + 100));
}

#[test]
fn an_own_message_is_no_news_in_its_room() {
    for extended in [true, false] {
        let mut world = inside(extended);
        let call = world.send(Outgoing { conversation: hall(), ..text("hall", 7) });
        let (id, ..) = world.published().unwrap();
        world.ack(id, 0, None);
        assert!(matches!(world.outcome(call), Some(Ok(Outcome::Sent { .. }))));
        assert!(world.engine.conversations(&[], None).is_empty());
        ring(&mut world, "hall", BEFORE + 5);
        let (wire, ..) = pull(&mut world, "hall").unwrap();
        let own = Message {
            conversation: hall(),
            direction: MessageDirection::Sent,
            sender: me(),
            uid: format!("A-{id}").into(),
            client_id: extended.then(|| client_id(7)),
            ..said(12)
        };
        page(&mut world, wire, &[said(11), own], true, BEFORE + 2);
        assert_eq!(world.delivered(), ["U-11"]);
    }
}

/// Without the extensions a send is never repeated: its room says whether it arrived.
#[test]
fn a_send_whose_answer_was_lost_is_settled_by_what_its_room_tells() {
    for arrived in [true, false] {
        let mut world = inside(false);
        let call = world.send(Outgoing { conversation: hall(), ..text("hall", 7) });
        world.published().unwrap();
        breaks(&mut world);
        let (id, _) = world.pull().unwrap();
        world.page(id, &[], true, InboxState { epoch: "".into(), head: 0, first: 0 });
        assert_eq!(world.outcome(call), None, "the inbox tells nothing of rooms");
        joined(&mut world, "joinChrm", "hall", 0);
        let (wire, ..) = pull(&mut world, "hall").unwrap();
        let Outgoing { content, object_name, .. } = text("hall", 7);
        let own = Message {
            conversation: hall(),
            direction: MessageDirection::Sent,
            sender: me(),
            content,
            object_name,
            ..said(12)
        };
        let rows = if arrived { vec![own] } else { Vec::new() };
        page(&mut world, wire, &rows, true, BEFORE + 2);
        assert_eq!(world.delivered(), [""; 0]);
        match arrived {
            true => assert!(matches!(world.outcome(call), Some(Ok(Outcome::Sent { .. })))),
            false => assert_eq!(world.error(call).code, ErrorCode::Timeout),
        }
        assert_eq!(world.published(), None, "never sent twice");
    }
}

#[test]
fn a_send_waits_until_its_room_is_joined_again() {
    let mut world = inside(true);
    breaks(&mut world);
    world.send(Outgoing { conversation: hall(), ..text("hall", 7) });
    world.send(text("a", 8));
    assert_eq!(world.published().map(|(_, _, id)| id), Some(8));
    assert_eq!(world.published(), None);
    joined(&mut world, "joinChrmR", "hall", 0);
    assert_eq!(world.published().map(|(_, _, id)| id), Some(7));
}

#[test]
fn rooms_end_with_the_session() {
    let mut world = inside(true);
    world.disconnect();
    let left = changes(&world);
    assert!(matches!(left[..], [(_, RoomChange::Left(Some(_)))]), "{left:?}");
    world.connect("T");
    world.log_in();
    assert_eq!(asked(&mut world, "joinChrmR", "hall"), None);
}

fn notice(world: &mut World, r#type: i32, time: i64) {
    let notice = proto::ChrmNotifyMsg { r#type, time: Some(time), chrm_id: Some("hall".into()) };
    world.receive(&Frame::PublishDown(PublishDown {
        qos: Qos::AtMostOnce,
        sync_copy: false,
        date: 0,
        topic: "s_cmd".into(),
        target_id: "hall".into(),
        message_id: 0,
        body: notice.encode_to_vec().into(),
    }));
}

#[test]
fn a_change_of_attributes_is_told() {
    let mut world = inside(true);
    notice(&mut world, 2, BEFORE);
    let change = RoomChange::Attributes(UnixMillis::new(BEFORE));
    assert_eq!(changes(&world), [("hall".into(), change)]);
}

#[test]
fn a_push_counts_where_nothing_else_is_under_way() {
    let mut world = inside(true);
    world.push(0, &said(11));
    world.push(0, &said(11));
    assert_eq!(world.delivered(), ["U-11"]);
    ring(&mut world, "hall", BEFORE + 1);
    assert_eq!(pull(&mut world, "hall"), None, "it was pushed");
    ring(&mut world, "hall", BEFORE + 2);
    let (id, since, _) = pull(&mut world, "hall").unwrap();
    assert_eq!(since, BEFORE + 1);
    world.push(0, &said(13));
    assert_eq!(world.delivered(), ["U-11"], "what came before it is on its way");
    page(&mut world, id, &[said(12)], true, BEFORE + 2);
    let (id, since, _) = pull(&mut world, "hall").expect("for what was pushed meanwhile");
    assert_eq!(since, BEFORE + 2);
    page(&mut world, id, &[said(13)], true, BEFORE + 3);
    assert_eq!(world.delivered(), ["U-11", "U-12", "U-13"]);
    assert!(world.engine.conversations(&[], None).is_empty());
}

#[test]
fn a_push_before_the_first_page_waits_for_it() {
    let mut world = World::logged_in(true);
    join(&mut world, "hall", 0);
    joined(&mut world, "joinChrm", "hall", 0);
    let (id, ..) = pull(&mut world, "hall").unwrap();
    world.push(0, &said(11));
    page(&mut world, id, &[], true, BEFORE);
    let (id, since, _) = pull(&mut world, "hall").unwrap();
    assert_eq!(since, BEFORE);
    page(&mut world, id, &[said(11)], true, BEFORE + 1);
    assert_eq!(world.delivered(), ["U-11"]);
}

#[test]
fn rooms_are_pulled_every_three_minutes() {
    let mut world = inside(true);
    passes(&mut world, 190_000);
    assert_eq!(pull(&mut world, "hall").map(|(_, since, _)| since), Some(BEFORE));
}

/// In the hall, whose messages of before cannot be had yet.
fn inside_without_history() -> World {
    let mut world = World::logged_in(true);
    join(&mut world, "hall", 5);
    joined(&mut world, "joinChrm", "hall", 0);
    let (id, ..) = pull(&mut world, "hall").unwrap();
    answer(&mut world, id, 25104, Bytes::new());
    world
}

#[test]
fn a_room_without_its_history_is_kept_as_any_other() {
    let mut world = inside_without_history();
    breaks(&mut world);
    breaks(&mut world);
    assert_eq!(changes(&world), [], "two links in a row");
    joined(&mut world, "joinChrm", "hall", 25104);
    assert_eq!(changes(&world), [], "a rejoin that failed");
    passes(&mut world, 25_000);
    joined(&mut world, "joinChrm", "hall", 0);
    let (_, since, count) = pull(&mut world, "hall").unwrap();
    assert_eq!((since, count), (0, 5));

    let mut world = inside_without_history();
    let again = join(&mut world, "hall", 5);
    breaks(&mut world);
    assert_eq!(world.error(again), Error::network(ErrorCode::Disconnected));
    assert_eq!(changes(&world), [], "a second join that was not answered");
}

#[test]
fn nothing_of_a_room_is_heard_once_it_is_left() {
    for extended in [true, false] {
        let mut world = inside(extended);
        leave(&mut world, "hall");
        world.push(0, &said(11));
        assert_eq!(world.delivered(), [""; 0]);
    }
}

#[test]
fn no_count_of_the_page_becomes_a_negative_one() {
    let mut world = World::logged_in(true);
    join(&mut world, "hall", u32::MAX);
    joined(&mut world, "joinChrm", "hall", 0);
    assert_eq!(pull(&mut world, "hall").map(|(_, _, count)| count), Some(i32::MAX));
}
