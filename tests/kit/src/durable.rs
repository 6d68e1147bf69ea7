//! The disk under the server: a store that outlives every process of it.

mod accounts;
mod chatrooms;
mod platform;
mod services;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{
    ClientMessageId, ConversationId, ConversationKind, MessageUid, TargetId, UserId,
};
use hongyan::time::UnixMillis;
use hongyan_server::store::memory::MemoryStore;
use hongyan_server::store::{
    Blacklists, ConversationLists, ConversationQuery, ConversationRow, Head, HistoryPage,
    HistoryQuery, InboxAge, Inboxes, Members, NewMessage, NewRoom, Page, Profile, Profiles,
    PullFrom, Reader, Receipts, Retention, Role, Room, RoomChange, RoomInfo, SetVersions, Setting,
    Settings, Store, StoreError, Stored, Swept, UserChange, UserSettings, VersionedSetting,
};
pub use hongyan_server::store::{Histories, ImportedMessage};

/// One store; clones share it.
#[derive(Clone, Debug)]
pub struct Durable {
    store: Arc<MemoryStore>,
    failing: Arc<AtomicBool>,
}

impl Durable {
    /// An empty store.
    pub fn new(seed: u64) -> Self {
        Self { store: Arc::new(MemoryStore::new(seed, "epoch-1")), failing: Arc::default() }
    }

    /// What it holds now, to be restored under another epoch.
    #[must_use]
    pub fn copy(&self, epoch: &str) -> Self {
        Self { store: Arc::new(self.store.copy(epoch)), failing: Arc::clone(&self.failing) }
    }

    /// Whether there is a message of this name.
    pub fn holds(&self, uid: &MessageUid) -> bool {
        self.store.holds(uid)
    }

    fn refuses(&self) -> Result<(), StoreError> {
        let failing = self.failing.load(Ordering::Relaxed);
        if failing { Err(StoreError::Failed("told to fail".into())) } else { Ok(()) }
    }

    /// Refuses to store anything, or takes messages again.
    pub fn set_failing(&self, failing: bool) {
        self.failing.store(failing, Ordering::Relaxed);
    }
}

impl Store for Durable {
    fn epoch(&self) -> &str {
        self.store.epoch()
    }
}

impl Inboxes for Durable {
    async fn append_then<F>(&self, message: NewMessage, committed: F) -> Result<Stored, StoreError>
    where
        F: FnOnce(&Stored) + Send + 'static,
    {
        self.refuses()?;
        self.store.append_then(message, committed).await
    }

    fn answered(
        &self,
        sender: &UserId,
        conversation: &ConversationId,
        client_id: ClientMessageId,
        sent: (&ByteString, &Bytes),
    ) -> impl Future<Output = Result<Option<Stored>, StoreError>> + Send {
        self.store.answered(sender, conversation, client_id, sent)
    }

    fn pull(
        &self,
        user: &UserId,
        from: PullFrom,
        limit: u32,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send {
        self.store.pull(user, from, limit)
    }

    fn head(&self, user: &UserId) -> impl Future<Output = Result<Head, StoreError>> + Send {
        self.store.head(user)
    }
}

impl ConversationLists for Durable {
    fn conversations(
        &self,
        user: &UserId,
        query: ConversationQuery,
    ) -> impl Future<Output = Result<(Vec<ConversationRow>, u64), StoreError>> + Send {
        self.store.conversations(user, query)
    }

    async fn remove_conversation(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        until: UnixMillis,
    ) -> Result<Option<UnixMillis>, StoreError> {
        self.refuses()?;
        self.store.remove_conversation(user, conversation, until).await
    }

    fn mark_read(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        time: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.mark_read(user, conversation, time)
    }

    fn mark_peer_read(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        time: UnixMillis,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.mark_peer_read(user, conversation, time)
    }
}

impl Members for Durable {
    fn create_room(
        &self,
        room: NewRoom,
    ) -> impl Future<Output = Result<TargetId, StoreError>> + Send {
        self.store.create_room(room)
    }

    fn join_room(
        &self,
        room: &ConversationId,
        users: &[UserId],
        now: UnixMillis,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        self.store.join_room(room, users, now)
    }

    fn leave_room(
        &self,
        room: &ConversationId,
        users: &[UserId],
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        self.store.leave_room(room, users)
    }

