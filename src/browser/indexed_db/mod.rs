//! The archive's rows in IndexedDB: one object store with an index for every way to a row.
//!
//! A row is one object with the members of [`Row`] and three more: its primary key `k`, what
//! orders messages of one millisecond (`y`), and the terms it is found by (`w`). The primary key
//! is `[-time, local id, tag]`, so that every list of keys is newest first without a cursor.

mod open;
mod requests;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    IdbCursor, IdbCursorDirection, IdbCursorWithValue, IdbKeyRange, IdbObjectStore, IdbRequest,
    IdbTransaction, IdbTransactionMode,
};

use open::{CLIENT, CONVERSATION, LOCAL, ORDER, STORE, TERMS, UID};
pub use open::{Connection, Database, PATIENCE_MS, VERSION};
use requests::{done, fault, finished};

use crate::archive::{Answer, Fault, Find, Mode, Place, Row, Span, Table, Terms};
use crate::browser::values::{member_of, object_of, row_of};

/// A transaction under way.
#[derive(Debug)]
struct Work {
    transaction: IdbTransaction,
    store: IdbObjectStore,
    mode: Mode,
}

/// The rows of one open database.
#[derive(Debug)]
pub struct IndexedDb {
    connection: Connection,
    work: Option<Work>,
    broken: u32,
}

impl IndexedDb {
    const fn new(connection: Connection) -> Self {
        Self { connection, work: None, broken: 0 }
    }

    fn store(&self) -> Result<&IdbObjectStore, Fault> {
        self.work.as_ref().map(|work| &work.store).ok_or(Fault::Closed)
    }

    fn request(&self, wanted: &Find<'_>) -> Result<IdbRequest, Fault> {
        let store = self.store()?;
        let by = |index: &str, key: &JsValue| store.index(index).and_then(|index| index.get(key));
        match wanted {
            Find::Uid(uid) => by(UID, &JsValue::from_str(uid)),
            Find::Client(id) => by(CLIENT, &JsValue::from_str(id)),
            Find::Local(local) => by(LOCAL, &number(*local as f64)),
            Find::Place(place) => store.get(&key(*place)),
        }
        .map_err(fault)
    }

    /// A stored value as a row; one that is none is counted.
    fn answer(&mut self, value: JsValue) -> Answer {
        if value.is_undefined() {
            return Answer::Nothing;
        }
        match (read(&value), place(&value)) {
            (Some(row), _) => return Answer::Row(Box::new(row)),
            (None, Some(place)) => {
                self.broken += 1;
                return Answer::Broken(place);
            }
            (None, None) => self.broken += 1,
        }
        Answer::Nothing
    }

    fn keys(&self, terms: &Terms, limit: u32) -> Result<IdbRequest, Fault> {
        let store = self.store()?;
        match range(terms)? {
            None => store.get_all_keys_with_key_and_limit(&JsValue::UNDEFINED, limit),
            Some((index, range)) => store
                .index(index)
                .and_then(|index| index.get_all_keys_with_key_and_limit(&range, limit)),
        }
        .map_err(fault)
    }
}

impl Drop for IndexedDb {
    fn drop(&mut self) {
        give_up(self.work.take());
    }
}

/// A transaction that only read ends by itself.
fn give_up(work: Option<Work>) {
    if let Some(Work { transaction, mode: Mode::Write, .. }) = work {
        let _over_already = transaction.abort();
    }
}

impl Table for IndexedDb {
    fn begin(&mut self, mode: Mode) -> Result<(), Fault> {
        give_up(self.work.take());
        let js_mode = match mode {
            Mode::Read => IdbTransactionMode::Readonly,
            Mode::Write => IdbTransactionMode::Readwrite,
        };
        let database = self.connection.database()?;
        let transaction = database.transaction_with_str_and_mode(STORE, js_mode).map_err(fault)?;
        let store = transaction.object_store(STORE).map_err(fault)?;
        self.work = Some(Work { transaction, store, mode });
        Ok(())
    }

