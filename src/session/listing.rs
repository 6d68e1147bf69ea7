//! The conversation list of the server: asked for after every login, and merged.

use super::context::Context;
use super::engine::Engine;
use super::io::Outcome;
use super::requests::Query;
use crate::conversation::fields::{FieldReader, FieldWriter};
use crate::conversation::{RecallNotice, ServerRow, id_of, key_of};
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, ConversationId, ConversationKind};
use crate::signal::relations::{ConversationPage, ConversationsRequest};
use crate::signal::{Answer, Message, MessageDirection, client};
use crate::sorted::{SortedMap, SortedSet};
use crate::time::UnixMillis;

/// What the stored keys of removed conversations begin with.
pub const REMOVED_PREFIX: &str = "gone:";
const VERSION: u8 = 1;
/// Servers without the extensions are asked for so many conversations.
const COUNT_2X: u32 = 300;
/// So many pages of the list are asked for.
const MAX_PAGES: u32 = 20;

/// A call that waits for the list.
#[derive(Debug)]
struct Waiting {
    call: CallId,
    kinds: Vec<ConversationKind>,
    count: Option<u32>,
    hidden: bool,
}

/// What a delivered row does to the unread count of its conversation.
#[derive(Debug)]
enum Change {
    Counts {
        mentions: bool,
    },
    Recalls(RecallNotice),
    /// Out of the list, if its newest message is not later.
    Removes(UnixMillis),
}

/// Whether the server knows what was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reads {
    /// It remembers what it was told.
    #[default]
    Known,
    /// Its store was restored from a backup: the next list tells what it has forgotten.
    InDoubt,
    /// It is being told; then the counts are asked for.
    Repeated,
}

impl Reads {
    const fn or_repeated(self) -> Self {
        match self {
            Self::Known | Self::Repeated => Self::Repeated,
            Self::InDoubt => Self::InDoubt,
        }
    }
}

/// How the list stands with the server.
#[derive(Debug, Default)]
pub struct Listing {
    /// Whether the server's list was ever merged since the user's state was loaded.
    fetched: bool,
    asking: bool,
    /// Something happened that only the next list can tell the outcome of.
    stale: bool,
    /// The server did not take a read time or a removal: it is told again after the next pull.
    unreported: bool,
    reads: Reads,
    pages: u32,
    waiting: Vec<Waiting>,
    /// What was delivered while the list was under way and changes an unread count, by number.
    meanwhile: Vec<(u64, ConversationId, Change)>,
    /// Conversations that the server may have listed only after it looked.
    spoken: SortedSet<ConversationId>,
    /// Conversations that the answer listed so far, while it may be complete: pages of different
    /// times may have missed what moved from one to the other.
    listed: Option<(u64, SortedSet<ConversationId>)>,
    /// Conversations of which something was read since the server may have looked at them.
    touched: SortedSet<ConversationId>,
    /// Removed here, and the server does not know: when.
    removed: SortedMap<ConversationId, UnixMillis>,
}

impl Listing {
    /// Reads a removal that the server was not told of. `None`: it is damaged.
    pub fn restore(&mut self, key: &str, value: &str) -> Option<()> {
        let id = id_of(REMOVED_PREFIX, key)?;
        let mut fields = FieldReader::open(value, VERSION)?;
        let time = fields.number();
        fields.check()?;
        self.removed.insert(id, UnixMillis::new(time));
        Some(())
    }

    /// Whether a message is not in the unread counts yet. `counted`: the number up to which
    /// messages are.
    pub fn adds_unread(&self, message: &Message, counted: u64) -> bool {
        message.inbox_seq.is_none_or(|seq| seq > counted)
    }

    /// A message is delivered.
    pub fn note(&mut self, cx: &mut Context, message: &Message) {
        if !message.flags.counted {
            return;
        }
        self.note_spoken(&message.conversation);
        if message.direction == MessageDirection::Received {
            let seq = message.inbox_seq.unwrap_or(0);
            let mentions = message.flags.mentioned;
            self.note_change(seq, &message.conversation, Change::Counts { mentions });
        }
        // A server with the extensions is told up to when, and leaves what is newer.
        if message.inbox_seq.is_none()
            && self.removed.get(&message.conversation).is_some_and(|at| message.sent_time > *at)
        {
            self.removed(cx, &message.conversation);
        }
    }

