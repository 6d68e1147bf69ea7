//! Bytes on their way to the disk.

use std::io::SeekFrom;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::content_type::{SNIFFED, fits};
use super::turns::Turn;
use super::{FileError, FileId, Files, Progress};
use crate::core::upload::{FileKind, Grant};

/// How long the next bytes of a piece may take to come.
const SILENCE: Duration = Duration::from_secs(30);

impl Files {
    /// Receives a piece that begins at `offset`. With the last byte the upload becomes a file.
    ///
    /// This must run to its end even if nobody waits for it any more: bytes may still be on their
    /// way to the disk.
    ///
    /// # Errors
    ///
    /// See [`FileError`]. Whatever had come by then is kept, but for content of the
    /// [wrong kind](FileError::WrongKind).
    pub async fn receive<E>(
        &self,
        user: &UserId,
        id: &FileId,
        offset: u64,
        piece: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Progress, FileError> {
        let mut turn = self.turns.take(id).await;
        let mut progress = self.look(user, id).await?;
        if progress.offset != offset {
            return Err(FileError::WrongOffset(progress.offset));
        }
        if progress.is_whole() {
            return Ok(progress);
        }
        let mut file = self.disk.open(id).await?;
        file.seek(SeekFrom::Start(offset)).await?;
        let written = self.write(&mut turn, id, &mut progress, &mut file, piece).await;
        // Also after a failure: nothing may be on its way to the disk when the turn ends.
        let flushed = file.flush().await;
        written?;
        flushed?;
        if progress.is_whole() {
            self.finish(id, progress.about.kind).await?;
        }
        Ok(progress)
    }

    /// Receives a file whose size shows at its end; `most` bytes at most.
    ///
    /// This must run to its end even if nobody waits for it any more.
    ///
    /// # Errors
    ///
    /// As with [`begin`](Self::begin) and [`receive`](Self::receive). Nothing is kept then.
    pub async fn receive_whole<E>(
        &self,
        grant: &Grant,
        name: &str,
        most: u64,
        now: UnixMillis,
        piece: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<(FileId, Progress), FileError> {
        // What is longer by the form around it alone is found out at its end.
        let most = most.min(self.limit(grant.kind));
        let id = self.begin(grant, most, name, now).await?;
        let received = self.fill(&grant.user, &id, piece).await;
        let size = received.as_ref().map_or(0, |progress| progress.offset);
        self.quota().give_back(&grant.user, most - size, id.day_number());
        match received {
            Ok(progress) => Ok((id, progress)),
            Err(error) => {
                // It may be gone already; what is left is swept some day.
                drop(self.disk.forget(&id).await);
                Err(error)
            }
        }
    }

    /// Receives all of an upload that was begun with more bytes than there may be.
    async fn fill<E>(
        &self,
        user: &UserId,
        id: &FileId,
        piece: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Progress, FileError> {
        let mut turn = self.turns.take(id).await;
        let mut progress = self.look(user, id).await?;
        let mut file = self.disk.open(id).await?;
        let written = self.write(&mut turn, id, &mut progress, &mut file, piece).await;
        let flushed = file.flush().await;
        match written {
            Err(FileError::TooMuch) => return Err(FileError::TooLarge(progress.about.size)),
            written => written?,
        }
        flushed?;
        if progress.offset == 0 {
            return Err(FileError::Empty);
        }
        progress.about.size = progress.offset;
        self.disk.restate(id, &progress.about).await?;
        self.finish(id, progress.about.kind).await?;
        Ok(progress)
    }

    async fn write<E>(
        &self,
        turn: &mut Turn<'_>,
        id: &FileId,
        progress: &mut Progress,
        file: &mut File,
        mut piece: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<(), FileError> {
        // As early as the kind can be known; once more at the end.
        let mut sniffed = progress.offset >= SNIFFED as u64;
        loop {
            let next = tokio::select! {
                next = tokio::time::timeout(SILENCE, piece.next()) => next,
                () = turn.wanted() => return Err(FileError::Overtaken),
            };
            let bytes = match next {
                Ok(Some(Ok(bytes))) => bytes,
                Ok(None) => return Ok(()),
                Ok(Some(Err(_))) | Err(_) => return Err(FileError::BrokeOff),
            };
            let offset = progress.offset + bytes.len() as u64;
            if offset > progress.about.size {
                return Err(FileError::TooMuch);
            }
            file.write_all(&bytes).await?;
            progress.offset = offset;
            if !sniffed && offset >= SNIFFED as u64 {
                file.flush().await?;
                self.sniff(id, progress.about.kind).await?;
                sniffed = true;
            }
        }
    }

    /// Forgets an upload whose content is not of its kind.
    pub(super) async fn sniff(&self, id: &FileId, kind: FileKind) -> Result<(), FileError> {
        if fits(kind, &self.disk.unfinished_head(id).await?) {
            return Ok(());
        }
        self.disk.forget(id).await?;
        Err(FileError::WrongKind(kind))
    }
}
