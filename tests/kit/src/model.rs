//! What users may expect, kept apart from the code under test: each send ends once, each call is
//! settled once, unread counts follow what was shown and what was read.

use std::collections::BTreeMap;

use hongyan::error::ErrorCode;
use hongyan::ids::{CallId, ClientMessageId, MessageUid};
use hongyan::session::io::SendState;

use crate::checker::{Checker, Key, Verdict, View};
use crate::commands::Commands;
use crate::deletions::{Deletions, Gone};
use crate::plan::ClientIndex;

/// How a send ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Sent,
    /// -1: what became of it is unknown.
    Unknown,
    Failed,
    Cancelled,
}

#[derive(Clone, Debug)]
struct Sending {
    key: Key,
    client: ClientIndex,
    /// The page's life in which it was asked for.
    life: u32,
    /// The page was told that it survives a reload.
    durable: bool,
    end: Option<End>,
    /// The page was told at some time that what became of it is unknown.
    was_unknown: bool,
    /// Its page died.
    orphan: bool,
    /// That page's storage did not take everything: what was told may be told otherwise.
    forgotten: bool,
}

/// Names one call of one page.
type Call = (ClientIndex, u32, CallId);

/// See the module.
#[derive(Debug, Default)]
pub struct Model {
    /// The judge of what arrived.
    pub checker: Checker,
    /// Recalls and read marks.
    pub commands: Commands,
    /// What was deleted.
    pub deletions: Deletions,
    /// Users may have several devices: a badge may count what another of them was shown.
    pub several_devices: bool,
    /// The server's store was restored from a backup: what was told may be true no more.
    pub restored: bool,
    /// Rows earlier than this left the inboxes, ms; what was not delivered till then never is.
    pub swept_until: Option<i64>,
    /// Codes that a send may fail with in this run; -1 is a failure of its own kind.
    pub may_fail_with: Vec<ErrorCode>,
    /// Whether the outcome of a send may stay unknown (-1).
    pub may_stay_unknown: bool,
    sends: BTreeMap<ClientMessageId, Sending>,
    numbers: BTreeMap<(ClientIndex, String), u32>,
    open_calls: BTreeMap<Call, &'static str>,
    settled_calls: u64,
    /// By view and peer: the server's times of the messages that count.
    counted: BTreeMap<(View, String), Vec<i64>>,
    /// By view and peer: up to when they were read there, for certain and perhaps.
    read_until: BTreeMap<(View, String), (i64, i64)>,
    shown_where_sent: Vec<ClientMessageId>,
    complaints: Vec<String>,
    /// What is said in chatrooms.
    pub rooms: crate::rooms::Rooms,
}

impl Model {
    /// Something happened that nobody may see.
    pub fn complain(&mut self, text: String) {
        if self.complaints.len() < 50 {
            self.complaints.push(text);
        }
    }

    /// What was complained of.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// The name of the next message of `client` to `to`.
    pub fn next_key(&mut self, client: ClientIndex, from: &str, to: &str) -> Key {
        let number = self.numbers.entry((client, to.to_owned())).or_default();
        *number += 1;
        let device = u32::try_from(client).unwrap_or(u32::MAX);
        Key { from: from.to_owned(), device, to: to.to_owned(), number: *number - 1 }
    }

    /// A page asked for something.
    pub fn called(&mut self, client: ClientIndex, life: u32, call: CallId, what: &'static str) {
        self.open_calls.insert((client, life, call), what);
    }

    /// A call was settled.
    pub fn settled(&mut self, client: ClientIndex, life: u32, call: CallId) {
        self.settled_calls += 1;
        if self.open_calls.remove(&(client, life, call)).is_none() {
            self.complain(format!("client {client}: call {} settled twice or never made", call.0));
        }
    }

    /// A page asked for a message to be sent.
    pub fn sending(&mut self, client: ClientIndex, life: u32, id: ClientMessageId, key: Key) {
        self.checker.sent(key.clone());
        let sending = Sending {
            key,
            client,
            life,
            durable: false,
            end: None,
            was_unknown: false,
            orphan: false,
            forgotten: false,
        };
        self.sends.insert(id, sending);
    }

