//! Who may come in: app keys, tokens, signatures.

use std::sync::Arc;

use bytestring::ByteString;
use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::{Config, Secret};
use crate::core::api_signature::SignedCall;
use crate::core::ask::TokenOf;
use crate::core::clock::Now;
use crate::core::signature;
use crate::core::token::{Claims, TokenError, TokenKeys};
use crate::core::upload::{FileKind, Grant, UploadTokens};
use crate::gateway::LoginRefusal;

/// The one application's credentials.
pub struct Credentials {
    app_key: String,
    secret: Secret,
    keys: TokenKeys,
    log_keys: TokenKeys,
    pub(super) upload_tokens: Arc<UploadTokens>,
    /// How long a token is good, in ms.
    token_ttl: i64,
}

impl Credentials {
    /// Those of the configured application. Tokens are signed with a key made from its secret:
    /// another secret makes all older tokens worthless.
    pub fn new(config: &Config, secret: &Secret) -> Self {
        Self {
            app_key: config.app_key.clone(),
            secret: secret.clone(),
            keys: keys(secret, "hongyan token key"),
            log_keys: keys(secret, "hongyan log key"),
            upload_tokens: Arc::new(UploadTokens::new(keys(secret, "hongyan upload key"))),
            token_ttl: i64::try_from(config.token_ttl.as_millis()).unwrap_or(i64::MAX),
        }
    }

    /// Whose token this is and which, if app key and token are good now.
    pub fn check(
        &self,
        app_key: &str,
        token: &str,
        now: Now,
    ) -> Result<(UserId, TokenOf), LoginRefusal> {
        if app_key != self.app_key {
            return Err(LoginRefusal::UnknownAppKey);
        }
        match self.keys.verify(token, &self.app_key, now.wall) {
            Ok(Claims { user, issued, session, .. }) => {
                let (issued, session) = (UnixMillis::new(issued), session.into());
                Ok((UserId::from(user), TokenOf { issued, session }))
            }
            Err(TokenError::Expired) => Err(LoginRefusal::TokenExpired),
            Err(TokenError::Malformed | TokenError::WrongSignature | TokenError::OtherApp) => {
                Err(LoginRefusal::TokenIncorrect)
            }
        }
    }

    /// A token for a user; `None` if the user's id is too long for one.
    pub fn issue(&self, user: &UserId, now: Now) -> Option<String> {
        let issued = TokenOf { issued: now.wall, session: ByteString::default() };
        self.issue_as(user, issued, now)
    }

    /// A token that says of itself when it was issued, and in which session.
    pub fn issue_as(&self, user: &UserId, token: TokenOf, now: Now) -> Option<String> {
        self.keys.issue(Claims {
            session: token.session.to_string(),
            user: user.as_str().to_owned(),
            app: self.app_key.clone(),
            issued: token.issued.get(),
            expires: now.wall.plus(self.token_ttl).get(),
        })
    }

    /// How long a token is good, in ms.
    pub const fn token_ttl(&self) -> i64 {
        self.token_ttl
    }

    /// A token with which a user may upload any file.
    pub fn issue_upload(&self, user: &UserId, now: UnixMillis) -> Option<String> {
        let grant = Grant { user: user.detached(), kind: FileKind::File };
        self.upload_tokens.issue(&grant, now).map(|(_, token)| token)
    }

    /// A token with which the log of this hour may be fetched until then.
    pub fn issue_log(&self, hour: i64, expires: UnixMillis) -> Option<String> {
        self.log_keys.seal(LogGrant { hour, expires: expires.get() })
    }

    /// The hour whose log may be fetched with a token now.
    pub fn check_log(&self, token: &str, now: UnixMillis) -> Option<i64> {
        let LogGrant { hour, expires } = self.log_keys.open(token).ok()?;
        (expires > now.get()).then_some(hour)
    }

    /// Whether this is the application's key.
    pub fn is_app(&self, app_key: &str) -> bool {
        app_key == self.app_key
    }

    /// The signature of a call of ours, in our own form.
    pub fn sign(&self, call: &SignedCall<'_>) -> String {
        call.sign(self.secret.reveal())
    }

    /// Whether a call was signed, in our own form, with the application's secret.
    pub fn is_signed_call(&self, call: &SignedCall<'_>, signature: &str) -> bool {
        call.is_signed(self.secret.reveal(), signature)
    }

    /// Whether a call of the server API was signed with the application's secret. An unknown app
    /// key takes as long as a wrong signature.
    pub fn is_signed(&self, app_key: &str, nonce: &str, timestamp: &str, signature: &str) -> bool {
        let signed = signature::is_signed(self.secret.reveal(), nonce, timestamp, signature);
        signed & (app_key == self.app_key)
    }
}

/// Leave to fetch the log of one hour (hours since 1970).
#[derive(Serialize, Deserialize)]
struct LogGrant {
    #[serde(rename = "h")]
    hour: i64,
    /// In ms.
    #[serde(rename = "e")]
    expires: i64,
}

/// Keys for one purpose, made from the secret.
fn keys(secret: &Secret, purpose: &str) -> TokenKeys {
    let derived = |what: &str| {
        let hash = Sha256::new().chain_update(purpose).chain_update(what);
        hash.chain_update(secret.reveal()).finalize().to_vec()
    };
    let id = derived(" id\n");
    let id: String = id.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    TokenKeys::new(id, derived("\n"))
}
