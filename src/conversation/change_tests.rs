//! What recalls, read positions, settings and drafts do to the list.

use super::tests::{id, message, order, server_row};
use super::*;
use crate::signal::MessageFlags;

fn at(time: i64) -> UnixMillis {
    UnixMillis::new(time)
}

fn mentioning(from: &str, time: i64) -> Message {
    Message {
        flags: MessageFlags { mentioned: true, ..MessageFlags::NORMAL },
        ..message(from, time)
    }
}

fn notice(of: &Message) -> RecallNotice {
    let (uid, time, content) = (of.uid.clone(), of.sent_time, Bytes::from_static(b"{}"));
    RecallNotice { uid, time, seq: 0, object_name: "RC:RcNtf".into(), content }
}

fn counts(list: &Conversations, target: &str) -> (u32, u32) {
    let row = list.get(&id(target)).unwrap();
    (row.unread, row.mentions)
}

/// The list and the same after a reload.
fn with_reloaded(mut list: Conversations) -> [Conversations; 2] {
    let mut reloaded = Conversations::default();
    for (key, value) in list.take_to_store() {
        reloaded.restore(&key, &value.unwrap()).unwrap();
    }
    [list, reloaded]
}

#[test]
fn mentions_are_counted_and_go_with_the_unread_count() {
    let mut list = Conversations::default();
    list.apply(&message("a", 1), true);
    list.apply(&mentioning("a", 2), true);
    list.apply(&mentioning("a", 3), false);
    assert_eq!(counts(&list, "a"), (2, 1), "the third was counted by the server");
    for mut list in with_reloaded(list) {
        assert_eq!(counts(&list, "a"), (2, 1));
        list.set_unread(&id("a"), 0);
        assert_eq!(counts(&list, "a"), (0, 0));
    }
    let mut list = Conversations::default();
    let row =
        ServerRow { unread: Some(4), mentions: Some(2), ..server_row("a", Some(message("a", 5))) };
    list.merge(&row, true);
    assert_eq!(counts(&list, "a"), (4, 2));
}

#[test]
fn a_recalled_message_counts_no_more_and_a_notice_stands_in_its_place() {
    let mut list = Conversations::default();
    let [first, second] = [message("a", 1), mentioning("a", 2)];
    list.apply(&first, true);
    list.apply(&second, true);
    for mut list in with_reloaded(list) {
        list.recall(&id("a"), &notice(&first), true);
        let row = list.get(&id("a")).unwrap();
        assert_eq!((row.unread, &*row.latest.as_ref().unwrap().object_name), (1, "RC:TxtMsg"));
        list.recall(&id("a"), &notice(&second), true);
        let row = list.get(&id("a")).unwrap();
        assert_eq!((row.unread, row.mentions), (0, 0));
        let latest = row.latest.as_ref().unwrap();
        assert_eq!((&*latest.object_name, latest.sent_time), ("RC:RcNtf", at(2)));
    }
}

#[test]
fn a_recall_that_comes_again_after_a_reload_is_counted_once() {
    let mut list = Conversations::default();
    let messages = [1, 2, 3].map(|time| message("a", time));
    messages.iter().for_each(|message| list.apply(message, true));
    let recall = RecallNotice { seq: 4, ..notice(&messages[0]) };
    list.recall(&id("a"), &recall, true);
    for mut list in with_reloaded(list) {
        list.recall(&id("a"), &recall, true);
        assert_eq!(counts(&list, "a"), (2, 0));
        list.recall(&id("a"), &RecallNotice { seq: 5, ..notice(&messages[1]) }, true);
        assert_eq!(counts(&list, "a"), (1, 0));
    }
}

#[test]
fn a_recall_that_the_servers_list_counted_is_not_counted_again() {
    let mut list = Conversations::default();
    let [first, second] = [message("a", 1), message("a", 2)];
    let counted = ServerRow { unread: Some(1), head: 4, ..server_row("a", Some(second.clone())) };
    list.merge(&counted, false);
    list.recall(&id("a"), &RecallNotice { seq: 4, ..notice(&first) }, true);
    assert_eq!(counts(&list, "a"), (1, 0));
    list.recall(&id("a"), &RecallNotice { seq: 5, ..notice(&second) }, true);
    assert_eq!(counts(&list, "a"), (0, 0));
}

#[test]
fn a_recall_of_what_was_read_or_not_counted_changes_no_count() {
    let mut list = Conversations::default();
    list.apply(&message("a", 1), true);
    list.set_unread(&id("a"), 0);
    list.apply(&message("a", 2), true);
    list.recall(&id("a"), &notice(&message("a", 1)), true);
    list.recall(&id("a"), &notice(&message("a", 2)), false);
    assert_eq!(counts(&list, "a"), (1, 0));
    list.recall(&id("b"), &notice(&message("b", 1)), true);
    assert_eq!(list.get(&id("b")), None, "a recall makes no conversation");
}

