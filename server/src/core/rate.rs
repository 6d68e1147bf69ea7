//! How fast a user may send: token buckets. Messages that are kept have one, volatile messages
//! another, so that typing never costs a message its place.

use std::collections::BTreeMap;

use hongyan::ids::UserId;
use hongyan::time::Tick;

/// How fast one user may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendRate {
    /// Messages a second in the long run; 0 for no limit.
    pub per_second: u32,
    /// Messages at once after a rest; at least 1.
    pub burst: u32,
}

impl Default for SendRate {
    fn default() -> Self {
        Self { per_second: 5, burst: 10 }
    }
}

/// What one user may still send, in thousandths of a message: a bucket gains `per_second`
/// thousandths a millisecond.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: u64,
    at: Tick,
}

const MESSAGE: u64 = 1000;

impl SendRate {
    const fn full(self) -> u64 {
        let burst = if self.burst == 0 { 1 } else { self.burst };
        burst as u64 * MESSAGE
    }

    fn refilled(self, bucket: Bucket, now: Tick) -> Bucket {
        let gained = now.since(bucket.at).saturating_mul(u64::from(self.per_second));
        Bucket { left: bucket.left.saturating_add(gained).min(self.full()), at: now.max(bucket.at) }
    }
}

/// Whether a message is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageClass {
    /// It is stored.
    Stored,
    /// It passes by: typing, receipts.
    Volatile,
}

/// The buckets of all that took from one of late. They outlive a login: logging in again fills none.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: SendRate,
    buckets: BTreeMap<K, Bucket>,
    /// Full buckets are thrown out when there are so many.
    sweep_at: usize,
}

/// A bucket for each user and class of messages.
pub type SendBuckets = Buckets<(UserId, MessageClass)>;

const FIRST_SWEEP: usize = 1024;

impl SendBuckets {
    /// Takes one message out of the user's bucket; false when it is empty.
    pub fn take(&mut self, user: &UserId, class: MessageClass, now: Tick) -> bool {
        self.take_from((user.detached(), class), now)
    }
}

impl<K: Ord> Buckets<K> {
    /// Nobody has taken anything yet.
    pub fn new(rate: SendRate) -> Self {
        Self { rate, buckets: BTreeMap::new(), sweep_at: FIRST_SWEEP }
    }

    /// Takes one out of this bucket; false when it is empty.
    pub fn take_from(&mut self, key: K, now: Tick) -> bool {
        if self.rate.per_second == 0 {
            return true;
        }
        self.sweep(now);
        let full = Bucket { left: self.rate.full(), at: now };
        let bucket = self.buckets.entry(key).or_insert(full);
        *bucket = self.rate.refilled(*bucket, now);
        match bucket.left.checked_sub(MESSAGE) {
            Some(left) => bucket.left = left,
            None => return false,
        }
        true
    }

    /// A full bucket says no more than none. Each sweep waits for twice what the last one left, so
    /// sweeping costs each send little.
    fn sweep(&mut self, now: Tick) {
        if self.buckets.len() < self.sweep_at {
            return;
        }
        let rate = self.rate;
        self.buckets.retain(|_, bucket| rate.refilled(*bucket, now).left < rate.full());
        self.sweep_at = FIRST_SWEEP.max(self.buckets.len() * 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets() -> SendBuckets {
        SendBuckets::new(SendRate::default())
    }

    fn taken(buckets: &mut SendBuckets, class: MessageClass, ms: u64, tries: usize) -> usize {
        let now = Tick::from_millis(ms);
        (0..tries).filter(|_| buckets.take(&"a".into(), class, now)).count()
    }

    #[test]
    fn ten_at_once_then_five_a_second() {
        let mut buckets = buckets();
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 0, 20), 10);
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 199, 5), 0);
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 200, 5), 1);
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 1_200, 9), 5);
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 100_000, 20), 10);
    }

    #[test]
    fn volatile_messages_have_a_bucket_of_their_own() {
        let mut buckets = buckets();
        assert_eq!(taken(&mut buckets, MessageClass::Volatile, 0, 20), 10);
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 0, 20), 10);
    }

    #[test]
    fn users_do_not_share_a_bucket() {
        let mut buckets = buckets();
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 0, 20), 10);
        assert!(buckets.take(&"b".into(), MessageClass::Stored, Tick::from_millis(0)));
    }

    #[test]
    fn a_clock_that_goes_back_fills_nothing() {
        let mut buckets = buckets();
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 10_000, 20), 10);
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 0, 20), 0);
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 10_000, 20), 0);
    }

    #[test]
    fn rate_0_is_no_limit() {
        let mut buckets = SendBuckets::new(SendRate { per_second: 0, burst: 0 });
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 0, 1000), 1000);
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let mut buckets = buckets();
        for second in 0..10 * FIRST_SWEEP as u64 {
            let user = UserId::from(second.to_string());
            buckets.take(&user, MessageClass::Stored, Tick::from_millis(second * 1_000));
        }
        assert!(buckets.buckets.len() <= FIRST_SWEEP);
    }

    #[test]
    fn buckets_in_use_are_kept() {
        let mut buckets = buckets();
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 0, 20), 10);
        for n in 0..3 * FIRST_SWEEP {
            buckets.take(&n.to_string().into(), MessageClass::Stored, Tick::default());
        }
        assert_eq!(taken(&mut buckets, MessageClass::Stored, 0, 20), 0);
    }
}
