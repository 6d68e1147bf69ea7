//! What a session was given of the chatrooms it hears of. A message whose number is the next one
//! may be pushed to clients with the extensions; everything else rings, and the client pulls.

use std::collections::BTreeMap;

use bytes::Bytes;
use hongyan::ids::TargetId;
use hongyan::signal::server;
use hongyan::time::UnixMillis;

use super::connection::{Asked, Connection, Phase};
use super::io::encoded;
use crate::core::ask::{Ask, ChatroomAsk, ChatroomNotice};
use crate::core::chatrooms::{ChatroomFrames, ChatroomHead, ChatroomPage};
use crate::core::clock::Now;

/// What the session knows of one room.
#[derive(Debug, Default)]
pub(super) struct RoomFeed {
    /// The number up to which it was given everything; `None` before its first pull.
    given: Option<u64>,
    /// Where the room stands.
    head: ChatroomHead,
    /// A doorbell was sent, or a pull is expected in any case, and none has come since.
    rung: bool,
    /// Pulls that are being read.
    pulls: u32,
    /// Entries have changed, and there was no room to say so.
    entries_changed: Option<UnixMillis>,
}

/// What to do about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Push,
    Ring,
    Nothing,
}

impl RoomFeed {
    /// There is a message; `pushes`: whether the client and its queue take messages.
    fn message(&mut self, head: ChatroomHead, own: bool, pushes: bool) -> Step {
        self.head = head;
        let next = self.given.is_some_and(|given| given + 1 == head.seq) && self.pulls == 0;
        if next && (own || pushes) {
            self.given = Some(head.seq);
            return if own { Step::Nothing } else { Step::Push };
        }
        self.ring_if_behind()
    }

    fn ring_if_behind(&mut self) -> Step {
        let behind = self.given.is_none_or(|given| given < self.head.seq);
        if !behind || self.head.seq == 0 || self.rung || self.pulls > 0 {
            return Step::Nothing;
        }
        self.rung = true;
        Step::Ring
    }

    fn grown_to(&mut self, head: ChatroomHead) -> Step {
        if head.seq > self.head.seq {
            self.head = head;
        }
        self.ring_if_behind()
    }

    fn pull_started(&mut self) {
        self.pulls += 1;
        self.rung = false;
    }

    fn pull_answered(&mut self, page: &ChatroomPage) -> Step {
        self.pulls = self.pulls.saturating_sub(1);
        self.given = Some(page.reached);
        self.grown_to(page.head)
    }

    /// A bell that nobody answered rings again.
    fn pinged(&mut self) -> Step {
        self.rung = false;
        self.ring_if_behind()
    }
}

/// The rooms of a session.
#[derive(Debug, Default)]
pub(super) struct RoomFeeds(BTreeMap<TargetId, RoomFeed>);

impl RoomFeeds {
    pub(super) fn is_pulling(&self) -> bool {
        self.0.values().any(|feed| feed.pulls > 0)
    }
}

impl Connection {
    pub(super) fn chatroom_notice(&mut self, now: Now, notice: ChatroomNotice) {
        match notice {
            ChatroomNotice::Message { frames, own } => self.chatroom_message(now, &frames, own),
            ChatroomNotice::Standing { room, head } => {
                let feed = RoomFeed { head, ..RoomFeed::default() };
                self.rooms.0.insert(room.clone(), feed);
                self.ring_chatroom_if_behind(now, &room);
            }
            ChatroomNotice::EntriesChanged { room, time, frame } => {
                let full = self.queue.is_half_full();
                let Some(feed) = self.rooms.0.get_mut(&room) else { return };
                if full {
                    feed.entries_changed = Some(time);
                } else {
                    self.queue_shared(now, frame);
                }
            }
            ChatroomNotice::Left { room, bell } => {
                if self.rooms.0.remove(&room).is_some() {
                    self.queue_shared(now, bell);
                }
            }
        }
    }

