//! The way in: CONNACK, and the time for a first frame.

use super::*;

#[test]
fn the_first_frame_is_connack_and_never_behind_the_inbox() {
    let mut driven = Driven::new(false);
    let (id, _) = driven.connection.poll_ask().unwrap();
    driven.notice(Notice::Row(row(9, "you")));
    assert!(!driven.connection.wants_input() && driven.sent().is_empty());
    driven.told(id, page(&[], 5));
    // status 0, "me", "7", WALL + 5
    assert_eq!(driven.sent(), ["20 00 00 0002 6d65 0001 37 00000174876e8005".replace(' ', "")]);
    assert!(driven.connection.wants_input());
    let mut driven = Driven::new(true);
    let (id, _) = driven.connection.poll_ask().unwrap();
    driven.told(id, page(&[], 0));
    let session = hex(b"hy1.7");
    assert_eq!(driven.sent(), [format!("20000000026d650005{session}{WALL:016x}")]);
}

#[test]
fn a_store_that_fails_refuses_the_login() {
    let mut driven = Driven::new(false);
    let (id, _) = driven.connection.poll_ask().unwrap();
    driven.told(id, Told::Refused(25104));
    let refusal = Transmit::Send(unhex("20 00 03"));
    assert_eq!(driven.ended(), (vec![refusal, Transmit::CloseDrop], Some(EndReason::StoreFailed)));
}

#[test]
fn e1_a_client_has_10_seconds_for_its_first_frame() {
    let mut driven = Driven::greeted(false, 0);
    driven.pass(9_999);
    assert_eq!(driven.connection.ended(), None);
    driven.pass(1);
    let cut = vec![Transmit::CloseDrop];
    assert_eq!(driven.ended(), (cut, Some(EndReason::HandshakeTimeout)));
}
