//! What one device does the others of its user know, and the other side knows what concerns it.

use hongyan::conversation::Conversation;
use hongyan::session::io::Outcome;
use hongyan::signal::history::HistoryRequest;
use hongyan::signal::settings::{Setting, Settings};
use hongyan::time::UnixMillis;
use hongyan_testkit::judge::with;
use hongyan_testkit::plan::{Action, Heard, PageEnd, Setup};
use hongyan_testkit::world::World;

use crate::scenario::{assert_clean, send, settled, setup, shown};

/// `a` at one device, `b` at two (clients 1 and 2).
fn world(extended: bool) -> World {
    settled(Setup { extended, multi_device: true, ..setup(&["a", "b", "b"]) })
}

fn row(world: &World, client: usize, peer: &str) -> Conversation {
    let engine = world.clients[client].engine().expect("a page");
    engine.conversation(&with(peer)).cloned().expect("a conversation")
}

fn offline(client: usize, ms: u64) -> [Action; 2] {
    let heard = Heard::AtOnce;
    let cut = Action::Cut { client, client_hears: heard, server_hears: heard };
    [Action::RefuseSockets(client, ms), cut]
}

#[test]
fn what_is_set_on_one_device_holds_on_the_other() {
    for extended in [true, false] {
        let mut world = world(extended);
        send(&mut world, "b", 1);
        world.run_for(1_000);
        for setting in [Setting::Pinned, Setting::Muted, Setting::Hidden] {
            world.act(Action::Set(1, "a".into(), setting, true));
        }
        world.run_for(1_000);
        // To hide is an extension.
        let all = Settings { pinned: true, muted: true, hidden: extended };
        assert_eq!((row(&world, 1, "a").settings, row(&world, 2, "a").settings), (all, all));
        world.act(Action::Set(2, "a".into(), Setting::Hidden, false));
        world.run_for(1_000);
        let left = Settings { hidden: false, ..all };
        assert_eq!((row(&world, 1, "a").settings, row(&world, 2, "a").settings), (left, left));
        assert_clean(world);
    }
}

#[test]
fn a_lost_notice_of_what_was_set_is_made_up_for() {
    let mut world = world(true);
    send(&mut world, "b", 1);
    world.run_for(1_000);
    world.act(Action::LoseNotices(1));
    world.act(Action::Set(1, "a".into(), Setting::Pinned, true));
    world.run_for(1_000);
    assert!(!row(&world, 2, "a").settings.pinned, "nobody told");
    world.run_for(6 * 60_000);
    assert!(row(&world, 2, "a").settings.pinned);
    assert_clean(world);
}

#[test]
fn what_is_set_meanwhile_holds_after_the_next_login_and_after_a_reload() {
    let mut world = world(true);
    send(&mut world, "b", 1);
    world.run_for(1_000);
    offline(2, 20_000).into_iter().for_each(|action| world.act(action));
    world.act(Action::Set(1, "a".into(), Setting::Pinned, true));
    world.run_for(10_000);
    assert!(!row(&world, 2, "a").settings.pinned);
    world.run_for(60_000);
    assert!(row(&world, 2, "a").settings.pinned);
    world.act(Action::EndPage(2, PageEnd::Now, 1_000));
    world.run_for(10_000);
    assert!(row(&world, 2, "a").settings.pinned);
    assert_clean(world);
}

#[test]
fn what_is_read_on_one_device_is_read_on_the_other() {
    for extended in [true, false] {
        let mut world = world(extended);
        send(&mut world, "b", 3);
        world.run_for(1_000);
        assert_eq!(row(&world, 2, "a").unread, 3);
        world.act(Action::MarkRead(1, "a".into()));
        world.run_for(1_000);
        assert_eq!((row(&world, 1, "a").unread, row(&world, 2, "a").unread), (0, 0));
        send(&mut world, "b", 1);
        world.run_for(1_000);
        assert_eq!((row(&world, 1, "a").unread, row(&world, 2, "a").unread), (1, 1));
        assert_clean(world);
    }
}

#[test]
fn the_other_side_hears_up_to_when_its_messages_were_read() {
    let mut world = settled(Setup { multi_device: true, ..setup(&["a", "a", "b"]) });
    send(&mut world, "b", 2);
    world.run_for(1_000);
    let time = row(&world, 2, "a").time;
    world.act(Action::TellRead(2, "a".into()));
    world.run_for(1_000);
    send(&mut world, "b", 1);
    world.run_for(1_000);
    assert_eq!((row(&world, 0, "b").peer_read, row(&world, 1, "b").peer_read), (time, time));
    assert_clean(world);
}

