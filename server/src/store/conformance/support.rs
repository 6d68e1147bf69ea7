//! Words of the cases.

use bytes::Bytes;
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind, MessageUid, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::super::{
    Audience, ConversationQuery, ConversationRow, Deletion, InboxRow, NewMessage, NewRoom, Page,
    PullFrom, Store, Stored,
};

/// When the cases happen.
pub const START: i64 = 1_700_000_000_000;

pub fn at(ms: i64) -> UnixMillis {
    UnixMillis::new(START + ms)
}

pub fn user(name: &str) -> UserId {
    UserId::from(name)
}

pub fn users(names: &[&str]) -> Vec<UserId> {
    names.iter().map(|name| user(name)).collect()
}

pub fn private(target: &str) -> ConversationId {
    ConversationId::new(ConversationKind::Private, target)
}

pub fn group(target: &str) -> ConversationId {
    ConversationId::new(ConversationKind::Group, target)
}

/// A private message, sent at the start.
pub fn message(from: &str, to: &str, content: &str) -> NewMessage {
    NewMessage {
        sender: user(from),
        conversation: private(to),
        audience: Audience::Users(vec![user(to)]),
        own_row: true,
        object_name: "RC:TxtMsg".into(),
        content: Bytes::copy_from_slice(content.as_bytes()),
        flags: MessageFlags::NORMAL,
        mentions: None,
        history: true,
        recalls: None,
        deletes: None,
        client_id: None,
        sent_as: None,
        relayed: Bytes::new(),
        now: at(0),
    }
}

/// A message to the room `g`.
pub fn room_message(from: &str, receivers: &[&str]) -> NewMessage {
    NewMessage {
        conversation: group("g"),
        audience: Audience::Users(users(receivers)),
        ..message(from, "", "to all")
    }
}

/// Makes the group `g`.
pub async fn make_group<S: Store>(store: &S, members: &[&str]) {
    let id = Some("g".into());
    let kind = ConversationKind::Group;
    let room = NewRoom { kind, id, name: "geese".into(), members: users(members), now: at(0) };
    assert_eq!(store.create_room(room).await, Ok("g".into()));
}

/// A message to the members of `g`.
pub fn group_message(from: &str, content: &str) -> NewMessage {
    let audience = Audience::Members { only: None, from_outside: false };
    NewMessage { conversation: group("g"), audience, ..message(from, "", content) }
}

pub fn with_id(id: i64, message: NewMessage) -> NewMessage {
    NewMessage { client_id: ClientMessageId::from_wire(id), ..message }
}

pub fn sent_at(ms: i64, message: NewMessage) -> NewMessage {
    NewMessage { now: at(ms), ..message }
}

pub async fn append<S: Store>(store: &S, message: NewMessage) -> Stored {
    store.append(message).await.unwrap()
}

/// Tells nobody, so that no inbox has a row of it.
fn deletion(name: &str, peer: &str, deletes: Deletion) -> NewMessage {
    let audience = Audience::Users(Vec::new());
    let flags = MessageFlags::default();
    let message = message(name, peer, "");
    NewMessage {
        audience,
        own_row: false,
        history: false,
        flags,
        deletes: Some(deletes),
        ..message
    }
}

/// Deletes messages: those that were there.
pub async fn delete<S: Store>(
    store: &S,
    name: &str,
    peer: &str,
    uids: &[MessageUid],
) -> Vec<MessageUid> {
    let there = store.undeleted(&user(name), &private(peer), uids).await.unwrap();
    if !there.is_empty() {
        append(store, deletion(name, peer, Deletion::Messages(uids.to_vec()))).await;
    }
    there
}

/// Clears a history: up to when there was something.
pub async fn clear<S: Store>(
    store: &S,
    name: &str,
    peer: &str,
    until: UnixMillis,
) -> Option<UnixMillis> {
    let until = store.uncleared(&user(name), &private(peer), until).await.unwrap()?;
    append(store, deletion(name, peer, Deletion::UpTo(until))).await;
    Some(until)
}

/// A page by number.
pub async fn page<S: Store>(store: &S, name: &str, after: u64, limit: u32) -> Page {
    store.pull(&user(name), PullFrom::Seq(after), limit).await.unwrap()
}

/// A whole inbox.
pub async fn inbox<S: Store>(store: &S, name: &str) -> Vec<InboxRow> {
    let page = page(store, name, 0, 1_000_000).await;
    assert!(page.finished);
    page.rows
}

pub async fn by_times<S: Store>(
    store: &S,
    name: &str,
    received_after: UnixMillis,
    sent_after: Option<UnixMillis>,
    limit: u32,
) -> Page {
    let from = PullFrom::Times { received_after, sent_after };
    store.pull(&user(name), from, limit).await.unwrap()
}

pub const ALL: ConversationQuery = ConversationQuery {
    kinds: Vec::new(),
    from: None,
    ascending: false,
    pinned_first: false,
    count: 1000,
};

pub async fn list<S: Store>(
    store: &S,
    name: &str,
    query: ConversationQuery,
) -> Vec<ConversationRow> {
    store.conversations(&user(name), query).await.unwrap().0
}

/// The targets of a list, in its order.
pub fn targets(list: &[ConversationRow]) -> Vec<&str> {
    list.iter().map(|row| row.latest.conversation.target.as_str()).collect()
}

pub fn seqs(rows: &[InboxRow]) -> Vec<u64> {
    rows.iter().map(|row| row.seq).collect()
}

pub fn contents(rows: &[InboxRow]) -> Vec<&str> {
    rows.iter().map(|row| str::from_utf8(&row.content).unwrap()).collect()
}

/// 1, 2, 3 … and strictly rising times.
pub fn assert_whole(rows: &[InboxRow]) {
    assert!(rows.iter().zip(1..).all(|(row, seq)| row.seq == seq), "{:?}", seqs(rows));
    assert!(rows.windows(2).all(|pair| pair[0].sent_time < pair[1].sent_time));
}
