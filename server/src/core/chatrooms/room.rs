//! One chatroom while it is in use: who is in it, who hears of it, what may be said.

mod live;
mod storing;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};
use hongyan::signal::server;
use hongyan::signal::{Message, MessageDirection};
use hongyan::time::{Tick, UnixMillis};

use self::live::{Live, MAX_HELD, encoded};
pub use self::storing::Storing;
use super::super::announce::Announcement;
use super::super::ask::{ChatroomNotice, Notice};
use super::super::clock::Now;
use super::super::hub::{Outlet, SessionId};
use super::load::{Load, Priority};
use super::log::{ChatroomHead, ChatroomPage, RoomLog};
use super::rules::Rules;
use super::{FORBIDDEN, FULL, KICKED};
use crate::store::{Chatroom, ChatroomRuleKind, InboxRow};

/// See the module.
pub struct Room {
    /// What users call it.
    pub id: TargetId,
    live: Mutex<Live>,
}

/// A message to everybody who is in a chatroom: each frame is written once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatroomFrames {
    /// Which chatroom.
    pub room: TargetId,
    /// The message's number and time.
    pub head: ChatroomHead,
    /// `s_msg`: the message itself. Empty if it is longer than a frame.
    pub push: Bytes,
    /// `s_ntf`: that there is one.
    pub bell: Bytes,
}

/// What somebody learns who comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// When the user came in: of who was away for a moment, the first time.
    pub joined: UnixMillis,
    /// When the room was made.
    pub created: UnixMillis,
    /// How many are in it now.
    pub members: usize,
    /// Whether only those who are exempt may write.
    pub muted: bool,
    /// Whether the user is exempt.
    pub exempt: bool,
    /// Where it stands.
    pub head: ChatroomHead,
}

/// In which order members are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberOrder {
    /// Who came first is first.
    Oldest,
    /// Who came last is first.
    Newest,
}

/// One who is to hear of the room.
pub struct Entering<'a> {
    /// Who.
    pub user: &'a UserId,
    /// By which session.
    pub session: SessionId,
    /// The way to it.
    pub outlet: Arc<dyn Outlet>,
}

/// A message as every member reads it.
pub(super) fn row(room: &TargetId, message: &InboxRow) -> Bytes {
    server::chatroom_message(&Message {
        conversation: ConversationId { kind: ConversationKind::Chatroom, target: room.clone() },
        sender: message.sender.clone(),
        direction: MessageDirection::Received,
        object_name: message.object_name.clone(),
        content: message.content.clone(),
        sent_time: message.sent_time,
        uid: message.uid.clone(),
        flags: message.flags,
        retrieved: false,
        client_id: message.client_id,
        inbox_seq: None,
    })
}

