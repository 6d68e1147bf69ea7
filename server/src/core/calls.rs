//! Calls: the signalling that brings their members together. The media go elsewhere.

use std::sync::PoisonError;

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::announce::{Announcement, volatile};
use super::ask::{CallAsk, CallTold, Notice, SyncFrame, Told};
use super::call_rooms::{CallRooms, CallUser, Refused, Shelf, Silent};
use super::clock::Now;
use super::limits::{check_content, is_id};
use super::rate::MessageClass;
use super::send::{Sent, new_message};
use super::serve::Core;
use crate::store::{Audience, NewMessage, Store};

/// The kind of conversation that a call room is.
pub const CALL_ROOM: ConversationKind = ConversationKind::from_number(12);
/// Not in the call room, or there is none: 40001 of RongCloud's RTC.
const NOT_IN_ROOM: ErrorCode = ErrorCode::from_number(40001);
/// The call room is full.
const ROOM_FULL: ErrorCode = ErrorCode::from_number(23411);
/// `VOIPDYANMICERROR`: this server makes no keys for media.
const NO_KEYS: ErrorCode = ErrorCode::from_number(24012);
/// Who came and went: the class that RongCloud's RTC has for it.
const STATE: &str = "RCRTC:state";
/// A call begins: kept for who comes online while it rings.
pub(super) const INVITE: &str = "RC:VCInvite";
/// Somebody takes a call: kept, so that the user's other devices stop ringing.
pub(super) const ACCEPT: &str = "RC:VCAccept";
/// A call is over, or refused.
pub(super) const HANG_UP: &str = "RC:VCHangup";

/// What a member did, as `RCRTC:state` numbers it.
#[derive(Clone, Copy)]
enum State {
    Joined,
    Left,
    Silent,
}

impl From<Refused> for ErrorCode {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotInRoom => NOT_IN_ROOM,
            Refused::Full => ROOM_FULL,
            Refused::Limit => Self::InvalidArgument,
        }
    }
}

impl<S: Store> Core<S> {
    pub(super) fn serve_call(
        &self,
        me: &UserId,
        room: &str,
        ask: CallAsk,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        if !is_id(room) {
            return Err(ErrorCode::InvalidArgument);
        }
        self.sweep_calls(now);
        match ask {
            CallAsk::Join => self.join_call(me, room, now),
            CallAsk::Leave => {
                let rest = self.rooms(|rooms| rooms.leave(room, me))?;
                self.tell_call_state(room, me, State::Left, &rest, now.wall);
                Ok(Told::Done)
            }
            CallAsk::Ping => {
                self.rooms(|rooms| rooms.heard(room, me, now.tick))?;
                Ok(Told::Done)
            }
            CallAsk::Token => {
                self.rooms(|rooms| rooms.heard(room, me, now.tick))?;
                self.call_key(me, room, now).ok_or(NO_KEYS).map(CallTold::Key).map(Told::Call)
            }
            CallAsk::Report => Ok(Told::Done),
            CallAsk::Key => {
                self.call_key(me, room, now).ok_or(NO_KEYS).map(CallTold::Key).map(Told::Call)
            }
            CallAsk::Users(with_values) => {
                let shelves = if with_values { &[Shelf::Info, Shelf::Inner][..] } else { &[] };
                let users = self.rooms(|rooms| rooms.users(room, me, shelves))?;
                Ok(Told::Call(CallTold::Users(users, None)))
            }
            CallAsk::Room => {
                let place = (super::call_rooms::Owner::Room, Shelf::Info);
                let values = self.rooms(|rooms| rooms.get(room, me, place, &[]))?;
                let users = self.rooms(|rooms| rooms.users(room, me, &[Shelf::Info]))?;
                Ok(Told::Call(CallTold::Room(values, users)))
            }
            CallAsk::Put { place, values, notice } => {
                check_notice(notice.as_ref())?;
                if !self.take(me, MessageClass::Volatile, now) {
                    return Err(ErrorCode::SendTooFast);
                }
                self.rooms(|rooms| rooms.put(room, me, place, &values))?;
                self.changed(me, room, notice, now)
            }
            CallAsk::Get { place, keys } => {
                let values = self.rooms(|rooms| rooms.get(room, me, place, &keys))?;
                Ok(Told::Call(CallTold::Values(values)))
            }
            CallAsk::Delete { place, keys, notice } => {
                check_notice(notice.as_ref())?;
                self.rooms(|rooms| rooms.delete(room, me, place, &keys))?;
                self.changed(me, room, notice, now)
            }
            CallAsk::OuterOf(users) => {
                let all = self.rooms(|rooms| rooms.users(room, me, &[Shelf::Outer]))?;
                let wanted = |one: &CallUser| users.is_empty() || users.contains(&one.user);
                let found = all.into_iter().filter(wanted).collect();
                Ok(Told::Call(CallTold::Users(found, None)))
            }
        }
    }

