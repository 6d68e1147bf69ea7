//! `pullMsg`: which part of the inbox is wanted, and a page of it.

use bytes::Bytes;
use bytestring::ByteString;

use super::error::missing;
use super::protobuf::{Fields, Writer, text};
use super::{Message, SignalError, down_stream};
use crate::ids::UserId;
use crate::time::UnixMillis;
use crate::wire::MAX_FRAME;

/// A `SyncRequestMsg`: where a pull goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullRequest {
    /// By times: received and own messages later than these, both strictly.
    Times {
        /// Of received messages (`syncTime`).
        received: UnixMillis,
        /// Of own messages from other logins (`sendBoxSyncTime`). 2.x clients always write it;
        /// `None` where a client did not.
        sent: Option<UnixMillis>,
        /// The pull after a connect (`isPullSend`). Clients of 4.x and later always say so.
        after_connect: bool,
    },
    /// By number (extension): rows with a higher number.
    Seq {
        /// The last number that was given; 0 for none.
        seq: u64,
        /// The epoch it belongs to; `None` if none is known.
        epoch: Option<ByteString>,
    },
}

impl PullRequest {
    pub(super) fn write(&self) -> Bytes {
        let mut out = Writer::new();
        match self {
            Self::Times { received, sent, after_connect } => {
                out.int(1, received.get()).bool(2, false);
                if *after_connect {
                    out.bool(4, true);
                }
                if let Some(sent) = sent {
                    out.int(6, sent.get());
                }
            }
            Self::Seq { seq, epoch } => {
                out.int(1, 0).bool(2, false).number(1000, *seq);
                if let Some(epoch) = epoch {
                    out.bytes(1001, epoch.as_bytes());
                }
            }
        }
        out.finish()
    }

    pub(super) fn read(body: &Bytes) -> Result<Self, SignalError> {
        let (mut received, mut sent, mut after_connect) = (None, None, false);
        let (mut seq, mut epoch) = (None, None);
        let mut fields = Fields::of(body);
        while let Some((number, value)) = fields.next()? {
            match number {
                1 => received = Some(UnixMillis::new(value.int64("syncTime")?)),
                4 => after_connect = value.bool("isPullSend")?,
                6 => sent = Some(UnixMillis::new(value.int64("sendBoxSyncTime")?)),
                1000 => seq = Some(value.number("hySeq")?),
                1001 => epoch = Some(text(body, value.bytes("hyEpoch")?, "hyEpoch")?),
                _ => {}
            }
        }
        let received = received.ok_or(missing("syncTime"))?;
        Ok(match seq {
            Some(seq) => Self::Seq { seq, epoch },
            None => Self::Times { received, sent, after_connect },
        })
    }
}

/// A `ChrmPullMsg`.
pub(super) fn write_room_request(since: UnixMillis, count: i32) -> Bytes {
    Writer::new().int(1, since.get()).int(2, count.into()).finish()
}

/// The inbox when a page was read (extension).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxState {
    /// Which life of the store the numbers belong to.
    pub epoch: ByteString,
    /// The highest number given.
    pub head: u64,
    /// The lowest number still kept; `head + 1` when nothing is.
    pub first: u64,
}

/// `DownStreamMessages`: a page of the inbox, oldest message first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullPage {
    /// The messages.
    pub messages: Vec<Message>,
    /// How many more there were that made no sense. They are lost: say so, and go on.
    pub malformed: u32,
    /// The time from which the next pull goes on.
    pub sync_time: UnixMillis,
    /// Whether nothing is left; `None` from servers that do not say (2.5.3 then waits, as if there
    /// were more).
    pub finished: Option<bool>,
    /// From servers with the extensions.
    pub inbox: Option<InboxState>,
}

/// A message takes about so many bytes of a page, mostly more.
const USUAL_BYTES: usize = 256;

/// Reads the answer to a pull.
///
/// # Errors
/// The page itself is malformed or lacks its `syncTime`. A message in it that makes no sense is
/// only counted: it must not hold up those after it.
pub(super) fn read_page(body: &Bytes, me: &UserId) -> Result<PullPage, SignalError> {
    let mut messages = Vec::with_capacity(body.len() / USUAL_BYTES);
    let mut malformed = 0;
    let (mut sync_time, mut finished) = (None, None);
    let (mut epoch, mut head, mut first) = (None, None, None);
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => match down_stream::read(body, value.bytes("list")?, me) {
                Ok(message) => messages.push(message),
                Err(_) => malformed += 1,
            },
            2 => sync_time = Some(UnixMillis::new(value.int64("syncTime")?)),
            3 => finished = Some(value.bool("finished")?),
            1000 => epoch = Some(text(body, value.bytes("hyEpoch")?, "hyEpoch")?),
            1001 => head = Some(value.number("hyHead")?),
            1002 => first = Some(value.number("hyFirst")?),
            _ => {}
        }
    }
    let inbox = match (epoch, head, first) {
        (Some(epoch), Some(head), Some(first)) => Some(InboxState { epoch, head, first }),
        _ => None,
    };
    let sync_time = sync_time.ok_or(missing("syncTime"))?;
    Ok(PullPage { messages, malformed, sync_time, finished, inbox })
}

/// Room in a frame for what is not messages: the header of a QUERYACK and the fields after the
/// list. An epoch is short.
const ROOM_FOR_THE_REST: usize = 512;

/// A page being filled, never larger than a frame.
#[derive(Clone, Debug)]
pub struct PageWriter<'a> {
    me: &'a UserId,
    out: Writer,
    rows: usize,
}

impl<'a> PageWriter<'a> {
    /// An empty page of `me`'s inbox.
    pub fn new(me: &'a UserId) -> Self {
        Self { me, out: Writer::new(), rows: 0 }
    }

    /// Appends a message, oldest first. `false`, and nothing changed, if it has no room in this
    /// page; the first one always has, so that no inbox gets stuck.
    #[must_use]
    pub fn push(&mut self, message: &Message) -> bool {
        let mut row = Writer::new();
        down_stream::write(message, self.me, &mut row);
        self.push_body(row.as_slice())
    }

    /// The same for a message that is written already.
    #[must_use]
    pub fn push_body(&mut self, row: &[u8]) -> bool {
        let full = self.out.len() + row.len() + ROOM_FOR_THE_REST > MAX_FRAME;
        if full && self.rows > 0 {
            return false;
        }
        self.out.bytes(1, row);
        self.rows += 1;
        true
    }

    /// The body of a page of history (`HistoryMessagesOuput`), whose rows were appended newest
    /// first. `sync_time`: where clients go on that know times only.
    pub fn finish_history(mut self, sync_time: UnixMillis, more: bool) -> Bytes {
        self.out.int(2, sync_time.get()).bool(3, more);
        self.out.finish()
    }

    /// The page's body. `finished` is always written: 2.5.3 drops every pushed message without it.
    pub fn finish(
        mut self,
        sync_time: UnixMillis,
        finished: bool,
        inbox: Option<&InboxState>,
    ) -> Bytes {
        self.out.int(2, sync_time.get()).bool(3, finished);
        if let Some(inbox) = inbox {
            self.out.bytes(1000, inbox.epoch.as_bytes());
            self.out.number(1001, inbox.head).number(1002, inbox.first);
        }
        self.out.finish()
    }
}
