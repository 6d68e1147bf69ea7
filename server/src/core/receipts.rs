//! Who has read which message of a group or discussion.

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::signal::MessageFlags;

use super::announce::Announcement;
use super::ask::Told;
use super::clock::Now;
use super::command;
use super::outside::frame_of;
use super::rate::MessageClass;
use super::send::{is_room, new_message, not_member};
use super::serve::{Core, refusal};
use crate::store::{Audience, NewMessage, Room, Store};

impl<S: Store> Core<S> {
    /// The room, if the user belongs to it.
    pub(super) async fn room_of(
        &self,
        user: &UserId,
        room: &ConversationId,
    ) -> Result<Room, ErrorCode> {
        let found = self.store().room(room).await.map_err(refusal)?;
        found.filter(|room| room.has(user)).ok_or(not_member(room.kind))
    }

    /// A response of the 2.x clients: it is remembered, and goes to those whose messages it
    /// names.
    pub(super) async fn receipt_response(
        &self,
        message: Announcement,
        only_to: Vec<UserId>,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let room = message.conversation.clone();
        if !is_room(&room) {
            let peer = UserId::from(room.target.as_str());
            return self.store_command(message, Audience::Users(vec![peer]), now).await;
        }
        let answered = command::answered(&message.content).ok_or(ErrorCode::InvalidArgument)?;
        let (uids, senders) = answered;
        self.room_of(&message.sender, &room).await?;
        let recorded = self.store().record_read(&room, &message.sender, &uids, now.wall);
        recorded.await.map_err(refusal)?;
        let only = Some(if only_to.is_empty() { senders } else { only_to });
        let audience = Audience::Members { only, from_outside: false };
        self.store_command(message, audience, now).await
    }

    /// A response of newer clients: it is remembered, and those whose messages it names are told
    /// in the form of the 2.x clients, which every client understands.
    pub(super) async fn record_read(
        &self,
        reader: &UserId,
        room: ConversationId,
        uids: &[MessageUid],
        now: Now,
    ) -> Result<Told, ErrorCode> {
        self.room_of(reader, &room).await?;
        if !self.take(reader, MessageClass::Stored, now) {
            return Err(ErrorCode::SendTooFast);
        }
        let recorded = self.store().record_read(&room, reader, uids, now.wall);
        let recorded = recorded.await.map_err(refusal)?;
        let senders: std::collections::BTreeSet<_> =
            recorded.iter().map(|(_, sender)| sender.clone()).collect();
        for sender in senders {
            let of_sender = recorded.iter().filter(|(_, other)| *other == sender);
            let uids: Vec<_> = of_sender.map(|(uid, _)| uid.clone()).collect();
            let only = vec![sender];
            let answer = response(reader, &room, &only, &uids);
            let audience = Audience::Members { only: Some(only), from_outside: false };
            let new = new_message(&answer, self.believed(now)?);
            self.append(answer, NewMessage { audience, history: false, ..new }).await?;
        }
        Ok(Told::Done)
    }

    /// Who has read a message, for members.
    pub(super) async fn readers(
        &self,
        user: &UserId,
        room: &ConversationId,
        uid: &MessageUid,
    ) -> Result<Told, ErrorCode> {
        let members = self.room_of(user, room).await?.members.len();
        let readers = self.store().readers(room, uid).await.map_err(refusal)?;
        Ok(Told::Readers(readers, members))
    }
}

fn response(
    reader: &UserId,
    room: &ConversationId,
    senders: &[UserId],
    uids: &[MessageUid],
) -> Announcement {
    let sender = senders.first().cloned().unwrap_or_default();
    let content = Bytes::from(command::answer_content(&sender, uids));
    let flags = MessageFlags::default();
    Announcement {
        sender: reader.detached(),
        conversation: room.clone(),
        object_name: command::RECEIPT_RESPONSE.into(),
        original: frame_of(room, command::RECEIPT_RESPONSE, &content, flags, senders),
        content,
        flags,
        client_id: None,
        mentions: None,
        origin: None,
        sent_as: None,
    }
}
