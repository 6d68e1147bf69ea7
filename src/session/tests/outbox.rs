//! What the page does with its outbox: failed sends, retries, cancels, expiry, reloads.

use super::world::*;
use crate::error::{Error, ErrorCode};
use crate::ids::CallId;
use crate::session::io::SendState::*;
use crate::session::io::*;
use crate::signal::{MessageFlags, Outgoing};

const KEPT: SendTerms = SendTerms { give_up_after_ms: None, keep: true };
const DAY: u64 = 86_400_000;

fn lose_link(world: &mut World) {
    world.advance(1_000);
    let link = world.link();
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
}

fn ask(world: &mut World, what: OutboxCall) -> CallId {
    let call = world.call();
    world.feed(Input::Command(Command::Outbox { call, what }));
    call
}

fn retry(world: &mut World, id: u64) -> CallId {
    ask(world, OutboxCall::Retry { id: client_id(id), give_up_after_ms: None })
}

fn cancel(world: &mut World, id: u64) -> CallId {
    ask(world, OutboxCall::Cancel(client_id(id)))
}

/// Ids and states, in order.
fn listed(world: &mut World) -> Vec<(u64, SendState)> {
    let call = ask(world, OutboxCall::List);
    match world.outcome(call) {
        Some(Ok(Outcome::Outbox(rows))) => rows.into_iter().map(shown).collect(),
        other => panic!("{other:?}"),
    }
}

fn shown(row: OutboxRow) -> (u64, SendState) {
    let id = row.message.client_id.map_or(0, |id| id.to_wire() as u64);
    (id, row.state)
}

fn refused(world: &mut World, id: u64) -> CallId {
    let call = world.send_with(text("a", id), KEPT);
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 22406, None);
    call
}

/// The page is gone; what it kept opens in another, on the same server, `later` ms later.
fn reload(world: World, later: i64) -> World {
    let mut after = World::restarted(&["nav.example"], world.kept.clone());
    after.extended = world.extended;
    after.kept.remove(&(None, "navi".into()));
    let now = WALL + world.now.as_millis() as i64 + later;
    after.feed(Input::WallClock(crate::time::UnixMillis::new(now)));
    after.server_ahead = world.server_ahead + world.now.as_millis() as i64 + later;
    after.connect("T");
    after
}

#[test]
fn a_failed_send_stays_for_another_try_with_the_same_id() {
    let mut world = World::logged_in(true);
    let first = refused(&mut world, 1);
    let error = Error::server(ErrorCode::NotInGroup);
    assert_eq!(world.error(first), error);
    world.send_with(text("a", 2), KEPT);
    assert_eq!(listed(&mut world), [(1, Failed(error)), (2, Sending)]);
    let again = retry(&mut world, 1);
    let (wire, _, id) = world.published().unwrap();
    assert_eq!((id, world.published()), (2, None), "behind what waits");
    world.ack(wire, 0, Some(1));
    let (wire, repeated, id) = world.published().unwrap();
    assert_eq!((repeated, id), (false, 1), "the server has never taken it");
    world.ack(wire, 0, Some(2));
    assert!(world.outcome(again).unwrap().is_ok());
    assert_eq!(listed(&mut world), []);
    assert_eq!((world.kept_keys("out:"), world.kept_keys("left:")), (vec![], vec![]));
}

#[test]
fn a_failed_send_survives_the_page_with_its_reason() {
    let mut world = World::logged_in(true);
    refused(&mut world, 1);
    let mut world = reload(world, 1_000);
    let error = Error::server(ErrorCode::NotInGroup);
    assert_eq!(world.send_states(1), [Failed(error)]);
    let told = world.events.iter().find_map(|event| {
        let Event::Outbox(rows) = event else { return None };
        Some(rows.clone())
    });
    let rows = told.unwrap();
    assert_eq!((rows.len(), &rows[0].message.content), (1, &text("a", 1).content));
    assert_eq!(rows[0].message.sender, me());
    world.log_in();
    assert_eq!(world.published(), None, "it waits for the page");
    let call = retry(&mut world, 1);
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, Some(1));
    assert!(world.outcome(call).unwrap().is_ok());
}

#[test]
fn a_failed_send_can_be_taken_back_and_a_stranger_cannot() {
    let mut world = World::logged_in(true);
    refused(&mut world, 1);
    let call = cancel(&mut world, 1);
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
    assert_eq!((listed(&mut world), world.kept_keys("out:")), (vec![], vec![]));
    assert_eq!(world.send_states(1).last(), Some(&Cancelled));
    for call in [cancel(&mut world, 1), retry(&mut world, 1)] {
        assert_eq!(world.error(call).code, ErrorCode::InvalidArgument);
    }
    let mut world = World::new();
    let call = cancel(&mut world, 1);
    assert_eq!(world.error(call).code, ErrorCode::NotConnected);
}

