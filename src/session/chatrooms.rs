//! Chatrooms that the page is in: joined, joined again on every new link, and pulled room by room.
//!
//! ```text
//!         the page joins                 answered                     nothing more
//!   none ───────────────▶ to be joined ──────────▶ joined: to pull ─────────────────▶ rested
//!                              ▲                         ▲  doorbell, every three minutes │
//!                              │ the link is gone        └────────────────────────────────┘
//!                              └──────────── any of them
//! ```
//!
//! A room's [`CatchUp`] says when its next question leaves. Its cursor is the time of the last page:
//! the server gives each message of a room a later time than the one before it. Rooms live in memory
//! alone: a page that is loaded anew is in none.
//!
//! Pages are in a few rooms at a time: they stand in a list, and are looked for from its begin.

use super::catch_up::CatchUp;
use super::context::Context;
use super::engine::Engine;
use super::io::{Event, Outcome, RoomChange};
use super::outbox::Entry;
use super::requests::Query;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, ConversationId, ConversationKind, TargetId};
use crate::signal::call::is_target;
use crate::signal::pull::PullPage;
use crate::signal::{Answer, Message, MessageDirection, client, topic};
use crate::time::{Tick, UnixMillis};

#[derive(Debug)]
struct Room {
    id: TargetId,
    /// What answers know it by: never that of another room.
    number: u32,
    /// When the next question leaves: the join, or a pull.
    catch_up: CatchUp,
    /// Whether it is joined on the link that is up.
    joined: bool,
    /// Up to when its messages were given; `None` before the first page.
    since: Option<UnixMillis>,
    /// So many messages of before are wanted with the next pull.
    history: Option<u32>,
    /// Whether the pull that is under way wants them.
    whole: bool,
    /// Joins that wait for them.
    calls: Vec<CallId>,
    /// Whether the page counts on being in it, whatever becomes of the link.
    counted_on: bool,
}

/// The rooms.
#[derive(Debug, Default)]
pub struct Chatrooms {
    rooms: Vec<Room>,
    last_number: u32,
}

impl Chatrooms {
    /// A link is there: all rooms are joined again.
    pub fn login(&mut self, cx: &Context) {
        for room in &mut self.rooms {
            room.catch_up.login(cx.now, false);
        }
    }

    /// Perhaps there is something new in every room.
    pub fn ring(&mut self) {
        for room in &mut self.rooms {
            room.catch_up.ring();
        }
    }

    /// There is a message of this time in a room; 0 if the server did not say.
    pub fn rung(&mut self, id: &str, time: UnixMillis) {
        if let Some(room) = self.find(id)
            && room.since.is_none_or(|since| time > since || time == UnixMillis::ZERO)
        {
            room.catch_up.ring();
        }
    }

    /// When something becomes due by itself.
    pub fn deadline(&self) -> Option<Tick> {
        self.rooms.iter().filter_map(|room| room.catch_up.deadline()).min()
    }

    /// The deadline may have passed.
    pub fn timer(&mut self, now: Tick) {
        for room in &mut self.rooms {
            room.catch_up.timer(now);
        }
    }

    /// The link is gone. Joins that were not answered have failed; the other rooms are joined again.
    pub fn link_lost(&mut self, cx: &mut Context) {
        let error = Error::network(ErrorCode::Disconnected);
        for at in (0..self.rooms.len()).rev() {
            let Some(room) = self.rooms.get_mut(at) else { continue };
            room.catch_up.stop();
            room.joined = false;
            if room.counted_on {
                cx.out.reject(&mut room.calls, error);
            } else {
                self.leave(cx, at, Some(error));
            }
        }
    }

    /// The page is in no room any more.
    pub fn end(&mut self, cx: &mut Context, error: Error) {
        while !self.rooms.is_empty() {
            self.leave(cx, 0, Some(error));
        }
    }

    /// Whether joins wait for an answer.
    pub fn owe_answers(&self) -> bool {
        self.rooms.iter().any(|room| !room.calls.is_empty())
    }

    /// Whether sends to a conversation must wait: it is a room that is not joined again yet.
    pub fn awaits(&self, id: &ConversationId) -> bool {
        self.of(id).is_some_and(|room| !room.joined)
    }

    /// The room that a conversation is, if the page is in it.
    pub fn room_of(&self, id: &ConversationId) -> Option<&TargetId> {
        self.of(id).map(|room| &room.id)
    }

    fn of(&self, id: &ConversationId) -> Option<&Room> {
        let is_room = id.kind == ConversationKind::Chatroom;
        self.rooms.iter().find(|room| is_room && room.id == id.target)
    }

    fn find(&mut self, id: &str) -> Option<&mut Room> {
        self.rooms.iter_mut().find(|room| room.id.as_str() == id)
    }

