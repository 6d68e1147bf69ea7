//! What an operator does to the database: it is held by one server, copied, and put back.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{Failed, configured, new_epoch, print, runtime};
use crate::config::{Config, Database};
use crate::store::StoreError;
use crate::store::sqlite::SqliteStore;

/// The file of the database.
fn database_file(config: &Config) -> Result<PathBuf, Failed> {
    match &config.database {
        Database::Sqlite(path) => Ok(path.clone()),
        Database::Memory => {
            let line = "a store in memory is in no file: set HONGYAN_DATABASE_URL";
            Err(Failed::Usage(line.to_owned()))
        }
    }
}

/// `hongyan backup FILE`.
pub(super) fn backup(flags: &[String]) -> Result<(), Failed> {
    let Some((to, flags)) = flags.split_first().filter(|(to, _)| !to.starts_with('-')) else {
        return Err(Failed::Usage("backup needs the name of a new file".to_owned()));
    };
    configured(flags, |config| {
        let path = database_file(&config)?;
        runtime()?.block_on(async {
            let copied = SqliteStore::back_up(&path, Path::new(to)).await;
            copied.map_err(|error| Failed::Run(format!("no backup was made: {}", reason(&error))))
        })?;
        print(&format!("{} is copied to {to}\n", path.display()))
    })
}

/// `hongyan restored`: numbers that clients were given may be given again, and they must know.
pub(super) fn restored(config: Config) -> Result<(), Failed> {
    let path = database_file(&config)?;
    let _held = hold(&path)?;
    runtime()?.block_on(async {
        let begun = SqliteStore::begin_new_life(&path, &new_epoch()?).await;
        begun.map_err(|error| cannot_open(&path, &error))
    })?;
    print(&format!("{}: clients will ask anew for what they missed\n", path.display()))
}

/// Holds a database for this process alone, for as long as the file lives. Two servers of one
/// database would each know of their own users only.
pub(super) fn hold(path: &Path) -> Result<File, Failed> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let options = File::options().create(true).truncate(false).write(true).open(&name);
    let held = options.map_err(|error| cannot_write(Path::new(&name), &error))?;
    match held.try_lock() {
        Ok(()) => Ok(held),
        Err(TryLockError::WouldBlock) => Err(Failed::Run(format!(
            "{} is in use by another hongyan: end it, or name another file with \
             HONGYAN_DATABASE_URL",
            path.display()
        ))),
        // Where there are no locks (some network file systems) nobody can be kept out.
        Err(TryLockError::Error(_)) => Ok(held),
    }
}

/// The line about a directory that nothing can be written into.
pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Failed {
    Failed::Run(format!(
        "{}: {error}: the directory of the database (HONGYAN_DATABASE_URL) must be one that this \
         program may write",
        path.display()
    ))
}

/// The line about a database that cannot be used, and what to do.
pub(super) fn cannot_open(path: &Path, error: &StoreError) -> Failed {
    let reason = reason(error);
    let remedy = if reason.contains("(code: 26)") || reason.contains("(code: 11)") {
        "it is no database of SQLite, or a damaged one: put a backup in its place (docs/server.md), or \
         name another file with HONGYAN_DATABASE_URL"
    } else if reason.contains("already exists") {
        "it is a database of another program: name another file with HONGYAN_DATABASE_URL"
    } else if reason.contains("this program knows") {
        "run the newer program again, or put a backup in its place (docs/server.md)"
    } else if reason.contains("(code: 5)") {
        "another program has locked it: end that program"
    } else {
        "this program must be allowed to read and write the file and its directory; another place can \
         be named with HONGYAN_DATABASE_URL"
    };
    Failed::Run(format!("{} cannot be opened: {reason}: {remedy}", path.display()))
}

/// Why the store failed.
pub(super) fn reason(error: &StoreError) -> String {
    if let StoreError::Failed(reason) = error { reason.clone() } else { format!("{error:?}") }
}
