//! All members in one thread: they come in, some speak, all hear.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use hongyan::wire::{Direction, Frame};
use mio::{Events, Interest, Poll, Token};
use tokio::time::Instant;

use super::Person;
use super::frames;
use super::heard::{Heard, Said, Times};
use super::member::{Member, Stage};
use super::options::Options;

/// So many come in at once.
const COMING: usize = 200;
/// So many events at once: between them it is looked whether somebody is to speak.
const EVENTS: usize = 256;
const BUFFER: usize = 64 * 1024;
/// Everybody pings that often.
const PING_EVERY: Duration = Duration::from_secs(30);
/// How long nothing may come before what is missing counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);
/// The first half of a frame's first byte.
const CONNACK: u8 = 2;
const QUERYACK: u8 = 6;
const PUBLISH: u8 = 3;
const PUBACK: u8 = 4;
/// The ids of what is said; those before are for questions.
const FIRST_ID: u16 = 10;
const IDS: u32 = 60_000;
const BELL: &[u8] = b"s_ntf";

/// See the module.
pub(super) struct Room {
    options: Options,
    server: SocketAddr,
    poll: Poll,
    members: Vec<Member>,
    buffer: Vec<u8>,
    arrived: Arrived,
    gathered_in: Duration,
    /// When the first message was due.
    began: Instant,
    spoken: u32,
    pinged: u64,
    news: News,
    /// From the first message until the last was heard.
    took: Duration,
}

/// How many are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Arrived {
    logged_in: usize,
    inside: usize,
}

/// What came of what was said.
struct News {
    heard: Heard,
    answers: Times,
    hint: usize,
    refused: u32,
    bells: u64,
    last: Instant,
}

/// How it went.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Until everybody was in the room.
    pub gathered_in: Duration,
    /// From the first message until the last was heard.
    pub took: Duration,
    /// What members were given.
    pub heard: Heard,
    /// Messages that the server took, and how soon it said so.
    pub answers: Times,
    /// Messages that it did not take.
    pub refused: u32,
    /// Doorbells instead of messages: for members who were too slow.
    pub bells: u64,
}

fn text(error: io::Error) -> String {
    error.to_string()
}

impl Room {
    /// Nobody is in it.
    pub(super) fn open(options: &Options, server: SocketAddr) -> Result<Self, String> {
        let now = Instant::now();
        let (heard, answers) = (Heard::default(), Times::default());
        let news = News { heard, answers, hint: 0, refused: 0, bells: 0, last: now };
        Ok(Self {
            options: options.clone(),
            server,
            poll: Poll::new().map_err(text)?,
            members: Vec::new(),
            buffer: vec![0; BUFFER],
            arrived: Arrived::default(),
            gathered_in: Duration::ZERO,
            began: now,
            spoken: 0,
            pinged: 0,
            news,
            took: Duration::ZERO,
        })
    }

    /// Everybody logs in.
    pub(super) fn log_in(&mut self, people: &[Person]) -> Result<(), String> {
        while self.arrived.logged_in < people.len() {
            let (opened, there) = (self.members.len(), self.arrived.logged_in);
            if opened < people.len() && opened - there < COMING {
                self.come(&people[opened]).map_err(text)?;
                self.turn(Duration::ZERO)?;
            } else if !self.turn(PATIENCE)? {
                return Err(format!("only {there} of {} logged in", people.len()));
            }
        }
        Ok(())
    }

    /// Everybody comes into the room.
    pub(super) fn come_in(&mut self) -> Result<(), String> {
        let (began, all, mut asked) = (Instant::now(), self.members.len(), 0);
        while self.arrived.inside < all {
            if asked < all && asked - self.arrived.inside < COMING {
                let member = &mut self.members[asked];
                member.stage = Stage::Joining;
                member.send(&frames::join()).map_err(text)?;
                asked += 1;
            } else if !self.turn(PATIENCE)? {
                return Err(format!("only {} of {all} came in", self.arrived.inside));
            }
        }
        self.gathered_in = began.elapsed();
        Ok(())
    }

    fn come(&mut self, person: &Person) -> io::Result<()> {
        let number = self.members.len();
        let id = u32::try_from(number).unwrap_or(u32::MAX);
        let mut member = Member::open(self.server, person, id, self.options.senders)?;
        let registry = self.poll.registry();
        registry.register(&mut member.stream, Token(number), Interest::READABLE)?;
        self.members.push(member);
        Ok(())
    }

