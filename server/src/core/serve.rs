//! Carries out what a connection asks.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::announce::Announcement;
use super::ask::{Ask, Login, Told};
use super::call_key::CallKeys;
use super::call_rooms::CallRooms;
use super::chatrooms::ChatroomSettings;
use super::clock::{ClockGuard, Now};
use super::command;
use super::desk::config::Desks;
use super::hub::{Hub, SessionId};
use super::limits::{MAX_CONVERSATIONS, MAX_PAGE};
use super::outside::frame_of;
use super::platform::Decided;
use super::rate::{MessageClass, SendBuckets, SendRate};
use super::send::{Sent, is_room};
use super::upload::{Grant, NO_TOKEN, UploadTokens};
use crate::store::{ConversationQuery, PullFrom, Store, StoreError};

/// What an operator may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How fast a user may send.
    pub send_rate: SendRate,
    /// Whether several logins of a user stand side by side.
    pub multi_device: bool,
    /// How long a message may be taken back, in ms; 0 for ever.
    pub recall_window: i64,
    /// Of chatrooms.
    pub chatrooms: ChatroomSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            send_rate: SendRate::default(),
            multi_device: false,
            recall_window: 120_000,
            chatrooms: ChatroomSettings::default(),
        }
    }
}

/// The right to be the next to send something; given up by dropping it.
pub type Turn = Option<Box<dyn Any + Send>>;

/// The rules around one store.
pub struct Core<S> {
    store: S,
    settings: Settings,
    hub: Arc<Hub>,
    clock: Mutex<ClockGuard>,
    buckets: Mutex<SendBuckets>,
    decided: Decided,
    upload_tokens: Option<Arc<UploadTokens>>,
    desks: Arc<Desks>,
    call_rooms: Mutex<CallRooms>,
    call_keys: Option<CallKeys>,
}

impl<S: Store> Core<S> {
    /// Nobody is online yet.
    pub fn new(store: S, settings: Settings) -> Self {
        Self {
            store,
            settings,
            hub: Arc::new(Hub::new(settings.multi_device)),
            clock: Mutex::default(),
            buckets: Mutex::new(SendBuckets::new(settings.send_rate)),
            decided: Decided::default(),
            upload_tokens: None,
            desks: Arc::default(),
            call_rooms: Mutex::default(),
            call_keys: None,
        }
    }

    /// Has these customer services; without this it has none.
    #[must_use]
    pub fn with_desks(mut self, desks: Desks) -> Self {
        self.desks = Arc::new(desks);
        self
    }

    /// The customer services.
    pub fn desks(&self) -> &Desks {
        &self.desks
    }

    /// Gives out upload tokens; without these, it refuses to.
    #[must_use]
    pub fn with_upload_tokens(mut self, tokens: Arc<UploadTokens>) -> Self {
        self.upload_tokens = Some(tokens);
        self
    }

    /// Makes keys for the media of calls; without these, it refuses to.
    #[must_use]
    pub fn with_call_keys(mut self, keys: Option<CallKeys>) -> Self {
        self.call_keys = keys;
        self
    }

    pub(super) const fn call_rooms(&self) -> &Mutex<CallRooms> {
        &self.call_rooms
    }

    pub(super) const fn call_keys(&self) -> Option<&CallKeys> {
        self.call_keys.as_ref()
    }

