//! Protobuf without structs: a walker over the fields of a message, and a writer of fields.
//!
//! The messages that travel most, and the few that a client needs, are read and written here, so
//! that texts and contents stay slices of the frame. The walker is told nothing of the message: it
//! checks the encoding and leaves order, repetition and unknown fields to its caller. It descends
//! nowhere by itself, so there is no depth to limit; groups are refused.

use bytes::Bytes;
use bytestring::ByteString;

use super::SignalError;
use crate::wire::place;

/// A field's value, as its wire type has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// Wire type 0.
    Number(u64),
    /// Wire type 2: a text, bytes or a message.
    Bytes(&'a [u8]),
    /// Wire types 1 and 5, which RMTP does not use.
    Fixed,
}

impl<'a> Value<'a> {
    pub(super) fn number(self, field: &'static str) -> Result<u64, SignalError> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Bytes(_) | Self::Fixed => Err(SignalError::WrongType(place(field))),
        }
    }

    /// An `int64`.
    pub(super) fn int64(self, field: &'static str) -> Result<i64, SignalError> {
        self.number(field).map(|number| number as i64)
    }

    /// An `int32`: the low half, as every protobuf library reads it.
    pub(super) fn int32(self, field: &'static str) -> Result<i32, SignalError> {
        self.number(field).map(|number| number as i32)
    }

    pub(super) fn bool(self, field: &'static str) -> Result<bool, SignalError> {
        self.number(field).map(|number| number != 0)
    }

    pub(super) fn bytes(self, field: &'static str) -> Result<&'a [u8], SignalError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(_) | Self::Fixed => Err(SignalError::WrongType(place(field))),
        }
    }
}

/// The fields of one message, in the order in which they come.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next field's number and value; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u32, Value<'a>)>, SignalError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = u32::try_from(self.varint()?).map_err(|_| SignalError::MalformedBody)?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            _ => return Err(SignalError::MalformedBody),
        };
        match key >> 3 {
            0 => Err(SignalError::MalformedBody),
            number => Ok(Some((number, value))),
        }
    }

    /// The next number of a packed repeated field; `None` at the end.
    pub(super) fn packed_number(&mut self) -> Result<Option<u64>, SignalError> {
        if self.rest.is_empty() { Ok(None) } else { self.varint().map(Some) }
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], SignalError> {
        let length = usize::try_from(length).map_err(|_| SignalError::MalformedBody)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(SignalError::MalformedBody)?;
        self.rest = rest;
        Ok(taken)
    }

    /// At most ten bytes, the tenth at most 1.
    fn varint(&mut self) -> Result<u64, SignalError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first().ok_or(SignalError::MalformedBody)?;
            self.rest = rest;
            let bits = u64::from(byte & 0x7F);
            if shift == 63 && bits > 1 {
                return Err(SignalError::MalformedBody);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(SignalError::MalformedBody)
    }
}

/// The text in `slice`, which is a part of `frame`.
pub(super) fn text(
    frame: &Bytes,
    slice: &[u8],
    field: &'static str,
) -> Result<ByteString, SignalError> {
    ByteString::try_from(frame.slice_ref(slice)).map_err(|_| SignalError::NotText(place(field)))
}

/// A message under construction. Fields are written in the order of the calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A `uint64`.
    pub(super) fn number(&mut self, field: u32, value: u64) -> &mut Self {
        self.varint(u64::from(field) << 3);
        self.varint(value);
        self
    }

    /// An `int32` or `int64`: both are ten bytes when negative.
    pub(super) fn int(&mut self, field: u32, value: i64) -> &mut Self {
        self.number(field, value as u64)
    }

    pub(super) fn bool(&mut self, field: u32, value: bool) -> &mut Self {
        self.number(field, u64::from(value))
    }

    /// A text, bytes or a message.
    pub(super) fn bytes(&mut self, field: u32, value: &[u8]) -> &mut Self {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(value.len() as u64);
        self.out.extend_from_slice(value);
        self
    }

    /// A text that is left out when empty.
    pub(super) fn text_unless_empty(&mut self, field: u32, value: &str) -> &mut Self {
        if value.is_empty() { self } else { self.bytes(field, value.as_bytes()) }
    }

    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.out
    }

    pub(super) fn finish(&mut self) -> Bytes {
        Bytes::from(core::mem::take(&mut self.out))
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.out.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.out.push(value as u8);
    }
}

