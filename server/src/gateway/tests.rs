//! Literal frames in, literal frames out, on virtual time.

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind, MessageUid, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::{Tick, UnixMillis};
use hongyan::wire::DecodeError;

use super::*;
use crate::core::ask::{Ask, AskId, Login, Notice, SyncFrame, Told};
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
        let login = Login { user: UserId::from("me"), device: None };
        let client = ClientInfo { extended, session_id: "7".into(), page_size: 2 };
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

#[test]
fn the_first_frame_is_connack_and_never_behind_the_inbox() {
    let mut driven = Driven::new(false);
    let (id, _) = driven.connection.poll_ask().unwrap();
    driven.notice(Notice::Row(row(9, "you")));
    assert!(!driven.connection.wants_input() && driven.sent().is_empty());
    driven.told(id, page(&[], 5));
    // status 0, "me", "7", WALL + 5
    assert_eq!(driven.sent(), ["20 00 00 0002 6d65 0001 37 00000174876e8005".replace(' ', "")]);
    assert!(driven.connection.wants_input());
    let mut driven = Driven::new(true);
    let (id, _) = driven.connection.poll_ask().unwrap();
    driven.told(id, page(&[], 0));
    let session = hex(b"hy1.7");
    assert_eq!(driven.sent(), [format!("20000000026d650005{session}{WALL:016x}")]);
}

#[test]
fn a_store_that_fails_refuses_the_login() {
    let mut driven = Driven::new(false);
    let (id, _) = driven.connection.poll_ask().unwrap();
    driven.told(id, Told::Refused(25104));
    let refusal = Transmit::Send(unhex("20 00 03"));
    assert_eq!(driven.ended(), (vec![refusal, Transmit::CloseDrop], Some(EndReason::StoreFailed)));
}

#[test]
fn a_ping_is_answered_and_rings_only_when_something_is_missing() {
    let mut driven = Driven::level(false, 5);
    driven.receive(PING);
    assert_eq!(driven.sent(), [PONG]);
    let mut driven = Driven::greeted(false, 5);
    driven.receive(PING);
    assert_eq!(driven.sent(), [PONG], "the first pull follows by itself");
    driven.receive(PING);
    let sent = driven.sent();
    assert!(sent.len() == 2 && is_bell(&sent[1]), "{sent:?}");
}

#[test]
fn a_message_is_asked_for_and_acknowledged() {
    let mut driven = Driven::level(false, 1);
    let (id, ask) = driven.asked(TEXT);
    let Ask::Send { conversation, flags, client_id, original, .. } = ask else { panic!("{ask:?}") };
    assert_eq!(conversation, ConversationId::new(ConversationKind::Private, "you"));
    assert_eq!((flags, client_id), (MessageFlags::NORMAL, None));
    assert_eq!((&*original.topic, &*original.target), ("ppMsgP", "you"));
    driven.told(id, Told::Sent(stored(2)));
    assert_eq!(driven.sent(), ["40 0003 5f5e1000 0000 0002 0001 75".replace(' ', "")]);
}

#[test]
fn an_extended_puback_has_the_number_and_ids_are_believed() {
    let mut driven = Driven::level(true, 1);
    let (id, ask) = driven.asked(TEXT);
    assert!(matches!(ask, Ask::Send { client_id: Some(id), .. } if id.to_wire() == 7));
    driven.told(id, Told::Sent(stored(2)));
    let ack = "40 0003 5f5e1000 0000 0002 0001 75 0000000000000002".replace(' ', "");
    assert_eq!(driven.sent(), [ack]);
    let (id, _) = driven.asked(TEXT);
    driven.told(id, Told::Refused(20604));
    let ack = "40 0003 5f5e1000 507c 0000 0000 0000000000000000".replace(' ', "");
    assert_eq!(driven.sent(), [ack]);
}

#[test]
fn extension_fields_are_not_relayed() {
    let mut driven = Driven::level(false, 1);
    let (_, ask) = driven.asked(&format!("{TEXT} c03e05"));
    let Ask::Send { original, .. } = ask else { panic!("{ask:?}") };
    assert_eq!(hex(&original.body), "08031201631a027b7d5007");
}

