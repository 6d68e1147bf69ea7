use super::world::*;
use crate::ids::LinkId;
use crate::session::io::Status::*;
use crate::session::io::*;
use crate::signal::server;

#[test]
fn o15_a_page_kicked_now_and_then_may_come_back_for_ever() {
    let mut world = World::logged_in(true);
    for _ in 0..20 {
        world.receive(&server::disconnect(1));
        assert_eq!(world.engine.status(), KickedByOtherClient);
        world.advance(60_000);
        let call = world.connect("T");
        world.log_in();
        assert!(world.outcome(call).unwrap().is_ok(), "the page may come back");
        world.answer_everything();
    }
    assert_eq!(world.links.len(), 21, "and only the page");
}

#[test]
fn a_ban_is_the_end_and_other_reasons_are_not() {
    let mut world = World::logged_in(true);
    world.receive(&server::disconnect(2));
    assert_eq!(world.engine.status(), Blocked);
    for reason in [0, 3, 5, 6, 77] {
        let mut world = World::logged_in(true);
        world.advance(1_000);
        world.receive(&server::disconnect(reason));
        assert_eq!(world.statuses(), [NetworkUnavailable]);
        assert!(world.http.front().unwrap().1.contains("/navi.js"), "perhaps another server");
    }
}

#[test]
fn a17_a_flapping_link_is_not_hammered() {
    let mut world = World::logged_in(true);
    let before = world.links.len();
    for _ in 0..300 {
        world.advance(200);
        let link = world.link();
        if world.engine.status() == Connected {
            world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
        } else if !world.closed.contains(&link) {
            world.feed(Input::LinkOpened(link));
            world.accept();
        }
    }
    // Each is of no use, so that the pauses grow.
    assert!((4..=121).contains(&(world.links.len() - before)), "{}", world.links.len());
}

#[test]
fn o1_refused_sockets_are_tried_with_growing_pauses_for_ever() {
    let mut world = World::new();
    world.connect("T");
    let mut opened = Vec::new();
    for _ in 0..20_000 {
        while let Some((_, url)) = world.http.front() {
            let body = answer_of(r#""server":"im.example""#, "me", true);
            world.http(200, if url.contains("navi") { &body } else { "" });
        }
        if world.links.len() > opened.len() {
            opened.push(world.now);
            let link = world.link();
            world.feed(Input::LinkClosed(link, CloseCause::Failed));
        }
        world.advance(100);
    }
    let gaps: Vec<u64> = opened.windows(2).map(|pair| pair[1].since(pair[0])).collect();
    assert!(gaps.iter().all(|gap| (500..=20_100).contains(gap)), "{gaps:?}");
    assert!(opened.len() > 100);
}

#[test]
fn a18_late_reports_of_abandoned_links_say_nothing() {
    let mut world = World::logged_in(true);
    let old = world.link();
    world.advance(1_000);
    world.feed(Input::LinkClosed(old, CloseCause::Code(1006)));
    world.log_in();
    world.events.clear();
    let closed = world.closed.len();
    world.feed(Input::LinkClosed(old, CloseCause::Code(1006)));
    world.feed(Input::Received(old, bytes::Bytes::from_static(&[0xE0, 1])));
    assert_eq!((world.events.len(), world.closed.len()), (0, closed));
    world.feed(Input::LinkOpened(LinkId(77)));
    assert_eq!(world.closed.last(), Some(&LinkId(77)), "an abandoned socket is closed");
    assert_eq!(world.engine.status(), Connected);
}

#[test]
fn the_link_is_lost_and_comes_back() {
    let mut world = World::logged_in(true);
    world.advance(5_000);
    let link = world.link();
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    world.log_in();
    assert_eq!(world.statuses(), [NetworkUnavailable, Connecting, Connected]);
    world.answer_everything();
    world.events.clear();
    let call = world.disconnect();
    assert_eq!(world.statuses(), [Disconnected]);
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
    assert_eq!(world.closed.last(), Some(&world.link()));
    world.advance(100_000);
    assert_eq!(world.links.len(), 2, "logged out");
}
