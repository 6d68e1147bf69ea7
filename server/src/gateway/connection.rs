//! [`Connection`]: owns the parts and routes what happens to them.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::UserId;
use hongyan::signal::{Request, server};
use hongyan::time::Tick;
use hongyan::wire::{Direction, Frame};

pub(super) use super::asked::{Asked, Question};
use super::chatrooms::RoomFeeds;
use super::extended::ExtendedInbox;
use super::inbox::Inbox;
use super::io::{ClientInfo, EndReason, Input, Transmit, encoded};
use super::legacy::LegacyInbox;
use super::pings::PingCount;
use super::publish::Sending;
use super::queue::WriteQueue;
use crate::core::ask::{Ask, AskId, Login};
use crate::core::clock::Now;
use crate::store::{Page, PullFrom};

/// How long a client may take for its first frame, in ms.
const HANDSHAKE: u64 = 10_000;
/// How long a client may be silent, in ms. A hidden page's timers may wake once a minute, and its
/// pings then come 95 s apart at worst; a frame of 128 KiB needs 128 s at 1 KiB/s, and is seen when
/// it is whole.
const MAX_SILENCE: u64 = 150_000;
/// So many asks may be unanswered before nothing more is read from the client.
const MAX_ASKS: usize = 128;
/// So many sends in a row may be refused with 20604 before the connection is closed.
const MAX_TOO_FAST: u32 = 100;
/// CONNACK 3.
const SERVER_UNAVAILABLE: u8 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// CONNACK waits for the end of the inbox.
    Greeting,
    /// In use.
    Open,
    /// What is queued goes out, then the socket is closed.
    Closing { clean: bool, reason: EndReason },
    /// Sends under way are answered, until then at most, then TCP is cut.
    Draining { until: Tick },
    /// `told`: the driver has been given the last transmit.
    Ended { reason: EndReason, told: bool },
}

/// One login's connection. See [the module](super).
#[derive(Debug)]
pub struct Connection {
    pub(super) me: UserId,
    pub(super) client: ClientInfo,
    pub(super) epoch: String,
    pub(super) inbox: Inbox,
    pub(super) rooms: RoomFeeds,
    pub(super) phase: Phase,
    asked: BTreeMap<AskId, Asked>,
    asks: VecDeque<(AskId, Ask)>,
    last_ask: u64,
    pub(super) queue: WriteQueue,
    /// Ids of frames to the client count down: it numbers its own from 1 up, and old clients mix
    /// the two.
    pub(super) last_push_id: u16,
    started: Tick,
    last_frame: Option<Tick>,
    /// Whether the client has sent a PINGREQ.
    pinged: bool,
    pings: PingCount,
    /// Sends refused with 20604 since the last one that was stored.
    too_fast: u32,
}

impl Connection {
    /// A client whose token was good. The first ask reads the end of its inbox, the first frame is
    /// CONNACK.
    pub fn new(login: &Login, client: ClientInfo, now: Now) -> Self {
        let inbox = if client.extended {
            Inbox::Extended(ExtendedInbox::default())
        } else {
            Inbox::Legacy(LegacyInbox::default())
        };
        let mut connection = Self {
            me: login.user.detached(),
            client,
            epoch: String::new(),
            inbox,
            rooms: RoomFeeds::default(),
            phase: Phase::Greeting,
            asked: BTreeMap::new(),
            asks: VecDeque::new(),
            last_ask: 0,
            queue: WriteQueue::default(),
            last_push_id: 0,
            started: now.tick,
            last_frame: None,
            pinged: false,
            pings: PingCount::default(),
            too_fast: 0,
        };
        connection.ask(HEAD_ONLY, Asked::Greeting);
        connection
    }

    /// Something happened.
    pub fn handle(&mut self, now: Now, input: Input) {
        match input {
            Input::Received(bytes) => self.received(now, &bytes),
            Input::Told(id, told) => {
                if let Some(asked) = self.asked.remove(&id) {
                    self.told(now, asked, told);
                }
            }
            Input::Notice(notice) => self.notice(now, notice),
            Input::NoticesMissed => self.notices_missed(now),
            Input::Timeout => self.timeout(now.tick),
            Input::Closed => self.end(EndReason::ClosedByClient),
            Input::SocketPing => self.count_ping(now.tick),
            Input::Unframed(what) => self.end(EndReason::Unframed(what)),
        }
        if self.queue.is_over_full() {
            self.end(EndReason::QueueFull);
        }
    }

