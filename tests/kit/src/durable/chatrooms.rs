//! Chatrooms: kept as they are told.

use std::future::Future;

use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;
use hongyan_server::store::{
    Chatroom, ChatroomChange, ChatroomRule, ChatroomRuleKind, Chatrooms, Entries, EntryChange,
    EntryRefusal, NewChatroom, StoreError,
};

use super::Durable;

impl Chatrooms for Durable {
    async fn make_chatroom(&self, room: NewChatroom) -> Result<Chatroom, StoreError> {
        self.refuses()?;
        self.store.make_chatroom(room).await
    }

    fn destroy_chatroom(
        &self,
        room: &TargetId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.destroy_chatroom(room)
    }

    fn change_chatroom(
        &self,
        room: &TargetId,
        change: ChatroomChange,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.store.change_chatroom(room, change)
    }

    fn chatroom(
        &self,
        room: &TargetId,
    ) -> impl Future<Output = Result<Option<Chatroom>, StoreError>> + Send {
        self.store.chatroom(room)
    }

    fn chatrooms(
        &self,
        after: Option<&TargetId>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Chatroom>, StoreError>> + Send {
        self.store.chatrooms(after, limit)
    }

    fn chatroom_entry_setters(
        &self,
    ) -> impl Future<Output = Result<Vec<(TargetId, UserId)>, StoreError>> + Send {
        self.store.chatroom_entry_setters()
    }

    fn set_chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        rules: Vec<ChatroomRule>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.set_chatroom_rules(scope, rules)
    }

    fn lift_chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        kind: ChatroomRuleKind,
        subjects: Vec<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.store.lift_chatroom_rules(scope, kind, subjects)
    }

    fn chatroom_rules(
        &self,
        scope: Option<&TargetId>,
    ) -> impl Future<Output = Result<Vec<ChatroomRule>, StoreError>> + Send {
        self.store.chatroom_rules(scope)
    }

    async fn change_chatroom_entry(
        &self,
        room: &TargetId,
        change: EntryChange,
    ) -> Result<Result<UnixMillis, EntryRefusal>, StoreError> {
        self.refuses()?;
        self.store.change_chatroom_entry(room, change).await
    }

    fn remove_chatroom_entries_of(
        &self,
        room: &TargetId,
        setter: &UserId,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<UnixMillis>, StoreError>> + Send {
        self.store.remove_chatroom_entries_of(room, setter, now)
    }

    fn chatroom_entries(
        &self,
        room: &TargetId,
        after: UnixMillis,
    ) -> impl Future<Output = Result<Option<Entries>, StoreError>> + Send {
        self.store.chatroom_entries(room, after)
    }

    fn trim_chatroom(
        &self,
        room: &TargetId,
        keep: u32,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        self.store.trim_chatroom(room, keep, limit)
    }
}