    /// A page was told how a send stands.
    pub fn send_changed(&mut self, id: ClientMessageId, state: SendState) {
        if let Some(failure) = self.commands.send_changed(id, &state) {
            if let Some(code) = failure {
                self.judge_failure("recall", code);
            }
            return;
        }
        let Some(send) = self.sends.get_mut(&id) else {
            return self.complain(format!("state of a send that nobody asked for: {id:?}"));
        };
        if let SendState::Sent { uid, sent_time, .. } = &state {
            self.commands.sent(uid.clone(), send.key.clone(), sent_time.get());
        }
        let end = match state {
            SendState::Queued { durable } => {
                send.durable = durable;
                None
            }
            SendState::Sending => None,
            SendState::Sent { .. } => Some(End::Sent),
            SendState::Failed(error) if error.code == ErrorCode::Timeout => Some(End::Unknown),
            SendState::Failed(_) => Some(End::Failed),
            SendState::Cancelled => Some(End::Cancelled),
        };
        let legal = match (send.end, end) {
            (None, _) | (Some(End::Unknown), Some(End::Sent)) => true,
            (Some(_), _) => send.orphan && (send.end == end || send.forgotten),
        };
        let (key, before) = (send.key.clone(), send.end);
        send.end = end.or(send.end);
        send.was_unknown |= end == Some(End::Unknown);
        match end {
            Some(End::Sent) => self.checker.accepted(key.clone()),
            Some(End::Unknown | End::Failed | End::Cancelled) => self.checker.refused(key.clone()),
            None => {}
        }
        if !legal {
            self.complain(format!("{}: {state:?} after {before:?}", key.to_text()));
        }
        if let SendState::Failed(error) = state {
            self.judge_failure(&key.to_text(), error.code);
        }
    }

    fn judge_failure(&mut self, what: &str, code: ErrorCode) {
        let allowed = if [ErrorCode::Timeout, ErrorCode::Expired].contains(&code) {
            self.may_stay_unknown
        } else {
            self.may_fail_with.contains(&code)
        };
        if !allowed {
            self.complain(format!("{what}: failed with {}", code.number()));
        }
    }

    /// A page is gone: nobody waits for its calls any more, and what it could not keep is lost.
    /// `kept`: whether its storage took everything so far. Where a send may fail, the page may
    /// have died just before it was told so.
    pub fn page_ended(&mut self, client: ClientIndex, kept: bool) {
        self.open_calls.retain(|(of, _, _), _| *of != client);
        let may_fail = self.may_stay_unknown || !self.may_fail_with.is_empty();
        for send in self.sends.values_mut().filter(|send| send.client == client) {
            send.orphan = true;
            send.forgotten |= !kept;
            if send.end.is_none() && !(send.durable && kept) || may_fail {
                self.checker.refused(send.key.clone());
            }
        }
    }

    /// The page `life` tries a failed send again.
    pub fn retrying(&mut self, id: ClientMessageId, life: u32) {
        let Some(send) = self.sends.get_mut(&id) else {
            return self.complain(format!("in an outbox, and nobody sent it: {id:?}"));
        };
        if !matches!(send.end, Some(End::Unknown | End::Failed) | None) {
            let (key, end) = (send.key.to_text(), send.end);
            return self.complain(format!("{key}: in the outbox after {end:?}"));
        }
        // One that died untold may have ended in the moment of its page's death.
        (send.end, send.orphan, send.life) = (None, false, life);
    }

    /// The newest send of `client` that was not told to have ended.
    pub fn newest_open(&self, client: ClientIndex, life: u32) -> Option<ClientMessageId> {
        let open = self
            .sends
            .iter()
            .filter(|(_, send)| send.client == client && send.life == life && send.end.is_none());
        open.max_by_key(|(_, send)| (send.key.number, send.key.to.clone())).map(|(id, _)| *id)
    }

    /// The page `life` of `client` was shown a message. If it sent it itself, it knew it already:
    /// only one whose outcome was unknown to it may be news.
    pub fn shown_to_page(&mut self, client: ClientIndex, life: u32, key: &Key) {
        let mut sends = self.sends.iter();
        let own =
            sends.find(|(_, send)| send.client == client && send.life == life && send.key == *key);
        if let Some((id, _)) = own {
            self.shown_where_sent.push(*id);
        }
    }

    /// The listeners at `view` saw a message, and the call came to its end.
    pub fn shown(&mut self, view: &View, key: Key, time: i64, counted: bool) {
        if counted && key.from != view.user {
            self.counted.entry((view.clone(), key.from.clone())).or_default().push(time);
        }
        self.checker.shown(view, key, time);
    }

