//! Customer service.

use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::super::{Desk, Rating, StoreError, Talk, TalkMode};
use super::SqliteStore;
use super::change::Change;

const ROBOT: i64 = 0;
const WAITING: i64 = 1;
const AGENT: i64 = 2;
const OVER: i64 = 3;

const TALK: &str = "SELECT * FROM talk WHERE id = ?1";

const LAST: &str = "SELECT * FROM talk WHERE customer = ?2 AND service = ?1
     ORDER BY id DESC LIMIT 1";

const HUMAN: &str = "SELECT * FROM talk WHERE service = ?1 AND mode IN (1, 2) ORDER BY id";

const SILENT: &str = "SELECT * FROM talk WHERE service = ?1 AND mode IN (0, 1, 2) AND moved < ?2
     ORDER BY id LIMIT ?3";

const RATINGS: &str = "SELECT t.*, r.human, r.resolved, r.stars, r.remark, r.time
     FROM talk t CROSS JOIN rating r ON r.talk = t.id
     WHERE t.service = ?1 ORDER BY t.id DESC, r.human DESC LIMIT ?2";

#[cfg(test)]
pub const QUESTIONS: &[&str] = &[TALK, LAST, HUMAN, SILENT, RATINGS];

const OPEN: &str = "INSERT INTO talk (service, customer, mode, agent, began, moved)
     VALUES (?1, ?2, ?3, ?4, ?5, ?5)";

const MOVE: &str = "UPDATE talk SET mode = ?4, agent = ?5, moved = ?6
     WHERE id = ?1 AND mode = ?2 AND agent IS ?3";

const TOUCH: &str = "UPDATE talk SET moved = ?2 WHERE id = ?1";

const RATE: &str = "INSERT INTO rating (talk, human, resolved, stars, remark, time)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT (talk, human) DO UPDATE SET resolved = excluded.resolved, stars = excluded.stars,
         remark = excluded.remark, time = excluded.time";

impl Desk for SqliteStore {
    async fn open_talk(
        &self,
        service: &TargetId,
        customer: &UserId,
        mode: TalkMode,
        since: UnixMillis,
        now: UnixMillis,
    ) -> Result<(Talk, bool), StoreError> {
        let (service, customer) = (service.detached(), customer.clone());
        self.change(Open { service, customer, mode, since, now }).await
    }

    async fn talk(&self, id: i64) -> Result<Option<Talk>, StoreError> {
        let found = sqlx::query(TALK).bind(id).fetch_optional(&self.readers).await?;
        found.as_ref().map(read).transpose()
    }

    async fn last_talk(
        &self,
        service: &TargetId,
        customer: &UserId,
    ) -> Result<Option<Talk>, StoreError> {
        let question = sqlx::query(LAST).bind(service.as_str()).bind(customer.as_str());
        question.fetch_optional(&self.readers).await?.as_ref().map(read).transpose()
    }

    async fn move_talk(
        &self,
        id: i64,
        from: TalkMode,
        to: TalkMode,
        now: UnixMillis,
    ) -> Result<bool, StoreError> {
        self.change(Move { id, from, to, now }).await
    }

    async fn touch_talk(&self, id: i64, now: UnixMillis) -> Result<(), StoreError> {
        self.change(Touch { id, now }).await
    }

    async fn end_silent_talks(
        &self,
        service: &TargetId,
        since: UnixMillis,
        limit: u32,
    ) -> Result<Vec<Talk>, StoreError> {
        self.change(EndSilent { service: service.detached(), since, limit }).await
    }

    async fn human_talks(&self, service: &TargetId) -> Result<Vec<Talk>, StoreError> {
        let rows = sqlx::query(HUMAN).bind(service.as_str()).fetch_all(&self.readers).await?;
        rows.iter().map(read).collect()
    }

    async fn rate(&self, rating: Rating) -> Result<(), StoreError> {
        self.change(Rate(rating)).await
    }

    async fn ratings(
        &self,
        service: &TargetId,
        limit: u32,
    ) -> Result<Vec<(Talk, Rating)>, StoreError> {
        let question = sqlx::query(RATINGS).bind(service.as_str()).bind(limit);
        let rows = question.fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((read(row)?, rating(row)?))).collect()
    }
}

fn parts(mode: &TalkMode) -> (i64, Option<&str>) {
    match mode {
        TalkMode::Robot => (ROBOT, None),
        TalkMode::Waiting => (WAITING, None),
        TalkMode::Agent(agent) => (AGENT, Some(agent.as_str())),
        TalkMode::Over(agent) => (OVER, agent.as_ref().map(UserId::as_str)),
    }
}

