//! Values that members share.

use super::*;

#[tokio::test]
async fn entries_are_shared_and_those_who_did_not_change_them_hear_of_it() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", false));
    server.enter(&a).await;
    server.enter(&b).await;
    let set = |entry| ChatroomAsk::ChangeEntry(entry);
    server.ask(&a, set(wish("k", Some("v"))), 0).await.unwrap();
    assert!(matches!(b.heard()[..], [ChatroomNotice::EntriesChanged { .. }]));
    assert_eq!(a.heard(), []);
    assert_eq!(server.entries(&b).await, [("k".to_owned(), "v".to_owned(), false)]);
    assert_eq!(server.ask(&b, set(wish("k", Some("w"))), 0).await, Err(23424));
    assert_eq!(server.ask(&b, set(wish("k", None)), 0).await, Err(23424));
    assert_eq!(server.ask(&b, set(wish("none", None)), 0).await, Err(23427));
    let forced = EntryWish { overwrite: true, ..wish("k", Some("w")) };
    server.ask(&b, set(forced), 0).await.unwrap();
    server.ask(&b, set(wish("k", None)), 0).await.unwrap();
    assert_eq!(server.entries(&b).await, []);
}

#[tokio::test]
async fn e22_keys_and_values_beyond_their_limits_change_nothing() {
    let server = with(settings());
    let a = server.join("a", true);
    server.enter(&a).await;
    let (long_key, long_value) = ("k".repeat(129), "v".repeat(4097));
    for entry in [
        wish("", Some("v")),
        wish(&long_key, Some("v")),
        wish("a b", Some("v")),
        wish("键", Some("v")),
        wish("k", Some("")),
        wish("k", Some(&long_value)),
        wish(&long_key, None),
    ] {
        assert_eq!(server.ask(&a, ChatroomAsk::ChangeEntry(entry), 0).await, Err(33003));
    }
    assert_eq!(server.entries(&a).await, []);
    for n in 0..100 {
        let entry = wish(&format!("k{n}"), Some("v"));
        server.ask(&a, ChatroomAsk::ChangeEntry(entry), 0).await.unwrap();
    }
    let one_more = ChatroomAsk::ChangeEntry(wish("more", Some("v")));
    assert_eq!(server.ask(&a, one_more, 0).await, Err(23423));
    assert_eq!(server.entries(&a).await.len(), 100);
}

#[tokio::test]
async fn without_entries_nobody_sets_any() {
    let server = with(ChatroomSettings { entries: false, ..settings() });
    let a = server.join("a", true);
    server.enter(&a).await;
    let set = ChatroomAsk::ChangeEntry(wish("k", Some("v")));
    assert_eq!(server.ask(&a, set, 0).await, Err(23426));
    let pull = ChatroomAsk::Entries(UnixMillis::ZERO);
    assert_eq!(server.ask(&a, pull, 0).await, Err(23426));
}

#[tokio::test]
async fn a_changed_entry_can_be_told_by_a_message() {
    let server = with(settings());
    let (a, b) = (server.join("a", true), server.join("b", true));
    server.enter(&a).await;
    server.enter(&b).await;
    let content = Bytes::from_static(br#"{"key":"k","value":"v","type":1}"#);
    let notice = |class: &str| Some((class.into(), content.clone(), MessageFlags::default()));
    let told = EntryWish { notice: notice("RC:chrmKVNotiMsg"), ..wish("k", Some("v")) };
    server.ask(&a, ChatroomAsk::ChangeEntry(told), 0).await.unwrap();
    let messages = b.messages();
    assert_eq!(messages[0].1.as_bytes(), content);
    let other = EntryWish { notice: notice("RC:TxtMsg"), ..wish("k", Some("w")) };
    assert_eq!(server.ask(&a, ChatroomAsk::ChangeEntry(other), 0).await, Err(33003));
    assert_eq!(server.entries(&a).await[0].1, "v");
}

#[tokio::test]
async fn a_restarted_server_knows_rooms_entries_and_what_was_said() {
    let server = with(settings());
    let a = server.join("a", true);
    server.enter(&a).await;
    let set = ChatroomAsk::ChangeEntry(wish("k", Some("v")));
    server.ask(&a, set, 0).await.unwrap();
    let last = server.say(&a, "before", 1).await.unwrap();
    let chatrooms = ChatroomSettings { made_by_joining: false, ..settings() };
    let store = server.0.store().copy("life");
    let restarted = Server(Core::new(store, Settings { chatrooms, ..Settings::default() }));
    let back = restarted.join("a", true);
    assert_eq!(restarted.say(&back, "too early", 2).await, Err(23406));
    let joined = restarted.enter(&back).await;
    assert_eq!(joined.head.time, last.sent_time);
    assert_eq!(restarted.read(&back, ChatroomAsk::Newest(9)).await, ["before"]);
    assert_eq!(restarted.entries(&back).await, [("k".to_owned(), "v".to_owned(), false)]);
    // The clock of the new process may be behind.
    let next = restarted.say(&back, "after", 0).await.unwrap();
    assert!(next.sent_time > last.sent_time);
}
