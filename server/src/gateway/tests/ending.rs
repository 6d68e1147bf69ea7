//! How a connection ends.

use super::*;

#[test]
fn a_kick_is_said_and_then_closed() {
    let mut driven = Driven::level(false, 3);
    driven.notice(Notice::Kicked);
    let (transmits, reason) = driven.ended();
    assert_eq!(transmits, [Transmit::Send(unhex("e0 00 01")), Transmit::CloseClean]);
    assert_eq!(reason, Some(EndReason::Kicked));
}

#[test]
fn who_is_replaced_is_cut_without_a_word() {
    let mut driven = Driven::level(true, 3);
    driven.notice(Notice::Row(row(4, "you")));
    driven.notice(Notice::Replaced);
    assert_eq!(driven.ended(), (vec![Transmit::CloseDrop], Some(EndReason::Replaced)));
}

#[test]
fn a_shutdown_waits_for_sends_and_then_cuts() {
    let mut driven = Driven::level(false, 3);
    let (id, _) = driven.asked(TEXT);
    driven.notice(Notice::ShuttingDown);
    assert!(driven.transmits().is_empty() && !driven.connection.wants_input());
    driven.told(id, Told::Sent(stored(4)));
    let transmits = driven.transmits();
    assert!(matches!(transmits[..], [Transmit::Send(_), Transmit::CloseDrop]), "{transmits:?}");
    let mut stuck = Driven::level(false, 3);
    stuck.asked(TEXT);
    stuck.notice(Notice::ShuttingDown);
    stuck.pass(5_000);
    assert_eq!(stuck.ended(), (vec![Transmit::CloseDrop], Some(EndReason::ShuttingDown)));
}

#[test]
fn e3_bad_frames_are_cut_with_their_reason() {
    for (text, reason) in [
        ("", EndReason::BadFrame(DecodeError::Empty)),
        ("f0", EndReason::BadFrame(DecodeError::UnknownType(15))),
        ("4000", EndReason::BadFrame(DecodeError::Truncated("messageId"))),
        ("d0", EndReason::BadFrame(DecodeError::WrongDirection("PINGRESP"))),
        ("10 0006 52436c6f7564 03 02 003c 0003 636964", EndReason::UnexpectedFrame("CONNECT")),
    ] {
        let mut driven = Driven::level(false, 3);
        driven.receive(text);
        assert_eq!(driven.ended(), (vec![Transmit::CloseDrop], Some(reason)), "{text}");
    }
    let mut driven = Driven::level(false, 3);
    driven.handle(Input::Unframed("text-message"));
    assert_eq!(driven.connection.ended().map(EndReason::name), Some("text-message"));
}

#[test]
fn a_client_may_be_silent_for_95_seconds_but_not_for_ever() {
    let mut driven = Driven::greeted(false, 0);
    driven.receive(PING);
    driven.sent();
    driven.pass(95_000);
    assert_eq!(driven.connection.ended(), None);
    let deadline = driven.connection.poll_timeout().unwrap();
    driven.pass(deadline.since(driven.now.tick));
    assert_eq!(driven.connection.ended(), Some(EndReason::Idle));
    assert_eq!(driven.connection.poll_timeout(), None);
}

#[test]
fn e17_e18_a_client_that_takes_nothing_is_rung_then_cut() {
    let mut driven = Driven::level(true, 0);
    let mut seq = 0;
    while driven.connection.wants_input() {
        seq += 1;
        driven.notice(Notice::Row(row(seq, "you")));
        assert!(seq < 600, "the queue never fills");
    }
    // Half full: from now on there is one bell and nothing more.
    let half = seq;
    for seq in half + 1..half + 1000 {
        driven.notice(Notice::Row(row(seq, "you")));
    }
    assert_eq!(driven.connection.ended(), None);
    driven.pass(20_000);
    assert_eq!(driven.ended(), (vec![Transmit::CloseDrop], Some(EndReason::Stalled)));
}

#[test]
fn e17_a_queue_beyond_its_limit_is_cut() {
    let mut driven = Driven::level(false, 0);
    for _ in 0..=MAX_QUEUED_FRAMES / 2 {
        driven.notice(sync_copy(1));
    }
    assert_eq!(driven.ended(), (vec![Transmit::CloseDrop], Some(EndReason::QueueFull)));
}

#[test]
fn after_the_end_nothing_happens() {
    let mut driven = Driven::level(true, 3);
    let (id, _) = driven.asked(TEXT);
    driven.handle(Input::Closed);
    driven.told(id, Told::Sent(stored(4)));
    driven.notice(Notice::Row(row(5, "you")));
    driven.notice(Notice::Kicked);
    driven.receive(TEXT);
    driven.handle(Input::NoticesMissed);
    assert_eq!(driven.ended(), (vec![Transmit::CloseDrop], Some(EndReason::ClosedByClient)));
    assert!(driven.transmits().is_empty());
}

#[test]
fn e9_a_flood_of_pings_of_either_kind_is_cut_and_a_hundred_a_minute_are_not() {
    for flood in [Input::Received(unhex(PING)), Input::SocketPing] {
        let mut driven = Driven::level(true, 3);
        for _ in 0..5 {
            (0..99).for_each(|_| driven.handle(flood.clone()));
            driven.receive(PING);
            driven.sent();
            assert_eq!(driven.connection.ended(), None);
            driven.pass(60_000);
        }
        (0..101).for_each(|_| driven.handle(flood.clone()));
        assert_eq!(driven.connection.ended(), Some(EndReason::PingsTooFast));
    }
}
