//! What users upload: begun, received piece by piece, checked, and from then on read by whoever
//! knows its id. HTTP has no place here: `net::upload` and `net::download` speak it.

mod content_type;
mod disk;
mod id;
mod name;
mod quota;
mod receive;
#[cfg(test)]
mod tests;
mod turns;

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::OnceCell;

pub use self::disk::{About, Disk};
pub use self::id::FileId;

use self::content_type::served;
use self::id::day_of;
use self::quota::Quota;
use self::turns::Turns;
use crate::config::Uploads;
use crate::core::upload::{FileKind, Grant};

/// The path of the upload endpoint.
pub const UPLOAD_PATH: &str = "/file";

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A name as one segment of a path, or in a header.
pub fn escaped(name: &str) -> String {
    utf8_percent_encode(name, ESCAPED).to_string()
}

/// The path of a file. The name in it is for people; it decides nothing.
pub fn download_path(id: &FileId, name: &str) -> String {
    format!("{UPLOAD_PATH}/{}/{}", id.as_str(), escaped(&name::clean(name)))
}

/// Why an upload does not go on.
#[derive(Debug)]
pub enum FileError {
    /// The server takes no files.
    Off,
    /// There is no such upload of this user.
    NotFound,
    /// A file has at least one byte.
    Empty,
    /// Larger than a file of its kind may be: so many bytes.
    TooLarge(u64),
    /// More than was said at the beginning.
    TooMuch,
    /// The user's quota of this day is used up.
    QuotaUsed,
    /// The content is not of the kind that was claimed; the upload is gone.
    WrongKind(FileKind),
    /// So many bytes are here: the next piece has to begin there.
    WrongOffset(u64),
    /// A newer request for the same upload took this one's place.
    Overtaken,
    /// The connection broke, or brought nothing for too long. What came is kept.
    BrokeOff,
    /// The disk is full. What came is kept.
    DiskFull,
    /// The disk failed.
    Failed(io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        let kind = error.kind();
        if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            Self::DiskFull
        } else if kind == io::ErrorKind::NotFound {
            Self::NotFound
        } else {
            Self::Failed(error)
        }
    }
}

/// How an upload stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What was said at the beginning.
    pub about: About,
    /// How many bytes are here; all of them once it is a file.
    pub offset: u64,
}

impl Progress {
    /// Whether it is a file now.
    pub const fn is_whole(&self) -> bool {
        self.offset == self.about.size
    }
}

/// A file to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where its bytes are.
    pub data: PathBuf,
    /// The type to serve it under.
    pub content_type: &'static str,
    /// What was said at the beginning.
    pub about: About,
}

/// The files of one server.
pub struct Files {
    disk: Disk,
    settings: Uploads,
    quota: Mutex<Quota>,
    /// Whether what was uploaded today before the server started is counted.
    counted: OnceCell<()>,
    turns: Turns,
}

impl Files {
    /// Files on this disk.
    pub fn new(disk: Disk, settings: Uploads) -> Self {
        let quota = Mutex::new(Quota::new(settings.day_bytes));
        Self { disk, settings, quota, counted: OnceCell::new(), turns: Turns::default() }
    }

    /// Whether the server takes files.
    pub const fn is_on(&self) -> bool {
        self.settings.max_bytes > 0
    }

    /// The largest file of this kind, in bytes.
    pub fn limit(&self, kind: FileKind) -> u64 {
        self.settings.limit(kind)
    }

    /// The largest file of any kind, in bytes.
    pub const fn largest(&self) -> u64 {
        self.settings.max_bytes
    }

    /// Begins an upload of so many bytes.
    ///
    /// # Errors
    ///
    /// It may not be uploaded ([`Off`](FileError::Off), [`Empty`](FileError::Empty),
    /// [`TooLarge`](FileError::TooLarge), [`QuotaUsed`](FileError::QuotaUsed)), or the disk failed.
    pub async fn begin(
        &self,
        grant: &Grant,
        size: u64,
        name: &str,
        now: UnixMillis,
    ) -> Result<FileId, FileError> {
        let limit = self.limit(grant.kind);
        match size {
            _ if !self.is_on() => return Err(FileError::Off),
            0 => return Err(FileError::Empty),
            _ if size > limit => return Err(FileError::TooLarge(limit)),
            _ => {}
        }
        let day = day_of(now);
        self.counted.get_or_try_init(|| self.count(day)).await?;
        if !self.quota().take(&grant.user, size, day) {
            return Err(FileError::QuotaUsed);
        }
        let id = FileId::new(day, random()?);
        let user = grant.user.as_str().to_owned();
        let about = About { user, kind: grant.kind, size, name: name::clean(name) };
        if let Err(error) = self.disk.begin(&id, &about).await {
            self.quota().give_back(&grant.user, size, day);
            return Err(error.into());
        }
        Ok(id)
    }

