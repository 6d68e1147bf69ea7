//! Why a frame or a body makes no sense.

use crate::wire::{Place, place};

/// One frame or body that cannot be read, or one message that cannot be written. The link goes on:
/// count it and drop it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalError {
    /// A frame of this type means nothing to the side that got it.
    UnexpectedFrame(Place),
    /// The protobuf body breaks off, or holds what no message can hold.
    MalformedBody,
    /// A field has another wire type than its message gives it.
    WrongType(Place),
    /// A required field is missing, or empty where an empty one names nothing.
    Missing(Place),
    /// A text is not UTF-8.
    NotText(Place),
    /// No topic carries messages of this kind, or the topic carries none.
    NoSuchTopic,
}

/// The error of a body without a field that it must have.
pub(super) const fn missing(field: &'static str) -> SignalError {
    SignalError::Missing(place(field))
}
