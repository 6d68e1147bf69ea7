//! What a client is told unasked: doorbells, pushes, copies.

use super::*;

#[test]
fn a_ping_is_answered_and_rings_only_when_something_is_missing() {
    let mut driven = Driven::level(false, 5);
    driven.receive(PING);
    assert_eq!(driven.sent(), [PONG]);
    let mut driven = Driven::greeted(false, 5);
    driven.receive(PING);
    assert_eq!(driven.sent(), [PONG], "the first pull follows by itself");
    driven.receive(PING);
    let sent = driven.sent();
    assert!(sent.len() == 2 && is_bell(&sent[1]), "{sent:?}");
}

#[test]
fn a_stored_message_rings_an_old_client_and_is_pushed_to_nobody() {
    let mut driven = Driven::level(false, 3);
    driven.notice(Notice::Row(row(4, "you")));
    let sent = driven.sent();
    let bell = format!("305f5e1000 0005 735f6e7466 0002 6d65 0000 0801 10{}", "8480babbc82e");
    assert_eq!(sent, [bell.replace(' ', "")]);
    driven.notice(Notice::Row(row(5, "me")));
    assert!(driven.sent().is_empty(), "own rows come as copies");
}

#[test]
fn a_row_that_comes_during_a_pull_rings_after_it() {
    let mut driven = Driven::level(false, 3);
    let (id, _) = driven.asked(BELL_PULL);
    driven.notice(Notice::Row(row(5, "you")));
    assert!(driven.sent().is_empty());
    driven.told(id, page(&[row(4, "you")], 4));
    let sent = driven.sent();
    assert!(sent.len() == 2 && is_bell(&sent[1]), "{sent:?}");
}

#[test]
fn a_volatile_message_carries_the_clients_cursor_and_waits_for_a_pull() {
    let mut driven = Driven::level(false, 3);
    driven.notice(Notice::Volatile(typing()));
    let sent = driven.sent();
    // dataTime (field 6) is WALL + 3, the cursor; qos 0, id 0
    assert!(sent[0].starts_with("30") && sent[0].contains("308380babbc82e"), "{sent:?}");
    let (id, _) = driven.asked(BELL_PULL);
    driven.notice(Notice::Volatile(typing()));
    assert!(driven.sent().is_empty());
    driven.told(id, page(&[row(4, "you")], 4));
    let sent = driven.sent();
    assert_eq!(sent.len(), 2);
    assert!(sent[1].contains("308480babbc82e"), "the new cursor: {}", sent[1]);
    let mut unpulled = Driven::greeted(false, 3);
    unpulled.notice(Notice::Volatile(typing()));
    assert!(unpulled.sent().is_empty());
}

#[test]
fn in_an_empty_inbox_a_volatile_message_does_not_carry_time_0() {
    let mut driven = Driven::greeted(false, 0);
    let (id, _) = driven.asked(FIRST_PULL);
    driven.told(id, page(&[], 0));
    driven.sent();
    driven.notice(Notice::Volatile(typing()));
    assert!(driven.sent()[0].contains("30013800"));
}

#[test]
fn a_copy_of_an_own_message_is_a_pair_with_one_id() {
    let mut driven = Driven::level(false, 3);
    driven.notice(sync_copy(4));
    driven.notice(sync_copy(5));
    let copy = "3a 5f5e1000 0006 70704d736750 0003 796f75 ffff 0803".replace(' ', "");
    let ack = "40 ffff 5f5e1000 0000 0004 0001 75".replace(' ', "");
    let sent = driven.sent();
    assert_eq!(sent[..2], [copy, ack]);
    assert!(sent[2].contains("fffe0803") && sent[3].starts_with("40fffe"));
}

#[test]
fn a_copy_that_a_page_brings_is_not_sent_besides() {
    let mut driven = Driven::level(false, 3);
    let (id, _) = driven.asked(FIRST_PULL);
    driven.notice(sync_copy(4));
    driven.notice(sync_copy(5));
    driven.told(id, page(&[row(4, "me")], 4));
    let sent = driven.sent();
    assert_eq!(sent.len(), 3, "the page, and the pair of 5 alone: {sent:?}");
    assert!(sent[2].contains("00050001"), "{}", sent[2]);
    // Not asked for own rows: both are sent.
    let (id, _) = driven.asked(BELL_PULL);
    driven.notice(sync_copy(6));
    driven.told(id, page(&[], 6));
    assert_eq!(driven.sent().len(), 3);
}

#[test]
fn a_copy_before_the_first_pull_comes_with_it() {
    let mut driven = Driven::greeted(false, 3);
    driven.notice(sync_copy(4));
    assert!(driven.sent().is_empty());
}

#[test]
fn the_next_row_is_pushed_to_an_extended_client() {
    let mut driven = Driven::level(true, 3);
    driven.notice(Notice::Row(row(4, "you")));
    let sent = driven.sent();
    // qos 1, id 65535, hySeq 4 at the end
    assert!(sent[0].starts_with("325f5e10000005735f6d73670002"), "{sent:?}");
    assert!(sent[0].contains("6d65ffff") && sent[0].ends_with("c03e04"), "{sent:?}");
    driven.notice(Notice::Row(row(6, "you")));
    let sent = driven.sent();
    assert!(is_bell(&sent[0]) && sent[0].ends_with("c03e06"), "{sent:?}");
}

#[test]
fn missed_notices_are_made_good_by_a_bell() {
    for extended in [false, true] {
        let mut driven = Driven::level(extended, 3);
        driven.handle(Input::NoticesMissed);
        let (id, _) = driven.connection.poll_ask().unwrap();
        driven.told(id, page(&[], 8));
        let sent = driven.sent();
        // s_cmd of type 3 with the time of now: whatever was set before is to be fetched.
        let settings = "305f5e10000005735f636d6400026d650000 0803 108080babbc82e";
        assert_eq!(sent[0], settings.replace(' ', ""));
        // And s_us with it, where that is known.
        let of_user = "305f5e1000 0004735f7573 00026d650000 088080babbc82e 1000".replace(' ', "");
        assert_eq!(sent.contains(&of_user), extended);
        assert!(is_bell(sent.last().unwrap()), "{sent:?}");
    }
}
