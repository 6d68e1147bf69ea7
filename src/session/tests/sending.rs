use super::world::*;
use crate::error::ErrorCode;
use crate::ids::{ConversationId, ConversationKind, MessageUid};
use crate::session::io::SendState::*;
use crate::session::io::*;
use crate::signal::pull::InboxState;
use crate::signal::{Message, MessageFlags, Outgoing};
use crate::time::UnixMillis;

fn is_sent(state: &SendState) -> bool {
    matches!(state, Sent { .. })
}

fn lose_link(world: &mut World) {
    world.advance(1_000);
    let link = world.link();
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
}

fn come_back(world: &mut World) {
    lose_link(world);
    world.log_in();
}

#[test]
fn a_send_is_kept_then_leaves_then_is_settled() {
    let mut world = World::logged_in(true);
    let call = world.send(text("a", 1));
    assert_eq!(world.kept_keys("out:").len(), 1);
    assert_eq!(world.outcome(call), None);
    let (wire, repeated, id) = world.published().unwrap();
    assert_eq!((repeated, id), (false, 1));
    let shown = world.engine.conversation(&with("a")).unwrap().latest.clone().unwrap();
    assert!(shown.uid.is_empty() && shown.client_id == Some(client_id(1)));
    world.ack(wire, 0, Some(1));
    let uid = MessageUid::from(format!("A-{wire}"));
    match world.outcome(call) {
        Some(Ok(Outcome::Sent { id, uid: named, .. })) => {
            assert_eq!((id, named), (client_id(1), uid.clone()));
        }
        other => panic!("{other:?}"),
    }
    let states = world.send_states(1);
    assert_eq!(states[..2], [Queued { durable: true }, Sending]);
    assert!(matches!(&states[2..], [Sent { uid: told, .. }] if *told == uid));
    assert_eq!((world.kept_keys("out:"), world.kept_keys("left:")), (vec![], vec![]));
    let shown = world.engine.conversation(&with("a")).unwrap().latest.clone().unwrap();
    assert_eq!(shown.uid, uid);
    world.ack(wire, 0, Some(1));
    assert_eq!(world.send_states(1).len(), 3, "a second PUBACK says nothing");
}

#[test]
fn a_send_whose_words_were_replaced_was_sent() {
    for extended in [true, false] {
        let mut world = World::logged_in(extended);
        let call = world.send(text("a", 1));
        let (wire, ..) = world.published().unwrap();
        let seq = extended.then_some(1);
        world.ack_with(wire, 21502, seq, if extended { "***" } else { "" });
        assert!(matches!(world.outcome(call), Some(Ok(Outcome::Sent { .. }))));
        let stored = if extended { "***".into() } else { text("a", 1).content };
        let states = world.send_states(1);
        assert!(matches!(&states[2..], [Sent { replaced: Some(told), .. }] if *told == stored));
        assert_eq!(world.kept_keys("out:").len(), 0);
        let shown = world.engine.conversation(&with("a")).unwrap().latest.clone().unwrap();
        assert_eq!((shown.content, shown.uid.is_empty()), (stored, false));
    }
}

#[test]
fn replaced_words_come_with_the_own_row_if_the_puback_is_lost() {
    let mut world = World::logged_in(true);
    let call = world.send(text("a", 1));
    world.published().unwrap();
    world.push(70, &Message { content: "***".into(), ..own_row("a", 1, 1) });
    assert!(world.outcome(call).unwrap().is_ok());
    let states = world.send_states(1);
    assert!(matches!(&states[2..], [Sent { replaced: Some(told), .. }] if &told[..] == b"***"));
}

#[test]
fn nothing_leaves_without_connect_and_everything_waits_with_it() {
    let mut world = World::new();
    let call = world.send(text("a", 1));
    assert_eq!(world.error(call).code, ErrorCode::NotConnected);
    world.connect("T");
    let call = world.send(text("a", 2));
    assert_eq!(world.send_states(2), [Queued { durable: false }], "whose it is, is not known");
    world.log_in();
    assert_eq!(world.published().unwrap().2, 2);
    assert_eq!(world.send_states(2)[1], Queued { durable: true });
    assert_eq!(world.outcome(call), None);
}

