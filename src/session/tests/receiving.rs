use bytes::Bytes;

use super::world::*;
use crate::ids::MessageUid;
use crate::session::io::*;
use crate::signal::pull::{InboxState, PullRequest};
use crate::signal::{Message, MessageFlags, Request, SendAck, server};
use crate::time::UnixMillis;

fn seq(request: &PullRequest) -> u64 {
    match request {
        PullRequest::Seq { seq, .. } => *seq,
        PullRequest::Times { .. } => panic!("a pull by times"),
    }
}

fn state(head: u64, first: u64) -> InboxState {
    InboxState { epoch: EPOCH.into(), head, first }
}

/// Logged in, with rows 1 to `head` given and handed over.
fn at(head: u64) -> World {
    let mut world = World::logged_in(true);
    world.ring(Some(head), 0);
    let (id, _) = world.pull().unwrap();
    world.page_to_head(id, &(1..=head).map(|seq| row("a", seq)).collect::<Vec<_>>());
    world.sent.clear();
    world.events.clear();
    world
}

#[test]
fn the_list_comes_first_on_a_cold_start_and_old_messages_add_no_unread() {
    let mut world = World::new();
    world.connect("T");
    world.log_in();
    assert!(world.pull().is_none(), "not before the list");
    let list = world.list_query().unwrap();
    let info = crate::signal::relations::ConversationInfo {
        conversation: with("a"),
        latest: Some(row("a", 3)),
        read_time: None,
        unread: Some(1),
        mentions: None,
        peer_read: None,
    };
    world.list(list, &[info], 3);
    let (id, request) = world.pull().unwrap();
    assert_eq!(request, PullRequest::Seq { seq: 0, epoch: None });
    world.page_to_head(id, &[row("a", 1), row("a", 2), row("a", 3), row("a", 4)]);
    assert_eq!(world.delivered(), ["U-1", "U-2", "U-3", "U-4"]);
    assert_eq!(world.unread("a"), 2, "one that the server counted, and the one above its head");
}

#[test]
fn a_push_in_turn_is_given_at_once() {
    let mut world = at(2);
    world.push(70, &row("a", 3));
    assert_eq!(world.delivered(), ["U-3"]);
    assert!(matches!(world.sent.pop_front(), Some(Request::PushAcked { id: 70 })));
    world.push(71, &row("a", 3));
    assert_eq!(world.delivered().len(), 1, "a repeat is dropped");
    assert!(matches!(world.sent.pop_front(), Some(Request::PushAcked { id: 71 })));
    assert!(world.pull().is_none());
    assert_eq!(world.unread("a"), 3);
}

#[test]
fn b8_o6_a_push_out_of_turn_is_a_doorbell() {
    let mut world = at(2);
    world.push(70, &row("a", 5));
    assert_eq!(world.delivered(), [""; 0]);
    let (id, request) = world.pull().unwrap();
    assert_eq!(seq(&request), 2);
    world.push(71, &row("a", 3));
    world.page_to_head(id, &[row("a", 3), row("a", 4), row("a", 5)]);
    assert_eq!(world.delivered(), ["U-3", "U-4", "U-5"]);
}

#[test]
fn a_push_before_the_first_page_of_a_link_waits_for_it() {
    let mut world = at(2);
    let link = world.link();
    world.advance(1_000);
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    world.log_in();
    world.push(70, &row("a", 3));
    assert_eq!(world.delivered(), [""; 0], "the store may be another one");
    let (id, _) = world.pull().unwrap();
    world.page_to_head(id, &[row("a", 3)]);
    assert_eq!(world.delivered(), ["U-3"]);
}

#[test]
fn b11_o5_the_cursor_is_stored_behind_the_listeners() {
    let mut world = at(2);
    let user = me();
    let cursor = |world: &World| world.kept.get(&(Some(user.clone()), "cursor".into())).cloned();
    let before = (cursor(&world), world.kept_for(Some(&user)));
    world.hands_over = false;
    world.push(70, &row("a", 3));
    world.push(71, &row("b", 4));
    assert_eq!(world.kept_for(Some(&user)), before.1, "nothing is kept before");
    let batches: Vec<_> = world
        .events
        .iter()
        .filter_map(|event| {
            let Event::Messages { batch, .. } = event else { return None };
            Some(*batch)
        })
        .collect();
    world.hand_over(batches[1]);
    assert_eq!(cursor(&world), before.0, "the first is still out");
    world.hand_over(batches[0]);
    assert_ne!(cursor(&world), before.0);
    assert_eq!(world.kept_keys("conv:"), ["conv:1:a", "conv:1:b"]);
}