#[test]
fn without_qos_nobody_waits_for_a_puback() {
    let mut driven = Driven::level(false, 1);
    let (id, _) = driven.asked(&TEXT.replacen("32", "30", 1));
    driven.told(id, Told::Refused(20604));
    assert!(driven.sent().is_empty());
}

#[test]
fn a_status_topic_is_never_kept() {
    let mut driven = Driven::level(false, 1);
    let (_, ask) = driven.asked(&TEXT.replacen("70704d736750", "70704d736753", 1));
    assert!(matches!(ask, Ask::Send { flags, .. } if !flags.stored()));
}

#[test]
fn answers_come_in_any_order() {
    let mut driven = Driven::level(false, 1);
    let (first, _) = driven.asked(TEXT);
    let (second, _) = driven.asked(&TEXT.replacen("0003 0803", "0004 0803", 1));
    assert!(first < second);
    driven.told(second, Told::Sent(stored(3)));
    driven.told(first, Told::Sent(stored(2)));
    driven.told(first, Told::Sent(stored(2)));
    let sent = driven.sent();
    assert_eq!((sent.len(), &sent[0][..6], &sent[1][..6]), (2, "400004", "400003"));
}

#[test]
fn an_empty_inbox_is_a_finished_page_with_the_clients_own_time() {
    let mut driven = Driven::greeted(false, 0);
    let pull = FIRST_PULL.replacen("0001 0800", "0001 0807", 1);
    let (id, ask) = driven.asked(&pull);
    let (received_after, sent_after) = (UnixMillis::new(7), Some(UnixMillis::ZERO));
    let from = PullFrom::Times { received_after, sent_after };
    assert_eq!(ask, Ask::Pull { from, limit: 2 });
    driven.told(id, page(&[], 0));
    assert_eq!(driven.sent(), ["62 0001 5f5e1000 0000 1007 1801".replace(' ', "")]);
}

#[test]
fn nothing_is_read_while_a_pull_is() {
    let mut driven = Driven::greeted(false, 0);
    let (id, _) = driven.asked(FIRST_PULL);
    assert!(!driven.connection.wants_input());
    driven.told(id, page(&[], 0));
    assert!(driven.connection.wants_input());
    let (id, _) = driven.asked(FIRST_PULL);
    driven.told(id, Told::Refused(25104));
    assert!(driven.connection.wants_input());
}

#[test]
fn an_unfinished_page_rings_with_a_later_time_and_goes_on_with_own_rows() {
    let mut driven = Driven::greeted(false, 9);
    let (id, _) = driven.asked(FIRST_PULL);
    driven.told(id, unfinished(&[row(1, "you"), row(2, "me")], 9));
    let sent = driven.sent();
    assert_eq!(sent.len(), 2);
    assert!(sent[0].ends_with("1800"), "finished is written: {}", sent[0]);
    // type 1, time WALL + 9
    assert!(is_bell(&sent[1]) && sent[1].ends_with("0801108980babbc82e"), "{}", sent[1]);
    let (_, ask) = driven.asked(BELL_PULL);
    let Ask::Pull { from: PullFrom::Times { sent_after, .. }, .. } = ask else { panic!() };
    assert_eq!(sent_after, Some(UnixMillis::ZERO));
}

#[test]
fn an_empty_unfinished_page_does_not_ring_for_ever() {
    let mut driven = Driven::greeted(false, 9);
    let (id, _) = driven.asked(FIRST_PULL);
    driven.told(id, unfinished(&[], 9));
    assert_eq!(driven.sent().len(), 1);
}

#[test]
fn after_the_end_own_rows_are_given_only_when_asked_for() {
    let mut driven = Driven::level(false, 3);
    let (_, ask) = driven.asked(BELL_PULL);
    let from = PullFrom::Times { received_after: UnixMillis::ZERO, sent_after: None };
    assert_eq!(ask, Ask::Pull { from, limit: 2 });
}

