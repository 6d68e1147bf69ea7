//! Each fault of a link alone: found out in time, and made up for.

use hongyan::error::ErrorCode;
use hongyan::session::io::{Hint, Status};
use hongyan_testkit::plan::{
    Action, Blockage, FrameKind, Heard, NavigatorMood, PageEnd, Setup, TrapEnd,
};
use hongyan_testkit::world::World;

use crate::scenario::{assert_clean, pair, send, settled, setup, shown};

const MINUTE: u64 = 60_000;

fn silence(up: bool, down: bool) -> Action {
    Action::Silence { client: 1, up, down }
}

#[test]
fn a_healthy_day_loses_no_link() {
    let mut world = World::new(setup(&["a", "b"]), false);
    world.run_for(24 * 60 * MINUTE);
    assert_eq!(world.counts.sockets, 2);
    for client in &world.clients {
        assert_eq!(client.times_told(Status::NetworkUnavailable), 0);
        assert_eq!(client.times_told(Status::Connected), 1);
    }
    // A frame at least every 10 s each: PINGREQ where no pull came in between.
    let most = 2 * 24 * 60 * 6;
    assert!((most * 9 / 10..=most + 10).contains(&world.counts.pings), "{}", world.counts.pings);
    assert_clean(world);
}

#[test]
fn a5_a_silent_link_is_given_up_within_15_s() {
    for (up, down) in [(true, true), (true, false), (false, true)] {
        let mut world = pair();
        world.act(silence(up, down));
        let lost = |world: &World| world.clients[1].times_told(Status::NetworkUnavailable) == 1;
        assert!(world.run_until(15_100, lost), "up {up}, down {down}");
        send(&mut world, "b", 1);
        assert!(world.run_until(1_000, |world| shown(world, 1) == 1));
        assert_clean(world);
    }
}

#[test]
fn a8_frames_that_come_29_s_late_in_a_burst_are_shown_once() {
    let mut world = pair();
    world.act(Action::Stall(1, 29_000));
    send(&mut world, "b", 10);
    world.run_for(MINUTE);
    assert_eq!(shown(&world, 1), 10);
    assert_clean(world);
}

#[test]
fn a15_servers_that_refuse_are_asked_for_ever_and_not_too_often() {
    let mut world = pair();
    world.act(Action::RefuseSockets(0, 60 * MINUTE));
    world.act(Action::Navigators(NavigatorMood::Refused, 60 * MINUTE));
    world.act(Action::Cut { client: 0, client_hears: Heard::AtOnce, server_hears: Heard::AtOnce });
    let before = (world.counts.sockets, world.counts.navigations);
    world.run_for(60 * MINUTE);
    let attempts = world.counts.sockets - before.0 + world.counts.navigations - before.1;
    assert!((200..3_000).contains(&attempts), "{attempts} in an hour");
    let up = |world: &World| world.clients[0].status() == Some(Status::Connected);
    assert!(!up(&world));
    assert!(world.run_until(30_000, up), "the pause is never longer than 20 s");
    assert_clean(world);
}

#[test]
fn a17_a_link_that_flaps_every_200_ms_is_not_hammered() {
    let mut world = pair();
    let before = world.counts.sockets;
    for _ in 0..300 {
        world.act(Action::Cut {
            client: 0,
            client_hears: Heard::AtOnce,
            server_hears: Heard::AtOnce,
        });
        world.run_for(200);
    }
    let opened = world.counts.sockets - before;
    assert!((3..=121).contains(&opened), "{opened} in a minute");
    assert_clean(world);
}

#[test]
fn a18_an_abandoned_socket_that_opens_late_disturbs_nobody() {
    for extended in [true, false] {
        let late_reports = true;
        let mut world = settled(Setup { late_reports, extended, ..setup(&["a", "b"]) });
        world.act(Action::SlowOpen(1, 11_000));
        world.act(Action::Cut {
            client: 1,
            client_hears: Heard::AtOnce,
            server_hears: Heard::AtOnce,
        });
        world.run_for(500);
        world.act(Action::SlowOpen(1, 0));
        send(&mut world, "b", 5);
        world.run_for(MINUTE);
        assert_eq!((shown(&world, 1), world.server.connections()), (5, 2));
        assert_clean(world);
    }
}

