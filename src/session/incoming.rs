//! Frames that come: read, and brought to the part that each concerns.

use bytes::Bytes;

use super::engine::Engine;
use super::io::{Event, RoomChange};
use crate::error::{Error, ErrorCode};
use crate::ids::LinkId;
use crate::signal::{Signal, client};
use crate::wire::Frame;

impl Engine {
    pub(super) fn received(&mut self, id: LinkId, bytes: &Bytes) {
        if self.connection.link().beside() == Some(id) {
            return self.received_beside(bytes);
        }
        if self.connection.link().socket() != Some(id) || self.connection.is_replaced() {
            return;
        }
        // A frame proves that the socket is open, whatever was or was not reported.
        self.connection.link_opened(&mut self.cx, id);
        self.heartbeat.frame(self.cx.now);
        let me = self.connection.login().map(|login| login.user.clone()).unwrap_or_default();
        let frame = Frame::decode_down(bytes).ok();
        match frame.and_then(|frame| client::read(frame, &me).ok()) {
            Some(signal) => self.signal(id, signal),
            None => self.nonsense(),
        }
    }

    fn signal(&mut self, id: LinkId, signal: Signal) {
        let change = match signal {
            Signal::Login(answer) => self.connection.login_answered(&mut self.cx, id, answer),
            Signal::Disconnected { reason } => self.connection.server_ended(&mut self.cx, reason),
            Signal::Pong => {
                self.heartbeat.pong();
                None
            }
            Signal::Pushed { .. }
            | Signal::Doorbell(_)
            | Signal::SyncCopy { .. }
            | Signal::SendAck(_)
            | Signal::Answer(_)
            | Signal::SettingsChanged { .. }
            | Signal::Told { .. }
            | Signal::RoomChanged { .. }
            | Signal::Unknown { .. }
                if self.connection.login().is_none() =>
            {
                None
            }
            Signal::Pushed { ack, message } => {
                self.pushed(ack, message);
                None
            }
            Signal::Doorbell(bell) => {
                self.rung(&bell);
                None
            }
            Signal::SyncCopy { id, message, complete } => {
                self.sync_copy(id, message, complete);
                None
            }
            Signal::SendAck(ack) => {
                self.send_acked(&ack);
                None
            }
            Signal::Answer(answer) => {
                self.answered(&answer);
                None
            }
            Signal::SettingsChanged { ack, version } => {
                if let Some(ack) = ack {
                    self.transmit(&client::push_ack(ack));
                }
                self.settings_changed(version);
                None
            }
            Signal::Told { ack, notice } => {
                if let Some(ack) = ack {
                    self.transmit(&client::push_ack(ack));
                }
                self.cx.out.event(Event::Told(notice));
                None
            }
            Signal::RoomChanged { ack, room, time } => {
                if let Some(ack) = ack {
                    self.transmit(&client::push_ack(ack));
                }
                let change = RoomChange::Attributes(time);
                self.cx.out.event(Event::Room { room, change });
                None
            }
            Signal::Unknown { ack, .. } => {
                if let Some(ack) = ack {
                    self.transmit(&client::push_ack(ack));
                }
                None
            }
        };
        self.changed(change);
    }

    /// A frame that cannot be read. During a login it is the answer; later it is dropped.
    fn nonsense(&mut self) {
        let error = Error::server(ErrorCode::Unknown);
        if self.connection.login().is_none() {
            self.connection.host_failed(&mut self.cx, error);
            return;
        }
        // Whatever it would have said is asked for.
        self.catch_up.ring();
        self.rooms.ring();
        self.missed_something = true;
        if !core::mem::replace(&mut self.told_nonsense, true) {
            self.cx.out.event(Event::Trouble(error));
        }
    }
}
