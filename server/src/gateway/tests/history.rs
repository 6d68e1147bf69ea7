//! Histories, deletions and removals.

use hongyan::proto::{
    CleanHisMsgInput, CleanMsgBatchReq, DeleteMsg, DeleteMsgInput, HistoryMessagesOuput,
    HistoryMsgInput, RelationDelBatchReq, RelationOpInput,
};

use super::*;
use crate::core::ask::HistoryAsk;
use crate::store::{HistoryDirection, HistoryFrom, HistoryPage, HistoryQuery};

fn input(target: &str, time: i64, count: i32, order: i32) -> HistoryMsgInput {
    HistoryMsgInput {
        target_id: Some(target.to_owned()),
        time: Some(time),
        count: Some(count),
        order: Some(order),
        ..HistoryMsgInput::default()
    }
}

impl Driven {
    /// The history that a question asks for.
    fn reads(
        &mut self,
        topic: &str,
        target: &str,
        input: &HistoryMsgInput,
    ) -> (AskId, HistoryQuery) {
        match self.query(topic, target, input) {
            (id, Ask::History(HistoryAsk::Read(query))) => (id, query),
            (_, other) => panic!("{other:?}"),
        }
    }

    fn reads_page(&mut self, id: AskId, rows: &[InboxRow], more: bool) -> HistoryMessagesOuput {
        self.told(id, Told::History(HistoryPage { rows: rows.to_vec(), more }));
        self.answered(0)
    }
}

fn times(page: &HistoryMessagesOuput) -> Vec<i64> {
    page.list.iter().map(|message| message.data_time - WALL).collect()
}

#[test]
fn the_recorded_question_of_an_old_client_is_understood() {
    let mut driven = Driven::level(false, 1);
    // getRemoteHistoryMessages(1, "bob", 1577836800500, 3), as 2.5.3 sends it.
    let (_, ask) =
        driven.asked("500007717279504d73670003626f6200420a03626f6210f4d39bf3f52d18032000");
    let query = HistoryQuery {
        conversation: ConversationId::new(ConversationKind::Private, "bob"),
        direction: HistoryDirection::Older,
        from: HistoryFrom::Time(UnixMillis::new(1_577_836_800_500)),
        count: 3,
        whole_millis: true,
    };
    assert_eq!(ask, Ask::History(HistoryAsk::Read(query)));
}

#[test]
fn the_body_names_the_other_side_and_the_topic_its_kind() {
    let mut driven = Driven::level(false, 1);
    let kinds = [("qryPMsg", 1), ("qryDMsg", 2), ("qryGMsg", 3), ("qryCMsg", 5), ("qrySMsg", 6)];
    for (topic, kind) in kinds {
        let expected = ConversationId::new(ConversationKind::from_number(kind), "you");
        for (target, named) in [("me", "you"), ("you", "")] {
            let (_, query) = driven.reads(topic, target, &input(named, 0, 20, 0));
            assert_eq!(query.conversation, expected, "{topic}");
        }
    }
}

#[test]
fn the_order_says_where_a_history_without_a_time_begins() {
    let mut driven = Driven::level(false, 1);
    for (order, direction) in [(0, HistoryDirection::Older), (1, HistoryDirection::Newer)] {
        let (_, query) = driven.reads("qryPMsg", "you", &input("you", 0, 20, order));
        assert_eq!((query.direction, query.from), (direction, HistoryFrom::End));
    }
}

#[test]
fn a_uid_goes_with_a_time_and_only_with_the_extensions() {
    let with_uid = HistoryMsgInput { hy_uid: Some("U".into()), ..input("you", 5, 20, 0) };
    let at = UnixMillis::new(5);
    let (_, query) = Driven::level(true, 1).reads("qryPMsg", "me", &with_uid);
    assert_eq!((query.from, query.whole_millis), (HistoryFrom::Row(at, "U".into()), false));
    let (_, query) = Driven::level(false, 1).reads("qryPMsg", "me", &with_uid);
    assert_eq!((query.from, query.whole_millis), (HistoryFrom::Time(at), true));
}

#[test]
fn e20_counts_that_make_no_sense_are_refused_and_large_ones_cut() {
    let mut driven = Driven::level(false, 1);
    for count in [0, -1, i32::MIN] {
        driven.refused("qryPMsg", "you", &input("you", 0, count, 0), 33003);
    }
    driven.refused("qryPMsg", "", &input("", 0, 20, 0), 33003);
    let (_, query) = driven.reads("qryPMsg", "you", &input("you", 0, i32::MAX, 0));
    assert_eq!(query.count, 100);
    let none = HistoryMsgInput { count: None, ..input("you", -7, 0, 0) };
    let (_, query) = driven.reads("qryPMsg", "you", &none);
    assert_eq!((query.count, query.from), (20, HistoryFrom::End));
}

