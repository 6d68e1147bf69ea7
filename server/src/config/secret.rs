//! The application's secret: a text that never shows itself.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

/// Signs tokens and server API calls. It has no way into a log: `Debug` prints dots.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why there is no secret.
#[derive(Debug)]
pub struct SecretError(String);

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SecretError {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// The secret with this text: 8 to 256 characters without spaces.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |c: char| !c.is_whitespace() && !c.is_control();
        let length = text.chars().count();
        ((8..=256).contains(&length) && text.chars().all(fits)).then(|| Self(text.to_owned()))
    }

    /// Its text.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// 192 random bits, in hex.
    pub fn random() -> Result<Self, SecretError> {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes)
            .map_err(|error| SecretError(format!("no random numbers: {error}")))?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The secret in the file at `path`, which is made (mode 600) when there is none.
    pub fn kept(path: &Path) -> Result<Self, SecretError> {
        let failed = |error: io::Error| SecretError(format!("{}: {error}", path.display()));
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(text.trim())
                .ok_or_else(|| SecretError(format!("{} holds no usable secret", path.display()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secret = Self::random()?;
                write_private(path, &secret.0).map_err(failed)?;
                Ok(secret)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = writeln!(file, "{text}").and_then(|()| file.sync_all());
    // A disk that is full leaves an empty file, which would hold no secret at the next start either.
    written.inspect_err(|_| drop(std::fs::remove_file(path)))
}
