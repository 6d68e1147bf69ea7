//! The chatrooms that are in use, and who is in which. A member whose last session ended stays for
//! a while: who comes back in time has never been away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hongyan::error::ErrorCode;
use hongyan::ids::{TargetId, UserId};
use hongyan::time::Tick;

use super::super::clock::Now;
use super::super::hub::{Outlet, SessionId};
use super::room::{Entering, Joined, MemberOrder, Room};
use super::rules::Rules;
use super::{NO_SUCH_ROOM, TOO_MANY_ROOMS};

/// The most chatrooms that one user is in.
pub const MAX_ROOMS: usize = 100;

#[derive(Default)]
struct Registered {
    rooms: BTreeMap<TargetId, Arc<Room>>,
    /// Where each session hears of what.
    by_session: BTreeMap<SessionId, BTreeSet<TargetId>>,
    by_user: BTreeMap<UserId, BTreeSet<TargetId>>,
    /// Members without a session, and who may have been one when the server ended; since when, once
    /// somebody has looked.
    away: BTreeMap<(UserId, TargetId), Option<Tick>>,
    /// So often was a room taken out, or changed while it was not in use.
    outdated: u64,
    /// What holds in all rooms; `None` until it was read.
    everywhere: Option<Arc<Rules>>,
}

/// See the module. Where several locks are taken: the hub's before this one, a room's after it.
#[derive(Default)]
pub struct Chatrooms {
    registered: Mutex<Registered>,
    /// Held from a change of what rooms and rules are in the store until it is known here: of two
    /// changes at once the later one must not be overwritten by what was read after the first.
    changing: tokio::sync::Mutex<()>,
}

impl Chatrooms {
    fn registered(&self) -> MutexGuard<'_, Registered> {
        self.registered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A room that is in use.
    pub fn find(&self, room: &TargetId) -> Option<Arc<Room>> {
        self.registered().rooms.get(room).cloned()
    }

    /// The same, for who is about to use it: nobody takes it for unused meanwhile.
    pub fn find_to_use(&self, room: &TargetId, now: Tick) -> Option<Arc<Room>> {
        let registered = self.registered();
        let found = registered.rooms.get(room)?;
        found.touch(now);
        Some(Arc::clone(found))
    }

    /// A room that is in use and has this member.
    pub fn of_member(&self, room: &TargetId, user: &UserId) -> Option<Arc<Room>> {
        self.find(room).filter(|room| room.has(user))
    }

    /// A room that was changed in the store, if it is in use. Else whoever is just reading it reads
    /// it again.
    pub fn find_changed(&self, room: &TargetId) -> Option<Arc<Room>> {
        let mut registered = self.registered();
        let found = registered.rooms.get(room).cloned();
        registered.outdated += u64::from(found.is_none());
        found
    }

    /// The right to change what rooms and rules are.
    pub async fn to_change(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.changing.lock().await
    }

    /// How often a room was taken out, or changed while it was not in use: for [`add`](Self::add).
    pub fn outdated(&self) -> u64 {
        self.registered().outdated
    }

    /// Puts a room in use that was read when so much was outdated; the one that is in use now.
    /// `None`: something is outdated since, and it may be this one.
    pub fn add(&self, room: Room, outdated: u64) -> Option<Arc<Room>> {
        let mut registered = self.registered();
        if registered.outdated != outdated {
            return None;
        }
        let room = registered.rooms.entry(room.id.clone()).or_insert_with(|| Arc::new(room));
        Some(Arc::clone(room))
    }

    /// What holds in all rooms, if it was read.
    pub fn everywhere(&self) -> Option<Arc<Rules>> {
        self.registered().everywhere.clone()
    }

    /// What holds in all rooms from now on.
    pub fn set_everywhere(&self, rules: Rules) -> Arc<Rules> {
        let rules = Arc::new(rules);
        self.registered().everywhere = Some(Arc::clone(&rules));
        rules
    }

    /// Lets a session into a room. To be called with the hub's lock held, so that a session that
    /// ends meanwhile is not forgotten here.
    pub(in super::super) fn enter(
        &self,
        room: &Room,
        entering: Entering<'_>,
        capacity: u32,
        now: Now,
    ) -> Result<Joined, ErrorCode> {
        let mut registered = self.registered();
        // It was destroyed a moment ago; perhaps another one has its name now.
        if registered.rooms.get(&room.id).is_none_or(|found| !std::ptr::eq(&**found, room)) {
            return Err(NO_SUCH_ROOM);
        }
        let (user, session) = (entering.user.detached(), entering.session);
        let theirs = registered.by_user.get(&user);
        let elsewhere =
            theirs.map_or(0, |rooms| rooms.len() - usize::from(rooms.contains(&room.id)));
        if elsewhere >= MAX_ROOMS {
            return Err(TOO_MANY_ROOMS);
        }
        let joined = room.enter(entering, capacity, now)?;
        registered.by_session.entry(session).or_default().insert(room.id.clone());
        registered.away.remove(&(user.clone(), room.id.clone()));
        registered.by_user.entry(user).or_default().insert(room.id.clone());
        Ok(joined)
    }

