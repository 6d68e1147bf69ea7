//! Chatrooms.

use std::future::Future;

use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::super::conversation::key;
use super::super::{
    Chatroom, ChatroomChange, ChatroomRule, ChatroomRuleKind, Chatrooms, Entries, Entry,
    EntryChange, EntryIndex, EntryMark, EntryRefusal, NewChatroom, StoreError,
};
use super::SqliteStore;
use super::append::json;
use super::change::Change;

/// The columns of a chatroom.
macro_rules! room {
    ($which:literal) => {
        concat!(
            "SELECT r.id, r.name, r.created, r.muted, r.kept_alive, r.paused, r.entry_time,
                    r.entry_floor, coalesce(c.time, 0) AS last_message
             FROM chatroom r LEFT JOIN conversation c ON c.key = '4:' || r.id ",
            $which
        )
    };
}

const ROOM: &str = room!("WHERE r.id = ?1");
const ROOMS: &str = room!("WHERE r.id > ?1 ORDER BY r.id LIMIT ?2");

const RULES: &str = "SELECT kind, subject, until FROM chatroom_rule WHERE room = ?1
     ORDER BY kind, subject";

const MARKS: &str = "SELECT key, setter, auto_delete, removed, time FROM chatroom_entry
     WHERE room = ?1";

const ENTRIES: &str = "SELECT key, value, setter, auto_delete, removed, time
     FROM chatroom_entry WHERE room = ?1 AND time > ?2 ORDER BY time";

/// The time from which on the newest messages are kept.
const KEPT_FROM: &str = "SELECT m.sent_time FROM conversation c
     CROSS JOIN message m ON m.conversation = c.id AND m.history = 1
     WHERE c.key = ?1 ORDER BY m.sent_time DESC LIMIT 1 OFFSET ?2";

const OLD: &str = "SELECT * FROM (
         SELECT m.id FROM conversation c
         CROSS JOIN message m ON m.conversation = c.id AND m.history = 1
         WHERE c.key = ?1 AND m.sent_time < ?2 ORDER BY m.sent_time LIMIT ?3)
     UNION ALL SELECT * FROM (
         SELECT m.id FROM conversation c
         CROSS JOIN message m ON m.conversation = c.id AND m.history = 0
         WHERE c.key = ?1 AND m.sent_time < ?2 ORDER BY m.sent_time LIMIT ?3)
     LIMIT ?3";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[ROOM, ROOMS, RULES, MARKS, ENTRIES, KEPT_FROM, OLD];

const MAKE: &str = "INSERT INTO chatroom (id, name, created) VALUES (?1, coalesce(?2, ?1), ?3)
         ON CONFLICT (id) DO UPDATE SET name = coalesce(?2, name)";

const CHANGE: &str = "UPDATE chatroom SET muted = coalesce(?2, muted),
         kept_alive = coalesce(?3, kept_alive), paused = coalesce(?4, paused) WHERE id = ?1";

const SET_RULE: &str = "INSERT INTO chatroom_rule (room, kind, subject, until)
         VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (room, kind, subject) DO UPDATE SET until = excluded.until";

const LIFT_RULES: &str = "DELETE FROM chatroom_rule WHERE room = ?1 AND kind = ?2
         AND subject IN (SELECT value FROM json_each(?3))";

const SET_ENTRY: &str = "INSERT INTO chatroom_entry
             (room, key, value, setter, auto_delete, removed, time)
         VALUES (?1, ?2, coalesce(?3, ''), ?4, ?5, ?6, ?7)
         ON CONFLICT (room, key) DO UPDATE SET
             value = iif(excluded.removed, '', coalesce(?3, value)), setter = excluded.setter,
             auto_delete = excluded.auto_delete, removed = excluded.removed, time = excluded.time";

impl Chatrooms for SqliteStore {
    async fn make_chatroom(&self, room: NewChatroom) -> Result<Chatroom, StoreError> {
        self.change(Make(room)).await
    }

    async fn destroy_chatroom(&self, room: &TargetId) -> Result<bool, StoreError> {
        self.change(Destroy(room.clone())).await
    }

    async fn change_chatroom(
        &self,
        room: &TargetId,
        change: ChatroomChange,
    ) -> Result<bool, StoreError> {
        self.change(ChangeRoom { room: room.clone(), change }).await
    }

    async fn chatroom(&self, room: &TargetId) -> Result<Option<Chatroom>, StoreError> {
        let found = sqlx::query(ROOM).bind(room.as_str()).fetch_optional(&self.readers).await?;
        found.as_ref().map(chatroom).transpose()
    }

    async fn chatrooms(
        &self,
        after: Option<&TargetId>,
        limit: u32,
    ) -> Result<Vec<Chatroom>, StoreError> {
        let after = after.map_or("", TargetId::as_str);
        let rows = sqlx::query(ROOMS).bind(after).bind(limit).fetch_all(&self.readers).await?;
        rows.iter().map(chatroom).collect()
    }

