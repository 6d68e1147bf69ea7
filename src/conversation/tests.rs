use super::*;
use crate::ids::ClientMessageId;
use crate::signal::MessageFlags;

pub(super) fn id(target: &str) -> ConversationId {
    ConversationId::new(ConversationKind::Private, target)
}

pub(super) fn message(from: &str, time: i64) -> Message {
    Message {
        conversation: id(from),
        sender: UserId::from(from),
        direction: MessageDirection::Received,
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from_static(b"{\"content\":\"hi | 100%\"}"),
        sent_time: UnixMillis::new(time),
        uid: MessageUid::from(String::from_utf8(vec![b'A' + time as u8]).unwrap()),
        flags: MessageFlags::NORMAL,
        retrieved: false,
        client_id: None,
        inbox_seq: None,
    }
}

fn outgoing(to: &str, client: u64) -> Outgoing {
    Outgoing {
        conversation: id(to),
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from_static(b"{}"),
        flags: MessageFlags::NORMAL,
        client_id: ClientMessageId::from_random(client << 1),
        push_text: "".into(),
        push_data: "".into(),
        only_to: Vec::new(),
        config_flag: 0,
    }
}

fn me() -> UserId {
    UserId::from("me")
}

pub(super) fn server_row(target: &str, latest: Option<Message>) -> ServerRow {
    let zero = UnixMillis::ZERO;
    let (unread, mentions, head) = (None, None, 0);
    let (settled, forgets) = (false, false);
    ServerRow {
        id: id(target),
        latest,
        unread,
        mentions,
        read: zero,
        peer_read: zero,
        head,
        settled,
        forgets,
    }
}

pub(super) fn order(list: &Conversations) -> Vec<String> {
    let rows = list.list(&[], None, false);
    rows.iter().map(|row| row.id.target.as_str().to_owned()).collect()
}

#[test]
fn the_newest_stands_first_and_received_messages_count() {
    let mut list = Conversations::default();
    list.apply(&message("a", 1), true);
    list.apply(&message("b", 2), true);
    list.apply(&message("a", 3), true);
    list.apply(&message("b", 0), false);
    assert_eq!(order(&list), ["a", "b"]);
    assert_eq!(list.get(&id("a")).unwrap().unread, 2);
    assert_eq!(list.get(&id("b")).unwrap().unread, 1, "counted by the server already");
    let latest = list.get(&id("b")).unwrap().latest.clone().unwrap();
    assert_eq!(latest.sent_time, UnixMillis::new(2), "an older message does not stand for it");
    assert_eq!(list.list(&[ConversationKind::Group], None, true), []);
    assert_eq!(list.list(&[], Some(1), true).len(), 1);
    assert_eq!(list.take_changed(), [id("a"), id("b")]);
    assert_eq!(list.take_changed(), []);
}

#[test]
fn uncounted_and_own_messages_are_no_unread() {
    let mut list = Conversations::default();
    let quiet = Message {
        flags: MessageFlags { persisted: true, ..MessageFlags::default() },
        ..message("a", 1)
    };
    list.apply(&quiet, true);
    assert_eq!(order(&list), [""; 0]);
    let own = Message { direction: MessageDirection::Sent, sender: me(), ..message("a", 1) };
    list.apply(&own, true);
    assert_eq!(list.get(&id("a")).unwrap().unread, 0);
}

#[test]
fn an_echo_stands_last_until_the_server_answers() {
    let mut list = Conversations::default();
    list.apply(&message("a", 9), true);
    let sent = outgoing("a", 1);
    list.echo(&sent, &me(), UnixMillis::new(4));
    let shown = list.get(&id("a")).unwrap().latest.clone().unwrap();
    assert_eq!((shown.sent_time, shown.uid.is_empty()), (UnixMillis::new(10), true));
    list.apply(&message("a", 11), true);
    assert!(list.get(&id("a")).unwrap().latest.as_ref().unwrap().uid.is_empty());
    list.sent(&sent, &me(), &MessageUid::from("U"), UnixMillis::new(12));
    let shown = list.get(&id("a")).unwrap().clone();
    assert_eq!(shown.latest.unwrap().uid.as_str(), "U");
    assert_eq!(shown.time, UnixMillis::new(12));
}

