//! The signature on calls of the server API, as RongCloud's server SDKs make it:
//! lower-case hex of `SHA1(app secret + nonce + timestamp)`.
//!
//! Those SDKs make nonce and timestamp once per process and send them with every call, so neither
//! a repeated nonce nor an old timestamp is an error here.

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// The longest nonce, in bytes.
const MAX_NONCE: usize = 64;

/// Whether a call was signed with this secret. Takes the same time for every wrong signature.
///
/// The timestamp must be 10 or 13 digits (seconds or milliseconds): the parts are signed without a
/// seam, and without a fixed length digits could move from the nonce into the timestamp.
pub fn is_signed(secret: &str, nonce: &str, timestamp: &str, signature: &str) -> bool {
    let timestamp_fits =
        matches!(timestamp.len(), 10 | 13) && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let nonce_fits = !nonce.is_empty() && nonce.len() <= MAX_NONCE;
    let mut hash = Sha1::new();
    for part in [secret, nonce, timestamp] {
        hash.update(part.as_bytes());
    }
    let expected = hex(&hash.finalize());
    let equal: bool = expected.as_bytes().ct_eq(signature.as_bytes()).into();
    timestamp_fits && nonce_fits && equal
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = "864f51789f5cf2fbc6316a98c09ce3a46a6ad6e2";

    #[test]
    fn f3_the_right_signature_is_accepted_in_seconds_and_milliseconds() {
        assert!(is_signed("secret", "14314", "1408710653", SIGNED));
        assert!(is_signed(
            "secret",
            "14314",
            "1408710653491",
            "12da249941f9f75c2ccb17d0c250f3101e5109df"
        ));
    }

    #[test]
    fn f4_another_signature_is_not() {
        for wrong in [
            "",
            &SIGNED[1..],
            &format!("{SIGNED}0"),
            &SIGNED.to_uppercase(),
            "0000000000000000000000000000000000000000",
            "鸿雁",
        ] {
            assert!(!is_signed("secret", "14314", "1408710653", wrong), "{wrong}");
        }
        assert!(!is_signed("Secret", "14314", "1408710653", SIGNED));
        assert!(!is_signed("secret", "14315", "1408710653", SIGNED));
        assert!(!is_signed("secret", "14314", "1408710654", SIGNED));
    }

    #[test]
    fn f6_digits_do_not_move_from_the_nonce_to_the_timestamp() {
        assert!(!is_signed("secret", "1431", "41408710653", SIGNED));
        assert!(!is_signed("secret", "143141", "408710653", SIGNED));
    }

    #[test]
    fn f3_a_timestamp_is_digits() {
        for timestamp in ["", "now", "-408710653", "1408710653.49"] {
            let mut hash = Sha1::new();
            hash.update(format!("secretn{timestamp}"));
            let signature = hex(&hash.finalize());
            assert!(!is_signed("secret", "n", timestamp, &signature), "{timestamp}");
        }
    }

    #[test]
    fn a_nonce_has_1_to_64_bytes() {
        for (length, fits) in [(0, false), (1, true), (64, true), (65, false)] {
            let nonce = "n".repeat(length);
            let mut hash = Sha1::new();
            hash.update(format!("secret{nonce}1408710653"));
            let signature = hex(&hash.finalize());
            assert_eq!(is_signed("secret", &nonce, "1408710653", &signature), fits);
        }
    }
}
