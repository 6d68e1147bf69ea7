//! Storing one message, inside the writer's transaction.

use std::collections::BTreeSet;

use hongyan::ids::{MessageUid, UserId};
use hongyan::rng::Rng;
use hongyan::time::UnixMillis;
use sqlx::{Row, SqliteConnection};

use super::super::conversation::{key, to_oneself};
use super::super::{NewMessage, StoreError, Stored, uid};
use super::row::flags_to_bits;

/// One user whose inbox the message enters, before it does.
struct Member {
    id: i64,
    name: String,
    seq: i64,
    time: i64,
}

struct Conversation {
    id: i64,
    time: i64,
}

/// What all statements of one message share.
struct Entering<'a> {
    new: &'a NewMessage,
    sender: i64,
    conversation: i64,
    /// The number of the sender's row.
    own_seq: i64,
    sent_time: i64,
    /// The ids of all members, as a JSON list.
    members: String,
}

/// Stores a message, or finds the one that it repeats. The number of statements does not depend on
/// the number of receivers.
pub async fn append(
    connection: &mut SqliteConnection,
    new: &NewMessage,
    random: &mut Rng,
) -> Result<Stored, StoreError> {
    let members = members(connection, new).await?;
    let (sender, others): (Vec<_>, Vec<_>) =
        members.into_iter().partition(|member| member.name == new.sender.as_str());
    let Some(sender) = sender.first() else {
        return Err(StoreError::Failed("the sender has no row".into()));
    };
    if let Some(first) = first_result(connection, new, sender.id).await? {
        return first;
    }
    let conversation = conversation(connection, new).await?;
    let newest = others.iter().map(|member| member.time).chain([sender.time, conversation.time]);
    let earliest = newest.max().unwrap_or_default().saturating_add(1);
    let ids: Vec<i64> = others.iter().chain([sender]).map(|member| member.id).collect();
    let entering = Entering {
        new,
        sender: sender.id,
        conversation: conversation.id,
        own_seq: sender.seq + 1,
        sent_time: new.now.get().max(earliest),
        members: json(&ids)?,
    };
    let (uid, message) = insert_message(connection, &entering, random).await?;
    move_heads(connection, &entering).await?;
    insert_rows(connection, &entering, message).await?;
    if new.flags.counted {
        move_entries(connection, &entering).await?;
    }
    Ok(Stored {
        uid,
        sent_time: UnixMillis::new(entering.sent_time),
        own_seq: entering.own_seq.cast_unsigned(),
        rows: others
            .into_iter()
            .map(|member| (UserId::from(member.name), (member.seq + 1).cast_unsigned()))
            .collect(),
        repeated: false,
    })
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Failed(error.to_string()))
}

/// The sender and the receivers, each once, by name.
async fn members(
    connection: &mut SqliteConnection,
    new: &NewMessage,
) -> Result<Vec<Member>, StoreError> {
    let names: BTreeSet<&str> =
        new.receivers.iter().chain([&new.sender]).map(UserId::as_str).collect();
    let list = json(&names)?;
    let known = select_members(connection, &list).await?;
    if known.len() == names.len() {
        return Ok(known);
    }
    sqlx::query(
        "INSERT INTO user (name) SELECT value FROM json_each(?1) WHERE true
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(&list)
    .execute(&mut *connection)
    .await?;
    select_members(connection, &list).await
}

async fn select_members(
    connection: &mut SqliteConnection,
    names: &str,
) -> Result<Vec<Member>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, name, seq, time FROM user
         WHERE name IN (SELECT value FROM json_each(?1)) ORDER BY name",
    )
    .bind(names)
    .fetch_all(connection)
    .await?;
    let member = |row: &sqlx::sqlite::SqliteRow| {
        Ok(Member {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            seq: row.try_get("seq")?,
            time: row.try_get("time")?,
        })
    };
    rows.iter().map(member).collect()
}

/// What was answered to the message that this one repeats.
async fn first_result(
    connection: &mut SqliteConnection,
    new: &NewMessage,
    sender: i64,
) -> Result<Option<Result<Stored, StoreError>>, StoreError> {
    let Some(client_id) = new.client_id else { return Ok(None) };
    let found = sqlx::query(
        "SELECT m.uid, m.sent_time, m.own_seq,
                c.kind = ?3 AND m.target = ?4 AND m.class = ?5 AND m.content = ?6 AS same
         FROM message m JOIN conversation c ON c.id = m.conversation
         WHERE m.sender = ?1 AND m.client_id = ?2",
    )
    .bind(sender)
    .bind(client_id.to_wire())
    .bind(new.conversation.kind.number())
    .bind(new.conversation.target.as_str())
    .bind(&*new.object_name)
    .bind(&*new.content)
    .fetch_optional(connection)
    .await?;
    let Some(row) = found else { return Ok(None) };
    if !row.try_get::<bool, _>("same")? {
        return Ok(Some(Err(StoreError::ClientIdReused)));
    }
    Ok(Some(Ok(Stored {
        uid: row.try_get::<String, _>("uid")?.into(),
        sent_time: UnixMillis::new(row.try_get("sent_time")?),
        own_seq: row.try_get::<i64, _>("own_seq")?.cast_unsigned(),
        rows: Vec::new(),
        repeated: true,
    })))
}