#[test]
fn impossible_sends_are_refused_before_anything_is_kept() {
    let mut world = World::logged_in(true);
    let large = Outgoing { content: vec![b'x'; 128 * 1024 + 1].into(), ..text("a", 1) };
    let call = world.send(large);
    assert_eq!(world.error(call).code, ErrorCode::ContentTooLarge);
    let system = ConversationId::new(ConversationKind::System, "s");
    let call = world.send(Outgoing { conversation: system, ..text("a", 2) });
    assert_eq!(world.error(call).code, ErrorCode::ParameterError);
    let call = world.send(text("", 3));
    assert_eq!(world.error(call).code, ErrorCode::ParameterError);
    assert_eq!(world.kept_keys("out:"), [""; 0]);
    let largest = Outgoing { content: vec![b'x'; 128 * 1024].into(), ..text("a", 4) };
    world.send(largest);
    assert!(world.published().is_some());
}

#[test]
fn one_in_flight_in_each_conversation() {
    let mut world = World::logged_in(true);
    for id in 1..=3 {
        world.send(text("a", id));
    }
    world.send(text("b", 4));
    let (first, _, id) = world.published().unwrap();
    assert_eq!((id, world.published().unwrap().2), (1, 4));
    assert_eq!(world.published(), None);
    world.ack(first, 0, Some(1));
    assert_eq!(world.published().unwrap().2, 2);
}

#[test]
fn b22_a_thousand_sends_leave_in_order_at_the_announced_rate() {
    let mut world = World::logged_in(true);
    for id in 1..=1_000 {
        world.send(text("a", id));
    }
    let mut left = Vec::new();
    let start = world.now;
    while left.len() < 1_000 {
        while let Some((wire, _, id)) = world.published() {
            left.push(id);
            let seq = left.len() as u64;
            world.ack(wire, 0, Some(seq));
        }
        world.answer_everything();
        let before = world.now.since(start) as usize;
        assert!(left.len() <= 10 + before * 5 / 1_000, "{} after {before} ms", left.len());
        world.advance(100);
    }
    assert!(left.is_sorted());
    assert!(world.now.since(start) < 205_000);
}

#[test]
fn too_fast_pauses_and_does_not_fail() {
    let mut world = World::logged_in(true);
    let call = world.send(text("a", 1));
    for pause in [1_000, 2_000] {
        let (wire, repeated, _) = world.published().unwrap();
        assert!(!repeated, "nothing was stored");
        world.ack(wire, 20604, Some(0));
        world.advance(pause - 1);
        assert_eq!(world.published(), None);
        world.advance(1);
    }
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, Some(1));
    assert!(world.outcome(call).unwrap().is_ok());
    assert!(!world.send_states(1).iter().any(|state| matches!(state, Failed(_))));
}

#[test]
fn a_refusal_fails_the_send_and_frees_the_next() {
    let mut world = World::logged_in(true);
    let call = world.send(text("a", 1));
    world.send(text("a", 2));
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 405, Some(0));
    assert_eq!(world.error(call).code, ErrorCode::RejectedByBlacklist);
    assert_eq!(world.published().unwrap().2, 2);
    assert_eq!(world.kept_keys("out:").len(), 1);
}

#[test]
fn b1_o11_a_lost_puback_is_repeated_with_the_same_id_and_the_dup_bit() {
    let mut world = World::logged_in(true);
    let call = world.send(text("a", 1));
    assert!(!world.published().unwrap().1);
    come_back(&mut world);
    let (wire, repeated, id) = world.published().unwrap();
    assert_eq!((repeated, id), (true, 1));
    world.ack(wire, 0, Some(1));
    assert!(world.outcome(call).unwrap().is_ok());
    let sent = world.send_states(1).into_iter().filter(is_sent).count();
    assert_eq!(sent, 1);
}

