//! Messages that nobody keeps (typing, receipts): now or never, in no queue and no storage.

use super::engine::Engine;
use super::io::{Outcome, SendState};
use super::settling::replaced;
use crate::error::{Error, ErrorCode};
use crate::ids::CallId;
use crate::signal::{Outgoing, SendAck};
use crate::sorted::SortedMap;
use crate::time::Tick;
use crate::wire::WORDS_REPLACED;

/// Those whose frame left and was not answered.
#[derive(Debug, Default)]
pub struct Volatile(SortedMap<u16, OnWire>);

#[derive(Debug)]
struct OnWire {
    message: Outgoing,
    call: CallId,
    since: Tick,
}

impl Volatile {
    /// A frame left.
    pub fn left(&mut self, wire: u16, message: Outgoing, call: CallId, since: Tick) {
        self.0.insert(wire, OnWire { message, call, since });
    }

    /// The message whose frame had this number.
    pub fn answered(&mut self, wire: u16) -> Option<(Outgoing, CallId)> {
        self.0.remove(&wire).map(|on_wire| (on_wire.message, on_wire.call))
    }

    /// When the oldest frame left.
    pub fn oldest(&self) -> Option<Tick> {
        self.0.values().map(|on_wire| on_wire.since).min()
    }

    /// Takes out those without an answer for `patience` ms.
    pub fn take_older(&mut self, now: Tick, patience: u64) -> Vec<(Outgoing, CallId)> {
        let due = self.0.take_if(|_, on_wire| on_wire.since + patience <= now);
        due.into_iter().map(|(_, on_wire)| (on_wire.message, on_wire.call)).collect()
    }

    /// Takes all out.
    pub fn take_all(&mut self) -> Vec<(Outgoing, CallId)> {
        let all = core::mem::take(&mut self.0).into_values();
        all.map(|on_wire| (on_wire.message, on_wire.call)).collect()
    }
}

/// Whether servers put it into inboxes all the same, the sender's own too: receipts of groups. That
/// row is no news to who sent it.
fn is_command(message: &Outgoing) -> bool {
    message.object_name.starts_with("RC:RR")
}

impl Engine {
    /// Sends a message that nobody keeps, if there is a link.
    pub(super) fn send_volatile(&mut self, call: CallId, message: Outgoing) {
        let wire = if self.begun { self.wire_ids.take() } else { None };
        let Some(wire) = wire else {
            self.cx.out.settle(call, Err(Error::network(ErrorCode::Disconnected)));
            return;
        };
        match self.frame_of(wire, false, &message) {
            Ok(frame) => {
                self.transmit(&frame);
                if is_command(&message) {
                    self.outbox.note_sent(message.client_id);
                }
                self.told(&message, SendState::Sending);
                self.volatile.left(wire, message, call, self.cx.now);
            }
            Err(error) => {
                self.wire_ids.give_back(wire);
                self.cx.out.settle(call, Err(error));
            }
        }
    }

    pub(super) fn volatile_acked(&mut self, message: Outgoing, call: CallId, ack: &SendAck) {
        if ack.status != 0 && ack.status != WORDS_REPLACED {
            let error = Error::server(ErrorCode::from_number(i32::from(ack.status)));
            self.volatile_failed(vec![(message, call)], error);
            return;
        }
        if is_command(&message) && !ack.uid.is_empty() {
            self.know_own(ack);
        }
        let (id, uid, sent_time) = (message.client_id, ack.uid.detached(), ack.time);
        let replaced = replaced(&message, ack);
        self.told(&message, SendState::Sent { uid: uid.clone(), sent_time, replaced });
        self.cx.out.settle(call, Ok(Outcome::Sent { id, uid, sent_time }));
    }

    pub(super) fn volatile_failed(&mut self, failed: Vec<(Outgoing, CallId)>, error: Error) {
        for (message, call) in failed {
            self.told(&message, SendState::Failed(error));
            self.cx.out.settle(call, Err(error));
        }
    }
}
