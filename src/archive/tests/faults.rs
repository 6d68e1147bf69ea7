//! Tables that fail, and what the archive makes of it.

use std::sync::{Arc, Mutex};

use super::now;
use crate::archive::conformance::{Calls, message};
use crate::archive::*;

/// A database in memory that outlives its connections and fails as it is told.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    rows: MemoryTable,
    /// What the next openings fail with, the next one last.
    openings: Vec<Fault>,
    /// What the next commits fail with, the next one last.
    commits: Vec<Fault>,
    /// Commits fail with this while there are more messages.
    room: Option<u32>,
    closed: bool,
    broken: u32,
    opened: u32,
}

impl Opener for Disk {
    type Table = Disk;

    async fn open(&mut self) -> Result<Disk, Fault> {
        let mut disk = self.0.lock().unwrap();
        disk.opened += 1;
        disk.closed = false;
        match disk.openings.pop() {
            Some(fault) => Err(fault),
            None => Ok(self.clone()),
        }
    }
}

/// Memory never waits, so nothing else borrows the disk meanwhile.
macro_rules! on {
    ($disk:expr, $rows:ident => $work:expr) => {{
        let mut disk = $disk.0.lock().unwrap();
        let $rows = &mut disk.rows;
        now($work)
    }};
}

impl Table for Disk {
    fn begin(&mut self, mode: Mode) -> Result<(), Fault> {
        let mut disk = self.0.lock().unwrap();
        if disk.closed { Err(Fault::Closed) } else { disk.rows.begin(mode) }
    }
    async fn find(&mut self, wanted: &[Find<'_>]) -> Result<Vec<Answer>, Fault> {
        on!(self, rows => rows.find(wanted))
    }
    async fn page(&mut self, conversation: &str, span: &Span) -> Result<Vec<Row>, Fault> {
        on!(self, rows => rows.page(conversation, span))
    }
    async fn total(&mut self) -> Result<u32, Fault> {
        on!(self, rows => rows.total())
    }
    async fn places(&mut self, terms: &Terms, limit: u32) -> Result<Vec<Place>, Fault> {
        on!(self, rows => rows.places(terms, limit))
    }
    async fn scan(
        &mut self,
        conversation: Option<&str>,
        after: Option<Place>,
        limit: u32,
    ) -> Result<(Vec<Row>, Option<Place>), Fault> {
        on!(self, rows => rows.scan(conversation, after, limit))
    }
    async fn oldest(&mut self, limit: u32) -> Result<Vec<Place>, Fault> {
        on!(self, rows => rows.oldest(limit))
    }
    async fn last_local(&mut self) -> Result<u64, Fault> {
        on!(self, rows => rows.last_local())
    }
    fn put(&mut self, row: &Row, terms: &[String]) -> Result<(), Fault> {
        self.0.lock().unwrap().rows.put(row, terms)
    }
    fn delete(&mut self, place: Place) -> Result<(), Fault> {
        self.0.lock().unwrap().rows.delete(place)
    }
    async fn commit(&mut self) -> Result<(), Fault> {
        if let Some(fault) = self.0.lock().unwrap().commits.pop() {
            return Err(fault);
        }
        let before = self.0.lock().unwrap().rows.clone();
        on!(self, rows => rows.commit())?;
        let count = on!(self, rows => rows.total())?;
        let mut disk = self.0.lock().unwrap();
        let earlier = now(before.clone().total())?;
        if disk.room.is_some_and(|room| count > room && count > earlier) {
            disk.rows = before;
            return Err(Fault::Full);
        }
        Ok(())
    }
    fn take_broken(&mut self) -> u32 {
        core::mem::take(&mut self.0.lock().unwrap().broken)
    }
    fn is_durable(&self) -> bool {
        true
    }
}

fn archive(disk: &Disk) -> Calls<Disk> {
    Calls(Keeper::new(disk.clone(), Settings::default()))
}

fn rows(numbers: core::ops::Range<u64>) -> Vec<Row> {
    numbers.map(|n| message(n, "1/bob", n as i64, &n.to_string())).collect()
}

fn count(archive: &mut Calls<Disk>) -> u32 {
    now(archive.count())
}

#[test]
fn an_opening_that_fails_means_memory_and_is_told_once() {
    for fault in [Fault::Blocked, Fault::Newer, Fault::Unavailable, Fault::Broken] {
        let disk = Disk::default();
        disk.0.lock().unwrap().openings = vec![fault];
        let mut archive = archive(&disk);
        assert_eq!(now(archive.put(&rows(0..3))), vec![1, 2, 3]);
        assert_eq!(count(&mut archive), 3);
        assert_eq!(archive.0.take_notices(), [Notice::InMemory(fault)]);
        assert!(!archive.0.is_durable());
        assert_eq!(disk.0.lock().unwrap().opened, 1);
    }
}

#[test]
fn a_connection_that_was_closed_is_opened_again() {
    let disk = Disk::default();
    let mut archive = archive(&disk);
    now(archive.put(&rows(0..3)));
    disk.0.lock().unwrap().closed = true;
    assert_eq!(now(archive.put(&rows(3..5))), vec![4, 5]);
    disk.0.lock().unwrap().commits = vec![Fault::Closed];
    assert_eq!(now(archive.put(&rows(5..6))), vec![6]);
    assert_eq!(count(&mut archive), 6);
    assert_eq!(archive.0.take_notices(), []);
    assert_eq!(disk.0.lock().unwrap().opened, 3);
}

#[test]
fn c10_a_database_that_was_deleted_begins_anew() {
    let disk = Disk::default();
    let mut archive = archive(&disk);
    now(archive.put(&rows(0..3)));
    disk.0.lock().unwrap().closed = true;
    disk.0.lock().unwrap().rows = MemoryTable::default();
    assert_eq!(now(archive.put(&rows(7..8))), vec![1]);
    assert_eq!(count(&mut archive), 1);
    assert!(archive.0.is_durable());
}

#[test]
fn a_full_disk_loses_a_tenth_and_no_more() {
    let disk = Disk::default();
    let mut archive = archive(&disk);
    now(archive.put(&rows(0..100)));
    disk.0.lock().unwrap().room = Some(100);
    assert_eq!(now(archive.put(&rows(100..105))).len(), 5);
    assert_eq!(archive.0.take_notices(), [Notice::MadeRoom(10)]);
    assert_eq!(count(&mut archive), 95);
    let oldest = now(archive.get(&[Name::uid("U100009"), Name::uid("U100010")]));
    assert!(oldest[0].is_none() && oldest[1].is_some());
    assert!(archive.0.is_durable());
}

#[test]
fn a_disk_that_stays_full_means_memory_with_what_could_be_read() {
    let disk = Disk::default();
    let mut archive = archive(&disk);
    now(archive.put(&rows(0..100)));
    disk.0.lock().unwrap().room = Some(0);
    assert_eq!(now(archive.put(&rows(100..101))).len(), 1);
    assert_eq!(archive.0.take_notices(), [Notice::MadeRoom(10), Notice::InMemory(Fault::Full)]);
    assert!(!archive.0.is_durable());
    assert_eq!(count(&mut archive), 91);
    let found =
        now(archive.search(&Search { keyword: "5".into(), count: 99, ..Search::default() }));
    assert_eq!(found.total, 10);
}

#[test]
fn a_database_that_breaks_again_and_again_means_memory() {
    let disk = Disk::default();
    let mut archive = archive(&disk);
    disk.0.lock().unwrap().commits = vec![Fault::Broken, Fault::Broken];
    assert_eq!(now(archive.put(&rows(0..2))), vec![1, 2]);
    assert_eq!(archive.0.take_notices(), [Notice::InMemory(Fault::Broken)]);
}

#[test]
fn one_row_that_cannot_be_kept_does_not_keep_out_the_others() {
    let disk = Disk::default();
    let mut archive = archive(&disk);
    // All at once, the first alone; the second alone has no conflict.
    disk.0.lock().unwrap().commits = vec![Fault::Conflict, Fault::Conflict];
    assert_eq!(now(archive.put(&rows(0..2))), vec![0, 1]);
    assert_eq!(archive.0.take_notices(), [Notice::Unreadable(1)]);
    assert_eq!(count(&mut archive), 1);
}

#[test]
fn unreadable_rows_are_told_and_the_session_goes_on() {
    let disk = Disk::default();
    let mut archive = archive(&disk);
    now(archive.put(&rows(0..2)));
    disk.0.lock().unwrap().broken = 2;
    assert_eq!(count(&mut archive), 2);
    assert_eq!(archive.0.take_notices(), [Notice::Unreadable(2)]);
    assert_eq!(archive.0.take_notices(), []);
}
