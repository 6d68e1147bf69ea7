//! Discussions: rooms that users make and run by themselves. Every change is told to the members by
//! an `RC:DizNtf`, which is part of the history and counts nowhere.

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};
use hongyan::signal::MessageFlags;

use super::announce::Announcement;
use super::ask::{DiscussionAsk, Told};
use super::clock::Now;
use super::limits::is_id;
use super::outside::frame_of;
use super::rate::MessageClass;
use super::send::{new_message, refused};
use super::serve::{Core, refusal};
use crate::store::{Audience, NewMessage, NewRoom, Room, RoomChange, Store};

/// The class of the notices.
const NOTICE: &str = "RC:DizNtf";
/// The longest name of a room, in bytes.
pub const MAX_ROOM_NAME: usize = 256;
/// `INVITE_DICUSSION`: only the owner may bring in others.
const INVITATION_REFUSED: ErrorCode = ErrorCode::from_number(21409);

/// What happened to a discussion; the numbers are those of the notice's `type`.
enum Event<'a> {
    /// Users came in: 1.
    Joined(&'a [UserId]),
    /// The operator left: 2.
    Left,
    /// It has another name: 3.
    Renamed(&'a str),
    /// The owner put somebody out: 4.
    Evicted(&'a UserId),
    /// Everybody may bring in others (0), or the owner alone (1): 5.
    Opened(bool),
}

impl Event<'_> {
    /// `RC:DizNtf` as the 2.x clients know it: lists are ids with commas between.
    fn content(&self, operator: &UserId) -> Bytes {
        let (number, extension) = match self {
            Self::Joined(users) => {
                (1, users.iter().map(UserId::as_str).collect::<Vec<_>>().join(","))
            }
            Self::Left => (2, operator.as_str().to_owned()),
            Self::Renamed(name) => (3, (*name).to_owned()),
            Self::Evicted(user) => (4, user.as_str().to_owned()),
            Self::Opened(open) => (5, if *open { "0" } else { "1" }.to_owned()),
        };
        let operator = operator.as_str();
        let content =
            serde_json::json!({ "type": number, "extension": extension, "operator": operator });
        Bytes::from(content.to_string())
    }
}

fn named(target: TargetId) -> ConversationId {
    ConversationId { kind: ConversationKind::Discussion, target }
}

/// Whether a room can have this name.
pub fn is_room_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_ROOM_NAME && !name.chars().any(char::is_control)
}

impl<S: Store> Core<S> {
    pub(super) async fn discussion(
        &self,
        user: &UserId,
        ask: DiscussionAsk,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        if let DiscussionAsk::Info(target) = ask {
            return self.room_of(user, &named(target)).await.map(Told::Room);
        }
        if !self.take(user, MessageClass::Stored, now) {
            return Err(ErrorCode::SendTooFast);
        }
        match ask {
            DiscussionAsk::Create(name) => return self.make(user, name, now).await,
            DiscussionAsk::Info(_) => {}
            DiscussionAsk::Invite(target, users) => {
                self.invite(user, &named(target), &users, now).await?;
            }
            DiscussionAsk::Quit(target) => {
                let room = self.room_of(user, &named(target)).await?;
                self.tell_members(user, &room, &Event::Left, now).await?;
                self.put_out(&room.info.id, user).await?;
            }
            DiscussionAsk::Evict(target, evicted) => {
                let room = self.owned_by(user, &named(target)).await?;
                if evicted == *user {
                    return Err(ErrorCode::InvalidArgument);
                }
                if room.has(&evicted) {
                    self.tell_members(user, &room, &Event::Evicted(&evicted), now).await?;
                    self.put_out(&room.info.id, &evicted).await?;
                }
            }
            DiscussionAsk::Rename(target, name) => {
                self.rename(user, &named(target), name, now).await?;
            }
            DiscussionAsk::SetOpen(target, open) => {
                let room = self.owned_by(user, &named(target)).await?;
                let change = RoomChange { open: Some(open), ..RoomChange::default() };
                self.store().change_room(&room.info.id, change).await.map_err(refusal)?;
                self.tell_members(user, &room, &Event::Opened(open), now).await?;
            }
        }
        Ok(Told::Done)
    }

    async fn make(&self, user: &UserId, name: String, now: Now) -> Result<Told, ErrorCode> {
        if !is_room_name(&name) {
            return Err(ErrorCode::InvalidArgument);
        }
        let room = NewRoom {
            kind: ConversationKind::Discussion,
            id: None,
            name,
            members: vec![user.detached()],
            now: now.wall,
        };
        self.store().create_room(room).await.map(Told::Created).map_err(refusal)
    }

    async fn invite(
        &self,
        user: &UserId,
        room: &ConversationId,
        users: &[UserId],
        now: Now,
    ) -> Result<(), ErrorCode> {
        if !users.iter().all(|user| is_id(user.as_str())) {
            return Err(ErrorCode::InvalidArgument);
        }
        let before = self.room_of(user, room).await?;
        if !before.info.open && before.owner() != Some(user) {
            return Err(INVITATION_REFUSED);
        }
        let joined = self.store().join_room(room, users, now.wall).await;
        let joined = joined.map_err(|error| refused(error, room.kind))?;
        if !joined.is_empty() {
            let after = self.room_of(user, room).await?;
            self.tell_members(user, &after, &Event::Joined(&joined), now).await?;
        }
        Ok(())
    }

    async fn rename(
        &self,
        user: &UserId,
        room: &ConversationId,
        name: String,
        now: Now,
    ) -> Result<(), ErrorCode> {
        if !is_room_name(&name) {
            return Err(ErrorCode::InvalidArgument);
        }
        let room = self.room_of(user, room).await?;
        let change = RoomChange { name: Some(name.clone()), ..RoomChange::default() };
        self.store().change_room(&room.info.id, change).await.map_err(refusal)?;
        self.tell_members(user, &room, &Event::Renamed(&name), now).await
    }

    async fn owned_by(&self, user: &UserId, room: &ConversationId) -> Result<Room, ErrorCode> {
        let room = self.room_of(user, room).await?;
        let owns = room.owner() == Some(user);
        if owns { Ok(room) } else { Err(ErrorCode::Unauthorized) }
    }

    async fn put_out(&self, room: &ConversationId, user: &UserId) -> Result<(), ErrorCode> {
        let left = self.store().leave_room(room, std::slice::from_ref(user)).await;
        left.map(drop).map_err(|error| refused(error, room.kind))
    }

    /// A notice from `operator` to everybody in `room`, the operator's own logins included.
    async fn tell_members(
        &self,
        operator: &UserId,
        room: &Room,
        event: &Event<'_>,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let flags = MessageFlags { persisted: true, ..MessageFlags::default() };
        let (content, conversation) = (event.content(operator), room.info.id.clone());
        let notice = Announcement {
            sender: operator.detached(),
            original: frame_of(&conversation, NOTICE, &content, flags, &[]),
            conversation,
            object_name: NOTICE.into(),
            content,
            flags,
            client_id: None,
            mentions: None,
            origin: None,
            sent_as: None,
        };
        let members = room.members.iter().map(|member| member.user.clone()).collect();
        let new = new_message(&notice, self.believed(now)?);
        let new = NewMessage { audience: Audience::Users(members), ..new };
        self.append(notice, new).await.map(drop)
    }
}
