//! Names of things: newtypes, so that one cannot be taken for another.

use bytestring::ByteString;
use core::fmt;
use core::num::NonZeroU64;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(ByteString);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether there is no text at all.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            /// A copy that does not keep the frame alive which this id was read from.
            #[must_use]
            pub fn detached(&self) -> Self {
                Self(ByteString::from(self.as_str()))
            }
        }

        impl From<ByteString> for $name {
            fn from(text: ByteString) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(ByteString::from(text))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(ByteString::from(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A user, as the application's server named them.
    UserId
}
text_id! {
    /// The other side of a conversation: a user, a group, a room …
    TargetId
}
text_id! {
    /// The server's name for a stored message (`messageUId` of 2.x), for example
    /// `B5F1-0N3M-ECQ4-7R2K`. Empty for a message that was never stored.
    MessageUid
}

impl From<UserId> for TargetId {
    /// The other side of a one-to-one conversation.
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}

/// The kind of a conversation (`ConversationType` of 2.x; `ChannelType` on the wire).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConversationKind {
    /// One to one. 1.
    Private,
    /// A discussion. 2.
    Discussion,
    /// A group. 3.
    Group,
    /// A chatroom. 4.
    Chatroom,
    /// Customer service. 5.
    CustomerService,
    /// Messages from the system. 6.
    System,
    /// A public account of the application. 7.
    AppPublicService,
    /// A public account. 8.
    PublicService,
    /// A number without a name here; it travels all the same (12 is an RTC room).
    Other(i32),
}

impl ConversationKind {
    /// The kind a 2.x number or a `ChannelType` names.
    pub const fn from_number(number: i32) -> Self {
        match number {
            1 => Self::Private,
            2 => Self::Discussion,
            3 => Self::Group,
            4 => Self::Chatroom,
            5 => Self::CustomerService,
            6 => Self::System,
            7 => Self::AppPublicService,
            8 => Self::PublicService,
            other => Self::Other(other),
        }
    }

    /// The 2.x number.
    pub const fn number(self) -> i32 {
        match self {
            Self::Private => 1,
            Self::Discussion => 2,
            Self::Group => 3,
            Self::Chatroom => 4,
            Self::CustomerService => 5,
            Self::System => 6,
            Self::AppPublicService => 7,
            Self::PublicService => 8,
            Self::Other(number) => number,
        }
    }
}

/// One conversation: its kind and its other side.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId {
    /// What kind of conversation it is.
    pub kind: ConversationKind,
    /// With whom.
    pub target: TargetId,
}

impl ConversationId {
    /// The conversation of `kind` with `target`.
    pub fn new(kind: ConversationKind, target: impl Into<TargetId>) -> Self {
        Self { kind, target: target.into() }
    }

    /// A copy that does not keep the frame alive which this id was read from.
    #[must_use]
    pub fn detached(&self) -> Self {
        Self { kind: self.kind, target: self.target.detached() }
    }
}

/// The id a client gives a message before any server has seen it: 63 random bits, never 0
/// (`UpStreamMessage.clientUniqueId`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientMessageId(NonZeroU64);

impl ClientMessageId {
    /// Makes an id of random bits; the top bit is dropped and 0 becomes 1.
    pub const fn from_random(bits: u64) -> Self {
        match NonZeroU64::new(bits >> 1) {
            Some(id) => Self(id),
            None => Self(NonZeroU64::MIN),
        }
    }

    /// The id a wire field carries; `None` for 0 and for negative numbers.
    pub const fn from_wire(field: i64) -> Option<Self> {
        if field <= 0 {
            return None;
        }
        match NonZeroU64::new(field as u64) {
            Some(id) => Some(Self(id)),
            None => None,
        }
    }

    /// The number, as wire fields carry it: positive.
    pub const fn to_wire(self) -> i64 {
        self.0.get() as i64
    }
}

/// One socket or polling session. Given by the engine, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkId(pub u32);

/// One HTTP request. Given by the engine, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HttpId(pub u32);

/// A call of the page that waits for its outcome. Given by the bindings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(pub u32);

/// A question to the page for a token. Given by the engine, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenRequestId(pub u32);

/// A hand-over of messages to the page, answered by `Input::HandedOver`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_message_ids_are_positive_and_never_zero() {
        assert_eq!(ClientMessageId::from_random(0).to_wire(), 1);
        assert_eq!(ClientMessageId::from_random(u64::MAX).to_wire(), i64::MAX);
        assert_eq!(ClientMessageId::from_wire(0), None);
        assert_eq!(ClientMessageId::from_wire(-5), None);
    }

    #[test]
    fn conversation_kinds_keep_their_number() {
        for number in -1..20 {
            assert_eq!(ConversationKind::from_number(number).number(), number);
        }
    }
}