    /// What is kept.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Who is online.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    pub(super) fn hub_handle(&self) -> Arc<Hub> {
        Arc::clone(&self.hub)
    }

    pub(super) const fn decided(&self) -> &Decided {
        &self.decided
    }

    pub(super) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Carries out one ask of a session. Asks of one session that matter to each other (two sends
    /// into a conversation) must be served one after the other, or [in turn](Self::serve_in_turn).
    ///
    /// What was sent is stored and announced even if the returned future is dropped half way.
    pub async fn serve(&self, login: &Login, session: SessionId, ask: Ask, now: Now) -> Told {
        self.serve_in_turn(login, session, ask, now, None).await
    }

    /// The same for several sends of one session at once: each gives its turn up when nothing can
    /// keep it from the store any more before one that comes after it.
    pub async fn serve_in_turn(
        &self,
        login: &Login,
        session: SessionId,
        ask: Ask,
        now: Now,
        turn: Turn,
    ) -> Told {
        let user = &login.user;
        let told = match ask {
            Ask::Send {
                conversation,
                object_name,
                content,
                flags,
                client_id,
                only_to,
                recall,
                original,
            } => {
                let message = Announcement {
                    sender: user.detached(),
                    conversation,
                    object_name,
                    content,
                    flags,
                    client_id,
                    mentions: None,
                    origin: Some(session),
                    sent_as: None,
                    original,
                };
                self.send(Sent { message, only_to, recall }, turn, now).await
            }
            Ask::Pull { from, limit } => self.pull(user, from, limit).await,
            Ask::Conversations(query) => self.conversations(user, query).await,
            Ask::RemoveConversations(conversations) => {
                self.remove(user, session, conversations, now).await
            }
            Ask::MarkRead(conversation, time) => {
                self.mark_read(user, session, conversation, time, now).await
            }
            Ask::Discussion(ask) => self.discussion(user, ask, now).await,
            Ask::Chatroom(room, ask) => self.serve_chatroom(user, session, room, ask, now).await,
            Ask::RecordRead(room, uids) => self.record_read(user, room, &uids, now).await,
            Ask::Readers(room, uid) => self.readers(user, &room, &uid).await,
            Ask::History(ask) => self.serve_history(user, ask, now).await,
            Ask::Settings(ask) => self.serve_settings(user, session, ask, now).await,
            Ask::Call(room, ask) => self.serve_call(user, &room, ask, now),
            Ask::People(ask) => self.serve_people(user, session, ask, now).await,
            Ask::UploadToken(kind) => {
                self.upload_token(Grant { user: user.detached(), kind }, now.wall)
            }
            Ask::Services(ask) => self.serve_services(user, ask, now).await,
        };
        told.unwrap_or_else(|code| Told::Refused(wire_number(code)))
    }

    /// If the read time moves, the user's other logins hear of it as if this one had said so itself.
    /// What is known already is not told again: two logins must not answer each other for ever.
    pub(super) async fn mark_read(
        &self,
        user: &UserId,
        session: SessionId,
        conversation: ConversationId,
        time: UnixMillis,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        if !self.store.mark_read(user, &conversation, time).await.map_err(refusal)? {
            return Ok(Told::Done);
        }
        let content = Bytes::from(command::read_content(time));
        let flags = MessageFlags::default();
        // In rooms the frame names its user, as that of a 2.x client does.
        let only_to = is_room(&conversation).then(|| user.clone());
        let class = command::READ_ELSEWHERE;
        let original = frame_of(&conversation, class, &content, flags, only_to.as_slice());
        let told = Announcement {
            sender: user.detached(),
            conversation,
            object_name: class.into(),
            content,
            flags,
            client_id: None,
            mentions: None,
            origin: Some(session),
            sent_as: None,
            original,
        };
        told.passing_to_own(now.wall, &self.hub);
        Ok(Told::Done)
    }

    async fn pull(&self, user: &UserId, from: PullFrom, limit: u32) -> Result<Told, ErrorCode> {
        let page = self.store.pull(user, from, limit.min(MAX_PAGE)).await.map_err(refusal)?;
        Ok(Told::Page(page, self.store.epoch().to_owned()))
    }

    async fn conversations(
        &self,
        user: &UserId,
        query: ConversationQuery,
    ) -> Result<Told, ErrorCode> {
        let query = ConversationQuery { count: query.count.min(MAX_CONVERSATIONS), ..query };
        let (rows, head) = self.store.conversations(user, query).await.map_err(refusal)?;
        Ok(Told::Conversations(rows, head))
    }

    fn upload_token(&self, grant: Grant, now: UnixMillis) -> Result<Told, ErrorCode> {
        let issued = self.upload_tokens.as_ref().and_then(|tokens| tokens.issue(&grant, now));
        let (deadline, token) = issued.ok_or(NO_TOKEN)?;
        Ok(Told::UploadToken(deadline, token))
    }

    pub(super) fn take(&self, user: &UserId, class: MessageClass, now: Now) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.take(user, class, now.tick)
    }

    pub(super) fn believed(&self, now: Now) -> Result<UnixMillis, ErrorCode> {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        clock.check(now).map_err(|jump| {
            tracing::error!(ahead_ms = jump.ahead, "the clock jumped forward: nothing is stored");
            ErrorCode::ServerFailed
        })
    }
}

/// The code of a refusal, where the kind of conversation makes no difference.
pub(super) fn refusal(error: StoreError) -> ErrorCode {
    match error {
        StoreError::ClientIdReused => ErrorCode::MessageIdReused,
        StoreError::NotMember
        | StoreError::NoSuchRoom
        | StoreError::RoomFull
        | StoreError::NoSuchMessage
        | StoreError::NotOwnMessage
        | StoreError::TooLate => ErrorCode::InvalidArgument,
        StoreError::Failed(text) => {
            tracing::error!(error = %text, "the store failed");
            ErrorCode::ServerFailed
        }
    }
}

/// Answers carry a code as u16.
fn wire_number(code: ErrorCode) -> u16 {
    u16::try_from(code.number()).unwrap_or(1)
}

#[cfg(test)]
mod tests;
