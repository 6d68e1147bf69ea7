//! What changes the archive, each in transactions of a bounded size.

use super::contents;
use super::eviction::STEP;
use super::row::{Patch, Place, Point, Row};
use super::table::{Answer, Fault, Find, Mode, Span, Table, Terms};
use super::tokens::terms_of;

/// `SentStatus.SENT` of 2.x: from here on the server has the message.
const SENT: i32 = 30;

/// Everything a row is found by.
fn terms(row: &Row) -> Vec<String> {
    let texts = contents::texts(row);
    terms_of(texts.iter().map(|(_, text)| text))
}

/// A row to keep, and where its older forms are.
struct Pending {
    row: Row,
    old: Vec<Place>,
}

impl Pending {
    fn is(&self, row: &Row) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        same(&self.row.uid, &row.uid)
            || (self.row.is_sent() && row.is_sent() && same(&self.row.client, &row.client))
            || (row.local != 0 && row.local == self.row.local)
    }
}

/// What became of the rows that were to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The rows' local ids, in the order in which they were given; 0 for one that could not be
    /// kept.
    pub locals: Vec<u64>,
    /// Rows that were not there before.
    pub added: u32,
}

/// Keeps messages. One that is there already (by uid, by client id of an own message, by local id)
/// is replaced; it keeps its local id and what the page noted down with it.
pub(super) async fn put<T: Table>(table: &mut T, rows: &[Row]) -> Result<Kept, Fault> {
    table.begin(Mode::Write)?;
    let mut last = table.last_local().await?;
    let mut wanted = Vec::new();
    let mut owners = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let names = names(row);
        owners.extend(names.iter().map(|_| index));
        wanted.extend(names);
    }
    let answers = table.find(&wanted).await?;
    let mut known: Vec<Vec<Answer>> = rows.iter().map(|_| Vec::new()).collect();
    for (owner, answer) in owners.into_iter().zip(answers) {
        if let Some(known) = known.get_mut(owner) {
            known.push(answer);
        }
    }
    let mut pending: Vec<Pending> = Vec::new();
    let mut kept = Kept::default();
    for (row, known) in rows.iter().zip(known) {
        let mut made = settle(row.clone().bounded(), known);
        if let Some(same) = pending.iter_mut().find(|pending| pending.is(&made.row)) {
            same.row = merged(same.row.clone(), made.row);
            same.old.append(&mut made.old);
            kept.locals.push(same.row.local);
            continue;
        }
        if made.row.local == 0 {
            last += 1;
            made.row.local = last;
            kept.added += 1;
        }
        kept.locals.push(made.row.local);
        pending.push(made);
    }
    write(table, &pending)?;
    table.commit().await?;
    Ok(kept)
}

/// Keeps rows as they are, local ids and all.
pub(super) async fn restore<T: Table>(table: &mut T, rows: &[Row]) -> Result<(), Fault> {
    table.begin(Mode::Write)?;
    for row in rows {
        table.put(row, &terms(row))?;
    }
    table.commit().await
}

/// What an older form of the row may be found by; the form whose local id shall stay comes first.
fn names(row: &Row) -> Vec<Find<'_>> {
    let mut names = Vec::new();
    if row.local != 0 {
        names.push(Find::Local(row.local));
    }
    if let Some(client) = row.client.as_deref().filter(|_| row.is_sent()) {
        names.push(Find::Client(client));
    }
    names.extend(row.uid.as_deref().map(Find::Uid));
    names
}

/// A row with all that is known of it. A local id that nothing is known of is not kept.
fn settle(row: Row, known: Vec<Answer>) -> Pending {
    // What others call their messages would hide an own one of the same name.
    let sent = row.is_sent();
    let row = Row { client: row.client.filter(|_| sent), ..row };
    let mut old = Vec::new();
    let mut base: Option<Row> = None;
    for answer in known {
        match answer {
            Answer::Nothing => {}
            Answer::Broken(place) => old.push(place),
            Answer::Row(older) => {
                // Somebody else's message with the same client id is another message.
                if old.contains(&older.place()) || older.is_sent() != row.is_sent() {
                    continue;
                }
                old.push(older.place());
                base = Some(match base {
                    None => *older,
                    Some(base) => merged(base, *older),
                });
            }
        }
    }
    let row = match base {
        Some(base) => merged(base, row),
        None => Row { local: 0, ..row },
    };
    Pending { row, old }
}

/// `new` in the place of `base`. What the server has settled is not undone by a local guess that
/// comes late.
fn merged(base: Row, new: Row) -> Row {
    if base.uid.is_some() && new.uid.is_none() {
        return base;
    }
    Row {
        local: base.local,
        uid: new.uid.or(base.uid),
        client: new.client.or(base.client),
        extra: new.extra.or(base.extra),
        sent_status: new.sent_status.or(base.sent_status),
        received_status: new.received_status.or(base.received_status),
        fields: new.fields.or(base.fields),
        ..new
    }
}

