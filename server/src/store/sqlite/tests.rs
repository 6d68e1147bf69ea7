//! What only a file can promise.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Row, SqliteConnection};
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::super::{
    Audience, ConversationLists, ConversationQuery, Deletion, Histories, Inboxes, NewMessage, Page,
    Profile, Profiles, PullFrom, Store, StoreError,
};
use super::SqliteStore;

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    (folder, path)
}

async fn open(path: &Path, epoch: &str) -> SqliteStore {
    SqliteStore::open(path, epoch, 1).await.unwrap()
}

/// A connection of somebody else.
async fn beside(path: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap()
}

fn message(from: &str, class: &str) -> NewMessage {
    NewMessage {
        sender: UserId::from(from),
        conversation: ConversationId::new(ConversationKind::Private, "b"),
        audience: Audience::Users(vec![UserId::from("b")]),
        own_row: true,
        object_name: class.into(),
        content: Bytes::from_static(b"{}"),
        flags: MessageFlags::NORMAL,
        mentions: None,
        history: true,
        recalls: None,
        deletes: None,
        client_id: hongyan::ids::ClientMessageId::from_wire(7),
        sent_as: None,
        relayed: Bytes::from_static(b"push"),
        now: UnixMillis::new(1_700_000_000_000),
    }
}

async fn inbox(store: &SqliteStore, name: &str) -> Page {
    store.pull(&UserId::from(name), PullFrom::Seq(0), 1000).await.unwrap()
}

const ALL: ConversationQuery = ConversationQuery {
    kinds: Vec::new(),
    from: None,
    ascending: false,
    pinned_first: false,
    count: 10,
};

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let (_folder, path) = file();
    let (a, b) = (UserId::from("a"), UserId::from("b"));
    let conversation = ConversationId::new(ConversationKind::Private, "a");
    let profile = Profile { name: "Swan".into(), ..Profile::default() };
    let store = open(&path, "first life").await;
    let stored = store.append(message("a", "RC:TxtMsg")).await.unwrap();
    store.mark_read(&b, &conversation, stored.sent_time).await.unwrap();
    store.put_profile(&a, profile.clone()).await.unwrap();
    let page = inbox(&store, "b").await;
    let list = store.conversations(&b, ALL).await;
    store.close().await;

    let store = open(&path, "second life").await;
    assert_eq!(store.epoch(), "first life");
    assert_eq!(inbox(&store, "b").await, page);
    assert_eq!(store.conversations(&b, ALL).await, list);
    assert_eq!(store.profile(&a).await, Ok(Some(profile)));
    let again = store.append(message("a", "RC:TxtMsg")).await.unwrap();
    assert_eq!((again.uid, again.own_seq, again.repeated), (stored.uid, 1, true));
    let next = store.append(message("c", "RC:TxtMsg")).await.unwrap();
    assert_eq!(next.rows, [(b, 2)]);
    store.close().await;
}

#[tokio::test]
async fn a_message_that_fails_fails_alone() {
    let (_folder, path) = file();
    let store = Arc::new(open(&path, "life").await);
    sqlx::raw_sql(
        "CREATE TRIGGER poison AFTER INSERT ON entry
         WHEN (SELECT class FROM message ORDER BY id DESC LIMIT 1) = 'poison'
         BEGIN SELECT RAISE(ABORT, 'poisoned'); END",
    )
    .execute(&mut beside(&path).await)
    .await
    .unwrap();
    let mut senders = JoinSet::new();
    for n in 0..30 {
        let store = store.clone();
        senders.spawn(async move {
            let class = if n % 3 == 0 { "poison" } else { "RC:TxtMsg" };
            (class, store.append(message(&format!("s{n}"), class)).await)
        });
    }
    for (class, result) in senders.join_all().await {
        assert_eq!(class == "poison", matches!(result, Err(StoreError::Failed(_))), "{result:?}");
    }
    let page = inbox(&store, "b").await;
    assert_eq!(page.head.seq, 20);
    assert!(page.rows.iter().zip(1..).all(|(row, seq)| row.seq == seq));
    for n in 0..30 {
        let sent = inbox(&store, &format!("s{n}")).await.rows.len();
        assert_eq!(sent, usize::from(n % 3 != 0));
    }
    store.close().await;
}

