use super::world::*;
use crate::error::{Error, ErrorCode, Origin};
use crate::ids::UserId;
use crate::session::config::Config;
use crate::session::io::Status::*;
use crate::session::io::*;
use crate::signal::server;

fn connected(user: &str) -> Outcome {
    Outcome::Connected { user: UserId::from(user) }
}

#[test]
fn a_fresh_login_in_the_order_of_2x() {
    let mut world = World::new();
    assert_eq!(world.engine.status(), ConnectionClosed);
    let call = world.connect("T+/=");
    let (_, url) = world.http.front().unwrap().clone();
    let start = "http://nav.example/navi.js?appId=key&token=T%2B%2F%3D&callBack=getServerEndpoint";
    assert!(url.starts_with(start), "{url}");
    world.extended = false;
    world.log_in();
    assert_eq!(world.statuses(), [NavigationRequested, NavigationAnswered, Connecting, Connected]);
    let whole = world.events.iter().any(|event| {
        let Event::Told(told) = event else { return false };
        &*told.topic == "navi" && told.body.starts_with(b"getServerEndpoint({")
    });
    assert!(whole, "the page reads what the core does not");
    assert_eq!(world.outcome(call), Some(Ok(connected("me"))));
    let url = &world.links[0].1;
    let start = "ws://im.example/websocket?appId=key&token=T%2B%2F%3D&sdkVer=";
    assert!(url.starts_with(start) && url.contains("&apiVer="), "{url}");
    assert!(!url.contains("hy=1"), "not announced");
    assert!(matches!(world.sent.front(), Some(crate::signal::Request::Ping)), "ping first");
    assert_eq!(world.engine.status(), Connected);
    assert_eq!(world.engine.user(), Some(&me()));
}

#[test]
fn an_announcement_skips_the_race_and_names_the_device() {
    let mut world = World::new();
    world.connect("T");
    world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
    assert!(world.http.is_empty(), "one host, no race");
    let url = &world.links[0].1;
    let device = world.kept.get(&(None, "device".into())).unwrap();
    assert!(url.ends_with(&format!("&hy=1&did={device}")), "{url}");
}

#[test]
fn a_kept_answer_skips_the_navigation() {
    let mut world = World::logged_in(true);
    world.disconnect();
    let kept = core::mem::take(&mut world.kept);
    let mut world = World::restarted(&["nav.example"], kept);
    let call = world.connect("T");
    world.log_in();
    assert_eq!(world.statuses(), [Connecting, Connected]);
    assert!(world.outcome(call).unwrap().is_ok());
}

#[test]
fn an_answer_older_than_two_hours_is_asked_for_anew() {
    for (age, asks) in [(7_000_000, false), (7_300_000, true)] {
        let mut world = World::logged_in(true);
        world.feed(Input::WallClock(crate::time::UnixMillis::new(WALL + age)));
        let link = world.link();
        world.advance(1_000);
        world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
        assert_eq!(!world.http.is_empty(), asks);
    }
}

#[test]
fn a_token_belongs_to_its_answer() {
    let mut world = World::logged_in(true);
    world.disconnect();
    world.connect("another");
    assert!(world.http.front().unwrap().1.contains("token=another"));
}

#[test]
fn dead_navigators_end_in_203() {
    let mut world = World::with_navigators(&["a.example", "b.example"]);
    let call = world.connect("T");
    world.http_fails();
    world.advance(4_999);
    assert_eq!(world.outcome(call), None);
    world.advance(1);
    assert_eq!(world.error(call).code, ErrorCode::NavigationFailed);
    assert_eq!(world.error(call).origin, Origin::Network);
    assert_eq!(
        world.statuses(),
        [
            NavigationRequested,
            NavigationFailed,
            NavigationRequested,
            NavigationTimedOut,
            NetworkUnavailable
        ]
    );
    assert_eq!(world.aborted.len(), 1);
    world.events.clear();
    world.advance(2_000);
    assert!(!world.http.is_empty(), "it goes on by itself");
    world.http_fails();
    world.log_in();
    assert_eq!(world.statuses(), [Connecting, Connected], "without remarks on the navigation");
}