#[test]
fn a_recall_takes_the_message_back_on_every_device() {
    for extended in [true, false] {
        let mut world = world(extended);
        send(&mut world, "b", 2);
        world.run_for(1_000);
        world.act(Action::Recall(0, "b".into()));
        world.run_for(1_000);
        for client in [0, 1, 2] {
            let peer = if client == 0 { "b" } else { "a" };
            let row = row(&world, client, peer);
            let latest = row.latest.expect("a message");
            assert_eq!(&*latest.object_name, "RC:RcNtf", "client {client}, extended {extended}");
            assert_eq!(row.unread, u32::from(client != 0), "client {client}");
        }
        assert_clean(world);
    }
}

#[test]
fn a_recall_that_a_device_slept_through_is_not_missed() {
    for extended in [true, false] {
        let mut world = world(extended);
        send(&mut world, "b", 2);
        world.run_for(1_000);
        offline(2, 20_000).into_iter().for_each(|action| world.act(action));
        world.act(Action::Recall(0, "b".into()));
        send(&mut world, "b", 1);
        world.run_for(500);
        world.act(Action::Recall(0, "b".into()));
        world.run_for(60_000);
        assert_eq!(shown(&world, 2), 3, "the second is seen as recalled from the beginning");
        assert_eq!((row(&world, 1, "a").unread, row(&world, 2, "a").unread), (1, 1));
        assert_clean(world);
    }
}

#[test]
fn a_history_shows_what_was_taken_back() {
    let mut world = world(true);
    send(&mut world, "b", 2);
    world.run_for(1_000);
    world.act(Action::Recall(0, "b".into()));
    world.run_for(1_000);
    let request = HistoryRequest {
        conversation: with("a"),
        after: false,
        time: UnixMillis::ZERO,
        uid: Default::default(),
        count: 10,
    };
    let call = world.with_client(1, |page, around| page.history(around, request)).expect("a page");
    world.run_for(1_000);
    let Some(Ok(Outcome::History { messages, .. })) = world.clients[1].outcomes.get(&call) else {
        panic!("no history")
    };
    let mut classes: Vec<_> = messages.iter().map(|one| &*one.message.object_name).collect();
    classes.sort_unstable();
    assert_eq!(classes, ["RC:RcNtf", "RC:TxtMsg"]);
    assert_clean(world);
}

/// Whom the page of a client lists.
fn peers(world: &World, client: usize) -> Vec<String> {
    let list = world.clients[client].engine().expect("a page").conversations(&[], None);
    list.iter().map(|row| row.id.target.as_str().to_owned()).collect()
}

#[test]
fn what_is_removed_on_one_device_leaves_the_other_and_comes_back_with_what_is_new() {
    let mut world = world(true);
    send(&mut world, "b", 3);
    world.run_for(1_000);
    world.act(Action::RemoveConversation(1, "a".into()));
    world.run_for(1_000);
    assert_eq!((peers(&world, 1), peers(&world, 2)), (vec![], vec![]));
    send(&mut world, "b", 1);
    world.run_for(1_000);
    assert_eq!((row(&world, 1, "a").unread, row(&world, 2, "a").unread), (1, 1));
    assert_clean(world);
}

#[test]
fn a_removal_and_a_message_that_cross_lose_neither() {
    for (cut, other) in [(1, 2), (2, 1)] {
        let mut world = world(true);
        send(&mut world, "b", 1);
        world.run_for(1_000);
        offline(cut, 20_000).into_iter().for_each(|action| world.act(action));
        world.act(Action::RemoveConversation(1, "a".into()));
        world.run_for(1_000);
        send(&mut world, "b", 1);
        world.run_for(60_000);
        for client in [cut, other] {
            assert_eq!(row(&world, client, "a").unread, 1, "client {client}, {cut} was away");
        }
        assert_clean(world);
    }
}

#[test]
fn what_is_deleted_on_one_device_is_told_to_the_other_now_or_later() {
    for away in [false, true] {
        let mut world = world(true);
        send(&mut world, "b", 3);
        world.run_for(1_000);
        if away {
            offline(2, 20_000).into_iter().for_each(|action| world.act(action));
        }
        let newest = row(&world, 2, "a").time;
        world.act(Action::DeleteNewest(1, "a".into()));
        world.run_for(60_000);
        for client in [1, 2] {
            let row = row(&world, client, "a");
            assert_eq!((row.unread, row.time < newest), (2, true), "client {client}, away: {away}");
        }
        world.act(Action::ClearHistory(1, "a".into()));
        world.run_for(1_000);
        assert_eq!((peers(&world, 1), peers(&world, 2)), (vec![], vec![]));
        assert_clean(world);
    }
}

#[test]
fn what_is_read_on_one_device_while_the_other_was_away_is_read_there_after_it() {
    let mut world = world(true);
    send(&mut world, "b", 3);
    world.run_for(1_000);
    offline(2, 20_000).into_iter().for_each(|action| world.act(action));
    world.act(Action::MarkRead(1, "a".into()));
    world.run_for(1_000);
    assert_eq!((row(&world, 1, "a").unread, row(&world, 2, "a").unread), (0, 3));
    world.run_for(60_000);
    assert_eq!(row(&world, 2, "a").unread, 0);
    assert_clean(world);
}
