//! The archive on memory, and on tables that fail.

mod faults;
mod searching;

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use super::row::{Row, bits};
use super::*;

/// Runs what never has to wait.
pub(in crate::archive) fn now<R>(work: impl Future<Output = R>) -> R {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("memory does not wait"),
    }
}

/// A received text.
pub(in crate::archive) fn row(local: u64, conversation: &str, time: i64, text: &str) -> Row {
    Row {
        local,
        conversation: conversation.into(),
        time,
        uid: Some(["U", &local.to_string()].concat()),
        client: None,
        sender: "bob".into(),
        object_name: "RC:TxtMsg".into(),
        content: serde_json::json!({ "content": text }).to_string(),
        flags: bits::PERSISTED | bits::COUNTED,
        extra: None,
        sent_status: None,
        received_status: None,
        fields: None,
    }
}

/// Memory behind the door of a database.
pub(in crate::archive) struct Door;

impl Opener for Door {
    type Table = MemoryTable;

    async fn open(&mut self) -> Result<MemoryTable, Fault> {
        Ok(MemoryTable::default())
    }
}

#[test]
fn the_archive_passes_the_suite() {
    now(conformance::archive(async |settings| Keeper::new(Door, settings)));
}
