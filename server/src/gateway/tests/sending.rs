//! What a client sends.

use super::*;

#[test]
fn a_message_is_asked_for_and_acknowledged() {
    let mut driven = Driven::level(false, 1);
    let (id, ask) = driven.asked(TEXT);
    let Ask::Send { conversation, flags, client_id, original, .. } = ask else { panic!("{ask:?}") };
    assert_eq!(conversation, ConversationId::new(ConversationKind::Private, "you"));
    assert_eq!((flags, client_id), (MessageFlags::NORMAL, None));
    assert_eq!((&*original.topic, &*original.target), ("ppMsgP", "you"));
    driven.told(id, Told::Sent(stored(2)));
    assert_eq!(driven.sent(), ["40 0003 5f5e1000 0000 0002 0001 75".replace(' ', "")]);
}

#[test]
fn an_extended_puback_has_the_number_and_ids_are_believed() {
    let mut driven = Driven::level(true, 1);
    let (id, ask) = driven.asked(TEXT);
    assert!(matches!(ask, Ask::Send { client_id: Some(id), .. } if id.to_wire() == 7));
    driven.told(id, Told::Sent(stored(2)));
    let ack = "40 0003 5f5e1000 0000 0002 0001 75 0000000000000002".replace(' ', "");
    assert_eq!(driven.sent(), [ack]);
    let (id, _) = driven.asked(TEXT);
    driven.told(id, Told::Refused(20604));
    let ack = "40 0003 5f5e1000 507c 0000 0000 0000000000000000".replace(' ', "");
    assert_eq!(driven.sent(), [ack]);
}

#[test]
fn replaced_words_are_told_by_the_status_and_to_extended_clients_by_their_content() {
    for (extended, rest) in [(true, "0000000000000002 7b7d"), (false, "")] {
        let mut driven = Driven::level(extended, 1);
        let (id, _) = driven.asked(TEXT);
        let replaced = Some(Bytes::from_static(b"{}"));
        driven.told(id, Told::Sent(Stored { replaced, ..stored(2) }));
        let ack = format!("40 0003 5f5e1000 53fe 0002 0001 75 {rest}").replace(' ', "");
        assert_eq!(driven.sent(), [ack]);
    }
}

#[test]
fn extension_fields_are_not_relayed() {
    let mut driven = Driven::level(false, 1);
    let (_, ask) = driven.asked(&format!("{TEXT} c03e05"));
    let Ask::Send { original, .. } = ask else { panic!("{ask:?}") };
    assert_eq!(hex(&original.body), "08031201631a027b7d5007");
}

#[test]
fn without_qos_nobody_waits_for_a_puback() {
    let mut driven = Driven::level(false, 1);
    let (id, _) = driven.asked(&TEXT.replacen("32", "30", 1));
    driven.told(id, Told::Refused(20604));
    assert!(driven.sent().is_empty());
}

#[test]
fn a_status_topic_is_never_kept() {
    let mut driven = Driven::level(false, 1);
    let (_, ask) = driven.asked(&TEXT.replacen("70704d736750", "70704d736753", 1));
    assert!(matches!(ask, Ask::Send { flags, .. } if !flags.stored()));
}

#[test]
fn e15_a_sender_that_does_not_listen_is_cut_and_one_that_slows_down_is_not() {
    const TOO_FAST: u16 = 20604;
    for (pause, open) in [(false, false), (true, true)] {
        let mut driven = Driven::greeted(false, 0);
        for n in 0..100 {
            let (id, _) = driven.asked(TEXT);
            let slowed_down = pause && n == 50;
            driven.told(
                id,
                if slowed_down { Told::Sent(stored(1)) } else { Told::Refused(TOO_FAST) },
            );
        }
        let transmits = driven.transmits();
        assert!(transmits.iter().take(100).all(|one| matches!(one, Transmit::Send(_))));
        assert_eq!(transmits.len(), if open { 100 } else { 101 });
        let reason = (!open).then_some(EndReason::SendsTooFast);
        assert_eq!(driven.connection.ended(), reason);
    }
}