#[test]
fn a14_three_silent_navigators_hold_the_fourth_up_for_three_seconds() {
    let mut world = World::with_navigators(&["a", "b", "c", "d"]);
    let call = world.connect("T");
    for asked in 1..=4 {
        assert_eq!(world.http.len(), asked);
        world.advance(1_000);
    }
    let (fourth, url) = world.http.pop_back().unwrap();
    assert!(url.starts_with("http://d/navi.js"));
    world.http_done(fourth, 200, &answer_of(r#""server":"im.example""#, "me", true));
    assert_eq!(world.aborted.len(), 3);
    world.log_in();
    assert!(world.outcome(call).unwrap().is_ok());
}

#[test]
fn navigators_that_are_all_silent_settle_the_call() {
    let mut world = World::with_navigators(&["a", "b", "c", "d"]);
    let call = world.connect("T");
    world.advance(7_999);
    assert_eq!(world.outcome(call), None);
    world.advance(1);
    assert_eq!(world.error(call).code, ErrorCode::NavigationFailed);
    let timed_out = |status: &Status| *status == NavigationTimedOut;
    assert_eq!(world.statuses().into_iter().filter(timed_out).count(), 4);
}

#[test]
fn who_failed_is_asked_last_for_a_while() {
    let mut world = World::with_navigators(&["dead", "alive"]);
    let asked =
        |world: &World| world.http.iter().map(|(_, url)| url[7..9].to_owned()).collect::<Vec<_>>();
    world.connect("T");
    world.advance(1_000);
    assert_eq!(asked(&world), ["de", "al"]);
    let (alive, _) = world.http.pop_back().unwrap();
    world.http_done(alive, 200, &answer_of(r#""server":"a","backupServer":"b""#, "me", true));
    // Host a does not answer, host b does a second later.
    world.advance(1_000);
    let (b, _) = world.http.pop_back().unwrap();
    world.http_done(b, 200, "");
    world.log_in();
    assert!(world.link_url().starts_with("ws://b/"));
    for (after, first) in [(30_000, ["al", "b/"]), (130_000, ["de", "a/"])] {
        world.disconnect();
        world.advance(after);
        // Another token: nothing that is kept is used.
        world.connect(first[0]);
        assert_eq!(asked(&world), first[..1]);
        world.http(200, &answer_of(r#""server":"a","backupServer":"b""#, "me", true));
        assert_eq!(asked(&world), first[1..]);
        world.http(200, "");
        world.advance(500);
        world.log_in();
    }
}

#[test]
fn d14_hosts_that_may_not_be_gone_to_are_left_out_and_told_of() {
    let trouble = Event::Trouble(Error::server(ErrorCode::HostNotAllowed));
    let config = Config { allowed_hosts: vec!["*.example".into()], ..World::config(&["nav.test"]) };
    let mut world = World::of(config, Default::default());
    let call = world.connect("T");
    world.http(200, &answer_of(r#""server":"evil.test""#, "me", true));
    assert_eq!(world.error(call), Error::server(ErrorCode::HostNotAllowed));
    assert!(world.events.contains(&trouble) && world.links.is_empty());
    world.events.clear();
    world.advance(2_000);
    let both = r#""server":"javascript:alert(1)","backupServer":"evil.test,im.example""#;
    world.http(200, &answer_of(both, "me", true));
    assert_eq!(world.events.iter().filter(|event| **event == trouble).count(), 1);
    world.log_in();
    assert!(world.link_url().starts_with("ws://im.example/"));
    world.answer_everything();
    // A redirect leads nowhere else, either.
    world.advance(1_000);
    world.receive(&server::disconnect(6));
    world.http(200, &answer_of(r#""server":"evil.test""#, "me", true));
    assert_eq!(world.links.len(), 1);
    assert_ne!(world.engine.status(), Connected);
}

#[test]
fn d14_a_secure_page_asks_nobody_in_the_clear() {
    let config =
        Config { secure_page: true, ..World::config(&["http://nav.example", "n.example"]) };
    let mut world = World::of(config, Default::default());
    world.connect("T@http://own.example");
    world.advance(4_000);
    assert_eq!(world.http.len(), 1);
    assert!(world.events.contains(&Event::Trouble(Error::caller(ErrorCode::HostNotAllowed))));
    world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
    assert!(world.link_url().starts_with("wss://im.example/"));
    world.advance(1_000);
    assert!(world.http[0].1.starts_with("https://im.example/ping"));
    world.http(200, "");
    world.advance(1_500);
    assert!(world.link_url().starts_with("https://im.example/websocket?"));
}

#[test]
fn d16_a_server_that_logs_in_somebody_else_is_refused() {
    let mut world = World::new();
    let call = world.connect("T");
    let two = r#""server":"a","backupServer":"b""#;
    world.http(200, &answer_of(two, "somebody", true));
    world.http(200, "");
    world.reach_socket();
    world.accept();
    assert_eq!(world.closed, [world.links[0].0]);
    world.http(200, "");
    world.advance(500);
    let link = world.link();
    world.feed(Input::LinkOpened(link));
    let now = world.server_time();
    world.receive(&server::login_accepted(&UserId::from("somebody"), "hy1.s", now));
    assert_eq!(world.outcome(call), Some(Ok(connected("somebody"))), "the other server is right");
}

#[test]
fn d16_a_user_whom_the_page_did_not_name_is_refused_for_good() {
    for named_by in ["navigator", "server"] {
        let mut world = World::new();
        let call = world.call();
        let user = Some(UserId::from("somebody"));
        world.feed(Input::Command(Command::Connect { call, token: "T".into(), user }));
        let told = if named_by == "server" { "" } else { "me" };
        world.http(200, &answer_of(r#""server":"a""#, told, true));
        if named_by == "server" {
            world.log_in();
        }
        assert_eq!(world.error(call), Error::server(ErrorCode::UserMismatch), "{named_by}");
        assert_eq!(world.engine.status(), Refused);
        world.advance(100_000);
        assert!(world.http.is_empty() && world.links.len() <= 1);
    }
}

#[test]
fn d15_what_is_no_answer_is_none_whatever_it_is() {
    let long = "x".repeat(64 * 1024);
    for body in ["", "<html>", "{", "[]", "null", "{\"code\":\"x\"}", "{\"code\":200}", &long] {
        let mut world = World::with_navigators(&["a", "b"]);
        let call = world.connect("T");
        world.http(200, body);
        assert_eq!(world.outcome(call), None, "{body:.10}");
        assert!(world.http[0].1.starts_with("http://b/"), "the next one at once");
        let wrong = r#""server":["im.example"],"backupServer":{"a":1},"hongyan":7"#;
        world.http(200, &answer_of(wrong, "me", false));
        assert_eq!(world.error(call).code, ErrorCode::NavigationResource);
    }
}

#[test]
fn a13_a_portal_that_answers_html_to_everything_is_no_navigator() {
    let mut world = World::new();
    let call = world.connect("T");
    world.http(200, "<html>log in</html>");
    assert_eq!(world.error(call), Error::network(ErrorCode::NavigationResource));
    assert!(world.error(call).retryable() && world.links.is_empty());
    for _ in 0..60 {
        world.advance(1_000);
        while let Some((_, url)) = world.http.front() {
            assert!(url.contains("/navi.js"));
            world.http(200, "<html>log in</html>");
        }
    }
    while world.http.is_empty() {
        world.advance(100);
    }
    world.log_in();
    assert_eq!(world.engine.status(), Connected, "the user has signed in there");
}

#[test]
fn a_wrong_token_ends_it() {
    let mut world = World::new();
    let call = world.connect("T");
    world.http(401, r#"{"code":401}"#);
    assert_eq!(world.statuses(), [NavigationRequested, NavigationAnswered, Refused]);
    assert_eq!(world.error(call).code, ErrorCode::TokenIncorrect);
    assert!(!world.error(call).retryable());
    world.advance(100_000);
    assert!(world.http.is_empty() && world.links.is_empty());
}

#[test]
fn a_wrong_app_key_ends_it() {
    let mut world = World::new();
    let call = world.connect("T");
    world.http(403, r#"{"code":403}"#);
    assert_eq!(world.error(call).code, ErrorCode::AppKeyRejected);
    assert_eq!(world.engine.status(), AppKeyFake);
}

#[test]
fn refusals_of_the_server() {
    let cases = [
        (1, Refused, 31001),
        (2, Refused, 31002),
        (4, Refused, 31004),
        (8, Blocked, 31008),
        (9, Blocked, 31009),
        (10, Refused, 31020),
        (12, DomainIncorrect, 31022),
    ];
    for (status, told, code) in cases {
        let mut world = World::new();
        let call = world.connect("T");
        world.reach_socket();
        world.receive(&server::login_refused(status));
        assert_eq!(world.engine.status(), told);
        assert_eq!(world.error(call).code.number(), code);
        assert_eq!(world.closed, [world.link()]);
        world.advance(100_000);
        assert_eq!(world.links.len(), 1, "no reconnect after {status}");
        let again = world.connect("T2");
        world.log_in();
        assert!(world.outcome(again).unwrap().is_ok());
    }
}

#[test]
fn an_unavailable_server_is_asked_again() {
    let mut world = World::new();
    let call = world.connect("T");
    world.reach_socket();
    world.receive(&server::login_refused(3));
    assert_eq!(world.error(call).code, ErrorCode::ServerUnavailable);
    world.advance(2_000);
    world.log_in();
    assert_eq!(world.engine.status(), Connected);
}

#[test]
fn a_redirect_navigates_anew() {
    let mut world = World::new();
    let call = world.connect("T");
    world.reach_socket();
    world.receive(&server::login_refused(6));
    assert!(world.http.front().unwrap().1.contains("/navi.js"));
    assert_eq!(world.outcome(call), None);
    world.http(200, &answer_of(r#""server":"other.example""#, "me", true));
    world.advance(500);
    assert!(world.links[1].1.starts_with("ws://other.example/"));
    world.reach_socket();
    world.accept();
    assert!(world.outcome(call).unwrap().is_ok());
}

#[test]
fn redirects_in_a_circle_end() {
    let mut world = World::new();
    let call = world.connect("T");
    for _ in 0..4 {
        world.reach_socket();
        world.receive(&server::login_refused(6));
        if let Some((_, url)) = world.http.front() {
            assert!(url.contains("/navi.js"));
            world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
            world.advance(500);
        }
    }
    assert_eq!(world.error(call).code, ErrorCode::ServerUnavailable);
}

#[test]
fn a3_a_silent_server_is_given_up_after_10_seconds() {
    let mut world = World::new();
    let call = world.connect("T");
    world.reach_socket();
    world.advance(9_999);
    assert_eq!(world.outcome(call), None);
    world.advance(1);
    assert_eq!(world.error(call).code, ErrorCode::ConnAckTimeout);
    assert_eq!(world.closed, [world.link()]);
    world.advance(3_000);
    world.log_in();
    assert_eq!(world.engine.status(), Connected);
}

#[test]
fn the_next_host_is_tried_and_the_call_waits_15_seconds_at_most() {
    let mut world = World::new();
    let call = world.connect("T");
    world.http(200, &answer_of(r#""server":"a","backupServer":"b""#, "me", true));
    world.http(200, "");
    assert!(world.links[0].1.starts_with("ws://a/"));
    let link = world.link();
    world.feed(Input::LinkOpened(link));
    world.advance(10_000);
    assert_eq!(world.http.len(), 1, "its question of doubt is given up with it");
    world.http(200, "");
    assert!(world.links[1].1.starts_with("ws://b/"));
    let link = world.link();
    world.feed(Input::LinkOpened(link));
    world.advance(5_000);
    assert_eq!(world.error(call).code, ErrorCode::ConnAckTimeout);
    world.accept();
    assert_eq!(world.engine.status(), Connected, "the engine goes on meanwhile");
}

#[test]
fn a4_a_truncated_connack_is_no_login() {
    let mut world = World::new();
    let call = world.connect("T");
    world.reach_socket();
    let link = world.link();
    world.feed(Input::Received(link, bytes::Bytes::from_static(&[0x20, 0, 0, 0])));
    assert!(world.outcome(call).unwrap().is_err());
    assert_eq!(world.closed, [link]);
}

#[test]
fn b26_ten_connects_are_one_connection() {
    let mut world = World::new();
    let mut calls: Vec<_> = (0..10).map(|_| world.connect("T")).collect();
    world.log_in();
    calls.push(world.connect("T"));
    assert_eq!((world.links.len(), world.http.len()), (1, 0));
    assert!(calls.into_iter().all(|call| world.outcome(call) == Some(Ok(connected("me")))));
}

#[test]
fn another_token_takes_over() {
    let mut world = World::new();
    let first = world.connect("A");
    world.reach_socket();
    let second = world.connect("B");
    assert_eq!(world.error(first).code, ErrorCode::Disconnected);
    world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
    world.advance(500);
    world.log_in();
    assert!(world.outcome(second).unwrap().is_ok());
    assert!(world.links[1].1.contains("token=B"));
}

#[test]
fn disconnect_before_the_answer_settles_everything() {
    let mut world = World::new();
    let call = world.connect("T");
    let out = world.disconnect();
    assert_eq!(world.error(call).code, ErrorCode::Disconnected);
    assert_eq!(world.outcome(out), Some(Ok(Outcome::Done)));
    assert_eq!(world.aborted.len(), 1);
    assert_eq!(world.engine.poll_timeout(), None);
}

#[test]
fn an_offline_page_finds_its_user() {
    let mut world = World::logged_in(true);
    let kept = core::mem::take(&mut world.kept);
    let mut world = World::restarted(&["nav.example"], kept);
    world.connect("T");
    assert_eq!(world.loads, [me()]);
    let server_time = crate::time::UnixMillis::ZERO;
    let signed_in = Event::SignedIn { user: me(), server_time, polling: false };
    assert!(world.events.contains(&signed_in));
}

#[test]
fn o8_a_page_that_owns_nothing_writes_nothing_and_has_its_own_device() {
    let mut world = World::new();
    world.loads_at_once = false;
    world.connect("T");
    world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
    assert!(world.links.is_empty(), "which device it is depends on the state");
    world.feed(Input::RestoredUser(me(), Restored::MemoryOnly));
    let device = world.kept.get(&(None, "device".into())).unwrap();
    assert!(!world.links[0].1.contains(device.as_str()));
    world.log_in();
    world.answer_everything();
    world.send(text("a", 1));
    assert!(world.kept_for(Some(&me())).is_empty());
}

#[test]
fn a_page_whose_state_another_took_over_goes_on_as_a_device_of_its_own() {
    let mut world = World::logged_in(true);
    let device = world.kept.get(&(None, "device".into())).unwrap().clone();
    assert!(world.links[0].1.contains(&device));
    let before = world.kept_for(Some(&me()));
    world.feed(Input::RestoredUser(me(), Restored::MemoryOnly));
    world.send(text("a", 1));
    assert_eq!(world.kept_for(Some(&me())), before, "what it owns no more it leaves alone");
    world.feed(Input::LinkClosed(world.link(), CloseCause::Code(1006)));
    world.advance(1_000);
    world.reach_socket();
    assert_eq!(world.links.len(), 2);
    assert!(!world.links.last().unwrap().1.contains(&device));
}

#[test]
fn a_host_that_never_loads_the_state_does_not_hold_up_the_login() {
    let mut world = World::new();
    world.loads_at_once = false;
    world.connect("T");
    world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
    world.advance(5_000);
    world.log_in();
    assert_eq!(world.engine.status(), Connected);
}