#[tokio::test]
async fn a_uid_is_never_given_twice() {
    let (_folder, path) = file();
    let store = open(&path, "life").await;
    let first = store.append(message("a", "x")).await.unwrap();
    store.close().await;
    // The same seed and the same millisecond make the same uid.
    let store = open(&path, "life").await;
    let conversation = ConversationId::new(ConversationKind::Private, "d");
    let audience = Audience::Users(vec![UserId::from("d")]);
    let second = NewMessage { conversation, audience, ..message("c", "x") };
    let second = store.append(second).await.unwrap();
    assert_eq!(second.sent_time, first.sent_time);
    assert_ne!(second.uid, first.uid);
    assert_eq!(inbox(&store, "d").await.head.seq, 1);
    store.close().await;
}

#[tokio::test]
async fn a_transaction_that_fails_is_over() {
    let (_folder, path) = file();
    let store = open(&path, "life").await;
    let mut beside = beside(&path).await;
    // ROLLBACK ends the transaction under the writer's feet, as a full disk does.
    sqlx::raw_sql(
        "CREATE TRIGGER full BEFORE INSERT ON inbox
         BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END",
    )
    .execute(&mut beside)
    .await
    .unwrap();
    assert!(matches!(store.append(message("a", "x")).await, Err(StoreError::Failed(_))));
    sqlx::raw_sql("DROP TRIGGER full").execute(&mut beside).await.unwrap();
    let stored = store.append(message("a", "x")).await.unwrap();
    assert_eq!((stored.own_seq, stored.repeated), (1, false));
    store.close().await;
}

#[tokio::test]
async fn nothing_is_stored_after_the_close() {
    let (_folder, path) = file();
    let store = open(&path, "life").await;
    store.close().await;
    store.close().await;
    assert!(matches!(store.append(message("a", "x")).await, Err(StoreError::Failed(_))));
    assert!(store.head(&UserId::from("a")).await.is_err());
}

#[tokio::test]
async fn a_commit_reaches_the_disk() {
    let (_folder, path) = file();
    let options = super::options(&path);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    for (pragma, value) in [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")] {
        let sql =
            sqlx::AssertSqlSafe(format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}"));
        let found: String = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
        assert_eq!(found, value, "{pragma}");
    }
}

#[tokio::test]
async fn a_restored_file_begins_a_new_life() {
    let (_folder, path) = file();
    assert!(SqliteStore::begin_new_life(&path, "second life").await.is_err());
    let store = open(&path, "first life").await;
    store.append(message("a", "x")).await.unwrap();
    store.close().await;
    SqliteStore::begin_new_life(&path, "second life").await.unwrap();
    let store = open(&path, "third life").await;
    assert_eq!(store.epoch(), "second life");
    assert_eq!(inbox(&store, "b").await.head.seq, 1);
    store.close().await;
}

#[tokio::test]
async fn an_older_programs_file_is_taken_along() {
    let (_folder, path) = file();
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut old = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(include_str!("../migrations/0001_messages.sql")).execute(&mut old).await.unwrap();
    sqlx::raw_sql(
        "PRAGMA user_version = 1;
         INSERT INTO meta VALUES ('epoch', 'first life');
         INSERT INTO user (name, seq, time) VALUES ('a', 1, 10), ('b', 1, 10);
         INSERT INTO conversation (key, kind, time) VALUES ('1:1:ab', 1, 10);
         INSERT INTO message VALUES (1, 'u', 1, 1, 'b', 'RC:TxtMsg', 3, NULL, 10, 1, x'', x'7b7d');
         INSERT INTO inbox VALUES (1, 1, 1, 1, 1, 0, 10), (2, 1, 1, 1, 0, 1, 10);
         INSERT INTO entry VALUES (1, 1, 1, 1, 10, 1, 0), (2, 1, 1, 1, 10, 1, 0);",
    )
    .execute(&mut old)
    .await
    .unwrap();
    old.close().await.unwrap();
    let store = open(&path, "another life").await;
    assert_eq!(store.epoch(), "first life");
    let page = inbox(&store, "b").await;
    assert_eq!((page.rows.len(), &page.rows[0].content[..]), (1, &b"{}"[..]));
    let (list, _) = store.conversations(&UserId::from("b"), ALL).await.unwrap();
    assert_eq!((list.len(), list[0].unread, list[0].mentions), (1, 1, 0));
    let next = store.append(message("a", "RC:TxtMsg")).await.unwrap();
    assert_eq!((next.own_seq, next.rows), (2, vec![(UserId::from("b"), 2)]));
    store.close().await;
}