#[test]
fn a_stored_message_rings_an_old_client_and_is_pushed_to_nobody() {
    let mut driven = Driven::level(false, 3);
    driven.notice(Notice::Row(row(4, "you")));
    let sent = driven.sent();
    let bell = format!("305f5e1000 0005 735f6e7466 0002 6d65 0000 0801 10{}", "8480babbc82e");
    assert_eq!(sent, [bell.replace(' ', "")]);
    driven.notice(Notice::Row(row(5, "me")));
    assert!(driven.sent().is_empty(), "own rows come as copies");
}

#[test]
fn a_row_that_comes_during_a_pull_rings_after_it() {
    let mut driven = Driven::level(false, 3);
    let (id, _) = driven.asked(BELL_PULL);
    driven.notice(Notice::Row(row(5, "you")));
    assert!(driven.sent().is_empty());
    driven.told(id, page(&[row(4, "you")], 4));
    let sent = driven.sent();
    assert!(sent.len() == 2 && is_bell(&sent[1]), "{sent:?}");
}

#[test]
fn a_volatile_message_carries_the_clients_cursor_and_waits_for_a_pull() {
    let mut driven = Driven::level(false, 3);
    driven.notice(Notice::Volatile(typing()));
    let sent = driven.sent();
    // dataTime (field 6) is WALL + 3, the cursor; qos 0, id 0
    assert!(sent[0].starts_with("30") && sent[0].contains("308380babbc82e"), "{sent:?}");
    let (id, _) = driven.asked(BELL_PULL);
    driven.notice(Notice::Volatile(typing()));
    assert!(driven.sent().is_empty());
    driven.told(id, page(&[row(4, "you")], 4));
    let sent = driven.sent();
    assert_eq!(sent.len(), 2);
    assert!(sent[1].contains("308480babbc82e"), "the new cursor: {}", sent[1]);
    let mut unpulled = Driven::greeted(false, 3);
    unpulled.notice(Notice::Volatile(typing()));
    assert!(unpulled.sent().is_empty());
}

#[test]
fn in_an_empty_inbox_a_volatile_message_does_not_carry_time_0() {
    let mut driven = Driven::greeted(false, 0);
    let (id, _) = driven.asked(FIRST_PULL);
    driven.told(id, page(&[], 0));
    driven.sent();
    driven.notice(Notice::Volatile(typing()));
    assert!(driven.sent()[0].contains("30013800"));
}

#[test]
fn a_copy_of_an_own_message_is_a_pair_with_one_id() {
    let mut driven = Driven::level(false, 3);
    driven.notice(sync_copy(4));
    driven.notice(sync_copy(5));
    let copy = "3a 5f5e1000 0006 70704d736750 0003 796f75 ffff 0803".replace(' ', "");
    let ack = "40 ffff 5f5e1000 0000 0004 0001 75".replace(' ', "");
    let sent = driven.sent();
    assert_eq!(sent[..2], [copy, ack]);
    assert!(sent[2].contains("fffe0803") && sent[3].starts_with("40fffe"));
}

#[test]
fn a_copy_that_a_page_brings_is_not_sent_besides() {
    let mut driven = Driven::level(false, 3);
    let (id, _) = driven.asked(FIRST_PULL);
    driven.notice(sync_copy(4));
    driven.notice(sync_copy(5));
    driven.told(id, page(&[row(4, "me")], 4));
    let sent = driven.sent();
    assert_eq!(sent.len(), 3, "the page, and the pair of 5 alone: {sent:?}");
    assert!(sent[2].contains("00050001"), "{}", sent[2]);
    // Not asked for own rows: both are sent.
    let (id, _) = driven.asked(BELL_PULL);
    driven.notice(sync_copy(6));
    driven.told(id, page(&[], 6));
    assert_eq!(driven.sent().len(), 3);
}

#[test]
fn a_copy_before_the_first_pull_comes_with_it() {
    let mut driven = Driven::greeted(false, 3);
    driven.notice(sync_copy(4));
    assert!(driven.sent().is_empty());
}