/// Deletes first: a name must be free before another row takes it.
fn write<T: Table>(table: &mut T, pending: &[Pending]) -> Result<(), Fault> {
    for Pending { row, old } in pending {
        for place in old.iter().filter(|place| **place != row.place()) {
            table.delete(*place)?;
        }
    }
    for Pending { row, .. } in pending {
        table.put(row, &terms(row))?;
    }
    Ok(())
}

/// Changes one message; `None` if there is none of that name.
pub(super) async fn update<T: Table>(
    table: &mut T,
    wanted: Find<'_>,
    patch: &Patch,
) -> Result<Option<Row>, Fault> {
    table.begin(Mode::Write)?;
    let found = table.find(&[wanted]).await?.into_iter().find_map(Answer::row);
    if let Some(mut row) = found {
        patch.apply(&mut row);
        table.put(&row, &terms(&row))?;
        table.commit().await?;
        return Ok(Some(row));
    }
    table.commit().await?;
    Ok(None)
}

/// Deletes messages; returns how many there were.
pub(super) async fn delete<T: Table>(table: &mut T, wanted: &[Find<'_>]) -> Result<u32, Fault> {
    table.begin(Mode::Write)?;
    let mut gone: Vec<Place> = Vec::new();
    for answer in table.find(wanted).await? {
        let place = match answer {
            Answer::Nothing => continue,
            Answer::Row(row) => row.place(),
            Answer::Broken(place) => place,
        };
        if !gone.contains(&place) {
            gone.push(place);
        }
    }
    delete_all(table, &gone).await
}

async fn delete_all<T: Table>(table: &mut T, places: &[Place]) -> Result<u32, Fault> {
    for place in places {
        table.delete(*place)?;
    }
    table.commit().await?;
    Ok(places.len() as u32)
}

/// Deletes messages of a conversation, all or those up to a time (Unix milliseconds, included);
/// one step of it. Returns how many went; 0 means that none are left.
pub(super) async fn clear<T: Table>(
    table: &mut T,
    conversation: &str,
    up_to: Option<i64>,
) -> Result<u32, Fault> {
    table.begin(Mode::Write)?;
    let places = match up_to {
        None => table.places(&Terms::Conversation(conversation.to_owned()), STEP).await?,
        Some(time) => {
            let span = Span { from: Some(Point::after(time)), newer: false, count: STEP as usize };
            table.page(conversation, &span).await?.iter().map(Row::place).collect()
        }
    };
    delete_all(table, &places).await
}

/// Deletes the oldest messages, at most `count`; one step of it. Returns how many went.
pub(super) async fn evict<T: Table>(table: &mut T, count: u32) -> Result<u32, Fault> {
    table.begin(Mode::Write)?;
    let places = table.oldest(count.min(STEP)).await?;
    delete_all(table, &places).await
}

/// Which messages are marked, and as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Received ones get these bits of `ReceivedStatus`.
    Received(i32),
    /// Own ones that the server has get this `SentStatus`, unless they have a higher one.
    Sent(i32),
}

impl Mark {
    /// Marks the row; whether that changed anything.
    fn apply(self, row: &mut Row) -> bool {
        match self {
            Self::Received(bits) if !row.is_sent() => {
                let before = row.received_status.unwrap_or(0);
                row.received_status = Some(before | bits);
                before | bits != before
            }
            Self::Sent(status) if row.is_sent() && row.uid.is_some() => {
                let before = row.sent_status.unwrap_or(SENT);
                row.sent_status = Some(before.max(status));
                before < status
            }
            Self::Received(_) | Self::Sent(_) => false,
        }
    }
}

/// Marks the messages of a conversation before `before`, one step towards older ones; returns
/// where to go on. A step in which all were marked before is the last: what is older was
/// marked with them.
pub(super) async fn mark<T: Table>(
    table: &mut T,
    conversation: &str,
    before: &Point,
    mark: Mark,
) -> Result<Option<Point>, Fault> {
    table.begin(Mode::Write)?;
    let span = Span { from: Some(before.clone()), newer: false, count: STEP as usize };
    let mut rows = table.page(conversation, &span).await?;
    let whole = rows.len() == span.count;
    let next = rows.last().map(Row::point).filter(|_| whole);
    let mut changed = false;
    for row in &mut rows {
        if mark.apply(row) {
            changed = true;
            table.put(row, &terms(row))?;
        }
    }
    table.commit().await?;
    Ok(next.filter(|_| changed))
}
