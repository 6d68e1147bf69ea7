//! What comes after chaos: a world in which everything that is asked is answered, in time.

use bytes::Bytes;

use super::chaos::Chaos;
use super::world::*;
use crate::ids::*;
use crate::session::io::*;
use crate::signal::pull::{InboxState, PageWriter};
use crate::signal::{SendAck, server, topic};
use crate::time::UnixMillis;
use crate::wire::{Direction, Frame};

/// How much of what the engine wants was dealt with, from the beginning of the page.
#[derive(Default)]
struct Dealt {
    http: usize,
    links: usize,
    users: usize,
    batches: usize,
    tokens: usize,
}

impl Chaos {
    /// The page connects anew, to a server with the extensions or without, and the world sees to it
    /// that everything comes to an end. `false`: it does not.
    pub fn recovers(&mut self, extended: bool) -> bool {
        let dealt = &mut Dealt {
            http: self.http.len(),
            links: self.links.len(),
            users: self.users.len() - 1,
            batches: 0,
            tokens: self.tokens.len(),
        };
        // Whatever war of kicks there was.
        self.now += 400_000;
        self.feed(Input::Hint(Hint::Woke));
        self.feed(Input::WallClock(UnixMillis::new(WALL)));
        self.calls += 2;
        self.feed(Input::Command(Command::Disconnect { call: CallId(self.calls - 1) }));
        let (call, token) = (CallId(self.calls), "A".to_owned());
        self.feed(Input::Command(Command::Connect { call, token, user: None }));
        (0..5_000).any(|_| {
            if !self.deals_with_something(dealt, extended) {
                if self.is_at_rest() {
                    return true;
                }
                let next = self.engine.poll_timeout().map_or(self.now, |next| next.as_millis());
                self.now = self.now.max(next);
                self.feed(Input::Timeout);
            }
            false
        })
    }

    fn is_at_rest(&self) -> bool {
        let open = self.engine.outbox.iter().any(|(_, entry)| entry.is_open());
        self.engine.status() == Status::Connected && !open && self.engine.begun
    }

    fn deals_with_something(&mut self, dealt: &mut Dealt, extended: bool) -> bool {
        if let Some(user) = self.users.get(dealt.users).cloned() {
            dealt.users += 1;
            self.feed(Input::RestoredUser(user, Restored::Owned(self.kept.clone())));
        } else if let Some(id) = self.http.get(dealt.http).copied() {
            dealt.http += 1;
            let body = Bytes::from(answer_of(r#""server":"a""#, "me", extended));
            let outcome = HttpOutcome::Answer { status: 200, body, retry_after_s: None };
            self.feed(Input::HttpDone(id, outcome));
        } else if let Some(id) = self.links.get(dealt.links).copied() {
            dealt.links += 1;
            self.feed(Input::LinkOpened(id));
            let session = if extended { "hy1.s" } else { "s" };
            self.says(&server::login_accepted(&me(), session, UnixMillis::new(WALL)));
        } else if let Some(batch) = self.batches.get(dealt.batches).copied() {
            dealt.batches += 1;
            self.feed(Input::HandedOver(batch));
        } else if let Some(request) = self.tokens.get(dealt.tokens).copied() {
            dealt.tokens += 1;
            let token = Some("A".into());
            self.feed(Input::Command(Command::Token { request, token }));
        } else if let Some(bytes) = self.sent.pop_front() {
            self.answers(&bytes);
        } else {
            return false;
        }
        true
    }

    fn says(&mut self, frame: &Frame) {
        let (link, mut bytes) = (self.links[self.links.len() - 1], Vec::new());
        frame.encode(&mut bytes).unwrap();
        self.feed(Input::Received(link, Bytes::from(bytes)));
    }

    // Nothing else is answered.
    #[allow(clippy::wildcard_enum_match_arm)]
    fn answers(&mut self, bytes: &Bytes) {
        let now = UnixMillis::new(WALL);
        match Frame::decode(bytes, Direction::ClientToServer).unwrap() {
            Frame::PublishUp(publish) => {
                let id = publish.message_id;
                let (uid, content) = (MessageUid::from(format!("P-{id}")), Bytes::new());
                let ack = SendAck { id, status: 0, time: now, uid, inbox_seq: None, content };
                self.says(&server::send_ack(&ack));
            }
            Frame::Query(query) => {
                let body = self.answer_to(&query.topic);
                self.says(&server::answer(query.message_id, false, now, 0, body));
            }
            Frame::PingReq => self.says(&server::pong()),
            _ => {}
        }
    }

    fn answer_to(&self, asked: &str) -> Bytes {
        let (user, now) = (me(), UnixMillis::new(WALL));
        let cursor = self.engine.inbox.cursor();
        let inbox = InboxState { epoch: cursor.epoch.clone(), head: cursor.seq, first: 1 };
        let inbox = self.engine.is_extended().then_some(inbox);
        match asked {
            topic::PULL => PageWriter::new(&user).finish(now, true, inbox.as_ref()),
            topic::PULL_ROOM => PageWriter::new(&user).finish(now, true, None),
            topic::CONVERSATIONS | topic::CONVERSATIONS_NEWER => {
                let head = inbox.map(|inbox| inbox.head);
                server::conversation_list_body(&[], &user, true, head)
            }
            _ => Bytes::from_static(b"\x08\x00"),
        }
    }
}
