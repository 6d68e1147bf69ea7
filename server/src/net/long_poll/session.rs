//! One polling session: a link like a socket, whose two ends meet here.
//!
//! ```text
//!   POST ──▶ posted ──▶ ┐                    ┌ ◀── taken ◀── as many as the request has room for
//!                       │ Carrier ⇄ bridge   │
//!   pull ◀── kept ◀── delivered ◀────────────┘
//! ```
//!
//! The bridge writes only while a request waits, so that what waits longer stays in its queue,
//! which is bounded and turns pushes into bells. What a request was given is kept until the next
//! one says (or, in the form of 2.5.3, shows by coming) that it arrived, and is given again
//! otherwise.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use hongyan::signal::polling::Codec;
use hongyan::wire::Frame;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::net::address::Place;

/// So many frames, or bytes of them, are posted before the bridge has read them; a POST waits.
const MAX_POSTED: usize = 256;
const MAX_POSTED_BYTES: usize = 512 * 1024;
/// A POST waits for room so long.
const ROOM_TIME: Duration = Duration::from_secs(10);
/// A client whose waiting request breaks off has given the session up, unless another request comes
/// within this time: browsers repeat what a kept connection lost. In JSON it may also be a page of
/// 2.5.3 that is loaded again and goes on where it was.
const GONE_AFTER: Duration = Duration::from_secs(5);
const RELOAD_TIME: Duration = Duration::from_secs(20);
/// An answer is full with so many frames, or bytes of them.
const MAX_ANSWER: usize = 256;
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// A larger answer, bytes, may be on its way for some time: for each byte so long, 256 a second. Who
/// reads it cannot ask for more meanwhile; what there is goes into the next.
const LARGE_ANSWER: usize = 8 * 1024;
const TIME_PER_BYTE: Duration = Duration::from_millis(4);
/// A client without pings shows by its requests that it lives: one of them stands for a PINGREQ
/// when it has sent nothing for so long.
const PING_AFTER: Duration = Duration::from_secs(20);
/// The same while a body comes that takes its time: less than a client waits for a frame.
const PING_WHILE_SENDING: Duration = Duration::from_secs(5);
const PINGREQ: &[u8] = &[0xC0];

/// What the bodies of a session hold.
pub enum Form {
    /// JSON objects.
    Json(Codec),
    /// Frames.
    Binary,
}

/// See the module.
pub struct Session {
    id: String,
    mail: Mutex<Mail>,
    /// The bridge.
    pub(super) carrier: AtomicWaker,
    room: Notify,
    _place: Place,
}

/// What is under way.
struct Mail {
    form: Form,
    posted: VecDeque<Bytes>,
    posted_bytes: usize,
    /// How many frames the client has posted (binary form).
    received: u64,
    last_posted: Option<Instant>,
    /// The request that waits, and what it has been given so far.
    waiting: Option<Waiting>,
    /// Given to requests, and not known to have arrived.
    kept: VecDeque<Bytes>,
    /// How many are known to have arrived.
    arrived: u64,
    /// So many of them, at the end, found nobody who took them.
    undelivered: usize,
    requests: u64,
    /// Until then a large answer may be on its way.
    reading: Option<Instant>,
    over: bool,
}

struct Waiting {
    number: u64,
    answer: oneshot::Sender<Vec<Bytes>>,
    taken: Vec<Bytes>,
    bytes: usize,
    room: usize,
}

/// How a request for frames ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Pulled {
    /// With these, each in the words of the session's form; none if none came in time, or another
    /// request took its place.
    Frames(Vec<Bytes>),
    /// The session is over.
    Lost,
    /// The client says that frames arrived which were never sent.
    NeverSent,
}

/// How a POST ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Posted {
    /// The frames are taken, or were before.
    Taken,
    /// The session is over.
    Lost,
    /// Frames between the last and these are missing.
    Gap,
    /// There is no room, and there was none for a while.
    Full,
}

impl Session {
    /// A session with this name that nobody has used yet.
    pub fn new(id: String, form: Form, place: Place) -> Self {
        Self {
            id,
            mail: Mutex::new(Mail {
                form,
                posted: VecDeque::new(),
                posted_bytes: 0,
                received: 0,
                last_posted: None,
                waiting: None,
                kept: VecDeque::new(),
                arrived: 0,
                undelivered: 0,
                requests: 0,
                reading: None,
                over: false,
            }),
            carrier: AtomicWaker::new(),
            room: Notify::new(),
            _place: place,
        }
    }

    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its name. A secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it speaks JSON.
    pub fn is_json(&self) -> bool {
        matches!(self.mail().form, Form::Json(_))
    }