#[test]
fn the_next_row_is_pushed_to_an_extended_client() {
    let mut driven = Driven::level(true, 3);
    driven.notice(Notice::Row(row(4, "you")));
    let sent = driven.sent();
    // qos 1, id 65535, hySeq 4 at the end
    assert!(sent[0].starts_with("325f5e10000005735f6d73670002"), "{sent:?}");
    assert!(sent[0].contains("6d65ffff") && sent[0].ends_with("c03e04"), "{sent:?}");
    driven.notice(Notice::Row(row(6, "you")));
    let sent = driven.sent();
    assert!(is_bell(&sent[0]) && sent[0].ends_with("c03e06"), "{sent:?}");
}

#[test]
fn a_number_of_another_epoch_starts_again() {
    for (epoch, seq) in [("6531", 5), ("6530", 0)] {
        let mut driven = Driven::greeted(true, 9);
        let pull = format!("52000770756c6c4d736700026d650001 08001000 c03e05 ca3e02{epoch}");
        let (_, ask) = driven.asked(&pull);
        assert_eq!(ask, Ask::Pull { from: PullFrom::Seq(seq), limit: 2 });
    }
}

#[test]
fn an_old_client_has_no_numbers() {
    let mut driven = Driven::greeted(false, 9);
    let (_, ask) = driven.asked(PULL_SEQ_0);
    assert!(matches!(ask, Ask::Pull { from: PullFrom::Times { .. }, .. }));
}

#[test]
fn missed_notices_are_made_good_by_a_bell() {
    for extended in [false, true] {
        let mut driven = Driven::level(extended, 3);
        driven.handle(Input::NoticesMissed);
        let (id, _) = driven.connection.poll_ask().unwrap();
        driven.told(id, page(&[], 8));
        let sent = driven.sent();
        assert!(sent.len() == 1 && is_bell(&sent[0]), "{sent:?}");
    }
}

#[test]
fn a_conversation_list_says_when_it_is_cut() {
    let mut driven = Driven::level(false, 3);
    let (id, ask) = driven.asked(
        "50 000c 717279 52656c6174696f6e52 0002 6d65 0005 10021800 2000"
            .replace("717279 52656c6174696f6e52", &hex(b"qryRelationR"))
            .as_str(),
    );
    assert!(matches!(ask, Ask::Conversations(query) if query.count == 2));
    let mut large = row(3, "you");
    large.content = vec![b'x'; 100 * 1024].into();
    let large = ConversationRow { latest: large, unread: 1, read_time: UnixMillis::ZERO };
    driven.told(id, Told::Conversations(vec![large.clone(), large], 3));
    let sent = driven.sent();
    assert!(sent[0].starts_with("600005") && sent[0].ends_with("1000"), "not finished");
    assert!(sent[0].len() < 2 * 110 * 1024);
}

#[test]
fn a_kick_is_said_and_then_closed() {
    let mut driven = Driven::level(false, 3);
    driven.notice(Notice::Kicked);
    let (transmits, reason) = driven.ended();
    assert_eq!(transmits, [Transmit::Send(unhex("e0 00 01")), Transmit::CloseClean]);
    assert_eq!(reason, Some(EndReason::Kicked));
}

#[test]
fn who_is_replaced_is_cut_without_a_word() {
    let mut driven = Driven::level(true, 3);
    driven.notice(Notice::Row(row(4, "you")));
    driven.notice(Notice::Replaced);
    assert_eq!(driven.ended(), (vec![Transmit::CloseDrop], Some(EndReason::Replaced)));
}

