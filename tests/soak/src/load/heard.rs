//! What members heard, and when: each message once, those of one sender in order.

use std::time::Duration;

/// Where a content says who speaks, which of its messages it is, and when it was due.
const MARK: &[u8] = b"hyload:";
const SENDER: usize = 4;
const NUMBER: usize = 8;
const TIME: usize = 16;
/// The width of a bucket, in µs, and how many there are: 60 s.
const BUCKET: u64 = 100;
const BUCKETS: usize = 600_000;

/// A message, as far as it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) sender: u16,
    /// From 1.
    pub(super) number: u32,
    /// When it was due, since the beginning.
    pub(super) due: Duration,
}

impl Said {
    /// A content of this length in bytes.
    pub(super) fn content(self, length: usize) -> String {
        let Self { sender, number, due } = self;
        let nanos = u64::try_from(due.as_nanos()).unwrap_or(u64::MAX);
        let marked = format!("{{\"content\":\"hyload:{sender:04x}{number:08x}{nanos:016x}");
        let filled = length.saturating_sub(2);
        format!("{marked:x<filled$}\"}}")
    }

    /// The mark in a frame, looked for at `hint` first; where it was is the next hint.
    pub(super) fn find(frame: &[u8], hint: &mut usize) -> Option<Self> {
        if frame.get(*hint..)?.strip_prefix(MARK).is_none() {
            *hint = frame.windows(MARK.len()).position(|window| window == MARK)?;
        }
        let text = frame.get(*hint + MARK.len()..)?;
        let hex = |from: usize, length: usize| {
            let digits = std::str::from_utf8(text.get(from..from + length)?).ok()?;
            u64::from_str_radix(digits, 16).ok()
        };
        Some(Self {
            sender: u16::try_from(hex(0, SENDER)?).ok()?,
            number: u32::try_from(hex(SENDER, NUMBER)?).ok()?,
            due: Duration::from_nanos(hex(SENDER + NUMBER, TIME)?),
        })
    }
}

/// How long something took, each time.
#[derive(Clone, Debug)]
pub struct Times {
    buckets: Vec<u32>,
    /// How often it happened.
    pub count: u64,
    /// The longest time.
    pub longest: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { buckets: vec![0; BUCKETS], count: 0, longest: Duration::ZERO }
    }
}

impl Times {
    pub(super) fn take(&mut self, took: Duration) {
        self.count += 1;
        self.longest = self.longest.max(took);
        let bucket = usize::try_from(took.as_micros() as u64 / BUCKET).unwrap_or(BUCKETS);
        self.buckets[bucket.min(BUCKETS - 1)] += 1;
    }

    /// So long took all but the slowest `1 - share` of them.
    pub fn quantile(&self, share: f64) -> Duration {
        let rank = (self.count as f64 * share).ceil() as u64;
        let mut seen = 0;
        let bucket = self.buckets.iter().position(|count| {
            seen += u64::from(*count);
            seen >= rank
        });
        Duration::from_micros((bucket.unwrap_or(0) as u64 + 1) * BUCKET)
    }
}

/// What members were given.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// How soon, each message to each member.
    pub times: Times,
    /// Messages that were left out before a later one of their sender.
    pub skipped: u64,
    /// Messages that came after a later one of their sender, or once more.
    pub late: u64,
}

impl Heard {
    /// A member whose last message of that sender was `last` was given one.
    pub(super) fn take(&mut self, said: Said, last: &mut u32, now: Duration) {
        if said.number <= *last {
            self.late += 1;
            return;
        }
        self.skipped += u64::from(said.number - *last - 1);
        *last = said.number;
        self.times.take(now.saturating_sub(said.due));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_found_again_wherever_it_stands() {
        let said = Said { sender: 3, number: 70_000, due: Duration::from_nanos(5_000_000_001) };
        let content = said.content(120);
        assert_eq!(content.len(), 120);
        let mut hint = 0;
        for head in ["", "head", "a longer head"] {
            let frame = format!("{head}{content}tail");
            assert_eq!(Said::find(frame.as_bytes(), &mut hint), Some(said));
            assert_eq!(hint, head.len() + "{\"content\":\"".len());
        }
        assert_eq!(Said::find(b"nothing of this kind", &mut hint), None);
        assert_eq!(Said::find(&content.as_bytes()[..30], &mut hint), None);
    }

    #[test]
    fn what_is_left_out_comes_twice_or_late_is_counted() {
        let mut heard = Heard::default();
        let mut last = 0;
        for (number, ms) in [(1, 10), (2, 20), (4, 30), (3, 30), (4, 30)] {
            let said = Said { sender: 0, number, due: Duration::ZERO };
            heard.take(said, &mut last, Duration::from_millis(ms));
        }
        assert_eq!((heard.times.count, heard.skipped, heard.late), (3, 1, 2));
        let times = heard.times;
        assert_eq!(times.quantile(0.5), Duration::from_micros(20_100));
        assert_eq!((times.quantile(1.0).as_millis(), times.longest.as_millis()), (30, 30));
    }
}
