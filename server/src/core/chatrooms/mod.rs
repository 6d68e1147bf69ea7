//! Chatrooms: rooms that anybody comes into and leaves, with many members and no inboxes. What is
//! said goes to everybody who is there: frames are written once, and members whose client cannot
//! be pushed to hear a doorbell and pull. Who is in a room is known to this process alone; rooms,
//! rules, entries and the history outlive it.
//!
//! ```text
//!   message ─▶ store ─▶ log ─┬─▶ s_msg   extended sessions that were given everything before
//!              (commit order) └─▶ s_ntf   the others ─▶ chrmPull ─▶ log, or the history
//! ```

mod entries;
mod load;
mod log;
mod outside;
mod registry;
mod room;
mod rules;
mod saying;
mod tidy;

use std::sync::Arc;

use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};
use hongyan::signal::server::PageWriter;
use hongyan::time::UnixMillis;

use super::ask::{ChatroomAsk, ChatroomTold, Told};
use super::clock::Now;
use super::hub::SessionId;
use super::limits::{MAX_CHATROOM_MEMBERS, MAX_CHATROOM_NEWEST, MAX_CHATROOM_PAGE, is_id};
use super::serve::{Core, refusal};
use crate::store::{HistoryDirection, HistoryFrom, HistoryPage, HistoryQuery, NewChatroom, Store};

pub use self::log::{ChatroomHead, ChatroomPage};
pub use self::outside::RoomRule;
pub use self::registry::{Chatrooms, MAX_ROOMS};
pub use self::room::{ChatroomFrames, Entering, Joined, MemberOrder, Room};

use self::log::{Logged, RoomLog};
use self::rules::Rules;

/// `FORBIDDEN_IN_CHATROOM`: muted.
pub const FORBIDDEN: ErrorCode = ErrorCode::from_number(23408);
/// `RC_CHATROOM_USER_KICKED`: blocked.
pub const KICKED: ErrorCode = ErrorCode::from_number(23409);
/// `RC_CHATROOM_NOT_EXIST`.
pub const NO_SUCH_ROOM: ErrorCode = ErrorCode::from_number(23410);
/// `RC_CHATROOM_IS_FULL`.
pub const FULL: ErrorCode = ErrorCode::from_number(23411);
/// `RC_CHATROOM_PATAMETER_INVALID`: an id that names no room.
pub const BAD_ROOM: ErrorCode = ErrorCode::from_number(23412);
/// The same: the user is in [`MAX_ROOMS`] rooms.
pub const TOO_MANY_ROOMS: ErrorCode = BAD_ROOM;
/// `CHATROOM_KV_EXCEED`: there are as many entries as there may be.
pub const TOO_MANY_ENTRIES: ErrorCode = ErrorCode::from_number(23423);
/// `CHATROOM_KV_OVERWRITE_INVALID`: somebody else set the entry.
pub const NOT_OWN_ENTRY: ErrorCode = ErrorCode::from_number(23424);
/// `CHATROOM_KV_STORE_NOT_OPEN`: entries are switched off.
pub const ENTRIES_OFF: ErrorCode = ErrorCode::from_number(23426);
/// `CHATROOM_KEY_NOT_EXIST`.
pub const NO_SUCH_ENTRY: ErrorCode = ErrorCode::from_number(23427);

/// So many messages of the history are read when a room comes into use.
const LOADED: u32 = 100;

/// What an operator may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatroomSettings {
    /// Whether coming into a room that is not there makes it.
    pub made_by_joining: bool,
    /// The most members; 0 for no limit.
    pub capacity: u32,
    /// How long a member without a session stays, in ms.
    pub grace: u64,
    /// After how many ms without use a room is destroyed; 0 for never.
    pub idle: u64,
    /// So many messages of a room are kept.
    pub history: u32,
    /// The most messages a second in one room; 0 for no limit.
    pub rate: u32,
    /// Whether rooms have entries.
    pub entries: bool,
}

impl Default for ChatroomSettings {
    fn default() -> Self {
        Self {
            made_by_joining: false,
            capacity: 0,
            grace: 30_000,
            idle: 3_600_000,
            history: 10_000,
            rate: 200,
            entries: true,
        }
    }
}

/// The conversation of a room.
pub fn conversation(room: &TargetId) -> ConversationId {
    ConversationId { kind: ConversationKind::Chatroom, target: room.clone() }
}

