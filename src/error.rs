//! What can go wrong, as the SDK's user sees it: a number that never changes, who caused it, and
//! whether trying again can help. The texts for people live on the JS side (`errors.js`).

/// Who or what an [`Error`] came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The page asked for something impossible.
    Caller,
    /// The SDK itself gave up (a deadline, a limit, storage).
    Client,
    /// The network between.
    Network,
    /// The server refused.
    Server,
}

impl Origin {
    /// Its number: the place in `ORIGINS` of `errors.js`.
    pub const fn number(self) -> u32 {
        match self {
            Self::Caller => 0,
            Self::Client => 1,
            Self::Network => 2,
            Self::Server => 3,
        }
    }

    /// The origin with this number.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Caller),
            1 => Some(Self::Client),
            2 => Some(Self::Network),
            3 => Some(Self::Server),
            _ => None,
        }
    }
}

/// One failure, with the 2.x number where 2.x has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What went wrong.
    pub code: ErrorCode,
    /// Who caused it.
    pub origin: Origin,
}

impl Error {
    /// A failure that the page's own call caused.
    pub const fn caller(code: ErrorCode) -> Self {
        Self { code, origin: Origin::Caller }
    }

    /// A failure inside the SDK: a deadline, a limit, storage.
    pub const fn client(code: ErrorCode) -> Self {
        Self { code, origin: Origin::Client }
    }

    /// A failure of the way to the server.
    pub const fn network(code: ErrorCode) -> Self {
        Self { code, origin: Origin::Network }
    }

    /// A refusal by the server.
    pub const fn server(code: ErrorCode) -> Self {
        Self { code, origin: Origin::Server }
    }

