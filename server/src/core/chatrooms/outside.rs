//! What the application's server does about chatrooms.

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, MessageUid, TargetId, UserId};
use hongyan::signal::MessageFlags;
use hongyan::time::UnixMillis;

use super::super::ask::EntryWish;
use super::super::clock::Now;
use super::super::command;
use super::super::limits::{check_content, is_id};
use super::super::outside::Published;
use super::super::serve::{Core, refusal};
use super::rules::Rules;
use super::{ENTRIES_OFF, MemberOrder, NO_SUCH_ROOM};
use crate::store::{
    Chatroom, ChatroomChange, ChatroomRule, ChatroomRuleKind, Entries, Recall, Store, Stored,
};

/// A rule as it is listed.
pub type RoomRule = ChatroomRule;

impl<S: Store> Core<S> {
    /// What a room is, and who is in it: how many, and up to `count` of them.
    ///
    /// # Errors
    /// There is no such room, or the store failed.
    pub async fn chatroom_info(
        &self,
        id: &TargetId,
        count: usize,
        order: MemberOrder,
    ) -> Result<(Chatroom, usize, Vec<(UserId, UnixMillis)>), ErrorCode> {
        let info = self.store().chatroom(id).await.map_err(refusal)?.ok_or(NO_SUCH_ROOM)?;
        let live = self.hub().chatrooms().find(id);
        let (total, members) = live.map_or((0, Vec::new()), |live| live.members(count, order));
        Ok((info, total, members))
    }

    /// Changes what a room is.
    ///
    /// # Errors
    /// There is no such room, or the store failed.
    pub async fn change_chatroom(
        &self,
        id: &TargetId,
        change: ChatroomChange,
    ) -> Result<(), ErrorCode> {
        let _change = self.hub().chatrooms().to_change().await;
        let changed = self.store().change_chatroom(id, change).await.map_err(refusal)?;
        if !changed {
            return Err(NO_SUCH_ROOM);
        }
        let info = self.store().chatroom(id).await.map_err(refusal)?;
        if let (Some(live), Some(info)) = (self.hub().chatrooms().find_changed(id), info) {
            live.set_info(info);
        }
        Ok(())
    }

