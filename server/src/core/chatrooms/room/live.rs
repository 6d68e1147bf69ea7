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
use super::{ChatroomFrames, Entering, row};
use crate::store::{Chatroom, ChatroomRuleKind};

/// So many volatile messages wait while messages that were sent before them are being stored.
pub(super) const MAX_HELD: usize = 64;

/// Somebody who is in the room.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) joined: UnixMillis,
    /// Its place among those who joined, which times do not tell apart.
    pub(super) place: u64,
    /// Those of its sessions that hear of the room.
    pub(super) sessions: Vec<SessionId>,
}

/// The way to a session that hears of the room.
pub(super) type Listening = Arc<dyn Outlet>;

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
    /// A session of a user, who is a member from now on, hears of the room; since when it is one.
    pub(super) fn hears(&mut self, entering: Entering<'_>, now: UnixMillis) -> UnixMillis {
        let Entering { user, session, outlet } = entering;
        if !self.members.contains_key(user) {
            self.last_place += 1;
            self.by_place.insert(self.last_place, user.detached());
        }
        let place = self.last_place;
        let newcomer = || Member { joined: now, place, sessions: Vec::with_capacity(1) };
        let member = self.members.entry(user.detached()).or_insert_with(newcomer);
        if !member.sessions.contains(&session) {
            member.sessions.push(session);
        }
        self.listening.insert(session, outlet);
        member.joined
    }

    /// A session hears no more of it; whether another one of its user does.
    pub(super) fn silence(&mut self, user: &UserId, session: SessionId) -> bool {
        let Some(member) = self.members.get_mut(user) else { return false };
        member.sessions.retain(|other| *other != session);
        self.listening.remove(&session);
        !member.sessions.is_empty()
    }

    pub(super) fn refusal_of(&self, user: &UserId, now: UnixMillis) -> ErrorCode {
        let blocked = self.rules.hold(ChatroomRuleKind::Blocked, user.as_str(), now);
        if blocked { KICKED } else { ErrorCode::NotInChatroom }
    }

    /// The sessions of a user that was in it, which hear no more of it.
    pub(super) fn take_out(
        &mut self,
        user: &UserId,
        now: Now,
    ) -> Option<Vec<(SessionId, Listening)>> {
        let member = self.members.remove(user)?;
        self.by_place.remove(&member.place);
        self.touched = now.tick;
        let theirs = member.sessions.into_iter();
        Some(theirs.filter_map(|id| Some((id, self.listening.remove(&id)?))).collect())
    }

    /// Clients learn that they are not in the room any more, and why, when they pull: so they are
    /// told that there is something new.
    pub(super) fn tell_left(&self, room: &TargetId, sessions: &[(SessionId, Listening)], now: Now) {
        let time = now.wall.max(self.assigned.plus(1));
        let notice = ChatroomNotice::Left {
            room: room.clone(),
            bell: encoded(&server::chatroom_doorbell(now.wall, room, time)),
        };
        for (_, outlet) in sessions {
            outlet.notify(Notice::Chatroom(notice.clone()));
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
        for (session, outlet) in &self.listening {
            let frames = Arc::clone(&frames);
            let own = Some(*session) == message.origin;
            outlet.notify(Notice::Chatroom(ChatroomNotice::Message { frames, own }));
        }
    }
}
