//! Queries under way: which answer belongs to which question, and how long to wait for it.

use super::wire_ids::WireIds;
use crate::ids::{CallId, ConversationId};
use crate::signal::settings::Setting;
use crate::sorted::SortedMap;
use crate::time::{Tick, UnixMillis};

/// A query without an answer has failed after so long, ms.
const ANSWER_MS: u64 = 30_000;
/// So many queries may be under way.
const MAX_PENDING: usize = 256;
/// So many of them may be the page's own: the rest is left for the engine's.
const MAX_ASKED: usize = 200;

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// A page of the inbox.
    Pull,
    /// The conversation list.
    List,
    /// To move a read time.
    MarkRead(ConversationId, UnixMillis),
    /// To take a conversation out of the list.
    Remove(ConversationId),
    /// What the page asked, and whether the status is the answer.
    Ask(CallId, bool),
    /// A page of a conversation's history.
    History(CallId, ConversationId),
    /// What the user set of conversations.
    Settings,
    /// To set something of a conversation.
    Set(CallId, ConversationId, Setting, bool),
    /// To be in a chatroom, or its messages: the number of the room.
    Room(u32),
}

impl Query {
    /// The call that waits for the answer.
    pub const fn call(&self) -> Option<CallId> {
        match self {
            Self::Ask(call, _) | Self::History(call, _) | Self::Set(call, ..) => Some(*call),
            Self::Pull
            | Self::List
            | Self::MarkRead(..)
            | Self::Remove(_)
            | Self::Settings
            | Self::Room(_) => None,
        }
    }

    /// Whether there may be any number of them: of the page's own, or of its rooms.
    const fn is_of_page(&self) -> bool {
        self.call().is_some() || matches!(self, Self::Room(_))
    }
}

/// Questions by the number of their frame.
#[derive(Debug, Default)]
pub struct Requests {
    pending: SortedMap<u16, (Query, Tick)>,
    /// An answer has at least so long, ms.
    patience: u64,
}

impl Requests {
    /// A number for the frame of a question; `None` if too much is under way.
    pub fn ask(&mut self, ids: &mut WireIds, now: Tick, query: Query) -> Option<u16> {
        let most = if query.is_of_page() { MAX_ASKED } else { MAX_PENDING };
        if self.pending.len() >= most {
            return None;
        }
        let id = ids.take()?;
        self.pending.insert(id, (query, now + ANSWER_MS.max(self.patience)));
        Some(id)
    }

    /// What the answer with this number answers. `None`: nothing was asked, or it is too late.
    pub fn answered(&mut self, ids: &mut WireIds, id: u16) -> Option<Query> {
        let (query, _) = self.pending.remove(&id)?;
        ids.give_back(id);
        Some(query)
    }

    /// A question that was not answered in time. Its number stays taken until the link is gone:
    /// the answer may still come.
    pub fn timed_out(&mut self, now: Tick) -> Option<Query> {
        let id = *self.pending.iter().find(|(_, (_, until))| *until <= now)?.0;
        self.pending.remove(&id).map(|(query, _)| query)
    }

    /// When [`timed_out`](Self::timed_out) has something to say.
    pub fn deadline(&self) -> Option<Tick> {
        self.pending.values().map(|(_, until)| *until).min()
    }

    /// From here on an answer has at least so long, ms.
    pub fn set_patience(&mut self, ms: u64) {
        self.patience = ms;
    }

    /// Whether an answer is awaited that may be long.
    pub fn awaits_page(&self) -> bool {
        let long = |query: &Query| {
            matches!(query, Query::Pull | Query::List | Query::History(..) | Query::Ask(..))
        };
        self.pending.values().any(|(query, _)| long(query))
    }

    /// How many of the page's own are under way.
    pub fn calls(&self) -> usize {
        self.pending.values().filter(|(query, _)| query.call().is_some()).count()
    }

    /// The link is gone: what was under way on it.
    pub fn link_lost(&mut self) -> Vec<Query> {
        core::mem::take(&mut self.pending).into_values().map(|(query, _)| query).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d17_an_answer_finds_its_question_once() {
        let (mut ids, mut requests) = (WireIds::default(), Requests::default());
        let now = Tick::default();
        let pull = requests.ask(&mut ids, now, Query::Pull).unwrap();
        let list = requests.ask(&mut ids, now + 5, Query::List).unwrap();
        assert_ne!(pull, list);
        assert_eq!(requests.answered(&mut ids, list), Some(Query::List));
        assert_eq!(requests.answered(&mut ids, list), None);
        assert_eq!(requests.timed_out(now + (ANSWER_MS - 1)), None);
        assert_eq!(requests.deadline(), Some(now + ANSWER_MS));
        assert_eq!(requests.timed_out(now + ANSWER_MS), Some(Query::Pull));
        assert_eq!((requests.deadline(), requests.answered(&mut ids, pull)), (None, None));
    }

    #[test]
    fn there_is_an_end_to_questions() {
        let (mut ids, mut requests) = (WireIds::default(), Requests::default());
        let asked = (0..1_000).filter_map(|_| requests.ask(&mut ids, Tick::default(), Query::List));
        assert_eq!(asked.count(), MAX_PENDING);
        assert_eq!(requests.link_lost().len(), MAX_PENDING);
        assert_eq!(requests.deadline(), None);
    }
}