#[test]
fn b11_o5_a_page_that_dies_before_the_hand_over_gets_it_again() {
    let mut world = at(2);
    world.hands_over = false;
    world.push(70, &row("a", 3));
    assert_eq!(world.delivered(), ["U-3"]);
    let kept = core::mem::take(&mut world.kept);
    let mut world = World::restarted(&["nav.example"], kept);
    world.connect("T");
    world.log_in();
    let (id, request) = world.pull().unwrap();
    assert_eq!(request, PullRequest::Seq { seq: 2, epoch: Some(EPOCH.into()) });
    world.page_to_head(id, &[row("a", 3)]);
    assert_eq!(world.delivered(), ["U-3"]);
    assert_eq!(world.unread("a"), 3, "counted once");
}

#[test]
fn unfinished_pages_follow_each_other_and_every_answer_is_confirmed() {
    let mut world = World::logged_in(true);
    world.ring(Some(6), 0);
    for start in [0, 2, 4] {
        let (id, request) = world.pull().unwrap();
        assert_eq!(seq(&request), start);
        assert!(world.pull().is_none(), "one at a time");
        let rows = [row("a", start + 1), row("a", start + 2)];
        world.page(id, &rows, start == 4, state(6, 1));
        let confirmed = world
            .sent
            .iter()
            .any(|sent| matches!(sent, Request::AnswerConfirmed { id: of } if *of == id));
        assert!(confirmed);
    }
    assert!(world.pull().is_none());
    assert_eq!(world.delivered().len(), 6);
    let more: Vec<bool> = world
        .events
        .iter()
        .filter_map(|event| {
            let Event::Messages { has_more, .. } = event else { return None };
            Some(*has_more)
        })
        .collect();
    assert_eq!(more, [true, true, false]);
}

#[test]
fn doorbells() {
    let mut world = at(2);
    world.ring(Some(2), 0);
    assert!(world.pull().is_none(), "nothing new");
    (0..100).for_each(|_| world.ring(Some(3), 0));
    let (id, _) = world.pull().unwrap();
    assert!(world.pull().is_none(), "a hundred are one pull");
    world.page_to_head(id, &[row("a", 3)]);
    let (id, _) = world.pull().expect("rung during the pull");
    world.page(id, &[], true, state(3, 1));
    assert!(world.pull().is_none());
}

#[test]
fn every_three_minutes() {
    let mut world = World::logged_in(true);
    for _ in 0..17 {
        world.advance(10_000);
        assert!(world.pull().is_none());
        world.answer_everything();
    }
    world.advance(10_000);
    assert!(world.pull().is_some());
}

#[test]
fn b14_o7_failed_pulls_are_repeated_with_pauses() {
    let mut world = World::logged_in(true);
    world.ring(Some(1), 0);
    for _ in 0..4 {
        let (id, _) = world.pull().unwrap();
        let now = world.server_time();
        world.receive(&server::answer(id, false, now, 5, bytes::Bytes::new()));
        assert!(world.pull().is_none(), "not at once");
        for _ in 0..5 {
            world.advance(4_000);
            let place = world.sent.iter().position(|sent| matches!(sent, Request::Ping));
            if place.and_then(|place| world.sent.remove(place)).is_some() {
                world.receive(&server::pong());
            }
        }
    }
    let troubles = world.events.iter().filter(|event| matches!(event, Event::Trouble(_)));
    assert_eq!(troubles.count(), 1);
    assert!(world.pull().is_some());
}

#[test]
fn b13_an_endless_promise_of_more_is_not_believed() {
    let mut world = World::logged_in(true);
    world.ring(Some(1), 0);
    let mut pulls = 0;
    while let Some((id, _)) = world.pull() {
        world.page(id, &[], false, state(0, 1));
        pulls += 1;
    }
    assert_eq!(pulls, 3);
    assert!(world.events.iter().any(|event| matches!(event, Event::Trouble(_))));
}

