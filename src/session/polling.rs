//! A link made of HTTP requests: what to ask next, and what the answers hold. The host performs the
//! requests and gives their answers back; one for frames and one that sends are under way at a time.
//!
//! ```text
//!            Open answered         Pull answered
//!   (new) ───────────────▶ Pull ───────────────▶ Pull …       frames for the engine
//!                          Send ◀── push, Send answered       frames of the engine
//! ```
//!
//! Any answer that makes no sense ends the link. `docs/extensions.md` has the binary form.

use bytes::Bytes;

use super::navigation::push_encoded;
use crate::queue::Queue;
use crate::signal::polling::{Answers, Codec, Post};
use crate::text::{push_number, split, split_once};
use crate::wire::polling::{Batch, push_frame};
use crate::wire::{Frame, FrameType};

/// A login is answered within this time, ms.
const OPEN_MS: u32 = 10_000;
/// A server holds a request for 30 s at most, and an answer takes its time, ms.
const BINARY_PULL_MS: u32 = 40_000;
/// As clients of 2.x do, ms.
const JSON_PULL_MS: u32 = 45_000;
/// A server may let a sender wait for 10 s, ms.
const SEND_MS: u32 = 20_000;
/// No more bytes are sent at once, but for a single frame that is larger.
const MAX_BATCH: usize = 64 * 1024;
/// A session that begins so has the extensions.
const EXTENDED_SESSION: &str = "hy1.";
const PINGRESP: &[u8] = &[0xD0];

/// Which request is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The login.
    Open,
    /// The one that waits for frames.
    Pull,
    /// The one that sends.
    Send,
}

/// A request: a GET, or a POST where there is a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where to. Holds the token or the session's name: never to be logged.
    pub url: String,
    /// What to post.
    pub body: Option<Vec<u8>>,
    /// Whether the body is named as a form, as clients of 2.x do: else it has no type.
    pub form: bool,
    /// Give up after so long.
    pub timeout_ms: u32,
}

impl Request {
    fn new(url: String, timeout_ms: u32, body: Option<Vec<u8>>, form: bool) -> Self {
        Self { url, body, form, timeout_ms }
    }
}

/// What comes of a frame of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It waits for [`PollLink::send`].
    Queued,
    /// It has no words in this form; this is the answer to it, if it wants one. A PINGREQ: whether
    /// the server lives is seen by the request that waits.
    Answered(Option<Bytes>),
    /// It is the last one, a goodbye that nobody waits for.
    Last(Request),
}

/// See the module.
#[derive(Debug)]
pub struct PollLink {
    form: Form,
    /// `http://host`.
    origin: String,
    /// As the server calls it; empty before the login.
    session: String,
    /// Frames of the server so far.
    arrived: u64,
    /// Frames of the engine that requests have taken so far.
    sent: u64,
    waiting: Queue<Bytes>,
}

#[derive(Debug)]
enum Form {
    Binary,
    Json {
        codec: Codec,
        /// `&pid=…`, as the login's URL has it.
        pid: String,
        /// Makes the URLs of the requests for frames differ.
        pulls: u64,
    },
}

impl PollLink {
    /// The link to `url`, which is a socket's but for its scheme, and the login.
    pub fn binary(url: &str) -> Option<(Self, Request)> {
        let (origin, query) = parts(url)?;
        let url = [origin, "/hy/open?", query].concat();
        let request = Request::new(url, OPEN_MS, Some(Vec::new()), false);
        Some((Self::new(Form::Binary, origin), request))
    }

    /// The same in JSON.
    pub fn json(url: &str) -> Option<(Self, Request)> {
        let (origin, query) = parts(url)?;
        let pid = split(query, b'&').find(|pair| pair.starts_with("pid=")).unwrap_or("pid=");
        let form = Form::Json { codec: Codec::default(), pid: ["&", pid].concat(), pulls: 0 };
        let request = Request::new(url.into(), OPEN_MS, None, false);
        Some((Self::new(form, origin), request))
    }

    fn new(form: Form, origin: &str) -> Self {
        Self {
            form,
            origin: origin.into(),
            session: String::new(),
            arrived: 0,
            sent: 0,
            waiting: Queue::default(),
        }
    }

    /// Reads an answer: the frames in it, in order. `None`: the link is over.
    pub fn answered(&mut self, asked: Asked, status: u16, body: &Bytes) -> Option<Vec<Bytes>> {
        if !matches!(status, 200..=204) {
            return None;
        }
        let frames = match &mut self.form {
            // Nothing comes back with what is sent.
            Form::Binary if asked == Asked::Send => Vec::new(),
            Form::Binary => Batch::of(body.clone()).collect::<Result<Vec<_>, _>>().ok()?,
            Form::Json { codec, .. } => {
                let Answers { frames, session, malformed } = match (codec.read(body), asked) {
                    (Ok(answers), _) => answers,
                    // Servers answer a POST with all kinds of things.
                    (Err(_), Asked::Send) => Answers::default(),
                    (Err(_), Asked::Open | Asked::Pull) => return None,
                };
                if asked == Asked::Open {
                    self.session = session.unwrap_or_default();
                }
                self.arrived += malformed as u64;
                frames
            }
        };
        self.arrived += frames.len() as u64;
        if asked == Asked::Open {
            self.opened(frames.first()?)?;
        }
        Some(frames)
    }

