//! The store of one machine: an SQLite file beside the program.
//!
//! The file is in WAL mode with `synchronous=FULL`: a commit has reached the disk when it returns.
//! One thread writes, in transactions shared by whatever waits (`writer`); readers have connections
//! of their own and each answers from one snapshot.

mod accounts;
mod append;
mod blacklist;
mod change;
mod chatrooms;
mod conversation_list;
mod desk;
mod history;
mod import;
mod inbox;
mod log;
mod members;
mod platform;
mod profiles;
mod recall;
mod receipts;
mod retention;
mod row;
mod schema;
mod services;
mod settings;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::time::Duration;

use hongyan::rng::Rng;
use sqlx::Connection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use tokio::sync::{mpsc, oneshot};

use self::change::{Change, Waiting};
use self::writer::{Write, Writer};
use super::{Store, StoreError};

/// Writes that wait for the writer; more callers wait to get in line.
const QUEUE: usize = 1024;
/// Connections for reading.
const READERS: u32 = 4;
/// How long a locked database (a backup, another program) is waited for.
const BUSY: Duration = Duration::from_secs(10);
/// Pages of the file that a connection keeps in memory: 16 MiB, as SQLite writes it.
const CACHE: &str = "-16384";
/// Pages in the log before they are copied into the file: 32 MiB. Messages of many users touch
/// many pages, and each copying costs two flushes.
const CHECKPOINT: &str = "8192";

/// Keeps everything in one file.
#[derive(Debug)]
pub struct SqliteStore {
    epoch: String,
    writes: mpsc::Sender<Write>,
    readers: SqlitePool,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("cache_size", CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT)
}

/// Makes an empty file that its owner alone may read, if there is none: messages and hashes of
/// passwords go into it. The files that SQLite puts beside it have the same rights.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

impl SqliteStore {
    /// Opens the file, creating it if need be, and brings it to this program's version. Writing
    /// has a thread of its own.
    ///
    /// `new_epoch` names the store's life if the file is new. `seed` must be really random: uids
    /// come from it.
    ///
    /// # Errors
    ///
    /// The file cannot be opened, is no database, or was written by a newer program.
    pub async fn open(path: &Path, new_epoch: &str, seed: u64) -> Result<Self, StoreError> {
        let options = options(path);
        // Where it cannot be made, SQLite says why.
        drop(make_private(path));
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let epoch = schema::prepare(&mut connection, new_epoch).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.clone().create_if_missing(false).pragma("query_only", "ON"))
            .await?;
        let (writes, queue) = mpsc::channel(QUEUE);
        Writer::new(options, connection, Rng::new(seed))
            .start(queue)
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Self { epoch, writes, readers })
    }

    /// Begins a new life of a file that was restored from a backup: clients then know that numbers
    /// they were given may be given again. The file must exist, and nobody may have it open.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn begin_new_life(path: &Path, new_epoch: &str) -> Result<(), StoreError> {
        let options = options(path).create_if_missing(false);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        schema::prepare(&mut connection, new_epoch).await?;
        schema::set_epoch(&mut connection, new_epoch).await?;
        Ok(connection.close().await?)
    }

    /// Copies the file as it is now into a new one, also while a server has it open: one snapshot,
    /// without what was deleted.
    ///
    /// # Errors
    ///
    /// There is no such file, it is no database, or the copy is there already or cannot be written.
    pub async fn back_up(path: &Path, to: &Path) -> Result<(), StoreError> {
        let name =
            to.to_str().ok_or_else(|| StoreError::Failed("the name is not Unicode".into()))?;
        if std::fs::exists(to).is_ok_and(|there| there) {
            return Err(StoreError::Failed(format!("{name} is there already")));
        }
        let options = options(path).create_if_missing(false);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        make_private(to).map_err(|error| StoreError::Failed(format!("{name}: {error}")))?;
        sqlx::query("VACUUM INTO ?1").bind(name).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// Writes what waits and closes the file. Everything asked afterwards fails.
    pub async fn close(&self) {
        let (closed, done) = oneshot::channel();
        self.readers.close().await;
        if self.writes.send(Write::Close(closed)).await.is_ok() {
            let _ = done.await;
        }
    }

    async fn write<T>(
        &self,
        write: Write,
        result: oneshot::Receiver<Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let closed = || StoreError::Failed("the store is closed".into());
        self.writes.send(write).await.map_err(|_| closed())?;
        result.await.unwrap_or_else(|_| Err(closed()))
    }

    async fn change<C: Change>(&self, change: C) -> Result<C::Done, StoreError> {
        let (reply, result) = oneshot::channel();
        self.write(Write::Change(Box::new(Waiting::new(change, reply))), result).await
    }
}

impl Store for SqliteStore {
    fn epoch(&self) -> &str {
        &self.epoch
    }
}