#[test]
fn a_page_is_the_newest_first_in_either_direction() {
    let mut driven = Driven::level(false, 9);
    let (id, _) = driven.reads("qryPMsg", "you", &input("you", 0, 2, 0));
    let page = driven.reads_page(id, &[row(0, "you"), row(0, "me")].map(|row| row), true);
    assert_eq!(page.has_msg, 1);
    let own = &page.list[1];
    assert_eq!((&*own.from_user_id, own.direction, own.status), ("you", Some(1), 48));
    assert_eq!(page.list[0].direction, Some(2));
    assert_eq!((own.hy_seq, own.msg_id.as_deref()), (None, Some("u")));

    let older = [timed(8), timed(7), timed(6)];
    let (id, _) = driven.reads("qryPMsg", "you", &input("you", 0, 3, 0));
    let page = driven.reads_page(id, &older, false);
    assert_eq!((times(&page), page.sync_time, page.has_msg), (vec![8, 7, 6], WALL + 6, 0));

    let newer = [timed(6), timed(7), timed(8)];
    let (id, _) = driven.reads("qryPMsg", "you", &input("you", 0, 3, 1));
    let page = driven.reads_page(id, &newer, true);
    assert_eq!((times(&page), page.sync_time, page.has_msg), (vec![8, 7, 6], WALL + 8, 1));
}

/// A row of history.
fn timed(ms: u64) -> InboxRow {
    InboxRow { seq: 0, ..row(ms, "you") }
}

#[test]
fn an_empty_page_leaves_the_client_where_it_is() {
    let mut driven = Driven::level(false, 9);
    let (id, _) = driven.reads("qryPMsg", "you", &input("you", 77, 20, 0));
    let page = driven.reads_page(id, &[], false);
    assert_eq!((page.list.len(), page.sync_time, page.has_msg), (0, 77, 0));
}

#[test]
fn what_has_no_room_in_a_frame_is_left_for_the_next_page() {
    for (order, expected) in [(0, vec![9, 8]), (1, vec![2, 1])] {
        let mut driven = Driven::level(false, 9);
        let (id, _) = driven.reads("qryPMsg", "you", &input("you", 0, 3, order));
        let large = |ms| InboxRow { content: Bytes::from(vec![b'x'; 60_000]), ..timed(ms) };
        let rows = if order == 0 { [9, 8, 7].map(large) } else { [1, 2, 3].map(large) };
        let page = driven.reads_page(id, &rows, false);
        assert_eq!((times(&page), page.has_msg), (expected.clone(), 1), "order {order}");
        let end = if order == 0 { expected[1] } else { expected[0] };
        assert_eq!(page.sync_time, WALL + end);
    }
}

#[test]
fn who_is_no_member_hears_so() {
    let mut driven = Driven::level(false, 1);
    let (id, _) = driven.reads("qryGMsg", "g", &input("g", 0, 20, 0));
    driven.told(id, Told::Refused(22406));
    assert_eq!(driven.status_and_body(), (22406, Bytes::new()));
}

#[test]
fn deleting_names_uids_and_is_answered_with_a_body() {
    let mut driven = Driven::level(false, 1);
    // deleteRemoteMessages(1, "bob", two messages), as 2.5.3 sends it but for its id.
    let (id, ask) = driven.asked(
        "50000664656c4d73670003626f62000508011203626f621a1e0a13354642332d315151382d304b38342d3956483310f4d39bf3f52d18011a0c0a014210f5d39bf3f52d1802",
    );
    let bob = ConversationId::new(ConversationKind::Private, "bob");
    let uids = vec![MessageUid::from("5FB3-1QQ8-0K84-9VH3"), MessageUid::from("B")];
    assert_eq!(ask, Ask::History(HistoryAsk::Delete(bob, uids)));
    driven.told(id, Told::Done);
    assert_eq!(driven.status_and_body(), (0, Bytes::from_static(&[8, 0])));
}

#[test]
fn a_deletion_of_nothing_is_refused() {
    let mut driven = Driven::level(false, 1);
    let of =
        |msgs| DeleteMsgInput { conversation_id: Some("you".into()), msgs, ..Default::default() };
    driven.refused("delMsg", "me", &of(Vec::new()), 33003);
    driven.refused("delMsg", "me", &of(vec![DeleteMsg::default()]), 33003);
    let one = DeleteMsg { msg_id: Some("U".into()), ..DeleteMsg::default() };
    driven.refused("delMsg", "me", &of(vec![one.clone(); 1001]), 33003);
    let (_, ask) = driven.query("delMsg", "me", &of(vec![one]));
    let you = ConversationId::new(ConversationKind::Private, "you");
    assert_eq!(ask, Ask::History(HistoryAsk::Delete(you, vec!["U".into()])));
}

fn clear(target: &str, time: i64, kind: Option<i32>) -> CleanHisMsgInput {
    CleanHisMsgInput {
        target_id: target.into(),
        data_time: time,
        conversation_type: kind,
        bus_channel: None,
    }
}

