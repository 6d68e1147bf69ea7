use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

use super::*;
use crate::config::Config;

const NOW: UnixMillis = UnixMillis::new(1_700_000_000_000);
const DAY: i64 = 24 * 60 * 60 * 1000;

fn files(directory: &std::path::Path, flags: &[&str]) -> Files {
    let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    let settings = Config::load(&flags, std::iter::empty()).unwrap().uploads;
    Files::new(Disk::kept(directory.join("files")), settings)
}

fn grant(user: &str) -> Grant {
    Grant { user: user.into(), kind: FileKind::File }
}

fn piece(bytes: &'static [u8]) -> impl Stream<Item = Result<Bytes, Infallible>> + Unpin {
    stream::iter([Ok(Bytes::from_static(bytes))])
}

/// What comes up to where the network breaks.
fn broken(bytes: &'static [u8]) -> impl Stream<Item = Result<Bytes, &'static str>> + Unpin {
    stream::iter([Ok(Bytes::from_static(bytes)), Err("broken")])
}

#[tokio::test]
async fn what_came_before_the_network_broke_is_kept_over_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let ann = UserId::from("ann");
    let before = files(directory.path(), &[]);
    let id = before.begin(&grant("ann"), 10, "a.bin", NOW).await.unwrap();
    let broke = before.receive(&ann, &id, 0, broken(b"01234")).await;
    assert!(matches!(broke, Err(FileError::BrokeOff)), "{broke:?}");
    drop(before);
    let after = files(directory.path(), &[]);
    assert_eq!(after.progress(&ann, &id).await.unwrap().offset, 5);
    let wrong = after.receive(&ann, &id, 4, piece(b"456789")).await;
    assert!(matches!(wrong, Err(FileError::WrongOffset(5))), "{wrong:?}");
    assert!(after.find(&id).await.unwrap().is_none(), "half a file is none");
    assert!(after.receive(&ann, &id, 5, piece(b"56789")).await.unwrap().is_whole());
    let found = after.find(&id).await.unwrap().unwrap();
    assert_eq!(std::fs::read(found.data).unwrap(), b"0123456789");
    assert_eq!(
        (found.about.name.as_str(), found.content_type),
        ("a.bin", "application/octet-stream")
    );
}

#[tokio::test]
async fn a_server_killed_behind_the_last_byte_finishes_when_asked() {
    let directory = tempfile::tempdir().unwrap();
    let files = files(directory.path(), &[]);
    let ann = UserId::from("ann");
    let id = files.begin(&grant("ann"), 3, "a", NOW).await.unwrap();
    let data = directory.path().join("files/unfinished").join(id.as_str()).join("data");
    std::fs::write(data, b"abc").unwrap();
    assert!(files.find(&id).await.unwrap().is_none());
    assert!(files.progress(&ann, &id).await.unwrap().is_whole());
    assert!(files.find(&id).await.unwrap().is_some());
}

#[tokio::test]
async fn nobody_else_sees_or_touches_an_upload() {
    let directory = tempfile::tempdir().unwrap();
    let files = files(directory.path(), &[]);
    let (ann, bob) = (UserId::from("ann"), UserId::from("bob"));
    let id = files.begin(&grant("ann"), 3, "a", NOW).await.unwrap();
    assert!(matches!(files.progress(&bob, &id).await, Err(FileError::NotFound)));
    assert!(matches!(files.receive(&bob, &id, 0, piece(b"abc")).await, Err(FileError::NotFound)));
    assert!(matches!(files.cancel(&bob, &id).await, Err(FileError::NotFound)));
    files.cancel(&ann, &id).await.unwrap();
    assert!(matches!(files.progress(&ann, &id).await, Err(FileError::NotFound)));
}

#[tokio::test]
async fn a_whole_file_cannot_be_cancelled_or_changed() {
    let directory = tempfile::tempdir().unwrap();
    let files = files(directory.path(), &[]);
    let ann = UserId::from("ann");
    let id = files.begin(&grant("ann"), 3, "a", NOW).await.unwrap();
    files.receive(&ann, &id, 0, piece(b"abc")).await.unwrap();
    assert!(matches!(files.cancel(&ann, &id).await, Err(FileError::NotFound)));
    for offset in [0, 3] {
        // A repeated last piece is no mistake: its answer was lost.
        let again = files.receive(&ann, &id, offset, piece(b"xyz")).await;
        assert_eq!(again.is_ok(), offset == 3, "{again:?}");
    }
    let found = files.find(&id).await.unwrap().unwrap();
    assert_eq!(std::fs::read(found.data).unwrap(), b"abc");
}

