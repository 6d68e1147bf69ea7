//! Where uploaded files lie.
//!
//! ```text
//!   ROOT/unfinished/ID/about.json   what was said at the beginning; never changes
//!   ROOT/unfinished/ID/data         what has come so far: its length is the offset
//!   ROOT/finished/DAY/ID/…          the same directory, renamed in one step once it is whole
//! ```
//!
//! All paths are made of ids; a user's words stand in `about.json` alone.

use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use serde::{Deserialize, Serialize};
use tokio::fs;
use tokio::io::AsyncReadExt;

use super::content_type::SNIFFED;
use super::id::FileId;
use crate::core::upload::FileKind;

const ABOUT: &str = "about.json";
const DATA: &str = "data";

/// What was said when an upload began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Who uploads.
    pub user: String,
    /// As what.
    pub kind: FileKind,
    /// How many bytes there will be.
    pub size: u64,
    /// What people call it.
    pub name: String,
}

/// The directory of uploaded files. It is made by the first upload.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    /// Whether it goes with the server.
    passing: bool,
}

impl Disk {
    /// Files are kept in this directory.
    pub const fn kept(root: PathBuf) -> Self {
        Self { root, passing: false }
    }

    /// Files are in this directory until the server ends.
    pub const fn passing(root: PathBuf) -> Self {
        Self { root, passing: true }
    }

    fn unfinished(&self, id: &FileId) -> PathBuf {
        self.root.join("unfinished").join(id.as_str())
    }

    fn finished(&self, id: &FileId) -> PathBuf {
        self.root.join("finished").join(id.day()).join(id.as_str())
    }

    /// Begins an upload of no bytes yet.
    pub async fn begin(&self, id: &FileId, about: &About) -> io::Result<()> {
        let folder = self.unfinished(id);
        make_private(&folder).await?;
        fs::write(folder.join(ABOUT), serde_json::to_vec(about)?).await?;
        // Last: without it there is no upload.
        fs::write(folder.join(DATA), []).await
    }

    /// Corrects what was said of an unfinished upload.
    pub async fn restate(&self, id: &FileId, about: &About) -> io::Result<()> {
        fs::write(self.unfinished(id).join(ABOUT), serde_json::to_vec(about)?).await
    }

    /// An upload that is not whole yet, and how many bytes there are.
    pub async fn progress(&self, id: &FileId) -> io::Result<Option<(About, u64)>> {
        found(read(&self.unfinished(id)).await)
    }

    /// A file that is whole.
    pub async fn whole(&self, id: &FileId) -> io::Result<Option<About>> {
        Ok(found(read(&self.finished(id)).await)?.map(|(about, _)| about))
    }

    /// Opens an unfinished upload's data for writing.
    pub async fn open(&self, id: &FileId) -> io::Result<fs::File> {
        fs::OpenOptions::new().write(true).open(self.unfinished(id).join(DATA)).await
    }

    /// The first bytes of what has come so far.
    pub async fn unfinished_head(&self, id: &FileId) -> io::Result<Vec<u8>> {
        head(&self.unfinished(id).join(DATA)).await
    }

    /// The first bytes of a whole file.
    pub async fn head(&self, id: &FileId) -> io::Result<Vec<u8>> {
        head(&self.data(id)).await
    }

    /// Where a whole file's bytes are.
    pub fn data(&self, id: &FileId) -> PathBuf {
        self.finished(id).join(DATA)
    }

    /// Makes a file of an upload whose bytes are all there. Afterwards it survives a power cut.
    pub async fn finish(&self, id: &FileId) -> io::Result<()> {
        let (from, to) = (self.unfinished(id), self.finished(id));
        for name in [DATA, ABOUT] {
            fs::File::open(from.join(name)).await?.sync_all().await?;
        }
        if let Some(day) = to.parent() {
            make_private(day).await?;
            fs::rename(&from, &to).await?;
            fs::File::open(day).await?.sync_all().await?;
        }
        Ok(())
    }

    /// Forgets an unfinished upload.
    pub async fn forget(&self, id: &FileId) -> io::Result<()> {
        let folder = self.unfinished(id);
        // First, so that half of it is no upload.
        fs::remove_file(folder.join(DATA)).await?;
        fs::remove_dir_all(folder).await
    }

    /// The unfinished uploads.
    pub async fn list_unfinished(&self) -> io::Result<Vec<FileId>> {
        let folders = folders(&self.root.join("unfinished")).await?;
        Ok(folders.iter().filter_map(|folder| id_of(folder)).collect())
    }

    /// When an unfinished upload got its last byte; `None` if it is gone.
    pub async fn touched(&self, id: &FileId) -> io::Result<Option<UnixMillis>> {
        let folder = self.unfinished(id);
        // A beginning or forgetting that broke off half way left no data.
        let about = match found(fs::metadata(folder.join(DATA)).await)? {
            Some(about) => Some(about),
            None => found(fs::metadata(&folder).await)?,
        };
        let Some(about) = about else { return Ok(None) };
        let since_1970 = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Some(UnixMillis::new(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))))
    }

    /// Takes away an unfinished upload, whatever is left of it.
    pub async fn sweep(&self, id: &FileId) -> io::Result<()> {
        fs::remove_dir_all(self.unfinished(id)).await
    }

    /// Who began an upload of how many bytes on this day.
    pub async fn begun_on(&self, day: u32) -> io::Result<Vec<(UserId, u64)>> {
        let day = day.to_string();
        let mut all = folders(&self.root.join("finished").join(&day)).await?;
        all.extend(folders(&self.root.join("unfinished")).await?);
        let mut begun = Vec::new();
        for folder in all {
            if id_of(&folder).is_some_and(|id| id.day() == day)
                && let Some((about, _)) = found(read(&folder).await)?
            {
                begun.push((UserId::from(about.user), about.size));
            }
        }
        Ok(begun)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.passing {
            // What is left is the system's to clean up: it lies where temporary files do.
            drop(std::fs::remove_dir_all(&self.root));
        }
    }
}

/// Makes a directory and those above it, for nobody else to look into.
async fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(path).await
}

async fn read(folder: &Path) -> io::Result<(About, u64)> {
    let offset = fs::metadata(folder.join(DATA)).await?.len();
    let about = serde_json::from_slice(&fs::read(folder.join(ABOUT)).await?)?;
    Ok((about, offset))
}

fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(SNIFFED);
    let file = fs::File::open(path).await?;
    file.take(SNIFFED as u64).read_to_end(&mut head).await?;
    Ok(head)
}

async fn folders(path: &Path) -> io::Result<Vec<PathBuf>> {
    let Some(mut entries) = found(fs::read_dir(path).await)? else {
        return Ok(Vec::new());
    };
    let mut folders = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        folders.push(entry.path());
    }
    Ok(folders)
}

fn id_of(folder: &Path) -> Option<FileId> {
    folder.file_name().and_then(|name| name.to_str()).and_then(FileId::parse)
}