    fn numbered(&mut self, number: u32) -> Option<&mut Room> {
        self.rooms.iter_mut().find(|room| room.number == number)
    }

    fn leave(&mut self, cx: &mut Context, at: usize, error: Option<Error>) {
        let mut room = self.rooms.remove(at);
        cx.out.reject(&mut room.calls, error.unwrap_or(Error::caller(ErrorCode::Cancelled)));
        cx.out.event(Event::Room { room: room.id, change: RoomChange::Left(error) });
    }

    /// A question failed, or the room is closed to the page.
    fn failed(&mut self, cx: &mut Context, number: u32, error: Error) {
        let Some(at) = self.rooms.iter().position(|room| room.number == number) else { return };
        let Some(room) = self.rooms.get_mut(at) else { return };
        let refused = !room.joined && (!error.retryable() || !room.counted_on);
        if refused || EXPULSIONS.contains(&error.code.number()) {
            return self.leave(cx, at, Some(error));
        }
        room.counted_on = true;
        cx.out.reject(&mut room.calls, Error::server(ErrorCode::RoomHistoryFailed));
        if room.catch_up.failed(cx.now, &mut cx.rng) {
            cx.out.event(Event::Trouble(error));
        }
    }
}

/// Where a room without messages begins: a pull from 0 is one for the last so many.
const FIRST: UnixMillis = UnixMillis::new(1);
/// Whoever is told one of these is not in the room.
const EXPULSIONS: core::ops::Range<i32> = 23_400..23_500;

impl Engine {
    /// The page joins. `since`: it was in the room, and has its messages up to then.
    pub(super) fn join_room(
        &mut self,
        call: CallId,
        id: TargetId,
        history: u32,
        since: Option<UnixMillis>,
    ) {
        let known = self.rooms.find(id.as_str()).is_some();
        let may_join = match since {
            _ if !is_target(id.as_str()) => Err(Error::caller(ErrorCode::ParameterError)),
            None => self.may_ask(),
            Some(_) => Ok(()),
        };
        if let Err(error) = may_join {
            if !known {
                self.cx.out.event(Event::Room { room: id, change: RoomChange::Left(Some(error)) });
            }
            return self.cx.out.settle(call, Err(error));
        }
        if !known {
            self.add_room(id.clone(), since);
        }
        let Some(room) = self.rooms.find(id.as_str()) else { return };
        room.catch_up.ring();
        if let Some(since) = since {
            room.since = room.since.map(|known| known.min(since));
            self.cx.out.settle(call, Ok(Outcome::Done));
        } else {
            room.history = Some(history);
            room.calls.push(call);
        }
    }

    fn add_room(&mut self, id: TargetId, since: Option<UnixMillis>) {
        let mut catch_up = CatchUp::default();
        if self.begun {
            catch_up.login(self.cx.now, false);
        }
        self.rooms.last_number += 1;
        let (number, calls) = (self.rooms.last_number, Vec::new());
        self.rooms.rooms.push(Room {
            id,
            number,
            catch_up,
            joined: false,
            since,
            history: None,
            whole: false,
            calls,
            counted_on: since.is_some(),
        });
    }

    /// The page leaves.
    pub(super) fn leave_room(&mut self, call: CallId, id: &TargetId) {
        if let Some(at) = self.rooms.rooms.iter().position(|room| room.id == *id) {
            self.rooms.leave(&mut self.cx, at, None);
        }
        if let Some(wire) = self.number_for(call, Query::Ask(call, false)) {
            self.transmit(&client::in_room(wire, topic::LEAVE_ROOM, id));
        }
    }

    /// Asks what is due, as long as the page keeps up.
    pub(super) fn ask_of_rooms(&mut self) {
        let mut at = 0;
        while self.begun && !self.hand_over.is_full() && at < self.rooms.rooms.len() {
            self.ask_of_room(at);
            at += 1;
        }
    }

    fn ask_of_room(&mut self, at: usize) {
        let extended = self.is_extended();
        let (now, Some(room)) = (self.cx.now, self.rooms.rooms.get_mut(at)) else { return };
        if !room.catch_up.is_due(now) {
            return;
        }
        let query = Query::Room(room.number);
        let Some(wire) = self.requests.ask(&mut self.wire_ids, now, query) else { return };
        room.catch_up.begun(now);
        room.whole = room.joined && room.history.is_some();
        let frame = if room.joined {
            let (since, count) = match (room.history, room.since) {
                (Some(count), _) if count > 0 => {
                    (UnixMillis::ZERO, count.min(i32::MAX as u32) as i32)
                }
                (_, Some(since)) => (since, 0),
                // Nobody wants what was before, but to know when that was.
                (_, None) => (UnixMillis::ZERO, -1),
            };
            client::pull_room(wire, &room.id, since, count)
        } else {
            let again = extended && room.since.is_some();
            let topic = if again { topic::REJOIN_ROOM } else { topic::JOIN_ROOM };
            client::in_room(wire, topic, &room.id)
        };
        self.transmit(&frame);
    }