#[test]
fn calls_right_after_a_reload_wait_for_storage() {
    let mut world = World::logged_in(true);
    lose_link(&mut world);
    for id in 1..=2 {
        world.send_with(text("a", id), KEPT);
    }
    let mut after = World::restarted(&["nav.example"], world.kept.clone());
    after.loads_at_once = false;
    after.connect("T");
    let (taken, list) = (cancel(&mut after, 1), ask(&mut after, OutboxCall::List));
    assert_eq!((after.outcome(taken), after.outcome(list)), (None, None));
    after.load(&me());
    assert_eq!(after.outcome(taken), Some(Ok(Outcome::Done)));
    let Some(Ok(Outcome::Outbox(rows))) = after.outcome(list) else { panic!() };
    assert_eq!(rows.into_iter().map(shown).collect::<Vec<_>>(), [(2, Queued { durable: true })]);
    let keys = after.kept_keys("out:");
    assert_eq!(keys, ["out:0000000000000002"]);
    let mut gone = World::restarted(&["nav.example"], world.kept.clone());
    gone.loads_at_once = false;
    gone.connect("T");
    let list = ask(&mut gone, OutboxCall::List);
    gone.disconnect();
    assert_eq!(gone.error(list).code, ErrorCode::Disconnected, "nobody waits for ever");
}

/// As a tab asks the next leader, when the last one died before it told how the send ended.
#[test]
fn elsewhere_what_was_sent_is_not_sent_again_by_the_next_page() {
    let mut world = World::logged_in(false);
    let first = world.send(text("a", 1));
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, None);
    let sent = world.outcome(first);
    let mut after = reload(world, 0);
    let early = after.send(text("a", 1));
    after.log_in();
    after.answer_everything();
    let late = after.send(text("a", 1));
    assert_eq!(after.published(), None, "one copy");
    for call in [early, late] {
        assert_eq!(after.outcome(call), sent, "the first answer");
    }
}

#[test]
fn what_failed_before_the_user_was_known_stays_failed() {
    let mut world = World::new();
    world.connect("T");
    let patience = SendTerms { give_up_after_ms: Some(2_000), ..KEPT };
    let call = world.send_with(text("a", 1), patience);
    world.advance(2_100);
    assert_eq!(world.error(call).code, ErrorCode::Expired);
    let states = world.send_states(1).len();
    world.log_in();
    assert_eq!((world.published(), world.send_states(1).len()), (None, states));
    let failed = |world: &mut World| match listed(world)[..] {
        [(1, Failed(error))] => error.code == ErrorCode::Expired,
        _ => false,
    };
    assert!(failed(&mut world));
    assert!(failed(&mut reload(world, 0)), "it is kept as it ended");
}

#[test]
fn what_never_left_expires_and_what_may_have_left_stays_unknown() {
    let terms = SendTerms { give_up_after_ms: Some(5_000), keep: true };
    let mut world = World::logged_in(true);
    let left = world.send_with(text("a", 1), terms);
    let (wire, ..) = world.published().unwrap();
    let waits = world.send_with(text("a", 2), terms);
    world.advance(5_000);
    assert_eq!(world.error(left).code, ErrorCode::Timeout);
    assert_eq!(world.error(waits).code, ErrorCode::Expired);
    assert!(world.error(waits).retryable());
    world.ack(wire, 0, Some(1));
    assert!(matches!(world.send_states(1).last(), Some(Sent { .. })), "late, and it counts");
    assert_eq!(listed(&mut world).len(), 1);
    assert_eq!(world.published(), None, "nothing leaves by itself");
}

#[test]
fn a_retry_after_a_lost_answer_is_told_to_be_one() {
    let terms = SendTerms { give_up_after_ms: Some(5_000), keep: true };
    let mut world = World::logged_in(true);
    world.send_with(text("a", 1), terms);
    world.published().unwrap();
    world.advance(5_000);
    let call = retry(&mut world, 1);
    let (wire, repeated, _) = world.published().unwrap();
    assert!(repeated);
    world.ack(wire, 0, Some(1));
    assert!(world.outcome(call).unwrap().is_ok());
}

