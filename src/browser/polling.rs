//! Long polling as one link: performs the requests of a [`PollLink`], one that waits for frames and
//! one that sends.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use bytes::Bytes;
use js_sys::Date;

use super::http::{self, HttpRequest};
use super::io::{News, Report};
use crate::ids::LinkId;
use crate::session::io::{CloseCause, Input, PollForm};
use crate::session::polling::{Asked, PollLink, Pushed, Request};

/// Empty answers come no faster than this, ms: a server that does not wait is not asked as fast as
/// it answers.
const EMPTY_MS: f64 = 1_000.0;

/// A link under way. Dropping it aborts its requests and reports nothing.
pub(super) struct Polling(Rc<Shared>);

struct Shared {
    id: LinkId,
    report: Report,
    link: RefCell<PollLink>,
    /// The login, then the request that waits.
    receiving: RefCell<Option<HttpRequest>>,
    sending: RefCell<Option<HttpRequest>>,
    /// When `receiving` was asked, ms.
    asked_at: Cell<f64>,
}

impl Polling {
    /// Logs in at `url`; `None` if the browser cannot ask.
    pub(super) fn open(id: LinkId, url: &str, form: PollForm, report: &Report) -> Option<Self> {
        let (link, login) = match form {
            PollForm::Binary => PollLink::binary(url)?,
            PollForm::Json => PollLink::json(url)?,
        };
        let shared = Rc::new(Shared {
            id,
            report: Rc::clone(report),
            link: RefCell::new(link),
            receiving: RefCell::default(),
            sending: RefCell::default(),
            asked_at: Cell::new(0.0),
        });
        shared.ask(Asked::Open, login, 0).then_some(Self(shared))
    }

    /// Sends one frame, behind those before it.
    pub(super) fn send(&self, frame: &Bytes) {
        let pushed = self.0.link.borrow_mut().push(frame.clone());
        match pushed {
            Pushed::Queued => self.0.send(),
            Pushed::Answered(answer) => self.0.tell(answer),
            Pushed::Last(Request { url, body, .. }) => {
                let _nobody_waits = http::tell(&url, body.unwrap_or_default());
            }
        }
    }
}

impl Shared {
    fn slot(&self, asked: Asked) -> &RefCell<Option<HttpRequest>> {
        match asked {
            Asked::Open | Asked::Pull => &self.receiving,
            Asked::Send => &self.sending,
        }
    }

    /// Whether the browser could ask.
    fn ask(self: &Rc<Self>, asked: Asked, request: Request, delay_ms: u32) -> bool {
        let shared: Weak<Self> = Rc::downgrade(self);
        let done = move |status, body: Vec<u8>| {
            if let Some(shared) = shared.upgrade() {
                shared.answered(asked, status, &body.into());
            }
        };
        let request = HttpRequest::poll(request, delay_ms, done);
        let could = request.is_some();
        self.slot(asked).replace(request);
        could
    }

    fn answered(self: &Rc<Self>, asked: Asked, status: u16, body: &Bytes) {
        let frames = self.link.borrow_mut().answered(asked, status, body);
        let Some(frames) = frames else { return self.close(cause_of(asked, status)) };
        match asked {
            Asked::Open => {
                (self.report)(News::Input(Input::LinkOpened(self.id)));
                self.pull(0);
            }
            Asked::Pull => {
                let early = Date::now() - self.asked_at.get() < EMPTY_MS;
                self.pull(if frames.is_empty() && early { EMPTY_MS as u32 } else { 0 });
            }
            Asked::Send => drop(self.sending.take()),
        }
        self.tell(frames);
        self.send();
    }

    fn pull(self: &Rc<Self>, delay_ms: u32) {
        self.asked_at.set(Date::now());
        let request = self.link.borrow_mut().pull();
        if let Some(request) = request
            && !self.ask(Asked::Pull, request, delay_ms)
        {
            self.close(CloseCause::Failed);
        }
    }

    /// Sends what waits, unless a request is under way that does.
    fn send(self: &Rc<Self>) {
        if self.sending.borrow().is_some() {
            return;
        }
        let request = self.link.borrow_mut().send();
        if let Some(request) = request
            && !self.ask(Asked::Send, request, 0)
        {
            self.close(CloseCause::Failed);
        }
    }

    fn tell(&self, frames: impl IntoIterator<Item = Bytes>) {
        for frame in frames {
            (self.report)(News::Input(Input::Received(self.id, frame)));
        }
    }

    /// Whatever fails ends the link: what is repeated and what is not is for the engine to say.
    fn close(&self, cause: CloseCause) {
        drop((self.receiving.take(), self.sending.take()));
        (self.report)(News::Input(Input::LinkClosed(self.id, cause)));
    }
}

/// What the end of a request would be called by a WebSocket.
const fn cause_of(asked: Asked, status: u16) -> CloseCause {
    match (asked, status) {
        (Asked::Send, 413) => CloseCause::Code(1009),
        (_, 429 | 503) => CloseCause::Code(1013),
        (Asked::Open, _) => CloseCause::Failed,
        // Without a close frame.
        (Asked::Pull | Asked::Send, _) => CloseCause::Code(1006),
    }
}
