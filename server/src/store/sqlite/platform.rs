//! What the application's server has decided.

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use sqlx::{Row, SqliteConnection};

use super::super::{Platform, Rule, RuleKind, StoreError, Word};
use super::SqliteStore;
use super::append::json;
use super::change::Change;

/// Everything there is, once at the start.
const RULES: &str = "SELECT kind, group_id, user, time FROM rule ORDER BY kind, group_id, user";
const WORDS: &str = "SELECT text, replacement FROM word ORDER BY text";

const TAGS: &str = "SELECT tag FROM tag WHERE user = ?1 ORDER BY tag";

const TAGGED: &str = "SELECT user FROM tag WHERE tag = ?1 ORDER BY user";

const USERS_AFTER: &str = "SELECT name FROM (
         SELECT name FROM (SELECT name FROM user WHERE name > ?1 ORDER BY name LIMIT ?2)
         UNION
         SELECT user FROM (SELECT user FROM profile WHERE user > ?1 ORDER BY user LIMIT ?2))
     ORDER BY name LIMIT ?2";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[TAGS, TAGGED];

const PUT_RULE: &str = "INSERT INTO rule (kind, group_id, user, time) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (kind, group_id, user) DO UPDATE SET
         time = CASE kind WHEN 2 THEN max(time, excluded.time) ELSE excluded.time END";

const REMOVE_RULE: &str = "DELETE FROM rule WHERE kind = ?1 AND group_id = ?2 AND user = ?3";

const PUT_WORD: &str = "INSERT INTO word (text, replacement) VALUES (?1, ?2)
     ON CONFLICT (text) DO UPDATE SET replacement = excluded.replacement";

const REMOVE_WORDS: &str = "DELETE FROM word WHERE text IN (SELECT value FROM json_each(?1))";

const SET_TAGS: &str = "DELETE FROM tag WHERE user IN (SELECT value FROM json_each(?1));
     INSERT INTO tag (user, tag)
     SELECT users.value, tags.value FROM json_each(?1) users, json_each(?2) tags WHERE true
     ON CONFLICT DO NOTHING";

impl Platform for SqliteStore {
    async fn put_rules(&self, rules: Vec<Rule>, time: UnixMillis) -> Result<(), StoreError> {
        self.change(PutRules { rules, time }).await
    }

    async fn remove_rules(&self, rules: Vec<Rule>) -> Result<(), StoreError> {
        self.change(RemoveRules(rules)).await
    }

    async fn rules(&self) -> Result<Vec<(Rule, UnixMillis)>, StoreError> {
        let mut rules = Vec::new();
        for row in sqlx::query(RULES).fetch_all(&self.readers).await? {
            // A rule that a newer program made says nothing to this one.
            let Some(kind) = RuleKind::from_number(row.try_get("kind")?) else { continue };
            let user = UserId::from(row.try_get::<String, _>("user")?);
            let rule = Rule { kind, group: row.try_get("group_id")?, user };
            rules.push((rule, UnixMillis::new(row.try_get("time")?)));
        }
        Ok(rules)
    }

    async fn put_words(&self, words: Vec<Word>) -> Result<(), StoreError> {
        self.change(PutWords(words)).await
    }

    async fn remove_words(&self, texts: Vec<String>) -> Result<(), StoreError> {
        self.change(RemoveWords(texts)).await
    }

    async fn words(&self) -> Result<Vec<Word>, StoreError> {
        let rows = sqlx::query(WORDS).fetch_all(&self.readers).await?;
        let word = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Word { text: row.try_get("text")?, replacement: row.try_get("replacement")? })
        };
        rows.iter().map(word).collect()
    }

    async fn set_tags(&self, users: Vec<UserId>, tags: Vec<String>) -> Result<(), StoreError> {
        self.change(SetTags { users, tags }).await
    }

    async fn tags(&self, user: &UserId) -> Result<Vec<String>, StoreError> {
        let tags = sqlx::query_scalar(TAGS).bind(user.as_str());
        Ok(tags.fetch_all(&self.readers).await?)
    }

    async fn tagged(&self, tag: &str) -> Result<Vec<UserId>, StoreError> {
        let users: Vec<String> =
            sqlx::query_scalar(TAGGED).bind(tag).fetch_all(&self.readers).await?;
        Ok(users.into_iter().map(UserId::from).collect())
    }

    async fn users_after(&self, user: &UserId, limit: u32) -> Result<Vec<UserId>, StoreError> {
        let users = sqlx::query_scalar(USERS_AFTER).bind(user.as_str()).bind(limit);
        let users: Vec<String> = users.fetch_all(&self.readers).await?;
        Ok(users.into_iter().map(UserId::from).collect())
    }
}

struct PutRules {
    rules: Vec<Rule>,
    time: UnixMillis,
}

impl Change for PutRules {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for Rule { kind, group, user } in &self.rules {
            sqlx::query(PUT_RULE)
                .bind(kind.number())
                .bind(group)
                .bind(user.as_str())
                .bind(self.time.get())
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

struct RemoveRules(Vec<Rule>);

impl Change for RemoveRules {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for Rule { kind, group, user } in &self.0 {
            let removal = sqlx::query(REMOVE_RULE).bind(kind.number()).bind(group);
            removal.bind(user.as_str()).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

struct PutWords(Vec<Word>);

impl Change for PutWords {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for Word { text, replacement } in &self.0 {
            let put = sqlx::query(PUT_WORD).bind(text).bind(replacement);
            put.execute(&mut *connection).await?;
        }
        Ok(())
    }
}

struct RemoveWords(Vec<String>);

impl Change for RemoveWords {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query(REMOVE_WORDS).bind(json(&self.0)?).execute(connection).await?;
        Ok(())
    }
}

struct SetTags {
    users: Vec<UserId>,
    tags: Vec<String>,
}

impl Change for SetTags {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let users: Vec<&str> = self.users.iter().map(UserId::as_str).collect();
        let set = sqlx::query(SET_TAGS).bind(json(&users)?).bind(json(&self.tags)?);
        set.execute(connection).await?;
        Ok(())
    }
}
