//! Settings of uploads. Sizes are in bytes.

use std::path::PathBuf;
use std::time::Duration;

use super::settings::{BadSetting, Given};
use super::{DAY, parse_duration, parse_path};
use crate::core::upload::FileKind;

/// The most that any setting of a size may be: 1 TiB.
const MOST: u64 = 1 << 40;
const MIB: u64 = 1 << 20;

/// What may be uploaded, and where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploads {
    /// Where files are kept, if not beside the database.
    pub directory: Option<PathBuf>,
    /// The largest file of any kind; 0 switches uploads off.
    pub max_bytes: u64,
    /// The largest image.
    pub image_bytes: u64,
    /// The largest voice message.
    pub audio_bytes: u64,
    /// What one user may upload in a day (UTC); 0 for no limit.
    pub day_bytes: u64,
    /// How long a half-finished upload is kept after its last byte.
    pub unfinished: Duration,
}

impl Uploads {
    pub(super) fn from_given(given: &Given) -> Result<Self, BadSetting> {
        let bytes = |key: &str, default: u64| {
            let read = given.read(key, |text| text.parse().ok().filter(|bytes| *bytes <= MOST));
            read.map(|bytes| bytes.unwrap_or(default))
        };
        Ok(Self {
            directory: given.read("upload_directory", parse_path)?,
            max_bytes: bytes("upload_max_bytes", 100 * MIB)?,
            image_bytes: bytes("upload_image_bytes", 20 * MIB)?,
            audio_bytes: bytes("upload_audio_bytes", 20 * MIB)?,
            day_bytes: bytes("upload_day_bytes", 1024 * MIB)?,
            unfinished: given.read("upload_unfinished", parse_duration)?.unwrap_or(DAY),
        })
    }

    /// The largest file of this kind.
    pub fn limit(&self, kind: FileKind) -> u64 {
        match kind {
            FileKind::Image => self.image_bytes.min(self.max_bytes),
            FileKind::Audio => self.audio_bytes.min(self.max_bytes),
            FileKind::Video | FileKind::File => self.max_bytes,
        }
    }
}