fn read(row: &SqliteRow) -> Result<Talk, StoreError> {
    let agent: Option<String> = row.try_get("agent")?;
    let agent = agent.map(UserId::from);
    let mode: i64 = row.try_get("mode")?;
    Ok(Talk {
        id: row.try_get("id")?,
        service: TargetId::from(row.try_get::<String, _>("service")?),
        customer: UserId::from(row.try_get::<String, _>("customer")?),
        mode: match (mode, agent) {
            (ROBOT, _) => TalkMode::Robot,
            (WAITING, _) => TalkMode::Waiting,
            (AGENT, Some(agent)) => TalkMode::Agent(agent),
            (_, agent) => TalkMode::Over(agent),
        },
        began: UnixMillis::new(row.try_get("began")?),
        moved: UnixMillis::new(row.try_get("moved")?),
    })
}

fn rating(row: &SqliteRow) -> Result<Rating, StoreError> {
    Ok(Rating {
        talk: row.try_get("id")?,
        human: row.try_get("human")?,
        resolved: row.try_get("resolved")?,
        stars: row.try_get("stars")?,
        remark: row.try_get("remark")?,
        time: UnixMillis::new(row.try_get("time")?),
    })
}

struct Open {
    service: TargetId,
    customer: UserId,
    mode: TalkMode,
    since: UnixMillis,
    now: UnixMillis,
}

impl Change for Open {
    type Done = (Talk, bool);

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Self::Done, StoreError> {
        let (service, customer) = (self.service.as_str(), self.customer.as_str());
        let last = sqlx::query(LAST).bind(service).bind(customer);
        let last = last.fetch_optional(&mut *connection).await?.as_ref().map(read).transpose()?;
        if let Some(talk) = last.filter(Talk::is_open) {
            if talk.moved >= self.since {
                return Ok((talk, false));
            }
            let over = talk.mode.ended();
            set_mode(connection, talk.id, (&talk.mode, &over), talk.moved).await?;
        }
        let (mode, agent) = parts(&self.mode);
        let made = sqlx::query(OPEN).bind(service).bind(customer).bind(mode).bind(agent);
        let id = made.bind(self.now.get()).execute(connection).await?.last_insert_rowid();
        let talk = Talk {
            id,
            service: self.service.clone(),
            customer: self.customer.clone(),
            mode: self.mode.clone(),
            began: self.now,
            moved: self.now,
        };
        Ok((talk, true))
    }
}

async fn set_mode(
    connection: &mut SqliteConnection,
    id: i64,
    (from, to): (&TalkMode, &TalkMode),
    now: UnixMillis,
) -> Result<bool, StoreError> {
    let ((mode, agent), (next, next_agent)) = (parts(from), parts(to));
    let question = sqlx::query(MOVE).bind(id).bind(mode).bind(agent).bind(next).bind(next_agent);
    Ok(question.bind(now.get()).execute(connection).await?.rows_affected() > 0)
}

struct Move {
    id: i64,
    from: TalkMode,
    to: TalkMode,
    now: UnixMillis,
}

impl Change for Move {
    type Done = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        set_mode(connection, self.id, (&self.from, &self.to), self.now).await
    }
}

struct EndSilent {
    service: TargetId,
    since: UnixMillis,
    limit: u32,
}

impl Change for EndSilent {
    type Done = Vec<Talk>;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Vec<Talk>, StoreError> {
        let silent = sqlx::query(SILENT).bind(self.service.as_str());
        let silent = silent.bind(self.since.get()).bind(self.limit);
        let rows = silent.fetch_all(&mut *connection).await?;
        let talks = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        for talk in &talks {
            let over = talk.mode.ended();
            set_mode(connection, talk.id, (&talk.mode, &over), talk.moved).await?;
        }
        Ok(talks)
    }
}

struct Touch {
    id: i64,
    now: UnixMillis,
}

impl Change for Touch {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query(TOUCH).bind(self.id).bind(self.now.get()).execute(connection).await?;
        Ok(())
    }
}

struct Rate(Rating);

impl Change for Rate {
    type Done = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let Rating { talk, human, resolved, stars, remark, time } = &self.0;
        let rate = sqlx::query(RATE).bind(talk).bind(human).bind(resolved).bind(stars);
        rate.bind(remark).bind(time.get()).execute(connection).await?;
        Ok(())
    }
}