/// The network under a page is another all of a sudden: what is on its way vanishes, the server
/// hears nothing, the browser says so or does not.
#[test]
fn a19_an_address_that_changes_in_the_middle_of_sending_costs_no_message() {
    for polling in [false, true] {
        for told in [Heard::AtOnce, Heard::Never] {
            // Up, at the server, and on the way back.
            for ms in [1, 8, 14, 25] {
                let mut world = pair();
                if polling {
                    world.act(Action::BlockWebSockets(0, Blockage::Refused, 60 * MINUTE));
                    world.act(Action::Cut {
                        client: 0,
                        client_hears: Heard::AtOnce,
                        server_hears: Heard::AtOnce,
                    });
                    world.run_for(10_000);
                }
                send(&mut world, "b", 10);
                world.run_for(ms);
                world.act(Action::Cut {
                    client: 0,
                    client_hears: told,
                    server_hears: Heard::Never,
                });
                for hint in [Hint::Offline, Hint::Online] {
                    world.act(Action::Hint(0, hint));
                }
                assert!(world.run_until(15_000, |world| shown(world, 1) == 10), "{told:?} {ms}");
                assert_clean(world);
            }
        }
    }
}

/// Patience has to be learnt where a lost answer can be made up for, and is there from the beginning
/// where it cannot.
#[test]
fn a20_a_message_of_100_kib_arrives_once_over_a_kib_a_second() {
    for extended in [true, false] {
        for slow in [0, 1] {
            let mut world = settled(Setup { extended, ..setup(&["a", "b"]) });
            world.clients[0].padding = 100 * 1_024;
            world.act(Action::Throttle(slow, 1_024));
            send(&mut world, "b", 1);
            let arrived = |world: &World| shown(world, 1) == 1;
            assert!(world.run_until(10 * MINUTE, arrived), "extended {extended}, slow {slow}");
            world.run_for(10 * MINUTE);
            let sockets = world.counts.sockets;
            // Without the extensions each pull asks for the last millisecond once more.
            let most = if extended { 9 } else { 20 };
            assert!(sockets <= most, "{sockets}: given up while bytes came");
            assert_eq!(world.model.ends(), (1, 0, 0), "extended {extended}, slow {slow}");
            world.act(Action::Throttle(slow, 0));
            assert_clean(world);
        }
    }
}

#[test]
fn a_lost_connack_costs_one_handshake() {
    let mut world = pair();
    world.act(Action::Trap { client: 1, frame: FrameKind::ConnAck, end: TrapEnd::Silence });
    world.act(Action::Cut { client: 1, client_hears: Heard::AtOnce, server_hears: Heard::AtOnce });
    let up = |world: &World| world.clients[1].times_told(Status::Connected) == 2;
    assert!(world.run_until(15_000, up));
    assert_clean(world);
}

#[test]
fn d16_a_navigator_and_a_server_that_disagree_log_nobody_in() {
    let mut world = World::new(setup(&["a", "b"]), false);
    world.mistaken_for = Some("nobody".into());
    world.run_for(20_000);
    for client in &world.clients {
        assert_eq!(client.times_told(Status::Connected), 0);
    }
    world.mistaken_for = None;
    world.run_for(20_000);
    send(&mut world, "b", 3);
    world.run_for(5_000);
    assert_eq!(shown(&world, 1), 3);
    assert_clean(world);
}

#[test]
fn a13_a_network_that_answers_every_question_with_a_page_is_waited_out() {
    let mut world = World::new(setup(&["a", "b"]), false);
    world.act(Action::Navigators(NavigatorMood::Html, 30_000));
    world.run_for(25_000);
    for client in &world.clients {
        assert_eq!(client.times_told(Status::Connected), 0);
        let errors = client.outcomes.values().filter_map(|outcome| outcome.as_ref().err());
        let codes: Vec<_> = errors.map(|error| (error.code, error.retryable())).collect();
        assert_eq!(codes, [(ErrorCode::NavigationResource, true)]);
    }
    let up = |world: &World| world.clients.iter().all(|c| c.status() == Some(Status::Connected));
    assert!(world.run_until(30_000, up));
    assert_clean(world);
}

