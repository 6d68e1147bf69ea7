//! Our own signature on calls of the server API: over everything that a call says, and good once.
//!
//! Lower-case hex of `HMAC-SHA256(app secret, method \n path \n hex(SHA-256(body)) \n timestamp \n
//! nonce)`. The path is the request's target, with what stands behind a `?`. A nonce has 1 to 64
//! characters of `A-Z a-z 0-9 _ -`, the timestamp is in ms: neither can hold the line break that
//! parts them.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use hongyan::time::UnixMillis;
use sha2::{Digest, Sha256};

/// How far a timestamp may be from the server's clock, in ms.
pub const WINDOW: i64 = 5 * 60 * 1000;
/// The longest nonce.
const MAX_NONCE: usize = 64;
/// So many calls within the window are remembered; more are refused.
const MAX_REMEMBERED: usize = 100_000;

/// What a signature covers.
#[derive(Clone, Copy, Debug)]
pub struct SignedCall<'a> {
    /// `POST`.
    pub method: &'a str,
    /// `/user/block.json`.
    pub path: &'a str,
    /// As it came.
    pub body: &'a [u8],
    /// In ms since 1970.
    pub timestamp: &'a str,
    /// Never the same twice within the window.
    pub nonce: &'a str,
}

impl SignedCall<'_> {
    /// Its timestamp, if both parts that could run into others are well formed.
    pub fn time(&self) -> Option<UnixMillis> {
        let digits =
            self.timestamp.len() == 13 && self.timestamp.bytes().all(|b| b.is_ascii_digit());
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let nonce = (1..=MAX_NONCE).contains(&self.nonce.len()) && self.nonce.bytes().all(plain);
        let time = self.timestamp.parse().ok().filter(|_| digits && nonce);
        time.map(UnixMillis::new)
    }

    fn mac(&self, secret: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
        let body: [u8; 32] = Sha256::digest(self.body).into();
        let body = body.map(|byte| format!("{byte:02x}")).concat();
        let parts = [self.method, self.path, &body, self.timestamp, self.nonce];
        mac.update(parts.join("\n").as_bytes());
        Some(mac)
    }

    /// The signature.
    pub fn sign(&self, secret: &str) -> String {
        let tag = self.mac(secret).map(|mac| mac.finalize().into_bytes().to_vec());
        tag.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether it was signed with this secret. Takes the same time for every wrong signature.
    pub fn is_signed(&self, secret: &str, signature: &str) -> bool {
        let expected = self.sign(secret);
        let equal = subtle::ConstantTimeEq::ct_eq(expected.as_bytes(), signature.as_bytes());
        expected.len() == 64 && bool::from(equal)
    }
}

/// Remembers which calls were made, so that none is made again.
#[derive(Debug)]
pub struct Replays {
    /// What was signed before this began to remember might have been used already.
    since: UnixMillis,
    /// By time, to be forgotten in order.
    by_time: BTreeSet<(UnixMillis, String)>,
    nonces: BTreeSet<String>,
}

impl Replays {
    /// Remembers from now on.
    pub const fn new(since: UnixMillis) -> Self {
        Self { since, by_time: BTreeSet::new(), nonces: BTreeSet::new() }
    }