    /// A room's question was answered.
    pub(super) fn room_answered(&mut self, number: u32, answer: &Answer) {
        let Some(room) = self.rooms.numbered(number) else { return };
        if answer.status != 0 {
            let code = ErrorCode::from_number(answer.status.into());
            return self.room_failed(number, Error::server(code));
        }
        if room.joined {
            let me = self.connection.user().cloned().unwrap_or_default();
            return match client::pull_page(&answer.body, &me) {
                Ok(page) => self.take_room_page(number, page),
                Err(_) => self.room_failed(number, Error::server(ErrorCode::Unknown)),
            };
        }
        room.joined = true;
        room.catch_up.page(true, true, self.cx.now, &mut self.cx.rng);
        if room.since.is_some() {
            let room = room.id.clone();
            self.cx.out.event(Event::Room { room, change: RoomChange::Rejoined });
        }
    }

    fn take_room_page(&mut self, number: u32, page: PullPage) {
        let Some(room) = self.rooms.numbered(number) else { return };
        let known = room.since;
        let history = if room.whole { room.history.take() } else { None };
        // Of a room that the page is in: what it was given before. What is new comes in its turn.
        let old = known.is_some() && history.is_some_and(|count| count > 0);
        let calls = if room.whole { core::mem::take(&mut room.calls) } else { Vec::new() };
        room.counted_on = true;
        let mut until = page.sync_time;
        let mut messages = page.messages;
        messages.retain(|message| {
            until = until.max(message.sent_time);
            message.conversation.kind == ConversationKind::Chatroom
                && message.conversation.target == room.id
                && known.is_none_or(|known| (message.sent_time <= known) == old)
        });
        if !old {
            room.since = known.max(Some(until)).max(Some(FIRST));
        }
        let unfinished = page.finished == Some(false);
        let (more, progress) = (old || unfinished, old || room.since != known);
        let (_, endless) = room.catch_up.page(more, progress, self.cx.now, &mut self.cx.rng);
        let joined = room.since.filter(|_| known.is_none());
        let room = room.id.clone();
        if page.malformed > 0 || endless {
            self.cx.out.event(Event::Trouble(Error::server(ErrorCode::Unknown)));
        }
        self.deliver_of_room(messages, unfinished);
        if !more {
            self.settle_unsure(u64::MAX, Some(&room));
        }
        if let Some(since) = joined {
            self.cx.out.event(Event::Room { room, change: RoomChange::Joined { since } });
        }
        for call in calls {
            self.cx.out.settle(call, Ok(Outcome::Done));
        }
    }

    /// Without what was sent from here.
    fn deliver_of_room(&mut self, mut messages: Vec<Message>, has_more: bool) {
        messages.retain(|message| !self.is_own_echo(message));
        self.deliver(messages, has_more);
    }

    /// Servers do not always know the client id of what a room's history brings back: then the uid
    /// tells, or, for a send whose answer was lost, what it says.
    fn is_own_echo(&mut self, message: &Message) -> bool {
        if message.direction == MessageDirection::Received || message.client_id.is_some() {
            return false;
        }
        let answers = |entry: &Entry| {
            let own = &entry.message;
            entry.may_be_there()
                && own.conversation == message.conversation
                && own.object_name == message.object_name
                && own.content == message.content
        };
        let found = self.outbox.iter().find(|(_, entry)| answers(entry)).map(|(place, _)| place);
        if let Some(place) = found {
            self.inbox.know(&message.uid);
            self.sent(place, &message.uid, message.sent_time, None);
        }
        self.inbox.is_known(&message.uid)
    }

    /// A message of a room was pushed: where the server has given everything up to it. It is nobody's
    /// where the page is not in the room, or not any more.
    pub(super) fn room_pushed(&mut self, message: Message) {
        let full = self.hand_over.is_full();
        let Some(room) = self.rooms.find(message.conversation.target.as_str()) else { return };
        match room.since {
            Some(since) if message.sent_time <= since => {}
            Some(_) if room.joined && !full && !room.catch_up.is_open() => {
                room.since = Some(message.sent_time);
                self.deliver_of_room(vec![message], false);
            }
            Some(_) | None => room.catch_up.ring(),
        }
    }

    pub(super) fn room_failed(&mut self, number: u32, error: Error) {
        self.rooms.failed(&mut self.cx, number, error);
    }
}