/// The page of client 1 loads anew, on a network that does this to WebSockets for ten minutes.
fn reload_behind(world: &mut World, how: Blockage) {
    world.act(Action::BlockWebSockets(1, how, 10 * MINUTE));
    world.act(Action::EndPage(1, PageEnd::Now, 10));
}

#[test]
fn a10_a11_a_blocked_websocket_is_polling_within_4_s() {
    for extended in [true, false] {
        for how in [Blockage::Refused, Blockage::Swallowed, Blockage::Buffered] {
            let mut world = settled(Setup { extended, ..setup(&["a", "b"]) });
            let (before, since) = (world.clients[1].times_told(Status::Connected), world.now);
            reload_behind(&mut world, how);
            let up = |world: &World| world.clients[1].times_told(Status::Connected) == before + 1;
            assert!(world.run_until(4_000, up), "{how:?}, extended {extended}");
            println!("{how:?}, extended {extended}: {} ms", world.now.since(since));
            assert_eq!(world.counts.polling, 1);
            assert_eq!(world.clients[1].times_told(Status::WebSocketUnavailable), 1);
            send(&mut world, "b", 3);
            assert!(world.run_until(1_000, |world| shown(world, 1) == 3));
            assert_clean(world);
        }
    }
}

#[test]
fn what_was_learnt_saves_the_next_page_the_wait() {
    let mut world = pair();
    reload_behind(&mut world, Blockage::Swallowed);
    world.run_for(5_000);
    let (before, since) = (world.clients[1].times_told(Status::Connected), world.now);
    world.act(Action::EndPage(1, PageEnd::Now, 10));
    let up = |world: &World| world.clients[1].times_told(Status::Connected) == before + 1;
    assert!(world.run_until(500, up));
    println!("{} ms", world.now.since(since));
    assert_clean(world);
}

#[test]
fn a12_the_way_back_to_a_websocket_loses_nothing() {
    for (extended, how) in [
        (true, Blockage::Refused),
        (true, Blockage::Swallowed),
        (true, Blockage::Buffered),
        (false, Blockage::Swallowed),
    ] {
        let mut world = settled(Setup { extended, ..setup(&["a", "b"]) });
        reload_behind(&mut world, how);
        world.run_for(5_000);
        let told = world.clients[1].statuses.len();
        // Messages come and go all the time, through every trial and through the move.
        for _ in 0..30 * 60 {
            send(&mut world, "b", 1);
            world.act(Action::Send { client: 1, to: "a".into(), count: 1 });
            world.run_for(1_000);
        }
        assert_eq!(world.counts.polling, 1, "{how:?}");
        if extended {
            assert_eq!(world.clients[1].statuses.len(), told, "nobody need know");
        }
        assert_eq!((shown(&world, 0), shown(&world, 1)), (30 * 60, 30 * 60));
        // The first page, the reload, polling; the probes while it was blocked and the last; the move.
        assert!((7..=14).contains(&world.counts.sockets), "{}", world.counts.sockets);
        assert_clean(world);
    }
}

fn lost(world: &World) -> bool {
    world.clients[1].times_told(Status::NetworkUnavailable) == 1
}

fn back(world: &World) -> bool {
    world.clients[1].times_told(Status::Connected) == 2
}

/// Whenever in the rhythm of the pings the link dies.
#[test]
fn o3_a_dead_link_is_noticed_within_15_s_and_3_s_after_a_hint() {
    for phase in 0..20 {
        for hint in [None, Some(Hint::Online), Some(Hint::Visible), Some(Hint::Woke)] {
            let mut world = pair();
            world.run_for(phase * 750);
            world.act(silence(true, true));
            world.run_for(200);
            if let Some(hint) = hint {
                world.act(Action::Hint(1, hint));
            }
            let limit = if hint.is_some() { 3_000 } else { 15_000 };
            assert!(world.run_until(limit, lost), "{hint:?} after {phase} * 750 ms");
        }
    }
}

