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
mod tests {
    use super::*;

    const URL: &str = "https://h:1/websocket?appId=k&token=t%2B&pid=77";
    const CONNACK: &str = r#"{"headerCode":32,"status":0,"userId":"u","sessionid":"hy1.S+","timestamp":5,"messageId":0}"#;

    fn bytes(text: &'static [u8]) -> Bytes {
        Bytes::from_static(text)
    }

    fn json() -> PollLink {
        let (mut link, open) = PollLink::json(URL).unwrap();
        assert_eq!(open, Request::new(URL.into(), 10_000, None, false));
        assert_eq!((link.pull(), link.send()), (None, None), "nobody is logged in");
        let frames = link.answered(Asked::Open, 200, &bytes(CONNACK.as_bytes())).unwrap();
        assert_eq!(frames.len(), 1);
        link
    }

    /// CONNACK of a session `hy1.S`.
    const OPENED: &[u8] = b"\0\0\0\x15\x20\0\0\0\x01u\0\x05hy1.S\0\0\0\0\0\0\0\x05";

    fn binary() -> PollLink {
        let (mut link, open) = PollLink::binary(URL).unwrap();
        let url = "https://h:1/hy/open?appId=k&token=t%2B&pid=77";
        assert_eq!(open, Request::new(url.into(), 10_000, Some(Vec::new()), false));
        assert_eq!(link.answered(Asked::Open, 200, &bytes(OPENED)).unwrap().len(), 1);
        link
    }

    #[test]
    fn json_is_asked_for_by_its_url() {
        let mut link = json();
        let pull = |number: &str, ack: &str| {
            let url = [
                "https://h:1/pullmsg.js?sessionid=hy1.S%2B&timestrap=",
                number,
                "&pid=77&ack=",
                ack,
            ];
            Some(Request::new(url.concat(), 45_000, None, false))
        };
        assert_eq!(link.pull(), pull("1", "1"));
        let answer = br#"[{"headerCode":-32,"status":1},5]"#;
        assert_eq!(link.answered(Asked::Pull, 200, &bytes(answer)).unwrap(), [&b"\xe0\0\x01"[..]]);
        assert_eq!(link.pull(), pull("2", "3"), "what makes no sense arrived, too");
        assert_eq!(link.answered(Asked::Pull, 200, &bytes(b"lost params")), None);
        assert_eq!(link.answered(Asked::Pull, 0, &bytes(b"")), None);
    }

    #[test]
    fn other_servers_are_told_nothing_that_they_do_not_know() {
        let (mut link, _) = PollLink::json("http://h/websocket?appId=k").unwrap();
        let answer = CONNACK.replace("hy1.", "");
        assert!(link.answered(Asked::Open, 200, &answer.into()).is_some());
        let url = link.pull().unwrap().url;
        assert_eq!(url, "http://h/pullmsg.js?sessionid=S%2B&timestrap=1&pid=");
    }

    #[test]
    fn json_is_sent_frame_by_frame() {
        let mut link = json();
        assert_eq!(link.push(bytes(b"\xc0")), Pushed::Answered(Some(bytes(b"\xd0"))));
        assert_eq!(link.push(bytes(b"\xe0\0\x04")), Pushed::Answered(None));
        assert_eq!(link.push(bytes(b"\x40\0\x09")), Pushed::Queued);
        assert_eq!(link.push(bytes(b"\x50\0\x08getBlack\0\x03a&b\0\x02\x08\x01")), Pushed::Queued);
        let url = "https://h:1/websocket?messageid=9&header=64&sessionid=hy1.S%2B&pid=77";
        assert_eq!(link.send(), Some(Request::new(url.into(), 20_000, Some(b"\"\"".into()), true)));
        let url = "https://h:1/websocket?messageid=2&header=80&sessionid=hy1.S%2B&topic=getBlack&targetid=a%26b&pid=77";
        let body = Some(b"{}".to_vec());
        assert_eq!(link.send(), Some(Request::new(url.into(), 20_000, body, true)));
        assert_eq!(link.send(), None);
        for answer in ["", "[]", "ok", "lost params"] {
            let frames = link.answered(Asked::Send, 200, &bytes(answer.as_bytes()));
            assert_eq!(frames, Some(Vec::new()), "{answer}");
        }
        let ack = br#"{"headerCode":64,"messageId":5,"status":0,"date":1}"#;
        assert_eq!(link.answered(Asked::Send, 200, &bytes(ack)).unwrap().len(), 1);
        assert_eq!(link.answered(Asked::Send, 413, &bytes(b"")), None);
    }

