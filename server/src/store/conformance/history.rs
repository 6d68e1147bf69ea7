//! Histories, and what users delete of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use hongyan::ids::{ConversationId, MessageUid};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::super::{
    Deletion, HistoryDirection, HistoryFrom, HistoryPage, HistoryQuery, ImportedMessage, InboxRow,
    NewMessage, Store, StoreError,
};
use super::support::*;
use HistoryDirection::{Newer, Older};

fn query(conversation: ConversationId, direction: HistoryDirection, count: u32) -> HistoryQuery {
    HistoryQuery { conversation, direction, from: HistoryFrom::End, count, whole_millis: false }
}

async fn read<S: Store>(store: &S, name: &str, query: HistoryQuery) -> HistoryPage {
    store.history(&user(name), query).await.unwrap()
}

/// Everything a user sees of a conversation with `peer`, oldest first.
async fn history<S: Store>(store: &S, name: &str, peer: &str) -> Vec<InboxRow> {
    let page = read(store, name, query(private(peer), Newer, 10_000)).await;
    assert!(!page.more);
    page.rows
}

async fn texts<S: Store>(store: &S, name: &str, peer: &str) -> Vec<String> {
    let rows = history(store, name, peer).await;
    contents(&rows).into_iter().map(str::to_owned).collect()
}

/// `a` writes to `b`: "1", "2" … in as many milliseconds.
async fn talk<S: Store>(store: &S, count: i64) -> Vec<MessageUid> {
    let mut uids = Vec::new();
    for number in 1..=count {
        let message = sent_at(number, message("a", "b", &number.to_string()));
        uids.push(append(store, message).await.uid);
    }
    uids
}

pub async fn the_newest_rows_come_first_and_pages_follow_each_other<S: Store>(store: Arc<S>) {
    talk(&*store, 5).await;
    let first = read(&*store, "b", query(private("a"), Older, 2)).await;
    assert_eq!((contents(&first.rows), first.more), (vec!["5", "4"], true));
    let from = HistoryFrom::Time(first.rows[1].sent_time);
    let second = read(&*store, "b", HistoryQuery { from, ..query(private("a"), Older, 2) }).await;
    assert_eq!((contents(&second.rows), second.more), (vec!["3", "2"], true));
    let last = &second.rows[1];
    let from = HistoryFrom::Row(last.sent_time, last.uid.clone());
    let third = read(&*store, "b", HistoryQuery { from, ..query(private("a"), Older, 2) }).await;
    assert_eq!((contents(&third.rows), third.more), (vec!["1"], false));
}

pub async fn newer_rows_come_oldest_first<S: Store>(store: Arc<S>) {
    talk(&*store, 5).await;
    let first = read(&*store, "b", query(private("a"), Newer, 2)).await;
    assert_eq!((contents(&first.rows), first.more), (vec!["1", "2"], true));
    let from = HistoryFrom::Time(first.rows[1].sent_time);
    let rest = read(&*store, "b", HistoryQuery { from, ..query(private("a"), Newer, 3) }).await;
    assert_eq!((contents(&rest.rows), rest.more), (vec!["3", "4", "5"], false));
}

pub async fn both_sides_read_the_same_and_nobody_else<S: Store>(store: Arc<S>) {
    talk(&*store, 2).await;
    append(&*store, sent_at(10, message("b", "a", "3"))).await;
    append(&*store, sent_at(20, message("b", "c", "elsewhere"))).await;
    assert_eq!(texts(&*store, "a", "b").await, ["1", "2", "3"]);
    assert_eq!(texts(&*store, "b", "a").await, ["1", "2", "3"]);
    assert_eq!(texts(&*store, "c", "a").await, [""; 0]);
    assert_eq!(texts(&*store, "nobody", "a").await, [""; 0]);
}

fn imported(uid: &str, ms: i64) -> ImportedMessage {
    ImportedMessage {
        uid: uid.into(),
        sender: user("a"),
        conversation: private("b"),
        object_name: "RC:TxtMsg".into(),
        content: Bytes::copy_from_slice(uid.as_bytes()),
        flags: MessageFlags::NORMAL,
        sent_time: at(ms),
    }
}

/// 500 messages of one millisecond between two others.
async fn crowd<S: Store>(store: &S) {
    let mut messages = vec![imported("before", 99), imported("later", 101)];
    messages.extend((0..500).map(|number| imported(&format!("{:03}", number * 7 % 500), 100)));
    store.import(messages).await.unwrap();
}

