//! The questions about chatrooms: `joinChrm`, `joinChrmR`, `exitChrm`, `queryChrmI`, `chrmPull`,
//! `setKV`, `delKV`, `pullKV`. The frame's target is the chatroom.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{TargetId, UserId};
use hongyan::proto::{
    ChrmKvEntity, ChrmKvOutput, ChrmMember, ChrmOutput, ChrmPullMsg, QueryChatroomInfoInput,
    QueryChatroomInfoOutput, QueryChrmKv, SetChrmKv,
};
use hongyan::signal::{MessageFlags, SignalError};
use hongyan::time::UnixMillis;
use prost::Message as _;

use super::super::answer::status_of;
use super::super::connection::{Asked, Connection, Question};
use super::decoded;
use crate::core::ask::{Ask, ChatroomAsk, ChatroomTold, EntryWish, Told};
use crate::core::chatrooms::{Joined, MemberOrder};
use crate::core::clock::Now;
use crate::store::{Entries, Entry};

/// The answer of what is only done: `ChrmOutput`, whose only field is required.
const DONE: &[u8] = &[0x08, 0x00];
/// Bits of an entry's `status`.
const AUTO_DELETE: i32 = 1;
const OVERWRITE: i32 = 2;
const REMOVED: i32 = 4;
/// `order` 2: who came last is first.
const NEWEST_FIRST: i32 = 2;
/// So many bytes of entries one answer carries: with what frames them, they have room in a frame.
const ENTRY_BYTES: usize = 96 * 1024;

/// Whether a topic is one of these.
pub(super) fn is_topic(topic: &str) -> bool {
    matches!(
        topic,
        "joinChrm"
            | "joinChrmR"
            | "exitChrm"
            | "queryChrmI"
            | "chrmPull"
            | "setKV"
            | "delKV"
            | "pullKV"
    )
}

/// What a question asks for.
fn read(topic: &str, body: &Bytes) -> Result<ChatroomAsk, SignalError> {
    Ok(match topic {
        "joinChrm" | "joinChrmR" => ChatroomAsk::Join,
        "exitChrm" => ChatroomAsk::Exit,
        "queryChrmI" => {
            let QueryChatroomInfoInput { count, order } = decoded(body)?;
            let order = match order {
                Some(NEWEST_FIRST) => MemberOrder::Newest,
                Some(_) | None => MemberOrder::Oldest,
            };
            ChatroomAsk::Members(u32::try_from(count).unwrap_or(0), order)
        }
        "chrmPull" => {
            let ChrmPullMsg { sync_time, count, .. } = decoded(body)?;
            match sync_time {
                // Clients write "none" as -1 or 0.
                ..=0 => ChatroomAsk::Newest(u32::try_from(count).unwrap_or(0)),
                time => ChatroomAsk::After(UnixMillis::new(time)),
            }
        }
        "setKV" => ChatroomAsk::ChangeEntry(wish(decoded(body)?, false)),
        "delKV" => ChatroomAsk::ChangeEntry(wish(decoded(body)?, true)),
        "pullKV" => ChatroomAsk::Entries(UnixMillis::new(decoded::<QueryChrmKv>(body)?.timestamp)),
        _ => return Err(SignalError::NoSuchTopic),
    })
}

/// `DeleteChrmKV` looks the same on the wire.
fn wish(request: SetChrmKv, remove: bool) -> EntryWish {
    let SetChrmKv { entry, b_notify, notification, .. } = request;
    let status = entry.status.unwrap_or(0);
    let notice = notification.filter(|_| b_notify == Some(true)).map(|notice| {
        let flags = MessageFlags::from_session_id(notice.session_id);
        (ByteString::from(notice.classname), notice.content, flags)
    });
    EntryWish {
        key: entry.key,
        value: (!remove).then_some(entry.value),
        auto_delete: status & AUTO_DELETE != 0,
        overwrite: status & OVERWRITE != 0,
        notice,
    }
}

impl Connection {
    pub(super) fn chatroom_topic(
        &mut self,
        question: Question,
        topic: &str,
        target: &ByteString,
        body: &Bytes,
    ) -> Result<(), SignalError> {
        let ask = read(topic, body)?;
        let room = TargetId::from(target.clone()).detached();
        let pulls = matches!(ask, ChatroomAsk::Newest(_) | ChatroomAsk::After(_));
        if pulls {
            self.chatroom_pull_started(&room);
        }
        let pulled = pulls.then(|| room.clone());
        self.ask(Ask::Chatroom(room, ask), Asked::Chatroom { question, pulled });
        Ok(())
    }

