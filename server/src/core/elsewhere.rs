//! What a user takes away on one device, told to all of them: a row of the user's own inbox, so that
//! a device that is away hears of it, too, once and in order.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::announce::Announcement;
use super::ask::{SyncFrame, Told};
use super::clock::Now;
use super::command;
use super::hub::SessionId;
use super::send::new_message;
use super::serve::{Core, refusal};
use crate::store::{Deletion, NewMessage, Store};

/// One row tells of so many messages at most.
const UIDS_IN_A_ROW: usize = 100;

impl<S: Store> Core<S> {
    /// Takes conversations out of the list until the next message. What was in them up to the time
    /// is read: if they come back, it is with what is new.
    pub(super) async fn remove(
        &self,
        user: &UserId,
        session: SessionId,
        conversations: Vec<(ConversationId, UnixMillis)>,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let wall = self.believed(now)?;
        for (conversation, until) in conversations {
            let removed = self.store().remove_conversation(user, &conversation, until).await;
            let removed = removed.map_err(refusal)?;
            // Of what is not listed nothing is known to be unread; of the rest, until then.
            let read = removed.or((until < UnixMillis::new(i64::MAX)).then_some(until));
            if let Some(time) = read {
                self.mark_read(user, session, conversation.clone(), time, now).await?;
            }
            if let Some(time) = removed {
                let content = command::up_to_content(time);
                self.tell_own(user, &conversation, command::REMOVED, content, wall).await?;
            }
        }
        Ok(Told::Done)
    }

    /// Deletes messages for the user alone.
    pub(super) async fn delete(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        uids: &[MessageUid],
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let wall = self.believed(now)?;
        let there = self.store().undeleted(user, conversation, uids).await;
        for uids in there.map_err(refusal)?.chunks(UIDS_IN_A_ROW) {
            let content = command::deleted_content(uids);
            let deletion = Deletion::Messages(uids.to_vec());
            self.delete_and_tell(user, conversation, content, deletion, wall).await?;
        }
        Ok(Told::Done)
    }

    /// Deletes what was said up to these times for the user alone.
    pub(super) async fn clear(
        &self,
        user: &UserId,
        clears: &[(ConversationId, UnixMillis)],
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let wall = self.believed(now)?;
        for (conversation, until) in clears {
            let until = self.store().uncleared(user, conversation, *until).await;
            if let Some(time) = until.map_err(refusal)? {
                let (content, deletion) = (command::up_to_content(time), Deletion::UpTo(time));
                self.delete_and_tell(user, conversation, content, deletion, wall).await?;
            }
        }
        Ok(Told::Done)
    }

    async fn delete_and_tell(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        content: String,
        deletion: Deletion,
        wall: UnixMillis,
    ) -> Result<(), ErrorCode> {
        let message = of_own(user, conversation, command::DELETED, content);
        let new = NewMessage { history: false, ..new_message(&message, wall) };
        let new = NewMessage { deletes: Some(deletion), ..new };
        self.append(message, new).await.map(|_| ())
    }

    async fn tell_own(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        class: &'static str,
        content: String,
        wall: UnixMillis,
    ) -> Result<(), ErrorCode> {
        let message = of_own(user, conversation, class, content);
        let new = NewMessage { history: false, ..new_message(&message, wall) };
        self.append(message, new).await.map(|_| ())
    }
}

/// What only the user's own devices get.
fn of_own(
    user: &UserId,
    conversation: &ConversationId,
    class: &'static str,
    content: String,
) -> Announcement {
    Announcement {
        sender: user.detached(),
        conversation: conversation.clone(),
        object_name: ByteString::from_static(class),
        content: Bytes::from(content),
        flags: MessageFlags { persisted: true, ..MessageFlags::default() },
        client_id: None,
        mentions: None,
        // The device that asked has a row of it like every other.
        origin: None,
        sent_as: None,
        original: SyncFrame::default(),
    }
}
