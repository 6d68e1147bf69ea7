//! Each fault of delivery alone: nothing lost, doubled or out of order.

use hongyan::ids::{MessageUid, UserId};
use hongyan::session::io::{Hint, Input, SendState, Status};
use hongyan::signal::{Doorbell, Message, MessageDirection, MessageFlags, server};
use hongyan::time::UnixMillis;
use hongyan_testkit::judge::with;
use hongyan_testkit::plan::{Action, FrameKind, Heard, PageEnd, SendRate, Setup, TrapEnd};
use hongyan_testkit::world::World;

use crate::scenario::{assert_clean, pair, plain_pair, send, settled, setup, shown};

const CUT: Action =
    Action::Cut { client: 0, client_hears: Heard::AtOnce, server_hears: Heard::AtOnce };

fn trap(client: usize, frame: FrameKind, end: TrapEnd) -> Action {
    Action::Trap { client, frame, end }
}

#[test]
fn b1_a_send_whose_puback_is_lost_is_repeated_and_arrives_once() {
    let mut world = pair();
    world.act(trap(0, FrameKind::PubAckDown, TrapEnd::Cut(Heard::AtOnce)));
    send(&mut world, "b", 1);
    world.run_for(10_000);
    assert_eq!((world.counts.publishes, shown(&world, 1)), (2, 1));
    assert_eq!(world.model.ends(), (1, 0, 0));
    assert_clean(world);
}

#[test]
fn b1_without_extensions_a_lost_puback_leaves_the_outcome_open_and_no_second_copy() {
    let mut world = plain_pair();
    world.act(trap(0, FrameKind::PubAckDown, TrapEnd::Cut(Heard::AtOnce)));
    send(&mut world, "b", 1);
    world.run_for(60_000);
    assert_eq!((world.counts.publishes, shown(&world, 1)), (1, 1));
    assert_eq!(world.model.ends().0 + world.model.ends().1, 1);
    assert_clean(world);
}

#[test]
fn b12_a_lost_querycon_costs_nothing() {
    for extended in [true, false] {
        let mut world = settled(Setup { extended, ..setup(&["a", "b"]) });
        world.act(trap(1, FrameKind::QueryCon, TrapEnd::Cut(Heard::AtOnce)));
        send(&mut world, "b", 5);
        world.run_for(60_000);
        assert_eq!(shown(&world, 1), 5, "extended: {extended}");
        assert_clean(world);
    }
}

#[test]
fn b6_a_lost_doorbell_costs_three_minutes_at_most() {
    for extended in [true, false] {
        let mut world = settled(Setup { extended, ..setup(&["a", "b"]) });
        world.act(Action::LoseNotices(1));
        send(&mut world, "b", 1);
        world.run_for(5_000);
        assert_eq!(shown(&world, 1), 0, "lost indeed");
        assert!(world.run_until(181_000, |world| shown(world, 1) == 1));
        assert_clean(world);
    }
}

#[test]
fn b6_a_later_doorbell_brings_what_the_lost_one_announced() {
    let mut world = pair();
    world.act(Action::LoseNotices(1));
    send(&mut world, "b", 2);
    assert!(world.run_until(1_000, |world| shown(world, 1) == 2));
    assert_clean(world);
}

#[test]
fn notices_without_room_are_made_up_for_at_once() {
    for extended in [true, false] {
        let mut world = settled(Setup { extended, ..setup(&["a", "b"]) });
        world.act(Action::OverflowNotices(1));
        send(&mut world, "b", 1);
        assert!(world.run_until(1_000, |world| shown(world, 1) == 1));
        assert_clean(world);
    }
}

fn doorbell(world: &World, head: u64) -> hongyan::wire::Frame {
    let bell = Doorbell { chatroom: None, time: world.wall(), head: Some(head) };
    server::doorbell(world.wall(), &UserId::from("b"), &bell)
}

#[test]
fn b7_a_doorbell_that_rings_a_hundred_times_is_answered_by_one_pull_under_way_and_one_after() {
    let mut world = pair();
    world.act(Action::LoseNotices(1));
    send(&mut world, "b", 1);
    world.run_for(1_000);
    let before = world.counts.pulls;
    let bell = doorbell(&world, 1);
    for _ in 0..100 {
        world.inject(1, &bell);
    }
    world.run_for(5_000);
    assert_eq!(shown(&world, 1), 1);
    assert!((1..=2).contains(&(world.counts.pulls - before)), "{}", world.counts.pulls - before);
    for _ in 0..100 {
        world.inject(1, &bell);
    }
    world.run_for(5_000);
    assert!((1..=2).contains(&(world.counts.pulls - before)), "it is known by now");
    assert_clean(world);
}

