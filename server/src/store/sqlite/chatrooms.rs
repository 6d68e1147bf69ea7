//! Chatrooms.

mod entries;

use std::future::Future;

use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use self::entries::{ChangeEntry, RemoveEntriesOf, entries, setters};
use super::super::conversation::key;
use super::super::{
    Chatroom, ChatroomChange, ChatroomRule, ChatroomRuleKind, Chatrooms, Entries, EntryChange,
    EntryRefusal, NewChatroom, StoreError,
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
pub const QUESTIONS: &[&str] =
    &[ROOM, ROOMS, RULES, entries::MARKS, entries::ENTRIES, KEPT_FROM, OLD];

const MAKE: &str = "INSERT INTO chatroom (id, name, created) VALUES (?1, coalesce(?2, ?1), ?3)
         ON CONFLICT (id) DO UPDATE SET name = coalesce(?2, name)";

const CHANGE: &str = "UPDATE chatroom SET muted = coalesce(?2, muted),
         kept_alive = coalesce(?3, kept_alive), paused = coalesce(?4, paused) WHERE id = ?1";

const SET_RULE: &str = "INSERT INTO chatroom_rule (room, kind, subject, until)
         VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (room, kind, subject) DO UPDATE SET until = excluded.until";

const LIFT_RULES: &str = "DELETE FROM chatroom_rule WHERE room = ?1 AND kind = ?2
         AND subject IN (SELECT value FROM json_each(?3))";

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

    async fn chatroom_entry_setters(&self) -> Result<Vec<(TargetId, UserId)>, StoreError> {
        setters(&self.readers).await
    }

    async fn chatroom_entries(
        &self,
        room: &TargetId,
        after: UnixMillis,
    ) -> Result<Option<Entries>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let entries = entries(&mut snapshot, room, after).await?;
        snapshot.commit().await?;
        Ok(entries)
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
        let room = self.0.clone();
        Trim { room, keep: 0, limit: u32::MAX }.apply(&mut *connection).await?;
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
