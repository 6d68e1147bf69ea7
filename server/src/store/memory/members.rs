//! Groups and discussions.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, ready};

use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};
use hongyan::rng::Rng;
use hongyan::time::UnixMillis;

use super::super::conversation::key;
use super::super::{
    MAX_MEMBERS, Member, Members, NewRoom, Role, Room, RoomChange, RoomInfo, StoreError,
};
use super::{Kept, MemoryStore};

/// By conversation key.
#[derive(Clone, Debug, Default)]
pub(super) struct Rooms(BTreeMap<String, KeptRoom>);

/// One room.
#[derive(Clone, Debug)]
struct KeptRoom {
    info: RoomInfo,
    owner: Option<UserId>,
    /// When each joined.
    members: BTreeMap<UserId, UnixMillis>,
    managers: BTreeSet<UserId>,
}

/// A room is called the same by everybody.
fn room_key(room: &ConversationId) -> String {
    key(&UserId::default(), room)
}

impl Rooms {
    /// The members of the room with this key, and when they joined.
    pub(super) fn members(&self, key: &str) -> Option<&BTreeMap<UserId, UnixMillis>> {
        self.0.get(key).map(|room| &room.members)
    }

    fn find(&self, room: &ConversationId) -> Result<&KeptRoom, StoreError> {
        self.0.get(&room_key(room)).ok_or(StoreError::NoSuchRoom)
    }

    fn find_mut(&mut self, room: &ConversationId) -> Result<&mut KeptRoom, StoreError> {
        self.0.get_mut(&room_key(room)).ok_or(StoreError::NoSuchRoom)
    }

    fn create(&mut self, new: NewRoom, random: &mut Rng) -> Result<TargetId, StoreError> {
        let made = || TargetId::from(format!("{:016x}", random.next_u64()));
        let id = ConversationId { kind: new.kind, target: new.id.unwrap_or_else(made) }.detached();
        let info = RoomInfo { id: id.clone(), name: new.name, open: true };
        let mut room = match self.0.remove(&room_key(&id)) {
            Some(room) => KeptRoom { info: RoomInfo { open: room.info.open, ..info }, ..room },
            None => {
                KeptRoom { info, owner: None, members: BTreeMap::new(), managers: BTreeSet::new() }
            }
        };
        let joined = room.join(&new.members, new.now);
        if joined.is_ok() || !room.members.is_empty() {
            self.0.insert(room_key(&id), room);
        }
        joined.map(|_| id.target)
    }
}

impl KeptRoom {
    fn join(&mut self, users: &[UserId], now: UnixMillis) -> Result<Vec<UserId>, StoreError> {
        let mut seen = BTreeSet::new();
        let new =
            users.iter().filter(|user| !self.members.contains_key(user) && seen.insert(*user));
        let joining: Vec<UserId> = new.map(UserId::detached).collect();
        if self.members.len() + joining.len() > MAX_MEMBERS {
            return Err(StoreError::RoomFull);
        }
        self.members.extend(joining.iter().map(|user| (user.clone(), now)));
        if self.owner.is_none() {
            self.owner = joining.first().cloned();
        }
        Ok(joining)
    }

    fn leave(&mut self, users: &[UserId]) -> Vec<UserId> {
        let leaving = users.iter().filter(|user| self.members.remove(user).is_some());
        let left = leaving.cloned().collect::<Vec<_>>();
        self.managers.retain(|user| !left.contains(user));
        if self.owner.as_ref().is_none_or(|owner| !self.members.contains_key(owner)) {
            let longest = self.members.iter().min_by_key(|(user, joined)| (**joined, *user));
            self.owner = longest.map(|(user, _)| user.clone());
            self.managers.retain(|user| self.owner.as_ref() != Some(user));
        }
        left
    }

    fn set_role(&mut self, user: &UserId, role: Role) -> Result<(), StoreError> {
        if !self.members.contains_key(user) {
            return Err(StoreError::NotMember);
        }
        let is_owner = self.owner.as_ref() == Some(user);
        match role {
            Role::Owner => {
                self.managers.remove(user);
                self.owner = Some(user.detached());
            }
            Role::Manager | Role::Member if is_owner => return Err(StoreError::NotMember),
            Role::Manager => drop(self.managers.insert(user.detached())),
            Role::Member => drop(self.managers.remove(user)),
        }
        Ok(())
    }

    fn role(&self, user: &UserId) -> Role {
        match self.owner.as_ref() == Some(user) {
            true => Role::Owner,
            false if self.managers.contains(user) => Role::Manager,
            false => Role::Member,
        }
    }

    fn room(&self) -> Room {
        let mut members: Vec<_> = self
            .members
            .iter()
            .map(|(user, joined)| Member {
                user: user.clone(),
                role: self.role(user),
                joined: *joined,
            })
            .collect();
        members.sort_by_key(|member| (member.role != Role::Owner, member.joined));
        Room { info: self.info.clone(), members }
    }
}

impl Members for MemoryStore {
    fn create_room(
        &self,
        room: NewRoom,
    ) -> impl Future<Output = Result<TargetId, StoreError>> + Send {
        let mut kept = self.kept();
        let Kept { rooms, random, .. } = &mut *kept;
        ready(rooms.create(room, random))
    }

    fn join_room(
        &self,
        room: &ConversationId,
        users: &[UserId],
        now: UnixMillis,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        ready(self.kept().rooms.find_mut(room).and_then(|room| room.join(users, now)))
    }

    fn leave_room(
        &self,
        room: &ConversationId,
        users: &[UserId],
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        ready(self.kept().rooms.find_mut(room).map(|room| room.leave(users)))
    }

    fn dismiss_room(
        &self,
        room: &ConversationId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let removed = self.kept().rooms.0.remove(&room_key(room));
        ready(removed.map(drop).ok_or(StoreError::NoSuchRoom))
    }

    fn change_room(
        &self,
        room: &ConversationId,
        change: RoomChange,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        ready(self.kept().rooms.find_mut(room).map(|room| {
            let RoomChange { name, open } = change;
            room.info.name = name.unwrap_or_else(|| room.info.name.clone());
            room.info.open = open.unwrap_or(room.info.open);
        }))
    }

    fn set_role(
        &self,
        room: &ConversationId,
        user: &UserId,
        role: Role,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        ready(self.kept().rooms.find_mut(room).and_then(|room| room.set_role(user, role)))
    }

    fn room(
        &self,
        room: &ConversationId,
    ) -> impl Future<Output = Result<Option<Room>, StoreError>> + Send {
        ready(Ok(self.kept().rooms.find(room).ok().map(KeptRoom::room)))
    }

    fn is_member(
        &self,
        room: &ConversationId,
        user: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let kept = self.kept();
        ready(Ok(kept.rooms.find(room).is_ok_and(|room| room.members.contains_key(user))))
    }

    fn rooms_of(
        &self,
        user: &UserId,
        kind: ConversationKind,
    ) -> impl Future<Output = Result<Vec<RoomInfo>, StoreError>> + Send {
        let kept = self.kept();
        let theirs = kept
            .rooms
            .0
            .values()
            .filter(|room| room.info.id.kind == kind && room.members.contains_key(user));
        let mut found: Vec<_> = theirs.map(|room| room.info.clone()).collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        ready(Ok(found))
    }
}
