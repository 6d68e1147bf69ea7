//! A table that lasts as long as the page: the twin of IndexedDB, and what is left without it.

use super::row::{Place, Row};
use super::table::{Answer, Fault, Find, Mode, Span, Table, Terms};
use crate::sorted::SortedMap;

/// How many messages the archive keeps where it has memory alone.
pub const MEMORY_MESSAGES: u32 = 10_000;

#[derive(Clone, Debug)]
struct Kept {
    row: Row,
    terms: Vec<String>,
}

#[derive(Clone, Debug)]
enum Change {
    Put(Box<Kept>),
    Delete(Place),
}

/// Rows in memory, newest first. What it holds is bounded, so everything but the way by place is
/// a walk over all rows.
#[derive(Clone, Debug, Default)]
pub struct MemoryTable {
    rows: SortedMap<Place, Box<Kept>>,
    /// Of the transaction under way.
    changes: Vec<Change>,
}

impl MemoryTable {
    fn answer(&self, wanted: &Find<'_>) -> Answer {
        let found = match wanted {
            Find::Place(place) => self.rows.get(place),
            Find::Uid(uid) => self.rows.values().find(|kept| kept.row.uid.as_deref() == Some(*uid)),
            Find::Client(id) => {
                self.rows.values().find(|kept| kept.row.client.as_deref() == Some(*id))
            }
            Find::Local(local) => self.rows.values().find(|kept| kept.row.local == *local),
        };
        found.map_or(Answer::Nothing, |kept| Answer::Row(Box::new(kept.row.clone())))
    }

    /// The places that a term index would name, once for each entry.
    fn entries<'a>(&'a self, terms: &'a Terms) -> impl Iterator<Item = (&'a str, Place)> {
        self.rows.iter().flat_map(move |(place, kept)| {
            let all = match terms {
                Terms::Everything => Some(""),
                Terms::Conversation(name) if kept.row.conversation == *name => Some(""),
                Terms::Conversation(_) | Terms::Exactly(_) | Terms::Beginning(_) => None,
            };
            let some = kept.terms.iter().map(String::as_str).filter(move |term| match terms {
                Terms::Everything | Terms::Conversation(_) => false,
                Terms::Exactly(wanted) => term == wanted,
                Terms::Beginning(prefix) => term.starts_with(prefix.as_str()),
            });
            all.into_iter().chain(some).map(|term| (term, *place))
        })
    }

    fn conflicts(&self, row: &Row) -> bool {
        row.uid.is_some()
            && self.rows.values().any(|kept| kept.row.uid == row.uid && kept.row.local != row.local)
    }
}

impl Table for MemoryTable {
    fn begin(&mut self, _mode: Mode) -> Result<(), Fault> {
        self.changes.clear();
        Ok(())
    }

    async fn find(&mut self, wanted: &[Find<'_>]) -> Result<Vec<Answer>, Fault> {
        Ok(wanted.iter().map(|wanted| self.answer(wanted)).collect())
    }

    async fn page(&mut self, conversation: &str, span: &Span) -> Result<Vec<Row>, Fault> {
        let wanted = |row: &&Row| {
            row.conversation == conversation
                && span.from.as_ref().is_none_or(|from| {
                    if span.newer { row.point() > *from } else { row.point() < *from }
                })
        };
        let mut rows: Vec<&Row> = self.rows.values().map(|kept| &kept.row).filter(wanted).collect();
        rows.sort_unstable_by(|a, b| {
            let order = a.point().cmp(&b.point());
            if span.newer { order } else { order.reverse() }
        });
        Ok(rows.into_iter().take(span.count).cloned().collect())
    }

    async fn total(&mut self) -> Result<u32, Fault> {
        Ok(self.rows.keys().count() as u32)
    }

    async fn places(&mut self, terms: &Terms, limit: u32) -> Result<Vec<Place>, Fault> {
        let mut entries: Vec<_> = self.entries(terms).collect();
        entries.sort_unstable();
        Ok(entries.into_iter().take(limit as usize).map(|(_, place)| place).collect())
    }

    async fn scan(
        &mut self,
        conversation: Option<&str>,
        after: Option<Place>,
        limit: u32,
    ) -> Result<(Vec<Row>, Option<Place>), Fault> {
        let behind = |place: &Place| after.is_none_or(|after| *place > after);
        let wanted = |row: &Row| conversation.is_none_or(|name| row.conversation == *name);
        let found = self.rows.iter().filter(|(place, kept)| behind(place) && wanted(&kept.row));
        let rows: Vec<Row> = found.take(limit as usize).map(|(_, kept)| kept.row.clone()).collect();
        let last = rows.last().filter(|_| rows.len() == limit as usize).map(Row::place);
        Ok((rows, last))
    }

    async fn oldest(&mut self, limit: u32) -> Result<Vec<Place>, Fault> {
        Ok(self.rows.keys().rev().take(limit as usize).copied().collect())
    }

    async fn last_local(&mut self) -> Result<u64, Fault> {
        Ok(self.rows.keys().map(|place| place.local).max().unwrap_or(0))
    }

    fn put(&mut self, row: &Row, terms: &[String]) -> Result<(), Fault> {
        let kept = Kept { row: row.clone(), terms: terms.to_vec() };
        self.changes.push(Change::Put(Box::new(kept)));
        Ok(())
    }

    fn delete(&mut self, place: Place) -> Result<(), Fault> {
        self.changes.push(Change::Delete(place));
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        let changes = core::mem::take(&mut self.changes);
        let conflict = changes.iter().any(|change| match change {
            Change::Put(kept) => self.conflicts(&kept.row),
            Change::Delete(_) => false,
        });
        if conflict {
            return Err(Fault::Conflict);
        }
        for change in changes {
            match change {
                Change::Delete(place) => drop(self.rows.remove(&place)),
                Change::Put(kept) => drop(self.rows.insert(kept.row.place(), kept)),
            }
        }
        Ok(())
    }

    fn take_broken(&mut self) -> u32 {
        0
    }

    fn is_durable(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{conformance, tests::now};

    #[test]
    fn passes_the_suite() {
        now(conformance::table(async || MemoryTable::default()));
    }
}
