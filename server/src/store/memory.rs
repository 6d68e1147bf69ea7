//! The store of tests and the simulation: in memory, repeatable, every future ready at once (the
//! work is done when the method is called).

mod conversation_list;
mod inbox;
mod members;
mod profiles;
mod receipts;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hongyan::ids::{ClientMessageId, MessageUid, UserId};
use hongyan::rng::Rng;
use hongyan::time::UnixMillis;

use self::inbox::{Inbox, Message};
use self::members::Rooms;
use super::{Profile, Store};

/// Keeps everything until it is dropped.
#[derive(Debug)]
pub struct MemoryStore {
    epoch: String,
    /// Held while a message is stored and told of: keeps both in one order.
    order: Mutex<()>,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    random: Rng,
    messages: Vec<Message>,
    /// Index into `messages`.
    by_uid: BTreeMap<MessageUid, usize>,
    /// Index into `messages`.
    by_client_id: BTreeMap<(UserId, ClientMessageId), usize>,
    inboxes: BTreeMap<UserId, Inbox>,
    /// Time of the newest message, by conversation key.
    newest: BTreeMap<String, UnixMillis>,
    profiles: BTreeMap<UserId, Profile>,
    rooms: Rooms,
    /// By message index: when each reader has read it.
    receipts: BTreeMap<usize, BTreeMap<UserId, UnixMillis>>,
}

impl MemoryStore {
    /// An empty store. `seed` decides its uids, `epoch` names its life.
    pub fn new(seed: u64, epoch: impl Into<String>) -> Self {
        Self {
            epoch: epoch.into(),
            order: Mutex::new(()),
            kept: Mutex::new(Kept {
                random: Rng::new(seed),
                messages: Vec::new(),
                by_uid: BTreeMap::new(),
                by_client_id: BTreeMap::new(),
                inboxes: BTreeMap::new(),
                newest: BTreeMap::new(),
                profiles: BTreeMap::new(),
                rooms: Rooms::default(),
                receipts: BTreeMap::new(),
            }),
        }
    }

    /// A change is made after everything that can fail, so a poisoned lock guards sound data.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn epoch(&self) -> &str {
        &self.epoch
    }
}