#[test]
fn a_given_time_goes_on_over_a_reload() {
    let terms = SendTerms { give_up_after_ms: Some(60_000), keep: true };
    for (later, in_time) in [(30_000, true), (90_000, false)] {
        let mut world = World::logged_in(true);
        lose_link(&mut world);
        world.send_with(text("a", 1), terms);
        let mut world = reload(world, later);
        world.advance(0);
        let expired = Failed(Error::client(ErrorCode::Expired));
        assert_eq!(world.send_states(1).contains(&expired), !in_time);
        world.log_in();
        assert_eq!(world.published().is_some(), in_time);
    }
}

#[test]
fn a_send_of_the_2x_face_has_no_time_after_its_page() {
    let mut world = World::logged_in(true);
    lose_link(&mut world);
    world.send_until(text("a", 1), Some(30_000));
    let mut world = reload(world, 90_000);
    world.advance(0);
    world.log_in();
    assert!(world.published().is_some());
}

#[test]
fn after_seven_days_a_send_is_too_old_by_the_servers_clock() {
    for (days, sent) in [(6, true), (8, false)] {
        let mut world = World::logged_in(true);
        lose_link(&mut world);
        world.send_with(text("a", 1), KEPT);
        let mut world = reload(world, (days * DAY) as i64);
        assert_eq!(world.send_states(1), [Queued { durable: true }], "nobody knows yet");
        world.log_in();
        assert_eq!(world.published().is_some(), sent, "{days} days");
        let expired = Failed(Error::client(ErrorCode::Expired));
        assert_eq!(world.send_states(1).last() == Some(&expired), !sent);
    }
}

#[test]
fn a_page_that_sleeps_for_eight_days_sends_nothing_stale() {
    let mut world = World::logged_in(true);
    lose_link(&mut world);
    let call = world.send_with(text("a", 1), KEPT);
    world.now = world.now + 8 * DAY;
    world.feed(Input::Hint(Hint::Woke));
    world.log_in();
    assert_eq!(world.published(), None);
    assert_eq!(world.error(call).code, ErrorCode::Expired);
}

#[test]
fn a_wall_clock_that_is_wrong_expires_nothing() {
    let mut world = World::logged_in(true);
    lose_link(&mut world);
    world.send_with(text("a", 1), KEPT);
    let year = 365 * DAY as i64;
    let mut after = World::restarted(&["nav.example"], world.kept.clone());
    after.kept.remove(&(None, "navi".into()));
    after.feed(Input::WallClock(crate::time::UnixMillis::new(WALL + year)));
    after.connect("T");
    after.log_in();
    assert!(after.published().is_some());
}

#[test]
fn only_the_newest_hundred_failures_are_kept() {
    let mut world = World::logged_in(true);
    for id in 1..=103 {
        refused(&mut world, id);
        world.advance(1_000);
        world.answer_everything();
    }
    let ids: Vec<u64> = listed(&mut world).into_iter().map(|(id, _)| id).collect();
    assert_eq!((ids.len(), ids[0], world.kept_keys("out:").len()), (100, 4, 100));
}

#[test]
fn the_same_message_sent_again_is_the_failed_one() {
    let mut world = World::logged_in(true);
    refused(&mut world, 1);
    let other = world.send_with(Outgoing { content: "{}".into(), ..text("a", 1) }, KEPT);
    assert_eq!(world.error(other).code, ErrorCode::MessageIdReused);
    let again = world.send_with(text("a", 1), KEPT);
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, Some(1));
    assert!(world.outcome(again).unwrap().is_ok());
    assert_eq!(listed(&mut world), []);
}

#[test]
fn the_same_message_sent_before_storage_answered_is_the_failed_one() {
    let mut world = World::logged_in(true);
    refused(&mut world, 1);
    let mut after = World::restarted(&["nav.example"], world.kept.clone());
    after.loads_at_once = false;
    after.connect("T");
    let again = after.send_with(text("a", 1), KEPT);
    after.load(&me());
    after.log_in();
    let (wire, ..) = after.published().unwrap();
    after.ack(wire, 0, Some(1));
    assert!(after.outcome(again).unwrap().is_ok());
    assert_eq!(after.published(), None);
}

#[test]
fn a_failed_send_that_the_server_has_after_all_is_sent() {
    let terms = SendTerms { give_up_after_ms: Some(5_000), keep: true };
    let mut world = World::logged_in(true);
    world.send_with(text("a", 1), terms);
    world.published().unwrap();
    world.advance(5_000);
    let world = reload(world, 1_000);
    let mut world = world;
    world.log_in();
    let (id, _) = world.pull().unwrap();
    world.page_to_head(id, &[own_row("a", 1, 1)]);
    assert_eq!((world.delivered(), listed(&mut world)), (vec![], vec![]));
    assert!(matches!(world.send_states(1).last(), Some(Sent { .. })));
}