    /// Whether the same call can succeed later without the caller changing anything.
    pub const fn retryable(self) -> bool {
        self.code.retryable()
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $retry:ident;)*) => {
        /// What went wrong, by its number: that of 2.x wherever it has one. Stable for ever, never
        /// reused. A number itself and no enum: servers send more of them than have a name here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct ErrorCode(i32);

        #[allow(non_upper_case_globals, reason = "they are the variants that are known")]
        impl ErrorCode {
            $($(#[$doc])* pub const $name: Self = Self($number);)*

            /// The code's number.
            pub const fn number(self) -> i32 {
                self.0
            }

            /// The code with this number, which need not have a name.
            pub const fn from_number(number: i32) -> Self {
                Self(number)
            }

            /// Whether the same call can succeed later without the caller changing anything.
            pub const fn retryable(self) -> bool {
                match self {
                    $(Self::$name => codes!(@$retry),)*
                    Self(_) => false,
                }
            }

            /// Every code that has a name, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
    (@retry) => { true };
    (@stop) => { false };
}

codes! {
    /// No answer within 30 s. What became of the call is unknown.
    Timeout = -1, retry;
    /// An answer that makes no sense, or a failure inside the SDK.
    Unknown = -2, stop;
    /// An argument of the wrong type or shape.
    ParameterError = -3, stop;
    /// The receiver has blocked the sender.
    RejectedByBlacklist = 405, stop;
    /// Kicked more than five times within five minutes: 2.x's `ULTRALIMIT`.
    UltraLimit = 1101, stop;
    /// No navigator answered usefully (2.x's `RESPONSE_NAVI_ERROR`).
    NavigationFailed = 203, retry;
    /// The sender may not send this kind of message.
    Unauthorized = 20406, stop;
    /// More messages a second than the server allows.
    SendTooFast = 20604, retry;
    /// The same client message id with other content.
    MessageIdReused = 26007, stop;
    /// The message may not be taken back: it is somebody else's, or it is too late.
    RecallRefused = 25101, stop;
    /// The server failed inside; nothing was stored.
    ServerFailed = 25104, retry;
    /// Not a member of the discussion.
    NotInDiscussion = 21406, stop;
    /// Not a member of the group.
    NotInGroup = 22406, stop;
    /// Not in the chatroom.
    NotInChatroom = 23406, stop;
    /// The content is refused.
    SensitiveContent = 21501, stop;
    /// Not connected, and no `connect` was ever called.
    NotConnected = 30002, stop;
    /// The navigator's answer is unusable.
    NavigationResource = 30007, retry;
    /// The content is over 128 KiB.
    ContentTooLarge = 30016, stop;
    /// The socket opened and the server stayed silent.
    ConnAckTimeout = 31000, retry;
    /// CONNACK 1.
    ProtocolVersionRefused = 31001, stop;
    /// CONNACK 2, or navigation 403: the app key is wrong.
    AppKeyRejected = 31002, stop;
    /// CONNACK 3.
    ServerUnavailable = 31003, retry;
    /// CONNACK 4, or navigation 401: the token is wrong.
    TokenIncorrect = 31004, stop;
    /// CONNACK 5.
    NotAuthorized = 31005, stop;
    /// CONNACK 7.
    PackageError = 31007, stop;
    /// CONNACK 8.
    AppBlocked = 31008, stop;
    /// CONNACK 9, or DISCONNECT 2: the user is banned.
    UserBlocked = 31009, stop;
    /// DISCONNECT 1: the user logged in elsewhere.
    Kicked = 31010, stop;
    /// The link ended, or `disconnect` was called, before the call was answered.
    Disconnected = 31011, retry;
    /// CONNACK 10.
    TokenExpired = 31020, stop;
    /// CONNACK 11.
    DeviceRefused = 31021, stop;
    /// CONNACK 12.
    HostnameRefused = 31022, stop;
    /// `createClient` was not called, or the client was destroyed.
    ClientDestroyed = 33001, stop;
    /// The browser's storage cannot be used; memory is used instead.
    StorageUnavailable = 33002, stop;
    /// The page is in the chatroom, and what was said there before cannot be had at the moment.
    RoomHistoryFailed = 36003, retry;
    /// An argument outside its limits.
    InvalidArgument = 33003, stop;
    /// The server keeps no history.
    HistoryUnavailable = 33007, stop;
    /// Not sent within the time that the page gave it, or that the outbox keeps it: the server has
    /// never seen it.
    Expired = 33091, retry;
    /// The WebAssembly core stopped inside a call; the next client gets a fresh one.
    CoreCrashed = 33094, retry;
    /// The page's function for tokens threw, took too long or gave none.
    TokenUnavailable = 33093, retry;
    /// The page's function for tokens gave another user's in the middle of a session.
    TokenOfAnotherUser = 33092, stop;
    /// The browser has no `crypto.getRandomValues`.
    NoRandomness = 33095, stop;
    /// The WebAssembly core could not be loaded or compiled.
    CoreUnavailable = 33096, retry;
    /// The send was cancelled by the page.
    Cancelled = 33099, stop;
    /// Messages are gone for ever: older than what the server keeps.
    MessagesGone = 33098, stop;
    /// The server's store was restored; the page's state was read anew.
    StoreReset = 33097, stop;
    /// An address that navigation or a token led to is none that may be gone to.
    HostNotAllowed = 33090, stop;
    /// The server logs in another user than the token is said to be for.
    UserMismatch = 33089, stop;
}

impl ErrorCode {
    /// The code of a refusing CONNACK (`ConnectionState` of 2.x; newer servers go up to 20).
    pub const fn from_connack(status: u8) -> Self {
        match status {
            1..=9 => Self::from_number(31000 + status as i32),
            10..=20 => Self::from_number(31010 + status as i32),
            other => Self::from_number(31100 + other as i32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_round_trip() {
        let mut seen = std::collections::BTreeSet::new();
        for code in ErrorCode::ALL {
            assert!(seen.insert(code.number()), "{code:?} shares its number");
            assert_eq!(ErrorCode::from_number(code.number()), *code);
        }
    }

    #[test]
    fn connack_refusals_have_their_names() {
        assert_eq!(ErrorCode::from_connack(2), ErrorCode::AppKeyRejected);
        assert_eq!(ErrorCode::from_connack(4), ErrorCode::TokenIncorrect);
        assert_eq!(ErrorCode::from_connack(10), ErrorCode::TokenExpired);
        assert_eq!(ErrorCode::from_connack(12), ErrorCode::HostnameRefused);
        assert_eq!(ErrorCode::from_connack(200).number(), 31300);
    }
}
