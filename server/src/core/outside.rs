//! Messages that no client sent: those of the application's server, and the server's own notices.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, MessageUid, UserId};
use hongyan::proto::UpStreamMessage;
use hongyan::signal::{MessageFlags, content, topic};
use hongyan::time::UnixMillis;
use prost::Message as _;

use super::announce::Announcement;
use super::ask::SyncFrame;
use super::clock::Now;
use super::command;
use super::limits::{check_content, is_id};
use super::send::{is_room, new_message};
use super::serve::Core;
use crate::store::{Audience, NewMessage, Recall, Store, Stored, to_oneself};

/// A message of the application's server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// In whose name.
    pub sender: UserId,
    /// To where: a user (privately or as the system), a group, a discussion.
    pub conversation: ConversationId,
    /// In a room: only to these members; empty for all.
    pub only_to: Vec<UserId>,
    /// Its class.
    pub object_name: ByteString,
    /// JSON text.
    pub content: Bytes,
    /// What the receivers shall do with it. What is neither persisted nor counted still reaches
    /// those who are offline now.
    pub flags: MessageFlags,
    /// Whether the sender gets it, too. Never of a message of the system.
    pub include_sender: bool,
}

impl<S: Store> Core<S> {
    /// Stores a message of the application's server and tells everybody of it. No rate holds, and
    /// its sender need not be a member of anything.
    ///
    /// # Errors
    /// The conversation is of a kind that gets no such messages, there is no such room, or the
    /// message is none.
    pub async fn publish(&self, published: Published, now: Now) -> Result<Stored, ErrorCode> {
        let Published { sender, conversation, only_to, .. } = &published;
        check_content(&published.object_name, &published.content)?;
        if conversation.kind == ConversationKind::Chatroom {
            return self.publish_to_chatroom(published, now).await;
        }
        let audience = audience(sender, conversation, only_to)?;
        let to_all = only_to.is_empty() || !is_room(conversation);
        let history = to_all && published.flags.stored();
        let by_system = conversation.kind == ConversationKind::System;
        let own_row = (published.include_sender && !by_system) || to_oneself(sender, conversation);
        let message = published.announcement();
        let new = new_message(&message, self.believed(now)?);
        self.append(message, NewMessage { audience, history, own_row, ..new }).await
    }

    /// Takes a message of `sender` back, however old it is.
    ///
    /// # Errors
    /// There is no such message in the conversation, as `sender` sees it, or none any more.
    pub async fn take_back(
        &self,
        sender: UserId,
        conversation: ConversationId,
        uid: MessageUid,
        now: Now,
    ) -> Result<Stored, ErrorCode> {
        if conversation.kind == ConversationKind::Chatroom {
            return self.take_back_in_chatroom(sender, conversation, uid, now).await;
        }
        let audience = audience(&sender, &conversation, &[])?;
        let command = Published {
            content: Bytes::from(command::recall_content(&conversation, &uid)),
            sender,
            conversation,
            only_to: Vec::new(),
            object_name: command::RECALL.into(),
            flags: MessageFlags { persisted: true, ..MessageFlags::default() },
            include_sender: true,
        };
        let own_row = command.conversation.kind != ConversationKind::System;
        let (message, wall) = (command.announcement(), self.believed(now)?);
        let recalls = Recall {
            uid,
            own_only: false,
            not_before: UnixMillis::new(i64::MIN),
            object_name: command::RECALLED.into(),
            content: Bytes::from(command::recalled_content(&message.sender, wall)),
        };
        let new = new_message(&message, wall);
        let recalls = Some(recalls);
        self.append(message, NewMessage { audience, history: false, own_row, recalls, ..new }).await
    }
}

/// Who gets what the application's server sends to a conversation.
fn audience(
    sender: &UserId,
    conversation: &ConversationId,
    only_to: &[UserId],
) -> Result<Audience, ErrorCode> {
    if !is_id(sender.as_str()) || !is_id(conversation.target.as_str()) {
        return Err(ErrorCode::InvalidArgument);
    }
    match conversation.kind {
        ConversationKind::Private
        | ConversationKind::System
        | ConversationKind::CustomerService
        | ConversationKind::AppPublicService
        | ConversationKind::PublicService => {
            Ok(Audience::Users(vec![UserId::from(conversation.target.as_str())]))
        }
        ConversationKind::Group | ConversationKind::Discussion => {
            let only = (!only_to.is_empty()).then(|| only_to.to_vec());
            Ok(Audience::Members { only, from_outside: true })
        }
        ConversationKind::Chatroom | ConversationKind::Other(_) => Err(ErrorCode::Unauthorized),
    }
}

impl Published {
    pub(super) fn announcement(self) -> Announcement {
        let Self { sender, conversation, only_to, object_name, content, flags, .. } = self;
        let looked_for = flags.mentioned && is_room(&conversation);
        let mentions = looked_for.then(|| content::mention(&content)).flatten();
        let original = frame_of(&conversation, &object_name, &content, flags, &only_to);
        Announcement {
            sender,
            conversation,
            object_name,
            content,
            flags,
            client_id: None,
            mentions,
            origin: None,
            sent_as: None,
            original,
        }
    }
}

/// The frame with which a client would have sent this: sessions without the extensions hear of
/// their user's own messages by a copy of one.
pub(super) fn frame_of(
    conversation: &ConversationId,
    object_name: &str,
    content: &Bytes,
    flags: MessageFlags,
    only_to: &[UserId],
) -> SyncFrame {
    let body = UpStreamMessage {
        session_id: flags.to_session_id(),
        classname: object_name.to_owned(),
        content: content.clone(),
        user_id: only_to.iter().map(|user| user.as_str().to_owned()).collect(),
        ..UpStreamMessage::default()
    };
    SyncFrame {
        topic: topic::publish_topic(conversation.kind).unwrap_or_default().into(),
        target: ByteString::from(conversation.target.as_str()),
        body: Bytes::from(body.encode_to_vec()),
    }
}
