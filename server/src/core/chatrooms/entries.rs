//! The entries of a chatroom: who may change them, and who hears of it.

use hongyan::error::ErrorCode;
use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;
use std::sync::Arc;

use super::super::announce::{Announcement, volatile};
use super::super::ask::EntryWish;
use super::super::clock::Now;
use super::super::hub::SessionId;
use super::super::limits::{check_content, is_entry_key, is_entry_value};
use super::super::outside::frame_of;
use super::super::serve::{Core, refusal};
use super::room::Room;
use super::{
    ENTRIES_OFF, NO_SUCH_ENTRY, NO_SUCH_ROOM, NOT_OWN_ENTRY, TOO_MANY_ENTRIES, conversation,
};
use crate::store::{Entries, EntryChange, EntryRefusal, Store, Stored};

/// The class of the message that tells of a changed entry.
pub const ENTRY_NOTICE: &str = "RC:chrmKVNotiMsg";

fn code_of(refusal: EntryRefusal) -> ErrorCode {
    match refusal {
        EntryRefusal::NoSuchRoom => NO_SUCH_ROOM,
        EntryRefusal::TooMany => TOO_MANY_ENTRIES,
        EntryRefusal::NotOwn => NOT_OWN_ENTRY,
        EntryRefusal::NoSuchKey => NO_SUCH_ENTRY,
    }
}

impl<S: Store> Core<S> {
    pub(super) async fn change_entry(
        &self,
        room: &Arc<Room>,
        user: &UserId,
        session: SessionId,
        wish: EntryWish,
        now: Now,
    ) -> Result<(), ErrorCode> {
        if !self.settings().chatrooms.entries {
            return Err(ENTRIES_OFF);
        }
        if let Some((class, content, _)) = &wish.notice {
            check_content(class, content)?;
            if &**class != ENTRY_NOTICE {
                return Err(ErrorCode::InvalidArgument);
            }
        }
        self.check_entry(&wish)?;
        self.take_stored(user, now)?;
        let notice = wish.notice.clone();
        self.put_entry(room, user, Some(session), wish, now).await?;
        if let Some((object_name, content, flags)) = notice {
            let conversation = conversation(&room.id);
            let message = Announcement {
                sender: user.detached(),
                original: frame_of(&conversation, &object_name, &content, flags, &[]),
                conversation,
                object_name,
                content,
                flags,
                client_id: None,
                mentions: None,
                origin: Some(session),
                sent_as: None,
            };
            self.say_without_leave(room, message, now).await?;
        }
        Ok(())
    }

    /// A message that no rule stops.
    pub(super) async fn say_without_leave(
        &self,
        room: &Arc<Room>,
        message: Announcement,
        now: Now,
    ) -> Result<Stored, ErrorCode> {
        if message.flags.stored() {
            return self.store_said(room, message, now).await;
        }
        room.say_volatile(message, self.believed(now)?);
        Ok(volatile(now.wall))
    }

    pub(super) fn check_entry(&self, wish: &EntryWish) -> Result<(), ErrorCode> {
        let fits = is_entry_key(&wish.key)
            && wish.value.as_ref().is_none_or(|value| is_entry_value(value));
        if fits { Ok(()) } else { Err(ErrorCode::InvalidArgument) }
    }

    /// Changes an entry and tells everybody who is in the room, but for the session that did it.
    pub(super) async fn put_entry(
        &self,
        room: &Arc<Room>,
        setter: &UserId,
        origin: Option<SessionId>,
        wish: EntryWish,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let EntryWish { key, value, auto_delete, overwrite, notice: _ } = wish;
        let wall = self.believed(now)?;
        let setter = setter.detached();
        let change = EntryChange { key, value, setter, auto_delete, overwrite, now: wall };
        let changed = self.store().change_chatroom_entry(&room.id, change).await;
        let time = changed.map_err(refusal)?.map_err(code_of)?;
        room.entries_changed(time, origin, wall);
        Ok(())
    }

    pub(super) async fn entries(
        &self,
        room: &TargetId,
        after: UnixMillis,
    ) -> Result<Entries, ErrorCode> {
        if !self.settings().chatrooms.entries {
            return Err(ENTRIES_OFF);
        }
        let found = self.store().chatroom_entries(room, after).await.map_err(refusal)?;
        found.ok_or(NO_SUCH_ROOM)
    }

    /// Somebody has left: those of its entries go that are to go with it. If they cannot now, they
    /// will.
    pub(super) async fn entries_go(
        &self,
        id: &TargetId,
        user: &UserId,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let gone = self.remove_entries_of(id, user, now).await;
        if gone.is_err() {
            self.hub().chatrooms().was_in(user.detached(), id.clone());
        }
        gone
    }

    async fn remove_entries_of(
        &self,
        id: &TargetId,
        user: &UserId,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let wall = self.believed(now)?;
        let gone = self.store().remove_chatroom_entries_of(id, user, wall).await;
        let time = gone.map_err(refusal)?;
        if let (Some(time), Some(room)) = (time, self.hub().chatrooms().find(id)) {
            room.entries_changed(time, None, wall);
        }
        Ok(())
    }
}
