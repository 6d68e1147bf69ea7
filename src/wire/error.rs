//! Each way in which bytes are no frame, and a frame has no bytes.
//!
//! Both types are a few words without an allocation. `name` is for logs, counters and tests, and
//! never changes; sentences for people are made where people read them.

use core::fmt;

/// What is wrong: the name of a field, or of a frame type. Nobody reads it in a browser: there it
/// is nothing, and an error that travels is a byte or two.
#[cfg(not(target_arch = "wasm32"))]
pub type Place = &'static str;

/// What is wrong: the name of a field, or of a frame type. Nobody reads it in a browser: here it
/// is nothing, and an error that travels is a byte or two.
#[cfg(target_arch = "wasm32")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place;

/// The place with this name.
#[cfg(not(target_arch = "wasm32"))]
pub const fn place(name: &'static str) -> Place {
    name
}

/// A place, whatever its name.
#[cfg(target_arch = "wasm32")]
pub const fn place(_: &'static str) -> Place {
    Place
}

#[cfg(not(target_arch = "wasm32"))]
const fn name_of(place: &Place) -> &'static str {
    place
}

#[cfg(target_arch = "wasm32")]
const fn name_of(_: &Place) -> &'static str {
    ""
}

/// Why bytes are not a frame. The text inside names the field, or the frame type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// A message of no bytes.
    Empty,
    /// Longer than [`MAX_FRAME`](super::MAX_FRAME).
    FrameTooLong,
    /// Type 0 or 15.
    UnknownType(u8),
    /// A type that this side never sends.
    WrongDirection(Place),
    /// The frame ends inside this field, or before it.
    Truncated(Place),
    /// The length of this text runs past the end of the frame.
    StringOverrun(Place),
    /// This text is neither UTF-8 nor CESU-8.
    MalformedString(Place),
    /// Message id 0 in a frame of this type from a client.
    MessageIdZero(Place),
    /// Bytes after the last field of a frame of this type.
    Leftover(Place),
    /// A CONNECT whose client id has not 1 to 64 characters.
    ClientIdLength,
}

impl DecodeError {
    /// The way to be wrong, one word, the same for ever.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::FrameTooLong => "frame-too-long",
            Self::UnknownType(_) => "unknown-type",
            Self::WrongDirection(_) => "wrong-direction",
            Self::Truncated(_) => "truncated",
            Self::StringOverrun(_) => "string-overrun",
            Self::MalformedString(_) => "malformed-string",
            Self::MessageIdZero(_) => "message-id-zero",
            Self::Leftover(_) => "leftover",
            Self::ClientIdLength => "client-id-length",
        }
    }

    /// The field or frame type that is wrong, as the wire names it; empty if it is the whole.
    pub const fn place(&self) -> &'static str {
        match self {
            Self::Empty | Self::FrameTooLong | Self::UnknownType(_) => "",
            Self::ClientIdLength => "clientId",
            Self::WrongDirection(place)
            | Self::Truncated(place)
            | Self::StringOverrun(place)
            | Self::MalformedString(place)
            | Self::MessageIdZero(place)
            | Self::Leftover(place) => name_of(place),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_words(f, self.name(), self.place())
    }
}

impl core::error::Error for DecodeError {}

/// Why a frame has no bytes. The text inside names the field, or the frame type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// This text has more than 65 535 bytes.
    StringTooLong(Place),
    /// The whole would be longer than [`MAX_FRAME`](super::MAX_FRAME).
    FrameTooLong,
    /// Message id 0 in a frame of this type from a client.
    MessageIdZero(Place),
    /// No web client sends a frame of this type.
    NotSent(Place),
    /// A CONNECT whose client id has not 1 to 64 characters.
    ClientIdLength,
    /// A CONNECT whose will has a qos above 3.
    WillQos,
}

impl EncodeError {
    /// The way to be wrong, one word, the same for ever.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::StringTooLong(_) => "string-too-long",
            Self::FrameTooLong => "frame-too-long",
            Self::MessageIdZero(_) => "message-id-zero",
            Self::NotSent(_) => "not-sent",
            Self::ClientIdLength => "client-id-length",
            Self::WillQos => "will-qos",
        }
    }

    /// The field or frame type that is wrong, as the wire names it; empty if it is the whole.
    pub const fn place(&self) -> &'static str {
        match self {
            Self::FrameTooLong => "",
            Self::ClientIdLength => "clientId",
            Self::WillQos => "willQos",
            Self::StringTooLong(place) | Self::MessageIdZero(place) | Self::NotSent(place) => {
                name_of(place)
            }
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_words(f, self.name(), self.place())
    }
}

impl core::error::Error for EncodeError {}

fn write_words(f: &mut fmt::Formatter<'_>, name: &str, place: &str) -> fmt::Result {
    f.write_str(name)?;
    if !place.is_empty() {
        f.write_str(" ")?;
        f.write_str(place)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_its_name_and_its_place() {
        assert_eq!(DecodeError::Truncated("date").to_string(), "truncated date");
        assert_eq!(DecodeError::Empty.to_string(), "empty");
        assert_eq!(EncodeError::StringTooLong("topic").to_string(), "string-too-long topic");
    }

    #[test]
    fn errors_are_a_few_words() {
        assert!(size_of::<DecodeError>() <= 3 * size_of::<usize>());
        assert!(size_of::<EncodeError>() <= 3 * size_of::<usize>());
    }
}