    /// The answer to a question about a chatroom; `pulled` if it was for messages.
    pub(in super::super) fn chatroom_told(
        &mut self,
        now: Now,
        question: Question,
        pulled: Option<TargetId>,
        told: Told,
    ) {
        let Told::Chatroom(room, told) = told else {
            if let Some(room) = pulled {
                self.chatroom_pull_failed(&room);
            }
            return self.answer(now, question, status_of(&told), Bytes::new());
        };
        match told {
            ChatroomTold::Joined(joined) => {
                self.answer(now, question, 0, joined_body(joined));
                self.chatroom_joined(room, joined.head);
            }
            ChatroomTold::Left => {
                self.chatroom_left(&room);
                self.answer(now, question, 0, Bytes::from_static(DONE));
            }
            ChatroomTold::Members(total, members) => {
                self.answer(now, question, 0, members_body(total, members));
            }
            ChatroomTold::Page(page) => {
                self.answer(now, question, 0, page.body.clone());
                self.chatroom_pull_answered(now, &room, &page);
            }
            ChatroomTold::EntryChanged => {
                self.answer(now, question, 0, Bytes::from_static(DONE));
            }
            ChatroomTold::Entries(entries) => self.entries_told(now, question, &room, entries),
            ChatroomTold::Head(head) => self.chatroom_stands(now, &room, head),
        }
    }

    /// Entries that have no room in the answer are asked for by themselves when the client is told
    /// that there are newer ones.
    fn entries_told(&mut self, now: Now, question: Question, room: &TargetId, entries: Entries) {
        let Entries { mut entries, full, head } = entries;
        let read = entries.len();
        entries.truncate(fitting(&entries));
        let more = entries.len() < read;
        let last = entries.last().map(|last| last.mark.time);
        let sync_time = last.filter(|_| more).unwrap_or(head);
        let output = ChrmKvOutput {
            entries: entries.into_iter().map(entity).collect(),
            b_full_update: Some(full),
            sync_time: Some(sync_time.get()),
            compressio_enabled: None,
            compressed_data: None,
        };
        self.answer(now, question, 0, output.encode_to_vec().into());
        if more {
            self.tell_entries_changed(now, room, head);
        }
    }
}

/// How many of these one answer carries.
fn fitting(entries: &[Entry]) -> usize {
    let mut room = ENTRY_BYTES;
    let fits = entries.iter().take_while(|entry| {
        let size = entry.key.len() + entry.value.len() + entry.mark.setter.as_str().len() + 64;
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    fits.count()
}

/// As clients apply it whoever set the entry that they have.
fn entity(entry: Entry) -> ChrmKvEntity {
    let Entry { key, value, mark } = entry;
    let status = OVERWRITE
        | if mark.auto_delete { AUTO_DELETE } else { 0 }
        | if mark.removed { REMOVED } else { 0 };
    ChrmKvEntity {
        key,
        value,
        status: Some(status),
        timestamp: Some(mark.time.get()),
        uid: Some(mark.setter.as_str().to_owned()),
        version: None,
    }
}

fn joined_body(joined: Joined) -> Bytes {
    let output = ChrmOutput {
        nothing: 0,
        session_id: None,
        join_time: Some(joined.joined.get()),
        create_time: Some(joined.created.get()),
        member_count: Some(i32::try_from(joined.members).unwrap_or(i32::MAX)),
        chatroom_ban_state: Some(i32::from(joined.muted)),
        white_list_state: Some(i32::from(joined.exempt)),
    };
    output.encode_to_vec().into()
}

fn members_body(total: usize, members: Vec<(UserId, UnixMillis)>) -> Bytes {
    let member = |(user, joined): (UserId, UnixMillis)| ChrmMember {
        time: joined.get(),
        id: user.as_str().to_owned(),
    };
    let output = QueryChatroomInfoOutput {
        user_total_nums: Some(i32::try_from(total).unwrap_or(i32::MAX)),
        user_infos: members.into_iter().map(member).collect(),
    };
    output.encode_to_vec().into()
}
