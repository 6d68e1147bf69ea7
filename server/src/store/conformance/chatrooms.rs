//! Chatrooms.

use std::sync::Arc;

use hongyan::ids::{ConversationId, ConversationKind, TargetId};
use hongyan::time::UnixMillis;

use super::super::{
    Audience, ChatroomChange, ChatroomRule, ChatroomRuleKind, Entries, EntryChange, EntryRefusal,
    HistoryDirection, HistoryFrom, HistoryQuery, MAX_ENTRIES, NewChatroom, NewMessage, Store,
};
use super::support::*;

fn room(name: &str) -> TargetId {
    TargetId::from(name)
}

async fn make<S: Store>(store: &S, name: &str) {
    store.make_chatroom(NewChatroom { id: room(name), name: None, now: at(0) }).await.unwrap();
}

fn in_room(from: &str, to: &str, content: &str) -> NewMessage {
    NewMessage {
        conversation: ConversationId::new(ConversationKind::Chatroom, to),
        audience: Audience::Users(Vec::new()),
        own_row: false,
        ..message(from, "", content)
    }
}

async fn history<S: Store>(store: &S, name: &str) -> Vec<String> {
    let query = HistoryQuery {
        conversation: ConversationId::new(ConversationKind::Chatroom, name),
        direction: HistoryDirection::Newer,
        from: HistoryFrom::End,
        count: 1000,
        whole_millis: false,
    };
    let rows = store.history(&user("reader"), query).await.unwrap().rows;
    contents(&rows).into_iter().map(str::to_owned).collect()
}

fn set(key: &str, value: &str, setter: &str) -> EntryChange {
    EntryChange {
        key: key.into(),
        value: Some(value.into()),
        setter: user(setter),
        auto_delete: false,
        overwrite: false,
        now: at(0),
    }
}

fn remove(key: &str, setter: &str) -> EntryChange {
    EntryChange { value: None, ..set(key, "", setter) }
}

async fn changed<S: Store>(store: &S, change: EntryChange) -> Result<UnixMillis, EntryRefusal> {
    store.change_chatroom_entry(&room("r"), change).await.unwrap()
}

async fn entries<S: Store>(store: &S, after: UnixMillis) -> Entries {
    store.chatroom_entries(&room("r"), after).await.unwrap().unwrap()
}

fn told(entries: &Entries) -> Vec<(&str, &str, bool)> {
    let told = |entry: &'_ super::super::Entry| entry.mark.removed;
    entries.entries.iter().map(|one| (&*one.key, &*one.value, told(one))).collect()
}

pub async fn a_chatroom_is_made_once<S: Store>(store: Arc<S>) {
    make(&*store, "r").await;
    let named = NewChatroom { id: room("r"), name: Some("Geese".into()), now: at(5) };
    let again = store.make_chatroom(named).await.unwrap();
    assert_eq!((again.name.as_str(), again.created), ("Geese", at(0)));
    make(&*store, "r").await;
    let found = store.chatroom(&room("r")).await.unwrap().unwrap();
    assert_eq!(found, again);
    assert!(!found.muted && !found.kept_alive && !found.paused);
    assert_eq!(store.chatroom(&room("s")).await, Ok(None));
}

pub async fn chatrooms_come_by_id_page_by_page<S: Store>(store: Arc<S>) {
    for name in ["b", "a", "c"] {
        make(&*store, name).await;
    }
    let ids = async |after: Option<&TargetId>, limit| {
        let rooms = store.chatrooms(after, limit).await.unwrap();
        rooms.into_iter().map(|room| room.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, 2).await, ["a", "b"]);
    assert_eq!(ids(Some(&room("b")), 2).await, ["c"]);
}

pub async fn a_chatroom_can_be_changed<S: Store>(store: Arc<S>) {
    make(&*store, "r").await;
    let change = |muted, kept_alive, paused| ChatroomChange { muted, kept_alive, paused };
    for (made, expected) in [
        (change(Some(true), None, None), (true, false, false)),
        (change(None, Some(true), Some(true)), (true, true, true)),
        (change(Some(false), None, Some(false)), (false, true, false)),
    ] {
        assert_eq!(store.change_chatroom(&room("r"), made).await, Ok(true));
        let found = store.chatroom(&room("r")).await.unwrap().unwrap();
        assert_eq!((found.muted, found.kept_alive, found.paused), expected);
    }
    assert_eq!(store.change_chatroom(&room("s"), change(None, None, None)).await, Ok(false));
}