#[test]
fn b8_a_push_that_comes_before_an_older_message_waits_for_it() {
    let mut world = pair();
    world.act(Action::LoseNotices(2));
    send(&mut world, "b", 2);
    world.run_for(1_000);
    let second = Message {
        conversation: with("a"),
        sender: UserId::from("a"),
        direction: MessageDirection::Received,
        object_name: "RC:TxtMsg".into(),
        content: bytes::Bytes::from_static(b"{\"content\":\"a 0 b 1\"}"),
        sent_time: UnixMillis::new(world.wall().get()),
        uid: MessageUid::from("0000-0000-0000-0001"),
        flags: MessageFlags::NORMAL,
        retrieved: false,
        client_id: None,
        inbox_seq: Some(2),
    };
    let push = server::push(Some(9), world.wall(), &UserId::from("b"), &second);
    world.inject(1, &push);
    assert_eq!(shown(&world, 1), 0, "held");
    world.run_for(1_000);
    let numbers: Vec<u32> = world.clients[1].shown.iter().map(|(_, key)| key.number).collect();
    assert_eq!(numbers, [0, 1]);
    assert_clean(world);
}

#[test]
fn b9_messages_of_one_millisecond_survive_a_page_border_at_each_place() {
    for extended in [true, false] {
        for page_size in 1..=31 {
            let setup = setup(&["a", "b"]);
            let mut world =
                settled(Setup { extended, page_size, latency: (0, 0), commit_ms: 0, ..setup });
            world.act(Action::EndPage(1, PageEnd::Now, 5_000));
            send(&mut world, "b", 30);
            world.run_for(20_000);
            assert_eq!(shown(&world, 1), 30, "pages of {page_size}, extended {extended}");
            assert_clean(world);
        }
    }
}

#[test]
fn b10_a_listener_that_throws_costs_nobody_a_message() {
    let mut world = settled(Setup { throws_per_mille: 1_000, ..setup(&["a", "b"]) });
    send(&mut world, "b", 20);
    world.run_for(5_000);
    assert_eq!((world.clients[1].thrown, shown(&world, 1)), (20, 20));
    assert_clean(world);
}

#[test]
fn b11_a_page_killed_before_the_hand_over_is_given_the_batch_again() {
    for end in [PageEnd::InListener, PageEnd::BeforeHandOver, PageEnd::AfterWrites(0)] {
        for extended in [true, false] {
            let mut world = settled(Setup { extended, ..setup(&["a", "b"]) });
            world.act(Action::EndPage(1, end, 3_000));
            send(&mut world, "b", 3);
            world.run_for(2_000);
            assert!(!world.clients[1].is_open(), "{end:?}");
            assert_eq!(shown(&world, 1), 0, "{end:?}");
            world.run_for(5_000);
            assert_eq!(shown(&world, 1), 3, "{end:?}");
            assert_clean(world);
        }
    }
}

#[test]
fn b17_what_comes_by_push_and_by_pull_is_shown_once() {
    let mut world = pair();
    world.act(Action::DoubleNotices(3));
    world.act(trap(1, FrameKind::PublishDown, TrapEnd::Twice));
    send(&mut world, "b", 3);
    world.act(Action::Stall(1, 2_000));
    world.feed(1, Input::Hint(Hint::Online));
    let bell = doorbell(&world, 3);
    world.inject(1, &bell);
    world.run_for(10_000);
    assert_eq!(shown(&world, 1), 3);
    assert_clean(world);
}

#[test]
fn reading_after_an_own_message_does_not_read_an_older_one_that_is_still_on_its_way() {
    for extended in [true, false] {
        let mut world = settled(Setup { extended, ..setup(&["a", "b"]) });
        send(&mut world, "b", 1);
        world.run_for(1_000);
        world.act(Action::LoseNotices(1));
        send(&mut world, "b", 1);
        world.run_for(1_000);
        world.act(Action::Send { client: 1, to: "a".into(), count: 1 });
        assert!(world.run_until(1_000, |world| world.model.ends().0 == 3));
        assert_eq!(shown(&world, 1), 1, "the second is not there yet");
        world.act(Action::MarkRead(1, "a".into()));
        world.run_for(200_000);
        assert_eq!(shown(&world, 1), 2);
        let row = world.clients[1].engine().and_then(|engine| engine.conversation(&with("a")));
        assert_eq!(row.map(|row| row.unread), Some(1));
        assert_clean(world);
    }
}