    fn chatroom_message(&mut self, now: Now, frames: &ChatroomFrames, own: bool) {
        let pushes = self.client.extended && !frames.push.is_empty() && !self.queue.is_half_full();
        // A room that is left, or whose join is not answered yet: the first pull brings it.
        let Some(feed) = self.rooms.0.get_mut(&frames.room) else { return };
        match feed.message(frames.head, own, pushes) {
            Step::Push => self.queue_shared(now, frames.push.clone()),
            Step::Ring => self.queue_shared(now, frames.bell.clone()),
            Step::Nothing => {}
        }
    }

    /// Queues a frame that other sessions have, too.
    fn queue_shared(&mut self, now: Now, frame: Bytes) {
        if self.ended().is_none() && !frame.is_empty() {
            self.queue.push(now.tick, frame);
        }
    }

    /// The session hears of a room from now on, and will pull.
    pub(super) fn chatroom_joined(&mut self, room: TargetId, head: ChatroomHead) {
        let known = self.rooms.0.get(&room);
        let pulls = known.map_or(0, |feed| feed.pulls);
        let feed = RoomFeed { head, rung: true, pulls, ..RoomFeed::default() };
        self.rooms.0.insert(room, feed);
    }

    pub(super) fn chatroom_left(&mut self, room: &TargetId) {
        self.rooms.0.remove(room);
    }

    pub(super) fn chatroom_pull_started(&mut self, room: &TargetId) {
        if let Some(feed) = self.rooms.0.get_mut(room) {
            feed.pull_started();
        }
    }

    pub(super) fn chatroom_pull_answered(
        &mut self,
        now: Now,
        room: &TargetId,
        page: &ChatroomPage,
    ) {
        let Some(feed) = self.rooms.0.get_mut(room) else { return };
        if feed.pull_answered(page) == Step::Ring {
            self.ring_chatroom(now, room);
        }
    }

    pub(super) fn chatroom_pull_failed(&mut self, room: &TargetId) {
        if let Some(feed) = self.rooms.0.get_mut(room) {
            feed.pulls = feed.pulls.saturating_sub(1);
        }
    }

    /// Notices were lost: where the rooms stand is asked for.
    pub(super) fn chatroom_notices_missed(&mut self) {
        let rooms: Vec<TargetId> = self.rooms.0.keys().cloned().collect();
        for room in rooms {
            self.ask(Ask::Chatroom(room.clone(), ChatroomAsk::Head), Asked::ChatroomHead(room));
        }
    }

    /// What was asked for then. Entries may have changed, too.
    pub(super) fn chatroom_stands(&mut self, now: Now, room: &TargetId, head: ChatroomHead) {
        let Some(feed) = self.rooms.0.get_mut(room) else { return };
        if feed.grown_to(head) == Step::Ring {
            self.ring_chatroom(now, room);
        }
        self.tell_entries_changed(now, room, now.wall);
    }

    /// The user is not in the room any more, and what said so was lost.
    pub(super) fn chatroom_gone(&mut self, now: Now, room: &TargetId) {
        if let Some(feed) = self.rooms.0.remove(room) {
            let time = now.wall.max(feed.head.time.plus(1));
            let bell = server::chatroom_doorbell(now.wall, room, time);
            self.queue_shared(now, encoded(&bell).unwrap_or_default());
        }
    }

    /// Says again what nobody has answered, and what had no room before.
    pub(super) fn chatrooms_pinged(&mut self, now: Now) {
        let (mut ring, mut changed) = (Vec::new(), Vec::new());
        for (room, feed) in &mut self.rooms.0 {
            if feed.pinged() == Step::Ring {
                ring.push(room.clone());
            }
            changed.extend(feed.entries_changed.take().map(|time| (room.clone(), time)));
        }
        for room in ring {
            self.ring_chatroom(now, &room);
        }
        for (room, time) in changed {
            self.tell_entries_changed(now, &room, time);
        }
    }

