//! The store of tests and the simulation: in memory, repeatable, every future ready at once (the
//! work is done when the method is called).

mod accounts;
mod blacklist;
mod chatrooms;
mod conversation_list;
mod desk;
mod history;
mod inbox;
mod log;
mod members;
mod platform;
mod profiles;
mod receipts;
mod retention;
mod services;
mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hongyan::ids::{ClientMessageId, MessageUid, UserId};
use hongyan::rng::Rng;
use hongyan::time::UnixMillis;

use self::accounts::AccountBook;
use self::chatrooms::KeptRooms;
use self::desk::DeskShelf;
use self::inbox::{Inbox, Message};
use self::log::LogState;
use self::members::Rooms;
use self::platform::Decisions;
use self::services::ServiceShelf;
use self::settings::UserState;
use super::{Profile, Store};

/// Keeps everything until it is dropped.
#[derive(Debug)]
pub struct MemoryStore {
    epoch: String,
    /// Held while a message is stored and told of: keeps both in one order.
    order: Mutex<()>,
    kept: Mutex<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    random: Rng,
    /// Those that were removed leave their place empty.
    messages: Vec<Option<Message>>,
    /// All before it were removed.
    first_message: usize,
    /// Index into `messages`.
    by_uid: BTreeMap<MessageUid, usize>,
    /// Index into `messages`.
    by_client_id: BTreeMap<(UserId, ClientMessageId), usize>,
    inboxes: BTreeMap<UserId, Inbox>,
    /// Time of the newest message, by conversation key.
    newest: BTreeMap<String, UnixMillis>,
    /// By conversation key: what stands in its history, index into `messages`.
    histories: BTreeMap<String, BTreeMap<(UnixMillis, MessageUid), usize>>,
    settings: BTreeMap<UserId, UserState>,
    blacklists: BTreeMap<UserId, BTreeSet<UserId>>,
    profiles: BTreeMap<UserId, Profile>,
    decisions: Decisions,
    log: LogState,
    rooms: Rooms,
    accounts: AccountBook,
    chatrooms: KeptRooms,
    /// By message index: when each reader has read it.
    receipts: BTreeMap<usize, BTreeMap<UserId, UnixMillis>>,
    shelf: ServiceShelf,
    desk: DeskShelf,
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
                first_message: 0,
                by_uid: BTreeMap::new(),
                by_client_id: BTreeMap::new(),
                inboxes: BTreeMap::new(),
                newest: BTreeMap::new(),
                histories: BTreeMap::new(),
                settings: BTreeMap::new(),
                blacklists: BTreeMap::new(),
                profiles: BTreeMap::new(),
                decisions: Decisions::default(),
                log: LogState::default(),
                rooms: Rooms::default(),
                accounts: AccountBook::default(),
                chatrooms: KeptRooms::default(),
                receipts: BTreeMap::new(),
                shelf: ServiceShelf::default(),
                desk: DeskShelf::default(),
            }),
        }
    }

    /// A store that holds what this one holds now: a backup, and what is restored from one. `epoch`
    /// names its life.
    #[must_use]
    pub fn copy(&self, epoch: impl Into<String>) -> Self {
        Self { epoch: epoch.into(), order: Mutex::new(()), kept: Mutex::new(self.kept().clone()) }
    }

    /// Whether there is a message of this name.
    pub fn holds(&self, uid: &MessageUid) -> bool {
        self.kept().by_uid.contains_key(uid)
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