#[test]
fn b20_o12_two_devices_of_one_user_that_send_in_the_same_millisecond_see_each_other() {
    let clients = ["a", "a", "b"];
    let mut world =
        settled(Setup { multi_device: true, latency: (5, 5), commit_ms: 0, ..setup(&clients) });
    for client in [0, 1] {
        world.act(Action::Send { client, to: "b".into(), count: 10 });
    }
    world.run_for(5_000);
    assert_eq!((shown(&world, 0), shown(&world, 1), shown(&world, 2)), (10, 10, 20));
    assert_clean(world);
}

#[test]
fn b21_what_is_sent_offline_waits_survives_a_reload_and_can_be_taken_back() {
    let mut world = pair();
    world.act(Action::RefuseSockets(0, 60_000));
    world.act(CUT);
    send(&mut world, "b", 5);
    world.act(Action::CancelNewest(0));
    world.run_for(1_000);
    let states = world.clients[0].send_states.values();
    assert_eq!(states.filter(|state| **state == SendState::Queued { durable: true }).count(), 4);
    world.act(Action::EndPage(0, PageEnd::Now, 1_000));
    world.run_for(120_000);
    assert_eq!((shown(&world, 1), world.model.ends()), (4, (4, 0, 1)));
    assert_clean(world);
}

#[test]
fn b22_a_thousand_waiting_sends_leave_in_order_and_no_faster_than_allowed() {
    let rate = SendRate { per_second: 5, burst: 10 };
    let mut world = settled(Setup {
        send_rate: rate,
        announced_rate: rate,
        latency: (5, 5),
        commit_ms: 0,
        ..setup(&["a", "b"])
    });
    world.act(Action::RefuseSockets(0, 5_000));
    world.act(CUT);
    world.run_for(100);
    send(&mut world, "b", 1_000);
    world.run_for(190_000);
    assert!(shown(&world, 1) < 1_000, "not before its time");
    assert!(world.run_until(60_000, |world| shown(world, 1) == 1_000));
    assert_eq!(world.counts.publishes, 1_000, "none was refused");
    assert_clean(world);
}

#[test]
fn b22_a_server_that_allows_less_than_it_announced_slows_the_queue_and_fails_nothing() {
    let announced_rate = SendRate { per_second: 50, burst: 100 };
    let send_rate = SendRate { per_second: 5, burst: 10 };
    let mut world = settled(Setup { send_rate, announced_rate, ..setup(&["a", "b"]) });
    send(&mut world, "b", 60);
    assert!(world.run_until(60_000, |world| shown(world, 1) == 60));
    assert_clean(world);
}

#[test]
fn b23_a_crash_between_commit_and_puback_leaves_one_copy() {
    let mut world = pair();
    world.act(trap(0, FrameKind::PubAckDown, TrapEnd::Crash(2_000)));
    send(&mut world, "b", 1);
    world.run_for(60_000);
    assert_eq!((world.counts.publishes, shown(&world, 1)), (2, 1));
    assert_clean(world);
}

#[test]
fn b24_two_devices_that_may_not_stand_side_by_side_kick_each_other_once() {
    let mut world = World::new(setup(&["a", "a"]), false);
    world.run_for(60_000);
    let kicks = |client: usize| world.clients[client].times_told(Status::KickedByOtherClient);
    assert_eq!(kicks(0) + kicks(1), 1);
    assert_eq!(world.counts.sockets, 2);
}

#[test]
fn b26_ten_calls_of_connect_make_one_connection_and_all_succeed() {
    let mut world = pair();
    world.act(Action::Disconnect(0));
    world.run_for(1_000);
    let sockets = world.counts.sockets;
    let calls: Vec<_> = (0..10)
        .map(|_| world.with_client(0, |page, around| page.connect(around)).expect("a page"))
        .collect();
    world.run_for(5_000);
    assert_eq!(world.counts.sockets, sockets + 1);
    let good = |call| matches!(world.clients[0].outcomes.get(call), Some(Ok(_)));
    assert!(calls.iter().all(good));
    assert_clean(world);
}
