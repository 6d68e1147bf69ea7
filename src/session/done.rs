//! What servers without the extensions are known to keep. They would keep a second copy of a message
//! that is sent once more with the same id, as a tab does whose leader died before it told the end.

use crate::conversation::fields::{FieldReader, FieldWriter};
use crate::ids::{ClientMessageId, MessageUid};
use crate::time::UnixMillis;

/// Key of these in the user's stored state.
pub const DONE_KEY: &str = "done";
const VERSION: u8 = 1;
/// So many are remembered.
const MAX_DONE: usize = 16;

/// The last sends that ended well, oldest first, with the server's names and times for them.
#[derive(Debug, Default)]
pub struct Done(Vec<(ClientMessageId, MessageUid, UnixMillis)>);

impl Done {
    /// The server has it. Returns what is to be stored.
    pub fn add(&mut self, id: ClientMessageId, uid: &MessageUid, time: UnixMillis) -> String {
        if self.0.len() >= MAX_DONE {
            self.0.remove(0);
        }
        self.0.push((id, uid.detached(), time));
        let mut fields = FieldWriter::new(VERSION);
        for (id, uid, time) in &self.0 {
            fields.number(id.to_wire()).text(uid.as_str()).number(time.get());
        }
        fields.finish()
    }

    /// How the server calls the send with this id, and its time.
    pub fn find(&self, id: ClientMessageId) -> Option<(MessageUid, UnixMillis)> {
        let found = self.0.iter().find(|(known, ..)| *known == id);
        found.map(|(_, uid, time)| (uid.clone(), *time))
    }

    /// Reads what was stored. `None`: it is damaged.
    pub fn restore(&mut self, stored: &str) -> Option<()> {
        let mut fields = FieldReader::open(stored, VERSION)?;
        while !fields.is_at_end() && self.0.len() < MAX_DONE {
            let id = ClientMessageId::from_wire(fields.number());
            let uid = MessageUid::from(fields.text());
            let time = UnixMillis::new(fields.number());
            self.0.extend(id.map(|id| (id, uid, time)));
        }
        fields.check()
    }
}
