//! Storing one message, inside the writer's transaction.
//!
//! Each call crosses over to the database's thread and back, which costs more than most of what
//! SQLite does there. So there are three (a recall needs two more): who is concerned, whether it is a repeat, and one that
//! writes everything. None of them does more statements for more receivers.

use std::collections::BTreeSet;

use bytes::Bytes;
use hongyan::ids::{MessageUid, UserId};
use hongyan::rng::Rng;
use hongyan::signal::content::Mention;
use hongyan::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::super::conversation::{key, to_oneself};
use super::super::{Audience, NewMessage, SentAs, StoreError, Stored, uid};
use super::history::delete;
use super::recall::{recalled, take_back};
use super::row::flags_to_bits;

/// The sender, a conversation by key (with an empty name), and users by name.
const CONCERNED: &str = "SELECT 'sender' AS what, id, name, seq, time FROM user WHERE name = ?1
     UNION ALL
     SELECT 'conversation', id, '', 0, time FROM conversation WHERE key = ?2
     UNION ALL
     SELECT 'user', id, name, seq, time FROM user WHERE name IN (SELECT value FROM json_each(?3))";

/// The same with the members of a room; the sender may be one of them.
const CONCERNED_MEMBERS: &str =
    "SELECT 'sender' AS what, id, name, seq, time FROM user WHERE name = ?1
     UNION ALL
     SELECT 'conversation', c.id, '', 0, c.time FROM conversation c JOIN room r ON r.conversation = c.id
     WHERE c.key = ?2
     UNION ALL
     SELECT 'user', u.id, u.name, u.seq, u.time FROM conversation c
     CROSS JOIN member m ON m.room = c.id
     CROSS JOIN user u ON u.id = m.user
     WHERE c.key = ?2";

/// The message with this sender and client id, and whether it went to the same conversation.
const FIRST: &str = "SELECT m.uid, m.sent_time, m.own_seq, m.class, m.content, m.sent_as,
            c.kind = ?3 AND m.target = ?4 AS same
     FROM message m JOIN conversation c ON c.id = m.conversation
     WHERE m.sender = ?1 AND m.client_id = ?2";

/// The log row; the heads; an inbox row for each member, numbered by the head that has just moved
/// (a table without rowids leaves `last_insert_rowid` at the log row); if it counts, the
/// conversation on top of each member's list.
///
/// Under a savepoint, so that [`UNDO`] undoes this message alone. The arguments are numbered across
/// all statements, in order.
const STORE: &str = "SAVEPOINT message;
     INSERT INTO message (uid, conversation, sender, target, class, flags, client_id, sent_time,
                          own_seq, relayed, content, history, sent_as)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
     UPDATE user SET seq = seq + 1, time = ? WHERE id IN (SELECT value FROM json_each(?));
     UPDATE conversation SET time = ? WHERE id = ?;
     INSERT INTO inbox (user, seq, message, conversation, own, counts, time, mentioned)
     SELECT id, seq, last_insert_rowid(), ?, id = ? AND ?, id <> ? AND ?, ?,
            id <> ? AND (? OR name IN (SELECT value FROM json_each(?)))
     FROM user WHERE id IN (SELECT value FROM json_each(?));
     INSERT INTO entry (user, conversation, kind, latest_seq, latest_message, latest_time, listed)
     SELECT id, ?, ?, seq, last_insert_rowid(), ?, 1 FROM user WHERE ? AND id IN (SELECT value FROM json_each(?))
     ON CONFLICT (user, conversation) DO UPDATE SET
         latest_seq = excluded.latest_seq, latest_message = excluded.latest_message,
         latest_time = excluded.latest_time, listed = 1;
     RELEASE message";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[CONCERNED, CONCERNED_MEMBERS, FIRST];

/// After a [`STORE`] that failed. Fails if the whole transaction is gone.
const UNDO: &str = "ROLLBACK TO message; RELEASE message";

/// Why a message was not stored.
pub enum Failure {
    /// This message alone: the transaction goes on.
    Alone(StoreError),
    /// The transaction is lost.
    All(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Alone(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Alone(error.into())
    }
}

/// One user whom the message concerns, before it is stored.
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

/// Whom a message concerns.
struct Concerned {
    sender: Member,
    /// Who gets it, by name; never the sender.
    others: Vec<Member>,
    conversation: Conversation,
    /// Whether the sender may send it.
    allowed: bool,
}

/// A message that is about to be stored.
struct Entering<'a> {
    new: &'a NewMessage,
    sender: i64,
    conversation: i64,
    /// The number of the sender's row; 0 if there is none.
    own_seq: i64,
    sent_time: i64,
    /// The ids of all whose inbox it enters, as a JSON list.
    members: String,
}