#[test]
fn an_own_row_settles_a_send_and_is_no_news() {
    let mut world = World::logged_in(true);
    let call = world.send(text("a", 1));
    let (wire, ..) = world.published().unwrap();
    world.push(70, &own_row("a", 1, 1));
    assert!(world.outcome(call).unwrap().is_ok());
    world.ack(wire, 0, Some(1));
    assert_eq!(world.delivered(), [""; 0]);
    assert!(world.send_states(1).last().is_some_and(is_sent));
}

#[test]
fn a_row_after_its_puback_is_no_news_either() {
    let mut world = World::logged_in(true);
    world.send(text("a", 1));
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, Some(2));
    let (id, _) = world.pull().expect("row 1 is missing");
    world.page_to_head(id, &[row("b", 1), own_row("a", 2, 1)]);
    assert_eq!(world.delivered(), ["U-1"]);
}

#[test]
fn a_server_that_never_answers_is_left_and_asked_again() {
    let mut world = World::logged_in(true);
    world.send(text("a", 1));
    world.published().unwrap();
    for _ in 0..6 {
        world.advance(5_000);
        world.answer_everything();
    }
    assert_eq!(world.links.len(), 2, "30 s without PUBACK");
    world.reach_socket();
    world.accept();
    assert!(world.published().unwrap().1);
}

#[test]
fn elsewhere_an_unknown_outcome_is_told_and_never_sent_twice() {
    let mut world = World::logged_in(false);
    let call = world.send(text("a", 1));
    world.send(text("a", 2));
    world.published().unwrap();
    come_back(&mut world);
    assert_eq!(world.published(), None, "the pull decides");
    let (id, _) = world.pull().unwrap();
    world.page(id, &[], true, InboxState { epoch: "".into(), head: 0, first: 0 });
    assert_eq!(world.error(call).code, ErrorCode::Timeout);
    assert!(world.error(call).retryable());
    let (_, repeated, id) = world.published().unwrap();
    assert_eq!((repeated, id), (false, 2), "the one after it goes on");
}

#[test]
fn elsewhere_the_pull_settles_by_id_where_the_server_returns_it() {
    let mut world = World::logged_in(false);
    let call = world.send(text("a", 1));
    world.published().unwrap();
    come_back(&mut world);
    let (id, _) = world.pull().unwrap();
    let own = Message { inbox_seq: None, ..own_row("a", 5, 1) };
    world.page(id, &[own], true, InboxState { epoch: "".into(), head: 0, first: 0 });
    assert!(world.outcome(call).unwrap().is_ok());
    assert_eq!(world.delivered(), [""; 0]);
}

#[test]
fn b4_given_up_after_30_seconds_and_a_late_answer_still_counts() {
    let mut world = World::logged_in(false);
    let call = world.send_until(text("a", 1), Some(30_000));
    let (wire, ..) = world.published().unwrap();
    for _ in 0..5 {
        world.advance(5_000);
        world.answer_everything();
    }
    world.advance(4_999);
    assert_eq!(world.outcome(call), None);
    world.advance(1);
    assert_eq!(world.error(call).code.number(), -1);
    assert_eq!(world.kept_keys("out:"), [""; 0]);
    world.ack(wire, 0, None);
    assert!(world.send_states(1).last().is_some_and(is_sent));
    assert_eq!(world.published(), None, "no second copy");
}

#[test]
fn the_same_message_again_is_the_same_message() {
    let mut world = World::logged_in(true);
    let first = world.send_until(text("a", 1), Some(1_000));
    let second = world.send(text("a", 1));
    let other = world.send(Outgoing { content: "{}".into(), ..text("a", 1) });
    assert_eq!(world.error(other).code, ErrorCode::MessageIdReused);
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, Some(1));
    assert_eq!(world.published(), None);
    assert!(world.outcome(first).unwrap().is_ok() && world.outcome(second).unwrap().is_ok());
}