    fn dismiss_room(
        &self,
        room: &ConversationId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.dismiss_room(room)
    }

    fn change_room(
        &self,
        room: &ConversationId,
        change: RoomChange,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.change_room(room, change)
    }

    fn set_role(
        &self,
        room: &ConversationId,
        user: &UserId,
        role: Role,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.set_role(room, user, role)
    }

    fn room(
        &self,
        room: &ConversationId,
    ) -> impl Future<Output = Result<Option<Room>, StoreError>> + Send {
        self.store.room(room)
    }

    fn is_member(
        &self,
        room: &ConversationId,
        user: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.is_member(room, user)
    }

    fn rooms_of(
        &self,
        user: &UserId,
        kind: ConversationKind,
    ) -> impl Future<Output = Result<Vec<RoomInfo>, StoreError>> + Send {
        self.store.rooms_of(user, kind)
    }
}

impl Receipts for Durable {
    fn record_read(
        &self,
        room: &ConversationId,
        reader: &UserId,
        uids: &[MessageUid],
        now: UnixMillis,
    ) -> impl Future<Output = Result<Vec<(MessageUid, UserId)>, StoreError>> + Send {
        self.store.record_read(room, reader, uids, now)
    }

    fn readers(
        &self,
        room: &ConversationId,
        uid: &MessageUid,
    ) -> impl Future<Output = Result<Vec<Reader>, StoreError>> + Send {
        self.store.readers(room, uid)
    }
}

impl Profiles for Durable {
    fn put_profile(
        &self,
        user: &UserId,
        profile: Profile,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.put_profile(user, profile)
    }

    fn profile(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Profile>, StoreError>> + Send {
        self.store.profile(user)
    }
}

impl Histories for Durable {
    fn history(
        &self,
        user: &UserId,
        query: HistoryQuery,
    ) -> impl Future<Output = Result<HistoryPage, StoreError>> + Send {
        self.store.history(user, query)
    }

    fn undeleted(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        uids: &[MessageUid],
    ) -> impl Future<Output = Result<Vec<MessageUid>, StoreError>> + Send {
        self.store.undeleted(user, conversation, uids)
    }

    fn uncleared(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        until: UnixMillis,
    ) -> impl Future<Output = Result<Option<UnixMillis>, StoreError>> + Send {
        self.store.uncleared(user, conversation, until)
    }

    fn import(
        &self,
        messages: Vec<ImportedMessage>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.import(messages)
    }
}

impl Settings for Durable {
    fn set(
        &self,
        user: &UserId,
        settings: Vec<Setting>,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<SetVersions>, StoreError>> + Send {
        self.store.set(user, settings, now)
    }

    fn settings_after(
        &self,
        user: &UserId,
        version: i64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<VersionedSetting>, StoreError>> + Send {
        self.store.settings_after(user, version, limit)
    }

    fn setting(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        item: i32,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send {
        self.store.setting(user, conversation, item)
    }

    fn user_settings(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<UserSettings, StoreError>> + Send {
        self.store.user_settings(user)
    }

    fn change_user_settings(
        &self,
        user: &UserId,
        change: UserChange,
        now: UnixMillis,
    ) -> impl Future<Output = Result<i64, StoreError>> + Send {
        self.store.change_user_settings(user, change, now)
    }

    fn set_offline_days(
        &self,
        user: &UserId,
        days: u8,
        known: i64,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send {
        self.store.set_offline_days(user, days, known, now)
    }
}

impl Blacklists for Durable {
    fn block(
        &self,
        user: &UserId,
        blocked: &[UserId],
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.block(user, blocked)
    }

    fn unblock(
        &self,
        user: &UserId,
        blocked: &[UserId],
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.unblock(user, blocked)
    }

    fn blacklist(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send {
        self.store.blacklist(user)
    }

    fn blocks(
        &self,
        user: &UserId,
        other: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.blocks(user, other)
    }
}

impl Retention for Durable {
    fn sweep_inboxes(
        &self,
        age: InboxAge,
        after: Option<UserId>,
        limit: u32,
    ) -> impl Future<Output = Result<Swept, StoreError>> + Send {
        self.store.sweep_inboxes(age, after, limit)
    }

    fn sweep_messages(
        &self,
        oldest: UnixMillis,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        self.store.sweep_messages(oldest, limit)
    }
}
