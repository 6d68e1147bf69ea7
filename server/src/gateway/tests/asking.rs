//! What a client asks for: pages of the inbox, the list.

use super::*;

#[test]
fn answers_come_in_any_order() {
    let mut driven = Driven::level(false, 1);
    let (first, _) = driven.asked(TEXT);
    let (second, _) = driven.asked(&TEXT.replacen("0003 0803", "0004 0803", 1));
    assert!(first < second);
    driven.told(second, Told::Sent(stored(3)));
    driven.told(first, Told::Sent(stored(2)));
    driven.told(first, Told::Sent(stored(2)));
    let sent = driven.sent();
    assert_eq!((sent.len(), &sent[0][..6], &sent[1][..6]), (2, "400004", "400003"));
}

#[test]
fn an_empty_inbox_is_a_finished_page_with_the_clients_own_time() {
    let mut driven = Driven::greeted(false, 0);
    let pull = FIRST_PULL.replacen("0001 0800", "0001 0807", 1);
    let (id, ask) = driven.asked(&pull);
    let (received_after, sent_after) = (UnixMillis::new(7), Some(UnixMillis::ZERO));
    let from = PullFrom::Times { received_after, sent_after };
    assert_eq!(ask, Ask::Pull { from, limit: 2 });
    driven.told(id, page(&[], 0));
    assert_eq!(driven.sent(), ["62 0001 5f5e1000 0000 1007 1801".replace(' ', "")]);
}

#[test]
fn nothing_is_read_while_a_pull_is() {
    let mut driven = Driven::greeted(false, 0);
    let (id, _) = driven.asked(FIRST_PULL);
    assert!(!driven.connection.wants_input());
    driven.told(id, page(&[], 0));
    assert!(driven.connection.wants_input());
    let (id, _) = driven.asked(FIRST_PULL);
    driven.told(id, Told::Refused(25104));
    assert!(driven.connection.wants_input());
}

#[test]
fn an_unfinished_page_rings_with_a_later_time_and_goes_on_with_own_rows() {
    let mut driven = Driven::greeted(false, 9);
    let (id, _) = driven.asked(FIRST_PULL);
    driven.told(id, unfinished(&[row(1, "you"), row(2, "me")], 9));
    let sent = driven.sent();
    assert_eq!(sent.len(), 2);
    assert!(sent[0].ends_with("1800"), "finished is written: {}", sent[0]);
    // type 1, time WALL + 9
    assert!(is_bell(&sent[1]) && sent[1].ends_with("0801108980babbc82e"), "{}", sent[1]);
    let (_, ask) = driven.asked(BELL_PULL);
    let Ask::Pull { from: PullFrom::Times { sent_after, .. }, .. } = ask else { panic!() };
    assert_eq!(sent_after, Some(UnixMillis::ZERO));
}

#[test]
fn an_empty_unfinished_page_does_not_ring_for_ever() {
    let mut driven = Driven::greeted(false, 9);
    let (id, _) = driven.asked(FIRST_PULL);
    driven.told(id, unfinished(&[], 9));
    assert_eq!(driven.sent().len(), 1);
}

#[test]
fn after_the_end_own_rows_are_given_only_when_asked_for() {
    let mut driven = Driven::level(false, 3);
    let (_, ask) = driven.asked(BELL_PULL);
    let from = PullFrom::Times { received_after: UnixMillis::ZERO, sent_after: None };
    assert_eq!(ask, Ask::Pull { from, limit: 2 });
}

#[test]
fn a_number_of_another_epoch_starts_again() {
    for (epoch, seq) in [("6531", 5), ("6530", 0)] {
        let mut driven = Driven::greeted(true, 9);
        let pull = format!("52000770756c6c4d736700026d650001 08001000 c03e05 ca3e02{epoch}");
        let (_, ask) = driven.asked(&pull);
        assert_eq!(ask, Ask::Pull { from: PullFrom::Seq(seq), limit: 2 });
    }
}

#[test]
fn an_old_client_has_no_numbers() {
    let mut driven = Driven::greeted(false, 9);
    let (_, ask) = driven.asked(PULL_SEQ_0);
    assert!(matches!(ask, Ask::Pull { from: PullFrom::Times { .. }, .. }));
}

#[test]
fn a_conversation_list_says_when_it_is_cut() {
    let mut driven = Driven::level(false, 3);
    let (id, ask) = driven.asked(
        "50 000c 717279 52656c6174696f6e52 0002 6d65 0005 10021800 2000"
            .replace("717279 52656c6174696f6e52", &hex(b"qryRelationR"))
            .as_str(),
    );
    assert!(matches!(ask, Ask::Conversations(query) if query.count == 2));
    let mut large = row(3, "you");
    large.content = vec![b'x'; 100 * 1024].into();
    let large = ConversationRow {
        latest: large,
        unread: 1,
        mentions: 0,
        pinned: false,
        read_time: UnixMillis::ZERO,
        peer_read: UnixMillis::ZERO,
    };
    driven.told(id, Told::Conversations(vec![large.clone(), large], 3));
    let sent = driven.sent();
    assert!(sent[0].starts_with("600005") && sent[0].ends_with("1000"), "not finished");
    assert!(sent[0].len() < 2 * 110 * 1024);
}