#[test]
fn sent_again_after_it_was_given_up() {
    let mut world = World::logged_in(true);
    let first = world.send_until(text("a", 1), Some(1_000));
    let (old, ..) = world.published().unwrap();
    world.advance(1_000);
    assert!(world.outcome(first).unwrap().is_err());
    let second = world.send(text("a", 1));
    let (_, repeated, _) = world.published().unwrap();
    assert!(repeated);
    world.ack(old, 0, Some(1));
    assert!(world.outcome(second).unwrap().is_ok(), "the first frame's answer will do");
}

#[test]
fn b21_a_queued_send_can_be_taken_back() {
    let mut world = World::logged_in(true);
    lose_link(&mut world);
    let sent = world.send(text("a", 1));
    let call = world.call();
    world.feed(Input::Command(Command::Outbox { call, what: OutboxCall::Cancel(client_id(1)) }));
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
    assert_eq!(world.error(sent).code, ErrorCode::Cancelled);
    assert_eq!(world.kept_keys("out:"), [""; 0]);
    world.log_in();
    assert_eq!(world.published(), None);
    world.send(text("a", 2));
    let call = world.call();
    world.feed(Input::Command(Command::Outbox { call, what: OutboxCall::Cancel(client_id(2)) }));
    assert!(world.outcome(call).unwrap().is_err(), "too late");
}

#[test]
fn b21_o11_the_outbox_survives_the_page() {
    let mut world = World::logged_in(true);
    world.send(text("a", 1));
    world.published().unwrap();
    lose_link(&mut world);
    world.send(text("a", 2));
    world.send(text("b", 3));
    let kept = core::mem::take(&mut world.kept);
    for extended in [true, false] {
        let mut world = World::restarted(&["nav.example"], kept.clone());
        world.extended = extended;
        world.kept.remove(&(None, "navi".into()));
        world.connect("T");
        assert_eq!(world.send_states(2), [Queued { durable: true }]);
        assert!(world.engine.conversation(&with("b")).unwrap().latest.is_some());
        world.log_in();
        let left: Vec<_> =
            core::iter::from_fn(|| world.published()).map(|(_, dup, id)| (id, dup)).collect();
        if extended {
            assert_eq!(left, [(1, true), (3, false)], "1 had left before");
        } else {
            assert_eq!(left, [(3, false)], "what became of 1 is for the pull to say");
        }
    }
}

#[test]
fn a_damaged_entry_is_dropped_and_the_rest_goes_on() {
    let mut world = World::logged_in(true);
    lose_link(&mut world);
    for id in 1..=3 {
        world.send(text("a", id));
    }
    let mut kept = core::mem::take(&mut world.kept);
    let key = (Some(me()), "out:0000000000000002".to_owned());
    assert!(kept.insert(key.clone(), "1|2|garbage".into()).is_some());
    let mut world = World::restarted(&["nav.example"], kept);
    world.connect("T");
    assert!(world.events.iter().any(|event| matches!(event, Event::Trouble(_))));
    assert!(!world.kept.contains_key(&key));
    world.log_in();
    let (wire, _, id) = world.published().unwrap();
    assert_eq!(id, 1);
    world.ack(wire, 0, Some(1));
    assert_eq!(world.published().unwrap().2, 3);
}

#[test]
fn c9_storage_that_is_full_is_told_once_and_nothing_stops() {
    let mut world = World::logged_in(true);
    world.storage_works = false;
    world.send(text("a", 1));
    assert_eq!(world.send_states(1)[0], Queued { durable: true });
    world.send(text("a", 2));
    assert_eq!(world.send_states(2), [Queued { durable: false }]);
    let troubles = world.events.iter().filter(|event| matches!(event, Event::Trouble(_))).count();
    assert_eq!(troubles, 1);
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, Some(1));
    assert_eq!(world.published().unwrap().2, 2);
}

#[test]
fn a_send_that_cannot_be_marked_is_forgotten_where_it_would_be_kept_twice() {
    for extended in [true, false] {
        let mut world = World::logged_in(extended);
        world.send(text("a", 1));
        world.send(text("a", 2));
        let (wire, ..) = world.published().unwrap();
        world.storage_works = false;
        world.ack(wire, 0, extended.then_some(1));
        assert_eq!(world.published().unwrap().2, 2, "on its way, and storage took no mark of it");
        assert_eq!(world.kept_keys("out:").len(), usize::from(extended));
    }
}

