//! Tokens: who a client is, signed, so that a login needs no database.
//!
//! `base64url(claims) "." base64url(HMAC-SHA256(first part))`. No character of it is an `@`: the
//! published clients cut a token there and take the rest for an address, and send what stands
//! before with the `@` or without it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use hongyan::time::UnixMillis;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 1024;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who it is for.
    #[serde(rename = "u")]
    pub user: String,
    /// The app key it is good for.
    #[serde(rename = "a")]
    pub app: String,
    /// When it was made, in ms: a user's older tokens can be revoked together.
    #[serde(rename = "i")]
    pub issued: i64,
    /// From when on it is good no more, in ms; 0 for never.
    #[serde(rename = "e", default)]
    pub expires: i64,
    /// The session of an account that got it; empty for none.
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    pub session: String,
}

#[derive(Serialize, Deserialize)]
struct Signed<T> {
    #[serde(rename = "k")]
    key_id: String,
    #[serde(flatten)]
    claims: T,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It is no token of ours.
    Malformed,
    /// It was signed by nobody, or by a key that is no longer known.
    WrongSignature,
    /// It is good for another app key.
    OtherApp,
    /// It was good once.
    Expired,
}

/// The keys that sign, by id. One signs; the others still verify what they once signed.
pub struct TokenKeys {
    signing: String,
    secrets: BTreeMap<String, Vec<u8>>,
}

impl TokenKeys {
    /// Signs with `secret` under the name `key_id`. Secrets are random and at least 32 bytes.
    pub fn new(key_id: impl Into<String>, secret: impl Into<Vec<u8>>) -> Self {
        let signing = key_id.into();
        let secrets = BTreeMap::from([(signing.clone(), secret.into())]);
        Self { signing, secrets }
    }

    /// Goes on accepting what an older key signed.
    #[must_use]
    pub fn accepting(mut self, key_id: impl Into<String>, secret: impl Into<Vec<u8>>) -> Self {
        self.secrets.entry(key_id.into()).or_insert_with(|| secret.into());
        self
    }

    /// A login's token that says so; `None` if the claims do not fit into one.
    pub fn issue(&self, claims: Claims) -> Option<String> {
        self.seal(claims)
    }

