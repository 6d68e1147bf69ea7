//! Public services.

use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::super::{Following, MAX_SERVICES, PublicService, Services, StoreError};
use super::SqliteStore;
use super::change::Change;

const SERVICE: &str = "SELECT * FROM public_service WHERE kind = ?1 AND id = ?2";

/// There are few, and who searches wants all of them.
const SERVICES: &str = "SELECT * FROM public_service ORDER BY kind, id";

const FOLLOWINGS: &str = "SELECT kind, service, follows, time FROM following WHERE user = ?1
     ORDER BY kind, service";

const FOLLOWERS: &str =
    "SELECT user FROM following WHERE kind = ?1 AND service = ?2 AND follows = 1 ORDER BY user";

/// Everybody but those who said something.
const SILENT: &str = "SELECT p.user FROM profile p WHERE NOT EXISTS
     (SELECT 1 FROM following f WHERE f.user = p.user AND f.kind = ?1 AND f.service = ?2)
     ORDER BY p.user";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[SERVICE, FOLLOWINGS, FOLLOWERS];

const PUT: &str = "INSERT INTO public_service
         (kind, id, name, portrait, introduction, menu, robot, everybody, changed)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
     WHERE EXISTS (SELECT 1 FROM public_service WHERE kind = ?1 AND id = ?2)
         OR (SELECT count(*) FROM public_service) < ?10
     ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name, portrait = excluded.portrait,
         introduction = excluded.introduction, menu = excluded.menu, robot = excluded.robot,
         everybody = excluded.everybody, changed = excluded.changed";

const REMOVE: &str = "DELETE FROM public_service WHERE kind = ?1 AND id = ?2";

const FOLLOW: &str = "INSERT INTO following (kind, service, user, follows, time)
     SELECT kind, id, ?3, ?4, ?5 FROM public_service WHERE kind = ?1 AND id = ?2
     ON CONFLICT (user, kind, service)
     DO UPDATE SET follows = excluded.follows, time = excluded.time";

impl Services for SqliteStore {
    async fn put_service(&self, service: PublicService) -> Result<bool, StoreError> {
        self.change(Put(service)).await
    }

    async fn remove_service(&self, id: &ConversationId) -> Result<bool, StoreError> {
        self.change(Remove(id.clone())).await
    }

    async fn service(&self, id: &ConversationId) -> Result<Option<PublicService>, StoreError> {
        let question = sqlx::query(SERVICE).bind(id.kind.number()).bind(id.target.as_str());
        let found = question.fetch_optional(&self.readers).await?;
        found.as_ref().map(read).transpose()
    }

    async fn services(&self) -> Result<Vec<PublicService>, StoreError> {
        sqlx::query(SERVICES).fetch_all(&self.readers).await?.iter().map(read).collect()
    }

    async fn follow(&self, user: &UserId, following: Following) -> Result<bool, StoreError> {
        self.change(Follow { user: user.clone(), following }).await
    }

    async fn followings(&self, user: &UserId) -> Result<Vec<Following>, StoreError> {
        let question = sqlx::query(FOLLOWINGS).bind(user.as_str());
        let rows = question.fetch_all(&self.readers).await?;
        let following = |row: &SqliteRow| {
            Ok(Following {
                service: named(row.try_get("kind")?, row.try_get("service")?),
                follows: row.try_get("follows")?,
                time: UnixMillis::new(row.try_get("time")?),
            })
        };
        rows.iter().map(following).collect()
    }

    async fn followers(&self, id: &ConversationId) -> Result<Vec<UserId>, StoreError> {
        let everybody = self.service(id).await?.is_some_and(|service| service.everybody);
        let mut users: Vec<String> = Vec::new();
        for question in [Some(FOLLOWERS), everybody.then_some(SILENT)].into_iter().flatten() {
            let question = sqlx::query_scalar(question).bind(id.kind.number());
            users.extend(question.bind(id.target.as_str()).fetch_all(&self.readers).await?);
        }
        users.sort();
        Ok(users.into_iter().map(UserId::from).collect())
    }
}

fn named(kind: i32, id: String) -> ConversationId {
    ConversationId::new(ConversationKind::from_number(kind), id)
}

fn read(row: &SqliteRow) -> Result<PublicService, StoreError> {
    Ok(PublicService {
        id: named(row.try_get("kind")?, row.try_get("id")?),
        name: row.try_get("name")?,
        portrait: row.try_get("portrait")?,
        introduction: row.try_get("introduction")?,
        menu: row.try_get("menu")?,
        robot: row.try_get("robot")?,
        everybody: row.try_get("everybody")?,
        changed: UnixMillis::new(row.try_get("changed")?),
    })
}

struct Put(PublicService);

impl Change for Put {
    type Done = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let service = &self.0;
        let put = sqlx::query(PUT)
            .bind(service.id.kind.number())
            .bind(service.id.target.as_str())
            .bind(&service.name)
            .bind(&service.portrait)
            .bind(&service.introduction)
            .bind(&service.menu)
            .bind(&service.robot)
            .bind(service.everybody)
            .bind(service.changed.get())
            .bind(i64::try_from(MAX_SERVICES).unwrap_or(i64::MAX));
        Ok(put.execute(connection).await?.rows_affected() > 0)
    }
}

struct Remove(ConversationId);

impl Change for Remove {
    type Done = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let removal = sqlx::query(REMOVE).bind(self.0.kind.number()).bind(self.0.target.as_str());
        Ok(removal.execute(connection).await?.rows_affected() > 0)
    }
}

struct Follow {
    user: UserId,
    following: Following,
}

impl Change for Follow {
    type Done = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let Following { service, follows, time } = &self.following;
        let follow = sqlx::query(FOLLOW)
            .bind(service.kind.number())
            .bind(service.target.as_str())
            .bind(self.user.as_str())
            .bind(follows)
            .bind(time.get());
        Ok(follow.execute(connection).await?.rows_affected() > 0)
    }
}
