//! Groups and discussions.

use std::collections::BTreeSet;
use std::future::Future;

use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};
use hongyan::time::UnixMillis;
use sqlx::{Row, SqliteConnection};

use super::super::conversation::key;
use super::super::{
    MAX_MEMBERS, Member, Members, NewRoom, Role, Room, RoomChange, RoomInfo, StoreError,
};
use super::SqliteStore;
use super::change::Change;

const ROOM: &str = "SELECT r.conversation, r.name, r.open
     FROM conversation c JOIN room r ON r.conversation = c.id WHERE c.key = ?1";

const MEMBERS: &str = "SELECT u.name, m.owner, m.manager, m.joined
     FROM member m CROSS JOIN user u ON u.id = m.user WHERE m.room = ?1
     ORDER BY m.owner DESC, m.joined, u.name";

const IS_MEMBER: &str = "SELECT 1 FROM conversation c
     CROSS JOIN user u ON u.name = ?2
     CROSS JOIN member m ON m.room = c.id AND m.user = u.id
     WHERE c.key = ?1";

const ROOMS_OF: &str = "SELECT r.id, r.name, r.open FROM user u
     CROSS JOIN member m ON m.user = u.id
     CROSS JOIN room r ON r.conversation = m.room
     WHERE u.name = ?1 AND r.kind = ?2 ORDER BY r.id";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[ROOM, MEMBERS, IS_MEMBER, ROOMS_OF];

const CREATE: &str = "INSERT INTO conversation (key, kind) VALUES (?1, ?2)
         ON CONFLICT (key) DO NOTHING;
     INSERT INTO room (conversation, kind, id, name)
         SELECT id, ?2, ?3, ?4 FROM conversation WHERE key = ?1
         ON CONFLICT (conversation) DO UPDATE SET name = excluded.name";

const JOIN: &str = "INSERT INTO user (name) SELECT value FROM json_each(?2) WHERE true
         ON CONFLICT (name) DO NOTHING;
     INSERT INTO member (room, user, joined)
         SELECT ?1, id, ?3 FROM user WHERE name IN (SELECT value FROM json_each(?2));
     UPDATE member SET owner = 1
     WHERE room = ?1 AND user = (SELECT id FROM user WHERE name = ?4)
         AND NOT EXISTS (SELECT 1 FROM member WHERE room = ?1 AND owner = 1)";

/// When the owner left, the longest-standing member follows.
const LEAVE: &str = "DELETE FROM member WHERE room = ?1
         AND user IN (SELECT id FROM user WHERE name IN (SELECT value FROM json_each(?2)));
     UPDATE member SET owner = 1, manager = 0
     WHERE room = ?1 AND NOT EXISTS (SELECT 1 FROM member WHERE room = ?1 AND owner = 1)
         AND user = (SELECT m.user FROM member m JOIN user u ON u.id = m.user
                     WHERE m.room = ?1 ORDER BY m.joined, u.name LIMIT 1)";

const CHANGE: &str = "UPDATE room SET name = coalesce(?2, name), open = coalesce(?3, open)
     WHERE conversation = ?1";

/// ?3: becomes the owner; ?4: becomes a manager.
const SET_ROLE: &str = "UPDATE member SET owner = 0 WHERE room = ?1 AND owner = 1 AND ?3;
     UPDATE member SET owner = ?3, manager = ?4
     WHERE room = ?1 AND user = (SELECT id FROM user WHERE name = ?2)";

impl Members for SqliteStore {
    async fn create_room(&self, room: NewRoom) -> Result<TargetId, StoreError> {
        self.change(Create(room)).await?
    }

    async fn join_room(
        &self,
        room: &ConversationId,
        users: &[UserId],
        now: UnixMillis,
    ) -> Result<Vec<UserId>, StoreError> {
        self.change(Join { room: room.clone(), users: users.to_vec(), now }).await?
    }

    async fn leave_room(
        &self,
        room: &ConversationId,
        users: &[UserId],
    ) -> Result<Vec<UserId>, StoreError> {
        self.change(Leave { room: room.clone(), users: users.to_vec() }).await?
    }

    async fn dismiss_room(&self, room: &ConversationId) -> Result<(), StoreError> {
        self.change(Dismiss(room.clone())).await?
    }