pub async fn a_page_border_may_stand_anywhere_within_one_millisecond<S: Store>(store: Arc<S>) {
    crowd(&*store).await;
    let whole = history(&*store, "b", "a").await;
    assert_eq!(whole.len(), 502);
    for direction in [Older, Newer] {
        for count in [1, 2, 3, 7, 100, 250, 499, 500, 501, 502] {
            let (mut from, mut seen) = (HistoryFrom::End, Vec::new());
            loop {
                let query = HistoryQuery { from, ..query(private("a"), direction, count) };
                let page = read(&*store, "b", query).await;
                assert!(page.rows.len() <= count as usize);
                seen.extend(page.rows);
                if !page.more {
                    break;
                }
                let last = seen.last().unwrap();
                from = HistoryFrom::Row(last.sent_time, last.uid.clone());
            }
            if direction == Older {
                seen.reverse();
            }
            assert!(seen == whole, "{direction:?}, {count} a page");
        }
    }
}

pub async fn who_pages_by_times_gets_whole_milliseconds<S: Store>(store: Arc<S>) {
    crowd(&*store).await;
    for direction in [Older, Newer] {
        let (mut from, mut seen) = (HistoryFrom::End, Vec::new());
        loop {
            let query = query(private("a"), direction, 20);
            let query = HistoryQuery { from, whole_millis: true, ..query };
            let page = read(&*store, "b", query).await;
            seen.extend(page.rows.iter().map(|row| row.uid.clone()));
            let Some(last) = page.rows.last().filter(|_| page.more) else { break };
            from = HistoryFrom::Time(last.sent_time);
        }
        assert_eq!(seen.len(), 502, "{direction:?}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>().len(), 502);
    }
}

pub async fn a_row_that_is_gone_still_marks_a_place<S: Store>(store: Arc<S>) {
    let uids = talk(&*store, 4).await;
    delete(&*store, "b", "a", &uids[1..3]).await;
    for (direction, rest) in [(Older, "1"), (Newer, "4")] {
        let from = HistoryFrom::Row(at(3), uids[2].clone());
        let page =
            read(&*store, "b", HistoryQuery { from, ..query(private("a"), direction, 9) }).await;
        assert_eq!(contents(&page.rows), [rest]);
    }
}

pub async fn what_is_not_persisted_or_not_meant_for_it_is_in_no_history<S: Store>(store: Arc<S>) {
    let flags = |persisted, counted| MessageFlags { persisted, counted, ..MessageFlags::default() };
    append(&*store, NewMessage { flags: flags(false, true), ..message("a", "b", "counted") }).await;
    append(&*store, NewMessage { flags: flags(true, false), ..message("a", "b", "kept") }).await;
    append(&*store, NewMessage { history: false, ..message("a", "b", "command") }).await;
    assert_eq!(texts(&*store, "b", "a").await, ["kept"]);
    assert_eq!(inbox(&*store, "b").await.len(), 3);
}

pub async fn a_row_tells_who_wrote_it<S: Store>(store: Arc<S>) {
    let stored = append(&*store, with_id(7, message("a", "b", "x"))).await;
    append(&*store, room_message("a", &["b"])).await;
    for (name, peer, own) in [("a", "b", true), ("b", "a", false)] {
        let row = history(&*store, name, peer).await.remove(0);
        assert_eq!(
            (row.seq, row.own, row.sender, row.uid),
            (0, own, user("a"), stored.uid.clone())
        );
        assert_eq!((row.conversation, row.sent_time), (private(peer), stored.sent_time));
        assert_eq!((row.client_id.is_some(), row.flags), (own, MessageFlags::NORMAL));
    }
    let page = read(&*store, "b", query(group("g"), Older, 9)).await;
    assert_eq!((&page.rows[0].sender, &page.rows[0].conversation), (&user("a"), &group("g")));
    append(&*store, message("a", "a", "note")).await;
    assert!(!history(&*store, "a", "a").await[0].own, "a message to oneself is a received one");
}

pub async fn an_import_enters_no_inbox_and_no_list<S: Store>(store: Arc<S>) {
    store.import(vec![imported("x", 50)]).await.unwrap();
    assert_eq!(texts(&*store, "a", "b").await, ["x"]);
    for name in ["a", "b"] {
        assert_eq!(inbox(&*store, name).await, []);
        assert_eq!(list(&*store, name, ALL).await, []);
    }
    let next = append(&*store, message("b", "a", "y")).await;
    assert!(next.sent_time > at(50), "later than its conversation");
    assert_eq!(next.own_seq, 1);
}

pub async fn an_import_may_be_repeated<S: Store>(store: Arc<S>) {
    for _ in 0..2 {
        store.import(vec![imported("x", 50), imported("y", 50)]).await.unwrap();
    }
    assert_eq!(texts(&*store, "b", "a").await, ["x", "y"]);
}

pub async fn deleted_messages_are_gone_for_one_user_alone<S: Store>(store: Arc<S>) {
    let uids = talk(&*store, 4).await;
    for (asked, news) in
        [(&uids[1..2], &uids[1..2]), (&uids[1..3], &uids[2..3]), (&uids[1..3], &[])]
    {
        let deleted = delete(&*store, "b", "a", asked).await;
        assert_eq!(deleted, news);
    }
    assert_eq!(texts(&*store, "b", "a").await, ["1", "4"]);
    assert_eq!(texts(&*store, "a", "b").await, ["1", "2", "3", "4"]);
    let pulled = by_times(&*store, "b", UnixMillis::ZERO, None, 9).await;
    assert_eq!(contents(&pulled.rows), ["1", "4"]);
    assert_eq!(inbox(&*store, "a").await.len(), 4);
    let by_two = by_times(&*store, "b", UnixMillis::ZERO, None, 2).await;
    assert!(by_two.finished && by_two.rows.len() == 2);
}

pub async fn deleted_messages_count_no_more<S: Store>(store: Arc<S>) {
    let uids = talk(&*store, 4).await;
    store.mark_read(&user("b"), &private("a"), at(1)).await.unwrap();
    delete(&*store, "b", "a", &uids[..3]).await;
    assert_eq!(list(&*store, "b", ALL).await[0].unread, 1);
    append(&*store, sent_at(9, message("a", "b", "5"))).await;
    assert_eq!(list(&*store, "b", ALL).await[0].unread, 2);
}

pub async fn the_list_shows_the_newest_that_is_left<S: Store>(store: Arc<S>) {
    let uids = talk(&*store, 4).await;
    append(&*store, sent_at(3, message("c", "b", "of c"))).await;
    append(&*store, sent_at(9, message("b", "a", "own"))).await;
    let own = history(&*store, "b", "a").await[4].uid.clone();
    let latest = async || {
        let rows = list(&*store, "b", ALL).await;
        let latest = rows.into_iter().find(|row| row.latest.conversation == private("a"));
        let latest = latest.unwrap().latest;
        (String::from_utf8(latest.content.to_vec()).unwrap(), latest.seq, latest.own)
    };
    assert_eq!(latest().await, ("own".into(), 6, true));
    delete(&*store, "b", "a", &[own]).await;
    assert_eq!(latest().await, ("4".into(), 4, false));
    delete(&*store, "b", "a", &uids[..2]).await;
    assert_eq!(latest().await.0, "4", "older ones do not show");
    delete(&*store, "b", "a", &uids[3..]).await;
    assert_eq!(latest().await, ("3".into(), 3, false));
    assert_eq!(targets(&list(&*store, "b", ALL).await), ["c", "a"], "and its place is its time's");
    assert_eq!(list(&*store, "a", ALL).await[0].latest.content, "own");
}

pub async fn a_conversation_without_anything_left_is_not_listed<S: Store>(store: Arc<S>) {
    let uids = talk(&*store, 2).await;
    delete(&*store, "b", "a", &uids).await;
    assert_eq!(list(&*store, "b", ALL).await, []);
    append(&*store, sent_at(9, message("a", "b", "again"))).await;
    let row = list(&*store, "b", ALL).await.remove(0);
    assert_eq!((&row.latest.content[..], row.unread), (&b"again"[..], 1));
}

pub async fn deleted_rows_keep_their_numbers_and_nothing_else<S: Store>(store: Arc<S>) {
    let uids = talk(&*store, 3).await;
    delete(&*store, "b", "a", &uids[1..2]).await;
    let rows = inbox(&*store, "b").await;
    assert_whole(&rows);
    assert_eq!(contents(&rows), ["1", "", "3"]);
    let gone = &rows[1];
    assert_eq!((gone.uid.as_str(), &*gone.object_name, gone.flags), ("", "", Default::default()));
    assert_eq!((&gone.conversation, gone.sent_time), (&private("a"), at(2)));
}

pub async fn deleting_does_not_reach_into_other_conversations<S: Store>(store: Arc<S>) {
    let uids = talk(&*store, 1).await;
    append(&*store, sent_at(9, message("c", "b", "of c"))).await;
    let unknown = [MessageUid::from("unknown")];
    for uids in [&uids[..], &unknown] {
        for (name, peer) in [("b", "c"), ("b", "nobody"), ("nobody", "b")] {
            let deleted = delete(&*store, name, peer, uids).await;
            assert_eq!(deleted, []);
        }
    }
    assert_eq!(texts(&*store, "b", "a").await, ["1"]);
    assert_eq!(texts(&*store, "b", "c").await, ["of c"]);
}

pub async fn clearing_goes_up_to_and_with_a_time<S: Store>(store: Arc<S>) {
    talk(&*store, 4).await;
    append(&*store, sent_at(2, message("c", "b", "of c"))).await;
    clear(&*store, "b", "a", at(2)).await;
    assert_eq!(texts(&*store, "b", "a").await, ["3", "4"]);
    assert_eq!(texts(&*store, "a", "b").await, ["1", "2", "3", "4"]);
    assert_eq!(texts(&*store, "b", "c").await, ["of c"]);
    let rows = list(&*store, "b", ALL).await;
    let row = rows.iter().find(|row| row.latest.conversation == private("a")).unwrap();
    assert_eq!((row.unread, row.read_time), (2, at(2)));
    assert_eq!(contents(&inbox(&*store, "b").await), ["", "", "3", "4", "of c"]);
    let pulled = by_times(&*store, "b", UnixMillis::ZERO, None, 9).await;
    assert_eq!(contents(&pulled.rows), ["3", "4", "of c"]);
}

pub async fn clearing_does_not_touch_what_is_yet_to_come<S: Store>(store: Arc<S>) {
    talk(&*store, 2).await;
    clear(&*store, "b", "a", UnixMillis::new(i64::MAX)).await;
    assert_eq!(list(&*store, "b", ALL).await, []);
    append(&*store, sent_at(3, message("a", "b", "3"))).await;
    assert_eq!(texts(&*store, "b", "a").await, ["3"]);
    assert_eq!(list(&*store, "b", ALL).await[0].unread, 1);
    assert_eq!(clear(&*store, "b", "nobody", at(9)).await, None);
    assert_eq!(clear(&*store, "nobody", "b", at(9)).await, None);
}

pub async fn a_clear_never_goes_back<S: Store>(store: Arc<S>) {
    talk(&*store, 4).await;
    let uids: Vec<_> = history(&*store, "b", "a").await.into_iter().map(|row| row.uid).collect();
    for (ms, news) in [(3, Some(at(3))), (1, None), (3, None)] {
        let cleared = clear(&*store, "b", "a", at(ms)).await;
        assert_eq!(cleared, news);
    }
    assert_eq!(texts(&*store, "b", "a").await, ["4"]);
    let deleted = delete(&*store, "b", "a", &uids).await;
    assert_eq!(deleted, uids[3..], "the others are gone already");
}

pub async fn what_cannot_be_told_is_not_deleted<S: Store>(store: Arc<S>) {
    make_group(&*store, &["a", "b"]).await;
    let said = append(&*store, group_message("a", "1")).await;
    for deletion in [Deletion::Messages(vec![said.uid.clone()]), Deletion::UpTo(said.sent_time)] {
        let told = NewMessage { deletes: Some(deletion), ..group_message("c", "gone") };
        assert_eq!(store.append(told).await, Err(StoreError::NotMember));
    }
    let uids = std::slice::from_ref(&said.uid);
    for name in ["a", "c"] {
        assert_eq!(store.undeleted(&user(name), &group("g"), uids).await.as_deref(), Ok(uids));
        let until = store.uncleared(&user(name), &group("g"), at(9)).await;
        assert_eq!(until, Ok(Some(said.sent_time)));
    }
    let deletes = Some(Deletion::Messages(vec![said.uid.clone()]));
    let told = append(&*store, NewMessage { deletes, ..group_message("b", "gone") }).await;
    assert_eq!(store.undeleted(&user("b"), &group("g"), uids).await, Ok(Vec::new()));
    assert_eq!(page(&*store, "b", 0, 9).await.head.seq, told.own_seq, "and the row is there");
    assert_eq!(contents(&inbox(&*store, "b").await), ["", "gone"]);
}