    /// The page at `view` marked the conversation with `peer` as read, at `now` by the server's
    /// clock, and showed a badge of so many unread messages. A badge that counts more than was
    /// shown was taken from the server's list, and so may be one of a page that began without what
    /// an earlier one had stored; then all that is in that list is read.
    pub fn marked_read(&mut self, view: &View, peer: &str, badge: u32, now: i64) {
        let name = (view.clone(), peer.to_owned());
        let shown = self.counted.get(&name).and_then(|times| times.iter().copied().max());
        let certain = shown.unwrap_or(i64::MIN);
        let of_the_list =
            self.several_devices || view.epoch > 0 || badge > self.unread(view, peer).0;
        let perhaps = if of_the_list { now } else { certain };
        let until = self.read_until.entry(name).or_insert((certain, perhaps));
        *until = (certain.max(until.0), perhaps.max(until.1));
    }

    /// The server's store is another from `now` on (the server's clock); `holds` says whether it has a message.
    pub fn store_restored(&mut self, now: i64, holds: impl Fn(&MessageUid) -> bool) {
        self.restored = true;
        self.may_fail_with.push(ErrorCode::from_number(25101));
        self.commands.nothing_is_certain(now);
        self.forget_undone(holds);
        self.deletions.store_restored();
        let open = self.sends.values().filter(|send| matches!(send.end, None | Some(End::Unknown)));
        for (key, orphan) in open.map(|send| (send.key.clone(), send.orphan)).collect::<Vec<_>>() {
            if orphan {
                self.checker.refused(key.clone());
            }
            self.checker.may_come_again(key);
        }
    }

    /// What the server told to keep and does not have is owed to nobody; also if the answer was on
    /// its way when the store was restored.
    pub fn forget_undone(&mut self, holds: impl Fn(&MessageUid) -> bool) {
        for key in self.commands.take_gone(holds) {
            self.checker.undone(key);
        }
    }

    /// Rows earlier than `until` left the inboxes.
    pub fn swept(&mut self, until: i64) {
        self.swept_until = self.swept_until.max(Some(until));
    }

    /// The page at `view` took the conversation with `peer` out of the list, at `now` by the
    /// server's clock: what is in it is read.
    pub fn removed(&mut self, view: &View, peer: &str, now: i64) {
        self.marked_read(view, peer, u32::MAX, now);
    }

    /// The server did what a page asked it to do. What is cleared is read, too.
    pub fn answered(&mut self, view: &View, client: ClientIndex, life: u32, call: CallId) {
        let Some(deletion) = self.deletions.done(client, life, call) else { return };
        if let Gone::UpTo(time) = deletion.gone {
            let until =
                self.read_until.entry((view.clone(), deletion.peer)).or_insert((time, time));
            *until = (time.max(until.0), time.max(until.1));
        }
    }

    /// The time of the newest message of `peer` that was shown at `view`.
    pub fn newest_shown(&self, view: &View, peer: &str) -> Option<i64> {
        self.counted.get(&(view.clone(), peer.to_owned()))?.iter().copied().max()
    }

    /// How many messages of `peer` are unread at `view`: at least (what no device has read, not
    /// even perhaps), and at most (what this device has certainly not).
    pub fn unread(&self, view: &View, peer: &str) -> (u32, u32) {
        let name = (view.clone(), peer.to_owned());
        let Some(times) = self.counted.get(&name) else { return (0, 0) };
        let here = self.read_until.get(&name).map(|(certain, _)| *certain);
        let marks = self.read_until.iter();
        let anywhere = marks.filter(|((of, with), _)| of.user == view.user && with == peer);
        let cleared = self.deletions.cleared(&view.user, peer);
        let anywhere = anywhere.map(|(_, (_, perhaps))| *perhaps).max().max(Some(cleared));
        let after = |until: Option<i64>, perhaps_recalled: bool| {
            let unread = times.iter().filter(|time| {
                let recalled = self.commands.is_recalled(peer, &view.user, **time);
                let uid = self.commands.name_at(peer, &view.user, **time);
                let deleted = self.deletions.is_gone(&view.user, peer, uid, **time);
                let certain = recalled.0 || deleted.0;
                let gone = if perhaps_recalled { recalled.1 || deleted.1 } else { certain };
                until.is_none_or(|until| **time > until) && !gone
            });
            u32::try_from(unread.count()).unwrap_or(u32::MAX)
        };
        (after(anywhere, true), after(here, false))
    }

