//! Carries out what a connection asks.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::UserId;
use hongyan::time::UnixMillis;

use super::announce::{Announcement, volatile};
use super::ask::{Ask, Login, Told};
use super::clock::{ClockGuard, Now};
use super::hub::{Hub, SessionId};
use super::limits::{MAX_CONVERSATIONS, MAX_PAGE, check_message};
use super::rate::{MessageClass, SendBuckets, SendRate};
use crate::store::{ConversationQuery, NewMessage, PullFrom, Store, StoreError};

/// What an operator may choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// How fast a user may send.
    pub send_rate: SendRate,
    /// Whether several logins of a user stand side by side.
    pub multi_device: bool,
}

/// The rules around one store.
pub struct Core<S> {
    store: S,
    hub: Arc<Hub>,
    clock: Mutex<ClockGuard>,
    buckets: Mutex<SendBuckets>,
}

impl<S: Store> Core<S> {
    /// Nobody is online yet.
    pub fn new(store: S, settings: Settings) -> Self {
        Self {
            store,
            hub: Arc::new(Hub::new(settings.multi_device)),
            clock: Mutex::default(),
            buckets: Mutex::new(SendBuckets::new(settings.send_rate)),
        }
    }

    /// What is kept.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Who is online.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Carries out one ask of a session. Asks of one session that matter to each other (two sends
    /// into a conversation) must be served one after the other.
    ///
    /// What was sent is stored and announced even if the returned future is dropped half way.
    pub async fn serve(&self, login: &Login, session: SessionId, ask: Ask, now: Now) -> Told {
        let user = &login.user;
        let told = match ask {
            Ask::Send { conversation, object_name, content, flags, client_id, original } => {
                let announcement = Announcement {
                    sender: user.detached(),
                    conversation,
                    object_name,
                    content,
                    flags,
                    client_id,
                    origin: session,
                    original,
                };
                self.send(announcement, now).await
            }
            Ask::Pull { from, limit } => self.pull(user, from, limit).await,
            Ask::Conversations(query) => self.conversations(user, query).await,
            Ask::RemoveConversation(conversation) => {
                let removed = self.store.remove_conversation(user, &conversation).await;
                removed.map(|()| Told::Done).map_err(refusal)
            }
            Ask::MarkRead(conversation, time) => {
                let marked = self.store.mark_read(user, &conversation, time).await;
                marked.map(|()| Told::Done).map_err(refusal)
            }
        };
        told.unwrap_or_else(|code| Told::Refused(wire_number(code)))
    }

    async fn send(&self, message: Announcement, now: Now) -> Result<Told, ErrorCode> {
        check_message(&message.conversation, &message.object_name, &message.content)?;
        if !message.flags.stored() {
            return Ok(self.pass_on(&message, now));
        }
        if !self.take(&message.sender, MessageClass::Stored, now) {
            return Err(ErrorCode::SendTooFast);
        }
        let wall = self.believed(now)?;
        let hub = Arc::clone(&self.hub);
        let stored = self
            .store
            .append_then(new_message(&message, wall), move |stored| message.stored(stored, &hub));
        stored.await.map(Told::Sent).map_err(refusal)
    }

    /// A volatile message: those who are online get it, or nobody. Too many of them are dropped
    /// without a word, because nobody waits for one.
    fn pass_on(&self, message: &Announcement, now: Now) -> Told {
        if self.take(&message.sender, MessageClass::Volatile, now) {
            let receiver = UserId::from(message.conversation.target.as_str());
            message.passing(&receiver, now.wall, &self.hub);
        }
        Told::Sent(volatile(now.wall))
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

    fn take(&self, user: &UserId, class: MessageClass, now: Now) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.take(user, class, now.tick)
    }

    fn believed(&self, now: Now) -> Result<UnixMillis, ErrorCode> {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        clock.check(now).map_err(|jump| {
            tracing::error!(ahead_ms = jump.ahead, "the clock jumped forward: nothing is stored");
            ErrorCode::ServerFailed
        })
    }
}

/// A private message: the target is the receiver.
fn new_message(message: &Announcement, now: UnixMillis) -> NewMessage {
    NewMessage {
        sender: message.sender.clone(),
        conversation: message.conversation.clone(),
        receivers: vec![UserId::from(message.conversation.target.as_str())],
        object_name: message.object_name.clone(),
        content: message.content.clone(),
        flags: message.flags,
        client_id: message.client_id,
        relayed: Bytes::new(),
        now,
    }
}

fn refusal(error: StoreError) -> ErrorCode {
    match error {
        StoreError::ClientIdReused => ErrorCode::MessageIdReused,
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