    /// Nobody speaks for a while.
    pub(super) fn rest(&mut self, time: Duration) -> Result<(), String> {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            self.turn(left)?;
        }
        Ok(())
    }

    /// It is spoken, until everybody has heard everything.
    pub(super) fn speak(&mut self) -> Result<(), String> {
        self.began = Instant::now();
        self.news.last = self.began;
        let messages = self.options.messages();
        let due = u64::from(messages) * (self.members.len() as u64 - 1);
        while self.news.heard.times.count < due || self.news.answers.count < u64::from(messages) {
            self.say_what_is_due(messages).map_err(text)?;
            self.ping_who_is_due().map_err(text)?;
            if self.spoken == messages && self.news.last.elapsed() > PATIENCE {
                break;
            }
            let next = self.began + self.options.due(self.spoken);
            let wait = match self.spoken < messages {
                true => next.saturating_duration_since(Instant::now()),
                false => Duration::from_secs(1),
            };
            self.turn(wait)?;
        }
        self.took = self.news.last - self.began;
        Ok(())
    }

    pub(super) fn outcome(self) -> Outcome {
        let News { heard, answers, refused, bells, .. } = self.news;
        let Self { gathered_in, took, .. } = self;
        Outcome { gathered_in, took, heard, answers, refused, bells }
    }

    fn say_what_is_due(&mut self, messages: u32) -> io::Result<()> {
        while self.spoken < messages && self.began.elapsed() >= self.options.due(self.spoken) {
            let due = self.options.due(self.spoken);
            let sender = self.spoken % self.options.senders;
            let number = self.spoken / self.options.senders + 1;
            self.spoken += 1;
            let said = Said { sender: u16::try_from(sender).unwrap_or(u16::MAX), number, due };
            let id = FIRST_ID + u16::try_from(number % IDS).unwrap_or(0);
            let frame = frames::say(id, said.content(self.options.content));
            self.members[sender as usize].send(&frame)?;
        }
        Ok(())
    }

    /// One after the other, so that all have pinged in the time of one ping.
    fn ping_who_is_due(&mut self) -> io::Result<()> {
        let all = self.members.len() as u64;
        let due = self.began.elapsed().as_millis() as u64 * all / PING_EVERY.as_millis() as u64;
        while self.pinged < due {
            let at = (self.pinged % all) as usize;
            self.pinged += 1;
            self.members[at].send(&frames::ping())?;
        }
        Ok(())
    }

    /// Takes what has come, waiting for it at most so long; whether something has.
    fn turn(&mut self, wait: Duration) -> Result<bool, String> {
        let mut events = Events::with_capacity(EVENTS);
        self.poll.poll(&mut events, Some(wait)).map_err(text)?;
        let seen = !events.is_empty();
        for event in &events {
            let Token(at) = event.token();
            let Self { members, buffer, news, arrived, began, options, .. } = self;
            let Some(member) = members.get_mut(at) else { continue };
            let read = member.read(buffer, |member, payload| {
                let kind = payload.first().map(|first| first >> 4);
                if member.stage != Stage::Inside {
                    return come_further(member, kind, arrived);
                }
                match kind {
                    Some(PUBLISH) => news.take(member, payload, *began),
                    Some(PUBACK) => news.take_ack(at, payload, options, *began),
                    _ => {}
                }
                Ok(())
            });
            read.map_err(|error| format!("member {at}: {error}"))?;
        }
        Ok(seen)
    }
}

/// Something came to who is not in the room yet: it may be the answer that was waited for.
fn come_further(member: &mut Member, kind: Option<u8>, arrived: &mut Arrived) -> io::Result<()> {
    match (member.stage, kind) {
        (Stage::LoggingIn, Some(CONNACK)) => {
            member.stage = Stage::Pulling;
            member.send(&frames::pull())
        }
        (Stage::Pulling, Some(QUERYACK)) => {
            member.stage = Stage::Outside;
            arrived.logged_in += 1;
            Ok(())
        }
        (Stage::Joining, Some(QUERYACK)) => {
            member.stage = Stage::Standing;
            member.send(&frames::stand())
        }
        (Stage::Standing, Some(QUERYACK)) => {
            member.stage = Stage::Inside;
            arrived.inside += 1;
            Ok(())
        }
        (
            Stage::Upgrading
            | Stage::LoggingIn
            | Stage::Pulling
            | Stage::Outside
            | Stage::Joining
            | Stage::Standing
            | Stage::Inside,
            _,
        ) => Ok(()),
    }
}

impl News {
    fn take(&mut self, member: &mut Member, payload: &[u8], began: Instant) {
        if let Some(said) = Said::find(payload, &mut self.hint) {
            let Some(last) = member.heard.get_mut(usize::from(said.sender)) else { return };
            self.last = Instant::now();
            self.heard.take(said, last, self.last - began);
        } else if payload.windows(BELL.len()).any(|window| window == BELL) {
            self.bells += 1;
            // It goes on from here: what it was not given counts as left out.
            drop(member.send(&frames::stand()));
        }
    }

    /// The answer to what the member of this number said.
    fn take_ack(&mut self, sender: usize, payload: &[u8], options: &Options, began: Instant) {
        let frame = Frame::decode(&Bytes::copy_from_slice(payload), Direction::ServerToClient);
        let Ok(Frame::PubAckDown(ack)) = frame else { return };
        if ack.status != 0 {
            self.refused += 1;
            return;
        }
        // The numbers of one who speaks fit into the ids, in any measurement of less than hours.
        let earlier = u32::from(ack.message_id - FIRST_ID).wrapping_sub(1) % IDS;
        let due = options.due(earlier * options.senders + u32::try_from(sender).unwrap_or(0));
        self.answers.take(began.elapsed().saturating_sub(due));
    }
}
