//! Keys for the media of a call: what `qryVoipK` and `rtcToken` answer, for clients that have a media
//! service of their own to show them to.
//!
//! The form is that of Agora's AccessToken, version 006: `006`, the app id, and in base64 a
//! signature (HMAC-SHA256 by the app certificate over app id, channel, user and message), CRC-32 of
//! channel and user, and the message: a salt, the second from which on the key is no good, and the
//! privileges with the same time. Numbers are little-endian, texts carry their length in two bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hongyan::time::UnixMillis;
use sha2::Sha256;

/// How long a key is good, in ms.
pub const KEY_TIME: i64 = 24 * 60 * 60 * 1000;
const VERSION: &str = "006";
/// Join the channel, publish sound, pictures and data.
const PRIVILEGES: [u16; 4] = [1, 2, 3, 4];

/// Makes keys.
#[derive(Clone, PartialEq, Eq)]
pub struct CallKeys {
    app_id: String,
    certificate: String,
}

impl std::fmt::Debug for CallKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CallKeys({}, …)", self.app_id)
    }
}

fn hmac(key: &str, parts: &[&[u8]]) -> Vec<u8> {
    // A key of any length is a key.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return Vec::new() };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// CRC-32 as zip and PNG have it.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// Texts are far shorter than a length can say.
fn push_text(out: &mut Vec<u8>, text: &[u8]) {
    out.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend(text);
}

impl CallKeys {
    /// Keys for this app of the media service.
    pub const fn new(app_id: String, certificate: String) -> Self {
        Self { app_id, certificate }
    }

    /// A key for `user` in `channel`, good from now on for [`KEY_TIME`].
    pub fn key(&self, channel: &str, user: &str, now: UnixMillis) -> String {
        let until = now.plus(KEY_TIME).get() / 1000;
        let until = u32::try_from(until).unwrap_or(u32::MAX);
        // Two keys need not differ; the salt only keeps them from being alike.
        let seed = now.get().to_le_bytes();
        let salt = hmac(&self.certificate, &[&seed, channel.as_bytes(), user.as_bytes()]);
        self.signed(
            channel,
            user,
            salt.first_chunk().map_or(1, |salt| u32::from_le_bytes(*salt)),
            until,
        )
    }

    fn signed(&self, channel: &str, user: &str, salt: u32, until: u32) -> String {
        let mut message = Vec::new();
        message.extend(salt.to_le_bytes());
        message.extend(until.to_le_bytes());
        message.extend((PRIVILEGES.len() as u16).to_le_bytes());
        for privilege in PRIVILEGES {
            message.extend(privilege.to_le_bytes());
            message.extend(until.to_le_bytes());
        }
        let signed = [self.app_id.as_bytes(), channel.as_bytes(), user.as_bytes(), &message];
        let mut content = Vec::new();
        push_text(&mut content, &hmac(&self.certificate, &signed));
        content.extend(crc32(channel.as_bytes()).to_le_bytes());
        content.extend(crc32(user.as_bytes()).to_le_bytes());
        push_text(&mut content, &message);
        format!("{VERSION}{}{}", self.app_id, STANDARD.encode(content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> CallKeys {
        CallKeys::new(
            "970CA35de60c44645bbae8a215061b33".into(),
            "5CFd2fd1755d40ecb72977518be15d3b".into(),
        )
    }

    #[test]
    fn a_crc_is_that_of_everybody() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_key_holds_what_it_says_and_is_signed() {
        let key = keys().signed("call", "ada", 1, 1_446_455_471);
        let rest = key.strip_prefix("006970CA35de60c44645bbae8a215061b33").unwrap();
        let content = STANDARD.decode(rest).unwrap();
        let (signature, tail) = content[2..].split_at(32);
        assert_eq!(&content[..2], [32, 0]);
        let (crcs, message) = tail.split_at(8);
        assert_eq!(crcs[..4], crc32(b"call").to_le_bytes());
        assert_eq!(crcs[4..], crc32(b"ada").to_le_bytes());
        let message = &message[2..];
        assert_eq!((message[..4].to_vec(), message.len()), (vec![1, 0, 0, 0], 10 + 4 * 6));
        assert_eq!(message[4..8], 1_446_455_471_u32.to_le_bytes());
        let app = b"970CA35de60c44645bbae8a215061b33";
        let expected = hmac("5CFd2fd1755d40ecb72977518be15d3b", &[app, b"call", b"ada", message]);
        assert_eq!(signature, expected);
    }

    #[test]
    fn keys_differ_by_who_where_and_when() {
        let now = UnixMillis::new(1_700_000_000_000);
        let key = keys().key("call", "ada", now);
        assert_ne!(key, keys().key("call", "bob", now));
        assert_ne!(key, keys().key("other", "ada", now));
        assert_ne!(key, keys().key("call", "ada", now.plus(1000)));
        assert_eq!(key, keys().key("call", "ada", now));
        assert!(!format!("{:?}", keys()).contains("5CFd"));
    }
}
