//! Sends of one session that do not wait for each other's flush.

use std::pin::pin;
use std::sync::Weak;
use std::task::{Context, Waker};

use hongyan::ids::TargetId;

use super::super::super::ask::ChatroomAsk;
use super::super::super::chatrooms::ChatroomSettings;
use super::super::super::command;
use super::super::Turn;
use super::*;
use crate::store::sqlite::SqliteStore;

fn turn() -> (Turn, Weak<()>) {
    let held = Arc::new(());
    let known = Arc::downgrade(&held);
    (Some(Box::new(held)), known)
}

fn said(conversation: ConversationId, class: &str, content: &str) -> Ask {
    Ask::Send {
        conversation,
        object_name: class.into(),
        content: Bytes::copy_from_slice(content.as_bytes()),
        flags: MessageFlags::NORMAL,
        client_id: None,
        only_to: Vec::new(),
        recall: false,
        original: SyncFrame::default(),
    }
}

/// A flush takes a while: whatever was not waited for has not come yet.
#[tokio::test]
async fn a_send_gives_its_turn_up_once_it_is_with_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("store.db"), "life", 1).await.unwrap();
    let chatrooms = ChatroomSettings { made_by_joining: true, ..ChatroomSettings::default() };
    let core = Core::new(store, Settings { chatrooms, ..Settings::default() });
    let (a, inlet) = (login("a", None), Arc::new(Inlet::default()));
    let session = core.hub().join(&a, true, inlet);
    let (hall, peer) = (room(4, "hall"), room(1, "b"));
    let join = Ask::Chatroom(TargetId::from("hall"), ChatroomAsk::Join);
    assert!(matches!(core.serve(&a, session, join, at(0)).await, Told::Chatroom(..)));
    // What holds in all rooms is read for the first of them.
    let first = core.serve(&a, session, said(hall.clone(), "RC:TxtMsg", "1"), at(0)).await;
    let Told::Sent(first) = first else { panic!("{first:?}") };
    let recall = |conversation: &ConversationId| command::recall_content(conversation, &first.uid);
    for ask in [
        said(hall.clone(), "RC:TxtMsg", "2"),
        said(hall.clone(), command::RECALL, &recall(&hall)),
        said(peer.clone(), command::RECALL, &recall(&peer)),
    ] {
        let (turn, known) = turn();
        let mut sending = pin!(core.serve_in_turn(&a, session, ask.clone(), at(1), turn));
        let polled = sending.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
        assert_eq!(known.strong_count(), 0, "{ask:?}");
        sending.await;
    }
}
