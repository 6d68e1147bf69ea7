//! What all clients say, for the judge.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hongyan_checker::{Checker, Key, Verdict, View};

/// So many complaints are kept.
const KEPT: usize = 50;

/// Shared by all clients of a run.
#[derive(Debug, Default)]
pub struct Ledger {
    judged: Mutex<Judged>,
    sent: AtomicU64,
    accepted: AtomicU64,
    refused: AtomicU64,
    shown: AtomicU64,
    owed: AtomicU64,
    concerned: AtomicU64,
    stays: AtomicU64,
    shown_in_rooms: AtomicU64,
    page_ends: AtomicU64,
    logins: AtomicU64,
}

#[derive(Debug, Default)]
struct Judged {
    checker: Checker,
    /// How many devices each user has.
    devices: BTreeMap<String, u64>,
    rooms: BTreeMap<String, Vec<String>>,
    chatrooms: BTreeSet<String>,
    complaints: Vec<String>,
    complained: u64,
    /// How often each code was told without a call that waited for it.
    troubles: BTreeMap<i32, u64>,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that were sent.
    pub sent: u64,
    /// Of them, those that the server acknowledged.
    pub accepted: u64,
    /// Of them, those that failed or died with their page.
    pub refused: u64,
    /// Messages that were shown, over all devices.
    pub shown: u64,
    /// Messages that had to be shown, over all devices.
    pub owed: u64,
    /// Users whom the acknowledged messages concern, message by message.
    pub concerned: u64,
    /// How often a client was let into a chatroom.
    pub stays: u64,
    /// Messages that were shown there.
    pub shown_in_rooms: u64,
    /// Pages that were killed.
    pub page_ends: u64,
    /// How often a page became connected.
    pub logins: u64,
}

impl Ledger {
    /// An empty ledger; each message is due at every device of all whom it concerns.
    pub fn new() -> Self {
        let ledger = Self::default();
        {
            let checker = &mut ledger.judged().checker;
            checker.copies_are_due = true;
            checker.times_must_rise = true;
        }
        ledger
    }

    fn judged(&self) -> MutexGuard<'_, Judged> {
        self.judged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn room(&self, name: &str, members: &[String]) {
        let mut judged = self.judged();
        judged.checker.room(name, members.iter().cloned());
        judged.rooms.insert(name.to_owned(), members.to_vec());
    }

    pub(crate) fn chatroom(&self, name: &str) {
        let mut judged = self.judged();
        judged.checker.chatroom(name);
        judged.chatrooms.insert(name.to_owned());
    }

    /// A client asks to be let into a chatroom.
    pub(crate) fn comes(&self, view: &View, room: &str) {
        self.judged().checker.comes(view, room);
    }

    /// It was let in.
    pub(crate) fn is_in(&self, view: &View, room: &str) {
        self.stays.fetch_add(1, Ordering::Relaxed);
        self.judged().checker.is_in(view, room);
    }

    /// It is not in it any more.
    pub(crate) fn leaves(&self, view: &View, room: &str) {
        self.judged().checker.leaves(view, room);
    }

    /// A run with chatrooms in which nobody hears anything there has shown nothing.
    pub(crate) fn expect_room_messages(&self, expected: bool) {
        if expected && self.shown_in_rooms.load(Ordering::Relaxed) == 0 {
            self.complain("nobody heard anything in a chatroom".to_owned());
        }
    }

    pub(crate) fn watch(&self, view: &View) {
        let mut judged = self.judged();
        judged.checker.watch(view);
        *judged.devices.entry(view.user.clone()).or_default() += 1;
    }

    pub(crate) fn sent(&self, key: Key) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.judged().checker.sent(key);
    }

    pub(crate) fn accepted(&self, key: Key) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
        let mut judged = self.judged();
        if judged.chatrooms.contains(&key.to) {
            return judged.checker.accepted(key);
        }
        self.owed.fetch_add(judged.owed(&key), Ordering::Relaxed);
        let users = judged.rooms.get(&key.to).map_or(2, |members| members.len() as u64);
        self.concerned.fetch_add(users, Ordering::Relaxed);
        judged.checker.accepted(key);
    }

    pub(crate) fn refused(&self, key: Key) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        self.judged().checker.refused(key);
    }

    /// A device has forgotten everything, and may be shown it again.
    pub(crate) fn replaced(&self, view: &View, by: &View) {
        self.judged().checker.replace(view, by);
    }

    /// `news`: it was never shown at that device, whatever the device has forgotten.
    pub(crate) fn shown(&self, view: &View, key: Key, time: i64, news: bool) {
        let mut judged = self.judged();
        let in_room = judged.chatrooms.contains(&key.to);
        let (count, more) =
            if in_room { (&self.shown_in_rooms, true) } else { (&self.shown, news) };
        count.fetch_add(u64::from(more), Ordering::Relaxed);
        judged.checker.shown(view, key, time);
    }

    pub(crate) fn page_ended(&self) {
        self.page_ends.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connected(&self) {
        self.logins.fetch_add(1, Ordering::Relaxed);
    }

    /// Something that may not be.
    pub(crate) fn complain(&self, text: String) {
        let mut judged = self.judged();
        judged.complained += 1;
        if judged.complaints.len() < KEPT {
            judged.complaints.push(text);
        }
    }

    /// The engine told of something that no call waited for.
    pub(crate) fn trouble(&self, code: i32) {
        *self.judged().troubles.entry(code).or_default() += 1;
    }

    /// How far it is.
    pub fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            sent: read(&self.sent),
            accepted: read(&self.accepted),
            refused: read(&self.refused),
            shown: read(&self.shown),
            owed: read(&self.owed),
            concerned: read(&self.concerned),
            stays: read(&self.stays),
            shown_in_rooms: read(&self.shown_in_rooms),
            page_ends: read(&self.page_ends),
            logins: read(&self.logins),
        }
    }

    /// Everything that was sent had to be acknowledged and shown.
    pub fn verdict(&self) -> Verdict {
        self.judged().checker.verdict(true)
    }

    /// What may not be: its number, and the first of it.
    pub fn complaints(&self) -> (u64, Vec<String>) {
        let judged = self.judged();
        (judged.complained, judged.complaints.clone())
    }

    /// Troubles that were told, by code.
    pub fn troubles(&self) -> BTreeMap<i32, u64> {
        self.judged().troubles.clone()
    }
}

impl Counts {
    /// Whether everything has its end.
    pub fn is_settled(&self) -> bool {
        self.accepted + self.refused >= self.sent && self.shown >= self.owed
    }
}

impl Judged {
    /// At how many devices a message must be shown.
    fn owed(&self, key: &Key) -> u64 {
        let devices = |user: &String| self.devices.get(user).copied().unwrap_or(0);
        let receivers = match self.rooms.get(&key.to) {
            Some(members) => members.iter().filter(|user| **user != key.from).map(devices).sum(),
            None => devices(&key.to),
        };
        receivers + devices(&key.from).saturating_sub(1)
    }
}