    async fn change_room(
        &self,
        room: &ConversationId,
        change: RoomChange,
    ) -> Result<(), StoreError> {
        self.change(ChangeRoom { room: room.clone(), change }).await?
    }

    async fn set_role(
        &self,
        room: &ConversationId,
        user: &UserId,
        role: Role,
    ) -> Result<(), StoreError> {
        self.change(SetRole { room: room.clone(), user: user.clone(), role }).await?
    }

    async fn room(&self, room: &ConversationId) -> Result<Option<Room>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let found = find(&mut snapshot, room).await?;
        let Some((id, info)) = found else { return Ok(None) };
        let members = members(&mut snapshot, id).await?;
        snapshot.commit().await?;
        Ok(Some(Room { info, members }))
    }

    fn is_member(
        &self,
        room: &ConversationId,
        user: &UserId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let question = sqlx::query(IS_MEMBER).bind(room_key(room)).bind(user.as_str().to_owned());
        async move { Ok(question.fetch_optional(&self.readers).await?.is_some()) }
    }

    async fn rooms_of(
        &self,
        user: &UserId,
        kind: ConversationKind,
    ) -> Result<Vec<RoomInfo>, StoreError> {
        let question = sqlx::query(ROOMS_OF).bind(user.as_str()).bind(kind.number());
        let rows = question.fetch_all(&self.readers).await?;
        let info = |row: &sqlx::sqlite::SqliteRow| {
            Ok(RoomInfo {
                id: ConversationId::new(kind, row.try_get::<String, _>("id")?),
                name: row.try_get("name")?,
                open: row.try_get("open")?,
            })
        };
        rows.iter().map(info).collect()
    }
}

/// A room is called the same by everybody.
fn room_key(room: &ConversationId) -> String {
    key(&UserId::default(), room)
}

async fn find(
    connection: &mut SqliteConnection,
    room: &ConversationId,
) -> Result<Option<(i64, RoomInfo)>, StoreError> {
    let found = sqlx::query(ROOM).bind(room_key(room)).fetch_optional(connection).await?;
    let Some(row) = found else { return Ok(None) };
    let id = room.detached();
    let info = RoomInfo { id, name: row.try_get("name")?, open: row.try_get("open")? };
    Ok(Some((row.try_get("conversation")?, info)))
}

async fn members(connection: &mut SqliteConnection, room: i64) -> Result<Vec<Member>, StoreError> {
    let rows = sqlx::query(MEMBERS).bind(room).fetch_all(connection).await?;
    let member = |row: &sqlx::sqlite::SqliteRow| {
        let (owner, manager): (bool, bool) = (row.try_get("owner")?, row.try_get("manager")?);
        Ok(Member {
            user: UserId::from(row.try_get::<String, _>("name")?),
            role: match (owner, manager) {
                (true, _) => Role::Owner,
                (false, true) => Role::Manager,
                (false, false) => Role::Member,
            },
            joined: UnixMillis::new(row.try_get("joined")?),
        })
    };
    rows.iter().map(member).collect()
}

fn names(users: &[UserId]) -> Result<String, StoreError> {
    let names: Vec<&str> = users.iter().map(UserId::as_str).collect();
    serde_json::to_string(&names).map_err(|error| StoreError::Failed(error.to_string()))
}

/// Adds those who are no members yet, if all of them find room.
async fn join(
    connection: &mut SqliteConnection,
    room: i64,
    users: &[UserId],
    now: UnixMillis,
) -> Result<Result<Vec<UserId>, StoreError>, StoreError> {
    let before = members(connection, room).await?;
    let mut known: BTreeSet<&UserId> = before.iter().map(|member| &member.user).collect();
    let joining: Vec<UserId> = users.iter().filter(|user| known.insert(*user)).cloned().collect();
    if before.len() + joining.len() > MAX_MEMBERS {
        return Ok(Err(StoreError::RoomFull));
    }
    sqlx::query(JOIN)
        .bind(room)
        .bind(names(&joining)?)
        .bind(now.get())
        .bind(joining.first().map(UserId::as_str))
        .execute(connection)
        .await?;
    Ok(Ok(joining))
}