    /// Waits for frames, at most `hold`. `arrived`: how many the client has got in all, if it
    /// says so. The answer to a login is one frame: `room` is 1.
    pub async fn pull(
        self: &Arc<Self>,
        arrived: Option<u64>,
        room: usize,
        hold: Duration,
    ) -> Pulled {
        let (number, mut receiver) = match self.mail().begin(arrived, room.min(MAX_ANSWER)) {
            Ok(begun) => begun,
            Err(at_once) => return at_once,
        };
        self.carrier.wake();
        let mut asking = Asking { session: self, number, answered: false };
        let pulled = match tokio::time::timeout(hold, &mut receiver).await {
            Ok(Ok(frames)) => Pulled::Frames(frames),
            Ok(Err(_)) => Pulled::Lost,
            Err(_) => {
                let in_time = self.mail().give_up(number);
                Pulled::Frames(in_time.or_else(|| receiver.try_recv().ok()).unwrap_or_default())
            }
        };
        asking.answered = true;
        pulled
    }

    /// The request with this number broke off before its answer: unless another one comes, the
    /// client is gone.
    fn broke_off(self: &Arc<Self>, number: u64) {
        let time = if self.is_json() { RELOAD_TIME } else { GONE_AFTER };
        let (session, since) = (Arc::clone(self), Instant::now());
        // Without a runtime the process ends, and every session with it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            tokio::time::sleep(time).await;
            let mail = session.mail();
            let sends = mail.last_posted.is_some_and(|last| last > since);
            let gone = mail.requests == number && !sends;
            drop(mail);
            if gone {
                session.end();
            }
        });
    }

    /// Hands on frames of the client. `first`: the number of the first of them, if it says so.
    pub async fn post(&self, mut frames: Vec<Bytes>, first: Option<u64>) -> Posted {
        let deadline = Instant::now() + ROOM_TIME;
        loop {
            let room = self.room.notified();
            let posted = self.mail().take_posted(&mut frames, first);
            match posted {
                Some(posted) => {
                    self.carrier.wake();
                    return posted;
                }
                None if tokio::time::timeout_at(deadline, room).await.is_err() => {
                    return Posted::Full;
                }
                None => {}
            }
        }
    }

    /// The words of a POST in a frame.
    pub fn frame_of(
        &self,
        header: u8,
        id: u16,
        addressed: (&str, &str),
        body: &[u8],
    ) -> Option<Bytes> {
        match &mut self.mail().form {
            Form::Json(codec) => codec.frame(header, id, addressed, body).ok(),
            Form::Binary => None,
        }
    }

    /// The client shows that it lives.
    pub fn alive(&self) {
        let mut mail = self.mail();
        let silent = mail.last_posted.is_none_or(|last| last.elapsed() > PING_AFTER);
        if silent && matches!(mail.form, Form::Json(_)) {
            mail.push_posted(Bytes::from_static(PINGREQ));
            drop(mail);
            self.carrier.wake();
        }
    }

    /// A piece of a body came that is not whole yet. Whoever sends lives, and is told so: its pings
    /// wait behind what it sends. False when the session is over.
    pub fn hears(&self) -> bool {
        let mut mail = self.mail();
        let silent = mail.last_posted.is_none_or(|last| last.elapsed() >= PING_WHILE_SENDING);
        if silent && !mail.over {
            mail.push_posted(Bytes::from_static(PINGREQ));
            self.carrier.wake();
        }
        !mail.over
    }

    /// The next frame for the bridge; ready with none when the session is over.
    pub(super) fn next_posted(&self) -> Poll<Option<Bytes>> {
        let mut mail = self.mail();
        let Some(frame) = mail.posted.pop_front() else {
            return if mail.over { Poll::Ready(None) } else { Poll::Pending };
        };
        mail.posted_bytes -= frame.len();
        drop(mail);
        self.room.notify_waiters();
        Poll::Ready(Some(frame))
    }

    /// Whether a request waits that has room, or one is answered and the next will be soon.
    pub(super) fn wants_frames(&self) -> bool {
        let mut mail = self.mail();
        mail.waiting.take_if(|waiting| waiting.taken.is_empty() && waiting.answer.is_closed());
        match &mail.waiting {
            Some(waiting) => waiting.taken.len() < waiting.room && waiting.bytes < MAX_ANSWER_BYTES,
            None => mail.reading.is_some_and(|until| Instant::now() < until) && mail.has_room(),
        }
    }

    /// Gives a frame to the request that waits.
    pub(super) fn give(&self, frame: &Bytes) {
        let mut mail = self.mail();
        let Some(words) = mail.form.words(frame, &self.id) else { return };
        match &mut mail.waiting {
            Some(waiting) => {
                waiting.bytes += words.len();
                waiting.taken.push(words);
            }
            // Its time was up a moment ago: the next one gets it.
            None => {
                mail.kept.push_back(words);
                mail.undelivered += 1;
            }
        }
    }

    /// Answers the request that waits, if it was given anything.
    pub(super) fn deliver(&self) {
        self.mail().deliver();
    }

    /// Nothing more comes. What was given and has not arrived can still be had.
    pub(super) fn end(&self) {
        let mut mail = self.mail();
        mail.over = true;
        mail.deliver();
        mail.waiting = None;
        drop(mail);
        self.room.notify_waiters();
        self.carrier.wake();
    }

    /// Whether everything that was given has arrived, as far as that can be known.
    pub fn is_read(&self) -> bool {
        self.mail().kept.is_empty()
    }
}