/// Stores a message, or finds the one that it repeats.
pub async fn append(
    connection: &mut SqliteConnection,
    new: &NewMessage,
    random: &mut Rng,
) -> Result<Stored, Failure> {
    let Concerned { sender, others, conversation, allowed } = concerned(connection, new).await?;
    if let Some(first) = first_result(connection, new, sender.id).await? {
        return Ok(first?);
    }
    if !allowed {
        return Err(StoreError::NotMember.into());
    }
    let recalled = recalled(connection, new, sender.id, conversation.id).await?;
    let own = new.own_row.then_some(&sender);
    let newest = others.iter().chain(own).map(|member| member.time).chain([conversation.time]);
    let earliest = newest.max().unwrap_or_default().saturating_add(1);
    let ids: Vec<i64> = others.iter().chain(own).map(|member| member.id).collect();
    let entering = Entering {
        new,
        sender: sender.id,
        conversation: conversation.id,
        own_seq: own.map_or(0, |own| own.seq + 1),
        sent_time: new.now.get().max(earliest),
        members: json(&ids)?,
    };
    let uid = entering.store_under_a_new_uid(connection, random).await?;
    if let (Some(recalled), Some(recall)) = (recalled, &new.recalls) {
        // The message is stored: without its recall the transaction must not be committed.
        let taken = take_back(connection, &recalled, recall, conversation.id).await;
        taken.map_err(|error| Failure::All(error.into()))?;
    }
    if let Some(deletion) = &new.deletes {
        // Neither may be seen without the other.
        let deleted = delete(connection, sender.id, conversation.id, deletion).await;
        deleted.map_err(Failure::All)?;
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
        replaced: new.sent_as.map(|_| new.content.clone()),
    })
}

/// A list for `json_each`.
pub fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Failed(error.to_string()))
}

/// Finds everybody whom a message concerns, and makes a place for those who are new. A place stays
/// even if the message fails: it is empty, as it was before.
async fn concerned(
    connection: &mut SqliteConnection,
    new: &NewMessage,
) -> Result<Concerned, StoreError> {
    let receivers: &[UserId] = match &new.audience {
        Audience::Users(users) => users,
        Audience::Members { .. } => &[],
    };
    let names: BTreeSet<&str> =
        receivers.iter().filter(|one| **one != new.sender).map(UserId::as_str).collect();
    let (wanted, names) = (names.len(), json(&names)?);
    let key = key(&new.sender, &new.conversation);
    if let Some(found) = find(connection, new, &names, wanted, &key).await? {
        return Ok(found);
    }
    let rows = "INSERT INTO user (name) SELECT value FROM json_each(?1) WHERE true UNION SELECT ?2
         ON CONFLICT (name) DO NOTHING";
    sqlx::query(rows).bind(&names).bind(new.sender.as_str()).execute(&mut *connection).await?;
    sqlx::query(
        "INSERT INTO conversation (key, kind) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING",
    )
    .bind(&key)
    .bind(new.conversation.kind.number())
    .execute(&mut *connection)
    .await?;
    let found = find(connection, new, &names, wanted, &key).await?;
    found.ok_or_else(|| match new.audience {
        Audience::Users(_) => {
            StoreError::Failed("a name does not come back as it was stored".into())
        }
        // There is no such room.
        Audience::Members { .. } => StoreError::NotMember,
    })
}

/// `None` if anybody or the conversation is new.
async fn find(
    connection: &mut SqliteConnection,
    new: &NewMessage,
    names: &str,
    wanted: usize,
    key: &str,
) -> Result<Option<Concerned>, StoreError> {
    let query = match &new.audience {
        Audience::Users(_) => {
            sqlx::query(CONCERNED).bind(new.sender.as_str()).bind(key).bind(names)
        }
        Audience::Members { .. } => {
            sqlx::query(CONCERNED_MEMBERS).bind(new.sender.as_str()).bind(key)
        }
    };
    let (mut sender, mut others, mut conversation) = (None, Vec::new(), None);
    for row in query.fetch_all(connection).await? {
        let (id, time) = (row.try_get("id")?, row.try_get("time")?);
        let member = Member { id, name: row.try_get("name")?, seq: row.try_get("seq")?, time };
        match row.try_get("what")? {
            "sender" => sender = Some(member),
            "conversation" => conversation = Some(Conversation { id, time }),
            _ => others.push(member),
        }
    }
    let (Some(sender), Some(conversation)) = (sender, conversation) else { return Ok(None) };
    let allowed = match &new.audience {
        Audience::Users(_) if others.len() < wanted => return Ok(None),
        Audience::Users(_) => true,
        Audience::Members { only, from_outside } => {
            let is_member = others.iter().any(|member| member.id == sender.id);
            others.retain(|member| {
                let wanted =
                    |only: &Vec<UserId>| only.iter().any(|one| one.as_str() == member.name);
                member.id != sender.id && only.as_ref().is_none_or(wanted)
            });
            *from_outside || is_member
        }
    };
    others.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(Concerned { sender, others, conversation, allowed }))
}