#[tokio::test]
async fn a_newer_programs_file_is_left_alone() {
    let (_folder, path) = file();
    open(&path, "life").await.close().await;
    let mut connection = beside(&path).await;
    sqlx::raw_sql("PRAGMA user_version = 1000").execute(&mut connection).await.unwrap();
    assert!(SqliteStore::open(&path, "life", 1).await.is_err());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let (_folder, path) = file();
    let text = "not a database, but somebody's letter\n".repeat(100);
    std::fs::write(&path, &text).unwrap();
    assert!(SqliteStore::open(&path, "life", 1).await.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn no_question_reads_a_whole_table() {
    let (_folder, path) = file();
    open(&path, "life").await.close().await;
    let mut connection = beside(&path).await;
    let questions = [
        super::accounts::QUESTIONS,
        super::append::QUESTIONS,
        super::blacklist::QUESTIONS,
        super::inbox::QUESTIONS,
        super::conversation_list::QUESTIONS,
        super::members::QUESTIONS,
        super::chatrooms::QUESTIONS,
        super::receipts::QUESTIONS,
        super::history::QUESTIONS,
        super::settings::QUESTIONS,
        super::retention::QUESTIONS,
        super::profiles::QUESTIONS,
        super::recall::QUESTIONS,
        super::services::QUESTIONS,
        super::desk::QUESTIONS,
        super::platform::QUESTIONS,
        super::log::QUESTIONS,
    ];
    for sql in questions.concat() {
        let plan = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        for row in sqlx::query(plan).fetch_all(&mut connection).await.unwrap() {
            let step: String = row.get("detail");
            let scans_a_table = step.starts_with("SCAN")
                && !step.contains("VIRTUAL TABLE")
                && !["SCAN i", "SCAN wanted", "SCAN (subquery"]
                    .iter()
                    .any(|own| step.starts_with(own));
            assert!(!scans_a_table, "{step} in {sql}");
        }
    }
}

#[tokio::test]
async fn a_deletion_and_the_row_that_tells_of_it_are_kept_both_or_neither() {
    let (_folder, path) = file();
    let store = open(&path, "life").await;
    let (a, to_b) = (UserId::from("a"), ConversationId::new(ConversationKind::Private, "b"));
    let uid = store.append(message("a", "RC:TxtMsg")).await.unwrap().uid;
    let kept = async |store: &SqliteStore| {
        let there = store.undeleted(&a, &to_b, std::slice::from_ref(&uid)).await.unwrap();
        let until = store.uncleared(&a, &to_b, UnixMillis::new(i64::MAX)).await.unwrap();
        (there.len(), until.is_some(), inbox(store, "a").await.head.seq)
    };
    let told = NewMessage {
        audience: Audience::Users(Vec::new()),
        history: false,
        client_id: None,
        ..message("a", "hy:Deleted")
    };
    let messages = Deletion::Messages(vec![uid.clone()]);
    let all = Deletion::UpTo(UnixMillis::new(1_700_000_000_000));
    let mut other = beside(&path).await;
    // Whatever comes second crashes.
    for (deletion, table, event) in [
        (&messages, "deleted", "INSERT"),
        (&messages, "inbox", "INSERT"),
        (&all, "entry", "UPDATE OF cleared_time"),
        (&all, "inbox", "INSERT"),
    ] {
        let crash = "BEGIN SELECT RAISE(ABORT, 'crash'); END";
        let crash = format!("CREATE TRIGGER crash BEFORE {event} ON {table} {crash}");
        sqlx::query(sqlx::AssertSqlSafe(crash)).execute(&mut other).await.unwrap();
        let deletes = Some(deletion.clone());
        store.append(NewMessage { deletes, ..told.clone() }).await.unwrap_err();
        sqlx::query("DROP TRIGGER crash").execute(&mut other).await.unwrap();
        assert_eq!(kept(&store).await, (1, true, 1), "{table}");
    }
    store.append(NewMessage { deletes: Some(messages), ..told }).await.unwrap();
    assert_eq!(kept(&store).await, (0, true, 2));
    store.close().await;
}