impl Room {
    /// A room that nobody is in. `log` holds the newest of its history, `since` is now.
    pub fn new(info: Chatroom, rules: Rules, log: RoomLog, per_second: u32, since: Tick) -> Self {
        let assigned = log.head().time.max(info.last_message);
        Self {
            id: info.id.clone(),
            live: Mutex::new(Live {
                info,
                rules,
                members: BTreeMap::new(),
                by_place: BTreeMap::new(),
                last_place: 0,
                listening: BTreeMap::new(),
                log,
                assigned,
                storing: 0,
                held: VecDeque::new(),
                load: Load::full(per_second),
                touched: since,
                grown: true,
            }),
        }
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What holds from now on.
    pub fn set_rules(&self, rules: Rules) {
        self.live().rules = rules;
    }

    /// What it is from now on.
    pub fn set_info(&self, info: Chatroom) {
        self.live().info = info;
    }

    /// Whether a user is in it.
    pub fn has(&self, user: &UserId) -> bool {
        self.live().members.contains_key(user)
    }

    /// How many are in it.
    pub fn member_count(&self) -> usize {
        self.live().members.len()
    }

    /// Since when nobody has come, gone or spoken, if nobody is in it.
    pub fn unused_since(&self) -> Option<Tick> {
        let live = self.live();
        (live.members.is_empty() && live.storing == 0).then_some(live.touched)
    }

    /// Whether something was stored since this was last asked.
    pub fn take_grown(&self) -> bool {
        std::mem::take(&mut self.live().grown)
    }

    /// Up to `count` members and when they joined, and how many there are.
    pub fn members(&self, count: usize, order: MemberOrder) -> (usize, Vec<(UserId, UnixMillis)>) {
        let live = self.live();
        let named = |user: &UserId| {
            let joined = live.members.get(user).map_or(UnixMillis::ZERO, |member| member.joined);
            (user.clone(), joined)
        };
        let members = match order {
            MemberOrder::Oldest => live.by_place.values().take(count).map(named).collect(),
            MemberOrder::Newest => live.by_place.values().rev().take(count).map(named).collect(),
        };
        (live.members.len(), members)
    }

    /// Lets a session in. At most `capacity` users are in a room; 0 for no limit.
    pub fn enter(
        &self,
        entering: Entering<'_>,
        capacity: u32,
        now: Now,
    ) -> Result<Joined, ErrorCode> {
        let user = entering.user;
        let mut live = self.live();
        if live.rules.hold(ChatroomRuleKind::Blocked, user.as_str(), now.wall) {
            return Err(KICKED);
        }
        let is_full = capacity != 0 && live.members.len() >= capacity as usize;
        if is_full && !live.members.contains_key(user) {
            return Err(FULL);
        }
        live.touched = now.tick;
        let exempt = live.rules.hold(ChatroomRuleKind::Exempt, user.as_str(), now.wall);
        let joined = live.hears(entering, now.wall);
        Ok(Joined {
            joined,
            created: live.info.created,
            members: live.members.len(),
            muted: live.info.muted,
            exempt,
            head: live.log.head(),
        })
    }

    /// A session of a user who is in the room hears of it from now on, without having asked.
    pub fn listen(&self, entering: Entering<'_>) {
        let mut live = self.live();
        if let Some(joined) = live.members.get(entering.user).map(|member| member.joined) {
            let head = live.log.head();
            let notice = ChatroomNotice::Standing { room: self.id.clone(), head };
            entering.outlet.notify(Notice::Chatroom(notice));
            live.hears(entering, joined);
        }
    }

    /// A session hears no more of it; whether another one of its user does.
    pub fn silence(&self, user: &UserId, session: SessionId) -> bool {
        self.live().silence(user, session)
    }

    /// Takes a user out; whether it was in. Its sessions hear no more of the room.
    pub fn take_out(&self, user: &UserId, now: Now) -> bool {
        self.live().take_out(user, now).is_some()
    }

    /// The same, and its sessions are told: these. `None`: it was not in.
    pub fn put_out(&self, user: &UserId, now: Now) -> Option<Vec<SessionId>> {
        let mut live = self.live();
        let sessions = live.take_out(user, now)?;
        live.tell_left(&self.id, &sessions, now);
        Some(sessions.into_iter().map(|(id, _)| id).collect())
    }

    /// It is needed now: nobody is in it, perhaps, but it is in use.
    pub fn touch(&self, now: Tick) {
        let mut live = self.live();
        live.touched = live.touched.max(now);
    }

    /// Takes everybody out and tells their sessions: these.
    pub fn put_all_out(&self, now: Now) -> Vec<SessionId> {
        let mut live = self.live();
        let sessions: Vec<_> = std::mem::take(&mut live.listening).into_iter().collect();
        live.tell_left(&self.id, &sessions, now);
        live.members.clear();
        live.by_place.clear();
        live.log.clear();
        sessions.into_iter().map(|(id, _)| id).collect()
    }

    /// Why somebody who is not in it may do nothing in it.
    pub fn refusal_of(&self, user: &UserId, now: UnixMillis) -> ErrorCode {
        self.live().refusal_of(user, now)
    }

    /// Where it stands.
    pub fn head(&self) -> ChatroomHead {
        self.live().log.head()
    }

    /// What came after a time but for what `reader` sent, if that is at hand.
    pub fn after(&self, time: UnixMillis, reader: SessionId) -> Option<ChatroomPage> {
        self.live().log.after(time, reader)
    }

    /// Everything that is at hand but for what `reader` sent.
    pub fn all(&self, reader: SessionId) -> ChatroomPage {
        self.live().log.all(reader)
    }

    /// The newest of its history.
    pub fn newest(&self, count: usize) -> ChatroomPage {
        self.live().log.newest(count)
    }

    /// Whether a user may say something of this class now.
    pub fn may_say(
        &self,
        user: &UserId,
        class: &str,
        everywhere: &Rules,
        per_second: u32,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let mut live = self.live();
        if !live.members.contains_key(user) {
            return Err(live.refusal_of(user, now.wall));
        }
        let rules = &live.rules;
        let holds = |kind, subject: &str| {
            rules.hold(kind, subject, now.wall) || everywhere.hold(kind, subject, now.wall)
        };
        let name = user.as_str();
        let muted = holds(ChatroomRuleKind::Muted, name);
        if muted || (live.info.muted && !holds(ChatroomRuleKind::Exempt, name)) {
            return Err(FORBIDDEN);
        }
        let protected = holds(ChatroomRuleKind::ProtectedUser, name)
            || holds(ChatroomRuleKind::ProtectedClass, class);
        let priority = match (protected, holds(ChatroomRuleKind::LowClass, class)) {
            (true, _) => Priority::Protected,
            (false, true) => Priority::Low,
            (false, false) => Priority::Ordinary,
        };
        let taken = live.load.take(per_second, priority, now.tick);
        if taken { Ok(()) } else { Err(ErrorCode::SendTooFast) }
    }

    /// A message is about to be stored: its time, later than those of all others.
    pub fn begin(self: &Arc<Self>, now: UnixMillis, tick: Tick) -> (UnixMillis, Storing) {
        let mut live = self.live();
        live.touched = tick;
        live.assigned = now.max(live.assigned.plus(1));
        live.storing += 1;
        (live.assigned, Storing::new(Arc::clone(self), now))
    }

    /// A message that is not kept: those who are here get it. While messages are being stored that
    /// were sent before it, it waits for them.
    pub fn say_volatile(&self, message: Announcement, now: UnixMillis) {
        let mut live = self.live();
        if live.storing == 0 {
            live.say_held(&self.id, message, now);
        } else if live.held.len() < MAX_HELD {
            live.held.push_back(message);
        }
    }

    /// Tells members that entries have changed; not the session that did it.
    pub fn entries_changed(&self, time: UnixMillis, origin: Option<SessionId>, now: UnixMillis) {
        let frame = encoded(&server::entries_changed(now, &self.id, time));
        let notice = ChatroomNotice::EntriesChanged { room: self.id.clone(), time, frame };
        let live = self.live();
        for (session, outlet) in &live.listening {
            if Some(*session) != origin {
                outlet.notify(Notice::Chatroom(notice.clone()));
            }
        }
    }
}