    /// A token that says so; `None` if the claims do not fit into one.
    pub fn seal(&self, claims: impl Serialize) -> Option<String> {
        let signed = Signed { key_id: self.signing.clone(), claims };
        let mut token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&signed).ok()?);
        let tag = self.mac(&self.signing, &token)?.finalize().into_bytes();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(tag, &mut token);
        (token.len() <= MAX_TOKEN).then_some(token)
    }

    /// What a login's token says, if it is good for `app` now. Whatever follows an `@` is ignored.
    ///
    /// # Errors
    ///
    /// The first of [`TokenError`] that applies.
    pub fn verify(&self, token: &str, app: &str, now: UnixMillis) -> Result<Claims, TokenError> {
        let claims: Claims = self.open(token)?;
        if claims.app != app {
            return Err(TokenError::OtherApp);
        }
        if claims.expires != 0 && claims.expires <= now.get() {
            return Err(TokenError::Expired);
        }
        Ok(claims)
    }

    /// What a token says, if one of these keys signed it. Whatever follows an `@` is ignored.
    ///
    /// # Errors
    ///
    /// [`TokenError::Malformed`] or [`TokenError::WrongSignature`].
    pub fn open<T: DeserializeOwned>(&self, token: &str) -> Result<T, TokenError> {
        let token = token.split_once('@').map_or(token, |(token, _)| token);
        if token.len() > MAX_TOKEN {
            return Err(TokenError::Malformed);
        }
        let (text, tag) = token.split_once('.').ok_or(TokenError::Malformed)?;
        let decode = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed);
        let (json, tag) = (decode(text)?, decode(tag)?);
        let signed: Signed<T> = serde_json::from_slice(&json).map_err(|_| TokenError::Malformed)?;
        let mac = self.mac(&signed.key_id, text).ok_or(TokenError::WrongSignature)?;
        mac.verify_slice(&tag).map_err(|_| TokenError::WrongSignature)?;
        Ok(signed.claims)
    }

    fn mac(&self, key_id: &str, text: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secrets.get(key_id)?).ok()?;
        mac.update(text.as_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_700_000_000_000);

    fn keys() -> TokenKeys {
        TokenKeys::new("k1", *b"0123456789abcdef0123456789abcdef")
    }

    fn claims() -> Claims {
        Claims {
            user: "鸿雁".into(),
            app: "app".into(),
            issued: NOW.get(),
            expires: 0,
            session: String::new(),
        }
    }

    #[test]
    fn a_token_says_what_was_claimed() {
        let token = keys().issue(claims()).unwrap();
        assert_eq!(keys().verify(&token, "app", NOW), Ok(claims()));
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)));
    }

    #[test]
    fn what_follows_an_at_sign_is_ignored() {
        let token = keys().issue(claims()).unwrap();
        for tail in ["@", "@https://im.example.com;backup.example.com", "@@"] {
            assert_eq!(keys().verify(&format!("{token}{tail}"), "app", NOW), Ok(claims()));
        }
    }

    #[test]
    fn f20_every_altered_character_is_noticed() {
        let token = keys().issue(claims()).unwrap();
        for at in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'Q' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(keys().verify(&altered, "app", NOW).is_err(), "at {at}");
        }
    }

    #[test]
    fn f20_what_is_no_token_is_malformed() {
        let token = keys().issue(claims()).unwrap();
        let (text, tag) = token.split_once('.').unwrap();
        let long = "A".repeat(MAX_TOKEN + 1);
        for bad in ["", ".", "@", text, &format!("{text}."), &format!(".{tag}"), "a.b.c", &long] {
            assert!(keys().verify(bad, "app", NOW).is_err(), "{bad}");
        }
        assert_eq!(keys().verify("e30.e30", "app", NOW), Err(TokenError::Malformed));
        assert_eq!(keys().verify("鸿.雁", "app", NOW), Err(TokenError::Malformed));
    }

    #[test]
    fn only_a_known_key_signs() {
        let token = TokenKeys::new("k1", *b"another").issue(claims()).unwrap();
        assert_eq!(keys().verify(&token, "app", NOW), Err(TokenError::WrongSignature));
        let token = TokenKeys::new("k2", *b"another").issue(claims()).unwrap();
        assert_eq!(keys().verify(&token, "app", NOW), Err(TokenError::WrongSignature));
        let both = keys().accepting("k2", *b"another");
        assert_eq!(both.verify(&token, "app", NOW), Ok(claims()));
    }

    #[test]
    fn an_older_key_does_not_take_the_place_of_the_signing_one() {
        let keys = keys().accepting("k1", *b"another");
        let forged = TokenKeys::new("k1", *b"another").issue(claims()).unwrap();
        assert_eq!(keys.verify(&forged, "app", NOW), Err(TokenError::WrongSignature));
    }

    #[test]
    fn f20_a_token_is_good_for_one_app() {
        let token = keys().issue(claims()).unwrap();
        assert_eq!(keys().verify(&token, "other", NOW), Err(TokenError::OtherApp));
    }

    #[test]
    fn f20_a_token_is_good_until_it_expires() {
        let claims = Claims { expires: NOW.get(), ..claims() };
        let token = keys().issue(claims.clone()).unwrap();
        assert_eq!(keys().verify(&token, "app", NOW.plus(-1)), Ok(claims));
        assert_eq!(keys().verify(&token, "app", NOW), Err(TokenError::Expired));
    }

    #[test]
    fn claims_that_do_not_fit_are_not_issued() {
        assert_eq!(keys().issue(Claims { user: "x".repeat(MAX_TOKEN), ..claims() }), None);
    }
}