/// The lowest number of the fields that only Hongyan's ends know.
const FIRST_EXTENSION: u32 = 1000;

/// The message without its extension fields: what may be relayed to others. Nested messages are
/// left as they are. Nothing is copied when there is nothing to remove.
pub fn strip_extensions(body: &Bytes) -> Result<Bytes, SignalError> {
    let mut fields = Fields::of(body);
    let mut kept: Option<Vec<u8>> = None;
    loop {
        let before = fields.rest();
        let Some((number, _)) = fields.next()? else { break };
        let (field, _) = before.split_at(before.len() - fields.rest().len());
        let extension = number >= FIRST_EXTENSION;
        match &mut kept {
            Some(kept) if !extension => kept.extend_from_slice(field),
            None if extension => {
                kept = Some(body.iter().copied().take(body.len() - before.len()).collect());
            }
            Some(_) | None => {}
        }
    }
    Ok(kept.map_or_else(|| body.clone(), Bytes::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(message: &[u8]) -> Result<Vec<(u32, Value<'_>)>, SignalError> {
        let mut fields = Fields::of(message);
        let mut found = Vec::new();
        while let Some(field) = fields.next()? {
            found.push(field);
        }
        Ok(found)
    }

    #[test]
    fn every_wire_type_is_walked() {
        let message = b"\x08\x96\x01\x12\x02hi\x1d\0\0\0\0\x21\0\0\0\0\0\0\0\0\xc0\x3e\x07";
        let expected = [
            (1, Value::Number(150)),
            (2, Value::Bytes(b"hi")),
            (3, Value::Fixed),
            (4, Value::Fixed),
            (1000, Value::Number(7)),
        ];
        assert_eq!(all(message).unwrap(), expected);
        assert_eq!(all(b"").unwrap(), []);
    }

    #[test]
    fn a_cut_message_is_refused_but_between_fields() {
        let message = b"\x08\x96\x01\x12\x02hi\x1d\0\0\0\0\x21\0\0\0\0\0\0\0\0\xc0\x3e\x07";
        for length in 0..message.len() {
            let whole = [0, 3, 7, 12, 21].contains(&length);
            assert_eq!(all(&message[..length]).is_ok(), whole, "cut to {length}");
        }
    }

    #[test]
    fn what_no_message_can_hold_is_refused() {
        let malformed: [&[u8]; 8] = [
            b"\x00\x01",                                         // field 0
            b"\x0b\x0c",                                         // a group
            b"\x0c",                                             // the end of one
            b"\x0e",                                             // wire type 6
            b"\x0f",                                             // wire type 7
            b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",     // more than 64 bits
            b"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", // more than 10 bytes
            b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00", // longer than memory
        ];
        for message in malformed {
            assert_eq!(all(message), Err(SignalError::MalformedBody), "{message:x?}");
        }
    }

    #[test]
    fn the_largest_and_the_negative_numbers() {
        let bytes = Writer::new().number(1, u64::MAX).int(2, -1).int(3, i64::MIN).finish();
        let fields = all(&bytes).unwrap();
        assert_eq!(fields[0].1.number("a"), Ok(u64::MAX));
        assert_eq!(fields[1].1.int32("b"), Ok(-1));
        assert_eq!(fields[2].1.int64("c"), Ok(i64::MIN));
    }

    #[test]
    fn a_value_of_another_type_is_named() {
        assert_eq!(Value::Bytes(b"").int64("dataTime"), Err(SignalError::WrongType("dataTime")));
        assert_eq!(Value::Fixed.bytes("content"), Err(SignalError::WrongType("content")));
    }

    #[test]
    fn extensions_are_stripped_wherever_they_stand() {
        let body = Bytes::from_static(
            b"\xc0\x3e\x07\x08\x01\xca\x3e\x01x\x12\x02hi\xc5\x3e\0\0\0\0\x18\x01",
        );
        assert_eq!(strip_extensions(&body).unwrap(), &b"\x08\x01\x12\x02hi\x18\x01"[..]);
        assert_eq!(strip_extensions(&Bytes::from_static(b"\x08")), Err(SignalError::MalformedBody));
    }

    #[test]
    fn a_body_without_extensions_is_not_copied() {
        let body = Bytes::from(vec![0x08, 1, 0xb8, 0x3e, 1]);
        assert_eq!(strip_extensions(&body).unwrap().as_ptr(), body.as_ptr());
    }
}