/// Out of 60 outages of 2 to 180 s: the 57th in the order of how long it took to be back.
#[test]
fn o1_back_within_1500_ms_of_the_network_whatever_the_outage() {
    let mut took = Vec::new();
    for trial in 0..60 {
        let mut world = settled(Setup { seed: trial, ..setup(&["a", "b"]) });
        let outage = 2_000 + trial * 3_017;
        world.act(Action::Navigators(NavigatorMood::Refused, outage));
        world.act(Action::RefuseSockets(1, outage));
        world.act(Action::Cut {
            client: 1,
            client_hears: Heard::AtOnce,
            server_hears: Heard::AtOnce,
        });
        world.run_for(outage);
        let start = world.now;
        world.act(Action::Hint(1, Hint::Online));
        assert!(world.run_until(20_500, back), "trial {trial}");
        took.push(world.now.since(start));
    }
    took.sort_unstable();
    println!("back online after ms: median {}, p95 {}, most {}", took[30], took[57], took[59]);
    assert!(took[57] <= 1_500, "{took:?}");
}

#[test]
fn c1_a_hidden_page_whose_timers_come_once_a_minute_keeps_its_link() {
    let mut world = pair();
    world.act(Action::Hint(1, Hint::Hidden));
    world.act(Action::ThrottleTimers(1, MINUTE));
    world.run_for(10 * MINUTE);
    send(&mut world, "b", 3);
    world.run_for(1_000);
    assert_eq!((shown(&world, 1), lost(&world)), (3, false));
    world.act(Action::ThrottleTimers(1, 0));
    world.act(Action::Hint(1, Hint::Visible));
    world.run_for(MINUTE);
    assert!(!lost(&world));
    assert_clean(world);
}

#[test]
fn c3_a_page_comes_back_from_where_it_was_put_away() {
    for away in [1_000, 10 * MINUTE] {
        let mut world = pair();
        world.act(Action::Hint(1, Hint::Stowed));
        world.run_for(500);
        assert_eq!(world.server.connections(), 1);
        send(&mut world, "b", 4);
        world.run_for(away);
        assert_eq!(shown(&world, 1), 0);
        world.act(Action::Hint(1, Hint::Woke));
        assert!(world.run_until(1_500, |world| shown(world, 1) == 4), "after {away} ms");
        assert_clean(world);
    }
}

#[test]
fn c4_a_laptop_that_slept_a_night_shows_what_came_meanwhile() {
    for woken in [true, false] {
        let mut world = pair();
        world.act(Action::Sleep { client: 1, ms: 480 * MINUTE, woken });
        world.run_for(MINUTE);
        send(&mut world, "b", 5);
        world.run_for(479 * MINUTE);
        assert!(world.run_until(6_000, |world| shown(world, 1) == 5), "told: {woken}");
        assert_clean(world);
    }
}

#[test]
fn c5_offline_costs_a_living_link_nothing() {
    let mut world = pair();
    world.act(Action::Hint(1, Hint::Offline));
    send(&mut world, "b", 2);
    world.run_for(MINUTE);
    assert_eq!((shown(&world, 1), lost(&world)), (2, false));
    assert_clean(world);
}

#[test]
fn c6_a_network_that_never_says_that_it_is_back_is_found_within_20_s() {
    let mut world = pair();
    world.act(Action::RefuseSockets(1, 5 * MINUTE));
    world.act(Action::Navigators(NavigatorMood::Refused, 5 * MINUTE));
    world.act(Action::Cut { client: 1, client_hears: Heard::AtOnce, server_hears: Heard::AtOnce });
    world.run_for(5 * MINUTE);
    assert!(!back(&world));
    assert!(world.run_until(20_500, back));
    assert_clean(world);
}

#[test]
fn c20_wall_clocks_that_jump_lose_no_link_and_no_message() {
    let mut world = pair();
    for jump in [-86_400_000, 31_536_000_000, -31_536_000_000, 3_600_000] {
        for client in [0, 1] {
            world.act(Action::WallClock(client, jump));
        }
        send(&mut world, "b", 1);
        world.run_for(20_000);
    }
    assert_eq!((shown(&world, 1), world.counts.sockets), (4, 2));
    assert_clean(world);
}

/// Two pages of one user where only one may be logged in.
#[test]
fn b24_two_devices_kick_each_other_once_and_no_more() {
    let mut world = World::new(Setup { multi_device: false, ..setup(&["a", "a"]) }, false);
    world.run_for(10 * MINUTE);
    let kicks: usize =
        world.clients.iter().map(|client| client.times_told(Status::KickedByOtherClient)).sum();
    assert_eq!((kicks, world.counts.sockets, world.server.connections()), (1, 2, 1));
}