#[test]
fn a_cancelled_echo_gives_way_to_what_was_there() {
    let mut list = Conversations::default();
    list.apply(&message("a", 9), true);
    let sent = outgoing("a", 1);
    list.echo(&sent, &me(), UnixMillis::new(20));
    list.unsend(&outgoing("a", 2));
    assert_eq!(list.get(&id("a")).unwrap().time, UnixMillis::new(20), "another send");
    list.unsend(&sent);
    assert_eq!(list.get(&id("a")).unwrap().time, UnixMillis::new(9));
}

#[test]
fn a_failed_send_gives_way_to_later_messages() {
    let mut list = Conversations::default();
    let sent = outgoing("a", 1);
    list.echo(&sent, &me(), UnixMillis::new(20));
    list.fail(&sent);
    list.apply(&message("a", 15), true);
    assert_eq!(list.get(&id("a")).unwrap().time, UnixMillis::new(20));
    list.apply(&message("a", 21), true);
    assert_eq!(list.get(&id("a")).unwrap().time, UnixMillis::new(21));
}

#[test]
fn an_own_row_of_the_pull_settles_the_echo() {
    let mut list = Conversations::default();
    let sent = outgoing("a", 1);
    list.echo(&sent, &me(), UnixMillis::new(20));
    let row = Message {
        direction: MessageDirection::Sent,
        client_id: Some(sent.client_id),
        ..message("a", 15)
    };
    list.apply(&row, true);
    assert_eq!(list.get(&id("a")).unwrap().time, UnixMillis::new(15));
}

#[test]
fn reading_moves_the_read_time_and_is_reported_once() {
    let mut list = Conversations::default();
    assert!(!list.set_unread(&id("a"), 0));
    list.apply(&message("a", 9), true);
    assert_eq!(list.unread(), [id("a")]);
    assert!(list.set_unread(&id("a"), 0));
    assert_eq!(list.unreported_reads(), [(id("a"), UnixMillis::new(9))]);
    list.read_reported(&id("a"), UnixMillis::new(8));
    assert_eq!(list.unreported_reads().len(), 1, "an older report");
    list.read_reported(&id("a"), UnixMillis::new(9));
    assert_eq!(list.unreported_reads(), []);
    assert!(list.set_unread(&id("a"), 3));
    assert_eq!((list.get(&id("a")).unwrap().unread, list.unreported_reads().len()), (3, 0));
}

#[test]
fn an_own_message_does_not_read_what_is_still_on_its_way() {
    let mut list = Conversations::default();
    list.apply(&message("a", 5), true);
    list.echo(&outgoing("a", 1), &me(), UnixMillis::new(8));
    list.sent(&outgoing("a", 1), &me(), &MessageUid::from("X"), UnixMillis::new(9));
    let mut restored = Conversations::default();
    for (key, value) in list.take_to_store() {
        restored.restore(&key, &value.unwrap()).unwrap();
    }
    for mut list in [list, restored] {
        list.set_unread(&id("a"), 0);
        assert_eq!(list.unreported_reads(), [(id("a"), UnixMillis::new(5))]);
        list.apply(&message("a", 7), true);
        assert_eq!(list.get(&id("a")).unwrap().unread, 1);
    }
}

#[test]
fn the_servers_list_is_merged() {
    let mut list = Conversations::default();
    list.apply(&message("a", 9), true);
    list.take_changed();
    let row = |target, latest, unread| ServerRow { unread, ..server_row(target, latest) };
    list.merge(&row("a", Some(message("a", 5)), Some(7)), false);
    assert_eq!(list.take_changed(), [], "older than ours, and our count holds");
    list.merge(&row("a", Some(message("a", 12)), Some(7)), true);
    list.merge(&row("b", None, Some(2)), false);
    assert_eq!(list.get(&id("a")).unwrap().unread, 7);
    assert_eq!(list.get(&id("a")).unwrap().time, UnixMillis::new(12));
    assert_eq!(list.get(&id("b")).unwrap().unread, 2, "a new one takes the server's count");
}

#[test]
fn a_cold_start_counts_what_the_server_counted_and_nothing_of_it_twice() {
    let mut list = Conversations::default();
    list.echo(&outgoing("a", 1), &me(), UnixMillis::new(50));
    list.sent(&outgoing("a", 1), &me(), &MessageUid::from("X"), UnixMillis::new(51));
    let latest = Some(message("a", 9));
    list.merge(&ServerRow { unread: Some(2), ..server_row("a", latest) }, false);
    let mut restored = Conversations::default();
    for (key, value) in list.take_to_store() {
        restored.restore(&key, &value.unwrap()).unwrap();
    }
    for mut list in [list, restored] {
        (7..=9).for_each(|time| list.apply(&message("a", time), true));
        assert_eq!(list.get(&id("a")).unwrap().unread, 2, "one of the three was read");
        list.apply(&message("a", 10), true);
        assert_eq!(list.get(&id("a")).unwrap().unread, 3);
    }
}

