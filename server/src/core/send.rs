//! What becomes of a message that a user sends.

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::signal::{MessageFlags, content};
use hongyan::time::UnixMillis;

use super::announce::{Announcement, volatile};
use super::ask::Told;
use super::calls;
use super::clock::Now;
use super::command;
use super::limits::check_message;
use super::rate::MessageClass;
use super::serve::{Core, Turn, refusal};
use super::services::is_service;
use crate::store::{Audience, NewMessage, Recall, Store, StoreError, Stored, seen_by};

/// `RECALL_MESSAGE`: not one's own, too old, taken back before, or no message at all.
pub const RECALL_REFUSED: ErrorCode = ErrorCode::from_number(25101);

/// A message and those of a room's members it is for; nobody named means all.
pub(super) struct Sent {
    pub(super) message: Announcement,
    pub(super) only_to: Vec<UserId>,
    /// Whether it came as a recall, whatever its class.
    pub(super) recall: bool,
}

impl<S: Store> Core<S> {
    /// A message that was stored was sent, however often it is repeated, and whatever was decided
    /// since: the receiver has it.
    pub(super) async fn send(&self, sent: Sent, turn: Turn, now: Now) -> Result<Told, ErrorCode> {
        let first = sent.message.client_id.map(|id| (id, sent.message.clone()));
        let told = self.send_anew(sent, turn, now).await;
        let (Err(code), Some((id, first))) = (&told, first) else {
            return told;
        };
        // These say of themselves whether it is a repeat, or ask for another one.
        if *code == ErrorCode::MessageIdReused || *code == ErrorCode::SendTooFast {
            return told;
        }
        let sent = (&first.object_name, &first.content);
        let first = self.store().answered(&first.sender, &first.conversation, id, sent).await;
        first.map_err(refusal)?.map_or(told, |stored| Ok(Told::Sent(stored)))
    }

    /// What reads from the store before something is stored must have done so before the turn is
    /// given up: of two reads the second may be the first to end. What goes to services keeps the
    /// turn to the end, because robots answer in the order of the questions.
    async fn send_anew(&self, sent: Sent, turn: Turn, now: Now) -> Result<Told, ErrorCode> {
        let Sent { message, only_to, recall } = sent;
        check_message(&message.conversation, &message.object_name, &message.content)?;
        let recall = recall || &*message.object_name == command::RECALL;
        if message.conversation.kind == ConversationKind::Chatroom {
            return self.say_in_chatroom(Sent { message, only_to, recall }, turn, now).await;
        }
        if message.conversation.kind == calls::CALL_ROOM {
            drop(turn);
            return self.say_in_call(Sent { message, only_to, recall }, now).await;
        }
        let read = &*message.object_name == command::READ_ELSEWHERE;
        if is_service(message.conversation.kind) && !read {
            return self.to_service(Sent { message, only_to, recall }, now).await;
        }
        if recall {
            drop(turn);
            let audience = audience(&message.conversation, Vec::new());
            return self.recall(message, audience, now).await;
        }
        self.check_blacklist(&message).await?;
        drop(turn);
        match &*message.object_name {
            command::READ_ELSEWHERE => self.read_elsewhere(&message, now).await,
            command::READ => self.read_by_peer(&message, now).await,
            command::RECEIPT_REQUEST | calls::INVITE | calls::ACCEPT | calls::HANG_UP => {
                self.may_speak(&message.sender, &message.conversation, now)?;
                let request = kept(message);
                let audience = audience(&request.conversation, only_to);
                self.store_command(request, audience, now).await
            }
            command::RECEIPT_RESPONSE => self.receipt_response(kept(message), only_to, now).await,
            _ => self.speak(message, only_to, now).await,
        }
    }