    /// A received message is taken back by the row `notice.seq`.
    pub fn note_recall(&mut self, id: &ConversationId, notice: &RecallNotice) {
        self.note_change(notice.seq, id, Change::Recalls(notice.clone()));
    }

    /// A row tells that the conversation was taken out of the list.
    pub fn note_removal(&mut self, id: &ConversationId, seq: u64, time: UnixMillis) {
        self.note_change(seq, id, Change::Removes(time));
    }

    /// Something was said in a conversation, here or elsewhere.
    pub fn note_spoken(&mut self, id: &ConversationId) {
        if self.asking {
            self.spoken.insert(id.detached());
        }
    }

    /// Whether a conversation with this newest message was taken out of the list after the answer
    /// was counted at `head`.
    fn is_gone(&self, id: &ConversationId, time: UnixMillis, head: u64) -> bool {
        let here = self.removed.get(id).is_some_and(|at| time <= *at);
        here || self.meanwhile.iter().any(|(seq, of, change)| {
            *seq > head && of == id && matches!(change, Change::Removes(until) if time <= *until)
        })
    }

    fn note_listed(&mut self, page: &ConversationPage) {
        let first = (self.pages == 1).then(SortedSet::default);
        let first = page.head.and_then(|head| Some((head, first?)));
        let known = first.or(self.listed.take()).filter(|(at, _)| page.head == Some(*at));
        self.listed = known.map(|(at, mut listed)| {
            for row in &page.rows {
                listed.insert(row.conversation.detached());
            }
            (at, listed)
        });
    }

    fn note_change(&mut self, seq: u64, id: &ConversationId, change: Change) {
        // Without a number nobody knows whether the list counts it.
        if self.asking && seq > 0 {
            self.meanwhile.push((seq, id.detached(), change));
        }
    }

    /// The user has read something of a conversation, here or elsewhere.
    pub fn note_read(&mut self, id: &ConversationId) {
        if self.asking {
            self.touched.insert(id.detached());
        }
    }

    /// The server knows of a removal, or it no longer matters.
    pub fn removed(&mut self, cx: &mut Context, id: &ConversationId) {
        if self.removed.remove(id).is_some() {
            cx.out.delete_user(key_of(REMOVED_PREFIX, id));
        }
    }

    /// Answers the calls that wait with a failure.
    pub fn reject(&mut self, cx: &mut Context, error: Error) {
        self.asking = false;
        for waiting in self.waiting.drain(..) {
            cx.out.settle(waiting.call, Err(error));
        }
    }

    /// Whether calls wait for the server's list.
    pub fn owes_answers(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether the server's list is still to be merged.
    pub fn is_missing(&self) -> bool {
        !self.fetched
    }

    /// The server did not take what was read or removed.
    pub fn report_again(&mut self) {
        self.unreported = true;
    }

    /// The server's store was restored from a backup.
    pub fn doubt_reads(&mut self) {
        self.reads = Reads::InDoubt;
    }

    /// Whether that is to be told again; asked once.
    pub fn reports_again(&mut self) -> bool {
        core::mem::take(&mut self.unreported)
    }

    /// A conversation was taken out of the list here: to be told to the server until it knows.
    pub fn remove(&mut self, cx: &mut Context, id: &ConversationId, at: UnixMillis) {
        self.removed.insert(id.clone(), at);
        let stored = FieldWriter::new(VERSION).number(at.get()).finish();
        cx.out.put_user(key_of(REMOVED_PREFIX, id), stored);
    }

    /// Removals to tell the server, with their times.
    pub fn removals(&self) -> Vec<(ConversationId, UnixMillis)> {
        self.removed.iter().map(|(id, at)| (id.clone(), *at)).collect()
    }
}

impl Engine {
    /// The page wants the list.
    pub(super) fn list_conversations(
        &mut self,
        call: CallId,
        kinds: Vec<ConversationKind>,
        count: Option<u32>,
        remote: bool,
        hidden: bool,
    ) {
        if !self.begun {
            let outcome = match (remote, self.connection.was_called()) {
                (false, _) => {
                    Ok(Outcome::Conversations(self.conversations.list(&kinds, count, hidden)))
                }
                (true, true) => Err(Error::network(ErrorCode::Disconnected)),
                (true, false) => Err(Error::caller(ErrorCode::NotConnected)),
            };
            self.cx.out.settle(call, outcome);
            return;
        }
        self.listing.waiting.push(Waiting { call, kinds, count, hidden });
        if remote {
            self.ask_list();
        } else if !self.listing.asking {
            self.answer_list_calls();
        }
    }

