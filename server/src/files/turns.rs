//! Who may write to an upload: one at a time, and the newest. A client whose network broke comes
//! back while the server still waits for the rest of the old request: the old one has to yield.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedMutexGuard, watch};

use super::id::FileId;

#[derive(Default)]
struct Queue {
    lock: Arc<tokio::sync::Mutex<()>>,
    /// How many have come.
    newest: watch::Sender<u64>,
}

/// The uploads that somebody works on.
#[derive(Default)]
pub struct Turns(Mutex<BTreeMap<FileId, Arc<Queue>>>);

/// The right to work on an upload until it is dropped.
pub struct Turn<'a> {
    turns: &'a Turns,
    id: FileId,
    mine: u64,
    /// There until it is dropped.
    newest: Option<watch::Receiver<u64>>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until nobody else works on the upload. Whoever does so now is told to
    /// [yield](Turn::wanted).
    pub async fn take(&self, id: &FileId) -> Turn<'_> {
        let (mut turn, lock) = {
            let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = queues.entry(id.clone()).or_default();
            let mut mine = 0;
            queue.newest.send_modify(|newest| {
                *newest += 1;
                mine = *newest;
            });
            let newest = Some(queue.newest.subscribe());
            let turn = Turn { turns: self, id: id.clone(), mine, newest, guard: None };
            (turn, Arc::clone(&queue.lock))
        };
        turn.guard = Some(lock.lock_owned().await);
        turn
    }
}

impl Turn<'_> {
    /// Resolves when somebody else wants to work on the upload.
    pub async fn wanted(&mut self) {
        let mine = self.mine;
        if let Some(newest) = &mut self.newest {
            // The sender lives as long as this turn.
            drop(newest.wait_for(|newest| *newest != mine).await);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        drop(self.guard.take());
        let mut queues = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Receivers come and go under this lock alone, so the last one to leave sees that it is.
        drop(self.newest.take());
        if queues.get(&self.id).is_some_and(|queue| queue.newest.receiver_count() == 0) {
            queues.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_newest_has_its_turn_when_the_others_have_yielded() {
        let turns = Turns::default();
        let id = FileId::new(1, [1; 16]);
        let mut first = turns.take(&id).await;
        let other = turns.take(&FileId::new(1, [2; 16])).await;
        drop(other);
        let wanted = tokio::time::timeout(Duration::from_millis(1), first.wanted()).await;
        assert!(wanted.is_err(), "nobody else came");
        let yielding = async {
            first.wanted().await;
            drop(first);
        };
        let (mut second, ()) = tokio::join!(turns.take(&id), yielding);
        let yielding = async {
            second.wanted().await;
            drop(second);
        };
        let third = async { drop(turns.take(&id).await) };
        tokio::join!(third, yielding);
        assert!(turns.0.lock().unwrap().is_empty(), "nothing is kept of those who left");
    }
}