/// A request that waits; dropped before it was answered, its client broke off.
struct Asking<'a> {
    session: &'a Arc<Session>,
    number: u64,
    answered: bool,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.session.broke_off(self.number);
        }
    }
}

impl Mail {
    fn begin(
        &mut self,
        arrived: Option<u64>,
        room: usize,
    ) -> Result<(u64, oneshot::Receiver<Vec<Bytes>>), Pulled> {
        self.supersede();
        self.requests += 1;
        self.reading = None;
        let given = self.arrived + self.kept.len() as u64;
        match arrived {
            Some(arrived) if arrived > given => return Err(Pulled::NeverSent),
            // An older request that was held up on its way.
            Some(arrived) if arrived < self.arrived => return Err(Pulled::Frames(Vec::new())),
            Some(arrived) => self.forget(usize::try_from(arrived - self.arrived).unwrap_or(0)),
            None => self.forget(self.kept.len() - self.undelivered),
        }
        if !self.kept.is_empty() {
            self.undelivered = 0;
            self.read_on();
            return Err(Pulled::Frames(self.kept.iter().cloned().collect()));
        }
        if self.over {
            return Err(Pulled::Lost);
        }
        let (answer, receiver) = oneshot::channel();
        let number = self.requests;
        self.waiting = Some(Waiting { number, answer, taken: Vec::new(), bytes: 0, room });
        Ok((number, receiver))
    }

    /// The time of the request with this number is up: what it was given, if it still waits.
    fn give_up(&mut self, number: u64) -> Option<Vec<Bytes>> {
        let Waiting { taken, .. } = self.waiting.take_if(|waiting| waiting.number == number)?;
        self.kept.extend(taken.iter().cloned());
        Some(taken)
    }

    /// A request that waits is answered: only one waits.
    fn supersede(&mut self) {
        if let Some(Waiting { answer, taken, .. }) = self.waiting.take() {
            // What it was given goes to the one that takes its place.
            self.undelivered += taken.len();
            self.kept.extend(taken);
            drop(answer.send(Vec::new()));
        }
    }

    fn forget(&mut self, frames: usize) {
        self.kept.drain(..frames.min(self.kept.len()));
        self.arrived += frames as u64;
        self.undelivered = self.undelivered.min(self.kept.len());
    }

    fn deliver(&mut self) {
        let Some(Waiting { answer, taken, .. }) =
            self.waiting.take_if(|waiting| !waiting.taken.is_empty())
        else {
            return;
        };
        self.kept.extend(taken.iter().cloned());
        self.read_on();
        if let Err(taken) = answer.send(taken) {
            self.undelivered += taken.len();
        }
    }

    /// All that is kept is on its way.
    fn read_on(&mut self) {
        let bytes = self.kept.iter().map(Bytes::len).sum::<usize>();
        let time = TIME_PER_BYTE.saturating_mul(u32::try_from(bytes).unwrap_or(u32::MAX));
        self.reading = (bytes >= LARGE_ANSWER).then(|| Instant::now() + time);
    }

    /// Whether the answer after the one that is on its way has room.
    fn has_room(&self) -> bool {
        let next = || self.kept.iter().rev().take(self.undelivered);
        next().count() < MAX_ANSWER && next().map(Bytes::len).sum::<usize>() < MAX_ANSWER_BYTES
    }

    /// `None`: there is no room now.
    fn take_posted(&mut self, frames: &mut Vec<Bytes>, first: Option<u64>) -> Option<Posted> {
        if self.over {
            return Some(Posted::Lost);
        }
        let known = match first {
            Some(first) if first > self.received => return Some(Posted::Gap),
            Some(first) => usize::try_from(self.received - first).unwrap_or(usize::MAX),
            None => 0,
        };
        if self.posted.len() >= MAX_POSTED || self.posted_bytes >= MAX_POSTED_BYTES {
            return None;
        }
        for frame in frames.drain(..).skip(known) {
            self.received += 1;
            self.push_posted(frame);
        }
        Some(Posted::Taken)
    }

    fn push_posted(&mut self, frame: Bytes) {
        self.last_posted = Some(Instant::now());
        self.posted_bytes += frame.len();
        self.posted.push_back(frame);
    }
}

impl Form {
    /// A frame in the session's form; `None` if it has no words in it. CONNACK tells the client
    /// the session's name.
    fn words(&mut self, frame: &Bytes, id: &str) -> Option<Bytes> {
        match self {
            Self::Json(codec) => {
                let mut words = String::new();
                codec.push_object(frame, id, &mut words).then(|| words.into())
            }
            Self::Binary => Some(named(frame, id).unwrap_or_else(|| frame.clone())),
        }
    }
}

/// A CONNACK with the session's name in it; `None` for other frames.
fn named(frame: &Bytes, id: &str) -> Option<Bytes> {
    let Ok(Frame::ConnAck(mut ack)) = Frame::decode_down(frame) else { return None };
    let session = ack.session.as_mut()?;
    let extended = if session.session_id.starts_with("hy1.") { "hy1." } else { "" };
    session.session_id = [extended, id].concat().into();
    let mut named = Vec::new();
    Frame::ConnAck(ack).encode_down(&mut named).ok()?;
    Some(named.into())
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
