//! What is said in a chatroom.

use hongyan::error::ErrorCode;
use std::sync::Arc;

use super::super::announce::Announcement;
use super::super::ask::Told;
use super::super::clock::Now;
use super::super::command;
use super::super::rate::MessageClass;
use super::super::send::{Sent, new_message, refused};
use super::super::serve::{Core, Turn};
use super::room::Room;
use crate::store::{NewMessage, Recall, Store, Stored};

impl<S: Store> Core<S> {
    /// A message of a member. Nobody can whisper in a chatroom.
    pub(in super::super) async fn say_in_chatroom(
        &self,
        sent: Sent,
        turn: Turn,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let Sent { mut message, only_to, recall } = sent;
        if !only_to.is_empty() {
            return Err(ErrorCode::InvalidArgument);
        }
        let target = &message.conversation.target;
        let room = self.hub().chatrooms().find(target).ok_or(ErrorCode::NotInChatroom)?;
        let everywhere = self.rules_everywhere().await?;
        // Nothing waits from here until the message is with the store or in the room.
        drop(turn);
        let rate = self.settings().chatrooms.rate;
        room.may_say(&message.sender, &message.object_name, &everywhere, rate, now)?;
        if recall {
            let recall = self.recall_in(&message, now)?;
            return self.take_back_said(&room, message, recall, now).await.map(Told::Sent);
        }
        self.may_speak(&message.sender, &message.conversation, now)?;
        self.replace_words(&mut message, &only_to)?;
        self.pass_on_said(&room, message, now).await.map(Told::Sent)
    }

    async fn pass_on_said(
        &self,
        room: &Arc<Room>,
        message: Announcement,
        now: Now,
    ) -> Result<Stored, ErrorCode> {
        if message.flags.stored() {
            self.take_stored(&message.sender, now)?;
            return self.store_said(room, message, now).await;
        }
        let passed = message.passed(now.wall);
        if self.take(&message.sender, MessageClass::Volatile, now) {
            room.say_volatile(message, self.believed(now)?);
        }
        Ok(passed)
    }

    /// Stores a message and tells everybody who is in the room.
    pub(super) async fn store_said(
        &self,
        room: &Arc<Room>,
        message: Announcement,
        now: Now,
    ) -> Result<Stored, ErrorCode> {
        let kept = message.flags.persisted;
        let (time, storing) = room.begin(self.believed(now)?, now.tick);
        let new = NewMessage { own_row: false, ..new_message(&message, time) };
        let kind = message.conversation.kind;
        let told = move |stored: &Stored| storing.stored(&message, stored, kept);
        self.store().append_then(new, told).await.map_err(|error| refused(error, kind))
    }

    /// Takes a message back and tells everybody who is in the room.
    pub(super) async fn take_back_said(
        &self,
        room: &Arc<Room>,
        message: Announcement,
        recall: Recall,
        now: Now,
    ) -> Result<Stored, ErrorCode> {
        let message = Announcement { object_name: command::RECALL.into(), ..message };
        let (time, storing) = room.begin(self.believed(now)?, now.tick);
        let new = NewMessage {
            own_row: false,
            history: false,
            recalls: Some(recall.clone()),
            ..new_message(&message, time)
        };
        let kind = message.conversation.kind;
        let told = move |stored: &Stored| storing.recalled(&message, stored, &recall);
        self.store().append_then(new, told).await.map_err(|error| refused(error, kind))
    }
}