    /// What a user says, as opposed to what clients tell each other.
    async fn speak(
        &self,
        mut message: Announcement,
        only_to: Vec<UserId>,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        self.may_speak(&message.sender, &message.conversation, now)?;
        self.replace_words(&mut message, &only_to)?;
        if message.flags.stored() {
            message.mentions = mentions(&message);
            let history = only_to.is_empty() || !is_room(&message.conversation);
            let audience = audience(&message.conversation, only_to);
            self.store_sent(message, audience, history, now).await
        } else {
            self.pass_on(&message, &only_to, now).await
        }
    }

    /// A command is kept like a message, and is not part of any history.
    pub(super) async fn store_command(
        &self,
        message: Announcement,
        audience: Audience,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        self.store_sent(message, audience, false, now).await
    }

    async fn store_sent(
        &self,
        message: Announcement,
        audience: Audience,
        history: bool,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        self.take_stored(&message.sender, now)?;
        let new = NewMessage { audience, history, ..new_message(&message, self.believed(now)?) };
        self.append(message, new).await.map(Told::Sent)
    }

    pub(super) fn take_stored(&self, sender: &UserId, now: Now) -> Result<(), ErrorCode> {
        let taken = self.take(sender, MessageClass::Stored, now);
        if taken { Ok(()) } else { Err(ErrorCode::SendTooFast) }
    }

    /// Stores a message and tells everybody of it.
    pub(super) async fn append(
        &self,
        message: Announcement,
        new: NewMessage,
    ) -> Result<Stored, ErrorCode> {
        let (hub, kind) = (self.hub_handle(), message.conversation.kind);
        let stored = self.store().append_then(new, move |stored| message.stored(stored, &hub));
        stored.await.map_err(|error| refused(error, kind))
    }

    pub(super) async fn recall(
        &self,
        message: Announcement,
        audience: Audience,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let recalls = Some(self.recall_in(&message, now)?);
        let message = Announcement { object_name: command::RECALL.into(), ..kept(message) };
        let new = new_message(&message, self.believed(now)?);
        let new = NewMessage { audience, history: false, recalls, ..new };
        self.append(message, new).await.map(Told::Sent)
    }

    /// What a user's command takes back.
    ///
    /// # Errors
    /// It means nothing of its conversation, or comes too fast.
    pub(super) fn recall_in(&self, message: &Announcement, now: Now) -> Result<Recall, ErrorCode> {
        let recalled = content::recalled(&message.content).ok_or(ErrorCode::InvalidArgument)?;
        // Under a topic of its own the conversation is read from the content, else it must agree.
        if recalled.conversation != message.conversation {
            return Err(ErrorCode::InvalidArgument);
        }
        self.take_stored(&message.sender, now)?;
        let wall = self.believed(now)?;
        let not_before = match self.settings().recall_window {
            0 => UnixMillis::new(i64::MIN),
            window => wall.plus(window.saturating_neg()),
        };
        Ok(Recall {
            uid: recalled.uid.detached(),
            own_only: true,
            not_before,
            object_name: command::RECALLED.into(),
            content: Bytes::from(command::recalled_content(&message.sender, wall)),
        })
    }

    /// A volatile message: those who are online get it, or nobody. Too many of them are dropped
    /// without a word, because nobody waits for one.
    async fn pass_on(
        &self,
        message: &Announcement,
        only_to: &[UserId],
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let taken = self.take(&message.sender, MessageClass::Volatile, now);
        if !is_room(&message.conversation) {
            if taken {
                let receiver = UserId::from(message.conversation.target.as_str());
                message.passing(&receiver, now.wall, self.hub());
            }
            return Ok(Told::Sent(message.passed(now.wall)));
        }
        let room = self.room_of(&message.sender, &message.conversation).await?;
        let wanted = |user: &&UserId| only_to.is_empty() || only_to.contains(user);
        let others = room.members.iter().map(|member| &member.user);
        for receiver in others.filter(|user| taken && **user != message.sender).filter(wanted) {
            message.passing(receiver, now.wall, self.hub());
        }
        Ok(Told::Sent(message.passed(now.wall)))
    }

