//! A server whose store was restored from a backup, inboxes that keep rows for a short time, and
//! frames that arrive damaged.

use hongyan::error::ErrorCode;
use hongyan_testkit::plan::{Action, FrameKind, Heard, TrapEnd};
use hongyan_testkit::world::World;

use crate::scenario::{assert_clean, pair, send, shown};

fn cut(client: usize) -> Action {
    Action::Cut { client, client_hears: Heard::AtOnce, server_hears: Heard::AtOnce }
}

fn unread(world: &World, client: usize, peer: &str) -> Option<u32> {
    let engine = world.clients[client].engine().expect("a page");
    engine.conversation(&hongyan_testkit::judge::with(peer)).map(|row| row.unread)
}

#[test]
fn b15_a_cursor_beyond_a_restored_store_is_told_and_resynced() {
    for in_backup in [0, 2] {
        let mut world = pair();
        send(&mut world, "b", in_backup);
        world.run_for(1_000);
        world.act(Action::BackUp);
        send(&mut world, "b", 3);
        world.run_for(1_000);
        assert_eq!(unread(&world, 1, "a"), Some(in_backup + 3));
        world.act(Action::Restore(5_000));
        world.run_for(60_000);
        let left = (in_backup > 0).then_some(in_backup);
        assert_eq!(unread(&world, 1, "a"), left, "as the server has it");
        assert!(world.clients[1].troubles.contains(&ErrorCode::StoreReset));
        let head = u64::from(in_backup);
        assert_eq!(world.clients[1].gaps, [(head + 1, head + 3)], "which numbers are gone");
        let before = shown(&world, 1);
        send(&mut world, "b", 2);
        world.run_for(1_000);
        assert_eq!(shown(&world, 1), before + 2, "what is new arrives, and nothing again");
        assert_clean(world);
    }
}

#[test]
fn b15_what_a_restored_store_forgot_of_reading_and_settings_is_told_again_or_taken_back() {
    let mut world = pair();
    send(&mut world, "b", 2);
    world.run_for(1_000);
    world.act(Action::BackUp);
    world.act(Action::MarkRead(1, "a".into()));
    world.act(Action::Set(1, "a".into(), hongyan::signal::settings::Setting::Pinned, true));
    world.run_for(1_000);
    world.act(Action::Restore(5_000));
    world.run_for(60_000);
    assert_eq!(unread(&world, 1, "a"), Some(0), "the user has read it");
    assert_clean(world);
}

#[test]
fn b16_what_left_the_inbox_before_it_was_delivered_is_a_gap() {
    let mut world = pair();
    send(&mut world, "b", 1);
    world.run_for(1_000);
    world.act(Action::RefuseSockets(1, 60_000));
    world.act(cut(1));
    send(&mut world, "b", 3);
    world.run_for(30_000);
    world.act(Action::SweepInboxes(10_000));
    send(&mut world, "b", 1);
    world.run_for(60_000);
    assert_eq!((shown(&world, 1), &world.clients[1].gaps[..]), (2, &[(2, 4)][..]));
    assert_eq!(unread(&world, 1, "a"), Some(5), "they are unread, and in the history");
    assert_clean(world);
}

#[test]
fn d1_d2_a_damaged_frame_of_any_kind_costs_no_message() {
    const KINDS: [FrameKind; 10] = [
        FrameKind::ConnAck,
        FrameKind::PublishUp,
        FrameKind::PublishDown,
        FrameKind::PubAckDown,
        FrameKind::PubAckUp,
        FrameKind::Query,
        FrameKind::QueryAck,
        FrameKind::QueryCon,
        FrameKind::PingReq,
        FrameKind::PingResp,
    ];
    for frame in KINDS {
        for place in [0, 1, 9, 70, 200] {
            let mut world = pair();
            for client in [0, 1] {
                world.act(Action::Trap { client, frame, end: TrapEnd::Damaged(place) });
            }
            if frame == FrameKind::ConnAck {
                world.act(cut(1));
            }
            send(&mut world, "b", 3);
            world.run_for(60_000);
            assert_clean(world);
        }
    }
}

#[test]
fn d17_an_answer_to_another_question_is_nobodys_answer() {
    let mut world = pair();
    let end = TrapEnd::WrongId;
    world.act(Action::Trap { client: 1, frame: FrameKind::QueryAck, end });
    world.act(cut(1));
    send(&mut world, "b", 3);
    world.run_for(60_000);
    assert_eq!(shown(&world, 1), 3);
    assert_clean(world);
}