#[test]
fn logging_out_settles_every_promise_and_forgets_nothing() {
    let mut world = World::logged_in(true);
    let calls: Vec<CallId> = (1..=3).map(|id| world.send_with(text("a", id), KEPT)).collect();
    let quiet = Outgoing { flags: MessageFlags::default(), ..text("a", 4) };
    let volatile = world.send_with(quiet, KEPT);
    world.disconnect();
    for call in calls.into_iter().chain([volatile]) {
        assert_eq!(world.error(call).code, ErrorCode::Disconnected);
    }
    assert_eq!(listed(&mut world).len(), 3);
    let again = retry(&mut world, 2);
    world.advance(1_000);
    world.connect("T");
    world.sent.clear();
    world.log_in();
    for id in 1..=3 {
        let (wire, _, left) = world.published().unwrap();
        assert_eq!(left, id, "in their order");
        world.ack(wire, 0, Some(id));
    }
    assert!(world.outcome(again).unwrap().is_ok(), "a retry of what waits waits with it");
}

#[test]
fn another_users_outbox_is_not_to_be_seen() {
    let mut world = World::logged_in(true);
    refused(&mut world, 1);
    world.events.clear();
    let connect = world.call();
    let user = Some(crate::ids::UserId::from("you"));
    let token = "other".to_owned();
    world.feed(Input::Command(Command::Connect { call: connect, token, user }));
    assert_eq!(listed(&mut world), []);
    assert_eq!(world.send_states(1), [], "it had failed already");
    assert_eq!(world.kept_keys("out:").len(), 1);
}

fn latest(world: &World, target: &str) -> Option<Vec<u8>> {
    let found = world.engine.conversation(&with(target))?;
    found.latest.as_ref().map(|latest| latest.content.to_vec())
}

#[test]
fn what_was_sent_before_one_that_is_taken_back_stands_in_the_list() {
    let mut world = World::logged_in(true);
    lose_link(&mut world);
    world.send(text("a", 1));
    world.send(text("a", 2));
    cancel(&mut world, 2);
    let first = Some(text("a", 1).content.to_vec());
    assert_eq!(latest(&world, "a"), first, "it is still on its way");
    world.log_in();
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, Some(1));
    assert_eq!(latest(&world, "a"), first);
    let found = world.engine.conversation(&with("a")).unwrap();
    assert_eq!(found.latest.as_ref().unwrap().uid.as_str(), format!("A-{wire}"));
}

#[test]
fn a_stored_place_at_the_end_of_all_places_leaves_room_for_more() {
    for place in ["ffffffffffffffff", "fffffffffffffffe"] {
        let mut world = World::logged_in(true);
        lose_link(&mut world);
        world.send(text("a", 1));
        let key = (Some(me()), format!("out:{:016x}", 1));
        let stored = world.kept.remove(&key).unwrap();
        world.kept.insert((Some(me()), format!("out:{place}")), stored);
        let mut after = reload(world, 1_000);
        for id in 2..=4 {
            after.send(text("a", id));
        }
        after.log_in();
        after.answer_everything();
        let last = after.send(text("b", 5));
        let mut sent = Vec::new();
        while let Some((wire, _, id)) = after.published() {
            sent.push(id);
            after.ack(wire, 0, Some(sent.len() as u64));
        }
        sent.retain(|id| *id != 1);
        sent.sort_unstable();
        assert_eq!(sent, [2, 3, 4, 5], "{place}");
        assert!(after.outcome(last).is_some());
    }
}

#[test]
fn a_first_frame_that_came_too_fast_does_not_repeat_the_second() {
    let mut world = World::logged_in(false);
    let terms = SendTerms { give_up_after_ms: Some(5_000), keep: true };
    world.send_with(text("a", 1), terms);
    let (first, ..) = world.published().unwrap();
    world.advance(5_000);
    assert!(matches!(world.send_states(1).last(), Some(Failed(_))));
    let again = retry(&mut world, 1);
    let (second, ..) = world.published().unwrap();
    world.ack(first, 20604, None);
    world.answer_everything();
    world.advance(4_000);
    assert_eq!(world.published(), None, "the second frame is on its way");
    world.ack(second, 0, None);
    assert!(world.outcome(again).unwrap().is_ok());
}

#[test]
fn a_send_whose_link_is_lost_is_told_once() {
    let mut world = World::logged_in(true);
    let terms = SendTerms { give_up_after_ms: Some(5_000), keep: true };
    world.send_with(text("a", 1), terms);
    world.advance(5_000);
    retry(&mut world, 1);
    world.events.clear();
    lose_link(&mut world);
    assert_eq!(world.send_states(1), [Queued { durable: true }]);
}
