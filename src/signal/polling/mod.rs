//! The JSON form of long polling, as 2.5.3 and its servers speak it: frames ⇄ JSON text.
//!
//! Names are those of the protobuf fields, 64-bit numbers plain (text above 2^53), `content` a
//! text. A header byte is written as a signed number. An answer does not name its question's topic,
//! so a [`Codec`] remembers what was asked; both ends have one for each session.
//!
//! Sessions that confirmed the extensions have their fields by name, and `inboxSeq` in a PUBACK.

mod answer;
mod post;
mod shapes;

pub use answer::{Answers, Unreadable};
pub use post::{Post, PostError};

use bytes::Bytes;

use super::call::{Schema, transcode};
use super::protobuf::Writer;
use transcode::Party;

/// So many questions are remembered. Nobody asks so many at once; of more the oldest are forgotten.
const MAX_ASKED: usize = 512;

/// One session's memory: which questions are open.
#[derive(Debug, Default)]
pub struct Codec {
    /// A question's id, and what its answer holds.
    asked: Vec<(u16, Schema)>,
}

impl Codec {
    fn note(&mut self, id: u16, answer: Schema) {
        self.asked.retain(|(asked, _)| *asked != id);
        if self.asked.len() >= MAX_ASKED {
            self.asked.remove(0);
        }
        self.asked.push((id, answer));
    }

    fn answered(&mut self, id: u16) -> Schema {
        match self.asked.iter().position(|(asked, _)| *asked == id) {
            Some(at) => self.asked.remove(at).1,
            None => shapes::NOTHING,
        }
    }
}

/// The protobuf message in a JSON object of a peer; empty for no text.
fn body_of(schema: Schema, author: Party, text: &[u8]) -> Option<Bytes> {
    // A client of 2.5.3 sends two quotes for nothing.
    if matches!(text.trim_ascii(), b"" | b"\"\"" | b"null") {
        return Some(Bytes::new());
    }
    let mut body = Writer::new();
    transcode::write(schema, author, text, &mut body).ok()?;
    Some(body.finish())
}

/// Appends a protobuf message as a JSON object for a peer; nothing for nothing, so that what is
/// only done is answered by an empty text.
fn push_body(schema: Schema, reader: Party, body: &[u8], out: &mut String) -> Option<()> {
    if body.is_empty() && schema == shapes::NOTHING {
        return Some(());
    }
    transcode::read(schema, reader, body, out).ok()
}

#[cfg(test)]
mod tests;
