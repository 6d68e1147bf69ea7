//! What a measurement shall be like.

use std::time::Duration;

use crate::arguments::{Arguments, Bad};

/// See the module.
#[derive(Clone, Debug)]
pub struct Options {
    /// Members, each with a socket of its own.
    pub members: u32,
    /// So many of them speak, in turn.
    pub senders: u32,
    /// Messages a second, of all who speak together.
    pub rate: f64,
    /// For how long it is spoken, in s.
    pub seconds: f64,
    /// Length of a message's content, in bytes.
    pub content: usize,
    /// Whether messages are flushed to a disk before they are passed on.
    pub durable: bool,
    /// The server's program.
    pub server: String,
}

/// The mark and the time must have room in a content.
const CONTENTS: std::ops::RangeInclusive<usize> = 64..=8192;

impl Options {
    /// Reads them from a command line.
    ///
    /// # Errors
    /// It makes no sense.
    pub fn read(mut given: Arguments) -> Result<Self, Bad> {
        let options = Self {
            members: given.optional("--members", 10_000)?,
            senders: given.optional("--senders", 10)?,
            rate: given.optional("--rate", 10.0)?,
            seconds: given.optional("--seconds", 20.0)?,
            content: given.optional("--content", 120)?,
            durable: given.optional("--durable", true)?,
            server: given.required("--server")?,
        };
        given.end()?;
        let numbers = [options.rate, options.seconds];
        let sane = numbers.iter().all(|number| number.is_finite() && *number > 0.0)
            && (1..=options.members).contains(&options.senders)
            && options.members >= 2
            && CONTENTS.contains(&options.content);
        if sane { Ok(options) } else { Err(Bad("numbers that make no sense".to_owned())) }
    }

    /// So many messages are said.
    pub fn messages(&self) -> u32 {
        (self.rate * self.seconds).ceil() as u32
    }

    /// When the n-th of them is said.
    pub fn due(&self, message: u32) -> Duration {
        Duration::from_secs_f64(f64::from(message) / self.rate)
    }
}