    async fn count(&self, day: u32) -> io::Result<()> {
        let begun = self.disk.begun_on(day).await?;
        let mut quota = self.quota();
        for (user, bytes) in begun {
            // More than the quota is no more than all of it.
            let _ = quota.take(&user, bytes, day);
        }
        Ok(())
    }

    fn quota(&self) -> std::sync::MutexGuard<'_, Quota> {
        self.quota.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How an upload of this user stands. A request that brings bytes for it at the moment is
    /// [overtaken](FileError::Overtaken).
    ///
    /// # Errors
    ///
    /// [`FileError::NotFound`], or the disk failed.
    pub async fn progress(&self, user: &UserId, id: &FileId) -> Result<Progress, FileError> {
        let _turn = self.turns.take(id).await;
        self.look(user, id).await
    }

    async fn look(&self, user: &UserId, id: &FileId) -> Result<Progress, FileError> {
        let unfinished = self.disk.progress(id).await?;
        let is_unfinished = unfinished.is_some();
        let progress = match unfinished {
            Some((about, offset)) => Some(Progress { about, offset }),
            None => {
                let whole = self.disk.whole(id).await?;
                whole.map(|about| Progress { offset: about.size, about })
            }
        };
        let progress = progress.filter(|found| found.about.user == user.as_str());
        let progress = progress.ok_or(FileError::NotFound)?;
        if is_unfinished && progress.is_whole() {
            // The server was killed between the last byte and the end.
            self.finish(id, progress.about.kind).await?;
        }
        Ok(progress)
    }

    async fn finish(&self, id: &FileId, kind: FileKind) -> Result<(), FileError> {
        self.sniff(id, kind).await?;
        Ok(self.disk.finish(id).await?)
    }

    /// Forgets an upload that is not whole.
    ///
    /// # Errors
    ///
    /// [`FileError::NotFound`] also for what is whole: its id may have been sent to others. Or the
    /// disk failed.
    pub async fn cancel(&self, user: &UserId, id: &FileId) -> Result<(), FileError> {
        let _turn = self.turns.take(id).await;
        let progress = self.look(user, id).await?;
        if progress.is_whole() {
            return Err(FileError::NotFound);
        }
        self.disk.forget(id).await?;
        let missing = progress.about.size - progress.offset;
        self.quota().give_back(user, missing, id.day_number());
        Ok(())
    }

    /// The file with this id; `None` if there is none, or not yet.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub async fn find(&self, id: &FileId) -> io::Result<Option<Found>> {
        let Some(about) = self.disk.whole(id).await? else {
            return Ok(None);
        };
        let head = self.disk.head(id).await?;
        let content_type = served(about.kind, &head);
        Ok(Some(Found { data: self.disk.data(id), content_type, about }))
    }

    /// Takes away the uploads that got no byte for too long; how many there were.
    ///
    /// # Errors
    ///
    /// The disk failed.
    pub async fn sweep(&self, now: UnixMillis) -> io::Result<usize> {
        let age = i64::try_from(self.settings.unfinished.as_millis()).unwrap_or(i64::MAX);
        let is_old = |touched: UnixMillis| now.get().saturating_sub(touched.get()) > age;
        let mut swept = 0;
        for id in self.disk.list_unfinished().await? {
            if !self.disk.touched(&id).await?.is_some_and(is_old) {
                continue;
            }
            let _turn = self.turns.take(&id).await;
            // It may have gone on, or come to its end, in the meantime.
            if self.disk.touched(&id).await?.is_some_and(is_old) {
                self.disk.sweep(&id).await?;
                swept += 1;
            }
        }
        Ok(swept)
    }
}

fn random() -> Result<[u8; 16], FileError> {
    let mut bytes = [0; 16];
    let failed = |error: getrandom::Error| FileError::Failed(io::Error::other(error.to_string()));
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
