//! A history read page by page where many messages have the same time: nothing missing, nothing
//! twice, in order, wherever a page ends.

use bytes::Bytes;
use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::session::io::{Outcome, Received};
use hongyan::signal::MessageFlags;
use hongyan::signal::history::HistoryRequest;
use hongyan::time::UnixMillis;
use hongyan_testkit::durable::{Histories, ImportedMessage};
use hongyan_testkit::judge::with;
use hongyan_testkit::plan::Setup;
use hongyan_testkit::server::at_once;
use hongyan_testkit::world::World;

use crate::scenario::{assert_clean, settled, setup};

/// The largest page.
const LARGEST: u32 = 100;
const MILLISECOND: UnixMillis = UnixMillis::new(1_700_000_000_000);
/// So many messages share it; a few more stand at the times around it.
const TOGETHER: usize = 500;
const AROUND: usize = 7;

/// Where a message stands.
type At = (UnixMillis, MessageUid);

/// Everything in order: a few older ones, those of one millisecond, a few newer ones.
fn expected() -> Vec<At> {
    let older = (1..=AROUND as i64).rev().map(|back| (MILLISECOND.plus(-back), "older"));
    let together = (0..TOGETHER).map(|_| (MILLISECOND, "same"));
    let newer = (1..=AROUND as i64).map(|ahead| (MILLISECOND.plus(ahead), "newer"));
    let all = older.chain(together).chain(newer).enumerate();
    all.map(|(number, (time, name))| (time, MessageUid::from(format!("{number:04}-{name}"))))
        .collect()
}

/// `a` and `b` at rest, and what they once said: stored in another order than it was said in.
fn world(extended: bool) -> World {
    let world = settled(Setup { extended, latency: (1, 1), commit_ms: 0, ..setup(&["a", "b"]) });
    let mut messages: Vec<ImportedMessage> = expected()
        .into_iter()
        .enumerate()
        .map(|(number, (sent_time, uid))| {
            let (sender, peer) = if number % 2 == 0 { ("a", "b") } else { ("b", "a") };
            ImportedMessage {
                uid,
                sender: UserId::from(sender),
                conversation: with(peer),
                object_name: "RC:TxtMsg".into(),
                content: Bytes::from_static(br#"{"content":"x"}"#),
                flags: MessageFlags::NORMAL,
                sent_time,
            }
        })
        .collect();
    messages.sort_by_key(|message| message.uid.as_str().bytes().rev().collect::<Vec<_>>());
    assert_eq!(at_once(world.server.store().import(messages)), Ok(()));
    world
}

/// Asks once. In order of time, and of uid within one millisecond.
fn ask(world: &mut World, request: HistoryRequest) -> (Vec<At>, bool) {
    let call = world.with_client(0, |page, around| page.history(around, request)).expect("a page");
    assert!(world.run_until(1_000, |world| world.clients[0].outcomes.contains_key(&call)));
    match world.clients[0].outcomes.remove(&call) {
        Some(Ok(Outcome::History { messages, has_more })) => {
            let mut found: Vec<At> = messages.into_iter().map(place).collect();
            found.sort();
            (found, has_more)
        }
        other => panic!("{other:?}"),
    }
}

fn place(received: Received) -> At {
    assert_eq!(received.message.conversation, with("b"));
    (received.message.sent_time, received.message.uid)
}

fn request(after: bool, (time, uid): &At, count: u32) -> HistoryRequest {
    let conversation: ConversationId = with("b");
    HistoryRequest { conversation, after, time: *time, uid: uid.clone(), count }
}

/// Reads everything as applications do: on from the last message of each page, without what is
/// known at its time. Where a whole page is known, a larger one is asked for, and beyond the
/// largest the step is taken to other times.
fn read_all(world: &mut World, after: bool, count: u32) -> Vec<At> {
    let begin = if after { UnixMillis::new(1) } else { UnixMillis::ZERO };
    let mut at: At = (begin, MessageUid::default());
    let (mut pages, mut known): (Vec<Vec<At>>, Vec<At>) = (Vec::new(), Vec::new());
    let (mut size, mut beyond) = (count, false);
    loop {
        let from = if beyond { (at.0, MessageUid::default()) } else { at.clone() };
        let (mut fresh, more) = ask(world, request(after, &from, size));
        fresh.retain(|one| !known.contains(one));
        if fresh.is_empty() && more && !beyond && !at.1.is_empty() {
            beyond = size >= LARGEST;
            size = LARGEST.min(size * 2);
            continue;
        }
        let kept = fresh.len().min(count as usize);
        let left = fresh.len() - kept;
        let page = if after { fresh[..kept].to_vec() } else { fresh.split_off(fresh.len() - kept) };
        let end = if after { page.last() } else { page.first() };
        let Some(end) = end.cloned() else { break };
        if end.0 != at.0 {
            known.clear();
        }
        known.extend(page.iter().filter(|one| one.0 == end.0).cloned());
        at = end;
        pages.push(page);
        (size, beyond) = (count, false);
        if !more && left == 0 {
            break;
        }
    }
    if !after {
        pages.reverse();
    }
    pages.concat()
}

fn read_in_pages(extended: bool, counts: &[u32]) {
    for after in [false, true] {
        let mut world = world(extended);
        for count in counts {
            let found = read_all(&mut world, after, *count);
            assert_eq!(found, expected(), "pages of {count}, after {after}");
        }
        assert_clean(world);
    }
}

#[test]
fn pages_may_end_anywhere_within_a_millisecond() {
    read_in_pages(true, &[1, 2, 3, 7, 20, 33, 99, 100]);
}

#[test]
fn without_extensions_a_millisecond_may_be_larger_than_the_largest_page() {
    read_in_pages(false, &[3, 7, 20, 33, 99, 100]);
}

#[test]
fn a_page_goes_on_from_each_message_of_a_millisecond_either_way() {
    let mut world = world(true);
    let all = expected();
    for (position, at) in all.iter().enumerate() {
        let (older, more) = ask(&mut world, request(false, at, 3));
        assert_eq!(older, all[position.saturating_sub(3)..position], "before {position}");
        assert_eq!(more, position > 3, "before {position}");
        let (newer, more) = ask(&mut world, request(true, at, 3));
        let rest = &all[position + 1..];
        assert_eq!(newer, rest[..rest.len().min(3)], "after {position}");
        assert_eq!(more, rest.len() > 3, "after {position}");
    }
    assert_clean(world);
}