    async fn set_chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        rules: Vec<ChatroomRule>,
    ) -> Result<(), StoreError> {
        self.change(SetRules { scope: scope_name(scope), rules }).await
    }

    async fn lift_chatroom_rules(
        &self,
        scope: Option<&TargetId>,
        kind: ChatroomRuleKind,
        subjects: Vec<String>,
    ) -> Result<(), StoreError> {
        self.change(LiftRules { scope: scope_name(scope), kind, subjects }).await
    }

    async fn chatroom_rules(
        &self,
        scope: Option<&TargetId>,
    ) -> Result<Vec<ChatroomRule>, StoreError> {
        let question = sqlx::query(RULES).bind(scope_name(scope));
        let mut rules = Vec::new();
        for row in question.fetch_all(&self.readers).await? {
            // A kind that only a newer program knows means nothing here.
            if let Some(kind) = ChatroomRuleKind::from_number(row.try_get("kind")?) {
                let until: Option<i64> = row.try_get("until")?;
                let until = until.map(UnixMillis::new);
                rules.push(ChatroomRule { kind, subject: row.try_get("subject")?, until });
            }
        }
        Ok(rules)
    }

    async fn change_chatroom_entry(
        &self,
        room: &TargetId,
        change: EntryChange,
    ) -> Result<Result<UnixMillis, EntryRefusal>, StoreError> {
        self.change(ChangeEntry { room: room.clone(), change }).await
    }

    async fn remove_chatroom_entries_of(
        &self,
        room: &TargetId,
        setter: &UserId,
        now: UnixMillis,
    ) -> Result<Option<UnixMillis>, StoreError> {
        self.change(RemoveEntriesOf { room: room.clone(), setter: setter.clone(), now }).await
    }

    async fn chatroom_entries(
        &self,
        room: &TargetId,
        after: UnixMillis,
    ) -> Result<Option<Entries>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let Some((head, floor)) = entry_times(&mut snapshot, room).await? else { return Ok(None) };
        let full = EntryIndex { head, floor, ..EntryIndex::default() }.is_full(after);
        let from = if full { i64::MIN } else { after.get() };
        let question = sqlx::query(ENTRIES).bind(room.as_str()).bind(from);
        let mut entries = Vec::new();
        for row in question.fetch_all(&mut *snapshot).await? {
            let entry =
                Entry { key: row.try_get("key")?, value: row.try_get("value")?, mark: mark(&row)? };
            if !(full && entry.mark.removed) {
                entries.push(entry);
            }
        }
        snapshot.commit().await?;
        Ok(Some(Entries { entries, full, head }))
    }

    fn trim_chatroom(
        &self,
        room: &TargetId,
        keep: u32,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        self.change(Trim { room: room.clone(), keep, limit })
    }
}

fn scope_name(scope: Option<&TargetId>) -> String {
    scope.map_or("", TargetId::as_str).to_owned()
}

fn chatroom(row: &SqliteRow) -> Result<Chatroom, StoreError> {
    Ok(Chatroom {
        id: TargetId::from(row.try_get::<String, _>("id")?),
        name: row.try_get("name")?,
        created: UnixMillis::new(row.try_get("created")?),
        last_message: UnixMillis::new(row.try_get("last_message")?),
        muted: row.try_get("muted")?,
        kept_alive: row.try_get("kept_alive")?,
        paused: row.try_get("paused")?,
    })
}

fn mark(row: &SqliteRow) -> Result<EntryMark, StoreError> {
    Ok(EntryMark {
        setter: UserId::from(row.try_get::<String, _>("setter")?),
        auto_delete: row.try_get("auto_delete")?,
        removed: row.try_get("removed")?,
        time: UnixMillis::new(row.try_get("time")?),
    })
}

/// When entries were last changed, and up to when removals are forgotten; `None` without a room.
async fn entry_times(
    connection: &mut SqliteConnection,
    room: &TargetId,
) -> Result<Option<(UnixMillis, UnixMillis)>, StoreError> {
    let found = sqlx::query(ROOM).bind(room.as_str()).fetch_optional(connection).await?;
    let Some(row) = found else { return Ok(None) };
    let head = UnixMillis::new(row.try_get("entry_time")?);
    Ok(Some((head, UnixMillis::new(row.try_get("entry_floor")?))))
}

async fn index(
    connection: &mut SqliteConnection,
    room: &TargetId,
) -> Result<Option<EntryIndex>, StoreError> {
    let Some((head, floor)) = entry_times(&mut *connection, room).await? else { return Ok(None) };
    let rows = sqlx::query(MARKS).bind(room.as_str()).fetch_all(connection).await?;
    let mut index = EntryIndex { head, floor, ..EntryIndex::default() };
    for row in &rows {
        index.marks.insert(row.try_get("key")?, mark(row)?);
    }
    Ok(Some(index))
}