#[tokio::test]
async fn the_quota_of_the_day_outlives_the_server_and_comes_back_with_what_never_came() {
    let directory = tempfile::tempdir().unwrap();
    let flags = ["--upload-day-bytes", "10"];
    let before = files(directory.path(), &flags);
    let ann = UserId::from("ann");
    let id = before.begin(&grant("ann"), 6, "a", NOW).await.unwrap();
    drop(before);
    let after = files(directory.path(), &flags);
    let more = after.begin(&grant("ann"), 5, "b", NOW).await;
    assert!(matches!(more, Err(FileError::QuotaUsed)), "{more:?}");
    after.begin(&grant("bob"), 10, "c", NOW).await.unwrap();
    drop(after.receive(&ann, &id, 0, broken(b"ab")).await);
    after.cancel(&ann, &id).await.unwrap();
    after.begin(&grant("ann"), 8, "d", NOW).await.unwrap();
    assert!(after.begin(&grant("ann"), 1, "e", NOW).await.is_err());
    after.begin(&grant("ann"), 10, "f", NOW.plus(DAY)).await.unwrap();
}

#[tokio::test]
async fn only_uploads_that_nobody_goes_on_with_are_swept() {
    let directory = tempfile::tempdir().unwrap();
    let files = files(directory.path(), &["--upload-unfinished", "2h"]);
    let ann = UserId::from("ann");
    assert_eq!(files.sweep(NOW).await.unwrap(), 0, "there is no directory yet");
    let half = files.begin(&grant("ann"), 3, "a", NOW).await.unwrap();
    let whole = files.begin(&grant("ann"), 3, "b", NOW).await.unwrap();
    files.receive(&ann, &whole, 0, piece(b"abc")).await.unwrap();
    // What broke off between two steps of the beginning.
    let ruin = directory.path().join("files/unfinished/1-AAAAAAAAAAAAAAAAAAAAAA");
    std::fs::create_dir(&ruin).unwrap();
    let touched = files.disk.touched(&half).await.unwrap().unwrap();
    assert_eq!(files.sweep(touched.plus(DAY / 12 - 1_000)).await.unwrap(), 0);
    assert_eq!(files.sweep(touched.plus(DAY / 12 + 60_000)).await.unwrap(), 2);
    assert!(matches!(files.progress(&ann, &half).await, Err(FileError::NotFound)));
    assert!(files.find(&whole).await.unwrap().is_some() && !ruin.exists());
}

#[tokio::test]
async fn a_newer_request_takes_the_upload_over() {
    let directory = tempfile::tempdir().unwrap();
    let files = files(directory.path(), &[]);
    let ann = UserId::from("ann");
    let id = files.begin(&grant("ann"), 6, "a", NOW).await.unwrap();
    // A connection that broke without the server's knowing: nothing more will ever come.
    let hanging = piece(b"abc").chain(stream::pending());
    let (old, new) = tokio::join!(files.receive(&ann, &id, 0, hanging), async {
        while files.disk.progress(&id).await.unwrap().unwrap().1 == 0 {
            tokio::task::yield_now().await;
        }
        let offset = files.progress(&ann, &id).await.unwrap().offset;
        assert_eq!(offset, 3);
        files.receive(&ann, &id, offset, piece(b"def")).await
    });
    assert!(matches!(old, Err(FileError::Overtaken)), "{old:?}");
    assert!(new.unwrap().is_whole());
    let found = files.find(&id).await.unwrap().unwrap();
    assert_eq!(std::fs::read(found.data).unwrap(), b"abcdef");
}

#[test]
fn what_goes_with_the_server_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("passing");
    std::fs::create_dir(&root).unwrap();
    drop(Disk::passing(root.clone()));
    assert!(!root.exists());
    drop(Disk::passing(root));
}

#[test]
fn a_name_is_one_segment_of_the_path() {
    let id = FileId::new(1, [0; 16]);
    let path = download_path(&id, "../雁 a?#%.png");
    assert_eq!(path, "/file/1-AAAAAAAAAAAAAAAAAAAAAA/%E9%9B%81%20a%3F%23%25.png");
}
