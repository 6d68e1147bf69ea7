//! Groups and discussions, and who belongs to them. Both are rooms here; the kind in the
//! [`ConversationId`] tells them apart.

use std::future::Future;

use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};
use hongyan::time::UnixMillis;

use super::StoreError;

/// The most members of a room: a message to it is written to each inbox in one transaction.
pub const MAX_MEMBERS: usize = 3000;

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The one who made it, or the longest-standing member since that one left.
    Owner,
    /// Somebody who helps the owner.
    Manager,
    /// Everybody else.
    Member,
}

/// Somebody who belongs to a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// Since when.
    pub joined: UnixMillis,
}

/// What is known of a room but for its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomInfo {
    /// Which one.
    pub id: ConversationId,
    /// Its name.
    pub name: String,
    /// Whether every member may bring in others; else only the owner. Means nothing for groups.
    pub open: bool,
}

/// A room and its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// What is known of it.
    pub info: RoomInfo,
    /// The owner first, then by the time of joining and the user's id.
    pub members: Vec<Member>,
}

impl Room {
    /// The owner; `None` in a room that everybody left.
    pub fn owner(&self) -> Option<&UserId> {
        let owner = self.members.iter().find(|member| member.role == Role::Owner);
        owner.map(|member| &member.user)
    }

    /// Whether the user belongs to it.
    pub fn has(&self, user: &UserId) -> bool {
        self.members.iter().any(|member| member.user == *user)
    }
}

/// A room to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRoom {
    /// Its kind.
    pub kind: ConversationKind,
    /// Its id; `None` to have one made.
    pub id: Option<TargetId>,
    /// Its name.
    pub name: String,
    /// Its members; the first becomes the owner. Repeats count for nothing.
    pub members: Vec<UserId>,
    /// The wall clock now.
    pub now: UnixMillis,
}

/// What is to be different about a room; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomChange {
    /// Another name.
    pub name: Option<String>,
    /// Whether every member may bring in others.
    pub open: Option<bool>,
}

/// The rooms.
pub trait Members: Send + Sync + 'static {
    /// Makes a room; its id. One that is there already takes the name, and the members join it.
    ///
    /// # Errors
    /// [`StoreError::RoomFull`]; then nothing is made.
    fn create_room(
        &self,
        room: NewRoom,
    ) -> impl Future<Output = Result<TargetId, StoreError>> + Send;

    /// Adds members; those who were none before, in the order given.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`]; [`StoreError::RoomFull`], then nobody joins.
    fn join_room(
        &self,
        room: &ConversationId,
        users: &[UserId],
        now: UnixMillis,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send;

    /// Takes members out; those who were some, in the order given. When the owner leaves, the
    /// longest-standing member becomes it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`].
    fn leave_room(
        &self,
        room: &ConversationId,
        users: &[UserId],
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send;

    /// Ends a room: nobody is a member any more. What was said in it stays.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`].
    fn dismiss_room(
        &self,
        room: &ConversationId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Changes what is known of a room.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`].
    fn change_room(
        &self,
        room: &ConversationId,
        change: RoomChange,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Gives a member another role. A new owner takes the place of the old one, who becomes a
    /// member like others; the owner alone cannot become something else.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`]; [`StoreError::NotMember`], also for the owner.
    fn set_role(
        &self,
        room: &ConversationId,
        user: &UserId,
        role: Role,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A room with its members.
    fn room(
        &self,
        room: &ConversationId,
    ) -> impl Future<Output = Result<Option<Room>, StoreError>> + Send;

    /// Whether the user belongs to the room.
    fn is_member(
        &self,
        room: &ConversationId,
        user: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The rooms of this kind that a user belongs to, by id.
    fn rooms_of(
        &self,
        user: &UserId,
        kind: ConversationKind,
    ) -> impl Future<Output = Result<Vec<RoomInfo>, StoreError>> + Send;
}
