//! Chatrooms.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, ready};
use std::ops::Bound::{Excluded, Unbounded};

use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};
use hongyan::time::UnixMillis;

use super::super::conversation::key;
use super::super::{
    Chatroom, ChatroomChange, ChatroomRule, ChatroomRuleKind, Chatrooms, Entries, Entry,
    EntryChange, EntryIndex, EntryRefusal, NewChatroom, StoreError,
};
use super::{Kept, MemoryStore};

/// One chatroom.
#[derive(Clone, Debug)]
struct KeptRoom {
    room: Chatroom,
    index: EntryIndex,
    /// By key.
    values: BTreeMap<String, String>,
}

/// Everything of chatrooms but what was said in them.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptRooms {
    rooms: BTreeMap<TargetId, KeptRoom>,
    rules: BTreeMap<(Option<TargetId>, ChatroomRuleKind, String), Option<UnixMillis>>,
}

fn conversation_key(room: &TargetId) -> String {
    let conversation = ConversationId { kind: ConversationKind::Chatroom, target: room.clone() };
    key(&UserId::default(), &conversation)
}

impl KeptRoom {
    fn entry(&self, key: &str) -> Option<Entry> {
        let mark = self.index.marks.get(key)?.clone();
        let value = self.values.get(key).filter(|_| !mark.removed).cloned().unwrap_or_default();
        Some(Entry { key: key.to_owned(), value, mark })
    }

    fn entries(&self, after: UnixMillis) -> Entries {
        let full = self.index.is_full(after);
        let wanted = self
            .index
            .marks
            .iter()
            .filter(|(_, mark)| if full { !mark.removed } else { mark.time > after });
        let mut entries: Vec<Entry> = wanted.filter_map(|(key, _)| self.entry(key)).collect();
        entries.sort_by_key(|entry| entry.mark.time);
        Entries { entries, full, head: self.index.head }
    }
}

impl Kept {
    fn with_last_message(&self, room: &Chatroom) -> Chatroom {
        let newest = self.newest.get(&conversation_key(&room.id)).copied();
        Chatroom { last_message: newest.unwrap_or(UnixMillis::ZERO), ..room.clone() }
    }

    fn trim_chatroom(&mut self, room: &TargetId, keep: u32, limit: u32) -> u64 {
        let key = conversation_key(room);
        let history = self.histories.get(&key);
        let kept_from = history.and_then(|history| {
            let nth = usize::try_from(keep).unwrap_or(usize::MAX).checked_sub(1)?;
            history.keys().rev().nth(nth).map(|(time, _)| *time)
        });
        let all = keep == 0;
        let old = |time: UnixMillis| all || kept_from.is_some_and(|from| time < from);
        let mut removed = 0;
        for index in self.first_message..self.messages.len() {
            let Some(slot) = self.messages.get_mut(index) else { break };
            let gone = slot.take_if(|message| {
                removed < u64::from(limit) && message.key == key && old(message.sent_time)
            });
            if let Some(message) = gone {
                removed += 1;
                self.forget_message(index, message);
            }
        }
        removed
    }
}

impl Chatrooms for MemoryStore {
    fn make_chatroom(
        &self,
        room: NewChatroom,
    ) -> impl Future<Output = Result<Chatroom, StoreError>> + Send {
        let mut kept = self.kept();
        let NewChatroom { id, name, now } = room;
        let made = kept.chatrooms.rooms.entry(id.detached()).or_insert_with(|| KeptRoom {
            room: Chatroom {
                id: id.detached(),
                name: id.as_str().to_owned(),
                created: now,
                last_message: UnixMillis::ZERO,
                muted: false,
                kept_alive: false,
                paused: false,
            },
            index: EntryIndex::default(),
            values: BTreeMap::new(),
        });
        if let Some(name) = name {
            made.room.name = name;
        }
        let room = made.room.clone();
        ready(Ok(kept.with_last_message(&room)))
    }

    fn destroy_chatroom(
        &self,
        room: &TargetId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let mut kept = self.kept();
        kept.trim_chatroom(room, 0, u32::MAX);
        kept.chatrooms.rules.retain(|(scope, ..), _| scope.as_ref() != Some(room));
        ready(Ok(kept.chatrooms.rooms.remove(room).is_some()))
    }