    /// The server knows of a removal. A list that it made before says otherwise.
    pub(super) fn removal_answered(&mut self, id: &ConversationId) {
        self.listing.removed(&mut self.cx, id);
        if self.listing.asking || self.conversations.get(id).is_some() {
            self.list_is_stale();
        }
    }

    /// Asks the server for its list.
    pub(super) fn ask_list(&mut self) {
        if self.begun && !self.listing.asking {
            self.listing.asking = true;
            self.listing.stale = false;
            self.listing.pages = 0;
            self.listing.meanwhile.clear();
            self.listing.spoken.clear();
            self.listing.listed = None;
            // What was read and not reported is unread in the answer: who knows which the server
            // looks at first.
            let reads = self.conversations.unreported_reads().into_iter();
            self.listing.touched = reads.map(|(id, _)| id).collect();
            self.ask_list_page(UnixMillis::ZERO);
        }
    }

    /// Where something was read of which only the server can say how much remains, the list is
    /// asked for; once more, if it is on its way and may be too old. Servers without the extensions
    /// do not say at which number they counted: their counts replace none that are known.
    pub(super) fn resolve_doubt(&mut self) {
        self.listing.stale |= self.conversations.take_doubt() && self.is_extended();
        if self.listing.stale {
            self.ask_list();
        }
    }

    /// Something happened of which only the next list tells the outcome.
    pub(super) fn list_is_stale(&mut self) {
        self.listing.stale = self.is_extended();
        self.resolve_doubt();
    }

    fn ask_list_page(&mut self, start: UnixMillis) {
        let Some(login) = self.connection.login() else { return };
        let (extended, user) = (login.extended, login.user.clone());
        let asked = self.requests.ask(&mut self.wire_ids, self.cx.now, Query::List);
        let Some(id) = asked else {
            self.list_failed(Error::client(ErrorCode::Unknown));
            return;
        };
        self.listing.pages += 1;
        let frame = if extended {
            let request =
                ConversationsRequest { count: 0, start, ascending: false, kinds: Vec::new() };
            client::conversations(id, &user, &request)
        } else {
            client::conversations_2x(id, &user, COUNT_2X)
        };
        self.transmit(&frame);
    }

    /// The server's list came, or a part of it.
    pub(super) fn listed(&mut self, answer: &Answer) {
        let Some(login) = self.connection.login() else { return };
        let (extended, me) = (login.extended, login.user.clone());
        let page = match client::conversation_list(&answer.body, &me) {
            Ok(page) if answer.status == 0 => page,
            Ok(_) | Err(_) => {
                self.list_failed(Error::server(ErrorCode::Unknown));
                return;
            }
        };
        let oldest = page.rows.iter().filter_map(|row| Some(row.latest.as_ref()?.sent_time)).min();
        let unfinished = page.finished == Some(false) && extended;
        self.listing.note_listed(&page);
        let complete = page.finished == Some(true);
        self.merge_list(page, extended);
        match oldest {
            Some(oldest) if unfinished && self.listing.pages < MAX_PAGES => {
                self.ask_list_page(oldest);
            }
            Some(_) | None => {
                self.listing.fetched = true;
                if complete && extended {
                    self.drop_unlisted();
                }
                if extended && !self.listing.touched.is_empty() {
                    self.listing.reads = self.listing.reads.or_repeated();
                }
                self.list_ended();
                self.answer_list_calls();
                self.repeat_reads();
                self.resolve_doubt();
            }
        }
    }

