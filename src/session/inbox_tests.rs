use super::*;
use crate::ids::{ConversationId, ConversationKind, UserId};
use crate::signal::MessageFlags;
use bytes::Bytes;

fn timed(time: i64, uid: &str) -> Message {
    Message {
        conversation: ConversationId::new(ConversationKind::Private, "a"),
        sender: UserId::from("a"),
        direction: MessageDirection::Received,
        object_name: "RC:TxtMsg".into(),
        content: Bytes::from_static(b"{}"),
        sent_time: UnixMillis::new(time),
        uid: MessageUid::from(uid),
        flags: MessageFlags::NORMAL,
        retrieved: false,
        client_id: None,
        inbox_seq: None,
    }
}

fn row(seq: u64) -> Message {
    Message {
        inbox_seq: Some(seq),
        ..timed(1_000 + seq as i64, &["U", &"i".repeat(seq as usize)].concat())
    }
}

fn page(messages: Vec<Message>, finished: bool, inbox: Option<(&str, u64, u64)>) -> PullPage {
    let sync_time = messages.last().map_or(UnixMillis::ZERO, |message| message.sent_time);
    let inbox = inbox.map(|(epoch, head, first)| InboxState { epoch: epoch.into(), head, first });
    PullPage { messages, malformed: 0, sync_time, finished: Some(finished), inbox }
}

fn uids(sifted: &Sifted) -> Vec<&str> {
    sifted.messages.iter().map(|message| message.uid.as_str()).collect()
}

#[test]
fn b9_o4_five_hundred_messages_of_one_millisecond_and_a_page_border_anywhere() {
    for border in 1..60 {
        let all: Vec<Message> =
            (0..60).map(|n| timed(if n < 50 { 7 } else { 8 }, &format!("U{n:02}"))).collect();
        let mut inbox = Inbox::default();
        let mut found: Vec<String> = Vec::new();
        let mut overlap = true;
        for _ in 0..100 {
            let PullRequest::Times { received, .. } = inbox.request(false, overlap) else {
                panic!()
            };
            // The server's filter is strict, and it starts again at the first message that passes.
            let after: Vec<Message> =
                all.iter().filter(|message| message.sent_time > received).cloned().collect();
            let rest = after.len() > border.max(51);
            let sifted = inbox
                .page(page(after.into_iter().take(border.max(51)).collect(), !rest, None), false);
            overlap = sifted.progress || !sifted.more;
            found.extend(uids(&sifted).into_iter().map(str::to_owned));
            if !sifted.more {
                break;
            }
        }
        assert_eq!(found.len(), 60, "border at {border}");
        found.dedup();
        assert_eq!(found.len(), 60);
    }
}

#[test]
fn o16_a_page_is_put_in_order() {
    let mut inbox = Inbox::default();
    let messages = vec![timed(5, "B"), timed(3, "Z"), timed(5, "A")];
    assert_eq!(uids(&inbox.page(page(messages, true, None), false)), ["Z", "A", "B"]);
}

#[test]
fn b17_o16_what_was_pushed_is_not_pulled_again_even_after_a_restart() {
    let mut inbox = Inbox::default();
    inbox.page(page(vec![timed(3, "A")], true, None), false);
    assert_eq!(inbox.push(&timed(9, "B"), false, false), Push::Deliver);
    assert_eq!(inbox.push(&timed(9, "B"), false, false), Push::Repeat);
    assert_eq!(inbox.cursor().received, UnixMillis::new(3), "pulls alone move it");
    let stored = inbox.cursor().to_stored();
    let mut inbox = Inbox::default();
    inbox.restore(Cursor::from_stored(&stored).unwrap());
    let sifted =
        inbox.page(page(vec![timed(3, "A"), timed(5, "C"), timed(9, "B")], true, None), false);
    assert_eq!(uids(&sifted), ["C"]);
    assert_eq!(inbox.cursor().received, UnixMillis::new(9));
    assert_eq!(inbox.cursor().beyond.len(), 1, "the others are passed");
}

#[test]
fn during_a_pull_a_push_is_a_doorbell() {
    let mut inbox = Inbox::default();
    assert_eq!(inbox.push(&timed(9, "B"), false, true), Push::Ring);
    let volatile = Message { flags: MessageFlags::default(), ..timed(9, "") };
    assert_eq!(inbox.push(&volatile, false, true), Push::Deliver);
}

#[test]
fn numbers_decide_with_the_extensions() {
    let mut inbox = Inbox::default();
    assert_eq!(inbox.push(&row(1), true, false), Push::Ring, "which epoch is it?");
    inbox.page(page(vec![row(1), row(2)], true, Some(("e", 2, 1))), true);
    assert_eq!(inbox.push(&row(2), true, true), Push::Repeat);
    assert_eq!(inbox.push(&row(4), true, true), Push::Ring);
    assert_eq!(inbox.push(&row(3), true, true), Push::Deliver);
    let sifted = inbox.page(page(vec![row(3), row(4)], true, Some(("e", 4, 1))), true);
    assert_eq!((uids(&sifted), sifted.more), (vec!["Uiiii"], false));
    assert_eq!(inbox.request(true, true), PullRequest::Seq { seq: 4, epoch: Some("e".into()) });
    let beyond = inbox.page(page(vec![row(5)], true, Some(("e", 9, 1))), true);
    assert!(beyond.more, "the head says so");
}

