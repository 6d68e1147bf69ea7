//! The entries of chatrooms.

use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection};

use super::super::super::{
    Entries, Entry, EntryChange, EntryIndex, EntryMark, EntryRefusal, StoreError,
};
use super::super::change::Change;
use super::ROOM;

pub(super) const MARKS: &str = "SELECT key, setter, auto_delete, removed, time FROM chatroom_entry
     WHERE room = ?1";

pub(super) const ENTRIES: &str = "SELECT key, value, setter, auto_delete, removed, time
     FROM chatroom_entry WHERE room = ?1 AND time > ?2 ORDER BY time";

const SET_ENTRY: &str = "INSERT INTO chatroom_entry
             (room, key, value, setter, auto_delete, removed, time)
         VALUES (?1, ?2, coalesce(?3, ''), ?4, ?5, ?6, ?7)
         ON CONFLICT (room, key) DO UPDATE SET
             value = iif(excluded.removed, '', coalesce(?3, value)), setter = excluded.setter,
             auto_delete = excluded.auto_delete, removed = excluded.removed, time = excluded.time";

/// Whose entries are to go with them. All of them are read, once in the life of a server.
const SETTERS: &str = "SELECT DISTINCT room, setter FROM chatroom_entry
     WHERE auto_delete = 1 AND removed = 0 AND setter <> ''";

/// Rooms, and users whose entries there are to go with them.
pub(super) async fn setters(readers: &SqlitePool) -> Result<Vec<(TargetId, UserId)>, StoreError> {
    let rows = sqlx::query(SETTERS).fetch_all(readers).await?;
    let setter = |row: &SqliteRow| {
        let room = TargetId::from(row.try_get::<String, _>("room")?);
        Ok((room, UserId::from(row.try_get::<String, _>("setter")?)))
    };
    rows.iter().map(setter).collect()
}

/// What was changed after a time; `None` without a room.
pub(super) async fn entries(
    connection: &mut SqliteConnection,
    room: &TargetId,
    after: UnixMillis,
) -> Result<Option<Entries>, StoreError> {
    let Some((head, floor)) = entry_times(&mut *connection, room).await? else { return Ok(None) };
    let full = EntryIndex { head, floor, ..EntryIndex::default() }.is_full(after);
    let from = if full { i64::MIN } else { after.get() };
    let question = sqlx::query(ENTRIES).bind(room.as_str()).bind(from);
    let mut entries = Vec::new();
    for row in question.fetch_all(&mut *connection).await? {
        let entry =
            Entry { key: row.try_get("key")?, value: row.try_get("value")?, mark: mark(&row)? };
        if !(full && entry.mark.removed) {
            entries.push(entry);
        }
    }
    Ok(Some(Entries { entries, full, head }))
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

/// See [`Chatrooms::change_chatroom_entry`](super::Chatrooms).
pub(super) struct ChangeEntry {
    pub(super) room: TargetId,
    pub(super) change: EntryChange,
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

/// See [`Chatrooms::remove_chatroom_entries_of`](super::Chatrooms).
pub(super) struct RemoveEntriesOf {
    pub(super) room: TargetId,
    pub(super) setter: UserId,
    pub(super) now: UnixMillis,
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