/// What was answered to the message that this one repeats.
async fn first_result(
    connection: &mut SqliteConnection,
    new: &NewMessage,
    sender: i64,
) -> Result<Option<Result<Stored, StoreError>>, StoreError> {
    let Some(client_id) = new.client_id else { return Ok(None) };
    let found = sqlx::query(FIRST)
        .bind(sender)
        .bind(client_id.to_wire())
        .bind(new.conversation.kind.number())
        .bind(new.conversation.target.as_str())
        .fetch_optional(connection)
        .await?;
    let Some(row) = found else { return Ok(None) };
    let first = if row.try_get("same")? {
        repeated(&row, (&new.object_name, &new.content), new.sent_as)?
    } else {
        None
    };
    Ok(Some(first.ok_or(StoreError::ClientIdReused)))
}

/// The first result again, of a row with uid, time, number, class, content and what it was sent as;
/// `None` if it was sent as something else than this class and content, or what these stand for.
pub(super) fn repeated(
    row: &SqliteRow,
    (class, content): (&str, &[u8]),
    sent_as: Option<SentAs>,
) -> Result<Option<Stored>, StoreError> {
    let (first_class, first): (&str, &[u8]) = (row.try_get("class")?, row.try_get("content")?);
    let first_sent_as = row.try_get::<Option<&[u8]>, _>("sent_as")?;
    let same = if first_sent_as.is_none() && sent_as.is_none() {
        first_class == class && first == content
    } else {
        let again = sent_as.unwrap_or_else(|| SentAs::new(class, content)).0;
        match first_sent_as {
            Some(first_sent_as) => first_sent_as == again,
            None => SentAs::new(first_class, first).0 == again,
        }
    };
    if !same {
        return Ok(None);
    }
    // What was taken back has another class than the one that was sent.
    let replaced = first_sent_as.is_some() && first_class == class;
    Ok(Some(Stored {
        replaced: replaced.then(|| Bytes::copy_from_slice(first)),
        uid: row.try_get::<String, _>("uid")?.into(),
        sent_time: UnixMillis::new(row.try_get("sent_time")?),
        own_seq: row.try_get::<i64, _>("own_seq")?.cast_unsigned(),
        rows: Vec::new(),
        repeated: true,
    }))
}

impl Entering<'_> {
    /// Tries again if the uid was given before: a chance of 2⁻³² where a millisecond is shared.
    async fn store_under_a_new_uid(
        &self,
        connection: &mut SqliteConnection,
        random: &mut Rng,
    ) -> Result<MessageUid, Failure> {
        loop {
            let uid = uid::issue(UnixMillis::new(self.sent_time), random);
            let Err(error) = self.store(connection, &uid).await else { return Ok(uid) };
            let undone = sqlx::query(UNDO).execute(&mut *connection).await;
            undone.map_err(|error| Failure::All(error.into()))?;
            if !is_taken(&error) {
                return Err(error.into());
            }
        }
    }

    /// The names of those who are mentioned one by one, as a JSON list.
    fn mentioned(&self) -> String {
        let names: &[UserId] = match &self.new.mentions {
            Some(Mention::Users(users)) => users,
            Some(Mention::Everyone) | None => &[],
        };
        let names: Vec<&str> = names.iter().map(UserId::as_str).collect();
        json(&names).unwrap_or_else(|_| "[]".to_owned())
    }

    async fn store(
        &self,
        connection: &mut SqliteConnection,
        uid: &MessageUid,
    ) -> Result<(), sqlx::Error> {
        let new = self.new;
        sqlx::query(STORE)
            .bind(uid.as_str())
            .bind(self.conversation)
            .bind(self.sender)
            .bind(new.conversation.target.as_str())
            .bind(&*new.object_name)
            .bind(flags_to_bits(new.flags))
            .bind(new.client_id.map(|id| id.to_wire()))
            .bind(self.sent_time)
            .bind(self.own_seq)
            .bind(&*new.relayed)
            .bind(&*new.content)
            .bind(new.history && new.flags.persisted)
            .bind(new.sent_as.as_ref().map(|sent_as| &sent_as.0[..]))
            // The heads.
            .bind(self.sent_time)
            .bind(&self.members)
            .bind(self.sent_time)
            .bind(self.conversation)
            // The inbox rows.
            .bind(self.conversation)
            .bind(self.sender)
            .bind(!to_oneself(&new.sender, &new.conversation))
            .bind(self.sender)
            .bind(new.flags.counted)
            .bind(self.sent_time)
            .bind(self.sender)
            .bind(matches!(new.mentions, Some(Mention::Everyone)))
            .bind(self.mentioned())
            .bind(&self.members)
            // The lists.
            .bind(self.conversation)
            .bind(new.conversation.kind.number())
            .bind(self.sent_time)
            .bind(new.flags.counted)
            .bind(&self.members)
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// Whether a uid was given before.
fn is_taken(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| {
        error.is_unique_violation() && error.message().ends_with("message.uid")
    })
}
