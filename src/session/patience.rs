//! How long a slow network is given. What is large needs longer than a link is given to answer, and
//! would be begun anew on each next link for ever: so each link that was given up while something
//! large was on its way leaves more time to the next, until all of that is through.
//!
//! Servers without the extensions get no second copy of a send: there a large one has the time that
//! it needs at 1 KiB/s from the beginning.

use super::engine::Engine;
use super::outbox::Entry;

/// Sends of so many bytes may take longer than a link is given to answer.
const LARGE: usize = 8 * 1_024;
/// By how many links were given up, ms: what is awaited has at least so long.
const STEPS: [u64; 5] = [0, 20_000, 80_000, 320_000, 600_000];
/// The longest time from a question to the ping that asks whether anybody is there, and some more, ms:
/// what a large send has besides a millisecond for each of its bytes.
const BESIDES: u64 = 40_000;

fn is_large(entry: &Entry) -> bool {
    entry.is_open() && entry.message.content.len() >= LARGE
}

impl Engine {
    /// The link is given up because something was not answered in time.
    pub(super) fn lose_patience(&mut self) {
        let sending = self.outbox.largest_on_wire().and_then(|place| self.outbox.get(place));
        if sending.is_some_and(is_large) || self.requests.awaits_page() {
            self.slow = (self.slow + 1).min(STEPS.len() - 1);
        }
    }

    /// What is awaited from here on has so long.
    pub(super) fn be_patient(&mut self) {
        let waits = self.catch_up.is_open() || self.requests.awaits_page();
        let through = self.begun && !waits;
        if self.slow > 0 && through && !self.outbox.iter().any(|(_, entry)| is_large(entry)) {
            self.slow = 0;
        }
        let learnt = STEPS.get(self.slow).copied().unwrap_or(0);
        let owed = if self.is_extended() { 0 } else { self.outbox.bytes_on_wire() as u64 };
        let owed = if owed >= LARGE as u64 { owed + BESIDES } else { 0 };
        let link = learnt.max(owed);
        self.heartbeat.set_patience(link);
        // The link is given up first: that is learnt from.
        self.patience = if link > 0 { link + BESIDES } else { 0 };
        self.requests.set_patience(self.patience);
    }
}