/// Writes the marks of `touched`; `value` is that of the key beside it, the others keep theirs.
async fn write(
    connection: &mut SqliteConnection,
    room: &TargetId,
    index: &EntryIndex,
    touched: &[String],
    changed: Option<&EntryChange>,
) -> Result<(), StoreError> {
    for key in touched {
        let Some(mark) = index.marks.get(key) else {
            let gone = sqlx::query("DELETE FROM chatroom_entry WHERE room = ?1 AND key = ?2");
            gone.bind(room.as_str()).bind(key).execute(&mut *connection).await?;
            continue;
        };
        let changed = changed.filter(|change| change.key == *key);
        sqlx::query(SET_ENTRY)
            .bind(room.as_str())
            .bind(key)
            .bind(changed.and_then(|change| change.value.as_deref()))
            .bind(mark.setter.as_str())
            .bind(mark.auto_delete)
            .bind(mark.removed)
            .bind(mark.time.get())
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("UPDATE chatroom SET entry_time = ?2, entry_floor = ?3 WHERE id = ?1")
        .bind(room.as_str())
        .bind(index.head.get())
        .bind(index.floor.get())
        .execute(connection)
        .await?;
    Ok(())
}

struct Make(NewChatroom);

impl Change for Make {
    type Done = Chatroom;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Chatroom, StoreError> {
        let NewChatroom { id, name, now } = &self.0;
        let made = sqlx::query(MAKE).bind(id.as_str()).bind(name).bind(now.get());
        made.execute(&mut *connection).await?;
        let row = sqlx::query(ROOM).bind(id.as_str()).fetch_one(connection).await?;
        chatroom(&row)
    }
}

struct Destroy(TargetId);

impl Change for Destroy {
    type Done = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let id = self.0.as_str();
        let rules = sqlx::query("DELETE FROM chatroom_rule WHERE room = ?1").bind(id);
        rules.execute(&mut *connection).await?;
        let room = sqlx::query("DELETE FROM chatroom WHERE id = ?1").bind(id);
        Ok(room.execute(connection).await?.rows_affected() > 0)
    }
}

struct ChangeRoom {
    room: TargetId,
    change: ChatroomChange,
}

impl Change for ChangeRoom {
    type Done = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let ChatroomChange { muted, kept_alive, paused } = self.change;
        let change = sqlx::query(CHANGE).bind(self.room.as_str());
        let change = change.bind(muted).bind(kept_alive).bind(paused);
        Ok(change.execute(connection).await?.rows_affected() > 0)
    }
}

struct SetRules {
    scope: String,
    rules: Vec<ChatroomRule>,
}

impl Change for SetRules {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for ChatroomRule { kind, subject, until } in &self.rules {
            sqlx::query(SET_RULE)
                .bind(&self.scope)
                .bind(kind.number())
                .bind(subject)
                .bind(until.map(UnixMillis::get))
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

struct LiftRules {
    scope: String,
    kind: ChatroomRuleKind,
    subjects: Vec<String>,
}

impl Change for LiftRules {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let lifted = sqlx::query(LIFT_RULES).bind(&self.scope).bind(self.kind.number());
        lifted.bind(json(&self.subjects)?).execute(connection).await?;
        Ok(())
    }
}

struct ChangeEntry {
    room: TargetId,
    change: EntryChange,
}

impl Change for ChangeEntry {
    type Done = Result<UnixMillis, EntryRefusal>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let Some(mut index) = index(connection, &self.room).await? else {
            return Ok(Err(EntryRefusal::NoSuchRoom));
        };
        let touched = match index.change(&self.change) {
            Ok(touched) => touched,
            Err(refusal) => return Ok(Err(refusal)),
        };
        write(connection, &self.room, &index, &touched, Some(&self.change)).await?;
        Ok(Ok(index.head))
    }
}

struct RemoveEntriesOf {
    room: TargetId,
    setter: UserId,
    now: UnixMillis,
}

impl Change for RemoveEntriesOf {
    type Done = Option<UnixMillis>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let Some(mut index) = index(connection, &self.room).await? else { return Ok(None) };
        let touched = index.remove_of(&self.setter, self.now);
        if touched.is_empty() {
            return Ok(None);
        }
        write(connection, &self.room, &index, &touched, None).await?;
        Ok(Some(index.head))
    }
}

struct Trim {
    room: TargetId,
    keep: u32,
    limit: u32,
}

impl Change for Trim {
    type Done = u64;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
        let conversation =
            ConversationId { kind: ConversationKind::Chatroom, target: self.room.clone() };
        let key = key(&UserId::default(), &conversation);
        let kept_from: Option<i64> = match self.keep.checked_sub(1) {
            None => Some(i64::MAX),
            Some(before) => {
                let question = sqlx::query_scalar(KEPT_FROM).bind(&key).bind(before);
                question.fetch_optional(&mut *connection).await?
            }
        };
        let Some(kept_from) = kept_from else { return Ok(0) };
        let old: Vec<i64> = sqlx::query_scalar(OLD)
            .bind(&key)
            .bind(kept_from)
            .bind(self.limit)
            .fetch_all(&mut *connection)
            .await?;
        let list = json(&old)?;
        for sql in [
            "DELETE FROM deleted WHERE message IN (SELECT value FROM json_each(?1))",
            "DELETE FROM message WHERE id IN (SELECT value FROM json_each(?1))",
        ] {
            sqlx::query(sql).bind(&list).execute(&mut *connection).await?;
        }
        Ok(old.len() as u64)
    }
}