pub async fn a_destroyed_chatroom_leaves_nothing_behind<S: Store>(store: Arc<S>) {
    make(&*store, "r").await;
    let rule = ChatroomRule { kind: ChatroomRuleKind::Muted, subject: "a".into(), until: None };
    store.set_chatroom_rules(Some(&room("r")), vec![rule.clone()]).await.unwrap();
    store.set_chatroom_rules(None, vec![rule.clone()]).await.unwrap();
    changed(&*store, set("k", "v", "a")).await.unwrap();
    append(&*store, in_room("a", "r", "old")).await;
    assert_eq!(store.destroy_chatroom(&room("r")).await, Ok(true));
    assert_eq!(store.destroy_chatroom(&room("r")).await, Ok(false));
    assert_eq!(store.trim_chatroom(&room("r"), 0, 10).await, Ok(0));
    make(&*store, "r").await;
    assert_eq!(store.chatroom_rules(Some(&room("r"))).await, Ok(vec![]));
    assert_eq!(store.chatroom_rules(None).await, Ok(vec![rule]));
    assert_eq!(entries(&*store, UnixMillis::ZERO).await.entries, []);
    assert_eq!(history(&*store, "r").await, [""; 0]);
}

pub async fn rules_are_set_and_lifted<S: Store>(store: Arc<S>) {
    let rule = |kind, subject: &str, until| ChatroomRule { kind, subject: subject.into(), until };
    let (muted, scope) = (ChatroomRuleKind::Muted, Some(room("r")));
    let first = vec![rule(muted, "b", Some(at(9))), rule(muted, "a", None)];
    store.set_chatroom_rules(scope.as_ref(), first).await.unwrap();
    let more =
        vec![rule(ChatroomRuleKind::Blocked, "a", Some(at(3))), rule(muted, "b", Some(at(1)))];
    store.set_chatroom_rules(scope.as_ref(), more).await.unwrap();
    let expected = [
        rule(muted, "a", None),
        rule(muted, "b", Some(at(1))),
        rule(ChatroomRuleKind::Blocked, "a", Some(at(3))),
    ];
    assert_eq!(store.chatroom_rules(scope.as_ref()).await.unwrap(), expected);
    assert_eq!(store.chatroom_rules(None).await, Ok(vec![]));
    let lifted = vec!["a".to_owned(), "nobody".to_owned()];
    store.lift_chatroom_rules(scope.as_ref(), muted, lifted).await.unwrap();
    assert_eq!(store.chatroom_rules(scope.as_ref()).await.unwrap(), expected[1..]);
    for kind in ChatroomRuleKind::ALL {
        store.set_chatroom_rules(None, vec![rule(kind, "x", None)]).await.unwrap();
    }
    let kinds = store.chatroom_rules(None).await.unwrap().into_iter().map(|rule| rule.kind);
    assert_eq!(kinds.collect::<Vec<_>>(), ChatroomRuleKind::ALL);
}

pub async fn an_entry_belongs_to_who_set_it<S: Store>(store: Arc<S>) {
    assert_eq!(changed(&*store, set("k", "v", "a")).await, Err(EntryRefusal::NoSuchRoom));
    make(&*store, "r").await;
    let first = changed(&*store, set("k", "1", "a")).await.unwrap();
    let own = changed(&*store, set("k", "2", "a")).await.unwrap();
    assert!(own > first);
    assert_eq!(changed(&*store, set("k", "3", "b")).await, Err(EntryRefusal::NotOwn));
    assert_eq!(changed(&*store, remove("k", "b")).await, Err(EntryRefusal::NotOwn));
    assert_eq!(told(&entries(&*store, UnixMillis::ZERO).await), [("k", "2", false)]);
    let forced = EntryChange { overwrite: true, ..set("k", "3", "b") };
    changed(&*store, forced).await.unwrap();
    assert_eq!(changed(&*store, remove("k", "a")).await, Err(EntryRefusal::NotOwn));
    changed(&*store, remove("k", "b")).await.unwrap();
    assert_eq!(changed(&*store, remove("k", "b")).await, Err(EntryRefusal::NoSuchKey));
    assert_eq!(entries(&*store, UnixMillis::ZERO).await.entries, []);
    changed(&*store, set("k", "4", "a")).await.unwrap();
    let there = entries(&*store, UnixMillis::ZERO).await;
    assert_eq!(
        (told(&there), &there.entries[0].mark.setter),
        (vec![("k", "4", false)], &user("a"))
    );
}

pub async fn who_was_away_learns_what_changed_since<S: Store>(store: Arc<S>) {
    make(&*store, "r").await;
    assert_eq!(store.chatroom_entries(&room("s"), at(0)).await, Ok(None));
    let empty = entries(&*store, UnixMillis::ZERO).await;
    assert_eq!((empty.entries.len(), empty.full, empty.head), (0, true, UnixMillis::ZERO));
    changed(&*store, set("a", "1", "u")).await.unwrap();
    let known = changed(&*store, set("b", "2", "u")).await.unwrap();
    let last = {
        changed(&*store, set("c", "3", "u")).await.unwrap();
        changed(&*store, remove("a", "u")).await.unwrap()
    };
    let since = entries(&*store, known).await;
    assert_eq!(told(&since), [("c", "3", false), ("a", "", true)]);
    assert_eq!((since.full, since.head), (false, last));
    let all = entries(&*store, UnixMillis::ZERO).await;
    assert_eq!((told(&all), all.full), (vec![("b", "2", false), ("c", "3", false)], true));
    assert_eq!(entries(&*store, last).await.entries, []);
}