#[test]
fn b16_messages_that_are_gone_are_an_event() {
    let mut world = at(2);
    world.ring(Some(20), 0);
    let (id, _) = world.pull().unwrap();
    world.page(id, &[row("a", 19), row("a", 20)], true, state(20, 19));
    assert_eq!(world.gaps(), [(3, 18)]);
    assert_eq!(world.delivered(), ["U-19", "U-20"]);
    assert!(world.list_query().is_some(), "only the list tells what else is unread");
}

#[test]
fn b15_a_restored_store_is_told_and_the_list_is_asked_anew() {
    let mut world = at(5);
    world.ring(Some(6), 0);
    let (id, _) = world.pull().unwrap();
    let mut rows: Vec<Message> = (1..=2).map(|seq| row("a", seq)).collect();
    rows.push(Message {
        sent_time: UnixMillis::new(WALL + 900),
        uid: MessageUid::from("N"),
        ..row("a", 3)
    });
    world.page(id, &rows, true, InboxState { epoch: "e2".into(), head: 3, first: 1 });
    assert_eq!(world.gaps(), [(4, 5)]);
    assert_eq!(world.delivered(), ["N"]);
    assert!(world.list_query().is_some());
    let reset = crate::error::Error::server(crate::error::ErrorCode::StoreReset);
    assert!(world.events.contains(&Event::Trouble(reset)));
}

#[test]
fn volatile_messages_move_nothing() {
    let mut world = at(2);
    let typing = Message {
        flags: MessageFlags::default(),
        uid: MessageUid::default(),
        inbox_seq: None,
        object_name: "RC:TypSts".into(),
        ..row("a", 99)
    };
    world.push(70, &typing);
    assert_eq!(world.delivered(), [""]);
    assert_eq!(world.unread("a"), 2);
    world.ring(Some(3), 0);
    assert_eq!(world.pull().map(|(_, request)| seq(&request)), Some(2));
}

#[test]
fn own_messages_from_another_login_are_given_as_sent() {
    let mut world = at(2);
    world.push(70, &own_row("b", 3, 42));
    assert_eq!(world.delivered(), ["U-3"]);
    assert_eq!(world.unread("b"), 0);
}

#[test]
fn o9_other_servers_are_pulled_by_times() {
    let mut world = World::logged_in(false);
    world.ring(None, WALL + 2);
    let (id, request) = world.pull().unwrap();
    let start = PullRequest::Times {
        received: UnixMillis::ZERO,
        sent: Some(UnixMillis::ZERO),
        after_connect: true,
    };
    assert_eq!(request, start);
    world.page(id, &[plain("a", 1), plain("a", 2)], true, state(0, 0));
    assert_eq!(world.delivered(), ["U-1", "U-2"]);
    world.ring(None, WALL + 2);
    assert!(world.pull().is_none(), "not newer than the cursor");
    world.push(70, &plain("a", 3));
    assert_eq!(world.delivered().len(), 3, "given directly");
    world.ring(None, WALL + 4);
    let (id, request) = world.pull().unwrap();
    assert!(
        matches!(request, PullRequest::Times { received, .. } if received == UnixMillis::new(WALL + 1)),
        "the millisecond of the cursor once more: {request:?}"
    );
    world.push(71, &plain("a", 5));
    assert_eq!(world.delivered().len(), 3, "a doorbell during a pull");
    world.page(id, &[plain("a", 2), plain("a", 3), plain("a", 4)], true, state(0, 0));
    assert_eq!(world.delivered(), ["U-1", "U-2", "U-3", "U-4"]);
    let (id, _) = world.pull().expect("rung by the push");
    world.page(id, &[plain("a", 4), plain("a", 5)], true, state(0, 0));
    assert_eq!(world.delivered().len(), 5);
    assert_eq!(world.unread("a"), 5);
}

