//! The one thread that writes: it takes whatever arrived while the last flush ran into the next
//! transaction, so that many messages share one flush.
//!
//! Not a task among those of the sessions: a transaction waits for the database a dozen times, and
//! would get into line behind thousands of members of a chatroom each time.

use std::{io, thread};

use hongyan::rng::Rng;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::super::{NewMessage, StoreError, Stored};
use super::append::{Failure, append};
use super::change::{AnyChange, Reply};

/// The most writes in one transaction: bounds how long the first of them waits for the last.
const BATCH: usize = 256;

pub type Committed = Box<dyn FnOnce(&Stored) + Send>;

/// A message to store.
pub struct Append {
    pub message: NewMessage,
    pub committed: Committed,
    pub reply: Reply<Stored>,
}

/// Something to write, and who wants to know what became of it.
pub enum Write {
    Append(Box<Append>),
    Change(Box<dyn AnyChange>),
    /// The last one: the database is closed after it.
    Close(oneshot::Sender<()>),
}

/// A write that is in the transaction, to be answered after the commit.
enum Written {
    Appended { result: Result<Stored, StoreError>, committed: Committed, reply: Reply<Stored> },
    Changed { change: Box<dyn AnyChange> },
}

pub struct Writer {
    options: SqliteConnectOptions,
    /// `None` after a failure that may have left it inside a broken transaction.
    connection: Option<SqliteConnection>,
    random: Rng,
}

impl Writer {
    pub fn new(options: SqliteConnectOptions, connection: SqliteConnection, random: Rng) -> Self {
        Self { options, connection: Some(connection), random }
    }

    /// Writes until the store is closed or dropped, in a thread of its own.
    ///
    /// # Errors
    /// There can be no more threads.
    pub fn start(self, writes: mpsc::Receiver<Write>) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let name = "store-writer".to_owned();
        let writing = move || runtime.block_on(self.run(writes));
        thread::Builder::new().name(name).spawn(writing).map(drop)
    }

    async fn run(mut self, mut writes: mpsc::Receiver<Write>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut closing = None;
        while closing.is_none() && writes.recv_many(&mut batch, BATCH).await > 0 {
            let (work, close) = until_close(&mut batch);
            closing = close;
            self.write(work).await;
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::error!(%error, "the database was not closed well");
        }
        if let Some(closed) = closing {
            let _ = closed.send(());
        }
    }

    /// One transaction. If it fails, all that was in it fails.
    async fn write(&mut self, work: Vec<Write>) {
        if work.is_empty() {
            return;
        }
        let mut written = Vec::with_capacity(work.len());
        match self.commit(work, &mut written).await {
            Ok(()) => written.into_iter().for_each(Written::settle),
            Err(error) => {
                self.connection = None;
                written.into_iter().for_each(|written| written.fail(&error));
            }
        }
    }

    async fn commit(
        &mut self,
        work: Vec<Write>,
        written: &mut Vec<Written>,
    ) -> Result<(), StoreError> {
        let mut work = work.into_iter();
        let done = self.commit_each(&mut work, written).await;
        if done.is_err() {
            written.extend(work.filter_map(Write::untouched));
        }
        done
    }

    async fn commit_each(
        &mut self,
        work: &mut impl Iterator<Item = Write>,
        written: &mut Vec<Written>,
    ) -> Result<(), StoreError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            lost => lost.insert(SqliteConnection::connect_with(&self.options).await?),
        };
        let mut batch = connection.begin_with("BEGIN IMMEDIATE").await?;
        for write in work {
            match write {
                Write::Append(appending) => {
                    let Append { message, committed, reply } = *appending;
                    let appended = append(&mut batch, &message, &mut self.random).await;
                    let (result, lost) = match appended {
                        Ok(stored) => (Ok(stored), None),
                        Err(Failure::Alone(error)) => (Err(error), None),
                        Err(Failure::All(error)) => (Err(error.clone()), Some(error)),
                    };
                    written.push(Written::Appended { result, committed, reply });
                    if let Some(error) = lost {
                        return Err(error);
                    }
                }
                Write::Change(mut change) => {
                    let applied = change.apply(&mut batch).await;
                    written.push(Written::Changed { change });
                    applied?;
                }
                Write::Close(_) => {}
            }
        }
        batch.commit().await?;
        Ok(())
    }
}

/// Splits a batch at the wish to close; what came after it is dropped, and so fails.
fn until_close(batch: &mut Vec<Write>) -> (Vec<Write>, Option<oneshot::Sender<()>>) {
    let mut work = Vec::with_capacity(batch.len());
    for write in batch.drain(..) {
        if let Write::Close(closed) = write {
            return (work, Some(closed));
        }
        work.push(write);
    }
    (work, None)
}

impl Write {
    /// A write that the transaction never reached.
    fn untouched(self) -> Option<Written> {
        let failed = StoreError::Failed(String::new());
        match self {
            Self::Append(append) => {
                let Append { committed, reply, .. } = *append;
                Some(Written::Appended { result: Err(failed), committed, reply })
            }
            Self::Change(change) => Some(Written::Changed { change }),
            Self::Close(_) => None,
        }
    }
}

impl Written {
    /// After the commit, in its order. Who asked may be gone.
    fn settle(self) {
        match self {
            Self::Appended { result, committed, reply } => {
                if let Ok(stored) = &result
                    && !stored.repeated
                {
                    committed(stored);
                }
                let _ = reply.send(result);
            }
            Self::Changed { change } => change.settle(Ok(())),
        }
    }

    fn fail(self, error: &StoreError) {
        match self {
            Self::Appended { reply, .. } => {
                let _ = reply.send(Err(error.clone()));
            }
            Self::Changed { change } => change.settle(Err(error.clone())),
        }
    }
}
