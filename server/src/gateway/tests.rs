//! Literal frames in, literal frames out, on virtual time.

mod asking;
mod calls;
mod chatrooms;
mod discussions;
mod ending;
mod history;
mod login;
mod messages;
mod notices;
mod people;
mod receipts;
mod sending;
mod services;
mod settings;

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind, MessageUid, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::{Tick, UnixMillis};
use hongyan::wire::DecodeError;

use super::*;
use crate::core::ask::{Ask, AskId, Login, Notice, SyncFrame, TokenOf, Told};
use crate::core::clock::Now;
use crate::store::{ConversationRow, Head, InboxRow, Page, PullFrom, Stored};

/// 1 600 000 000 s, which is 5f5e1000.
const WALL: i64 = 1_600_000_000_000;

struct Driven {
    connection: Connection,
    now: Now,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Bytes {
    let digits: Vec<u8> = text.bytes().filter(|digit| *digit != b' ').collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

impl Driven {
    fn new(extended: bool) -> Self {
        let login = Login { user: UserId::from("me"), device: None, token: TokenOf::default() };
        let client = ClientInfo {
            extended,
            session_id: "7".into(),
            page_size: 2,
            origin: "https://im.example".into(),
        };
        let now = Now { wall: UnixMillis::new(WALL), tick: Tick::from_millis(1000) };
        Self { connection: Connection::new(&login, client, now), now }
    }

    /// Logged in, the inbox ending at `seq` and one millisecond of `WALL` per row.
    fn greeted(extended: bool, seq: u64) -> Self {
        let mut driven = Self::new(extended);
        let (id, ask) = driven.connection.poll_ask().unwrap();
        assert!(matches!(ask, Ask::Pull { limit: 0, .. }));
        driven.told(id, page(&[], seq));
        assert_eq!(driven.sent().len(), 1);
        driven
    }

    /// Pulled to the end, which is `seq`.
    fn level(extended: bool, seq: u64) -> Self {
        let mut driven = Self::greeted(extended, seq);
        let pull = if extended { PULL_SEQ_0 } else { FIRST_PULL };
        let (id, _) = driven.asked(pull);
        driven.told(id, page(&[row(seq, "you")], seq));
        assert_eq!(driven.sent().len(), 1);
        driven
    }

    fn handle(&mut self, input: Input) {
        self.connection.handle(self.now, input);
    }

    fn receive(&mut self, text: &str) {
        self.handle(Input::Received(unhex(text)));
    }

    /// What the frame makes it ask.
    fn asked(&mut self, text: &str) -> (AskId, Ask) {
        self.receive(text);
        let ask = self.connection.poll_ask().expect("nothing asked");
        assert!(self.connection.poll_ask().is_none());
        ask
    }

    /// Sends a question of qos 0 and id 5.
    fn receive_query(&mut self, topic: &str, target: &str, body: &[u8]) {
        let text = |text: &str| format!("{:04x}{}", text.len(), hex(text.as_bytes()));
        self.receive(&format!("50{}{}0005{}", text(topic), text(target), hex(body)));
    }

    /// What a question makes it ask.
    fn query(&mut self, topic: &str, target: &str, body: &impl prost::Message) -> (AskId, Ask) {
        self.receive_query(topic, target, &body.encode_to_vec());
        self.connection.poll_ask().expect("nothing asked")
    }

    /// The only thing sent: an answer to question 5.
    fn status_and_body(&mut self) -> (u16, Bytes) {
        let [sent] = &self.sent()[..] else { panic!("not one answer") };
        let bytes = unhex(sent);
        assert_eq!((bytes[0], &bytes[1..3]), (0x60, &[0, 5][..]));
        (u16::from_be_bytes([bytes[7], bytes[8]]), bytes.slice(9..))
    }

    /// The body of an answer with this status.
    fn answered<M: prost::Message + Default>(&mut self, status: u16) -> M {
        let (found, body) = self.status_and_body();
        assert_eq!(found, status);
        M::decode(body).unwrap()
    }

    /// The question is answered at once, by this status and nothing else.
    fn refused(&mut self, topic: &str, target: &str, body: &impl prost::Message, status: u16) {
        self.receive_query(topic, target, &body.encode_to_vec());
        assert!(self.connection.poll_ask().is_none());
        assert_eq!(self.status_and_body(), (status, Bytes::new()));
    }

    fn told(&mut self, id: AskId, told: impl Into<Told>) {
        self.handle(Input::Told(id, told.into()));
    }

    fn notice(&mut self, notice: Notice) {
        self.handle(Input::Notice(notice));
    }

    fn pass(&mut self, ms: u64) {
        self.now.tick = self.now.tick + ms;
        self.now.wall = self.now.wall.plus(i64::try_from(ms).unwrap());
        self.handle(Input::Timeout);
    }

    fn transmits(&mut self) -> Vec<Transmit> {
        std::iter::from_fn(|| self.connection.poll_transmit(self.now)).collect()
    }

    /// The frames it sends, in hex; nothing else may come.
    fn sent(&mut self) -> Vec<String> {
        let hex = |transmit| match transmit {
            Transmit::Send(bytes) => hex(&bytes),
            Transmit::CloseClean | Transmit::CloseDrop => panic!("closed"),
        };
        self.transmits().into_iter().map(hex).collect()
    }

    fn ended(&mut self) -> (Vec<Transmit>, Option<EndReason>) {
        (self.transmits(), self.connection.ended())
    }
}

impl From<Page> for Told {
    fn from(page: Page) -> Self {
        Self::Page(page, "e1".to_owned())
    }
}

fn at(seq: u64) -> UnixMillis {
    UnixMillis::new(WALL + i64::try_from(seq).unwrap())
}

fn row(seq: u64, from: &str) -> InboxRow {
    InboxRow {
        seq,
        conversation: ConversationId::new(ConversationKind::Private, "you"),
        sender: UserId::from(from),
        own: from == "me",
        object_name: "c".into(),
        content: Bytes::from_static(b"{}"),
        flags: MessageFlags::NORMAL,
        sent_time: at(seq),
        uid: MessageUid::from("u"),
        client_id: None,
    }
}

/// A finished page.
fn page(rows: &[InboxRow], head: u64) -> Page {
    let head =
        Head { seq: head, time: if head == 0 { UnixMillis::ZERO } else { at(head) }, first: 1 };
    Page { rows: rows.to_vec(), finished: true, head }
}

fn unfinished(rows: &[InboxRow], head: u64) -> Page {
    Page { finished: false, ..page(rows, head) }
}

fn stored(seq: u64) -> Stored {
    Stored {
        uid: MessageUid::from("u"),
        sent_time: at(seq),
        own_seq: seq,
        rows: Vec::new(),
        repeated: false,
        replaced: None,
    }
}

fn sync_copy(seq: u64) -> Notice {
    let original = SyncFrame { topic: "ppMsgP".into(), target: "you".into(), body: unhex("0803") };
    Notice::SyncCopy { original, stored: stored(seq) }
}

fn typing() -> InboxRow {
    let flags = MessageFlags::default();
    InboxRow { uid: MessageUid::default(), flags, ..row(0, "you") }
}

/// A QUERY, qos 0, id 9.
fn query(topic: &str, target: &str, body: &str) -> String {
    let text = |text: &str| format!("{:04x}{}", text.len(), hex(text.as_bytes()));
    format!("50{}{}0009{body}", text(topic), text(target)).replace(' ', "")
}

/// Its answer.
fn answer(status: u16, body: &str) -> String {
    format!("6000095f5e1000{status:04x}{body}").replace(' ', "")
}

/// A PUBLISH, qos 1, id 3.
fn publish(topic: &str, target: &str, body: &str) -> String {
    let text = |text: &str| format!("{:04x}{}", text.len(), hex(text.as_bytes()));
    format!("32{}{}0003{body}", text(topic), text(target)).replace(' ', "")
}

const PING: &str = "c0";
const PONG: &str = "d0";
/// pullMsg, qos 1, id 1, exactly as 2.5.3 sends the first one: syncTime 0, after a connect.
const FIRST_PULL: &str = "52 0007 70756c6c4d7367 0002 6d65 0001 0800100020013000";
/// As 2.5.3 pulls after a bell: not after a connect.
const BELL_PULL: &str = "52 0007 70756c6c4d7367 0002 6d65 0002 080010003000";
/// hySeq 0.
const PULL_SEQ_0: &str = "52 0007 70756c6c4d7367 0002 6d65 0001 08001000c03e00";
/// A text to you, id 3.
const TEXT: &str = "32 0006 70704d736750 0003 796f75 0003 0803 120163 1a027b7d 5007";
/// The bell's first byte, date and topic.
const BELL: &str = "305f5e10000005735f6e74660002";

fn is_bell(frame: &str) -> bool {
    frame.starts_with(&BELL[..20]) && frame.contains("735f6e7466")
}
