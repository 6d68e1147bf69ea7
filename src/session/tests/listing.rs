use super::world::*;
use crate::error::ErrorCode;
use crate::ids::{CallId, ConversationId};
use crate::session::io::*;
use crate::signal::relations::ConversationInfo;
use crate::signal::{Message, MessageDirection, MessageFlags, Request, server, topic};

fn info(target: &str, seq: u64, unread: u32) -> ConversationInfo {
    ConversationInfo {
        conversation: with(target),
        latest: Some(row(target, seq)),
        read_time: None,
        unread: Some(unread),
        mentions: None,
        peer_read: None,
    }
}

fn ask(world: &mut World, remote: bool) -> CallId {
    let call = world.call();
    let (kinds, count) = (Vec::new(), None);
    world.feed(Input::Command(Command::Conversations {
        call,
        kinds,
        count,
        remote,
        hidden: false,
    }));
    call
}

fn targets(world: &World, call: CallId) -> Vec<String> {
    match world.outcome(call) {
        Some(Ok(Outcome::Conversations(list))) => {
            list.iter().map(|found| found.id.target.as_str().to_owned()).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn set_unread(world: &mut World, conversation: Option<ConversationId>, count: u32) -> CallId {
    let call = world.call();
    world.feed(Input::Command(Command::SetUnread { call, conversation, count }));
    call
}

fn queries(world: &World, topic: &str) -> usize {
    let asks = |sent: &&Request| matches!(sent, Request::Query { topic: of, .. } if **of == *topic);
    world.sent.iter().filter(asks).count()
}

#[test]
fn the_list_is_asked_once_and_calls_wait_for_it() {
    let mut world = World::new();
    world.connect("T");
    let early = ask(&mut world, false);
    assert_eq!(targets(&world, early), [""; 0], "offline: what there is");
    world.log_in();
    let call = ask(&mut world, false);
    assert_eq!(world.outcome(call), None);
    let list = world.list_query().unwrap();
    world.list(list, &[info("b", 5, 2), info("a", 3, 0)], 5);
    assert_eq!(targets(&world, call), ["b", "a"]);
    assert_eq!((world.unread("b"), world.unread("a")), (2, 0));
    world.answer_everything();
    let again = ask(&mut world, false);
    assert_eq!(targets(&world, again).len(), 2);
    assert_eq!(world.list_query(), None);
    let remote = ask(&mut world, true);
    let list = world.list_query().unwrap();
    world.list(list, &[info("b", 6, 0), info("a", 3, 0)], 6);
    assert_eq!(targets(&world, remote), ["b", "a"]);
    assert_eq!(world.unread("b"), 0, "read elsewhere");
}

#[test]
fn a_list_that_does_not_come_fails_its_calls_and_releases_the_pull() {
    let mut world = World::new();
    world.connect("T");
    world.log_in();
    let call = ask(&mut world, true);
    let list = world.list_query().unwrap();
    let now = world.server_time();
    world.receive(&server::answer(list, false, now, 1, bytes::Bytes::new()));
    assert!(world.outcome(call).unwrap().is_err());
    let (pull, _) = world.pull().expect("released");
    world.page_to_head(pull, &[]);
    let again = world.list_query().expect("asked again after the pull");
    world.list(again, &[], 0);
    let lost = ask(&mut world, true);
    let link = world.link();
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    assert_eq!(world.error(lost).code, ErrorCode::Disconnected);
}

#[test]
fn a_list_that_no_page_followed_counts_nothing_on_the_next_link() {
    let mut world = World::new();
    world.connect("T");
    world.log_in();
    let list = world.list_query().unwrap();
    world.list(list, &[info("a", 8, 2)], 8);
    world.pull().expect("after the list");
    world.advance(1_000);
    let link = world.link();
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    // Meanwhile the store was restored from a backup without a message.
    world.log_in();
    assert_eq!(world.pull(), None, "the list comes first");
    let list = world.list_query().unwrap();
    world.list(list, &[], 0);
    let (pull, _) = world.pull().unwrap();
    world.page_to_head(pull, &[row("a", 1)]);
    assert_eq!(world.unread("a"), 1);
}

#[test]
fn what_comes_while_the_list_is_under_way_is_counted_once() {
    let mut world = World::logged_in(true);
    ask(&mut world, true);
    let list = world.list_query().unwrap();
    world.push(70, &row("a", 1));
    world.push(71, &row("a", 2));
    world.list(list, &[info("a", 1, 1)], 1);
    assert_eq!(world.unread("a"), 2, "one counted by the server, one after it");
}

#[test]
fn a_list_that_the_server_made_before_it_heard_of_the_reading_counts_nothing() {
    for read_first in [true, false] {
        let mut world = World::logged_in(true);
        world.push(70, &row("a", 1));
        if read_first {
            set_unread(&mut world, Some(with("a")), 0);
        }
        ask(&mut world, true);
        let list = world.list_query().unwrap();
        set_unread(&mut world, Some(with("a")), 0);
        world.list(list, &[info("a", 3, 3)], 3);
        assert_eq!(world.unread("a"), 0, "the page has read all that it saw");
        world.push(71, &row("a", 2));
        world.push(72, &row("a", 3));
        assert_eq!(world.unread("a"), 2, "and nothing of what came after");
    }
}

#[test]
fn reading_is_reported_now_or_after_the_next_login() {
    let mut world = World::logged_in(true);
    world.push(70, &row("a", 1));
    world.push(71, &row("b", 2));
    let call = set_unread(&mut world, Some(with("a")), 0);
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
    assert_eq!(queries(&world, topic::MARK_READ), 1);
    world.answer_everything();
    let link = world.link();
    world.advance(1_000);
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    set_unread(&mut world, None, 0);
    assert_eq!((world.unread("a"), world.unread("b")), (0, 0));
    assert_eq!(queries(&world, topic::MARK_READ), 0);
    let kept = core::mem::take(&mut world.kept);
    let mut world = World::restarted(&["nav.example"], kept);
    world.connect("T");
    world.log_in();
    assert_eq!(queries(&world, topic::MARK_READ), 1, "b's, even after a restart");
    world.answer_everything();
    let wrong = set_unread(&mut world, None, 3);
    assert_eq!(world.error(wrong).code, ErrorCode::InvalidArgument);
}

#[test]
fn what_was_read_elsewhere_while_the_link_was_gone_is_learnt_after_it() {
    let mut world = World::logged_in(true);
    world.push(70, &row("a", 1));
    world.answer_everything();
    world.advance(5_000);
    let link = world.link();
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    assert_eq!(world.unread("a"), 1);
    world.log_in();
    let list = world.list_query().unwrap();
    let at = Some(row("a", 1).sent_time);
    world.list(list, &[ConversationInfo { read_time: at, peer_read: at, ..info("a", 1, 0) }], 1);
    assert_eq!(world.unread("a"), 0);
    assert_eq!(world.engine.conversation(&with("a")).map(|found| found.peer_read), at);
}

#[test]
fn a_removed_conversation_stays_removed() {
    let mut world = World::logged_in(true);
    world.push(70, &row("a", 1));
    let link = world.link();
    world.advance(1_000);
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    let call = world.call();
    let conversation = with("a");
    world.feed(Input::Command(Command::RemoveConversation { call, conversation }));
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
    assert!(world.events.contains(&Event::ConversationsRemoved(vec![with("a")])));
    let kept = core::mem::take(&mut world.kept);
    let mut world = World::restarted(&["nav.example"], kept);
    world.connect("T");
    world.log_in();
    assert_eq!(queries(&world, topic::REMOVE_CONVERSATION), 1);
    let list = world.list_query().unwrap();
    world.list(list, &[info("a", 1, 1)], 1);
    assert_eq!(world.engine.conversations(&[], None), []);
    world.answer_everything();
    assert_eq!(world.kept_keys("gone:"), [""; 0]);
}

/// A row of the own inbox: "a" was taken out of the list when its newest message was row `newest`.
fn removal(seq: u64, newest: i64) -> Message {
    Message {
        object_name: "hy:Removed".into(),
        content: format!(r#"{{"upTo":{}}}"#, WALL + newest).into(),
        flags: MessageFlags { persisted: true, ..MessageFlags::default() },
        ..own_row("a", seq)
    }
}

fn own_row(to: &str, seq: u64) -> Message {
    Message { sender: me(), direction: MessageDirection::Sent, ..row(to, seq) }
}

fn listed(world: &World) -> Vec<String> {
    let list = world.engine.conversations(&[], None);
    list.iter().map(|found| found.id.target.as_str().to_owned()).collect()
}

#[test]
fn what_another_device_removed_goes_unless_something_newer_came() {
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    world.push(2, &removal(2, 1));
    assert_eq!(listed(&world), [""; 0]);
    assert!(world.events.contains(&Event::ConversationsRemoved(vec![with("a")])));
    assert_eq!(world.delivered().len(), 1, "the page hears of it by that event alone");
    world.push(3, &row("a", 3));
    world.push(4, &removal(4, 1));
    assert_eq!(listed(&world), ["a"], "it was removed before it was spoken in again");
    let forged =
        Message { sender: "a".into(), direction: MessageDirection::Received, ..removal(5, 9) };
    world.push(5, &forged);
    assert_eq!(listed(&world), ["a"], "nobody else removes anything");
    world.push(6, &removal(6, 5));
    assert_eq!(listed(&world), [""; 0]);
}

#[test]
fn what_was_begun_here_stays_when_another_device_removes_it() {
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    world.send(text("a", 7));
    world.push(2, &removal(2, 1));
    assert_eq!((listed(&world), world.unread("a")), (vec!["a".to_owned()], 0));
}

#[test]
fn a_removal_is_told_though_something_newer_came() {
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    let call = world.call();
    world.feed(Input::Command(Command::RemoveConversation { call, conversation: with("a") }));
    world.push(2, &row("a", 2));
    assert_eq!(world.kept_keys("gone:").len(), 1, "the server is to leave what is newer");
    let link = world.link();
    world.advance(1_000);
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    world.sent.clear();
    world.log_in();
    assert_eq!(queries(&world, topic::REMOVE_CONVERSATION), 1);
}

#[test]
fn a_list_that_was_made_before_a_removal_does_not_undo_it() {
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    ask(&mut world, true);
    let list = world.list_query().unwrap();
    world.push(2, &removal(2, 1));
    world.list(list, &[info("a", 1, 1)], 1);
    assert_eq!(listed(&world), [""; 0]);
}

#[test]
fn what_a_complete_list_lacks_is_gone() {
    for (finished, left) in [(true, vec!["c"]), (false, vec!["c", "b", "a"])] {
        let mut world = World::logged_in(true);
        world.push(1, &row("a", 1));
        world.push(2, &row("b", 2));
        ask(&mut world, true);
        let list = world.list_query().unwrap();
        // Not in the answer, because it was said later.
        world.push(3, &row("c", 3));
        let body = server::conversation_list_body(&[], &me(), finished, Some(2));
        let now = world.server_time();
        world.receive(&server::answer(list, false, now, 0, body));
        assert_eq!(listed(&world), left, "finished: {finished}");
    }
}

#[test]
fn what_was_said_after_a_list_that_lacks_its_conversation_is_all_that_is_unread() {
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    world.push(2, &row("a", 2));
    ask(&mut world, true);
    let list = world.list_query().unwrap();
    let flags = MessageFlags { mentioned: true, ..row("a", 3).flags };
    world.push(3, &Message { flags, ..row("a", 3) });
    let body = server::conversation_list_body(&[], &me(), true, Some(2));
    let now = world.server_time();
    world.receive(&server::answer(list, false, now, 0, body));
    let left = world.engine.conversation(&with("a")).map(|found| (found.unread, found.mentions));
    assert_eq!(left, Some((1, 1)), "what was there was cleared elsewhere");
}

#[test]
fn pages_of_different_times_do_not_say_what_is_missing() {
    for (second, left) in [(3, vec!["c", "b"]), (4, vec!["c", "b", "a"])] {
        let mut world = World::logged_in(true);
        for (seq, from) in [(1, "a"), (2, "b"), (3, "c")] {
            world.push(seq as u16, &row(from, seq));
        }
        ask(&mut world, true);
        for (found, finished, head) in
            [(info("c", 3, 1), false, 3), (info("b", 2, 1), true, second)]
        {
            let list = world.list_query().unwrap();
            let body = server::conversation_list_body(&[found], &me(), finished, Some(head));
            let now = world.server_time();
            world.receive(&server::answer(list, false, now, 0, body));
        }
        assert_eq!(listed(&world), left, "the second page was counted at {second}");
    }
}

#[test]
fn what_remains_after_deleting_is_asked_and_the_page_is_told() {
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    world.push(2, &row("a", 2));
    let deleted = Message {
        object_name: "hy:Deleted".into(),
        content: r#"{"messageUIds":["U-2"]}"#.into(),
        ..removal(3, 0)
    };
    world.push(3, &deleted);
    assert_eq!(world.delivered().len(), 3);
    let list = world.list_query().expect("only the server knows what is left");
    world.list(list, &[info("a", 1, 1)], 3);
    assert_eq!(world.unread("a"), 1);
    let latest = world.engine.conversation(&with("a")).and_then(|found| found.latest.clone());
    assert_eq!(latest.map(|latest| latest.sent_time), Some(row("a", 1).sent_time));
}

#[test]
fn c11_stored_state_of_any_kind_of_damage_is_survived() {
    let mut world = World::logged_in(true);
    world.push(70, &row("a", 1));
    world.send(text("a", 2));
    let kept = core::mem::take(&mut world.kept);
    for key in kept.keys() {
        for value in ["", "1", "1|", "9|x", "{}", "1|-1|-1|-1|-1|-1|-1|-1|-1|-1|-1|-1", "\u{0}"] {
            let mut damaged = kept.clone();
            damaged.insert(key.clone(), value.into());
            let mut world = World::restarted(&["nav.example"], damaged);
            let call = world.connect("T");
            world.log_in();
            assert!(world.outcome(call).unwrap().is_ok(), "{key:?} {value}");
        }
    }
}

#[test]
fn however_much_is_read_at_once_the_server_hears_of_it() {
    let mut world = World::logged_in(true);
    for seq in 1..=400 {
        world.push(70, &row(&format!("u{seq}"), seq));
    }
    world.answer_everything();
    set_unread(&mut world, None, 0);
    assert!((200..400).contains(&queries(&world, topic::MARK_READ)), "so much at a time");
    world.answer_everything();
    world.ring(None, 0);
    world.answer_everything();
    assert_eq!(world.engine.conversations.unreported_reads(), [], "the rest with the next pull");
}

fn mark_read(world: &mut World, target: &str, until: i64) {
    let (call, conversation) = (world.call(), with(target));
    let until = crate::time::UnixMillis::new(until);
    world.feed(Input::Command(Command::MarkRead { call, conversation, until }));
}

fn set_draft(world: &mut World, target: &str, text: &str) -> CallId {
    let (call, conversation) = (world.call(), with(target));
    world.feed(Input::Command(Command::SetDraft { call, conversation, text: text.into() }));
    call
}

/// A page that is loaded anew, offline, while storage has not brought the user's state yet.
fn loading() -> World {
    let mut world = World::logged_in(true);
    for (seq, target) in [(1, "a"), (2, "b"), (3, "c"), (4, "d")] {
        world.push(70, &row(target, seq));
    }
    world.answer_everything();
    let mut kept = world.kept.clone();
    kept.remove(&(None, "navi".into()));
    let mut after = World::restarted(&["nav.example"], kept);
    after.loads_at_once = false;
    after.connect("T");
    after
}

#[test]
fn what_the_page_does_before_storage_answers_is_done_to_what_it_brings() {
    let mut world = loading();
    let list = ask(&mut world, false);
    let drafted = set_draft(&mut world, "a", "half a");
    set_draft(&mut world, "e", "new");
    set_unread(&mut world, Some(with("b")), 0);
    mark_read(&mut world, "c", WALL + 3);
    let (call, conversation) = (world.call(), with("d"));
    world.feed(Input::Command(Command::RemoveConversation { call, conversation }));
    world.load(&me());
    assert_eq!(targets(&world, list), ["d", "c", "b", "a"]);
    assert_eq!(world.outcome(drafted), Some(Ok(Outcome::Done)));
    let draft = |world: &World, target: &str| {
        world.engine.conversation(&with(target)).map(|found| found.draft.clone())
    };
    assert_eq!(draft(&world, "a").as_deref(), Some("half a"));
    assert_eq!((world.unread("a"), world.unread("b"), world.unread("c")), (1, 0, 0));
    assert_eq!(world.engine.conversation(&with("d")), None);
    let mut again = World::restarted(&["nav.example"], world.kept.clone());
    again.connect("T");
    assert_eq!(draft(&again, "a").as_deref(), Some("half a"), "it is stored");
    assert_eq!(draft(&again, "e").as_deref(), Some("new"));
    assert_eq!((again.unread("b"), again.unread("c")), (0, 0));
    assert_eq!(again.engine.conversation(&with("d")), None);
}

#[test]
fn what_waits_for_storage_ends_with_the_session() {
    let mut world = loading();
    let drafted = set_draft(&mut world, "a", "half a");
    let list = ask(&mut world, false);
    world.disconnect();
    assert_eq!(world.error(drafted).code, ErrorCode::Disconnected);
    assert_eq!(world.error(list).code, ErrorCode::Disconnected);
}

#[test]
fn what_was_meant_for_another_user_is_not_done() {
    let mut world = loading();
    world.loads_at_once = true;
    let drafted = set_draft(&mut world, "a", "half a");
    world.http(200, &answer_of(r#""server":"im.example""#, "you", true));
    assert_eq!(world.error(drafted).code, ErrorCode::Disconnected);
    assert_eq!(world.engine.conversation(&with("a")), None);
}

/// The token is new, so that the user is known only from the navigator.
#[test]
fn a_draft_from_before_the_user_was_known_is_kept() {
    let kept = loading().kept;
    let mut world = World::restarted(&["nav.example"], kept);
    world.connect("T2");
    set_draft(&mut world, "a", "early");
    set_draft(&mut world, "e", "new");
    world.log_in();
    world.answer_everything();
    let draft = |world: &World, target: &str| {
        world.engine.conversation(&with(target)).map(|found| found.draft.clone())
    };
    assert_eq!(draft(&world, "a").as_deref(), Some("early"));
    let mut again = World::restarted(&["nav.example"], world.kept.clone());
    again.connect("T2");
    assert_eq!(draft(&again, "a").as_deref(), Some("early"), "it is stored");
    assert_eq!(draft(&again, "e").as_deref(), Some("new"));
}