    fn change_chatroom(
        &self,
        room: &TargetId,
        change: ChatroomChange,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let mut kept = self.kept();
        let found = kept.chatrooms.rooms.get_mut(room);
        ready(Ok(found.is_some_and(|KeptRoom { room, .. }| {
            room.muted = change.muted.unwrap_or(room.muted);
            room.kept_alive = change.kept_alive.unwrap_or(room.kept_alive);
            room.paused = change.paused.unwrap_or(room.paused);
            true
        })))
    }

    fn chatroom(
        &self,
        room: &TargetId,
    ) -> impl Future<Output = Result<Option<Chatroom>, StoreError>> + Send {
        let kept = self.kept();
        let found = kept.chatrooms.rooms.get(room);
        ready(Ok(found.map(|found| kept.with_last_message(&found.room))))
    }

    fn chatrooms(
        &self,
        after: Option<&TargetId>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Chatroom>, StoreError>> + Send {
        let kept = self.kept();
        let from = after.map_or(Unbounded, Excluded);
        let rooms = kept.chatrooms.rooms.range::<TargetId, _>((from, Unbounded));
        let rooms = rooms.take(limit as usize).map(|(_, room)| kept.with_last_message(&room.room));
        ready(Ok(rooms.collect()))
    }

    fn set_chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        rules: Vec<ChatroomRule>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let mut kept = self.kept();
        let scope = scope.map(TargetId::detached);
        for ChatroomRule { kind, subject, until } in rules {
            kept.chatrooms.rules.insert((scope.clone(), kind, subject), until);
        }
        ready(Ok(()))
    }

    fn lift_chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        kind: ChatroomRuleKind,
        subjects: Vec<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let mut kept = self.kept();
        for subject in subjects {
            kept.chatrooms.rules.remove(&(scope.cloned(), kind, subject));
        }
        ready(Ok(()))
    }

    fn chatroom_rules(
        &self,
        scope: Option<&TargetId>,
    ) -> impl Future<Output = Result<Vec<ChatroomRule>, StoreError>> + Send {
        let kept = self.kept();
        let all = kept.chatrooms.rules.iter().filter(|((of, ..), _)| of.as_ref() == scope);
        let rules = all.map(|((_, kind, subject), until)| ChatroomRule {
            kind: *kind,
            subject: subject.clone(),
            until: *until,
        });
        ready(Ok(rules.collect()))
    }

    fn change_chatroom_entry(
        &self,
        room: &TargetId,
        change: EntryChange,
    ) -> impl Future<Output = Result<Result<UnixMillis, EntryRefusal>, StoreError>> + Send {
        let mut kept = self.kept();
        let found = kept.chatrooms.rooms.get_mut(room).ok_or(EntryRefusal::NoSuchRoom);
        ready(Ok(found.and_then(|room| {
            room.index.change(&change)?;
            room.values.insert(change.key, change.value.unwrap_or_default());
            let KeptRoom { index, values, .. } = room;
            values.retain(|key, _| index.marks.contains_key(key));
            Ok(index.head)
        })))
    }

    fn remove_chatroom_entries_of(
        &self,
        room: &TargetId,
        setter: &UserId,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<UnixMillis>, StoreError>> + Send {
        let mut kept = self.kept();
        let found = kept.chatrooms.rooms.get_mut(room);
        ready(Ok(found.and_then(|room| {
            let touched = room.index.remove_of(setter, now);
            (!touched.is_empty()).then_some(room.index.head)
        })))
    }

    fn chatroom_entry_setters(
        &self,
    ) -> impl Future<Output = Result<Vec<(TargetId, UserId)>, StoreError>> + Send {
        let kept = self.kept();
        let setters = kept.chatrooms.rooms.iter().flat_map(|(id, room)| {
            let marks = room.index.marks.values();
            let theirs = marks.filter(|mark| mark.auto_delete && !mark.removed);
            let named = theirs.filter(|mark| !mark.setter.as_str().is_empty());
            named.map(|mark| (id.clone(), mark.setter.clone()))
        });
        let setters: BTreeSet<_> = setters.collect();
        ready(Ok(setters.into_iter().collect()))
    }

    fn chatroom_entries(
        &self,
        room: &TargetId,
        after: UnixMillis,
    ) -> impl Future<Output = Result<Option<Entries>, StoreError>> + Send {
        let kept = self.kept();
        ready(Ok(kept.chatrooms.rooms.get(room).map(|room| room.entries(after))))
    }

    fn trim_chatroom(
        &self,
        room: &TargetId,
        keep: u32,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        ready(Ok(self.kept().trim_chatroom(room, keep, limit)))
    }
}