    /// The next thing to ask the core, oldest first.
    pub fn poll_ask(&mut self) -> Option<(AskId, Ask)> {
        self.asks.pop_front()
    }

    /// The next thing for the socket. To be called when the socket can take it; what is not taken
    /// stays here and is counted.
    pub fn poll_transmit(&mut self, now: Now) -> Option<Transmit> {
        if let Phase::Ended { told, .. } = &mut self.phase {
            return (!std::mem::replace(told, true)).then_some(Transmit::CloseDrop);
        }
        if let Some(frame) = self.queue.pop(now.tick) {
            return Some(Transmit::Send(frame));
        }
        self.poll_end()
    }

    /// How to close, if nothing is left to be sent: a socket that takes no frames can do that.
    pub fn poll_end(&mut self) -> Option<Transmit> {
        if self.queue.stalls_at().is_some() {
            return None;
        }
        match self.phase {
            Phase::Closing { clean, reason } => {
                self.phase = Phase::Ended { reason, told: true };
                Some(if clean { Transmit::CloseClean } else { Transmit::CloseDrop })
            }
            Phase::Draining { .. } if !self.is_sending() => {
                self.phase = Phase::Ended { reason: EndReason::ShuttingDown, told: true };
                Some(Transmit::CloseDrop)
            }
            Phase::Greeting | Phase::Open | Phase::Draining { .. } | Phase::Ended { .. } => None,
        }
    }

    /// When to feed [`Input::Timeout`]; `None` when the connection has ended.
    pub fn poll_timeout(&self) -> Option<Tick> {
        let deadline = match self.phase {
            Phase::Ended { .. } => return None,
            Phase::Draining { until } => until,
            Phase::Greeting | Phase::Open | Phase::Closing { .. } => match self.last_frame {
                Some(last) => last + MAX_SILENCE,
                None => self.started + HANDSHAKE,
            },
        };
        Some(self.queue.stalls_at().map_or(deadline, |stall| stall.min(deadline)))
    }

    /// Whether the socket is to be read. Not while the client has too much under way: then it
    /// waits, and costs no more memory.
    pub fn wants_input(&self) -> bool {
        let pulling = match &self.inbox {
            Inbox::Legacy(inbox) => inbox.is_pulling(),
            Inbox::Extended(inbox) => inbox.is_pulling(),
        };
        self.phase == Phase::Open
            && self.asked.len() < MAX_ASKS
            && !pulling
            && !self.rooms.is_pulling()
            && !self.queue.is_half_full()
    }

    /// Why it ended, once it has: nothing more is to be fed or asked, and what is still queued is
    /// not to be sent.
    pub fn ended(&self) -> Option<EndReason> {
        match self.phase {
            Phase::Ended { reason, .. } => Some(reason),
            Phase::Greeting | Phase::Open | Phase::Closing { .. } | Phase::Draining { .. } => None,
        }
    }

    fn is_sending(&self) -> bool {
        self.asked.values().any(|asked| matches!(asked, Asked::Send(_)))
    }

    pub(super) fn end(&mut self, reason: EndReason) {
        if self.ended().is_some() {
            return;
        }
        // A client that closes the socket it was told to leave did as it was told.
        let reason = match (self.phase, reason) {
            (Phase::Closing { reason, .. }, EndReason::ClosedByClient) => reason,
            _ => reason,
        };
        self.queue.clear();
        self.asks.clear();
        self.phase = Phase::Ended { reason, told: false };
    }

    pub(super) fn close(&mut self, clean: bool, reason: EndReason) {
        if matches!(self.phase, Phase::Greeting | Phase::Open | Phase::Draining { .. }) {
            self.phase = Phase::Closing { clean, reason };
        }
    }

    /// A send was stored, or refused with this status.
    pub(super) fn send_ended(&mut self, status: u16) {
        if status == 0 {
            self.too_fast = 0;
        } else if status == ErrorCode::SendTooFast.number() as u16 {
            self.too_fast += 1;
            if self.too_fast >= MAX_TOO_FAST {
                self.close(false, EndReason::SendsTooFast);
            }
        }
    }

    pub(super) fn ask(&mut self, ask: Ask, about: Asked) {
        self.last_ask += 1;
        let id = AskId(self.last_ask);
        self.asked.insert(id, about);
        self.asks.push_back((id, ask));
    }

