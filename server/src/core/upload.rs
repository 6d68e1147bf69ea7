//! Upload tokens: what `qnTkn` answers, and what the upload endpoint lets in.

use hongyan::error::ErrorCode;
use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use serde::{Deserialize, Serialize};

use super::token::{TokenError, TokenKeys};

/// The 2.x number of an upload of a kind that there is not.
pub const UNKNOWN_KIND: ErrorCode = ErrorCode::from_number(41001);
/// The 2.x number of an upload token that nobody gives out.
pub const NO_TOKEN: ErrorCode = ErrorCode::from_number(41002);

/// How long an upload token is good, in ms. A client asks for another one when an upload takes
/// longer.
const TOKEN_TIME: i64 = 60 * 60 * 1000;

/// What a file is sent as, with the number of `FileType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "i32", try_from = "i32")]
pub enum FileKind {
    /// 1.
    Image,
    /// 2: voice.
    Audio,
    /// 3: also short video.
    Video,
    /// 4: anything.
    File,
}

impl FileKind {
    /// The kind with this number; `None` for any but 1 to 4.
    pub const fn from_number(number: i32) -> Option<Self> {
        match number {
            1 => Some(Self::Image),
            2 => Some(Self::Audio),
            3 => Some(Self::Video),
            4 => Some(Self::File),
            _ => None,
        }
    }

    /// Its number.
    pub const fn number(self) -> i32 {
        match self {
            Self::Image => 1,
            Self::Audio => 2,
            Self::Video => 3,
            Self::File => 4,
        }
    }

    /// Its name, for messages to people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::File => "file",
        }
    }
}

impl From<FileKind> for i32 {
    fn from(kind: FileKind) -> Self {
        kind.number()
    }
}

impl TryFrom<i32> for FileKind {
    type Error = String;

    fn try_from(number: i32) -> Result<Self, String> {
        Self::from_number(number).ok_or_else(|| format!("no kind of file has the number {number}"))
    }
}

/// What an upload token allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who uploads.
    pub user: UserId,
    /// As what.
    pub kind: FileKind,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    #[serde(rename = "u")]
    user: String,
    #[serde(rename = "t")]
    kind: FileKind,
    #[serde(rename = "e")]
    expires: i64,
}

/// Makes upload tokens and reads them. Their keys must sign nothing else: a login's token is none.
pub struct UploadTokens(TokenKeys);

impl UploadTokens {
    /// Tokens signed with these keys.
    pub const fn new(keys: TokenKeys) -> Self {
        Self(keys)
    }

    /// A token and until when it is good; `None` if the user's id is too long for one.
    pub fn issue(&self, grant: &Grant, now: UnixMillis) -> Option<(UnixMillis, String)> {
        let deadline = now.plus(TOKEN_TIME);
        let claims = Claims {
            user: grant.user.as_str().to_owned(),
            kind: grant.kind,
            expires: deadline.get(),
        };
        Some((deadline, self.0.seal(claims)?))
    }

    /// What a token allows now.
    ///
    /// # Errors
    ///
    /// The first of [`TokenError`] that applies.
    pub fn check(&self, token: &str, now: UnixMillis) -> Result<Grant, TokenError> {
        let claims: Claims = self.0.open(token)?;
        if claims.expires <= now.get() {
            return Err(TokenError::Expired);
        }
        Ok(Grant { user: UserId::from(claims.user), kind: claims.kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::token;

    const NOW: UnixMillis = UnixMillis::new(1_700_000_000_000);

    fn keys() -> TokenKeys {
        TokenKeys::new("k1", *b"0123456789abcdef0123456789abcdef")
    }

    #[test]
    fn a_token_allows_one_user_one_kind_for_an_hour() {
        let tokens = UploadTokens::new(keys());
        for kind in [FileKind::Image, FileKind::Audio, FileKind::Video, FileKind::File] {
            let grant = Grant { user: "鸿雁".into(), kind };
            let (deadline, token) = tokens.issue(&grant, NOW).unwrap();
            assert_eq!(deadline, NOW.plus(3_600_000));
            assert_eq!(tokens.check(&token, deadline.plus(-1)), Ok(grant));
            assert_eq!(tokens.check(&token, deadline), Err(TokenError::Expired));
        }
    }

    #[test]
    fn a_logins_token_uploads_nothing() {
        let claims = token::Claims {
            user: "a".into(),
            app: "x".into(),
            issued: 0,
            expires: 0,
            session: String::new(),
        };
        let token = keys().issue(claims).unwrap();
        let refused = UploadTokens::new(keys()).check(&token, NOW);
        assert_eq!(refused, Err(TokenError::Malformed));
    }

    #[test]
    fn there_are_four_kinds() {
        for number in -1..8 {
            let kind = FileKind::from_number(number);
            assert_eq!(kind.is_some(), (1..=4).contains(&number));
            assert!(kind.is_none_or(|kind| kind.number() == number));
        }
    }
}
