//! The outbox under each fault alone: B2 to B4, B21 to B25.

use bytes::Bytes;
use hongyan::ids::MessageUid;
use hongyan::session::io::{OutboxRow, SendState};
use hongyan::signal::{SendAck, server};
use hongyan_testkit::plan::{Action, FrameKind, Heard, PageEnd, SendRate, Setup, TrapEnd};
use hongyan_testkit::world::World;

use crate::scenario::{assert_clean, pair, send, settled, setup, shown};

const CUT: Action =
    Action::Cut { client: 0, client_hears: Heard::AtOnce, server_hears: Heard::AtOnce };

fn failed(world: &mut World) -> usize {
    let rows = world.with_client(0, |page, around| page.outbox(around));
    rows.iter().filter(|row| matches!(row.state, SendState::Failed(_))).count()
}

fn waiting(world: &mut World) -> Vec<OutboxRow> {
    world.with_client(0, |page, around| page.outbox(around))
}

#[test]
fn b2_b3_pubacks_that_come_twice_or_belong_to_nothing_change_nothing() {
    let mut world = pair();
    world.act(Action::Trap { client: 0, frame: FrameKind::PubAckDown, end: TrapEnd::Twice });
    send(&mut world, "b", 2);
    for id in [0, 1, 77, u16::MAX] {
        let (time, uid) = (world.wall(), MessageUid::from("0000-0000-0000-0009"));
        let ack = SendAck { id, status: 0, time, uid, inbox_seq: None, content: Bytes::new() };
        world.inject(0, &server::send_ack(&ack));
    }
    world.run_for(5_000);
    assert_eq!((shown(&world, 1), world.model.ends()), (2, (2, 0, 0)));
    assert_clean(world);
}

#[test]
fn b4_a_retry_after_the_answer_was_lost_leaves_one_copy() {
    let setup = setup(&["a", "b"]);
    let mut world = settled(Setup { give_up_after_ms: Some(3_000), ..setup });
    world.act(Action::Trap { client: 0, frame: FrameKind::PubAckDown, end: TrapEnd::Silence });
    send(&mut world, "b", 1);
    world.run_for(4_000);
    assert_eq!((failed(&mut world), world.model.ends()), (1, (0, 1, 0)), "given up");
    world.act(Action::RetryFailed(0));
    world.run_for(2_000);
    world.act(CUT);
    world.run_for(30_000);
    world.act(Action::RetryFailed(0));
    world.run_for(30_000);
    assert_eq!((shown(&world, 1), waiting(&mut world).len()), (1, 0));
    assert_clean(world);
}

#[test]
fn b21_what_failed_is_tried_again_after_a_reload() {
    let mut world = pair();
    let fails = Action::StoreFails(2_000);
    world.indulge(&fails);
    world.act(fails);
    send(&mut world, "b", 3);
    world.run_for(3_000);
    assert_eq!((failed(&mut world), shown(&world, 1)), (3, 0));
    world.act(Action::EndPage(0, PageEnd::Now, 1_000));
    world.run_for(20_000);
    assert_eq!((failed(&mut world), shown(&world, 1)), (3, 0), "it waits for the user");
    world.act(Action::RetryFailed(0));
    world.run_for(5_000);
    let numbers: Vec<u32> = world.clients[1].shown.iter().map(|(_, key)| key.number).collect();
    assert_eq!((numbers, failed(&mut world)), (vec![0, 1, 2], 0));
    assert_clean(world);
}

#[test]
fn b21_a_tab_that_dies_at_any_write_loses_and_doubles_nothing() {
    for writes in 0..16 {
        for online in [true, false] {
            let mut world = pair();
            if !online {
                world.act(Action::RefuseSockets(0, 8_000));
                world.act(CUT);
                world.run_for(100);
            }
            send(&mut world, "b", 2);
            world.act(Action::EndPage(0, PageEnd::AfterWrites(writes), 2_000));
            send(&mut world, "b", 3);
            world.run_for(60_000);
            assert!(shown(&world, 1) >= 2, "died after {writes} writes, online {online}");
            assert_clean(world);
        }
    }
}

#[test]
fn b22_two_conversations_do_not_wait_for_each_other() {
    let rate = SendRate { per_second: 5, burst: 10 };
    let clients = ["a", "b", "c"];
    let mut world = settled(Setup { send_rate: rate, announced_rate: rate, ..setup(&clients) });
    world.act(Action::RefuseSockets(0, 3_000));
    world.act(CUT);
    world.run_for(100);
    for _ in 0..50 {
        send(&mut world, "b", 1);
        send(&mut world, "c", 1);
    }
    assert_eq!(waiting(&mut world).len(), 100);
    assert!(world.run_until(60_000, |world| shown(world, 1) == 50 && shown(world, 2) == 50));
    assert_clean(world);
}

#[test]
fn b25_a_logout_with_sends_in_flight_settles_each_and_loses_none() {
    let mut world = pair();
    send(&mut world, "b", 20);
    world.run_for(20);
    world.act(Action::Disconnect(0));
    world.run_for(1_000);
    let calls = world.clients[0].outcomes.len();
    assert!(calls >= 20, "every promise came to its end: {calls}");
    world.act(Action::Connect(0));
    world.run_for(20_000);
    assert_eq!((shown(&world, 1), waiting(&mut world).len()), (20, 0));
    assert_clean(world);
}

#[test]
fn a_full_storage_keeps_the_outbox_in_memory_and_says_so() {
    let mut world = pair();
    world.act(Action::RefuseSockets(0, 5_000));
    world.act(CUT);
    world.act(Action::StorageFull(0, 60_000));
    world.run_for(100);
    send(&mut world, "b", 5);
    let rows = waiting(&mut world);
    let durable = |row: &&OutboxRow| row.state == SendState::Queued { durable: true };
    assert_eq!((rows.len(), rows.iter().filter(durable).count()), (5, 0));
    assert_eq!(world.clients[0].troubles.len(), 1, "said once");
    assert!(world.run_until(60_000, |world| shown(world, 1) == 5));
    assert_clean(world);
}