    async fn find(&mut self, wanted: &[Find<'_>]) -> Result<Vec<Answer>, Fault> {
        let requests: Vec<IdbRequest> =
            wanted.iter().map(|wanted| self.request(wanted)).collect::<Result<_, _>>()?;
        let values = results(&requests).await?;
        Ok(values.into_iter().map(|value| self.answer(value)).collect())
    }

    async fn page(&mut self, conversation: &str, span: &Span) -> Result<Vec<Row>, Fault> {
        let (range, direction) = span_range(conversation, span)?;
        let request = (self.store()?.index(ORDER))
            .and_then(|index| index.open_cursor_with_range_and_direction(&range, direction))
            .map_err(fault)?;
        let mut rows = Vec::new();
        while rows.len() < span.count {
            let Some(cursor) = next::<IdbCursorWithValue>(&request).await? else { break };
            rows.extend(self.answer(cursor.value().map_err(fault)?).row());
            if rows.len() < span.count {
                cursor.continue_().map_err(fault)?;
            }
        }
        Ok(rows)
    }

    async fn total(&mut self) -> Result<u32, Fault> {
        let request = self.store()?.count().map_err(fault)?;
        let count = done(&request).await?;
        Ok(count.as_f64().unwrap_or(0.0) as u32)
    }

    async fn places(&mut self, terms: &Terms, limit: u32) -> Result<Vec<Place>, Fault> {
        let keys: Array = done(&self.keys(terms, limit)?).await?.unchecked_into();
        Ok(keys.iter().filter_map(|key| place_of_key(&key)).collect())
    }

    async fn scan(
        &mut self,
        conversation: Option<&str>,
        after: Option<Place>,
        limit: u32,
    ) -> Result<(Vec<Row>, Option<Place>), Fault> {
        let store = self.store()?;
        let request = match conversation {
            Some(name) => {
                let range = within(name, after)?;
                (store.index(CONVERSATION))
                    .and_then(|index| index.get_all_with_key_and_limit(&range, limit))
            }
            None => {
                let range = after.map(behind).transpose()?;
                store.get_all_with_key_and_limit(&range.into(), limit)
            }
        }
        .map_err(fault)?;
        let values: Array = done(&request).await?.unchecked_into();
        let whole = values.length() == limit;
        let last = place(&values.get(values.length().wrapping_sub(1))).filter(|_| whole);
        let rows = values.iter().filter_map(|value| self.answer(value).row()).collect();
        Ok((rows, last))
    }

    async fn oldest(&mut self, limit: u32) -> Result<Vec<Place>, Fault> {
        let request = self
            .store()?
            .open_key_cursor_with_range_and_direction(&JsValue::NULL, IdbCursorDirection::Prev)
            .map_err(fault)?;
        let mut places = Vec::new();
        while places.len() < limit as usize {
            let Some(cursor) = next::<IdbCursor>(&request).await? else { break };
            places.extend(place_of_key(&cursor.primary_key().map_err(fault)?));
            cursor.continue_().map_err(fault)?;
        }
        Ok(places)
    }

    async fn last_local(&mut self) -> Result<u64, Fault> {
        let range = JsValue::NULL;
        let request = (self.store()?.index(LOCAL))
            .and_then(|index| {
                index.open_key_cursor_with_range_and_direction(&range, IdbCursorDirection::Prev)
            })
            .map_err(fault)?;
        let Some(cursor) = next::<IdbCursor>(&request).await? else { return Ok(0) };
        Ok(cursor.key().map_err(fault)?.as_f64().unwrap_or(0.0) as u64)
    }

    fn put(&mut self, row: &Row, terms: &[String]) -> Result<(), Fault> {
        self.store()?.put(&written(row, terms)).map(drop).map_err(fault)
    }

    fn delete(&mut self, place: Place) -> Result<(), Fault> {
        self.store()?.delete(&key(place)).map(drop).map_err(fault)
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        match self.work.take() {
            Some(Work { transaction, mode: Mode::Write, .. }) => finished(&transaction).await,
            Some(_) | None => Ok(()),
        }
    }

    fn take_broken(&mut self) -> u32 {
        core::mem::take(&mut self.broken)
    }

    fn is_durable(&self) -> bool {
        true
    }
}

/// The results of requests of one transaction: they are answered in order, so the last is waited
/// for.
async fn results(requests: &[IdbRequest]) -> Result<Vec<JsValue>, Fault> {
    let Some(last) = requests.last() else { return Ok(Vec::new()) };
    done(last).await?;
    requests.iter().map(|request| request.result().map_err(fault)).collect()
}

/// A cursor's next stand; `None` at the end.
async fn next<C: JsCast>(request: &IdbRequest) -> Result<Option<C>, Fault> {
    let cursor = done(request).await?;
    Ok((!cursor.is_null()).then(|| cursor.unchecked_into()))
}

fn number(value: f64) -> JsValue {
    JsValue::from_f64(value)
}

fn key(place: Place) -> JsValue {
    let (time, local) = (number(-(place.time as f64)), number(place.local as f64));
    Array::of3(&time, &local, &number(f64::from(place.tag))).into()
}

fn place_of_key(key: &JsValue) -> Option<Place> {
    let parts: &Array = key.dyn_ref()?;
    let at = |index| parts.get(index).as_f64();
    Some(Place { time: -at(0)? as i64, local: at(1)? as u64, tag: at(2)? as u32 })
}

/// Where a stored value is.
fn place(value: &JsValue) -> Option<Place> {
    if value.is_object() { place_of_key(&member_of(value, "k")?) } else { None }
}

fn read(value: &JsValue) -> Option<Row> {
    let row = row_of(value)?;
    // What stands elsewhere than it says cannot be changed or deleted.
    (place(value) == Some(row.place())).then_some(row)
}

fn written(row: &Row, terms: &[String]) -> JsValue {
    let terms: Array = terms.iter().map(|term| JsValue::from_str(term)).collect();
    object_of(row).with("k", key(row.place())).with("y", row.tie()).with("w", terms).into()
}

/// An index and its part; `None` for everything.
fn range(terms: &Terms) -> Result<Option<(&'static str, IdbKeyRange)>, Fault> {
    let made = match terms {
        Terms::Everything => return Ok(None),
        Terms::Conversation(name) => return Ok(Some((CONVERSATION, within(name, None)?))),
        Terms::Exactly(term) => IdbKeyRange::only(&term.as_str().into()),
        Terms::Beginning(prefix) => {
            // No text that begins so stands behind it: U+FFFF is the last unit of UTF-16.
            let end = [prefix.as_str(), "\u{ffff}"].concat();
            IdbKeyRange::bound(&prefix.as_str().into(), &end.into())
        }
    };
    Ok(Some((TERMS, made.map_err(fault)?)))
}

/// Rows behind a place.
fn behind(after: Place) -> Result<IdbKeyRange, Fault> {
    IdbKeyRange::lower_bound_with_open(&beyond(after), true).map_err(fault)
}

/// Rows of a conversation, those behind a place or all.
fn within(conversation: &str, after: Option<Place>) -> Result<IdbKeyRange, Fault> {
    let name = JsValue::from_str(conversation);
    let start = match after {
        Some(after) => Array::of2(&name, &beyond(after)),
        None => Array::of1(&name),
    };
    // A key of a key is an array; an array in an array stands behind every number in one.
    let end = Array::of2(&name, &Array::of1(&Array::new()));
    IdbKeyRange::bound_with_lower_open(&start, &end, true).map_err(fault)
}

/// Behind the key of the row there, whatever its conversation, and before every other.
fn beyond(place: Place) -> JsValue {
    let (time, local) = (number(-(place.time as f64)), number(place.local as f64));
    Array::of3(&time, &local, &Array::new()).into()
}

/// The part of the order index that a span names, and the way through it.
fn span_range(conversation: &str, span: &Span) -> Result<(IdbKeyRange, IdbCursorDirection), Fault> {
    let conversation = JsValue::from_str(conversation);
    let start: JsValue = Array::of1(&conversation).into();
    // An array stands behind every number and text.
    let end: JsValue = Array::of2(&conversation, &Array::new()).into();
    let from = span.from.as_ref().map(|from| {
        let (time, tie) = (number(from.time as f64), JsValue::from_str(&from.tie));
        JsValue::from(Array::of3(&conversation, &time, &tie))
    });
    let bound = IdbKeyRange::bound_with_lower_open_and_upper_open;
    let range = match (&from, span.newer) {
        (None, _) => bound(&start, &end, false, false),
        (Some(from), true) => bound(from, &end, true, false),
        (Some(from), false) => bound(&start, from, false, true),
    };
    let direction = if span.newer { IdbCursorDirection::Next } else { IdbCursorDirection::Prev };
    Ok((range.map_err(fault)?, direction))
}