    /// Whether a call of this time is not stale and its nonce is new; from now on it is not.
    pub fn take(&mut self, time: UnixMillis, nonce: &str, now: UnixMillis) -> bool {
        let oldest = now.plus(-WINDOW);
        while let Some((first, _)) = self.by_time.first()
            && *first < oldest
            && let Some((_, forgotten)) = self.by_time.pop_first()
        {
            self.nonces.remove(&forgotten);
        }
        let fits = oldest.max(self.since) <= time && time <= now.plus(WINDOW);
        let room = self.nonces.len() < MAX_REMEMBERED;
        let taken = fits && room && self.nonces.insert(nonce.to_owned());
        taken && self.by_time.insert((time, nonce.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_700_000_000_000);

    const CALL: SignedCall<'static> = SignedCall {
        method: "POST",
        path: "/user/block.json",
        body: b"userId=a&minute=1",
        timestamp: "1700000000000",
        nonce: "n-1",
    };

    #[test]
    fn the_signature_is_hmac_sha256_over_five_lines() {
        // printf 'POST\n/user/block.json\n%s\n1700000000000\nn-1' "$(printf 'userId=a&minute=1' |
        // sha256sum | cut -c1-64)" | openssl dgst -sha256 -hmac secret
        let expected = "7cdd121f77f97852a4fa552e2dd3a48919decb50dbc628ff9a9b4444ffc745e7";
        assert_eq!(CALL.sign("secret"), expected);
        assert!(CALL.is_signed("secret", expected));
    }

    #[test]
    fn f4_whatever_is_changed_makes_it_wrong() {
        let signature = CALL.sign("secret");
        for changed in [
            SignedCall { method: "GET", ..CALL },
            SignedCall { path: "/user/unblock.json", ..CALL },
            SignedCall { path: "/user/block.json?x", ..CALL },
            SignedCall { body: b"userId=b&minute=1", ..CALL },
            SignedCall { timestamp: "1700000000001", ..CALL },
            SignedCall { nonce: "n-2", ..CALL },
        ] {
            assert!(!changed.is_signed("secret", &signature), "{changed:?}");
        }
        assert!(!CALL.is_signed("Secret", &signature));
        for wrong in ["", &signature.to_uppercase(), &signature[1..], &format!("{signature}0")] {
            assert!(!CALL.is_signed("secret", wrong), "{wrong}");
        }
    }

    #[test]
    fn f6_no_part_can_run_into_another() {
        assert_eq!(CALL.time(), Some(NOW));
        let long = "n".repeat(65);
        for nonce in ["", "a b", "a\nb", "é", &long] {
            assert_eq!(SignedCall { nonce, ..CALL }.time(), None, "{nonce}");
        }
        for timestamp in ["", "1700000000", "170000000000x", "-170000000000", "17000000000000"] {
            assert_eq!(SignedCall { timestamp, ..CALL }.time(), None, "{timestamp}");
        }
    }

    #[test]
    fn f2_a_nonce_is_good_once() {
        let mut replays = Replays::new(NOW.plus(-10 * WINDOW));
        assert!(replays.take(NOW, "a", NOW));
        assert!(!replays.take(NOW, "a", NOW));
        assert!(!replays.take(NOW.plus(1), "a", NOW.plus(1)));
        assert!(!replays.take(NOW, "a", NOW.plus(WINDOW)));
        assert!(replays.take(NOW, "b", NOW));
    }

    #[test]
    fn f3_a_call_is_good_within_five_minutes() {
        let mut replays = Replays::new(NOW.plus(-10 * WINDOW));
        for (offset, fits) in
            [(-WINDOW - 1, false), (-WINDOW, true), (WINDOW, true), (WINDOW + 1, false)]
        {
            assert_eq!(replays.take(NOW.plus(offset), &format!("{offset}"), NOW), fits, "{offset}");
        }
    }

    #[test]
    fn f2_what_was_signed_before_the_server_began_is_refused() {
        let mut replays = Replays::new(NOW);
        assert!(!replays.take(NOW.plus(-1), "a", NOW));
        assert!(replays.take(NOW, "b", NOW));
    }

    #[test]
    fn what_is_stale_is_forgotten_and_there_is_no_room_for_too_much() {
        let mut replays = Replays::new(NOW);
        for n in 0..MAX_REMEMBERED {
            assert!(replays.take(NOW, &n.to_string(), NOW));
        }
        assert!(!replays.take(NOW, "one more", NOW));
        let later = NOW.plus(WINDOW + 1);
        assert!(replays.take(later, "one more", later));
        assert_eq!((replays.by_time.len(), replays.nonces.len()), (1, 1));
    }
}