/// Without the extensions: nobody says how many of the stored count another device has read.
#[test]
fn a_recalled_message_leaves_a_count_that_may_still_have_it() {
    let mut list = Conversations::default();
    let messages = [1, 2, 3].map(|time| message("a", time));
    messages.iter().for_each(|message| list.apply(message, true));
    for (mut list, left) in with_reloaded(list).into_iter().zip([[1, 1, 0], [3, 2, 1]]) {
        let read = ServerRow { read: at(2), unread: Some(1), ..server_row("a", None) };
        list.merge(&read, false);
        assert_eq!(counts(&list, "a").0, left[0]);
        list.recall(&id("a"), &notice(&messages[0]), true);
        assert_eq!(counts(&list, "a").0, left[1]);
        list.recall(&id("a"), &notice(&messages[2]), true);
        assert_eq!(counts(&list, "a").0, left[2]);
    }
}

#[test]
fn what_was_read_elsewhere_is_read_here_even_before_it_comes() {
    let mut list = Conversations::default();
    [1, 2, 3].into_iter().for_each(|time| list.apply(&message("a", time), true));
    assert!(list.read(&id("a"), at(2), true));
    assert_eq!(counts(&list, "a"), (1, 0));
    assert_eq!(list.unreported_reads(), [], "the server told it");
    assert!(list.read(&id("a"), at(1), true));
    assert_eq!(counts(&list, "a"), (1, 0), "never back");
    list.read(&id("a"), at(5), true);
    list.apply(&message("a", 4), true);
    list.apply(&message("a", 6), true);
    assert_eq!(counts(&list, "a"), (1, 0));
    assert!(!list.read(&id("b"), at(5), true));
}

#[test]
fn what_is_read_up_to_a_time_is_reported() {
    let mut list = Conversations::default();
    [1, 2, 3].into_iter().for_each(|time| list.apply(&message("a", time), true));
    list.read(&id("a"), at(2), false);
    assert_eq!(list.unreported_reads(), [(id("a"), at(2))]);
    let row = ServerRow { read: at(3), ..server_row("a", None) };
    list.merge(&row, false);
    assert_eq!(
        (counts(&list, "a"), list.unreported_reads().len()),
        ((0, 0), 0),
        "the server knows more"
    );
}

#[test]
fn the_other_sides_read_time_moves_forward() {
    let mut list = Conversations::default();
    list.apply(&message("a", 1), true);
    list.take_changed();
    list.peer_read(&id("a"), at(9));
    list.peer_read(&id("a"), at(8));
    list.merge(&ServerRow { peer_read: at(7), ..server_row("a", None) }, true);
    assert_eq!(list.take_changed(), [id("a")]);
    for list in with_reloaded(list) {
        assert_eq!(list.get(&id("a")).unwrap().peer_read, at(9));
    }
}

#[test]
fn what_is_on_top_stands_first_and_what_is_hidden_nowhere() {
    let mut list = Conversations::default();
    for (time, target) in (1..).zip(["a", "b", "c", "d"]) {
        list.apply(&message(target, time), true);
    }
    list.set(&id("a"), Setting::Pinned, true);
    list.set(&id("b"), Setting::Pinned, true);
    list.set(&id("d"), Setting::Hidden, true);
    list.set(&id("e"), Setting::Muted, true);
    assert_eq!(order(&list), ["b", "a", "c"]);
    assert_eq!(list.list(&[], None, true).len(), 4);
    list.apply(&message("e", 9), true);
    assert!(list.get(&id("e")).unwrap().settings.muted, "set before it was there");
    for mut list in with_reloaded(list) {
        assert_eq!(order(&list), ["b", "a", "e", "c"]);
        list.forget_settings();
        assert_eq!(order(&list), ["e", "d", "c", "b", "a"]);
    }
}

#[test]
fn a_draft_is_kept_and_brings_its_conversation_into_the_list() {
    let mut list = Conversations::default();
    list.apply(&message("a", 3), true);
    list.set_draft(&id("a"), "你好 |".into(), at(9));
    list.set_draft(&id("b"), "x".into(), at(9));
    list.set_draft(&id("c"), String::new(), at(9));
    assert_eq!(order(&list), ["b", "a"], "a draft moves nothing that is there");
    for mut list in with_reloaded(list) {
        assert_eq!(list.get(&id("a")).unwrap().draft, "你好 |");
        assert_eq!(list.get(&id("b")).unwrap().time, at(9));
        list.set_draft(&id("a"), String::new(), at(10));
        list.set_draft(&id("b"), String::new(), at(10));
        assert_eq!(order(&list), ["a"], "nothing is left of the other");
    }
}
