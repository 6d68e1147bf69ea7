use super::*;
use crate::ids::ConversationKind;
use crate::signal::MessageFlags;
use crate::time::UnixMillis;
use bytes::Bytes;

fn entry(to: &str, id: u64) -> Entry {
    let message = Outgoing {
        conversation: ConversationId::new(ConversationKind::Private, to),
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from_static(b"{}"),
        flags: MessageFlags::NORMAL,
        client_id: ClientMessageId::from_random(id << 1),
        push_text: "".into(),
        push_data: "".into(),
        only_to: Vec::new(),
        config_flag: 0,
    };
    let calls = Vec::new();
    Entry {
        message,
        calls,
        stage: Stage::Queued,
        give_up: None,
        created: UnixMillis::ZERO,
        since: None,
        keep: true,
        durable: false,
        repeated: false,
    }
}

#[test]
fn one_in_flight_in_each_conversation_in_order() {
    let mut outbox = Outbox::default();
    let first = outbox.push(entry("a", 1));
    let second = outbox.push(entry("a", 2));
    let other = outbox.push(entry("b", 3));
    assert_eq!(outbox.next_ready(&|_| false), Some(first));
    outbox.left(first, 10, Tick::default());
    assert_eq!(outbox.next_ready(&|_| false), Some(other));
    outbox.left(other, 11, Tick::default());
    assert_eq!(outbox.next_ready(&|_| false), None);
    assert_eq!((outbox.answered(10), outbox.answered(10)), (Some(first), None));
    outbox.finish(first);
    assert_eq!(outbox.next_ready(&|_| false), Some(second));
}

#[test]
fn what_was_on_its_way_is_repeated_or_unsure() {
    for extended in [true, false] {
        let mut outbox = Outbox::default();
        let first = outbox.push(entry("a", 1));
        let second = outbox.push(entry("a", 2));
        outbox.left(first, 10, Tick::default());
        assert_eq!(outbox.link_lost(), [first]);
        assert_eq!(outbox.next_ready(&|_| false), None, "not before it is known what became of it");
        outbox.login(extended, 4);
        assert_eq!(outbox.next_ready(&|_| false), extended.then_some(first));
        assert_eq!(outbox.unsure_until(3), [0; 0]);
        assert_eq!(outbox.unsure_until(4).len(), usize::from(!extended));
        assert!(outbox.get_mut(first).unwrap().repeated);
        assert!(!outbox.get_mut(second).unwrap().repeated);
    }
}

#[test]
fn stored_places_keep_their_order() {
    let mut outbox = Outbox::default();
    assert!(outbox.insert(7, entry("a", 1)) && !outbox.insert(9, entry("a", 1)));
    assert_eq!(outbox.push(entry("a", 2)), 8);
    let key = key_of("out:", 0xAB);
    assert_eq!((key.as_str(), place_of("out:", &key)), ("out:00000000000000ab", Some(0xAB)));
    assert_eq!(place_of("out:", "out:ab"), None);
}

#[test]
fn given_up_sends_are_recognised() {
    let mut outbox = Outbox::default();
    let place = outbox.push(entry("a", 1));
    outbox.left(place, 10, Tick::default());
    assert_eq!(outbox.wire_of(place), Some(10));
    let entry = outbox.finish(place).unwrap();
    outbox.note_given_up(&entry, Some(10));
    let id = entry.message.client_id;
    assert_eq!(outbox.given_up_on_wire(10).unwrap().message.client_id, id);
    outbox.note_given_up(&entry, Some(10));
    outbox.link_lost();
    assert!(outbox.given_up_on_wire(10).is_none());
    assert!(outbox.given_up(id).is_some() && outbox.given_up(id).is_none());
}
