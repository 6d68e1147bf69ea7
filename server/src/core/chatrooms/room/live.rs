//! What changes of a chatroom in use, behind its lock.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::{MessageUid, TargetId, UserId};
use hongyan::signal::server;
use hongyan::time::{Tick, UnixMillis};
use hongyan::wire::Frame;

use super::super::super::announce::Announcement;
use super::super::super::ask::{ChatroomNotice, Notice};
use super::super::super::clock::Now;
use super::super::super::hub::{Outlet, SessionId};
use super::super::KICKED;
use super::super::load::Load;
use super::super::log::{Logged, RoomLog};
use super::super::rules::Rules;
use super::{ChatroomFrames, row};
use crate::store::{Chatroom, ChatroomRuleKind};

/// So many volatile messages wait while messages that were sent before them are being stored.
pub(super) const MAX_HELD: usize = 64;

/// Somebody who is in the room.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) joined: UnixMillis,
    /// Its place among those who joined, which times do not tell apart.
    pub(super) place: u64,
}

/// A session that hears of the room.
pub(super) struct Listening {
    pub(super) user: UserId,
    pub(super) outlet: Arc<dyn Outlet>,
}

/// What changes of a room.
pub(super) struct Live {
    pub(super) info: Chatroom,
    pub(super) rules: Rules,
    pub(super) members: BTreeMap<UserId, Member>,
    pub(super) by_place: BTreeMap<u64, UserId>,
    pub(super) last_place: u64,
    pub(super) listening: BTreeMap<SessionId, Listening>,
    pub(super) log: RoomLog,
    /// The latest time given to a message, stored or not.
    pub(super) assigned: UnixMillis,
    /// So many messages are being stored.
    pub(super) storing: u32,
    /// Volatile messages that came after them.
    pub(super) held: VecDeque<Announcement>,
    pub(super) load: Load,
    pub(super) touched: Tick,
    /// Something was stored since the history was last cut.
    pub(super) grown: bool,
}

pub(super) fn encoded(frame: &Frame) -> Bytes {
    let mut out = Vec::new();
    match frame.encode(&mut out) {
        Ok(()) => Bytes::from(out),
        Err(_) => Bytes::new(),
    }
}

impl Live {
    pub(super) fn member(&mut self, user: &UserId, now: UnixMillis) -> Member {
        if let Some(member) = self.members.get(user) {
            return *member;
        }
        self.last_place += 1;
        let member = Member { joined: now, place: self.last_place };
        self.members.insert(user.detached(), member);
        self.by_place.insert(member.place, user.detached());
        member
    }

    pub(super) fn refusal_of(&self, user: &UserId, now: UnixMillis) -> ErrorCode {
        let blocked = self.rules.hold(ChatroomRuleKind::Blocked, user.as_str(), now);
        if blocked { KICKED } else { ErrorCode::NotInChatroom }
    }

    /// The sessions of a user that was in it, which hear no more of it.
    pub(super) fn take_out(&mut self, user: &UserId, now: Now) -> Option<Vec<Listening>> {
        let member = self.members.remove(user)?;
        self.by_place.remove(&member.place);
        self.touched = now.tick;
        let theirs = self.listening.extract_if(.., |_, one| one.user == *user);
        Some(theirs.map(|(_, one)| one).collect())
    }

    /// Clients learn that they are not in the room any more, and why, when they pull: so they are
    /// told that there is something new.
    pub(super) fn tell_left(&mut self, room: &TargetId, sessions: &[Listening], now: Now) {
        let time = now.wall.max(self.assigned.plus(1));
        let notice = ChatroomNotice::Left {
            room: room.clone(),
            bell: encoded(&server::chatroom_doorbell(now.wall, room, time)),
        };
        for one in sessions {
            one.outlet.notify(Notice::Chatroom(notice.clone()));
        }
    }

    pub(super) fn say_held(&mut self, room: &TargetId, message: Announcement, now: UnixMillis) {
        self.assigned = now.max(self.assigned.plus(1));
        let uid = MessageUid::default();
        self.say(room, &message, self.assigned, uid, false);
    }

    /// Everybody who listens hears of a message; the session that sent it, only of its number.
    pub(super) fn say(
        &mut self,
        room: &TargetId,
        message: &Announcement,
        time: UnixMillis,
        uid: MessageUid,
        kept: bool,
    ) {
        if self.info.paused {
            return;
        }
        let row = row(room, &message.chatroom_row(time, uid.clone()));
        let head =
            self.log.push(Logged { time, uid, kept, row: row.clone(), origin: message.origin });
        let frames = Arc::new(ChatroomFrames {
            room: room.clone(),
            head,
            push: encoded(&server::chatroom_push(time, room, row)),
            bell: encoded(&server::chatroom_doorbell(time, room, time)),
        });
        for (session, one) in &self.listening {
            let frames = Arc::clone(&frames);
            let own = Some(*session) == message.origin;
            one.outlet.notify(Notice::Chatroom(ChatroomNotice::Message { frames, own }));
        }
    }
}
