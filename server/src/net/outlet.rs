//! The way from the hub to one session's task: a letter box that costs nothing while it is empty.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;

use crate::core::ask::Notice;
use crate::core::hub::Outlet;
use crate::gateway::Input;

/// So many notices wait for a session before it is only told that it missed some.
const ROOM: usize = 256;

#[derive(Default)]
struct Waiting {
    notices: VecDeque<Notice>,
    missed: bool,
}

/// See the module.
#[derive(Default)]
pub struct LetterBox {
    waiting: Mutex<Waiting>,
    reader: AtomicWaker,
}

impl LetterBox {
    /// The next notice; after the last of those that had room, that some had none.
    pub fn poll_take(&self, context: &mut Context<'_>) -> Poll<Input> {
        self.reader.register(context.waker());
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(notice) = waiting.notices.pop_front() {
            if waiting.notices.is_empty() {
                waiting.notices = VecDeque::new();
            }
            return Poll::Ready(Input::Notice(notice));
        }
        if std::mem::take(&mut waiting.missed) {
            return Poll::Ready(Input::NoticesMissed);
        }
        Poll::Pending
    }
}

const fn is_last_word(notice: &Notice) -> bool {
    match notice {
        Notice::Kicked
        | Notice::Banned
        | Notice::TokensRevoked
        | Notice::Replaced
        | Notice::ShuttingDown => true,
        Notice::Row(_)
        | Notice::Head(_)
        | Notice::Volatile(_)
        | Notice::SyncCopy { .. }
        | Notice::SettingsChanged(_)
        | Notice::UserSettingsChanged(_)
        | Notice::CallChanged { .. }
        | Notice::Presence(_)
        | Notice::Chatroom(_) => false,
    }
}

impl Outlet for LetterBox {
    fn notify(&self, notice: Notice) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = is_last_word(&notice) || (waiting.notices.len() < ROOM && !waiting.missed);
        if taken {
            waiting.notices.push_back(notice);
        } else {
            waiting.missed = true;
        }
        drop(waiting);
        self.reader.wake();
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Head;
    use futures_util::task::noop_waker;

    fn take(letters: &LetterBox) -> Poll<Input> {
        letters.poll_take(&mut Context::from_waker(&noop_waker()))
    }

    fn head(seq: u64) -> Notice {
        Notice::Head(Head { seq, ..Head::default() })
    }

    #[test]
    fn letters_come_in_order() {
        let letters = LetterBox::default();
        assert!(take(&letters).is_pending());
        assert!(letters.notify(head(1)) && letters.notify(head(2)));
        assert_eq!(take(&letters), Poll::Ready(Input::Notice(head(1))));
        assert_eq!(take(&letters), Poll::Ready(Input::Notice(head(2))));
        assert!(take(&letters).is_pending());
    }

    #[test]
    fn a_full_box_tells_that_letters_are_missing_and_keeps_the_last_word() {
        let letters = LetterBox::default();
        for seq in 0..ROOM as u64 {
            assert!(letters.notify(head(seq)));
        }
        assert!(!letters.notify(head(1000)));
        assert!(letters.notify(Notice::Kicked));
        for _ in 0..ROOM {
            assert!(take(&letters).is_ready());
            assert!(!letters.notify(head(1001)), "nothing may overtake what is missing");
        }
        assert_eq!(take(&letters), Poll::Ready(Input::Notice(Notice::Kicked)));
        assert_eq!(take(&letters), Poll::Ready(Input::NoticesMissed));
        assert!(take(&letters).is_pending());
        assert!(letters.notify(head(1002)));
    }
}