#[test]
fn own_numbers_move_the_cursor_only_without_a_hole() {
    let mut inbox = Inbox::default();
    inbox.page(page(vec![row(1)], true, Some(("e", 1, 1))), true);
    let own = MessageUid::from("own");
    assert!(!inbox.own_numbered(2, UnixMillis::new(5), &own));
    assert_eq!(inbox.cursor().seq, 2);
    assert!(inbox.own_numbered(4, UnixMillis::new(6), &own), "3 is missing");
    assert_eq!(inbox.cursor().seq, 2);
    assert!(!inbox.own_numbered(1, UnixMillis::new(6), &own), "a repeated send");
}

#[test]
fn what_is_gone_is_said() {
    let mut inbox = Inbox::default();
    let cold = inbox.page(page(vec![row(8)], true, Some(("e", 8, 8))), true);
    assert_eq!((cold.gap, uids(&cold).len()), (None, 1), "a newcomer has lost nothing");
    let kept = inbox.page(page(vec![row(20)], true, Some(("e", 20, 20))), true);
    assert_eq!(kept.gap, Some((9, 19)));
    let hole = inbox.page(page(vec![row(23)], true, Some(("e", 23, 1))), true);
    assert_eq!(hole.gap, Some((21, 22)));
    let none = inbox.page(page(vec![], true, Some(("e", 30, 31))), true);
    assert_eq!((none.gap, none.more), (Some((24, 30)), false));
}

#[test]
fn b15_a_restored_store_is_read_anew_without_repeating_what_was_given() {
    let mut inbox = Inbox::default();
    inbox.page(page((1..=9).map(row).collect(), true, Some(("e", 9, 1))), true);
    let stored = inbox.cursor().to_stored();
    let mut inbox = Inbox::default();
    inbox.restore(Cursor::from_stored(&stored).unwrap());
    inbox.login();
    // The backup had 5 rows; two new ones came since.
    let mut rows: Vec<Message> = (1..=5).map(row).collect();
    for (seq, time) in [(6, 2_000), (7, 2_001)] {
        let uid = format!("N{seq}");
        rows.push(Message { inbox_seq: Some(seq), ..timed(time, &uid) });
    }
    let sifted = inbox.page(page(rows, true, Some(("f", 7, 1))), true);
    assert_eq!((sifted.reset, sifted.gap), (true, Some((8, 9))));
    assert_eq!(uids(&sifted), ["N6", "N7"]);
    assert_eq!(inbox.cursor().epoch, "f");
}

#[test]
fn b15_a_page_that_dies_while_it_reads_anew_repeats_nothing_in_the_next() {
    let mut inbox = Inbox::default();
    inbox.page(page((1..=9).map(row).collect(), true, Some(("e", 9, 1))), true);
    inbox.login();
    let sifted = inbox.page(page((1..=3).map(row).collect(), false, Some(("f", 6, 1))), true);
    assert!(sifted.reset && sifted.messages.is_empty());
    let stored = inbox.cursor().to_stored();
    let mut inbox = Inbox::default();
    inbox.restore(Cursor::from_stored(&stored).unwrap());
    inbox.login();
    let new = Message { inbox_seq: Some(6), ..timed(2_000, "N6") };
    let rows = vec![row(4), row(5), new];
    assert_eq!(uids(&inbox.page(page(rows, true, Some(("f", 6, 1))), true)), ["N6"]);
}

#[test]
fn d12_impossible_numbers_do_no_harm() {
    let mut inbox = Inbox::default();
    let far = Message { inbox_seq: Some(u64::MAX), ..timed(i64::MAX, "X") };
    inbox.page(page(vec![far.clone()], true, Some(("e", u64::MAX, u64::MAX))), true);
    inbox.page(page(vec![far.clone()], false, Some(("f", 0, 0))), true);
    inbox.push(&far, true, false);
    inbox.own_numbered(u64::MAX, UnixMillis::new(i64::MIN), &MessageUid::default());
    inbox.page(page(vec![timed(i64::MIN, "Y"), far], false, None), false);
    inbox.request(false, true);
}

#[test]
fn a_row_that_the_user_has_deleted_is_a_number_and_no_message() {
    let mut inbox = Inbox::default();
    let gone = |seq| Message { uid: MessageUid::default(), ..row(seq) };
    let messages = vec![row(1), gone(2), gone(3), row(4)];
    let sifted = inbox.page(page(messages, true, Some(("e", 4, 1))), true);
    assert_eq!((uids(&sifted), sifted.gap), (vec!["Ui", "Uiiii"], None));
    assert_eq!(inbox.cursor().seq, 4);
}
