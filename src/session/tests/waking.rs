use super::world::*;
use crate::session::io::Status::*;
use crate::session::io::*;
use crate::signal::{Request, server};

fn pings(world: &World) -> usize {
    world.sent.iter().filter(|sent| matches!(sent, Request::Ping)).count()
}

#[test]
fn a_half_open_link_is_dead_within_15_seconds() {
    let mut world = World::logged_in(true);
    world.advance(10_000);
    assert_eq!(pings(&world), 1);
    world.advance(4_999);
    assert_eq!(world.engine.status(), Connected);
    world.advance(1);
    assert_eq!(world.statuses()[0], NetworkUnavailable);
    assert_eq!(world.links.len(), 2, "the first new attempt is immediate");
}

#[test]
fn a_living_link_stays() {
    let mut world = World::logged_in(true);
    for _ in 0..100 {
        world.advance(10_000);
        world.answer_everything();
    }
    assert_eq!(world.links.len(), 1);
}

#[test]
fn a_hidden_page_is_patient() {
    let mut world = World::logged_in(true);
    world.feed(Input::Hint(Hint::Hidden));
    world.advance(29_999);
    assert_eq!(pings(&world), 0);
    world.advance(15_001 - 1);
    assert_eq!(world.engine.status(), Connected);
    world.advance(1);
    assert_eq!(world.links.len(), 2);
}

#[test]
fn hints_ask_at_once() {
    for hint in [Hint::Online, Hint::Visible, Hint::Woke] {
        let mut world = World::logged_in(true);
        world.feed(Input::Hint(hint));
        assert_eq!(pings(&world), 1, "{hint:?}");
        world.advance(2_999);
        assert_eq!(world.engine.status(), Connected);
        world.advance(1);
        assert_ne!(world.engine.status(), Connected, "{hint:?}");
    }
    let mut world = World::logged_in(true);
    world.feed(Input::Hint(Hint::Offline));
    assert_eq!((pings(&world), world.engine.status()), (0, Connected), "offline proves nothing");
}

#[test]
fn a_pong_that_lay_unread_through_a_sleep_counts() {
    let mut world = World::logged_in(true);
    world.advance(10_000);
    world.now = world.now + 3_600_000;
    world.feed(Input::Timeout);
    world.receive(&server::pong());
    assert_eq!(world.engine.status(), Connected);
}

#[test]
fn online_cuts_a_pause_short() {
    let mut world = World::new();
    world.connect("T");
    for _ in 0..8 {
        while !world.http.is_empty() {
            world.http_fails();
        }
        world.advance(20_000);
    }
    while !world.http.is_empty() {
        world.http_fails();
    }
    world.advance(499);
    world.feed(Input::Hint(Hint::Online));
    world.advance(1);
    assert_eq!(world.http.len(), 1);
}

#[test]
fn time_never_goes_back() {
    let mut world = World::logged_in(true);
    world.advance(9_000);
    world.now = crate::time::Tick::default();
    world.feed(Input::Timeout);
    assert_eq!(world.engine.status(), Connected);
    let due = world.engine.poll_timeout().unwrap();
    assert!(due.as_millis() >= 9_000);
}