#[test]
fn clearing_goes_up_to_a_time() {
    let mut driven = Driven::level(false, 1);
    let kinds =
        [("cleanPMsg", 1), ("cleanDMsg", 2), ("cleanGMsg", 3), ("cleanCMsg", 5), ("cleanSMsg", 6)];
    for (topic, kind) in kinds {
        let (id, ask) = driven.query(topic, "you", &clear("you", 7, None));
        let you = ConversationId::new(ConversationKind::from_number(kind), "you");
        assert_eq!(ask, Ask::History(HistoryAsk::Clear(vec![(you, UnixMillis::new(7))])));
        driven.told(id, Told::Done);
        assert_eq!(driven.status_and_body(), (0, Bytes::new()));
    }
    // 2.x clients make 34010 of it.
    driven.refused("cleanPMsg", "you", &clear("you", -1, None), 1);
    driven.refused("cleanPMsg", "you", &clear("", 1, None), 1);
}

#[test]
fn the_newest_clients_clear_and_remove_several_at_once() {
    let mut driven = Driven::level(false, 1);
    let input = vec![clear("you", 7, Some(1)), clear("g", 8, Some(3))];
    let (_, ask) = driven.query("cleanMsgBatch", "me", &CleanMsgBatchReq { input });
    let of = |kind, target| ConversationId::new(ConversationKind::from_number(kind), target);
    let clears = vec![(of(1, "you"), UnixMillis::new(7)), (of(3, "g"), UnixMillis::new(8))];
    assert_eq!(ask, Ask::History(HistoryAsk::Clear(clears)));
    let untyped = CleanMsgBatchReq { input: vec![clear("you", 7, None)] };
    driven.refused("cleanMsgBatch", "me", &untyped, 33003);

    let one = |kind, id: &str| RelationOpInput {
        conversation_id: id.into(),
        conversation_type: kind,
        bus_channel: None,
    };
    let relation = vec![one(1, "you"), one(3, "g")];
    let request = RelationDelBatchReq { relation, clean_msg: None };
    let (_, ask) = driven.query("delRelationBatch", "me", &request);
    assert_eq!(
        ask,
        Ask::RemoveConversations(vec![
            (of(1, "you"), UnixMillis::new(i64::MAX)),
            (of(3, "g"), UnixMillis::new(i64::MAX)),
        ])
    );
    let request = RelationDelBatchReq { clean_msg: Some(true), ..request };
    let (_, ask) = driven.query("delRelationBatch", "me", &request);
    let always = UnixMillis::new(i64::MAX);
    let clears = vec![(of(1, "you"), always), (of(3, "g"), always)];
    assert_eq!(ask, Ask::History(HistoryAsk::Clear(clears)));
}

#[test]
fn bodies_that_are_none_are_refused() {
    let mut driven = Driven::level(false, 1);
    for topic in ["qryPMsg", "delMsg", "cleanPMsg", "cleanMsgBatch", "delRelationBatch"] {
        driven.receive_query(topic, "you", b"\xff");
        assert_eq!(driven.status_and_body(), (33003, Bytes::new()), "{topic}");
    }
}

#[test]
fn the_list_may_be_asked_for_with_pinned_conversations_first() {
    let request = hongyan::proto::RelationQryInput {
        count: Some(5),
        start_time: Some(9),
        order: Some(1),
        channel_type: vec![1, 3],
        hy_top: Some(true),
        ..Default::default()
    };
    for extended in [true, false] {
        let mut driven = Driven::level(extended, 1);
        let (_, ask) = driven.query("qryRelationR", "me", &request);
        let Ask::Conversations(query) = ask else { panic!("{ask:?}") };
        assert_eq!(query.kinds, [ConversationKind::Private, ConversationKind::Group]);
        assert_eq!((query.from, query.ascending), (Some(UnixMillis::new(9)), true));
        assert_eq!((query.count, query.pinned_first), (5, extended));
    }
}

#[test]
fn pinned_conversations_do_not_end_a_list() {
    let mut driven = Driven::level(true, 3);
    let request = hongyan::proto::RelationQryInput {
        count: Some(1),
        hy_top: Some(true),
        ..Default::default()
    };
    let of = |pinned| ConversationRow {
        latest: timed(1),
        unread: 0,
        mentions: 0,
        pinned,
        read_time: UnixMillis::ZERO,
        peer_read: UnixMillis::ZERO,
    };
    for (rows, finished) in [(vec![of(true), of(true)], true), (vec![of(true), of(false)], false)] {
        let (id, _) = driven.query("qryRelationR", "me", &request);
        driven.told(id, Told::Conversations(rows, 3));
        let list: hongyan::proto::RelationsOutput = driven.answered(0);
        assert_eq!((list.info.len(), list.is_finished), (2, Some(finished)));
    }
}