#[test]
fn a_pull_that_overtakes_a_puback_waits_for_it() {
    for acked in [true, false] {
        let mut world = World::logged_in(false);
        world.send(text("a", 1));
        world.send(text("a", 2));
        let (wire, ..) = world.published().unwrap();
        world.ring(None, WALL + 3);
        let (id, _) = world.pull().unwrap();
        let uid = MessageUid::from(format!("A-{wire}"));
        let own = Message { client_id: None, inbox_seq: None, uid, ..own_row("a", 2, 9) };
        world.page(id, &[plain("b", 1), own, plain("b", 3)], true, state(0, 0));
        assert_eq!(world.delivered(), [""; 0], "whose row it is will be known soon");
        if acked {
            world.ack(wire, 0, None);
            assert_eq!(world.delivered(), ["U-1", "U-3"], "it was this page's");
        } else {
            world.ack(wire, 405, None);
            assert_eq!(world.delivered().len(), 3, "it was another login's");
        }
    }
}

#[test]
fn sync_copies_are_completed_by_their_second_frame() {
    let mut world = World::logged_in(false);
    let body = crate::signal::client::publish(1, false, &text("b", 9)).unwrap();
    let crate::wire::Frame::PublishUp(up) = body else { panic!() };
    let now = world.server_time();
    world.receive(&server::sync_copy(900, now, up.topic, up.target_id, up.body));
    assert_eq!(world.delivered(), [""; 0]);
    let time = UnixMillis::new(WALL + 50);
    let (uid, content) = (MessageUid::from("C"), Bytes::new());
    let ack = SendAck { id: 900, status: 0, time, uid, inbox_seq: None, content };
    world.receive(&server::send_ack(&ack));
    world.receive(&server::send_ack(&ack));
    assert_eq!(world.delivered(), ["C"]);
    world.ring(None, WALL + 60);
    let (id, _) = world.pull().unwrap();
    let copy = Message { uid: MessageUid::from("C"), inbox_seq: None, ..own_row("b", 50, 9) };
    world.page(id, &[copy], true, state(0, 0));
    assert_eq!(world.delivered(), ["C"], "and not again");
}

#[test]
fn a_page_that_lags_holds_up_the_pull_and_loses_nothing() {
    let mut world = World::logged_in(true);
    world.hands_over = false;
    for seq in 1..=100 {
        world.push(70, &row("a", seq));
    }
    let given = world.delivered().len();
    assert!(given < 100 && world.pull().is_none());
    let batches: Vec<_> = world
        .events
        .iter()
        .filter_map(|event| {
            let Event::Messages { batch, .. } = event else { return None };
            Some(*batch)
        })
        .collect();
    world.hands_over = true;
    batches.into_iter().for_each(|batch| world.hand_over(batch));
    let (id, request) = world.pull().unwrap();
    assert_eq!(seq(&request), given as u64);
    let rest: Vec<_> = (given as u64 + 1..=100).map(|seq| row("a", seq)).collect();
    world.page_to_head(id, &rest);
    assert_eq!(world.delivered().len(), 100);
}

#[test]
fn d8_frames_that_make_no_sense_are_dropped_and_told_once() {
    let mut world = World::logged_in(true);
    let link = world.link();
    for bytes in [&[0xFF_u8, 1][..], &[], &[0x30, 0], b"GET /", &[0x62, 0]] {
        world.feed(Input::Received(link, bytes::Bytes::copy_from_slice(bytes)));
    }
    assert_eq!(world.events.iter().filter(|event| matches!(event, Event::Trouble(_))).count(), 1);
    assert_eq!(world.engine.status(), Status::Connected);
}

#[test]
fn d11_senders_and_targets_that_make_no_sense_cost_nobody_a_message() {
    let mut world = World::logged_in(true);
    let strange = ["a\u{0}b", "\u{202e}", "../..", "me"];
    for (at, from) in (1..).zip(strange) {
        world.push(at, &row(from, u64::from(at)));
    }
    world.push(8, &row("a", 5));
    assert_eq!((world.delivered().len(), world.unread("a")), (5, 1));
    // One without a name is no message; what follows it is asked for.
    world.push(9, &row("", 6));
    world.push(10, &row("a", 7));
    let (id, _) = world.pull().unwrap();
    world.page_to_head(id, &[row("", 6), row("a", 7)]);
    assert_eq!((world.delivered().len(), world.unread("a")), (6, 2));
}