impl<S: Store> Core<S> {
    pub(super) async fn serve_chatroom(
        &self,
        user: &UserId,
        session: SessionId,
        id: TargetId,
        ask: ChatroomAsk,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        if !is_id(id.as_str()) {
            return Err(BAD_ROOM);
        }
        if ask == ChatroomAsk::Join {
            let joined = self.join_chatroom(user, session, &id, now).await?;
            return Ok(Told::Chatroom(id, ChatroomTold::Joined(joined)));
        }
        let room = self.chatroom_of(user, &id, now).await?;
        let told = match ask {
            // Served above.
            ChatroomAsk::Join | ChatroomAsk::Head => ChatroomTold::Head(room.head()),
            ChatroomAsk::Exit => {
                if self.hub().chatrooms().exit(&room, user, session, now) {
                    self.entries_go(&room.id, user, now).await?;
                }
                ChatroomTold::Left
            }
            ChatroomAsk::Members(count, order) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX).min(MAX_CHATROOM_MEMBERS);
                let (total, members) = room.members(count, order);
                ChatroomTold::Members(total, members)
            }
            ChatroomAsk::Newest(count) => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                ChatroomTold::Page(room.newest(count.min(MAX_CHATROOM_NEWEST)))
            }
            ChatroomAsk::After(time) => {
                ChatroomTold::Page(self.chatroom_page(&room, time, session).await?)
            }
            ChatroomAsk::ChangeEntry(wish) => {
                self.change_entry(&room, user, session, wish, now).await?;
                ChatroomTold::EntryChanged
            }
            ChatroomAsk::Entries(after) => ChatroomTold::Entries(self.entries(&id, after).await?),
        };
        Ok(Told::Chatroom(id, told))
    }

    async fn join_chatroom(
        &self,
        user: &UserId,
        session: SessionId,
        id: &TargetId,
        now: Now,
    ) -> Result<Joined, ErrorCode> {
        let settings = self.settings().chatrooms;
        let room = match self.chatroom(id, now).await? {
            Some(room) => room,
            None if settings.made_by_joining => {
                self.take_stored(user, now)?;
                self.make_chatroom(id, None, now).await?;
                self.chatroom(id, now).await?.ok_or(NO_SUCH_ROOM)?
            }
            None => return Err(NO_SUCH_ROOM),
        };
        self.hub().enter(&room, user, session, settings.capacity, now)
    }

    /// Makes a room, or gives one that is there another name.
    ///
    /// # Errors
    /// The store failed, or the clock is not to be believed.
    pub async fn make_chatroom(
        &self,
        id: &TargetId,
        name: Option<String>,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let new = NewChatroom { id: id.detached(), name, now: self.believed(now)? };
        let _change = self.hub().chatrooms().to_change().await;
        let info = self.store().make_chatroom(new).await.map_err(refusal)?;
        if let Some(room) = self.hub().chatrooms().find_changed(id) {
            room.set_info(info);
        }
        Ok(())
    }

    /// A room that the user is in.
    async fn chatroom_of(
        &self,
        user: &UserId,
        id: &TargetId,
        now: Now,
    ) -> Result<Arc<Room>, ErrorCode> {
        if let Some(room) = self.hub().chatrooms().find(id) {
            let refusal = room.refusal_of(user, now.wall);
            return if room.has(user) { Ok(room) } else { Err(refusal) };
        }
        let found = self.store().chatroom(id).await.map_err(refusal)?;
        Err(if found.is_some() { ErrorCode::NotInChatroom } else { NO_SUCH_ROOM })
    }

    /// A room, in use or not; `None` if there is none.
    pub(super) async fn chatroom(
        &self,
        id: &TargetId,
        now: Now,
    ) -> Result<Option<Arc<Room>>, ErrorCode> {
        let rooms = self.hub().chatrooms();
        loop {
            if let Some(room) = rooms.find_to_use(id, now.tick) {
                return Ok(Some(room));
            }
            let outdated = rooms.outdated();
            let Some(info) = self.store().chatroom(id).await.map_err(refusal)? else {
                return Ok(None);
            };
            let rules = self.store().chatroom_rules(Some(id)).await.map_err(refusal)?;
            let log = self.loaded(id, info.created).await?;
            let rate = self.settings().chatrooms.rate;
            let room = Room::new(info, Rules::new(rules), log, rate, now.tick);
            if let Some(room) = rooms.add(room, outdated) {
                return Ok(Some(room));
            }
        }
    }

    async fn loaded(&self, id: &TargetId, since: UnixMillis) -> Result<RoomLog, ErrorCode> {
        let query = HistoryQuery {
            conversation: conversation(id),
            direction: HistoryDirection::Older,
            from: HistoryFrom::End,
            count: LOADED,
            whole_millis: false,
        };
        let reader = UserId::default();
        let page = self.store().history(&reader, query).await.map_err(refusal)?;
        let messages = page.rows.iter().rev().map(|message| Logged {
            time: message.sent_time,
            uid: message.uid.clone(),
            kept: true,
            row: room::row(id, message),
            origin: None,
        });
        Ok(RoomLog::new(messages.collect(), page.more, since))
    }

    async fn chatroom_page(
        &self,
        room: &Room,
        after: UnixMillis,
        reader: SessionId,
    ) -> Result<ChatroomPage, ErrorCode> {
        if let Some(page) = room.after(after, reader) {
            return Ok(page);
        }
        let query = HistoryQuery {
            conversation: conversation(&room.id),
            direction: HistoryDirection::Newer,
            from: HistoryFrom::Time(after),
            count: u32::try_from(MAX_CHATROOM_PAGE).unwrap_or(u32::MAX),
            whole_millis: true,
        };
        let nobody = UserId::default();
        let page = self.store().history(&nobody, query).await.map_err(refusal)?;
        Ok(old_page(room, after, &page, reader))
    }

    /// What holds in all rooms.
    pub(super) async fn rules_everywhere(&self) -> Result<Arc<Rules>, ErrorCode> {
        if let Some(rules) = self.hub().chatrooms().everywhere() {
            return Ok(rules);
        }
        let _change = self.hub().chatrooms().to_change().await;
        let rules = self.store().chatroom_rules(None).await.map_err(refusal)?;
        Ok(self.hub().chatrooms().set_everywhere(Rules::new(rules)))
    }
}

/// A page from the history, for who was away for long. It is never the last: the newest messages,
/// and those that are not kept, are in the log.
fn old_page(room: &Room, after: UnixMillis, page: &HistoryPage, reader: SessionId) -> ChatroomPage {
    let me = UserId::default();
    let mut writer = PageWriter::new(&me);
    let mut last = after;
    for message in &page.rows {
        if !writer.push_body(&room::row(&room.id, message)) {
            break;
        }
        last = message.sent_time;
    }
    if last == after {
        // Nothing was kept between that time and the log.
        return room.all(reader);
    }
    ChatroomPage { body: writer.finish(last, false, None), reached: 0, head: room.head() }
}
