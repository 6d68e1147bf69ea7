//! One link: frames in and out, and one report of its end. A WebSocket, or long polling.
//!
//! Both are JS (`websocket.js`, `polling.js`): the listeners weigh half of what they did here, and
//! what polls is loaded by pages alone that cannot have a WebSocket.

use std::rc::Rc;
use wasm_bindgen::prelude::*;

use super::io::{News, Report};
use crate::ids::LinkId;
use crate::session::io::{CloseCause, Input, PollForm, Way};

/// What a link says: 0 for open, 1 and a frame, 2 for one that failed, or a close code.
type Tell = Closure<dyn Fn(u16, Option<u32>, Vec<u8>)>;

/// An open or opening link. Dropping it closes it and reports nothing.
pub(super) struct Link {
    wire: Wire,
    _tell: Tell,
}

#[wasm_bindgen]
extern "C" {
    /// A WebSocket, or what stands in for one.
    type Wire;
    #[wasm_bindgen(method, catch)]
    fn send(this: &Wire, frame: &[u8]) -> Result<(), JsValue>;
}

#[wasm_bindgen(module = "/src/browser/websocket.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn open(url: &str, tell: &Tell) -> Result<Wire, JsValue>;
    fn close(wire: &Wire);
}

#[wasm_bindgen(module = "/src/browser/polling.js")]
extern "C" {
    fn poll(url: &str, json: bool, tell: &Tell) -> Wire;
}

impl Link {
    /// Opens a link to `url`; `None` if the browser refuses to make one.
    pub(super) fn open(id: LinkId, url: &str, way: Way, report: &Report) -> Option<Self> {
        let report = Rc::clone(report);
        let tell = Tell::new(move |what, _, frame: Vec<u8>| {
            report(News::Input(match what {
                0 => Input::LinkOpened(id),
                1 => Input::Received(id, frame.into()),
                2 => Input::LinkClosed(id, CloseCause::Failed),
                code => Input::LinkClosed(id, CloseCause::Code(code)),
            }));
        });
        let wire = match way {
            Way::WebSocket => open(url, &tell).ok()?,
            Way::Polling(form) => poll(url, form == PollForm::Json, &tell),
        };
        Some(Self { wire, _tell: tell })
    }

    /// Sends one frame, behind those before it. A link that is not open drops it: its end is
    /// reported separately.
    pub(super) fn send(&self, frame: &[u8]) {
        let _not_open = self.wire.send(frame);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        close(&self.wire);
    }
}
