//! From a WebSocket to polling, and back.

use bytes::Bytes;

use super::world::*;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, LinkId};
use crate::session::config::{Config, Transport};
use crate::session::io::Status::*;
use crate::session::io::*;
use crate::signal::call::Question;
use crate::signal::server;
use crate::time::UnixMillis;

const JSON: Way = Way::Polling(PollForm::Json);
const BINARY: Way = Way::Polling(PollForm::Binary);

fn last_way(world: &World) -> Way {
    *world.ways.last().unwrap()
}

fn close(world: &mut World, cause: CloseCause) {
    let link = world.link();
    world.feed(Input::LinkClosed(link, cause));
}

/// The navigator has answered, a WebSocket is being opened.
fn dialling() -> World {
    let mut world = World::new();
    world.connect("T");
    world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
    assert_eq!(last_way(&world), Way::WebSocket);
    world
}

/// Logged in by polling, after a WebSocket was refused; everything answered.
fn on_polling(extended: bool) -> World {
    let mut world = World::new();
    world.extended = extended;
    world.connect("T");
    world.http(200, &answer_of(r#""server":"im.example""#, "me", extended));
    if !extended {
        world.http(200, "");
    }
    close(&mut world, CloseCause::Code(1006));
    world.advance(500);
    world.log_in();
    assert_eq!(last_way(&world), JSON);
    world.answer_everything();
    world.events.clear();
    world
}

fn ask(world: &mut World) -> CallId {
    let call = world.call();
    let question = Question::new("quitDiz", Some("d1".into()), "{}").unwrap();
    world.feed(Input::Command(Command::Ask { call, question }));
    call
}

/// The probe has left; everything else was answered.
fn probing(world: &mut World) {
    let polling = world.link();
    let links = world.links.len();
    while world.links.len() == links {
        world.advance(1_000);
        world.answer_everything_on(polling);
    }
}

/// The server refuses the probe.
fn prove(world: &mut World) {
    let probe = world.link();
    world.feed(Input::LinkOpened(probe));
    world.receive(&server::login_refused(4));
    assert!(world.closed.contains(&probe));
}

fn proven(world: &mut World) {
    probing(world);
    prove(world);
}

#[test]
fn a10_a_refused_websocket_is_replaced_by_polling_at_once() {
    let mut world = dialling();
    close(&mut world, CloseCause::Code(1006));
    world.advance(500);
    assert_eq!(last_way(&world), JSON);
    assert!(world.link_url().starts_with("http://im.example/websocket?appId=key&token=T&"));
    assert!(world.link_url().contains("&hy=1&did="), "{}", world.link_url());
    world.log_in();
    let told = [NavigationRequested, NavigationAnswered];
    assert_eq!(world.statuses()[..2], told);
    assert_eq!(world.statuses()[2..], [Connecting, WebSocketUnavailable, Connecting, Connected]);
    assert!(world.now.as_millis() < 4_000);
}

#[test]
fn a_server_that_is_silent_on_the_socket_and_knows_no_polling_is_told_as_such() {
    let mut world = World::new();
    let call = world.connect("T");
    world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
    let link = world.link();
    world.feed(Input::LinkOpened(link));
    world.advance(1_000);
    world.http(200, "");
    world.advance(1_500);
    assert_eq!(last_way(&world), JSON);
    close(&mut world, CloseCause::Failed);
    assert_eq!(world.error(call), Error::network(ErrorCode::ConnAckTimeout));
}

#[test]
fn a_page_without_websockets_polls() {
    let mut world = dialling();
    close(&mut world, CloseCause::Failed);
    world.advance(500);
    assert_eq!(last_way(&world), JSON);
}

#[test]
fn an_announced_server_is_polled_in_frames() {
    let mut world = World::new();
    world.connect("T");
    let terms = r#""server":"im.example","hongyan":{"version":1,"polling":1}"#;
    world.http(200, &answer_of(terms, "me", false));
    close(&mut world, CloseCause::Code(1006));
    world.advance(500);
    assert_eq!(last_way(&world), BINARY);
}

#[test]
fn a10_a11_a_silent_websocket_is_replaced_within_4_s_if_its_host_answers() {
    for opens in [false, true] {
        let mut world = dialling();
        if opens {
            let link = world.link();
            world.feed(Input::LinkOpened(link));
        }
        world.advance(999);
        assert!(world.http.is_empty());
        world.advance(1);
        assert!(world.http[0].1.starts_with("http://im.example/ping?r="));
        world.advance(100);
        world.http(200, "");
        world.advance(1_399);
        assert_eq!(world.links.len(), 1);
        world.advance(1);
        assert_eq!((last_way(&world), world.now.as_millis()), (JSON, 2_500));
        assert_eq!(world.closed, [world.links[0].0]);
        world.log_in();
        assert_eq!(world.engine.status(), Connected);
    }
}

#[test]
fn a_slow_network_is_no_blocked_websocket() {
    let mut world = dialling();
    world.advance(1_000);
    world.advance(2_000);
    world.http(200, "");
    world.advance(1_999);
    assert_eq!(world.links.len(), 1, "as patient as the answer was slow");
    world.log_in();
    assert_eq!(world.engine.status(), Connected);
    world.advance(60_000);
    assert_eq!(last_way(&world), Way::WebSocket);
}

#[test]
fn a_host_that_does_not_answer_is_not_polled() {
    for body in [None, Some("<html>please sign in</html>")] {
        let mut world = dialling();
        world.advance(1_000);
        match body {
            Some(page) => world.http(200, page),
            None => world.http_fails(),
        }
        world.advance(8_999);
        assert_eq!(world.ways, [Way::WebSocket], "{body:?}");
        world.advance(1);
        assert_eq!(world.closed.len(), 1);
    }
}

#[test]
fn the_choice_of_the_page_holds() {
    for (transport, first) in [(Transport::WebSocket, Way::WebSocket), (Transport::Polling, JSON)] {
        let config = Config { transport, ..World::config(&["nav.example"]) };
        let mut world = World::of(config, Default::default());
        world.connect("T");
        world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
        assert_eq!(last_way(&world), first);
        world.advance(5_000);
        assert!(world.http.is_empty(), "nothing is in doubt");
        for _ in 0..5 {
            close(&mut world, CloseCause::Code(1006));
            while world.http.is_empty() {
                world.advance(100);
            }
            world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
            world.advance(500);
        }
        assert!(world.ways.iter().all(|way| *way == first), "{:?}", world.ways);
        world.log_in();
        let links = world.links.len();
        world.answer_everything();
        world.advance(9_000);
        assert_eq!(world.links.len(), links);
    }
}

#[test]
fn what_was_learnt_serves_the_next_page_and_is_forgotten_where_it_is_wrong() {
    let mut world = on_polling(true);
    let kept = core::mem::take(&mut world.kept);
    let later = UnixMillis::new(WALL + 60_000);
    let mut world = World::restarted(&["nav.example"], kept.clone());
    world.feed(Input::WallClock(later));
    world.connect("T");
    assert_eq!(last_way(&world), JSON, "at once");
    world.log_in();
    assert!(!world.statuses().contains(&WebSocketUnavailable), "no news");
    assert_eq!(world.engine.status(), Connected);

    let mut world = World::restarted(&["nav.example"], kept);
    world.feed(Input::WallClock(later));
    world.connect("T");
    close(&mut world, CloseCause::Failed);
    world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
    world.advance(1_000);
    assert_eq!(last_way(&world), Way::WebSocket, "polling does not get through, either");
    world.log_in();
    world.answer_everything();
    close(&mut world, CloseCause::Code(1006));
    world.advance(1_000);
    assert_eq!(world.ways[2..], [Way::WebSocket], "forgotten");
}

#[test]
fn a_server_that_restarts_is_not_taken_for_a_blocked_websocket() {
    let mut world = World::logged_in(true);
    world.advance(1_000);
    close(&mut world, CloseCause::Code(1006));
    close(&mut world, CloseCause::Code(1006));
    world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
    world.advance(500);
    assert_eq!(world.ways, [Way::WebSocket; 3]);
    close(&mut world, CloseCause::Code(1006));
    world.advance(500);
    assert_eq!(last_way(&world), JSON, "two in a row are proof");
}

#[test]
fn a12_polling_moves_over_to_a_websocket_that_works() {
    let mut world = on_polling(true);
    let polling = world.link();
    proven(&mut world);
    assert!((30_000..=50_000).contains(&world.now.as_millis()));
    assert!(world.links[2].1.contains("&token=&"), "nobody logs in on the probe");
    assert!(!world.closed.contains(&polling));
    assert_eq!(world.ways[2..], [Way::WebSocket; 2]);
    let url = world.link_url().to_owned();
    assert!(url.contains("&token=T&") && url.contains("&hy=1&did="), "{url}");
    world.accept();
    assert!(world.closed.contains(&polling));
    assert_eq!(world.statuses(), [], "nobody need know");
    let way = |event: &Event| {
        if let Event::SignedIn { polling, .. } = event { Some(*polling) } else { None }
    };
    let last = world.events.iter().rev().find_map(way);
    assert_eq!(last, Some(false), "but for whoever asks");
    world.answer_everything();
    world.advance(60_000 - 1);
    assert_eq!(world.links.len(), 5, "silent, and so lost");
}

#[test]
fn a12_what_is_under_way_while_moving_is_settled_once() {
    let mut world = on_polling(true);
    probing(&mut world);
    let sent = world.send(text("a", 1));
    let (_, dup, _) = world.published().unwrap();
    assert!(!dup);
    prove(&mut world);
    let asked = ask(&mut world);
    let second = world.send(text("b", 2));
    assert!(world.sent.is_empty(), "held");
    world.accept();
    let (wire, dup, id) = world.published().unwrap();
    assert_eq!((dup, id), (true, client_id(1).to_wire() as u64), "repeated by its id");
    world.ack(wire, 0, Some(1));
    assert!(world.outcome(sent).unwrap().is_ok());
    let (wire, dup, _) = world.published().unwrap();
    assert!(!dup);
    world.ack(wire, 0, Some(2));
    assert!(world.outcome(second).unwrap().is_ok());
    world.answer_everything();
    assert_eq!(world.outcome(asked), Some(Ok(Outcome::Answer { status: 0, body: Bytes::new() })));
}

#[test]
fn a_move_waits_for_answers() {
    let mut world = on_polling(true);
    let polling = world.link();
    probing(&mut world);
    let asked = ask(&mut world);
    prove(&mut world);
    assert_eq!(world.links.len(), 3, "not while a question is open");
    world.answer_everything_on(polling);
    assert!(world.outcome(asked).is_some());
    assert_eq!(world.links.len(), 4);
}

#[test]
fn the_older_link_may_end_before_the_newer_answers() {
    let mut world = on_polling(true);
    let polling = world.link();
    proven(&mut world);
    world.feed(Input::LinkClosed(polling, CloseCause::Code(1000)));
    assert_eq!(world.engine.status(), Connected);
    world.accept();
    assert_eq!(world.statuses(), []);

    let mut world = on_polling(true);
    let polling = world.link();
    proven(&mut world);
    world.feed(Input::LinkClosed(polling, CloseCause::Code(1000)));
    close(&mut world, CloseCause::Code(1006));
    assert_eq!(world.statuses()[0], NetworkUnavailable, "both are gone");
    world.advance(1_000);
    world.log_in();
    assert_eq!(world.engine.status(), Connected);
}

#[test]
fn a_websocket_that_still_does_not_work_costs_nothing() {
    let mut world = on_polling(true);
    let polling = world.link();
    let mut trials = Vec::new();
    for _ in 0..3_600 {
        world.advance(1_000);
        world.answer_everything_on(polling);
        if world.links.len() > 2 + trials.len() {
            trials.push(world.now.as_millis());
        }
    }
    assert_eq!(world.statuses(), []);
    let pauses: Vec<u64> = trials.windows(2).map(|pair| (pair[1] - pair[0]) / 1_000).collect();
    assert!((60..=85).contains(&pauses[0]) && (120..=160).contains(&pauses[1]), "{pauses:?}");
    assert!((8..=12).contains(&trials.len()) && pauses.iter().all(|s| *s <= 760), "{pauses:?}");
    world.advance(4_000);
    assert_eq!(world.closed.len(), 1 + trials.len(), "each is closed again");
}

#[test]
fn another_network_is_tried_soon() {
    let mut world = on_polling(true);
    let polling = world.link();
    world.feed(Input::Hint(Hint::Online));
    world.answer_everything_on(polling);
    world.advance(4_999);
    assert_eq!(world.links.len(), 2);
    world.advance(1);
    assert_eq!(world.links.len(), 3);
}

#[test]
fn a_server_without_device_names_sees_one_login_at_a_time() {
    let mut world = on_polling(false);
    let polling = world.link();
    proven(&mut world);
    assert!(world.closed.contains(&polling), "it would be kicked");
    world.receive_on(polling, &server::disconnect(1));
    world.accept();
    assert_eq!(world.engine.status(), Connected);
    assert_eq!(world.statuses(), []);
}

#[test]
fn a_polling_request_that_fails_is_made_up_for_at_once() {
    let mut world = on_polling(true);
    let links = world.links.len();
    world.advance(6_000);
    close(&mut world, CloseCause::Failed);
    assert_eq!((world.links.len(), last_way(&world)), (links + 1, JSON));
    world.log_in();
    assert_eq!(world.statuses(), [NetworkUnavailable, Connecting, Connected]);
}

#[test]
fn frames_of_a_probe_are_not_heard() {
    let mut world = on_polling(true);
    probing(&mut world);
    world.receive(&server::disconnect(1));
    assert_eq!(world.engine.status(), Connected);
    assert_eq!(world.closed.last(), Some(&world.link()));
}

#[test]
fn a18_a_late_open_of_an_abandoned_websocket_is_closed() {
    let mut world = dialling();
    let abandoned = world.link();
    world.advance(1_000);
    world.http(200, "");
    world.advance(1_500);
    world.log_in();
    world.feed(Input::LinkOpened(abandoned));
    world.receive_on(abandoned, &server::disconnect(1));
    assert_eq!(world.engine.status(), Connected);
    assert_eq!(world.closed.iter().filter(|id| **id == abandoned).count(), 2);
}

#[test]
fn nothing_is_left_of_a_trial_after_a_disconnect() {
    let mut world = on_polling(true);
    probing(&mut world);
    let asked = world.disconnect();
    assert!(world.outcome(asked).unwrap().is_ok());
    let ids: Vec<LinkId> = world.links[1..].iter().map(|(id, _)| *id).collect();
    assert!(ids.iter().all(|id| world.closed.contains(id)));
    assert_eq!(world.engine.poll_timeout(), None);
}

#[test]
fn a_move_waits_for_rooms_and_lists_that_calls_wait_for() {
    let mut world = on_polling(true);
    let polling = world.link();
    probing(&mut world);
    let (room, history, since) = ("hall".into(), 0, None);
    let joins = world.call();
    world.feed(Input::Command(Command::JoinRoom { call: joins, room, history, since }));
    prove(&mut world);
    assert_eq!(world.links.len(), 3, "not while a join is open");
    world.answer_everything_on(polling);
    assert!(world.outcome(joins).is_some());
    assert_eq!(world.links.len(), 4);

    let mut world = on_polling(true);
    let polling = world.link();
    probing(&mut world);
    let (kinds, count) = (Vec::new(), None);
    let lists = world.call();
    let command = Command::Conversations { call: lists, kinds, count, remote: true, hidden: false };
    world.feed(Input::Command(command));
    prove(&mut world);
    assert_eq!(world.links.len(), 3, "not while the list is open");
    world.answer_everything_on(polling);
    assert!(world.outcome(lists).unwrap().is_ok());
    assert_eq!(world.links.len(), 4);
}

#[test]
fn a_login_that_tells_no_time_leaves_the_clock_as_it_is() {
    let mut world = on_polling(true);
    let offset = world.engine.server_time_offset();
    proven(&mut world);
    world.receive(&server::login_accepted(&me(), "hy1.s", UnixMillis::ZERO));
    assert_eq!(world.engine.server_time_offset(), offset);
}