pub async fn a_room_holds_100_entries<S: Store>(store: Arc<S>) {
    make(&*store, "r").await;
    for n in 0..MAX_ENTRIES {
        changed(&*store, set(&format!("k{n}"), "v", "a")).await.unwrap();
    }
    assert_eq!(changed(&*store, set("more", "v", "a")).await, Err(EntryRefusal::TooMany));
    changed(&*store, set("k0", "w", "a")).await.unwrap();
    changed(&*store, remove("k1", "a")).await.unwrap();
    changed(&*store, set("more", "v", "a")).await.unwrap();
    assert_eq!(entries(&*store, UnixMillis::ZERO).await.entries.len(), MAX_ENTRIES);
}

pub async fn entries_that_are_to_go_with_their_setter_go<S: Store>(store: Arc<S>) {
    make(&*store, "r").await;
    for (key, setter, auto_delete) in
        [("stays", "a", false), ("goes", "a", true), ("theirs", "b", true)]
    {
        let change = EntryChange { auto_delete, ..set(key, "v", setter) };
        changed(&*store, change).await.unwrap();
    }
    changed(&*store, EntryChange { auto_delete: true, ..set("server", "v", "") }).await.unwrap();
    let before = entries(&*store, UnixMillis::ZERO).await.head;
    let setters = async || {
        let mut setters = store.chatroom_entry_setters().await.unwrap();
        setters.sort_unstable();
        setters
    };
    assert_eq!(setters().await, [(room("r"), user("a")), (room("r"), user("b"))]);
    let gone = store.remove_chatroom_entries_of(&room("r"), &user("a"), at(0)).await.unwrap();
    assert_eq!(setters().await, [(room("r"), user("b"))]);
    let since = entries(&*store, before).await;
    assert_eq!((told(&since), Some(since.head)), (vec![("goes", "", true)], gone));
    let again = store.remove_chatroom_entries_of(&room("r"), &user("a"), at(0)).await;
    assert_eq!(again, Ok(None));
    let nowhere = store.remove_chatroom_entries_of(&room("s"), &user("a"), at(0)).await;
    assert_eq!(nowhere, Ok(None));
}

pub async fn many_removals_make_a_full_update_of_who_was_long_away<S: Store>(store: Arc<S>) {
    make(&*store, "r").await;
    let known = changed(&*store, set("stays", "v", "a")).await.unwrap();
    for n in 0..150 {
        changed(&*store, set(&format!("k{n}"), "v", "a")).await.unwrap();
        changed(&*store, remove(&format!("k{n}"), "a")).await.unwrap();
    }
    let since = entries(&*store, known).await;
    assert_eq!((told(&since), since.full), (vec![("stays", "v", false)], true));
    // Whoever has read this far is told no more of it, and not everything anew.
    let rest = entries(&*store, since.entries[0].mark.time).await;
    assert!(!rest.full && rest.entries.iter().all(|entry| entry.mark.removed));
    changed(&*store, set("k0", "again", "a")).await.unwrap();
    let all = entries(&*store, UnixMillis::ZERO).await;
    assert_eq!(told(&all), [("stays", "v", false), ("k0", "again", false)]);
}

pub async fn messages_are_kept_up_to_a_number<S: Store>(store: Arc<S>) {
    make(&*store, "r").await;
    for n in 0..5 {
        append(&*store, in_room("a", "r", &n.to_string())).await;
        append(&*store, in_room("a", "s", &n.to_string())).await;
    }
    let aside = NewMessage { history: false, ..in_room("a", "r", "aside") };
    let last = append(&*store, aside).await;
    assert_eq!(history(&*store, "r").await, ["0", "1", "2", "3", "4"]);
    let found = store.chatroom(&room("r")).await.unwrap().unwrap();
    assert_eq!(found.last_message, last.sent_time);
    assert_eq!(store.trim_chatroom(&room("r"), 5, 10).await, Ok(0));
    assert_eq!(store.trim_chatroom(&room("r"), 2, 2).await, Ok(2));
    assert_eq!(history(&*store, "r").await, ["2", "3", "4"]);
    assert_eq!(store.trim_chatroom(&room("r"), 2, 10).await, Ok(1));
    assert_eq!(history(&*store, "r").await, ["3", "4"]);
    assert_eq!(store.trim_chatroom(&room("r"), 0, 10).await, Ok(3));
    assert_eq!(history(&*store, "s").await.len(), 5);
    assert_eq!(inbox(&*store, "a").await, []);
}
