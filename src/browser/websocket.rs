//! One WebSocket as one link: frames in and out, and one report of its end.
//!
//! Its listeners are a few lines of JS (`websocket.js`): they weigh half of what they did here.

use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

use super::io::{News, Report};
use crate::ids::LinkId;
use crate::session::io::{CloseCause, Input};

/// What the socket says: 0 for open, 1 and a frame, or a close code.
type Tell = Closure<dyn Fn(u16, Option<u32>, Vec<u8>)>;

/// An open or opening socket. Dropping it closes it and reports nothing.
#[derive(Debug)]
pub(super) struct Socket {
    socket: WebSocket,
    _tell: Tell,
}

#[wasm_bindgen(module = "/src/browser/websocket.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn open(url: &str, tell: &Tell) -> Result<WebSocket, JsValue>;
    fn close(socket: &WebSocket);
}

impl Socket {
    /// Opens a socket to `url`; `None` if the browser refuses to make one.
    pub(super) fn open(id: LinkId, url: &str, report: &Report) -> Option<Self> {
        let report = Rc::clone(report);
        let tell = Tell::new(move |what, _, frame: Vec<u8>| {
            report(News::Input(match what {
                0 => Input::LinkOpened(id),
                1 => Input::Received(id, frame.into()),
                code => Input::LinkClosed(id, CloseCause::Code(code)),
            }));
        });
        let socket = open(url, &tell).ok()?;
        Some(Self { socket, _tell: tell })
    }

    /// Sends one frame. A socket that is not open drops it: its end is reported separately.
    pub(super) fn send(&self, frame: &[u8]) {
        let _not_open = self.socket.send_with_u8_array(frame);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        close(&self.socket);
    }
}
