//! Why a frame or a body makes no sense.

/// One frame or body that cannot be read, or one message that cannot be written. The link goes on:
/// count it and drop it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalError {
    /// A frame of this type means nothing to the side that got it.
    UnexpectedFrame(&'static str),
    /// The protobuf body breaks off, or holds what no message can hold.
    MalformedBody,
    /// A field has another wire type than its message gives it.
    WrongType(&'static str),
    /// A required field is missing, or empty where an empty one names nothing.
    Missing(&'static str),
    /// A text is not UTF-8.
    NotText(&'static str),
    /// No topic carries messages of this kind, or the topic carries none.
    NoSuchTopic,
}
