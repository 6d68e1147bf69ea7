//! `messageUId`: 48 bits of time, 32 random bits, as 4 × 4 base32 characters.

use hongyan::ids::MessageUid;
use hongyan::rng::Rng;
use hongyan::time::UnixMillis;

/// In ascending order, so that uids sort by time.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";

/// A name for a message of this time. The caller makes sure that it was never given before: two
/// messages of one millisecond share one with a chance of 2⁻³².
pub fn issue(time: UnixMillis, random: &mut Rng) -> MessageUid {
    let time = u128::from(time.get().unsigned_abs()) & ((1 << 48) - 1);
    let random = u128::from(random.next_u64() >> 32);
    MessageUid::from(text((time << 32) | random))
}

/// The lowest 80 bits, highest first.
fn text(bits: u128) -> String {
    let mut text = String::with_capacity(19);
    for place in (0..16).rev() {
        let digit = (bits >> (place * 5)) as usize & 31;
        text.push(char::from(*ALPHABET.get(digit).unwrap_or(&b'0')));
        if place % 4 == 0 && place != 0 {
            text.push('-');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_four_groups_of_four() {
        assert_eq!(text(0), "0000-0000-0000-0000");
        assert_eq!(text((1 << 80) - 1), "VVVV-VVVV-VVVV-VVVV");
        assert_eq!(text(33), "0000-0000-0000-0011");
    }

    #[test]
    fn uids_sort_by_time() {
        let mut random = Rng::new(1);
        let times = [1, 1_000, 1_700_000_000_000, 1_700_000_000_001, (1 << 48) - 1];
        let uids: Vec<_> =
            times.iter().map(|time| issue(UnixMillis::new(*time), &mut random)).collect();
        assert!(uids.is_sorted());
    }

    #[test]
    fn the_same_seed_gives_the_same_uids() {
        let issue_two = || {
            let mut random = Rng::new(5);
            [issue(UnixMillis::new(7), &mut random), issue(UnixMillis::new(7), &mut random)]
        };
        assert_eq!(issue_two(), issue_two());
        assert_ne!(issue_two()[0], issue_two()[1]);
    }
}