    /// Rings for what came before the session was greeted.
    pub(super) fn chatrooms_greeted(&mut self, now: Now) {
        let rooms: Vec<TargetId> = self.rooms.0.keys().cloned().collect();
        for room in rooms {
            self.ring_chatroom_if_behind(now, &room);
        }
    }

    fn ring_chatroom_if_behind(&mut self, now: Now, room: &TargetId) {
        if self.phase == Phase::Greeting {
            return;
        }
        let Some(feed) = self.rooms.0.get_mut(room) else { return };
        if feed.ring_if_behind() == Step::Ring {
            self.ring_chatroom(now, room);
        }
    }

    fn ring_chatroom(&mut self, now: Now, room: &TargetId) {
        let Some(feed) = self.rooms.0.get(room) else { return };
        let frame = server::chatroom_doorbell(now.wall, room, feed.head.time);
        self.queue_shared(now, encoded(&frame).unwrap_or_default());
    }

    pub(super) fn tell_entries_changed(&mut self, now: Now, room: &TargetId, time: UnixMillis) {
        let frame = server::entries_changed(now.wall, room, time);
        self.queue_shared(now, encoded(&frame).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: u64) -> ChatroomHead {
        ChatroomHead { seq, time: UnixMillis::new(100 + seq as i64) }
    }

    fn page(reached: u64, of: u64) -> ChatroomPage {
        ChatroomPage { body: Bytes::new(), reached, head: head(of) }
    }

    fn level(seq: u64) -> RoomFeed {
        let mut feed = RoomFeed { rung: true, head: head(seq), ..RoomFeed::default() };
        feed.pull_started();
        assert_eq!(feed.pull_answered(&page(seq, seq)), Step::Nothing);
        feed
    }

    #[test]
    fn the_next_message_is_pushed_and_a_gap_rings_once() {
        let mut feed = level(3);
        assert_eq!(feed.message(head(4), false, true), Step::Push);
        assert_eq!(feed.message(head(6), false, true), Step::Ring);
        assert_eq!(feed.message(head(7), false, true), Step::Nothing);
        feed.pull_started();
        assert_eq!(feed.message(head(8), false, true), Step::Nothing);
        assert_eq!(feed.pull_answered(&page(7, 7)), Step::Ring);
        feed.pull_started();
        assert_eq!(feed.pull_answered(&page(8, 8)), Step::Nothing);
        assert_eq!(feed.message(head(9), false, true), Step::Push);
    }

    #[test]
    fn clients_that_take_no_pushes_hear_one_bell_for_each_pull() {
        let mut feed = level(0);
        assert_eq!(feed.message(head(1), false, false), Step::Ring);
        assert_eq!(feed.message(head(2), false, false), Step::Nothing);
        feed.pull_started();
        assert_eq!(feed.pull_answered(&page(2, 2)), Step::Nothing);
        assert_eq!(feed.message(head(3), false, false), Step::Ring);
    }

    #[test]
    fn nothing_rings_for_an_own_message_unless_one_before_it_is_missing() {
        let mut feed = level(3);
        assert_eq!(feed.message(head(4), true, false), Step::Nothing);
        assert_eq!(feed.message(head(5), false, false), Step::Ring);
        assert_eq!(feed.message(head(6), true, false), Step::Nothing);
        assert_eq!(feed.pinged(), Step::Ring);
    }

    #[test]
    fn an_unfinished_page_rings() {
        let mut feed = level(3);
        feed.pull_started();
        assert_eq!(feed.pull_answered(&page(0, 9)), Step::Ring);
        assert_eq!(feed.message(head(10), false, true), Step::Nothing);
    }

    #[test]
    fn who_has_joined_will_pull_by_itself_until_a_ping_shows_that_it_did_not() {
        let mut feed = RoomFeed { rung: true, head: head(3), ..RoomFeed::default() };
        assert_eq!(feed.message(head(4), false, true), Step::Nothing);
        assert_eq!(feed.pinged(), Step::Ring);
        let mut empty = RoomFeed { rung: true, ..RoomFeed::default() };
        assert_eq!(empty.pinged(), Step::Nothing);
    }
}
