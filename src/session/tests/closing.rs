use super::world::*;
use crate::error::{ErrorCode, Origin};
use crate::session::io::Status::*;
use crate::session::io::*;
use crate::signal::server;

/// Logged in for a while, with a second host if `two`.
fn settled(two: bool) -> World {
    let mut world = World::new();
    world.connect("T");
    let hosts = if two { r#""server":"a","backupServer":"b""# } else { r#""server":"a""# };
    world.http(200, &answer_of(hosts, "me", true));
    while let Some((_, url)) = world.http.front() {
        assert!(url.contains("/ping"));
        world.http(200, "");
    }
    world.feed(Input::LinkOpened(world.link()));
    world.accept();
    world.answer_everything();
    for _ in 0..3 {
        world.advance(4_000);
        world.answer_everything();
    }
    world.events.clear();
    world
}

fn close(world: &mut World, code: u16) {
    world.feed(Input::LinkClosed(world.link(), CloseCause::Code(code)));
}

/// After how many ms something is asked or opened again.
fn pause(world: &mut World) -> u64 {
    let (start, links, asked) = (world.now, world.links.len(), world.http.len());
    for _ in 0..1_000_000 {
        if world.links.len() > links || world.http.len() > asked {
            break;
        }
        world.advance(1);
    }
    world.now.since(start)
}

#[test]
fn a9_ordinary_ends_connect_again_at_once() {
    for code in [1000, 1005, 1006, 3008] {
        let mut world = settled(false);
        close(&mut world, code);
        assert_eq!(world.links.len(), 2, "{code}");
        assert!(world.links[1].1.starts_with("ws://a/"));
        world.feed(Input::LinkOpened(world.link()));
        world.accept();
        assert_eq!(world.statuses(), [NetworkUnavailable, Connecting, Connected]);
    }
}

#[test]
fn a9_a_server_that_goes_away_is_left_for_another_at_once() {
    for code in [1001, 1002, 1003, 1007, 1010, 1011, 1012, 1014, 1015] {
        let mut world = settled(true);
        close(&mut world, code);
        let (_, url) = world.http.front().expect("a race");
        assert!(url.starts_with("http://b/ping"), "{code}: {url}");
        world.http(200, "");
        assert!(world.links[1].1.starts_with("ws://b/"), "{code}");
    }
}

#[test]
fn a9_a_lonely_server_that_goes_away_is_given_time() {
    for code in [1001, 1011, 1012] {
        let mut world = settled(false);
        close(&mut world, code);
        let pause = pause(&mut world);
        assert!((500..4_000).contains(&pause), "{code}: {pause}");
    }
}

#[test]
fn a9_try_again_later_is_later_whoever_else_there_is() {
    for two in [true, false] {
        let mut world = settled(two);
        close(&mut world, 1013);
        let pause = pause(&mut world);
        assert!((500..4_000).contains(&pause), "{pause}");
    }
}

#[test]
fn a9_policies_and_private_codes_are_for_the_navigator_to_explain() {
    for code in [1008, 3001, 3500, 4000, 4999] {
        let mut world = settled(true);
        close(&mut world, code);
        let (_, url) = world.http.front().expect("a question");
        assert!(url.contains("/navi.js"), "{code}: {url}");
        world.http(401, r#"{"code":401}"#);
        assert_eq!(world.statuses(), [NetworkUnavailable, Refused]);
    }
}

#[test]
fn a9_unauthorized_and_forbidden_are_the_end() {
    for (code, error) in [(3000, ErrorCode::TokenIncorrect), (3003, ErrorCode::NotAuthorized)] {
        let mut world = settled(true);
        let call = world.send(text("a", 1));
        close(&mut world, code);
        assert_eq!(world.statuses(), [Refused]);
        assert_eq!(world.error(call).code, error);
        world.advance(600_000);
        assert_eq!((world.links.len(), world.http.len()), (1, 0));
    }
}

#[test]
fn a9_a_frame_that_is_too_large_is_not_sent_again() {
    let mut world = settled(false);
    let small = world.send(text("b", 1));
    let mut message = text("a", 2);
    message.content = bytes::Bytes::from(vec![b'x'; 60_000]);
    let large = world.send(message);
    assert!(world.published().is_some() && world.published().is_some());
    close(&mut world, 1009);
    assert_eq!(world.error(large).code, ErrorCode::ContentTooLarge);
    assert_eq!(world.error(large).origin, Origin::Server);
    assert_eq!(world.outcome(small), None);
    world.feed(Input::LinkOpened(world.link()));
    world.accept();
    world.answer_everything();
    let (wire, repeated, _) = world.published().expect("the small one again");
    assert!(repeated && world.published().is_none());
    world.ack(wire, 0, None);
    assert!(world.outcome(small).unwrap().is_ok());
}

#[test]
fn a9_too_large_without_a_send_on_its_way_loops_slowly() {
    let mut world = settled(false);
    let mut opened = 0;
    for _ in 0..600 {
        if world.engine.status() == Connected {
            close(&mut world, 1009);
            opened += 1;
        } else if !world.closed.contains(&world.link()) {
            world.feed(Input::LinkOpened(world.link()));
            world.accept();
        }
        world.advance(100);
    }
    assert!((3..60).contains(&opened), "{opened} in a minute");
}

#[test]
fn a1_a2_a9_during_a_login_every_code_leads_on_without_a_pause() {
    for code in [1000, 1001, 1006, 1008, 1009, 1011, 1012, 1013, 4000] {
        let mut world = World::new();
        let call = world.connect("T");
        world.http(200, &answer_of(r#""server":"a","backupServer":"b""#, "me", true));
        world.http(200, "");
        close(&mut world, code);
        assert_eq!(world.outcome(call), None, "{code}");
        world.advance(500);
        let url = world.http.front().map_or("", |(_, url)| url);
        assert!(url.contains("//b/ping") || world.links.len() == 2, "{code}: {url}");
    }
}

#[test]
fn a_disconnect_in_place_of_a_connack_leads_on() {
    for reason in [0, 3, 5, 6] {
        let mut world = World::new();
        let call = world.connect("T");
        world.reach_socket();
        world.receive(&server::disconnect(reason));
        assert!(world.error(call).retryable(), "{reason}");
        world.advance(1_000);
        world.log_in();
        assert_eq!(world.engine.status(), Connected, "{reason}");
    }
}

#[test]
fn reasons_of_disconnect_that_end_a_session() {
    let reasons = [
        (1, KickedByOtherClient, 31010),
        (2, Blocked, 31009),
        (7, Refused, 31020),
        (8, Refused, 31001),
        (9, Refused, 31029),
    ];
    for (reason, status, code) in reasons {
        let mut world = settled(true);
        let call = world.send(text("a", 1));
        world.receive(&server::disconnect(reason));
        assert_eq!(world.statuses(), [status]);
        assert_eq!(world.error(call).code.number(), code);
        world.advance(600_000);
        assert_eq!(world.links.len(), 1, "{reason}");
    }
}

#[test]
fn a16_a_pause_that_a_navigator_asks_for_is_kept_whatever_is_hinted() {
    for status in [429, 503] {
        let mut world = World::new();
        let call = world.connect("T");
        let (id, _) = world.http.pop_front().unwrap();
        let (body, retry_after_s) = (bytes::Bytes::new(), Some(30));
        world.feed(Input::HttpDone(id, HttpOutcome::Answer { status, body, retry_after_s }));
        assert!(world.error(call).retryable());
        for _ in 0..29 {
            world.advance(1_000);
            world.feed(Input::Hint(Hint::Online));
            world.connect("T");
        }
        world.advance(999);
        assert!(world.http.is_empty());
        world.advance(6_001);
        assert!(!world.http.is_empty());
    }
}

#[test]
fn a16_a_pause_without_end_is_cut_to_ten_minutes() {
    let mut world = World::new();
    world.connect("T");
    let (id, _) = world.http.pop_front().unwrap();
    let (body, retry_after_s) = (bytes::Bytes::new(), Some(u32::MAX));
    world.feed(Input::HttpDone(id, HttpOutcome::Answer { status: 503, body, retry_after_s }));
    let pause = pause(&mut world);
    assert!((600_000..=720_000).contains(&pause), "{pause}");
}

/// Two devices of a page that answers every kick by connecting again: what 2.x stops by locking the
/// page out for ever.
#[test]
fn o15_a_war_of_kicks_is_ended_for_minutes_and_not_for_ever() {
    let mut world = World::logged_in(true);
    for _ in 0..6 {
        world.advance(2_000);
        world.receive(&server::disconnect(1));
        world.connect("T");
        if world.http.front().is_some() || world.links.len() > world.closed.len() {
            world.log_in();
        }
    }
    let call = world.connect("T");
    assert_eq!(world.error(call).code, ErrorCode::UltraLimit);
    let links = world.links.len();
    world.advance(299_000);
    assert_eq!(world.links.len(), links);
    let call = world.connect("T");
    world.log_in();
    assert!(world.outcome(call).unwrap().is_ok());
}

#[test]
fn b24_a_kicked_session_does_not_come_back_by_itself() {
    let mut world = settled(true);
    world.receive(&server::disconnect(1));
    for hint in [Hint::Online, Hint::Visible, Hint::Woke, Hint::Stowed, Hint::Woke] {
        world.feed(Input::Hint(hint));
        world.advance(60_000);
    }
    assert_eq!((world.links.len(), world.http.len()), (1, 0));
    assert_eq!(world.statuses(), [KickedByOtherClient]);
}

/// The answer of a navigator is read; the original runs it as a script.
#[test]
fn o13_a_navigators_answer_is_data() {
    let script = "getServerEndpoint((function(){return {code:200,server:'evil'}})());";
    let mut world = World::new();
    let call = world.connect("T");
    world.http(200, script);
    assert_eq!(world.error(call).code, ErrorCode::NavigationResource);
    assert!(world.links.is_empty());
}

/// The original fetches a file of a content delivery network before each attempt.
#[test]
fn o2_nothing_is_asked_but_navigators_and_their_hosts() {
    let mut world = settled(true);
    close(&mut world, 1006);
    for _ in 0..20 {
        while let Some((_, url)) = world.http.front() {
            let known = ["http://nav.example/navi.js?", "http://a/ping?", "http://b/ping?"];
            assert!(known.iter().any(|place| url.starts_with(place)), "{url}");
            world.http_fails();
        }
        world.advance(20_000);
    }
}