    fn merge_list(&mut self, page: ConversationPage, extended: bool) {
        // The number up to which messages are counted is one for all conversations: where the page
        // set a count meanwhile, all known counts stay as they are, and the pull adds to them.
        let head = page.head.filter(|_| extended && self.listing.touched.is_empty());
        let is_counted = extended && page.head.is_some();
        let counted_at = page.head.filter(|_| extended).unwrap_or(0);
        for row in page.rows {
            let time = row.latest.as_ref().map_or(UnixMillis::ZERO, |latest| latest.sent_time);
            if self.listing.is_gone(&row.conversation, time, counted_at) {
                continue;
            }
            let id = row.conversation.detached();
            let settled = is_counted && !self.listing.spoken.contains(&id);
            let server = ServerRow {
                id,
                settled,
                latest: row.latest,
                unread: row.unread,
                mentions: row.mentions,
                read: row.read_time.unwrap_or_default(),
                peer_read: row.peer_read.unwrap_or_default(),
                head: counted_at,
                forgets: self.listing.reads == Reads::InDoubt,
            };
            if self.conversations.merge(&server, head.is_some()) {
                self.repeat_meanwhile(&server.id, counted_at);
            }
        }
        // The conversations of later pages know themselves what the list has counted beyond.
        if let Some(head) = head.filter(|_| self.listing.pages == 1) {
            self.inbox.counted_until(head);
            self.cursor_moved();
        }
    }

    fn repeat_reads(&mut self) {
        if self.listing.reads == Reads::InDoubt {
            self.listing.reads = Reads::Repeated;
            self.report_reads_and_removals();
        }
        self.reads_told();
    }

    /// The server knows a read time, perhaps the last that it had forgotten.
    pub(super) fn reads_told(&mut self) {
        let repeated = self.listing.reads == Reads::Repeated;
        if repeated && self.conversations.unreported_reads().is_empty() {
            self.listing.reads = Reads::Known;
            self.list_is_stale();
        }
    }

    /// What a complete answer does not list is not in the list any more: it was taken out, or all of
    /// it deleted, on another device. Where something was said since, that is all there is.
    fn drop_unlisted(&mut self) {
        let Some((head, listed)) = self.listing.listed.take() else { return };
        let spoken = &self.listing.spoken;
        self.conversations.retain(&|id| listed.contains(id) || spoken.contains(id));
        if self.listing.touched.is_empty() {
            let spoken: Vec<_> = spoken.iter().filter(|id| !listed.contains(id)).cloned().collect();
            for id in spoken {
                self.conversations.begin_anew(&id);
                self.repeat_meanwhile(&id, head);
            }
        }
    }

    /// What was delivered already and is not in the count that was just taken from the list.
    fn repeat_meanwhile(&mut self, id: &ConversationId, head: u64) {
        let meanwhile = self.listing.meanwhile.iter();
        for (_, _, change) in meanwhile.filter(|(seq, of, _)| *seq > head && of == id) {
            match change {
                Change::Counts { mentions } => self.conversations.add_unread(id, *mentions),
                Change::Recalls(notice) => self.conversations.recall(id, notice, true),
                // Known before it was merged.
                Change::Removes(_) => {}
            }
        }
    }

    pub(super) fn list_failed(&mut self, error: Error) {
        self.listing.reject(&mut self.cx, error);
        self.list_ended();
        // Asked for again with the next pull.
        self.listing.stale = true;
    }

    fn list_ended(&mut self) {
        self.listing.asking = false;
        self.listing.meanwhile.clear();
        self.listing.touched.clear();
        self.catch_up.release();
    }

    fn answer_list_calls(&mut self) {
        for waiting in core::mem::take(&mut self.listing.waiting) {
            let list = self.conversations.list(&waiting.kinds, waiting.count, waiting.hidden);
            self.cx.out.settle(waiting.call, Ok(Outcome::Conversations(list)));
        }
    }
}