#[test]
fn b25_logging_out_answers_the_calls_and_keeps_the_messages() {
    let mut world = World::logged_in(true);
    let first = world.send(text("a", 1));
    let second = world.send(text("a", 2));
    world.disconnect();
    for call in [first, second] {
        assert_eq!(world.error(call).code, ErrorCode::Disconnected);
        assert!(world.error(call).retryable());
    }
    assert_eq!(world.kept_keys("out:").len(), 2);
    world.advance(1_000);
    world.connect("T");
    world.sent.clear();
    world.log_in();
    assert_eq!(world.published().unwrap().2, 1);
}

#[test]
fn volatile_messages_are_now_or_never() {
    let quiet = |id| Outgoing { flags: MessageFlags::default(), ..text("a", id) };
    let mut world = World::logged_in(true);
    let call = world.send(quiet(1));
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, None);
    assert!(world.outcome(call).unwrap().is_ok());
    assert_eq!(world.kept_keys("out:"), [""; 0]);
    assert!(world.engine.conversation(&with("a")).is_none());
    let lost = world.send(quiet(2));
    lose_link(&mut world);
    assert_eq!(world.error(lost).code, ErrorCode::Disconnected);
    let offline = world.send(quiet(3));
    assert_eq!(world.error(offline).code, ErrorCode::Disconnected);
    world.sent.clear();
    world.log_in();
    assert_eq!(world.published(), None);
}

#[test]
fn the_own_row_of_a_receipt_is_no_news() {
    for (extended, answered) in [(true, true), (true, false), (false, true)] {
        let mut world = World::logged_in(extended);
        let (object_name, flags) = ("RC:RRReqMsg".into(), MessageFlags::default());
        world.send(Outgoing { object_name, flags, ..text("a", 1) });
        let (wire, ..) = world.published().unwrap();
        if answered {
            world.ack(wire, 0, extended.then_some(1));
        }
        let time = UnixMillis::new(WALL + i64::from(wire) + 1_000_000);
        let own = Message {
            uid: MessageUid::from(format!("A-{wire}")),
            object_name: "RC:RRReqMsg".into(),
            sent_time: time,
            client_id: extended.then(|| client_id(1)),
            inbox_seq: extended.then_some(1),
            ..own_row("a", 1, 1)
        };
        world.ring(extended.then_some(2), time.get());
        let (id, _) = world.pull().unwrap();
        let other = Message { sent_time: time.plus(1), ..own_row("b", 2, 7) };
        let other = Message { inbox_seq: extended.then_some(2), ..other };
        world.page_to_head(id, &[own, other]);
        assert_eq!(world.delivered(), ["U-2"], "{extended} {answered}");
    }
}

#[test]
fn c13_another_user_sends_nothing_of_the_one_before() {
    let mut world = World::logged_in(true);
    let call = world.send(text("a", 1));
    world.published().unwrap();
    let kept_before = world.kept_for(Some(&me()));
    let token = "other".to_owned();
    let connect = world.call();
    let user = Some(crate::ids::UserId::from("you"));
    world.feed(Input::Command(Command::Connect { call: connect, token, user }));
    assert_eq!(world.error(call).code, ErrorCode::Disconnected);
    assert!(world.events.contains(&Event::ConversationsRemoved(vec![with("a")])));
    world.http(200, &answer_of(r#""server":"im.example""#, "you", true));
    world.advance(500);
    world.reach_socket();
    let now = world.server_time();
    let you = crate::ids::UserId::from("you");
    world.receive(&crate::signal::server::login_accepted(&you, "hy1.s", now));
    assert_eq!(world.engine.status(), Status::Connected);
    assert_eq!(world.published(), None);
    assert_eq!(world.kept_for(Some(&me())), kept_before);
}