    fn rooms<T>(
        &self,
        work: impl FnOnce(&mut CallRooms) -> Result<T, Refused>,
    ) -> Result<T, ErrorCode> {
        let mut rooms = self.call_rooms().lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut rooms).map_err(ErrorCode::from)
    }

    fn join_call(&self, me: &UserId, room: &str, now: Now) -> Result<Told, ErrorCode> {
        let is_new = self.rooms(|rooms| rooms.join(room, me, now.tick))?;
        if is_new {
            let others = self.rooms(|rooms| rooms.others(room, me))?;
            self.tell_call_state(room, me, State::Joined, &others, now.wall);
        }
        let users = self.rooms(|rooms| rooms.users(room, me, &[Shelf::Info, Shelf::Inner]))?;
        Ok(Told::Call(CallTold::Users(users, self.call_key(me, room, now))))
    }

    fn call_key(&self, me: &UserId, channel: &str, now: Now) -> Option<String> {
        self.call_keys().map(|keys| keys.key(channel, me.as_str(), now.wall))
    }

    /// The others hear that values are others now, and get the message that the application wants
    /// them to have of it.
    fn changed(
        &self,
        me: &UserId,
        room: &str,
        notice: Option<(ByteString, Bytes)>,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let others = self.rooms(|rooms| rooms.others(room, me))?;
        for user in &others {
            self.hub().tell(user, |listener| {
                let changed = || Notice::CallChanged { room: room.into(), time: now.wall };
                listener.extended.then(changed)
            });
        }
        if let Some((class, content)) = notice {
            self.tell_call(room, me, class, content, &others, now.wall);
        }
        Ok(Told::Done)
    }

    /// Who has been silent for too long has left.
    pub fn sweep_calls(&self, now: Now) {
        let gone = self.rooms(|rooms| Ok(rooms.sweep(now.tick))).unwrap_or_default();
        for Silent { room, left, rest } in gone {
            for user in left {
                self.tell_call_state(&room, &user, State::Silent, &rest, now.wall);
            }
        }
    }

    /// A message of a member to the others: kept for those who lost their link, if it is of a kept
    /// class, and never counted.
    pub(super) async fn say_in_call(&self, sent: Sent, now: Now) -> Result<Told, ErrorCode> {
        let Sent { message, only_to, .. } = sent;
        let room = message.conversation.target.as_str();
        let mut others = self.rooms(|rooms| rooms.others(room, &message.sender))?;
        self.rooms(|rooms| rooms.heard(room, &message.sender, now.tick))?;
        others.retain(|user| only_to.is_empty() || only_to.contains(user));
        let kept = message.flags.persisted;
        let class = if kept { MessageClass::Stored } else { MessageClass::Volatile };
        if !self.take(&message.sender, class, now) {
            return Err(ErrorCode::SendTooFast);
        }
        if !kept {
            for user in &others {
                message.passing(user, now.wall, self.hub());
            }
            return Ok(Told::Sent(volatile(now.wall)));
        }
        let flags = MessageFlags { persisted: true, ..MessageFlags::default() };
        let message = Announcement { flags, ..message };
        let new = NewMessage {
            audience: Audience::Users(others),
            history: false,
            ..new_message(&message, self.believed(now)?)
        };
        self.append(message, new).await.map(Told::Sent)
    }

    fn tell_call_state(
        &self,
        room: &str,
        user: &UserId,
        state: State,
        others: &[UserId],
        now: UnixMillis,
    ) {
        let state = match state {
            State::Joined => "0",
            State::Left => "1",
            State::Silent => "2",
        };
        let one = serde_json::json!({ "userId": user.as_str(), "state": state });
        let content = Bytes::from(serde_json::json!({ "users": [one] }).to_string());
        self.tell_call(room, user, ByteString::from_static(STATE), content, others, now);
    }

    fn tell_call(
        &self,
        room: &str,
        sender: &UserId,
        object_name: ByteString,
        content: Bytes,
        others: &[UserId],
        now: UnixMillis,
    ) {
        let message = Announcement {
            sender: sender.detached(),
            conversation: ConversationId::new(CALL_ROOM, room),
            object_name,
            content,
            flags: MessageFlags::default(),
            client_id: None,
            mentions: None,
            origin: None,
            sent_as: None,
            original: SyncFrame::default(),
        };
        for user in others {
            message.passing(user, now, self.hub());
        }
    }
}

fn check_notice(notice: Option<&(ByteString, Bytes)>) -> Result<(), ErrorCode> {
    notice.map_or(Ok(()), |(class, content)| check_content(class, content))
}
