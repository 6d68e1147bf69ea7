use super::world::*;
use crate::session::io::Status::*;
use crate::session::io::*;
use crate::signal::{Request, server};

fn pings(world: &World) -> usize {
    world.sent.iter().filter(|sent| matches!(sent, Request::Ping)).count()
}

#[test]
fn a6_o3_a_half_open_link_is_dead_within_15_seconds() {
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
        world.advance(2_499);
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

#[test]
fn a_network_that_is_not_quite_back_is_tried_again_soon() {
    let mut world = World::new();
    world.connect("T");
    for _ in 0..12 {
        while !world.http.is_empty() {
            world.http_fails();
        }
        world.advance(20_000);
    }
    while !world.http.is_empty() {
        world.http_fails();
    }
    world.advance(1_000);
    world.feed(Input::Hint(Hint::Online));
    world.advance(0);
    world.http_fails();
    assert!(world.http.is_empty());
    world.advance(1_000);
    assert_eq!(world.http.len(), 1, "long pauses belong to the time without a network");
}

#[test]
fn hints_never_make_it_faster_than_two_attempts_a_second() {
    let mut world = World::new();
    world.connect("T");
    let mut asked = 0;
    for step in 0..600 {
        while !world.http.is_empty() {
            asked += 1;
            world.http_fails();
        }
        world.feed(Input::Hint([Hint::Online, Hint::Woke, Hint::Visible][step % 3]));
        world.advance(100);
    }
    assert!((60..=121).contains(&asked), "{asked} in a minute");
}

#[test]
fn an_attempt_of_the_old_network_is_begun_anew_once() {
    let mut world = World::logged_in(true);
    world.advance(10_000);
    world.answer_everything();
    world.feed(Input::LinkClosed(world.link(), CloseCause::Code(1006)));
    assert_eq!(world.links.len(), 2);
    world.advance(900);
    world.feed(Input::Hint(Hint::Online));
    assert_eq!(world.links.len(), 2, "it may still open");
    world.advance(100);
    world.feed(Input::Hint(Hint::Online));
    assert_eq!((world.links.len(), world.closed.len()), (3, 2), "the old one hangs");
    world.advance(5_000);
    world.feed(Input::Hint(Hint::Woke));
    assert_eq!(world.links.len(), 3, "a slow network would never get through");
    world.log_in();
    assert_eq!(world.statuses(), [NetworkUnavailable, Connecting, Connected]);
}

#[test]
fn c3_a_page_that_is_put_away_holds_no_socket_and_comes_back_at_once() {
    let mut world = World::logged_in(true);
    world.advance(1_000);
    world.feed(Input::Hint(Hint::Stowed));
    assert_eq!(world.closed.last(), Some(&world.link()));
    assert!(
        !world.sent.iter().any(|sent| matches!(sent, Request::LoggedOut)),
        "the session goes on"
    );
    world.send(text("a", 1));
    world.feed(Input::Hint(Hint::Hidden));
    world.advance(600_000);
    assert_eq!(world.links.len(), 1, "nothing is tried where nobody is");
    world.feed(Input::Hint(Hint::Woke));
    world.advance(0);
    world.log_in();
    world.answer_everything();
    assert_eq!(world.statuses(), [NetworkUnavailable, Connecting, Connected]);
    assert!(world.published().is_some(), "what was sent meanwhile leaves");
}

#[test]
fn a_page_that_was_put_away_while_connecting_goes_on_with_it() {
    for phase in 0..4 {
        let mut world = World::new();
        let call = world.connect("T");
        if phase > 0 {
            world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
        }
        if phase > 1 {
            world.feed(Input::LinkOpened(world.link()));
        }
        world.feed(Input::Hint(Hint::Stowed));
        let links = world.links.len();
        if phase > 2 {
            world.http_done(crate::ids::HttpId(1), 200, "late");
            world.feed(Input::LinkClosed(world.link(), CloseCause::Code(1006)));
        }
        world.advance(10_000);
        assert_eq!((world.links.len(), world.outcome(call)), (links, None), "phase {phase}");
        world.http.clear();
        world.feed(Input::Hint(Hint::Woke));
        world.advance(0);
        world.log_in();
        assert!(world.outcome(call).unwrap().is_ok(), "phase {phase}");
    }
}

#[test]
fn a_page_that_wants_no_login_is_not_woken_into_one() {
    for ended in [false, true] {
        let mut world = World::logged_in(true);
        if ended {
            world.receive(&server::disconnect(1));
        } else {
            world.disconnect();
        }
        for hint in [Hint::Stowed, Hint::Woke, Hint::Online, Hint::Visible] {
            world.feed(Input::Hint(hint));
            world.advance(60_000);
        }
        assert_eq!(world.links.len(), 1);
    }
}

#[test]
fn c1_timers_that_come_once_a_minute_keep_a_living_link() {
    let mut world = World::logged_in(true);
    world.feed(Input::Hint(Hint::Hidden));
    for _ in 0..30 {
        world.now = world.now + 60_000;
        world.feed(Input::Timeout);
        // Frames are no timers: the answer comes when it comes.
        world.now = world.now + 40;
        world.answer_everything();
    }
    assert_eq!((world.links.len(), world.engine.status()), (1, Connected));
    world.feed(Input::Hint(Hint::Visible));
    world.advance(3_000);
    assert_ne!(world.engine.status(), Connected, "dead by now, and noticed at once");
}

#[test]
fn c4_a_night_of_sleep_costs_one_probe() {
    for answers in [true, false] {
        let mut world = World::logged_in(true);
        world.advance(4_000);
        world.now = world.now + 8 * 3_600_000;
        world.feed(Input::Hint(Hint::Woke));
        world.feed(Input::Timeout);
        assert_eq!((pings(&world), world.engine.status()), (1, Connected));
        if answers {
            world.answer_everything();
        }
        world.advance(3_000);
        assert_eq!(world.engine.status() == Connected, answers);
        if !answers {
            world.http.clear();
            assert!(world.links.len() == 2 || !world.closed.is_empty());
        }
    }
}

#[test]
fn c20_wall_clocks_that_jump_cost_no_link_and_no_send() {
    let mut world = World::logged_in(true);
    for jump in [-86_400_000, 31_536_000_000, -31_536_000_000, 1] {
        let call = world.send(text("a", (jump as u64) >> 1));
        let wall = world.server_time().plus(jump);
        world.feed(Input::WallClock(wall));
        world.advance(9_000);
        world.answer_everything();
        let (id, _, _) = world.published().unwrap();
        world.ack(id, 0, None);
        assert!(world.outcome(call).unwrap().is_ok(), "{jump}");
    }
    assert_eq!((world.links.len(), world.statuses().len()), (1, 0));
}