#[test]
fn a_shutdown_waits_for_sends_and_then_cuts() {
    let mut driven = Driven::level(false, 3);
    let (id, _) = driven.asked(TEXT);
    driven.notice(Notice::ShuttingDown);
    assert!(driven.transmits().is_empty() && !driven.connection.wants_input());
    driven.told(id, Told::Sent(stored(4)));
    let transmits = driven.transmits();
    assert!(matches!(transmits[..], [Transmit::Send(_), Transmit::CloseDrop]), "{transmits:?}");
    let mut stuck = Driven::level(false, 3);
    stuck.asked(TEXT);
    stuck.notice(Notice::ShuttingDown);
    stuck.pass(5_000);
    assert_eq!(stuck.ended(), (vec![Transmit::CloseDrop], Some(EndReason::ShuttingDown)));
}

#[test]
fn bad_frames_are_cut_with_their_reason() {
    for (text, reason) in [
        ("", EndReason::BadFrame(DecodeError::Empty)),
        ("f0", EndReason::BadFrame(DecodeError::UnknownType(15))),
        ("4000", EndReason::BadFrame(DecodeError::Truncated("messageId"))),
        ("d0", EndReason::BadFrame(DecodeError::WrongDirection("PINGRESP"))),
        ("10 0006 52436c6f7564 03 02 003c 0003 636964", EndReason::UnexpectedFrame("CONNECT")),
    ] {
        let mut driven = Driven::level(false, 3);
        driven.receive(text);
        assert_eq!(driven.ended(), (vec![Transmit::CloseDrop], Some(reason)), "{text}");
    }
    let mut driven = Driven::level(false, 3);
    driven.handle(Input::Unframed("text-message"));
    assert_eq!(driven.connection.ended().map(EndReason::name), Some("text-message"));
}

#[test]
fn a_client_has_10_seconds_for_its_first_frame() {
    let mut driven = Driven::greeted(false, 0);
    driven.pass(9_999);
    assert_eq!(driven.connection.ended(), None);
    driven.pass(1);
    let cut = vec![Transmit::CloseDrop];
    assert_eq!(driven.ended(), (cut, Some(EndReason::HandshakeTimeout)));
}

#[test]
fn a_client_may_be_silent_for_95_seconds_but_not_for_ever() {
    let mut driven = Driven::greeted(false, 0);
    driven.receive(PING);
    driven.sent();
    driven.pass(95_000);
    assert_eq!(driven.connection.ended(), None);
    let deadline = driven.connection.poll_timeout().unwrap();
    driven.pass(deadline.since(driven.now.tick));
    assert_eq!(driven.connection.ended(), Some(EndReason::Idle));
    assert_eq!(driven.connection.poll_timeout(), None);
}

#[test]
fn a_client_that_takes_nothing_is_rung_then_cut() {
    let mut driven = Driven::level(true, 0);
    let mut seq = 0;
    while driven.connection.wants_input() {
        seq += 1;
        driven.notice(Notice::Row(row(seq, "you")));
        assert!(seq < 600, "the queue never fills");
    }
    // Half full: from now on there is one bell and nothing more.
    let half = seq;
    for seq in half + 1..half + 1000 {
        driven.notice(Notice::Row(row(seq, "you")));
    }
    assert_eq!(driven.connection.ended(), None);
    driven.pass(20_000);
    assert_eq!(driven.ended(), (vec![Transmit::CloseDrop], Some(EndReason::Stalled)));
}

#[test]
fn a_queue_beyond_its_limit_is_cut() {
    let mut driven = Driven::level(false, 0);
    for _ in 0..=MAX_QUEUED_FRAMES / 2 {
        driven.notice(sync_copy(1));
    }
    assert_eq!(driven.ended(), (vec![Transmit::CloseDrop], Some(EndReason::QueueFull)));
}

#[test]
fn after_the_end_nothing_happens() {
    let mut driven = Driven::level(true, 3);
    let (id, _) = driven.asked(TEXT);
    driven.handle(Input::Closed);
    driven.told(id, Told::Sent(stored(4)));
    driven.notice(Notice::Row(row(5, "you")));
    driven.notice(Notice::Kicked);
    driven.receive(TEXT);
    driven.handle(Input::NoticesMissed);
    assert_eq!(driven.ended(), (vec![Transmit::CloseDrop], Some(EndReason::ClosedByClient)));
    assert!(driven.transmits().is_empty());
}
