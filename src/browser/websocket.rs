//! One WebSocket as one link: frames in and out, and one report of its end.

use bytes::Bytes;
use js_sys::{ArrayBuffer, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

use super::io::{News, Report};
use crate::ids::LinkId;
use crate::session::io::{CloseCause, Input};

/// Close code 1003, "data of a type that is not accepted": what a text frame is answered with.
const UNSUPPORTED_DATA: u16 = 1003;

/// An open or opening socket. Dropping it closes it and reports nothing.
#[derive(Debug)]
pub(super) struct Socket {
    socket: WebSocket,
    _opened: Closure<dyn Fn(Event)>,
    _received: Closure<dyn Fn(MessageEvent)>,
    _closed: Closure<dyn Fn(CloseEvent)>,
}

impl Socket {
    /// Opens a socket to `url`; `None` if the browser refuses to make one.
    pub(super) fn open(id: LinkId, url: &str, report: &Report) -> Option<Self> {
        let socket = WebSocket::new(url).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let (on_open, on_data, on_close) =
            (Rc::clone(report), Rc::clone(report), Rc::clone(report));
        let opened = Closure::new(move |_: Event| on_open(News::Input(Input::LinkOpened(id))));
        let received =
            Closure::new(move |event: MessageEvent| on_data(News::Input(read(id, &event))));
        let closed = Closure::new(move |event: CloseEvent| {
            on_close(News::Input(Input::LinkClosed(id, CloseCause::Code(event.code()))));
        });
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(received.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Some(Self { socket, _opened: opened, _received: received, _closed: closed })
    }

    /// Sends one frame. A socket that is not open drops it: its end is reported separately.
    pub(super) fn send(&self, frame: &[u8]) {
        let _not_open = self.socket.send_with_u8_array(frame);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _already_closed = self.socket.close();
    }
}

/// A frame, copied once; what is not binary ends the link.
fn read(id: LinkId, event: &MessageEvent) -> Input {
    match event.data().dyn_into::<ArrayBuffer>() {
        Ok(buffer) => Input::Received(id, Bytes::from(Uint8Array::new(&buffer).to_vec())),
        Err(_text) => Input::LinkClosed(id, CloseCause::Code(UNSUPPORTED_DATA)),
    }
}