async fn conversation(
    connection: &mut SqliteConnection,
    new: &NewMessage,
) -> Result<Conversation, StoreError> {
    let key = key(&new.sender, &new.conversation);
    let found = sqlx::query("SELECT id, time FROM conversation WHERE key = ?1")
        .bind(&key)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(row) = found {
        return Ok(Conversation { id: row.try_get("id")?, time: row.try_get("time")? });
    }
    let id =
        sqlx::query_scalar("INSERT INTO conversation (key, kind) VALUES (?1, ?2) RETURNING id")
            .bind(&key)
            .bind(new.conversation.kind.number())
            .fetch_one(connection)
            .await?;
    Ok(Conversation { id, time: 0 })
}

/// The log row, under a uid that no other row has.
async fn insert_message(
    connection: &mut SqliteConnection,
    entering: &Entering<'_>,
    random: &mut Rng,
) -> Result<(MessageUid, i64), StoreError> {
    let new = entering.new;
    loop {
        let uid = uid::issue(UnixMillis::new(entering.sent_time), random);
        let inserted = sqlx::query_scalar(
            "INSERT INTO message (uid, conversation, sender, target, class, flags, client_id,
                                  sent_time, own_seq, relayed, content)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (uid) DO NOTHING RETURNING id",
        )
        .bind(uid.as_str())
        .bind(entering.conversation)
        .bind(entering.sender)
        .bind(new.conversation.target.as_str())
        .bind(&*new.object_name)
        .bind(flags_to_bits(new.flags))
        .bind(new.client_id.map(|id| id.to_wire()))
        .bind(entering.sent_time)
        .bind(entering.own_seq)
        .bind(&*new.relayed)
        .bind(&*new.content)
        .fetch_optional(&mut *connection)
        .await?;
        if let Some(id) = inserted {
            return Ok((uid, id));
        }
    }
}

async fn move_heads(
    connection: &mut SqliteConnection,
    entering: &Entering<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE user SET seq = seq + 1, time = ?1 WHERE id IN (SELECT value FROM json_each(?2))",
    )
    .bind(entering.sent_time)
    .bind(&entering.members)
    .execute(&mut *connection)
    .await?;
    sqlx::query("UPDATE conversation SET time = ?1 WHERE id = ?2")
        .bind(entering.sent_time)
        .bind(entering.conversation)
        .execute(connection)
        .await?;
    Ok(())
}

/// An inbox row for each member, numbered by the head that has just moved.
async fn insert_rows(
    connection: &mut SqliteConnection,
    entering: &Entering<'_>,
    message: i64,
) -> Result<(), StoreError> {
    let new = entering.new;
    sqlx::query(
        "INSERT INTO inbox (user, seq, message, conversation, own, counts, time)
         SELECT id, seq, ?1, ?2, id = ?3 AND ?4, id <> ?3 AND ?5, ?6
         FROM user WHERE id IN (SELECT value FROM json_each(?7))",
    )
    .bind(message)
    .bind(entering.conversation)
    .bind(entering.sender)
    .bind(!to_oneself(&new.sender, &new.conversation))
    .bind(new.flags.counted)
    .bind(entering.sent_time)
    .bind(&entering.members)
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts the conversation on top of each member's list.
async fn move_entries(
    connection: &mut SqliteConnection,
    entering: &Entering<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO entry (user, conversation, kind, latest_seq, latest_time, listed)
         SELECT id, ?1, ?2, seq, ?3, 1
         FROM user WHERE id IN (SELECT value FROM json_each(?4))
         ON CONFLICT (user, conversation) DO UPDATE SET
             latest_seq = excluded.latest_seq, latest_time = excluded.latest_time, listed = 1",
    )
    .bind(entering.conversation)
    .bind(entering.new.conversation.kind.number())
    .bind(entering.sent_time)
    .bind(&entering.members)
    .execute(connection)
    .await?;
    Ok(())
}