    /// A login is answered by CONNACK.
    fn opened(&mut self, first: &Bytes) -> Option<()> {
        let Frame::ConnAck(ack) = Frame::decode_down(first).ok()? else { return None };
        if let (Form::Binary, Some(session)) = (&self.form, ack.session) {
            let name = session.session_id.strip_prefix(EXTENDED_SESSION);
            self.session = name.unwrap_or(&session.session_id).into();
        }
        Some(())
    }

    /// The next request for frames; none if the login was refused.
    pub fn pull(&mut self) -> Option<Request> {
        if self.session.is_empty() {
            return None;
        }
        let mut url = self.origin.clone();
        match &mut self.form {
            Form::Binary => {
                url.push_str("/hy/poll");
                let body = self.head(self.arrived);
                Some(Request::new(url, BINARY_PULL_MS, Some(body), false))
            }
            Form::Json { pid, pulls, .. } => {
                *pulls += 1;
                url.push_str("/pullmsg.js?sessionid=");
                push_encoded(&mut url, &self.session);
                url.push_str("&timestrap=");
                push_number(&mut url, *pulls);
                url.push_str(pid);
                if self.session.starts_with(EXTENDED_SESSION) {
                    url.push_str("&ack=");
                    push_number(&mut url, self.arrived);
                }
                Some(Request::new(url, JSON_PULL_MS, None, false))
            }
        }
    }

    fn head(&self, number: u64) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.session.len() + 8);
        body.extend_from_slice(self.session.as_bytes());
        body.extend_from_slice(&number.to_be_bytes());
        body
    }

    /// Takes a frame of the engine.
    pub fn push(&mut self, frame: Bytes) -> Pushed {
        let frame_type = frame.first().map_or(0, |first| first >> 4);
        match self.form {
            Form::Json { .. } if frame_type == FrameType::PingReq as u8 => {
                Pushed::Answered(Some(Bytes::from_static(PINGRESP)))
            }
            Form::Json { .. } if frame_type == FrameType::Disconnect as u8 => {
                Pushed::Answered(None)
            }
            Form::Binary if frame_type == FrameType::Disconnect as u8 => {
                self.waiting.push_back(frame);
                // Should others be lost before it: a gap ends the session as well.
                let all = usize::MAX;
                self.send_frames(all).map_or(Pushed::Answered(None), Pushed::Last)
            }
            Form::Binary | Form::Json { .. } => {
                self.waiting.push_back(frame);
                Pushed::Queued
            }
        }
    }

    /// The next request that sends; none if nothing waits, or there is no session yet.
    pub fn send(&mut self) -> Option<Request> {
        if self.session.is_empty() {
            return None;
        }
        match self.form {
            Form::Binary => self.send_frames(MAX_BATCH),
            Form::Json { .. } => self.send_words(),
        }
    }

    fn send_frames(&mut self, limit: usize) -> Option<Request> {
        let mut body = self.head(self.sent);
        let before = self.sent;
        while body.len() < limit
            && let Some(frame) = self.waiting.pop_front()
        {
            push_frame(&mut body, &frame);
            self.sent += 1;
        }
        let url = [&*self.origin, "/hy/send"].concat();
        (self.sent > before).then(|| Request::new(url, SEND_MS, Some(body), false))
    }

    fn send_words(&mut self) -> Option<Request> {
        let Form::Json { codec, pid, .. } = &mut self.form else { return None };
        // What has no words is left out.
        let Post { header, message_id, addressed, body } =
            core::iter::from_fn(|| self.waiting.pop_front())
                .find_map(|frame| codec.post(&frame))?;
        let mut url = [&*self.origin, "/websocket?messageid="].concat();
        push_number(&mut url, message_id.into());
        url.push_str("&header=");
        push_number(&mut url, header.into());
        url.push_str("&sessionid=");
        push_encoded(&mut url, &self.session);
        if let Some((topic, target)) = addressed {
            url.push_str("&topic=");
            push_encoded(&mut url, &topic);
            url.push_str("&targetid=");
            push_encoded(&mut url, &target);
        }
        url.push_str(pid);
        Some(Request::new(url, SEND_MS, Some(body.into_bytes()), true))
    }
}

/// `http://host` and the query of `http://host/websocket?…`.
fn parts(url: &str) -> Option<(&str, &str)> {
    let (path, query) = split_once(url, b'?')?;
    Some((path.strip_suffix("/websocket")?, query))
}

#[cfg(test)]
#[path = "polling_tests.rs"]
mod tests;
