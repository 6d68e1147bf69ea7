//! What this user sent from another login, told in two frames by servers without the extensions:
//! the copy, then a PUBACK of the same id with its time and uid.

use crate::signal::{Message, SendAck};

/// So many copies wait for their second frame.
const MAX_PARKED: usize = 64;

/// Copies that wait for their second frame.
#[derive(Debug, Default)]
pub struct SyncCopies(Vec<(u16, Message)>);

impl SyncCopies {
    /// The first frame came.
    pub fn park(&mut self, id: u16, message: Message) {
        self.0.retain(|(parked, _)| *parked != id);
        if self.0.len() >= MAX_PARKED {
            self.0.remove(0);
        }
        self.0.push((id, message));
    }

    /// A PUBACK came: the copy it completes, if it does. Copies of messages that were not stored
    /// say nothing.
    pub fn complete(&mut self, ack: &SendAck) -> Option<Message> {
        let position = self.0.iter().position(|(parked, _)| *parked == ack.id)?;
        let (_, mut message) = self.0.remove(position);
        message.uid = ack.uid.clone();
        message.sent_time = ack.time;
        Some(message)
    }

    /// The link is gone: what is missing comes by a pull.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
