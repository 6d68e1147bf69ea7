//! Putting messages from elsewhere into histories.

use sqlx::SqliteConnection;

use super::super::conversation::key;
use super::super::{ImportedMessage, StoreError};
use super::change::Change;
use super::row::flags_to_bits;

const USER: &str = "INSERT INTO user (name) VALUES (?1) ON CONFLICT (name) DO NOTHING";

const CONVERSATION: &str = "INSERT INTO conversation (key, kind, time) VALUES (?1, ?2, ?3)
     ON CONFLICT (key) DO UPDATE SET time = max(time, excluded.time)";

const MESSAGE: &str = "INSERT INTO message (uid, conversation, sender, target, class, flags,
                          sent_time, own_seq, relayed, content, history)
     SELECT ?1, c.id, u.id, ?4, ?5, ?6, ?7, 0, x'', ?8, ?9
     FROM conversation c CROSS JOIN user u WHERE c.key = ?2 AND u.name = ?3
     ON CONFLICT (uid) DO NOTHING";

pub struct Import {
    pub messages: Vec<ImportedMessage>,
}

impl Change for Import {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for message in &self.messages {
            import(connection, message).await?;
        }
        Ok(())
    }
}

async fn import(
    connection: &mut SqliteConnection,
    message: &ImportedMessage,
) -> Result<(), StoreError> {
    let key = key(&message.sender, &message.conversation);
    let sender = message.sender.as_str();
    sqlx::query(USER).bind(sender).execute(&mut *connection).await?;
    sqlx::query(CONVERSATION)
        .bind(&key)
        .bind(message.conversation.kind.number())
        .bind(message.sent_time.get())
        .execute(&mut *connection)
        .await?;
    sqlx::query(MESSAGE)
        .bind(message.uid.as_str())
        .bind(&key)
        .bind(sender)
        .bind(message.conversation.target.as_str())
        .bind(&*message.object_name)
        .bind(flags_to_bits(message.flags))
        .bind(message.sent_time.get())
        .bind(&*message.content)
        .bind(message.flags.persisted)
        .execute(connection)
        .await?;
    Ok(())
}