    /// Judges after the network was healed and left alone.
    pub fn verdict(&mut self) -> Verdict {
        let open: Vec<String> = self
            .open_calls
            .iter()
            .map(|((client, _, call), what)| format!("client {client}: {what} {} open", call.0))
            .collect();
        let unsettled: Vec<String> = self
            .sends
            .values()
            .filter(|send| send.end.is_none() && !send.orphan)
            .map(|send| format!("{}: never ended", send.key.to_text()))
            .collect();
        let echoed: Vec<String> = self
            .shown_where_sent
            .iter()
            .filter_map(|id| self.sends.get(id))
            .filter(|send| !send.was_unknown && !send.orphan)
            .map(|send| format!("{}: shown where it was sent", send.key.to_text()))
            .collect();
        open.into_iter().chain(unsettled).chain(echoed).for_each(|text| self.complain(text));
        self.checker.verdict(true)
    }

    /// How many sends ended how: sent, unknown, otherwise.
    pub fn ends(&self) -> (usize, usize, usize) {
        let count = |wanted: &[End]| {
            let ends = self.sends.values().filter_map(|send| send.end);
            ends.filter(|end| wanted.contains(end)).count()
        };
        (count(&[End::Sent]), count(&[End::Unknown]), count(&[End::Failed, End::Cancelled]))
    }

    /// How many calls were settled.
    pub fn settled_calls(&self) -> u64 {
        self.settled_calls
    }

    /// How many sends were not told to have ended.
    pub fn open_sends(&self, client: ClientIndex) -> usize {
        self.sends.values().filter(|send| send.client == client && send.end.is_none()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hongyan::error::Error;

    const ID: ClientMessageId = ClientMessageId::from_random(8);

    fn view(device: u32) -> View {
        View { user: "b".into(), device, epoch: 0 }
    }

    fn sent() -> SendState {
        SendState::Sent {
            uid: "UID".into(),
            sent_time: hongyan::time::UnixMillis::new(1),
            replaced: None,
        }
    }

    fn model() -> Model {
        let mut model = Model::default();
        let key = model.next_key(0, "a", "b");
        model.sending(0, 0, ID, key);
        model
    }

    #[test]
    fn a_send_ends_once() {
        let mut model = model();
        model.send_changed(ID, SendState::Queued { durable: true });
        model.send_changed(ID, SendState::Sending);
        model.send_changed(ID, sent());
        assert_eq!(model.complaints(), [""; 0]);
        model.send_changed(ID, sent());
        assert_eq!(model.complaints().len(), 1);
    }

    #[test]
    fn a_send_that_never_ends_is_complained_of() {
        let mut model = model();
        model.called(0, 0, CallId(1), "send");
        assert_eq!(model.verdict().messages, 1);
        assert_eq!(model.complaints().len(), 2);
    }

    #[test]
    fn only_failures_that_were_provoked_are_allowed() {
        let mut model = model();
        let error = Error::server(ErrorCode::ServerFailed);
        model.send_changed(ID, SendState::Failed(error));
        assert_eq!(model.complaints().len(), 1);
    }

    #[test]
    fn what_died_with_its_page_is_owed_only_if_it_was_kept() {
        for (kept, owed) in [(true, 1), (false, 0)] {
            let mut model = model();
            model.send_changed(ID, SendState::Queued { durable: true });
            model.page_ended(0, kept);
            assert_eq!(model.verdict().messages, owed);
            assert_eq!(model.complaints(), [""; 0]);
        }
    }

    #[test]
    fn unread_counts_follow_the_marks() {
        let mut model = Model::default();
        let show = |model: &mut Model, device, number| {
            let key = Key { from: "a".into(), device: 0, to: "b".into(), number };
            model.shown(&view(device), key, i64::from(number), true);
        };
        show(&mut model, 1, 5);
        model.marked_read(&view(1), "a", 1, 9);
        show(&mut model, 2, 5);
        show(&mut model, 2, 6);
        assert_eq!(model.unread(&view(1), "a"), (0, 0));
        assert_eq!(model.unread(&view(2), "a"), (1, 2));
        model.marked_read(&view(1), "a", 3, 9);
        show(&mut model, 1, 7);
        assert_eq!(model.unread(&view(1), "a"), (0, 1), "the badge may have counted it already");
        show(&mut model, 1, 10);
        assert_eq!(model.unread(&view(1), "a"), (1, 2));
    }
}