struct Create(NewRoom);

impl Change for Create {
    type Done = Result<TargetId, StoreError>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let new = &self.0;
        let target = match &new.id {
            Some(id) => id.detached(),
            None => {
                let made = sqlx::query_scalar("SELECT lower(hex(randomblob(8)))");
                let made: String = made.fetch_one(&mut *connection).await?;
                TargetId::from(made)
            }
        };
        let room = ConversationId { kind: new.kind, target };
        let mut members = match find(connection, &room).await? {
            Some((id, _)) => {
                members(connection, id).await?.into_iter().map(|one| one.user).collect()
            }
            None => BTreeSet::new(),
        };
        members.extend(new.members.iter().cloned());
        // What is refused must leave nothing.
        if members.len() > MAX_MEMBERS {
            return Ok(Err(StoreError::RoomFull));
        }
        sqlx::query(CREATE)
            .bind(room_key(&room))
            .bind(new.kind.number())
            .bind(room.target.as_str())
            .bind(&new.name)
            .execute(&mut *connection)
            .await?;
        let Some((id, _)) = find(connection, &room).await? else {
            return Err(StoreError::Failed("a room does not come back as it was stored".into()));
        };
        let joined = join(connection, id, &new.members, new.now).await?;
        Ok(joined.map(|_| room.target))
    }
}

struct Join {
    room: ConversationId,
    users: Vec<UserId>,
    now: UnixMillis,
}

impl Change for Join {
    type Done = Result<Vec<UserId>, StoreError>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let Some((id, _)) = find(connection, &self.room).await? else {
            return Ok(Err(StoreError::NoSuchRoom));
        };
        join(connection, id, &self.users, self.now).await
    }
}

struct Leave {
    room: ConversationId,
    users: Vec<UserId>,
}

impl Change for Leave {
    type Done = Result<Vec<UserId>, StoreError>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let Some((id, _)) = find(connection, &self.room).await? else {
            return Ok(Err(StoreError::NoSuchRoom));
        };
        let before = members(connection, id).await?;
        let mut known: BTreeSet<&UserId> = before.iter().map(|member| &member.user).collect();
        let leaving = self.users.iter().filter(|user| known.remove(user)).cloned();
        let leaving: Vec<UserId> = leaving.collect();
        sqlx::query(LEAVE).bind(id).bind(names(&leaving)?).execute(connection).await?;
        Ok(Ok(leaving))
    }
}

struct Dismiss(ConversationId);

impl Change for Dismiss {
    type Done = Result<(), StoreError>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let Some((id, _)) = find(connection, &self.0).await? else {
            return Ok(Err(StoreError::NoSuchRoom));
        };
        let gone = sqlx::query("DELETE FROM room WHERE conversation = ?1");
        gone.bind(id).execute(connection).await?;
        Ok(Ok(()))
    }
}

struct ChangeRoom {
    room: ConversationId,
    change: RoomChange,
}

impl Change for ChangeRoom {
    type Done = Result<(), StoreError>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let Some((id, _)) = find(connection, &self.room).await? else {
            return Ok(Err(StoreError::NoSuchRoom));
        };
        let RoomChange { name, open } = &self.change;
        sqlx::query(CHANGE).bind(id).bind(name).bind(*open).execute(connection).await?;
        Ok(Ok(()))
    }
}

struct SetRole {
    room: ConversationId,
    user: UserId,
    role: Role,
}

impl Change for SetRole {
    type Done = Result<(), StoreError>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let Some((id, _)) = find(connection, &self.room).await? else {
            return Ok(Err(StoreError::NoSuchRoom));
        };
        let members = members(connection, id).await?;
        let before = members.iter().find(|member| member.user == self.user);
        let Some(before) = before else { return Ok(Err(StoreError::NotMember)) };
        if before.role == Role::Owner && self.role != Role::Owner {
            return Ok(Err(StoreError::NotMember));
        }
        sqlx::query(SET_ROLE)
            .bind(id)
            .bind(self.user.as_str())
            .bind(self.role == Role::Owner)
            .bind(self.role == Role::Manager)
            .execute(connection)
            .await?;
        Ok(Ok(()))
    }
}
