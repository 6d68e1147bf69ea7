//! What a file is called on the disk and in its address.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hongyan::time::UnixMillis;

const DAY: i64 = 24 * 60 * 60 * 1000;
/// 128 bits in base64.
const RANDOM_LENGTH: usize = 22;

/// `DAY-RANDOM`: the day (since 1970, UTC) on which the upload began, and 128 random bits. Whoever
/// knows it may read the file. It is safe as the name of a directory by its very form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(String);

impl FileId {
    /// An id of this day. The bits must be random: they are all that protects the file.
    pub fn new(day: u32, random: [u8; 16]) -> Self {
        Self(format!("{day}-{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// The id with this text, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, random) = text.split_once('-')?;
        let day_fits =
            (1..=6).contains(&day.len()) && day.bytes().all(|byte| byte.is_ascii_digit());
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let random_fits = random.len() == RANDOM_LENGTH && random.bytes().all(fits);
        (day_fits && random_fits).then(|| Self(text.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day as text: files of one day lie in one directory.
    pub fn day(&self) -> &str {
        self.0.split_once('-').map_or("", |(day, _)| day)
    }

    /// The day in days since 1970.
    pub fn day_number(&self) -> u32 {
        self.day().parse().unwrap_or(0)
    }
}

/// The day of a time, in days since 1970 (UTC).
pub fn day_of(time: UnixMillis) -> u32 {
    u32::try_from(time.get() / DAY).unwrap_or(0).min(999_999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_itself() {
        let id = FileId::new(20_000, [0xFF; 16]);
        assert_eq!(FileId::parse(id.as_str()), Some(id.clone()));
        assert_eq!((id.day(), id.as_str().len()), ("20000", 28));
    }

    #[test]
    fn what_could_lead_elsewhere_is_no_id() {
        let good = FileId::new(1, [7; 16]);
        let good = good.as_str();
        for bad in [
            "",
            "-",
            "..",
            "1",
            &good[1..],
            &good[..good.len() - 1],
            &format!("{good}x"),
            &good.replace('1', "x"),
            "1-../../../../../../../etc",
            "1-......................",
            "1-//////////////////////",
            "1-%2e%2e%2f%2e%2e%2f%2e%",
            "1-\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "١-AAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(FileId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_is_a_day_of_utc() {
        assert_eq!(day_of(UnixMillis::new(DAY - 1)), 0);
        assert_eq!(day_of(UnixMillis::new(DAY)), 1);
        assert_eq!(day_of(UnixMillis::new(-5)), 0);
    }
}