    #[test]
    fn frames_are_sent_together_and_counted() {
        let mut link = binary();
        for number in 0..3 {
            assert_eq!(link.push(Bytes::from(vec![0x40, 0, number])), Pushed::Queued);
        }
        let send = |body: &[u8]| {
            Some(Request::new("https://h:1/hy/send".into(), 20_000, Some(body.to_vec()), false))
        };
        let three = b"S\0\0\0\0\0\0\0\0\0\0\0\x03\x40\0\0\0\0\0\x03\x40\0\x01\0\0\0\x03\x40\0\x02";
        assert_eq!(link.send(), send(three));
        assert_eq!(link.send(), None);
        link.push(bytes(b"\xc0"));
        assert_eq!(link.send(), send(b"S\0\0\0\0\0\0\0\x03\0\0\0\x01\xc0"), "pings are frames");
        let large = Bytes::from(vec![0x32; MAX_BATCH]);
        link.push(large.clone());
        link.push(large);
        assert!(link.send().is_some() && link.send().is_some() && link.send().is_none());
        assert_eq!(link.sent, 6);
        let Pushed::Last(Request { body: Some(body), .. }) = link.push(bytes(b"\xe0\0\x04")) else {
            panic!("a goodbye waits for nobody")
        };
        assert_eq!(body, b"S\0\0\0\0\0\0\0\x06\0\0\0\x03\xe0\0\x04");
    }

    #[test]
    fn frames_that_arrived_are_counted() {
        let mut link = binary();
        let poll = |arrived: u8| {
            let body = Some([b"S\0\0\0\0\0\0\0", &[arrived][..]].concat());
            Some(Request::new("https://h:1/hy/poll".into(), 40_000, body, false))
        };
        assert_eq!(link.pull(), poll(1));
        let two = bytes(b"\0\0\0\x01\xd0\0\0\0\x01\xd0");
        assert_eq!(link.answered(Asked::Pull, 200, &two).unwrap().len(), 2);
        assert_eq!(link.pull(), poll(3));
        assert_eq!(link.answered(Asked::Pull, 200, &bytes(b"")), Some(Vec::new()));
        assert_eq!(link.answered(Asked::Send, 204, &bytes(b"")), Some(Vec::new()));
        for (asked, status) in [(Asked::Pull, 410), (Asked::Send, 503), (Asked::Pull, 0)] {
            assert_eq!(link.answered(asked, status, &bytes(b"")), None, "{status}");
        }
        assert_eq!(link.answered(Asked::Pull, 200, &bytes(b"<html>")), None);
    }

    #[test]
    fn a_refusal_is_told_and_nothing_asked_after_it() {
        let (mut link, _) = PollLink::binary(URL).unwrap();
        let refusal = bytes(b"\0\0\0\x03\x20\0\x04");
        assert_eq!(link.answered(Asked::Open, 200, &refusal).unwrap(), [&b"\x20\0\x04"[..]]);
        assert_eq!(link.pull(), None);
        let (mut link, _) = PollLink::json(URL).unwrap();
        let refusal = bytes(br#"{"headerCode":32,"status":4,"messageId":0}"#);
        assert_eq!(link.answered(Asked::Open, 200, &refusal).unwrap(), [&b"\x20\0\x04"[..]]);
        assert_eq!(link.pull(), None);
    }

    #[test]
    fn what_is_no_login_is_no_link() {
        for body in ["", "[]", "<html>", r#"{"headerCode":-32,"status":1}"#, "\0\0\0\x01\u{d}"] {
            let (mut link, _) = PollLink::json(URL).unwrap();
            assert_eq!(link.answered(Asked::Open, 200, &bytes(body.as_bytes())), None, "{body}");
            let (mut link, _) = PollLink::binary(URL).unwrap();
            assert_eq!(link.answered(Asked::Open, 200, &bytes(body.as_bytes())), None, "{body}");
        }
        assert!(PollLink::json("http://h/other?a").is_none());
        assert!(PollLink::binary("http://h/websocket").is_none());
    }
}