#[test]
fn a_conversation_leaves_and_may_come_back() {
    let mut list = Conversations::default();
    list.apply(&message("a", 1), true);
    list.take_to_store();
    assert!(list.remove(&id("a")) && !list.remove(&id("a")));
    assert_eq!(list.take_to_store(), [("conv:1:a".to_owned(), None)]);
    assert_eq!(list.take_removed(), [id("a")]);
    list.apply(&message("a", 2), true);
    assert_eq!((list.take_removed(), list.take_changed()), (vec![], vec![id("a")]));
}

#[test]
fn stored_conversations_come_back() {
    let mut list = Conversations::default();
    let weird = Message { conversation: id("a:|你"), ..message("x", 3) };
    list.apply(&weird, true);
    list.set_unread(&id("a:|你"), 0);
    list.echo(&outgoing("b", 1), &me(), UnixMillis::new(8));
    let stored = list.take_to_store();
    assert_eq!(stored.len(), 2);
    let mut restored = Conversations::default();
    for (key, value) in &stored {
        restored.restore(key, value.as_ref().unwrap()).unwrap();
    }
    assert_eq!(restored.get(&id("a:|你")), list.get(&id("a:|你")));
    assert_eq!(restored.unreported_reads(), list.unreported_reads());
    assert_eq!(restored.get(&id("b")).unwrap().latest, None, "the outbox keeps what is sent");
    let whole = "2|0|0|0|0|0|0|0||0|0|0|1";
    assert_eq!(restored.restore("conv:1:c", whole), Some(()));
    assert_eq!(restored.restore("conv:1:", whole), None);
    assert_eq!(restored.restore("conv:1:a", "2|x"), None);
    assert_eq!(restored.restore("conv:1:a", "1|0|0|0|0|1"), None, "an older version");
    assert_eq!(restored.restore("conv:1:a", &format!("{whole}|half")), None);
}

#[test]
fn what_was_told_keeps_no_frame_alive() {
    let frame = Bytes::from(b"...{\"content\":\"x\"}...".to_vec());
    let mut list = Conversations::default();
    let mut one = message("a", 1);
    one.content = frame.slice(3..frame.len() - 3);
    let mut own = message("b", 2);
    own.object_name = ByteString::try_from(frame.slice(..3)).unwrap();
    list.apply(&one, true);
    list.apply(&own, true);
    assert_eq!(list.take_changed(), [id("a"), id("b")]);
    drop((one, own));
    assert!(frame.is_unique());
    assert_eq!(list.get(&id("a")).unwrap().latest.as_ref().unwrap().content.len(), 15);
}

#[test]
fn a_message_costs_the_same_however_many_conversations_there_are() {
    let mut list = Conversations::default();
    for target in 0..100_u8 {
        list.apply(
            &message(&String::from_utf8(vec![b'a' + target / 10, b'a' + target % 10]).unwrap(), 1),
            true,
        );
    }
    list.take_to_store();
    list.apply(&message("aa", 2), true);
    assert_eq!(list.take_to_store().len(), 1);
    let mut large = message("aa", 3);
    large.content = Bytes::from(vec![b'x'; 100_000]);
    list.apply(&large, true);
    assert!(list.take_to_store()[0].1.as_ref().unwrap().len() < 200);
}

#[test]
fn a_numbered_message_that_comes_again_is_not_counted_again() {
    let mut list = Conversations::default();
    let mut numbered = message("a", 5);
    numbered.inbox_seq = Some(1);
    list.apply(&numbered, true);
    let (key, value) = list.take_to_store().remove(0);
    let mut after_a_crash = Conversations::default();
    after_a_crash.restore(&key, &value.unwrap()).unwrap();
    after_a_crash.apply(&numbered, true);
    assert_eq!(after_a_crash.get(&id("a")).unwrap().unread, 1);
    numbered.sent_time = UnixMillis::new(6);
    after_a_crash.apply(&numbered, true);
    assert_eq!(after_a_crash.get(&id("a")).unwrap().unread, 2);
}
