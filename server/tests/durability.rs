//! A process that is killed loses nothing that it acknowledged.
//!
//! This program starts itself as a child that stores messages and prints each acknowledged one,
//! kills it in the middle, and looks for them in the file.

#![allow(missing_docs)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;
use hongyan_server::store::sqlite::SqliteStore;
use hongyan_server::store::{Audience, Inboxes, NewMessage, PullFrom, Store, Stored};

/// Its value is the file that the child writes to.
const CHILD: &str = "HONGYAN_DURABILITY_FILE";
/// Acknowledged messages before the kill, round by round.
const ROUNDS: [usize; 4] = [1, 50, 200, 500];

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match std::env::var_os(CHILD) {
        Some(file) => runtime.block_on(store_for_ever(Path::new(&file))),
        None => runtime.block_on(kill_and_look()),
    }
}

async fn kill_and_look() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("store.db");
    let mut acknowledged = BTreeSet::new();
    for round in ROUNDS {
        let (mut child, mut lines) = start_child(&file);
        for _ in 0..round {
            let line = lines.next().expect("the child goes on").expect("a line");
            acknowledged.insert(line);
        }
        child.kill().expect("the child can be killed");
        // What it had printed by then counts as well; a line cut off in the middle does not.
        acknowledged.extend(lines.map_while(Result::ok).filter(|line| line.ends_with('.')));
        child.wait().expect("the child ends");
        look(&file, &acknowledged).await;
    }
    println!("{} acknowledged rows survived {} kills", acknowledged.len(), ROUNDS.len());
}

fn start_child(file: &Path) -> (Child, std::io::Lines<impl BufRead>) {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    let mut child =
        command.env(CHILD, file).stdout(Stdio::piped()).spawn().expect("the child starts");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    (child, lines)
}

/// Every acknowledged row is there; the numbers have no gap, the times rise.
async fn look(file: &Path, acknowledged: &BTreeSet<String>) {
    let store = SqliteStore::open(file, "another life", 1).await.expect("the file opens");
    assert_eq!(store.epoch(), "life");
    let mut found = BTreeSet::new();
    for name in ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "b"] {
        let from = PullFrom::Seq(0);
        let page = store.pull(&UserId::from(name), from, u32::MAX).await.expect("a page");
        assert_eq!(page.head.seq, page.rows.len() as u64);
        assert!(page.rows.iter().zip(1..).all(|(row, seq)| row.seq == seq), "a gap in {name}");
        assert!(page.rows.windows(2).all(|pair| pair[0].sent_time < pair[1].sent_time));
        found.extend(page.rows.iter().map(|row| format!("{name} {} {}.", row.seq, row.uid)));
    }
    let lost: Vec<_> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "{} lost, first {:?}", lost.len(), lost.first());
    store.close().await;
}

/// Eight senders store without end; each says `inbox number uid.` for both rows of each message.
async fn store_for_ever(file: &Path) {
    let seed = u64::from(std::process::id());
    let store = Arc::new(SqliteStore::open(file, "life", seed).await.expect("the file opens"));
    let senders: Vec<_> =
        (0..8).map(|n| tokio::spawn(send(store.clone(), format!("s{n}")))).collect();
    for sender in senders {
        sender.await.expect("a sender goes on");
    }
}

async fn send(store: Arc<SqliteStore>, name: String) {
    loop {
        let message = NewMessage {
            sender: UserId::from(name.as_str()),
            conversation: ConversationId::new(ConversationKind::Private, "b"),
            audience: Audience::Users(vec![UserId::from("b")]),
            own_row: true,
            object_name: "RC:TxtMsg".into(),
            content: Bytes::from(vec![b'x'; 3000]),
            flags: MessageFlags::NORMAL,
            mentions: None,
            history: true,
            recalls: None,
            deletes: None,
            client_id: None,
            sent_as: None,
            relayed: Bytes::new(),
            now: UnixMillis::new(1_700_000_000_000),
        };
        let stored = store.append(message).await.expect("the message is stored");
        acknowledge(&name, &stored);
    }
}

fn acknowledge(name: &str, stored: &Stored) {
    let Stored { uid, own_seq, rows, .. } = stored;
    let (_, seq) = &rows[0];
    let lines = format!("{name} {own_seq} {uid}.\nb {seq} {uid}.\n");
    let mut output = std::io::stdout().lock();
    // The parent may have stopped reading.
    let _ = output.write_all(lines.as_bytes()).and_then(|()| output.flush());
}