    /// Sets rules of one kind; in all rooms if none is named. Who is blocked is put out.
    ///
    /// # Errors
    /// There is no such room, or the store failed.
    pub async fn set_chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        rules: Vec<ChatroomRule>,
        now: Now,
    ) -> Result<(), ErrorCode> {
        self.known_scope(scope).await?;
        let blocked = rules.iter().filter(|rule| rule.kind == ChatroomRuleKind::Blocked);
        let blocked: Vec<_> = blocked.map(|rule| UserId::from(rule.subject.as_str())).collect();
        let change = self.hub().chatrooms().to_change().await;
        self.store().set_chatroom_rules(scope, rules).await.map_err(refusal)?;
        self.reload_rules(scope).await?;
        drop(change);
        let live = scope.and_then(|id| self.hub().chatrooms().find(id));
        for user in blocked {
            if let Some(room) = &live
                && self.hub().chatrooms().put_out(room, &user, now)
            {
                self.entries_go(&room.id, &user, now).await?;
            }
        }
        Ok(())
    }

    /// Lifts rules of one kind.
    ///
    /// # Errors
    /// There is no such room, or the store failed.
    pub async fn lift_chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        kind: ChatroomRuleKind,
        subjects: Vec<String>,
    ) -> Result<(), ErrorCode> {
        self.known_scope(scope).await?;
        let _change = self.hub().chatrooms().to_change().await;
        self.store().lift_chatroom_rules(scope, kind, subjects).await.map_err(refusal)?;
        self.reload_rules(scope).await
    }

    /// The rules of one kind that stand.
    ///
    /// # Errors
    /// There is no such room, or the store failed.
    pub async fn chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        kind: ChatroomRuleKind,
        now: Now,
    ) -> Result<Vec<RoomRule>, ErrorCode> {
        self.known_scope(scope).await?;
        let mut rules = self.store().chatroom_rules(scope).await.map_err(refusal)?;
        rules.retain(|rule| rule.kind == kind && rule.until.is_none_or(|until| now.wall < until));
        Ok(rules)
    }

    async fn known_scope(&self, scope: Option<&TargetId>) -> Result<(), ErrorCode> {
        if let Some(id) = scope {
            self.store().chatroom(id).await.map_err(refusal)?.ok_or(NO_SUCH_ROOM)?;
        }
        Ok(())
    }

    async fn reload_rules(&self, scope: Option<&TargetId>) -> Result<(), ErrorCode> {
        let rules = self.store().chatroom_rules(scope).await.map_err(refusal)?;
        let rooms = self.hub().chatrooms();
        match scope {
            None => drop(rooms.set_everywhere(Rules::new(rules))),
            Some(id) => {
                if let Some(live) = rooms.find_changed(id) {
                    live.set_rules(Rules::new(rules));
                }
            }
        }
        Ok(())
    }

    /// Changes an entry whoever set it, in the name of `setter`; an empty one is the server. Says
    /// so by `notice` if there is one.
    ///
    /// # Errors
    /// There is no such room or entry, there would be too many, or key or value cannot be used.
    pub async fn change_chatroom_entry(
        &self,
        id: &TargetId,
        setter: &UserId,
        wish: EntryWish,
        notice: Option<Published>,
        now: Now,
    ) -> Result<(), ErrorCode> {
        if !self.settings().chatrooms.entries {
            return Err(ENTRIES_OFF);
        }
        self.check_entry(&wish)?;
        if let Some(notice) = &notice {
            check_content(&notice.object_name, &notice.content)?;
        }
        let room = self.chatroom(id, now).await?.ok_or(NO_SUCH_ROOM)?;
        let wish = EntryWish { overwrite: true, ..wish };
        self.put_entry(&room, setter, None, wish, now).await?;
        if let Some(notice) = notice {
            self.say_without_leave(&room, notice.announcement(), now).await?;
        }
        Ok(())
    }

    /// All entries of a room.
    ///
    /// # Errors
    /// There is no such room, or the store failed.
    pub async fn chatroom_entries(&self, id: &TargetId) -> Result<Entries, ErrorCode> {
        self.entries(id, UnixMillis::ZERO).await
    }

    /// Says something in a room, as whoever it is.
    pub(in super::super) async fn publish_to_chatroom(
        &self,
        published: Published,
        now: Now,
    ) -> Result<Stored, ErrorCode> {
        let target = &published.conversation.target;
        if !is_id(published.sender.as_str()) || !is_id(target.as_str()) {
            return Err(ErrorCode::InvalidArgument);
        }
        let room = self.chatroom(target, now).await?.ok_or(NO_SUCH_ROOM)?;
        self.say_without_leave(&room, published.announcement(), now).await
    }

    /// Takes back what somebody said in a room, whoever it was.
    pub(in super::super) async fn take_back_in_chatroom(
        &self,
        sender: UserId,
        conversation: ConversationId,
        uid: MessageUid,
        now: Now,
    ) -> Result<Stored, ErrorCode> {
        let room = self.chatroom(&conversation.target, now).await?.ok_or(NO_SUCH_ROOM)?;
        let wall = self.believed(now)?;
        let recall = Recall {
            object_name: command::RECALLED.into(),
            content: Bytes::from(command::recalled_content(&sender, wall)),
            uid,
            own_only: false,
            not_before: UnixMillis::new(i64::MIN),
        };
        let published = Published {
            content: Bytes::from(command::recall_content(&conversation, &recall.uid)),
            sender,
            conversation,
            only_to: Vec::new(),
            object_name: command::RECALL.into(),
            flags: MessageFlags { persisted: true, ..MessageFlags::default() },
            include_sender: true,
        };
        self.take_back_said(&room, published.announcement(), recall, now).await
    }
}