    /// A client that does not rejoin by itself has a new session: it goes on hearing of the rooms
    /// that its user is in. With the hub's lock held.
    pub(in super::super) fn resume(
        &self,
        user: &UserId,
        session: SessionId,
        outlet: &Arc<dyn Outlet>,
    ) {
        let mut registered = self.registered();
        let Some(rooms) = registered.by_user.get(user).cloned() else { return };
        for id in &rooms {
            registered.away.remove(&(user.clone(), id.clone()));
            if let Some(room) = registered.rooms.get(id) {
                room.listen(Entering { user, session, outlet: Arc::clone(outlet) });
            }
        }
        registered.by_session.insert(session, rooms);
    }

    /// A session is over. With the hub's lock held.
    pub(in super::super) fn session_ended(&self, user: &UserId, session: SessionId) {
        let mut registered = self.registered();
        for id in registered.by_session.remove(&session).unwrap_or_default() {
            let others = registered.rooms.get(&id).is_some_and(|room| room.silence(user, session));
            if !others && registered.by_user.get(user).is_some_and(|rooms| rooms.contains(&id)) {
                registered.away.insert((user.clone(), id), None);
            }
        }
    }

    /// A session leaves a room; whether its user is gone, too, as no other session is there.
    pub fn exit(&self, room: &Room, user: &UserId, session: SessionId, now: Now) -> bool {
        let mut registered = self.registered();
        if let Some(rooms) = registered.by_session.get_mut(&session) {
            rooms.remove(&room.id);
        }
        if room.silence(user, session) {
            return false;
        }
        room.take_out(user, now);
        registered.forget(user, &room.id);
        true
    }

    /// Puts a user out of a room and tells it; whether it was in.
    pub fn put_out(&self, room: &Room, user: &UserId, now: Now) -> bool {
        let mut registered = self.registered();
        registered.forget(user, &room.id);
        let sessions = room.put_out(user, now);
        registered.silenced(sessions.as_deref().unwrap_or_default(), &room.id);
        sessions.is_some()
    }

    /// Somebody may have been in a room when the server ended: it is away unless it has come.
    pub fn was_in(&self, user: UserId, room: TargetId) {
        let mut registered = self.registered();
        let is_in = registered.by_user.get(&user).is_some_and(|rooms| rooms.contains(&room));
        if !is_in {
            registered.away.entry((user, room)).or_insert(None);
        }
    }

    /// Takes a room out of use, puts everybody out of it and tells them.
    pub fn remove(&self, room: &TargetId, now: Now) {
        let mut registered = self.registered();
        registered.outdated += 1;
        let Some(found) = registered.rooms.remove(room) else { return };
        let (_, members) = found.members(usize::MAX, MemberOrder::Oldest);
        for (user, _) in members {
            registered.forget(&user, room);
        }
        let sessions = found.put_all_out(now);
        registered.silenced(&sessions, room);
    }

    /// Those who have been away for `grace` ms leave: who, and which room.
    pub fn expire(&self, grace: u64, now: Now) -> Vec<(UserId, TargetId)> {
        let mut registered = self.registered();
        let mut expired = Vec::new();
        for (member, since) in &mut registered.away {
            let since = *since.get_or_insert(now.tick);
            if now.tick.since(since) >= grace {
                expired.push(member.clone());
            }
        }
        for (user, id) in &expired {
            registered.forget(user, id);
            if let Some(room) = registered.rooms.get(id) {
                room.take_out(user, now);
            }
        }
        expired
    }

    /// Rooms that nobody is in and that nobody has used for `idle` ms are no longer held in memory.
    pub fn unload(&self, idle: u64, now: Now) {
        let mut registered = self.registered();
        registered
            .rooms
            .retain(|_, room| room.unused_since().is_none_or(|since| now.tick.since(since) < idle));
    }
}

impl Registered {
    fn silenced(&mut self, sessions: &[SessionId], room: &TargetId) {
        for session in sessions {
            if let Some(rooms) = self.by_session.get_mut(session) {
                rooms.remove(room);
            }
        }
    }

    fn forget(&mut self, user: &UserId, room: &TargetId) {
        self.away.remove(&(user.clone(), room.clone()));
        if let Some(rooms) = self.by_user.get_mut(user) {
            rooms.remove(room);
            if rooms.is_empty() {
                self.by_user.remove(user);
            }
        }
    }
}