    pub(super) fn send(&mut self, now: Now, frame: &Frame) {
        if self.ended().is_some() {
            return;
        }
        match encoded(frame) {
            Some(bytes) => self.queue.push(now.tick, bytes),
            None => self.answer_instead(now, frame),
        }
    }

    /// An answer that outgrew its frame becomes an error, so that nobody waits for it.
    fn answer_instead(&mut self, now: Now, frame: &Frame) {
        if let Frame::QueryAck(answer) = frame {
            let status = ErrorCode::ServerFailed.number() as u16;
            let refusal = server::answer(
                answer.message_id,
                answer.qos.expects_answer(),
                now.wall,
                status,
                Bytes::new(),
            );
            if let Some(bytes) = encoded(&refusal) {
                self.queue.push(now.tick, bytes);
            }
        }
    }

    pub(super) fn greet(&mut self, now: Now, page: &Page, epoch: String) {
        if self.phase != Phase::Greeting {
            return;
        }
        self.known_to(page.head);
        self.epoch = epoch;
        self.phase = Phase::Open;
        let id = &self.client.session_id;
        let session = if self.client.extended { format!("hy1.{id}") } else { id.to_string() };
        let accepted = server::login_accepted(&self.me, &session, now.wall.max(page.head.time));
        self.send(now, &accepted);
        self.chatrooms_greeted(now);
    }

    pub(super) fn refuse_login(&mut self, now: Now) {
        self.send(now, &server::login_refused(SERVER_UNAVAILABLE));
        self.close(false, EndReason::StoreFailed);
    }

    fn received(&mut self, now: Now, bytes: &Bytes) {
        if self.phase != Phase::Open {
            return;
        }
        self.last_frame = Some(now.tick);
        let frame = match Frame::decode(bytes, Direction::ClientToServer) {
            Ok(frame) => frame,
            Err(error) => return self.end(EndReason::BadFrame(error)),
        };
        let frame_type = frame.frame_type().name();
        match server::read(frame) {
            Ok(request) => self.request(now, request),
            Err(_) => self.end(EndReason::UnexpectedFrame(frame_type)),
        }
    }

    fn request(&mut self, now: Now, request: Request) {
        match request {
            Request::Ping => self.pinged(now),
            Request::Publish { id, wants_ack, topic, target, body, .. } => {
                self.publish(now, Sending { id, wants_ack }, topic, target, &body);
            }
            Request::Query { id, confirms, topic, target, body } => {
                self.query(now, Question { id, confirms }, &topic, &target, &body);
            }
            // Delivery is known by the next pull; a push that was not acknowledged is pulled, too.
            Request::PushAcked { .. } | Request::AnswerConfirmed { .. } => {}
            Request::LoggedOut => self.close(true, EndReason::LoggedOut),
            Request::Connect => self.end(EndReason::UnexpectedFrame("CONNECT")),
        }
    }

    fn count_ping(&mut self, now: Tick) {
        if self.pings.is_too_fast(now) {
            self.end(EndReason::PingsTooFast);
        }
    }

    fn pinged(&mut self, now: Now) {
        let first = !std::mem::replace(&mut self.pinged, true);
        self.count_ping(now.tick);
        self.send(now, &server::pong());
        match &mut self.inbox {
            Inbox::Legacy(inbox) => {
                if let Some(time) = inbox.pinged(first) {
                    self.ring(now, time, None);
                }
            }
            Inbox::Extended(inbox) => {
                let step = inbox.pinged(first);
                self.take_step(now, step, None);
            }
        }
        self.chatrooms_pinged(now);
    }

    fn timeout(&mut self, now: Tick) {
        if self.queue.stalls_at().is_some_and(|stall| stall <= now) {
            return self.end(EndReason::Stalled);
        }
        match (self.poll_timeout(), self.phase, self.last_frame) {
            (Some(deadline), _, _) if deadline > now => {}
            (Some(_), Phase::Draining { .. }, _) => self.end(EndReason::ShuttingDown),
            (Some(_), _, None) => self.end(EndReason::HandshakeTimeout),
            (Some(_), _, Some(_)) => self.end(EndReason::Idle),
            (None, _, _) => {}
        }
    }
}

/// Reads no rows, only where the inbox ends.
pub(super) const HEAD_ONLY: Ask = Ask::Pull { from: PullFrom::Seq(u64::MAX), limit: 0 };