    /// The other side of a private conversation learns up to when the sender has read: now if it
    /// is online, and from its conversation list.
    async fn read_by_peer(&self, message: &Announcement, now: Now) -> Result<Told, ErrorCode> {
        let private = message.conversation.kind == ConversationKind::Private;
        if let Some(time) = command::read_up_to(&message.content).filter(|_| private) {
            let peer = UserId::from(message.conversation.target.as_str());
            let theirs = seen_by(&peer, &message.sender, &message.conversation);
            self.store().mark_peer_read(&peer, &theirs, time).await.map_err(refusal)?;
        }
        self.pass_on(message, &[], now).await
    }

    /// The sender has read on one device: its read time moves, and if it did, its other devices hear
    /// of it.
    async fn read_elsewhere(&self, message: &Announcement, now: Now) -> Result<Told, ErrorCode> {
        let mut moved = true;
        if let Some(time) = command::read_up_to(&message.content) {
            let marked = self.store().mark_read(&message.sender, &message.conversation, time);
            moved = marked.await.map_err(refusal)?;
        }
        if moved && self.take(&message.sender, MessageClass::Volatile, now) {
            message.passing_to_own(now.wall, self.hub());
        }
        Ok(Told::Sent(volatile(now.wall)))
    }
}

/// Whether members share the conversation.
pub(super) const fn is_room(conversation: &ConversationId) -> bool {
    matches!(conversation.kind, ConversationKind::Group | ConversationKind::Discussion)
}

/// Who gets what is sent to a conversation; of a room's members only the named, if any are.
fn audience(conversation: &ConversationId, only_to: Vec<UserId>) -> Audience {
    if !is_room(conversation) {
        return Audience::Users(vec![UserId::from(conversation.target.as_str())]);
    }
    Audience::Members { only: (!only_to.is_empty()).then_some(only_to), from_outside: false }
}

/// Whom a message mentions: only in rooms, and only if its flag says so.
fn mentions(message: &Announcement) -> Option<content::Mention> {
    let looked_for = message.flags.mentioned && is_room(&message.conversation);
    looked_for.then(|| content::mention(&message.content)).flatten()
}

/// A command: kept, never counted.
fn kept(message: Announcement) -> Announcement {
    let flags = MessageFlags { counted: false, ..message.flags };
    Announcement { flags, mentions: None, ..message }
}

/// What is to be stored of a message; its audience is still to be filled in.
pub(super) fn new_message(message: &Announcement, now: UnixMillis) -> NewMessage {
    NewMessage {
        sender: message.sender.clone(),
        conversation: message.conversation.clone(),
        audience: Audience::Users(Vec::new()),
        own_row: true,
        object_name: message.object_name.clone(),
        content: message.content.clone(),
        flags: message.flags,
        mentions: message.mentions.clone(),
        history: true,
        recalls: None,
        deletes: None,
        client_id: message.client_id,
        sent_as: message.sent_as,
        relayed: Bytes::new(),
        now,
    }
}

/// The code of a refusal in a conversation of this kind.
pub(super) fn refused(error: StoreError, kind: ConversationKind) -> ErrorCode {
    match error {
        StoreError::NotMember | StoreError::NoSuchRoom => not_member(kind),
        StoreError::NoSuchMessage | StoreError::NotOwnMessage | StoreError::TooLate => {
            RECALL_REFUSED
        }
        StoreError::ClientIdReused | StoreError::RoomFull | StoreError::Failed(_) => refusal(error),
    }
}

/// The code for who is no member of such a room.
pub(super) const fn not_member(kind: ConversationKind) -> ErrorCode {
    match kind {
        ConversationKind::Discussion => ErrorCode::NotInDiscussion,
        ConversationKind::Group => ErrorCode::NotInGroup,
        ConversationKind::Chatroom => ErrorCode::NotInChatroom,
        ConversationKind::Private
        | ConversationKind::CustomerService
        | ConversationKind::System
        | ConversationKind::AppPublicService
        | ConversationKind::PublicService
        | ConversationKind::Other(_) => ErrorCode::Unauthorized,
    }
}
